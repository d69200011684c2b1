package eta

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
	"pgregory.net/rapid"
)

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

func build(t testing.TB, s *Sink, group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	t.Helper()
	return s.Kinds()[0].Build(group)
}

// body is a receipt read back by another reader than ours.
type body struct {
	Header   map[string]string
	Buyer    map[string]string
	ItemData []lineBody
	TotalSales, TotalCommercialDiscount, NetAmount,
	TotalAmount json.Number
	TaxTotals     []amountBody
	PaymentMethod string
}

type amountBody struct {
	Amount, Rate json.Number
	Description  string
	SubType      string
}

type lineBody struct {
	InternalCode, Description, ItemCode, UnitType string
	Quantity, UnitPrice, NetSale, TotalSale,
	Total json.Number
	CommercialDiscountData []amountBody
	TaxableItems           []amountBody
}

func read(t testing.TB, doc pipeline.Document) body {
	t.Helper()
	var b body
	if err := json.Unmarshal(doc.Body, &b); err != nil {
		t.Fatalf("%v in %s", err, doc.Body)
	}
	return b
}

func rat(n json.Number) *big.Rat {
	r, ok := new(big.Rat).SetString(string(n))
	if !ok {
		panic("not a number: " + string(n))
	}
	return r
}

// wrong recomputes every formula of section 9 in fractions, and says what is more than a piastre off.
func (b body) wrong(total string) []string {
	var found []string
	same := func(what string, got *big.Rat, want *big.Rat) {
		diff := new(big.Rat).Sub(got, want)
		if diff.Abs(diff).Cmp(big.NewRat(1, 100)) > 0 {
			found = append(found, fmt.Sprintf("%s is %s, want %s", what, got.FloatString(5), want.FloatString(5)))
		}
	}
	sales, discounts, net, taxes, all := new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat), new(big.Rat)
	for i, l := range b.ItemData {
		discount := new(big.Rat)
		for _, d := range l.CommercialDiscountData {
			discount.Add(discount, rat(d.Amount))
		}
		path := fmt.Sprintf("itemData[%d].", i)
		vat := rat(l.TaxableItems[0].Amount)
		same(path+"totalSale", rat(l.TotalSale), new(big.Rat).Mul(rat(l.Quantity), rat(l.UnitPrice)))
		same(path+"netSale", rat(l.NetSale), new(big.Rat).Sub(rat(l.TotalSale), discount))
		same(path+"T1", vat, new(big.Rat).Mul(rat(l.NetSale), new(big.Rat).Mul(rat(l.TaxableItems[0].Rate), big.NewRat(1, 100))))
		same(path+"total", rat(l.Total), new(big.Rat).Add(rat(l.NetSale), vat))
		for _, n := range []json.Number{l.Quantity, l.UnitPrice, l.NetSale, l.TotalSale, l.Total, l.TaxableItems[0].Amount} {
			if _, decimals, _ := strings.Cut(string(n), "."); len(decimals) > 5 || strings.HasSuffix(decimals, "0") || n[0] == '-' {
				found = append(found, path+" has the number "+string(n))
			}
		}
		sales.Add(sales, rat(l.TotalSale))
		discounts.Add(discounts, discount)
		net.Add(net, rat(l.NetSale))
		taxes.Add(taxes, vat)
		all.Add(all, rat(l.Total))
	}
	same("totalSales", rat(b.TotalSales), sales)
	same("totalCommercialDiscount", rat(b.TotalCommercialDiscount), discounts)
	same("netAmount", rat(b.NetAmount), net)
	same("taxTotals", rat(b.TaxTotals[0].Amount), taxes)
	same("totalAmount", rat(b.TotalAmount), all)
	same("totalAmount of the order", rat(b.TotalAmount), rat(json.Number(total)))
	return found
}

// TestBuild_Amounts goes through the ways in which an export hides what a discount is on (shopify.md 9.2).
func TestBuild_Amounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		head  row
		lines []row
		want  []string // total of each line
	}{
		{"three at 10.00", row{"order.subtotal": "30.00", "order.total": "30.00"}, []row{goodsRow("A", "3", "10.00")}, []string{"30"}},
		{"code on all, shipping", row{"order.subtotal": "300.00", "order.discount": "75.00", "order.discount_code": "WELCOME20", "order.shipping": "50.00", "order.total": "350.00"},
			[]row{goodsRow("A", "3", "125.00")}, []string{"300", "50"}},
		{"discount on shipping", row{"order.subtotal": "200.00", "order.discount": "50.00", "order.shipping": "50.00", "order.total": "200.00"},
			[]row{goodsRow("A", "2", "100.00")}, []string{"200", "0"}},
		{"part on goods, part on shipping", row{"order.subtotal": "180.00", "order.discount": "45.00", "order.shipping": "50.00", "order.total": "205.00"},
			[]row{goodsRow("A", "2", "100.00")}, []string{"180", "25"}},
		{"line discounts repeated in the order's", row{"order.subtotal": "150.00", "order.discount": "50.00", "order.total": "150.00"},
			[]row{goodsRow("A", "1", "100.00", "line.discount", "30.00"), goodsRow("B", "1", "100.00", "line.discount", "20.00")}, []string{"70", "80"}},
		{"line discounts beside the order's", row{"order.subtotal": "140.00", "order.discount": "10.00", "order.total": "140.00"},
			[]row{goodsRow("A", "1", "100.00", "line.discount", "30.00"), goodsRow("B", "1", "100.00", "line.discount", "20.00")}, []string{"65.33", "74.67"}},
		{"a third each", row{"order.subtotal": "20.00", "order.discount": "10.00", "order.total": "20.00"},
			[]row{goodsRow("A", "1", "10.00"), goodsRow("B", "1", "10.00"), goodsRow("C", "1", "10.00")}, []string{"6.66", "6.67", "6.67"}},
		{"VAT inside, stated", row{"order.subtotal": "114.00", "order.taxes": "14.00", "order.total": "114.00"}, []row{goodsRow("A", "1", "114.00")}, []string{"114"}},
		{"VAT on top", row{"order.subtotal": "100.00", "order.taxes": "14.00", "order.total": "114.00"}, []row{goodsRow("A", "1", "100.00")}, []string{"114"}},
		{"VAT on top, rounded line by line", row{"order.subtotal": "0.99", "order.taxes": "0.15", "order.total": "1.14"},
			[]row{goodsRow("A", "1", "0.33"), goodsRow("B", "1", "0.33"), goodsRow("C", "1", "0.33")}, []string{"0.38", "0.38", "0.38"}},
		{"exempt beside taxed", row{"order.subtotal": "214.00", "order.total": "214.00"},
			[]row{goodsRow("A", "1", "114.00"), goodsRow("B", "1", "100.00", "item.vat_type", "V003", "item.vat_rate", "0")}, []string{"114", "100"}},
		{"a gift", row{"order.subtotal": "114.00", "order.total": "114.00"}, []row{goodsRow("A", "1", "114.00"), goodsRow("B", "1", "0.00")}, []string{"114", "0"}},
		{"by weight", row{"order.subtotal": "33.33", "order.total": "33.33"}, []row{goodsRow("A", "0.333", "100.10", "item.unit", "KGM")}, []string{"33.33"}},
		{"without a subtotal", row{"order.discount": "10.00", "order.total": "90.00"}, []row{goodsRow("A", "1", "100.00")}, []string{"90"}},
		{"a piastre of rounding", row{"order.subtotal": "30.01", "order.total": "30.01"}, []row{goodsRow("A", "3", "10.00")}, []string{"30.01"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, problems := build(t, demoSink(t, nil), saleOf(t, c.head, c.lines...))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			b := read(t, doc)
			if wrong := b.wrong(c.head["order.total"]); len(wrong) > 0 {
				t.Errorf("%s\n%s", strings.Join(wrong, "\n"), doc.Body)
			}
			var got []string
			for _, l := range b.ItemData {
				got = append(got, string(l.Total))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("lines total %v, want %v", got, c.want)
			}
			if !doc.Out.Equal(doc.Money) {
				t.Errorf("out %s, money %s", doc.Out, doc.Money)
			}
		})
	}
}

// TestBuild_Baskets: whatever is in a basket, its receipt obeys every formula and adds up to the order.
func TestBuild_Baskets(t *testing.T) {
	t.Parallel()
	s := demoSink(t, nil)
	rapid.Check(t, func(r *rapid.T) {
		head, lines := basket(r)
		doc, problems := build(t, s, saleOf(t, head, lines...))
		for _, p := range problems {
			if p.Rule != "eta.zero" && p.Rule != "eta.buyer" && p.Rule != "eta.ambiguous" {
				r.Fatalf("%v %v", p, p.With)
			}
			return
		}
		if wrong := read(t, doc).wrong(head["order.total"]); len(wrong) > 0 {
			r.Fatalf("%s\n%s", strings.Join(wrong, "\n"), doc.Body)
		}
		if !doc.Out.Equal(doc.Money) {
			r.Fatalf("out %s, money %s", doc.Out, doc.Money)
		}
	})
}

// basket draws an order in piastres, and states its sums as Shopify does.
func basket(r *rapid.T) (row, []row) {
	n := rapid.IntRange(1, 12).Draw(r, "lines")
	onTop := rapid.Bool().Draw(r, "VAT on top")
	var lines []row
	var own, rates []int64
	var gross, off int64
	for i := range n {
		quantity, price := rapid.Int64Range(1, 12).Draw(r, "quantity"), rapid.Int64Range(0, 99_999).Draw(r, "price")
		discount := rapid.SampledFrom([]int64{0, 0, 0, quantity * price / 7}).Draw(r, "off")
		l := goodsRow(fmt.Sprintf("S%d", i), fmt.Sprint(quantity), money(price), "line.discount", money(discount))
		rate := int64(14)
		if rapid.IntRange(0, 5).Draw(r, "exempt") == 0 {
			l["item.vat_type"], l["item.vat_rate"], rate = "V003", "0", 0
		}
		lines, own, rates = append(lines, l), append(own, quantity*price-discount), append(rates, rate)
		gross, off = gross+quantity*price, off+discount
	}
	code := rapid.Int64Range(0, gross-off).Draw(r, "discount on goods")
	shipping := rapid.SampledFrom([]int64{0, 5000, 7525}).Draw(r, "shipping")
	free := rapid.Int64Range(0, shipping).Draw(r, "discount on shipping")
	stated := code + free
	if rapid.Bool().Draw(r, "repeats line discounts") {
		stated += off
	}
	subtotal := gross - off - code
	taxes, shared := int64(0), int64(0)
	if onTop {
		for i, o := range own { // a till shares the discount its own way, and rounds tax line by line
			share := int64(0)
			if gross > off {
				share = code * o / (gross - off)
			}
			if i == n-1 {
				share = code - shared
			}
			shared += share
			taxes += ((o-share)*rates[i] + 50) / 100
		}
		taxes += ((shipping-free)*14 + 50) / 100
	}
	head := row{"order.subtotal": money(subtotal), "order.discount": money(stated), "order.shipping": money(shipping),
		"order.taxes": money(taxes), "order.total": money(subtotal + shipping - free + taxes)}
	return head, lines
}

func money(piastres int64) string { return fmt.Sprintf("%d.%02d", piastres/100, piastres%100) }

func TestSpread_AddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		weights := rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 1, 40).Draw(r, "weights")
		var whole int64
		var w []dec
		for _, p := range weights {
			whole += p
			w = append(w, udecimal.MustFromInt64(p, 2))
		}
		amount := udecimal.MustFromInt64(rapid.Int64Range(0, whole*1000).Draw(r, "amount"), 5) // also less than a piastre
		var sum dec
		for i, share := range spread(amount, w) {
			sum = sum.Add(share)
			if share.IsNeg() || share.GreaterThan(w[i].Add(piastre)) || amount.Trunc(2).Equal(amount) && share.GreaterThan(w[i]) {
				r.Fatalf("share %s of %s", share, w[i])
			}
		}
		if !sum.Equal(amount) {
			r.Fatalf("adds up to %s, not %s", sum, amount)
		}
	})
}

// TestBuild_LeftOut: what is not sold, or not yet, is left out with its reason, in both languages.
func TestBuild_LeftOut(t *testing.T) {
	t.Parallel()
	head := func(more ...string) row {
		r := row{"order.subtotal": "114.00", "order.total": "114.00"}
		for i := 0; i < len(more); i += 2 {
			r[more[i]] = more[i+1]
		}
		return r
	}
	for _, c := range []struct {
		name, due string
		head      row
		left      string // "": it has a receipt
	}{
		{"paid", "paid", head(), ""},
		{"voided", "paid", head("order.status", "voided"), "nothing was sold"},
		{"cancelled unpaid", "paid", head("order.status", "pending", "order.cancelled", "2026-11-23T10:00:00Z"), "nothing was sold"},
		{"cancelled unpaid, due when placed", "created", head("order.status", "pending", "order.cancelled", "2026-11-23T10:00:00Z"), "nothing was sold"},
		{"paid and cancelled", "paid", head("order.cancelled", "2026-11-23T10:00:00Z"), ""},
		{"pending", "paid", head("order.status", "pending"), "not paid in full yet"},
		{"partly paid", "paid", head("order.status", "partially_paid"), "not paid in full yet"},
		{"pending, due when placed", "created", head("order.status", "pending"), ""},
		{"not sent", "fulfilled", head(), "not sent in full yet"},
		{"sent, not paid", "fulfilled", head("order.status", "pending", "order.fulfilled", "2026-11-24T10:00:00Z"), ""},
		{"not delivered", "delivered", head(), "not delivered yet"},
		{"delivered", "delivered", head("order.delivered", "2026-11-24T10:00:00Z"), ""},
		{"a test", "paid", head("order.test", "true"), "a test order"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			kind := demoSink(t, nil).Kinds()[0].Bind(pipeline.Settings{"due": c.due})
			doc, problems := kind.Build(saleOf(t, c.head, goodsRow("A", "1", "114.00")))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			if c.left == "" && (doc.Left != "" || len(doc.Body) == 0) || !strings.HasPrefix(doc.Left, c.left) {
				t.Errorf("left out as %q, want %q; body %s", doc.Left, c.left, doc.Body)
			}
		})
	}
}

// TestBuild_Problems: what the authority would refuse never becomes a receipt.
func TestBuild_Problems(t *testing.T) {
	t.Parallel()
	plain := func(more ...string) row { return goodsRow("A", "1", "114.00", more...) }
	total := row{"order.subtotal": "114.00", "order.total": "114.00"}
	plus := func(more ...string) row {
		r := row{"order.subtotal": "114.00", "order.total": "114.00"}
		for i := 0; i < len(more); i += 2 {
			r[more[i]] = more[i+1]
		}
		return r
	}
	for _, c := range []struct {
		name string
		head row
		line row
		rule pipeline.Rule
	}{
		{"no code", total, plain("item.code", ""), "eta.item"},
		{"somebody else's code", total, plain("item.code", "EG-999999999-A"), "eta.egs"},
		{"a barcode with a wrong digit", total, plain("item.code", "6221234567890", "item.type", ""), "eta.gtin"},
		{"unit in words", total, plain("item.unit", "قطعة"), "eta.unit"},
		{"no VAT", total, plain("item.vat_type", "", "item.vat_rate", ""), "eta.vat"},
		{"rate of zero without a reason", total, plain("item.vat_type", "", "item.vat_rate", "0"), "eta.vat"},
		{"V009 at 5 %", total, plain("item.vat_rate", "5"), "eta.vat"},
		{"a subtype of another tax", total, plain("item.vat_type", "W001"), "eta.vat"},
		{"quantity of zero", total, plain("line.quantity", "0"), "eta.quantity"},
		{"negative price", total, plain("line.price", "-1"), "eta.negative"},
		{"dollars", plus("order.currency", "USD"), plain(), "eta.currency"},
		{"no such currency", plus("order.currency", "XQX"), plain(), "eta.code"},
		{"unknown gateway", plus("order.payment", "Bosta"), plain(), "eta.payment"},
		{"no gateway", plus("order.payment", ""), plain(), "eta.payment"},
		{"zero total", row{"order.subtotal": "0.00", "order.discount": "114.00", "order.total": "0.00"}, plain(), "eta.zero"},
		{"sums", plus("order.total", "115.00"), plain(), "sum.mismatch"},
		{"deleted row", plus("order.subtotal", "228.00", "order.total", "228.00"), plain(), "sum.mismatch"},
		{"tax of other rates", plus("order.taxes", "20.00"), plain(), "tax.mismatch"},
		{"large", row{"order.subtotal": "150000.00", "order.total": "150000.00"}, plain("line.price", "150000.00"), "eta.buyer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := demoSink(t, func(c *Config) { c.Start = "2026-11-01" })
			doc, problems := build(t, s, saleOf(t, c.head, c.line))
			if len(problems) == 0 {
				t.Fatalf("no problem; body %s", doc.Body)
			}
			for _, p := range problems {
				if p.Rule != c.rule {
					t.Errorf("%v, want %s alone", p, c.rule)
				}
				if strings.Contains(p.In("ar"), "{") || strings.Contains(p.Says("en")+p.Fix("en"), "{") {
					t.Errorf("words with holes: %s / %s", p.In("en"), p.In("ar"))
				}
			}
			if doc.Key != "sale/5512345678901" || doc.Name != "#1042" || doc.Body != nil {
				t.Errorf("document %q %q, body %s", doc.Key, doc.Name, doc.Body)
			}
		})
	}
}

// TestBuild_BeforeStart: what was sold before the shop had to file is left out,
// with the day in both languages; it is no problem of anybody.
func TestBuild_BeforeStart(t *testing.T) {
	t.Parallel()
	s := demoSink(t, func(c *Config) { c.Start = "2026-12-01" })
	early, problems := build(t, s, saleOf(t, row{"order.created": "2026-11-30T21:59:59Z", "order.subtotal": "114.00", "order.total": "114.00"}, goodsRow("A", "1", "114.00")))
	if len(problems) > 0 || !strings.Contains(early.Left, "2026-12-01") || !strings.Contains(early.Left, "بيع قبل") || early.Body != nil {
		t.Errorf("left out because %q, problems %v, body %s", early.Left, problems, early.Body)
	}
	// Cairo is two hours ahead: by its calendar this is the first of December.
	first, problems := build(t, s, saleOf(t, row{"order.created": "2026-11-30T22:00:00Z", "order.subtotal": "114.00", "order.total": "114.00"}, goodsRow("A", "1", "114.00")))
	if len(problems) > 0 || first.Left != "" || first.Body == nil {
		t.Errorf("left out because %q, problems %v", first.Left, problems)
	}
}

func TestBuild_SumsInWords(t *testing.T) {
	t.Parallel()
	_, problems := build(t, demoSink(t, nil), saleOf(t, row{"order.subtotal": "228.00", "order.total": "228.00"}, goodsRow("A", "1", "114.00")))
	if len(problems) == 0 {
		t.Fatal("no problem")
	}
	for lang, words := range map[string][]string{"en": {"goods 114.00", "subtotal 228.00", "total 228.00"}, "ar": {"الأصناف", "114.00", "الإجمالي", "228.00"}} {
		says := problems[0].Says(lang)
		for _, word := range words {
			if !strings.Contains(says, word) {
				t.Errorf("%s: %q lacks %s", lang, says, word)
			}
		}
		if lang == "ar" && strings.Contains(says, "total") {
			t.Errorf("English in %q", says)
		}
	}
}

func TestBuild_AllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	_, problems := build(t, demoSink(t, nil), saleOf(t, row{"order.total": "1.00", "order.payment": "?"},
		goodsRow("A", "1", "1.00", "item.code", ""), goodsRow("B", "0", "1.00", "item.unit", "box")))
	if len(problems) != 4 {
		t.Errorf("%d problems, want 4: %v", len(problems), problems)
	}
	if problems[0].Row != 2 || problems[1].Row != 3 {
		t.Errorf("rows of %v", problems)
	}
}

func TestBuild_Document(t *testing.T) {
	t.Parallel()
	s := demoSink(t, nil)
	doc, problems := build(t, s, saleOf(t, row{"order.subtotal": "228.00", "order.total": "228.00"},
		goodsRow("A", "1", "114.00", "item.name", "شاشة 24\" \\ \u202eسوداء\u200f\nلامعة"), goodsRow("B", "1", "114.00")))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if doc.Day != "2026-11-24" { // half past one in Cairo
		t.Errorf("day %s", doc.Day)
	}
	if got := strings.Join(doc.Words, " "); got != "5512345678901 A B" || len(doc.From) != 2 || doc.Currency != "EGP" {
		t.Errorf("words %s, from %v, currency %s", got, doc.From, doc.Currency)
	}
	b := read(t, doc)
	if got, want := b.ItemData[0].Description, "شاشة 24″ / سوداء لامعة"; got != want {
		t.Errorf("description %q, want %q", got, want)
	}
	if b.Header["receiptNumber"] != "#1042-5512345678901" || b.PaymentMethod != "C" || len(b.Buyer) != 1 {
		t.Errorf("header %v, payment %s, buyer %v", b.Header, b.PaymentMethod, b.Buyer)
	}
	if strings.ContainsRune(string(doc.Body), '\\') {
		t.Errorf("an escape in %s", doc.Body)
	}
	again, _ := build(t, demoSink(t, func(c *Config) { c.Seller.Address.Street = "شارع آخر" }), saleOf(t, row{"order.subtotal": "228.00", "order.total": "228.00"},
		goodsRow("A", "1", "114.00", "item.name", "شاشة 24\" \\ \u202eسوداء\u200f\nلامعة"), goodsRow("B", "1", "114.00")))
	if again.Print != doc.Print {
		t.Error("a moved office changed the print of a sale")
	}
}

func TestBuild_LargeSaleNamesItsBuyer(t *testing.T) {
	t.Parallel()
	doc, problems := build(t, demoSink(t, nil), saleOf(t, row{"order.subtotal": "150000.00", "order.total": "150000.00",
		"customer.id": "29001011234567", "customer.name": "منى علي"}, goodsRow("A", "1", "150000.00")))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if b := read(t, doc).Buyer; b["id"] != "29001011234567" || b["name"] != "منى علي" {
		t.Errorf("buyer %v", b)
	}
}

func TestBuild_SeveralTenders(t *testing.T) {
	t.Parallel()
	for payment, want := range map[string]string{"Paymob + visa": "V", "gift_card + cash": "O", "gift_card + cash + gift_card": "O", "COD": "C", "gift_card": "GC"} {
		doc, problems := build(t, demoSink(t, nil), saleOf(t, row{"order.total": "114.00", "order.payment": payment}, goodsRow("A", "1", "114.00")))
		if got := ""; len(problems) == 0 {
			if got = read(t, doc).PaymentMethod; got != want {
				t.Errorf("%s is %s, want %s", payment, got, want)
			}
		} else {
			t.Errorf("%s: %v", payment, problems)
		}
	}
}

func TestReceiptNumber(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 60)
	a, b := receiptNumber("", long+"1"), receiptNumber("", long+"2")
	if a == b || len(a) > numberLimit || receiptNumber("7", "#1") != "#1-7" || receiptNumber("", "#1") != "#1" {
		t.Errorf("%s %s", a, b)
	}
	if corrected("#1", "#1") != "#1/2" || corrected("#1", "#1/2") != "#1/3" || corrected("a/b", "a/b/9") != "a/b/10" {
		t.Error("numbers of corrections")
	}
}
