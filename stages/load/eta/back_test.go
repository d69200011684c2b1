package eta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quagmt/udecimal"
	"pgregory.net/rapid"

	"wasl/pipeline"
)

// pulled are the rows of a pulled order: two MUGs at 57.00 and their shipping of 20.00, with what else is given.
func pulled(t testing.TB, head row, more ...row) []pipeline.Record {
	t.Helper()
	first := goodsRow("MUG", "2", "57.00", "line.kind", "item", "line.id", "L1", "line.allocated", "0", "line.current", "2")
	lines := append([]row{first, {"order.name": "#1042", "line.kind": "shipping", "line.id": "S1", "line.quantity": "1", "line.price": "20.00"}}, more...)
	all := row{"order.subtotal": "114.00", "order.shipping": "20.00", "order.total": "134.00", "order.paid": "2026-11-23T23:40:00Z", "order.updated": "2026-11-24T10:00:00Z"}
	for name, text := range head {
		all[name] = text
	}
	return saleOf(t, all, lines...)
}

func refundRow(kind string, more ...string) row {
	r := row{"order.name": "#1042", "line.kind": kind, "refund.id": "R1", "refund.at": "2026-11-25T10:00:00Z"}
	for i := 0; i+1 < len(more); i += 2 {
		r[more[i]] = more[i+1]
	}
	return r
}

// oneBack is a refund of one of the two.
func oneBack(more ...string) []row {
	return []row{refundRow("refund", "refund.amount", "57.00"),
		refundRow("refund item", append([]string{"line.id", "L1", "refund.quantity", "1", "refund.amount", "57.00", "refund.restock", "return"}, more...)...)}
}

func bound(t testing.TB, s *Sink, set pipeline.Settings) pipeline.Kind {
	t.Helper()
	k := s.Kinds()[0]
	if found := k.Check(set); len(found) > 0 {
		t.Fatal(found[0].In("en"))
	}
	return k.Bind(set)
}

// seal seals a document that follows another one.
func sealed(t testing.TB, k pipeline.Kind, doc pipeline.Document, link pipeline.Link) []byte {
	t.Helper()
	out, _, _, err := k.Seal(doc, link, time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestReturn_NamesItsSale: uuid, seller and buyer are the sale's to the last byte, whatever the settings say by now.
func TestReturn_NamesItsSale(t *testing.T) {
	t.Parallel()
	k := bound(t, demoSink(t, nil), nil)
	sale, problems := k.Build(pulled(t, row{"buyer.type": "F", "buyer.id": "A1234567", "buyer.name": "John Smith"}, oneBack()...))
	if len(problems) > 0 || len(sale.Parts) != 1 || len(sale.Parts[0].Wrong) > 0 {
		t.Fatal(problems, sale.Parts)
	}
	was := sealed(t, k, sale, pipeline.Link{})
	moved := bound(t, demoSink(t, func(c *Config) { c.Seller.TradeName, c.Seller.Address.Street = "اسم آخر", "شارع آخر" }), nil)
	again, _ := moved.Build(pulled(t, nil, oneBack()...))
	head := strings.Repeat("ab", 32)
	back := sealed(t, moved, again.Parts[0], pipeline.Link{Head: head, Of: was})
	type people struct {
		Header        map[string]string
		Seller, Buyer json.RawMessage
	}
	var a, b people
	if json.Unmarshal(was, &a) != nil || json.Unmarshal(back, &b) != nil {
		t.Fatal("no JSON")
	}
	if !bytes.Equal(a.Seller, b.Seller) || !bytes.Equal(a.Buyer, b.Buyer) || b.Header["referenceUUID"] != a.Header["uuid"] || b.Header["previousUUID"] != head {
		t.Errorf("sale\n%s\nreturn\n%s", was, back)
	}
	// A return that was refused is corrected: both references stand in the documented order.
	fixed := sealed(t, moved, again.Parts[0], pipeline.Link{Head: b.Header["uuid"], Of: was, Old: back})
	want := fmt.Sprintf(`"previousUUID":"%s","referenceUUID":"%s","referenceOldUUID":"%s","currency":"EGP"`, head, a.Header["uuid"], b.Header["uuid"])
	if !bytes.Contains(fixed, []byte(want)) {
		t.Errorf("no %s in %s", want, fixed[:600])
	}
	if _, _, _, err := moved.Seal(again.Parts[0], pipeline.Link{}, time.Now()); err == nil {
		t.Error("a return was sealed without its sale")
	}
}

// TestReturn_Shares: however a line comes back, it is never more than was sold, and all of it together is the sale to
// the last decimal.
func TestReturn_Shares(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		quantity := rapid.Int64Range(1, 9).Draw(r, "quantity")
		price := rapid.Int64Range(1, 99_999).Draw(r, "price")
		before := udecimal.MustFromInt64(quantity*price, 2)
		after := udecimal.MustFromInt64(rapid.Int64Range(0, quantity*price).Draw(r, "after"), 2)
		rate := udecimal.MustFromInt64(rapid.SampledFrom([]int64{0, 5, 14}).Draw(r, "rate"), 0)
		inclusive := rapid.Bool().Draw(r, "inclusive")
		n := udecimal.MustFromInt64(quantity, 0)
		g := good{item: item{quantity: n, rate: rate}}
		if inclusive {
			g.amounts = withVAT(n, before, after, load{vat: rate})
		} else {
			g.amounts = withoutVAT(n, before, after, percentOf(after, rate).RoundHAZ(2))
		}
		g.rest = share{n, g.amounts}
		sum := share{}
		for g.rest.quantity.IsPos() {
			left, _ := g.rest.quantity.Int64()
			some := udecimal.MustFromInt64(rapid.Int64Range(1, left).Draw(r, "back"), 0)
			if _, rule := g.take(some.Add(g.rest.quantity), nil, nil, inclusive); rule != "eta.back" {
				r.Fatalf("took more than is left: %s", rule)
			}
			s, rule := g.take(some, nil, nil, inclusive)
			if rule != "" {
				r.Fatal(rule)
			}
			for _, d := range []dec{s.totalSale, s.discount, s.netSale, s.tax, s.total} {
				if d.IsNeg() {
					r.Fatalf("below zero: %+v", s)
				}
			}
			if !near(s.tax, percentOf(s.netSale, rate), piastre) || !near(s.totalSale, s.quantity.Mul(g.unitPrice), piastre) || !s.netSale.Equal(s.totalSale.Sub(s.discount)) {
				r.Fatalf("off its formulas: %+v of %+v", s, g)
			}
			sum.quantity, sum.netSale, sum.tax, sum.total = sum.quantity.Add(s.quantity), sum.netSale.Add(s.netSale), sum.tax.Add(s.tax), sum.total.Add(s.total)
		}
		if !sum.quantity.Equal(n) || !sum.netSale.Equal(g.netSale) || !sum.tax.Equal(g.tax) || !sum.total.Equal(g.total) {
			r.Fatalf("returns come to %+v, the sale is %+v", sum, g.amounts)
		}
	})
}

// TestReturn_Held: what a refund does not say clearly is held, and its sale goes.
func TestReturn_Held(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		rows []row
		rule pipeline.Rule
	}{
		{"more than was sold", []row{refundRow("refund item", "line.id", "L1", "refund.quantity", "3", "refund.amount", "171.00")}, "eta.back"},
		{"worth less than it was sold for", []row{refundRow("refund item", "line.id", "L1", "refund.quantity", "1", "refund.amount", "40.00")}, "eta.worth"},
		{"of no line of the order", []row{refundRow("refund item", "line.id", "L9", "refund.quantity", "1", "refund.amount", "57.00")}, "sale.refund_line"},
		{"more shipping than was charged", []row{refundRow("refund shipping", "refund.amount", "25.00")}, "eta.back"},
		{"money alone", []row{refundRow("refund", "refund.amount", "10.00")}, "eta.amountrefund"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc, problems := bound(t, demoSink(t, nil), nil).Build(pulled(t, nil, c.rows...))
			if len(problems) > 0 || len(doc.Body) == 0 {
				t.Fatalf("the sale is held: %v", problems)
			}
			if len(doc.Parts) != 1 || len(doc.Parts[0].Wrong) != 1 || doc.Parts[0].Wrong[0].Rule != c.rule || len(doc.Parts[0].Body) > 0 {
				t.Errorf("got %+v, want %s", doc.Parts, c.rule)
			}
		})
	}
}

// TestReturn_TaxInOrOut: whether the value of a refund holds its tax is not verified (shopify.md 8.3); both are read.
func TestReturn_TaxInOrOut(t *testing.T) {
	t.Parallel()
	for _, amount := range []string{"57.00", "50.00"} {
		rows := oneBack("refund.amount", amount, "refund.tax", "7.00")
		doc, problems := bound(t, demoSink(t, nil), nil).Build(pulled(t, nil, rows[1]))
		if len(problems) > 0 || len(doc.Parts) != 1 || len(doc.Parts[0].Wrong) > 0 || doc.Parts[0].Out.String() != "-57" {
			t.Errorf("%s: %v %+v", amount, problems, doc.Parts)
		}
	}
}

// TestReturn_WithoutReference: reason I of a sale abroad, reason B of one from before the start.
func TestReturn_WithoutReference(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ reason, start string }{{"I", ""}, {"B", ""}, {"", "2026-11-25"}} {
		s := demoSink(t, func(cfg *Config) { cfg.Start = c.start })
		head := row{}
		if c.reason != "" {
			head["order.no_receipt"] = c.reason
		}
		doc, problems := bound(t, s, nil).Build(pulled(t, head, oneBack()...))
		if len(problems) > 0 || doc.Left == "" || len(doc.Parts) != 1 || !doc.Parts[0].Alone || len(doc.Parts[0].Wrong) > 0 {
			t.Fatalf("%v: %v %+v", c, problems, doc)
		}
		body := string(doc.Parts[0].Body)
		reason := c.reason
		if reason == "" {
			reason = "B"
		}
		for _, want := range []string{`"receiptType":"RWR"`, `"documentUseReason":"` + reason + `","salesIssuedDateTime":"2026-11-23T23:40:00Z"`} {
			if !strings.Contains(body, want) {
				t.Errorf("no %s in %s", want, body)
			}
		}
		if strings.Contains(body, "referenceUUID") {
			t.Error("it names a sale")
		}
	}
}

// TestRevise_TheOddPiastre: which of three pieces has the odd piastre depends on which is told first; more than that is a
// change for a person.
func TestRevise_TheOddPiastre(t *testing.T) {
	t.Parallel()
	doc, problems := bound(t, demoSink(t, nil), nil).Build(pulled(t, row{"order.edited": "true", "line.current": "1"}))
	if len(problems) > 0 || len(doc.Parts) != 1 {
		t.Fatal(problems, doc.Parts)
	}
	issued := doc.Parts[0]
	for off, want := range map[string]pipeline.State{"0": pipeline.Unchanged, "0.01": pipeline.Unchanged, "-0.01": pipeline.Unchanged, "0.02": pipeline.Held, "-0.02": pipeline.Held} {
		f, ok := readFacts(issued.Print)
		if !ok {
			t.Fatal("no facts")
		}
		f.Sale = f.Sale.Add(udecimal.MustParse(off))
		next := issued
		next.Print = f.print()
		got, problems := revise(issued, next)
		if got.State != want || (want == pipeline.Held) != (len(problems) == 1 && problems[0].Rule == "eta.returnchanged") {
			t.Errorf("off by %s: %v %v, want %v", off, got.State, problems, want)
		}
	}
}

// TestEdited_WithoutARefund: pieces that an edit took off and no refund says are in no receipt; each is a return of its
// own where the sale has left. Goods on their way back are nothing yet.
func TestEdited_WithoutARefund(t *testing.T) {
	t.Parallel()
	k := bound(t, demoSink(t, nil), nil)
	edited := func(more ...row) pipeline.Document {
		group := pulled(t, row{"order.edited": "true", "line.current": "1"}, more...)
		doc, problems := k.Build(group)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return doc
	}
	doc := edited()
	if doc.Out.String() != "77" || len(doc.Parts) != 1 || doc.Parts[0].Key != "return/5512345678901/edit-L1-1" || !doc.Parts[0].Within || doc.Parts[0].Out.String() != "-57" {
		t.Errorf("got %s %+v", doc.Out, doc.Parts)
	}
	whole, _ := k.Build(pulled(t, nil))
	if k.Within(whole, doc.Parts[0]) || !k.Within(doc, doc.Parts[0]) || !k.Within(pipeline.Document{}, doc.Parts[0]) {
		t.Error("it is returned where it was never filed, or not where it was")
	}
	sent := edited(row{"order.name": "#1042", "line.kind": "fulfillment", "line.id": "L1", "fulfillment.quantity": "1", "fulfillment.status": "success"})
	if len(sent.Parts) != 1 || len(sent.Parts[0].Wrong) != 1 || sent.Parts[0].Wrong[0].Rule != "eta.unclear" || sent.Out.String() != "134" {
		t.Errorf("got %s %+v", sent.Out, sent.Parts)
	}
	all := edited(row{"order.name": "#1042", "line.kind": "fulfillment", "line.id": "L1", "fulfillment.quantity": "2", "fulfillment.status": "success"})
	if len(all.Parts) != 0 || all.Out.String() != "134" {
		t.Errorf("goods on their way back: %s %+v", all.Out, all.Parts)
	}
}

// What was sold at one rate of exchange comes back at it, whatever the rate is by then.
func TestReturn_HasTheRateOfItsSale(t *testing.T) {
	t.Parallel()
	s := demoSink(t, nil)
	of := func(rate string) pipeline.Kind {
		return bound(t, s, pipeline.Settings{"foreign": "rate", "exchange_rate": rate})
	}
	sale, problems := of("48.5").Build(pulled(t, row{"order.currency": "USD"}))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	was := sealed(t, of("48.5"), sale, pipeline.Link{})
	again, problems := of("51.25").Build(pulled(t, row{"order.currency": "USD"}, oneBack()...))
	if len(problems) > 0 || len(again.Parts) != 1 {
		t.Fatal(problems, again.Parts)
	}
	back := sealed(t, of("51.25"), again.Parts[0], pipeline.Link{Of: was})
	for _, b := range [][]byte{was, back} {
		if !bytes.Contains(b, []byte(`"currency":"USD","exchangeRate":48.5,`)) {
			t.Errorf("currency and rate of %s", b)
		}
	}
}
