package pipeline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Person is a customer who is to be forgotten: what they are known by, and the texts
// that are theirs.
type Person struct {
	IDs    []string `json:"ids,omitempty"`    // the shop's numbers of them: 7001
	Refs   []string `json:"refs,omitempty"`   // what else documents and lists call them: G-1042, the ERP's number
	Emails []string `json:"emails,omitempty"` // as MailKey gives them
	Phones []string `json:"phones,omitempty"` // as PhoneKey gives them
	Shared []string `json:"shared,omitempty"` // of Phones: those that others have too; nobody is known by them
	Texts  []string `json:"texts,omitempty"`  // names, streets, notes of their records, as they stand there
	Orders []string `json:"orders,omitempty"` // what their orders are called: #1042
}

// Traits are what a record says of whom it is: a row of a file, a document's body.
type Traits struct {
	IDs, Refs, Emails, Phones []string
	Name                      string   // for people who have to choose
	Orders                    []string // what the orders are called that it is of
	Texts                     []string // of it that are nobody else's business: names, streets, notes
}

// Owns tells whether a record is this person's: by the shop's number; where it names
// none, by its address of mail; where it has neither, by its telephone, unless others
// have that telephone too. A name or a street makes nobody known.
func (p Person) Owns(t Traits) bool {
	switch {
	case meet(t.IDs, p.IDs), meet(t.Refs, p.Refs):
		return true
	case len(t.IDs) > 0:
		return false
	case meet(t.Emails, p.Emails):
		return true
	case len(t.Emails) > 0:
		return false
	}
	return slices.ContainsFunc(t.Phones, func(key string) bool { return slices.Contains(p.Phones, key) && !slices.Contains(p.Shared, key) })
}

// Empty tells whether nothing is known of whom it is.
func (t Traits) Empty() bool { return len(t.IDs)+len(t.Refs)+len(t.Emails)+len(t.Phones) == 0 }

// Add takes over what a record of this person says.
func (p *Person) Add(t Traits) {
	p.IDs, p.Refs, p.Emails, p.Phones = union(p.IDs, t.IDs), union(p.Refs, t.Refs), union(p.Emails, t.Emails), union(p.Phones, t.Phones)
	p.Texts, p.Orders = union(p.Texts, t.Texts), union(p.Orders, t.Orders)
}

// Contacts is the person by what is theirs alone: mails, and telephones that nobody shares.
// It is sought where a record may be of others.
func (p Person) Contacts() Person {
	p.Texts = nil
	p.Phones = slices.DeleteFunc(slices.Clone(p.Phones), func(s string) bool { return slices.Contains(p.Shared, s) })
	return p
}

// Marks are the words by which a person is known again: "mail ...", "phone ...", "id ...".
// Telephones that others share are none.
func (p Person) Marks() []string {
	var out []string
	for _, id := range p.IDs {
		out = append(out, "id "+id)
	}
	for _, mail := range p.Emails {
		out = append(out, "mail "+mail)
	}
	for _, phone := range p.Phones {
		if !slices.Contains(p.Shared, phone) {
			out = append(out, "phone "+phone)
		}
	}
	return out
}

// Marks are likewise those of a record: of its strongest trait, as Owns looks at them.
func (t Traits) Marks() []string {
	switch {
	case len(t.IDs) > 0:
		return Person{IDs: t.IDs, Emails: t.Emails}.Marks()
	case len(t.Emails) > 0:
		return Person{Emails: t.Emails}.Marks()
	}
	return Person{Phones: t.Phones}.Marks()
}

// Mask takes out of a text what is this person's: addresses of mail and telephones in
// whatever way of writing, and their texts of several letters where they stand as whole
// words. It says whether anything was taken out.
func (p Person) Mask(text string) (string, bool) {
	out := text
	for _, hit := range contacts(text) {
		mail := strings.Contains(hit, "@")
		if mail && slices.Contains(p.Emails, MailKey(hit)) || !mail && slices.Contains(p.Phones, PhoneKey(hit)) {
			out = strings.ReplaceAll(out, hit, masked)
		}
	}
	for _, t := range p.Texts {
		if len([]rune(t)) >= 4 {
			out = replaceWhole(out, t, masked)
		}
	}
	return out, out != text
}

// masked stands where something of a forgotten person stood in the middle of a text.
const masked = "(...)"

// Known tells whether a text is, as a whole, an address of mail or a telephone of this
// person, or one of their texts.
func (p Person) Known(text string) bool {
	if text = Clean(text); text == "" {
		return false
	}
	if mail := MailKey(text); mail != "" && slices.Contains(p.Emails, mail) {
		return true
	}
	if phone := PhoneKey(text); phone != "" && slices.Contains(p.Phones, phone) {
		return true
	}
	return slices.Contains(p.Texts, text)
}

// MailKey is an address of mail as it is compared; "" of what is none.
func MailKey(text string) string {
	text = strings.ToLower(strings.TrimPrefix(Clean(text), "mailto:"))
	local, domain, ok := strings.Cut(text, "@")
	if !ok || local == "" || !strings.Contains(domain, ".") || strings.ContainsAny(text, " <>,;\"") || strings.Contains(domain, "@") {
		return ""
	}
	return text
}

// PhoneKey is a telephone number as it is compared: its digits, without 00, +20 and the
// leading 0 of Egypt, so that every way of writing one is the same. "" of a text that
// holds anything else, or fewer than eight digits. It is coarser than what customers are
// matched by: here a number that is missed is worse than one that is looked at.
func PhoneKey(text string) string {
	var b strings.Builder
	for _, r := range strings.TrimPrefix(Clean(text), "'") {
		digit, is := Digit(r)
		switch {
		case is:
			b.WriteByte(byte('0' + digit))
		case strings.ContainsRune("+ -./()\u00a0\u2010\u2011\u2012\u2013", r):
		default:
			return ""
		}
	}
	digits := strings.TrimPrefix(b.String(), "00")
	if national, ok := strings.CutPrefix(digits, "20"); ok && len(national) >= 9 {
		digits = national
	}
	if digits = strings.TrimPrefix(digits, "0"); len(digits) < 8 || len(digits) > 15 {
		return ""
	}
	return digits
}

// CustomerID is the shop's number of a customer as it is compared, of '7001 or
// gid://shopify/Customer/7001; "" of another text.
func CustomerID(text string) string {
	text = strings.TrimPrefix(strings.TrimPrefix(Clean(text), "'"), "gid://shopify/Customer/")
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return ""
	}
	return text
}

// contacts are the parts of a text that may be addresses of mail or telephones.
func contacts(text string) []string {
	var out []string
	word := func(r rune) bool { return strings.ContainsRune(" \t\r\n\"'<>,;:|{}[]()\\=", r) }
	for _, w := range strings.FieldsFunc(text, word) {
		if strings.Contains(w, "@") {
			out = append(out, strings.TrimSuffix(w, "."))
		}
	}
	from := -1
	end := 0
	flush := func() {
		if from >= 0 && end-from >= 8 {
			out = append(out, text[from:end])
		}
		from = -1
	}
	for i, r := range text {
		_, digit := Digit(r)
		switch {
		case digit, r == '+' && from < 0:
			if from < 0 {
				from = i
			}
			end = i + len(string(r))
		case from >= 0 && strings.ContainsRune(" -./()\u00a0\u2010\u2011\u2012\u2013", r):
		default:
			flush()
		}
	}
	flush()
	return out
}

// replaceWhole replaces a text where no letter or digit stands beside it.
func replaceWhole(in, what, by string) string {
	var b strings.Builder
	for {
		at := strings.Index(in, what)
		if at < 0 || what == "" {
			b.WriteString(in)
			return b.String()
		}
		after := at + len(what)
		b.WriteString(in[:at])
		if wordBefore(in[:at]) || wordAfter(in[after:]) {
			b.WriteString(what)
		} else {
			b.WriteString(by)
		}
		in = in[after:]
	}
}

func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

func union(a, b []string) []string {
	for _, s := range b {
		if s != "" && !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}

// wordBefore tells whether a text ends within a word, wordAfter whether it begins so.
func wordBefore(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return s != "" && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func wordAfter(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
