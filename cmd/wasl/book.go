package main

import (
	"context"
	"fmt"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/eta"
	"wasl/stages/reconcile"
)

// report writes the workbooks of some days of arrival.
func (h *house) report(ctx context.Context, from, to string) (string, error) {
	return writeBook(ctx, h.ledger, h.cfg, from, to, reread(h.vault, h.flows), reportOptions(h.cfg, h.doors))
}

// reportDay writes the workbook of a day, one at a time.
func (h *house) reportDay(ctx context.Context, day string) (string, error) {
	h.writing.Lock()
	defer h.writing.Unlock()
	return h.report(ctx, day, day)
}

// writeBook writes the workbooks of one moment of the ledger: the one of the days,
// then those of rows that were put aside, which it names.
func writeBook(ctx context.Context, l *ledger.Ledger, c *Config, from, to string, read reconcile.Reread, opt reconcile.Options) (path string, err error) {
	opt.Clearing = clearingFor(c, l)
	opt.Couriers = couriersFor(c, l)
	opt.Bought = boughtIn(l, c, "")
	err = l.Snapshot(ctx, func(books pipeline.Books) (err error) {
		dir := c.path(c.Reports)
		if path, err = reconcile.Write(ctx, books, dir, from, to, opt); err != nil {
			return err
		}
		return reconcile.Quarantine(ctx, books, dir, from, to, read, opt)
	})
	return path, err
}

// bookOptions say how workbooks look in a language.
func (c *Config) bookOptions(lang string) reconcile.Options {
	return reconcile.Options{Lang: lang, Shop: c.Shop.Name, Zone: c.zone, Version: version()}
}

// reportOptions are those of the shop's language, with the links of receipts, which are ETA's.
func reportOptions(c *Config, all []door) reconcile.Options {
	o := c.bookOptions(c.Language)
	for _, d := range all {
		tax, ok := d.sink.(*eta.Sink)
		if !ok || d.off {
			continue
		}
		o.Link = func(e pipeline.Entry) string {
			link, err := tax.Link(e.Sealed)
			if err != nil {
				return "" // no receipt, or not sealed yet
			}
			return link
		}
	}
	return o
}

// openReading opens the state for looking only: it takes no lock.
func (a *app) openReading(ctx context.Context, c *Config) (*ledger.Ledger, error) {
	l, err := ledger.Open(ctx, c.path(c.State), ledger.Options{ReadOnly: true, Zone: c.zone, Program: version()})
	if err != nil {
		return nil, fmt.Errorf("open state: %w", err)
	}
	return l, nil
}
