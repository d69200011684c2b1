package shopify

import (
	"errors"
	"fmt"
	"testing"
)

func TestFind_InTheStatedOrder(t *testing.T) {
	t.Parallel()
	h := newShelf(quantityAvailable)
	for _, v := range []variant{
		{ID: "1", SKU: "S-1", Barcode: "B-1", ItemCode: "C-1"},
		{ID: "2", SKU: "S-2", Barcode: "B-2"},
		{ID: "3", SKU: "S-3", Barcode: "B-2"},
		{ID: "4", SKU: "C-4"},
		{ID: "5", SKU: "S 5"},
	} {
		h.add(&v)
	}
	h.table = map[string]string{"T-2": "2", "T-9": "99", "C-1": "3"}
	h.settle()
	cases := []struct {
		code, sku, barcode string
		order              []string
		want               string // id, step, candidates
	}{
		{"C-1", "S-2", "", nil, "1 id"},
		{"T-2", "S-3", "B-1", nil, "2 match"},
		{"C-1", "", "", []string{byTable, byOwnID}, "3 match"},
		{"X", "S-3", "B-2", nil, "- barcode 2 3"},     // several: no answer, and no guess by the SKU
		{"X", "S-3", "B-2", []string{bySKU}, "3 sku"}, // as the flow says
		{"X", "S-1", "", nil, "- sku 1"},              // which is C-1's
		{"", "S-1", "", nil, "1 sku"},                 // nobody says that it is another
		{"X", "C-4", "", nil, "4 sku"},
		{"T-9", "S-2", "", nil, "- match"}, // a variant that is gone
		{"X", "s-5", "", nil, "- near 5"},
		{"b1", "", "", nil, "- near 1"},
		{"X", "nobody", "", nil, "- "},
		{"", "", "", nil, "- "},
	}
	for _, c := range cases {
		v, by, candidates := h.find(c.code, c.sku, c.barcode, c.order)
		got := "- " + by
		if v != nil {
			got = v.ID + " " + by
		}
		for _, other := range candidates {
			got += " " + other.ID
		}
		if got != c.want {
			t.Errorf("%q %q %q %v: got %q, want %q", c.code, c.sku, c.barcode, c.order, got, c.want)
		}
	}
}

// What the match table names is read although no search finds it.
func TestSurvey_MatchTable(t *testing.T) {
	t.Parallel()
	s := filled(t)
	other, _ := s.Variant("Q 7")
	table := map[string]string{"ERP-1": other.ID, "ERP-2": "gid://shopify/ProductVariant/4242"}
	sink := s.quick(t, func(d *Deps) {
		d.Match = func(code string) (string, bool, error) { id, ok := table[code]; return id, ok, nil }
	})
	for _, n := range []need{0, needAll} {
		matchTable(t, sink, n)
	}
	broken := s.quick(t, func(d *Deps) {
		d.Match = func(string) (string, bool, error) { return "", false, errors.New("no table") }
	})
	if _, err := broken.survey(t.Context(), 0, []string{"A-1"}); err == nil {
		t.Error("a table that cannot be read is no empty table")
	}
}

func matchTable(t *testing.T, sink *Sink, n need) {
	t.Helper()
	h, err := sink.survey(t.Context(), n, []string{"ERP-1", "ERP-2", "SH-S"})
	if err != nil {
		t.Fatal(err)
	}
	if all := h.bySKU["SH-M"] != nil; all != n.has(needAll) {
		t.Errorf("the whole shop was read: %v", all)
	}
	for code, want := range map[string]string{"ERP-1": "Q 7 match", "ERP-2": "match", "SH-S": "SH-S sku"} {
		v, by, _ := h.find(code, code, "", nil)
		got := by
		if v != nil {
			got = fmt.Sprint(v.SKU, " ", by)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", code, got, want)
		}
	}
}
