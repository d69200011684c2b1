package extract

import (
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// codePage is how a text's bytes become letters.
type codePage struct {
	name string
	skip int               // bytes of the mark at the beginning
	enc  encoding.Encoding // of UTF-16 and other pages of more than one byte; nil: UTF-8, or page
	page *bytePage
}

// blockBytes is how much of a file is held while it is read.
const blockBytes = 256 << 10

// codePage decides the code page: what the mapping states; a mark at the
// beginning; UTF-16 by its NULs; UTF-8 if all of the file is; else the page of
// bytes in which it reads best, if that is clear.
func (f *file) codePage() (codePage, error) {
	head, err := f.bytes(0, headBytes)
	if err != nil {
		return codePage{}, err
	}
	marked := byMark(head)
	if f.opt.CodePage != "" {
		return f.stated(marked)
	}
	if marked.name == "" {
		marked = byNULs(head)
	}
	if marked.name != "" && marked.enc != nil {
		return marked, nil
	}
	if notText(head) {
		return codePage{}, f.refuse("file.unknown", nil)
	}
	block, mixed, err := f.notUTF8(marked.skip)
	switch {
	case err != nil:
		return codePage{}, err
	case block == nil:
		return codePage{name: "utf-8", skip: marked.skip}, nil
	case mixed || marked.name != "":
		return codePage{}, f.hold("text.mixed", nil)
	}
	best := bestPage(block)
	if best == nil {
		return codePage{}, f.hold("text.unknown", nil)
	}
	return codePage{name: best.name, page: best}, nil
}

// notText tells whether the bytes are no text at all: one in twenty is a control
// character, or they say so themselves.
func notText(head []byte) bool {
	n := 0
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			n++
		}
	}
	return n > len(head)/20+1 || bytes.HasPrefix(head, []byte("%PDF-"))
}

// stated is the code page that the mapping names, with the length of its mark.
func (f *file) stated(marked codePage) (codePage, error) {
	if page := pageNamed(f.opt.CodePage); page != nil {
		return codePage{name: page.name, page: page}, nil
	}
	enc, err := htmlindex.Get(f.opt.CodePage)
	if err != nil {
		return codePage{}, f.hold("text.codepage", nil, "given", f.opt.CodePage)
	}
	name, err := htmlindex.Name(enc)
	if err != nil {
		name = f.opt.CodePage
	}
	page := codePage{name: name, enc: enc}
	if m, ok := enc.(*charmap.Charmap); ok {
		page.enc, page.page = nil, pageOf(name, m)
	}
	if marked.name == name {
		page.skip = marked.skip
	}
	if name == "utf-8" {
		page.enc = nil
		block, _, err := f.notUTF8(page.skip)
		if err != nil {
			return page, err
		}
		if block != nil {
			return page, f.hold("text.mixed", nil)
		}
	}
	return page, nil
}

func byMark(head []byte) codePage {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return codePage{name: "utf-8", skip: 3}
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return codePage{name: "utf-16le", skip: 2, enc: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return codePage{name: "utf-16be", skip: 2, enc: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}
	}
	return codePage{}
}

// byNULs recognises UTF-16 without a mark: digits, blanks, delimiters and line
// ends have a NUL on one side, always the same.
func byNULs(head []byte) codePage {
	var nul, all [2]int
	for i, c := range head {
		all[i%2]++
		if c == 0 {
			nul[i%2]++
		}
	}
	switch {
	case nul[0] > all[0]/8+1 && nul[1] == 0:
		return codePage{name: "utf-16be", enc: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}
	case nul[1] > all[1]/8+1 && nul[0] == 0:
		return codePage{name: "utf-16le", enc: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
	}
	return codePage{}
}

// notUTF8 gives the first block that is not UTF-8, nil where all of the file is.
// mixed says that the text is UTF-8 for the most part, with foreign bytes in it.
func (f *file) notUTF8(skip int) (block []byte, mixed bool, err error) {
	foreign := false // letters beyond ASCII, valid so far
	buf := make([]byte, blockBytes+utf8.UTFMax)
	for at := int64(skip); at < f.drop.Size; {
		if err := f.ctx.Err(); err != nil {
			return nil, false, err
		}
		b := buf[:min(int64(blockBytes), f.drop.Size-at)]
		if n, err := f.in.ReadAt(b, at); n < len(b) {
			return nil, false, err
		}
		whole := b
		if at+int64(len(b)) < f.drop.Size {
			whole = b[:len(b)-cutRune(b)]
		}
		if !utf8.Valid(whole) {
			return b, foreign || mostlyUTF8(b), nil
		}
		foreign = foreign || !ascii(whole)
		at += int64(len(whole))
	}
	return nil, false, nil
}

// cutRune is how many bytes at the end of b begin a letter that goes on after it.
func cutRune(b []byte) int {
	for n := 1; n < utf8.UTFMax && n < len(b); n++ {
		if c := b[len(b)-n]; utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}

func ascii(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// mostlyUTF8 counts letters of several bytes against bytes that fit nowhere. In
// Arabic of windows-1256 the former hardly ever occur.
func mostlyUTF8(b []byte) bool {
	letters, strays := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			strays++
		case n > 1:
			letters++
		}
		b = b[n:]
	}
	return letters > strays
}

// reader gives the file's text as UTF-8.
func (p codePage) reader(in io.ReaderAt, size int64) io.Reader {
	raw := io.NewSectionReader(in, int64(p.skip), size-int64(p.skip))
	switch {
	case p.page != nil:
		return newTableReader(raw, p.page)
	case p.enc != nil:
		return transform.NewReader(raw, p.enc.NewDecoder())
	}
	return raw
}

// tableReader decodes a code page of single bytes, a block at a time.
type tableReader struct {
	in    io.Reader
	table [256]letter
	raw   []byte
	out   []byte // decoded and not yet taken
	buf   []byte
	err   error
}

type letter struct {
	utf8 [4]byte // a letter of up to three bytes, or two Arabic ones
	n    uint8
}

func newTableReader(in io.Reader, page *bytePage) *tableReader {
	t := &tableReader{in: in, raw: make([]byte, 32<<10)}
	for i, s := range page.letters {
		t.table[i].n = uint8(copy(t.table[i].utf8[:], s))
	}
	t.buf = make([]byte, 4*len(t.raw)+4)
	return t
}

// Read is io.Reader's.
func (t *tableReader) Read(p []byte) (int, error) {
	for len(t.out) == 0 {
		if t.err != nil {
			return 0, t.err
		}
		var n int
		n, t.err = t.in.Read(t.raw)
		w := 0
		for _, c := range t.raw[:n] {
			if c < utf8.RuneSelf {
				t.buf[w] = c
				w++
				continue
			}
			l := &t.table[c]
			*(*[4]byte)(t.buf[w:]) = l.utf8
			w += int(l.n)
		}
		t.out = t.buf[:w]
	}
	n := copy(p, t.out)
	t.out = t.out[n:]
	return n, nil
}

// singleBytes decides the code page of texts of single bytes: what the mapping
// states; what the file states by number, unless the texts are clearly Arabic and
// that page has no Arabic; by how they read.
func (f *file) singleBytes(stated int, sample []byte) (*bytePage, error) {
	if f.opt.CodePage != "" {
		page, err := f.stated(codePage{})
		if err != nil {
			return nil, err
		}
		if page.page == nil {
			return nil, f.hold("text.codepage", nil, "given", f.opt.CodePage)
		}
		return page.page, nil
	}
	if ascii(sample) {
		return windows1256, nil
	}
	best := bestPage(sample)
	if name, ok := codePages[stated]; ok {
		page := pageByName(name)
		if best == nil || hasArabic(page.text(sample)) || !hasArabic(best.text(sample)) {
			return page, nil
		}
	}
	if best == nil {
		return nil, f.hold("text.unknown", nil)
	}
	return best, nil
}

// pageByName is the page of a name that is known to be one.
func pageByName(name string) *bytePage {
	if page := pageNamed(name); page != nil {
		return page
	}
	enc, err := htmlindex.Get(name)
	if m, ok := enc.(*charmap.Charmap); ok && err == nil {
		return pageOf(name, m)
	}
	return windows1252
}
