package redact

import (
	"bytes"
	"strings"
	"unicode/utf16"

	"wasl/pipeline"
)

// A Result says what File found.
type Result struct {
	Records int    // of the person; 0: the file is not touched
	Whole   bool   // it cannot be edited, and is to be taken out whole
	Data    []byte // the file without the person; nil where it is not touched, or goes whole
}

// touched tells whether anything is to be done.
func (r Result) touched() bool { return r.Records > 0 || r.Whole }

// File takes a person out of a file.
func File(p pipeline.Person, data []byte) Result {
	r := once(p, data)
	if !r.touched() || r.Whole {
		return r
	}
	if again := once(p, r.Data); again.touched() {
		return Result{Records: r.Records, Whole: true}
	}
	return r
}

// once is File without the second look.
func once(p pipeline.Person, data []byte) Result {
	switch sniff(data) {
	case isZip:
		return zipped(p, data)
	case isJSON:
		return jsonLines(p, data)
	case isText:
		return text(p, data)
	}
	if !picture(data) && Holds(p, data) {
		return Result{Records: 1, Whole: true}
	}
	return Result{}
}

// picture tells whether a file is a picture of goods: nobody is looked for in its bytes.
func picture(data []byte) bool {
	return bytes.HasPrefix(data, []byte("\x89PNG")) || bytes.HasPrefix(data, []byte("\xff\xd8\xff")) || bytes.HasPrefix(data, []byte("GIF8")) ||
		len(data) > 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP"
}

// Records gives what each record of a file says of whom it is.
func Records(data []byte, each func(pipeline.Traits)) {
	switch sniff(data) {
	case isZip:
		eachPart(data, func(_ string, part []byte) { Records(part, each) }, each)
	case isJSON:
		for line := range bytes.Lines(data) {
			if t := pipeline.TraitsInJSON(line); !t.Empty() {
				each(t)
			}
		}
	case isText:
		eachRow(data, each)
	}
}

type sort int

const (
	isOther sort = iota
	isText
	isJSON
	isZip
)

// sniff tells what a file is, by its first bytes.
func sniff(data []byte) sort {
	head := data[:min(len(data), 4<<10)]
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return isZip
	}
	for _, mark := range []string{"\xd0\xcf\x11\xe0", "%PDF-", "\x89PNG", "\xff\xd8\xff", "GIF8", "RIFF"} {
		if bytes.HasPrefix(head, []byte(mark)) {
			return isOther
		}
	}
	if endian(head) != nil {
		return isText
	}
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(head) == 0, head[0] == '<', bytes.IndexByte(head, 0) >= 0:
		return isOther
	case head[0] == '{', head[0] == '[':
		return isJSON
	}
	odd := 0
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' {
			odd++
		}
	}
	if odd > len(head)/20 {
		return isOther
	}
	return isText
}

// Holds tells whether the bytes of a file have an address of mail or a telephone of a
// person in them, as they stand there: in UTF-8 or UTF-16, telephones written together.
func Holds(p pipeline.Person, data []byte) bool {
	low := bytes.ToLower(data)
	for _, word := range Words(p) {
		if bytes.Contains(low, wide(word)) || stands(low, word) {
			return true
		}
	}
	return false
}

// stands tells whether a word stands in bytes: a telephone not as a part of a longer
// number.
func stands(in []byte, word string) bool {
	number := !strings.Contains(word, "@")
	for at := 0; ; {
		n := bytes.Index(in[at:], []byte(word))
		if n < 0 {
			return false
		}
		from, to := at+n, at+n+len(word)
		at = from + 1
		if !number {
			return true
		}
		before := from
		for before > 0 && in[before-1] >= '0' && in[before-1] <= '9' {
			before--
		}
		switch string(in[before:from]) {
		case "", "0", "20", "0020":
			if to == len(in) || in[to] < '0' || in[to] > '9' {
				return true
			}
		}
	}
}

// Words are what a person is sought by in bytes: in small letters.
func Words(p pipeline.Person) []string {
	var out []string
	for _, mail := range p.Emails {
		out = append(out, strings.ToLower(mail))
	}
	for _, phone := range p.Phones {
		if phone != "" && !contains(p.Shared, phone) {
			out = append(out, phone)
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, one := range list {
		if one == s {
			return true
		}
	}
	return false
}

// wide is a text in UTF-16, little-endian; of ASCII, the other order is the same but for
// a byte at either end.
func wide(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out[:len(out)-1]
}
