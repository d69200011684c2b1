package main

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
	"wasl/stages/load/eta/etatest"
	"wasl/stages/load/shopify/shopifytest"
)

// Whatever becomes of an order, and in whatever order what Shopify said of it comes,
// once or several times, the authority holds one sale at most, and a further one each time
// goods were added since; no line of a sale is returned beyond what it sold, and receipts less returns come to the same; where nothing is
// held, that is what the order comes to in the shop. Lives are made at random, by seed.
func TestReceiptStories_InAnyOrder(t *testing.T) {
	eachLife(t, 15, 1000, addingStep, (*life).receipts, func(t *testing.T, life *life, inTime pipeline.Decimal, held bool) {
		switch {
		case held:
			t.Skip("something of it waits for a person")
		case !life.returned && !inTime.IsZero() && !inTime.Equal(life.total):
			t.Errorf("the receipts come to %s, the order to %s\n%s", inTime, life.total, life)
		}
	})
}

// addingStep makes up what happens to an order next, as randomStep does, and more often
// than that adds goods to it.
func addingStep(r *rand.Rand, pick func(...string) string) shopifytest.Step {
	switch r.IntN(6) {
	case 0:
		return shopifytest.Step{Do: "edit", Items: []shopifytest.StepItem{{Line: 1 + r.IntN(2), Quantity: 2 + r.IntN(4)}}}
	case 1:
		return shopifytest.Step{Do: "edit", Items: []shopifytest.StepItem{{Line: 1, Quantity: 1 + r.IntN(2)}},
			Add: []shopifytest.OrderLine{{SKU: pick("A-0", "A-2"), Title: "more", Price: pick("10", "33.33"), Quantity: 1 + r.IntN(3), Discount: pick("", "0.25")}}}
	case 2:
		return shopifytest.Step{Do: "pay"}
	}
	return randomStep(r, pick)
}

// receipts are what the authority holds in the end when these files come one after
// another, less the returns, with the fees that were kept of refunds, and whether
// anything is held. It judges them on the way.
func (l *life) receipts(t *testing.T, files []snapshot) (sum pipeline.Decimal, held bool) {
	t.Helper()
	o, authority := newTill(t, map[string]string{})
	var rows []pipeline.TableRow
	for _, sku := range []string{"A-0", "A-1", "A-2"} {
		rows = append(rows, pipeline.TableRow{Code: sku, Cols: map[string]string{"code": sku, "name_ar": "صنف " + sku, "unit": "EA",
			"eta_code": "EG-100200300-" + sku, "eta_type": "EGS", "vat_type": "V009", "vat_rate": "14"}})
	}
	if err := o.ledger.Put(t.Context(), "items", rows); err != nil {
		t.Fatal(err)
	}
	l.come(o, files)
	unpaid := map[string]bool{}
	for _, e := range o.entries() {
		if e.State == pipeline.Ready {
			t.Errorf("%s still waits\n%s", e.Name, l)
		}
		if held = held || e.State == pipeline.Held; strings.HasPrefix(e.Key, "more/") {
			unpaid[e.Key] = e.State == pipeline.Skipped
		}
	}
	held = held || slices.Contains(slices.Collect(maps.Values(unpaid)), true)
	sum = judged(t, authority, l)
	for _, e := range o.entries() {
		for _, x := range e.Beside {
			if e.State == pipeline.Delivered && x.Class == "fee kept" {
				sum = sum.Add(x.Amount)
			}
		}
	}
	return sum, held
}

// judged is what the receipts come to. No line and no sum of the returns is more than that
// of the sale which they name, and there is one sale at most for each time that the order
// was told of otherwise.
func judged(t *testing.T, authority *etatest.Server, l *life) (sum pipeline.Decimal) {
	t.Helper()
	left, sales := map[string]pipeline.Decimal{}, 0
	for _, r := range authority.Receipts() {
		if r.Status != "Valid" {
			t.Errorf("%s is %s: %v\n%s", r.Number, r.Status, r.Errors, l)
		}
		var p paper
		if err := json.Unmarshal(r.Body, &p); err != nil {
			t.Fatal(err)
		}
		back, sale := strings.HasPrefix(r.Type, "r"), p.Header.ReferenceUUID
		if !back {
			sale = r.UUID
			sales++
		}
		for _, i := range p.ItemData {
			for what, text := range map[string]json.Number{"pieces": i.Quantity, "net": i.NetSale, "VAT": i.TaxableItems[0].Amount, "total": i.Total} {
				n, key := udecimal.MustParse(string(text)), sale+" "+i.InternalCode+" "+what
				if back {
					n = n.Neg()
				}
				left[key] = left[key].Add(n)
			}
		}
		n := udecimal.MustParse(string(p.TotalAmount))
		if back {
			n = n.Neg()
		}
		sum = sum.Add(n)
	}
	for key, n := range left {
		if n.IsNeg() {
			t.Errorf("%s below zero: %s\n%s", key, n, l)
		}
	}
	added := 0
	for _, step := range l.steps {
		if strings.Contains(step, "Do:edit") {
			added++
		}
	}
	if sales > 1+added || sum.IsNeg() {
		t.Errorf("%d sales, %s\n%s", sales, sum, l)
	}
	for _, complaint := range authority.Judge() {
		t.Error(complaint)
	}
	return sum
}
