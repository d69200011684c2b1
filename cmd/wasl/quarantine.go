package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/pipeline/vault"
	"wasl/stages/extract"
	"wasl/stages/reconcile"
)

// takesBack tells whether a flow takes a file that may be a quarantine workbook
// which came back: that one goes to the flow it came from and to no other,
// whatever its name.
func takesBack(flow string, d pipeline.Drop, r io.ReaderAt, other func() bool) bool {
	if of, _, ok := extract.Returned(d, r); ok {
		return of.Flow == flow
	}
	return other()
}

// reread reads files again from the vault, as their flows read them. The Reading
// is of no interest: the ledger has it.
func reread(v *vault.Folder, flows []flowFile) reconcile.Reread {
	return func(ctx context.Context, job pipeline.Opened) iter.Seq2[pipeline.Row, error] {
		return func(yield func(pipeline.Row, error) bool) {
			i := slices.IndexFunc(flows, func(f flowFile) bool { return f.flow.Name == job.Flow })
			if i < 0 {
				yield(pipeline.Row{}, pipeline.ErrNotFound)
				return
			}
			file, err := v.Open(ctx, job.Drop.SHA256)
			if err != nil {
				yield(pipeline.Row{}, fmt.Errorf("open %s in the vault: %w", job.Drop.Name, err))
				return
			}
			defer func() { _ = file.Close() }() // it was only read
			flow := flows[i].flow
			named := &asked{columns: flow.Columns, people: flow.Kind.People}
			_, rows := flow.Extract(ctx, job.Drop, file)
			rows(func(row pipeline.Row, err error) bool { return yield(named.only(row), err) })
		}
	}
}

// asked leaves out of rows what their flow does not read: of rows of persons all of it, of
// others what tells of a person. A workbook of rows to be corrected goes from hand to hand,
// and nothing is corrected there. The columns stay, and are empty.
type asked struct {
	columns []pipeline.Asked // that the flow's mapping asks for
	people  bool             // its rows are of persons
	header  []string         // for which out was worked out: rows of a sheet share it
	out     []bool           // by place in header
}

// only is a row with what its flow reads.
func (a *asked) only(row pipeline.Row) pipeline.Row {
	if len(row.Header) == 0 || len(a.header) != len(row.Header) || &a.header[0] != &row.Header[0] {
		a.header, a.out = row.Header, make([]bool, len(row.Header))
		for i := range row.Header {
			a.out[i] = a.leaves(row, i)
		}
	}
	row.Cells = slices.Clone(row.Cells) // they may be the reader's own
	for i := range row.Cells {
		if i < len(a.out) && a.out[i] || i >= len(a.out) && a.leaves(row, i) {
			row.Cells[i] = ""
		}
	}
	return row
}

// leaves tells whether the cells of a column are left out.
func (a *asked) leaves(row pipeline.Row, at int) bool {
	header := "" // of a cell that stands beyond
	if at < len(row.Header) {
		header = row.Header[at]
	}
	switch {
	case !a.people && !pipeline.Personal(header):
		return false
	case row.Places != nil:
		return !slices.Contains(row.Places, at)
	}
	same := func(name string) bool { return pipeline.Fold(name) == pipeline.Fold(header) }
	return !slices.ContainsFunc(a.columns, func(c pipeline.Asked) bool { return slices.ContainsFunc(c.Names, same) })
}

// rereadForReport is reread for a command that only looks. Files of mappings that
// have a mistake now are not read again: their rows are in the workbook of their day.
func rereadForReport(ctx context.Context, c *Config, l *ledger.Ledger, all []door) (reconcile.Reread, error) {
	flows, _, err := readMappings(c, all, lookupIn(ctx, l))
	if err != nil {
		return nil, err
	}
	return rereadOf(c, flows)
}

// rereadOf is the same of flows that are read already.
func rereadOf(c *Config, flows []flowFile) (reconcile.Reread, error) {
	dir := filepath.Join(c.path(c.State), "vault")
	if _, err := os.Stat(dir); err != nil {
		return reread(nil, nil), nil // it is not made by looking
	}
	v, err := vault.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	return reread(v, flows), nil
}

// quarantines are the workbooks of rows put aside that are there for some jobs.
func (h *house) quarantines(jobs []pipeline.Opened) []string {
	var out []string
	for _, j := range jobs {
		for part := 1; reconcile.PutAside(j); part++ {
			path := filepath.Join(h.cfg.path(h.cfg.Reports), reconcile.QuarantineName(j.Job, part))
			if _, err := os.Stat(path); err != nil {
				break
			}
			out = append(out, path)
		}
	}
	return out
}
