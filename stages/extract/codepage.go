package extract

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// A bytePage is a code page in which every byte is a letter.
type bytePage struct {
	name    string
	letters [256]string // as UTF-8; U+FFFD for a byte that stands for nothing
	joins   string      // bytes that are a letter as it stands before another, where a page has shapes
	ends    string      // bytes that are a letter as it stands at the end of a word
}

// text reads bytes in the page.
func (p *bytePage) text(b []byte) string {
	if ascii(b) {
		return string(b)
	}
	var out strings.Builder
	out.Grow(2 * len(b)) // of a megabyte it would else copy four
	for _, c := range b {
		out.WriteString(p.letters[c])
	}
	return out.String()
}

func pageOf(name string, m *charmap.Charmap) *bytePage {
	p := &bytePage{name: name}
	for i := range p.letters {
		p.letters[i] = string(m.DecodeByte(byte(i)))
	}
	return p
}

// pageFrom makes a page of its upper half, its letters between blanks.
func pageFrom(name, upper string) *bytePage {
	p := &bytePage{name: name}
	for i := range 128 {
		p.letters[i] = string(rune(i))
	}
	copy(p.letters[128:], strings.Split(upper, " "))
	return p
}

// The code pages that an Arabic export comes in. CP720 and CP864 are those of
// DOS; CP864 has the shapes of letters instead of letters, and is read as the
// letters here, its lam-alef as two.
var (
	windows1256 = pageOf("windows-1256", charmap.Windows1256)
	windows1252 = pageOf("windows-1252", charmap.Windows1252)
	iso88596    = pageOf("iso-8859-6", charmap.ISO8859_6)
	cp720       = pageFrom("cp720", cp720Upper)
	cp864       = shaped(pageFrom("cp864", cp864Upper))

	bytePages = []*bytePage{windows1256, windows1252, iso88596, cp720, cp864}
)

const cp720Upper = "" +
	"\ufffd \ufffd \u00e9 \u00e2 \ufffd \u00e0 \ufffd \u00e7 " +
	"\u00ea \u00eb \u00e8 \u00ef \u00ee \ufffd \ufffd \ufffd " +
	"\ufffd \u0651 \u0652 \u00f4 \u00a4 \u0640 \u00fb \u00f9 " +
	"\u0621 \u0622 \u0623 \u0624 \u00a3 \u0625 \u0626 \u0627 " +
	"\u0628 \u0629 \u062a \u062b \u062c \u062d \u062e \u062f " +
	"\u0630 \u0631 \u0632 \u0633 \u0634 \u0635 \u00ab \u00bb " +
	"\u2591 \u2592 \u2593 \u2502 \u2524 \u2561 \u2562 \u2556 " +
	"\u2555 \u2563 \u2551 \u2557 \u255d \u255c \u255b \u2510 " +
	"\u2514 \u2534 \u252c \u251c \u2500 \u253c \u255e \u255f " +
	"\u255a \u2554 \u2569 \u2566 \u2560 \u2550 \u256c \u2567 " +
	"\u2568 \u2564 \u2565 \u2559 \u2558 \u2552 \u2553 \u256b " +
	"\u256a \u2518 \u250c \u2588 \u2584 \u258c \u2590 \u2580 " +
	"\u0636 \u0637 \u0638 \u0639 \u063a \u0641 \u00b5 \u0642 " +
	"\u0643 \u0644 \u0645 \u0646 \u0647 \u0648 \u0649 \u064a " +
	"\u2261 \u064b \u064c \u064d \u064e \u064f \u0650 \u2248 " +
	"\u00b0 \u2219 \u00b7 \u221a \u207f \u00b2 \u25a0 \u00a0"

const cp864Upper = "" +
	"\u00b0 \u00b7 \u2219 \u221a \u2592 \u2500 \u2502 \u253c " +
	"\u2524 \u252c \u251c \u2534 \u2510 \u250c \u2514 \u2518 " +
	"\u03b2 \u221e \u03c6 \u00b1 \u00bd \u00bc \u2248 \u00ab " +
	"\u00bb \u0644\u0623 \u0644\u0623 \ufffd \ufffd \u0644\u0627 \u0644\u0627 \ufffd " +
	"\u00a0 \u00ad \u0622 \u00a3 \u00a4 \u0623 \ufffd \ufffd " +
	"\u0627 \u0628 \u062a \u062b \u060c \u062c \u062d \u062e " +
	"\u0660 \u0661 \u0662 \u0663 \u0664 \u0665 \u0666 \u0667 " +
	"\u0668 \u0669 \u0641 \u061b \u0633 \u0634 \u0635 \u061f " +
	"\u00a2 \u0621 \u0622 \u0623 \u0624 \u0639 \u0626 \u0627 " +
	"\u0628 \u0629 \u062a \u062b \u062c \u062d \u062e \u062f " +
	"\u0630 \u0631 \u0632 \u0633 \u0634 \u0635 \u0636 \u0637 " +
	"\u0638 \u0639 \u063a \u00a6 \u00ac \u00f7 \u00d7 \u0639 " +
	"\u0640 \u0641 \u0642 \u0643 \u0644 \u0645 \u0646 \u0647 " +
	"\u0648 \u0649 \u064a \u0636 \u0639 \u063a \u063a \u0645 " +
	"\u0640\u0651 \u0651 \u0646 \u0647 \u0647 \u0649 \u064a \u063a " +
	"\u0642 \u0644\u0622 \u0644\u0622 \u0644 \u0643 \u064a \u25a0 \ufffd"

// shaped tells of CP864 which bytes are which shapes of letters.
func shaped(p *bytePage) *bytePage {
	p.joins = "\xc6\xc8\xca\xcb\xcc\xcd\xce\xd3\xd4\xd5\xd6\xd9\xda\xe1\xe2\xe3\xe4\xe5\xe6\xe7\xea\xec\xf4\xf7"
	p.ends = "\xa9\xaa\xab\xad\xae\xaf\xba\xbc\xbd\xbe\xc5\xd7\xd8\xdf\xeb\xed\xee\xef\xf2\xf3\xf6\xf8\xfb\xfc\xfd"
	return p
}

// often is how often a letter stands in Arabic text, in a thousand.
var often = func() map[rune]float64 {
	out := map[rune]float64{}
	for _, of := range []struct {
		letters string
		n       float64
	}{{"ا", 130}, {"ل", 115}, {"ي", 68}, {"مون", 60}, {"رت", 52}, {"بعده", 38}, {"سفة", 33}, {"كقحأ", 25}, {"جشصط", 15}, {"خزىذض", 10},
		{"ثغإ", 8}, {"ءئآظ", 4}, {"ؤـ،؟", 2}} {
		for _, r := range of.letters {
			out[r] = of.n
		}
	}
	return out
}()

// likely is how well bytes read in a page: the logarithm of how likely the
// letters beyond ASCII are, where they stand; the more, the better. Letters of two
// scripts in one word, endings inside a word, and signs of drawing are not likely.
func likely(page *bytePage, b []byte) (sum float64, n int) {
	before := rune(' ')
	for i, c := range b {
		r, size := utf8.DecodeRuneInString(page.letters[c])
		if c >= utf8.RuneSelf {
			after := rune(' ')
			if i+1 < len(b) {
				after, _ = utf8.DecodeRuneInString(page.letters[b[i+1]])
			}
			sum += math.Log(min(chance(before, r, after), page.fits(c, after)))
			n++
		}
		before = r
		if rest := page.letters[c][size:]; rest != "" {
			before, _ = utf8.DecodeLastRuneInString(rest)
		}
	}
	return sum, n
}

const (
	never  = 0.00002
	seldom = 0.0005
	sign   = 0.008
)

// fits is how likely the shape of a letter is before what follows it.
func (p *bytePage) fits(c byte, after rune) float64 {
	letter := unicode.Is(unicode.Arabic, after) && unicode.IsLetter(after)
	if letter && strings.IndexByte(p.ends, c) >= 0 || !letter && strings.IndexByte(p.joins, c) >= 0 {
		return seldom
	}
	return 1
}

func chance(before, r, after rune) float64 {
	near := latin(before) || latin(after)
	switch {
	case r == utf8.RuneError, unicode.IsControl(r):
		return never
	case unicode.Is(unicode.Arabic, r) && unicode.IsLetter(r):
		if near || (r == 'ة' || r == 'ى') && unicode.Is(unicode.Arabic, after) && unicode.IsLetter(after) {
			return seldom
		}
		if n, ok := often[r]; ok {
			return n / 1000
		}
		return seldom
	case unicode.IsLetter(r):
		if unicode.Is(unicode.Arabic, before) || unicode.Is(unicode.Arabic, after) || !latin(r) {
			return never
		}
		if asciiLetter(before) || asciiLetter(after) {
			return 0.02
		}
		return seldom
	case unicode.Is(unicode.Mn, r):
		if unicode.Is(unicode.Arabic, before) {
			return 0.005
		}
		return never
	case r >= 0x2500 && r <= 0x25ff, unicode.Is(unicode.Sm, r) && r > 0xff:
		return never
	case unicode.Is(unicode.Arabic, before) && unicode.Is(unicode.Arabic, after) && r != '،' && r != 0xa0 && r != 0x200c && r != 0x200d:
		return never * 10
	}
	return sign
}

func asciiLetter(r rune) bool { return r < utf8.RuneSelf && unicode.IsLetter(r) }

func latin(r rune) bool { return unicode.Is(unicode.Latin, r) }

// Margins by which the best page has to win: for all letters together, and for
// one of them.
const (
	usual     = 4.0 // head start of the pages of Windows
	clearSum  = 4.0
	clearEach = 0.25
	tolerable = -4.6 // of one letter: a page under it does not fit at all
)

// bestPage tells the code page of bytes by how they read; nil where it is not
// clear. Pages that read them the same are one.
func bestPage(b []byte) *bytePage {
	var best *bytePage
	bestSum, second, letters := math.Inf(-1), math.Inf(-1), 0
	bestText := ""
	for _, page := range bytePages {
		sum, n := likely(page, b)
		text := page.text(b)
		if page == windows1256 || page == windows1252 {
			sum += usual
		}
		switch {
		case n == 0:
			return nil
		case best != nil && text == bestText:
			if page == windows1252 && !hasArabic(text) {
				best = page
			}
		case sum > bestSum:
			best, bestSum, second, bestText = page, sum, bestSum, text
		default:
			second = max(second, sum)
		}
		letters = n
	}
	each := float64(letters)
	if bestSum-usual < tolerable*each || bestSum-second < clearSum || (bestSum-second)/each < clearEach {
		return nil
	}
	return best
}

func hasArabic(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Arabic, r) })
}

// pageNamed is a page of bytes by its name; nil where the name is of none.
func pageNamed(name string) *bytePage {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, digits := range []string{"720", "864"} {
		for _, prefix := range []string{"cp", "cp-", "ibm", "ibm-", "dos-", ""} {
			if name == prefix+digits {
				return map[string]*bytePage{"720": cp720, "864": cp864}[digits]
			}
		}
	}
	for _, m := range []struct {
		name string
		page *charmap.Charmap
	}{{"cp437", charmap.CodePage437}, {"cp850", charmap.CodePage850}} {
		if name == m.name {
			return pageOf(m.name, m.page)
		}
	}
	return nil
}
