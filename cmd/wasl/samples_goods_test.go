package main

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// What the shop has of an item at a place afterwards is what the file says, where it says
// a number once: rows without a SKU, and those that speak twice of the same, are held.
func TestSamples_StockAddsUp(t *testing.T) {
	t.Parallel()
	for file, places := range map[string][]string{
		"inventory/inventory_2025_on_hand_new_19col.csv":      {"Rua do Exemplo 100"},
		"inventory/inventory_mid_states_17col.csv":            {"Shop location"},
		"inventory/inventory_old_one_column_per_location.csv": {"100 Example St", "Printful", "Amazon MCF by Codisto"},
		"inventory/inventory_old_single_location.csv":         {"POPTOYS"},
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			f := readSample(t, file)
			says := map[[2]string][]string{} // SKU and place: what the rows say
			rows := 0
			for _, row := range f.rows {
				for _, place := range places {
					n := f.cell(row, place)
					if f.cell(row, "Location") == place {
						n = f.cell(row, "On hand (new)", "On hand")
					}
					if n == "" || n == "not stocked" {
						continue
					}
					rows++
					if sku := f.cell(row, "SKU"); sku != "" {
						says[[2]string{sku, place}] = append(says[[2]string{sku, place}], n)
					}
				}
			}
			s := &bookedShop{world: &world{}, t: t, dir: t.TempDir()}
			ids := []string{cairo, alexandria, "gid://shopify/Location/7000000003"}
			s.openWith(places, ids, slices.Sorted(maps.Keys(skusOf(says))))
			var list []string
			for i, place := range places {
				list = append(list, strconv.Quote(place)+": "+ids[i])
			}
			said := s.takes("inventory_export.csv", f.text, `locations: {"01": "`+cairo+`", "02": "`+alexandria+`"}`, "locations: {"+strings.Join(list, ", ")+"}")
			want := map[[2]string]int{}
			for at, numbers := range says {
				if len(numbers) == 1 {
					n, err := strconv.Atoi(numbers[0])
					if err != nil {
						t.Fatal(err)
					}
					want[at] = n
				}
			}
			sum, is := 0, map[[2]string]int{}
			for _, q := range s.shopify.Quantities() {
				is[[2]string{q.SKU, q.Location}] = q.OnHand
			}
			for at, n := range want {
				if sum += n; is[at] != n {
					t.Errorf("%s at %s is %d, the file says %d", at[0], at[1], is[at], n)
				}
			}
			if got := rowsOf(s.filed("shopify-inventory")); got != rows {
				t.Errorf("%d balances are accounted for, of %d\n%s", got, rows, said)
			}
			t.Logf("%d balances, %d of them set, %d pieces", rows, len(want), sum)
		})
	}
}

func skusOf(says map[[2]string][]string) map[string]bool {
	out := map[string]bool{}
	for at := range says {
		out[at[0]] = true
	}
	return out
}

// openWith opens a shop with some places and items, of which it has none.
func (s *bookedShop) openWith(places, ids, skus []string) {
	s.t.Helper()
	var at []shopifytest.Location
	for i, name := range places {
		at = append(at, shopifytest.Location{ID: ids[i], Name: name})
	}
	var variants []shopifytest.Variant
	for _, sku := range skus {
		v := shopifytest.Variant{SKU: sku, Stock: map[string]shopifytest.Levels{}}
		for _, l := range at {
			v.Stock[l.ID] = shopifytest.Levels{}
		}
		variants = append(variants, v)
	}
	s.shopify = shopifytest.New(shopifytest.Options{Domain: "nour.myshopify.com", Name: "Nour", ClientID: "client", ClientSecret: "hush-shopify", Locations: at, Variants: variants,
		Scopes: slices.Concat(shopifytest.DefaultScopes, shopifytest.GoodsScopes, shopifytest.OrderScopes)})
	s.eta = startETA()
	s.t.Cleanup(s.close)
	if code, said := s.wasl("init", s.dir); code != 0 {
		s.t.Fatal(said)
	}
	if err := s.furnish(s.dir); err != nil {
		s.t.Fatal(err)
	}
}

// notOfHandles are what Shopify writes a dash for in a handle.
var notOfHandles = regexp.MustCompile(`[^a-z0-9]+`)

// The products that were made have the variants and the prices of their rows; the others
// are held, and no row is lost.
func TestSamples_ProductsAddUp(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"products_2023_market_columns_50col.csv", "products_2023_no_inventory_qty_50col.csv",
		"products_2025_category_metafields_69col.csv", "products_minimal_11col.csv", "products_new_template_57col.csv"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			f := readSample(t, "products/"+file)
			type goods struct {
				variants int
				price    pipeline.Decimal
			}
			says := map[string]goods{}
			for _, row := range f.rows { // rows without a SKU and a price are pictures
				price, handle := f.cell(row, "Variant Price", "Price"), notOfHandles.ReplaceAllString(strings.ToLower(f.cell(row, "Handle", "URL handle")), "-")
				if price == "" && f.cell(row, "Variant SKU", "SKU") == "" {
					continue
				}
				g := says[handle]
				says[handle] = goods{g.variants + 1, g.price.Add(decimalOf(t, price))}
			}
			s := &bookedShop{world: &world{}, t: t, dir: t.TempDir()}
			s.openWith([]string{"Cairo", "Alexandria"}, []string{cairo, alexandria}, nil)
			said := s.takes("products_export.csv", f.text)
			made := 0
			for _, p := range s.shopify.Products() {
				got := goods{variants: len(p.Variants)}
				for _, v := range p.Variants {
					got.price = got.price.Add(decimalOf(t, cmp.Or(v.Price, "0")))
				}
				if want := says[p.Handle]; want.variants != got.variants || !want.price.Equal(got.price) {
					t.Errorf("%s has %d variants of %s, the file says %d of %s", p.Handle, got.variants, got.price, want.variants, want.price)
				}
				made++
			}
			entries, delivered := s.filed("shopify-products-export"), 0
			for _, e := range entries {
				if e.State == pipeline.Delivered {
					delivered++
				} else if len(e.Why) == 0 {
					t.Errorf("%s is %s, and nobody knows why", e.Name, e.State)
				}
			}
			if got := rowsOf(entries); got != len(f.rows) || made != delivered || len(entries) != len(says) {
				t.Errorf("%d rows, %d made and %d products; the file has %d rows of %d products, %d left\n%s", got, made, len(entries), len(f.rows), len(says), delivered, said)
			}
			t.Logf("%d products, %d of them made, of %d rows", len(says), made, len(f.rows))
		})
	}
}
