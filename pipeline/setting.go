package pipeline

import (
	"slices"
	"strings"

	"github.com/quagmt/udecimal"
)

// A Setting is something that a flow may decide about its kind, under settings:
// in its mapping.
type Setting struct {
	Name    string
	Type    Type
	Choices []string            // the values it may have; nil: any of its type
	Form    string              // how a value is written, where its type does not say all: 0.25, or end 0.99
	Fits    func(v string) bool // tells whether it is written so; nil: its type says all
	Default string              // "" where there is none
	Help    string              // one sentence, for wasl kinds
}

// Settings are what a flow decides about its kind: texts by name, as the type of
// each writes them (amounts and quantities in plain decimals, true and false).
type Settings map[string]string

// Of gives a setting, or its default in a kind.
func (s Settings) Of(k Kind, name string) string {
	if v, ok := s[name]; ok {
		return v
	}
	for _, known := range k.Settings {
		if known.Name == name {
			return known.Default
		}
	}
	return ""
}

// Check says what is wrong with a flow's settings for its kind. Paths are the
// settings' names.
func (k Kind) Check(s Settings) []Finding {
	var found []Finding
	var names []string
	for _, known := range k.Settings {
		names = append(names, known.Name)
		v, given := s[known.Name]
		if !given {
			continue
		}
		if len(known.Choices) > 0 && !slices.Contains(known.Choices, v) {
			found = append(found, Finding{Path: known.Name, Rule: "config.choice",
				With: map[string]string{"given": v, "known": strings.Join(known.Choices, ", ")}})
		} else if known.Fits != nil && !known.Fits(v) {
			found = append(found, Finding{Path: known.Name, Rule: "setting.form",
				With: map[string]string{"given": v, "form": known.Form}})
		} else if !fits(known.Type, v) {
			found = append(found, Finding{Path: known.Name, Rule: "setting.type",
				With: map[string]string{"given": v, "type": known.Type.String()}})
		}
	}
	for name := range s {
		if !slices.Contains(names, name) {
			found = append(found, Finding{Path: name, Rule: "setting.unknown",
				With: map[string]string{"given": name, "kind": k.Name, "known": strings.Join(names, ", ")}})
		}
	}
	slices.SortFunc(found, func(a, b Finding) int { return strings.Compare(a.Path, b.Path) })
	return found
}

// fits tells whether a text can be a setting of a type.
func fits(t Type, v string) bool {
	switch t {
	case Bool:
		return v == "true" || v == "false"
	case Amount, Quantity, Rate:
		_, err := udecimal.Parse(strings.TrimSuffix(v, "%"))
		return err == nil
	}
	return true
}
