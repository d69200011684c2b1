package shopify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/shopify/shopifytest"
)

// holds builds and plans rows of shopify.status.
func holds(t *testing.T, sink *Sink, set pipeline.Settings, rows ...line) []pipeline.Planned {
	t.Helper()
	var docs []pipeline.Document
	for _, r := range productRows(statusDesk{}.kind().Fields, rows...) {
		doc, wrong := buildSale([]pipeline.Record{r})
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		doc.Kind = kindStatus
		docs = append(docs, doc)
	}
	return holdsOf(t, sink, pipeline.Question{Docs: docs, Settings: set})
}

func holdsOf(t *testing.T, sink *Sink, q pipeline.Question) []pipeline.Planned {
	t.Helper()
	q.Kind = kindStatus
	plan, err := sink.Plan(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return plan.Docs
}

// sendHolds sends what differs to its end and says what became of each.
func sendHolds(t *testing.T, s *shop, sink *Sink, set pipeline.Settings, planned []pipeline.Planned) map[string]pipeline.Outcome {
	t.Helper()
	got := map[string]pipeline.Outcome{}
	var ready []pipeline.Document
	for _, p := range planned {
		if len(p.Problems) == 0 && p.Left == "" && !p.Same {
			ready = append(ready, p.Doc)
		}
	}
	for n := 0; len(ready) > 0; n++ {
		if n > 200 {
			t.Fatal("it does not end")
		}
		b := pipeline.Batch{ID: fmt.Sprintf("00000000-0000-4000-a000-%012d", n), Settings: set, Docs: ready, Taken: s.clock.now(), Tries: 1}
		var err error
		if b.Request, err = freezeSales(b); err != nil {
			t.Fatal(err)
		}
		ready = nil
		a, err := sink.Send(t.Context(), b)
		for {
			if later, ok := errors.AsType[*pipeline.Later](err); ok {
				s.clock.advance(later.After)
			}
			waits := false
			unsure := len(b.Docs) > len(a.Outcomes) && len(b.Request) == 0
			for _, o := range a.Outcomes {
				i := slices.IndexFunc(b.Docs, func(d pipeline.Document) bool { return d.Key == o.Key })
				got[o.Key] = o
				switch o.State {
				case pipeline.Ready:
					doc := b.Docs[i]
					if o.Body != nil {
						doc.Body = o.Body
					}
					ready = append(ready, doc)
				case pipeline.Accepted:
					b.Docs[i].State, b.Docs[i].Ticket, waits = o.State, o.Ticket, true
				}
			}
			if unsure { // asked about, they are ready again
				for _, doc := range b.Docs {
					if !slices.ContainsFunc(a.Outcomes, func(o pipeline.Outcome) bool { return o.Key == doc.Key }) {
						ready = append(ready, doc)
					}
				}
				break
			}
			if !waits && len(a.Outcomes) > 0 {
				break
			}
			s.clock.advance(max(a.Again, time.Second))
			a, err = sink.Ask(t.Context(), b)
			b.Asked++
		}
		s.clock.advance(time.Second)
	}
	return got
}

func status(t *testing.T, s *shop, handle string) string {
	t.Helper()
	p, ok := s.Product(handle)
	if !ok {
		t.Fatalf("no product %s", handle)
	}
	return fmt.Sprintf("%s %d", p.Status, len(p.Published))
}

// Items are held, released and discontinued; what is released is shown; one of
// several variants cannot be held; nothing changed is nothing sent.
func TestHolds(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	color := []shopifytest.Option{{Name: "Color"}}
	s.AddProduct(shopifytest.Product{Title: "One", Handle: "one", Variants: []shopifytest.Variant{{SKU: "ONE"}}})
	s.AddProduct(shopifytest.Product{Title: "Two", Handle: "two", Options: color, Variants: []shopifytest.Variant{{SKU: "T-R", Options: []string{"R"}}, {SKU: "T-B", Options: []string{"B"}}}})
	s.AddProduct(shopifytest.Product{Title: "Three", Handle: "three", Options: color, Variants: []shopifytest.Variant{{SKU: "H-R", Options: []string{"R"}}, {SKU: "H-B", Options: []string{"B"}}}})
	s.AddProduct(shopifytest.Product{Title: "Four", Handle: "four", Status: "DRAFT", Published: []string{}, Variants: []shopifytest.Variant{{SKU: "FOUR"}}})
	s.AddProduct(shopifytest.Product{Title: "Five", Handle: "five", Metafields: map[string]string{"wasl.item_group": "G5"}, Variants: []shopifytest.Variant{{SKU: "FIVE"}}})
	sink := s.quick(t)
	rows := []line{{"code": "ONE", "status": "draft"}, {"code": "T-R", "status": "draft"}, {"code": "H-R", "status": "archived"}, {"code": "H-B", "status": "archived"},
		{"code": "FOUR", "status": "active"}, {"group": "G5", "published": "false"}, {"code": "NONE", "status": "draft"}}
	planned := holds(t, sink, nil, rows...)
	if planned[1].Left == "" || !strings.Contains(planned[1].Left, "T-R") {
		t.Errorf("one of two variants: %+v", planned[1])
	}
	if got := rulesIn(planned[6].Problems); !slices.Equal(got, []string{"status.unknown"}) {
		t.Errorf("an unknown item: %v", got)
	}
	if got := changesOf(planned[0]); got != "status: active > draft hold" {
		t.Errorf("changes %s", got)
	}
	if got := changesOf(planned[4]); got != "status: draft > active\npublished: false > true" {
		t.Errorf("changes %s", got)
	}
	sendHolds(t, s, sink, nil, planned)
	for handle, want := range map[string]string{"one": "DRAFT 1", "two": "ACTIVE 1", "three": "ARCHIVED 1", "four": "ACTIVE 1", "five": "ACTIVE 0"} {
		if got := status(t, s, handle); got != want {
			t.Errorf("%s is %s, want %s", handle, got, want)
		}
	}
	if n := len(s.CallsOf("productUpdate")); n != 3 {
		t.Errorf("%d productUpdate, want 3: one a product", n)
	}
	n := len(s.Mutations())
	again := holds(t, sink, nil, rows...)
	if sendHolds(t, s, sink, nil, again); len(s.Mutations()) != n {
		t.Errorf("the same again sends %v", s.wrote()[n:])
	}
	// Put back: what was on sale is on sale again.
	var docs []pipeline.Document
	for _, i := range []int{0, 2, 3, 4, 5} {
		docs = append(docs, pipeline.Document{Key: planned[i].Doc.Key, Kind: kindStatus, Body: planned[i].Doc.Undo, Sent: planned[i].Doc.Body})
	}
	s.EditProduct("one", func(p *shopifytest.Product) { p.Status = "UNLISTED" })
	back := holdsOf(t, sink, pipeline.Question{Memo: pipeline.MemoUndo, Docs: docs})
	if got := rulesIn(back[0].Problems); !slices.Equal(got, []string{"undo.moved"}) {
		t.Errorf("undo of what was changed since: %v", got)
	}
	sendHolds(t, s, sink, nil, back)
	for handle, want := range map[string]string{"one": "UNLISTED 1", "three": "ACTIVE 1", "four": "DRAFT 0", "five": "ACTIVE 1"} {
		if got := status(t, s, handle); got != want {
			t.Errorf("undone: %s is %s, want %s", handle, got, want)
		}
	}
	s.clean(t)
}

// Two items of one product that are to be different things off sale are a problem
// of both.
func TestHolds_Differ(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	s.AddProduct(shopifytest.Product{Title: "Two", Handle: "two", Options: []shopifytest.Option{{Name: "Color"}}, Variants: []shopifytest.Variant{{SKU: "T-R", Options: []string{"R"}}, {SKU: "T-B", Options: []string{"B"}}}})
	for _, p := range holds(t, s.quick(t), nil, line{"code": "T-R", "status": "draft"}, line{"code": "T-B", "status": "archived"}) {
		if got := rulesIn(p.Problems); !slices.Equal(got, []string{"status.differs"}) {
			t.Errorf("%s: %v", p.Doc.Key, got)
		}
	}
}

// Somebody has set the status since the plan: the flow says who wins.
func TestHolds_Stale(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]string{"erp": "DRAFT 1", "hold": "ARCHIVED 1"} {
		s := goodsShop(t)
		s.AddProduct(shopifytest.Product{Title: "One", Handle: "one", Variants: []shopifytest.Variant{{SKU: "ONE"}}})
		sink, set := s.quick(t), pipeline.Settings{"on_stale": policy}
		planned := holds(t, sink, set, line{"code": "ONE", "status": "draft"})
		s.EditProduct("one", func(p *shopifytest.Product) { p.Status = "ARCHIVED" })
		got := sendHolds(t, s, sink, set, planned)
		if is := status(t, s, "one"); is != want || policy == "hold" && got["status/ONE"].State != pipeline.Rejected {
			t.Errorf("%s: %s, %+v", policy, is, got)
		}
	}
}

// Many leave by one bulk operation, and what is to be hidden by fifty a call.
func TestHolds_Bulk(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	var rows []line
	for i := range saleAbove + 30 {
		sku := fmt.Sprintf("K%04d", i)
		s.AddProduct(shopifytest.Product{Title: "P", Handle: strings.ToLower(sku), Variants: []shopifytest.Variant{{SKU: sku}}})
		rows = append(rows, line{"code": sku, "status": "archived", "published": "false"})
	}
	sink := s.quick(t)
	sendHolds(t, s, sink, nil, holds(t, sink, nil, rows...))
	for _, row := range rows {
		if got := status(t, s, strings.ToLower(row["code"])); got != "ARCHIVED 0" {
			t.Fatalf("%s is %s", row["code"], got)
		}
	}
	if a, b := len(s.CallsOf("bulkOperationRunMutation")), len(s.CallsOf("publicationUpdate")); a != 1 || b != 5 {
		t.Errorf("%d bulk operations, %d publicationUpdate", a, b)
	}
	s.clean(t)
}

func TestStatusSink(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		s := goodsShop(t)
		sink := s.quick(t)
		return sinktest.World{
			Sink: sink, Freeze: freezeSales, Upsert: true,
			Docs: func(texts []string) []pipeline.Document {
				var rows []line
				for _, text := range texts {
					s.AddProduct(shopifytest.Product{Title: "T", Variants: []shopifytest.Variant{{SKU: pipeline.Clean(text)}}})
					rows = append(rows, line{"code": pipeline.Clean(text), "status": "draft"})
				}
				var docs []pipeline.Document
				for _, p := range holds(t, sink, nil, rows...) {
					if len(p.Problems) > 0 || p.Same {
						t.Fatalf("%+v", p)
					}
					docs = append(docs, p.Doc)
				}
				return docs
			},
			Effects: func() []string {
				var out []string
				for _, p := range s.Products() {
					if p.Status == "DRAFT" {
						out = append(out, p.ID)
					}
				}
				return out
			},
			Lose: func() { s.Fault("productUpdate", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter}) },
			Full: func() { s.Fault("productUpdate", 0, shopifytest.Fault{Kind: shopifytest.FaultThrottled}) },
			Mend: func() { s.ClearFaults(); s.clock.advance(time.Minute) },
		}
	})
}
