package erp

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"wasl/pipeline"
)

// A who is a customer as far as somebody can be told from others. Texts are as they are
// compared, "" where they are not known.
type who struct {
	ref    string   // what people call them: C-7001, G-1042, ERP:1234 of the ERP's own list
	key    string   // of their document; "" of the ERP's list
	id     string   // the shop's number
	number string   // the ERP's
	name   string   // folded
	phone  string   // E.164
	phones []string // further ones of the ERP's list
	email  string
	place  string // folded street and city
	left   bool   // the ERP was told of them, by wasl
}

// who is the customer as they are compared, under a key.
func (c customer) who(key string) who {
	s := c.state()
	w := who{ref: or(c.Doc.Of, c.Doc.Number), key: key, id: s["customer.id"], number: s["customer.number"],
		name: pipeline.Fold(s["customer.name"]), place: homeOf(s["customer.address"], s["customer.city"])}
	w.phone, _ = phoneKey(s["customer.phone"], s["customer.country"])
	w.email, _ = emailKey(s["customer.email"])
	return w
}

// homeOf is where somebody lives, as it is compared; "" where that is not said near
// enough.
func homeOf(street, city string) string {
	if street = pipeline.Fold(street); len([]rune(street)) < 6 {
		return ""
	}
	return strings.TrimSpace(street + " " + pipeline.Fold(city))
}

// placeWord is the word by which somebody at the same place is found: no address.
func (w who) placeWord() string {
	if w.place == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(w.place))
	return "place " + hex.EncodeToString(sum[:6])
}

// A verdict is how two customers stand to each other.
type verdict string

const (
	different verdict = ""
	same      verdict = "same"
	// The others are doubts, for a person to decide: what is the same.
	likePhone   verdict = "phone"
	likeEmail   verdict = "email"
	likeAddress verdict = "address"
	likeSeveral verdict = "several" // each of some would be
)

// decisions are what persons have said, by both references: true where they are one.
type decisions map[[2]string]bool

// of is what was said of two customers; ok false: nothing.
func (d decisions) of(a, b string) (one, ok bool) {
	if one, ok = d[[2]string{a, b}]; ok {
		return one, true
	}
	one, ok = d[[2]string{b, a}]
	return one, ok
}

// against holds a customer against another one. They are one where the shop gives them
// the same number, where a person said so, or where a telephone or an address of mail
// and the name are the same and nothing speaks against it. Everything less is a doubt:
// nobody is merged by it.
func (w who) against(o who, said decisions) verdict {
	if one, ok := said.of(w.ref, o.ref); ok {
		if one {
			return same
		}
		return different
	}
	if w.id != "" && w.id == o.id {
		return same
	}
	phone := w.phone != "" && (w.phone == o.phone || slices.Contains(o.phones, w.phone))
	email := w.email != "" && w.email == o.email
	named := w.name == o.name || w.name == "" || o.name == ""
	twoOfShop := w.id != "" && o.id != ""
	switch {
	case phone && named && !twoOfShop:
		return same
	case email && named && !twoOfShop && (phone || w.phone == "" || o.phone == ""):
		return same
	case phone:
		return likePhone
	case email:
		return likeEmail
	case w.place != "" && w.place == o.place && akin(w.name, o.name):
		return likeAddress
	}
	return different
}

// akin tells whether two folded names may be of one person: a fifth of the letters
// differ at most, or all words of the shorter one, two at least, stand in the longer.
func akin(a, b string) bool {
	if a == "" || b == "" {
		return false
	}
	if levenshtein.ComputeDistance(a, b) <= len([]rune(a))/5 {
		return true
	}
	short, long := strings.Fields(a), strings.Fields(b)
	if len(short) > len(long) {
		short, long = long, short
	}
	for _, word := range short {
		if !slices.Contains(long, word) {
			return false
		}
	}
	return len(short) > 1
}

// A crowd is many customers, found by what they share with somebody.
type crowd struct {
	all []who
	by  map[string][]int
}

func (c *crowd) marks(w who) []string {
	marks := []string{"ref " + w.ref}
	for kind, text := range map[string]string{"id ": w.id, "phone ": w.phone, "email ": w.email, "place ": w.place, "number ": w.number} {
		if text != "" {
			marks = append(marks, kind+text)
		}
	}
	for _, phone := range w.phones {
		marks = append(marks, "phone "+phone)
	}
	return marks
}

func (c *crowd) add(w who) {
	if c.by == nil {
		c.by = map[string][]int{}
	}
	for _, mark := range c.marks(w) {
		c.by[mark] = append(c.by[mark], len(c.all))
	}
	c.all = append(c.all, w)
}

// near are those who share something with somebody, or of whom a person has said
// something, in the order in which they came.
func (c *crowd) near(w who, said decisions) []who {
	var at []int
	for _, mark := range c.marks(w) {
		at = append(at, c.by[mark]...)
	}
	for pair := range said {
		for i, ref := range pair {
			if ref == w.ref {
				at = append(at, c.by["ref "+pair[1-i]]...)
			}
		}
	}
	slices.Sort(at)
	var out []who
	for _, i := range slices.Compact(at) {
		out = append(out, c.all[i])
	}
	return out
}

// A likeness is somebody who may be the same person, and why.
type likeness struct {
	who
	why verdict
}

// pick finds who of a crowd somebody is. With several of them it is the one of whom the
// shop's number or a person says so, or else a doubt about all. Where it is nobody, and
// only then, those whom it may be are told.
func (w who) pick(from []who, said decisions) (found *who, doubts []likeness) {
	var sure []who
	for _, o := range from {
		if o.key != "" && o.key == w.key {
			return &o, nil
		}
		switch v := w.against(o, said); v {
		case different:
		case same:
			if one, ok := said.of(w.ref, o.ref); ok && one || w.id != "" && w.id == o.id {
				return &o, nil
			}
			if !slices.ContainsFunc(sure, func(s who) bool { return s.ref == o.ref }) {
				sure = append(sure, o)
			}
		default:
			if !slices.ContainsFunc(doubts, func(d likeness) bool { return d.ref == o.ref }) {
				doubts = append(doubts, likeness{o, v})
			}
		}
	}
	if len(sure) == 1 {
		return &sure[0], nil
	}
	for _, o := range sure {
		doubts = append(doubts, likeness{o, likeSeveral})
	}
	return nil, doubts
}
