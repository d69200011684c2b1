package main

import (
	"bytes"
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// The real exports of the admin go through the flows, and what came out is held against
// sums that are counted here, by a few lines that share nothing with the program. Which
// test shows which sort of file:
//
//	orders/*                         TestSamples_OrdersAddUp
//	transactions/*, payouts/*        TestSamples_MoneyAddsUp
//	customers/*, discounts/*         TestSamples_NoRowIsLost
//	inventory/*                      TestSamples_StockAddsUp
//	products/*                       TestSamples_ProductsAddUp; as prices: TestSamples_OfTheShopAreSources

// A sampleTable is an export as encoding/csv reads it.
type sampleTable struct {
	text []byte
	at   map[string]int
	rows [][]string
}

// readSample reads a file of the samples; where they are not beside the repository, the
// test is skipped.
func readSample(t *testing.T, file string) sampleTable {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "reference", "shopify", "samples", filepath.FromSlash(file)))
	if os.IsNotExist(err) {
		t.Skip("the samples are not here")
	}
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff")))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := sampleTable{text: text, at: map[string]int{}, rows: rows[1:]}
	for i, name := range rows[0] {
		out.at[name] = i
	}
	return out
}

// cell is the first of some columns that the file has.
func (s sampleTable) cell(row []string, columns ...string) string {
	for _, name := range columns {
		if i, ok := s.at[name]; ok {
			return strings.TrimPrefix(row[i], "'")
		}
	}
	return ""
}

// sum adds up a column over the rows that are wanted.
func (s sampleTable) sum(t *testing.T, column string, want func(row []string) bool) (total pipeline.Decimal) {
	t.Helper()
	for _, row := range s.rows {
		if want(row) {
			total = total.Add(decimalOf(t, row[s.at[column]]))
		}
	}
	return total
}

func decimalOf(t *testing.T, text string) (d pipeline.Decimal) {
	t.Helper()
	if text == "" {
		return d
	}
	d, err := udecimal.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// takes drops a sample into a shop of its own, after its settings were changed, and runs.
func (s *bookedShop) takes(name string, text []byte, change ...string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, configName)
	settings, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, []byte(strings.NewReplacer(change...).Replace(string(settings))), 0o644)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(s.dir, "inbox", name), text, 0o644)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	code, said := s.wasl("run")
	if code != 0 && code != exitAside {
		s.t.Fatalf("code %d\n%s", code, said)
	}
	return said
}

// filed are the documents of a flow.
func (s *bookedShop) filed(flow string) (out []pipeline.Entry) {
	s.t.Helper()
	a := &app{out: os.Stderr, err: os.Stderr, getenv: os.Getenv, dir: s.dir}
	c, err := a.settings()
	if err != nil {
		s.t.Fatal(err)
	}
	l, err := a.openReading(s.t.Context(), c)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = l.Shut() }()
	for e, err := range l.Entries(s.t.Context(), "2000-01-01", "2999-12-31") {
		if err != nil {
			s.t.Fatal(err)
		}
		if e.Job.Flow == flow {
			out = append(out, e)
		}
	}
	return out
}

// rowsOf is how many rows of their file some documents are of.
func rowsOf(entries []pipeline.Entry) (rows int) {
	for _, e := range entries {
		rows += e.Rows
	}
	return rows
}

// ledgerLines are the lines of payment documents in the ERP's folder: by type and account
// what was debited less what was credited. Each document is in balance.
func (s *bookedShop) ledgerLines() map[string]pipeline.Decimal {
	s.t.Helper()
	files, _ := filepath.Glob(filepath.Join(s.dir, "erp-import", "PAY-*.csv")) // the pattern is sound
	out, open := map[string]pipeline.Decimal{}, map[string]pipeline.Decimal{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			s.t.Fatal(err)
		}
		rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
		if err != nil {
			s.t.Fatal(err)
		}
		for _, row := range rows[1:] { // number, type, date, line, account, debit, credit
			amount := decimalOf(s.t, row[5]).Sub(decimalOf(s.t, row[6]))
			out[row[1]+" "+row[4]] = out[row[1]+" "+row[4]].Add(amount)
			open[row[0]] = open[row[0]].Add(amount)
		}
	}
	for number, off := range open {
		if !off.IsZero() {
			s.t.Errorf("%s is not in balance: %s", number, off)
		}
	}
	return out
}

const withPayments = "layout: mappings/erp/sales-csv.yaml"

// What customers paid and got back, and what Shopify Payments kept, is what the ERP was
// given to book, to the last piastre.
func TestSamples_MoneyAddsUp(t *testing.T) {
	t.Parallel()
	t.Run("transactions", func(t *testing.T) {
		t.Parallel()
		f, s := readSample(t, "transactions/order_transactions_excel_mangled_9col.csv"), newBookedShop(t)
		said := s.takes("transactions_export_1.csv", f.text, withPayments, withPayments+"\n  payments: mappings/erp/payments-csv.yaml")
		moved := func(kind, gateway string) pipeline.Decimal {
			return f.sum(t, "Amount", func(row []string) bool {
				return f.cell(row, "Kind") == kind && f.cell(row, "Gateway") == gateway && f.cell(row, "Status") == "success"
			})
		}
		paid, byHand, back := moved("sale", "shopify_payments"), moved("sale", "manual"), moved("refund", "shopify_payments")
		want := map[string]pipeline.Decimal{"receipt CLR-SHOPIFY": paid, "receipt MANUAL": byHand, "receipt RECEIVABLE": paid.Add(byHand).Neg(),
			"refund CLR-SHOPIFY": back.Neg(), "refund RECEIVABLE": back}
		sameSums(t, want, s.ledgerLines(), said)
		if got := rowsOf(s.filed("shopify-transactions-to-erp")); got != len(f.rows) {
			t.Errorf("%d rows are accounted for, of %d", got, len(f.rows))
		}
	})
	for balance, all := range map[string]bool{"fees": false, "all": true} {
		t.Run("payouts/"+balance, func(t *testing.T) {
			t.Parallel()
			f, s := readSample(t, "payouts/payment_transactions_16col.csv"), newBookedShop(t)
			mapping := filepath.Join(s.dir, "mappings", "shopify-payments-to-erp.yaml")
			text, err := os.ReadFile(mapping)
			if err == nil {
				err = os.WriteFile(mapping, bytes.Replace(text, []byte("balance: fees "), []byte("balance: "+balance+" "), 1), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			said := s.takes("payment_transactions_export_1.csv", f.text, withPayments, withPayments+"\n  payments: mappings/erp/payments-csv.yaml")
			of := func(column, kind string) pipeline.Decimal {
				return f.sum(t, column, func(row []string) bool { return kind == "" || f.cell(row, "Type") == kind })
			}
			fees, paid, back := of("Fee", ""), of("Amount", "charge"), of("Amount", "refund")
			want := map[string]pipeline.Decimal{"fee FEES": fees, "fee CLR-SHOPIFY": fees.Neg()}
			if all {
				maps.Copy(want, map[string]pipeline.Decimal{"receipt CLR-SHOPIFY": paid, "receipt RECEIVABLE": paid.Neg(), "refund CLR-SHOPIFY": back, "refund RECEIVABLE": back.Neg()})
			}
			lines := s.ledgerLines()
			sameSums(t, want, lines, said)
			if net := lines["receipt CLR-SHOPIFY"].Add(lines["refund CLR-SHOPIFY"]).Add(lines["fee CLR-SHOPIFY"]); all && !net.Equal(of("Net", "")) {
				t.Errorf("the clearing account moves by %s, the file's net is %s", net, of("Net", ""))
			}
			for _, flow := range []string{"shopify-payments-to-erp", "shopify-settled"} {
				if got := rowsOf(s.filed(flow)); got != len(f.rows) {
					t.Errorf("%s: %d rows are accounted for, of %d", flow, got, len(f.rows))
				}
			}
		})
	}
}

func sameSums(t *testing.T, want, got map[string]pipeline.Decimal, said string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if !want[name].Equal(got[name]) {
			t.Errorf("%s: %s is booked, the file has %s\n%s", name, got[name], want[name], said)
		}
	}
	for name, sum := range want {
		if _, booked := got[name]; !booked && !sum.IsZero() {
			t.Errorf("%s: nothing is booked of %s\n%s", name, sum, said)
		}
	}
}

// Every row becomes a document, or is held with what is wrong with it.
func TestSamples_NoRowIsLost(t *testing.T) {
	t.Parallel()
	const withCustomers = withPayments + "\n  customers: mappings/erp/customers-csv.yaml"
	for file, flow := range map[string]string{"customers/customers_2022_20col.csv": "shopify-customers-to-erp",
		"customers/customers_2023_excel_mangled_ids_21col.csv": "shopify-customers-to-erp", "discounts/discounts_2024_17col.csv": "shopify-discounts"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			f, s := readSample(t, file), newBookedShop(t)
			said := s.takes(strings.SplitN(file, "/", 2)[0]+"_export.csv", f.text, withPayments, withCustomers)
			entries := s.filed(flow)
			if got := rowsOf(entries); got != len(f.rows) {
				t.Errorf("%d rows are accounted for, of %d\n%s", got, len(f.rows), said)
			}
			left, aside := 0, 0
			for _, e := range entries {
				switch {
				case e.State == pipeline.Delivered:
					left++
				case len(e.Why) > 0:
					aside++
				default:
					t.Errorf("%s is %s, and nobody knows why", e.Name, e.State)
				}
			}
			t.Logf("%d left, %d put aside", left, aside)
			if flow != "shopify-customers-to-erp" {
				return
			}
			// Each mail address of the file is at the ERP once, or in a row that was put aside.
			at := map[string]int{}
			written, _ := filepath.Glob(filepath.Join(s.dir, "erp-import", "CU-*.csv")) // the pattern is sound
			for _, path := range written {
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range rows[1:] {
					at[row[slices.Index(rows[0], "البريد الإلكتروني")]]++
				}
			}
			put := map[int]bool{}
			for _, e := range entries {
				for _, o := range e.From {
					put[o.Row] = e.State != pipeline.Delivered
				}
			}
			for i, row := range f.rows {
				mail := strings.ToLower(f.cell(row, "Email"))
				if n := at[mail]; mail != "" && !put[i+2] && n != 1 {
					t.Errorf("row %d: its address is at the ERP %d times", i+2, n)
				}
			}
			if len(written) != left {
				t.Errorf("%d files of %d customers", len(written), left)
			}
		})
	}
}
