package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/mappings"
	"wasl/pipeline"
	"wasl/stages/load/shopify"
	"wasl/stages/load/shopify/shopifytest"
	"wasl/stages/transform"
)

// What becomes of product exports of Shopify as a source, layout by layout: rows,
// products that would be made with their variants, and the rules by which others
// are held. Files beginning with ../ are real ones, which are not everywhere.
func TestProductExports(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, want string }{
		{"products_export_markets.csv", "6 rows, 2 products, 3 variants, product.twice 1"},
		{"products_export_locations.csv", "4 rows, 2 products, 3 variants"},
		{"products_export_metafields.csv", "3 rows, 1 products, 2 variants"},
		{"products_export_minimal.csv", "2 rows, 2 products, 2 variants"},
		{"products_export_new.csv", "3 rows, 1 products, 2 variants"},
		{"../products_2023_market_columns_50col.csv", "131 rows, 1 products, 1 variants, product.twice 61"},
		{"../products_2023_no_inventory_qty_50col.csv", "13 rows, 5 products, 10 variants, product.twice 1"},
		{"../products_2025_category_metafields_69col.csv", "7 rows, 3 products, 7 variants"},
		{"../products_minimal_11col.csv", "7 rows, 7 products, 7 variants"},
		{"../products_new_template_57col.csv", "24 rows, 3 products, 24 variants"},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("..", "..", "testdata", "products", c.file)
			if name, ok := strings.CutPrefix(c.file, "../"); ok {
				path = filepath.Join("..", "..", "..", "shared", "reference", "shopify", "samples", "products", name)
				if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
					t.Skip("the real exports are not on this machine")
				}
			}
			if got := exported(t, path); got != c.want {
				t.Errorf("%s\n got %s\nwant %s", path, got, c.want)
			}
		})
	}
}

// exported reads an export by the shipped mapping and plans it against an empty shop.
func exported(t *testing.T, path string) string {
	t.Helper()
	s := shopifytest.New(shopifytest.Options{Scopes: shopifytest.GoodsScopes, Unthrottled: true})
	t.Cleanup(s.Close)
	sink, err := shopify.New(shopify.Config{Shop: "wasl-test.myshopify.com", BaseURL: s.URL(), AccessToken: "main"}, shopify.Deps{
		Secret: func(string) (pipeline.Secret, error) { return pipeline.NewSecret("shpat_standin"), nil }, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	doors := []door{{section: "shopify", lane: sink.Lane(), sink: sink, kinds: sink.Kinds()}}
	text, err := fs.ReadFile(mappings.Files, "shopify-products-export.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := &Config{zone: time.UTC, Language: "en"}
	m, findings := transform.Parse("shopify-products-export.yaml", text, transformDeps(c, doors, lookupIn(t.Context(), noTables{})))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	flow := newFlow("", m, doors).flow
	file, drop, err := openToTry(c, path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }() // it was only read
	var g exportDocs
	reading, err := pipeline.Try(t.Context(), flow, drop, file, &g)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := sink.Plan(t.Context(), pipeline.Question{Kind: flow.Kind.Name, Settings: flow.Settings, Docs: g.docs})
	if err != nil {
		t.Fatal(err)
	}
	variants, products := 0, 0
	for _, p := range plan.Docs {
		for _, wrong := range p.Problems {
			g.rule(wrong)
		}
		if len(p.Problems) > 0 {
			continue
		}
		products++
		for _, change := range p.Doc.Changes {
			if strings.HasPrefix(change.Field, "variant ") {
				variants++
			}
		}
	}
	out := fmt.Sprintf("%d rows, %d products, %d variants", reading.Rows, products, variants)
	for _, rule := range slices.Sorted(maps.Keys(g.rules)) {
		out += fmt.Sprintf(", %s %d", rule, g.rules[rule])
	}
	return out
}

// exportDocs keeps the documents that could be built, and counts what others are held by.
type exportDocs struct {
	docs  []pipeline.Document
	rules map[string]int
}

func (h *exportDocs) rule(p pipeline.Problem) {
	if h.rules == nil {
		h.rules = map[string]int{}
	}
	h.rules[string(p.Rule)]++
}

func (h *exportDocs) Document(d pipeline.Document, _ int, problems []pipeline.Problem) error {
	for _, p := range problems {
		h.rule(p)
	}
	if d.State == pipeline.Ready {
		h.docs = append(h.docs, d)
	}
	return nil
}

func (h *exportDocs) Problem(p pipeline.Problem) error {
	h.rule(p)
	return nil
}
