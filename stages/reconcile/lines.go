package reconcile

import (
	"maps"
	"slices"
	"strings"

	"wasl/pipeline"
)

// A Line is one value that a document replaces, for people: in the workbook, in
// a table on the terminal. A document that is put aside or left out is one line
// without values.
type Line struct {
	Key   string         `json:"key"`
	Item  string         `json:"item,omitempty"`  // the first word by which people look for it: a SKU
	Name  string         `json:"name"`            // what the document is called
	Field string         `json:"field,omitempty"` // Change.Field; FieldName is its word
	Old   string         `json:"old,omitempty"`
	New   string         `json:"new,omitempty"`
	Move  string         `json:"move,omitempty"` // of a price, in per cent
	Why   string         `json:"why,omitempty"`  // the flow's rule; why it is put aside or left out
	Cell  string         `json:"cell,omitempty"` // where in the file it says so: stock.csv:3 [Qty]
	State pipeline.State `json:"state"`
	Live  string         `json:"live,omitempty"`  // what the shop holds by now, where that is not Old
	Moved bool           `json:"moved,omitempty"` // Live is given: also where it is ""
}

// Lines are those of a document: what it would change, or has changed, and of one
// that changes nothing why not. One that is unchanged has none.
func Lines(lang string, e pipeline.Entry) []Line {
	line := Line{Key: e.Key, Name: e.Name, State: e.State}
	if line.Name == "" {
		line.Name = e.Key
	}
	if len(e.Words) > 0 {
		line.Item = e.Words[0]
	}
	if len(e.From) > 0 {
		line.Cell = e.From[0].String()
	}
	switch {
	case e.State == pipeline.Unchanged:
		return nil
	case e.State == pipeline.Held || e.State == pipeline.Skipped || e.State == pipeline.Rejected:
		line.Why = e.Left
		if len(e.Why) > 0 {
			line.Why = reasonsOf(lang, e.Why)
		}
		if len(e.Changes) == 0 {
			return []Line{line}
		}
	case len(e.Changes) == 0:
		line.Old = e.Old
		return []Line{line}
	}
	out := make([]Line, 0, len(e.Changes))
	for _, c := range e.Changes {
		one := line
		one.Field, one.Old, one.New, one.Move = c.Field, c.Old, c.New, c.Move
		if one.Why == "" {
			one.Why = c.Why
		}
		out = append(out, one)
	}
	return out
}

// FieldName is the word for a field that a document changes, in people's language.
// Of a field with a name of its own (image of A-1-RED) the first word counts; one
// that the table lacks stays as its kind calls it.
func FieldName(lang, field string) string {
	if _, known := words["field."+field]; known {
		return say(lang, "field."+field)
	}
	head, rest, named := strings.Cut(field, " ")
	if _, known := words["field."+head]; !known || !named || lang == "en" {
		return field
	}
	return say(lang, "field."+head) + " " + strings.TrimPrefix(rest, "of ")
}

// Worded is a problem whose field is one of the shop's, which no mapping names, with
// the word for that field in people's language.
func Worded(lang string, p pipeline.Problem) pipeline.Problem {
	if p.Rule != "undo.moved" {
		return p
	}
	with := map[string]string{"field": p.Field}
	maps.Copy(with, p.With)
	with["field"] = FieldName(lang, with["field"])
	p.With = with
	return p
}

// rulesOf are the rules of a flow that made the changes of a document, each once.
func rulesOf(changes []pipeline.Change) string {
	var out []string
	for _, c := range changes {
		if c.Why != "" && !slices.Contains(out, c.Why) {
			out = append(out, c.Why)
		}
	}
	return strings.Join(out, "; ")
}
