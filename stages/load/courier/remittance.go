package courier

import (
	"encoding/json"
	"path"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// A Remittance is a line of a courier's sheet: the body of courier.remittance.
type Remittance struct {
	Courier   string            `json:"courier"`
	Sheet     string            `json:"sheet"`         // its number, or else its day, or else its file
	Day       string            `json:"day,omitempty"` // of the sheet: 2026-11-25
	At        string            `json:"at,omitempty"`  // the day on which he collected it, or else the sheet's
	Tracking  string            `json:"tracking,omitempty"`
	Order     string            `json:"order,omitempty"`
	OrderID   string            `json:"orderId,omitempty"`
	Reference string            `json:"reference,omitempty"`
	Status    string            `json:"status"`
	Expected  *pipeline.Decimal `json:"expected,omitempty"` // as he says; nil: he does not
	Amount    pipeline.Decimal  `json:"amount"`
	Fee       pipeline.Decimal  `json:"fee,omitzero"`
	VAT       pipeline.Decimal  `json:"vat,omitzero"`
	Currency  string            `json:"currency,omitempty"`
	Payout    *pipeline.Decimal `json:"payout,omitempty"` // of the whole sheet, as he says; nil: he does not
	Was       string            `json:"was,omitempty"`    // the amount that the line said before the sheet was corrected
	From      pipeline.Origin   `json:"from"`             // the row
}

// Net is what he pays for the line.
func (r Remittance) Net() pipeline.Decimal { return r.Amount.Sub(r.Fee).Sub(r.VAT) }

// back tells whether the parcel came back.
func (r Remittance) back() bool { return r.Status == statusReturned || r.Status == statusRefused }

// parcel is what the line calls its parcel, or else its order.
func (r Remittance) parcel() string {
	for _, name := range []string{r.Tracking, r.Order, r.OrderID, r.Reference} {
		if name != "" {
			return name
		}
	}
	return ""
}

// buildRemittance makes a document of a line. It is pure.
func (s *Sink) buildRemittance(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	r := group[0]
	line := s.lineOf(r)
	doc := pipeline.Document{Name: strings.TrimSpace(line.Sheet + " " + line.parcel()), Day: line.At, Money: line.Amount, Out: line.Amount, Currency: line.Currency,
		Words: wordsOf(line.Sheet, line.Tracking, line.Order, line.OrderID, line.Reference)}
	if line.Sheet != "" && line.parcel() != "" {
		doc.Key = strings.Join([]string{"remittance", pipeline.Fold(line.Courier), plainName(line.Sheet), plainName(line.parcel())}, "/")
	}
	doc.Body = mustJSON(line)
	told := line
	told.From = pipeline.Origin{}
	doc.Print = string(mustJSON(told))
	if line.Status == statusPending {
		doc.Left = "still on its way / لم تُسلَّم بعد"
		return doc, nil
	}
	return doc, wrongLine(r, line)
}

// lineOf reads a line. A sheet without a number is known by its day, or else by its file.
func (s *Sink) lineOf(r pipeline.Record) Remittance {
	day := func(field string) string {
		if !r.Has(field) {
			return ""
		}
		return r.Date(field).UTC().Format(time.DateOnly) // a day is kept as its midnight in UTC
	}
	amount := func(field string) *decimal {
		if !r.Has(field) {
			return nil
		}
		d := r.Amount(field)
		return &d
	}
	line := Remittance{Courier: s.cfg.courier(r.Text("remit.courier")), Sheet: r.Text("remit.sheet"), Day: day("remit.day"), At: day("remit.collected_at"),
		Tracking: r.Text("remit.tracking"), Order: r.Text("order.name"), OrderID: r.Text("order.id"), Reference: r.Text("remit.reference"),
		Status: strings.ToLower(r.Text("remit.status")), Expected: amount("remit.expected"), Amount: r.Amount("remit.amount"), Fee: r.Amount("remit.fee"),
		VAT: r.Amount("remit.vat"), Currency: strings.ToUpper(r.Text("remit.currency")), Payout: amount("remit.payout"), From: r.Origin}
	if line.Status == "" {
		line.Status = statusDelivered
	}
	if line.At == "" {
		line.At = line.Day
	}
	if line.Sheet == "" {
		line.Sheet = or(line.Day, fileOf(r.Origin))
	}
	return line
}

// fileOf is the name of the file that a row was in at first, without its ending.
func fileOf(o pipeline.Origin) string {
	if o.Was != nil {
		o = *o.Was
	}
	return strings.TrimSuffix(o.File, path.Ext(o.File))
}

// wrongLine says what is wrong with a line by itself.
func wrongLine(r pipeline.Record, line Remittance) []pipeline.Problem {
	var problems []pipeline.Problem
	wrong := func(field string, rule pipeline.Rule, with map[string]string) {
		problems = append(problems, r.Problem(field, rule, with))
	}
	if line.Courier == "" {
		wrong("remit.courier", "courier.unnamed", nil)
	}
	if line.parcel() == "" {
		wrong("remit.tracking", "courier.nameless", nil)
	}
	if !slices.Contains(statuses, line.Status) {
		wrong("remit.status", "courier.status", map[string]string{"known": strings.Join(statuses, ", ")})
	}
	for _, field := range []string{"remit.amount", "remit.fee", "remit.vat"} {
		if d := r.Amount(field); d.IsNeg() {
			wrong(field, "courier.negative", map[string]string{"amount": d.StringFixed(2)})
		}
	}
	if net := r.Amount("remit.net"); r.Has("remit.net") && r.Has("remit.amount") && !net.Equal(line.Net()) {
		wrong("remit.net", "courier.net", map[string]string{"net": net.StringFixed(2), "sum": line.Net().StringFixed(2), "off": net.Sub(line.Net()).StringFixed(2)})
	}
	return problems
}

// reviseRemittance says what follows a line that came before: nothing, where it says the
// same; else the new one takes its place, as of a sheet that was corrected. It is pure.
func reviseRemittance(last, next pipeline.Document) (pipeline.Document, []pipeline.Problem) {
	if next.State == pipeline.Skipped {
		return next, nil
	}
	var was, is Remittance
	if json.Unmarshal(last.Body, &was) != nil || json.Unmarshal(next.Body, &is) != nil {
		return next, nil
	}
	if is.Was = was.Was; !was.Amount.Equal(is.Amount) {
		is.Was = was.Amount.StringFixed(2)
	}
	next.Body = mustJSON(is)
	return next, nil
}
