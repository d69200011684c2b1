package erp

import (
	"strings"
	"time"

	"wasl/pipeline"
)

// KindAck is the kind of the ERP's answers.
const KindAck = "erp.ack"

// ackFields are the words of an answer. Several rows of one document are one answer:
// refused where one of them is.
var ackFields = []pipeline.Field{
	{Name: "ack.document", Type: pipeline.Text, Required: true, Help: "which document: its number, the name of its file, or the order's name or number"},
	{Name: "ack.status", Type: pipeline.Text, Help: "booked, refused or pending, or a word that the settings know; empty: an error text refuses, a number confirms"},
	{Name: "ack.number", Type: pipeline.Code, Help: "the ERP's own number: of the invoice, the permit, the journal entry"},
	{Name: "ack.error", Type: pipeline.Text, Help: "why it was refused, in the ERP's words"},
	{Name: "ack.at", Type: pipeline.Time, Help: "when it was booked or refused"},
}

// ackSettings are what a flow decides about answers. Words are held apart by commas;
// capital letters make no difference.
var ackSettings = []pipeline.Setting{
	{Name: "booked", Type: pipeline.Text, Form: "words by commas", Default: "booked,posted,ok,done,success,accepted,true,yes,y,1,تم,تم الترحيل,مرحل,مقبول,نعم",
		Help: "what the ERP writes for a document that it has booked"},
	{Name: "refused", Type: pipeline.Text, Form: "words by commas", Default: "refused,rejected,error,failed,false,no,n,0,مرفوض,خطأ,فشل,لا",
		Help: "what it writes for one that it did not take"},
	{Name: "pending", Type: pipeline.Text, Form: "words by commas", Default: "pending,waiting,new,قيد المراجعة,معلق",
		Help: "what it writes for one that it has not decided about: no answer yet"},
	{Name: "unknown", Type: pipeline.Text, Choices: []string{"hold", "skip"}, Default: "hold",
		Help: "documents that wasl did not write: told, or left alone, as in an export of all that was booked"},
	{Name: "same_number", Type: pipeline.Text, Choices: []string{"hold", "take"}, Default: "hold",
		Help: "a number of the ERP that another document has already: told, or taken, where the ERP books several documents as one"},
}

// The states of an answer.
const (
	ackBooked  = "booked"
	ackRefused = "refused"
	ackPending = "pending"
)

// An ack is the body of an answer.
type ack struct {
	Document string    `json:"document"`
	State    string    `json:"state"`
	Number   string    `json:"number,omitempty"` // the ERP's
	Said     string    `json:"said,omitempty"`
	At       time.Time `json:"at,omitzero"`
}

// ackKind is that of answers under the settings of a flow.
func (s *Sink) ackKind(set pipeline.Settings) pipeline.Kind {
	k := pipeline.Kind{
		Name:     KindAck,
		Help:     "The ERP's answer to a document: booked, with its number, or refused, with the reason.",
		Fields:   ackFields,
		GroupBy:  []string{"ack.document"},
		Settings: ackSettings,
		Bind:     s.ackKind,
	}
	words := map[string]string{}
	for _, state := range []string{ackPending, ackRefused, ackBooked} {
		words[state] = state
		for word := range strings.SplitSeq(set.Of(k, state), ",") {
			words[pipeline.Fold(word)] = state
		}
	}
	k.Build = func(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) { return s.buildAck(words, group) }
	return k
}

// buildAck makes one answer of the rows of a document. It is pure.
func (s *Sink) buildAck(words map[string]string, group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	var a ack
	var problems []pipeline.Problem
	var said []string
	for _, r := range group {
		state := words[pipeline.Fold(r.Text("ack.status"))]
		switch {
		case state != "":
		case r.Has("ack.status"):
			problems = append(problems, r.Problem("ack.status", "erp.ack.status", nil))
		case r.Has("ack.error"):
			state = ackRefused
		case r.Has("ack.number"):
			state = ackBooked
		default:
			problems = append(problems, r.Problem("ack.status", "erp.ack.empty", nil))
		}
		a.State = worse(a.State, state)
		if n := r.Text("ack.number"); a.Number == "" {
			a.Number = n
		} else if n != "" && n != a.Number {
			problems = append(problems, r.Problem("ack.number", "erp.ack.two", map[string]string{"one": a.Number, "other": n}))
		}
		if text := r.Text("ack.error"); text != "" {
			said = append(said, text)
		}
		if at := r.Date("ack.at"); at.After(a.At) {
			a.At = at
		}
	}
	a.Document, a.Said = group[0].Text("ack.document"), strings.Join(said, "; ")
	doc := pipeline.Document{Name: a.Document, Body: mustJSON(a)}
	if a.Document != "" {
		doc.Key = "ack/" + plainName(a.Document)
	}
	if a.Number != "" {
		doc.Words = []string{a.Number}
	}
	if a.State == ackPending {
		doc.Left = "the ERP has not decided yet / لم يبتّ النظام فيه بعد"
	}
	return doc, problems
}

// worse is the state of a document of which one row says this and another that.
func worse(a, b string) string {
	for _, state := range []string{ackRefused, ackPending, ackBooked} {
		if a == state || b == state {
			return state
		}
	}
	return ""
}

// plainName is a name as it is compared: an ERP may write 1042 for #1042, or change
// capital letters.
func plainName(text string) string {
	return strings.TrimPrefix(strings.ToLower(pipeline.Clean(strings.TrimSpace(text))), "#")
}
