package shopify

import (
	"fmt"
	"strings"
	"testing"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
	"wasl/stages/load/shopify/shopifytest"
)

// offered are the discounts of the shop, in a line each.
func (h *house) offered() string {
	var out []string
	for _, d := range h.Discounts() {
		line := strings.TrimPrefix(d.Type, "Discount") + " " + d.Title + " " + d.Value + " " + d.Status
		if len(d.Items) > 0 {
			line += fmt.Sprintf(" of %d", len(d.Items))
		}
		if len(d.Codes) > 0 {
			line += " by " + strings.Join(d.Codes, ",")
		}
		out = append(out, line)
	}
	return strings.Join(out, "\n")
}

func TestDiscount_IsMadeKeptAndSwitchedOff(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.at("2026-11-25 10:00")
	eid := row{"title": "EID50", "code": "EID50", "amount": "50", "minimum": "500", "usage_limit": "100", "once": "yes", "starts": "2026-11-26", "ends": "2026-11-30"}
	tea := row{"title": "Tea sale", "percent": "15", "items": "T-1, T-2", "with_shipping": "yes"}
	got := h.drop(kindDiscount, eid, tea, row{"title": "Old", "percent": "10", "ends": "2026-11-01"})
	same(t, "made", got, "EID50 ready status - > ACTIVE, starts - > 2026-11-25T22:00:00Z, ends - > 2026-11-30T22:00:00Z, value - > 50.00, minimum - > 500.00, usage_limit - > 100, once false > true\n"+
		"Tea sale ready status - > ACTIVE, value - > 15%, items - > "+h.id(t, "T-1")+", "+h.id(t, "T-2")+", shippingDiscounts false > true\n"+
		"Old skipped the discount is over and the shop has none:")
	same(t, "the shop", h.offered(), "CodeBasic EID50 50.00 SCHEDULED by EID50\nAutomaticBasic Tea sale 0.15 ACTIVE of 2")
	n := len(h.Mutations())
	same(t, "again", h.drop(kindDiscount, eid, tea), "EID50 unchanged\nTea sale unchanged")
	if len(h.Mutations()) != n {
		t.Error("nothing differed, and something was sent")
	}

	tea["items"], tea["percent"] = "T-2, T-3, M-1", "20"
	eid["ends"], eid["usage_limit"] = "2026-12-05", "200"
	h.drop(kindDiscount, eid, tea)
	same(t, "changed", h.offered(), "CodeBasic EID50 50.00 SCHEDULED by EID50\nAutomaticBasic Tea sale 0.2 ACTIVE of 3")
	same(t, "put back", h.undo(kindDiscount, "discount/Tea sale"), "Tea sale ready value 20% > 15%, items "+h.id(t, "T-2")+", "+h.id(t, "T-3")+", "+h.id(t, "M-1")+" > "+h.id(t, "T-1")+", "+h.id(t, "T-2"))

	h.set = pipeline.Settings{"complete": "true"}
	same(t, "left out", h.drop(kindDiscount, tea), "Tea sale ready value 15% > 20%, items "+h.id(t, "T-1")+", "+h.id(t, "T-2")+" > "+h.id(t, "T-2")+", "+h.id(t, "T-3")+", "+h.id(t, "M-1")+"\n"+
		"EID50 ready status SCHEDULED > EXPIRED [delete]")
	same(t, "switched off", h.offered(), "CodeBasic EID50 50.00 EXPIRED by EID50\nAutomaticBasic Tea sale 0.2 ACTIVE of 3")
	h.clean(t)
}

// id is the gid of a variant.
func (h *house) id(t *testing.T, sku string) string {
	t.Helper()
	v, ok := h.Variant(sku)
	if !ok {
		t.Fatalf("no %s", sku)
	}
	return v.ID
}

func TestDiscount_FurtherCodes(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.theirs(t, createCode, "Theirs", "EID-3")
	rows := []row{{"title": "Eid", "code": "EID-1", "percent": "10"}, {"title": "Eid", "code": "EID-2"}, {"title": "Eid", "code": "EID-3"}}
	h.drop(kindDiscount, rows...)
	same(t, "the shop", h.offered(), "CodeBasic Theirs 0.5 ACTIVE by EID-3\nCodeBasic Eid 0.1 ACTIVE by EID-1,EID-2")
	why := h.why["discount/Eid"]
	if h.docs["discount/Eid"].State != pipeline.Rejected || len(why) != 1 || why[0].Rule != "discount.code" || why[0].Value != "EID-3" {
		t.Errorf("told: %+v", why)
	}
	rows[2]["code"] = "EID-4"
	h.drop(kindDiscount, rows...)
	same(t, "the shop", h.offered(), "CodeBasic Theirs 0.5 ACTIVE by EID-3\nCodeBasic Eid 0.1 ACTIVE by EID-1,EID-2,EID-4")
	h.clean(t, "discounts")
}

// theirs is a discount that somebody else made: half off everything.
func (h *house) theirs(t *testing.T, op admin.Operation, title, code string) {
	t.Helper()
	in := discount{Title: title, Code: code, Percent: &half}.creation(h.clock.now())
	delete(in, "tags")
	r, err := h.sink.door.Query(t.Context(), op, map[string]any{"discount": in})
	if err != nil || !strings.Contains(string(r.Data), `"userErrors":[]`) {
		t.Fatalf("%v: %s", err, r.Data)
	}
}

var half = decimal("50")

func TestDiscount_SomebodyElsesIsNeverChanged(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.theirs(t, createCode, "Half", "HALF")
	got := h.drop(kindDiscount, row{"title": "Ours", "code": "half", "percent": "10"}, row{"title": "Half", "code": "HALF", "percent": "50"})
	same(t, "told", got, "Ours held discount.taken\nHalf unchanged")
	if other := h.why["discount/Ours"][0].With["other"]; !strings.HasPrefix(other, "Half (gid://shopify/DiscountNode/") {
		t.Errorf("named %q", other)
	}
	same(t, "the shop", h.offered(), "CodeBasic Half 0.5 ACTIVE by HALF")

	p := h.plan(kindDiscount, row{"title": "New", "code": "NEW", "percent": "10"})
	h.theirs(t, createCode, "Quick", "NEW") // between plan and sending
	h.carry(kindDiscount, p)
	if why := h.why["discount/New"]; len(why) != 1 || why[0].Rule != "discount.taken" || !strings.HasPrefix(why[0].With["other"], "Quick (") {
		t.Errorf("told: %+v", why)
	}
}

func TestDiscount_WhatCannotBeOne(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	cases := []struct {
		row  row
		want string
	}{
		{row{}, "discount.value percent"},
		{row{"percent": "5", "amount": "5"}, "discount.value percent"},
		{row{"percent": "101"}, "discount.off percent"},
		{row{"amount": "0"}, "discount.off amount"},
		{row{"value": "-5", "value_type": "?"}, "discount.type value_type"},
		{row{"percent": "5", "items": "T-1", "collections": "gid://shopify/Collection/1"}, "discount.items items"},
		{row{"percent": "5", "class": "product"}, "discount.items items"},
		{row{"percent": "5", "minimum": "5", "minimum_quantity": "2"}, "discount.minimum minimum_quantity"},
		{row{"percent": "5", "usage_limit": "0.5"}, "discount.limit usage_limit"},
		{row{"percent": "5", "starts": "2026-11-30", "ends": "2026-11-28"}, "promotion.order ends"},
		{row{"percent": "5", "items": "T-1, Z-9"}, "price.unknown items"},
	}
	for _, c := range cases {
		c.row["title"] = "X"
		p := h.plan(kindDiscount, c.row)
		problems := h.why["discount/X"]
		if len(p.Docs) > 0 {
			problems = p.Docs[0].Problems
		}
		if len(problems) == 0 {
			t.Errorf("%v: no problem", c.row)
			continue
		}
		same(t, c.want, string(problems[0].Rule)+" "+problems[0].Field, c.want)
		delete(h.why, "discount/X")
	}
}

// A discount whose answer was lost when it was made is found again.
func TestDiscount_IsNotMadeTwice(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.Fault("DiscountCodeBasicCreate", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter})
	h.Fault("DiscountAutomaticBasicCreate", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter})
	h.drop(kindDiscount, row{"title": "One", "code": "ONE", "percent": "10"}, row{"title": "Two", "percent": "10"})
	same(t, "the shop", h.offered(), "CodeBasic One 0.1 ACTIVE by ONE\nAutomaticBasic Two 0.1 ACTIVE")
	if len(h.errs) == 0 {
		t.Error("no answer was lost")
	}
	h.clean(t)
}

func TestDiscount_MadeIsSwitchedOffByUndo(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.drop(kindDiscount, row{"title": "One", "code": "ONE", "percent": "10"})
	same(t, "undo", h.undo(kindDiscount, "discount/One"), "One ready status ACTIVE > EXPIRED [delete]")
	same(t, "the shop", h.offered(), "CodeBasic One 0.1 EXPIRED by ONE")
	same(t, "and on again", h.drop(kindDiscount, row{"title": "One", "code": "ONE", "percent": "10"}), "One ready ends "+h.ended()+" > -")
	same(t, "the shop", h.offered(), "CodeBasic One 0.1 ACTIVE by ONE")
	h.clean(t)
}

func (h *house) ended() string { return "2026-11-24T06:00:00Z" }
