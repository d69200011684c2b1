package shopify

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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

func TestCheck_NamesARightOnce(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{Scopes: []string{"read_orders", "write_inventory", "read_orders", "read_locations"}})
	found, _, err := s.sink(t).Check(t.Context(), []string{kindStock})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"shop.scopes=read_locations read_orders write_inventory\n", "shop.scopes.superfluous=read_orders\n"} {
		if !strings.Contains(facts(found), line) {
			t.Errorf("%s is missing in\n%s", line, facts(found))
		}
	}
}

func TestCheck_TellsOfTheShop(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	found, problems, err := s.sink(t).Check(t.Context(), []string{kindStock})
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
	found, problems, err := sinkOf(t, s.config(), ahead).Check(t.Context(), []string{kindStock})
	if err != nil || !strings.Contains(facts(found), "shop.name") {
		t.Fatal(err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, strings.TrimSpace(string(p.Rule)+" "+p.With["scope"]+p.With["seconds"]+" "+p.With["flows"]))
		if p.Row != 0 || strings.Contains(p.Says("en")+p.Fix("ar"), "{") {
			t.Errorf("%+v", p)
		}
	}
	if want := "scope.missing read_locations shopify.stock, scope.missing write_inventory shopify.stock, shopify.clock 120"; strings.Join(got, ", ") != want {
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

// What is wrong for which flows, each said once: rights, currency, tax, zone, a key of
// another type; and where goods can be shown.
func TestCheck_Goods(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{Scopes: []string{"write_products", "read_orders", "write_files", "read_publications"}, TaxesIncluded: true})
	no := false
	c := s.config()
	c.Currency, c.TaxesIncluded = "USD", &no
	zone, err := time.LoadLocation("Europe/Athens")
	if err != nil {
		t.Fatal(err)
	}
	sink, err := New(c, Deps{Now: s.clock.now, Zone: zone, Secret: func(string) (pipeline.Secret, error) { return pipeline.NewSecret("shpat_standin"), nil }})
	if err != nil {
		t.Fatal(err)
	}
	if err := sink.define(t.Context(), "COLLECTION"); err != nil {
		t.Fatal(err)
	}
	definition := map[string]any{"name": "x", "namespace": "wasl", "key": "item_code", "ownerType": "PRODUCTVARIANT", "type": "single_line_text_field"}
	if _, err := sink.door.Query(t.Context(), makeDefinition, map[string]any{"definition": definition}); err != nil {
		t.Fatal(err)
	}
	found, problems, err := sink.Check(t.Context(), []string{kindCollection, kindProduct, kindImage})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range problems {
		got = append(got, strings.Join(strings.Fields(strings.Join([]string{string(p.Rule), p.With["scope"], p.With["flows"], p.With["what"], p.With["ours"], p.With["theirs"], p.With["key"], p.With["type"]}, " ")), " "))
	}
	want := []string{"scope.missing write_publications shopify.product, shopify.collection",
		"shop.differs currency USD EGP", "shop.differs taxes_included false true", "shop.differs zone Europe/Athens Africa/Cairo", "key.type wasl.item_code single_line_text_field"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, line := range []string{"shop.publication=gid://shopify/Publication/1 online_store", "shop.key=wasl.collection", "shop.key.none=wasl.item_group", "shop.scopes.superfluous=read_orders\n"} {
		if !strings.Contains(facts(found), line) {
			t.Errorf("%s is missing in\n%s", line, facts(found))
		}
	}
	if strings.Contains(facts(found), "shop.location") {
		t.Error("locations are asked for, which none of the flows needs")
	}
}

func TestSameDays(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)
	for names, want := range map[[2]string]bool{{"Africa/Cairo", "Egypt"}: true, {"Africa/Cairo", "Europe/Athens"}: false, {"Africa/Cairo", "Africa/Tripoli"}: false, {"UTC", "Nowhere/Else"}: true} {
		ours, err := time.LoadLocation(names[0])
		if err != nil {
			t.Fatal(err)
		}
		if got := sameDays(ours, names[1], now); got != want {
			t.Errorf("%v: %v", names, got)
		}
	}
}
