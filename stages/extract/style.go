package extract

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// known is what only the whole of a file tells.
type known struct {
	keyDigits bool                // nearly all keys have digits: a word alone in that column is no key
	named     map[string]struct{} // groups that totals name, folded
	totals    bool                // there is a row without a key, or one that begins as totals do
	leads     map[int]Decimal     // rows that name a group and state its sum before its items come
}

// styled is a column whose cells may be read in two ways.
type styled struct {
	at      int
	date    bool
	pinned  bool
	numbers marksSeen
	dates   ordersSeen
	first   place // the first date that fits two orders
	serials int   // cells that are Excel's day numbers
	others  int   // cells that are not
	serial  place // the first of its day numbers
}

// mostNamed is how many names of groups are kept.
const mostNamed = 10_000

// survey reads all rows once before the first is handed on: how columns write
// dates and numbers, and what keys look like. It holds the file where all the dates
// of a column fit two orders, or are day numbers of Excel, and the mapping does not
// say which one it is, or that they are.
func (t *table) survey() error {
	cols := t.styled()
	if len(cols) == 0 {
		return nil
	}
	src, done, err := t.second()
	if err != nil {
		return err
	}
	defer done()
	seen := keysSeen{named: map[string]struct{}{}}
	for n, ended := 0, false; !ended; n++ {
		l, err := src.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if n%1024 == 0 && t.file.ctx.Err() != nil {
			return t.file.ctx.Err()
		}
		if l.row <= t.found.row {
			continue
		}
		if t.strict && l.open && len(l.cells) < t.width {
			break // cut off: the reading itself says so
		}
		ended = t.ends(l)
		for i := range cols {
			cols[i].see(t, l)
		}
		seen.see(t, l)
	}
	if known, all := mergedIn(src); all && !t.mergesKnown {
		t.learnMerges(known)
	}
	t.known = known{keyDigits: seen.digits > 0 && 10*seen.digits >= 9*seen.keys, named: seen.named, totals: seen.totals}
	if t.known.keyDigits {
		if t.known.leads = seen.leads.proven(); t.known.leads != nil {
			t.known.totals = true
		}
	}
	return t.decide(cols)
}

// keysSeen is what the keys of the rows look like, and which totals name groups.
type keysSeen struct {
	keys, digits int
	named        map[string]struct{}
	totals       bool
	leads        leads
}

// see looks at one row.
func (s *keysSeen) see(t *table, l line) {
	filled := 0
	for _, k := range t.keys {
		if cellAt(l, k) != "" {
			filled++
		}
	}
	key := cellAt(l, t.keys[0])
	maybe := key != "" && maybeLabel(key)
	s.totals = s.totals || maybe || key == "" && !empty(l) || len(l.cells) > 0 && maybeLabel(l.cells[0])
	lab := label{}
	switch {
	case maybe:
		lab = labelOf(key)
	case key == "":
		lab, _ = t.labelled(l, 0) // «إجمالي زيوت» in the column of names
	}
	switch {
	case lab.kind != noLabel:
		if lab.of != "" && len(s.named) < mostNamed {
			s.named[lab.of] = struct{}{}
		}
	case key == "": // an unlabelled total, or a row that has yet to get its code
	case t.wordsForNumber(l): // nobody knows what this row is
	case t.mayLead(l):
		s.leads.lead(l.row, t.summable(l))
	case filled > 1, filled == 1 && len(t.keys) == 1:
		s.totals = s.totals || s.keys > 1 && key == strconv.Itoa(s.keys) // how many rows stand above?
		if s.keys++; strings.ContainsFunc(key, isDigit) {
			s.digits++
		}
		s.leads.item(t.summable(l))
	}
}

// styled are the columns asked for that hold dates or numbers, each once.
func (t *table) styled() (out []styled) {
	seen := map[int]bool{}
	for i, c := range t.columns {
		date := c.Type == pipeline.Date || c.Type == pipeline.Time
		if at := t.found.at[i]; at >= 0 && !seen[at] && (date || holdsNumbers(c.Type)) {
			seen[at] = true
			out = append(out, styled{at: at, date: date, pinned: c.Pinned})
		}
	}
	return out
}

// second reads the same table from its beginning.
func (t *table) second() (source, func(), error) {
	if t.reopen != nil {
		src, err := t.reopen()
		if err != nil {
			return nil, nil, err
		}
		return src, src.close, nil
	}
	again := &file{opt: t.file.opt, ctx: t.file.ctx, drop: t.file.drop, in: t.file.in, read: &pipeline.Reading{}}
	other, err := again.open()
	if err != nil {
		return nil, nil, err
	}
	return &replay{other}, func() {}, nil
}

// replay is a table as a source, from its first line on.
type replay struct{ t *table }

func (r *replay) next() (line, error) { return r.t.next() }

func (c *styled) see(t *table, l line) {
	if c.at >= len(l.cells) || blank(l.cells[c.at]) {
		return
	}
	for _, f := range l.faults {
		if f.Col == c.at+1 {
			return
		}
	}
	text := l.cells[c.at]
	stored := c.at < 64 && l.stored&(1<<c.at) != 0
	if !c.date {
		c.numbers.see(text, stored)
		return
	}
	at := place{sheet: t.sheet, row: l.row, col: c.at + 1, column: t.found.header[c.at]}
	if c.dates.see(text) && c.first.row == 0 {
		c.first = at
		c.first.value = strings.Clone(text)
	}
	if _, ok := dayOf(text); !ok {
		c.others++
	} else if c.serials++; c.serials == 1 {
		c.serial = at
		c.serial.value = strings.Clone(text)
	}
}

// The day numbers of 1990 to 2100: others are no dates of a merchant's.
const (
	firstDay = 32874
	pastDays = 73416
)

// dayOf is the day of an Excel day number that stands in a text as digits. ok is
// false where the text is none, or of another century.
func dayOf(text string) (day string, ok bool) {
	text = pipeline.Clean(text)
	whole, _, _ := strings.Cut(text, ".")
	if n := atoi(whole); n < firstDay || n >= pastDays || !numeric(text) {
		return "", false
	}
	day, ok = dateText(text, formDate, false)
	return day[:min(len(day), len("2006-01-02"))], ok
}

// decide puts what was seen into the rows and into the Reading.
func (t *table) decide(cols []styled) error {
	t.styles = make([]pipeline.Style, len(t.header))
	t.file.read.Styles = map[string]pipeline.Style{}
	var wrong []pipeline.Problem
	for i := range cols {
		c := &cols[i]
		if c.serials > 0 && c.others == 0 && !c.pinned {
			// A number alone does not say from when it counts, or that it is a day at all:
			// one line in the mapping does, once and for all files.
			day, _ := dayOf(c.serial.value)
			wrong = append(wrong, t.file.problem("date.serials", &c.serial, "day", day))
		}
		s := pipeline.Style{Decimal: c.numbers.decimal()}
		if c.date {
			s = pipeline.Style{Dates: c.dates.order()}
		}
		t.styles[c.at] = s
		if s == (pipeline.Style{}) {
			continue
		}
		t.file.read.Styles[t.found.header[c.at]] = s
		if s.Dates == "?" && !c.pinned {
			rule := pipeline.Rule("date.ambiguous")
			if c.dates.torn() {
				rule = "date.torn"
			}
			wrong = append(wrong, t.file.problem(rule, &c.first, "dayfirst", layoutOf(c.first.value, true), "monthfirst", layoutOf(c.first.value, false)))
		}
	}
	if len(t.file.read.Styles) == 0 {
		t.file.read.Styles = nil
	}
	if len(wrong) > 0 {
		return &pipeline.Refused{Problems: wrong, Hold: true}
	}
	return nil
}
