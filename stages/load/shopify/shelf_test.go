package shopify

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
	"wasl/stages/load/shopify/shopifytest"
)

// quick is a sink for which waiting moves the shop's clock and nothing else.
func (s *shop) quick(t testing.TB, change ...func(*Deps)) *Sink {
	t.Helper()
	d := Deps{Now: s.clock.now, Version: "test",
		Secret: func(string) (pipeline.Secret, error) { return pipeline.NewSecret("shpat_standin"), nil },
		Wait:   func(ctx context.Context, wait time.Duration) error { s.clock.advance(wait); return ctx.Err() }}
	for _, f := range change {
		f(&d)
	}
	sink, err := New(s.config(), d)
	if err != nil {
		t.Fatal(err)
	}
	return sink
}

// define makes the definition of our key for variants.
func (s *shop) define(t *testing.T, sink *Sink, filterable bool) {
	t.Helper()
	op := admin.Operation{Name: "Define", Cost: 10, Text: `mutation Define($d: MetafieldDefinitionInput!) {
  metafieldDefinitionCreate(definition: $d) { userErrors { field message code } }
}`}
	for owner, key := range map[string]string{"PRODUCTVARIANT": keyItemCode, "PRODUCT": keyItemGroup} {
		r, err := sink.door.Query(t.Context(), op, map[string]any{"d": map[string]any{
			"name": key, "namespace": ownNamespace, "key": key, "ownerType": owner, "type": "id",
			"capabilities": map[string]any{"uniqueValues": map[string]bool{"enabled": true}, "adminFilterable": map[string]bool{"enabled": filterable}}}})
		if err != nil || strings.Contains(string(r.Data), `"code"`) {
			t.Fatalf("%s: %s %v", key, r.Data, err)
		}
	}
}

// filled is a shop with everything that makes reading hard.
func filled(t *testing.T) *shop {
	t.Helper()
	s := open(t, shopifytest.Options{BucketSize: 100_000, Scopes: shopifytest.GoodsScopes})
	s.AddProduct(shopifytest.Product{Title: "قميص قطن", Handle: "shirt", Vendor: "Wasl", Type: "Shirts", Tags: []string{"b", "a"},
		DescriptionHTML: "<p>قطن</p>", Options: []shopifytest.Option{{Name: "Size"}},
		Metafields: map[string]string{"wasl.item_group": "G-1"},
		Media:      []shopifytest.Picture{{Source: "https://example.com/2.jpg", Alt: "two"}, {Source: "https://example.com/1.jpg"}, {Source: "https://example.com/3.jpg"}, {Source: "https://example.com/0.jpg"}},
		Variants: []shopifytest.Variant{
			{SKU: "SH-S", Barcode: "622-1", Price: "199.00", CompareAtPrice: "249.50", Options: []string{"S"}, Cost: "80.25", Weight: "250 GRAMS",
				HSCode: "610910", Origin: "EG", Metafields: map[string]string{"wasl.item_code": "C-1"}, Stock: map[string]shopifytest.Levels{"Cairo": {Available: 3, Committed: 2}, "Giza": {Available: -1}}},
			{SKU: "SH-M", Barcode: "622-2", Price: "199.00", Options: []string{"M"}, Policy: "CONTINUE", Untaxed: true},
			{SKU: "sh-l", Options: []string{"L"}, Untracked: true},
		}})
	s.AddVariant(shopifytest.Variant{SKU: "O'Neil \\ (x)", Barcode: "622-1"})
	s.AddVariant(shopifytest.Variant{SKU: "D-1"})
	s.AddVariant(shopifytest.Variant{SKU: "D-1"})
	s.AddVariant(shopifytest.Variant{SKU: "Q 7", Barcode: "SH-M"})
	return s
}

var asked = []string{"C-1", "SH-S", "SH-M", "SH-L", "622-1", "622-2", `O'Neil \ (x)`, "D-1", "Q7", "sh-m", "nobody", " SH-S "}

// told is what a shelf says of codes, in text: the same however it was read.
func told(t *testing.T, h *shelf, codes []string) []string {
	t.Helper()
	names := func(all []*variant) (out []string) {
		for _, v := range all {
			out = append(out, v.SKU)
		}
		return out
	}
	var out []string
	for _, code := range distinct(codes) {
		v, by, candidates := h.find(code, code, code, nil)
		line := fmt.Sprintf("%s: %s %q", code, by, names(candidates))
		if v != nil {
			whole, err := json.Marshal(struct { // its product without its variants, which would lead back
				*variant
				Pictures []media
			}{v, v.Product.Media})
			if err != nil {
				t.Fatal(err)
			}
			line += " " + string(whole) + fmt.Sprintf(" of %q with %d pictures", names(v.Product.Variants), len(v.Product.Media))
			for spot, l := range h.levels {
				if spot.item == v.Item.ID {
					out = append(out, fmt.Sprintf("%s: %s %+v", code, spot.location, l))
				}
			}
		}
		out = append(out, line)
	}
	slices.Sort(out)
	return out
}

const everything = needCodes | needDetail | needLevels | needWhole | needText | needMedia

// Searched for, read by pages, read by bulk operations: the shop is the same.
func TestSurvey_EveryWayTellsTheSame(t *testing.T) {
	t.Parallel()
	s := filled(t)
	sink := s.quick(t)
	s.define(t, sink, true)
	ways := map[string]way{"search": sink.bySearch, "pages": sink.byPages, "bulk": sink.byBulk}
	read := map[string][]string{}
	for name, way := range ways {
		h := newShelf(quantityAvailable)
		if err := sink.readPlaces(t.Context(), h); err != nil {
			t.Fatal(err)
		}
		if err := run(t.Context(), h, way(everything, wanted{codes: distinct(asked)})); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		h.settle()
		read[name] = told(t, h, asked)
	}
	for name := range ways {
		if diff := cmp.Diff(read["pages"], read[name]); diff != "" {
			t.Errorf("pages and %s differ: %s", name, diff)
		}
	}
	text := strings.Join(read["search"], "\n")
	for _, part := range []string{
		`C-1: id [] {"id":"gid://shopify/ProductVariant/`, `"price":"199"`, `"compareAtPrice":"249.5"`, `"amount":"80.25"`,
		`"harmonizedSystemCode":"610910","countryCodeOfOrigin":"EG"`, `"selectedOptions":[{"name":"Size","value":"S"}]`, `"itemGroup":"G-1"`,
		`of ["SH-S" "SH-M" "sh-l"] with 4 pictures`, `"optionValues":[{`, `"descriptionHtml":`, s.cairo + ` {Available:3 OnHand:5 Committed:2}`, s.giza + ` {Available:-1 OnHand:-1 Committed:0}`,
		`622-1: barcode ["SH-S" "O'Neil \\ (x)"]`, `622-2: barcode []`, `D-1: sku ["D-1" "D-1"]`, `SH-L: near ["sh-l"]`, `Q7: near ["Q 7"]`, `nobody:  []`,
		`O'Neil \ (x): sku []`, `SH-M: barcode []`, // a barcode goes before a SKU
	} {
		if !strings.Contains(text, part) {
			t.Errorf("%s is missing in\n%s", part, text)
		}
	}
	s.clean(t)
}

func names(calls []shopifytest.Call) map[string]int {
	out := map[string]int{}
	for _, c := range calls {
		out[c.Operation]++
	}
	return out
}

func TestSurvey_ChoosesTheCheapestWay(t *testing.T) {
	t.Parallel()
	many := make([]string, mostSearched+1)
	for i := range many {
		many[i] = fmt.Sprintf("X-%04d", i)
	}
	cases := map[string]struct {
		need    need
		codes   []string
		more    int  // variants in the shop
		defined bool // our key
		filter  bool // and can be searched for
		want    string
	}{
		"few":            {0, []string{"SH-S"}, 0, false, false, "VariantsFound"},
		"a hundred":      {0, many[:100], 0, false, false, "VariantsFound VariantsFound"},
		"balances":       {needLevels, []string{"SH-S"}, 0, false, false, "InventoryLevelsOfItems InventoryLevelsOfItems Locations VariantsFound"},
		"keys":           {needCodes, []string{"C-1"}, 0, true, true, "VariantsFoundC"},
		"no key yet":     {needCodes, []string{"C-1"}, 0, false, false, "VariantsCount VariantsFoundC VariantsPageC"},
		"not filterable": {needCodes, []string{"C-1"}, 0, true, false, "VariantsCount VariantsFoundC VariantsPageC"},
		"many, small":    {0, many, 0, false, false, "VariantsCount VariantsPage"},
		"many, large":    {0, many, 1100, false, false, "BulkOperationRunQuery BulkOperationStatus BulkOperationStatus VariantsCount"},
		"all, large": {needLevels, nil, 1100, false, false,
			"BulkOperationRunQuery BulkOperationRunQuery BulkOperationStatus BulkOperationStatus BulkOperationStatus BulkOperationStatus Locations VariantsCount"},
		"nothing": {0, []string{}, 0, false, false, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := filled(t)
			sink := s.quick(t)
			if c.defined {
				s.define(t, sink, c.filter)
			}
			if c.more > 0 {
				s.Fill(c.more/10, 10)
			}
			before := names(s.Calls())
			if _, err := sink.survey(t.Context(), c.need, c.codes); err != nil {
				t.Fatal(err)
			}
			var got []string
			after := names(s.Calls())
			for _, op := range slices.Sorted(maps.Keys(after)) {
				for range after[op] - before[op] {
					if op != "" { // a file
						got = append(got, op)
					}
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("asked %s, want %s", strings.Join(got, " "), c.want)
			}
			s.clean(t)
		})
	}
}

// Where bulk operations may not be used, the shop is read by pages.
func TestSurvey_BulkRefused(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"ACCESS_DENIED", "TIMEOUT"} {
		s := filled(t)
		s.Fill(110, 10)
		s.PlanBulk(shopifytest.BulkPlan{End: "FAILED", Code: code})
		sink := s.quick(t)
		h, err := sink.survey(t.Context(), 0, nil)
		if code == "TIMEOUT" {
			if err == nil || notInBulk(err) {
				t.Errorf("%s is cured by time: %v", code, err)
			}
			continue
		}
		if err != nil || len(h.variants) < 1100 || len(s.CallsOf("VariantsPage")) != 5 {
			t.Errorf("%s: %d variants by %d pages, %v", code, len(h.variants), len(s.CallsOf("VariantsPage")), err)
		}
	}
}

// A shop of 620 items takes three pages of variants and of levels. A page whose
// answer is lost is asked for again where it is: nothing that was read before is
// read again.
func TestSurvey_GoesOnWhereAnAnswerWasLost(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{BucketSize: 100_000})
	for i := range 620 {
		s.AddSKU(fmt.Sprintf("P-%03d", i), i)
	}
	s.Fault("VariantsPage", 2, shopifytest.Fault{Kind: shopifytest.FaultHalf})
	s.Fault("InventoryLevelsAtLocation", 3, shopifytest.Fault{Kind: shopifytest.FaultStatus, Status: 502})
	h, err := s.quick(t).survey(t.Context(), needLevels, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{0, 249, 250, 499, 500, 619} {
		v, _, _ := h.find("", fmt.Sprintf("P-%03d", i), "", nil)
		if v == nil || h.levels[spot{v.Item.ID, s.cairo}].Available != int64(i) {
			t.Errorf("P-%03d: got %+v", i, v)
		}
	}
	if v, l := len(s.CallsOf("VariantsPage")), len(s.CallsOf("Locations")); v != 4 || l > 1 {
		t.Errorf("variants were asked for %d times, locations %d times", v, l)
	}
	s.clean(t)
}

// A page that takes too long is asked for again, half as large.
func TestSurvey_HalvesAPageThatTakesTooLong(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	s.Fault("VariantsPage", 1, shopifytest.Fault{Kind: shopifytest.FaultStatus, Status: 504})
	h, err := s.quick(t).survey(t.Context(), 0, nil)
	if err != nil || len(h.variants) != 3 {
		t.Errorf("got %v, %v", h, err)
	}
	if calls := s.CallsOf("VariantsPage"); len(calls) != 2 || string(calls[1].Variables) != `{"after":null,"first":125}` {
		t.Errorf("got %s", calls[1].Variables)
	}
}

// A product with more variants than one answer brings.
func TestSurvey_ProductWithManyVariants(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{BucketSize: 100_000})
	s.Fill(1, 300)
	h, err := s.quick(t).survey(t.Context(), needWhole, []string{"SKU-00001-7"})
	if err != nil {
		t.Fatal(err)
	}
	v, _, _ := h.find("", "SKU-00001-7", "", nil)
	if v == nil || len(v.Product.Variants) != 300 || v.Product.Variants[299].Position != 300 {
		t.Errorf("got %+v", v)
	}
	s.clean(t)
}

// A group is found by its own key, although nobody asks for one of its variants.
func TestSurvey_GroupWithoutItsVariants(t *testing.T) {
	t.Parallel()
	for _, filterable := range []bool{true, false} {
		s := filled(t)
		sink := s.quick(t)
		s.define(t, sink, filterable)
		h, err := sink.survey(t.Context(), needCodes|needWhole, []string{"D-1"}, "G-1", "G-2")
		if err != nil {
			t.Fatal(err)
		}
		if p := h.groups["G-1"]; p == nil || p.Handle != "shirt" || len(p.Variants) != 3 || h.groups["G-2"] != nil {
			t.Errorf("filterable %v: got %+v", filterable, p)
		}
	}
}

func TestShelf_VariantReadTwiceCountsOnce(t *testing.T) {
	t.Parallel()
	h := newShelf(quantityAvailable)
	for _, id := range []string{"1", "2", "1"} {
		h.add(&variant{ID: id, SKU: " A-1 "})
	}
	if n := len(h.bySKU["A-1"]); n != 2 {
		t.Errorf("%d variants, want 2", n)
	}
}
