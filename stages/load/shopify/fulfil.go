package shopify

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// fulfilDesk makes fulfilments of the ERP's delivery notes: which goods left, from
// where, in which parcel. See ticks for how none is made twice.
type fulfilDesk struct{ *Sink }

// kindFulfillment is the kind of delivery notes.
const kindFulfillment = "shopify.fulfillment"

// fulfilBatch is how many notes are sent as one batch. Of all of them the orders are
// read by one call before, and marked by one or two.
const fulfilBatch = 25

// delivery is the body of a document of shopify.fulfillment: one delivery note. Build
// fills in what the file says, Plan the rest.
type delivery struct {
	Note     string     `json:"note"`
	Order    orderRef   `json:"order"`
	Lines    []noteLine `json:"lines,omitempty"` // none: the file only speaks of its tracking
	Tracking *tracking  `json:"tracking,omitempty"`
	At       *time.Time `json:"at,omitempty"` // for people: Shopify takes no time
	Notify   bool       `json:"notify,omitempty"`
	Cancel   bool       `json:"cancel,omitempty"`

	shipped
}

// noteLine is so much of an item.
type noteLine struct {
	SKU      string `json:"sku"`
	Quantity int64  `json:"quantity"`
	Location string `json:"location,omitempty"` // gid; "": wherever the order is to be sent from
	Row      int    `json:"row,omitempty"`      // which of Document.From it comes from
}

// tracking is a parcel as the courier knows it; "" is what the file does not say.
type tracking struct {
	Company string `json:"company,omitempty"`
	Number  string `json:"number,omitempty"`
	URL     string `json:"url,omitempty"`
}

// shipped is what Plan adds: the order, and which fulfilments are made, cancelled or
// get their tracking.
type shipped struct {
	GID   string   `json:"orderId,omitempty"`
	Make  bool     `json:"make,omitempty"`
	Void  []string `json:"void,omitempty"`  // gids
	Track []string `json:"track,omitempty"` // gids
}

func (s fulfilDesk) scopes() []string {
	return []string{"read_orders", "write_orders", "read_merchant_managed_fulfillment_orders", "write_merchant_managed_fulfillment_orders"}
}

func (s fulfilDesk) kind() pipeline.Kind {
	return pipeline.Kind{
		Name:    kindFulfillment,
		Help:    "a delivery note of the ERP: what of an order was sent, from where, in which parcel",
		GroupBy: []string{"note"},
		Joined:  true,
		Settled: true,
		Build:   buildNote,
		Batch:   fulfilBatch,
		Fields: append(slices.Clone(orderFields),
			pipeline.Field{Name: "note", Type: pipeline.Code, Required: true, Help: "the delivery note's number: rows of one number are one note"},
			pipeline.Field{Name: "sku", Type: pipeline.Code, Help: "the item, as the order has it"},
			pipeline.Field{Name: "quantity", Type: pipeline.Quantity, Help: "whole pieces that were sent"},
			pipeline.Field{Name: "location", Type: pipeline.Code, Help: "the location it was sent from; where it is empty, the one that the order is to be sent from"},
			pipeline.Field{Name: "warehouse", Type: pipeline.Code, Help: "the ERP's warehouse, for people"},
			pipeline.Field{Name: "company", Type: pipeline.Text, Help: "the courier, written as Shopify lists it, where it does"},
			pipeline.Field{Name: "tracking", Type: pipeline.Code, Help: "the courier's number of the parcel; may come later"},
			pipeline.Field{Name: "url", Type: pipeline.Text, Help: "where the parcel can be followed"},
			pipeline.Field{Name: "at", Type: pipeline.Time, Help: "when it was sent, for people: Shopify takes the time at which it is told"},
			pipeline.Field{Name: "notify", Type: pipeline.Bool, Help: "yes: Shopify tells the customer; otherwise it does not"},
			pipeline.Field{Name: "cancelled", Type: pipeline.Bool, Help: "yes: the note was cancelled, and what was sent by it is taken back, behind the gate"},
		),
	}
}

// buildNote makes the document of the rows of one delivery note.
func buildNote(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	ref, problems := orderRefOf(group[0])
	w := delivery{Note: oneLine(group[0].Text("note")), Order: ref}
	doc := pipeline.Document{Name: strings.TrimSpace(w.Note + " " + ref.said()), Words: distinct(append(ref.words(), w.Note))}
	for _, r := range group {
		doc.From = append(doc.From, r.At("sku"))
	}
	if w.Note == "" {
		return doc, problems // Map has told so
	}
	doc.Key = "fulfillment/" + w.Note
	a := noted{agreeing{rows: group}, w.Note}
	for _, field := range []string{"order.id", "order.name"} {
		a.one(field)
	}
	if t := (tracking{Company: a.one("company"), Number: a.one("tracking"), URL: a.one("url")}); t != (tracking{}) {
		w.Tracking = &t
		if t.URL != "" && !isLink(t.URL) {
			a.wrong(a.first("url"), "url", "order.link", map[string]string{"given": t.URL})
		}
	}
	w.Notify, w.Cancel = a.yes("notify"), a.yes("cancelled")
	if at := a.first("at"); at.Has("at") {
		when := at.Date("at").UTC()
		w.At, doc.Day = &when, when.Format(time.DateOnly)
	}
	if !w.Cancel {
		for i, r := range group {
			w.line(&a, r, i)
		}
	}
	if problems = append(problems, a.problems...); len(problems) == 0 {
		doc.Body = packed(w)
		doc.Print = string(doc.Body)
	}
	return doc, problems
}

// line takes what a row says was sent; a row without an item and a quantity says
// nothing of that.
func (w *delivery) line(a *noted, r pipeline.Record, row int) {
	sku := pipeline.Clean(r.Text("sku"))
	if sku == "" && !r.Has("quantity") {
		return
	}
	n, even := wholePieces(r.Amount("quantity"))
	if sku == "" || !r.Has("quantity") || !even || n < 1 {
		a.wrong(r, "quantity", "fulfil.quantity", map[string]string{"given": r.Text("quantity"), "sku": sku})
		return
	}
	location := r.Text("location")
	if location == ignored {
		a.wrong(r, "warehouse", "fulfil.warehouse", map[string]string{"warehouse": r.Text("warehouse"), "note": w.Note})
		return
	}
	w.Lines = append(w.Lines, noteLine{SKU: sku, Quantity: n, Location: location, Row: row})
}

// wholePieces is a quantity in whole pieces.
func wholePieces(d pipeline.Decimal) (int64, bool) {
	n, err := strconv.ParseInt(d.Trunc(0).String(), 10, 64)
	return n, err == nil && d.Equal(d.Trunc(0))
}

// noted are the rows of one note, which should say the same of what they have in common.
type noted struct {
	agreeing
	note string
}

// one is what the rows say in a field; rows that leave it empty agree.
func (a *noted) one(field string) string {
	first := a.first(field).Text(field)
	for _, r := range a.rows {
		if text := r.Text(field); text != "" && text != first {
			a.wrong(r, field, "fulfil.differs", map[string]string{"note": a.note, "first": first, "field": field})
			break
		}
	}
	return first
}

func (a *noted) yes(field string) bool {
	first := a.first(field)
	for _, r := range a.rows {
		if r.Has(field) && r.True(field) != first.True(field) {
			a.wrong(r, field, "fulfil.differs", map[string]string{"note": a.note, "first": strconv.FormatBool(first.True(field)), "field": field})
			break
		}
	}
	return first.Has(field) && first.True(field)
}

// said is the tracking for people.
func (t tracking) said() string {
	if t.Number == "" {
		return strings.TrimSpace(t.Company + " " + t.URL)
	}
	return strings.TrimSpace(t.Company + " " + t.Number)
}

// over is a tracking with what another one says in place of it. A link leads to one
// number: it does not stay with another.
func (t tracking) over(old tracking) tracking {
	if t.Company == "" {
		t.Company = old.Company
	}
	if t.URL == "" && (t.Number == "" || t.Number == old.Number) {
		t.URL = old.URL
	}
	if t.Number == "" {
		t.Number = old.Number
	}
	return t
}
