package main

import (
	"cmp"
	"slices"
	"strings"

	"wasl/pipeline"
)

// A census is what all records say of whom they are: rows of stored files, documents, the
// ERP's list.
type census struct {
	all  []pipeline.Traits
	seen map[string]bool
}

func (c *census) add(t pipeline.Traits) {
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	key := strings.Join([]string{strings.Join(t.IDs, "\x01"), strings.Join(t.Refs, "\x01"), strings.Join(t.Emails, "\x01"),
		strings.Join(t.Phones, "\x01"), strings.Join(t.Texts, "\x01")}, "\x00")
	if !c.seen[key] {
		c.seen[key] = true
		c.all = append(c.all, t)
	}
}

// who finds the one person that is known by a word: the shop's number (7001, C-7001), the
// ERP's, a guest's G-1042, an address of mail, a telephone. people are all whom it may
// mean, where that is not one; none where nobody is known by it.
func (c *census) who(word string) (p pipeline.Person, people []string) {
	word = strings.TrimSpace(word)
	id := pipeline.CustomerID(strings.TrimPrefix(word, "C-"))
	mail, phone := pipeline.MailKey(word), pipeline.PhoneKey(word)
	for _, t := range c.all {
		if id != "" && slices.Contains(t.IDs, id) || mail != "" && slices.Contains(t.Emails, mail) || phone != "" && slices.Contains(t.Phones, phone) ||
			slices.Contains(t.Refs, word) || slices.Contains(t.Refs, "ERP:"+word) {
			if one := c.called(t); !slices.Contains(people, one) {
				people = append(people, one)
			}
		}
	}
	if len(people) > 1 { // a telephone that one record has alone is whoever has a name beside it
		people = slices.DeleteFunc(people, func(s string) bool { return strings.HasPrefix(s, "tel. ") })
	}
	slices.Sort(people)
	if len(people) != 1 {
		return p, people
	}
	for _, t := range c.all {
		if c.called(t) == people[0] {
			p.IDs, p.Refs, p.Emails, p.Phones = join(p.IDs, t.IDs), join(p.Refs, t.Refs), join(p.Emails, t.Emails), join(p.Phones, t.Phones)
		}
	}
	c.widen(&p)
	return p, people
}

// called is whom a record is of, for people: C-7001, an address of mail, ERP:1234 or
// G-1042, a telephone. An address of mail that one customer of the shop has is called by
// that number, and so is what else is linked to one alone.
func (c *census) called(t pipeline.Traits) string {
	if len(t.IDs) > 0 {
		return "C-" + t.IDs[0]
	}
	if one := c.linked(t.Emails, func(o pipeline.Traits) []string { return o.Emails }); one != "" {
		return one
	}
	if len(t.Emails) > 0 {
		return t.Emails[0]
	}
	if one := c.linked(t.Refs, func(o pipeline.Traits) []string { return o.Refs }); one != "" {
		return one
	}
	if one := c.linked(t.Phones, func(o pipeline.Traits) []string { return o.Phones }); one != "" {
		return one
	}
	if len(t.Refs) > 0 {
		return t.Refs[0]
	}
	return "tel. " + cmp.Or(strings.Join(t.Phones, ", "), "?")
}

// linked is the one customer whose records have some of these traits; "" where it is none,
// or several.
func (c *census) linked(traits []string, of func(pipeline.Traits) []string) string {
	one := ""
	for _, o := range c.all {
		if !slices.ContainsFunc(of(o), func(s string) bool { return slices.Contains(traits, s) }) {
			continue
		}
		name := ""
		switch {
		case len(o.IDs) > 0:
			name = "C-" + o.IDs[0]
		case len(o.Emails) > 0:
			name = o.Emails[0]
		default:
			continue
		}
		if one != "" && one != name && !c.sameMail(one, name) {
			return ""
		}
		if one == "" || strings.HasPrefix(name, "C-") {
			one = name
		}
	}
	return one
}

// sameMail tells whether of two names one is an address of mail of the other, a customer.
func (c *census) sameMail(a, b string) bool {
	for _, o := range c.all {
		if len(o.IDs) > 0 && (a == "C-"+o.IDs[0] && slices.Contains(o.Emails, b) || b == "C-"+o.IDs[0] && slices.Contains(o.Emails, a)) {
			return true
		}
	}
	return false
}

// widen takes over what the person's own records say, until nothing is new. A mail that a
// record of somebody else has too is nobody's mark, and a telephone likewise.
func (c *census) widen(p *pipeline.Person) {
	for range 8 {
		before := len(p.IDs) + len(p.Refs) + len(p.Emails) + len(p.Phones) + len(p.Texts)
		p.Emails = slices.DeleteFunc(p.Emails, func(mail string) bool {
			return len(p.IDs) > 0 && slices.ContainsFunc(c.all, func(t pipeline.Traits) bool {
				return len(t.IDs) > 0 && !slices.Contains(p.IDs, t.IDs[0]) && slices.Contains(t.Emails, mail)
			})
		})
		p.Shared = slices.DeleteFunc(slices.Clone(p.Phones), func(phone string) bool {
			others := slices.ContainsFunc(c.all, func(t pipeline.Traits) bool {
				return slices.Contains(t.Phones, phone) && len(t.IDs)+len(t.Emails) > 0 && !p.Owns(t)
			})
			return !others
		})
		for _, t := range c.all {
			if p.Owns(t) {
				p.Add(t)
			}
		}
		if before == len(p.IDs)+len(p.Refs)+len(p.Emails)+len(p.Phones)+len(p.Texts) {
			return
		}
	}
}

func join(a, b []string) []string {
	for _, s := range b {
		if !slices.Contains(a, s) {
			a = append(a, s)
		}
	}
	return a
}
