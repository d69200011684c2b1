package extract

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// kind is what a file is, by its bytes.
type kind int

const (
	text      kind = iota
	workbook       // a zip
	container      // OLE: a workbook of Excel 5 to 2003, or an encrypted one
	bare           // a workbook of Excel 2 to 4, in no container
	markup         // HTML or XML
	nothing        // no bytes, or only blanks
)

// headBytes is how much of a file is looked at to tell what it is.
const headBytes = 4 << 10

// look tells what the file is.
func (f *file) look() (kind, error) {
	if f.drop.Size <= 0 {
		return nothing, nil
	}
	head, err := f.bytes(0, headBytes)
	if err != nil {
		return nothing, err
	}
	return kindOf(head), nil
}

// bytes reads up to n bytes from an offset.
func (f *file) bytes(from int64, n int) ([]byte, error) {
	b := make([]byte, max(0, min(int64(n), f.drop.Size-from)))
	if got, err := f.in.ReadAt(b, from); err != nil && !(errors.Is(err, io.EOF) && got == len(b)) {
		return nil, fmt.Errorf("read %s: %w", f.drop.Name, err)
	}
	return b, nil
}

func kindOf(head []byte) kind {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return workbook
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return container
	case bareBIFF(head):
		return bare
	}
	// UTF-16 is brought down to its ASCII: marks and NULs are taken out.
	letters := bytes.Map(func(r rune) rune {
		if r == 0 {
			return -1
		}
		return r
	}, bytes.TrimLeft(head, "\xef\xbb\xbf\xff\xfe"))
	letters = bytes.TrimLeft(letters, " \t\r\n")
	if len(letters) == 0 {
		if len(head) < headBytes && !bytes.ContainsRune(head, 0) {
			return nothing
		}
		return text
	}
	if len(letters) > 1 && letters[0] == '<' && (letters[1] == '!' || letters[1] == '?' || isLetter(letters[1])) {
		return markup
	}
	return text
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// endings are the kinds of files, by the endings of names.
var endings = map[string]string{".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".csv": "csv", ".tsv": "csv", ".txt": "csv",
	".htm": "html", ".html": "html", ".xml": "xml", ".zip": "zip"}

// misnamed tells of a file whose name says another kind than its bytes.
func (f *file) misnamed(is string) {
	ext := strings.ToLower(filepath.Ext(f.drop.Name))
	says, known := endings[ext]
	if known && says != is || !known && ext != "" && is != "csv" {
		f.note("file.name", nil, "is", is)
	}
}

// delimiters are the candidates, in the order in which they win a tie.
var delimiters = []byte{',', ';', '\t', '|'}

// sniffLines is how many records are looked at to tell the delimiter.
const sniffLines = 50

// delimiter decides by the first records of a text: the one under which the
// header is found, then the one that gives the most records of the same width.
func delimiter(sample []byte, whole, cr bool, columns []asked) byte {
	best, bestScore := delimiters[0], [3]int{}
	for _, comma := range delimiters {
		score := scoreDelimiter(sample, whole, cr, comma, columns)
		for i := range score {
			if score[i] != bestScore[i] {
				if score[i] > bestScore[i] {
					best, bestScore = comma, score
				}
				break
			}
		}
	}
	return best
}

// scoreDelimiter gives columns found in the best row, records of the commonest
// width of two or more, and that width.
func scoreDelimiter(sample []byte, whole, cr bool, comma byte, columns []asked) (score [3]int) {
	t := newText(bytes.NewReader(sample), comma, cr)
	widths := map[int]int{}
	for range sniffLines {
		l, err := t.next()
		if err != nil || l.open && !whole {
			break
		}
		if l.row <= headerRows {
			score[0] = max(score[0], match(l.cells, columns).matched)
		}
		if len(l.cells) > 1 {
			widths[len(l.cells)]++
		}
	}
	for width, n := range widths {
		if n > score[1] || n == score[1] && width > score[2] {
			score[1], score[2] = n, width
		}
	}
	return score
}

// crOnly tells whether lines end in CR alone: there is one, and no LF outside
// quotes.
func crOnly(sample []byte) bool {
	quoted, cr := false, false
	for _, c := range sample {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			return false
		case c == '\r':
			cr = true
		}
	}
	return cr
}

// sepLine is Excel's own word for the delimiter, sep=; in the first line; 0 where
// there is none.
func sepLine(sample []byte) byte {
	first, _, _ := bytes.Cut(sample, []byte("\n"))
	first, _, _ = bytes.Cut(first, []byte("\r"))
	first = bytes.Trim(first, `"`)
	if len(first) == 5 && strings.EqualFold(string(first[:4]), "sep=") {
		return first[4]
	}
	return 0
}

// damages are what two bytes of UTF-8 Arabic become when they are read in another
// code page: the first byte is D8 to DB, the second 80 to BF.
var damages = []damage{damageOf(charmap.Windows1252), damageOf(charmap.Windows1256)}

type damage struct{ first, second map[rune]bool }

func damageOf(page *charmap.Charmap) damage {
	d := damage{first: map[rune]bool{}, second: map[rune]bool{}}
	for c := 0xd8; c <= 0xdb; c++ {
		d.first[page.DecodeByte(byte(c))] = true
	}
	for c := 0x80; c <= 0xbf; c++ {
		d.second[page.DecodeByte(byte(c))] = true
	}
	return d
}

// garbledLetters is how many letters in a row show that it is no accident.
const garbledLetters = 3

// garbled finds a word that was UTF-8 Arabic, read as another code page and saved
// again, such as Ø²ÙŠØª or ط²ظٹطھ for زيت; "" where there is none.
func garbled(sample string) string {
	for _, d := range damages {
		from, letters, second := 0, 0, false
		for i, r := range sample {
			switch {
			case second && d.second[r]:
				letters, second = letters+1, false
			case !second && r >= utf8.RuneSelf && d.first[r]:
				if second = true; letters == 0 {
					from = i
				}
			default:
				if letters >= garbledLetters {
					return sample[from:i]
				}
				letters, second = 0, false
				if r >= utf8.RuneSelf && d.first[r] {
					from, second = i, true
				}
			}
		}
		if letters >= garbledLetters {
			return sample[from:]
		}
	}
	return ""
}
