//go:build unix

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wasl/stages/load/shopify/shopifytest"
)

// BenchmarkStockNight is the whole program at a stock file of 100,000 rows, all of
// which change: how long it takes, and the most memory that the program holds; the
// shop is not in it.
//
//	go test -run none -bench StockNight -benchtime 1x ./cmd/wasl
func BenchmarkStockNight(b *testing.B) {
	const rows = 100_000
	var file strings.Builder
	file.WriteString("Item Code;Item Name;Warehouse;Quantity\r\n")
	variants := make([]shopifytest.Variant, rows)
	for i := range rows {
		variants[i] = shopifytest.Variant{SKU: fmt.Sprintf("SKU-%06d", i), Stock: map[string]shopifytest.Levels{cairo: {Available: i % 50}}}
		fmt.Fprintf(&file, "SKU-%06d;Item %d;01;%d\r\n", i, i, i%50+1)
	}
	for b.Loop() {
		b.StopTimer()
		w := &world{}
		w.shopify = shopifytest.New(shopifytest.Options{Domain: "nour.myshopify.com", ClientID: "client", ClientSecret: "hush-shopify",
			Locations: []shopifytest.Location{{ID: cairo, Name: "Cairo"}, {ID: alexandria, Name: "Alexandria"}}, Variants: variants,
			BucketSize: 1e9, RestoreRate: 1e9})
		w.eta = startETA()
		dir := b.TempDir()
		if code := run(b.Context(), []string{"init", dir}, nil, &bytes.Buffer{}, &bytes.Buffer{}, os.Getenv); code != 0 {
			b.Fatal("init")
		}
		if err := w.furnish(dir); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "inbox", "stock.csv"), []byte(file.String()), 0o644); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		self, err := os.Executable()
		if err != nil {
			b.Fatal(err)
		}
		cmd := exec.CommandContext(b.Context(), self, "run", "-C", dir)
		peak := filepath.Join(dir, "peak")
		cmd.Env = append(os.Environ(), programVariable+"=1", peakVariable+"="+peak)
		began := time.Now()
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/night")
		text, err := os.ReadFile(peak) // the system's own count begins with what the stand-in holds
		if err != nil {
			b.Fatal(err)
		}
		var kib float64
		if _, err := fmt.Sscan(string(text), &kib); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(kib/1024, "MiB-at-most")
		b.StopTimer()
		changes, calls := len(w.shopify.State().History), len(w.shopify.Calls())
		if changes != rows {
			b.Fatalf("%d balances changed", changes)
		}
		b.ReportMetric(float64(calls), "calls")
		w.close()
		b.StartTimer()
	}
}
