package extract

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wasl/pipeline"
)

// A misreading is how Arabic was damaged before it reached us: its bytes were read
// in a page that was not theirs, and written again as those letters.
type misreading struct {
	as    *bytePage // the page that they were read in
	was   *bytePage // the page that they were in; nil: UTF-8
	bytes map[rune]byte
}

var misreadings = []*misreading{
	misread(windows1252, nil),         // Ø²ÙŠØª for زيت
	misread(windows1256, nil),         // ط²ظٹطھ for زيت
	misread(windows1252, windows1256), // ÒíÊ for زيت
}

func misread(as, was *bytePage) *misreading {
	m := &misreading{as: as, was: was, bytes: map[rune]byte{}}
	for c, s := range as.letters {
		r, _ := utf8.DecodeRuneInString(s)
		if r != utf8.RuneError && c >= utf8.RuneSelf {
			m.bytes[r] = byte(c)
		}
	}
	for c := 0x80; as == windows1252 && c < 0xa0; c++ { // Latin-1 keeps what windows-1252 has no letter for
		if r := rune(c); !slices.Contains(as.letters[:], string(r)) {
			m.bytes[r] = byte(c)
		}
	}
	return m
}

// undo gives the text that a damaged one was. ok is false unless every letter
// beyond ASCII goes back, and all of them are Arabic then.
func (m *misreading) undo(s string) (text string, ok bool) {
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		c, known := m.bytes[r]
		switch {
		case r < utf8.RuneSelf:
			c = byte(r)
		case !known:
			return "", false
		}
		raw = append(raw, c)
	}
	if m.was == nil {
		if !utf8.Valid(raw) {
			return "", false
		}
		return string(raw), allArabic(string(raw))
	}
	sum, n := likely(m.was, raw)
	text = m.was.text(raw)
	return text, n > 0 && sum >= tolerable*float64(n) && allArabic(text)
}

// allArabic tells whether the letters beyond ASCII are Arabic, with the signs that
// stand among them.
func allArabic(s string) bool {
	some := false
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
		case unicode.Is(unicode.Arabic, r) || unicode.Is(unicode.Mn, r):
			some = true
		case unicode.IsLetter(r) || unicode.IsControl(r) || r == utf8.RuneError:
			return false
		}
	}
	return some
}

// damaged tells whether a text shows a misreading, by letters in a row that are no
// accident.
func (m *misreading) damaged(s string) bool {
	if ascii([]byte(s)) {
		return false
	}
	if m.was == nil {
		word := garbled(s)
		if word == "" {
			return false
		}
		_, ok := m.undo(word)
		return ok
	}
	run, most := 0, 0
	for _, r := range s {
		if run++; r < utf8.RuneSelf || !latin(r) {
			run = 0
		}
		most = max(most, run)
	}
	if most < garbledLetters {
		return false
	}
	raw := make([]byte, 0, len(s))
	for _, r := range s {
		if c, ok := m.bytes[r]; ok {
			raw = append(raw, c)
		} else if r < utf8.RuneSelf {
			raw = append(raw, byte(r))
		}
	}
	return bestPage(raw) == m.was
}

// mendRows is how many rows are looked at for damage.
const mendRows = 200

// mend opens a source, and puts damaged Arabic right where that is certain: in
// every column that shows damage all texts beyond ASCII have to go back to Arabic,
// in the same way. Else the file is held. Whoever states a code page takes the
// texts as they stand. scan opens the same source for a look at all of it.
func (f *file) mend(name string, open, scan func() (tabSource, error)) (tabSource, error) {
	src, err := open()
	if err != nil || f.opt.CodePage != "" {
		return src, err
	}
	m := &mended{src: src}
	found := false
	for len(m.ahead) < mendRows {
		l, err := src.next()
		if err != nil {
			m.err = err
			break
		}
		m.ahead = append(m.ahead, l)
		found = found || suspicious(l) || garbledIn(l) != ""
	}
	if !found {
		return m, nil
	}
	again, err := scan()
	if err != nil {
		return nil, err
	}
	defer again.close()
	if m.ways, err = f.misreadings(name, again); err != nil {
		return nil, err
	}
	return m, nil
}

func suspicious(l line) bool {
	return slices.ContainsFunc(l.cells, func(c string) bool {
		return slices.ContainsFunc(misreadings, func(m *misreading) bool { return m.damaged(c) })
	})
}

func garbledIn(l line) string {
	for _, c := range l.cells {
		if word := garbled(c); word != "" {
			return word
		}
	}
	return ""
}

// columnDamage is what a look at a whole column finds.
type columnDamage struct {
	texts  int // beyond ASCII
	goBack [3]int
	shown  [3]int // that show the misreading
	first  place
	fixed  [3]string // the first one, put right
}

// misreadings reads a source to its end, and decides for each column how its texts
// were misread.
func (f *file) misreadings(name string, src tabSource) (map[int]*misreading, error) {
	columns := map[int]*columnDamage{}
	for n := 0; ; n++ {
		if n%1024 == 0 && f.ctx.Err() != nil {
			return nil, f.ctx.Err()
		}
		l, err := src.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil //nolint:nilerr // the same comes again where the rows are read
		}
		for i, c := range l.cells {
			if !ascii([]byte(c)) {
				d := columns[i]
				if d == nil {
					d = &columnDamage{}
					columns[i] = d
				}
				d.see(c, place{sheet: name, row: l.row, col: i + 1})
			}
		}
	}
	ways := map[int]*misreading{}
	noted := &columnDamage{}
	for _, i := range sortedKeys(columns) {
		d := columns[i]
		way := d.way()
		switch {
		case way < 0 && d.first.row > 0:
			at := d.first
			return nil, f.hold("text.garbled", &at)
		case way >= 0:
			ways[i] = misreadings[way]
			noted.texts += d.texts
			if noted.first.row == 0 {
				noted.first, noted.fixed[0] = d.first, d.fixed[way]
			}
		}
	}
	if len(ways) > 0 {
		f.note("text.repaired", &noted.first, "cells", strconv.Itoa(noted.texts), "sample", noted.fixed[0])
	}
	return ways, nil
}

// see looks at a text of the column. A misreading that did not explain an earlier
// one need not be tried again; what shows damage is looked for until it is found.
func (d *columnDamage) see(c string, at place) {
	before := d.texts
	d.texts++
	shows := d.first.row == 0 && garbled(c) != ""
	for i, m := range misreadings {
		text := ""
		if d.goBack[i] == before {
			var ok bool
			if text, ok = m.undo(c); ok {
				d.goBack[i]++
			}
		}
		if (d.first.row == 0 || d.goBack[i] == d.texts) && d.shown[i] == 0 && m.damaged(c) {
			shows, d.fixed[i] = true, text
			d.shown[i]++
		}
	}
	if shows && d.first.row == 0 {
		if at.value = garbled(c); at.value == "" {
			at.value = c
		}
		d.first = at
	}
}

// way is the misreading that explains all texts of a column; -1 where there is none.
func (d *columnDamage) way() int {
	for i := range misreadings {
		if d.shown[i] > 0 && d.goBack[i] == d.texts {
			return i
		}
	}
	return -1
}

func sortedKeys[V any](m map[int]V) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// mended is a source with its damage undone.
type mended struct {
	src   tabSource
	ahead []line
	err   error // of the source, after ahead
	ways  map[int]*misreading
}

func (m *mended) close() { m.src.close() }

func (m *mended) next() (line, error) {
	var l line
	switch {
	case len(m.ahead) > 0:
		l, m.ahead = m.ahead[0], m.ahead[1:]
	case m.err != nil:
		return line{}, m.err
	default:
		var err error
		if l, err = m.src.next(); err != nil {
			return l, err
		}
	}
	for i, way := range m.ways {
		if i < len(l.cells) && !ascii([]byte(l.cells[i])) {
			if text, ok := way.undo(l.cells[i]); ok {
				l.cells[i] = text
			} else {
				l.faults = append(l.faults, pipeline.Fault{Col: i + 1, Rule: "text.garbled"})
			}
		}
	}
	return l, nil
}

// sampleOf is the first text beyond ASCII of a sample, for people to look at.
func sampleOf(sample string) string {
	for field := range strings.FieldsFuncSeq(sample, func(r rune) bool { return strings.ContainsRune(",;\t|\"\r\n", r) }) {
		if field = strings.TrimSpace(field); !ascii([]byte(field)) && len([]rune(field)) > 2 {
			return field
		}
	}
	return ""
}
