package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"wasl/pipeline"
)

// Put stores rows of a reference table, replacing those of the same code.
func (l *Ledger) Put(ctx context.Context, table string, rows []pipeline.TableRow) error {
	return l.PutAll(ctx, map[string][]pipeline.TableRow{table: rows})
}

// PutAll stores rows of reference tables in one transaction. A replaced row is not one
// that goes: see the triggers of table_rows.
func (l *Ledger) PutAll(ctx context.Context, rows map[string][]pipeline.TableRow) error {
	tables := slices.Sorted(maps.Keys(rows))
	return l.write(ctx, "store rows of table "+strings.Join(tables, ", "), func(tx *txn) error {
		for _, table := range tables {
			for _, row := range rows[table] {
				cols, err := json.Marshal(row.Cols)
				if err == nil {
					_, err = tx.Exec(`INSERT OR REPLACE INTO table_rows (tbl, code, cols, drop_id, flow, mark) VALUES (?, ?, ?, ?, ?, ?)`,
						table, row.Code, string(cols), row.Job.Drop, row.Job.Flow, row.Mark)
				}
				if err != nil {
					return fmt.Errorf("store row %s of table %s: %w", row.Code, table, err)
				}
			}
		}
		return nil
	})
}

// Row gives a row of a reference table by its code.
func (l *Ledger) Row(ctx context.Context, table, code string) (pipeline.TableRow, error) {
	row, err := scanTableRow(l.reader.QueryRowContext(ctx, `SELECT `+tableColumns+` FROM table_rows WHERE tbl = ? AND code = ?`, table, code))
	if errors.Is(err, sql.ErrNoRows) {
		err = pipeline.ErrNotFound
	}
	if err != nil {
		return pipeline.TableRow{}, fmt.Errorf("row %s of table %s: %w", code, table, err)
	}
	return row, nil
}

// Rows gives all rows of a reference table, by code.
func (l *Ledger) Rows(ctx context.Context, table string) iter.Seq2[pipeline.TableRow, error] {
	return l.tableRows(ctx, table, `SELECT `+tableColumns+` FROM table_rows WHERE tbl = ? ORDER BY code`, table)
}

// Marked gives the rows of a reference table whose mark begins with a prefix, by mark.
func (l *Ledger) Marked(ctx context.Context, table, prefix string, back bool) iter.Seq2[pipeline.TableRow, error] {
	order := ""
	if back {
		order = " DESC"
	}
	return l.tableRows(ctx, table, `SELECT `+tableColumns+` FROM table_rows WHERE tbl = ? AND mark <> '' AND mark >= ? AND mark < ?
		ORDER BY mark`+order+`, code`+order, table, prefix, prefix+string(utf8.MaxRune))
}

func (l *Ledger) tableRows(ctx context.Context, table, query string, args ...any) iter.Seq2[pipeline.TableRow, error] {
	return func(yield func(pipeline.TableRow, error) bool) {
		rows, err := l.reader.QueryContext(ctx, query, args...)
		if err != nil {
			yield(pipeline.TableRow{}, fmt.Errorf("rows of table %s: %w", table, err))
			return
		}
		defer func() { _ = rows.Close() }() // Err has told
		for rows.Next() {
			row, err := scanTableRow(rows)
			if !yield(row, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(pipeline.TableRow{}, fmt.Errorf("rows of table %s: %w", table, err))
		}
	}
}

const tableColumns = `code, cols, drop_id, flow, mark`

func scanTableRow(row scanner) (pipeline.TableRow, error) {
	var r pipeline.TableRow
	var cols string
	if err := row.Scan(&r.Code, &cols, &r.Job.Drop, &r.Job.Flow, &r.Mark); err != nil {
		return pipeline.TableRow{}, err
	}
	return r, fromJSON(cols, &r.Cols)
}
