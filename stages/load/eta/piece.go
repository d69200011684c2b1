package eta

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"wasl/pipeline"
)

// An offering is what of a batch leaves in one submission.
type offering struct {
	pipeline.Batch                     // its Docs are what leaves
	next           []pipeline.Document // of the batch, behind them
	proved         bool                // the authority has taken receipts of this form
}

// wary is how many receipts leave together after an answer was lost (RELIABILITY 3.2): no more can be filed twice, should
// a look-up lag longer than it is waited for.
const wary = 50

// soon is when the rest of a batch follows a part that was answered.
const soon = time.Millisecond

// triesOfRefused is how often a receipt is offered that the authority cannot read, before it counts as refused
// (RELIABILITY 3.3).
const triesOfRefused = 5

// piece is how many receipts of a batch leave together: all of them; a few after an answer was lost; and one by one those
// few of which it was lost again: the authority may stumble over one of them, and then it shows which.
func piece(b pipeline.Batch) int {
	switch {
	case b.Doubt > 0:
		return 1
	case b.Lost > 0:
		return wary
	}
	return len(b.Docs)
}

// undecided tells whether a person has to decide about a receipt that is not to be found: it left alone, more than once
// its answer was lost, and its batch has waited for longer than a look-up could lag (RELIABILITY 3.2).
func (s *Sink) undecided(b pipeline.Batch) bool {
	sending := 0
	for _, d := range b.Docs {
		if d.State == pipeline.Sending {
			sending++
		}
	}
	return sending == 1 && b.Lost > 2 && s.deps.Now().Sub(b.Taken) >= s.config.UnknownAfter
}

// part offers the first n receipts of an offering of which nothing was taken. The rest is sent after them, at once where
// they were answered: receipts go in the order of their chain.
func (s *Sink) part(ctx context.Context, b offering, a pipeline.Answer, n int) (pipeline.Answer, error) {
	rest := b.Docs[n:]
	b.Docs, b.next = b.Docs[:n:n], slices.Concat(rest, b.next)
	answer, err := s.offer(ctx, b)
	answer.Said = append(a.Said, answer.Said...)
	for _, d := range ready(rest) {
		if !slices.ContainsFunc(answer.Outcomes, func(o pipeline.Outcome) bool { return o.Key == d.Key }) { // else it proved the form
			answer.Outcomes = append(answer.Outcomes, d)
		}
	}
	if err == nil {
		answer.Again = soon
	}
	return answer, err
}

// refused deals with a receipt that was refused alone, as not of the expected structure. Whether that lies with it or
// with the form of all of them shows in the next one: once the authority takes that, the receipt is Rejected, to be
// corrected like any other, and the rest goes on. Where nothing proves the form, all of them wait for an operator.
func (s *Sink) refused(ctx context.Context, b offering, a pipeline.Answer, x exchange, why *pipeline.Trouble) (pipeline.Answer, error) {
	doc := b.Docs[0]
	switch {
	case !b.proved && len(b.next) == 0:
		a.Outcomes = ready(b.Docs)
		return a, why
	case b.Tries < triesOfRefused:
		a.Outcomes = ready(b.Docs)
		return a, &pipeline.Later{Err: why}
	case !b.proved:
		probe, err := s.probe(ctx, b)
		a.Said, a.Outcomes = append(a.Said, probe.Said...), probe.Outcomes
		if state := probe.Outcomes[0].State; state != pipeline.Accepted && state != pipeline.Rejected {
			a.Outcomes = append(a.Outcomes, ready(b.Docs)...)
			return a, cmp.Or[error](err, why)
		}
	}
	var answer struct {
		Error fault `json:"error"`
	}
	_ = x.object(&answer) // it was read before
	uuid, _ := s.names(doc)
	a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Rejected, Ref: uuid,
		Why: named{Error: answer.Error}.problems(doc, "eta.rejected")})
	return a, nil
}

// probe offers the receipt that comes next. Its one outcome is Sending where nobody knows what became of it. The error is
// a *Later, or nil.
func (s *Sink) probe(ctx context.Context, b offering) (pipeline.Answer, error) {
	one := b.Batch
	one.Docs = b.next[:1]
	a, err := s.offer(ctx, offering{Batch: one})
	if len(a.Outcomes) == 0 {
		a.Outcomes = []pipeline.Outcome{{Key: one.Docs[0].Key, State: pipeline.Sending}}
	}
	if later, ok := errors.AsType[*pipeline.Later](err); ok {
		return a, later
	}
	return a, nil
}
