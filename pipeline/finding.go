package pipeline

import (
	"context"
	"fmt"
)

// A Finding is something wrong with a setting or a mapping, for whoever wrote
// it. It is printed as file:line:column: what; hint.
type Finding struct {
	File string            `json:"file,omitempty"`
	Line int               `json:"line,omitempty"`   // counted from 1; 0 where only Path is known
	Col  int               `json:"column,omitempty"` // counted from 1
	Path string            `json:"path,omitempty"`   // of a setting: shopify.base_url
	Rule Rule              `json:"rule"`
	With map[string]string `json:"with,omitempty"`
}

// In is the finding in one line, in the language given (en or ar).
func (f Finding) In(lang string) string {
	w := Problem{Rule: f.Rule, With: f.With, Field: f.Path}.words(lang)
	s := w.says
	if w.fix != "" {
		s += "; " + w.fix
	}
	if f.Line > 0 {
		return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Col, s)
	}
	if f.File != "" {
		return f.File + ": " + s
	}
	return s
}

// Trouble is an error for the operator: the program could not do its work, and
// somebody can do something about it. Its words stand in the table of rules, so
// that they can be shown in either language.
type Trouble struct {
	Rule Rule
	With map[string]string
	Err  error // the cause; may be nil
}

// Error is the trouble in English, with its cause.
func (t *Trouble) Error() string {
	if t.Err != nil {
		return t.Says("en") + ": " + t.Err.Error()
	}
	return t.Says("en")
}

// Unwrap gives the cause.
func (t *Trouble) Unwrap() error { return t.Err }

// Says puts into words what is wrong, in the language given (en or ar).
func (t *Trouble) Says(lang string) string { return Problem{Rule: t.Rule, With: t.With}.Says(lang) }

// Fix puts into words what to do about it, in the language given (en or ar).
func (t *Trouble) Fix(lang string) string { return Problem{Rule: t.Rule, With: t.With}.Fix(lang) }

// A Checker is a sink that can sign in and tell what it finds there, changing
// nothing: wasl check --online. Found by type assertion.
type Checker interface {
	// Check returns facts for people (a shop's name, its locations) and, as
	// problems without an origin, what is missing for the flows named.
	Check(ctx context.Context, flows []string) ([]Fact, []Problem, error)
}

// A Fact is one line of what a check found.
type Fact struct {
	Name  string `json:"name"` // shop.id, shop.scopes, eta.pos
	Value string `json:"value"`
}
