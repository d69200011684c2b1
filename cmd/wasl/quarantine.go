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
	"wasl/stages/transform"
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
			named := &asked{columns: flows[i].mapping.Columns()}
			flow := flows[i].flow
			_, rows := flow.Extract(ctx, job.Drop, file)
			rows(func(row pipeline.Row, err error) bool {
				if row = named.only(row); flow.Kind.People {
					row = onlyAsked(row, flow.Columns)
				}
				return yield(row, err)
			})
		}
	}
}

// asked are the columns that a flow's mapping asks for.
type asked struct {
	columns []transform.Column
	header  []string // for which blank was worked out
	blank   []int    // places of the cells that tell of a person, and that the flow does not ask for
}

// only is a row without the cells that tell of a person and that the flow does not ask
// for: a workbook of rows to be corrected goes from hand to hand, and nothing is
// corrected in them.
func (a *asked) only(row pipeline.Row) pipeline.Row {
	if len(row.Header) == 0 {
		return row
	}
	if len(a.header) != len(row.Header) || &a.header[0] != &row.Header[0] { // rows of a sheet share it
		a.header, a.blank = row.Header, nil
		for i, header := range row.Header {
			if pipeline.Personal(header) && !slices.Contains(row.Places, i) && !a.has(header, i) {
				a.blank = append(a.blank, i)
			}
		}
	}
	row.Cells = slices.Clone(row.Cells) // they may be the reader's own
	for _, i := range a.blank {
		if i < len(row.Cells) {
			row.Cells[i] = ""
		}
	}
	return row
}

// onlyAsked is a row without what no field of the mapping reads: the columns stay, and
// are empty.
func onlyAsked(row pipeline.Row, columns []pipeline.Asked) pipeline.Row {
	asked := make([]bool, len(row.Cells))
	for _, at := range row.Places {
		if at >= 0 && at < len(asked) {
			asked[at] = true
		}
	}
	if row.Places == nil {
		for i, name := range row.Header[:min(len(row.Header), len(asked))] {
			asked[i] = slices.ContainsFunc(columns, func(c pipeline.Asked) bool {
				return slices.ContainsFunc(c.Names, func(n string) bool { return pipeline.Fold(n) == pipeline.Fold(name) })
			})
		}
	}
	row.Cells = slices.Clone(row.Cells)
	for i := range row.Cells {
		if !asked[i] {
			row.Cells[i] = ""
		}
	}
	return row
}

func (a *asked) has(header string, at int) bool {
	header = pipeline.Fold(header)
	return slices.ContainsFunc(a.columns, func(c transform.Column) bool {
		same := func(name string) bool { return pipeline.Fold(name) == header }
		return c.Number == at+1 || slices.ContainsFunc(c.Names, same) || slices.ContainsFunc(c.Also, same)
	})
}

// rereadForReport is reread for a command that only looks. Files of mappings that
// have a mistake now are not read again: their rows are in the workbook of their day.
func rereadForReport(ctx context.Context, c *Config, l *ledger.Ledger, all []door) (reconcile.Reread, error) {
	dir := filepath.Join(c.path(c.State), "vault")
	if _, err := os.Stat(dir); err != nil {
		return reread(nil, nil), nil // it is not made by looking
	}
	v, err := vault.Open(dir)
	if err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	flows, _, err := readMappings(c, all, lookupIn(ctx, l))
	if err != nil {
		return nil, err
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
