package reconcile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// A Reread reads the file of a job again, from the vault, as it was read to be
// prepared. It ends with pipeline.ErrNotFound where the flow is no longer there.
type Reread func(ctx context.Context, job pipeline.Opened) iter.Seq2[pipeline.Row, error]

// QuarantineName is the name of the workbook of the rows of a job that were put
// aside: quarantine-20261125-0001-erp-stock.xlsx; where there are too many for one,
// part 2 ends in -2.xlsx.
func QuarantineName(job pipeline.Job, part int) string {
	name := "quarantine-" + job.Drop + "-" + FileSafe(job.Flow)
	if part > 1 {
		name += "-" + strconv.Itoa(part)
	}
	return name + ".xlsx"
}

// PutAside tells whether rows of a job lie in its quarantine workbook.
func PutAside(j pipeline.Opened) bool {
	for state, n := range j.States {
		if n > 0 && putAside(j, state) {
			return true
		}
	}
	return false
}

// putAside tells whether rows of a job whose document is in a state are to be
// corrected and dropped again. Wishes of wasl itself stand in no file, and what
// somebody dropped at the gate is not wanted back.
func putAside(j pipeline.Opened, s pipeline.State) bool {
	switch {
	case j.Drop.IsMemo():
		return false
	case s == pipeline.Parked:
		return j.Gate != pipeline.GateDropped
	}
	return s == pipeline.Held || s == pipeline.Rejected
}

// Quarantine writes a workbook for each job of some days of arrival, both
// included, of which rows were put aside: those rows, to be corrected and dropped
// again. What stands in it follows from the ledger and the vault alone; a workbook
// that has it already is left as it is, for somebody may be correcting it. A job
// whose file can no longer be read as it was has none.
func Quarantine(ctx context.Context, books pipeline.Books, dir, from, to string, read Reread, opt Options) error {
	jobs, err := books.Jobs(ctx, from, to)
	if err != nil {
		return fmt.Errorf("read the jobs of %s to %s: %w", from, to, err)
	}
	asides := map[pipeline.Job]*aside{}
	for _, j := range jobs {
		if PutAside(j) {
			asides[j.Job] = &aside{job: j, rows: map[spot]*asideRow{}}
		}
	}
	if len(asides) == 0 {
		return nil
	}
	for e, err := range books.Entries(ctx, from, to) {
		if err != nil {
			return fmt.Errorf("read the documents: %w", err)
		}
		if a := asides[e.Job]; a != nil && putAside(a.job, e.State) {
			a.add(e)
		}
	}
	for _, j := range jobs {
		a := asides[j.Job]
		if a == nil {
			continue
		}
		err := a.reread(ctx, read)
		for i, part := range a.parts(opt.Lang) {
			if err == nil {
				err = part.write(ctx, filepath.Join(dir, QuarantineName(j.Job, i+1)), opt)
			}
		}
		if err != nil && !errors.Is(err, errNoRows) {
			return fmt.Errorf("write the rows of %s that were put aside: %w", j.Job, err)
		}
	}
	return nil
}

// An asideKey names a document.
type asideKey struct {
	job pipeline.Job
	key string
}

// asideMost is how many rows of a job are written at most, whole documents only:
// whoever has more corrects what they have in common at its source.
const asideMost = 200_000

// errNoRows says that there is nothing to be written.
var errNoRows = errors.New("no rows")

// An aside is what was put aside of a job.
type aside struct {
	job  pipeline.Opened
	rows map[spot]*asideRow // by where they stand in the job's file
	columns
	read []pipeline.Row // the rows themselves, in the order of the file, all with one header
}

// A spot is where a row stands: the parts of a ZIP each have a row 2.
type spot struct {
	file, sheet string
	row         int
	of          string
}

func spotOf(o pipeline.Origin) spot { return spot{o.File, o.Sheet, o.Row, o.Of} }

// An asideRow is why a row was put aside.
type asideRow struct {
	doc      string // the document that is held with it
	part     *int   // in which workbook all rows of it are; 0: not known yet
	problems []pipeline.Problem
}

// add notes a document: all of its rows, for it is held as a whole.
func (a *aside) add(e pipeline.Entry) {
	if len(a.rows)+len(e.From) > asideMost || len(e.From) == 0 {
		return
	}
	mine, part := map[spot]*asideRow{}, new(int)
	for _, o := range e.From {
		row := a.rows[spotOf(o)]
		if row == nil {
			row = &asideRow{doc: cmp.Or(e.Name, e.Key), part: part}
			a.rows[spotOf(o)] = row
		}
		mine[spotOf(o)] = row
	}
	for _, p := range e.Why {
		row := mine[spotOf(p.Origin)]
		if row == nil { // of the document: it is told with its first row
			row, p.Col, p.Column = mine[spotOf(e.From[0])], 0, ""
		}
		row.problems = append(row.problems, p)
	}
}

// asideBytes is how much a workbook may unpack to, about: one that comes back is
// read like any other, and what is said to unpack to more than 64 MiB is refused.
const asideBytes = 32 << 20

// parts divides the rows among workbooks, in the order of the file, those of one
// document into one.
func (a *aside) parts(lang string) []*aside {
	var parts []*aside
	size := asideBytes + 1
	for _, row := range a.read {
		why := a.rows[spotOf(row.Origin)]
		if *why.part == 0 {
			if size > asideBytes {
				parts, size = append(parts, &aside{job: a.job, rows: a.rows, columns: a.columns}), 0
			}
			*why.part = len(parts)
		}
		size += weight(row, why, lang)
		part := parts[*why.part-1]
		part.read = append(part.read, row)
	}
	return parts
}

// weight is what a row takes in a workbook, about, in bytes of XML.
func weight(row pipeline.Row, why *asideRow, lang string) int {
	wrong, todo := why.words(lang)
	n := 400 + len(wrong) + len(todo)
	for _, c := range row.Cells {
		n += 80 + len(c)
	}
	return n
}

// write writes the workbook.
func (a *aside) write(ctx context.Context, path string, opt Options) error {
	content, err := a.slip()
	if err != nil {
		return err
	}
	mark := a.digest(content, opt)
	if hasMark(path, mark) {
		return nil
	}
	b, err := newBook(opt, a.job.Drop.Day, a.job.Drop.Day)
	if err != nil {
		return err
	}
	defer func() { _ = b.close() }() // what it holds on disk is temporary
	if err := b.quarantine(a, content, mark); err != nil {
		return err
	}
	return save(ctx, path, b.pack)
}

// reread takes the rows that were put aside out of the job's file. A file that
// the flow no longer takes gives none.
func (a *aside) reread(ctx context.Context, read Reread) error {
	a.read, a.columns = nil, columns{}
	for row, err := range read(ctx, a.job) {
		if _, refused := errors.AsType[*pipeline.Refused](err); refused || errors.Is(err, pipeline.ErrNotFound) {
			return errNoRows
		}
		if err != nil {
			return err
		}
		if why := a.rows[spotOf(row.Origin)]; why != nil {
			a.read = append(a.read, a.columns.align(row, why))
			if len(a.read) == len(a.rows) {
				break
			}
		}
	}
	if len(a.read) == 0 {
		return errNoRows
	}
	for i := range a.read {
		a.read[i].Header = a.columns.header
		a.read[i].Cells = append(slices.Clip(a.read[i].Cells), make([]string, len(a.columns.header)-len(a.read[i].Cells))...)
	}
	return nil
}

// slip is what the workbook says of itself to be known again.
func (a *aside) slip() ([][]string, error) {
	first := a.read[0]
	s := pipeline.Slip{Job: a.job.Job, SHA256: a.job.Drop.SHA256, File: first.File, Sheet: first.Sheet, Header: first.Header, Styles: first.Styles, Places: first.Places}
	if a.mixed {
		s.Styles, s.Places = nil, nil
	}
	for _, row := range a.read {
		if row.Was != nil {
			s.File, s.Sheet = row.Was.File, row.Was.Sheet
			break
		}
	}
	for _, row := range a.read {
		l, at := pipeline.SlipLine{Faults: row.Faults}, row.Origin
		if row.Was != nil {
			at = *row.Was
		}
		l.Row = at.Row
		if at.File != s.File {
			l.File = at.File
		}
		if at.Sheet != s.Sheet {
			l.Sheet = at.Sheet
		}
		for i := range s.Header {
			l.Prints = append(l.Prints, pipeline.CellPrint(cellOf(row, i)))
		}
		s.Lines = append(s.Lines, l)
	}
	return s.Table()
}

// cellMost is how many letters of a cell are written: a workbook takes 32,767.
const cellMost = 32_000

// cellOf is a cell as the sender wrote it.
func cellOf(row pipeline.Row, i int) string {
	if i >= len(row.Cells) {
		return ""
	}
	text := row.Cells[i]
	if len(text) > cellMost {
		if letters := []rune(text); len(letters) > cellMost {
			text = string(letters[:cellMost])
		}
	}
	return text
}

// words are what is wrong with a row, and what to do, a problem a line.
func (r *asideRow) words(lang string) (wrong, todo string) {
	if len(r.problems) == 0 {
		return say(lang, "quarantine.with", "doc", isolate(lang, r.doc)), say(lang, "quarantine.leave")
	}
	var wrongs, todos []string
	for _, p := range r.problems {
		w := p.Says(lang)
		if p.Column != "" {
			w = isolate(lang, p.Column) + ": " + w
		}
		if !slices.Contains(wrongs, w) {
			wrongs = append(wrongs, w)
		}
		if t := p.Fix(lang); t != "" && !slices.Contains(todos, t) {
			todos = append(todos, t)
		}
	}
	return strings.Join(wrongs, "\n"), strings.Join(todos, "\n")
}

// isolate keeps a foreign word in its order within a sentence of the other
// direction: #1003 in Arabic, as the words of problems do.
func isolate(lang, word string) string {
	if lang != "ar" || !strings.ContainsAny(word[:min(1, len(word))], "#+-0123456789") {
		return word
	}
	return "\u200e" + word + "\u200e"
}
