package shopify

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/shopify/shopifytest"
)

func TestCollectionSink(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		h := newShelving(t, nil)
		return sinktest.World{
			Sink: h.sink, Upsert: true,
			Docs: func(texts []string) []pipeline.Document {
				var rows []line
				for _, text := range texts {
					code := strings.ReplaceAll(pipeline.Clean(text), "\n", "⏎")
					if len(code) > maxKey {
						code = code[:maxKey] // Shopify takes no longer one
					}
					rows = append(rows, line{"code": code, "member": "HAT"}, line{"code": code, "member": "TOPS"})
				}
				var docs []pipeline.Document
				for _, p := range h.plan(rows...) {
					if len(p.Problems) > 0 || p.Same {
						t.Fatalf("%+v", p)
					}
					docs = append(docs, p.Doc)
				}
				return docs
			},
			Effects: func() []string {
				var out []string
				for _, c := range h.Collections() {
					out = append(out, c.ID)
				}
				return out
			},
			Lose: func() { h.Fault("collectionCreate", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter}) },
			Refuse: func() {
				h.Fault("collectionCreate", 1, shopifytest.Fault{Kind: shopifytest.FaultStatus, Status: 200,
					Body: `{"data":{"collectionCreate":{"collection":null,"userErrors":[{"field":["collection","title"],"message":"Title is too long"}]}}}`})
			},
			Full: func() { h.Fault("collectionCreate", 0, shopifytest.Fault{Kind: shopifytest.FaultThrottled}) },
			Mend: func() { h.ClearFaults(); h.clock.advance(time.Minute) },
		}
	})
}

func TestPlanner_Collections(t *testing.T) {
	t.Parallel()
	sinktest.RunPlanner(t, func(t *testing.T) sinktest.PlanWorld {
		h := newShelving(t, nil)
		return sinktest.PlanWorld{
			Sink: h.sink, Kind: collectionDesk{h.sink}.kind(), Settings: h.set,
			Wishes: func(round int) []pipeline.Document {
				shown := fmt.Sprint(round == 0)
				other := []string{"TOPS", "HAT"}[round]
				return h.build(line{"code": "A", "title": fmt.Sprint("A ", round), "description": fmt.Sprint("Text ", round), "member": other, "publish": shown},
					line{"code": "B", "title": fmt.Sprint("B ", round), "member": "HAT"}, line{"code": "B", "member": other})
			},
			Effects: func() int { return len(h.Mutations()) },
			Wait:    func(d time.Duration) { h.clock.advance(d) },
			Alter: func() {
				for _, c := range h.Collections() {
					if err := h.EditCollection(c.ID, func(c *shopifytest.Collection) { c.Title += " by hand" }); err != nil {
						t.Fatal(err)
					}
				}
			},
		}
	})
}

// Whatever happens to whichever call: every collection is there once, with who
// belongs to it, and shown where it should be.
func TestCollections_EveryCallGoesWrong(t *testing.T) {
	t.Parallel()
	faults := map[string]shopifytest.Fault{
		"reset-before": {Kind: shopifytest.FaultResetBefore}, "reset-after": {Kind: shopifytest.FaultResetAfter},
		"half": {Kind: shopifytest.FaultHalf}, "truncated": {Kind: shopifytest.FaultTruncated}, "empty": {Kind: shopifytest.FaultEmpty},
		"throttled": {Kind: shopifytest.FaultThrottled}, "gzip": {Kind: shopifytest.FaultGzip},
		"429": {Kind: shopifytest.FaultStatus, Status: http.StatusTooManyRequests}, "500": {Kind: shopifytest.FaultStatus, Status: 500},
		"502": {Kind: shopifytest.FaultStatus, Status: 502}, "504 done": {Kind: shopifytest.FaultStatus, Status: 504, AfterWork: true},
	}
	for _, call := range []string{"MetafieldDefinitionCreate", "CollectionsByKey1", "CollectionsByID", "CollectionCreate", "CollectionUpdate", "JobsDone1", "PublicationUpdate"} {
		for name, fault := range faults {
			t.Run(call+"/"+name, func(t *testing.T) {
				t.Parallel()
				h := newShelving(t, nil)
				old := line{"code": "OLD", "title": "Old", "member": "TOPS", "publish": "true"}
				h.send(h.plan(old))
				h.sink = h.quick(t) // which knows nothing any more
				scarf, _ := h.Product("scarf")
				if err := h.EditCollection("old", func(c *shopifytest.Collection) { c.Products = append(c.Products, scarf.ID) }); err != nil {
					t.Fatal(err)
				}
				rows := []line{{"code": "OLD", "title": "Newer", "member": "HAT", "publish": "false"}, {"code": "NEW", "title": "New", "member": "TOPS", "publish": "true"}}
				planned := h.plan(rows...)
				h.Fault(call, 1, fault)
				h.send(planned)
				if !slices.ContainsFunc(h.Calls(), func(c shopifytest.Call) bool { return c.Fault != "" }) {
					t.Errorf("%s is never called", call)
				}
				h.want("Newer [OLD] 0: hat scarf", "New [NEW] 1: shirt")
				h.clean(t)
			})
		}
	}
}

// Killed before and after each call, and started anew by nobody who remembers
// anything.
func TestCollections_KilledAtEveryCall(t *testing.T) {
	t.Parallel()
	for _, kind := range []shopifytest.FaultKind{shopifytest.FaultResetBefore, shopifytest.FaultResetAfter} {
		for n := 1; n <= 8; n++ {
			t.Run(fmt.Sprint(kind, n), func(t *testing.T) {
				t.Parallel()
				h := newShelving(t, nil)
				planned := h.plan(line{"code": "A", "title": "A", "member": "TOPS", "publish": "true"}, line{"code": "B", "title": "B", "member": "HAT"})
				h.Fault("graphql", n, shopifytest.Fault{Kind: kind})
				h.sink = h.quick(t)
				h.send(planned)
				h.want("A [A] 1: shirt", "B [B] 0: hat")
				h.clean(t)
			})
		}
	}
}

// What 500 collections of 20 members cost: made, and the same again.
func TestCollections_Cost(t *testing.T) {
	if testing.Short() {
		t.Skip("500 collections")
	}
	t.Parallel()
	h := newShelving(t, nil)
	for i := range 2000 {
		sku := fmt.Sprintf("P-%04d", i)
		h.AddProduct(shopifytest.Product{Title: sku, Handle: strings.ToLower(sku), Metafields: map[string]string{"wasl.item_group": sku}, Variants: []shopifytest.Variant{{SKU: sku}}})
	}
	var rows []line
	for c := range 500 {
		for m := range 20 {
			rows = append(rows, line{"code": fmt.Sprint("C", c), "title": fmt.Sprint("Collection ", c), "member": fmt.Sprintf("P-%04d", (c*4+m)%2000)})
		}
	}
	tell := func(what string, most int, do func()) {
		calls, points := len(h.Calls()), 0.0
		do()
		by := map[string]int{}
		for _, call := range h.Calls()[calls:] {
			points += float64(call.Actual)
			by[call.Operation]++
		}
		t.Logf("%s: %d calls, %.0f points: %v", what, len(h.Calls())-calls, points, by)
		if n := len(h.Calls()) - calls; n > most {
			t.Errorf("%s takes %d calls, more than %d", what, n, most)
		}
	}
	var planned []pipeline.Planned
	tell("plan of 500 new ones", 40, func() { planned = h.plan(rows...) })
	tell("made", 540, func() { h.send(planned) })
	tell("the same again", 60, func() { planned = h.plan(rows...) })
	for _, p := range planned {
		if !p.Same {
			t.Fatalf("%s: %s", p.Doc.Key, changesOf(p))
		}
	}
}
