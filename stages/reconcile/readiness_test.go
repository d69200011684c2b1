package reconcile

import (
	"testing"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// An item that holds up several orders is one line, with the orders and what they are worth; each order is listed too.
func TestGather_OnceAnItem(t *testing.T) {
	t.Parallel()
	var g Gather
	missing := pipeline.Problem{Field: "item.code", Rule: "lookup.missing", Value: "A-9", Origin: pipeline.Origin{File: "o.csv", Row: 2}}
	g.Thing(Unready{Class: "itemcode", What: "A-2", Problem: pipeline.Problem{Field: "item.code", Rule: "eta.item"}})
	g.Order("#1", "", udecimal.MustParse("10"), missing)
	g.Order("#1", "", udecimal.MustParse("10"), missing) // twice on one order
	missing.Row = 5
	g.Order("#2", "", udecimal.MustParse("20.5"), missing)
	g.Order("#3", "", udecimal.MustParse("5"), pipeline.Problem{Field: "item.code", Rule: "lookup.empty", Value: "A-2"})
	g.Order("#4", "", udecimal.MustParse("7"), pipeline.Problem{Field: "order.payment", Rule: "eta.payment", With: map[string]string{"gateway": "Valu"}})
	g.Order("#5", "", udecimal.MustParse("8"), pipeline.Problem{Field: "order.total", Rule: "sum.mismatch"})
	r := Readiness{Lines: g.Sorted()}
	r.Count(map[string]int{"itemcode": 6, "order": 9, "unit": 6})
	want := map[string]Ready{"itemcode": {"itemcode", 6, 2}, "gateway": {"gateway", 1, 1}, "order": {"order", 9, 5}, "unit": {"unit", 6, 0}}
	for _, c := range r.Checks {
		if w, ok := want[c.Class]; ok && c != w {
			t.Errorf("%+v, want %+v", c, w)
		}
	}
	for _, l := range r.Lines {
		switch l.What {
		case "A-9":
			if l.Orders != 2 || l.Money.String() != "30.5" {
				t.Errorf("A-9 holds up %d orders worth %s", l.Orders, l.Money)
			}
		case "A-2":
			if l.Orders != 1 || l.Problem.Rule != "eta.item" {
				t.Errorf("A-2: %+v", l)
			}
		}
	}
	if r.Lines[0].What != "A-9" {
		t.Errorf("first comes what holds up most: %s", r.Lines[0].What)
	}
}
