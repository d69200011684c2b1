package shopify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// The codes of user errors that need their own handling (reference section 4).
const (
	codeStale      = "CHANGE_FROM_QUANTITY_STALE"
	codeConcurrent = "IDEMPOTENCY_CONCURRENT_REQUEST"
	codeMismatch   = "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
	codeFailed     = "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
)

// setVariables are the variables of setQuantities.
type setVariables struct {
	Input setInput `json:"input"`
	Key   string   `json:"idempotencyKey"`
}

type setInput struct {
	Name       string   `json:"name"`
	Reason     string   `json:"reason"`
	Reference  string   `json:"referenceDocumentUri"` // shown in the item's history
	Quantities []setRow `json:"quantities"`
}

type setRow struct {
	Item     string `json:"inventoryItemId"`
	Location string `json:"locationId"`
	Quantity int64  `json:"quantity"`
	From     *int64 `json:"changeFromQuantity"` // null is written: leaving it out is refused
}

// freeze writes the request of a batch: one mutation, or the lines of a bulk
// operation. The bytes stay the same whenever the batch is sent again, because
// Shopify compares them under the key of each, down to the order of fields.
func (r stockRules) freeze(b pipeline.Batch) ([]byte, error) {
	if len(b.Docs) > BatchSize {
		return r.freezeLines(b)
	}
	in, err := r.input(b.Job, b.Docs)
	if err != nil {
		return nil, err
	}
	return admin.Frozen(setQuantities, setVariables{in, b.ID})
}

// input are the balances of one mutation.
func (r stockRules) input(job pipeline.Job, docs []pipeline.Document) (setInput, error) {
	in := setInput{Name: r.cfg.Quantity, Reason: "correction", Reference: reference(job), Quantities: make([]setRow, 0, len(docs))}
	for _, doc := range docs {
		w, err := stockOf(doc)
		if err != nil {
			return in, err
		}
		if w.Item == "" {
			return in, fmt.Errorf("%w: %s", errNoBody, doc.Key)
		}
		from := w.From
		if w.Blind {
			from = nil
		}
		in.Quantities = append(in.Quantities, setRow{w.Item, w.Location, w.Quantity, from})
	}
	return in, nil
}

// reference names a job in Shopify's history: gid://wasl/Job/20261124-0001-stock.
func reference(job pipeline.Job) string {
	return "gid://wasl/Job/" + url.PathEscape(job.Drop+"-"+job.Flow)
}

// told runs a step and keeps what Shopify said in it.
func (s stockDesk) told(ctx context.Context, step func(ctx context.Context) (pipeline.Answer, error)) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := step(ctx)
	a.Said = said.All()
	return a, err
}

// noRequest is the error of a batch that was never frozen.
func noRequest(b pipeline.Batch) error {
	return fmt.Errorf("shopify: batch %s has no request", b.ID)
}

// set posts the frozen request of a batch: all of it is set, or nothing.
func (s stockDesk) set(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	var a pipeline.Answer
	r, err := s.door.Post(ctx, setQuantities, b.Request)
	if err != nil {
		if admin.Certain(err) {
			a.Outcomes = again(b.Docs)
		}
		return a, err
	}
	ref, errs, ok := wasSet(r.Data)
	if !ok {
		return a, admin.Unreadable(setQuantities, r)
	}
	if len(errs) > 0 {
		return s.refused(ctx, b, r, errs)
	}
	return pipeline.Answer{Outcomes: delivered(b.Docs, ref)}, nil
}

// wasSet reads what setQuantities answers. There is no group, and no ref, where
// every balance was already so.
func wasSet(answer json.RawMessage) (ref string, errs []admin.UserError, ok bool) {
	var data struct {
		Set *struct {
			Group *struct {
				ID string `json:"id"`
			} `json:"inventoryAdjustmentGroup"`
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"inventorySetQuantities"`
	}
	if json.Unmarshal(answer, &data) != nil || data.Set == nil {
		return "", nil, false
	}
	if data.Set.Group != nil {
		ref = data.Set.Group.ID
	}
	return ref, data.Set.UserErrors, true
}

// delivered are the outcomes of documents that were set.
func delivered(docs []pipeline.Document, ref string) []pipeline.Outcome {
	out := make([]pipeline.Outcome, len(docs))
	for i, doc := range docs {
		out[i] = pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: ref}
	}
	return out
}

// refused says what becomes of a batch that Shopify refused: nothing of it was
// changed. What is wrong in itself is rejected, what was compared with an old
// balance is planned anew, and everything else leaves again in a new batch.
func (s stockDesk) refused(ctx context.Context, b pipeline.Batch, r admin.Reply, errs []admin.UserError) (pipeline.Answer, error) {
	for _, e := range errs {
		switch e.Code {
		case codeConcurrent:
			return pipeline.Answer{}, &pipeline.Later{Err: fmt.Errorf("shopify: %s still works on batch %s", s.cfg.Shop, b.ID)}
		case codeMismatch, codeFailed:
			return s.anew(ctx, b, b.Docs)
		}
	}
	byRow, err := s.byRow(b, r, errs)
	if err != nil {
		return pipeline.Answer{Outcomes: leftOver(b.Docs)}, err
	}

	var stale []pipeline.Document
	var a pipeline.Answer
	for _, doc := range b.Docs {
		w, err := stockOf(doc)
		if err != nil {
			return pipeline.Answer{}, err
		}
		switch errs := byRow[w.spot()]; {
		case len(errs) == 0:
			a.Outcomes = append(a.Outcomes, anewAsItIs(doc))
		case errs[0].Code == codeStale:
			stale = append(stale, doc)
		default:
			a.Outcomes = append(a.Outcomes, rejected(doc, w, errs))
		}
	}
	if len(stale) == 0 {
		return a, nil
	}
	now, err := s.readBack(ctx, stale)
	a.Outcomes = append(a.Outcomes, s.rules(b).restale(b, stale, now, err)...)
	return a, err
}

// byRow sorts user errors by what they are about. An error about no row is one
// of the whole call, and not of the data. Rows are found by the request that was
// sent: the batch may have lost documents since it was frozen.
func (s *Sink) byRow(b pipeline.Batch, r admin.Reply, errs []admin.UserError) (map[spot][]admin.UserError, error) {
	var frozen struct {
		Variables setVariables `json:"variables"`
	}
	if err := json.Unmarshal(b.Request, &frozen); err != nil {
		return nil, fmt.Errorf("shopify: the request of batch %s: %w", b.ID, err)
	}
	rows := frozen.Variables.Input.Quantities
	by := map[spot][]admin.UserError{}
	for _, e := range errs {
		i, ok := e.Row("quantities")
		if !ok || i < 0 || i >= len(rows) {
			return nil, s.door.Refused(r, e)
		}
		at := spot{rows[i].Item, rows[i].Location}
		by[at] = append(by[at], e)
	}
	return by, nil
}

// rejected is the outcome of a row that is wrong in itself, traced to the cell
// of its quantity.
func rejected(doc pipeline.Document, w stock, errs []admin.UserError) pipeline.Outcome {
	out := pipeline.Outcome{Key: doc.Key, State: pipeline.Rejected}
	for _, e := range errs {
		out.Why = append(out.Why, wrong(doc, "quantity", pieces(w.Quantity), "shopify.refused", e.Facts()))
	}
	return out
}
