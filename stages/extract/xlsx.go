package extract

import (
	"path/filepath"
	"strings"
)

// book is a workbook: what its sheets share.
type book struct {
	*parts
	part     string // of the workbook itself
	sheets   []sheetName
	from1904 bool
	forms    []form      // of cell styles
	shared   sharedTexts // strings
}

type sheetName struct {
	name, part string
	hidden     bool
}

// openWorkbook reads what the sheets share, and finds the sheet with the header.
func (f *file) openWorkbook() (*table, error) {
	p, err := f.unzip()
	if err != nil {
		return nil, err
	}
	b := &book{parts: p}
	if err := b.read(); err != nil {
		return nil, err
	}
	f.read.Format = "xlsx"
	f.misnamed("xlsx")
	if p.has("xl/vbaProject.bin") {
		f.note("file.macros", nil)
	}
	tabs := make([]tab, 0, len(b.sheets))
	for _, s := range b.sheets {
		tabs = append(tabs, tab{name: s.name, hidden: s.hidden, open: func() (tabSource, error) { return b.sheet(s) }})
	}
	return f.findTab(tabs)
}

// read reads the workbook's own parts.
func (b *book) read() error {
	root, err := b.relations("")
	if err != nil {
		return err
	}
	for _, r := range root {
		if strings.HasSuffix(r.kind, "/officeDocument") {
			b.part = r.part
		}
	}
	if b.part == "" || strings.ToLower(filepath.Ext(b.part)) != ".xml" || !b.has(b.part) {
		return b.file.refuse("file.zip", nil)
	}
	rels, err := b.relations(b.part)
	if err != nil {
		return err
	}
	if err := b.readSheets(rels); err != nil {
		return err
	}
	for _, r := range rels {
		switch {
		case strings.HasSuffix(r.kind, "/styles"):
			err = b.readStyles(r.part)
		case strings.HasSuffix(r.kind, "/sharedStrings"):
			err = b.readShared(r.part)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// relation is a part that another part names.
type relation struct{ kind, part string }

// relations are what a part names, by their ids. "" is the zip itself.
func (b *book) relations(part string) (map[string]relation, error) {
	rels := "_rels/.rels"
	if part != "" {
		rels = relsOf(part)
	}
	if part == "" && !b.has(rels) {
		return nil, b.file.refuse("file.zip", nil)
	}
	out := map[string]relation{}
	err := b.each(rels, func(x *xmlReader, t token) error {
		if t != tokenStart || string(x.name) != "Relationship" {
			return nil
		}
		id, _ := x.attr("Id")
		kind, _ := x.attr("Type")
		to, _ := x.attr("Target")
		if mode, _ := x.attr("TargetMode"); mode != "External" {
			out[id] = relation{kind: kind, part: target(part, to)}
		}
		return nil
	})
	return out, err
}

func (b *book) readSheets(rels map[string]relation) error {
	err := b.each(b.part, func(x *xmlReader, t token) error {
		if t != tokenStart {
			return nil
		}
		switch string(x.name) {
		case "workbookPr":
			v, _ := x.attr("date1904")
			b.from1904 = v == "1" || v == "true"
		case "sheet":
			name, _ := x.attr("name")
			state, _ := x.attr("state")
			id, _ := x.attr("id")
			if r := rels[id]; strings.HasSuffix(r.kind, "/worksheet") {
				b.sheets = append(b.sheets, sheetName{name: name, part: r.part, hidden: state == "hidden" || state == "veryHidden"})
			}
		}
		return nil
	})
	if err == nil && len(b.sheets) == 0 {
		return b.file.refuse("file.damaged", nil, "part", b.part)
	}
	return err
}

// readStyles learns which cell styles show a number as a date, or with zeros before it.
func (b *book) readStyles(part string) error {
	own := map[int]form{}
	inXfs := false
	return b.each(part, func(x *xmlReader, t token) error {
		name := string(x.name)
		switch {
		case name == "cellXfs" && t != tokenText:
			inXfs = t == tokenStart
		case t != tokenStart:
		case name == "numFmt":
			id, _ := x.attr("numFmtId")
			code, _ := x.attr("formatCode")
			own[atoi(id)] = formOf(code)
		case name == "xf" && inXfs:
			id, _ := x.attr("numFmtId")
			f, ok := own[atoi(id)]
			if !ok {
				f = builtIn(atoi(id))
			}
			b.forms = append(b.forms, f)
		}
		return nil
	})
}

// readShared reads the strings that cells share.
func (b *book) readShared(part string) error {
	rich, shared := richText{}, &b.shared
	err := b.each(part, func(x *xmlReader, t token) error {
		shared.open = rich.add(shared.open, x, t)
		if t == tokenEnd && string(x.name) == "si" {
			shared.end()
		}
		return nil
	})
	shared.close()
	return err
}

// richText puts the pieces of a string together: text in several styles counts,
// a reading aid beside it (rPh) does not.
type richText struct{ inText, aside bool }

func (r *richText) add(to []byte, x *xmlReader, t token) []byte {
	switch {
	case t == tokenText:
		if r.inText && !r.aside {
			to = append(to, x.text...)
		}
	case string(x.name) == "t":
		r.inText = t == tokenStart
	case string(x.name) == "rPh":
		r.aside = t == tokenStart
	}
	return to
}

// unescape puts control letters in place that workbooks write as _x000D_.
func unescape(s string) string {
	i := strings.Index(s, "_x")
	if i < 0 {
		return s
	}
	var out strings.Builder
	for ; i >= 0; i = strings.Index(s, "_x") {
		out.WriteString(s[:i])
		s = s[i:]
		if r, ok := hexEscape(s); ok {
			out.WriteRune(r)
			s = s[7:]
			continue
		}
		out.WriteString(s[:2])
		s = s[2:]
	}
	out.WriteString(s)
	return out.String()
}

// hexEscape reads _xHHHH_ at the beginning of s.
func hexEscape(s string) (rune, bool) {
	if len(s) < 7 || s[6] != '_' {
		return 0, false
	}
	r, ok := entity("#x" + s[2:6])
	return r, ok
}

func atoi(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' || n > 1<<24 {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	if s == "" {
		return -1
	}
	return n
}
