package shopify

import (
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/shopify/shopifytest"
)

func TestPlanner_Products(t *testing.T) {
	t.Parallel()
	sinktest.RunPlanner(t, func(t *testing.T) sinktest.PlanWorld {
		s := goodsShop(t)
		s.AddProduct(shopifytest.Product{Title: "Old", Handle: "old", Tags: []string{"sale"}, Options: []shopifytest.Option{{Name: "Color"}},
			Variants: []shopifytest.Variant{{SKU: "A-1R", Price: "9.00", Options: []string{"Red"}}, {SKU: "A-1B", Price: "9.00", Options: []string{"Blue"}}}})
		sink := s.quick(t)
		return sinktest.PlanWorld{
			Sink: sink, Kind: productDesk{sink}.kind(), Settings: pipeline.Settings{"new_status": "active"},
			Wishes: func(round int) []pipeline.Document {
				pick := func(texts ...string) string { return texts[round] }
				docs, problems := buildProducts(t, nil,
					line{"group": "G-1", "code": "A-1R", "title": pick("Shirt", "Shirt 2"), "description": pick("Cotton", "Linen"), "vendor": pick("Nour", "Amal"), "type": pick("S", "T"),
						"tags": pick("a", "b"), "status": pick("active", "draft"), "published": pick("true", "false"), "option1_name": "Color", "option1": pick("Red", "Crimson"),
						"price": pick("12.50", "13"), "compare_at": pick("20", "0"), "cost": pick("8", "9"), "weight": pick("0.25", "300.5"), "weight_unit": pick("kg", "g"),
						"barcode": pick("622", "623"), "hs_code": pick("610910", "610920"), "origin": pick("EG", "TR"), "taxable": pick("true", "false"), "policy": pick("deny", "continue")},
					line{"group": "G-1", "code": "A-1B", "option1": "Blue", "price": pick("12.50", "13"), "tracked": pick("true", "false")},
					line{"group": "G-2", "code": "C-1", "title": pick("Cup", "Mug"), "price": pick("5", "6")})
				if len(problems) > 0 {
					t.Fatal(problems)
				}
				return docs
			},
			Effects: func() int { return len(s.Changes()) },
			Wait:    func(d time.Duration) { s.clock.advance(d) },
			Alter: func() {
				for _, handle := range []string{"old", "g-2"} {
					if err := s.EditProduct(handle, func(p *shopifytest.Product) {
						p.Title, p.Status = "By hand", "ARCHIVED"
						for i := range p.Variants {
							p.Variants[i].Price = "77.00"
						}
					}); err != nil {
						t.Fatal(err)
					}
				}
			},
		}
	})
}

func TestPlanner_Status(t *testing.T) {
	t.Parallel()
	sinktest.RunPlanner(t, func(t *testing.T) sinktest.PlanWorld {
		s := goodsShop(t)
		codes := []string{"K-1", "K-2", "K-3"}
		for _, code := range codes {
			s.AddProduct(shopifytest.Product{Title: code, Handle: code, Status: "UNLISTED", Published: []string{}, Variants: []shopifytest.Variant{{SKU: code}}})
		}
		sink := s.quick(t)
		return sinktest.PlanWorld{
			Sink: sink, Kind: statusDesk{sink}.kind(),
			Wishes: func(round int) []pipeline.Document {
				var docs []pipeline.Document
				for i, code := range codes {
					row := line{"code": code, "status": []string{"active", "draft"}[round]}
					if i == 2 {
						row["published"] = []string{"true", "false"}[round]
					}
					doc, problems := buildSale(productRows(statusDesk{}.kind().Fields, row))
					if len(problems) > 0 {
						t.Fatal(problems)
					}
					docs = append(docs, doc)
				}
				return docs
			},
			Effects: func() int { return len(s.Changes()) },
			Wait:    func(d time.Duration) { s.clock.advance(d) },
			Alter: func() {
				for _, code := range codes {
					if err := s.EditProduct(code, func(p *shopifytest.Product) { p.Status = "ARCHIVED" }); err != nil {
						t.Fatal(err)
					}
				}
			},
		}
	})
}
