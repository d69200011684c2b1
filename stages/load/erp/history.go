package erp

import (
	"strings"

	"wasl/pipeline"
)

// KindHistory is the kind of purchase histories.
const KindHistory = "erp.history"

// typeHistory is the type of their documents.
const typeHistory = "history"

// historyFields are the words of what a customer has bought. wasl history writes files
// with them; amounts are what the ERP was told in sales documents.
var historyFields = []pipeline.Field{
	{Name: "history.customer", Type: pipeline.Code, Required: true, Help: "C-7001 of the shop's customer, G-1042 of a guest; what the ERP knows them by where wasl has not told it of them"},
	{Name: "customer.number", Type: pipeline.Code, Help: "the ERP's own number of the customer, where it is known"},
	{Name: "customer.name", Type: pipeline.Text, Help: "the customer's name"},
	{Name: "history.currency", Type: pipeline.Text, Help: "ISO code: each currency has a history of its own"},
	{Name: "history.orders", Type: pipeline.Quantity, Help: "how many orders the ERP was told of"},
	{Name: "history.sales", Type: pipeline.Amount, Required: true, Help: "what they come to, with their revisions"},
	{Name: "history.returns", Type: pipeline.Amount, Required: true, Help: "what cancellations and credit notes took back of it, above zero"},
	{Name: "history.net", Type: pipeline.Amount, Required: true, Help: "sales less returns"},
	{Name: "history.pieces", Type: pipeline.Quantity, Help: "pieces bought"},
	{Name: "history.returned", Type: pipeline.Quantity, Help: "pieces given back"},
	{Name: "history.first", Type: pipeline.Date, Help: "day of the first order"},
	{Name: "history.last", Type: pipeline.Date, Help: "day of the last order"},
	{Name: "history.last_order", Type: pipeline.Code, Help: "the last order"},
	{Name: "history.last_items", Type: pipeline.Text, Help: "what it was of: 2 x A-1001, 1 x A-1002"},
}

// historyComputed are the words that a layout of histories may use besides.
var historyComputed = []pipeline.Field{
	{Name: "doc.type", Type: pipeline.Text, Help: "history"},
	{Name: "doc.number", Type: pipeline.Text, Help: "the customer: C-7001"},
}

// History is the ERP's import folder as the door for purchase histories.
type History struct{ *Sink }

// NewHistory makes the sink of purchase histories; see New.
func NewHistory(c Config, layout []byte, layoutFile string, d Deps) (*History, []pipeline.Finding, error) {
	c.Confirm, d.Table = confirmNone, nil // a history is no booking: the next one takes its place, and nobody waits for an answer
	s, findings, err := newSink(historyWords, c, layout, layoutFile, d)
	if s == nil {
		return nil, findings, err
	}
	return &History{s}, findings, err
}

// Kinds are the documents of purchase histories.
func (h *History) Kinds() []pipeline.Kind { return []pipeline.Kind{h.kind(nil)} }

func (h *History) kind(pipeline.Settings) pipeline.Kind {
	return pipeline.Kind{
		Name:   KindHistory,
		Help:   "What a customer has bought and given back, as the ERP was told in sales documents: wasl history makes the files.",
		Fields: historyFields,
		Record: true,
		Freeze: h.freeze,
		Build:  h.build,
	}
}

// build makes the document of one history. It is pure.
func (h *History) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	r, o := group[0], ordered{group}
	number := r.Text("history.customer")
	b := sale{Order: map[string]string{}, Doc: told{Type: typeHistory, Number: number}, position: position{Lines: []line{{}}}}
	for _, f := range historyFields {
		if v := r.Value(f.Name); v.Set {
			b.Order[f.Name] = plain(f.Type, v)
		}
	}
	doc := pipeline.Document{Name: number, Currency: strings.ToUpper(r.Text("history.currency")), Money: r.Amount("history.net")}
	if number != "" {
		doc.Key = h.cfg.ofShop("history/" + number + "/" + doc.Currency)
	}
	doc.Out = r.Amount("history.sales").Sub(r.Amount("history.returns"))
	var problems []pipeline.Problem
	if !doc.Out.Equal(doc.Money) {
		problems = append(problems, r.Problem("history.net", "history.sum", map[string]string{"sales": r.Amount("history.sales").StringFixed(2),
			"returns": r.Amount("history.returns").StringFixed(2), "sum": doc.Out.StringFixed(2)}))
	}
	problems = append(problems, h.layout.unwritable(b, group, o)...)
	doc.Body = mustJSON(b)
	return doc, problems
}

// sampleHistory is the row of a history that is no real one.
var sampleHistory = map[string]string{"history.customer": "C-7001", "customer.number": "1234", "customer.name": "منى علي", "history.currency": "EGP",
	"history.orders": "3", "history.sales": "1125", "history.returns": "125", "history.net": "1000", "history.pieces": "9", "history.returned": "1",
	"history.first": "2026-03-01T00:00:00Z", "history.last": "2026-11-23T00:00:00Z", "history.last_order": "#1042", "history.last_items": "2 x A-1001, 3 x A-1002"}
