package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/stages/load/shopify"
	"wasl/stages/reconcile"
)

func (a *app) backordersCommand() *cobra.Command {
	var since string
	var workbook, all bool
	cmd := &cobra.Command{
		Use:   "backorders",
		Short: "Show what the shop has to send still, how old it is, and what it lacks for that",
		Long: `backorders asks the shop which orders are not wholly sent: by age (0-1, 2-3, 4-7 and
more than 7 days), line by line, and by item and location the pieces that are wanted
next to what the shop holds there. It changes nothing and may be called while another
wasl works. Orders older than 60 days are among them only where the app has the right
read_all_orders. It ends with code 0 where no item is short, and with 3 where some are, or
where an order has more lines than are read at once.`,
		Example: "  wasl backorders\n  wasl backorders --since 2026-11-01 --workbook",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			if err := days(since); err != nil {
				return usage{err}
			}
			from := time.Time{}
			if since != "" {
				from, _ = time.ParseInLocation(time.DateOnly, since, c.zone) // days has read it
			}
			b, err := a.backlog(cmd.Context(), c, from)
			if err != nil {
				return err
			}
			return a.backorders(cmd.Context(), c, b, all, workbook)
		},
	}
	cmd.Flags().StringVar(&since, "since", "", "only orders that were placed on that day or later")
	cmd.Flags().BoolVar(&workbook, "workbook", false, "write them as a workbook too, into reports")
	cmd.Flags().BoolVar(&all, "all", false, "print every line, not only the first fifty")
	return cmd
}

// backlog asks the shop.
func (a *app) backlog(ctx context.Context, c *Config, since time.Time) (reconcile.Backorders, error) {
	if c.Shopify == nil {
		return reconcile.Backorders{}, usage{&pipeline.Trouble{Rule: "backorders.shop"}}
	}
	d, err := openShopify(c, secrets{folder: c.path(c.Secrets), getenv: a.getenv}, unmatched{}, func(pipeline.Event) {})
	if err != nil {
		return reconcile.Backorders{}, err
	}
	shop, err := d.sink.(*shopify.Sink).Backlog(ctx, since)
	if err != nil {
		return reconcile.Backorders{}, err
	}
	return backordersOf(shop, c.zone), nil
}

// unmatched is a match table in which nobody has matched anything: orders name items
// of the shop as the shop does, so that no ledger is needed.
type unmatched struct{ pipeline.Table }

func (unmatched) Row(context.Context, string, string) (pipeline.TableRow, error) {
	return pipeline.TableRow{}, pipeline.ErrNotFound
}

// backordersOf is what the shop said, as the workbook has it.
func backordersOf(shop shopify.Backlog, zone *time.Location) reconcile.Backorders {
	b := reconcile.Backorders{At: shop.At}
	for _, o := range shop.Orders {
		days, age := reconcile.AgeOf(o.Placed, shop.At, zone)
		if o.More {
			b.More = append(b.More, reconcile.Backorder{Order: o.Name, Placed: o.Placed, Days: days, Age: age, Paid: o.Paid})
		}
		for _, l := range o.Lines {
			b.Lines = append(b.Lines, reconcile.Backorder{Order: o.Name, Placed: o.Placed, Days: days, Age: age, Paid: o.Paid,
				SKU: l.SKU, Title: l.Title, Location: l.Location, Left: l.Left, Held: l.Held})
		}
	}
	for _, n := range shop.Stock {
		b.Stock = append(b.Stock, reconcile.Wanted{SKU: n.SKU, Title: n.Title, Location: n.Location, Open: n.Open, Known: n.Known,
			Committed: n.Committed, OnHand: n.OnHand, Available: n.Available, Short: n.Short()})
	}
	return b
}

// backorders prints and writes what was found.
func (a *app) backorders(ctx context.Context, c *Config, b reconcile.Backorders, all, workbook bool) error {
	for _, w := range b.Stock {
		if w.Short > 0 {
			a.code = exitAside
		}
	}
	if a.json {
		a.backordersJSON(b)
	} else {
		a.showBackorders(c, b, all)
	}
	if len(b.More) > 0 {
		a.code = exitAside
		a.problemList(b.Partly())
	}
	if !workbook {
		return nil
	}
	path := filepath.Join(c.path(c.Reports), reconcile.BackordersName(c.today()))
	if err := reconcile.WriteBackorders(ctx, path, c.today(), b, c.bookOptions(c.Language)); err != nil {
		return err
	}
	a.wrote("backorders", path)
	return nil
}

func (a *app) backordersJSON(b reconcile.Backorders) {
	for _, one := range b.Ageing() {
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			reconcile.Aged
		}{"age", one})
	}
	for _, one := range b.Lines {
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			reconcile.Backorder
		}{"line", one})
	}
	for _, one := range b.Stock {
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			reconcile.Wanted
		}{"stock", one})
	}
}

// showBackorders prints ages, then the oldest lines, then the items that are short.
func (a *app) showBackorders(c *Config, b reconcile.Backorders, all bool) {
	if len(b.Lines) == 0 && len(b.More) > 0 {
		return
	}
	if len(b.Lines) == 0 {
		fmt.Fprintln(a.out, a.say("backorders.none"))
		return
	}
	t := a.table(a.say("backorders.age"), a.say("backorders.orders"), a.say("backorders.pieces"), a.say("backorders.held"))
	for _, one := range b.Ageing() {
		t.AppendRow([]any{one.Age, one.Orders, one.Pieces, one.Held})
	}
	t.Render()
	fmt.Fprintln(a.out)
	t = a.table(a.say("backorders.order"), a.say("backorders.placed"), a.say("backorders.item"), a.say("backorders.location"), a.say("backorders.left"), a.say("backorders.hold"))
	for i, l := range b.Lines {
		if i == mostLines && !all {
			break
		}
		t.AppendRow([]any{l.Order, c.minute(l.Placed), l.SKU, l.Location, l.Left, l.Held})
	}
	t.Render()
	if n := len(b.Lines) - mostLines; n > 0 && !all {
		fmt.Fprintf(a.out, "%s\n", a.say("plan.more", "count", humanize.Comma(int64(n))))
	}
	a.showShort(b.Stock)
}

// showShort prints the items of which less lies there than is wanted.
func (a *app) showShort(stock []reconcile.Wanted) {
	t := a.table(a.say("backorders.item"), a.say("backorders.location"), a.say("backorders.wanted"), a.say("backorders.there"), a.say("backorders.committed"), a.say("backorders.short"))
	for _, w := range stock {
		if w.Short > 0 {
			t.AppendRow([]any{w.SKU, w.Location, w.Open, w.OnHand, w.Committed, w.Short})
		}
	}
	if t.Length() == 0 {
		fmt.Fprintf(a.out, "\n%s\n", a.say("backorders.enough"))
		return
	}
	fmt.Fprintln(a.out)
	t.Render()
}
