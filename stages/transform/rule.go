package transform

import "strings"

// A FieldRule is how a mapping fills one field, as it is written there.
type FieldRule struct {
	Field string
	Line  int    // of the mapping
	Text  string // on one line: {from: [الكمية, Qty], decimal: ","}
}

// Rules are the mapping's rules for fields, in the order in which they stand.
func (m *Mapping) Rules() []FieldRule { return m.rules }

// ruleOf reads a rule back as it is written, without comments and on one line.
func ruleOf(field string, p pair) FieldRule {
	var parts []string
	for line := range strings.Lines(p.val.String()) {
		line, _, _ = strings.Cut(line, " #")
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			parts = append(parts, line)
		}
	}
	text := strings.Join(parts, ", ")
	return FieldRule{Field: field, Line: p.at.Position.Line, Text: strings.ReplaceAll(text, ":, ", ": ")}
}
