package law

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/quagmt/udecimal"
	"pgregory.net/rapid"
)

const (
	vectors   = "../../../../testdata/eta"
	reference = "../../../../../shared/reference/eta/samples"
)

// Every whole receipt of the reference: what is good passes, and of the others exactly what its own notes say is wrong.
func TestCheck_Samples(t *testing.T) {
	t.Parallel()
	quirks := []string{"receipt.formula.net", "receipt.formula.total"} // additional discounts that its own totals ignore
	for _, s := range []struct {
		name string
		want []string
	}{
		{"gen-01-sale-arabic", nil},
		{"gen-02-decimals", nil},
		{"gen-03-empty-arrays-objects", []string{"receipt.description.missing"}},
		{"gen-04-nested-arrays", []string{"receipt.formula.total", "receipt.sum.total"}}, // amounts illustrate shape only
		{"gen-05-batch-of-three", nil},
		{"gen-06-sale-arabic-pretty", []string{"receipt.uuid.wrong"}}, // a stale uuid on purpose
		{"gen-07-return", nil},
		{"gen-08-shop-order", nil},
		{"gen-14-quotes-and-separators", nil},
		{"peer-receipt-sale", []string{"receipt.rin.form"}}, // the peer's placeholder of 15 digits
		{"doc-official-sale-v1.2", append([]string{"receipt.uuid.form"}, quirks...)},
		{"doc-official-return-v1.2", append([]string{"receipt.sale.form", "receipt.uuid.form"}, quirks...)},
		{"doc-peer-software-pos-sale", []string{"receipt.taxrate.law", "receipt.type.case"}}, // type S; V009 with 0 %
		{"doc-official-batch-v1.0-retired", []string{"receipt.adjustment.zero", "receipt.delivery.unknown", "receipt.discounttext.missing", "receipt.fees.zero",
			"receipt.payment.unknown", "receipt.sum.total", "receipt.taxrate.exempt", "receipt.type.case", "receipt.version.retired"}},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			for _, receipt := range receiptsOf(t, s.name) {
				slices.Sort(s.want)
				if got := rulesOf(Shipped().Check(receipt, Known{})); !slices.Equal(got, s.want) {
					t.Error(cmp.Diff(s.want, got))
				}
			}
		})
	}
}

// receiptsOf are the receipts of a sample, with a uuid where it leaves it empty.
func receiptsOf(t *testing.T, name string) [][]byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(vectors, name+".json"))
	if os.IsNotExist(err) {
		if text, err = os.ReadFile(filepath.Join(reference, name+".json")); os.IsNotExist(err) {
			t.Skip("no reference beside this clone")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	all := []json.RawMessage{text}
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte(`{"receipts"`)) || bytes.Contains(text[:20], []byte(`"receipts"`)) {
		var batch struct{ Receipts []json.RawMessage }
		if err := json.Unmarshal(text, &batch); err != nil {
			t.Fatal(err)
		}
		all = batch.Receipts
	}
	var receipts [][]byte
	for _, r := range all {
		tree, err := parse(bytes.TrimPrefix(r, []byte("\ufeff")))
		if err != nil {
			t.Fatal(err)
		}
		for _, empty := range []string{`"uuid":""`, `"uuid": ""`} {
			r = bytes.Replace(r, []byte(empty), []byte(`"uuid":"`+tree.uuid()+`"`), 1)
		}
		receipts = append(receipts, r)
	}
	return receipts
}

// rulesOf are the rules that a receipt breaks, each once, in order.
func rulesOf(found []Fault) []string {
	var all []string
	for _, f := range found {
		all = append(all, string(f.Rule))
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// line is a line of a receipt in the making. Its amounts are worked out here, not by what is tested.
type line struct {
	quantity, price, commercial, off, difference dec
	taxes                                        []lineTax
}

type lineTax struct {
	kind, subtype string
	rate, amount  dec // the rate of the one kind, the amount of the other
}

func d(text string) dec {
	if text == "" {
		return dec{}
	}
	return udecimal.MustParse(text)
}

// receiptOf writes a receipt of lines.
func receiptOf(lines []line) string {
	var items []string
	var sales, commercial, off, net, total dec
	sums, order := map[string]dec{}, []string{}
	for i, l := range lines {
		sale := l.quantity.Mul(l.price).RoundHAZ(5)
		after := sale.Sub(l.commercial)
		amounts := map[string]dec{}
		for _, t := range l.taxes {
			switch {
			case !t.amount.IsZero():
				amounts[t.kind] = t.amount
			case t.kind == "T4":
				amounts["T4"] = after.Sub(l.off).Mul(t.rate).MustDiv(hundred).RoundHAZ(5)
			case t.kind != "T1" && t.kind != "T2":
				amounts[t.kind] = after.Mul(t.rate).MustDiv(hundred).RoundHAZ(5)
			}
		}
		base := after.Add(l.difference)
		for _, kind := range []string{"T3", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12"} {
			base = base.Add(amounts[kind])
		}
		for _, kind := range []string{"T2", "T1"} {
			for _, t := range l.taxes {
				if t.kind == kind {
					amounts[kind] = base.Mul(t.rate).MustDiv(hundred).RoundHAZ(5)
					base = base.Add(amounts[kind])
				}
			}
		}
		lineTotal := after.Sub(l.off)
		var taxes []string
		for _, t := range l.taxes {
			if t.kind == "T4" {
				lineTotal = lineTotal.Sub(amounts[t.kind])
			} else {
				lineTotal = lineTotal.Add(amounts[t.kind])
			}
			rate := ""
			if t.amount.IsZero() {
				rate = `,"rate":` + t.rate.String()
			}
			taxes = append(taxes, fmt.Sprintf(`{"taxType":"%s","amount":%s,"subType":"%s"%s}`, t.kind, amounts[t.kind], t.subtype, rate))
			if _, known := sums[t.kind]; !known {
				order = append(order, t.kind)
			}
			sums[t.kind] = sums[t.kind].Add(amounts[t.kind])
		}
		item := fmt.Sprintf(`{"internalCode":"A%d","description":"mug","itemType":"EGS","itemCode":"EG-100200300-A1","unitType":"EA","quantity":%s,"unitPrice":%s,"netSale":%s,"totalSale":%s,"total":%s`,
			i, l.quantity, l.price, after, sale, lineTotal)
		if l.commercial.IsPos() {
			item += fmt.Sprintf(`,"commercialDiscountData":[{"amount":%s,"description":"x"}]`, l.commercial)
		}
		if l.off.IsPos() {
			item += fmt.Sprintf(`,"itemDiscountData":[{"amount":%s,"description":"x"}]`, l.off)
		}
		if !l.difference.IsZero() {
			item += `,"valueDifference":` + l.difference.String()
		}
		if len(taxes) > 0 {
			item += `,"taxableItems":[` + strings.Join(taxes, ",") + `]`
		}
		items = append(items, item+"}")
		sales, commercial, off, net, total = sales.Add(sale), commercial.Add(l.commercial), off.Add(l.off), net.Add(after), total.Add(lineTotal)
	}
	totals := ""
	if len(order) > 0 {
		var all []string
		for _, kind := range order {
			all = append(all, fmt.Sprintf(`{"taxType":"%s","amount":%s}`, kind, sums[kind]))
		}
		totals = `"taxTotals":[` + strings.Join(all, ",") + `],`
	}
	head, _, _ := strings.Cut(gift, `"itemData"`)
	return sealed(head + fmt.Sprintf(`"itemData":[%s],"totalSales":%s,"totalCommercialDiscount":%s,"totalItemsDiscount":%s,"netAmount":%s,"totalAmount":%s,%s"paymentMethod":"C"}`,
		strings.Join(items, ","), sales, commercial, off, net, total, totals))
}

// The authority's own calculations, and ours by its formulas, as receipts.
func TestCheck_CalculationVectors(t *testing.T) {
	t.Parallel()
	file, err := os.Open(filepath.Join(vectors, "calc-vectors.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	subtypes := map[string]string{}
	for _, r := range Shipped().Table("tax_subtypes").Rows {
		if kind := r.Cell("tax_type"); subtypes[kind] == "" {
			subtypes[kind] = r.Code
		}
	}
	subtypes["T1"] = General
	for _, r := range rows[1:] {
		l := line{quantity: d(r[3]), price: d(r[4]), difference: d(r[7])}
		for part := range strings.SplitSeq(r[5], ";") {
			l.commercial = l.commercial.Add(d(part))
		}
		for part := range strings.SplitSeq(r[6], ";") {
			l.off = l.off.Add(d(part))
		}
		for part := range strings.SplitSeq(r[8], ";") {
			p := strings.Split(part, ":")
			tax := lineTax{kind: p[0], subtype: p[1], rate: d(p[2]), amount: d(p[3])}
			if tax.subtype == "" || tax.subtype == "V001" {
				tax.subtype = subtypes[tax.kind]
			}
			l.taxes = append(l.taxes, tax)
		}
		receipt := receiptOf([]line{l})
		if found := Shipped().Check([]byte(receipt), registered()); len(found) > 0 {
			t.Errorf("%s: %v", r[0], found)
		}
		if !strings.Contains(receipt, `"total":`+d(r[12]).String()) && d(r[2]).LessThan(d("0.01")) {
			t.Errorf("%s: the total is not %s: %s", r[0], r[12], receipt)
		}
	}
}

// All twenty kinds of tax, each by its own formula: what is off by two piastres is found at that tax, by its rule.
func TestCheck_TwentyTaxes(t *testing.T) {
	t.Parallel()
	rules := map[string]string{"T1": "receipt.formula.vat", "T2": "receipt.formula.table", "T4": "receipt.formula.withholding"}
	for _, row := range Shipped().Table("tax_types").Rows {
		for _, sub := range Shipped().Table("tax_subtypes").Rows {
			if sub.Cell("tax_type") != row.Code {
				continue
			}
			tax := lineTax{kind: row.Code, subtype: sub.Code, rate: d("5")}
			fixed := Shipped().FixedAmount(row.Code, sub.Code)
			rate, legal := Shipped().Rate(sub.Code, "2026-11-25")
			switch {
			case fixed:
				tax.rate, tax.amount = dec{}, d("7.5")
			case legal:
				tax.rate = rate
			}
			l := line{quantity: d("2"), price: d("100"), taxes: []lineTax{tax}}
			receipt := receiptOf([]line{l})
			if found := Shipped().Check([]byte(receipt), registered()); len(found) > 0 {
				t.Errorf("%s %s: %v", row.Code, sub.Code, found)
			}
			if refused := standIn(t, receipt); refused != "" {
				t.Errorf("the stand-in refuses %s %s: %s", row.Code, sub.Code, refused)
			}
			want := rules[row.Code]
			if want == "" {
				want = "receipt.formula.tax"
			}
			if fixed {
				want = "receipt.formula.total" // an amount of its own is wrong only where it is not added up
			}
			if got := rulesOf(Shipped().Check([]byte(wrongTax(receipt)), registered())); !slices.Contains(got, want) {
				t.Errorf("%s %s off by two piastres: %v, want %s", row.Code, sub.Code, got, want)
			}
		}
	}
}

// wrongTax raises the first tax of a line by two piastres.
func wrongTax(receipt string) string {
	tree, _ := parse([]byte(receipt))
	n := tree.list("itemData")[0]
	tax := n.list("taxableItems")[0]
	old := fmt.Sprintf(`"taxType":"%s","amount":%s,"subType"`, tax.str("taxType"), tax.get("amount").text)
	return strings.Replace(receipt, old, fmt.Sprintf(`"taxType":"%s","amount":%s,"subType"`, tax.str("taxType"), tax.dec("amount").Add(d("0.02"))), 1)
}

// Any receipt that is put together by the formulas passes, here and at the stand-in; and any amount of it that is moved
// by two piastres is found.
func TestCheck_AnyReceipt(t *testing.T) {
	t.Parallel()
	cents := func(t *rapid.T, name string, most int64) dec {
		return udecimal.MustFromInt64(rapid.Int64Range(0, most).Draw(t, name), 2)
	}
	var kinds [][2]string
	for _, sub := range Shipped().Table("tax_subtypes").Rows {
		kinds = append(kinds, [2]string{sub.Cell("tax_type"), sub.Code})
	}
	rapid.Check(t, func(r *rapid.T) {
		var lines []line
		for range rapid.IntRange(1, 6).Draw(r, "lines") {
			l := line{quantity: cents(r, "quantity", 50_00).Add(d("0.01")), price: cents(r, "price", 500_00), difference: cents(r, "difference", 10_00)}
			sale := l.quantity.Mul(l.price).RoundHAZ(5)
			l.commercial = sale.Mul(cents(r, "share", 100)).RoundHAZ(5)
			l.off = sale.Sub(l.commercial).Mul(cents(r, "off", 30)).RoundHAZ(5)
			seen := map[string]bool{}
			for range rapid.IntRange(0, 5).Draw(r, "taxes") {
				k := rapid.SampledFrom(kinds).Draw(r, "tax")
				if seen[k[0]] {
					continue
				}
				seen[k[0]] = true
				t := lineTax{kind: k[0], subtype: k[1], rate: udecimal.MustFromInt64(rapid.Int64Range(0, 13).Draw(r, "rate"), 0)}
				if rate, known := Shipped().Rate(k[1], "2026-11-25"); known {
					t.rate = rate
				}
				if Shipped().FixedAmount(k[0], k[1]) {
					t.rate, t.amount = dec{}, cents(r, "fixed", 50_00).Add(d("0.01"))
				}
				l.taxes = append(l.taxes, t)
			}
			lines = append(lines, l)
		}
		receipt := receiptOf(lines)
		k := registered()
		k.NamedBuyer = d("99999999")
		found := Shipped().Check([]byte(receipt), k)
		negative := slices.ContainsFunc(found, func(f Fault) bool { return strings.HasSuffix(string(f.Rule), ".negative") })
		if len(found) > 0 && !negative { // more withheld than is left: no receipt
			r.Fatalf("%v\n%s", found, receipt)
		}
		moved := rapid.SampledFrom([]string{"totalSales", "totalCommercialDiscount", "totalItemsDiscount", "netAmount", "totalAmount"}).Draw(r, "moved")
		tree, err := parse([]byte(receipt))
		if err != nil {
			r.Fatal(err)
		}
		off := strings.Replace(receipt, `"`+moved+`":`+tree.get(moved).text, `"`+moved+`":`+tree.dec(moved).Add(d("0.02")).String(), 1)
		if got := Shipped().Check([]byte(off), k); len(got) <= len(found) {
			r.Fatalf("%s off by two piastres: %v", moved, got)
		}
	})
}

// Nobody's bytes make it panic, and what is refused has words.
func FuzzCheck(f *testing.F) {
	for _, receipt := range []string{sale, gift, dear, business, foreigner, back, unreferenced, `{}`, `{"itemData":[{}]}`} {
		f.Add(sealed(receipt))
	}
	f.Fuzz(func(t *testing.T, receipt string) {
		for _, fault := range Shipped().Check([]byte(receipt), registered()) {
			if !fault.Rule.Known() {
				t.Errorf("%s has no words", fault.Rule)
			}
		}
		Shipped().CheckSubmission([]byte(receipt), Known{})
	})
}

func BenchmarkCheck(b *testing.B) {
	var lines []line
	for range 5 {
		lines = append(lines, line{quantity: d("2"), price: d("50"), commercial: d("10"), taxes: []lineTax{{kind: "T1", subtype: General, rate: d("14")}}})
	}
	receipt := []byte(receiptOf(lines))
	k := registered()
	b.SetBytes(int64(len(receipt)))
	for b.Loop() {
		if found := Shipped().Check(receipt, k); len(found) > 0 {
			b.Fatal(found)
		}
	}
}
