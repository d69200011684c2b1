package eta

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wasl/pipeline"
	"wasl/stages/load/eta/law"
)

// Under gives the settings with the tables, limits and rates that they are read by; without, those that are shipped.
func (c Config) Under(b *law.Book) Config {
	c.book = b
	return c
}

// Law is the tables, limits and rates that count.
func (c Config) Law() *law.Book {
	if c.book == nil {
		return law.Shipped()
	}
	return c.book
}

// Tables is the folder of tables of the installation's own, and OldAfter the months after which a table is called old.
func (c Config) Tables() (folder string, oldAfter int) {
	d := c.withDefaults()
	return d.Codes, d.CodesOld
}

// known looks a code up in one of the authority's tables, as it is on a day; on "" at any time.
func (c Config) known(table, code, day string) bool { return c.Law().Has(table, code, day) }

// knownUnit looks a unit up in the authority's table and in what the settings add to it.
func (c Config) knownUnit(code, day string) bool {
	return c.known("unit_types", code, day) || slices.Contains(c.Units, code)
}

// threshold is the total from which on a buyer is named: the setting, or the law of the day.
func (c Config) threshold(day string) dec {
	if c.Threshold.IsPos() {
		return c.Threshold
	}
	return c.Law().Limit(law.NamedBuyer, day)
}

// The forms of identifiers (eta-ereceipt.md sections 3.4 and 9).
var (
	rinForm        = regexp.MustCompile(`^[0-9]{9}$`)
	nationalIDForm = regexp.MustCompile(`^[0-9]{14}$`)
	gtinForm       = regexp.MustCompile(`^([0-9]{8}|[0-9]{12,14})$`)
	egsOwnForm     = regexp.MustCompile(`^[^\s"\\]+$`)
)

// egs tells whether a code is an EGS code of the taxpayer: EG-{RIN}-{code}.
func egs(code, rin string) bool {
	prefix := "EG-" + rin + "-"
	return len(code) > len(prefix) && code[:len(prefix)] == prefix && egsOwnForm.MatchString(code[len(prefix):])
}

// gtin tells whether a code is a GS1 number: its length and its check digit.
func gtin(code string) bool {
	if !gtinForm.MatchString(code) {
		return false
	}
	sum := 0
	for i := range len(code) {
		digit := int(code[len(code)-1-i] - '0')
		if i%2 == 1 {
			digit *= 3
		}
		sum += digit
	}
	return sum%10 == 0
}

// code tells wrong what an article's code would be refused for, and gives its type: the one that is said, or else that
// of the code's form. Whose an EGS code is, only a registered taxpayer knows.
func (c Config) code(said, code, name string, wrong func(field string, rule pipeline.Rule, facts ...string)) (kind string) {
	if kind = strings.ToUpper(said); kind == "" {
		kind = "EGS"
		if gtinForm.MatchString(code) {
			kind = "GS1"
		}
	}
	switch rin := c.Seller.RIN; {
	case code == "":
		wrong("item.code", "eta.item", "name", name)
	case kind != "EGS" && kind != "GS1":
		wrong("item.type", "eta.choice", "value", said, "known", "EGS, GS1")
	case utf8.RuneCountInString(code) > 100:
		wrong("item.code", "eta.length", "limit", "100")
	case kind == "EGS" && rin != "" && !egs(code, rin):
		wrong("item.code", "eta.egs", "code", code, "rin", rin)
	case kind == "GS1" && !gtin(code):
		wrong("item.code", "eta.gtin", "code", code)
	case !c.Law().Registered(law.RegisteredItems, code, ""):
		wrong("item.code", "eta.unregistered", "code", code)
	}
	return kind
}

// vat tells whether an article's VAT is right on a day. The general rate and its subtype stand for each other, and come
// back filled in; nothing else is guessed.
func (c Config) vat(subtype string, rate dec, stated bool, day string) (string, dec, bool) {
	general, _ := c.Law().Rate(law.General, day)
	switch {
	case subtype == "" && stated && rate.Equal(general):
		subtype = law.General
	case subtype == law.General && !stated:
		rate = general
	}
	return subtype, rate, c.Law().RateFits(subtype, rate, day)
}

// requestRoom is what a submission adds around its receipts: less than this many bytes around 500 of them.
const requestRoom = 10_000

// Limits are how many receipts one submission takes today, and how many bytes of sealed receipts.
func (s *Sink) Limits() (receipts, bytes int) {
	day := s.deps.Now().In(s.deps.Zone).Format(time.DateOnly)
	most, _ := s.config.Law().Limit(law.SubmissionReceipts, day).Int64()
	room, _ := s.config.Law().Limit(law.SubmissionBytes, day).Int64()
	return int(most), int(room) - requestRoom
}
