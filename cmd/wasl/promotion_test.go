package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wasl/stages/load/shopify/shopifytest"
)

// A promotion and a new list price come in one go. Whichever is taken first, the
// promotion shows its price until it ends, and then the new list price is shown, by
// a process that has not seen it start.
func TestPromotion_EndsByItself(t *testing.T) {
	t.Parallel()
	s := &bookedShop{world: &world{}, t: t, dir: t.TempDir()}
	s.start([]shopifytest.Variant{{SKU: "A-1", Price: "100.00"}})
	t.Cleanup(s.close)
	if code, said := s.wasl("init", s.dir); code != 0 {
		t.Fatal(said)
	}
	if err := s.furnish(s.dir); err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	ends := time.Now().Add(6 * time.Second).Truncate(time.Second)
	for name, text := range map[string]string{
		"promotions.csv":  "كود الصنف,سعر العرض,إلى تاريخ\nA-1,80," + ends.In(zone).Format("2006-01-02 15:04:05") + "\n",
		"shop-prices.csv": "كود الصنف,السعر\nA-1,110\n",
	} {
		if err := os.WriteFile(filepath.Join(s.dir, "inbox", name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	code, said := s.wasl("run")
	if code != 0 {
		t.Fatalf("code %d\n%s", code, said)
	}
	if v, _ := s.shopify.Variant("A-1"); time.Now().Before(ends) && (v.Price != "80.00" || v.CompareAtPrice == "") {
		t.Errorf("while it runs: %s (%s)\n%s", v.Price, v.CompareAtPrice, said)
	}
	time.Sleep(time.Until(ends))
	if code, said = s.wasl("run"); code != 0 || !strings.Contains(said, "shopify-promotions") {
		t.Errorf("code %d\n%s", code, said)
	}
	if v, _ := s.shopify.Variant("A-1"); v.Price != "110.00" || v.CompareAtPrice != "" {
		t.Errorf("at the end: %s (%s)\n%s", v.Price, v.CompareAtPrice, said)
	}
	n := len(s.shopify.Mutations())
	if _, said = s.wasl("run"); len(s.shopify.Mutations()) != n {
		t.Errorf("it ended twice:\n%s", said)
	}
}
