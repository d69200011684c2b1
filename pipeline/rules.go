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

	// ---- settings (cmd/wasl) ----
	{"config.none",
		words{"there is no wasl.yaml in {dir}", "make a folder to work in with: wasl init DIR; or name yours with -C DIR"},
		words{"لا يوجد ملف wasl.yaml في {dir}", "أنشئ مجلد عمل بالأمر: wasl init DIR، أو حدّد مجلدك بالخيار -C DIR"}},
	{"config.unknown",
		words{"there is no setting {name}", "did you mean {near}?"},
		words{"لا يوجد إعداد باسم {name}", "هل تقصد {near}؟"}},
	{"config.twice",
		words{"{name} is given twice", "keep one of the two"},
		words{"الإعداد {name} مكرّر", "أبقِ واحدًا منهما"}},
	{"config.zone",
		words{"there is no time zone \"{given}\"", "write a name such as Africa/Cairo"},
		words{"لا توجد منطقة زمنية باسم \"{given}\"", "اكتب اسمًا مثل Africa/Cairo"}},
	{"config.choice",
		words{"{field} is \"{given}\"", "write one of: {known}"},
		words{"قيمة {field} هي \"{given}\"", "اكتب واحدة من: {known}"}},
	{"config.duration",
		words{"{field} is {given}", "write a duration above zero, such as 10s, 5m or 2h"},
		words{"قيمة {field} هي {given}", "اكتب مدة أكبر من الصفر مثل 10s أو 5m أو 2h"}},
	{"yaml.syntax",
		words{"this is not YAML: {said}", "look at the indentation, the colons and the quotes in this line and the one before"},
		words{"هذا ليس YAML صحيحًا: {said}", "راجع المسافات البادئة والنقطتين وعلامات الاقتباس في هذا السطر والذي قبله"}},
	{"yaml.type",
		words{"{path} cannot be read", "write {want}"},
		words{"لا يمكن قراءة {path}", "اكتب {want}"}},
	{"secret.name",
		words{"\"{name}\" is not the name of a secret", "write a name such as shopify.client, and put the secret itself into a file of that name"},
		words{"«{name}» ليس اسمًا لسر", "اكتب اسمًا مثل shopify.client وضع السر نفسه في ملف بهذا الاسم"}},
	{"secret.missing",
		words{"the secret {name} is nowhere to be found", "put it into the file {file} (mode 600), or into the variable {variable}"},
		words{"السر {name} غير موجود", "ضعه في الملف {file} (بصلاحية 600) أو في المتغير {variable}"}},
	{"secret.open",
		words{"others may read the secret in {file} (mode {mode})", "run: chmod 600 {file}"},
		words{"يمكن لغيرك قراءة السر في {file} (الصلاحية {mode})", "نفّذ: chmod 600 {file}"}},
	{"flow.off",
		words{"the flow {flow} is off: wasl.yaml has no section {section}", "write the section, or remove the mapping"},
		words{"المسار {flow} متوقف: لا يوجد قسم {section} في wasl.yaml", "اكتب القسم أو احذف ملف الربط"}},
	{"flow.twice",
		words{"there are two flows with the name {flow}", "give one of them another name; the other is in {other}"},
		words{"يوجد مساران بالاسم {flow}", "غيّر اسم أحدهما؛ الآخر في {other}"}},
	{"flow.kind",
		words{"there is no kind of document {kind}", "did you mean {near}? wasl kinds lists them"},
		words{"لا يوجد نوع مستند باسم {kind}", "هل تقصد {near}؟ الأمر wasl kinds يعرض القائمة"}},
	{"flow.none",
		words{"there is no mapping in {dir}", "copy the shipped ones there with: wasl init {parent}"},
		words{"لا يوجد ملف ربط في {dir}", "انسخ الملفات المرفقة إليه بالأمر: wasl init {parent}"}},

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
