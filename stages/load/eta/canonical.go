package eta

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// uuidLength is the length of a receipt's uuid: a SHA-256 in lower-case hexadecimal.
const uuidLength = 2 * sha256.Size

// errJSON is what canonical says of text that is not JSON of the kind that the authority serializes.
var errJSON = errors.New("not JSON")

// canonical is the text of a JSON object that the authority hashes (eta-ereceipt.md section 4): names in upper case,
// values as they are written, an array's name once more before every element, no separators.
func canonical(json []byte) ([]byte, error) { return appendCanonical(nil, json, false) }

// uuidOf is the uuid of a receipt: its canonical text with header.uuid taken as empty, hashed.
func uuidOf(receipt []byte) (string, error) {
	text, err := appendCanonical(make([]byte, 0, len(receipt)+len(receipt)/8), receipt, true)
	if err != nil {
		return "", fmt.Errorf("canonical text of a receipt: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// appendCanonical transcodes JSON in one pass. With blank the value of header.uuid counts as "".
func appendCanonical(dst, json []byte, blank bool) ([]byte, error) {
	t := transcoder{src: bytes.TrimPrefix(json, []byte("\ufeff")), dst: dst, blank: blank}
	t.space()
	if t.peek() != '{' {
		return nil, t.wrong("an object")
	}
	if err := t.object("", 1); err != nil {
		return nil, err
	}
	t.space()
	if t.pos < len(t.src) {
		return nil, t.wrong("the end")
	}
	return t.dst, nil
}

// transcoder reads JSON at pos of src and writes canonical text to dst.
type transcoder struct {
	src, dst []byte
	pos      int
	blank    bool
}

// maxDepth is more than any receipt nests, and less than would hurt.
const maxDepth = 64

func (t *transcoder) wrong(want string) error {
	return fmt.Errorf("%w: want %s at byte %d", errJSON, want, t.pos)
}

// peek is the next byte; 0 at the end.
func (t *transcoder) peek() byte {
	if t.pos < len(t.src) {
		return t.src[t.pos]
	}
	return 0
}

func (t *transcoder) space() {
	for t.pos < len(t.src) && (t.src[t.pos] == ' ' || t.src[t.pos] == '\n' || t.src[t.pos] == '\r' || t.src[t.pos] == '\t') {
		t.pos++
	}
}

// object writes its members. within is the upper-case name of the member that holds it, "" for the whole.
func (t *transcoder) object(within string, depth int) error {
	if depth > maxDepth {
		return t.wrong("less depth")
	}
	t.pos++ // {
	for first := true; ; first = false {
		t.space()
		if t.peek() == '}' && first {
			t.pos++
			return nil
		}
		from := len(t.dst)
		if err := t.name(); err != nil {
			return err
		}
		name := t.dst[from:len(t.dst):len(t.dst)] // stays readable: what follows is appended behind it
		t.space()
		if t.peek() != ':' {
			return t.wrong("a colon")
		}
		t.pos++
		t.space()
		hide := t.blank && depth == 2 && within == `"HEADER"` && string(name) == `"UUID"`
		at := len(t.dst)
		if err := t.value(name, depth); err != nil {
			return err
		}
		if hide {
			t.dst = append(t.dst[:at], '"', '"')
		}
		t.space()
		switch t.peek() {
		case ',':
			t.pos++
		case '}':
			t.pos++
			return nil
		default:
			return t.wrong("a comma or the end of the object")
		}
	}
}

// name writes a member's name in upper case and in quotes. Other letters than ASCII have no agreed upper case.
func (t *transcoder) name() error {
	if t.peek() != '"' {
		return t.wrong("a name")
	}
	dst := append(t.dst, '"')
	for i, c := range t.src[t.pos+1:] {
		if c == '"' {
			t.dst = append(dst, '"')
			t.pos += i + 2
			return nil
		}
		if upper[c] == 0 {
			return t.wrong("a name of plain letters")
		}
		dst = append(dst, upper[c])
	}
	return t.wrong("the end of a name")
}

// upper is the upper case of each byte that a name may have, 0 of the others. Names are a third of the work of sealing,
// and comparisons take longer than a table: small and capital letters in turn are hard to foresee.
var upper = func() (table [256]byte) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		switch {
		case c >= 'a' && c <= 'z':
			table[c] = c - 'a' + 'A'
		case c != '\\':
			table[c] = c
		}
	}
	return table
}()

// value writes the value of the member whose quoted name is given.
func (t *transcoder) value(name []byte, depth int) error {
	switch c := t.peek(); {
	case c == '"':
		return t.text()
	case c == '{':
		return t.object(string(name), depth+1)
	case c == '[':
		return t.array(name, depth)
	case c == '-' || c >= '0' && c <= '9':
		return t.number()
	case bytes.HasPrefix(t.src[t.pos:], []byte("null")):
		t.pos += len("null") // the name alone; wasl never writes it (section 4, point 7)
		return nil
	}
	return t.wrong("a text, a number, an object or a list")
}

func (t *transcoder) array(name []byte, depth int) error {
	if depth > maxDepth {
		return t.wrong("less depth")
	}
	t.pos++ // [
	for first := true; ; first = false {
		t.space()
		if t.peek() == ']' && first {
			t.pos++
			return nil
		}
		t.dst = append(t.dst, name...)
		if err := t.value(name, depth+1); err != nil {
			return err
		}
		t.space()
		switch t.peek() {
		case ',':
			t.pos++
		case ']':
			t.pos++
			return nil
		default:
			return t.wrong("a comma or the end of the list")
		}
	}
}

// number writes the literal as it stands: 0.0, 0.00000 and 14.00 are three texts.
func (t *transcoder) number() error {
	from := t.pos
	for t.pos < len(t.src) {
		c := t.src[t.pos]
		if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			break
		}
		t.pos++
	}
	t.dst = append(t.dst, '"')
	t.dst = append(t.dst, t.src[from:t.pos]...)
	t.dst = append(t.dst, '"')
	return nil
}

// text writes a string as a minimal JSON writer would: only quote, backslash and control characters escaped.
func (t *transcoder) text() error {
	t.dst = append(t.dst, '"')
	for t.pos++; t.pos < len(t.src); {
		end := bytes.IndexByte(t.src[t.pos:], '"')
		if end < 0 {
			break
		}
		run := t.src[t.pos : t.pos+end]
		if escape := bytes.IndexByte(run, '\\'); escape >= 0 {
			t.dst = append(t.dst, run[:escape]...)
			t.pos += escape
			if err := t.escape(); err != nil {
				return err
			}
			continue
		}
		t.dst = append(t.dst, run...)
		t.dst = append(t.dst, '"')
		t.pos += end + 1
		return nil
	}
	return t.wrong("the end of a text")
}

// escape reads one escape and writes the character that it stands for.
func (t *transcoder) escape() error {
	if t.pos+1 >= len(t.src) {
		return t.wrong("the rest of an escape")
	}
	c := t.src[t.pos+1]
	if c == 'u' {
		r, ok := t.unicode()
		if !ok {
			return t.wrong("four hexadecimal digits")
		}
		t.dst = appendMinimal(t.dst, r)
		return nil
	}
	at := bytes.IndexByte([]byte(`"\/bfnrt`), c)
	if at < 0 {
		return t.wrong("a known escape")
	}
	t.pos += 2
	t.dst = appendMinimal(t.dst, rune("\"\\/\b\f\n\r\t"[at]))
	return nil
}

// unicode reads \uXXXX, or two of them that make one character.
func (t *transcoder) unicode() (rune, bool) {
	first, ok := t.unit()
	if !ok || !utf16.IsSurrogate(first) {
		return first, ok
	}
	if t.pos+1 < len(t.src) && t.src[t.pos] == '\\' && t.src[t.pos+1] == 'u' {
		second, ok := t.unit()
		return utf16.DecodeRune(first, second), ok
	}
	return utf8.RuneError, true
}

func (t *transcoder) unit() (rune, bool) {
	if t.pos+6 > len(t.src) {
		return 0, false
	}
	var b [2]byte
	if _, err := hex.Decode(b[:], t.src[t.pos+2:t.pos+6]); err != nil {
		return 0, false
	}
	t.pos += 6
	return rune(b[0])<<8 | rune(b[1]), true
}

// appendMinimal writes one character of a JSON string with no more escaping than JSON asks for.
func appendMinimal(dst []byte, r rune) []byte {
	switch r {
	case '"', '\\':
		return append(dst, '\\', byte(r))
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	if r < ' ' {
		return fmt.Appendf(dst, `\u%04x`, r)
	}
	return utf8.AppendRune(dst, r)
}
