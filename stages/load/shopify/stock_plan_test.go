package shopify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wasl/stages/load/shopify/shopifytest"
)

func TestPlan_ComparesWithTheShop(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	s.AddVariant(shopifytest.Variant{SKU: "U-1", Untracked: true})
	s.AddVariant(shopifytest.Variant{SKU: "K-1", Bundle: true})
	s.AddSKU("D-1", 1)
	s.AddSKU("D-1", 2)
	closed := s.Locations()[2].ID
	sink := s.sink(t, func(c *Config) { c.Locations["09"], c.Locations["10"] = closed, "gid://shopify/Location/4242" })
	cases := []struct {
		row  want
		want string // body, or same, or the rule and a fact
	}{
		{want{"A-1", s.cairo, "5", ""}, "same 5"},
		{want{"A-1", s.cairo, "6", ""}, "5 -> 6 from 5"},
		{want{"A-2", s.cairo, "6", ""}, "0 -> 6 from 0"},
		{want{"A-1", s.giza, "2", ""}, "0 -> 2 from 0"},
		{want{"A-1", s.giza, "0", ""}, "same 0"},
		{want{"Z-9", s.cairo, "1", ""}, "stock.unknown sku"},
		{want{"6221000000017", s.cairo, "1", ""}, "7 -> 1 from 7"}, // by its barcode
		{want{"622 1000000017", s.cairo, "1", ""}, "stock.near sku B-1"},
		{want{"a-1", s.cairo, "1", ""}, "stock.near sku A-1"},
		{want{"D-1", s.cairo, "1", ""}, "stock.ambiguous sku"},
		{want{"U-1", s.cairo, "1", ""}, "left out: Shopify does not track the stock of U-1"},
		{want{"K-1", s.cairo, "1", ""}, "left out: K-1 is made of other items: Shopify reckons its stock from theirs"},
		{want{"A-1", closed, "1", ""}, "stock.closed location"},
		{want{"A-1", "gid://shopify/Location/4242", "1", ""}, "stock.location location"},
		{want{"A-1", "gid://shopify/Location/77", "1", ""}, "stock.location location"},
	}
	for _, c := range cases {
		p := plan(t, sink, c.row)[0]
		var got string
		switch {
		case len(p.Problems) > 0:
			got = string(p.Problems[0].Rule) + " " + p.Problems[0].Field
			if near := p.Problems[0].With["near"]; near != "" {
				got += " " + near
			}
			if p.Problems[0].Row != 2 || p.Problems[0].Col != 0 {
				t.Errorf("%v: problem at %s", c.row, p.Problems[0].Origin)
			}
		case p.Left != "":
			got = "left out: " + p.Left
		case p.Same:
			got = "same " + p.Doc.Old
		default:
			w, err := stockOf(p.Doc)
			if err != nil || w.Item == "" {
				t.Fatalf("%v: %s", err, p.Doc.Body)
			}
			got = fmt.Sprintf("%s -> %d from %d", p.Doc.Old, w.Quantity, *w.From)
		}
		if got != c.want {
			t.Errorf("%v: got %q, want %q", c.row, got, c.want)
		}
	}
	if len(s.Mutations()) > 0 {
		t.Error("planning changed something")
	}
	s.clean(t)
}

func TestPlan_OnHandIsComparedWithOnHand(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	sink := s.sink(t, func(c *Config) { c.Quantity = "on_hand" })
	if p := plan(t, sink, want{"B-1", s.cairo, "9", ""})[0]; !p.Same || p.Doc.Old != "9" {
		t.Errorf("7 available and 2 committed are 9 on hand: %+v", p)
	}
	l := prepare(t, s, sink, want{"B-1", s.cairo, "12", ""}).run()
	if q, _ := s.Quantity("B-1", "Cairo"); l.state("B-1") != "delivered" || q.OnHand != 12 || q.Committed != 2 {
		t.Errorf("got %+v", q)
	}
	s.clean(t)
}

func TestPlan_WithoutLocationsAllActiveOnesCount(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	sink := s.sink(t, func(c *Config) { c.Locations = nil })
	got := plan(t, sink, want{"A-1", s.cairo, "5", ""}, want{"A-1", s.Locations()[2].ID, "5", ""})
	if !got[0].Same || len(got[1].Problems) != 1 || got[1].Problems[0].Rule != "stock.location" {
		t.Errorf("got %+v", got)
	}
}

// Settings that name no location of the shop are told which there are.
func TestPlan_NamesTheShopsLocationsWhereNoneIsOurs(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	away := "gid://shopify/Location/4242"
	sink := s.sink(t, func(c *Config) { c.Locations = map[string]string{"01": away} })
	p := plan(t, sink, want{"A-1", away, "5", ""})[0]
	if len(p.Problems) != 1 || p.Problems[0].Rule != "stock.location" ||
		!strings.Contains(p.Problems[0].With["known"], s.cairo) || strings.Contains(p.Problems[0].With["known"], s.Locations()[2].ID) {
		t.Errorf("got %+v", p.Problems)
	}
}

// Points run out in the middle of reading: it waits as long as it must and goes
// on where it was.
func TestPlan_WaitsForPoints(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{RestoreRate: 1000})
	s.Fault("InventoryLevelsOfItems", 1, shopifytest.Fault{Kind: shopifytest.FaultThrottled})

	var waited int
	sink := sinkOf(t, s.config(), s.clock.now, func(string, time.Duration) { waited++; s.clock.advance(time.Second) })
	if p := plan(t, sink, want{"A-1", s.cairo, "5", ""})[0]; !p.Same || waited == 0 {
		t.Errorf("waited %d times, got %+v", waited, p)
	}
	if n := len(s.CallsOf("VariantsFound")); n != 1 {
		t.Errorf("the variants were searched for %d times", n)
	}
	s.clean(t, "throttled")
}
