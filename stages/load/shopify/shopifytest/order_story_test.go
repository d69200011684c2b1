package shopifytest

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// addsUp holds an order against section 8.2 of the reference, by its parts and apart from what totals computes with.
func addsUp(o *orderState) error {
	t := o.totals()
	subtotal, tax, sales, salesTax := cash(0), cash(0), cash(0), cash(0)
	for _, l := range o.lines {
		net := cash(l.quantity) * l.price
		for _, a := range l.allocations {
			net -= a.amount
		}
		subtotal += net
		for _, one := range l.taxes {
			tax += one.amount
		}
		if l.current() < 0 || l.open() < 0 || l.backNet > net || net < 0 || l.removed > l.back {
			return fmt.Errorf("line %s: current %d, open %d, net %s, back %s", l.SKU, l.current(), l.open(), net.text(), l.backNet.text())
		}
		if l.current() == 0 && (l.backNet != net || l.backTax != l.tax()) {
			return fmt.Errorf("line %s is gone, but %s of %s came back", l.SKU, l.backNet.text(), net.text())
		}
	}
	shipping := cash(0)
	for _, f := range o.freight {
		shipping += f.price
		for _, a := range f.allocations {
			shipping -= a.amount
		}
		for _, one := range f.taxes {
			tax += one.amount
		}
	}
	total := subtotal + shipping + o.tip + t.duties
	if !o.included {
		total += tax
	}
	for _, a := range o.agreements {
		for _, one := range a.sales {
			sales, salesTax = sales+one.total, salesTax+one.tax
			sum := cash(0)
			for _, t := range one.taxes {
				sum += t.amount
			}
			if sum != one.tax {
				return fmt.Errorf("a sale with %s tax lists %s", one.tax.text(), sum.text())
			}
		}
	}
	listed := cash(0)
	for _, one := range o.taxLines(false) {
		listed += one.amount
	}
	received, refunded := cash(0), cash(0)
	for _, p := range o.payments {
		if p.status == "SUCCESS" && (p.kind == "SALE" || p.kind == "CAPTURE") {
			received += p.amount
		}
		if p.status == "SUCCESS" && p.kind == "REFUND" {
			refunded += p.amount
		}
	}
	for _, one := range []struct {
		what      string
		got, want cash
	}{
		{"subtotal", t.subtotal, subtotal}, {"tax", t.tax, tax}, {"total", t.total, total}, {"tax lines", listed, tax},
		{"sales", sales, t.currentTotal}, {"taxes of sales", salesTax, t.currentTax}, {"received", t.received, received},
		{"refunded", t.refunded, refunded}, {"outstanding", t.outstanding(), t.currentTotal - received + refunded},
	} {
		if one.got != one.want {
			return fmt.Errorf("%s is %s, want %s", one.what, one.got.text(), one.want.text())
		}
	}
	if t.refunded > t.received {
		return fmt.Errorf("refunded %s of %s", t.refunded.text(), t.received.text())
	}
	return o.refundsAddUp()
}

// refundsAddUp: goods and shipping of a refund less its adjustments are its money, where money moved.
func (o *orderState) refundsAddUp() error {
	for _, r := range o.refunds {
		value, paid := cash(0), cash(0)
		for _, p := range r.parts {
			value += o.value(p.part)
		}
		for _, f := range r.freight {
			value += f.net + o.onTop(f.tax)
		}
		for _, a := range r.adjustments {
			value -= a.amount
		}
		for _, p := range o.payments {
			for _, id := range r.payments {
				if p.id == id {
					paid += p.amount
				}
			}
		}
		if len(r.adjustments) > 0 && value != paid {
			return fmt.Errorf("a refund of %s paid %s", value.text(), paid.text())
		}
	}
	return nil
}

func drawOrder(t *rapid.T) Order {
	included := rapid.Bool().Draw(t, "included")
	in := Order{At: at(0), TaxesIncluded: &included, Tip: rapid.SampledFrom([]string{"", "5.00"}).Draw(t, "tip"),
		Gateway: rapid.SampledFrom([]string{"", "Cash on Delivery (COD)"}).Draw(t, "gateway")}
	rates := []string{"0.14", "0.05", "0.21", "0.005"}
	for i := range rapid.IntRange(0, 2).Draw(t, "taxes") {
		in.Taxes = append(in.Taxes, OrderTax{Title: fmt.Sprintf("T%d", i), Rate: rapid.SampledFrom(rates).Draw(t, "rate")})
	}
	for range rapid.IntRange(1, 4).Draw(t, "lines") {
		in.Lines = append(in.Lines, drawLine(t))
	}
	if rapid.Bool().Draw(t, "ships") {
		in.Freight = []Freight{{Title: "Bosta", Price: drawAmount(t, 100)}}
	}
	for range rapid.IntRange(0, 2).Draw(t, "discounts") {
		d := OrderDiscount{Kind: rapid.SampledFrom([]string{"code", "automatic", "manual", "script"}).Draw(t, "kind"), Title: "SUMMER",
			Shipping: rapid.Bool().Draw(t, "shipping")}
		if rapid.Bool().Draw(t, "percent") {
			d.Percent = rapid.SampledFrom([]string{"10", "33.3", "100"}).Draw(t, "percentage")
		} else {
			d.Amount = drawAmount(t, 300)
		}
		in.Discounts = append(in.Discounts, d)
	}
	return in
}

func drawAmount(t *rapid.T, most int) string {
	return cash(rapid.IntRange(0, most*100).Draw(t, "amount") * 10).fixed(2)
}

func drawLine(t *rapid.T) OrderLine {
	return OrderLine{SKU: rapid.SampledFrom([]string{"X-1", "X-2", "X-3"}).Draw(t, "sku"), Price: drawAmount(t, 1000),
		Quantity: rapid.IntRange(1, 7).Draw(t, "quantity"), GiftCard: rapid.IntRange(0, 9).Draw(t, "gift") == 0,
		Untaxed: rapid.IntRange(0, 9).Draw(t, "untaxed") == 0, Duty: rapid.SampledFrom([]string{"", "", "3.33"}).Draw(t, "duty")}
}

// drawStep gives some step; not every step can happen to every order.
func drawStep(t *rapid.T, o *orderState, when time.Time) Step {
	do := rapid.SampledFrom([]string{"pay", "pay", "tip", "edit", "fulfil", "fulfil", "unfulfil", "return", "refund", "refund", "refund",
		"cancel", "close", "reopen", "tag", "touch", "change"}).Draw(t, "do")
	step := Step{At: when, Do: do, Tags: []string{"erp"}}
	item := StepItem{Line: rapid.IntRange(1, len(o.lines)).Draw(t, "line"), Quantity: rapid.IntRange(0, 5).Draw(t, "n"),
		Restock: rapid.SampledFrom([]string{"", "RETURN", "CANCEL"}).Draw(t, "restock")}
	step.Items = []StepItem{item}
	switch do {
	case "pay":
		step.Kind = rapid.SampledFrom([]string{"", "", "AUTHORIZATION", "CAPTURE", "VOID"}).Draw(t, "kind")
		step.Amount = rapid.SampledFrom([]string{"", "", drawAmount(t, 500)}).Draw(t, "amount")
		step.Status = rapid.SampledFrom([]string{"", "", "", "FAILURE"}).Draw(t, "status")
		step.Rounding = rapid.SampledFrom([]string{"", "0.05"}).Draw(t, "rounding")
	case "tip":
		step.Amount = "7.50"
	case "edit":
		if rapid.Bool().Draw(t, "cheaper") {
			step.Items[0].Discount = drawAmount(t, 50)
		}
		if rapid.Bool().Draw(t, "adds") {
			step.Add = []OrderLine{drawLine(t)}
		}
	case "fulfil":
		if rapid.Bool().Draw(t, "all") {
			step.Items = nil
		}
	case "return":
		step.Items[0].Quantity = 1
		if rapid.Bool().Draw(t, "exchange") {
			step.Add = []OrderLine{drawLine(t)}
		}
	case "refund":
		if item.Quantity == 0 {
			step.Items = nil
		}
		step.Shipping = rapid.SampledFrom([]string{"", "", "all", drawAmount(t, 50)}).Draw(t, "shipping")
		step.Amount = rapid.SampledFrom([]string{"", "", "0", drawAmount(t, 200)}).Draw(t, "money")
		step.Closes = len(o.returns) > 0 && rapid.Bool().Draw(t, "closes")
	case "cancel":
		step.Refund, step.Restock = rapid.Bool().Draw(t, "back"), rapid.Bool().Draw(t, "restocks")
	case "change":
		note := "n"
		step.Change = &OrderChange{Note: &note}
	}
	return step
}

// Whatever happens to an order, its sums hold and its ledger adds up to what it is worth now.
func TestOrderStory_SumsHoldAfterEveryStory(t *testing.T) {
	t.Parallel()
	s := start(t, orderOptions())
	happened := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		o, err := s.beginOrder(drawOrder(t))
		if err != nil {
			t.Skip(err)
		}
		if err := addsUp(o); err != nil {
			t.Fatalf("placed: %v", err)
		}
		for i := range rapid.IntRange(1, 12).Draw(t, "steps") {
			step := drawStep(t, o, at(i+1))
			next, err := s.after(o, step)
			if err != nil {
				continue
			}
			happened[step.Do]++
			before := o.totals()
			if err := addsUp(next); err != nil {
				t.Fatalf("after %+v: %v", step, err)
			}
			if o.totals() != before || next.updated != step.At {
				t.Fatalf("%s changed the version before it, or not the time", step.Do)
			}
			o = next
		}
	})
	for _, do := range []string{"pay", "edit", "fulfil", "refund", "cancel", "tip"} {
		if happened[do] == 0 {
			t.Errorf("%s never happened, the stories prove little: %v", do, happened)
		}
	}
}
