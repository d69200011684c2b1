package shopify

import (
	"fmt"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/shopify/shopifytest"
)

// planned are documents of a file that are ready to leave.
func (h *house) planned(t *testing.T, kind string, rows ...row) []pipeline.Document {
	t.Helper()
	var docs []pipeline.Document
	for _, p := range h.plan(kind, rows...).Docs {
		if len(p.Problems) > 0 || p.Same || p.Left != "" {
			t.Fatalf("%s: %+v", kind, p)
		}
		p.Doc.Kind = kind
		docs = append(docs, p.Doc)
	}
	return docs
}

// priceEffects are the changes of prices, an entry each.
func (h *house) priceEffects() []string {
	var out []string
	for _, p := range h.Products() {
		for _, v := range p.Variants {
			for _, c := range h.ChangesOf(v.ID) {
				if c.Field == "price" {
					out = append(out, v.SKU+" "+c.To)
				}
			}
		}
	}
	return out
}

// worldOf is what sinktest is to know of a kind that sets prices. Refuse is left
// out: what is right beside a refused row is set, as TestPrice_PartlyRefused shows.
func (h *house) worldOf(t *testing.T, kind string, row func(sku string, i int) row) sinktest.World {
	return sinktest.World{
		Sink: h.sink, Freeze: h.kindOf(kind).Freeze, Upsert: true,
		Docs: func(texts []string) []pipeline.Document {
			var rows []map[string]string
			for i, text := range texts {
				sku := pipeline.Clean(text)
				h.AddVariant(shopifytest.Variant{SKU: sku, Product: "one of " + texts[0], Options: []string{fmt.Sprint("V", i)}})
				rows = append(rows, row(sku, i))
			}
			return h.planned(t, kind, asRows(rows)...)
		},
		Effects: h.priceEffects,
		Lose: func() {
			h.Fault("ProductVariantsBulkUpdate", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter})
		},
		Full: func() {
			h.Fault("ProductVariantsBulkUpdate", 0, shopifytest.Fault{Kind: shopifytest.FaultThrottled})
		},
		Mend: func() { h.ClearFaults(); h.clock.advance(time.Minute) },
	}
}

func asRows(all []map[string]string) []row {
	var out []row
	for _, r := range all {
		out = append(out, r)
	}
	return out
}

func TestSink_Prices(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		h := openHouse(t, shopifytest.Options{})
		return h.worldOf(t, kindPrice, func(sku string, i int) row { return row{"code": sku, "price": fmt.Sprint(i + 1)} })
	})
}

func TestSink_Promotions(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		h := openHouse(t, shopifytest.Options{})
		return h.worldOf(t, kindPromotion, func(sku string, i int) row { return row{"code": sku, "price": fmt.Sprint(i + 1), "ends": "2026-12-31"} })
	})
}

func TestSink_Discounts(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		h := openHouse(t, shopifytest.Options{})
		fault := func(n int, f shopifytest.Fault) { h.Fault("DiscountCodeBasicCreate", n, f) }
		return sinktest.World{
			Sink: h.sink, Upsert: true,
			Docs: func(texts []string) []pipeline.Document {
				var rows []map[string]string
				for i, text := range texts {
					title := []rune(fmt.Sprint(i, " ", pipeline.Clean(text))) // 255 letters at most
					rows = append(rows, row{"title": string(title[:min(len(title), 200)]), "code": fmt.Sprint("CODE-", i, "-", len(text)), "percent": "10"})
				}
				return h.planned(t, kindDiscount, asRows(rows)...)
			},
			Effects: func() []string {
				var out []string
				for _, d := range h.Discounts() {
					out = append(out, d.Title+" "+d.Value)
				}
				return out
			},
			Lose: func() { fault(1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter}) },
			Full: func() { fault(0, shopifytest.Fault{Kind: shopifytest.FaultThrottled}) },
			Mend: func() { h.ClearFaults(); h.clock.advance(time.Minute) },
		}
	})
}

// A bulk operation whose start was lost is found again by the batch's ID, and one
// whose result was cut off is read again.
func TestPrice_BulkIsFoundAgain(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(*house){
		"in order": func(*house) {},
		"start lost": func(h *house) {
			h.Fault("BulkOperationRunMutation", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter})
		},
		"result cut": func(h *house) { h.Fault("download", 2, shopifytest.Fault{Kind: shopifytest.FaultHalf}) },
		"never got there": func(h *house) {
			h.Fault("BulkOperationRunMutation", 1, shopifytest.Fault{Kind: shopifytest.FaultResetBefore})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := openHouse(t, shopifytest.Options{BucketSize: 100_000})
			h.Fill(150, 2)
			var rows []row
			for i := 1; i <= 150; i++ {
				for j := 1; j <= 2; j++ {
					rows = append(rows, row{"code": fmt.Sprintf("SKU-%05d-%d", i, j), "price": fmt.Sprint(1000 + i)})
				}
			}
			p := h.plan(kindPrice, rows...)
			fault(h)
			h.DeleteVariant("SKU-00007-2")
			h.carry(kindPrice, p)
			if n := len(h.priceEffects()); n != 299 {
				t.Errorf("%d prices are set of 299", n)
			}
			for _, sku := range []string{"SKU-00001-1", "SKU-00007-1", "SKU-00150-2"} {
				if state := h.docs["price/"+sku].State; state != pipeline.Delivered {
					t.Errorf("%s is %s", sku, state)
				}
			}
			if why := h.why["price/SKU-00007-2"]; len(why) != 1 || why[0].Rule != "shopify.refused" || why[0].Row != 15 {
				t.Errorf("told: %+v", why)
			}
			if n := len(h.CallsOf("ProductVariantsBulkUpdate")); n > 0 {
				t.Errorf("%d direct calls", n)
			}
			h.clean(t)
		})
	}
}
