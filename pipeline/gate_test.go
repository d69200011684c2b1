package pipeline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGate_EachLimit holds loads against gates: within a limit nothing is said,
// over it the rule is named.
func TestGate_EachLimit(t *testing.T) {
	t.Parallel()
	marked := func(m Mark, n int) load { return load{documents: 10, marks: map[Mark]int{m: n}} }
	moves := func(percents ...string) load {
		l := load{documents: 10}
		for _, p := range percents {
			l.count(Document{Changes: []Change{{Mark: MarkPrice, Move: p}}})
		}
		return l
	}
	six := Weighed{Before: 6, Missing: 4, Rows: []int{6, 6, 6}}
	cases := []struct {
		name string
		gate Gate
		load load
		what Weighed
		want string // rules, by space
	}{
		{"nothing", Gate{}, load{documents: 10}, six, ""},
		{"missing is asked for", Gate{}, load{}, six, ""},
		{"missing over", Gate{Missing: Percent(50)}, load{}, six, "gate.missing"},
		{"missing within", Gate{Missing: Percent(70)}, load{}, six, ""},
		{"missing as a number", Gate{Missing: Number(3)}, load{}, six, "gate.missing"},
		{"fewer over", Gate{Fewer: Percent(30)}, load{rows: 4}, six, "gate.fewer"},
		{"fewer within", Gate{Fewer: Percent(34)}, load{rows: 4}, six, ""},
		{"fewer of too few files", Gate{Fewer: Percent(30)}, load{rows: 1}, Weighed{Rows: []int{6, 6}}, ""},
		{"zero, the standard", Gate{}, marked(MarkZero, 5), six, "gate.zero"},
		{"zero, too few to be an accident", Gate{}, load{documents: 4, marks: map[Mark]int{MarkZero: 4}}, six, ""},
		{"zero, given: few count too", Gate{Zero: Percent(30)}, load{documents: 4, marks: map[Mark]int{MarkZero: 2}}, six, "gate.zero"},
		{"zero, exactly at it", Gate{Zero: Percent(20)}, marked(MarkZero, 2), six, ""},
		{"hold", Gate{Hold: Number(1)}, marked(MarkHold, 2), six, "gate.hold"},
		{"below cost, none is let pass", Gate{}, marked(MarkCost, 1), six, "gate.cost"},
		{"below cost, one is allowed", Gate{Cost: Number(1)}, marked(MarkCost, 1), six, ""},
		{"delete, none is let pass", Gate{}, marked(MarkDelete, 1), six, "gate.delete"},
		{"prices that move far", Gate{Prices: Number(1)}, moves("60", "-51", "12"), six, "gate.prices"},
		{"prices that move, but not far", Gate{Prices: Number(0)}, moves("50", "-50"), six, ""},
		{"price says how far is far", Gate{Prices: Number(0), Price: Percent(10)}, moves("-12.5"), six, "gate.prices"},
		{"several", Gate{Zero: Number(0), Hold: Number(0)}, load{documents: 10, marks: map[Mark]int{MarkZero: 1, MarkHold: 1}}, six, "gate.zero gate.hold"},
		{"off", Gate{Off: true, Zero: Number(0)}, marked(MarkZero, 9), six, ""},
	}
	for _, c := range cases {
		var rules []string
		for _, p := range c.gate.judge(c.load, c.what) {
			rules = append(rules, string(p.Rule))
			if says := p.Says("en"); strings.Contains(says, "{") {
				t.Errorf("%s: %q lacks a fact", c.name, says)
			}
		}
		if diff := cmp.Diff(c.want, strings.Join(rules, " ")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}
