package courier

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// An Order is what is to be collected for one: the body of courier.order. Days are those
// of the shop, 2026-11-25; "" where it has not come to that or it is not said.
type Order struct {
	Name      string           `json:"name"`
	ID        string           `json:"id,omitempty"`
	Currency  string           `json:"currency,omitempty"`
	COD       bool             `json:"cod"`              // a courier collects it, or a part of it
	Expected  pipeline.Decimal `json:"expected"`         // by him
	Open      bool             `json:"open,omitempty"`   // Expected is what is left to be paid, of the part that was paid it is not said by whom
	Method    string           `json:"method,omitempty"` // payment methods
	Placed    string           `json:"placed,omitempty"`
	Sent      string           `json:"sent,omitempty"`
	Cancelled string           `json:"cancelled,omitempty"`
	Updated   time.Time        `json:"updated,omitzero"`
	Tracking  []string         `json:"tracking,omitempty"`
	Company   string           `json:"company,omitempty"`

	Job pipeline.Job `json:"-"` // that brought it last; ReadBooks fills it in
}

// orderRows are the rows of one order.
type orderRows []pipeline.Record

// with is the first row that has a field; of none the first row.
func (rows orderRows) with(field string) pipeline.Record {
	for _, r := range rows {
		if r.Has(field) {
			return r
		}
	}
	return rows[0]
}

func (rows orderRows) has(field string) bool       { return rows.with(field).Has(field) }
func (rows orderRows) text(field string) string    { return rows.with(field).Text(field) }
func (rows orderRows) amount(field string) decimal { return rows.with(field).Amount(field) }
func (rows orderRows) time(field string) time.Time { return rows.with(field).Date(field) }

// buildOrder makes of an order's rows what a courier is to collect for it. It is pure.
func (s *Sink) buildOrder(cod map[string]bool, group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	rows := orderRows(group)
	o := Order{ID: rows.text("order.id"), Name: rows.text("order.name"), Currency: strings.ToUpper(rows.text("order.currency")), Method: rows.text("order.payment"),
		Placed: s.day(rows.time("order.created")), Sent: s.day(rows.time("order.fulfilled")), Cancelled: s.day(rows.time("order.cancelled")), Updated: rows.time("order.updated")}
	if pipeline.Fold(rows.text("order.status")) == "voided" && o.Cancelled == "" {
		o.Cancelled = o.Placed
	}
	s.parcels(&o, rows)
	o.collect(cod, rows)
	doc := pipeline.Document{Name: o.Name, Day: o.Placed, Money: o.Expected, Out: o.Expected, Currency: o.Currency, Words: wordsOf(append(slices.Clone(o.Tracking), o.ID)...), Body: mustJSON(o)}
	if o.Name != "" {
		doc.Key = "cod/" + plainName(o.Name)
	}
	told := o
	told.Updated = time.Time{} // a new tag changes nothing of what is to be collected
	doc.Print = string(mustJSON(told))
	var problems []pipeline.Problem
	if rows.with("order.test").True("order.test") {
		doc.Left = "a test order / طلب تجريبي"
	}
	for _, field := range []string{"order.created", "order.total"} {
		if !rows.has(field) {
			problems = append(problems, group[0].Problem(field, "field.missing", nil))
		}
	}
	return doc, problems
}

// parcels notes what was sent, by whom and under which numbers.
func (s *Sink) parcels(o *Order, rows orderRows) {
	for _, r := range rows {
		for number := range strings.SplitSeq(r.Text("fulfillment.tracking"), "+") {
			if number = pipeline.Clean(number); number != "" && !slices.Contains(o.Tracking, number) {
				o.Tracking = append(o.Tracking, number)
			}
		}
		if off := strings.ToLower(r.Text("fulfillment.status")); off == "cancelled" || off == "failure" || off == "error" {
			continue
		}
		if company := r.Text("fulfillment.company"); company != "" {
			o.Company = company // the last one: an earlier parcel may have come back
		}
		if at := s.day(r.Date("fulfillment.at")); at != "" && (o.Sent == "" || at < o.Sent) {
			o.Sent = at
		}
	}
}

// collect works out what the courier is to collect. Of a pulled order all payments are
// known: its total, with what was given back of it, less what was paid by other means.
// A payment by hand counts as the courier's where the order is paid on delivery: it is
// what marking it paid makes. An export says only what is left to be paid.
func (o *Order) collect(cod map[string]bool, rows orderRows) {
	for method := range strings.SplitSeq(o.Method, "+") {
		o.COD = o.COD || cod[pipeline.Fold(method)]
	}
	for _, r := range rows {
		o.COD = o.COD || cod[pipeline.Fold(r.Text("payment.gateway"))]
	}
	if !o.COD {
		return
	}
	if rows.has("order.current_total") {
		o.Expected = rows.amount("order.current_total")
		for _, r := range rows {
			o.Expected = o.Expected.Add(moved(cod, r))
		}
	} else {
		o.exported(rows)
	}
	if o.Expected.IsNeg() {
		o.Expected = zero
	}
}

// moved is what a payment changes about what the courier is to collect.
func moved(cod map[string]bool, r pipeline.Record) decimal {
	if !strings.EqualFold(r.Text("payment.status"), "success") {
		return zero
	}
	gateway := pipeline.Fold(r.Text("payment.gateway"))
	switch strings.ToLower(r.Text("payment.kind")) {
	case "sale", "capture":
		if !cod[gateway] && gateway != "manual" {
			return r.Amount("payment.amount").Neg()
		}
	case "refund":
		return r.Amount("payment.amount")
	}
	return zero
}

// exported is collect for the admin's export.
func (o *Order) exported(rows orderRows) {
	total, left := rows.amount("order.total"), rows.amount("order.outstanding")
	several := strings.Contains(o.Method, "+")
	switch status := pipeline.Fold(rows.text("order.status")); {
	case status == "pending" && rows.has("order.outstanding"):
		o.Expected = left
	case status == "partially paid", several && status != "pending":
		o.Expected, o.Open = left, true
	default:
		o.Expected = total
	}
}

// olderOrder tells whether next says what was so before last.
func olderOrder(last, next pipeline.Document) bool {
	var was, is Order
	if json.Unmarshal(last.Body, &was) != nil || json.Unmarshal(next.Body, &is) != nil {
		return false
	}
	return !was.Updated.IsZero() && !is.Updated.IsZero() && is.Updated.Before(was.Updated)
}
