package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// BenchmarkStock is a stock file of 100,000 rows, from the drop in the inbox to
// the filed plan: taken, read, mapped, held against the shop's balances and
// filed. Nothing is sent. One row in a hundred differs from what the shop has.
func BenchmarkStock(b *testing.B) {
	const rows = 100_000
	var file strings.Builder
	file.WriteString("Item Code;Item Name;Warehouse;Quantity\r\n")
	variants := make([]shopifytest.Variant, rows)
	for i := range rows {
		variants[i] = shopifytest.Variant{SKU: fmt.Sprintf("SKU-%06d", i), Stock: map[string]shopifytest.Levels{cairo: {Available: i % 50}}}
		quantity := i % 50
		if i%100 == 0 {
			quantity++
		}
		fmt.Fprintf(&file, "SKU-%06d;Item %d;01;%d\r\n", i, i, quantity)
	}
	for b.Loop() {
		b.StopTimer()
		w := &world{}
		w.shopify = shopifytest.New(shopifytest.Options{Domain: "nour.myshopify.com", ClientID: "client", ClientSecret: "hush-shopify",
			Locations: []shopifytest.Location{{ID: cairo, Name: "Cairo"}, {ID: alexandria, Name: "Alexandria"}}, Variants: variants,
			BucketSize: 1e9, RestoreRate: 1e9})
		w.eta = startETA()
		h := benchHouse(b, w)
		if err := os.WriteFile(filepath.Join(h.cfg.dir, "inbox", "stock.csv"), []byte(file.String()), 0o644); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		began := time.Now()
		taken, err := h.inbox.Once(b.Context())
		if err != nil || len(taken.Drops) != 1 {
			b.Fatalf("taken %v, %v", taken, err)
		}
		admitted := time.Since(began)
		made, err := h.steps.Prepare(b.Context(), pipeline.Job{Drop: taken.Drops[0].ID, Flow: "erp-stock"})
		if err != nil {
			b.Fatal(err)
		}
		if made.Rows != rows || made.Documents[pipeline.Ready] != rows/100 {
			b.Fatalf("prepared %+v", made)
		}
		took := time.Since(began)
		b.ReportMetric(rows/took.Seconds(), "rows/s")
		b.ReportMetric(admitted.Seconds(), "s-to-admit")
		b.StopTimer()
		if err := h.close(); err != nil {
			b.Fatal(err)
		}
		w.close()
		b.StartTimer()
	}
}

// benchHouse furnishes a house as init and the settings would.
func benchHouse(b *testing.B, w *world) *house {
	b.Helper()
	dir := b.TempDir()
	var out strings.Builder
	if code := run(b.Context(), []string{"init", dir}, nil, &out, &out, os.Getenv); code != 0 {
		b.Fatal(out.String())
	}
	if err := w.furnish(dir); err != nil {
		b.Fatal(err)
	}
	a := &app{out: &out, err: &out, getenv: os.Getenv, dir: dir}
	h, err := a.openHouse(b.Context(), func(pipeline.Event) {})
	if err != nil {
		b.Fatalf("%v\n%s", err, out.String())
	}
	return h
}
