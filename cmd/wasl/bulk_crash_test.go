package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wasl/stages/load/shopify/shopifytest"
)

// bulkItems are enough for three lines.
const bulkItems = 600

// newBulkNight is a folder with one stock file, whose balances leave as a bulk
// operation.
func newBulkNight(t *testing.T) *crashNight {
	t.Helper()
	n := &crashNight{t: t, dir: t.TempDir(), world: &world{}}
	var variants []shopifytest.Variant
	var file strings.Builder
	file.WriteString("Item Code,Warehouse,Quantity\n")
	for i := range bulkItems {
		sku := fmt.Sprintf("P-%03d", i)
		variants = append(variants, shopifytest.Variant{SKU: sku, Stock: map[string]shopifytest.Levels{cairo: {Available: 1}}})
		fmt.Fprintf(&file, "%s,01,%d\n", sku, i+2)
	}
	n.world.shopify = shopifytest.New(shopifytest.Options{Domain: "nour.myshopify.com", Name: "Nour", ClientID: "client", ClientSecret: "hush-shopify",
		Locations: []shopifytest.Location{{ID: cairo, Name: "Cairo"}, {ID: alexandria, Name: "Alexandria"}}, Variants: variants, BulkPolls: 1})
	n.world.eta = startETA()
	t.Cleanup(n.world.close)
	if code, out := n.wasl("init", n.dir); code != 0 {
		t.Fatalf("init: exit %d\n%s", code, out)
	}
	if err := n.world.furnish(n.dir); err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(n.dir, configName)
	text, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("\nshopify:"), []byte("\nshopify:\n  bulk_above: 300"), 1)
	if err := os.WriteFile(settings, text, 0o600); err != nil {
		t.Fatal(err)
	}
	n.put("stock.csv", file.String())
	return n
}

// later lets ten minutes pass for what is on its way: the ledger's own times go
// back, because nobody can turn the program's clock.
func (n *crashNight) later() {
	n.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(n.dir, "state", "wasl.db"))
	if err != nil {
		n.t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.Exec(`UPDATE batches SET taken = taken - ?1, due = due - ?1 WHERE holds <> 'final'`, int64(10*time.Minute)); err != nil {
		n.t.Fatal(err)
	}
}

// judgeBulk counts at the other side: each balance once, no file started twice.
func (n *crashNight) judgeBulk() {
	n.t.Helper()
	changes := map[string]int{}
	for _, e := range n.world.shopify.State().History {
		if changes[e.SKU]++; changes[e.SKU] > 1 {
			n.t.Fatalf("%s was set %d times", e.SKU, changes[e.SKU])
		}
	}
	if len(changes) != bulkItems {
		n.t.Errorf("%d balances were set, want %d", len(changes), bulkItems)
	}
	started := 0
	for _, o := range n.world.shopify.BulkOperations() {
		if o.Type == "MUTATION" {
			started++
		}
	}
	if started != 1 {
		n.t.Errorf("%d operations were started for one file", started)
	}
	for _, q := range n.world.shopify.Quantities() {
		var i int
		if _, err := fmt.Sscanf(q.SKU, "P-%d", &i); err != nil || q.Available != i+2 {
			n.t.Fatalf("%s is %d: %v", q.SKU, q.Available, err)
		}
	}
	for _, v := range n.world.shopify.Judge() {
		n.t.Errorf("shopify: %s: %s", v.Rule, v.Text)
	}
}

// TestCrash_Bulk kills the program at each request by which a bulk operation is
// started, asked about and read, before and after it was done (RELIABILITY 3.5, rows
// 19 and 20).
func TestCrash_Bulk(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("ten nights")
	}
	for _, request := range []string{"stagedUploadsCreate", "upload", "bulkOperationRunMutation", "BulkOperationStatus", "download"} {
		for _, after := range []bool{false, true} {
			t.Run(request+map[bool]string{false: "/before", true: "/after"}[after], func(t *testing.T) {
				t.Parallel()
				n := newBulkNight(t)
				var fired atomic.Bool
				kill := func() { fired.Store(true); n.kill() }
				fault := shopifytest.KillBefore(kill)
				if after {
					fault = shopifytest.KillAfter(kill)
				}
				n.world.shopify.Fault(request, 1, fault)
				if code, out := n.wasl("run"); code != -1 || !fired.Load() {
					t.Fatalf("not killed, and ends with %d:\n%s", code, out)
				}
				for try := 1; ; try++ {
					code, out := n.wasl("run")
					if code == 0 {
						break
					}
					if try == 4 {
						t.Fatalf("after the crash, run ends with %d:\n%s", code, out)
					}
					n.later()
				}
				n.judgeBulk()
			})
		}
	}
}
