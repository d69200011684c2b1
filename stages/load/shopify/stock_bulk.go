package shopify

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// freezeLines writes the lines of a batch that is to leave as a bulk operation: 250
// balances a line, each line with a key of its own.
func (r stockRules) freezeLines(b pipeline.Batch) ([]byte, error) {
	var f bulkFile
	for docs := range slices.Chunk(b.Docs, BatchSize) {
		in, err := r.input(b.Job, docs)
		if err != nil {
			return nil, err
		}
		keys := make([]string, len(docs))
		for i, doc := range docs {
			keys[i] = doc.Key
		}
		if err := f.add(setVariables{in, lineKey(b.ID, len(f.Lines))}, keys...); err != nil {
			return nil, err
		}
	}
	return f.freeze()
}

// lineKey is the idempotency key of a line: the same whenever the file is started.
func lineKey(batch string, line int) string {
	space, err := uuid.Parse(batch)
	if err != nil {
		space = uuid.NewSHA1(uuid.NameSpaceOID, []byte(batch))
	}
	return uuid.NewSHA1(space, []byte(strconv.Itoa(line))).String()
}

// inLines tells whether a frozen request is the file of a bulk operation: it begins
// with a list, and a mutation with an object.
func inLines(request []byte) bool { return len(request) > 0 && request[0] == '[' }

// lines collects what a bulk operation says of its lines. What can only be settled
// by reading the shop waits until all of them are known.
type lines struct {
	settled map[string]bool       // by key: its line has an answer to go by
	stale   [][]pipeline.Document // of each line that has some: those that were compared with an old balance
	whole   map[string]bool       // by the key of its first: all open documents of the line are stale
	seen    map[string]bool       // by the key of the first of a stale line: a result may be read twice
	fault   *admin.UserError      // about a whole call and not about the data in it
}

// settle settles the documents of a line that has an answer. docs are as the line
// has them.
func (l *lines) settle(docs []pipeline.Document, data json.RawMessage) []pipeline.Outcome {
	ref, errs, ok := wasSet(data)
	var at map[int][]admin.UserError
	if ok {
		at, ok = l.places(errs, len(docs))
	}
	if !ok {
		return leftOver(docs) // not settled: the shop is asked
	}
	for _, doc := range docs {
		l.settled[doc.Key] = true
	}
	if len(errs) == 0 {
		return delivered(docs, ref)
	}
	var out []pipeline.Outcome
	var stale []pipeline.Document
	for i, doc := range docs {
		w, err := stockOf(doc)
		switch errs := at[i]; {
		case doc.State == "", err != nil:
			out = append(out, anewAsItIs(doc)) // it was settled before
		case len(errs) == 0:
			out = append(out, anewAsItIs(doc))
		case errs[0].Code == codeStale:
			stale = append(stale, doc)
			out = append(out, anewAsItIs(doc)) // until the shop was asked
		default:
			out = append(out, rejected(doc, w, errs))
		}
	}
	if len(stale) > 0 && !l.seen[stale[0].Key] {
		l.seen[stale[0].Key], l.whole[stale[0].Key] = true, len(stale) == len(docs)
		l.stale = append(l.stale, stale)
	}
	return out
}

// places sorts refusals by the rows of a line; false where the line is to be asked
// about: its key is spent, or still in use.
func (l *lines) places(errs []admin.UserError, rows int) (map[int][]admin.UserError, bool) {
	at := map[int][]admin.UserError{}
	for _, e := range errs {
		switch e.Code {
		case codeConcurrent, codeMismatch, codeFailed:
			return nil, false
		}
		i, ok := e.Row("quantities")
		if !ok || i < 0 || i >= rows {
			l.fault = &e
			continue
		}
		at[i] = append(at[i], e)
	}
	return at, true
}

// askLines asks about a batch that left as a bulk operation, and settles its
// documents line by line. Where a line has no answer, or one that cannot be gone by,
// the shop tells what became of it.
func (s stockDesk) askLines(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	l := lines{settled: map[string]bool{}, whole: map[string]bool{}, seen: map[string]bool{}}
	a, err := s.askBulk(ctx, b, l.settle)
	if len(a.Outcomes) == 0 || a.Outcomes[0].State == pipeline.Accepted {
		return a, err
	}
	if l.fault != nil && err == nil {
		err = s.door.Refused(admin.Reply{}, *l.fault)
	}
	known := map[string]pipeline.Outcome{}
	note := func(outcomes []pipeline.Outcome) {
		for _, o := range outcomes {
			known[o.Key] = o
		}
	}
	rules := s.rules(b)
	for _, stale := range l.stale {
		line := pipeline.Batch{Docs: stale, Tries: b.Tries}
		if !l.whole[stale[0].Key] {
			line.Tries = 0 // one of several tries would have made all of the line stale
		}
		now, cause := s.readBack(ctx, stale)
		note(rules.restale(line, stale, now, cause))
		err = firstOf(err, cause)
	}
	for _, lost := range lostLines(b, a, l.settled) {
		now, cause := s.readBack(ctx, lost)
		if cause != nil {
			err = firstOf(err, cause)
			forget(known, lost) // still nobody knows
			continue
		}
		outcomes, cause := rules.lost(lost, now)
		note(outcomes)
		err = firstOf(err, cause)
	}
	return settledBy(a, known), err
}

// firstOf is the first error of two.
func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// forget takes documents out of what is answered: they stay as they are, and are
// asked about once more.
func forget(known map[string]pipeline.Outcome, docs []pipeline.Document) {
	for _, doc := range docs {
		known[doc.Key] = pipeline.Outcome{}
	}
}

// settledBy puts what is known better in the place of what the operation said; what
// nobody knows is not answered.
func settledBy(a pipeline.Answer, known map[string]pipeline.Outcome) pipeline.Answer {
	out := a.Outcomes[:0]
	for _, o := range a.Outcomes {
		if better, ok := known[o.Key]; ok {
			o = better
		}
		if o.State != "" {
			out = append(out, o)
		}
	}
	a.Outcomes = out
	return a
}

// lostLines are the documents of lines that say nothing to go by, line by line.
func lostLines(b pipeline.Batch, a pipeline.Answer, settled map[string]bool) [][]pipeline.Document {
	open := placesOf(b.Docs)
	for _, o := range a.Outcomes { // those that are to be sent again under the same key are not lost
		if settled[o.Key] || o.State != pipeline.Ready || o.Body == nil {
			delete(open, o.Key)
		}
	}
	keys, _, err := frozenBulk(b.Request)
	if err != nil {
		return nil // askBulk has read it
	}
	var out [][]pipeline.Document
	for _, line := range keys {
		var docs []pipeline.Document
		for _, key := range line {
			if i, ok := open[key]; ok {
				docs = append(docs, b.Docs[i])
			}
		}
		if len(docs) > 0 {
			out = append(out, docs)
		}
	}
	return out
}

// lost says what became of a line without an answer, by what the shop holds now. A
// line is set whole or not at all. Where some balance is as it was to be, and none is
// still as it was before, it was set: what was sold since must not be put back.
func (r stockRules) lost(docs []pipeline.Document, now map[spot]level) ([]pipeline.Outcome, error) {
	if r.wasSet(docs, now) {
		return delivered(docs, ""), nil
	}
	var out []pipeline.Outcome
	for _, doc := range docs {
		o, err := r.fromNow(doc, now)
		if err != nil {
			return out, err
		}
		out = append(out, o)
	}
	return out, nil
}

// wasSet tells whether a line was set, by its balances.
func (r stockRules) wasSet(docs []pipeline.Document, now map[spot]level) bool {
	reached := false
	for _, doc := range docs {
		w, err := stockOf(doc)
		if err != nil || w.From == nil {
			return false
		}
		if *w.From == w.Quantity {
			continue // it tells nothing
		}
		switch now[w.spot()].of(r.cfg.Quantity) {
		case w.Quantity:
			reached = true
		case *w.From:
			return false
		}
	}
	return reached
}
