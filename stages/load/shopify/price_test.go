package shopify

import (
	"strings"
	"testing"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

func TestPrice_OnlyWhatDiffersLeaves(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	got := h.drop(kindPrice,
		row{"code": "T-1", "price": "110", "compare_at": "150.5"},
		row{"code": "T-2", "price": "100.00"},
		row{"code": "T-3", "price": "90", "cost": "95"},
		row{"code": "M-1", "price": "50.0", "compare_at": "0"})
	same(t, "plan", got, strings.Join([]string{
		"T-1 ready price 100.00 > 110.00 [price 10], compare_at 120.00 > 150.50",
		"T-2 unchanged",
		"T-3 ready price 100.00 > 90.00 [price -10], cost - > 95.00, below_cost 95.00 > 90.00 [below_cost]",
		"M-1 unchanged"}, "\n"))
	same(t, "T-1", h.shows("T-1"), "110.00 150.50")
	same(t, "T-3", h.shows("T-3"), "90.00 -")
	if v, _ := h.Variant("T-3"); v.Cost != "95.00" {
		t.Errorf("cost %q", v.Cost)
	}
	if n := len(h.CallsOf("ProductVariantsBulkUpdate")); n != 1 {
		t.Errorf("%d calls for one product", n)
	}
	n := len(h.Mutations())
	h.drop(kindPrice, row{"code": "T-1", "price": "110.00", "compare_at": "150.5"}, row{"code": "T-3", "price": "90", "cost": "95.0"})
	if len(h.Mutations()) != n {
		t.Error("nothing differed, and something was sent")
	}
	h.clean(t)
}

func TestPrice_CompareAtIsKeptOrRemoved(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.drop(kindPrice, row{"code": "T-1", "price": "110"})
	same(t, "kept", h.shows("T-1"), "110.00 120.00")
	h.set = pipeline.Settings{"compare": "remove"}
	h.drop(kindPrice, row{"code": "T-1", "price": "110"})
	same(t, "removed", h.shows("T-1"), "110.00 -")
	h.clean(t)
}

func TestPrice_RulesOfTheFlowAreTold(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.set = pipeline.Settings{"markup": `{"Tea":"12%","*":"0"}`, "round": "end 0.99", "direction": "up"}
	p := h.plan(kindPrice, row{"code": "T-1", "price": "100", "group": "tea"}, row{"code": "M-1", "price": "49.99"})
	c := p.Docs[0].Doc.Changes[0]
	same(t, "price", c.New, "112.99")
	same(t, "why", c.Why, "100.00: markup 12%, round end 0.99 up")
	same(t, "no rule applied", p.Docs[1].Doc.Changes[0].Why, "")
	h.clean(t)
}

func TestPrice_WhatCannotBeAPrice(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.AddVariant(shopifytest.Variant{SKU: "D-1", Product: "One"})
	h.AddVariant(shopifytest.Variant{SKU: "D-1", Product: "Two"})
	cases := []struct {
		row  row
		want string
	}{
		{row{"code": "T-1", "price": "-5"}, "price.minus price"},
		{row{"code": "T-1", "price": "5.005"}, "price.decimals price"},
		{row{"code": "T-1", "price": "5", "compare_at": "-1"}, "price.minus compare_at"},
		{row{"code": "T-1", "price": "5", "cost": "-1"}, "price.minus cost"},
		{row{"code": "Z-9", "price": "5"}, "price.unknown code"},
		{row{"code": "t-1", "price": "5"}, "price.near code"},
		{row{"code": "D-1", "price": "5"}, "price.ambiguous code"},
		{row{"code": "T-1", "price": "5", "currency": "USD"}, "price.currency currency"},
		{row{"code": "T-1", "price": "5", "list": "Nobody"}, "price.list list"},
	}
	for _, c := range cases {
		p := h.plan(kindPrice, c.row)
		problems := h.why["price/"+c.row["code"]]
		if len(p.Docs) > 0 {
			problems = p.Docs[0].Problems
		}
		if len(problems) == 0 {
			t.Errorf("%v: no problem", c.row)
			continue
		}
		same(t, c.want, string(problems[0].Rule)+" "+problems[0].Field, c.want)
		if problems[0].Row != 2 {
			t.Errorf("%s: at %+v", c.want, problems[0].Origin)
		}
		delete(h.why, "price/"+c.row["code"])
	}
	same(t, "one item by two codes", h.drop(kindPrice, row{"code": "T-2", "price": "5"}, row{"code": "6221000000024", "price": "6"}),
		"T-2 ready price 100.00 > 5.00 [price -95]\n6221000000024 held price.twice")
	h.clean(t)
}

// What Shopify refuses of a product is traced to its row and column; the others of
// the same call are set.
func TestPrice_PartlyRefused(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	p := h.plan(kindPrice, row{"code": "T-1", "price": "10"}, row{"code": "T-2", "price": "20", "compare_at": "30"})
	h.DeleteVariant("T-2")
	h.carry(kindPrice, p)
	same(t, "T-1", h.shows("T-1"), "10.00 120.00")
	doc := h.docs["price/T-2"]
	if why := h.why["price/T-2"]; doc.State != pipeline.Rejected || len(why) != 1 || why[0].Rule != "shopify.refused" || why[0].Row != 3 || why[0].Column != "price" || why[0].Value != "20.00" {
		t.Errorf("%s: %+v", doc.State, why)
	}
	h.clean(t)
}

func TestPrice_ChangedAfterThePlan(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]string{"erp": "80.00 120.00", "hold": "99.00 120.00"} {
		h := openHouse(t, shopifytest.Options{})
		h.set = pipeline.Settings{"on_stale": policy}
		p := h.plan(kindPrice, row{"code": "T-1", "price": "80"}, row{"code": "M-1", "price": "40"})
		h.edit("T-1", "99.00", "120.00")
		h.carry(kindPrice, p)
		same(t, policy, h.shows("T-1"), want)
		same(t, "the other one", h.shows("M-1"), "40.00 -")
		if why := h.why["price/T-1"]; policy == "hold" && (len(why) != 1 || why[0].Rule != "price.stale" || why[0].With["now"] != "99.00 (120.00)") {
			t.Errorf("told: %+v", why)
		}
		h.clean(t)
	}
}

func TestPrice_IsPutBack(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.drop(kindPrice, row{"code": "T-1", "price": "80", "compare_at": "0", "cost": "61"}, row{"code": "T-2", "price": "80", "compare_at": "130"}, row{"code": "M-1", "price": "60"})
	h.edit("M-1", "61.00", "")
	got := h.undo(kindPrice, "price/T-1", "price/T-2", "price/M-1")
	same(t, "undo", got, "T-1 ready price 80.00 > 100.00 [price 25], compare_at - > 120.00, cost 61.00 > 60.00\n"+
		"T-2 ready price 80.00 > 100.00 [price 25], compare_at 130.00 > -\nM-1 held undo.moved")
	same(t, "T-1", h.shows("T-1"), "100.00 120.00")
	same(t, "T-2", h.shows("T-2"), "100.00 -")
	same(t, "M-1", h.shows("M-1"), "61.00 -")
	h.clean(t)
}

func TestPrice_Lists(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	whole := h.AddPriceList(shopifytest.PriceList{Name: "Wholesale", Currency: "EGP"})
	market := h.AddCatalog(shopifytest.Catalog{Title: "Saudi Arabia"})
	h.AddPriceList(shopifytest.PriceList{Name: "KSA", Currency: "SAR", Catalog: market.ID})
	got := h.drop(kindPrice,
		row{"code": "T-1", "price": "70", "list": "wholesale"},
		row{"code": "T-1", "price": "100", "list": ""},
		row{"code": "T-2", "price": "30", "compare_at": "35", "list": whole.ID},
		row{"code": "T-2", "price": "9", "list": "Saudi Arabia"},
		row{"code": "T-3", "price": "9", "list": "KSA", "currency": "EGP"})
	same(t, "plan", got, strings.Join([]string{
		"T-1 @ wholesale ready price - > 70.00",
		"T-1 unchanged",
		"T-2 @ " + whole.ID + " ready price - > 30.00, compare_at - > 35.00",
		"T-2 @ Saudi Arabia ready price - > 9.00",
		"T-3 @ KSA held price.currency"}, "\n"))
	fixed := func(list string) string {
		var out []string
		for _, p := range h.FixedPrices(list) {
			out = append(out, p.SKU+" "+p.Price+" "+p.CompareAt)
		}
		return strings.Join(out, ", ")
	}
	same(t, "wholesale", fixed("Wholesale"), "T-1 70.00 , T-2 30.00 35.00")
	same(t, "ksa", fixed("KSA"), "T-2 9.00 ")
	if n := len(h.CallsOf("PriceListFixedPricesUpdate")); n != 2 {
		t.Errorf("%d calls for two lists", n)
	}
	n := len(h.Mutations())
	h.drop(kindPrice, row{"code": "T-1", "price": "70.00", "list": "Wholesale"})
	if len(h.Mutations()) != n {
		t.Error("nothing differed, and something was sent")
	}
	h.drop(kindPrice, row{"code": "T-2", "price": "31", "list": "Wholesale"})
	same(t, "compare kept", fixed("Wholesale"), "T-1 70.00 , T-2 31.00 35.00")
	h.undo(kindPrice, "price/T-1@wholesale", "price/T-2@Wholesale")
	same(t, "put back", fixed("Wholesale"), "T-2 30.00 35.00")
	h.clean(t)
}

func TestPrice_ListIsMadeOnlyWhereTheFlowSaysSo(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.set = pipeline.Settings{"create_list": "true"}
	got := h.drop(kindPrice, row{"code": "T-1", "price": "70", "list": "Wholesale"}, row{"code": "T-2", "price": "70", "list": "Wholesale"})
	same(t, "plan", got, "T-1 @ Wholesale ready list - > Wholesale, price - > 70.00\nT-2 @ Wholesale ready list - > Wholesale, price - > 70.00")
	if n := len(h.CallsOf("PriceListCreate")); n != 1 || len(h.FixedPrices("Wholesale")) != 2 {
		t.Errorf("%d lists made, %+v", n, h.FixedPrices("Wholesale"))
	}
	h.clean(t)
}
