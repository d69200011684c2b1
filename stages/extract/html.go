package extract

import (
	"bytes"
	"errors"
	"io"
	"strconv"

	"golang.org/x/net/html"

	"wasl/pipeline"
)

// Limits of a web page.
const (
	maxNested = 32  // tables in tables
	maxSpans  = 256 // columns in which a cell may reach over several rows
	keptRows  = 20  // rows of each table that are kept, to look for the header
)

var (
	errNested = errors.New("tables stand in tables too deep")
	errWebCut = errors.New("the page ends inside a table")
)

// openMarkup reads a web page or an XML file that holds tables, as many programs
// write them under the name of a workbook.
func (f *file) openMarkup() (*table, error) {
	head, err := f.bytes(0, headBytes)
	if err != nil {
		return nil, err
	}
	if xmlBook(head) {
		return f.openXMLBook()
	}
	page, err := f.markupPage(head)
	if err != nil {
		return nil, err
	}
	f.reads(page)
	w, err := f.webTables(page)
	if err != nil {
		return nil, err
	}
	t := (*table)(nil)
	if len(w.tabs) > 0 {
		f.read.Format, f.read.CodePage = "html", page.name
		if t, err = f.findTab(w.tabs); err != nil {
			return nil, err
		}
	}
	if t == nil || t.found == nil || t.found.matched == 0 && len(t.columns) > 0 {
		return nil, f.refuse("file.markup", &place{value: w.title}) // most likely what went wrong stands in it
	}
	f.misnamed("html")
	return t, nil
}

// markupPage is the code page of a page: as of any text, but where that is not
// UTF-8 the page's own word counts, unless the letters are clearly Arabic and it
// names a page without any.
func (f *file) markupPage(head []byte) (codePage, error) {
	page, err := f.codePage()
	if f.opt.CodePage != "" || err == nil && page.page == nil {
		return page, err
	}
	said := metaCharset(head)
	if said == "" {
		return page, err
	}
	own := f.again()
	own.opt.CodePage = said
	stated, wrong := own.stated(codePage{})
	if wrong != nil || stated.page == nil || err == nil && stated.page.name == "windows-1252" {
		return page, err
	}
	return stated, nil
}

// again is a file anew, as nobody has read of it.
func (f *file) again() *file {
	return &file{opt: f.opt, ctx: f.ctx, drop: f.drop, in: f.in, read: &pipeline.Reading{}}
}

// metaCharset is the code page that a page names: <meta charset="windows-1256">,
// or charset=windows-1256 in its content; "" where it names none.
func metaCharset(head []byte) string {
	head = bytes.ToLower(head)
	for {
		i := bytes.Index(head, []byte("charset"))
		if i < 0 {
			return ""
		}
		head = bytes.TrimLeft(head[i+len("charset"):], " \t\r\n")
		if len(head) == 0 || head[0] != '=' {
			continue
		}
		name := bytes.TrimLeft(head[1:], " \t\r\n\"'")
		if end := bytes.IndexAny(name, "\"'>; \t\r\n/"); end > 0 {
			return string(name[:end])
		}
	}
}

// web is what a first look at a page finds.
type web struct {
	title string
	tabs  []tab
}

// webTables finds the tables of a page that have something in them. Of each its
// first rows are kept; the rest is read when it is wanted.
func (f *file) webTables(page codePage) (web, error) {
	r := f.webReader(page)
	r.merges = map[int][]merge{}
	var found []*webTab
	byNumber := map[int]*webTab{}
	for n := 0; ; n++ {
		if n%1024 == 0 && f.ctx.Err() != nil {
			return web{}, f.ctx.Err()
		}
		number, l, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return web{}, f.damageWeb(err)
		}
		t := byNumber[number]
		if t == nil {
			if len(found) == maxParts {
				return web{}, f.refuse("file.parts", nil, "parts", strconv.Itoa(maxParts+1), "limit", strconv.Itoa(maxParts))
			}
			t = &webTab{file: f, page: page, number: number}
			found, byNumber[number] = append(found, t), t
		}
		if t.rows++; t.rows <= keptRows {
			t.kept = append(t.kept, l)
		}
	}
	w := web{title: r.title()}
	for i, t := range found {
		t.merges = r.merges[t.number]
		name := ""
		if len(found) > 1 {
			name = "table " + strconv.Itoa(i+1)
		}
		w.tabs = append(w.tabs, tab{name: name, open: t.open})
	}
	return w, nil
}

func (f *file) webReader(page codePage) *webReader {
	z := html.NewTokenizer(page.reader(f.in, f.drop.Size))
	z.SetMaxBuf(maxToken)
	return &webReader{z: z, pads: map[string]form{}}
}

// damageWeb puts into words why a page cannot be read.
func (f *file) damageWeb(err error) error {
	switch {
	case errors.Is(err, errWebCut):
		return f.hold("file.cut", nil, "end", "HTML")
	case errors.Is(err, errWide):
		return f.refuse("file.wide", nil, "limit", strconv.Itoa(maxColumns))
	case errors.Is(err, errNested), errors.Is(err, html.ErrBufferExceeded):
		return f.refuse("file.damaged", nil, "part", "HTML")
	}
	return err
}

// webTab is a table of a page.
type webTab struct {
	file   *file
	page   codePage
	number int
	rows   int // that have something in them
	kept   []line
	merges []merge
}

func (t *webTab) open() (tabSource, error) { return &webSource{tab: t}, nil }

// webSource is a table of a page as a source: first the rows that are kept.
type webSource struct {
	tab   *webTab
	given int
	in    *webReader
}

func (s *webSource) close() {}

func (s *webSource) merged() ([]merge, bool) { return s.tab.merges, true }

func (s *webSource) next() (line, error) {
	switch {
	case s.given == s.tab.rows:
		return line{}, io.EOF
	case s.given < len(s.tab.kept):
		l := s.tab.kept[s.given]
		l.cells = append([]string(nil), l.cells...)
		s.given++
		return l, nil
	case s.in == nil:
		s.in = s.tab.file.webReader(s.tab.page)
	}
	for {
		number, l, err := s.in.next()
		if err != nil {
			return line{}, s.tab.file.damageWeb(err)
		}
		if number == s.tab.number && l.row > s.tab.kept[len(s.tab.kept)-1].row {
			s.given++
			return l, nil
		}
	}
}
