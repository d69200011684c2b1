package shopifytest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestBulkQuery_VariantsOneALineInNoOrder(t *testing.T) {
	t.Parallel()
	s, v := shopWith(t, 50, Options{})
	o := finish(t, s, runQuery(t, s, operation(t, "bulk_query_variants"), false))
	if o["status"] != "COMPLETED" || o["objectCount"] != "50" || o["rootObjectCount"] != "50" || o["type"] != "QUERY" {
		t.Fatalf("got %v", o)
	}
	seen, inOrder := map[string]map[string]any{}, true
	all := rows(t, o["url"])
	for i, r := range all {
		seen[text(r["id"])] = r
		inOrder = inOrder && r["id"] == v[i].ID
	}
	first := seen[v[0].ID]
	if len(all) != 50 || len(seen) != 50 || inOrder {
		t.Errorf("%d rows, %d variants, in order: %t", len(all), len(seen), inOrder)
	}
	product, _ := first["product"].(map[string]any)
	item, _ := first["inventoryItem"].(map[string]any)
	if first["sku"] != "S0" || product["id"] != v[0].ProductID || product["status"] != "ACTIVE" || item["id"] != v[0].ItemID || item["tracked"] != true {
		t.Errorf("S0: %v", first)
	}
	if _, child := first["__parentId"]; child {
		t.Errorf("a root has a parent: %v", first)
	}
	size, _ := o["fileSize"].(string)
	if _, body := exchange(t, "GET", text(o["url"]), "", nil); size != fmt.Sprint(len(body)) {
		t.Errorf("fileSize %v, body %d", o["fileSize"], len(body))
	}
	if got := s.Judge(); len(got) > 0 {
		t.Errorf("judged: %v", got)
	}
}

func TestBulkQuery_ChildrenNameTheirParent(t *testing.T) {
	t.Parallel()
	for _, grouped := range []bool{false, true} {
		s := start(t, Options{Locations: []Location{{Name: "Cairo"}, {Name: "Giza"}}})
		want := map[string]int{}
		for i := range 30 {
			v := s.AddVariant(Variant{SKU: fmt.Sprint("S", i), Stock: map[string]Levels{"Cairo": {Available: i, Committed: 1}, "Giza": {Available: 2}}})
			want[v.ItemID] = i
		}
		o := finish(t, s, runQuery(t, s, operation(t, "bulk_query_inventory"), grouped))
		if o["objectCount"] != "90" || o["rootObjectCount"] != "30" {
			t.Errorf("counts: %v", o)
		}
		behind, parent, children := true, "", 0
		for _, r := range rows(t, o["url"]) {
			if r["__parentId"] == nil {
				parent = text(r["id"])
				continue
			}
			children++
			behind = behind && r["__parentId"] == parent
			n, known := want[text(r["__parentId"])]
			if !known || r["location"] == nil || r["inventoryLevels"] != nil {
				t.Errorf("child %v", r)
			}
			for _, q := range r["quantities"].([]any) {
				q := q.(map[string]any)
				if r["location"].(map[string]any)["id"] == s.Locations()[0].ID && q["name"] == "on_hand" && q["quantity"] != float64(n+1) {
					t.Errorf("on hand at Cairo: %v, want %d", q, n+1)
				}
			}
		}
		if children != 60 || behind != grouped {
			t.Errorf("grouped %t: %d children, all behind their parents: %t", grouped, children, behind)
		}
	}
}

func TestBulkQuery_Filters(t *testing.T) {
	t.Parallel()
	s, _ := shopWith(t, 20, Options{})
	o := finish(t, s, runQuery(t, s, `{ productVariants(query: "sku:S7") { edges { node { id sku } } } }`, false))
	if got := rows(t, o["url"]); len(got) != 1 || got[0]["sku"] != "S7" {
		t.Errorf("got %v", got)
	}
	o = finish(t, s, runQuery(t, s, `{ productVariants(query: "sku:none") { edges { node { id } } } }`, false))
	if o["status"] != "COMPLETED" || o["url"] != nil || o["objectCount"] != "0" || o["fileSize"] != nil {
		t.Errorf("no rows: %v", o)
	}
}

func TestBulkQuery_MetafieldsAndPublication(t *testing.T) {
	t.Parallel()
	s, v := shopWith(t, 3, Options{})
	a := ask(t, s, operation(t, "metafields_set"), map[string]any{"metafields": []any{map[string]any{"ownerId": v[1].ID, "namespace": "wasl", "key": "item_code", "type": "id", "value": "A-1"}}})
	if userErrorCodes(a) != "" {
		t.Fatal(a.raw)
	}
	o := finish(t, s, runQuery(t, s, `{ productVariants { edges { node { id code: metafield(namespace: "wasl", key: "item_code") { value } metafields { edges { node { id key value } } } } } } }`, false))
	roots, children := 0, 0
	for _, r := range rows(t, o["url"]) {
		if r["__parentId"] != nil {
			children++
			if r["__parentId"] != v[1].ID || r["key"] != "item_code" {
				t.Errorf("child %v", r)
			}
			continue
		}
		roots++
		code, _ := r["code"].(map[string]any)
		if (r["id"] == v[1].ID) != (code["value"] == "A-1") {
			t.Errorf("root %v", r)
		}
	}
	if roots != 3 || children != 1 {
		t.Errorf("%d roots, %d children", roots, children)
	}
}

func TestBulkQuery_Refusals(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Unthrottled: true})
	id := "{ edges { node { id } } }"
	cases := []struct{ name, query, message string }{
		{"empty", "", "Invalid bulk query: syntax error"},
		{"syntax", "{ products", "Invalid bulk query: syntax error"},
		{"mutation", `mutation { tagsAdd(id: "gid://shopify/Product/1", tags: []) { userErrors { message } } }`, "Only `query` operations are supported."},
		{"no such field", "{ products { edges { node { nonsense } } } }", "Field 'nonsense' doesn't exist"},
		{"variables", `query($q: String) { products(query: $q) ` + id + ` }`, "variables"},
		{"no connection", "{ shop { id } }", "must contain at least one connection"},
		{"nodes", "{ products { nodes { id } } }", "Selecting via 'nodes' is not supported. Invalid connection fields: 'products'."},
		{"page info", "{ products { edges { node { id } } pageInfo { hasNextPage } } }", "Invalid connection fields: 'products'."},
		{"cursor", "{ products { edges { cursor node { id } } } }", "Invalid connection fields: 'products'."},
		{"node at the root", `{ node(id: "gid://shopify/Product/1") { id } }`, "top level `node`"},
		{"nodes at the root", `{ nodes(ids: []) { id } products ` + id + ` }`, "top level `node`"},
		{"three levels", `{ products { edges { node { id variants { edges { node { id metafields ` + id + ` } } } } } } }`, "nesting depth greater than 2"},
		{"six connections", `{ a: products ` + id + ` b: products ` + id + ` c: products ` + id + ` d: products ` + id + ` e: products ` + id + ` f: products ` + id + ` }`, "more than 5 connections"},
		{"parent without id", `{ products { edges { node { title variants ` + id + ` } } } }`, "Connection fields without 'id': products."},
		{"parent with alias", `{ products { edges { node { key: id variants ` + id + ` } } } }`, "Connection fields without 'id': products."},
		{"below a list", `{ orders { edges { node { id refunds { id refundLineItems { edges { node { quantity } } } } } } } }`, "connection field within a list field"},
		{"too long", `{ products ` + id + ` }` + strings.Repeat("#", 65_536), "Query is too large"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := ask(t, s, runQueryDocument, map[string]any{"query": c.query})
			found := false
			errs, _ := a.at("bulkOperationRunQuery.userErrors").([]any)
			for _, e := range errs {
				e := e.(map[string]any)
				found = found || e["code"] == "INVALID" && strings.Contains(text(e["message"]), c.message)
			}
			if !found || a.at("bulkOperationRunQuery.bulkOperation") != nil {
				t.Errorf("got %s", a.raw)
			}
		})
	}
	five := `{ a: products ` + id + ` b: products ` + id + ` c: products ` + id + ` products { edges { node { id variants ` + id + ` } } } }`
	runQuery(t, s, five+strings.Repeat("#", 65_535-len(five)), false)
}

func TestBulkQuery_MissingScope(t *testing.T) {
	t.Parallel()
	s, _ := shopWith(t, 1, Options{Scopes: []string{"read_products"}})
	o := finish(t, s, runQuery(t, s, operation(t, "bulk_query_inventory"), false))
	if o["status"] != "FAILED" || o["errorCode"] != "ACCESS_DENIED" {
		t.Errorf("got %v", o)
	}
}

func TestBulkQuery_ReferenceCosts(t *testing.T) {
	t.Parallel()
	s, _ := shopWith(t, 1, Options{})
	for name, want := range map[string]int{"bulk_operation_run_mutation": 10, "bulk_operation_run_query": 10, "bulk_operation_status": 1, "bulk_operation_cancel": 10} {
		if a := ask(t, s, operation(t, name), example(t, name)); a.Extensions.Cost.Requested != want || a.Errors != nil {
			t.Errorf("%s: %s", name, a.raw)
		}
	}
	if a := ask(t, s, operation(t, "bulk_operations_list"), map[string]any{"first": 250}); a.Extensions.Cost.Requested != 13 || a.Errors != nil {
		t.Errorf("list: %s", a.raw)
	}
}

// A shop of 100 000 variants must not make a test wait. The bound is generous: two slow cores do it in a second.
func TestBulkQuery_LargeShopIsQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("100 000 variants")
	}
	t.Parallel()
	s := start(t, Options{Unthrottled: true})
	where := s.Locations()[0].ID
	for i := range 100_000 {
		s.AddVariant(Variant{SKU: fmt.Sprint("S", i), Stock: map[string]Levels{where: {Available: i}}})
	}
	for _, name := range []string{"bulk_query_variants", "bulk_query_inventory"} {
		began := time.Now()
		s.mu.Lock()
		o := s.newBulk(&execution{s: s, req: &request{call: &Call{}}}, bulkQuery, "")
		var errs []any
		if o.doc, errs = bulkQueryDocument(operation(t, name)); len(errs) > 0 {
			t.Fatal(errs)
		}
		s.collectRows(o)
		s.conclude(o, s.opt.Now())
		s.mu.Unlock()
		took := time.Since(began)
		t.Logf("%s: %d rows, %d bytes in %s", name, o.total, len(o.file), took)
		if o.total < 100_000 || took > 20*time.Second {
			t.Errorf("%s: %d rows in %s", name, o.total, took)
		}
	}
}
