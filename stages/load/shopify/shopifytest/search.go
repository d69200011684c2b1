package shopifytest

import (
	"cmp"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// term is one condition of a search: field, comparator, value. A bare word has no field.
type term struct {
	field, comparator, value string
	prefix                   bool // the value ended with *
	quoted                   bool // the value stood in quotes
}

// search is a parsed query: alternatives of conjunctions of terms or of searches in brackets.
type search struct{ any [][]clause }

type clause struct {
	term  *term
	group *search
	not   bool
}

// hit says whether the search holds, given who decides a term.
func (s search) hit(decide func(term) bool) bool {
	for _, all := range s.any {
		whole := true
		for _, c := range all {
			var ok bool
			if c.group != nil {
				ok = c.group.hit(decide)
			} else {
				ok = decide(*c.term)
			}
			whole = whole && ok != c.not
		}
		if whole {
			return true
		}
	}
	return false
}

// terms are all terms, those in brackets too.
func (s search) terms() []term {
	var out []term
	for _, all := range s.any {
		for _, c := range all {
			if c.group != nil {
				out = append(out, c.group.terms()...)
			} else {
				out = append(out, *c.term)
			}
		}
	}
	return out
}

// searchParser reads Shopify's search syntax: field:value, quotes with backslashes, AND (also unsaid), OR, NOT or -,
// brackets, comparators and a trailing star.
type searchParser struct {
	in []rune
	at int
}

func parseSearch(query string) (search, error) {
	p := &searchParser{in: []rune(query)}
	s, err := p.alternatives()
	if err == nil && p.at < len(p.in) {
		err = fmt.Errorf("unexpected %q in search", string(p.in[p.at:]))
	}
	return s, err
}

func (p *searchParser) alternatives() (search, error) {
	var out search
	for {
		all, err := p.conjunction()
		if err != nil {
			return out, err
		}
		out.any = append(out.any, all)
		if !p.word("OR") {
			return out, nil
		}
	}
}

func (p *searchParser) conjunction() ([]clause, error) {
	var out []clause
	for {
		p.spaces()
		if p.at == len(p.in) || p.in[p.at] == ')' || p.peekWord("OR") {
			return out, nil
		}
		if p.word("AND") {
			continue
		}
		c, err := p.clause()
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
}

func (p *searchParser) clause() (clause, error) {
	not := p.word("NOT")
	p.spaces()
	if p.at < len(p.in) && p.in[p.at] == '-' {
		p.at++
		not = true
	}
	if p.at < len(p.in) && p.in[p.at] == '(' {
		p.at++
		group, err := p.alternatives()
		p.spaces()
		if err != nil || p.at == len(p.in) {
			return clause{}, fmt.Errorf("bracket without end in search")
		}
		p.at++
		return clause{group: &group, not: not}, nil
	}
	t, err := p.term()
	return clause{term: &t, not: not}, err
}

func (p *searchParser) term() (term, error) {
	var t term
	start := p.at
	for p.at < len(p.in) && (unicode.IsLetter(p.in[p.at]) || unicode.IsDigit(p.in[p.at]) || strings.ContainsRune("_.-$", p.in[p.at])) {
		p.at++
	}
	if p.at < len(p.in) && p.in[p.at] == ':' && p.at > start {
		t.field = string(p.in[start:p.at])
		p.at++
		for _, comparator := range []string{">=", "<=", ">", "<", "="} {
			if strings.HasPrefix(string(p.in[p.at:]), comparator) {
				t.comparator = comparator
				p.at += len(comparator)
				break
			}
		}
	} else {
		p.at = start
	}
	t.quoted = p.at < len(p.in) && (p.in[p.at] == '\'' || p.in[p.at] == '"')
	var err error
	t.value, t.prefix, err = p.value()
	return t, err
}

func (p *searchParser) value() (value string, prefix bool, err error) {
	if p.at < len(p.in) && (p.in[p.at] == '\'' || p.in[p.at] == '"') {
		value, err = p.quotedValue(p.in[p.at])
		return value, false, err
	}
	start := p.at
	for p.at < len(p.in) && !unicode.IsSpace(p.in[p.at]) && p.in[p.at] != ')' {
		p.at++
	}
	value, prefix = strings.CutSuffix(string(p.in[start:p.at]), "*")
	if p.at == start {
		return "", false, fmt.Errorf("value missing in search")
	}
	return value, prefix, nil
}

func (p *searchParser) quotedValue(quote rune) (string, error) {
	var b strings.Builder
	for p.at++; p.at < len(p.in); p.at++ {
		switch r := p.in[p.at]; {
		case r == '\\' && p.at+1 < len(p.in):
			p.at++
			b.WriteRune(p.in[p.at])
		case r == quote:
			p.at++
			return b.String(), nil
		default:
			b.WriteRune(r)
		}
	}
	return "", fmt.Errorf("quote without end in search")
}

func (p *searchParser) spaces() {
	for p.at < len(p.in) && unicode.IsSpace(p.in[p.at]) {
		p.at++
	}
}

func (p *searchParser) peekWord(word string) bool {
	p.spaces()
	rest := string(p.in[p.at:])
	after, found := strings.CutPrefix(rest, word)
	return found && (after == "" || unicode.IsSpace(rune(after[0])) || after[0] == '(')
}

func (p *searchParser) word(word string) bool {
	if !p.peekWord(word) {
		return false
	}
	p.at += len(word)
	return true
}

// holds compares a text with a term. Case does not count.
func (t term) holds(have string) bool {
	have, want := strings.ToLower(have), strings.ToLower(t.value)
	if t.prefix {
		return strings.HasPrefix(have, want)
	}
	return t.compare(strings.Compare(have, want))
}

// holdsTime compares points of time by whole seconds: > leaves out all of the second (2026-10). A day stands for its
// beginning, and without a comparator for the whole day.
func (t term) holdsTime(have string) bool {
	if at, err := time.Parse(time.RFC3339, t.value); err == nil {
		return t.compare(strings.Compare(have, timestamp(at)))
	}
	if _, err := time.Parse(time.DateOnly, t.value); err == nil && t.comparator == "" {
		return strings.HasPrefix(have, t.value)
	}
	return t.compare(strings.Compare(have, t.value))
}

// holdsID compares ids: as numbers, bare or within a gid.
func (t term) holdsID(gid string) bool {
	return t.compare(cmp.Compare(idNumber(gid), idNumber(t.value)))
}

func (t term) compare(order int) bool {
	switch t.comparator {
	case ">=":
		return order >= 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case "<":
		return order < 0
	}
	return order == 0
}
