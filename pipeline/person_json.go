package pipeline

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// The objects of JSON all of whose texts are of a person.
var personalObjects = []string{"customer", "buyer", "recipient", "shippingAddress", "billingAddress", "defaultAddress", "displayAddress", "addresses",
	"defaultEmailAddress", "defaultPhoneNumber", "customAttributes"}

// What stays of them: numbers that name nobody by themselves, places as large as a
// governorate, times and states.
var impersonal = []string{"id", "legacyResourceId", "number", "type", "__typename", "country", "countryCode", "countryCodeV2", "governorate_code",
	"createdAt", "updatedAt", "updated", "state", "marketingState", "marketingUpdatedAt", "email_consent", "email_consent_at", "sms_consent", "sms_consent_at"}

// places are those parts of an address that many share: they are taken out of the
// person's own records, and sought nowhere else.
var places = []string{"city", "province", "provinceCode", "governorate", "governorate_ar", "governorate_en", "zip", "country"}

// A leaf is a scalar of JSON: under which names, its text, and where it stands. Lists
// have no name of their own.
type leaf struct {
	path     []string
	text     string
	quoted   bool
	from, to int // its bytes, quotes included
}

// field splits the name of a leaf of ours, customer.name, into what it is of and its own
// name; other names are their own, within the nearest object of a person.
func (l leaf) field() (of, name string) {
	if len(l.path) == 0 {
		return "", ""
	}
	name = l.path[len(l.path)-1]
	if of, own, ok := strings.Cut(name, "."); ok {
		return of, own
	}
	for _, above := range l.path[:len(l.path)-1] {
		if slices.Contains(personalObjects, above) {
			return above, name
		}
	}
	return "", name
}

// personal tells whether a leaf is of a person.
func (l leaf) personal() bool {
	of, name := l.field()
	switch {
	case of == "buyer": // of a receipt: its id is that of the person's own papers
		return name != "type"
	case of == "customAttributes":
		return name == "value"
	case slices.Contains(personalObjects, of):
		return !slices.Contains(impersonal, name)
	case len(l.path) > 1 && l.path[len(l.path)-2] == "doc": // why an order was cancelled, in the shop's word
	case of == "order", of == "refund", of == "":
		return slices.Contains([]string{"email", "phone", "mobile", "mobileNumber", "note", "clientIp"}, name)
	}
	return false
}

// TraitsInJSON are what a record in JSON says of whom it is: the body of a document, an
// order as it was pulled. within are the names of objects that it stands in.
func TraitsInJSON(text []byte, within ...string) Traits {
	var t Traits
	first, last := "", ""
	for _, l := range leaves(text, within) {
		of, name := l.field()
		low := strings.ToLower(name)
		switch value := l.text; {
		case value == "":
		case of == "order" && name == "name", len(l.path) == 1 && name == "name" && strings.HasPrefix(value, "#"):
			t.Orders = union(t.Orders, []string{value})
		case of == "customer" && (name == "id" || name == "legacyResourceId"):
			t.IDs = union(t.IDs, []string{CustomerID(value)})
		case of == "customer" && name == "number":
			t.Refs = union(t.Refs, []string{"ERP:" + value})
		case of == "history" && name == "customer":
			if id, ok := strings.CutPrefix(value, "C-"); ok && CustomerID(id) != "" {
				t.IDs = union(t.IDs, []string{id})
			} else {
				t.Refs = union(t.Refs, []string{value})
			}
		case !l.personal():
		case MailKey(value) != "" && strings.Contains(low, "mail"):
			t.Emails = union(t.Emails, []string{MailKey(value)})
		case PhoneKey(value) != "" && (strings.Contains(low, "phone") || strings.Contains(low, "mobile")):
			t.Phones = union(t.Phones, []string{PhoneKey(value)})
		default:
			if low == "name" && t.Name == "" {
				t.Name = value
			}
			if low == "firstname" {
				first = value
			}
			if low == "lastname" {
				last = value
			}
			if !slices.Contains(places, name) {
				t.Texts = union(t.Texts, []string{Clean(value)})
			}
		}
	}
	if both := strings.TrimSpace(first + " " + last); both != "" {
		t.Texts = union(t.Texts, []string{Clean(both)})
		if t.Name == "" {
			t.Name = both
		}
	}
	return t
}

// BlankJSON is a record of this person in JSON with nothing in what is personal of it,
// and otherwise the same to the byte.
func (p Person) BlankJSON(text []byte, within ...string) []byte {
	var out []byte
	at := 0
	for _, l := range leaves(text, within) {
		by := `""`
		switch m, hit := p.Mask(l.text); {
		case !l.quoted && !l.personal(), l.text == "":
			continue
		case !l.quoted:
			by = "null"
		case l.personal(), p.Known(l.text):
		case hit:
			by = string(quoted(m))
		default:
			continue
		}
		out = append(append(out, text[at:l.from]...), by...)
		at = l.to
	}
	return append(out, text[at:]...)
}

func quoted(text string) []byte {
	b, err := json.Marshal(text)
	if err != nil {
		return []byte(`""`) // a text always can be
	}
	return b
}

// leaves are the scalars of JSON texts, one after another. What is no JSON has those that
// come before the mistake.
func leaves(text []byte, within []string) []leaf {
	s := jsonScan{text: text, path: within}
	for s.value() {
	}
	return s.out
}

// A jsonScan walks over JSON and keeps where things stand, which encoding/json does not
// tell.
type jsonScan struct {
	text []byte
	at   int
	path []string
	out  []leaf
}

func (s *jsonScan) blank() {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
}

// value walks over one value; false at the end, and at a mistake.
func (s *jsonScan) value() bool {
	s.blank()
	if s.at >= len(s.text) {
		return false
	}
	switch s.text[s.at] {
	case '{':
		return s.members('}', func() bool {
			s.blank()
			name, _, _, ok := s.str()
			if !ok {
				return false
			}
			s.blank()
			if s.at >= len(s.text) || s.text[s.at] != ':' {
				return false
			}
			s.at++
			s.path = append(slices.Clip(s.path), name)
			ok = s.value()
			s.path = s.path[:len(s.path)-1]
			return ok
		})
	case '[':
		return s.members(']', s.value)
	case '"':
		text, from, to, ok := s.str()
		if ok {
			s.out = append(s.out, leaf{path: slices.Clone(s.path), text: text, quoted: true, from: from, to: to})
		}
		return ok
	}
	from := s.at
	for s.at < len(s.text) && strings.IndexByte(",]} \t\r\n", s.text[s.at]) < 0 {
		s.at++
	}
	if s.at == from {
		return false
	}
	if c := s.text[from]; c == '-' || c >= '0' && c <= '9' {
		s.out = append(s.out, leaf{path: slices.Clone(s.path), text: string(s.text[from:s.at]), from: from, to: s.at})
	}
	return true
}

// members walks over what stands between the brackets of an object or a list.
func (s *jsonScan) members(end byte, one func() bool) bool {
	s.at++
	for {
		s.blank()
		switch {
		case s.at >= len(s.text):
			return false
		case s.text[s.at] == end:
			s.at++
			return true
		case s.text[s.at] == ',':
			s.at++
		case !one():
			return false
		}
	}
}

// str walks over a string.
func (s *jsonScan) str() (text string, from, to int, ok bool) {
	from = s.at
	if from >= len(s.text) || s.text[from] != '"' {
		return "", 0, 0, false
	}
	plain := true
	for i := from + 1; i < len(s.text); i++ {
		switch c := s.text[i]; {
		case c == '\\':
			plain = false
			i++
		case c == '"':
			s.at = i + 1
			raw := s.text[from:s.at]
			if plain && utf8.Valid(raw) {
				return string(raw[1 : len(raw)-1]), from, s.at, true
			}
			ok = json.Unmarshal(raw, &text) == nil
			return text, from, s.at, ok
		}
	}
	return "", 0, 0, false
}
