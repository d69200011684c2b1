package shopify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// cairoZone has a night of 23 hours and one of 25.
var cairoZone = func() *time.Location {
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		panic(err)
	}
	return zone
}()

// house is a shop with what stands around a sink, in a nutshell: what is booked,
// what left, and a clock.
type house struct {
	*shop
	t      *testing.T
	sink   *Sink
	set    pipeline.Settings
	batch  int
	booked map[string]pipeline.Booking // by kind, key and word
	docs   map[string]*pipeline.Document
	why    map[string][]pipeline.Problem
	left   map[string]pipeline.Document // as they left, for undo
	errs   []error
}

// openHouse is a house with T-1 (100.00, crossed out 120.00, cost 60.00), T-2 and T-3
// of one product (100.00), and M-1 (50.00).
func openHouse(t *testing.T, opt shopifytest.Options) *house {
	t.Helper()
	opt.Scopes = append(slices.Clone(shopifytest.GoodsScopes), "read_orders")
	opt.Zone = "Africa/Cairo"
	s := open(t, opt)
	for _, v := range []shopifytest.Variant{
		{SKU: "T-1", Product: "Tea", Title: "One", Price: "100.00", CompareAtPrice: "120.00", Cost: "60.00"},
		{SKU: "T-2", Product: "Tea", Title: "Two", Price: "100.00", Barcode: "6221000000024"},
		{SKU: "T-3", Product: "Tea", Title: "Three", Price: "100.00"},
		{SKU: "M-1", Product: "Mint", Price: "50.00"},
	} {
		s.AddVariant(v)
	}
	h := &house{shop: s, t: t, batch: 0, booked: map[string]pipeline.Booking{}, docs: map[string]*pipeline.Document{},
		why: map[string][]pipeline.Problem{}, left: map[string]pipeline.Document{}}
	h.restart()
	return h
}

// restart is a new process: it knows what the ledger knows.
func (h *house) restart() {
	h.sink = sinkOf(h.t, h.config(), h.clock.now)
	h.sink.zone = cairoZone
}

// at sets the clock, in Cairo.
func (h *house) at(text string) {
	h.t.Helper()
	to, err := time.ParseInLocation("2006-01-02 15:04", text, cairoZone)
	if err != nil {
		h.t.Fatal(err)
	}
	h.clock.advance(to.Sub(h.clock.now()))
}

// row is what a file says of an item, by the fields of its kind.
type row map[string]string

// kindOf is a kind under the settings of the house.
func (h *house) kindOf(name string) pipeline.Kind {
	h.t.Helper()
	d, err := h.sink.desk(name)
	if err != nil {
		h.t.Fatal(err)
	}
	k := d.kind()
	if found := k.Check(h.set); len(found) > 0 {
		h.t.Fatalf("settings: %+v", found)
	}
	if k.Bind != nil {
		k = k.Bind(h.set)
	}
	return k
}

// rowsOf are records as a mapping makes them: a day alone is its first moment.
func rowsOf(t *testing.T, k pipeline.Kind, rows ...row) []pipeline.Record {
	t.Helper()
	shape := pipeline.NewShape(k.Fields)
	var header []string
	for _, f := range k.Fields {
		header = append(header, f.Name)
	}
	var out []pipeline.Record
	for i, r := range rows {
		rec := pipeline.NewRecord(pipeline.Row{Header: header, Origin: pipeline.Origin{File: "file.csv", Row: i + 2}}, shape)
		for name, text := range r {
			at := shape.Index(name)
			if at < 0 {
				t.Fatalf("%s has no field %s", k.Name, name)
			}
			v := pipeline.Value{Set: true, Text: text, Col: at + 1}
			switch k.Fields[at].Type {
			case pipeline.Amount, pipeline.Rate, pipeline.Quantity:
				v.Dec = decimal(text)
			case pipeline.Bool:
				v.Bool = text == "yes"
			case pipeline.Time:
				layout := "2006-01-02 15:04"
				if dayOnly(text) {
					layout = "2006-01-02"
				}
				wall, err := time.ParseInLocation(layout, text, cairoZone)
				if err != nil {
					t.Fatal(err)
				}
				v.Time = wall.UTC()
			}
			rec.Put(at, v)
		}
		out = append(out, rec)
	}
	return out
}

// wishes builds the documents of a file.
func (h *house) wishes(kind string, rows ...row) (docs, aside []pipeline.Document) {
	h.t.Helper()
	k := h.kindOf(kind)
	groups := map[string][]pipeline.Record{}
	var order []string
	if kind == kindOrder {
		for _, r := range rows {
			r["order"] = cmp.Or(r["order"], strings.TrimSpace(r["order.id"]+" "+r["order.name"]))
		}
	}
	for i, r := range rowsOf(h.t, k, rows...) {
		by := fmt.Sprint(i)
		if len(k.GroupBy) > 0 {
			by = ""
			for _, field := range k.GroupBy {
				by += r.Text(field) + "\n"
			}
		}
		if groups[by] == nil {
			order = append(order, by)
		}
		groups[by] = append(groups[by], r)
	}
	for _, by := range order {
		doc, problems := k.Build(groups[by])
		doc.Kind = kind
		if len(problems) > 0 {
			h.why[doc.Key] = problems
			aside = append(aside, doc)
			continue
		}
		docs = append(docs, doc)
	}
	return docs, aside
}

// plan asks what a file would change.
func (h *house) plan(kind string, rows ...row) pipeline.Plan {
	h.t.Helper()
	docs, aside := h.wishes(kind, rows...)
	return h.ask(pipeline.Question{Kind: kind, Docs: docs, Aside: aside, Whole: true})
}

func (h *house) ask(q pipeline.Question) pipeline.Plan {
	h.t.Helper()
	q.Settings, q.Booked = h.set, h.inForce()
	plan, err := h.sink.Plan(h.t.Context(), q)
	if err != nil {
		h.t.Fatal(err)
	}
	if len(plan.Docs) != len(q.Docs) {
		h.t.Fatalf("%d of %d documents are planned", len(plan.Docs), len(q.Docs))
	}
	return plan
}

func (h *house) inForce() map[string][]pipeline.Booking {
	out := map[string][]pipeline.Booking{}
	for _, b := range h.booked {
		if !b.At.IsZero() {
			out[b.Doc.Key] = append(out[b.Doc.Key], b)
		}
	}
	return out
}

// drop is a file: planned, filed, sent, until nothing is left to do.
func (h *house) drop(kind string, rows ...row) string {
	h.t.Helper()
	return h.carry(kind, h.plan(kind, rows...))
}

// carry files a plan and sends it, and tells it in short.
func (h *house) carry(kind string, plan pipeline.Plan) string {
	h.t.Helper()
	var ready []string
	var told []string
	for _, p := range append(slices.Clone(plan.Docs), plan.More...) {
		doc := p.Doc
		doc.Kind = kind
		h.docs[doc.Key], h.why[doc.Key] = &doc, p.Problems
		switch {
		case len(p.Problems) > 0:
			doc.State = pipeline.Held
		case p.Left != "":
			doc.State, doc.Left = pipeline.Skipped, p.Left
		case p.Same:
			doc.State = pipeline.Unchanged
		default:
			doc.State = pipeline.Ready
			ready = append(ready, doc.Key)
		}
		if doc.State != pipeline.Held {
			h.book(kind, doc)
		}
		told = append(told, tell(doc, p.Problems))
	}
	h.send(kind, ready)
	return strings.Join(told, "\n")
}

// book keeps what a document books, as the ledger does.
func (h *house) book(kind string, doc pipeline.Document) {
	for _, b := range doc.Then {
		b.Doc.Kind = cmp.Or(b.Doc.Kind, kind)
		b.ID = int64(len(h.booked) + 1)
		h.booked[b.Doc.Kind+" "+b.Doc.Key+" "+b.Why] = b
	}
}

// tell is what becomes of a document, in a line.
func tell(doc pipeline.Document, problems []pipeline.Problem) string {
	var parts []string
	for _, c := range doc.Changes {
		part := c.Field + " " + cmp.Or(c.Old, "-") + " > " + cmp.Or(c.New, "-")
		if c.Mark != "" {
			part += " [" + strings.TrimSpace(string(c.Mark)+" "+c.Move) + "]"
		}
		parts = append(parts, part)
	}
	for _, p := range problems {
		parts = append(parts, string(p.Rule))
	}
	left := ""
	if doc.Left != "" {
		left = doc.Left + ": "
	}
	return strings.TrimSpace(doc.Name + " " + string(doc.State) + " " + left + strings.Join(parts, ", "))
}

// send lets documents leave until none is left.
func (h *house) send(kind string, keys []string) {
	h.t.Helper()
	k := h.kindOf(kind)
	size := cmp.Or(h.batch, k.Batch)
	if k.Bulk.Above > 0 && len(keys) > k.Bulk.Above {
		size = k.Bulk.Batch
	}
	for n := 1; len(keys) > 0; n++ {
		b := pipeline.Batch{ID: fmt.Sprintf("00000000-0000-4000-8000-%04d%08d", n, h.clock.now().Unix()%100_000_000), Job: pipeline.Job{Drop: "20261124-0001", Flow: kind},
			Taken: h.clock.now(), Settings: h.set}
		for _, key := range keys[:min(size, len(keys))] {
			b.Docs = append(b.Docs, *h.docs[key])
		}
		keys = keys[len(b.Docs):]
		if k.Freeze != nil {
			var err error
			if b.Request, err = k.Freeze(b); err != nil {
				h.t.Fatal(err)
			}
		}
		keys = append(keys, h.finish(b)...)
		if n > 50 {
			h.t.Fatalf("it does not end: %v", h.errs)
		}
	}
}

// finish goes on with a batch until it is settled, and gives the keys that leave in
// a new one.
func (h *house) finish(b pipeline.Batch) (anew []string) {
	h.t.Helper()
	for range 100 {
		sending, accepted := false, false
		for _, d := range b.Docs {
			sending = sending || d.State == pipeline.Sending
			accepted = accepted || d.State == pipeline.Accepted
		}
		var a pipeline.Answer
		var err error
		if sending || accepted {
			b.Asked++
			a, err = h.sink.Ask(h.t.Context(), b)
		} else {
			b.Tries++
			for i := range b.Docs {
				b.Docs[i].State = pipeline.Sending
			}
			a, err = h.sink.Send(h.t.Context(), b)
		}
		if err != nil {
			h.errs = append(h.errs, err)
		}
		anew = append(anew, h.settle(&b, a)...)
		if len(b.Docs) == 0 {
			return anew
		}
		h.clock.advance(max(a.Again, time.Second))
	}
	h.t.Fatalf("the batch does not end: %v", h.errs[:min(len(h.errs), 3)])
	return nil
}

func (h *house) settle(b *pipeline.Batch, a pipeline.Answer) (anew []string) {
	at := map[string]pipeline.Outcome{}
	for _, o := range a.Outcomes {
		at[o.Key] = o
	}
	var open []pipeline.Document
	for _, d := range b.Docs {
		o, ok := at[d.Key]
		if !ok {
			open = append(open, d)
			continue
		}
		held := h.docs[d.Key]
		held.State, held.Ticket, h.why[d.Key] = o.State, o.Ticket, o.Why
		if o.Ref != "" {
			held.Ref = o.Ref
		}
		if o.State == pipeline.Delivered {
			h.left[d.Key] = *held
		}
		switch {
		case o.Body != nil:
			held.Body = o.Body
			anew = append(anew, d.Key)
		case !o.State.Final():
			d.State, d.Ticket, d.Ref = o.State, o.Ticket, held.Ref
			open = append(open, d)
		}
	}
	b.Docs = open
	return anew
}

// due does what is booked for now, and tells it.
func (h *house) due(kind string) string {
	h.t.Helper()
	var docs []pipeline.Document
	for at, b := range h.booked {
		if !b.At.IsZero() && !b.At.After(h.clock.now()) && b.Doc.Kind == kind {
			doc := b.Doc
			docs = append(docs, doc)
			delete(h.booked, at)
		}
	}
	slices.SortFunc(docs, func(a, b pipeline.Document) int { return cmp.Compare(a.Key, b.Key) })
	if len(docs) == 0 {
		return ""
	}
	return h.carry(kind, h.ask(pipeline.Question{Kind: kind, Docs: docs, Memo: pipeline.MemoBooking}))
}

// undo puts back what documents changed.
func (h *house) undo(kind string, keys ...string) string {
	h.t.Helper()
	var docs []pipeline.Document
	for _, key := range keys {
		was := h.left[key]
		if was.Undo == nil {
			h.t.Fatalf("%s cannot be put back", key)
		}
		docs = append(docs, pipeline.Document{Key: key, Kind: kind, Name: was.Name, Body: was.Undo, Sent: was.Body, From: was.From, State: pipeline.Ready})
	}
	return h.carry(kind, h.ask(pipeline.Question{Kind: kind, Docs: docs, Memo: pipeline.MemoUndo}))
}

// shows is what the shop shows of an item: price, crossed out, cost.
func (h *house) shows(sku string) string {
	h.t.Helper()
	v, ok := h.Variant(sku)
	if !ok {
		h.t.Fatalf("no %s", sku)
	}
	return v.Price + " " + cmp.Or(v.CompareAtPrice, "-")
}

// edit sets a price as a person does in the admin.
func (h *house) edit(sku, price, compare string) {
	h.t.Helper()
	if err := h.EditVariant(sku, func(v *shopifytest.Variant) { v.Price, v.CompareAtPrice = price, compare }); err != nil {
		h.t.Fatal(err)
	}
}

// bookings are what is to come, in order: A-1 end 2026-11-30 00:00.
func (h *house) bookings() string {
	var out []string
	for _, all := range h.inForce() {
		for _, b := range all {
			out = append(out, b.Doc.Name+" "+b.Why+" "+b.At.In(cairoZone).Format("2006-01-02 15:04"))
		}
	}
	slices.Sort(out)
	return strings.Join(out, ", ")
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\ngot  %s\nwant %s", what, got, want)
	}
}
