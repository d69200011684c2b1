package erp

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"wasl/pipeline"
)

// What is remembered of money, for the accounts between gateways and the bank.
const (
	tableMoves   = "erp.moves"   // by document: what was booked on a gateway's account
	tableSettled = "erp.settled" // by gateway's line: with which payout it went
)

// moveOf is what a payment document booked on its gateway's account.
func moveOf(job pipeline.Job, doc pipeline.Document, b sale, number string) pipeline.TableRow {
	cols := map[string]string{"number": number, "type": b.kind(), "account": b.Order["payment.account"], "gateway": b.Order["payment.gateway"],
		"currency": doc.Currency, "day": doc.Day, "amount": balance(b.Lines, lineClearing).String(), "order": b.Order["order.name"], "id": b.Order["payment.id"]}
	if b.Direct {
		cols["direct"] = "true"
	}
	return pipeline.TableRow{Code: doc.Key, Cols: cols, Job: job, Mark: partsOf(cols["type"], cols["account"], cols["currency"], cols["day"], number)}
}

// movesIn adds up what was booked: by account, currency, day and day of arrival, and the
// gateway. A row adds its amount to the sum of its type.
func movesIn(tables pipeline.Table) keeping {
	return keeping{tables: tables, table: tableMoves, cell: func(row pipeline.TableRow) (string, cell, error) {
		c := row.Cols
		amount, err := parseDecimal(c["amount"])
		if err != nil {
			return "", nil, fmt.Errorf("clearing account %s: %s: %w", c["account"], row.Code, err)
		}
		adds := cell{c["type"]: amount, sumRows: one}
		if c["direct"] != "" {
			adds[sumDirect] = one
		}
		return partsOf(c["account"], c["currency"], c["day"], dayOf(row.Job.Drop), c["gateway"]), adds, nil
	}}
}

// linesIn adds up the gateways' lines that were paid out: by account, currency, payout,
// its day, and day of arrival. One that waits to be paid out counts nowhere.
func linesIn(tables pipeline.Table) keeping {
	return keeping{tables: tables, table: tableSettled, cell: func(row pipeline.TableRow) (string, cell, error) {
		c := row.Cols
		if c["status"] != "paid" && c["status"] != "" || c["payout"] == "" && c["payday"] == "" {
			return "", nil, nil
		}
		net, err := parseDecimal(c["net"])
		if err != nil {
			return "", nil, fmt.Errorf("line %s of a payout: %w", row.Code, err)
		}
		return partsOf(c["account"], c["currency"], c["payout"], c["payday"], dayOf(row.Job.Drop)), cell{sumNet: net, sumRows: one}, nil
	}}
}

// Names of sums, beside the types of documents.
const (
	sumRows   = "rows"
	sumDirect = "rows.direct"
	sumNet    = "net"
)

// KindSettled is the kind of the lines of a gateway's own list: with which payout they
// went. Nothing of them is booked; payouts are held against them.
const KindSettled = "erp.settled"

var settledFields = []pipeline.Field{
	{Name: "settled.line", Type: pipeline.Code, Required: true, Help: "what tells the line from others of the same gateway: its own number, or order, type, time and amount"},
	{Name: "settled.account", Type: pipeline.Code, Required: true, Help: "the ERP's account of the gateway, as payments have it"},
	{Name: "settled.net", Type: pipeline.Amount, Required: true, Help: "what it adds to the payout: below zero where it is taken off"},
	{Name: "settled.currency", Type: pipeline.Text, Help: "ISO code"},
	{Name: "settled.type", Type: pipeline.Text, Help: "charge, refund, adjustment ... as the gateway says; payout: left out, it is what the others are held against"},
	{Name: "settled.at", Type: pipeline.Time, Help: "when it came about"},
	{Name: "settled.status", Type: pipeline.Text, Help: "of its payout: paid counts; else it waits to be paid out"},
	{Name: "order.name", Type: pipeline.Code, Help: "the order"},
	{Name: "payout.id", Type: pipeline.Code, Help: "the payout's number"},
	{Name: "payout.day", Type: pipeline.Time, Help: "the payout's day"},
}

// settledKind is that of a gateway's lines. A line may be told again with another
// payout: the newest word counts.
func (s *Sink) settledKind() pipeline.Kind {
	return pipeline.Kind{Name: KindSettled, Help: "A line of a gateway's own list: which payout it went with. Payouts are held against them; nothing is booked.",
		Fields: settledFields, GroupBy: []string{"settled.line"}, Space: "erp.settled", Build: s.buildSettled}
}

func isSettled(b pipeline.Batch) bool { return len(b.Docs) > 0 && b.Docs[0].Kind == KindSettled }

// buildSettled makes a line of the rows that name it. Rows that are alike to the last
// word are several lines. It is pure.
func (s *Sink) buildSettled(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	r := group[0]
	net := zero
	for _, one := range group {
		net = net.Add(one.Amount("settled.net"))
	}
	cols := map[string]string{"account": r.Text("settled.account"), "net": net.String(), "currency": strings.ToUpper(r.Text("settled.currency")),
		"type": r.Text("settled.type"), "status": strings.ToLower(r.Text("settled.status")), "order": r.Text("order.name"), "payout": r.Text("payout.id")}
	day := func(field string) string {
		if at := r.Value(field); at.Set {
			return at.Time.In(s.zone).Format(time.DateOnly)
		}
		return ""
	}
	cols["day"], cols["payday"] = day("settled.at"), day("payout.day")
	doc := pipeline.Document{Name: or(cols["order"], r.Text("settled.line")), Day: cols["day"], Money: net, Out: net, Currency: cols["currency"],
		Words: wordsOf(cols["order"], cols["payout"]), Body: mustJSON(cols)}
	if line := r.Text("settled.line"); line != "" {
		doc.Key = s.cfg.ofShop("settled/" + cols["account"] + "/" + line)
	}
	if pipeline.Fold(cols["type"]) == typePayout {
		doc.Left = "the payout itself: its lines are held against it / التحويل نفسه"
	}
	return doc, nil
}

// putSettled remembers lines. Putting them once more changes nothing.
func (s *Sink) putSettled(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	var a pipeline.Answer
	if err := ctx.Err(); err != nil {
		return a, err
	}
	var rows []pipeline.TableRow
	for _, doc := range b.Docs {
		var cols map[string]string
		if err := json.Unmarshal(doc.Body, &cols); err != nil {
			return a, fmt.Errorf("read the body of %s: %w", doc.Key, err)
		}
		rows = append(rows, pipeline.TableRow{Code: doc.Key, Cols: cols, Job: b.Job})
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: doc.Name})
	}
	if s.tables == nil {
		return a, nil
	}
	sums, err := linesIn(s.tables).with(ctx, rows)
	if err != nil {
		return pipeline.Answer{}, err
	}
	if err := s.putAll(ctx, map[string][]pipeline.TableRow{tableSettled: rows, pipeline.KeptOf(tableSettled): sums}); err != nil {
		return pipeline.Answer{}, err
	}
	return a, nil
}

// again has every document of a batch sent once more: it does no harm.
func again(ctx context.Context, b pipeline.Batch) (a pipeline.Answer, err error) {
	for _, doc := range b.Docs {
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Ready})
	}
	return a, ctx.Err()
}
