package shopifytest

import (
	"fmt"
	"reflect"
	"testing"
)

const fixDocument = `mutation Fix($id: ID!, $add: [PriceListPriceInput!]!, $remove: [ID!]!) {
  priceListFixedPricesUpdate(priceListId: $id, pricesToAdd: $add, variantIdsToDelete: $remove) {
    priceList { fixedPricesCount } pricesAdded { price { amount currencyCode } variant { id } } deletedFixedPriceVariantIds
    userErrors { field message code }
  }
}`

const fixByProductDocument = `mutation Fix($id: ID!, $add: [PriceListProductPriceInput!], $remove: [ID!]) {
  priceListFixedPricesByProductUpdate(priceListId: $id, pricesToAdd: $add, pricesToDeleteByProductIds: $remove) {
    pricesToAddProducts { id } pricesToDeleteProducts { id } userErrors { field message code }
  }
}`

const pricesDocument = `query Prices($id: ID!, $origin: PriceListPriceOriginType) {
  priceList(id: $id) {
    name currency fixedPricesCount
    prices(first: 10, originType: $origin) { nodes { originType price { amount currencyCode } compareAtPrice { amount } variant { sku } } }
  }
}`

func egp(amount string) map[string]any {
	return map[string]any{"amount": amount, "currencyCode": "EGP"}
}

func priceRow(id, price string, compareAt any) map[string]any {
	row := map[string]any{"variantId": id, "price": egp(price)}
	if compareAt != nil {
		row["compareAtPrice"] = egp(compareAt.(string))
	}
	return row
}

func TestPriceList_FixedPricesAreWrittenAndReadBack(t *testing.T) {
	t.Parallel()
	s, v := shopWith(t, 3, Options{})
	l := s.AddPriceList(PriceList{Name: "Wholesale", Catalog: gid("MarketCatalog", 1)})
	a := ask(t, s, fixDocument, map[string]any{"id": l.ID, "add": []any{priceRow(v[0].ID, "299.00", "349.5"), priceRow(v[1].ID, "10", nil)}, "remove": []any{}})
	if userErrorCodes(a) != "" || a.at("priceListFixedPricesUpdate.pricesAdded.0.price.amount") != "299.0" || a.at("priceListFixedPricesUpdate.priceList.fixedPricesCount") != 2.0 {
		t.Errorf("got %s", a.raw)
	}
	a = ask(t, s, fixDocument, map[string]any{"id": l.ID, "add": []any{priceRow(v[2].ID, "7.25", nil)}, "remove": []any{v[1].ID}})
	if userErrorCodes(a) != "" || !reflect.DeepEqual(a.at("priceListFixedPricesUpdate.deletedFixedPriceVariantIds"), []any{v[1].ID}) {
		t.Errorf("got %s", a.raw)
	}
	want := []FixedPrice{{VariantID: v[0].ID, SKU: "S0", Price: "299.00", CompareAt: "349.50"}, {VariantID: v[2].ID, SKU: "S2", Price: "7.25"}}
	if got := s.FixedPrices("Wholesale"); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	read := func(origin any) string {
		a := ask(t, s, pricesDocument, map[string]any{"id": l.ID, "origin": origin})
		out := ""
		nodes, _ := a.at("priceList.prices.nodes").([]any)
		for _, n := range nodes {
			m := n.(map[string]any)
			out += fmt.Sprintln(m["variant"].(map[string]any)["sku"], m["originType"], m["price"].(map[string]any)["amount"], m["compareAtPrice"])
		}
		return out
	}
	if got := read("FIXED"); got != "S0 FIXED 299.0 map[amount:349.5]\nS2 FIXED 7.25 <nil>\n" {
		t.Errorf("fixed:\n%s", got)
	}
	if got := read("RELATIVE"); got != "S1 RELATIVE 100.0 <nil>\n" {
		t.Errorf("relative:\n%s", got)
	}
	var changes []string
	for _, c := range s.ChangesOf(l.ID) {
		changes = append(changes, c.Name+" "+c.Field+" "+c.From+">"+c.To)
	}
	if want := []string{"S0 price >299.00", "S0 compareAtPrice >349.50", "S1 price >10.00", "S1 price 10.00>", "S2 price >7.25"}; !reflect.DeepEqual(changes, want) {
		t.Errorf("changes %q, want %q", changes, want)
	}
	if got := s.Judge(); len(got) > 0 {
		t.Errorf("judged: %v", got)
	}
}

func TestPriceList_OneBadRowRefusesAll(t *testing.T) {
	t.Parallel()
	s, v := shopWith(t, 2, Options{})
	l := s.AddPriceList(PriceList{Name: "Wholesale"})
	usd := map[string]any{"variantId": v[0].ID, "price": map[string]any{"amount": "1", "currencyCode": "USD"}}
	cases := []struct {
		name string
		id   string
		row  map[string]any
		gone string
		want string
	}{
		{"no list", gid("PriceList", 1), priceRow(v[0].ID, "1", nil), "", "PRICE_LIST_NOT_FOUND priceListId"},
		{"currency", l.ID, usd, "", "PRICE_LIST_CURRENCY_MISMATCH pricesToAdd.1.price.currencyCode"},
		{"unknown variant", l.ID, priceRow(gid("ProductVariant", 5), "1", nil), "", "VARIANT_NOT_FOUND pricesToAdd.1.variantId"},
		{"an item for a variant", l.ID, priceRow(v[0].ItemID, "1", nil), "", "VARIANT_NOT_FOUND pricesToAdd.1.variantId"},
		{"removing what is not fixed", l.ID, priceRow(v[0].ID, "1", nil), v[1].ID, "PRICE_NOT_FIXED variantIdsToDelete.0"},
		{"removing an unknown one", l.ID, priceRow(v[0].ID, "1", nil), gid("ProductVariant", 5), "VARIANT_NOT_FOUND variantIdsToDelete.0"},
	}
	for _, c := range cases {
		remove := []any{}
		if c.gone != "" {
			remove = append(remove, c.gone)
		}
		a := ask(t, s, fixDocument, map[string]any{"id": c.id, "add": []any{priceRow(v[0].ID, "5", nil), c.row}, "remove": remove})
		if got := userErrorCodes(a); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	if got := s.FixedPrices(l.ID); len(got) != 0 {
		t.Errorf("written all the same: %+v", got)
	}
	many := make([]any, 251)
	for i := range many {
		many[i] = priceRow(v[0].ID, "5", nil)
	}
	if a := ask(t, s, fixDocument, map[string]any{"id": l.ID, "add": many, "remove": []any{}}); a.code() != "MAX_INPUT_SIZE_EXCEEDED" {
		t.Errorf("251 rows: %s", a.raw)
	}
}

func TestPriceList_ByProduct(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	red := s.AddVariant(Variant{SKU: "RED", Product: "Shirt", Title: "Red"})
	s.AddVariant(Variant{SKU: "BLUE", Product: "Shirt", Title: "Blue"})
	hat := s.AddVariant(Variant{SKU: "HAT"})
	l := s.AddPriceList(PriceList{Name: "Wholesale"})
	price := func(product, amount, currency string) map[string]any {
		return map[string]any{"productId": product, "price": map[string]any{"amount": amount, "currencyCode": currency}}
	}
	a := ask(t, s, fixByProductDocument, map[string]any{"id": l.ID, "add": []any{price(red.ProductID, "20", "EGP"), price(hat.ProductID, "5", "EGP")}})
	if got := s.FixedPrices(l.ID); userErrorCodes(a) != "" || len(got) != 3 || got[0].SKU != "BLUE" || got[0].Price != "20.00" {
		t.Errorf("got %+v: %s", got, a.raw)
	}
	ask(t, s, fixByProductDocument, map[string]any{"id": l.ID, "remove": []any{red.ProductID}})
	if got := s.FixedPrices(l.ID); len(got) != 1 || got[0].SKU != "HAT" {
		t.Errorf("after removing: %+v", got)
	}
	cases := []struct {
		name        string
		id          string
		add, remove []any
		want        string
	}{
		{"no list", gid("PriceList", 1), []any{price(hat.ProductID, "1", "EGP")}, nil, "PRICE_LIST_DOES_NOT_EXIST priceListId"},
		{"nothing", l.ID, []any{}, []any{}, "NO_UPDATE_OPERATIONS_SPECIFIED"},
		{"no product", l.ID, []any{price(gid("Product", 5), "1", "EGP")}, nil, "PRODUCT_DOES_NOT_EXIST pricesToAdd.0.productId"},
		{"currency", l.ID, []any{price(hat.ProductID, "1", "USD")}, nil, "PRICES_TO_ADD_CURRENCY_MISMATCH pricesToAdd.0.price.currencyCode"},
		{"twice", l.ID, []any{price(hat.ProductID, "1", "EGP"), price(hat.ProductID, "2", "EGP")}, nil, "DUPLICATE_ID_IN_INPUT pricesToAdd"},
		{"both", l.ID, []any{price(hat.ProductID, "1", "EGP")}, []any{hat.ProductID}, "ID_MUST_BE_MUTUALLY_EXCLUSIVE"},
		{"removing no product", l.ID, nil, []any{gid("Product", 5)}, "PRODUCT_DOES_NOT_EXIST pricesToDeleteByProductIds.0"},
	}
	for _, c := range cases {
		a := ask(t, s, fixByProductDocument, map[string]any{"id": c.id, "add": c.add, "remove": c.remove})
		if got := userErrorCodes(a); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestPriceList_Create(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Unthrottled: true})
	doc := `mutation C($input: PriceListCreateInput!) { priceListCreate(input: $input) { priceList { id name currency catalog { id } } userErrors { field message code } } }`
	input := func(name, catalog string, value float64) map[string]any {
		in := map[string]any{"name": name, "currency": "EGP", "parent": map[string]any{"adjustment": map[string]any{"type": "PERCENTAGE_DECREASE", "value": value}}}
		if catalog != "" {
			in["catalogId"] = catalog
		}
		return map[string]any{"input": in}
	}
	if a := ask(t, s, doc, input("Wholesale", gid("MarketCatalog", 1), 0)); userErrorCodes(a) != "" || a.at("priceListCreate.priceList.catalog.id") != gid("MarketCatalog", 1) {
		t.Errorf("got %s", a.raw)
	}
	for _, c := range []struct {
		vars map[string]any
		want string
	}{
		{input("Wholesale", "", 0), "TAKEN input.name"},
		{input(" ", "", 0), "BLANK input.name"},
		{input("B", gid("MarketCatalog", 9), 0), "CATALOG_DOES_NOT_EXIST input.catalogId"},
		{input("B", gid("MarketCatalog", 1), 0), "CATALOG_TAKEN input.catalogId"},
		{input("B", "", 101), "INVALID_ADJUSTMENT_VALUE input.parent.adjustment.value"},
	} {
		if got := userErrorCodes(ask(t, s, doc, c.vars)); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestPriceList_RelativePricesFollowTheAdjustment(t *testing.T) {
	t.Parallel()
	l := &priceList{adjustment: "PERCENTAGE_DECREASE", percent: 12.5}
	if got := l.adjusted("99.99"); got != "87.49" {
		t.Errorf("12.5 %% off 99.99 is %s", got)
	}
	l = &priceList{adjustment: "PERCENTAGE_INCREASE", percent: 10}
	if got := l.adjusted("100.00"); got != "110.00" {
		t.Errorf("100.00 and 10 %% are %s", got)
	}
}

func TestPriceList_Scopes(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Scopes: []string{"read_products"}})
	l := s.AddPriceList(PriceList{Name: "Wholesale"})
	if a := ask(t, s, fixDocument, map[string]any{"id": l.ID, "add": []any{}, "remove": []any{}}); a.code() != "ACCESS_DENIED" {
		t.Errorf("got %s", a.raw)
	}
}
