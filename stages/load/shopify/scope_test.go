package shopify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// scopeRows are rows of each kind that make it use all that it needs, a document a row.
func scopeRows(s *shop) map[string][]line {
	three := func(row func(n int) line) []line { return []line{row(1), row(2), row(3)} }
	return map[string][]line{
		kindStock: three(func(n int) line { return line{"sku": fmt.Sprint("SKU-", n), "location": s.cairo, "quantity": "8"} }),
		kindProduct: three(func(n int) line {
			return line{"group": fmt.Sprint("G", n), "code": fmt.Sprint("NEW-", n), "title": "T", "price": "10", "cost": "5", "status": "active", "tracked": "true"}
		}),
		kindStatus:    three(func(n int) line { return line{"code": fmt.Sprint("SKU-", n), "status": "draft", "published": "false"} }),
		kindPrice:     three(func(n int) line { return line{"code": fmt.Sprint("SKU-", n), "price": "9.50"} }),
		kindPromotion: three(func(n int) line { return line{"code": fmt.Sprint("SKU-", n), "price": "5", "ends": "2026-12-31"} }),
		kindDiscount: three(func(n int) line {
			return line{"title": fmt.Sprint("D", n), "percent": "10", "items": fmt.Sprint("SKU-", n)}
		}),
		kindImage: three(func(n int) line {
			return line{"code": fmt.Sprint("SKU-", n), "image": fmt.Sprintf("https://pictures.example.com/%d.jpg", n)}
		}),
		kindOrder: three(func(n int) line {
			return line{"order.id": fmt.Sprint(n), "doc_no": fmt.Sprint("INV-", n), "eta_uuid": "abc", "tags": "posted", "po_number": "P"}
		}),
		kindFulfillment: three(func(n int) line {
			return line{"note": fmt.Sprint("DN-", n), "order.id": fmt.Sprint(n), "sku": fmt.Sprint("SKU-", n), "quantity": "1"}
		}),
		kindPayment: three(func(n int) line {
			return line{"payment.id": fmt.Sprint("R-", n), "order.id": fmt.Sprint(n), "amount": "1.00", "currency": "EGP"}
		}),
		kindCollection: three(func(n int) line {
			return line{"code": fmt.Sprint("C", n), "title": fmt.Sprint("C", n), "member": fmt.Sprint("SKU-", n), "publish": "true"}
		}),
	}
}

// scopeShop is a shop of an app with some rights, and documents of a kind.
func scopeShop(t *testing.T, kind string, scopes []string) (*shop, *Sink, pipeline.Kind, []pipeline.Document) {
	t.Helper()
	s := open(t, shopifytest.Options{Scopes: scopes})
	for n := range 3 {
		s.AddProduct(shopifytest.Product{Title: "P", Variants: []shopifytest.Variant{{SKU: fmt.Sprint("SKU-", n+1), Price: "20.00"}}})
		s.PlaceOrder(shopifytest.Order{ID: fmt.Sprint(orderGID, n+1), Name: fmt.Sprint("#", n+1), Gateway: "Cash on Delivery (COD)",
			Lines: []shopifytest.OrderLine{{SKU: fmt.Sprint("SKU-", n+1), Title: "X", Price: "1.00"}}})
	}
	sink := s.quick(t)
	kinds := sink.Kinds()
	k := kinds[slices.IndexFunc(kinds, func(k pipeline.Kind) bool { return k.Name == kind })]
	if k.Bind != nil {
		k = k.Bind(nil)
	}
	var docs []pipeline.Document
	for _, row := range scopeRows(s)[kind] {
		r := productRows(k.Fields, row)[0]
		for i, f := range k.Fields {
			switch text, ok := row[f.Name]; {
			case !ok:
			case f.Type == pipeline.Rate:
				r.Put(i, pipeline.Value{Set: true, Text: text, Dec: decimal(text), Col: i + 1})
			case f.Type == pipeline.Time:
				at, err := time.Parse(time.DateOnly, text)
				if err != nil {
					t.Fatal(err)
				}
				r.Put(i, pipeline.Value{Set: true, Text: text, Time: at, Col: i + 1})
			}
		}
		doc, wrong := k.Build([]pipeline.Record{r})
		if len(wrong) > 0 {
			t.Fatal(wrong)
		}
		doc.Kind = kind
		docs = append(docs, doc)
	}
	if len(docs) == 0 {
		t.Fatalf("no rows of %s are known here", kind)
	}
	return s, sink, k, docs
}

// deliverAll plans documents and sends them until an error comes, or all have arrived.
func deliverAll(t *testing.T, s *shop, sink *Sink, k pipeline.Kind, docs []pipeline.Document) error {
	t.Helper()
	plan, err := sink.Plan(t.Context(), pipeline.Question{Kind: k.Name, Docs: docs})
	if err != nil {
		return err
	}
	b := pipeline.Batch{ID: "00000000-0000-4000-d000-000000000001", Taken: s.clock.now(), Tries: 1}
	for _, p := range plan.Docs {
		if len(p.Problems) > 0 || p.Same || p.Left != "" {
			t.Fatalf("%s %s: problems %v, same %v, left %q", k.Name, p.Doc.Key, p.Problems, p.Same, p.Left)
		}
		b.Docs = append(b.Docs, p.Doc)
	}
	for range 60 {
		if k.Freeze != nil {
			if b.Request, err = k.Freeze(b); err != nil {
				t.Fatal(err)
			}
		}
		var a pipeline.Answer
		if slices.ContainsFunc(b.Docs, func(d pipeline.Document) bool { return d.State != pipeline.Accepted }) {
			a, err = sink.Send(t.Context(), b)
		} else {
			a, err = sink.Ask(t.Context(), b)
		}
		for _, o := range a.Outcomes {
			i := slices.IndexFunc(b.Docs, func(d pipeline.Document) bool { return d.Key == o.Key })
			switch d := &b.Docs[i]; o.State {
			case pipeline.Delivered, pipeline.Unchanged:
				b.Docs = slices.Delete(b.Docs, i, i+1)
			case pipeline.Rejected:
				t.Fatalf("%s: a row is told what is wrong with the app: %v", d.Key, o.Why)
			default:
				d.State = o.State
				if o.Ticket != "" {
					d.Ticket = o.Ticket
				}
				if o.Ref != "" {
					d.Ref = o.Ref
				}
				if o.Body != nil {
					d.Body = o.Body
				}
			}
		}
		if _, later := errors.AsType[*pipeline.Later](err); err != nil && !later {
			return err
		}
		if len(b.Docs) == 0 {
			return nil
		}
		s.clock.advance(max(a.Again, time.Second))
	}
	t.Fatalf("%s: it does not end: %+v", k.Name, b.Docs[0])
	return nil
}

// Every kind works with the rights that it says it needs, and no other. Where one of
// them is missing, that is said once, of the app: no row is wrong because of it.
func TestScopes(t *testing.T) {
	t.Parallel()
	for _, d := range (&Sink{}).desks() {
		kind, scopes := d.kind().Name, d.scopes()
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s, sink, k, docs := scopeShop(t, kind, scopes)
			if err := deliverAll(t, s, sink, k, docs); err != nil {
				t.Errorf("with %v: %v", scopes, err)
			}
			for i, missing := range scopes {
				if what, reads := strings.CutPrefix(missing, "read_"); reads && slices.Contains(scopes, "write_"+what) {
					continue // who may write may read
				}
				s, sink, k, docs := scopeShop(t, kind, slices.Delete(slices.Clone(scopes), i, i+1))
				err := deliverAll(t, s, sink, k, docs)
				if said, ok := errors.AsType[*pipeline.Trouble](err); !ok || said.Rule != "shopify.scope" || !strings.Contains(said.With["scope"], strings.TrimPrefix(strings.TrimPrefix(missing, "read_"), "write_")) {
					t.Errorf("without %s: %v", missing, err)
				}
				denied := 0
				for _, c := range s.Calls() {
					if slices.Contains(c.Codes, "ACCESS_DENIED") {
						denied++
					}
				}
				if denied > 1 {
					t.Errorf("without %s it is refused %d times", missing, denied)
				}
			}
		})
	}
}
