package ledger

import (
	"encoding/json"
	"slices"
	"strings"

	"wasl/pipeline"
)

// A grave says of a document that is being filed that its customer was forgotten.
type grave struct {
	*Forgotten
	person pipeline.Person // as the document says it
	before bool            // a document of its key had left by then
}

// watchGraves has the filing look for forgotten customers, where there are any.
func (f *filing) watchGraves(l *Ledger) error {
	var some bool
	if err := f.tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM forgotten_marks)`).Scan(&some); err != nil || !some {
		return err
	}
	var err error
	f.graveKey, err = l.forgetKey(false)
	return err
}

// graveOf tells whether a document is of somebody who was forgotten; nil where not.
func (f *filing) graveOf(w *waiting, k known) (*grave, error) {
	if f.graveKey == nil {
		return nil, nil
	}
	traits := holder{key: w.doc.Key, name: w.doc.Name, body: w.doc.Body}.traits()
	if traits.Empty() {
		return nil, nil
	}
	b, newest, err := buried(f.tx, f.graveKey, traits)
	if b == nil || err != nil {
		return nil, err
	}
	g := &grave{Forgotten: b, before: k.left() && k.gone <= newest}
	g.person.Add(traits)
	return g, nil
}

// leave leaves the customer's own document out: the ERP is told no more of somebody who
// was forgotten. It counts before anything is judged.
func (f *filing) leave(w *waiting, g *grave) {
	if g == nil || !f.rules.Record {
		return
	}
	day := f.day(nanos(g.At))
	w.doc.State, w.doc.Left, w.problems = pipeline.Skipped, "forgotten on "+day+" / نُسي في "+day, nil
}

// bury keeps nothing of a forgotten customer in a document that says nothing new: one that
// does not leave, or that follows what had left by then. How it compares with others was
// judged before. A new sale goes as it is. That they came again is told once a job.
func (f *filing) bury(w *waiting, g *grave) {
	if g == nil {
		return
	}
	if !f.toldGrave {
		f.toldGrave = true
		p := pipeline.Problem{Rule: "forget.again", With: map[string]string{"key": w.doc.Name, "day": f.day(nanos(g.At))}}
		if len(w.doc.From) > 0 {
			p.Origin = w.doc.From[0]
			p.Row, p.Col, p.Column = 0, 0, ""
		}
		f.loose = append(f.loose, p)
	}
	paper := strings.HasPrefix(f.rules.Kind, "eta.") // names whom the law says it names
	if w.doc.State == pipeline.Ready && (!g.before || paper || w.doc.Print == "") {
		return
	}
	d := &w.doc
	d.Body = g.person.BlankJSON(d.Body)
	if json.Valid([]byte(d.Print)) {
		d.Print = string(g.person.BlankJSON([]byte(d.Print)))
	}
	theirs := (&eraser{p: g.person}).theirs
	d.Words = slices.DeleteFunc(slices.Clone(d.Words), theirs)
	d.Changes = slices.Clone(d.Changes)
	for i := range d.Changes {
		if c := &d.Changes[i]; strings.HasPrefix(c.Field, "customer.") {
			c.Old, c.New = "", ""
		}
	}
	w.problems = slices.Clone(w.problems)
	for i := range w.problems {
		p := &w.problems[i]
		if strings.HasPrefix(p.Field, "customer.") || strings.HasPrefix(p.Field, "buyer.") || pipeline.Personal(p.Column) || g.person.Known(p.Value) {
			p.Value = ""
		}
	}
}
