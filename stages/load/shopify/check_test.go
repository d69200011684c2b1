package shopify

import (
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

func facts(list []pipeline.Fact) string {
	var b strings.Builder
	for _, f := range list {
		b.WriteString(f.Name + "=" + f.Value + "\n")
	}
	return b.String()
}

func TestCheck_TellsOfTheShop(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	found, problems, err := s.sink(t).Check(t.Context(), []string{"erp-stock"})
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	got := facts(found)
	for _, line := range []string{"shop.id=gid://shopify/Shop/68000000001", "shop.name=Wasl Test", "shop.domain=wasl-test.myshopify.com",
		"shop.currency=EGP", "shop.zone=Africa/Cairo", "shop.taxesIncluded=false", "shop.plan=Basic", "shop.api=2026-10 until 2027-10-01",
		"shop.location=" + s.cairo + " Cairo (active)", "Closed (inactive)", "shop.clock=± 0s",
		"shop.scopes.superfluous=read_customers read_orders read_publications write_orders"} {
		if !strings.Contains(got, line) {
			t.Errorf("%s is missing in\n%s", line, got)
		}
	}
	if len(s.Mutations()) != 0 {
		t.Error("a check changed something")
	}
	s.clean(t)
}

func TestCheck_FindsWhatIsMissing(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{Scopes: []string{"write_products", "read_inventory"}})
	ahead := func() time.Time { return s.clock.now().Add(2 * time.Minute) }
	found, problems, err := sinkOf(t, s.config(), ahead).Check(t.Context(), []string{"erp-stock"})
	if err != nil || !strings.Contains(facts(found), "shop.name") {
		t.Fatal(err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, string(p.Rule)+" "+p.With["scope"]+p.With["seconds"])
		if p.Row != 0 || strings.Contains(p.Says("en")+p.Fix("ar"), "{") {
			t.Errorf("%+v", p)
		}
	}
	if want := "shopify.scope write_inventory, shopify.scope read_locations, shopify.clock 120"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}

func TestCheck_LocationsAndTheEndOfAVersion(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	s.clock.advance(260 * 24 * time.Hour) // August 2027
	sink := s.sink(t, func(c *Config) {
		c.Locations["08"], c.Locations["09"] = "gid://shopify/Location/4242", s.Locations()[2].ID
	})
	_, problems, err := sink.Check(t.Context(), nil)
	if err != nil || len(problems) != 3 || problems[0].Rule != "shopify.ends" || problems[1].Rule != "stock.location" || problems[2].Rule != "stock.closed" {
		t.Errorf("got %v, %v", problems, err)
	}
}
