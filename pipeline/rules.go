package pipeline

import (
	"slices"
	"strings"
)

// words are what is said of a rule in one language. {name} stands for
// Problem.With[name]; {value}, {field} and {column} for the Problem's own.
type words struct{ says, fix string }

// A rule is one line of the table of rules.
type rule struct {
	name   Rule
	en, ar words
}

// rules is the table of everything that can be wrong with data: what is wrong,
// and what to do about it. wasl rules prints it. Names are stable: they stand in
// examples of mappings, in reports and in other people's filters.
//
// To add one: a line here, in its section, with both languages.
var rules = []rule{
	// ---- files (extract) ----

	// ---- mapping (transform) ----

	// ---- documents (pipeline and ledger) ----
	{"group.missing",
		words{"{field} is missing, so it cannot be told which document this row belongs to", "fill it in, or remove the row; nothing of this file goes out before"},
		words{"{field} غير موجود، فلا يُعرف لأي مستند ينتمي هذا الصف", "أكمل القيمة أو احذف الصف؛ لن يُرسل شيء من هذا الملف قبل ذلك"}},
	{"group.held",
		words{"held with its file: row {row} does not say which document it belongs to", "mend that row and drop the file again"},
		words{"محجوز مع ملفه: الصف {row} لا يبيّن لأي مستند ينتمي", "أصلح ذلك الصف ثم ضع الملف من جديد"}},
	{"key.twice",
		words{"the file brings {key} twice", "keep one of the two and drop the file again"},
		words{"الملف يحتوي على {key} مرتين", "أبقِ واحدًا منهما وضع الملف من جديد"}},
	{"document.changed",
		words{"{key} was already sent with other content, on {when}", "nothing is sent twice: correct it at the other side, by a return or a cancellation"},
		words{"{key} أُرسل من قبل بمحتوى مختلف في {when}", "لا يُرسل شيء مرتين: صحّحه لدى الطرف الآخر بمرتجع أو إلغاء"}},
	{"drop.unclaimed",
		words{"no flow takes this file", "name it as one of the patterns in mappings/ says ({patterns}), or add a mapping"},
		words{"لا يوجد مسار يأخذ هذا الملف", "سمِّه وفق أحد الأنماط في mappings/ ‏({patterns}) أو أضف ملف ربط"}},

	// ---- Shopify (load/shopify) ----

	// ---- ERP (load/erp) ----

	// ---- ETA (load/eta) ----

	// ---- reference tables (load/table) ----

	// ---- the other side's own words ----
	{"answer.refused",
		words{"refused by the other side: {said}", "correct what it names and drop the row again"},
		words{"رفضه الطرف الآخر: {said}", "صحّح ما ذكره ثم أعد إدخال الصف"}},
}

// RuleText is one line of the table of rules, for printing.
type RuleText struct {
	Name      Rule   `json:"name"`
	Says, Fix string // with {placeholders}
}

// Rules is the table of rules in a language (en or ar), by name.
func Rules(lang string) []RuleText {
	out := make([]RuleText, 0, len(rules))
	for _, r := range rules {
		w := r.in(lang)
		out = append(out, RuleText{Name: r.name, Says: w.says, Fix: w.fix})
	}
	slices.SortFunc(out, func(a, b RuleText) int { return strings.Compare(string(a.Name), string(b.Name)) })
	return out
}

// Known tells whether a rule is in the table.
func (r Rule) Known() bool { _, ok := ruleIndex[r]; return ok }

var ruleIndex = func() map[Rule]rule {
	index := make(map[Rule]rule, len(rules))
	for _, r := range rules {
		index[r.name] = r
	}
	return index
}()

func (r rule) in(lang string) words {
	if lang == "ar" {
		return r.ar
	}
	return r.en
}

// words are the problem's own, with its facts filled in. A rule that is not in
// the table says its name: a test keeps that from happening.
func (p Problem) words(lang string) words {
	r, ok := ruleIndex[p.Rule]
	if !ok {
		return words{says: string(p.Rule), fix: ""}
	}
	pairs := []string{"{value}", p.Value, "{field}", p.Field, "{column}", p.Column}
	for name, fact := range p.With {
		pairs = append(pairs, "{"+name+"}", fact)
	}
	fill := strings.NewReplacer(pairs...)
	w := r.in(lang)
	return words{says: fill.Replace(w.says), fix: fill.Replace(w.fix)}
}
