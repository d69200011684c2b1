package redact

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"wasl/pipeline"
)

// endian is the order of UTF-16 that a text is in, by its mark or by its NULs; nil: it is
// in none.
func endian(head []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	head = head[:min(len(head), 4<<10)]
	var nul [2]int
	for i, c := range head {
		if c == 0 {
			nul[i%2]++
		}
	}
	switch {
	case nul[1] > len(head)/16+1 && nul[0] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case nul[0] > len(head)/16+1 && nul[1] == 0:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

// text takes a person out of a table of text.
func text(p pipeline.Person, data []byte) Result {
	if wide := endian(data); wide != nil {
		plain, err := wide.NewDecoder().Bytes(data)
		if err != nil {
			return Result{Records: 1, Whole: Holds(p, data)}
		}
		r := narrow(p, plain)
		if r.Data == nil {
			return r
		}
		if r.Data, err = wide.NewEncoder().Bytes(r.Data); err != nil {
			return Result{Records: r.Records, Whole: true}
		}
		return r
	}
	return narrow(p, data)
}

// narrow is text in which delimiters, quotes and line ends are single bytes.
func narrow(p pipeline.Person, data []byte) Result {
	var r Result
	t, l := openTable(p, data)
	out := make([]byte, 0, len(data))
	done := 0
	for l.next() {
		_, own, edits := t.row(l.texts())
		if own || len(edits) > 0 {
			r.Records++
		}
		for _, e := range edits {
			f := l.fields[e.col]
			out = append(append(out, data[done:f.from]...), l.written(e.text)...)
			done = f.to
		}
	}
	if done == 0 {
		return Result{}
	}
	r.Data = append(out, data[done:]...)
	return r
}

// eachRow gives what each row of a text says of whom it is.
func eachRow(data []byte, each func(pipeline.Traits)) {
	if wide := endian(data); wide != nil {
		plain, err := wide.NewDecoder().Bytes(data)
		if err != nil {
			return
		}
		data = plain
	}
	t, l := openTable(pipeline.Person{}, data)
	for l.next() {
		if traits, _, _ := t.row(l.texts()); !traits.Empty() {
			each(traits)
		}
	}
}

// lines splits a text into rows and cells, and keeps where they stand.
type lines struct {
	data   []byte
	comma  byte
	page   *charmap.Charmap // of single bytes; nil: UTF-8
	at     int
	fields []span
	cells  []string
}

// A span is where a cell stands, quotes included.
type span struct{ from, to int }

// next splits the next row.
func (l *lines) next() bool {
	if l.at >= len(l.data) {
		return false
	}
	l.fields = l.fields[:0]
	for {
		from := l.at
		if from < len(l.data) && l.data[from] == '"' {
			l.quoted()
		}
		for l.at < len(l.data) && l.data[l.at] != l.comma && l.data[l.at] != '\n' && l.data[l.at] != '\r' {
			l.at++
		}
		l.fields = append(l.fields, span{from, l.at})
		if l.at >= len(l.data) {
			return true
		}
		c := l.data[l.at]
		l.at++
		if c == l.comma {
			continue
		}
		if c == '\r' && l.at < len(l.data) && l.data[l.at] == '\n' {
			l.at++
		}
		return true
	}
}

// quoted goes behind the quote that ends a cell; where none does, no further than the
// opening one.
func (l *lines) quoted() {
	for i := l.at + 1; i < len(l.data); i++ {
		if l.data[i] != '"' {
			continue
		}
		if i+1 < len(l.data) && l.data[i+1] == '"' {
			i++
			continue
		}
		l.at = i + 1
		return
	}
	l.at++
}

// texts are the cells of the row as they read.
func (l *lines) texts() []string {
	l.cells = l.cells[:0]
	for _, f := range l.fields {
		raw := l.data[f.from:f.to]
		if n := len(raw); n > 1 && raw[0] == '"' && raw[n-1] == '"' {
			raw = bytes.ReplaceAll(raw[1:n-1], []byte(`""`), []byte(`"`))
		}
		l.cells = append(l.cells, l.read(raw))
	}
	return l.cells
}

func (l *lines) read(raw []byte) string {
	if l.page == nil || isASCII(raw) {
		return string(raw)
	}
	var b strings.Builder
	for _, c := range raw {
		b.WriteRune(l.page.DecodeByte(c))
	}
	return b.String()
}

// written is a text as a cell, in the file's code page; nothing where it has no letter
// for one of it.
func (l *lines) written(text string) []byte {
	raw := []byte(text)
	if l.page != nil {
		var err error
		if raw, err = l.page.NewEncoder().Bytes(raw); err != nil {
			return nil
		}
	}
	if bytes.IndexByte(raw, l.comma) >= 0 || bytes.ContainsAny(raw, "\"\r\n") {
		raw = append(append([]byte{'"'}, bytes.ReplaceAll(raw, []byte(`"`), []byte(`""`))...), '"')
	}
	return raw
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// openTable opens a text under the delimiter and the code page in which most of its header
// is known.
func openTable(p pipeline.Person, data []byte) (*table, *lines) {
	start := 0
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		start = 3
	}
	pages := []*charmap.Charmap{nil}
	if !utf8.Valid(data) {
		pages = []*charmap.Charmap{charmap.Windows1256, charmap.ISO8859_6, charmap.Windows1252}
	}
	best, score := lines{data: data, comma: ',', page: pages[0], at: start}, -1
	for _, page := range pages {
		for _, comma := range []byte{',', ';', '\t', '|'} {
			l := lines{data: data, comma: comma, page: page, at: start}
			t := table{}
			for range headerRows {
				if !l.next() {
					break
				}
				if t.header(l.texts()) {
					break
				}
			}
			n := 0
			for _, c := range t.cols {
				if c != other && c != unread {
					n += 100
				}
			}
			if n+len(t.cols) > score {
				best, score = lines{data: data, comma: comma, page: page, at: start}, n+len(t.cols)
			}
		}
	}
	return &table{p: p, alone: p.Contacts(), plain: best.page == nil}, &best
}
