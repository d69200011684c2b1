package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

var (
	errDoctype = errors.New("the XML declares entities")
	errXML     = errors.New("the XML is damaged")
)

// maxToken is the longest tag or text of an XML part: no cell of a workbook has
// more than 32,767 letters.
const maxToken = 4 << 20

// maxDepth is how deep elements may stand in elements.
const maxDepth = 256

// token is what an xmlReader found.
type token int

const (
	tokenStart token = iota
	tokenEnd
	tokenText
)

// xmlReader takes XML apart as far as workbooks need it: elements by their local
// names, attributes, texts. It is strict about nesting and refuses a DOCTYPE,
// without which no entity but the five of XML can be declared.
type xmlReader struct {
	in   io.Reader
	buf  []byte
	r, w int
	eof  bool

	name  []byte // of the element that began or ended, without its prefix
	attrs []byte // of the element that began, raw
	text  []byte // decoded
	empty bool   // the element that began has no content: its end comes next

	open []byte // names of the elements that are open, one after another
	ends []int  // where in open each of them begins
	room []byte // for decoded text
}

func newXML(in io.Reader) *xmlReader { return &xmlReader{in: in, buf: make([]byte, 64<<10)} }

// next gives the next token, io.EOF after the root element. name, attrs and text
// are valid until it is called again.
func (x *xmlReader) next() (token, error) {
	if x.empty {
		x.empty = false
		return tokenEnd, x.pop(x.open[x.ends[len(x.ends)-1]:])
	}
	for {
		n, err := x.untilByte('<')
		if err != nil {
			return x.last(err)
		}
		if n > 0 {
			raw := x.take(n)
			if len(x.ends) == 0 {
				if len(bytes.TrimLeft(raw, " \t\r\n\xef\xbb\xbf")) > 0 {
					return 0, errXML
				}
				continue
			}
			x.text, err = x.decode(raw)
			return tokenText, err
		}
		if err := x.need(2); err != nil {
			return 0, err
		}
		switch x.buf[x.r+1] {
		case '?':
			if err := x.skip("?>"); err != nil {
				return 0, err
			}
		case '!':
			cdata, err := x.bang()
			if err != nil || cdata {
				return tokenText, err
			}
		case '/':
			n, err := x.untilByte('>')
			if err != nil {
				return 0, cutOff(err)
			}
			raw := x.take(n + 1)
			return tokenEnd, x.pop(trimEnd(raw[2:n]))
		default:
			return tokenStart, x.start()
		}
	}
}

// last ends the reading where there is no further tag.
func (x *xmlReader) last(err error) (token, error) {
	if err == io.EOF && len(x.ends) == 0 && len(bytes.TrimSpace(x.buf[x.r:x.w])) == 0 {
		return 0, io.EOF
	}
	return 0, cutOff(err)
}

func cutOff(err error) error {
	if errors.Is(err, io.EOF) {
		return errXML
	}
	return err
}

// start reads the tag of an element that begins.
func (x *xmlReader) start() error {
	end, err := x.tagEnd()
	if err != nil {
		return cutOff(err)
	}
	raw := x.take(end + 1)[1:end]
	if x.empty = len(raw) > 0 && raw[len(raw)-1] == '/'; x.empty {
		raw = raw[:len(raw)-1]
	}
	n := 0
	for n < len(raw) && !isSpace(raw[n]) {
		n++
	}
	if n == 0 || len(x.ends) == maxDepth {
		return errXML
	}
	x.ends = append(x.ends, len(x.open))
	x.open = append(x.open, raw[:n]...)
	x.name, x.attrs = local(raw[:n]), raw[n:]
	return nil
}

// pop closes the element that is open, which has to be the one named.
func (x *xmlReader) pop(name []byte) error {
	if len(x.ends) == 0 {
		return errXML
	}
	from := x.ends[len(x.ends)-1]
	if !bytes.Equal(x.open[from:], name) {
		return errXML
	}
	x.name = local(x.open[from:])
	x.ends, x.open = x.ends[:len(x.ends)-1], x.open[:from]
	return nil
}

func local(name []byte) []byte { return name[bytes.IndexByte(name, ':')+1:] }

// bang reads what begins with <!: a comment is passed over, CDATA is text.
func (x *xmlReader) bang() (cdata bool, err error) {
	if err := x.need(9); err != nil {
		return false, err
	}
	switch head := x.buf[x.r:]; {
	case bytes.HasPrefix(head, []byte("<!--")):
		return false, x.skip("-->")
	case bytes.HasPrefix(head, []byte("<![CDATA[")) && len(x.ends) > 0:
		n, err := x.until(9, "]]>")
		if err != nil {
			return false, cutOff(err)
		}
		x.text = x.take(n + 3)[9:n]
		return true, nil
	case bytes.HasPrefix(head, []byte("<!DOCTYPE")), bytes.HasPrefix(head, []byte("<!ENTITY")):
		return false, errDoctype
	}
	return false, errXML
}

func (x *xmlReader) skip(end string) error {
	n, err := x.until(2, end)
	if err != nil {
		return cutOff(err)
	}
	x.take(n + len(end))
	return nil
}

func (x *xmlReader) take(n int) []byte {
	b := x.buf[x.r : x.r+n]
	x.r += n
	return b
}

// until is how far away something is, at or after from.
func (x *xmlReader) until(from int, what string) (int, error) {
	for {
		if x.w-x.r >= from {
			if i := bytes.Index(x.buf[x.r+from:x.w], []byte(what)); i >= 0 {
				return from + i, nil
			}
			from = max(from, x.w-x.r-len(what)+1)
		}
		if err := x.fill(); err != nil {
			return 0, err
		}
	}
}

// untilByte is how far away a byte is.
func (x *xmlReader) untilByte(c byte) (int, error) {
	from := 0
	for {
		if i := bytes.IndexByte(x.buf[x.r+from:x.w], c); i >= 0 {
			return from + i, nil
		}
		from = x.w - x.r
		if err := x.fill(); err != nil {
			return 0, err
		}
	}
}

// tagEnd is how far away the > of the tag is that stands first. One inside quotes
// does not count.
func (x *xmlReader) tagEnd() (int, error) {
	quote := byte(0)
	for i := 1; ; {
		for ; x.r+i < x.w; i++ {
			switch c := x.buf[x.r+i]; {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"', c == '\'':
				quote = c
			case c == '>':
				return i, nil
			case c == '<':
				return 0, errXML
			}
		}
		if err := x.fill(); err != nil {
			return 0, err
		}
	}
}

func (x *xmlReader) need(n int) error {
	for x.w-x.r < n {
		if err := x.fill(); err != nil {
			return cutOff(err)
		}
	}
	return nil
}

// fill reads on, keeping what was not taken.
func (x *xmlReader) fill() error {
	if x.eof {
		return io.EOF
	}
	if x.r > 0 {
		x.w, x.r = copy(x.buf, x.buf[x.r:x.w]), 0
	}
	if x.w == len(x.buf) {
		if len(x.buf) >= maxToken {
			return fmt.Errorf("%w: a text of more than %d bytes", errXML, maxToken)
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	for x.w < len(x.buf) {
		n, err := x.in.Read(x.buf[x.w:])
		x.w += n
		if errors.Is(err, io.EOF) {
			x.eof = true
			break
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// attr gives an attribute of the element that began, by its local name.
func (x *xmlReader) attr(name string) (string, bool) {
	rest := x.attrs
	for {
		n, v, next, ok := nextAttr(rest)
		if !ok {
			return "", false
		}
		if string(n) == name {
			decoded, err := x.decode(v)
			return string(decoded), err == nil
		}
		rest = next
	}
}

// nextAttr takes the first attribute of a tag.
func nextAttr(raw []byte) (name, value, rest []byte, ok bool) {
	raw = trimStart(raw)
	eq := bytes.IndexByte(raw, '=')
	if eq < 0 {
		return nil, nil, nil, false
	}
	name = local(trimEnd(raw[:eq]))
	raw = trimStart(raw[eq+1:])
	if len(raw) < 2 || raw[0] != '"' && raw[0] != '\'' {
		return nil, nil, nil, false
	}
	end := bytes.IndexByte(raw[1:], raw[0])
	if end < 0 {
		return nil, nil, nil, false
	}
	return name, raw[1 : end+1], raw[end+2:], true
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func trimStart(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	return b
}

func trimEnd(b []byte) []byte {
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// decode puts the five entities of XML and numbered letters in place.
func (x *xmlReader) decode(raw []byte) ([]byte, error) {
	if !utf8.Valid(raw) {
		return nil, errXML
	}
	if bytes.IndexByte(raw, '&') < 0 {
		return raw, nil
	}
	x.room = x.room[:0]
	for {
		i := bytes.IndexByte(raw, '&')
		if i < 0 {
			x.room = append(x.room, raw...)
			return x.room, nil
		}
		end := bytes.IndexByte(raw[i:], ';')
		if end < 0 {
			return nil, errXML
		}
		r, ok := entity(string(raw[i+1 : i+end]))
		if !ok {
			return nil, errXML
		}
		x.room = utf8.AppendRune(append(x.room, raw[:i]...), r)
		raw = raw[i+end+1:]
	}
}

func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
		return 0, false
	}
	return rune(n), true
}
