package erp

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// A desk makes sales documents under the settings of one flow.
type desk struct {
	*Sink
	policy
}

// build makes the sales document of one order's records, and the credit notes of
// its refunds beside it. It is pure.
func (d desk) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	o := readOrder(group)
	name, id := o.text("order.name"), o.text("order.id")
	doc := pipeline.Document{
		Key:      d.key(name, id),
		Name:     name,
		Currency: strings.ToUpper(o.text("order.currency")),
		Words:    o.words(id),
	}
	if at := o.first("order.created").Value("order.created"); at.Set {
		doc.Day = at.Time.In(d.zone).Format(time.DateOnly)
	}
	w, problems := d.whole(o)
	body := sale{Order: o.kept(), OnTop: w.onTop, Spread: w.spread}
	body.Paid, body.GiftCard = o.paid()

	now := state{position: w.position, Money: w.money, Ordered: w.ordered, Detailed: o.detailed(), Over: o.over()}
	for i, r := range w.credited(o, now.Over) {
		p, wrong := d.given(o, w, r)
		problems = append(problems, wrong...)
		now.Credited = now.Credited.plus(p)
		doc.Parts = append(doc.Parts, d.creditNote(o, doc, body, r, p, i+1))
	}
	now.Refunds = now.Credited.Sums.total()
	problems = append(problems, w.problems(o)...)
	problems = append(problems, d.paidBackUnsaid(o, w, &now)...)
	if now.Over != "" {
		now.position, now.Money = position{}.minus(now.Credited), now.Refunds.Neg()
		doc.Left = leftWords[now.Over]
	}

	body.position = now.position
	body.Lines = append(slices.Clone(body.Lines), d.layout.extra(body.Sums)...)
	doc.Money, doc.Out = now.Money, d.layout.written(body)
	if now.Over != "" || len(problems) > 0 {
		doc.Money = o.amount("order.total")
	}
	if now.Over != "" {
		doc.Out = doc.Money // it does not leave as it is: revise says what does
	}
	body.After = &now
	doc.Print = now.print(name, id, doc.Currency)
	problems = append(problems, o.astray()...)
	problems = append(problems, d.layout.unwritable(body, o.rowsOf(body), o.ordered)...)
	doc.Body = mustJSON(body)
	return doc, problems
}

// key is the document's key: by the shop's own number, which stays when the
// name changes or comes again in another year.
func (s *Sink) key(name, id string) string {
	return s.cfg.ofShop("order/" + or(id, name))
}

// leftWords say why an order that has ended, and never left, is left out.
var leftWords = map[string]string{
	overCancelled: "cancelled / ملغى", overVoided: "voided / أُبطل دفعه", overExpired: "expired / انتهت صلاحية دفعه",
	overDeleted: "deleted / محذوف", overRefunded: "refunded in full / رُدّ بالكامل", overTest: "a test order / طلب تجريبي",
}

// Why an order has ended. What is refunded is one only in a file that does not say
// what its refunds are of.
const (
	overTest      = "test"
	overDeleted   = "deleted"
	overCancelled = "cancelled"
	overVoided    = "voided"
	overExpired   = "expired"
	overRefunded  = "refunded"
)

// over tells why an order has ended; "" where it has not.
func (o order) over() string {
	switch status := strings.ToLower(o.text("order.status")); {
	case o.first("order.test").True("order.test"):
		return overTest
	case o.has("order.deleted"):
		return overDeleted
	case o.has("order.cancelled"):
		return overCancelled
	case status == overVoided, status == overExpired:
		return status
	}
	return ""
}

// ended is when an order ended; the zero time where it is not said.
func (o order) ended() time.Time {
	for _, field := range []string{"order.deleted", "order.cancelled"} {
		if o.has(field) {
			return o.first(field).Date(field)
		}
	}
	return time.Time{}
}

// paidBackUnsaid deals with money that was paid back of an order, as the admin's
// export states it: how much, and not what for. All of it ends the order; a part
// waits for a file that says more, or is a line of its own.
func (d desk) paidBackUnsaid(o order, w whole, now *state) []pipeline.Problem {
	refunded := o.amount("order.refunded")
	if now.Detailed || now.Over != "" || !refunded.IsPos() {
		return nil
	}
	at := o.first("order.refunded")
	switch {
	case refunded.Cmp(w.money) >= 0:
		now.Over = overRefunded
	case d.csvAmount && d.refund != hold:
		l := extraLine(lineRefund, d.refund, refunded.Neg())
		now.Lines = append(slices.Clone(now.Lines), l)
		now.Sums.of(l)
		now.Money = now.Money.Sub(refunded)
	default:
		return []pipeline.Problem{at.Problem("order.refunded", "sale.unsaid", map[string]string{"amount": refunded.StringFixed(2)})}
	}
	return nil
}

// print is what counts as a change of the order: its items and its numbers. Its
// status, notes and tags may change as they like; so may the layout, which adds
// lines of its own for shipping and the like.
func (s state) print(name, id, currency string) string {
	lines := slices.Clone(s.Lines)
	for i := range lines {
		if lines[i].SKU != "" {
			lines[i].Name = ""
		}
		lines[i].Tax, lines[i].Rate, lines[i].Allocated = nil, "", zero
	}
	return string(mustJSON(struct {
		Name, ID, Currency, Over string
		Lines                    []line
		Sums                     sums
	}{name, id, currency, s.Over, lines, s.Sums}))
}

// plain is a value as the body keeps it.
func plain(t pipeline.Type, v pipeline.Value) string {
	switch t {
	case pipeline.Amount, pipeline.Quantity, pipeline.Rate:
		return v.Dec.String()
	case pipeline.Date, pipeline.Time:
		return v.Time.UTC().Format(time.RFC3339)
	case pipeline.Bool:
		if v.Bool {
			return "true"
		}
		return "false"
	}
	return v.Text
}

// mustJSON is for our own types, which always become JSON.
func mustJSON(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}
