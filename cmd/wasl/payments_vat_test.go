package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"wasl/pipeline"
)

// The list of payout transactions has 18 columns since 2026: Payout ID, and VAT at its
// end. The tax is booked on its own account, and the clearing account moves by the net of
// the file, whether the tax is in the fee or beside it; a row whose own net is neither is
// held with the difference.
func TestPayments_VATOfFees(t *testing.T) {
	t.Parallel()
	const head = "Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,Payout ID,Available On,Amount,Fee,Net,Checkout,Payment Method Name,Presentment Amount,Presentment Currency,Currency,VAT\n"
	row := func(kind, order, amount, fee, net, vat string) string {
		return "2026-11-20 10:00:00 +0200," + kind + "," + order + ",visa,online,paid,2026-11-23,9001,2026-11-23," + amount + "," + fee + "," + net + ",#" + order + ",card," + amount + ",EGP,EGP," + vat + "\n"
	}
	text := head + row("charge", "#1", "100.00", "3.00", "96.58", "0.42") + row("charge", "#2", "50.00", "1.71", "48.29", "0.21") +
		row("refund", "#1", "-20.00", "0.00", "-20.00", "0.00") + row("charge", "#3", "10.00", "1.00", "8.00", "0.14") + row("charge", "#4", "5.00", "0.00", "4.00", "")
	s := newBookedShop(t)
	mapping := filepath.Join(s.dir, "mappings", "shopify-payments-to-erp.yaml")
	yaml, err := os.ReadFile(mapping)
	if err == nil {
		err = os.WriteFile(mapping, bytes.Replace(yaml, []byte("fees_tax: hold"), []byte("fees_tax: VAT-IN"), 1), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	said := s.takes("payment_transactions_export_1.csv", []byte(text), withPayments, withPayments+"\n  payments: mappings/erp/payments-csv.yaml")
	sum := func(text string) pipeline.Decimal { return decimalOf(t, text) }
	sameSums(t, map[string]pipeline.Decimal{"fee FEES": sum("4.50"), "fee VAT-IN": sum("0.63"), "fee CLR-SHOPIFY": sum("-5.13")}, s.ledgerLines(), said)
	held := 0
	for _, e := range s.filed("shopify-payments-to-erp") {
		for _, p := range e.Why {
			if p.Rule == "payment.net" {
				held++
			}
		}
	}
	if held != 2 {
		t.Errorf("%d rows are held whose net is off, want 2\n%s", held, said)
	}
}
