package shopify

import (
	"context"
	"encoding/json"
	"slices"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// freezeWriteback writes the lines of a batch that is to leave as a bulk operation;
// nothing for one that leaves directly. A bulk operation runs one mutation: the first
// stage that is left of any order. What has a later stage left is ready again in a
// new batch, once that has arrived.
func freezeWriteback(b pipeline.Batch) ([]byte, error) {
	if len(b.Docs) <= orderAbove {
		return nil, nil
	}
	all, err := letters(b.Docs)
	if err != nil {
		return nil, err
	}
	at := firstStage(all)
	if at == len(stages) {
		return nil, nil
	}
	st := stages[at]
	all = slices.DeleteFunc(all, func(l letter) bool { return l.w.next() != at })
	var file bulkFile
	for _, call := range st.calls(all) {
		var keys []string
		for _, l := range call {
			keys = append(keys, l.doc.Key)
		}
		if err := file.add(st.variables(call), keys...); err != nil {
			return nil, err
		}
	}
	return file.freeze()
}

// firstStage is the earliest stage that is left of any order.
func firstStage(all []letter) int {
	at := len(stages)
	for _, l := range all {
		at = min(at, l.w.next())
	}
	return at
}

// startOrders starts the bulk operation of a batch. Where some of its orders were
// just refused, its frozen lines hold them: the others leave in a new batch.
func (s orderDesk) startOrders(ctx context.Context, b pipeline.Batch, all []letter, a pipeline.Answer) (pipeline.Answer, error) {
	if len(a.Outcomes) > 0 {
		for _, l := range all {
			a.Outcomes = append(a.Outcomes, anewAsItIs(l.doc))
		}
		return a, nil
	}
	return s.startBulk(ctx, b, stages[firstStage(all)].op.Text)
}

// ask says what became of a batch whose answer was lost: everything may be written
// again. That of a bulk operation is settled by its result.
func (s orderDesk) ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	if len(b.Request) == 0 {
		return pipeline.Answer{Outcomes: again(unsure(b.Docs))}, nil
	}
	ctx, said := admin.Listen(ctx)
	a, err := s.askBulk(ctx, b, settleOrders)
	a.Said = said.All()
	return a, err
}

// settleOrders reads one line of a bulk operation's result: what it refuses is
// rejected, and the others of the line, of which nothing was written then, leave
// again; where it refuses nothing, each order goes on to its next stage.
func settleOrders(docs []pipeline.Document, data json.RawMessage) (out []pipeline.Outcome) {
	docs = slices.DeleteFunc(slices.Clone(docs), func(doc pipeline.Document) bool { return doc.Body == nil }) // settled before
	all, err := letters(docs)
	at := rootOf(data)
	if err != nil || at < 0 {
		for _, doc := range docs {
			out = append(out, anewAsItIs(doc))
		}
		return out
	}
	errs, _ := refusalsIn(data, stages[at].root) // rootOf has found it
	refused := stages[at].refused(all, errs)
	for _, l := range all {
		switch why := refused[l.doc.Key]; {
		case len(why) > 0:
			out = append(out, pipeline.Outcome{Key: l.doc.Key, State: pipeline.Rejected, Why: why})
		case len(errs) > 0:
			out = append(out, anewAsItIs(l.doc))
		default:
			out = append(out, l.onwards(at))
		}
	}
	return out
}

// onwards is the outcome of an order that has a stage behind it.
func (l letter) onwards(at int) pipeline.Outcome {
	if l.w.Done = at + 1; l.w.next() == len(stages) {
		return pipeline.Outcome{Key: l.doc.Key, State: pipeline.Delivered, Ref: l.w.GID}
	}
	l.doc.Body = packed(l.w)
	return anewAsItIs(l.doc)
}

// rootOf is the stage that a line's answer is of; -1 where it is none.
func rootOf(data json.RawMessage) int {
	return slices.IndexFunc(stages, func(st stage) bool { _, ok := refusalsIn(data, st.root); return ok })
}

// refusalsIn are the userErrors of a mutation; ok is false where the answer is not
// of it.
func refusalsIn(data json.RawMessage, root string) (errs []admin.UserError, ok bool) {
	var answer map[string]*struct {
		UserErrors []admin.UserError `json:"userErrors"`
	}
	if json.Unmarshal(data, &answer) != nil || answer[root] == nil {
		return nil, false
	}
	return answer[root].UserErrors, true
}
