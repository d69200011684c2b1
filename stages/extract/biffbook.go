package extract

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// openContainer reads the workbook in an OLE container, or names what is in it.
func (f *file) openContainer() (*table, error) {
	if f.drop.Size > 2*f.limit() {
		return nil, f.tooBig(f.limit())
	}
	o, err := f.openOLE()
	if err != nil {
		return nil, f.damageBIFF(err)
	}
	all, err := o.streams()
	if err != nil {
		return nil, f.damageBIFF(err)
	}
	byName := make(map[string]oleStream, len(all))
	for _, s := range all {
		byName[strings.ToLower(s.name)] = s
	}
	if _, ok := byName["encryptedpackage"]; ok {
		return nil, f.refuse("file.password", nil)
	}
	// A file for Excel 95 and 97 has both; the newer one has all letters.
	for _, name := range []string{"workbook", "book"} {
		s, ok := byName[name]
		if !ok {
			continue
		}
		if s.size > f.limit() {
			return nil, f.tooBig(f.limit())
		}
		b, err := o.read(s)
		if err != nil {
			return nil, f.damageBIFF(err)
		}
		return f.openBIFF(b)
	}
	return nil, f.refuse("file.unknown", nil)
}

// openBare reads a workbook that stands in no container, as Excel 2 to 4 wrote.
func (f *file) openBare() (*table, error) {
	if f.drop.Size > f.limit() {
		return nil, f.tooBig(f.limit())
	}
	s := make(stream, f.drop.Size)
	if n, err := f.in.ReadAt(s, 0); err != nil && !(errors.Is(err, io.EOF) && n == len(s)) {
		return nil, fmt.Errorf("read %s: %w", f.drop.Name, err)
	}
	return f.openBIFF(s)
}

// biffBook is a workbook of Excel before 2007: what its sheets share.
type biffBook struct {
	file     *file
	s        stream
	version  int
	from1904 bool
	page     int // the code page that it states; 0 where it states none
	decode   func(b []byte) string
	formats  map[int]form // number formats
	xfs      []int        // number formats of cell styles
	shared   []string     // strings
	sheets   []biffSheetAt
}

type biffSheetAt struct {
	name   []byte
	text   string // the name, where it is known without a code page
	at     int
	hidden bool
}

// openBIFF reads what the sheets share, and finds the sheet with the header.
func (f *file) openBIFF(s stream) (*table, error) {
	b := &biffBook{file: f, s: s, formats: map[int]form{}}
	if err := b.read(); err != nil {
		return nil, f.damageBIFF(err)
	}
	f.read.Format = "xls"
	f.misnamed("xls")
	if err := b.choosePage(); err != nil {
		return nil, err
	}
	tabs := make([]tab, 0, len(b.sheets))
	for _, at := range b.sheets {
		if at.text == "" {
			at.text = b.decode(at.name)
		}
		tabs = append(tabs, tab{name: at.text, hidden: at.hidden, open: func() (tabSource, error) { return b.sheet(at) }})
	}
	return f.findTab(tabs)
}

// damageBIFF puts into words why a workbook cannot be read.
func (f *file) damageBIFF(err error) error {
	switch {
	case errors.Is(err, errBIFFCut), errors.Is(err, errOLE):
		return f.refuse("file.cut", nil, "end", "XLS")
	case errors.Is(err, errBIFF):
		return f.refuse("file.damaged", nil, "part", "Workbook")
	}
	return err
}

// read reads the globals, or the first sheet where the workbook is nothing else.
func (b *biffBook) read() error {
	bof, err := b.s.record(0)
	if err != nil {
		return err
	}
	if b.version = bof.version(); b.version == 0 {
		return errBIFF
	}
	kind := bof.u16(2)
	if kind != subGlobals && kind != subWorkbook4 {
		b.sheets = []biffSheetAt{{text: "Sheet1"}}
	}
	header := biffSheetAt{}
	err = b.s.substream(0, kind == subWorkbook4, func(r record) error {
		switch {
		case r.kind == recSheetHeader && len(r.body) > 4 && len(r.body) >= 5+int(r.body[4]):
			header = biffSheetAt{name: r.body[5 : 5+int(r.body[4])]}
		case r.begins() && r.u16(2) == subSheet:
			header.at = r.at
			b.sheets = append(b.sheets, header)
		}
		return b.global(r)
	})
	if err == nil && len(b.sheets) == 0 {
		return errBIFF
	}
	return err
}

// global takes what a record says of the whole workbook.
func (b *biffBook) global(r record) (err error) {
	switch r.kind {
	case recFilePass:
		return b.file.refuse("file.password", nil)
	case recCodePage:
		b.page = r.u16(0)
	case recDateMode:
		b.from1904 = r.u16(0) == 1
	case recFormat, recFormat2:
		return b.format(r)
	case recXF3, recXF4:
		if len(r.body) < 2 {
			return errBIFF
		}
		b.xfs = append(b.xfs, int(r.body[1]))
	case recXF:
		b.xfs = append(b.xfs, r.u16(2))
	case recBoundSheet:
		return b.bound(r)
	case recSST:
		b.shared, err = b.s.readSST(r)
	}
	return err
}

// format takes a number format. Before Excel 5 they are numbered as they come.
func (b *biffBook) format(r record) error {
	id, code := len(b.formats), r.body
	switch {
	case b.version == 4 && len(code) >= 2:
		code = code[2:]
	case b.version >= 5:
		if len(code) < 3 {
			return errBIFF
		}
		id = r.u16(0)
		code = code[2:]
	}
	if b.version == 8 {
		text, err := b.s.pieces(r, 4).unicode(nil, r.u16(2))
		if err != nil {
			return err
		}
		b.formats[id] = formOf(string(text))
		return nil
	}
	if len(code) == 0 || len(code) < 1+int(code[0]) {
		return errBIFF
	}
	b.formats[id] = formOf(string(code[1 : 1+int(code[0])])) // what counts in it is ASCII
	return nil
}

// bound takes the name and place of a sheet.
func (b *biffBook) bound(r record) error {
	if len(r.body) < 7 {
		return errBIFF
	}
	if r.body[5] != 0 { // a chart, macros
		return nil
	}
	at := biffSheetAt{at: int(r.u32(0)), hidden: r.body[4]&3 != 0}
	n := int(r.body[6])
	if b.version == 8 {
		text, err := b.s.pieces(r, 7).unicode(nil, n)
		if err != nil {
			return err
		}
		at.text = string(text)
	} else if len(r.body) < 7+n {
		return errBIFF
	} else {
		at.name = r.body[7 : 7+n]
	}
	b.sheets = append(b.sheets, at)
	return nil
}

// form is the number format of a cell style.
func (b *biffBook) form(xf int) form {
	if xf < 0 || xf >= len(b.xfs) {
		return formNumber
	}
	return b.formOf(b.xfs[xf])
}

func (b *biffBook) formOf(id int) form {
	if f, ok := b.formats[id]; ok {
		return f
	}
	if b.version >= 5 {
		return builtIn(id)
	}
	return formNumber
}

// choosePage decides how bytes become letters before Excel 97: by the mapping;
// by the code page that the workbook states, unless the letters are clearly Arabic
// and that page has none; where it states none, by the letters.
func (b *biffBook) choosePage() error {
	if b.version == 8 {
		b.decode = latin1
		return nil
	}
	sample, err := b.sample()
	if err != nil {
		return b.file.damageBIFF(err)
	}
	page, err := b.file.singleBytes(b.page, sample)
	if err != nil {
		return err
	}
	b.file.reads(codePage{name: page.name, page: page})
	b.file.read.CodePage, b.decode = page.name, page.text
	return nil
}

// latin1 reads bytes as the first 256 letters, as compressed strings of Excel 97 are.
func latin1(b []byte) string {
	if ascii(b) {
		return string(b)
	}
	out := make([]rune, len(b))
	for i, c := range b {
		out[i] = rune(c)
	}
	return string(out)
}

// sample is the bytes of texts, by which the code page is told.
func (b *biffBook) sample() ([]byte, error) {
	var out []byte
	for _, at := range b.sheets {
		out = append(append(out, at.name...), '\n')
	}
	for _, at := range b.sheets {
		err := b.s.substream(at.at, false, func(r record) error {
			raw, ok := b.rawText(r)
			if ok && !ascii(raw) && len(out) < sampleBytes {
				out = append(append(out, raw...), '\n')
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// rawText is the bytes of a text before Excel 97, of a cell or a formula's result.
func (b *biffBook) rawText(r record) (raw []byte, ok bool) {
	from, wide := 6, true // a length of two bytes
	switch r.kind {
	case recLabel, recRString:
	case recLabel2:
		from, wide = 7, false
	case recString:
		from = 0
	case recString2:
		from, wide = 0, false
	default:
		return nil, false
	}
	n, body := 0, r.body
	switch {
	case wide && len(body) >= from+2:
		n, body = r.u16(from), body[from+2:]
	case !wide && len(body) > from:
		n, body = int(body[from]), body[from+1:]
	default:
		return nil, false
	}
	if n > len(body) {
		return nil, false
	}
	return body[:n], true
}

// codePages are the numbers that a workbook states, and their names.
var codePages = map[int]string{437: "cp437", 720: "cp720", 850: "cp850", 864: "cp864", 1250: "windows-1250", 1251: "windows-1251", 1252: "windows-1252",
	1254: "windows-1254", 1255: "windows-1255", 1256: "windows-1256", 10000: "macintosh", 0x8000: "macintosh", 0x8001: "windows-1252", 28596: "iso-8859-6"}
