package erp

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// Marks and the codes of sums are made of parts.
const unitSep = "\x1f"

func partsOf(parts ...string) string { return strings.Join(parts, unitSep) }

// A keeping adds up a table into cells, and keeps them (pipeline.KeptOf): who asks for
// the sums reads a row a cell, not all that was ever written. What is kept is written
// with the rows that it adds up, and a row that takes the place of another takes that
// one's share out again, so that writing twice counts once.
type keeping struct {
	tables pipeline.Table
	table  string

	// cell says into which cell a row falls, and what it adds there; "" of one that
	// counts nowhere.
	cell func(row pipeline.TableRow) (code string, adds cell, err error)
}

// A cell is sums by name.
type cell map[string]pipeline.Decimal

// one counts a row.
var one = udecimal.MustFromInt64(1, 0)

// sumsKept is the code of the row that says that sums are kept. Cells have other codes.
const sumsKept = "sums"

// with are the rows to be kept when some rows are put into the table. Each of them has
// a code of its own.
func (k keeping) with(ctx context.Context, rows []pipeline.TableRow) ([]pipeline.TableRow, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	cells, kept, err := k.start(ctx)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		was, err := k.tables.Row(ctx, k.table, row.Code)
		switch {
		case errors.Is(err, pipeline.ErrNotFound):
		case err != nil:
			return nil, fmt.Errorf("sums of %s: %w", k.table, err)
		default:
			if err := k.take(ctx, cells, kept, was, true); err != nil {
				return nil, err
			}
		}
		if err := k.take(ctx, cells, kept, row, false); err != nil {
			return nil, err
		}
	}
	var out []pipeline.TableRow
	for _, code := range sorted(cells) {
		out = append(out, pipeline.TableRow{Code: code, Job: rows[0].Job, Cols: cells[code].asCols()})
	}
	if !kept {
		out = append(out, pipeline.TableRow{Code: sumsKept, Job: rows[0].Job})
	}
	return out, nil
}

// start gives the cells that are to be written with the next rows: none, where they are
// kept; else all, added up anew.
func (k keeping) start(ctx context.Context) (cells map[string]cell, kept bool, err error) {
	_, err = k.tables.Row(ctx, pipeline.KeptOf(k.table), sumsKept)
	switch {
	case err == nil:
		return map[string]cell{}, true, nil
	case !errors.Is(err, pipeline.ErrNotFound):
		return nil, false, fmt.Errorf("sums of %s: %w", k.table, err)
	}
	cells = map[string]cell{}
	for row, err := range k.tables.Rows(ctx, k.table) {
		if err == nil {
			err = k.take(ctx, cells, false, row, false)
		}
		if err != nil {
			return nil, false, fmt.Errorf("sums of %s: %w", k.table, err)
		}
	}
	return cells, false, nil
}

// take adds a row to its cell, or takes it out. One that is kept and not read yet is
// read first.
func (k keeping) take(ctx context.Context, cells map[string]cell, kept bool, row pipeline.TableRow, out bool) error {
	code, adds, err := k.cell(row)
	if err != nil || code == "" {
		return err
	}
	c := cells[code]
	if c == nil && kept {
		was, err := k.tables.Row(ctx, pipeline.KeptOf(k.table), code)
		if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
			return fmt.Errorf("sums of %s: %w", k.table, err)
		}
		if c, err = cellOf(was); err != nil {
			return err
		}
	}
	if c == nil {
		c = cell{}
	}
	for name, amount := range adds {
		if out {
			amount = amount.Neg()
		}
		c[name] = c[name].Add(amount)
	}
	cells[code] = c
	return nil
}

// all are the sums as they stand, by the code of their cell.
func (k keeping) all(ctx context.Context) (map[string]cell, error) {
	cells, kept, err := k.start(ctx)
	if err != nil || !kept {
		return cells, err
	}
	for row, err := range k.tables.Rows(ctx, pipeline.KeptOf(k.table)) {
		if err != nil {
			return nil, fmt.Errorf("sums of %s: %w", k.table, err)
		}
		if row.Code == sumsKept {
			continue
		}
		if cells[row.Code], err = cellOf(row); err != nil {
			return nil, err
		}
	}
	return cells, nil
}

func (c cell) asCols() map[string]string {
	cols := map[string]string{}
	for name, sum := range c {
		if !sum.IsZero() {
			cols[name] = sum.String()
		}
	}
	return cols
}

func cellOf(row pipeline.TableRow) (cell, error) {
	c := cell{}
	for _, name := range sorted(row.Cols) {
		sum, err := parseDecimal(row.Cols[name])
		if err != nil {
			return nil, fmt.Errorf("sum %s of %s: %w", name, row.Code, err)
		}
		c[name] = sum
	}
	return c, nil
}
