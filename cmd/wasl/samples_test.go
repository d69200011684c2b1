package main

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wasl/stages/load/shopify/shopifytest"
)

// The shop's own exports, as real shops wrote them, are sources as they are. They lie
// beside the repository, where somebody has them.
func TestSamples_OfTheShopAreSources(t *testing.T) {
	t.Parallel()
	samples := filepath.Join("..", "..", "..", "shared", "reference", "shopify", "samples")
	for _, c := range []struct {
		file, as, flow string
		sku, price     string // columns of what the shop is to have
		want           string
	}{
		{"discounts/discounts_2024_17col.csv", "discounts_export.csv", "shopify-discounts", "", "", "made"},
		{"products/products_2025_category_metafields_69col.csv", "shop-prices.csv", "shopify-prices", "Variant SKU", "Variant Price", "unchanged"},
		{"products/products_new_template_57col.csv", "shop-prices.csv", "shopify-prices", "SKU", "Price", "unchanged"},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join(samples, filepath.FromSlash(c.file)))
			if os.IsNotExist(err) {
				t.Skip("the samples are not here")
			}
			if err != nil {
				t.Fatal(err)
			}
			s := &bookedShop{world: &world{}, t: t, dir: t.TempDir()}
			s.start(shelfOf(t, string(text), c.sku, c.price))
			t.Cleanup(s.close)
			if code, said := s.wasl("init", s.dir); code != 0 {
				t.Fatal(said)
			}
			if err := s.furnish(s.dir); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(s.dir, "inbox", c.as), text, 0o644); err != nil {
				t.Fatal(err)
			}
			code, said := s.wasl("run")
			if code != 0 && code != 3 || !strings.Contains(said, c.flow) {
				t.Fatalf("code %d\n%s", code, said)
			}
			switch discounts := len(s.shopify.Discounts()); {
			case c.want == "made" && discounts == 0:
				t.Error("no discount of the export was made")
			case c.want == "unchanged" && (len(s.shopify.Mutations()) > 0 || !strings.Contains(said, "unchanged")):
				t.Errorf("an export of the shop changed the shop:\n%s", said)
			}
		})
	}
}

// shelfOf is the shop that a product export is of: its SKUs, at its prices.
func shelfOf(t *testing.T, text, sku, price string) []shopifytest.Variant {
	t.Helper()
	if sku == "" {
		return nil
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{}
	for i, name := range rows[0] {
		at[name] = i
	}
	var out []shopifytest.Variant
	for _, row := range rows[1:] {
		if row[at[sku]] != "" {
			out = append(out, shopifytest.Variant{SKU: row[at[sku]], Price: row[at[price]]})
		}
	}
	return out
}
