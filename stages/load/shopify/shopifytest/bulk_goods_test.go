package shopifytest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Every mutation that is served is served in bulk: by the documents that wasl sends.
func TestBulkMutation_RunsWhatDirectCallsRun(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Scopes: append([]string{"write_orders"}, GoodsScopes...), Unthrottled: true})
	var v []Variant
	for i := range 3 {
		v = append(v, s.AddSKU(fmt.Sprint("S", i), 10))
	}
	define := func(owner, key string) {
		a := ask(t, s, operation(t, "metafield_definition_create"), map[string]any{"definition": map[string]any{"name": key, "namespace": "wasl", "key": key,
			"type": "id", "ownerType": owner, "capabilities": map[string]any{"uniqueValues": map[string]any{"enabled": true}}}})
		if userErrorCodes(a) != "" {
			t.Fatal(a.raw)
		}
	}
	define("PRODUCT", "item_group")
	define("PRODUCTVARIANT", "item_code")
	group := func(code string, price any) map[string]any {
		return map[string]any{"identifier": map[string]any{"customId": map[string]any{"namespace": "wasl", "key": "item_group", "value": code}},
			"input": map[string]any{"title": "Shirt " + code, "handle": strings.ToLower(code),
				"metafields":     []any{map[string]any{"namespace": "wasl", "key": "item_group", "type": "id", "value": code}},
				"productOptions": []any{map[string]any{"name": "Size", "values": []any{map[string]any{"name": "M"}}}},
				"variants":       []any{map[string]any{"optionValues": []any{map[string]any{"optionName": "Size", "name": "M"}}, "sku": code + "-M", "price": price}}}}
	}
	runText := func(inner string, lines ...any) []map[string]any {
		t.Helper()
		o := finish(t, s, runBulk(t, s, inner, upload(t, s, lines...)))
		if o["status"] != "COMPLETED" || o["url"] == nil {
			t.Fatalf("%s: %v", inner, o)
		}
		out := make([]map[string]any, len(lines))
		for _, r := range rows(t, o["url"]) {
			out[int(r["__lineNumber"].(float64))] = r
		}
		return out
	}
	run := func(inner string, lines ...any) []map[string]any {
		t.Helper()
		return runText(operation(t, inner), lines...)
	}
	good := func(name string, results []map[string]any) {
		t.Helper()
		for i, r := range results {
			a := answer{}
			a.Data, _ = r["data"].(map[string]any)
			if a.Data == nil || r["errors"] != nil || userErrorCodes(a) != "" {
				t.Errorf("%s, line %d: %v", name, i, r)
			}
		}
	}
	price := func(n int, amount string) map[string]any {
		return map[string]any{"productId": v[n].ProductID, "variants": []any{map[string]any{"id": v[n].ID, "price": amount, "compareAtPrice": "500.00"}}}
	}
	good("prices", run("bulk_inner_variants_price_update", price(0, "11.00"), price(1, "12.00"), price(2, "13.00")))
	good("status", run("bulk_inner_product_status", map[string]any{"product": map[string]any{"id": v[0].ProductID, "status": "DRAFT"}}))
	good("metafields", run("bulk_inner_metafields_set", map[string]any{"metafields": []any{map[string]any{"ownerId": v[2].ID, "namespace": "wasl", "key": "item_code", "type": "id", "value": "I-2"}}}))
	good("groups", run("bulk_inner_product_set", group("IG-1", "20.00"), group("IG-2", "30.00")))
	later := strings.Replace(operation(t, "bulk_inner_product_set"), "synchronous: true", "synchronous: false", 1)
	put := runText(later, group("IG-1", "20.50"))
	if data, _ := put[0]["data"].(map[string]any); data["productSet"].(map[string]any)["product"] == nil {
		t.Errorf("put off within a bulk operation: %v", put)
	}
	good("groups again", run("bulk_inner_product_set", group("IG-1", "21.00")))

	seen := map[string]map[string]any{}
	o := finish(t, s, runQuery(t, s, operation(t, "bulk_query_variants"), false))
	for _, r := range rows(t, o["url"]) {
		seen[text(r["sku"])] = r
	}
	for sku, want := range map[string]string{"S0": "11.00", "S1": "12.00", "S2": "13.00", "IG-1-M": "21.00", "IG-2-M": "30.00"} {
		if seen[sku]["price"] != want {
			t.Errorf("%s: %v, want the price %s", sku, seen[sku], want)
		}
	}
	if status := seen["S0"]["product"].(map[string]any)["status"]; len(seen) != 5 || status != "DRAFT" || s.Metafield(v[2].ID, "wasl", "item_code") != "I-2" {
		t.Errorf("%d variants, S0 is %v, its code %q", len(seen), status, s.Metafield(v[2].ID, "wasl", "item_code"))
	}
	if got := s.ChangesOf("S1"); len(got) == 0 || got[0].Call == 0 || got[0].Field != "price" {
		t.Errorf("changes of S1: %+v", got)
	}
	if got := s.Judge(); len(got) > 0 {
		t.Errorf("judged: %v", got)
	}
}

func TestBulkQuery_ProductsWithTheirVariantsAndPublication(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Scopes: GoodsScopes})
	for i := range 4 {
		for _, size := range []string{"M", "L"} {
			s.AddVariant(Variant{SKU: fmt.Sprint("P", i, size), Product: fmt.Sprint("Product ", i), Title: size, Tags: []string{"erp"}})
		}
	}
	o := finish(t, s, runQuery(t, s, operation(t, "bulk_query_products"), true))
	if o["objectCount"] != "12" || o["rootObjectCount"] != "4" {
		t.Fatalf("got %v", o)
	}
	parent := ""
	for _, r := range rows(t, o["url"]) {
		if r["__parentId"] == nil {
			parent = text(r["id"])
			if r["variants"] != nil || r["media"] != nil || fmt.Sprint(r["tags"]) != "[erp]" || r["itemGroup"] != nil {
				t.Errorf("product %v", r)
			}
		} else if r["__parentId"] != parent || r["sku"] == nil || r["selectedOptions"] == nil {
			t.Errorf("variant %v below %s", r, parent)
		}
	}
	publication := text(ask(t, s, `{ publications(first: 1) { nodes { id } } }`, nil).at("publications.nodes.0.id"))
	o = finish(t, s, runQuery(t, s, `{ products(query: "status:active") { edges { node { id shown: publishedOnPublication(publicationId: "`+publication+`") } } } }`, false))
	for _, r := range rows(t, o["url"]) {
		if _, known := r["shown"].(bool); !known {
			t.Errorf("no flag: %v", r)
		}
	}
	if got := s.Judge(); len(got) > 0 {
		t.Errorf("judged: %v", got)
	}
}

// Another process plans and reads bulk operations through the control addresses.
func TestControl_Bulk(t *testing.T) {
	t.Parallel()
	c := newClock()
	s, v := shopWith(t, 1, Options{Now: c.now})
	if status, body := exchange(t, http.MethodPost, s.URL()+controlPrefix+"bulk", "application/json", strings.NewReader(`{"lines_per_poll":1,"polls":1000}`)); status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	runBulk(t, s, bulkSetDocument, upload(t, s, quantityLine(s, v[0], 5, nil, "k")))
	if available(t, s, "S0") != 10 || s.State().BulkOperations[0].Status != "CREATED" {
		t.Errorf("at once: %+v", s.State().BulkOperations)
	}
	c.advance(time.Hour)
	st := s.State()
	if st.Quantities[0].Available != 5 || st.BulkOperations[0].Status != "COMPLETED" || st.BulkOperations[0].Run != 1 {
		t.Errorf("after an hour: %+v %+v", st.Quantities, st.BulkOperations)
	}
	if status, _ := exchange(t, http.MethodPost, s.URL()+controlPrefix+"bulk", "application/json", strings.NewReader(`nonsense`)); status != 400 {
		t.Errorf("nonsense: %d", status)
	}
}

// A sale between the file and the operation is seen by the comparison of the lines, as by that of direct calls.
func TestBulkMutation_SalesMakeLinesStale(t *testing.T) {
	t.Parallel()
	s, v := shopWith(t, 2, Options{})
	path := upload(t, s, quantityLine(s, v[0], 5, 10, "a"), quantityLine(s, v[1], 5, 10, "b"))
	s.Fault("bulkOperationRunMutation", 1, Meanwhile(func() {
		if err := s.Sell("S1", "Cairo", -1); err != nil {
			t.Error(err)
		}
	}))
	finish(t, s, runBulk(t, s, bulkSetDocument, path))
	if available(t, s, "S0") != 5 || available(t, s, "S1") != 9 || fmt.Sprint(s.BulkOperations()[0].Codes) != "[CHANGE_FROM_QUANTITY_STALE]" {
		t.Errorf("S0 %d, S1 %d, codes %q", available(t, s, "S0"), available(t, s, "S1"), s.BulkOperations()[0].Codes)
	}
}
