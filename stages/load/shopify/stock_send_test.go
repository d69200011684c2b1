package shopify

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

func TestSend_OnlyWhatChangedAndOnce(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	l := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "8", ""}, want{"A-2", s.cairo, "0", ""}, want{"A-1", s.giza, "3", ""}).run()
	if got := l.holds(pipeline.Delivered); got != 2 || l.holds(pipeline.Unchanged) != 1 {
		t.Fatalf("delivered %d: %v", got, l.errs)
	}
	effects := s.History()
	if len(effects) != 2 || effects[0].To != 8 || effects[0].Reason != "correction" ||
		effects[0].Document != "gid://wasl/Job/20261124-0001-erp%20stock%2F%D8%B1%D8%B5%D9%8A%D8%AF" {
		t.Errorf("got %+v", effects)
	}
	if ref := l.docs[l.order[0]].Ref; !strings.HasPrefix(ref, "gid://shopify/InventoryAdjustmentGroup/") {
		t.Errorf("ref %q", ref)
	}
	if len(l.said) != 1 || l.said[0].Status != 200 || l.said[0].ID == "" || !bytes.Contains(l.said[0].Body, []byte("inventoryAdjustmentGroup")) {
		t.Errorf("said %+v", l.said)
	}
	again := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "8", ""}).run()
	if again.holds(pipeline.Unchanged) != 1 || len(s.Mutations()) != 1 {
		t.Errorf("the same file again makes %d mutations in all, want 1", len(s.Mutations()))
	}
	s.clean(t)
}

// Stock files A, B, A on three nights end at A.
func TestSend_ABA(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	for _, q := range []string{"8", "3", "8"} {
		prepare(t, s, s.sink(t), want{"A-1", s.cairo, q, ""}).run()
		if got := fmt.Sprint(s.available(t, "A-1")); got != q {
			t.Errorf("the shop holds %s, want %s", got, q)
		}
	}
}

func TestSend_TwoHundredFiftyACall(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	var rows []want
	for i := range 260 {
		sku := fmt.Sprintf("P-%03d", i)
		s.AddSKU(sku, 1)
		rows = append(rows, want{sku, s.cairo, "2", ""})
	}
	l := prepare(t, s, s.sink(t), rows...).run()
	if l.holds(pipeline.Delivered) != 260 || len(s.Mutations()) != 2 || len(s.History()) != 260 {
		t.Errorf("delivered %d in %d calls with %d effects: %v", l.holds(pipeline.Delivered), len(s.Mutations()), len(s.History()), l.errs)
	}
	s.clean(t)
}

func TestFreeze_WritesNull(t *testing.T) {
	t.Parallel()
	doc := pipeline.Document{Key: "k", Body: stock{SKU: "A", Item: "gid://shopify/InventoryItem/1", Location: "gid://shopify/Location/1", Quantity: 3}.body()}
	b := pipeline.Batch{ID: "key-1", Job: pipeline.Job{Drop: "d", Flow: "f"}, Docs: []pipeline.Document{doc}}
	one, err := stockRulesOf(Config{}, nil, "").freeze(b)
	if err != nil {
		t.Fatal(err)
	}
	two, _ := stockRulesOf(Config{}, nil, "").freeze(b)
	if !bytes.Contains(one, []byte(`"changeFromQuantity":null`)) || !bytes.Contains(one, []byte(`"idempotencyKey":"key-1"`)) || !bytes.Equal(one, two) {
		t.Errorf("got %s", one)
	}
	b.Docs[0].Body = stock{SKU: "A", Location: "gid://shopify/Location/1"}.body()
	if _, err := stockRulesOf(Config{}, nil, "").freeze(b); err == nil {
		t.Error("a document that was never compared was frozen")
	}
}

// A sale between reading and writing is not written over: the shop is read again.
func TestSend_StaleIsReadAgain(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	l := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "8", ""}, want{"A-2", s.cairo, "4", ""})
	sell(t, s, "A-1", -2)
	if err := l.step(); err != nil {
		t.Fatal(err)
	}
	if l.state("A-1") != "ready" || l.state("A-2") != "ready" || l.batch != nil {
		t.Fatalf("A-1 %s, A-2 %s", l.state("A-1"), l.state("A-2"))
	}
	if w, _ := stockOf(*l.docs[l.order[0]]); *w.From != 3 || w.Stale != 1 {
		t.Errorf("to be set from %d after %d", *w.From, w.Stale)
	}
	l.run()
	if s.available(t, "A-1") != 8 || s.available(t, "A-2") != 4 || l.holds(pipeline.Delivered) != 2 {
		t.Errorf("the shop holds\n%s", s.Table())
	}
	if m := s.Mutations(); len(m) != 2 || m[0].Key == m[1].Key {
		t.Errorf("the second batch needs a key of its own")
	}
	s.clean(t)
}

func sell(t *testing.T, s *shop, sku string, delta int) {
	t.Helper()
	if err := s.Sell(sku, "Cairo", delta); err != nil {
		t.Fatal(err)
	}
}

// The shop sells whenever we are about to write.
func TestSend_StaleAgainAndAgain(t *testing.T) {
	t.Parallel()
	for policy, end := range map[string]string{"": "delivered 8", "hold": "rejected 3"} {
		s := open(t, shopifytest.Options{})
		l := prepare(t, s, s.sink(t, func(c *Config) { c.OnStale = policy }), want{"A-1", s.cairo, "8", ""})
		for n := 1; n <= 2; n++ {
			s.Fault("inventorySetQuantities", n, shopifytest.Meanwhile(func() { sell(t, s, "A-1", -1) }))
		}
		l.run()
		if got := fmt.Sprintf("%s %d", l.state("A-1"), s.available(t, "A-1")); got != end {
			t.Errorf("%q: %s, want %s", policy, got, end)
		}
		if policy == "hold" {
			why := l.why[l.order[0]]
			if len(why) != 1 || why[0].Rule != "stock.stale" || why[0].With["was"] != "4" || why[0].With["now"] != "3" ||
				why[0].With["wanted"] != "8" || why[0].Origin.String() != "stock.csv:2 [Qty]" {
				t.Errorf("why: %+v", why)
			}
		} else if m := s.Mutations(); !bytes.Contains(m[2].Variables, []byte(`"changeFromQuantity":null`)) {
			t.Errorf("the ERP wins by not comparing: %s", m[2].Variables)
		}
		s.clean(t)
	}
}

func TestSend_StaleAndAlreadyAsWanted(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	l := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "4", ""})
	sell(t, s, "A-1", -1)
	if l.run(); l.state("A-1") != "delivered" || len(s.Mutations()) != 1 {
		t.Errorf("%s after %d mutations", l.state("A-1"), len(s.Mutations()))
	}
}

// One row is wrong: it is rejected with its cell, the others leave again.
func TestSend_PartlyRefused(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	l := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "8", ""}, want{"A-2", s.cairo, "4", ""}, want{"B-1", s.cairo, "1", ""})
	s.DeleteVariant("A-2")
	l.run()
	if l.state("A-1") != "delivered" || l.state("B-1") != "delivered" || l.state("A-2") != "rejected" {
		t.Fatalf("A-1 %s, A-2 %s, B-1 %s", l.state("A-1"), l.state("A-2"), l.state("B-1"))
	}
	why := l.why[l.order[1]]
	if len(why) != 1 || why[0].Rule != "shopify.refused" || why[0].With["code"] != "INVALID_INVENTORY_ITEM" ||
		why[0].Origin.String() != "stock.csv:3 [Qty]" || why[0].Value != "4" {
		t.Errorf("why: %+v", why)
	}
	if len(s.Mutations()) != 2 || len(s.Effects("A-1", "Cairo")) != 1 {
		t.Errorf("%d mutations", len(s.Mutations()))
	}
	s.clean(t)
}

// Whatever happens to the answer: one effect, the same key, the same bytes.
func TestSend_ReplyLost(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"reset-after", "half", "truncated", "empty", "status=504", "status=500", "status=502,after", "status=503,retry-after=3",
		"reset-before", "throttled", "status=429,retry-after=2.5", "gzip", "content-type", "slow=200ms"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := open(t, shopifytest.Options{})
			l := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "8", ""}, want{"A-2", s.cairo, "4", ""})
			if err := s.PlanFault("inventorySetQuantities:1:" + fault); err != nil {
				t.Fatal(err)
			}
			l.run()
			if l.holds(pipeline.Delivered) != 2 || len(s.Effects("A-1", "Cairo")) != 1 || len(s.Effects("A-2", "Cairo")) != 1 {
				t.Errorf("delivered %d, effects %+v, errors %v", l.holds(pipeline.Delivered), s.History(), l.errs)
			}
			for _, err := range l.errs {
				if _, ok := errors.AsType[*pipeline.Later](err); !ok {
					t.Errorf("time cures this: %v", err)
				}
			}
			m := s.Mutations()
			if len(m) == 2 && !bytes.Equal(m[0].Variables, m[1].Variables) { // the key is one of them
				t.Error("repeated with another key or other bytes")
			}
			s.clean(t, "throttled")
		})
	}
}

// Seen live: a repeated key compares again. What was sold since is not put back.
func TestSend_ReplyLostAndComparedAgain(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{ReplayRechecks: true})
	l := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "8", ""}, want{"A-2", s.cairo, "4", ""})
	s.Fault("inventorySetQuantities", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter})
	_ = l.step() // the answer is lost
	sell(t, s, "A-1", -2)
	l.run()
	if l.holds(pipeline.Delivered) != 2 || s.available(t, "A-1") != 6 || len(s.Mutations()) != 2 {
		t.Errorf("delivered %d, the shop holds\n%s", l.holds(pipeline.Delivered), s.Table())
	}
	s.clean(t)
}

func TestSend_StillWorking(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	l := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "8", ""})
	l.take()
	s.Fault("inventorySetQuantities", 1, shopifytest.Fault{Kind: shopifytest.FaultHang, Delay: 300 * time.Millisecond})
	other := make(chan error, 1)
	b := *l.batch
	go func() { _, err := s.sink(t).Send(t.Context(), b); other <- err }()
	for len(s.Mutations()) == 0 {
		time.Sleep(time.Millisecond)
	}
	a, err := l.sink.Send(t.Context(), b)
	if _, ok := errors.AsType[*pipeline.Later](err); !ok || len(a.Outcomes) != 0 {
		t.Errorf("got %+v, %v", a.Outcomes, err)
	}
	if err := <-other; err != nil {
		t.Error(err)
	}
	if l.run(); l.state("A-1") != "delivered" || len(s.Effects("A-1", "Cairo")) != 1 {
		t.Errorf("A-1 %s", l.state("A-1"))
	}
	s.clean(t)
}

// A key that failed, or that stands for something else, is never used again.
func TestSend_KeyIsSpent(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	l := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "8", ""})
	l.take()
	spent := *l.batch
	spent.Request = bytes.Replace(spent.Request, []byte(`"quantity":8`), []byte(`"quantity":2000000000`), 1)
	if a, err := l.sink.Send(t.Context(), spent); err != nil || a.Outcomes[0].State != pipeline.Rejected {
		t.Fatalf("%+v, %v", a, err)
	}
	for _, request := range [][]byte{spent.Request, l.batch.Request} { // failed before; other parameters
		b := *l.batch
		b.Request = request
		a, err := l.sink.Send(t.Context(), b)
		if err != nil || len(a.Outcomes) != 1 || a.Outcomes[0].State != pipeline.Ready || a.Outcomes[0].Body == nil {
			t.Errorf("got %+v, %v", a.Outcomes, err)
		}
	}
	if len(s.History()) != 0 {
		t.Error("something changed")
	}
	s.clean(t, "key-mismatch")
}

func TestAsk_WithinTheKeysLifeAndAfter(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	l := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "8", ""}, want{"A-2", s.cairo, "4", ""})
	s.Fault("inventorySetQuantities", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter})
	_ = l.step() // the answer is lost
	calls := len(s.Calls())
	s.clock.advance(19 * time.Hour)
	a, err := l.sink.Ask(t.Context(), *l.batch)
	if err != nil || len(a.Outcomes) != 2 || a.Outcomes[0].State != pipeline.Ready || a.Outcomes[0].Body != nil || len(s.Calls()) != calls {
		t.Errorf("within: %+v, %v", a.Outcomes, err)
	}
	sell(t, s, "A-2", -1)
	s.clock.advance(2 * time.Hour)
	for name, try := range map[string]func() (pipeline.Answer, error){
		"ask":  func() (pipeline.Answer, error) { return l.sink.Ask(t.Context(), *l.batch) },
		"send": func() (pipeline.Answer, error) { return l.sink.Send(t.Context(), *l.batch) },
	} {
		a, err = try()
		if err != nil || len(a.Outcomes) != 2 || a.Outcomes[0].State != pipeline.Delivered || a.Outcomes[1].State != pipeline.Ready {
			t.Fatalf("%s after: %+v, %v", name, a.Outcomes, err)
		}
		if w, _ := stockOf(pipeline.Document{Body: a.Outcomes[1].Body}); w.From == nil || *w.From != 3 {
			t.Errorf("%s: planned anew from what the shop holds: %s", name, a.Outcomes[1].Body)
		}
	}
	if len(s.Mutations()) != 1 {
		t.Error("a batch older than its key was sent")
	}
}

// The whole call is refused for what is not in a row: nobody's row is to blame.
func TestSend_CallRefused(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	l := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "8", ""})
	l.take()
	b := *l.batch
	b.Request = bytes.Replace(b.Request, []byte(`"correction"`), []byte(`"whim"`), 1)
	a, err := l.sink.Send(t.Context(), b)
	trouble, ok := errors.AsType[*pipeline.Trouble](err)
	if !ok || trouble.Rule != "shopify.request" || trouble.With["code"] != "INVALID_REASON" || len(a.Outcomes) != 1 ||
		a.Outcomes[0].State != pipeline.Ready || a.Outcomes[0].Body == nil {
		t.Errorf("got %+v, %v", a.Outcomes, err)
	}
}
