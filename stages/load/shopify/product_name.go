package shopify

import (
	"regexp"
	"strings"

	"wasl/pipeline"
)

// A nameRule takes a name apart: "Shirt - Red / XL" is a title and two options.
// The zero nameRule takes nothing apart.
type nameRule struct{ pattern *regexp.Regexp }

// nameRuleOf reads a regular expression. It has the group title and one to three
// more; "" is no rule.
func nameRuleOf(text string) (nameRule, bool) {
	if text == "" {
		return nameRule{}, true
	}
	p, err := regexp.Compile(text)
	if err != nil {
		return nameRule{}, false
	}
	title, others := 0, 0
	for _, name := range p.SubexpNames()[1:] {
		switch name {
		case "":
		case "title":
			title++
		default:
			others++
		}
	}
	return nameRule{p}, title == 1 && 1 <= others && others <= maxOptions
}

// apart is a name taken apart: the title, and the options in the order of the
// rule. A group is called as one of the names given is, or option1 to option3 for
// their places, because groups of an expression cannot have Arabic names; _ in a
// group's name is a blank. ok is false where the rule does not fit the name.
func (r nameRule) apart(name string, known []string) (title string, names, values []string, ok bool) {
	if r.pattern == nil {
		return name, nil, nil, false
	}
	found := r.pattern.FindStringSubmatch(name)
	if found == nil {
		return name, nil, nil, false
	}
	for i, group := range r.pattern.SubexpNames() {
		switch value := pipeline.Clean(found[i]); {
		case i == 0 || group == "":
		case group == "title":
			title = value
		case value != "":
			names = append(names, optionNamed(group, known))
			values = append(values, value)
		}
	}
	return title, names, values, title != ""
}

// optionNamed is what an option is called whose group has a name.
func optionNamed(group string, known []string) string {
	if n, ok := strings.CutPrefix(group, "option"); ok && len(n) == 1 && n >= "1" && n <= "3" {
		if i := int(n[0] - '1'); i < len(known) {
			return known[i]
		}
	}
	for _, name := range known {
		if pipeline.Fold(name) == pipeline.Fold(group) {
			return name
		}
	}
	return strings.ReplaceAll(group, "_", " ")
}
