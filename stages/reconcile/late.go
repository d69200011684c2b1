package reconcile

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"time"
)

// A LateReceipt is one that is too old to be submitted as it is, for the authority's late
// submission request.
type LateReceipt struct {
	Number string    `json:"number"`
	Order  string    `json:"order"`
	UUID   string    `json:"uuid,omitempty"`
	Type   string    `json:"type"`
	POS    string    `json:"pos"`
	Day    string    `json:"day"` // of the sale
	Total  string    `json:"total"`
	Issued time.Time `json:"issued,omitzero"`
	State  string    `json:"state"`
	Key    string    `json:"key"`
}

// WriteLate writes them as CSV, UTF-8 with a mark so that spreadsheets show Arabic, times
// in the zone given.
func WriteLate(ctx context.Context, path string, lines []LateReceipt, zone *time.Location) error {
	err := save(ctx, path, func(to io.Writer) error {
		if _, err := io.WriteString(to, "\ufeff"); err != nil {
			return err
		}
		w := csv.NewWriter(to)
		_ = w.Write([]string{"receiptNumber", "order", "uuid", "receiptType", "posSerial", "saleDay", "dateTimeIssued (UTC)", "issued", "totalAmount", "state"}) // Error tells
		for _, l := range lines {
			utc, local := "", ""
			if !l.Issued.IsZero() {
				utc, local = l.Issued.UTC().Format("2006-01-02T15:04:05Z"), l.Issued.In(zone).Format("2006-01-02 15:04:05")
			}
			_ = w.Write([]string{harmless(l.Number), harmless(l.Order), l.UUID, l.Type, harmless(l.POS), l.Day, utc, local, l.Total, l.State})
		}
		w.Flush()
		return w.Error()
	})
	if err != nil {
		return fmt.Errorf("write the list of late receipts: %w", err)
	}
	return nil
}

// harmless keeps a text from being read as a formula by the spreadsheet that opens it.
func harmless(text string) string {
	if text == "" {
		return ""
	}
	switch []rune(text)[0] {
	case '=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠':
		return "'" + text
	}
	return text
}
