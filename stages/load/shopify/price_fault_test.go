package shopify

import (
	"slices"
	"testing"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// Every call of prices, promotions and discounts goes wrong once in every way: in the
// end the shop has what it should, once, and nothing that it should not.
func TestPrice_EveryCallGoesWrong(t *testing.T) {
	t.Parallel()
	faults := map[string]shopifytest.Fault{
		"throttled": {Kind: shopifytest.FaultThrottled}, "reset before": {Kind: shopifytest.FaultResetBefore}, "reset after": {Kind: shopifytest.FaultResetAfter},
		"half": {Kind: shopifytest.FaultHalf}, "truncated": {Kind: shopifytest.FaultTruncated}, "empty": {Kind: shopifytest.FaultEmpty},
		"401": {Kind: shopifytest.FaultStatus, Status: 401}, "429": {Kind: shopifytest.FaultStatus, Status: 429, RetryAfter: "2.0"},
		"500 after": {Kind: shopifytest.FaultStatus, Status: 500, AfterWork: true}, "502": {Kind: shopifytest.FaultStatus, Status: 502},
		"503": {Kind: shopifytest.FaultStatus, Status: 503}, "504 after": {Kind: shopifytest.FaultStatus, Status: 504, AfterWork: true},
		"423": {Kind: shopifytest.FaultStatus, Status: 423}, "402": {Kind: shopifytest.FaultStatus, Status: 402},
	}
	type call struct{ op, kind string }
	calls := []call{
		{"ProductVariantsBulkUpdate", kindPrice}, {"PriceListFixedPricesUpdate", kindPrice}, {"PriceListCreate", kindPrice},
		{"ProductVariantsBulkUpdate", kindPromotion}, {"PricesOf", kindPromotion},
		{"DiscountCodeBasicCreate", kindDiscount}, {"DiscountAutomaticBasicCreate", kindDiscount}, {"DiscountRedeemCodeBulkAdd", kindDiscount},
		{"DiscountRedeemCodeBulkCreation", kindDiscount},
	}
	files := map[string][]row{
		kindPrice:     {{"code": "T-1", "price": "90"}, {"code": "T-2", "price": "80", "list": "New"}, {"code": "M-1", "price": "45"}},
		kindPromotion: {{"code": "T-1", "price": "90", "ends": "2026-12-31"}, {"code": "M-1", "price": "45", "ends": "2026-12-31"}},
		kindDiscount:  {{"title": "Eid", "code": "EID-1", "percent": "10"}, {"title": "Eid", "code": "EID-2"}, {"title": "Tea", "percent": "20", "items": "T-1"}},
	}
	for _, c := range calls {
		for name, fault := range faults {
			t.Run(c.op+" of "+c.kind+" "+name, func(t *testing.T) {
				t.Parallel()
				h := openHouse(t, shopifytest.Options{})
				if c.kind == kindPrice {
					h.set = pipeline.Settings{"create_list": "true"}
				}
				h.Fault(c.op, 1, fault)
				h.drop(c.kind, files[c.kind]...)
				if len(h.errs) == 0 {
					t.Error("nothing went wrong")
				}
				for key, doc := range h.docs {
					if doc.State != pipeline.Delivered {
						t.Errorf("%s is %s: %+v", key, doc.State, h.why[key])
					}
				}
				switch c.kind {
				case kindDiscount:
					same(t, "discounts", h.offered(), "CodeBasic Eid 0.1 ACTIVE by EID-1,EID-2\nAutomaticBasic Tea 0.2 ACTIVE of 1")
				default:
					effects := h.priceEffects()
					slices.Sort(effects)
					if len(effects) != 2 || effects[0] != "M-1 45.00" || effects[1] != "T-1 90.00" {
						t.Errorf("effects %q", effects)
					}
				}
				if c.kind == kindPrice {
					if fixed := h.FixedPrices("New"); len(fixed) != 1 || fixed[0].Price != "80.00" {
						t.Errorf("fixed %+v", fixed)
					}
				}
				n := len(h.Mutations())
				if h.drop(c.kind, files[c.kind]...); len(h.Mutations()) != n {
					t.Error("nothing differs, and something was sent")
				}
			})
		}
	}
}
