package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// Whatever becomes of an order, and in whatever order what Shopify said of it comes,
// once or several times, the ERP's books end at the same sum as if all of it had come
// in time; and where nothing is held, that is what the order comes to in the shop, or
// nothing where it is over. Of what was pulled nothing is held; an export may not say
// enough. Lives are made at random, by seed.
func TestStories_InAnyOrder(t *testing.T) {
	eachLife(t, 10, 0, randomStep, (*life).books, func(t *testing.T, life *life, inTime pipeline.Decimal, held bool) {
		switch {
		case !life.mixed && held:
			t.Errorf("something of it is held, and all of it was pulled\n%s", life)
		case held:
			t.Skip("an export does not say enough, and something of it waits for a person")
		case !life.over && !life.returned && !inTime.Equal(life.total):
			t.Errorf("the books come to %s, the order to %s\n%s", inTime, life.total, life)
		case life.over && !inTime.IsZero():
			t.Errorf("the books come to %s of an order that is over\n%s", inTime, life)
		}
	})
}

// eachLife makes lives at random, fewer of them in a short test, by seeds from first on.
// Of each it lets come what was said in time, shuffled with some of it twice, and the
// last of it alone: where nothing is held the three come to the same. What they come to,
// and whether anything is held of one of them, is then judged.
func eachLife(t *testing.T, short int, first uint64, next stepping, come func(*life, *testing.T, []snapshot) (pipeline.Decimal, bool),
	judge func(t *testing.T, life *life, inTime pipeline.Decimal, held bool)) {
	t.Parallel()
	lives := 60
	if testing.Short() {
		lives = short
	}
	for seed := range uint64(lives) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			life := newLife(t, first+seed, next)
			inTime, held := come(life, t, life.said)
			shuffled := append(append([]snapshot(nil), life.said...), life.said[life.r.IntN(len(life.said))], life.last)
			life.r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
			anyhow, heldToo := come(life, t, shuffled)
			last, lastHeld := come(life, t, []snapshot{life.last})
			if held = held || heldToo || lastHeld; !held && (!inTime.Equal(anyhow) || !inTime.Equal(last)) {
				t.Errorf("in time it comes to %s, shuffled to %s, of the last one alone to %s\n%s", inTime, anyhow, last, life)
				return
			}
			judge(t, life, inTime, held)
		})
	}
}

// A snapshot is what Shopify said of an order at a time.
type snapshot struct {
	name string
	text []byte
}

// A life is what became of an order, and what was said of it after each step.
type life struct {
	r     *rand.Rand
	steps []string
	said  []snapshot
	last  snapshot         // that was pulled
	total pipeline.Decimal // of the order in the end
	over  bool             // cancelled, or its payment voided
	mixed bool             // exports come beside what was pulled

	returned bool // goods came back: the shop takes them off at once, the books when they are paid back
}

// A stepping makes up what happens to an order next.
type stepping func(r *rand.Rand, pick func(...string) string) shopifytest.Step

func newLife(t *testing.T, seed uint64, next stepping) *life {
	t.Helper()
	l := &life{r: rand.New(rand.NewPCG(seed, 11)), mixed: seed%3 == 0}
	pick := func(all ...string) string { return all[l.r.IntN(len(all))] }
	s := &story{office: &office{t: t, now: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}}
	included := l.r.IntN(2) == 0
	s.shop = shopifytest.New(shopifytest.Options{TaxesIncluded: included, Unthrottled: true, Zone: "Africa/Cairo", Now: func() time.Time { return s.now },
		Scopes: append(append([]string(nil), shopifytest.OrderScopes...), "read_all_orders")})
	t.Cleanup(s.shop.Close)
	o := shopifytest.Order{Name: "#1001", At: s.now, Gateway: pick("", "Cash on Delivery (COD)", "paymob")}
	if l.r.IntN(3) > 0 {
		o.Taxes = []shopifytest.OrderTax{{Title: "VAT", Rate: "0.14"}}
	}
	for i := range 1 + l.r.IntN(3) {
		o.Lines = append(o.Lines, shopifytest.OrderLine{SKU: fmt.Sprint("A-", i), Title: pick("Tea", "شاي"), Price: pick("10", "99.95", "0.35", "33.33"), Quantity: 1 + l.r.IntN(3),
			Discount: pick("", "", "0.25"), Untaxed: l.r.IntN(5) == 0})
	}
	if l.r.IntN(3) > 0 {
		o.Freight = append(o.Freight, shopifytest.Freight{Title: "Bosta", Price: pick("35", "12.5")})
	}
	if l.r.IntN(3) == 0 {
		o.Discounts = []shopifytest.OrderDiscount{{Kind: "code", Title: "TEN", Percent: "10"}}
	}
	s.order = s.shop.PlaceOrder(o)
	l.steps = append(l.steps, fmt.Sprintf("%+v", o))
	l.say(s)
	for range 2 + l.r.IntN(4) {
		s.now = s.now.Add(time.Hour)
		step := next(l.r, pick)
		step.At = s.now
		if err := s.shop.Tell(s.order, step); err != nil {
			continue // what cannot happen does not
		}
		l.steps = append(l.steps, fmt.Sprintf("%+v", step))
		l.over, l.returned = l.over || step.Do == "cancel", l.returned || step.Do == "return"
		l.say(s)
	}
	l.over = l.over || bytes.Contains(l.last.text, []byte(`"displayFinancialStatus":"VOIDED"`))
	var err error
	if l.total, err = udecimal.Parse(s.total); err != nil {
		t.Fatal(s.total, err)
	}
	return l
}

// say keeps what Shopify says now.
func (l *life) say(s *story) {
	name, text := s.said("pull")
	l.last = snapshot{name, text}
	l.said = append(l.said, l.last)
	if l.mixed {
		name, text = s.said("csv")
		l.said = append(l.said, snapshot{name, text})
	}
}

// come drops files one after another at an office, where all of it is sent in the end.
func (l *life) come(o *office, files []snapshot) {
	o.now = o.now.Add(24 * time.Hour)
	for _, f := range files {
		o.now = o.now.Add(time.Hour)
		o.drop(f.name, f.text)
		if l.r.IntN(3) > 0 {
			o.deliver()
		}
	}
	o.deliver()
}

// books are what the ERP's documents come to when these files come one after another,
// and whether anything of them is held.
func (l *life) books(t *testing.T, files []snapshot) (sum pipeline.Decimal, held bool) {
	t.Helper()
	o := newOffice(t, map[string]string{})
	l.come(o, files)
	for _, e := range o.entries() {
		held = held || e.State == pipeline.Held
	}
	return books(o.told(), false), held
}

// String is the life, step by step.
func (l *life) String() string {
	return strings.Join(l.steps, "\n")
}
