package courier

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"wasl/pipeline"
)

// Books are what is known of orders, of couriers' sheets, and of what was handed on.
type Books struct {
	Orders []Order
	Lines  []Line // in the order in which they came
	Handed []Handed
}

// A Line is a line of a sheet as the tables have it.
type Line struct {
	Remittance
	Key     string
	Job     pipeline.Job // that brought it last
	Arrived string       // the day: 2026-11-25
}

// Handed is what was handed on of a line, or of a sheet's payout (Key of its first
// line, Kind payout). It does not change any more.
type Handed struct {
	To       string  `json:"to"` // erp or shopify
	Key      string  `json:"key"`
	Kind     string  `json:"kind"` // sale, fee or payout
	Courier  string  `json:"courier"`
	Sheet    string  `json:"sheet"`
	Order    string  `json:"order,omitempty"`
	OrderID  string  `json:"orderId,omitempty"`
	Number   string  `json:"number"` // of the receipt: Bosta-SH-77-1042
	At       string  `json:"at"`     // a day
	Amount   decimal `json:"amount"`
	Fee      decimal `json:"fee,omitzero"`
	VAT      decimal `json:"vat,omitzero"`
	Paid     decimal `json:"paid,omitzero"` // so much of it is paid out with it; nothing where the sheet's payout is one of its own
	Currency string  `json:"currency,omitempty"`
	File     string  `json:"file"`              // in which it was dropped
	Dropped  bool    `json:"dropped,omitempty"` // it was; else it is to be
}

func (h Handed) code() string { return h.To + "/" + h.Kind + "/" + h.Key }

// ReadBooks reads the tables of this room. What arrived after a day does not count;
// until "": all counts.
func ReadBooks(ctx context.Context, tables pipeline.Table, until string) (Books, error) {
	var out Books
	err := each(ctx, tables, tableOrders, func(row pipeline.TableRow, o Order) {
		o.Job = row.Job
		out.Orders = append(out.Orders, o)
	})
	if err != nil {
		return out, err
	}
	err = each(ctx, tables, tableLines, func(row pipeline.TableRow, r Remittance) {
		line := Line{Remittance: r, Key: row.Code, Job: row.Job, Arrived: dayOf(row.Job.Drop)}
		line.At = or(line.At, line.Arrived)
		if until == "" || line.Arrived <= until {
			out.Lines = append(out.Lines, line)
		}
	})
	if err != nil {
		return out, err
	}
	slices.SortStableFunc(out.Lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.Job.Drop, b.Job.Drop), cmp.Compare(a.From.File, b.From.File), cmp.Compare(a.From.Row, b.From.Row), cmp.Compare(a.Key, b.Key))
	})
	err = each(ctx, tables, tableHanded, func(_ pipeline.TableRow, h Handed) { out.Handed = append(out.Handed, h) })
	return out, err
}

// each reads the rows of a table.
func each[T any](ctx context.Context, tables pipeline.Table, name string, take func(pipeline.TableRow, T)) error {
	for row, err := range tables.Rows(ctx, name) {
		var body T
		if err == nil {
			err = json.Unmarshal([]byte(row.Cols["body"]), &body)
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		take(row, body)
	}
	return nil
}

// dayOf is the day of arrival in the name of an arrival: 2026-11-25 of 20261125-0002.
func dayOf(drop string) string {
	if len(drop) < 8 {
		return ""
	}
	return drop[:4] + "-" + drop[4:6] + "-" + drop[6:8]
}
