package transform

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"wasl/pipeline"
)

// marked counts the cells of keys, numbers and dates from which invisible marks
// were taken: marks of direction, of zero width, a stray byte order mark. They
// change nothing that is read, but elsewhere A-1001 with a mark is another item.
type marked struct {
	sources []int // of the columns that are looked at
	count   int
	columns []string
	first   pipeline.Problem
}

func newMarked(m *Mapping) *marked {
	var k marked
	for _, s := range m.steps {
		if s.how != nil && s.source >= 0 && s.how.as != pipeline.Text && !slices.Contains(k.sources, s.source) {
			k.sources = append(k.sources, s.source)
		}
	}
	return &k
}

func (k *marked) look(m *Mapping, row pipeline.Row) {
	cols, _ := m.places(row)
	for _, source := range k.sources {
		col := cols[source]
		if col < 0 || col >= len(row.Cells) || !invisible(row.Cells[col]) {
			continue
		}
		if k.count++; k.count == 1 {
			at := row.Origin
			at.Col, at.Column = col+1, row.Header[col]
			k.first = pipeline.Problem{Origin: at, Rule: "text.marks"}
		}
		if !slices.Contains(k.columns, row.Header[col]) {
			k.columns = append(k.columns, row.Header[col])
		}
	}
}

// notes tell of it once.
func (k *marked) notes() []pipeline.Problem {
	if k.count == 0 {
		return nil
	}
	k.first.With = map[string]string{"count": strconv.Itoa(k.count), "columns": strings.Join(k.columns, ", ")}
	return []pipeline.Problem{k.first}
}

// invisible tells whether a cell holds a mark that Clean takes out. Nearly all
// cells are told by their bytes: the marks begin with one of three.
func invisible(s string) bool {
	if strings.IndexByte(s, 0xe2) < 0 && strings.IndexByte(s, 0xef) < 0 && strings.IndexByte(s, 0xd8) < 0 {
		return false
	}
	return strings.ContainsFunc(s, func(r rune) bool {
		return unicode.Is(unicode.Bidi_Control, r) || r >= '\u200b' && r <= '\u200f' || r == '\u2060' || r == '\ufeff'
	})
}
