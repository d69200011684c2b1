package courier

import (
	"bytes"
	"encoding/csv"
)

// A Bundle is a file of what is handed on.
type Bundle struct {
	Name string
	Of   []Handed
	Text []byte // CSV, UTF-8
}

// FromCourier is Drop.From of such files.
const FromCourier = "results:courier"

// bundleColumns are the columns of such a file. Amounts are those of the receipt; what
// the courier keeps, and what is paid out with it, are parts of it.
var bundleColumns = []string{"kind", "number", "courier", "sheet", "order", "order id", "date", "amount", "fee", "vat", "paid out", "currency"}

// textOf is a file of what is handed on.
func textOf(all []Handed) []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write(bundleColumns) // it lives in memory
	some := func(d decimal) string {
		if d.IsZero() {
			return ""
		}
		return d.StringFixed(2)
	}
	for _, h := range all {
		amount, fee, vat := h.Amount, some(h.Fee), some(h.VAT)
		if h.Kind == kindFee {
			amount, fee = h.Fee, ""
		}
		_ = w.Write([]string{h.Kind, h.Number, h.Courier, h.Sheet, h.Order, h.OrderID, h.At + " 12:00:00", amount.StringFixed(2), fee, vat, some(h.Paid), h.Currency})
	}
	w.Flush()
	return out.Bytes()
}
