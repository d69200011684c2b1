package shopifytest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMerchant_ChangesBehindTheBack(t *testing.T) {
	t.Parallel()
	c := newClock()
	s, p := goods(t, Options{Now: c.now})
	c.advance(time.Minute)
	if err := s.EditProduct("ig-1", func(p *Product) {
		p.Status, p.Title = "ARCHIVED", "Blouse"
		p.Variants[0].Price = "77"
		p.Variants = append(p.Variants[:1], Variant{SKU: "A-S", Options: []string{"S"}})
		p.Media = append(p.Media, Picture{Source: "https://example.com/hand.jpg"})
		p.Published = nil
	}); err != nil {
		t.Fatal(err)
	}
	got, _ := s.Product("ig-1")
	if got.Status != "ARCHIVED" || got.Title != "Blouse" || skus(got) != "A-M A-S" || got.Variants[0].Price != "77.00" || len(got.Media) != 1 ||
		got.Media[0].Status != "READY" || len(got.Published) != 0 || got.UpdatedAt == p.UpdatedAt {
		t.Errorf("got %+v", got)
	}
	if err := s.EditVariant("A-S", func(v *Variant) { v.SKU = "A-SS" }); err != nil {
		t.Fatal(err)
	}
	if err := s.EditProduct("ig-1", func(p *Product) { p.Media = nil }); err != nil {
		t.Fatal(err)
	}
	if got, _ := s.Product("ig-1"); len(got.Media) != 0 || skus(got) != "A-M A-SS" {
		t.Errorf("got %+v", got)
	}
	if len(s.Changes()) == 0 || len(s.ChangesOf("ig-1")) != 0 {
		t.Errorf("changes by hand are noted without a request: %v", s.Changes())
	}
	if s.EditProduct("none", func(*Product) {}) == nil {
		t.Errorf("editing what is not there succeeds")
	}
}

func TestRead_PagesGoOnWhenTheLastOneReadWasDeleted(t *testing.T) {
	t.Parallel()
	s, _ := goods(t, Options{})
	s.Fill(4, 1)
	page := func(after any) answer {
		return ask(t, s, operation(t, "variants_page"), fields{"first": 3, "after": after})
	}
	a := page(nil)
	s.DeleteVariant("SKU-00001-1") // the third
	b := page(a.at("productVariants.pageInfo.endCursor"))
	if a.at("productVariants.nodes.2.sku") != "SKU-00001-1" || b.at("productVariants.nodes.0.sku") != "SKU-00002-1" || b.at("productVariants.nodes.2.sku") != "SKU-00004-1" {
		t.Errorf("got %s\n%s", a.raw, b.raw)
	}
}

func TestTagsAndMetafields_AreChangesOfGoods(t *testing.T) {
	t.Parallel()
	c := newClock()
	s, p := goods(t, Options{Now: c.now})
	for _, do := range []func(){
		func() { ask(t, s, operation(t, "tags_add"), fields{"id": p.ID, "tags": []string{"new"}}) },
		func() {
			ask(t, s, operation(t, "metafields_set"), fields{"metafields": []any{fields{"ownerId": p.Variants[0].ID, "namespace": "wasl", "key": "item_code", "value": "A-M"}}})
		},
	} {
		before, _ := s.Product(p.ID)
		changes := len(s.Changes())
		c.advance(time.Minute)
		do()
		if after, _ := s.Product(p.ID); after.UpdatedAt == before.UpdatedAt || len(s.Changes()) != changes+1 {
			t.Errorf("updatedAt %s, changes %v", after.UpdatedAt, s.Changes()[changes:])
		}
	}
}

func TestControl_EditsForAnotherProcess(t *testing.T) {
	t.Parallel()
	s, _ := goods(t, Options{})
	for body, want := range map[string]int{
		`{"product":"ig-1","set":{"Status":"DRAFT"}}`: 200,
		`{"variant":"A-M","set":{"Price":"77"}}`:      200,
		`{"variant":"none","set":{"Price":"77"}}`:     400,
		`{"product":"ig-1","set":{"Status":1}}`:       400,
	} {
		if a, err := post(t, s.URL()+"/_standin/edit", "", "application/json", []byte(body)); err != nil || a.status != want {
			t.Errorf("%s: got %d, %v, want %d", body, a.status, err, want)
		}
	}
	if got, _ := s.Product("ig-1"); got.Status != "DRAFT" || got.Variants[0].Price != "77.00" || len(s.State().Changes) == 0 {
		t.Errorf("got %+v", got)
	}
}

func TestChanges_NameTheRequestAndBothValues(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	ask(t, s, updateDocument, fields{"productId": p.ID, "variants": []any{fields{"id": p.Variants[0].ID, "price": "99"}}})
	got := s.ChangesOf("A-M")
	if len(got) != 1 || got[0].Field != "price" || got[0].From != "100.00" || got[0].To != "99.00" || got[0].Call != len(s.Calls()) {
		t.Errorf("got %+v", got)
	}
}

func TestJudge_FindsWhatWasMadeTwice(t *testing.T) {
	t.Parallel()
	s, _ := goods(t, Options{})
	in := shirt("IG-9", "M")
	for range 2 {
		mustSet(t, s, nil, with(with(in, "handle", nil), "metafields", nil))
	}
	if got := s.Judge(); len(got) != 1 || got[0].Rule != "sku-twice" {
		t.Errorf("got %v, want one sku-twice", got)
	}
}

func TestInput_UnservedFieldsAreNoSuccess(t *testing.T) {
	t.Parallel()
	s, _ := goods(t, Options{})
	a := setShirt(t, s, groupOf("IG-2"), with(shirt("IG-2", "M"), "giftCard", true))
	if a.code() != "INTERNAL_SERVER_ERROR" || !slices.Equal(s.NotImplemented(), []string{"ProductSetInput.giftCard"}) || len(s.Products()) != 1 {
		t.Errorf("got %s", a.raw)
	}
	ask(t, s, `mutation M($id: ID!) { publishablePublish(id: $id, input: [{channelId: "gid://shopify/Channel/1"}]) { userErrors { message } } }`, fields{"id": s.Products()[0].ID})
	if got := s.Deprecated(); !slices.Equal(got, []string{"PublicationInput.channelId"}) {
		t.Errorf("deprecated: %v", got)
	}
}

func TestCost_OfInputs(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	in := shirt("IG-2", "A", "B", "C", "D", "E")
	in["files"] = []any{fields{"originalSource": "https://example.com/1.jpg"}, fields{"originalSource": "https://example.com/2.jpg"}}
	a := ask(t, s, `mutation M($i: ProductSetIdentifiers, $in: ProductSetInput!) { productSet(identifier: $i, input: $in) { product { id } userErrors { code } } }`,
		fields{"i": groupOf("IG-2"), "in": in})
	// 10, five variants 1.0, two files 3.8, a metafield 0.4
	if got := a.Extensions.Cost; got.Requested != 15 || *got.Actual != 15 {
		t.Errorf("productSet: %s", a.raw)
	}
	a = ask(t, s, operation(t, "product_variants_bulk_update"), fields{"productId": p.ID, "variants": []any{fields{"id": p.Variants[0].ID, "price": "1"}, fields{"id": p.Variants[1].ID, "price": "1"}}})
	if got := a.Extensions.Cost; got.Requested != 10 {
		t.Errorf("two variants cost nothing live: %s", a.raw)
	}
}

func TestMoney_MayBeANumberInTheDocument(t *testing.T) {
	t.Parallel()
	s, p := goods(t, Options{})
	ask(t, s, fmt.Sprintf(`mutation { productVariantsBulkUpdate(productId: %q, variants: [{id: %q, price: 12.5, compareAtPrice: 20}]) { userErrors { code } } }`,
		p.ID, p.Variants[0].ID), nil)
	if v, _ := s.Variant("A-M"); v.Price != "12.50" || v.CompareAtPrice != "20.00" {
		t.Errorf("got %+v", v)
	}
}

func TestScopes_OfGoods(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Scopes: []string{"read_products"}})
	for _, doc := range []string{
		`mutation { productSet(input: {title: "x"}) { product { id } } }`,
		`mutation { fileDelete(fileIds: []) { deletedFileIds } }`,
		`mutation { collectionCreate(collection: {title: "x"}) { collection { id } } }`,
		`mutation { publicationUpdate(id: "gid://shopify/Publication/1", input: {}) { publication { id } } }`,
		`{ files(first: 1) { nodes { id } } }`,
	} {
		if a := ask(t, s, doc, nil); a.code() != "ACCESS_DENIED" {
			t.Errorf("%s: %s", doc, a.raw)
		}
	}
}

func TestFill_IsQuickToMakeAndToSearch(t *testing.T) {
	t.Parallel()
	s, _ := goods(t, Options{})
	s.Fill(3000, 3)
	began := time.Now()
	doc := operation(t, "variants_page")
	for i := range 50 {
		var terms []string
		for j := 1; j <= 20; j++ {
			terms = append(terms, fmt.Sprintf("sku:'SKU-%05d-1'", i*20+j))
		}
		if got := readSKUs(t, s, doc, 250, strings.Join(terms, " OR ")); len(got) != 20 {
			t.Fatalf("got %d of 20", len(got))
		}
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("50 searches took %s", took)
	}
	t.Logf("50 searches of 20 SKUs among 9 000: %s", time.Since(began))
}
