package extract

import (
	"slices"
	"strings"
	"unicode/utf8"

	"wasl/pipeline"
)

// lossy is a code page in which some bytes stand for nothing. They are read as
// U+FFFD, which is looked for in every row: the code page was decided by the
// beginning of a file, and its end may say something else.
type lossy struct {
	name    string // "" where no byte is without a letter
	guessed bool   // it was worked out: such a byte shows that it is another one
}

const lost = string(utf8.RuneError)

// reads notes the code page in which the file is read.
func (f *file) reads(page codePage) {
	some := page.enc != nil
	if page.page != nil {
		some = slices.Contains(page.page.letters[:], lost)
	}
	f.lossy = lossy{}
	if some {
		f.lossy = lossy{name: page.name, guessed: page.page != nil && f.opt.CodePage == ""}
	}
}

// checkLost looks at a row for bytes that stand for nothing. In a code page that was
// worked out they hold the file; in one that is beyond doubt, or stated by the
// mapping, the cell is at fault.
func (t *table) checkLost(l *line) error {
	page := t.file.lossy
	for i, c := range l.cells {
		if !strings.Contains(c, lost) {
			continue
		}
		if page.guessed {
			at := &place{sheet: t.sheet, row: l.row, col: i + 1, value: strings.Clone(c)}
			if i < len(t.header) {
				at.column = t.header[i]
			}
			return t.file.hold("text.undefined", at, "codepage", page.name)
		}
		l.faults = append(l.faults, pipeline.Fault{Col: i + 1, Rule: "text.undefined", With: map[string]string{"codepage": page.name}})
	}
	return nil
}
