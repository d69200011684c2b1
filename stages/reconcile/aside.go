package reconcile

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// quarantine fills a workbook with rows that were put aside.
func (b *book) quarantine(a *aside, slip [][]string, mark string) error {
	if err := b.dated(b.say("title.quarantine") + " " + a.job.Job.String()); err != nil {
		return err
	}
	s, err := b.asideSheet(a)
	if err != nil {
		return err
	}
	for _, row := range a.read {
		if err := s.aside(row, a.rows[spotOf(row.Origin)], len(a.read[0].Header)); err != nil {
			return err
		}
	}
	if err := s.finish(); err != nil {
		return err
	}
	return b.slipSheet(slip, mark)
}

// An asideSheet is the sheet of the rows that were put aside.
type asideSheet struct {
	sheet
	comments int
}

// asideSheet begins the sheet with the headers of the file, then our two.
func (b *book) asideSheet(a *aside) (*asideSheet, error) {
	s := &asideSheet{sheet: sheet{b: b, name: b.say("sheet.quarantine")}}
	for i, name := range a.read[0].Header {
		s.cols = append(s.cols, column{key: name, width: asideWidth(a.read, i)})
	}
	s.cols = append(s.cols, column{key: b.say("quarantine.wrong"), width: 46}, column{key: b.say("quarantine.todo"), width: 52})
	if err := b.f.SetSheetName("Sheet1", s.name); err != nil {
		return nil, err
	}
	if err := s.layout(); err != nil {
		return nil, err
	}
	w, err := b.f.NewStreamWriter(s.name)
	if err != nil {
		return nil, err
	}
	s.w = w
	for i, c := range s.cols {
		if err := w.SetColWidth(i+1, i+1, c.width); err != nil {
			return nil, err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	for i, c := range s.cols {
		l := head
		if i >= len(s.cols)-2 {
			l = headOurs
		}
		s.styled(l, c.key)
	}
	return s, s.end(32)
}

// asideWidth is how wide a column of the file has to be, by its header and the
// first of its cells.
func asideWidth(rows []pipeline.Row, i int) float64 {
	longest := len([]rune(rows[0].Header[i]))
	for _, row := range rows[:min(len(rows), 200)] {
		longest = max(longest, len([]rune(cellOf(row, i))))
	}
	return float64(min(max(longest+4, 10), 36))
}

// aside writes a row: its cells as texts, those marked that something is wrong
// with, and beside them what is wrong and what to do.
func (s *asideSheet) aside(row pipeline.Row, why *asideRow, width int) error {
	lang := s.b.opt.Lang
	at := map[int][]pipeline.Problem{}
	for _, p := range why.problems {
		if p.Col > 0 {
			at[p.Col] = append(at[p.Col], p)
		}
	}
	for i := range width {
		l := plain
		if len(at[i+1]) > 0 {
			l = faulty
			if err := s.comment(i+1, s.row+1, at[i+1]); err != nil {
				return err
			}
		}
		s.styled(l, cellOf(row, i))
	}
	wrong, todo := why.words(lang)
	s.words(wrong)
	s.words(todo)
	return s.end(0)
}

// commentsMost is how many cells have a comment: each is a drawing, and a
// spreadsheet with more of them hardly opens. The colour is on all.
const commentsMost = 1_000

// comment says what is wrong where it is.
func (s *asideSheet) comment(col, row int, problems []pipeline.Problem) error {
	if s.comments++; s.comments > commentsMost {
		return nil
	}
	var lines []string
	for _, p := range problems {
		lines = append(lines, p.Says(s.b.opt.Lang)+" ("+string(p.Rule)+")", p.Fix(s.b.opt.Lang))
	}
	text := strings.TrimSpace(strings.Join(lines, "\n"))
	return s.b.f.AddComment(s.name, excelize.Comment{Author: "wasl", Cell: cell(col, row), Width: 320, Height: 110,
		Paragraph: []excelize.RichTextRun{{Text: text, Font: &excelize.Font{Family: "Tahoma", Size: 9}}}})
}

// endAside ends the sheet: its rows are filtered, and its numbers meant as text.
func (s *asideSheet) finish() error {
	end := pipeline.ColumnLetters(len(s.cols)) + strconv.Itoa(s.row)
	if err := s.b.f.AutoFilter(s.name, "A1:"+end, nil); err != nil {
		return err
	}
	if err := s.b.f.AddIgnoredErrors(s.name, "A1:"+end, excelize.IgnoredErrorsNumberStoredAsText); err != nil {
		return err
	}
	return s.w.Flush()
}

// slipSheet writes the hidden sheet by which the workbook is known again.
func (b *book) slipSheet(slip [][]string, mark string) error {
	if _, err := b.f.NewSheet(pipeline.SlipSheet); err != nil {
		return err
	}
	w, err := b.f.NewStreamWriter(pipeline.SlipSheet)
	if err != nil {
		return err
	}
	for i, row := range slip {
		if i == 0 {
			row = append(slices.Clip(row), mark)
		}
		cells := make([]any, len(row))
		for j, text := range row {
			if text != "" {
				cells[j] = excelize.Cell{StyleID: b.styles[plain], Value: text}
			}
		}
		if err := w.SetRow(cell(1, i+1), cells); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return b.f.SetSheetVisible(pipeline.SlipSheet, false)
}

// digest is what a workbook is made of, in short.
func (a *aside) digest(slip [][]string, opt Options) string {
	h := sha256.New()
	write := func(parts ...string) {
		for _, p := range parts {
			_, _ = io.WriteString(h, p) // a hash takes everything
			_, _ = h.Write([]byte{0})
		}
	}
	write(opt.Lang, opt.Shop)
	for _, row := range slip {
		write(row...)
	}
	for _, row := range a.read {
		write(row.Cells...)
		wrong, todo := a.rows[spotOf(row.Origin)].words(opt.Lang)
		write(wrong, todo)
		for _, p := range a.rows[spotOf(row.Origin)].problems {
			write(strconv.Itoa(p.Col), string(p.Rule))
		}
	}
	return fmt.Sprintf("wasl:%x", h.Sum(nil)[:16])
}

// hasMark tells whether a workbook is there that was made of the same: perhaps
// somebody has corrected some of it already. Where the digest stands in it depends
// on the program that saved it last, and to open it as a workbook takes longer
// than to make it; so it is looked for in all of its parts.
func hasMark(path, mark string) bool {
	z, err := zip.OpenReader(path)
	if err != nil {
		return false // none is there, or it has to be made anew
	}
	defer func() { _ = z.Close() }() // it was only read
	return slices.ContainsFunc(z.File, func(part *zip.File) bool {
		in, err := part.Open()
		if err != nil {
			return false
		}
		defer func() { _ = in.Close() }() // as above
		return contains(in, []byte(mark))
	})
}

// contains tells whether bytes occur in a stream.
func contains(in io.Reader, what []byte) bool {
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := in.Read(buf[kept:])
		if bytes.Contains(buf[:kept+n], what) {
			return true
		}
		if err != nil {
			return false // its end, or damage: it is made anew
		}
		have := buf[:kept+n]
		kept = copy(buf, have[max(0, len(have)-len(what)):])
	}
}
