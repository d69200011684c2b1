package erp

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// soldDoc is a sales document as the ledger keeps it: lines are code and quantity at 10
// each; after is how the order stands then.
func soldDoc(order map[string]string, kind string, revision int, lines, after []line) pipeline.Document {
	at := func(lines []line) position {
		p := position{}
		for _, l := range lines {
			l.Kind, l.Price = lineItem, udecimal.MustFromInt64(10, 0)
			l.Total = l.Price.Mul(l.Quantity)
			p.Lines = append(p.Lines, l)
			p.Sums.Goods = p.Sums.Goods.Add(l.Total)
		}
		return p
	}
	b := sale{Order: order, position: at(lines), Doc: told{Type: kind, Revision: revision}, After: &state{position: at(after), Revision: revision}}
	return pipeline.Document{Kind: KindOrder, Currency: "EGP", Body: mustJSON(b), Out: b.Sums.total()}
}

func pieces(code string, n int64) line {
	return line{SKU: code, Quantity: udecimal.MustFromInt64(n, 0)}
}

// TestBuyers_WhatAnOrderComesTo adds an order's documents up to what stands in the books,
// whether its revisions hold what changed or the whole order.
func TestBuyers_WhatAnOrderComesTo(t *testing.T) {
	t.Parallel()
	order := map[string]string{"order.id": "1", "order.name": "#1", "order.created": "2026-11-24T08:00:00Z", "customer.id": "7", "customer.name": "Mona"}
	for name, docs := range map[string][]pipeline.Document{
		"changes": {
			soldDoc(order, typeSale, 0, []line{pieces("A", 3)}, []line{pieces("A", 3)}),
			soldDoc(order, typeRevision, 1, []line{pieces("A", -1), pieces("B", 2)}, []line{pieces("A", 2), pieces("B", 2)}),
			soldDoc(order, typeCredit, 0, []line{pieces("B", -1)}, nil)},
		"full": {
			soldDoc(order, typeSale, 0, []line{pieces("A", 3)}, []line{pieces("A", 3)}),
			soldDoc(order, typeRevision, 1, []line{pieces("A", 2), pieces("B", 2)}, []line{pieces("A", 2), pieces("B", 2)}),
			soldDoc(order, typeCredit, 0, []line{pieces("B", -1)}, nil)},
	} {
		b := NewBuyers(func(context.Context, []string) ([]pipeline.Document, error) { return nil, nil }, ownTables{}, "", "")
		total, n, items, back := pipeline.Decimal{}, pipeline.Decimal{}, "", 0
		for _, doc := range docs {
			p, ok, err := b.Purchase(t.Context(), doc)
			if err != nil || !ok || p.Ref != "C-7" {
				t.Fatalf("%s: %+v, %v, %v", name, p, ok, err)
			}
			total, n = total.Add(p.Total), n.Add(p.Pieces)
			if p.Returns {
				back++
			} else {
				items = p.Items
			}
		}
		if got := fmt.Sprint(total, " ", n, " ", items, " ", back); got != "30 3 2 x A, 2 x B 1" {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// TestBuyers_WhoseItIs tells orders apart by the rules by which customers are.
func TestBuyers_WhoseItIs(t *testing.T) {
	t.Parallel()
	sent := registerOf(t, ownTables{}.list("55|Mona Ali|01001234567"), nil)
	sent.take(people(t, "id|name|phone|email", "7|Mona Ali|01001234567|m@example.net"))
	b := NewBuyers(sent.named, sent.sink.tables, "", "CASH-1")
	who := func(pairs ...string) string {
		order := map[string]string{"order.name": "#1"}
		for i := 0; i < len(pairs); i += 2 {
			order["customer."+pairs[i]] = pairs[i+1]
		}
		p, ok, err := b.Purchase(t.Context(), soldDoc(order, typeSale, 0, []line{pieces("A", 1)}, []line{pieces("A", 1)}))
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		return p.Ref + " " + p.Number
	}
	known := "C-7 55"
	got := map[string]string{"id": who("id", "7", "name", "Anybody"), "phone and name": who("phone", "0100 123 4567", "name", "mona ali"), "mail and name": who("email", "M@example.net", "name", "Mona Ali")}
	if diff := cmp.Diff(map[string]string{"id": known, "phone and name": known, "mail and name": known}, got); diff != "" {
		t.Errorf("known by (-want +got):\n%s", diff)
	}
	if got := who("name", "Somebody"); got != "walk-in CASH-1" {
		t.Errorf("nobody: %q", got)
	}
	hala, again, other := who("phone", "01101234567", "name", "Hala"), who("phone", "+201101234567", "name", "HALA"), who("phone", "01101234567", "name", "Tarek")
	if hala != again || hala == other || hala == known {
		t.Errorf("two who were not sent: %q, %q, %q", hala, again, other)
	}
}
