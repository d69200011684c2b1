package extract

import (
	"slices"
	"strings"

	"wasl/pipeline"
)

// foldedSet holds words as labels are compared.
func foldedSet(words ...string) map[string]struct{} {
	out := make(map[string]struct{}, len(words))
	for _, word := range words {
		out[pipeline.Fold(word)] = struct{}{}
	}
	return out
}

var (
	// plainTotals are labels of a row that adds up what stands above it: a group
	// of rows or all of them.
	plainTotals = foldedSet("total", "totals", "sub total", "subtotal", "sub-total", "sum", "group total", "page total", "total page",
		"الإجمالي", "إجمالي", "المجموع", "مجموع", "جملة", "الجملة", "الإجمالي الفرعي", "إجمالي فرعي", "المجموع الفرعي", "مجموع فرعي",
		"إجمالي الصفحة", "مجموع الصفحة", "جملة الصفحة", "إجمالي المجموعة", "مجموع المجموعة", "إجمالي القسم", "إجمالي المخزن", "إجمالي الفئة", "итого", "всего")

	// grandTotals are labels of a row that adds up all rows up to it.
	grandTotals = foldedSet("grand total", "grand totals", "general total", "total general", "overall total", "report total", "final total", "total all",
		"الإجمالي العام", "إجمالي عام", "الإجمالي الكلي", "إجمالي كلي", "المجموع الكلي", "مجموع كلي", "المجموع العام", "مجموع عام", "الجملة العمومية",
		"إجمالي التقرير", "إجمالي الكل", "الإجمالي النهائي", "المجموع النهائي", "общий итог",
		"carried forward", "brought forward", "c/f", "b/f", "c f", "b f", "carry forward", "balance carried forward", "balance brought forward", "total carried forward",
		"منقول", "المنقول", "ما قبله", "ما قبلها", "منقول من", "منقول إلى", "مرحل", "المرحل", "ينقل", "ينقل بعده", "ما بعده", "منقول من الصفحة السابقة", "مرحل إلى الصفحة التالية")

	// countings are labels of rows that count or average: no data, and no sum.
	countings = foldedSet("count", "items", "records", "rows", "average", "avg", "mean", "number of items", "no of items", "item count", "record count",
		"عدد الأصناف", "عدد السجلات", "عدد الصفوف", "عدد البنود", "العدد", "المتوسط", "متوسط")

	totalHeads = foldedHeads("total", "grand total", "subtotal", "sub total", "sum of", "الإجمالي", "إجمالي", "مجموع", "المجموع", "جملة", "منقول", "итого")
	grandHeads = foldedHeads("grand total", "الإجمالي العام", "إجمالي عام", "الإجمالي الكلي", "إجمالي كلي", "المجموع الكلي", "المجموع العام", "منقول", "carried forward", "brought forward")
	countHeads = foldedHeads("count of", "number of", "no of", "عدد", "متوسط", "average")
	totalTails = []string{" total", " totals", " subtotal", " sub total", " " + pipeline.Fold("الإجمالي"), " " + pipeline.Fold("إجمالي"), " " + pipeline.Fold("المجموع"), " итого"}
)

func foldedHeads(words ...string) (out []string) {
	for _, word := range words {
		out = append(out, pipeline.Fold(word)+" ")
	}
	return out
}

// label is what a cell says of its row, if it says that the row adds up.
type label struct {
	text string // as it stands
	kind labelKind
	of   string // folded, what it adds up: زيوت in «إجمالي زيوت»; "" where it does not say
	long bool   // more than the word alone: an item may be called so
}

type labelKind int

const (
	noLabel labelKind = iota
	plainLabel
	grandLabel
	countLabel
)

// labelOf reads a cell as a label of totals. Most cells are told by their first
// letter.
func labelOf(cell string) label {
	cell = pipeline.Clean(cell)
	if cell == "" || len(cell) > 120 {
		return label{}
	}
	folded := pipeline.Fold(cell)
	l := label{text: cell}
	switch {
	case has(plainTotals, folded):
		l.kind = plainLabel
	case has(grandTotals, folded):
		l.kind = grandLabel
	case has(countings, folded):
		l.kind = countLabel
	default:
		l.long = true
		if head, ok := headOf(folded, grandHeads); ok {
			l.kind, l.of = grandLabel, folded[len(head):]
		} else if head, ok := headOf(folded, totalHeads); ok {
			l.kind, l.of = plainLabel, folded[len(head):]
		} else if head, ok := headOf(folded, countHeads); ok {
			l.kind, l.of = countLabel, folded[len(head):]
		} else if i := slices.IndexFunc(totalTails, func(tail string) bool { return strings.HasSuffix(folded, tail) }); i >= 0 {
			l.kind, l.of = plainLabel, strings.TrimSuffix(folded, totalTails[i])
		}
	}
	if l.kind == noLabel {
		return label{}
	}
	return l
}

func has(set map[string]struct{}, s string) bool {
	_, ok := set[s]
	return ok
}

func headOf(s string, heads []string) (string, bool) {
	for _, head := range heads {
		if strings.HasPrefix(s, head) {
			return head, true
		}
	}
	return "", false
}

// firstLetters are how labels of European letters begin.
var firstLetters = []string{"tot", "gra", "sub", "sum", "gen", "ove", "rep", "fin", "car", "bro", "bal", "c/f", "b/f", "c f", "b f",
	"cou", "num", "no ", "no.", "ite", "rec", "row", "ave", "avg", "mea", "pag", "gro"}

// maybeLabel tells by its letters whether a cell may be a label of totals: no need
// to fold most of the cells there are.
func maybeLabel(s string) bool {
	for i, r := range s {
		switch {
		case r <= ' ', strings.ContainsRune("*-=_([«\"'\u00a0\u200e\u200f", r):
			continue
		case r < 0x80:
			if strings.IndexByte("tgsorfcbniampr", byte(r)|0x20) < 0 {
				return tailed(s)
			}
			for _, begin := range firstLetters {
				if len(s)-i >= len(begin) && strings.EqualFold(s[i:i+len(begin)], begin) {
					return true
				}
			}
			return tailed(s)
		}
		return true
	}
	return false
}

// tailed tells whether a text ends as labels do: Oils Total.
func tailed(s string) bool {
	for len(s) > 6 && strings.IndexByte(" :*-=", s[len(s)-1]) >= 0 {
		s = s[:len(s)-1]
	}
	n := len(s)
	if n > 6 && s[n-1]|0x20 != 'l' && s[n-1]|0x20 != 's' {
		return false
	}
	return n > 6 && (strings.EqualFold(s[n-5:], "total") || strings.EqualFold(s[n-6:], "totals"))
}

// labelled finds the label of a row of totals, wherever it stands in a row
// without a key, or in place of the key.
func (t *table) labelled(l line, first int) (label, int) {
	key := t.keys[0]
	if cell := cellAt(l, key); cell != "" {
		if !maybeLabel(cell) {
			if first == key || !maybeLabel(l.cells[first]) {
				return label{}, 0
			}
			if lab := labelOf(l.cells[first]); lab.kind != noLabel && !lab.long && number(cell) {
				return lab, first // a label beside what looks like a key, as the key is a number: a sum
			}
			return label{}, 0
		}
		return labelOf(cell), key
	}
	for i, c := range l.cells {
		if !blank(c) && maybeLabel(c) {
			if lab := labelOf(c); lab.kind != noLabel {
				return lab, i
			}
		}
	}
	return label{}, 0
}

// number tells whether a cell holds a number, or a percentage.
func number(s string) bool {
	_, rule := pipeline.ParseNumber(pipeline.Clean(s), "", []string{"%"})
	return rule == ""
}

// total tells whether a row adds others up.
//
// An item may be called Total. It stays one where it has a text besides its name
// and all that is required; where the label is longer than the word, it stays one
// as well in a row that is mostly filled, unless the numbers are the sums of the
// rows above.
func (t *table) total(l line, first, filled int) bool {
	lab, at := t.labelled(l, first)
	if lab.kind == noLabel {
		return filled > 0 && t.unlabelled(l)
	}
	texts := 0 // besides the label
	for i, c := range l.cells {
		if i != at && !blank(c) && !number(c) && !filler(c) {
			if r, _ := pipeline.Digit([]rune(pipeline.Clean(c) + "x")[0]); r == 0 && !strings.HasPrefix(strings.TrimSpace(c), "0") {
				texts++
			}
		}
	}
	whole := true // all that is required is there
	for _, key := range t.keys {
		whole = whole && cellAt(l, key) != ""
	}
	switch {
	case t.sums.agree(l):
		return true
	case whole && at == t.keys[0] && texts > 0:
		return false
	case !lab.long:
		return true
	case t.groups.holds(lab.of), t.follows(lab.of):
		return true
	case !whole && at == t.keys[0] && t.wordy(lab.text):
		return true // «إجمالي الكمية» beside a number in a column of texts
	}
	return 2*filled < t.width || at == t.keys[0] && texts == 0 && t.nameless(l)
}

// follows tells whether what a total adds up, folded, stands in the row above it:
// Oils in the column of groups, where the label is "Oils Total".
func (t *table) follows(of string) bool {
	if of == "" {
		return false
	}
	for _, c := range t.above {
		if pipeline.Fold(c) == of {
			return true
		}
	}
	return false
}

// nameless tells whether a text that is asked for, beside the key, is not there.
func (t *table) nameless(l line) bool {
	for i, c := range t.columns {
		at := t.found.at[i]
		if at >= 0 && at != t.keys[0] && !holdsNumbers(c.Type) && c.Type != pipeline.Date && c.Type != pipeline.Time && cellAt(l, at) == "" {
			return true
		}
	}
	return false
}
