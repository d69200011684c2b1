package reconcile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// Options says how a workbook is to look. The zero value is English and UTC.
type Options struct {
	Lang     string                                                       // en or ar: names of sheets, headers, words; ar gives sheets from right to left
	Shop     string                                                       // whose workbook it is
	Zone     *time.Location                                               // the shop's; nil: UTC
	Version  string                                                       // of the program, for its last line
	Clearing func(ctx context.Context, from, to string) (Clearing, error) // how clearing accounts stood at the end of the days of arrival; nil: no sheets of it
	Couriers func(ctx context.Context, from, to string) (Couriers, error) // how couriers stood likewise; nil: no sheets of them
	Link     func(pipeline.Entry) string                                  // the authority's public page of a sealed receipt; nil: none is shown

	// Bought tells whose a sales document is and what it says of them; ok is false of
	// one that says nothing. nil: there is no sheet of customers.
	Bought func(context.Context, pipeline.Entry) (p Purchase, ok bool, err error)
}

// FileName is the name of the workbook of some days of arrival, both included:
// reconciliation-2026-11-25.xlsx or reconciliation-2026-11-01_2026-11-30.xlsx.
func FileName(from, to string) string {
	if from == to {
		return "reconciliation-" + from + ".xlsx"
	}
	return "reconciliation-" + from + "_" + to + ".xlsx"
}

// Write writes the workbook of the days of arrival from..to, both included, into
// dir, whole or not at all, and returns its path. Days that hold nothing give ""
// and no file. It may be called again: the same ledger gives the same bytes.
func Write(ctx context.Context, books pipeline.Books, dir, from, to string, opt Options) (path string, err error) {
	jobs, err := books.Jobs(ctx, from, to)
	if err != nil {
		return "", fmt.Errorf("read the jobs of %s to %s: %w", from, to, err)
	}
	lapses, err := lapsesOf(ctx, books, from, to)
	if err != nil {
		return "", err
	}
	if len(jobs) == 0 && len(lapses) == 0 {
		return "", nil
	}
	b, err := newBook(opt, from, to)
	if err != nil {
		return "", fmt.Errorf("begin the workbook: %w", err)
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.fill(ctx, books, jobs, lapses); err != nil {
		return "", fmt.Errorf("fill the workbook of %s to %s: %w", from, to, err)
	}
	path = filepath.Join(dir, FileName(from, to))
	if err := save(ctx, path, b.pack); err != nil {
		return "", fmt.Errorf("write the workbook: %w", err)
	}
	return path, nil
}

// fill puts the sheets into the workbook, each entry read once. The summary
// stands first and is written last.
func (b *book) fill(ctx context.Context, books pipeline.Books, jobs []pipeline.Opened, lapses []pipeline.Lapse) error {
	sum := newTally(b.from, b.to, jobs)
	summary, err := b.summarySheet()
	if err != nil {
		return err
	}
	orders, err := b.ordersSheet()
	if err != nil {
		return err
	}
	receipts, err := b.receiptsSheet()
	if err != nil {
		return err
	}
	stock, err := b.stockSheet(jobs)
	if err != nil {
		return err
	}
	changes := b.changesSheet(jobs)
	sales := b.salesSheet()
	var unready Gather
	people := &Histories{Zone: b.opt.Zone}
	for e, err := range books.Entries(ctx, b.from, b.to) {
		if err != nil {
			return fmt.Errorf("read the documents: %w", err)
		}
		sum.add(e)
		unready.entry(e)
		if putAside(changes.jobs[e.Job], e.State) {
			b.aside[asideKey{e.Job, e.Key}] = true
		}
		switch e.Kind {
		case kindOrder:
			orders.erp(e)
			err = b.bought(ctx, people, e)
		case kindReceipt:
			r := readReceipt(e.Document)
			orders.receipt(e, r)
			sales.add(e)
			err = receipts.add(e, r)
		case kindStock:
			err = stock.add(e)
		default:
			err = changes.add(e)
		}
		if err != nil {
			return err
		}
	}
	if err := errors.Join(orders.finish(), receipts.finish(), sales.finish(), stock.finish(), changes.finish(), b.customers(people)); err != nil {
		return err
	}
	accounts, err := b.readClearing(ctx)
	if err != nil {
		return err
	}
	couriers, err := b.readCouriers(ctx)
	if err != nil {
		return err
	}
	wrong, err := b.problems(ctx, books, jobs, slices.Concat(accounts.Off, couriers.Off))
	if err != nil {
		return err
	}
	if lines := unready.Sorted(); unready.receipts && len(lines) > 0 {
		if err := b.unready("ready", lines, ReadyClasses); err != nil {
			return err
		}
	}
	if err := errors.Join(b.files(jobs), b.clearing(accounts), b.couriers(couriers)); err != nil {
		return err
	}
	all := sum.summary()
	all.Lapses = lapses
	return summary.finish(all, jobs, wrong)
}

// The kinds of documents that have a sheet of their own.
const (
	kindOrder   = "erp.order"
	kindReceipt = "eta.receipt"
	kindStock   = "shopify.stock"
	kindItem    = "table.items"
)

// save makes a file appear whole or not at all, in a folder that is made where it is
// missing.
func save(ctx context.Context, path string, write func(io.Writer) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temp, err := pipeline.CreateWhole(path, 0o644)
	if err != nil {
		return err
	}
	defer temp.Abandon()
	sweep(temp.File, path)
	if err := errors.Join(write(temp), ctx.Err()); err != nil {
		return err
	}
	err = temp.Place()
	if held, ok := errors.AsType[*os.LinkError](err); ok && errors.Is(held, os.ErrPermission) {
		return &pipeline.Trouble{Rule: "report.locked", With: map[string]string{"file": path}, Err: err}
	}
	return err
}

// sweep removes what a process that was killed an hour ago or more left of the
// same workbook. By the file system's clock, that of the new file.
func sweep(temp *os.File, path string) {
	now, err := temp.Stat()
	if err != nil {
		return // nothing depends on it
	}
	dir, base := filepath.Split(path)
	entries, _ := os.ReadDir(filepath.Clean(dir)) // the next workbook tries again; not by Glob: the path may hold [ or *
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "."+base+".") || !strings.HasSuffix(e.Name(), ".tmp") {
			continue
		}
		if info, err := e.Info(); err == nil && now.ModTime().Sub(info.ModTime()) > time.Hour {
			_ = os.Remove(filepath.Join(dir, e.Name())) // as above
		}
	}
}
