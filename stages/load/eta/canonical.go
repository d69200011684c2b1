package eta

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
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
	scratch, _ := scratches.Get().(*[]byte)
	defer scratches.Put(scratch)
	text, err := appendCanonical((*scratch)[:0], receipt, true)
	if err != nil {
		return "", fmt.Errorf("canonical text of a receipt: %w", err)
	}
	*scratch = text
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// scratches hold canonical texts that are being hashed: a hundred thousand receipts need one.
var scratches = sync.Pool{New: func() any { return new([]byte) }}

// appendCanonical transcodes JSON in one pass. With blank the value of header.uuid counts as "".
func appendCanonical(dst, json []byte, blank bool) ([]byte, error) {
	t := transcoder{src: bytes.TrimPrefix(json, []byte("\ufeff")), dst: dst[:cap(dst)], end: len(dst), blank: blank, plain: bytes.IndexByte(json, '\\') < 0}
	t.room(len(json) + len(json)/4)
	if t.next() != '{' {
		return nil, t.wrong("an object")
	}
	if err := t.object(nil, 1); err != nil {
		return nil, err
	}
	if t.next(); t.pos < len(t.src) {
		return nil, t.wrong("the end")
	}
	return t.dst[:t.end], nil
}

// transcoder reads JSON at pos of src and writes canonical text at end of dst, which is longer than what is written: it
// grows seldom, and to write moves an index only.
type transcoder struct {
	src, dst []byte
	pos, end int
	blank    bool // header.uuid counts as ""
	plain    bool // no text holds an escape, as in all that wasl writes
}

// maxDepth is more than any receipt nests, and less than would hurt.
const maxDepth = 64

func (t *transcoder) wrong(want string) error {
	return fmt.Errorf("%w: want %s at byte %d", errJSON, want, t.pos)
}

// room makes room for n more bytes, and gives it.
func (t *transcoder) room(n int) []byte {
	if len(t.dst)-t.end < n {
		t.dst = append(t.dst[:t.end], make([]byte, n+len(t.dst)/2)...)
		t.dst = t.dst[:cap(t.dst)]
	}
	return t.dst[t.end : t.end+n]
}

// write writes what stands there already.
func (t *transcoder) write(text []byte) {
	copy(t.room(len(text)), text)
	t.end += len(text)
}

// quote writes a text in quotes.
func (t *transcoder) quote(text []byte) {
	room := t.room(len(text) + 2)
	room[0] = '"'
	copy(room[1:], text)
	room[len(text)+1] = '"'
	t.end += len(room)
}

// next is the next byte behind white space, of which wasl writes none; 0 at the end.
func (t *transcoder) next() byte {
	if t.pos < len(t.src) && t.src[t.pos] > ' ' {
		return t.src[t.pos]
	}
	return t.space()
}

func (t *transcoder) space() byte {
	for ; t.pos < len(t.src); t.pos++ {
		if c := t.src[t.pos]; c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c
		}
	}
	return 0
}

// object writes its members. within is the quoted upper-case name of the member that holds it, nil for the whole.
func (t *transcoder) object(within []byte, depth int) error {
	if depth > maxDepth {
		return t.wrong("less depth")
	}
	t.pos++ // {
	for first := true; ; first = false {
		if t.next() == '}' && first {
			t.pos++
			return nil
		}
		from := t.end
		if err := t.name(); err != nil {
			return err
		}
		name := t.dst[from:t.end:t.end] // stays readable: what follows is written behind it
		if t.next() != ':' {
			return t.wrong("a colon")
		}
		t.pos++
		at := t.end
		if err := t.value(name, depth); err != nil {
			return err
		}
		if t.blank && depth == 2 && string(within) == `"HEADER"` && string(name) == `"UUID"` {
			t.end = at
			t.quote(nil)
		}
		switch t.next() {
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
	if t.next() != '"' {
		return t.wrong("a name")
	}
	rest := t.src[t.pos+1:]
	room := t.room(len(rest) + 2)[1:]
	for i, c := range rest[:min(len(rest), len(room))] {
		if c == '"' {
			room[i] = '"'
			t.dst[t.end] = '"'
			t.end += i + 2
			t.pos += i + 2
			return nil
		}
		if room[i] = upper[c]; room[i] == 0 {
			return t.wrong("a name of plain letters")
		}
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
	switch c := t.next(); {
	case c == '"':
		return t.text()
	case c == '{':
		return t.object(name, depth+1)
	case c == '[':
		return t.array(name, depth)
	case c == '-' || c >= '0' && c <= '9':
		t.number()
		return nil
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
		if t.next() == ']' && first {
			t.pos++
			return nil
		}
		t.write(name)
		if err := t.value(name, depth+1); err != nil {
			return err
		}
		switch t.next() {
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
func (t *transcoder) number() {
	from := t.pos
	for t.pos < len(t.src) {
		c := t.src[t.pos]
		if (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			break
		}
		t.pos++
	}
	t.quote(t.src[from:t.pos])
}

// text writes a string as a minimal JSON writer would: only quote, backslash and control characters escaped.
func (t *transcoder) text() error {
	t.pos++
	end := bytes.IndexByte(t.src[t.pos:], '"')
	if end < 0 {
		return t.wrong("the end of a text")
	}
	if !t.plain && bytes.IndexByte(t.src[t.pos:t.pos+end], '\\') >= 0 {
		return t.escaped()
	}
	t.quote(t.src[t.pos : t.pos+end])
	t.pos += end + 1
	return nil
}

// escaped writes a string with escapes, which begins at pos.
func (t *transcoder) escaped() error {
	t.write([]byte{'"'})
	for t.pos < len(t.src) {
		rest := t.src[t.pos:]
		at := bytes.IndexAny(rest, `"\`)
		if at < 0 {
			break
		}
		t.write(rest[:at])
		t.pos += at
		if rest[at] == '"' {
			t.write([]byte{'"'})
			t.pos++
			return nil
		}
		if err := t.escape(); err != nil {
			return err
		}
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
		t.write(appendMinimal(nil, r))
		return nil
	}
	at := bytes.IndexByte([]byte(`"\/bfnrt`), c)
	if at < 0 {
		return t.wrong("a known escape")
	}
	t.pos += 2
	t.write(appendMinimal(nil, rune("\"\\/\b\f\n\r\t"[at])))
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
