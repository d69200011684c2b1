package eta

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What the item list is told of an article is what the receipts with it would be held for, and nothing else. (A unit is
// the exception: a receipt takes EA for none.)
func TestCheckItem_SaysWhatBuildSays(t *testing.T) {
	t.Parallel()
	s := demoSink(t, nil)
	good := Item{Code: "EG-100200300-MUG", Type: "EGS", Unit: "EA", VATType: "V009", VATRate: "14"}
	for name, c := range map[string]struct {
		change func(*Item)
		want   []string
	}{
		"right":                     {func(*Item) {}, nil},
		"type told from the code":   {func(i *Item) { i.Code, i.Type = "6223000351321", "" }, nil},
		"type in small letters":     {func(i *Item) { i.Type = "egs" }, nil},
		"general rate not said":     {func(i *Item) { i.VATRate = "" }, nil},
		"general subtype not said":  {func(i *Item) { i.VATType = "" }, nil},
		"another rate not said":     {func(i *Item) { i.VATType, i.VATRate = "V010", "" }, []string{"eta.vat"}},
		"another subtype not said":  {func(i *Item) { i.VATType, i.VATRate = "", "5" }, []string{"eta.vat"}},
		"a rate against its type":   {func(i *Item) { i.VATType = "V003" }, []string{"eta.vat"}},
		"a code of another company": {func(i *Item) { i.Code = "EG-999888777-MUG" }, []string{"eta.egs"}},
		"a check digit":             {func(i *Item) { i.Code, i.Type = "6223000351322", "" }, []string{"eta.gtin"}},
		"a code that is too long":   {func(i *Item) { i.Code += strings.Repeat("9", 100) }, []string{"eta.length"}},
		"a type of its own":         {func(i *Item) { i.Type = "SKU" }, []string{"eta.choice"}},
		"a unit of its own":         {func(i *Item) { i.Unit = "BOBBIN" }, []string{"eta.unit"}},
	} {
		i := good
		c.change(&i)
		var item, receipt []string
		for _, p := range s.config.CheckItem("MUG", "مج", i, "2026-11-24") {
			item = append(item, string(p.Rule))
		}
		_, problems := build(t, s, saleOf(t, row{"order.total": "114.00"}, goodsRow("MUG", "1", "114.00", "item.code", i.Code,
			"item.type", i.Type, "item.unit", i.Unit, "item.vat_type", i.VATType, "item.vat_rate", i.VATRate)))
		for _, p := range problems {
			receipt = append(receipt, string(p.Rule))
		}
		if diff := cmp.Diff(c.want, item); diff != "" || !slices.Equal(item, receipt) {
			t.Errorf("%s: the item list is told %v, a receipt is held for %v, want %v", name, item, receipt, c.want)
		}
	}
}
