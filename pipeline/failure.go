package pipeline

import (
	"encoding/json"
	"errors"
)

// A Failure is an error as the ledger stores it: told again later, maybe by another
// process, in either language. The zero value is no failure.
//
// An error with a *Trouble in it is stored as JSON with the trouble's rule and facts, so
// that its words come from the table of rules; any other as its English text.
type Failure string

// storedFailure is the form of a failure that has words in the table of rules.
type storedFailure struct {
	Rule Rule              `json:"rule"`
	With map[string]string `json:"with,omitempty"`
	Text string            `json:"text"` // the whole error in English, with its causes
}

// FailureOf is an error to be stored.
func FailureOf(err error) Failure {
	t, ok := errors.AsType[*Trouble](err)
	if !ok {
		return Failure(err.Error())
	}
	text, marshalled := json.Marshal(storedFailure{Rule: t.Rule, With: t.With, Text: err.Error()})
	if marshalled != nil { // strings only: it does not happen
		return Failure(err.Error())
	}
	return Failure(text)
}

// stored takes a failure apart. One that is plain text has no rule.
func (f Failure) stored() storedFailure {
	var s storedFailure
	if len(f) == 0 || f[0] != '{' || json.Unmarshal([]byte(f), &s) != nil || s.Rule == "" {
		return storedFailure{Text: string(f)}
	}
	return s
}

// String is the failure in English, with its causes.
func (f Failure) String() string { return f.stored().Text }

// MarshalText is String: programs read the English.
func (f Failure) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// Says puts into words what went wrong: in English with its causes, in Arabic by the
// table of rules. What has no rule has its English text in both.
func (f Failure) Says(lang string) string {
	s := f.stored()
	if s.Rule == "" || lang == "en" {
		return s.Text
	}
	return Problem{Rule: s.Rule, With: s.With}.Says(lang)
}

// Fix puts into words what to do about it, in the language given; "" where nobody knows.
func (f Failure) Fix(lang string) string {
	s := f.stored()
	if s.Rule == "" {
		return ""
	}
	return Problem{Rule: s.Rule, With: s.With}.Fix(lang)
}
