package eta

import (
	"cmp"
	"strings"

	"wasl/pipeline"
)

// currency is the order's, in capitals.
func (o order) currency() string { return strings.ToUpper(cmp.Or(o.text("order.currency"), pound)) }

// rateOf is what one of the order's currency is in EGP: as the order says, or the flow; zero where nobody does.
func (p policy) rateOf(o order) dec {
	if o.currency() == pound {
		return zero
	}
	if o.has("order.exchange_rate") {
		return o.amount("order.exchange_rate")
	}
	return p.rate
}

// buyer is who bought, as far as he has to be named (eta-ereceipt.md 3.4): a business and a foreigner always, a person
// from the threshold on. Below it nothing is said of him that the mapping does not ask for.
func (v *validation) buyer(total dec) buyer {
	o := v.order
	b := buyer{kind: strings.ToUpper(o.text("buyer.type"))}
	id, name := cmp.Or(o.text("buyer.id"), o.text("customer.id")), clean(cmp.Or(o.text("buyer.name"), o.text("customer.name")), 100)
	if b.kind == "" {
		b.kind = "P"
		if o.has("customer.tax_no") {
			b.kind, id = "B", cmp.Or(o.text("buyer.id"), digits(o.text("customer.tax_no")))
		}
	}
	if b.kind == "B" {
		switch v.policy.business {
		case hold:
			v.add(o.problem("customer.tax_no", "eta.business", "id", id))
		case "person":
			b.kind, id = "P", o.text("customer.id")
		}
	}
	limit := v.config.threshold(v.day)
	if rate := v.policy.rateOf(o); rate.IsPos() {
		total = total.Mul(rate)
	}
	switch b.kind {
	case "P":
		if total.LessThan(limit) {
			break
		}
		if !nationalIDForm.MatchString(id) || name == "" {
			v.add(o.problem("customer.id", "eta.buyer", "total", total.String(), "limit", limit.String()))
		}
		b.id, b.name = id, name
	case "B":
		if !rinForm.MatchString(id) || id == v.config.Seller.RIN || name == "" {
			v.add(o.problem("buyer.id", "eta.businessid", "id", id))
		}
		b.id, b.name = id, name
	case "F":
		if id == "" || len([]rune(id)) > 30 || name == "" {
			v.add(o.problem("buyer.id", "eta.foreigner"))
		}
		b.id, b.name = clean(id, 30), name
	default:
		v.add(o.problem("buyer.type", "eta.choice", "value", b.kind, "known", "P, B, F"))
	}
	b.mobile, b.payment = v.short("buyer.mobile", 30), v.short("buyer.payment", 30)
	if isCard(b.payment) {
		v.add(o.problem("buyer.payment", "eta.card"))
	}
	return b
}

// short is a text that is not cut where it is too long: half a number is none.
func (v *validation) short(field string, limit int) string {
	text := clean(v.order.text(field), limit+1)
	if len([]rune(text)) > limit {
		v.add(v.order.problem(field, "eta.length", "limit", itoa(limit)))
	}
	return text
}

// digits are the digits of a text: 123-456-789 is 123456789.
func digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// isCard tells whether a text is a full card number: 13 to 19 digits whose check digit is right.
func isCard(text string) bool {
	number := digits(text)
	if len(number) < 13 || len(number) > 19 || len(number) < len([]rune(strings.NewReplacer(" ", "", "-", "").Replace(text))) {
		return false
	}
	sum := 0
	for i := range len(number) {
		d := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// payment finds the code of how the order was paid. One receipt has one: several tenders of one code are that code,
// others are O, or the largest of them (section 11). An unknown gateway is nobody's guess.
func (v *validation) payment() string {
	if code, known := v.tenders(); known {
		return code
	}
	if v.order.amount("order.total").IsZero() && !v.order.has("order.payment") {
		return "O" // there was nothing to pay
	}
	code := ""
	for part := range strings.SplitSeq(v.order.text("order.payment"), "+") {
		one, known := v.config.Payments[pipeline.Fold(part)]
		if !known {
			v.add(v.order.problem("order.payment", "eta.payment", "gateway", strings.TrimSpace(part)))
			return ""
		}
		if code != "" && one != code {
			one = "O"
		}
		code = one
	}
	return code
}

// tenders tells the code from the payments themselves, where the file has them and their gateways are known.
func (v *validation) tenders() (code string, known bool) {
	sums := map[string]dec{}
	var order []string
	for _, p := range v.order.moneys {
		kind, amount := moneyKind(p), p.Amount("payment.amount")
		switch {
		case !pipeline.WentThrough(p), kind != "sale" && kind != "capture" && kind != "change":
			continue
		case kind == "change":
			amount = amount.Abs().Neg()
		}
		one, known := v.config.Payments[pipeline.Fold(p.Text("payment.gateway"))]
		if !known {
			return "", false
		}
		if _, seen := sums[one]; !seen {
			order = append(order, one)
		}
		sums[one] = sums[one].Add(amount)
	}
	if len(order) == 0 {
		return "", false
	}
	if len(order) > 1 && v.policy.tenders == tendersOther {
		return "O", true
	}
	for _, one := range order {
		if code == "" || sums[one].GreaterThan(sums[code]) {
			code = one
		}
	}
	return code, true
}
