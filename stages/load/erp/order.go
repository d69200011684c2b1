package erp

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// A sale is the body of a document: an order in our own words.
type sale struct {
	Order map[string]string `json:"order"` // by field: texts, plain decimals, times in RFC 3339, UTC
	Lines []line            `json:"lines"`
	Sums  sums              `json:"sums"`
}

// A line is one line of a sales document.
type line struct {
	Kind     string           `json:"kind"` // item, shipping, discount, taxes
	SKU      string           `json:"sku,omitempty"`
	Name     string           `json:"name,omitempty"`
	Quantity pipeline.Decimal `json:"quantity"`
	Price    pipeline.Decimal `json:"price"`
	Discount pipeline.Decimal `json:"discount"`
	Total    pipeline.Decimal `json:"total"`
}

// build makes the sales document of one order's records. It is pure.
func (s *Sink) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	o := ordered{group}
	body, problems := o.sale(s.layout)
	name, id := o.text("order.name"), o.text("order.id")
	doc := pipeline.Document{
		Key:      s.key(name, id),
		Name:     name,
		Money:    o.amount("order.total"),
		Out:      s.layout.written(body),
		Currency: strings.ToUpper(o.text("order.currency")),
		Words:    o.words(id),
		Print:    body.print(name, id, strings.ToUpper(o.text("order.currency"))),
	}
	if at := o.first("order.created").Value("order.created"); at.Set {
		doc.Day = at.Time.In(s.zone).Format(time.DateOnly)
	}
	problems = append(problems, o.astray()...)
	problems = append(problems, s.layout.unwritable(body, group, o)...)
	doc.Body = mustJSON(body)
	return doc, problems
}

// key is the document's key: by the shop's own number, which stays when the
// name changes or comes again in another year.
func (s *Sink) key(name, id string) string {
	if id == "" {
		id = name
	}
	if s.cfg.Shop != "" {
		return s.cfg.Shop + "/order/" + id
	}
	return "order/" + id
}

// ordered is the group of records of one order. Fields of the order stand on
// its first row only, so each is taken from the first record that has it.
type ordered struct{ group []pipeline.Record }

func (o ordered) first(field string) pipeline.Record {
	for _, r := range o.group {
		if r.Has(field) {
			return r
		}
	}
	return o.group[0]
}

func (o ordered) has(field string) bool                { return o.first(field).Has(field) }
func (o ordered) text(field string) string             { return o.first(field).Text(field) }
func (o ordered) amount(field string) pipeline.Decimal { return o.first(field).Amount(field) }

// sale puts the order into the form of its document, and checks that its
// amounts add up to the total that the file states.
func (o ordered) sale(l *layout) (sale, []pipeline.Problem) {
	body := sale{Order: map[string]string{}}
	for _, f := range fields {
		if v := o.first(f.Name).Value(f.Name); v.Set && !strings.HasPrefix(f.Name, "line.") {
			body.Order[f.Name] = plain(f.Type, v)
		}
	}
	a := stated{
		discount: o.amount("order.discount"), shipping: o.amount("order.shipping"), taxes: o.amount("order.taxes"),
		total: o.amount("order.total"), subtotal: o.amount("order.subtotal"), noSubtotal: !o.has("order.subtotal"),
	}
	whole := true
	for _, r := range o.group {
		item := itemLine(r)
		body.Lines = append(body.Lines, item)
		a.nets = append(a.nets, item.Total)
		a.ofLines = a.ofLines.Add(item.Discount)
		whole = whole && r.Has("line.quantity") && r.Has("line.price")
	}
	explained := false
	body.Sums, explained = explain(a)
	body.Lines = append(body.Lines, l.extra(body.Sums)...)
	switch total := o.first("order.total"); {
	case !whole, !o.has("order.name"): // what could not be read is a problem already
	case !total.Has("order.total"):
		return body, []pipeline.Problem{total.Problem("order.total", "erp.total", nil)}
	case explained:
	case body.Sums.total().Equal(a.total):
		return body, []pipeline.Problem{o.first("order.subtotal").Problem("order.subtotal", "erp.subtotal", a.facts(body.Sums))}
	default:
		return body, []pipeline.Problem{total.Problem("order.total", "erp.sums", a.facts(body.Sums))}
	}
	return body, nil
}

func itemLine(r pipeline.Record) line {
	l := line{Kind: "item", SKU: r.Text("line.sku"), Name: r.Text("line.name"),
		Quantity: r.Amount("line.quantity"), Price: r.Amount("line.price"), Discount: r.Amount("line.discount")}
	l.Total = lineTotal(l.Quantity, l.Price, l.Discount)
	return l
}

// astray finds rows of another order under the same name: files of two shops
// that were put together.
func (o ordered) astray() []pipeline.Problem {
	id := o.text("order.id")
	for _, r := range o.group {
		if r.Has("order.id") && r.Text("order.id") != id {
			return []pipeline.Problem{r.Problem("order.id", "key.twice", map[string]string{"key": o.text("order.name")})}
		}
	}
	return nil
}

// words are further words under which people look for the order. The
// customer's are not among them.
func (o ordered) words(id string) []string {
	words := []string{}
	for _, r := range o.group {
		words = append(words, r.Text("line.sku"))
	}
	words = append(words, id)
	slices.Sort(words)
	return slices.DeleteFunc(slices.Compact(words), func(w string) bool { return w == "" })
}

// print is what counts as a change of the order: its items and its numbers. Its
// status, notes and tags may change as they like; so may the layout, which adds
// lines of its own for shipping and the like.
func (b sale) print(name, id, currency string) string {
	items := []line{}
	for _, l := range b.Lines {
		if l.Kind == "item" {
			if l.SKU != "" {
				l.Name = ""
			}
			items = append(items, l)
		}
	}
	return string(mustJSON(struct {
		Name, ID, Currency string
		Lines              []line
		Sums               sums
	}{name, id, currency, items, b.Sums}))
}

// plain is a value as the body keeps it.
func plain(t pipeline.Type, v pipeline.Value) string {
	switch t {
	case pipeline.Amount, pipeline.Quantity, pipeline.Rate:
		return v.Dec.String()
	case pipeline.Date, pipeline.Time:
		return v.Time.UTC().Format(time.RFC3339)
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
