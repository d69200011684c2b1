package extract

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"wasl/pipeline"
)

// The headers of all layouts that were seen, with a row each.
var exportFiles = map[string]string{
	"customers_old": "First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,Address2,City,Province,Province Code,Country,Country Code,Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt\n" +
		"Omar,A,o@example.com,yes,,1 St,\"\",Tanta,,,Egypt,EG,'31511,'+20 100 2003048,no,125.40,1,,,no\n",
	"customers_mid": "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Company,Address1,Address2,City,Province,Province Code,Country,Country Code,Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Tags,Note,Tax Exempt\n" +
		"7.02255E+12,Laila,K,n@example.org,yes,,1 St,,Tanta,,,Egypt,EG,'31511,,no,0,0,,,no\n",
	"customers_now": "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags\n" +
		"'7022551234567,Omar,A,o@example.com,yes,,1 St,,Tanta,GH,EG,'31511,'+20100,'+20100,no,125.40,1,,no,\n",
	"transactions": "Order,Name,Kind,Gateway,Created At,Status,Amount,Currency,Card Type\n'5375181234567,#1021,sale,shopify_payments,2023-06-30 13:07:47 -0400,success,44.9,USD,master\n",
	"payouts":      "Payout Date,Status,Charges,Refunds,Adjustments,Reserved Funds,Fees,Retried Amount,Total,Currency\n2026-11-24,paid,100.00,-10.00,0.00,0.00,3.00,0.00,87.00,EGP\n",
	"payments_16":  "Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,Available On,Amount,Fee,Net,Checkout,Payment Method Name,Presentment Amount,Presentment Currency,Currency\n2025-06-30 23:32:39 -0400,charge,#43033,visa,online,paid,2025-07-03,2025-07-03,64.00,1.84,62.16,#35756536135773,card,64.00,USD,USD\n",
	"payments_18":  "Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,Payout ID,Available On,Amount,Fee,Net,Checkout,Payment Method Name,Presentment Amount,Presentment Currency,Currency,VAT\n2025-06-30 23:32:39 -0400,charge,#43033,visa,online,paid,2025-07-03,9.81E+10,2025-07-03,64.00,1.84,62.16,#35756536135773,card,64.00,USD,USD,0.26\n",
}

// Each format takes the files of its kind alone, in every layout, also as Excel leaves
// them.
func TestExports_AreKnownByTheirHeader(t *testing.T) {
	t.Parallel()
	for _, format := range []string{FormatCustomers, FormatTransactions, FormatPayouts, FormatPayments, FormatOrders} {
		kind, _, _ := strings.Cut(strings.TrimPrefix(format, "shopify."), "_")
		for name, text := range exportFiles {
			want := strings.HasPrefix(name, kind)
			for manner, b := range map[string][]byte{"as it is": []byte(text),
				"by Excel": []byte("\ufeff" + strings.ReplaceAll(strings.ReplaceAll(text, ",", ";"), "\n", "\r\n"))} {
				if got := (Options{Format: format}).Takes(pipeline.Drop{Name: "export.csv", Size: int64(len(b))}, bytes.NewReader(b)); got != want {
					t.Errorf("%s takes %s %s: %v", format, name, manner, got)
				}
			}
		}
		orders, err := os.ReadFile("testdata/orders_79col.csv")
		if err != nil {
			t.Fatal(err)
		}
		if got := (Options{Format: format}).Takes(pipeline.Drop{Name: "x.csv", Size: int64(len(orders))}, bytes.NewReader(orders)); got != (format == FormatOrders) {
			t.Errorf("%s takes orders: %v", format, got)
		}
	}
}

// Apostrophes are taken off; an id whose last digits are gone is a fault of its cell;
// a decimal comma is told from its column.
func TestExports_AreRead(t *testing.T) {
	t.Parallel()
	columns := func(names ...string) (out []Column) {
		for _, name := range names {
			c := Column{Names: []string{name}, Required: true}
			if name == "Total Spent" || name == "Amount" {
				c.Type = pipeline.Amount
			}
			out = append(out, c)
		}
		return out
	}
	rows, read, err := readBytes(t, Options{Format: FormatCustomers, Columns: columns("Customer ID", "Default Address Phone", "Total Spent")}, "c.csv", []byte(exportFiles["customers_now"]))
	if err != nil || len(rows) != 1 || cellOf(rows[0], "Customer ID") != "7022551234567" || cellOf(rows[0], "Default Address Phone") != "+20100" || read.Format != FormatCustomers {
		t.Errorf("%v, %v, %+v", rows, err, read)
	}
	rows, _, err = readBytes(t, Options{Format: FormatCustomers, Columns: columns("Customer ID")}, "c.csv", []byte(exportFiles["customers_mid"]))
	if err != nil || len(rows) != 1 || len(rows[0].Faults) != 1 || rows[0].Faults[0].Rule != "cell.exponent" || rows[0].Faults[0].Col != 1 {
		t.Errorf("%v, %v", rows, err)
	}
	comma := strings.ReplaceAll(strings.ReplaceAll(exportFiles["transactions"], ",", ";"), "44.9", "44,95")
	rows, _, err = readBytes(t, Options{Format: FormatTransactions, Columns: columns("Name", "Amount")}, "t.csv", []byte(comma))
	if err != nil || len(rows) != 1 || rows[0].Styles[6].Decimal != "," || rows[0].Places[1] != 6 {
		t.Errorf("%+v, %v", rows, err)
	}
	_, _, err = readBytes(t, Options{Format: FormatPayouts, Columns: columns("Name", "Amount")}, "t.csv", []byte(exportFiles["transactions"]))
	if p := refusal(t, err, true); p.Rule != "file.kind" {
		t.Errorf("got %v", p)
	}
}

// The real files.
func TestExports_RealFiles(t *testing.T) {
	t.Parallel()
	const samples = "../../../shared/reference/shopify/samples"
	for pattern, format := range map[string]string{"customers/*.csv": FormatCustomers, "transactions/*.csv": FormatTransactions, "payouts/payment*.csv": FormatPayments} {
		files := glob(t, samples, pattern)
		if len(files) == 0 {
			t.Skip("the reference files are not beside the project")
		}
		for _, file := range files {
			for _, other := range []string{FormatCustomers, FormatTransactions, FormatPayouts, FormatPayments, FormatOrders} {
				if got := takesFile(t, Options{Format: other}, file); got != (other == format) {
					t.Errorf("%s takes %s: %v", other, file, got)
				}
			}
			if rows, _, err := readFile(t, Options{Format: format}, file); err != nil || len(rows) == 0 {
				t.Errorf("%s: %d rows, %v", file, len(rows), err)
			}
		}
	}
}
