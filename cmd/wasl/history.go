package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/erp"
	"wasl/stages/reconcile"
)

func (a *app) historyCommand() *cobra.Command {
	var drop, all bool
	var patience time.Duration
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Show what each customer has bought and given back, or hand it to the ERP",
		Long: `history adds up by customer what the ERP was told in sales documents: orders, amounts,
returns, the last items. The sum over all customers is the sum of those documents, or
else it ends with code 3. Customers are known as they were sent to the ERP, by
telephone, address of mail and name; orders that name nobody are one line.

With --drop it is a file in the inbox, which the flow customer-history-to-erp leads to
the ERP: histories that changed since the last time, one line a customer.`,
		Example: "  wasl history\n  wasl history --json\n  wasl history --drop && wasl run",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if drop {
				return a.atHouse(cmd, args, patience, a.dropHistory)
			}
			c, l, done, err := a.reading(cmd.Context())
			if err != nil {
				return err
			}
			defer done()
			h, err := historiesIn(cmd.Context(), l, c, a.walkIn(cmd.Context(), c, l))
			if err != nil {
				return err
			}
			return a.showHistory(h, all)
		},
	}
	cmd.Flags().BoolVar(&drop, "drop", false, "put it into the inbox as a file for the ERP")
	cmd.Flags().BoolVar(&all, "all", false, "print every customer, not only the first fifty")
	cmd.Flags().DurationVar(&patience, "patience", 0, "how long to wait for another wasl, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

// historiesIn adds up all sales documents of the ledger. account is the ERP's of walk-in
// customers, "" where none is named.
func historiesIn(ctx context.Context, l *ledger.Ledger, c *Config, account string) (*reconcile.Histories, error) {
	h := &reconcile.Histories{Zone: c.zone}
	bought := boughtIn(l, c, account)
	for e, err := range l.Papers(ctx, erp.KindOrder) {
		if err != nil {
			return nil, fmt.Errorf("read the sales documents: %w", err)
		}
		if e.Kind != erp.KindOrder || !reconcile.Told(e.State) {
			continue
		}
		p, ok, err := bought(ctx, e)
		if err != nil {
			return nil, fmt.Errorf("whose %s is: %w", e.Name, err)
		}
		if ok {
			h.Add(p)
		}
	}
	return h, nil
}

// boughtIn tells of sales documents whose they are.
func boughtIn(l *ledger.Ledger, c *Config, account string) func(context.Context, pipeline.Entry) (reconcile.Purchase, bool, error) {
	named := func(ctx context.Context, words []string) ([]pipeline.Document, error) {
		return l.Named(ctx, erp.KindCustomer, "erp", words)
	}
	shop := ""
	if c.ERP != nil {
		shop = c.ERP.Shop
	}
	buyers := erp.NewBuyers(named, l, shop, account)
	return func(ctx context.Context, e pipeline.Entry) (reconcile.Purchase, bool, error) {
		p, ok, err := buyers.Purchase(ctx, e.Document)
		return reconcile.Purchase{Customer: p.Ref, Number: p.Number, Name: p.Name, Currency: p.Currency, Order: p.Order, Placed: p.Placed,
			Returns: p.Returns, Total: p.Total, Pieces: p.Pieces, Items: p.Items}, ok, err
	}
}

// walkIn is the ERP's account of walk-in customers, as a flow of customers names it. A
// mapping that cannot be read names none: wasl check tells.
func (a *app) walkIn(ctx context.Context, c *Config, l *ledger.Ledger) string {
	tables := lookupIn(ctx, l)
	all, findings, err := doors(c, tables, func(pipeline.Event) {})
	if err != nil || len(findings) > 0 {
		return ""
	}
	flows, _, err := readMappings(c, all, tables)
	if err != nil {
		return ""
	}
	return walkInOf(flows)
}

func walkInOf(flows []flowFile) string {
	for _, f := range flows {
		if code := strings.TrimSpace(f.flow.Settings["walk_in"]); f.flow.Kind.Name == erp.KindCustomer && !f.off && code != "" {
			return code
		}
	}
	return ""
}

// dropHistory puts the histories into the inbox.
func (a *app) dropHistory(ctx context.Context, h *house) error {
	all, err := historiesIn(ctx, h.ledger, h.cfg, walkInOf(h.flows))
	if err != nil {
		return err
	}
	list := all.All()
	if len(list) == 0 {
		fmt.Fprintln(a.out, a.say("history.none"))
		return nil
	}
	name := "customer-history-" + time.Now().UTC().Format("20060102T150405Z") + ".csv"
	text, err := historyText(list, h.namesPeople())
	if err != nil {
		return err
	}
	if len(h.claims(pipeline.Drop{Name: name, Size: int64(len(text))}, bytes.NewReader(text))) == 0 {
		return &pipeline.Trouble{Rule: "history.flow", With: map[string]string{"name": name}}
	}
	if err := h.inbox.Put(ctx, name, bytes.NewReader(text), "history"); err != nil {
		return err
	}
	fmt.Fprintln(a.out, a.say("history.dropped", "file", name, "count", fmt.Sprint(len(list))))
	return nil
}

// namesPeople tells whether a flow of histories reads the names of customers: else no
// file is made with them.
func (h *house) namesPeople() bool {
	for _, f := range h.on() {
		if f.Kind.Name == erp.KindHistory && slices.ContainsFunc(f.Columns, func(c pipeline.Asked) bool { return slices.Contains(c.Names, "name") }) {
			return true
		}
	}
	return false
}

// historyText is a file of histories. It ends with their totals where they are of one
// currency: reading it proves that no line is missing.
func historyText(list []reconcile.History, names bool) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"customer", "number", "name", "currency", "orders", "sales", "returns", "net", "pieces", "returned", "first", "last", "last order", "last items"}) // Error tells
	money := func(d pipeline.Decimal) string { return d.StringFixed(2) }
	sum, mixed := reconcile.History{}, false
	for _, one := range list {
		if !names {
			one.Name = ""
		}
		mixed = mixed || sum.Currency != "" && sum.Currency != one.Currency
		sum.Currency = cmp.Or(sum.Currency, one.Currency)
		sum.Sales, sum.Returns, sum.Net = sum.Sales.Add(one.Sales), sum.Returns.Add(one.Returns), sum.Net.Add(one.Net)
		_ = w.Write([]string{one.Customer, one.Number, one.Name, one.Currency, fmt.Sprint(one.Orders), money(one.Sales), money(one.Returns), money(one.Net),
			one.Pieces.String(), one.Returned.String(), one.First, one.Last, one.Order, one.Items})
	}
	if !mixed {
		_ = w.Write([]string{"Total", "", "", "", "", money(sum.Sales), money(sum.Returns), money(sum.Net), "", "", "", "", "", ""})
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// showHistory prints the histories, and proves them against the sales documents.
func (a *app) showHistory(h *reconcile.Histories, everyone bool) error {
	list := h.All()
	off := map[string]pipeline.Decimal{}
	for _, one := range list {
		off[one.Currency] = off[one.Currency].Add(one.Net)
	}
	var failed error
	for currency, sum := range off {
		if !sum.Equal(h.Told[currency]) {
			failed = errors.Join(failed, &pipeline.Trouble{Rule: "history.tie", With: map[string]string{"sum": sum.String(), "told": h.Told[currency].String(), "currency": currency}})
		}
	}
	if a.json {
		for _, one := range list {
			a.jsonLine(a.out, struct {
				What string `json:"what"`
				reconcile.History
			}{"history", one})
		}
		for _, currency := range slices.Sorted(maps.Keys(h.Told)) {
			a.jsonLine(a.out, map[string]any{"what": "told", "currency": currency, "total": h.Told[currency], "customers": off[currency]})
		}
		return failed
	}
	if len(list) == 0 {
		fmt.Fprintln(a.out, a.say("history.none"))
		return nil
	}
	t := a.table(a.say("history.customer"), a.say("history.number"), a.say("history.orders"), a.say("history.sales"), a.say("history.returns"), a.say("history.net"), "", a.say("history.last"))
	for i, one := range list {
		if i == mostLines && !everyone {
			break
		}
		t.AppendRow([]any{one.Customer, one.Number, one.Orders, one.Sales.StringFixed(2), one.Returns.StringFixed(2), one.Net.StringFixed(2), one.Currency, strings.TrimSpace(one.Last + " " + one.Order)})
	}
	t.Render()
	if n := len(list) - mostLines; n > 0 && !everyone {
		fmt.Fprintf(a.out, "%s\n", a.say("plan.more", "count", humanize.Comma(int64(n))))
	}
	for _, currency := range slices.Sorted(maps.Keys(h.Told)) {
		fmt.Fprintln(a.out, a.say("history.told", "sum", off[currency].StringFixed(2), "told", h.Told[currency].StringFixed(2), "currency", currency))
	}
	return failed
}
