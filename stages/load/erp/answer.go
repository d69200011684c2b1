package erp

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"wasl/pipeline"
)

// take remembers the ERP's answers. Each is held against what was written and what
// was answered before:
//
//   - of a document that wasl did not write: told (or left alone, by setting);
//   - the same once more: nothing happens;
//   - booked after refused: it counts, and is told, so that nobody sends it again;
//   - refused after booked, or booked under another number: told, the first stays;
//   - a number of the ERP that another document has: told (or taken, by setting).
func (s *Sink) take(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	var out pipeline.Answer
	t := &taking{Sink: s, batch: b, kind: s.ackKind(b.Settings), answers: map[string]answer{}, numbers: map[string]string{}}
	for _, doc := range b.Docs {
		var a ack
		if err := json.Unmarshal(doc.Body, &a); err != nil {
			return out, fmt.Errorf("read the body of %s: %w", doc.Key, err)
		}
		state, why, err := t.one(ctx, doc, a)
		if err != nil {
			return out, err
		}
		o := pipeline.Outcome{Key: doc.Key, State: state, Ref: a.Number}
		if why != nil {
			if len(doc.From) > 0 {
				why.Origin = doc.From[0]
			}
			o.Why = []pipeline.Problem{*why}
		}
		out.Outcomes = append(out.Outcomes, o)
	}
	out.News = len(t.answers) > 0 || t.mine
	return out, t.store(ctx)
}

// A taking is the answers of one batch on their way into the tables.
type taking struct {
	*Sink
	batch   pipeline.Batch
	kind    pipeline.Kind
	answers map[string]answer // new ones, by our number
	numbers map[string]string // new ones: the ERP's to ours
	mine    bool              // this batch was cut off when it had remembered some: it is still news
}

func problem(rule pipeline.Rule, with ...string) *pipeline.Problem {
	p := &pipeline.Problem{Rule: rule, With: map[string]string{}}
	for i := 0; i < len(with); i += 2 {
		p.With[with[i]] = with[i+1]
	}
	return p
}

// one deals with one answer. An answer to a file counts for all documents in it.
func (t *taking) one(ctx context.Context, doc pipeline.Document, a ack) (pipeline.State, *pipeline.Problem, error) {
	numbers, why, err := t.meant(ctx, a)
	switch {
	case err != nil:
		return "", nil, err
	case why != nil && why.Rule == "erp.ack.unknown" && t.batch.Settings.Of(t.kind, "unknown") == "skip":
		return pipeline.Unchanged, nil, nil
	case why != nil:
		return pipeline.Rejected, why, nil
	}
	now := answer{state: a.State, number: a.Number, said: a.Said, at: a.At}
	if now.at.IsZero() {
		now.at = t.batch.Taken
	}
	if len(doc.From) > 0 {
		now.origin = doc.From[0]
	}
	if why, err := t.taken(ctx, a, numbers); err != nil || why != nil {
		return pipeline.Rejected, why, err
	}
	state := pipeline.Unchanged
	var note *pipeline.Problem
	for _, number := range numbers {
		was, err := t.known(ctx, number)
		if err != nil {
			return "", nil, err
		}
		counts, told := now.after(was, number, t.cfg.Confirms())
		if told != nil && !counts {
			return pipeline.Rejected, told, nil
		}
		if counts {
			state, note = pipeline.Delivered, cmp.Or(note, told)
			t.answers[number] = now
			if a.Number != "" {
				t.numbers[plainName(a.Number)] = cmp.Or(t.numbers[plainName(a.Number)], number)
			}
		} else if was.job == t.batch.Job && was.origin == now.origin {
			state, t.mine = pipeline.Delivered, true
		}
	}
	return state, note, nil
}

// after holds an answer against the one before it: whether it counts, and what is
// to be told.
func (a answer) after(was answer, number string, confirms bool) (counts bool, told *pipeline.Problem) {
	switch {
	case a.state == ackRefused && !confirms:
		return false, problem("erp.ack.final", "number", number, "said", or(a.said, "-"))
	case was.state == "" || was.spent != "":
		return true, nil
	case was.state == a.state && (was.number == a.number || a.number == ""):
		return false, nil
	case was.state == ackRefused && a.state == ackBooked:
		return true, problem("erp.ack.after", "number", number, "other", or(a.number, "-"))
	case was.state == ackBooked && a.state == ackRefused:
		return false, problem("erp.ack.against", "number", number, "said", or(a.said, "-"), "other", or(was.number, "-"))
	case was.state == ackBooked && was.number != "":
		return false, problem("erp.ack.other", "number", number, "one", was.number, "other", a.number)
	}
	return true, nil
}

// known is the last answer to a document, also of this batch.
func (t *taking) known(ctx context.Context, number string) (answer, error) {
	if a, ok := t.answers[number]; ok {
		return a, nil
	}
	return t.answerTo(ctx, number)
}

// meant are the documents that an answer speaks of: by number, by file, or by order
// where only one document of it is unanswered, or there is only one.
func (t *taking) meant(ctx context.Context, a ack) ([]string, *pipeline.Problem, error) {
	name := plainName(a.Document)
	trimmed := name
	for _, ending := range []string{t.cfg.Booked, t.cfg.Refused} {
		trimmed = strings.TrimSuffix(trimmed, ending)
	}
	for _, look := range []string{"number/" + name, "file/" + name, "file/" + trimmed, "order/" + name} {
		numbers, err := t.numbersOf(ctx, look)
		if err != nil {
			return nil, nil, err
		}
		if len(numbers) == 1 || len(numbers) > 1 && strings.HasPrefix(look, "file/") {
			return numbers, nil, nil
		}
		if len(numbers) == 0 {
			continue
		}
		var open []string
		for _, number := range numbers {
			was, err := t.known(ctx, number)
			if err != nil {
				return nil, nil, err
			}
			if was.state == "" || was.spent != "" || was.state == a.State && was.number == a.Number {
				open = append(open, number)
			}
		}
		if len(open) == 1 {
			return open, nil, nil
		}
		return nil, problem("erp.ack.many", "document", a.Document, "numbers", strings.Join(numbers, ", ")), nil
	}
	return nil, problem("erp.ack.unknown", "document", a.Document), nil
}

// taken tells whether a number of the ERP is another document's already.
func (t *taking) taken(ctx context.Context, a ack, numbers []string) (*pipeline.Problem, error) {
	if a.Number == "" || a.State != ackBooked || t.batch.Settings.Of(t.kind, "same_number") == "take" {
		return nil, nil
	}
	other := t.numbers[plainName(a.Number)]
	if other == "" {
		cols, err := t.row(ctx, tableNumbers, plainName(a.Number))
		if err != nil {
			return nil, err
		}
		other = cols["number"]
	}
	if other == "" || slices.Contains(numbers, other) {
		return nil, nil
	}
	return problem("erp.ack.number", "number", strings.Join(numbers, ", "), "given", a.Number, "other", other), nil
}

// store keeps what was taken. Where it is cut off in between, the batch comes again
// and finds the half of it as it would have left it.
func (t *taking) store(ctx context.Context) error {
	var numbers []pipeline.TableRow
	for _, n := range sorted(t.numbers) {
		numbers = append(numbers, pipeline.TableRow{Code: n, Job: t.batch.Job, Cols: map[string]string{"number": t.numbers[n]}})
	}
	if err := t.put(ctx, tableNumbers, numbers); err != nil {
		return err
	}
	return t.putAnswers(ctx, t.batch.Job, t.answers)
}
