package inbox

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// DefaultPattern is how pictures are named where nobody says otherwise:
// A-1001_1.jpg. What a dash in a code means, A-1001-RED_1.jpg, is for who knows the
// items.
const DefaultPattern = "{code}_{position}"

// naming is a compiled pattern.
type naming struct {
	text string
	re   *regexp.Regexp
}

// words of a pattern. A code may hold anything, a variant as little as it can.
var words = map[string]string{"{code}": `(?P<code>.+)`, "{variant}": `(?P<variant>.+?)`, "{position}": `(?P<position>\p{Nd}{1,4})`}

var word = regexp.MustCompile(`\{[^{}]*\}`)

// compile reads a pattern; ok is false where it cannot tell whose a picture is.
func compile(pattern string) (n naming, ok bool) {
	pattern = cmp.Or(pattern, DefaultPattern)
	seen := map[string]bool{}
	var b strings.Builder
	rest := pattern
	for rest != "" {
		at := word.FindStringIndex(rest)
		if at == nil {
			b.WriteString(regexp.QuoteMeta(rest))
			break
		}
		name := rest[at[0]:at[1]]
		if words[name] == "" || seen[name] || strings.HasPrefix(rest[at[1]:], "{") {
			return naming{}, false // two words without a mark between them cannot be told apart
		}
		seen[name] = true
		b.WriteString(regexp.QuoteMeta(rest[:at[0]]) + words[name])
		rest = rest[at[1]:]
	}
	if !seen["{code}"] {
		return naming{}, false
	}
	re, err := regexp.Compile(`^(?s:` + b.String() + `)$`)
	return naming{pattern, re}, err == nil
}

// A place is whose a picture is, and where it stands among the others.
type place struct {
	code, variant string
	position      int // from 1
}

// place reads a file's name. ok is false where the name fits no rule.
func (n naming) place(name string) (p place, ok bool) {
	m := n.re.FindStringSubmatch(pipeline.Clean(strings.TrimSuffix(name, path.Ext(name))))
	if m == nil {
		return place{}, false
	}
	p.position = 1
	for i, group := range n.re.SubexpNames() {
		switch group {
		case "code":
			p.code = pipeline.Clean(m[i])
		case "variant":
			p.variant = pipeline.Clean(m[i])
		case "position":
			p.position = number(m[i])
		}
	}
	return p, p.code != "" && p.position > 0
}

// number reads digits of any script; 0 where they are none.
func number(digits string) int {
	n := 0
	for _, r := range digits {
		d := digit(r)
		if d < 0 {
			return 0
		}
		n = 10*n + d
	}
	return n
}

// digit is the value of a digit: 7, ٧ or ۷; -1 of another script.
func digit(r rune) int {
	for _, zero := range []rune{'0', '٠', '۰'} {
		if r >= zero && r <= zero+9 {
			return int(r - zero)
		}
	}
	return -1
}

// listed is a picture as the list names it.
type listed struct {
	name string
	place
	shot
}

// list puts the pictures of a folder in order. Names that fit no rule, and those
// for whose place there is more than one, are told apart: of the latter the one
// stays that was in the list before.
func (n naming) list(files map[string]shot, before map[string]bool) (rows []listed, odd []string, twice map[string]string) {
	by := map[place][]listed{}
	for name, s := range files {
		p, ok := n.place(name)
		if !ok {
			odd = append(odd, name)
			continue
		}
		key := place{pipeline.Fold(p.code), pipeline.Fold(p.variant), p.position}
		by[key] = append(by[key], listed{name, p, s})
	}
	twice = map[string]string{}
	for _, same := range by {
		slices.SortFunc(same, func(a, b listed) int { return cmp.Compare(a.name, b.name) })
		if len(same) > 1 {
			twice[same[1].name] = same[0].name
			same = slices.DeleteFunc(same, func(l listed) bool { return !before[l.name] })
		}
		if len(same) == 1 {
			rows = append(rows, same[0])
		}
	}
	slices.Sort(odd)
	slices.SortFunc(rows, func(a, b listed) int {
		return cmp.Or(cmp.Compare(a.code, b.code), cmp.Compare(a.variant, b.variant), cmp.Compare(a.position, b.position), cmp.Compare(a.name, b.name))
	})
	return rows, odd, twice
}

// csvOf is the list as a file: the same folder gives the same bytes.
func csvOf(rows []listed) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"Code", "Variant", "Position", "File", "SHA256", "Size", "Type"}) // Error tells
	for _, l := range rows {
		_ = w.Write([]string{l.code, l.variant, strconv.Itoa(l.position), show(withEnding(l)), l.SHA, strconv.FormatInt(l.Size, 10), l.Type}) // Error tells
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("list pictures: %w", err)
	}
	return b.Bytes(), nil
}

// withEnding is a picture's name with the ending of what it is: the shop goes by
// the ending, and people give a PNG the name of a JPEG.
func withEnding(l listed) string {
	want := endings[l.Type]
	ext := strings.ToLower(path.Ext(l.name))
	if ext == want || want == ".jpg" && ext == ".jpeg" {
		return l.name
	}
	return strings.TrimSuffix(l.name, path.Ext(l.name)) + want
}
