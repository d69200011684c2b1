package eta

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/eta/etatest"

	"github.com/quagmt/udecimal"
)

// clock is one clock for both sides, so that hours pass in no time.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func demoConfig(url string) Config {
	return Config{
		Environment: production, IdentityURL: url, APIURL: url,
		ClientID: "demo-client", ClientSecret: "secret-name",
		POS: POS{Serial: "WASL-SRV-01", OSVersion: "os"},
		Seller: Seller{RIN: "100200300", TradeName: "شركة وصل للتجارة", BranchCode: "0", ActivityCode: "4791",
			Address: Address{Governate: "القاهرة", RegionCity: "مدينة نصر", Street: "شارع عباس العقاد", BuildingNumber: "12 ب"}},
		Shipping: Shipping{ItemCode: "EG-100200300-SHIP"},
	}
}

func demoDeps(now func() time.Time) Deps {
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		panic(err)
	}
	return Deps{Now: now, Version: "test", Zone: zone, Secret: func(name string) (pipeline.Secret, error) {
		if name != "secret-name" {
			return pipeline.Secret{}, fmt.Errorf("no secret %s", name)
		}
		return pipeline.NewSecret("demo-secret"), nil
	}}
}

func demoSink(t testing.TB, change func(*Config)) *Sink {
	t.Helper()
	c := demoConfig("http://127.0.0.1:1")
	if change != nil {
		change(&c)
	}
	s, err := New(c, demoDeps(newClock().Now))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// row is a record's fields as a mapping would supply them.
type row map[string]string

var shape = pipeline.NewShape(fields)

// record types the fields of a row that stands at a line of orders.csv.
func record(t testing.TB, line int, r row) pipeline.Record {
	t.Helper()
	rec := pipeline.NewRecord(pipeline.Row{Origin: pipeline.Origin{File: "orders.csv", Row: line}}, shape)
	for name, text := range r {
		i := shape.Index(name)
		if i < 0 {
			t.Fatalf("no field %s", name)
		}
		v := pipeline.Value{Set: true, Text: text}
		var err error
		switch fields[i].Type {
		case pipeline.Amount, pipeline.Quantity, pipeline.Rate:
			v.Dec, err = udecimal.Parse(text)
		case pipeline.Time:
			v.Time, err = time.Parse(time.RFC3339, text)
		case pipeline.Bool:
			v.Bool = text == "true"
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		rec.Put(i, v)
	}
	return rec
}

// goodsRow is one line with everything that the item master knows of it.
func goodsRow(sku, quantity, price string, more ...string) row {
	r := row{"order.name": "#1042", "line.sku": sku, "line.name": "صنف " + sku, "line.quantity": quantity, "line.price": price,
		"item.code": "EG-100200300-" + sku, "item.type": "EGS", "item.unit": "EA", "item.name": "مج سيراميك " + sku,
		"item.vat_type": "V009", "item.vat_rate": "14"}
	for i := 0; i+1 < len(more); i += 2 {
		if more[i+1] == "" {
			delete(r, more[i])
		} else {
			r[more[i]] = more[i+1]
		}
	}
	return r
}

// saleOf is an order: its own fields stand on the first row only.
func saleOf(t testing.TB, head row, lines ...row) []pipeline.Record {
	t.Helper()
	first := row{"order.id": "5512345678901", "order.created": "2026-11-23T23:30:00Z", "order.currency": "EGP", "order.status": "paid",
		"order.payment": "Cash on Delivery (COD)"}
	for name, text := range head {
		first[name] = text
	}
	group := make([]pipeline.Record, 0, len(lines))
	for i, r := range lines {
		if i == 0 {
			for name, text := range first {
				r[name] = text
			}
		}
		if name, ok := head["order.name"]; ok {
			r["order.name"] = name
		}
		group = append(group, record(t, i+2, r))
	}
	return group
}

// simple is an order of one article at 114.00 with its VAT.
func simple(t testing.TB, n int) []pipeline.Record {
	return saleOf(t, row{"order.id": fmt.Sprintf("55%08d", n), "order.name": fmt.Sprintf("#%d", n), "order.subtotal": "114.00", "order.total": "114.00"},
		goodsRow("MUG", "1", "114.00"))
}

// night is a lane with its ledger in memory: the same steps as pipeline.Deliver takes, on a clock that jumps.
type night struct {
	t      *testing.T
	clock  *clock
	server *etatest.Server
	sink   *Sink
	kind   pipeline.Kind
	docs   []*pipeline.Document
	why    map[string][]pipeline.Problem
	head   string
	batch  pipeline.Batch
	said   []pipeline.Said
	errs   []error
}

func newNight(t *testing.T, o etatest.Options, change func(*Config)) *night {
	t.Helper()
	c := newClock()
	o.Now = c.Now
	server := etatest.New(o)
	t.Cleanup(server.Close)
	config := demoConfig(server.URL())
	if change != nil {
		change(&config)
	}
	sink, err := New(config, demoDeps(c.Now))
	if err != nil {
		t.Fatal(err)
	}
	return &night{t: t, clock: c, server: server, sink: sink, kind: sink.Kinds()[0], why: map[string][]pipeline.Problem{}}
}

func (n *night) add(group []pipeline.Record) *pipeline.Document {
	n.t.Helper()
	doc, problems := n.kind.Build(group)
	if len(problems) > 0 {
		n.t.Fatalf("build %s: %v", doc.Name, problems)
	}
	doc.State, doc.Kind = pipeline.Ready, KindReceipt
	n.docs = append(n.docs, &doc)
	return &doc
}

func (n *night) fill(orders int) {
	for i := range orders {
		n.add(simple(n.t, 1000+i))
	}
}

// take seals what is ready and not sealed, up to the most that leaves together.
func (n *night) take() {
	n.batch = pipeline.Batch{ID: "batch", Lane: n.sink.Lane(), Taken: n.clock.Now()}
	most, _ := n.sink.Limits()
	for _, d := range n.docs {
		if d.State != pipeline.Ready || len(n.batch.Docs) == most {
			continue
		}
		if d.Sealed == nil {
			n.seal(d, nil)
		}
		n.batch.Docs = append(n.batch.Docs, *d)
	}
}

func (n *night) seal(d *pipeline.Document, old []byte) {
	n.t.Helper()
	sealed, ref, head, err := n.kind.Seal(*d, pipeline.Link{Head: n.head, Old: old}, n.clock.Now())
	if err != nil {
		n.t.Fatal(err)
	}
	d.Sealed, d.Ref, n.head = sealed, ref, head
}

// step does one send or one question, and lets the time pass that the answer asks for. false: nothing is left to do.
func (n *night) step(ctx context.Context) bool {
	live, sending, ready := n.live()
	if len(live) == 0 {
		n.take()
		if live, sending, ready = n.live(); len(live) == 0 {
			return false
		}
	}
	n.batch.Docs = live
	var a pipeline.Answer
	var err error
	if sending || !ready {
		a, err = n.sink.Ask(ctx, n.batch)
		n.batch.Asked++
	} else {
		n.mark(live, pipeline.Sending)
		n.batch.Docs, _, _ = n.live()
		n.batch.Tries, n.batch.Asked, n.batch.Sent = n.batch.Tries+1, 0, n.clock.Now()
		a, err = n.sink.Send(ctx, n.batch)
	}
	n.missing(a)
	n.settle(a)
	wait := a.Again
	if err != nil {
		n.errs = append(n.errs, err)
		if later, ok := errors.AsType[*pipeline.Later](err); ok {
			wait = later.After
		}
	}
	n.clock.pass(max(wait, time.Second))
	return true
}

// missing counts lost answers as the ledger does.
func (n *night) missing(a pipeline.Answer) {
	untold, again, settled := 0, 0, 0
	for _, d := range n.batch.Docs {
		if d.State != pipeline.Sending {
			continue
		}
		i := slices.IndexFunc(a.Outcomes, func(o pipeline.Outcome) bool { return o.Key == d.Key })
		switch {
		case i < 0 || a.Outcomes[i].State == pipeline.Sending:
			untold++
		case a.Outcomes[i].State == pipeline.Ready:
			again++
		default:
			settled++
		}
	}
	switch sent := n.batch.Asked == 0; {
	case sent && untold > 0:
		n.batch.Lost++
	case sent:
		n.batch.Doubt = max(0, n.batch.Doubt-settled)
	case again > 0 && n.batch.Lost > 1:
		n.batch.Doubt = max(n.batch.Doubt, again)
	}
}

// live are the documents of the batch that are not final.
func (n *night) live() (docs []pipeline.Document, sending, ready bool) {
	for _, b := range n.batch.Docs {
		d := n.byKey(b.Key)
		if d.State.Final() {
			continue
		}
		docs = append(docs, *d)
		sending, ready = sending || d.State == pipeline.Sending, ready || d.State == pipeline.Ready
	}
	return docs, sending, ready
}

func (n *night) mark(docs []pipeline.Document, state pipeline.State) {
	for _, d := range docs {
		if held := n.byKey(d.Key); held.State == pipeline.Ready {
			held.State = state
		}
	}
}

func (n *night) settle(a pipeline.Answer) {
	n.said = append(n.said, a.Said...)
	for _, o := range a.Outcomes {
		d := n.byKey(o.Key)
		if o.State != pipeline.Sending { // of which nothing new is known
			d.State = o.State
		}
		if o.Ref != "" {
			d.Ref = o.Ref
		}
		if o.Ticket != "" {
			d.Ticket = o.Ticket
		}
		n.why[o.Key] = o.Why
	}
}

func (n *night) byKey(key string) *pipeline.Document {
	for _, d := range n.docs {
		if d.Key == key && !(d.State == pipeline.Rejected && n.replaced(d)) {
			return d
		}
	}
	n.t.Fatalf("no document %s", key)
	return nil
}

func (n *night) replaced(d *pipeline.Document) bool {
	for i, other := range n.docs {
		if other == d {
			for _, later := range n.docs[i+1:] {
				if later.Key == d.Key {
					return true
				}
			}
		}
	}
	return false
}

// run steps until nothing is left, at most so often.
func (n *night) run(most int) {
	n.t.Helper()
	for range most {
		if !n.step(n.t.Context()) {
			return
		}
	}
	n.t.Fatalf("not done after %d steps: %v; errors %v", most, n.states(), n.errs)
}

func (n *night) states() map[pipeline.State]int {
	count := map[pipeline.State]int{}
	for _, d := range n.docs {
		count[d.State]++
	}
	return count
}

// wantAll wants every document in one state, each receipt filed at most once, a chain without a break, nothing for the
// judge, and no secret in anything that is kept.
func (n *night) wantAll(state pipeline.State) {
	n.t.Helper()
	if got := n.states(); got[state] != len(n.docs) {
		n.t.Errorf("states %v, want all %d %s; errors %v; why %v", got, len(n.docs), state, n.errs, n.why)
	}
	n.wantClean()
}

func (n *night) wantClean() {
	n.t.Helper()
	for _, violation := range n.server.Judge() {
		n.t.Errorf("judge: %s", violation)
	}
	for _, r := range n.server.Receipts() {
		if r.Taken != 1 {
			n.t.Errorf("receipt %s was filed %d times", r.Number, r.Taken)
		}
	}
	kept := fmt.Sprintf("%v", n.errs)
	for _, s := range n.said {
		kept += s.What + s.ID + string(s.Body)
	}
	secrets := []string{"demo-secret", "access_token"}
	for _, r := range n.server.Requests() {
		if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			secrets = append(secrets, token)
		}
	}
	for _, secret := range secrets {
		if strings.Contains(kept, secret) {
			n.t.Errorf("%q is in what is kept", secret)
		}
	}
}
