package law

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/quagmt/udecimal"
)

// kind is what a JSON value is.
type kind byte

const (
	isText   kind = 't'
	isNumber kind = 'n'
	isObject kind = 'o'
	isList   kind = 'l'
	isBool   kind = 'b'
	isNull   kind = '0'
)

// node is a JSON value as it is written: members in their order, numbers as literals.
type node struct {
	kind kind
	name string // of a member, as written
	text string // of a string, decoded; of a number or boolean, its literal
	kids []node // members, or elements
}

var (
	errJSON = errors.New("not one JSON object")
	errUTF8 = errors.New("not UTF-8")
	errBOM  = errors.New("a byte-order mark before it")
)

// parse reads one JSON object.
func parse(text []byte) (*node, error) {
	if !utf8.Valid(text) {
		return nil, errUTF8
	}
	if rest, ok := bytes.CutPrefix(text, []byte("\ufeff")); ok {
		n, err := parse(rest)
		return n, errors.Join(errBOM, err)
	}
	if !json.Valid(text) {
		return nil, errJSON
	}
	r := reader{text: string(text)}
	if r.space(); r.text[r.at] != '{' {
		return nil, errJSON
	}
	n := r.value()
	return &n, nil
}

// reader walks text that is known to be JSON. The library's own walk over its tokens takes five times as long, and
// every receipt passes here.
type reader struct {
	text string
	at   int
}

func (r *reader) space() {
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n", r.text[r.at]) >= 0 {
		r.at++
	}
}

func (r *reader) value() node {
	switch r.text[r.at] {
	case '{':
		return r.kids(node{kind: isObject}, '}')
	case '[':
		return r.kids(node{kind: isList}, ']')
	case '"':
		return node{kind: isText, text: r.quoted()}
	}
	from := r.at
	for r.at < len(r.text) && strings.IndexByte(" \t\r\n,]}", r.text[r.at]) < 0 {
		r.at++
	}
	switch word := r.text[from:r.at]; word {
	case "true", "false":
		return node{kind: isBool, text: word}
	case "null":
		return node{kind: isNull}
	default:
		return node{kind: isNumber, text: word}
	}
}

func (r *reader) kids(n node, end byte) node {
	r.at++
	for {
		r.space()
		switch r.text[r.at] {
		case end:
			r.at++
			return n
		case ',':
			r.at++
			r.space()
		}
		var name string
		if n.kind == isObject {
			name = r.quoted()
			r.space()
			r.at++ // the colon
			r.space()
		}
		if n.kids == nil {
			n.kids = make([]node, 0, 8)
		}
		kid := r.value()
		kid.name = name
		n.kids = append(n.kids, kid)
	}
}

// quoted reads a string. One with escapes is left to the library.
func (r *reader) quoted() string {
	from := r.at
	for r.at++; r.text[r.at] != '"'; r.at++ {
		if r.text[r.at] == '\\' {
			r.at++
		}
	}
	r.at++
	plain := r.text[from+1 : r.at-1]
	if strings.IndexByte(plain, '\\') < 0 {
		return plain
	}
	var text string
	if err := json.Unmarshal([]byte(r.text[from:r.at]), &text); err != nil {
		return plain // it was JSON before
	}
	return text
}

// get is the value at a path of member names; nil where there is none. It may be called on nil.
func (n *node) get(path ...string) *node {
	for _, name := range path {
		n = n.member(name)
	}
	return n
}

func (n *node) member(name string) *node {
	if n == nil || n.kind != isObject {
		return nil
	}
	for i := range n.kids {
		if n.kids[i].name == name {
			return &n.kids[i]
		}
	}
	return nil
}

// str is the text at a path; "" where there is none.
func (n *node) str(path ...string) string {
	if v := n.get(path...); v != nil && v.kind == isText {
		return v.text
	}
	return ""
}

// list are the objects of a list at a path.
func (n *node) list(path ...string) []node {
	if v := n.get(path...); v != nil && v.kind == isList {
		return v.kids
	}
	return nil
}

// dec is the number at a path, zero where there is none that can be computed with.
func (n *node) dec(path ...string) dec {
	v := n.get(path...)
	if v == nil || v.kind != isNumber {
		return dec{}
	}
	d, err := udecimal.Parse(v.text)
	if err != nil {
		return dec{}
	}
	return d
}

// uuid is the receipt's own: its canonical text (section 4) with header.uuid empty, hashed. It is computed here anew,
// not by the code that sealed the receipt.
func (n *node) uuid() string {
	var b strings.Builder
	canonical(&b, n, "", true)
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

func canonical(b *strings.Builder, n *node, within string, blank bool) {
	for i := range n.kids {
		kid := &n.kids[i]
		name := `"` + strings.ToUpper(kid.name) + `"`
		b.WriteString(name)
		switch kid.kind {
		case isObject:
			canonical(b, kid, kid.name, blank)
		case isList:
			for j := range kid.kids {
				b.WriteString(name)
				if e := &kid.kids[j]; e.kind == isObject {
					canonical(b, e, kid.name, blank)
				} else {
					scalar(b, e)
				}
			}
		default:
			if blank && within == "header" && kid.name == "uuid" {
				b.WriteString(`""`)
				continue
			}
			scalar(b, kid)
		}
	}
}

func scalar(b *strings.Builder, n *node) {
	if n.kind != isText {
		b.WriteString(`"` + n.text + `"`)
		return
	}
	b.WriteByte('"')
	for _, r := range n.text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ':
			if short := strings.IndexRune("\b\t\n\f\r", r); short >= 0 {
				b.WriteByte('\\')
				b.WriteByte("btnfr"[short])
				continue
			}
			fmt.Fprintf(b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
}
