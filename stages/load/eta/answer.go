package eta

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"wasl/pipeline"
)

// The authority's answers, read leniently: its pages and its servers differ in names, and clients' captures differ in
// both (sections 6 and 7). encoding/json matches names without case, which covers most of it.

// taken is the answer to a submission.
type taken struct {
	SubmissionID   text    `json:"submissionId"`
	SubmissionUUID text    `json:"submissionUUID"` // the page's name for the same
	Accepted       []named `json:"acceptedDocuments"`
	Rejected       []named `json:"rejectedDocuments"`
}

// named is a receipt in one of the authority's lists.
type named struct {
	UUID   text     `json:"uuid"`
	Number text     `json:"receiptNumber"`
	Status text     `json:"status"`
	Error  fault    `json:"error"`  // of a submission
	Errors []stepOf `json:"errors"` // of its details
}

// fault is an error of the authority, of any of its forms: standard, with details, or flat.
type fault struct {
	Code      text    `json:"code"`
	ErrorCode text    `json:"errorCode"`
	Message   text    `json:"message"`
	Text      text    `json:"error"`
	Arabic    text    `json:"errorAr"`
	Target    text    `json:"target"`
	Path      text    `json:"propertyPath"`
	Details   []fault `json:"details"`
	Inner     []fault `json:"innerError"`
}

// stepOf is an error of one step of validation.
type stepOf struct {
	Name  text  `json:"stepName"`
	Error fault `json:"error"`
}

// UnmarshalJSON takes a fault of the usual form, and its text alone.
func (f *fault) UnmarshalJSON(b []byte) error {
	type plain fault
	if len(b) > 0 && b[0] == '{' {
		return json.Unmarshal(b, (*plain)(f))
	}
	return f.Text.UnmarshalJSON(b)
}

// text is a text, or a number where a text was announced; null and anything else are "".
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	switch {
	case len(b) > 0 && b[0] == '"':
		return json.Unmarshal(b, (*string)(t))
	case len(b) > 0 && (b[0] == '-' || b[0] >= '0' && b[0] <= '9'):
		*t = text(b)
	}
	return nil
}

// details is a page of a submission's state.
type details struct {
	Status   text    `json:"status"`
	Receipts []named `json:"receipts"`
	Metadata struct {
		TotalPages int `json:"totalPages"`
	} `json:"metadata"`
}

// raw is a receipt as the authority holds it.
type raw struct {
	SubmissionUUID text  `json:"submissionUUID"`
	Document       text  `json:"rawDocument"`
	Status         text  `json:"status"`
	Receipt        named `json:"receipt"`
}

// find is the entry of a receipt: by uuid, or else by a number that no other uuid stands beside.
func find(list []named, uuid, number string) (named, bool) {
	if i := slices.IndexFunc(list, func(n named) bool { return strings.EqualFold(string(n.UUID), uuid) }); i >= 0 {
		return list[i], true
	}
	if i := slices.IndexFunc(list, func(n named) bool { return n.UUID == "" && number != "" && string(n.Number) == number }); i >= 0 {
		return list[i], true
	}
	return named{}, false
}

// maxProblems is how many of a receipt's faults are told.
const maxProblems = 20

// problems are the faults of a refused receipt, each traced back to the row that it comes from.
func (n named) problems(doc pipeline.Document, rule pipeline.Rule) []pipeline.Problem {
	var all []pipeline.Problem
	for _, f := range n.faults() {
		all = append(all, f.problem(doc, rule))
	}
	if len(all) == 0 {
		all = append(all, fault{Text: cmp.Or(n.Status, "-")}.problem(doc, rule))
	}
	return all[:min(len(all), maxProblems)]
}

// faults are the innermost ones: those around them say only that there are some.
func (n named) faults() []fault {
	found := n.Error.leaves()
	for _, step := range n.Errors {
		found = append(found, step.Error.leaves()...)
	}
	return found
}

func (f fault) leaves() []fault {
	var all []fault
	for _, inner := range slices.Concat(f.Details, f.Inner) {
		if inner.Path == "" {
			inner.Path = cmp.Or(inner.Target, f.Path)
		}
		all = append(all, inner.leaves()...)
	}
	if len(all) == 0 && f.words() != "" {
		all = append(all, f)
	}
	return all
}

// words are the fault's own, in both languages where it has both.
func (f fault) words() string {
	said := cmp.Or(f.Message, f.Text, f.Code, f.ErrorCode)
	if f.Arabic != "" && f.Arabic != said {
		said += " | " + f.Arabic
	}
	return string(said)
}

// inEach are the fault's words in English and in Arabic; "" where it has none in that language. Which one Message and
// Text are in follows from what was asked for, and not every server keeps to it.
func (f fault) inEach() (english, arabic string) {
	arabic = string(f.Arabic)
	for _, said := range []text{f.Message, f.Text} {
		switch {
		case said == "":
		case strings.ContainsFunc(string(said), func(r rune) bool { return unicode.Is(unicode.Arabic, r) }):
			arabic = cmp.Or(arabic, string(said))
		default:
			english = cmp.Or(english, string(said))
		}
	}
	return english, arabic
}

// duplicate tells whether the fault reads as if the receipt had been taken before. Nothing is decided by it but to
// wait: the authority documents no code for it.
func (n named) duplicate() bool {
	return slices.ContainsFunc(n.faults(), func(f fault) bool {
		s := strings.ToLower(string(f.Code+" "+f.ErrorCode) + " " + f.words())
		return strings.Contains(s, "duplicat") || strings.Contains(s, "already") || strings.Contains(s, "مكرر") || strings.Contains(s, "filed before")
	})
}
