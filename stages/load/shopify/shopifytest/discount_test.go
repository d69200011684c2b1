package shopifytest

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

const (
	createAutomatic = `mutation C($d: DiscountAutomaticBasicInput!) { discountAutomaticBasicCreate(automaticBasicDiscount: $d) { automaticDiscountNode { id } userErrors { field message code extraInfo } } }`
	updateAutomatic = `mutation U($id: ID!, $d: DiscountAutomaticBasicInput!) { discountAutomaticBasicUpdate(id: $id, automaticBasicDiscount: $d) { automaticDiscountNode { id } userErrors { field message code } } }`
	createBxgy      = `mutation C($d: DiscountAutomaticBxgyInput!) { discountAutomaticBxgyCreate(automaticBxgyDiscount: $d) { automaticDiscountNode { id } userErrors { field message code } } }`
	createCode      = `mutation C($d: DiscountCodeBasicInput!) { discountCodeBasicCreate(basicCodeDiscount: $d) { codeDiscountNode { id } userErrors { field message code } } }`
	updateCode      = `mutation U($id: ID!, $d: DiscountCodeBasicInput!) { discountCodeBasicUpdate(id: $id, basicCodeDiscount: $d) { codeDiscountNode { id } userErrors { field message code } } }`
	addCodes        = `mutation A($id: ID!, $codes: [DiscountRedeemCodeInput!]!) { discountRedeemCodeBulkAdd(discountId: $id, codes: $codes) { bulkCreation { id done codesCount importedCount failedCount } userErrors { field message code } } }`
	creationQuery   = `query C($id: ID!) { discountRedeemCodeBulkCreation(id: $id) { done codesCount importedCount failedCount codes(first: 10) { nodes { code errors { message } discountRedeemCode { id } } } } }`
)

// promotion is a good input of an automatic discount, with changes.
func promotion(variant string, changes map[string]any) map[string]any {
	in := map[string]any{"title": "ERP promo", "startsAt": "2026-11-24T22:00:00Z", "endsAt": "2026-11-30T22:00:00Z", "context": map[string]any{"all": "ALL"},
		"customerGets": map[string]any{"value": map[string]any{"percentage": 0.15}, "items": map[string]any{"products": map[string]any{"productVariantsToAdd": []any{variant}}}}}
	for name, value := range changes {
		if value == nil {
			delete(in, name)
		} else {
			in[name] = value
		}
	}
	return in
}

func coupon(code string) map[string]any {
	return map[string]any{"title": code, "code": code, "startsAt": "2026-11-24T00:00:00Z", "context": map[string]any{"all": "ALL"},
		"customerGets": map[string]any{"value": map[string]any{"discountAmount": map[string]any{"amount": "50.00", "appliesOnEachItem": false}}, "items": map[string]any{"all": true}}}
}

func gets(value, items map[string]any) map[string]any {
	return map[string]any{"customerGets": map[string]any{"value": value, "items": items}}
}

func TestDiscount_LivesByTheClock(t *testing.T) {
	t.Parallel()
	c := newClock() // 2026-11-24 06:00
	s, v := shopWith(t, 2, Options{Scopes: GoodsScopes, Now: c.now})
	a := ask(t, s, createAutomatic, map[string]any{"d": promotion(v[0].ID, nil)})
	id, _ := a.at("discountAutomaticBasicCreate.automaticDiscountNode.id").(string)
	if idType(id) != "DiscountAutomaticNode" {
		t.Fatalf("got %s", a.raw)
	}
	statusIs := func(want string) {
		t.Helper()
		if got := s.Discounts()[0]; got.Status != want || got.ID != id {
			t.Errorf("%s: got %+v, want %s", c.now(), got, want)
		}
	}
	statusIs("SCHEDULED")
	c.advance(24 * time.Hour)
	statusIs("ACTIVE")
	found := func(query string) int {
		nodes, _ := ask(t, s, operation(t, "discount_nodes"), map[string]any{"first": 10, "query": query}).at("discountNodes.nodes").([]any)
		return len(nodes)
	}
	for query, want := range map[string]int{"status:active": 1, "status:expired": 0, "title:'ERP promo'": 1, "title:other": 0, "method:automatic": 1, "method:code": 0} {
		if got := found(query); got != want {
			t.Errorf("%s finds %d, want %d", query, got, want)
		}
	}
	a = ask(t, s, updateAutomatic, map[string]any{"id": id, "d": map[string]any{"endsAt": "2026-12-24T22:00:00Z", "customerGets": map[string]any{"items": map[string]any{
		"products": map[string]any{"productVariantsToAdd": []any{v[1].ID}, "productVariantsToRemove": []any{v[0].ID}}}}}})
	got := s.Discounts()[0]
	want := Discount{ID: id, Type: "DiscountAutomaticBasic", Title: "ERP promo", Status: "ACTIVE", StartsAt: "2026-11-24T22:00:00Z", EndsAt: "2026-12-24T22:00:00Z",
		Items: []string{v[1].ID}, Value: "0.15"}
	if userErrorCodes(a) != "" || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	a = ask(t, s, `query D($id: ID!) { discountNode(id: $id) { id discount { ... on DiscountAutomaticBasic { title status
		customerGets { value { ... on DiscountPercentage { percentage } } items { ... on DiscountProducts { productVariants(first: 5) { nodes { id } } } } } context { ... on DiscountBuyerSelectionAll { all } } } } } }`,
		map[string]any{"id": strings.Replace(id, "DiscountAutomaticNode", "DiscountNode", 1)})
	if a.at("discountNode.discount.customerGets.value.percentage") != 0.15 || a.at("discountNode.discount.customerGets.items.productVariants.nodes.0.id") != v[1].ID ||
		a.at("discountNode.discount.context.all") != "ALL" {
		t.Errorf("read back: %s", a.raw)
	}
	a = ask(t, s, operation(t, "discount_automatic_deactivate"), map[string]any{"id": id})
	if userErrorCodes(a) != "" {
		t.Errorf("deactivate: %s", a.raw)
	}
	statusIs("EXPIRED")
	if got := len(s.ChangesOf(id)); got != 3 {
		t.Errorf("%d changes, want 3: %+v", got, s.ChangesOf(id))
	}
	if got := s.Judge(); len(got) > 0 {
		t.Errorf("judged: %v", got)
	}
}

func TestDiscount_Refusals(t *testing.T) {
	t.Parallel()
	s, v := shopWith(t, 1, Options{Scopes: GoodsScopes, Unthrottled: true})
	item, product := v[0].ID, map[string]any{"products": map[string]any{"productVariantsToAdd": []any{v[0].ID}}}
	cases := []struct {
		name    string
		changes map[string]any
		want    string
	}{
		{"no title", map[string]any{"title": nil}, "BLANK title"},
		{"empty title", map[string]any{"title": " "}, "BLANK title"},
		{"long title", map[string]any{"title": strings.Repeat("x", 256)}, "TOO_LONG title"},
		{"no start", map[string]any{"startsAt": nil}, "BLANK startsAt"},
		{"no moment", map[string]any{"endsAt": "tomorrow"}, "INVALID endsAt"},
		{"end before start", map[string]any{"endsAt": "2026-11-24T21:00:00Z"}, "END_DATE_BEFORE_START_DATE endsAt"},
		{"no buyers", map[string]any{"context": nil}, "BLANK context"},
		{"no value", gets(nil, product), "BLANK customerGets.value"},
		{"15 for 15 percent", gets(map[string]any{"percentage": 15}, product), "VALUE_OUTSIDE_RANGE customerGets.value.percentage"},
		{"nothing off", gets(map[string]any{"percentage": 0}, product), "VALUE_OUTSIDE_RANGE customerGets.value.percentage"},
		{"negative amount", gets(map[string]any{"discountAmount": map[string]any{"amount": "-5", "appliesOnEachItem": true}}, product), "GREATER_THAN customerGets.value.discountAmount.amount"},
		{"fraction and amount", gets(map[string]any{"percentage": 0.1, "discountAmount": map[string]any{"amount": "5"}}, product), "CONFLICT customerGets.value"},
		{"on quantity", gets(map[string]any{"discountOnQuantity": map[string]any{"quantity": "1"}}, product), "INVALID customerGets.value.discountOnQuantity"},
		{"no items", gets(map[string]any{"percentage": 0.1}, nil), "BLANK customerGets.items"},
		{"unknown variant", gets(map[string]any{"percentage": 0.1}, map[string]any{"products": map[string]any{"productVariantsToAdd": []any{gid("ProductVariant", 5)}}}),
			"INVALID customerGets.items.products.productVariantsToAdd"},
		{"unknown collection", gets(map[string]any{"percentage": 0.1}, map[string]any{"collections": map[string]any{"add": []any{gid("Collection", 5)}}}),
			"INVALID customerGets.items.collections.add"},
		{"collections and variants", gets(map[string]any{"percentage": 0.1}, map[string]any{"collections": map[string]any{"add": []any{gid("Collection", 5)}},
			"products": map[string]any{"productVariantsToAdd": []any{item}}}), "CONFLICT customerGets.items.collections.add"},
		{"two minimums", map[string]any{"minimumRequirement": map[string]any{"quantity": map[string]any{"greaterThanOrEqualToQuantity": "2"}, "subtotal": map[string]any{"greaterThanOrEqualToSubtotal": "5"}}},
			"CONFLICT minimumRequirement.subtotal.greaterThanOrEqualToSubtotal; CONFLICT automaticBasicDiscount.minimumRequirement.quantity.greaterThanOrEqualToQuantity"},
	}
	for _, c := range cases {
		want := strings.Replace(c.want, " ", " automaticBasicDiscount.", 1)
		a := ask(t, s, createAutomatic, map[string]any{"d": promotion(item, c.changes)})
		if got := userErrorCodes(a); got != want || a.at("discountAutomaticBasicCreate.automaticDiscountNode") != nil {
			t.Errorf("%s: got %q, want %q", c.name, got, want)
		}
	}
	if got := s.Discounts(); len(got) != 0 {
		t.Errorf("made all the same: %+v", got)
	}
	a := ask(t, s, createAutomatic, map[string]any{"d": promotion(item, nil)})
	id := text(a.at("discountAutomaticBasicCreate.automaticDiscountNode.id"))
	a = ask(t, s, updateAutomatic, map[string]any{"id": id, "d": map[string]any{"endsAt": "2026-11-01T00:00:00Z"}})
	if got := userErrorCodes(a); got != "END_DATE_BEFORE_START_DATE automaticBasicDiscount.endsAt" {
		t.Errorf("update: %q", got)
	}
	if got := userErrorCodes(ask(t, s, updateAutomatic, map[string]any{"id": gid("DiscountAutomaticNode", 1), "d": map[string]any{}})); got != "INVALID id" {
		t.Errorf("update of none: %q", got)
	}
}

func TestDiscount_Bxgy(t *testing.T) {
	t.Parallel()
	s, v := shopWith(t, 1, Options{Scopes: GoodsScopes})
	one := map[string]any{"products": map[string]any{"productVariantsToAdd": []any{v[0].ID}}}
	in := func(value map[string]any, wanted map[string]any) map[string]any {
		return map[string]any{"d": map[string]any{"title": "Buy 2 get 1", "startsAt": "2026-11-24T22:00:00Z", "context": map[string]any{"all": "ALL"}, "usesPerOrderLimit": "1",
			"customerBuys": map[string]any{"value": map[string]any{"quantity": "2"}, "items": wanted}, "customerGets": map[string]any{"value": value, "items": one}}}
	}
	free := func(fraction float64) map[string]any {
		return map[string]any{"discountOnQuantity": map[string]any{"quantity": "1", "effect": map[string]any{"percentage": fraction}}}
	}
	if a := ask(t, s, createBxgy, in(free(1), one)); userErrorCodes(a) != "" || s.Discounts()[0].Value != "1 for 1" {
		t.Errorf("got %s", a.raw)
	}
	for _, c := range []struct {
		vars map[string]any
		want string
	}{
		{in(map[string]any{"percentage": 0.5}, one), "INVALID automaticBxgyDiscount.customerGets.value.percentage; BLANK automaticBxgyDiscount.customerGets.value"},
		{in(free(100), one), "VALUE_OUTSIDE_RANGE automaticBxgyDiscount.customerGets.value.discountOnQuantity.effect.percentage"},
		{in(free(1), map[string]any{"all": true}), "BLANK automaticBxgyDiscount.customerBuys.items"},
	} {
		if got := userErrorCodes(ask(t, s, createBxgy, c.vars)); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestDiscount_Codes(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := start(t, Options{Scopes: GoodsScopes, Now: c.now, Unthrottled: true})
	a := ask(t, s, createCode, map[string]any{"d": coupon("EID50")})
	id := text(a.at("discountCodeBasicCreate.codeDiscountNode.id"))
	if idType(id) != "DiscountCodeNode" {
		t.Fatalf("got %s", a.raw)
	}
	for code, want := range map[string]string{"eid50": "TAKEN", "": "TOO_SHORT", "a\nb": "INVALID"} {
		if got := userErrorCodes(ask(t, s, createCode, map[string]any{"d": coupon(code)})); !strings.Contains(got, want+" basicCodeDiscount.code") {
			t.Errorf("%q: got %q, want %s", code, got, want)
		}
	}
	if got := userErrorCodes(ask(t, s, updateCode, map[string]any{"id": id, "d": map[string]any{"code": "EID50", "usageLimit": 5}})); got != "" {
		t.Errorf("its own code is taken: %q", got)
	}
	byCode := func(code string) any {
		return ask(t, s, `query C($code: String!) { codeDiscountNodeByCode(code: $code) { id codeDiscount { ... on DiscountCodeBasic { title usageLimit } } } }`,
			map[string]any{"code": code}).at("codeDiscountNodeByCode.id")
	}
	bySearch := func(query string) any {
		return ask(t, s, `query S($q: String) { discountNodes(first: 5, query: $q) { nodes { id } } }`, map[string]any{"q": query}).at("discountNodes.nodes.0.id")
	}
	if byCode("Eid50") != id || byCode("EID") != nil || bySearch("code:EID50") == nil || bySearch("code:EID") != nil {
		t.Errorf("by code %v and %v, by search %v and %v", byCode("Eid50"), byCode("EID"), bySearch("code:EID50"), bySearch("code:EID"))
	}

	ask(t, s, createCode, map[string]any{"d": coupon("OTHER")})
	codes := []any{map[string]any{"code": "EID50-1"}, map[string]any{"code": "EID50-1"}, map[string]any{"code": "other"}, map[string]any{"code": ""}, map[string]any{"code": "EID50-2"}}
	a = ask(t, s, addCodes, map[string]any{"id": id, "codes": codes})
	if userErrorCodes(a) != "" || a.at("discountRedeemCodeBulkAdd.bulkCreation.done") != false || a.at("discountRedeemCodeBulkAdd.bulkCreation.failedCount") != 0.0 ||
		a.at("discountRedeemCodeBulkAdd.bulkCreation.codesCount") != 5.0 {
		t.Errorf("asked for: %s", a.raw)
	}
	if byCode("EID50-1") != nil {
		t.Error("a code is there at once")
	}
	b := ask(t, s, creationQuery, map[string]any{"id": a.at("discountRedeemCodeBulkAdd.bulkCreation.id")})
	if b.at("discountRedeemCodeBulkCreation.done") != true || b.at("discountRedeemCodeBulkCreation.importedCount") != 2.0 || b.at("discountRedeemCodeBulkCreation.failedCount") != 3.0 ||
		b.at("discountRedeemCodeBulkCreation.codes.nodes.2.errors.0.message") != "must be unique. Please try a different code." {
		t.Errorf("later: %s", b.raw)
	}
	if byCode("EID50-1") != id || bySearch("code:EID50-1") != nil {
		t.Errorf("by code %v, by search %v", byCode("EID50-1"), bySearch("code:EID50-1"))
	}
	if got := ask(t, s, updateCode, map[string]any{"id": id, "d": map[string]any{"code": "NEW"}}); got.at("discountCodeBasicUpdate.userErrors.0.message") != "Cannot update the code of a bulk discount." {
		t.Errorf("new code for several: %s", got.raw)
	}
	ask(t, s, addCodes, map[string]any{"id": id, "codes": []any{map[string]any{"code": "LATE"}}})
	c.advance(time.Minute)
	if got := s.Discounts()[0].Codes; !reflect.DeepEqual(got, []string{"EID50", "EID50-1", "EID50-2", "LATE"}) {
		t.Errorf("nobody asked, codes %q", got)
	}
	if got := userErrorCodes(ask(t, s, addCodes, map[string]any{"id": gid("DiscountCodeNode", 1), "codes": codes})); got != "INVALID discountId" {
		t.Errorf("codes for none: %q", got)
	}
}

func TestDiscount_CustomerSelectionIsDeprecated(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Scopes: GoodsScopes})
	in := coupon("A")
	delete(in, "context")
	in["customerSelection"] = map[string]any{"all": true}
	ask(t, s, createCode, map[string]any{"d": in})
	if got := s.Judge(); len(got) != 1 || got[0].Rule != "deprecated" {
		t.Errorf("judged: %v", got)
	}
}

func TestDiscount_Scopes(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Scopes: []string{"read_products", "write_products", "read_discounts"}})
	if a := ask(t, s, createCode, map[string]any{"d": coupon("A")}); a.code() != "ACCESS_DENIED" || len(s.Discounts()) != 0 {
		t.Errorf("got %s", a.raw)
	}
}

// The shared documents are served with their examples, at the cost of the reference.
func TestPricing_ReferenceDocuments(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Scopes: GoodsScopes, Unthrottled: true})
	for i := range 2 {
		s.AddVariant(Variant{SKU: "A", Product: "Shirt", Title: string(rune('A' + i)), ID: gid("ProductVariant", i+1), ProductID: gid("Product", 1)})
	}
	s.AddPriceList(PriceList{ID: gid("PriceList", 1), Name: "Retail"})
	for name, want := range map[string]int{"price_list_create": 10, "price_list_fixed_prices_update": 10, "price_list_fixed_prices_by_product_update": 10, "price_lists": 16,
		"discount_automatic_basic_create": 10, "discount_code_basic_create": 10, "discount_nodes": 24} {
		a := ask(t, s, operation(t, name), example(t, name))
		if got := userErrorCodes(a); got != "" || a.Errors != nil || a.Extensions.Cost.Requested != want {
			t.Errorf("%s: %s", name, a.raw)
		}
	}
	for _, name := range []string{"discount_automatic_basic_update", "discount_code_basic_update", "discount_automatic_deactivate", "discount_redeem_code_bulk_add", "discount_automatic_bxgy_create"} {
		a := ask(t, s, operation(t, name), example(t, name)) // of ids that are not there
		if got := userErrorCodes(a); !strings.HasPrefix(got, "INVALID") || a.Errors != nil || a.Extensions.Cost.Requested != 10 {
			t.Errorf("%s: %s", name, a.raw)
		}
	}
	if got := s.Judge(); len(got) > 0 {
		t.Errorf("judged: %v", got)
	}
}
