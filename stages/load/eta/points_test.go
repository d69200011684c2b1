package eta

import (
	"errors"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/eta/etatest"
)

// registryOf sets two POS in place of the only one.
func registryOf(c *Config) {
	c.Registry = map[string]POS{
		"web": {Serial: "WASL-SRV-01", ClientID: c.ClientID, ClientSecret: c.ClientSecret},
		"alx": {Serial: "WASL-ALX", ClientID: "alx-client", ClientSecret: c.ClientSecret, BranchCode: "2", Start: "2026-12-01", Off: true},
	}
	c.POS, c.ClientID, c.DefaultPOS = POS{}, "", "web"
}

func TestPoints_LeadOrders(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{}, registryOf)
	for pos, want := range map[string]string{"": "WASL-SRV-01", "web": "WASL-SRV-01", "WEB": "WASL-SRV-01", "WASL-SRV-01": "WASL-SRV-01"} {
		doc, problems := n.kind.Build(saleOf(t, row{"order.pos": pos, "order.total": "114.00"}, goodsRow("MUG", "1", "114.00")))
		if len(problems) > 0 || serialOf(doc.Body) != want || doc.Lane != "eta/"+want || n.kind.Chain(doc) != want {
			t.Errorf("order.pos %q: serial %q, lane %q, problems %v", pos, serialOf(doc.Body), doc.Lane, problems)
		}
	}
	doc, problems := n.kind.Build(saleOf(t, row{"order.pos": "alx", "order.total": "114.00"}, goodsRow("MUG", "1", "114.00")))
	if doc.Left == "" || doc.Lane != "eta/WASL-ALX" {
		t.Errorf("an order from before the start of its POS: left %q, lane %q, problems %v", doc.Left, doc.Lane, problems)
	}
	_, problems = n.kind.Build(saleOf(t, row{"order.pos": "moon", "order.total": "114.00"}, goodsRow("MUG", "1", "114.00")))
	if len(problems) != 1 || problems[0].Rule != "eta.pos.unknown" || problems[0].With["known"] != "alx, web" {
		t.Errorf("an order of a POS that is not there: %v", problems)
	}
	kind := n.kind.Bind(pipeline.Settings{"pos": "moon"})
	if _, problems = kind.Build(simple(t, 1)); len(problems) != 1 || problems[0].With["pos"] != "moon" {
		t.Errorf("a flow of a POS that is not there: %v", problems)
	}
	if got := n.sink.Closed(); len(got) != 1 || got[0] != "eta/WASL-ALX" {
		t.Errorf("closed lanes: %v", got)
	}
}

func TestPoints_NoDefault(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{}, func(c *Config) { registryOf(c); c.DefaultPOS = "" })
	if _, problems := n.kind.Build(simple(t, 1)); len(problems) != 1 || problems[0].Rule != "eta.pos.none" {
		t.Errorf("an order that names no POS: %v", problems)
	}
}

// A correction keeps the place of the refused receipt, which is in the chain of its own POS.
func TestPoints_CorrectionStaysWithItsPOS(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{}, registryOf)
	doc := n.add(simple(t, 1))
	n.seal(doc, nil)
	body := []byte(strings.Replace(string(doc.Body), "WASL-SRV-01", "WASL-ALX", 1))
	_, _, _, err := n.kind.Seal(pipeline.Document{Key: doc.Key, Name: doc.Name, Body: body}, pipeline.Link{Old: doc.Sealed}, n.clock.Now())
	refused, ok := errors.AsType[*pipeline.Refused](err)
	if !ok || refused.Problems[0].Rule != "eta.pos.moved" {
		t.Errorf("sealed for another POS: %v", err)
	}
}

// Nothing is issued while the POS cannot sign in, or while the clock is clearly wrong.
func TestReady(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{}, nil)
	lane := n.sink.Lane()
	n.server.Fault(etatest.Token, 1, etatest.Fault{Status: 503})
	if _, ok := errors.AsType[*pipeline.Later](n.sink.Ready(t.Context(), lane)); !ok {
		t.Error("the authority is away, and receipts would be issued")
	}
	if err := n.sink.Ready(t.Context(), lane); err != nil {
		t.Errorf("signed in, and not ready: %v", err)
	}
	n.sink.skew = -3 * maxSkew
	n.sink.token = token{}
	n.sink.deps.Now = func() time.Time { return n.clock.Now().Add(-3 * maxSkew) }
	trouble, ok := errors.AsType[*pipeline.Trouble](n.sink.Ready(t.Context(), lane))
	if !ok || trouble.Rule != "eta.clock" || trouble.Says("ar") == "" {
		t.Errorf("the clock is wrong, and receipts would be issued: %v", trouble)
	}
}

// Questions that fail have asked nothing: they do not shorten the time after which a receipt that is not to be found is
// sent again. The authority takes it as often as it is sent, and shows it only after five minutes.
func TestAsk_FailuresDoNotShortenTheWait(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{LookupLag: 5 * time.Minute, Duplicates: etatest.DuplicatesForgiving, DuplicateWindow: -1}, nil)
	n.server.Fault(etatest.Submit, 1, etatest.Fault{Answer: etatest.Lost})
	n.server.Plan(etatest.Plan{On: etatest.Raw, From: 1, To: 12, Fault: etatest.Fault{Status: 500}})
	n.fill(2)
	n.run(80)
	n.wantAll(pipeline.Delivered)
	if got := len(n.server.Submissions()); got != 1 {
		t.Errorf("%d submissions, want 1", got)
	}
}

// A fifth of all look-ups fails: forty receipts of a lost answer are through after some questions all the same.
func TestAsk_FailuresOfSomeKeepNobodyWaiting(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{Duplicates: etatest.DuplicatesForgiving, StrictChain: true}, nil)
	n.server.Fault(etatest.Submit, 1, etatest.Fault{Reset: true})
	for at := 3; at < 1000; at += 5 {
		n.server.Fault(etatest.Raw, at, etatest.Fault{Answer: etatest.Garbage})
	}
	n.fill(40)
	n.run(25)
	n.wantAll(pipeline.Delivered)
}

// TestAsk_Gaps: a receipt whose answer was lost is looked up at once and then about 5 s, 30 s, 2 min and 10 min apart, and
// only after that the same bytes leave again (issue 6, point 5).
func TestAsk_Gaps(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{Duplicates: etatest.DuplicatesForgiving}, nil)
	n.server.Fault(etatest.Submit, 1, etatest.Fault{Reset: true})
	n.fill(1)
	n.run(60)
	n.wantAll(pipeline.Delivered)
	var sent, last time.Time
	var gaps []string
	for _, r := range n.server.Requests() {
		if r.Endpoint == etatest.Submit && !sent.IsZero() {
			if waited := r.Time.Sub(sent); waited < 12*time.Minute || waited > 14*time.Minute {
				t.Errorf("sent again after %s", waited)
			}
			break
		}
		if r.Endpoint == etatest.Submit {
			sent, last = r.Time, r.Time
		}
		if r.Endpoint == etatest.Raw {
			gaps, last = append(gaps, r.Time.Sub(last).String()), r.Time
		}
	}
	if want := "5s 5s 30s 2m0s 10m0s"; strings.Join(gaps, " ") != want {
		t.Errorf("asked after %s, want %s", strings.Join(gaps, " "), want)
	}
}

// TestReady_ClockWithinReach: a clock that is off by less than two minutes issues; dateTimeIssued lies a little back, so a
// clock that is ahead by a second is no trouble either.
func TestReady_ClockWithinReach(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{maxSkew - time.Second, time.Second - maxSkew, 0} {
		c := newClock()
		server := etatest.New(etatest.Options{Now: func() time.Time { return c.Now().Add(off) }})
		t.Cleanup(server.Close)
		sink, err := New(demoConfig(server.URL()), demoDeps(c.Now))
		if err != nil {
			t.Fatal(err)
		}
		if err := sink.Ready(t.Context(), sink.Lane()); err != nil {
			t.Errorf("off by %s: %v", off, err)
		}
	}
}
