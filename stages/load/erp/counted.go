package erp

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// A span is numbers from the first to the last.
type span struct{ first, last int }

// A count is which numbers of a counter were written. It is kept by its prefix with the
// documents (pipeline.KeptOf), so that nobody reads all of them to find the few numbers
// that are missing. Where a document goes by a hand in the ledger, so does the count: it
// is made anew of those that are there, and the number is missing from then on.
type count struct {
	first, last int // of those written; zero: none was
	width       int // of the digits of the first
	gaps        []span
}

// add notes a number as written. Noting it again changes nothing.
func (c *count) add(n, width int) {
	switch {
	case c.first == 0:
		c.first, c.last, c.width = n, n, width
	case n < c.first:
		c.gaps = prepend(c.gaps, span{n + 1, c.first - 1})
		c.first, c.width = n, width
	case n > c.last:
		c.gaps = extend(c.gaps, span{c.last + 1, n - 1})
		c.last = n
	default:
		c.fill(n)
	}
}

func prepend(gaps []span, s span) []span {
	if s.first > s.last {
		return gaps
	}
	return append([]span{s}, gaps...)
}

func extend(gaps []span, s span) []span {
	if s.first > s.last {
		return gaps
	}
	return append(gaps, s)
}

// fill takes a number out of the gaps.
func (c *count) fill(n int) {
	for i, g := range c.gaps {
		if n < g.first || n > g.last {
			continue
		}
		var rest []span
		rest = extend(rest, span{g.first, n - 1})
		rest = extend(rest, span{n + 1, g.last})
		c.gaps = append(append(append([]span{}, c.gaps[:i]...), rest...), c.gaps[i+1:]...)
		return
	}
}

// missing are the numbers up to the last one that was given that were not written, where
// the counter began at start; zero: at the first that was written.
func (c count) missing(start, given int) []span {
	first := c.first
	if start > 0 && (first == 0 || start < first) {
		first = start
	}
	if first == 0 {
		return nil
	}
	if c.first == 0 {
		return extend(nil, span{first, given})
	}
	all := extend(nil, span{first, c.first - 1})
	all = append(all, c.gaps...)
	all = extend(all, span{c.last + 1, given})
	var out []span
	for _, g := range all {
		out = extend(out, span{g.first, min(g.last, given)})
	}
	return out
}

// countOf is the count of a counter: as it is kept, or made of all documents. kept tells
// whether it is.
func countOf(ctx context.Context, tables pipeline.Table, prefix string) (c count, kept bool, err error) {
	row, err := tables.Row(ctx, pipeline.KeptOf(tableDocuments), prefix)
	switch {
	case err == nil:
		c, err = readCount(row.Cols)
		return c, true, err
	case !errors.Is(err, pipeline.ErrNotFound):
		return c, false, fmt.Errorf("numbers %s: %w", prefix, err)
	}
	for row, err := range tables.Rows(ctx, tableDocuments) {
		if err != nil {
			return c, false, fmt.Errorf("numbers %s: %w", prefix, err)
		}
		if n, digits, mine := counted(row.Code, prefix); mine {
			c.add(n, len(digits))
		}
	}
	return c, false, nil
}

// countsWith are the counts to be kept when some documents are put: those of the counters
// that gave their numbers, and those that are kept already, since a number may be of
// several: without a prefix, of all.
func countsWith(ctx context.Context, tables pipeline.Table, prefixes map[string]bool, rows []pipeline.TableRow) (out []pipeline.TableRow, err error) {
	for row, err := range tables.Rows(ctx, pipeline.KeptOf(tableDocuments)) {
		if err != nil {
			return nil, fmt.Errorf("numbers that are counted: %w", err)
		}
		prefixes[row.Code] = true
	}
	for _, prefix := range sorted(prefixes) {
		c, kept, err := countOf(ctx, tables, prefix)
		if err != nil {
			return nil, err
		}
		mine := !kept
		for _, row := range rows {
			if n, digits, ok := counted(row.Code, prefix); ok {
				c.add(n, len(digits))
				mine = true
			}
		}
		if mine {
			out = append(out, pipeline.TableRow{Code: prefix, Job: rows[0].Job, Cols: c.asCols()})
		}
	}
	return out, nil
}

func (c count) asCols() map[string]string {
	var gaps []string
	for _, g := range c.gaps {
		gaps = append(gaps, strconv.Itoa(g.first)+"-"+strconv.Itoa(g.last))
	}
	return map[string]string{"first": strconv.Itoa(c.first), "last": strconv.Itoa(c.last), "width": strconv.Itoa(c.width), "gaps": strings.Join(gaps, " ")}
}

func readCount(cols map[string]string) (c count, err error) {
	if _, err := fmt.Sscan(cols["first"]+" "+cols["last"]+" "+cols["width"], &c.first, &c.last, &c.width); err != nil {
		return c, fmt.Errorf("numbers that are counted: %w", err)
	}
	for _, text := range strings.Fields(cols["gaps"]) {
		var g span
		if _, err := fmt.Sscanf(text, "%d-%d", &g.first, &g.last); err != nil {
			return c, fmt.Errorf("numbers that are counted: %s: %w", text, err)
		}
		c.gaps = append(c.gaps, g)
	}
	return c, nil
}

// counted reads the digits of a number of a counter. Its shop may stand before it, and
// there may be slashes in the prefix: SI/26/000001, cairo/SI/26/000001.
func counted(code, prefix string) (n int, digits string, ok bool) {
	_, inShop, _ := strings.Cut(code, "/")
	for _, number := range []string{code, inShop} {
		digits, mine := strings.CutPrefix(number, prefix)
		if n, err := strconv.Atoi(digits); mine && err == nil && n > 0 {
			return n, digits, true
		}
	}
	return 0, "", false
}
