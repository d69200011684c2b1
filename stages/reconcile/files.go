package reconcile

import (
	"strconv"
	"strings"

	"wasl/pipeline"
)

var filesColumns = []column{
	{"col.file", 34, false}, {"col.drop", 15, false}, {"col.arrived", 17, false}, {"col.flow", 20, false}, {"col.verdict", 16, false}, {"col.format", 16, false},
	{"col.codepage", 14, false}, {"col.delimiter", 12, false}, {"col.sheet", 16, false}, {"col.headerrow", 9, false}, {"col.tableend", 10, false}, {"col.datarows", 10, false},
	{"col.ignored", 10, false}, {"col.which", 40, false}, {"col.styles", 30, false}, {"col.controls", 30, false}, {"col.from", 22, false}, {"col.size", 12, false}, {"col.twin", 15, false}, {"col.sha", 68, true},
}

// files writes how each file was read: what was decided about it, and which of
// its rows are not data.
func (b *book) files(jobs []pipeline.Opened) error {
	s, err := b.sheet("files", filesColumns)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		r := j.Reading
		s.text(j.Drop.Name)
		s.styled(center, j.Drop.ID)
		s.time(j.Drop.Arrived)
		s.text(j.Flow)
		word, l := b.verdict(fileSum(j))
		s.put(l, word)
		s.text(r.Format)
		s.text(r.CodePage)
		s.text(Delimiter(b.opt.Lang, r.Delimiter))
		s.text(r.Sheet)
		switch {
		case r.HeaderEnd > r.HeaderRow:
			s.text(headerRows(r))
		case r.HeaderRow > 0:
			s.put(number, r.HeaderRow)
		default:
			s.text("")
		}
		if r.TableEnd > 0 {
			s.put(number, r.TableEnd)
		} else {
			s.text("")
		}
		s.put(number, r.Rows)
		s.put(tallied, len(r.Ignored))
		s.words(b.ignored(r.Ignored))
		s.words(b.written(r))
		s.words(b.controls(r.Controls))
		s.text(j.Drop.From)
		s.put(number, j.Drop.Size)
		s.styled(center, j.Drop.Twin)
		s.text(j.Drop.SHA256)
		if err := s.end(0); err != nil {
			return err
		}
	}
	return s.close(s.row)
}

// Delimiter names what divides the columns of a CSV file; "" where nothing does.
func Delimiter(lang, d string) string {
	if d == "" {
		return ""
	}
	return say(lang, "delimiter."+d)
}

// ignored lists rows that are not data: 1 (title), 1042 (total).
func (b *book) ignored(rows []pipeline.Ignored) string {
	const most = 30
	var out []string
	for _, row := range rows[:min(len(rows), most)] {
		out = append(out, row.At()+" ("+b.say("ignored."+row.Why)+")")
	}
	if n := len(rows) - most; n > 0 {
		out = append(out, say(b.opt.Lang, "which.more", "count", strconv.Itoa(n)))
	}
	return strings.Join(out, ", ")
}
