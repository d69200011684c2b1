package shopify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// planted is every secret that tests use: none of them may ever be seen.
var planted = []string{"shpat_standin", "very-secret", "client-7788"}

// clock is a clock that moves when told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// shop is a stand-in with A-1 (5), A-2 (0), B-1 (7 available, 2 committed) and
// more at Cairo, nothing at Giza.
type shop struct {
	*shopifytest.Server
	clock *clock
	cairo string
	giza  string
}

func open(t *testing.T, opt shopifytest.Options) *shop {
	t.Helper()
	c := newClock()
	opt.Now = c.now
	if opt.Locations == nil {
		opt.Locations = []shopifytest.Location{{Name: "Cairo"}, {Name: "Giza"}, {Name: "Closed", Inactive: true}}
	}
	s := &shop{Server: shopifytest.New(opt), clock: c}
	t.Cleanup(func() { s.Server.Close() })
	s.cairo, s.giza = s.Locations()[0].ID, s.Locations()[1].ID
	s.AddSKU("A-1", 5)
	s.AddSKU("A-2", 0)
	s.AddVariant(shopifytest.Variant{SKU: "B-1", Barcode: "6221000000017",
		Stock: map[string]shopifytest.Levels{"Cairo": {Available: 7, Committed: 2}}})
	return s
}

func (s *shop) config() Config {
	return Config{Shop: "wasl-test.myshopify.com", BaseURL: s.URL(), AccessToken: "main",
		Locations: map[string]string{"01": s.cairo, "02": s.cairo, "05": s.giza}}
}

func (s *shop) sink(t *testing.T, change ...func(*Config)) *Sink {
	t.Helper()
	c := s.config()
	for _, f := range change {
		f(&c)
	}
	return sinkOf(t, c, s.clock.now)
}

func sinkOf(t *testing.T, c Config, now func() time.Time, tell ...func(string, time.Duration)) *Sink {
	t.Helper()
	d := Deps{Now: now, Version: "test"}
	for _, f := range tell {
		d.Tell = f
	}
	secrets := map[string]string{"main": "shpat_standin", "client": "very-secret"}
	d.Secret = func(name string) (pipeline.Secret, error) {
		if secrets[name] == "" {
			return pipeline.Secret{}, errors.New("no such secret")
		}
		return pipeline.NewSecret(secrets[name]), nil
	}
	sink, err := New(c, d)
	if err != nil {
		t.Fatal(err)
	}
	return sink
}

// want is one row of an ERP's stock file.
type want struct{ sku, location, quantity, warehouse string }

// records are rows as a mapping makes them.
func records(sink *Sink, rows ...want) []pipeline.Record {
	fields := sink.Kinds()[0].Fields
	shape := pipeline.NewShape(fields)
	header := []string{"SKU", "Location", "Qty", "Store"}
	var out []pipeline.Record
	for i, w := range rows {
		r := pipeline.NewRecord(pipeline.Row{Header: header,
			Origin: pipeline.Origin{File: "stock.csv", Row: i + 2}}, shape)
		for col, text := range []string{w.sku, w.location, w.quantity, w.warehouse} {
			if text == "" {
				continue
			}
			v := pipeline.Value{Set: true, Text: text, Col: col + 1}
			if fields[col].Type == pipeline.Quantity {
				v.Dec = decimal(text)
			}
			r.Put(col, v)
		}
		out = append(out, r)
	}
	return out
}

func decimal(s string) pipeline.Decimal {
	var d pipeline.Decimal
	if err := d.UnmarshalText([]byte(s)); err != nil {
		panic(err)
	}
	return d
}

// lane is a ledger in a nutshell: documents, the batch that is out, what became
// of everything.
type lane struct {
	t     *testing.T
	shop  *shop
	sink  *Sink
	size  int
	n     int
	docs  map[string]*pipeline.Document
	order []string
	batch *pipeline.Batch
	why   map[string][]pipeline.Problem
	said  []pipeline.Said
	errs  []error
	ctx   context.Context // nil: that of the test
}

func (l *lane) context() context.Context {
	if l.ctx != nil {
		return l.ctx
	}
	return l.t.Context()
}

// prepare plans rows and files what is ready.
func prepare(t *testing.T, s *shop, sink *Sink, rows ...want) *lane {
	t.Helper()
	l := &lane{t: t, shop: s, sink: sink, size: BatchSize, docs: map[string]*pipeline.Document{}, why: map[string][]pipeline.Problem{}}
	for _, p := range plan(t, sink, rows...) {
		doc := p.Doc
		switch {
		case len(p.Problems) > 0:
			doc.State = pipeline.Held
		case p.Same:
			doc.State = pipeline.Unchanged
		default:
			doc.State = pipeline.Ready
		}
		l.why[doc.Key] = p.Problems
		l.docs[doc.Key] = &doc
		l.order = append(l.order, doc.Key)
	}
	return l
}

// plan builds and compares each row on its own.
func plan(t *testing.T, sink *Sink, rows ...want) []pipeline.Planned {
	t.Helper()
	var docs []pipeline.Document
	for _, r := range records(sink, rows...) {
		doc, problems := sink.Kinds()[0].Build([]pipeline.Record{r})
		if len(problems) > 0 {
			t.Fatalf("build: %v", problems)
		}
		docs = append(docs, doc)
	}
	plan, err := sink.Plan(t.Context(), pipeline.Question{Docs: docs})
	if err != nil {
		t.Fatal(err)
	}
	return plan.Docs
}

func (l *lane) holds(state pipeline.State) (n int) {
	for _, d := range l.docs {
		if d.State == state {
			n++
		}
	}
	return n
}

// step does what Deliver does once.
func (l *lane) step() error {
	l.t.Helper()
	var a pipeline.Answer
	var err error
	sending := false
	if l.batch != nil {
		for _, d := range l.batch.Docs {
			sending = sending || d.State == pipeline.Sending || d.State == pipeline.Accepted
		}
	}
	if sending {
		a, err = l.sink.Ask(l.context(), *l.batch)
		l.batch.Asked++
	} else {
		if l.batch == nil && !l.take() {
			return nil
		}
		l.batch.Tries++
		for i := range l.batch.Docs {
			l.batch.Docs[i].State = pipeline.Sending
		}
		a, err = l.sink.Send(l.context(), *l.batch)
	}
	l.settle(a)
	l.shop.clock.advance(a.Again)
	if err != nil {
		l.errs = append(l.errs, err)
		if later, ok := errors.AsType[*pipeline.Later](err); ok {
			l.shop.clock.advance(max(later.After, time.Second))
		}
	}
	return err
}

func (l *lane) take() bool {
	l.n++
	b := &pipeline.Batch{ID: fmt.Sprintf("00000000-0000-4000-8000-%012d", l.n), Lane: l.sink.Lane(),
		Job: pipeline.Job{Drop: "20261124-0001", Flow: "erp stock/رصيد"}, Taken: l.shop.clock.now()}
	for _, key := range l.order {
		if d := l.docs[key]; d.State == pipeline.Ready && len(b.Docs) < l.size {
			d.State = pipeline.Sending
			b.Docs = append(b.Docs, *d)
		}
	}
	if len(b.Docs) == 0 {
		return false
	}
	request, err := l.sink.Kinds()[0].Freeze(*b)
	if err != nil {
		l.t.Fatal(err)
	}
	b.Request = request
	l.batch = b
	return true
}

func (l *lane) settle(a pipeline.Answer) {
	l.said = append(l.said, a.Said...)
	b := l.batch
	for _, o := range a.Outcomes {
		d := l.docs[o.Key]
		d.State, l.why[o.Key] = o.State, o.Why
		if o.Ref != "" {
			d.Ref = o.Ref
		}
		if o.Body != nil {
			d.Body = o.Body
		}
		for i := range b.Docs {
			if b.Docs[i].Key != o.Key {
				continue
			}
			b.Docs[i].State = o.State
			if o.Ticket != "" {
				b.Docs[i].Ticket = o.Ticket
			}
			if o.Body != nil || o.State.Final() {
				b.Docs = append(b.Docs[:i:i], b.Docs[i+1:]...)
			}
			if o.State == pipeline.Ready && o.Body == nil {
				b.Docs[i].Ticket = ""
			}
			break
		}
	}
	if len(b.Docs) == 0 {
		l.batch = nil
	}
}

// run goes on until nothing is left to do. It fails after many steps: a lane
// must end.
func (l *lane) run() *lane {
	l.t.Helper()
	for range 30 {
		if l.holds(pipeline.Ready)+l.holds(pipeline.Sending)+l.holds(pipeline.Accepted) == 0 {
			return l
		}
		_ = l.step() // kept in errs
	}
	l.t.Fatalf("the lane does not end: %v", l.errs)
	return l
}

func (l *lane) state(sku string) pipeline.State {
	for key, d := range l.docs {
		if strings.HasPrefix(key, "stock/"+sku+"@") {
			return d.State
		}
	}
	return "none"
}

func (l *lane) rules(sku string) string {
	var out []string
	for key, problems := range l.why {
		if strings.HasPrefix(key, "stock/"+sku+"@") {
			for _, p := range problems {
				out = append(out, string(p.Rule))
			}
		}
	}
	return strings.Join(out, " ")
}

// clean fails where the stand-in saw something that a careful client does not do.
func (s *shop) clean(t *testing.T, but ...string) {
	t.Helper()
	for _, v := range s.JudgeBut(but...) {
		t.Errorf("the stand-in complains of request %d: %s: %s", v.Call, v.Rule, v.Text)
	}
}

func (s *shop) available(t *testing.T, sku string) int {
	t.Helper()
	q, ok := s.Quantity(sku, "Cairo")
	if !ok {
		t.Fatalf("no stock of %s at Cairo", sku)
	}
	return q.Available
}

// gone makes the shop's address refuse connections.
func (s *shop) gone() {
	s.Server.Close()
	s.Server = shopifytest.New(shopifytest.Options{}) // for the clean-up
}
