package shopify

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// The fault matrix (RELIABILITY 5.2, row 4): each fault at the first call of each
// operation that a kind uses. Whatever happens, the shop ends as it is to be,
// nothing is done twice, and the operation is called once more at most. Another kind
// joins with a faultMatrix of its own.
type faultMatrix struct {
	operations []string // as the stand-in knows them: names of operations, upload, download
	open       func(t *testing.T) faultJob
}

// A faultJob is one job of a kind in a world of its own.
type faultJob struct {
	shop *shop
	// goes on as far as it can: nil when all is done. What it had done before an error
	// it need not do again.
	goes func(ctx context.Context) error
	// right fails where the other side is not as it is to be.
	right func(t *testing.T)
	// without are the operations whose refusal the job survives: it does without.
	without []string
}

// A mood is a fault, and what the house makes of it. A refused connection is the
// only one of the eighteen that is not among them: the stand-in is there; see
// TestSend_NobodyThere.
type mood struct {
	fault shopifytest.Fault
	class string // later: goes by itself; trouble: somebody has to be told; cut: the attempt was given up
}

func moods() map[string]mood {
	status := func(n int, after ...string) shopifytest.Fault {
		return shopifytest.Fault{Kind: shopifytest.FaultStatus, Status: n, RetryAfter: strings.Join(after, "")}
	}
	said := func(body string) shopifytest.Fault {
		return shopifytest.Fault{Kind: shopifytest.FaultStatus, Status: 200, Body: body, AfterWork: true}
	}
	return map[string]mood{
		"reset before":    {shopifytest.Fault{Kind: shopifytest.FaultResetBefore}, "later"},
		"reset after":     {shopifytest.Fault{Kind: shopifytest.FaultResetAfter}, "later"},
		"half":            {shopifytest.Fault{Kind: shopifytest.FaultHalf}, "later"},
		"empty":           {shopifytest.Fault{Kind: shopifytest.FaultEmpty}, "later"},
		"garbage":         {said(`{"data":{"x":`), "later"},
		"HTML":            {said(`<!DOCTYPE html><html><body>Sign in to the network</body></html>`), "later"},
		"301":             {shopifytest.Fault{Kind: shopifytest.FaultRedirect, Status: 301}, "trouble"},
		"400":             {status(400), "trouble"},
		"401":             {status(401), "trouble"},
		"403":             {status(403), "trouble"},
		"404":             {status(404), "trouble"},
		"408":             {status(408), "later"},
		"413":             {status(413), "trouble"},
		"422":             {status(422), "trouble"},
		"429":             {status(429), "later"},
		"429 Retry-After": {status(429, "7"), "later"},
		"500":             {status(500), "later"},
		"503":             {status(503), "later"},
		"hang":            {shopifytest.Fault{Kind: shopifytest.FaultHang, Delay: 1200 * time.Millisecond}, "cut"},
	}
}

// run plays the whole matrix.
func (m faultMatrix) run(t *testing.T) {
	t.Helper()
	calm := m.open(t)
	for err := calm.goes(t.Context()); err != nil; err = calm.goes(t.Context()) {
		if faultClass(err) != "later" {
			t.Fatalf("a calm job: %v", err)
		}
		calm.shop.clock.advance(time.Minute)
	}
	calm.right(t)
	cells := 0
	for _, op := range m.operations {
		usual := len(calm.shop.CallsOf(op))
		if usual == 0 {
			t.Errorf("%s is never called", op)
			continue
		}
		for name, mood := range moods() {
			cells++
			t.Run(op+"/"+name, func(t *testing.T) {
				t.Parallel()
				m.cell(t, op, mood, usual)
			})
		}
	}
	t.Logf("%d cells", cells)
}

// cell plays one job with one fault.
func (m faultMatrix) cell(t *testing.T, op string, mood mood, usual int) {
	j := m.open(t)
	j.shop.Fault(op, 1, mood.fault)
	got := map[string]int{}
	for try := 1; ; try++ {
		ctx, cancel := context.WithCancel(t.Context())
		if mood.class == "cut" && try == 1 {
			ctx, cancel = context.WithTimeout(t.Context(), 800*time.Millisecond)
		}
		err := j.goes(ctx)
		cancel()
		if err == nil {
			break
		}
		got[faultClass(err)]++
		if try == 20 {
			t.Fatalf("it never ends: %v", err)
		}
		j.shop.clock.advance(time.Minute)
		if mood.class == "cut" {
			time.Sleep(100 * time.Millisecond) // the shop is still at it, by the clock on the wall
		}
	}
	j.right(t)
	hit := false
	for _, c := range j.shop.Calls() {
		hit = hit || c.Fault != ""
	}
	if !hit {
		t.Error("the fault was never met")
	}
	if n := len(j.shop.CallsOf(op)); n > usual+1 && mood.class != "cut" { // which may be asked again while it is worked on
		t.Errorf("%s was called %d times, %d usually", op, n, usual)
	}
	survives := strings.Contains(" "+strings.Join(j.without, " ")+" ", " "+op+" ")
	switch n := got["trouble"]; {
	case mood.class == "trouble" && n != 1 && !survives:
		t.Errorf("told %d times: %v", n, got)
	case mood.class == "later" && n > 0:
		t.Errorf("somebody was told of what time can cure: %v", got)
	}
	j.shop.clean(t, "throttled", "redirect-followed", "retry-too-soon", "new-key-per-try")
}

// faultClass is later, trouble or cut.
func faultClass(err error) string {
	if _, ok := errors.AsType[*pipeline.Later](err); ok {
		return "later"
	}
	if _, ok := errors.AsType[*pipeline.Trouble](err); ok {
		return "trouble"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "cut"
	}
	return "other: " + err.Error()
}

// stockJob plans and delivers balances in a shop of n items, all of which change.
func stockJob(t *testing.T, n int, whole bool) faultJob {
	t.Helper()
	s := open(t, shopifytest.Options{})
	rows := s.many(n)
	sink := s.quick(t)
	var l *lane
	j := faultJob{shop: s, without: []string{"download"}}
	if n > mostSearched { // what cannot be read in bulk is read by pages
		j.without = []string{"download", "BulkOperationRunQuery", "BulkOperationStatus"}
	}
	j.goes = func(ctx context.Context) error {
		if l == nil {
			docs, err := planStock(ctx, t, sink, whole, rows)
			if err != nil {
				return err
			}
			l = &lane{t: t, shop: s, sink: sink, size: max(n, BatchSize), docs: map[string]*pipeline.Document{}, why: map[string][]pipeline.Problem{}, ctx: ctx}
			for i := range docs {
				l.docs[docs[i].Key], l.order = &docs[i], append(l.order, docs[i].Key)
			}
		}
		l.ctx = ctx
		for range 40 {
			if l.holds(pipeline.Delivered) == n {
				return nil
			}
			if err := l.step(); err != nil {
				return err
			}
		}
		return errors.New("the lane does not end")
	}
	j.right = func(t *testing.T) { l.once(rows) }
	return j
}

// planStock makes documents that are ready to leave.
func planStock(ctx context.Context, t *testing.T, sink *Sink, whole bool, rows []want) ([]pipeline.Document, error) {
	q := pipeline.Question{Kind: kindStock, Whole: whole}
	for _, r := range records(sink, rows...) {
		doc, problems := sink.Kinds()[0].Build([]pipeline.Record{r})
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		q.Docs = append(q.Docs, doc)
	}
	plan, err := sink.Plan(ctx, q)
	if err != nil {
		return nil, err
	}
	docs := make([]pipeline.Document, len(plan.Docs))
	for i, p := range plan.Docs {
		docs[i], docs[i].State = p.Doc, pipeline.Ready
	}
	return docs, nil
}

func TestFaultMatrix_Stock(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]faultMatrix{
		"by search": {[]string{"Locations", "MetafieldDefinitionOf", "VariantsFound", "InventoryLevelsOfItems", "InventorySetQuantities"},
			func(t *testing.T) faultJob { return stockJob(t, 20, false) }},
		"by pages, in bulk": {[]string{"VariantsCount", "VariantsPageC", "InventoryLevelsAtLocation", "StagedUploadsCreate", "upload", "BulkOperationRunMutation", "BulkOperationStatus", "download"},
			func(t *testing.T) faultJob { return stockJob(t, 260, true) }},
		"a start that was lost": {[]string{"BulkOperationsList"}, func(t *testing.T) faultJob {
			j := stockJob(t, 260, false)
			j.shop.Fault("BulkOperationRunMutation", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter})
			return j
		}},
		"by bulk questions": {[]string{"BulkOperationRunQuery", "BulkOperationStatus", "download"},
			func(t *testing.T) faultJob { return stockJob(t, mostSearched+1, false) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m.run(t)
		})
	}
}
