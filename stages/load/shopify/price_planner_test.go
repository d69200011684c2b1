package shopify

import (
	"context"
	"fmt"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/shopify/shopifytest"
)

// planWorld is what the suite of planners is to know of a kind here.
func (h *house) planWorld(kind string, rows func(round int) []row, alter func()) sinktest.PlanWorld {
	return sinktest.PlanWorld{
		Sink: h.sink, Kind: h.kindOf(kind), Settings: h.set,
		Wishes: func(round int) []pipeline.Document {
			docs, _ := h.wishes(kind, rows(round)...)
			return docs
		},
		Effects: func() int { return len(h.Mutations()) },
		Wait:    func(d time.Duration) { h.clock.advance(d) },
		Alter:   alter,
	}
}

func TestPlanner_Prices(t *testing.T) {
	t.Parallel()
	sinktest.RunPlanner(t, func(t *testing.T) sinktest.PlanWorld {
		h := openHouse(t, shopifytest.Options{})
		h.AddPriceList(shopifytest.PriceList{Name: "Wholesale", Currency: "EGP"})
		return h.planWorld(kindPrice, func(round int) []row {
			return []row{{"code": "T-1", "price": fmt.Sprint(70 - round), "cost": fmt.Sprint(50 + round)},
				{"code": "M-1", "price": fmt.Sprint(40 - round), "compare_at": fmt.Sprint(60 + round)}}
		}, func() { h.edit("T-1", "1.00", ""); h.edit("M-1", "1.00", "") })
	})
}

func TestPlanner_Promotions(t *testing.T) {
	t.Parallel()
	sinktest.RunPlanner(t, func(t *testing.T) sinktest.PlanWorld {
		h := openHouse(t, shopifytest.Options{})
		w := h.planWorld(kindPromotion, func(round int) []row {
			return []row{{"code": "T-1", "price": fmt.Sprint(70 - round), "ends": "2026-12-31"}, {"code": "M-1", "price": fmt.Sprint(40 - round), "ends": "2026-12-31"}}
		}, func() { h.edit("T-1", "1.00", ""); h.edit("M-1", "1.00", "") })
		w.Sink = bookingSink{h.sink, h}
		return w
	})
}

// bookingSink keeps what is booked by documents that leave, as the ledger does, and
// shows it to plans.
type bookingSink struct {
	*Sink
	h *house
}

func (s bookingSink) Plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	q.Booked = s.h.inForce()
	return s.Sink.Plan(ctx, q)
}

func (s bookingSink) Send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	for _, doc := range b.Docs {
		s.h.book(doc.Kind, doc)
	}
	return s.Sink.Send(ctx, b)
}

func TestPlanner_Discounts(t *testing.T) {
	t.Parallel()
	sinktest.RunPlanner(t, func(t *testing.T) sinktest.PlanWorld {
		h := openHouse(t, shopifytest.Options{})
		return h.planWorld(kindDiscount, func(round int) []row {
			return []row{{"title": "One", "code": "ONE", "percent": fmt.Sprint(10 + round)}, {"title": "Two", "amount": fmt.Sprint(50 + round), "items": "T-1"}}
		}, func() {
			for _, d := range h.Discounts() {
				op, in := pickOp(d.Type, updateAutomatic, updateCode), map[string]any{"customerGets": map[string]any{"value": map[string]any{"percentage": 0.5}}}
				if _, err := h.sink.door.Query(t.Context(), op, map[string]any{"id": d.ID, "discount": in}); err != nil {
					t.Fatal(err)
				}
			}
		})
	})
}
