package redact

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"html"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// The parts of a sheet, with whatever prefix its writer gives them.
var (
	rowPart   = regexp.MustCompile(`(?s)<(?:\w+:)?row\b[^>]*?(?:/>|>.*?</(?:\w+:)?row>)`)
	cellPart  = regexp.MustCompile(`(?s)<((?:\w+:)?c)\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)`)
	valuePart = regexp.MustCompile(`(?s)<(?:\w+:)?v\b[^>]*>(.*?)</(?:\w+:)?v>`)
	textPart  = regexp.MustCompile(`(?s)<(?:\w+:)?t\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?t>)`)
	attrPart  = regexp.MustCompile(`(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')`)
	sharedOne = regexp.MustCompile(`(?s)<((?:\w+:)?si)\b[^>]*?(?:/>|>(.*?)</(?:\w+:)?si>)`)
)

// A book is a workbook taken apart. Its sheets are edited as text: everything but the
// cells of the person stays as its writer wrote it.
type book struct {
	zip    *zip.Reader
	parts  [][]byte
	shared int      // the part with the shared texts; -1: none
	texts  []string // those
	used   []int    // how many cells need each
}

func newBook(z *zip.Reader, parts [][]byte) *book {
	b := &book{zip: z, parts: parts, shared: -1}
	for i, f := range z.File {
		if strings.EqualFold(f.Name, "xl/sharedStrings.xml") {
			b.shared = i
			for _, m := range sharedOne.FindAllSubmatch(parts[i], -1) {
				b.texts = append(b.texts, textsIn(m[2]))
			}
		}
	}
	b.used = make([]int, len(b.texts))
	return b
}

func textsIn(part []byte) string {
	var out strings.Builder
	for _, m := range textPart.FindAllSubmatch(part, -1) {
		out.WriteString(html.UnescapeString(string(m[1])))
	}
	return out.String()
}

func (b *book) isSheet(i int) bool {
	name := strings.ToLower(b.zip.File[i].Name)
	return strings.HasPrefix(name, "xl/worksheets/") && strings.HasSuffix(name, ".xml")
}

// rows goes through the rows of all sheets.
func (b *book) rows(each func(pipeline.Traits)) {
	for i := range b.parts {
		if !b.isSheet(i) {
			continue
		}
		t := &table{plain: true}
		for _, row := range rowPart.FindAll(b.parts[i], -1) {
			if traits, _, _ := t.row(textsOf(b.cells(row))); !traits.Empty() {
				each(traits)
			}
		}
	}
}

// A cell is one of a row, with where it stands in the row's text.
type cell struct {
	col, from, to int
	tag           string // c, or x:c
	attrs         string // ref and style
	text          string
	shared        int // the shared text that it is; -1: none
}

// cells are those of a row.
func (b *book) cells(row []byte) []cell {
	var out []cell
	next := 0
	for _, m := range cellPart.FindAllSubmatchIndex(row, -1) {
		c := cell{col: next, from: m[0], to: m[1], tag: string(row[m[2]:m[3]]), shared: -1}
		kind := ""
		for _, a := range attrPart.FindAllSubmatch(row[m[4]:m[5]], -1) {
			value := string(a[2]) + string(a[3])
			switch string(a[1]) {
			case "r":
				c.col = colOf(value, next)
				c.attrs += ` r="` + value + `"`
			case "s":
				c.attrs += ` s="` + value + `"`
			case "t":
				kind = value
			}
		}
		next = c.col + 1
		if m[6] >= 0 {
			c.text, c.shared = b.value(kind, row[m[6]:m[7]])
		}
		out = append(out, c)
	}
	return out
}

// value is what a cell holds.
func (b *book) value(kind string, inner []byte) (text string, shared int) {
	if kind == "inlineStr" {
		return textsIn(inner), -1
	}
	m := valuePart.FindSubmatch(inner)
	if m == nil {
		return "", -1
	}
	text = html.UnescapeString(string(m[1]))
	switch kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 || n >= len(b.texts) {
			return "", -1
		}
		return b.texts[n], n
	case "", "n":
		return digitsOf(text), -1
	}
	return text, -1
}

// digitsOf is a number of a workbook in plain digits: 1.00123E+9 is 1001230000.
func digitsOf(text string) string {
	r, ok := new(big.Rat).SetString(strings.TrimSpace(text))
	if !ok || !strings.ContainsAny(text, "eE") || !r.IsInt() || len(text) > 30 {
		return text
	}
	return r.Num().String()
}

// colOf is the column of a cell, from 0: 1 of B2.
func colOf(ref string, otherwise int) int {
	n := 0
	for _, r := range ref {
		if r < 'A' || r > 'Z' {
			break
		}
		n = n*26 + int(r-'A') + 1
	}
	if n == 0 || n > 16384 {
		return otherwise
	}
	return n - 1
}

// textsOf are the texts of cells by their columns.
func textsOf(cells []cell) []string {
	var out []string
	for _, c := range cells {
		for len(out) <= c.col {
			out = append(out, "")
		}
		out[c.col] = c.text
	}
	return out
}

// redact takes a person out of the book; changed are its parts that change.
func (b *book) redact(p pipeline.Person, changed map[int][]byte) (records int) {
	for i := range b.parts {
		if !b.isSheet(i) {
			continue
		}
		if sheet, n := b.sheet(p, b.parts[i]); n > 0 {
			changed[i], records = sheet, records+n
		}
	}
	if text, n := b.unneeded(p, records > 0); n > 0 {
		changed[b.shared] = text
		records = max(records, 1)
	}
	for i, f := range b.zip.File { // notes, properties, what a pivot table remembers
		name := strings.ToLower(f.Name)
		if i == b.shared || b.isSheet(i) || !strings.HasSuffix(name, ".xml") && !strings.HasSuffix(name, ".rels") {
			continue
		}
		who := p
		if records == 0 {
			who = p.Contacts()
		}
		if text, hit := who.Mask(string(b.parts[i])); hit {
			changed[i] = []byte(text)
			records = max(records, 1)
		}
	}
	return records
}

// sheet takes a person out of a sheet.
func (b *book) sheet(p pipeline.Person, text []byte) ([]byte, int) {
	t := &table{p: p, alone: p.Contacts(), plain: true}
	var out bytes.Buffer
	done, records := 0, 0
	for _, at := range rowPart.FindAllIndex(text, -1) {
		row := text[at[0]:at[1]]
		cells := b.cells(row)
		_, _, edits := t.row(textsOf(cells))
		becomes := map[int]string{}
		for _, e := range edits {
			becomes[e.col] = e.text
		}
		if len(edits) > 0 {
			records++
		}
		for _, c := range cells {
			now, changes := becomes[c.col]
			if !changes {
				if c.shared >= 0 {
					b.used[c.shared]++
				}
				continue
			}
			out.Write(text[done : at[0]+c.from])
			out.WriteString(c.with(now))
			done = at[0] + c.to
		}
	}
	out.Write(text[done:])
	return out.Bytes(), records
}

// with is a cell with another text.
func (c cell) with(text string) string {
	if text == "" {
		return "<" + c.tag + c.attrs + "/>"
	}
	prefix := strings.TrimSuffix(c.tag, "c")
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return "<" + c.tag + c.attrs + ` t="inlineStr"><` + prefix + "is><" + prefix + "t>" + b.String() + "</" + prefix + "t></" + prefix + "is></" + c.tag + ">"
}

// unneeded empties the shared texts that no cell needs any more, and those that were left
// over before and hold something of the person.
func (b *book) unneeded(p pipeline.Person, edited bool) ([]byte, int) {
	if b.shared < 0 {
		return nil, 0
	}
	text := b.parts[b.shared]
	var out bytes.Buffer
	done, n := 0, 0
	for i, m := range sharedOne.FindAllSubmatchIndex(text, -1) {
		if b.used[i] > 0 || b.texts[i] == "" {
			continue
		}
		if _, hit := p.Mask(b.texts[i]); !edited && !hit && !p.Known(b.texts[i]) {
			continue
		}
		tag := string(text[m[2]:m[3]])
		t := strings.TrimSuffix(tag, "si") + "t"
		out.Write(text[done:m[0]])
		out.WriteString("<" + tag + "><" + t + "></" + t + "></" + tag + ">")
		done = m[1]
		n++
	}
	out.Write(text[done:])
	return out.Bytes(), n
}
