package shopify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

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

// freeze writes the request of a batch. The bytes stay the same whenever the
// batch is sent again, because Shopify compares them under the batch's key, down
// to the order of fields.
func (c Config) freeze(b pipeline.Batch) ([]byte, error) {
	if len(b.Docs) > BatchSize {
		return nil, fmt.Errorf("shopify: a batch of %d documents, %d at most fit into a request", len(b.Docs), BatchSize)
	}
	in := setInput{Name: c.Quantity, Reason: "correction", Reference: reference(b.Job)}
	for _, doc := range b.Docs {
		w, err := stockOf(doc)
		if err != nil {
			return nil, err
		}
		if w.Item == "" {
			return nil, fmt.Errorf("shopify: %s was never held against the shop", doc.Key)
		}
		in.Quantities = append(in.Quantities, setRow{w.Item, w.Location, w.Quantity, w.From})
	}
	return admin.Frozen(setQuantities, setVariables{in, b.ID})
}

// reference names a job in Shopify's history: gid://wasl/Job/20261124-0001-stock.
func reference(job pipeline.Job) string {
	return "gid://wasl/Job/" + url.PathEscape(job.Drop+"-"+job.Flow)
}

// send posts the frozen request of a batch: all of it is set, or nothing. A
// batch that has grown too old for its key is not sent but planned anew.
func (s stockDesk) send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := s.set(ctx, b)
	a.Said = said.All()
	return a, err
}

func (s *Sink) set(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	switch {
	case len(b.Docs) == 0:
		return pipeline.Answer{}, nil
	case s.expired(b):
		return s.anew(ctx, b.Docs)
	case len(b.Request) == 0:
		return pipeline.Answer{}, fmt.Errorf("shopify: batch %s has no request", b.ID)
	}
	var a pipeline.Answer
	r, err := s.door.Post(ctx, setQuantities, b.Request)
	if err != nil {
		if admin.Certain(err) {
			a.Outcomes = again(b.Docs)
		}
		return a, err
	}
	var data struct {
		Set *struct {
			Group *struct {
				ID string `json:"id"`
			} `json:"inventoryAdjustmentGroup"`
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"inventorySetQuantities"`
	}
	if json.Unmarshal(r.Data, &data) != nil || data.Set == nil {
		return a, admin.Unreadable(setQuantities, r)
	}
	if len(data.Set.UserErrors) > 0 {
		return s.refused(ctx, b, r, data.Set.UserErrors)
	}
	ref := "" // no group: every balance was already so
	if data.Set.Group != nil {
		ref = data.Set.Group.ID
	}
	for _, doc := range b.Docs {
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: ref})
	}
	return a, nil
}

// refused says what becomes of a batch that Shopify refused: nothing of it was
// changed. What is wrong in itself is rejected, what was compared with an old
// balance is planned anew, and everything else leaves again in a new batch.
func (s *Sink) refused(ctx context.Context, b pipeline.Batch, r admin.Reply, errs []admin.UserError) (pipeline.Answer, error) {
	for _, e := range errs {
		switch e.Code {
		case codeConcurrent:
			return pipeline.Answer{}, &pipeline.Later{Err: fmt.Errorf("shopify: %s still works on batch %s", s.cfg.Shop, b.ID)}
		case codeMismatch, codeFailed:
			return s.anew(ctx, b.Docs)
		}
	}
	byRow, err := s.byRow(b, r, errs)
	if err != nil {
		a := pipeline.Answer{}
		for _, doc := range b.Docs {
			a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Ready, Body: doc.Body})
		}
		return a, err
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
			a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Ready, Body: doc.Body})
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
	a.Outcomes = append(a.Outcomes, s.cfg.restale(b, stale, now, err)...)
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
		out.Why = append(out.Why, wrong(doc, "quantity", strconv.FormatInt(w.Quantity, 10), "shopify.refused", e.Facts()))
	}
	return out
}

// restale says what becomes of documents whose balance was another than the one
// that they were to replace. now is what the shop holds; with cause it could not
// be read, and they are compared again as they are.
func (c Config) restale(b pipeline.Batch, stale []pipeline.Document, now map[spot]level, cause error) []pipeline.Outcome {
	whole := cause == nil && c.wasApplied(b, stale, now)
	var out []pipeline.Outcome
	for _, doc := range stale {
		w, err := stockOf(doc)
		switch {
		case err != nil:
			continue // refused has read it already
		case whole:
			out = append(out, pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered})
		case cause != nil:
			out = append(out, pipeline.Outcome{Key: doc.Key, State: pipeline.Ready, Body: doc.Body})
		default:
			held, stocked := now[w.spot()]
			out = append(out, c.decide(doc, w, held.of(c.Quantity), stocked))
		}
	}
	return out
}

// decide is the policy for one stale balance: read again and tried once more;
// then the ERP wins, which is set without comparing, or a person decides.
func (c Config) decide(doc pipeline.Document, w stock, held int64, stocked bool) pipeline.Outcome {
	if held == w.Quantity {
		return pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered}
	}
	if w.Stale > 0 && c.OnStale == staleHold {
		return pipeline.Outcome{Key: doc.Key, State: pipeline.Rejected, Why: []pipeline.Problem{
			wrong(doc, "quantity", strconv.FormatInt(w.Quantity, 10), "stock.stale", map[string]string{
				"was": balance(w.From), "now": balance(&held), "wanted": strconv.FormatInt(w.Quantity, 10)})}}
	}
	next := w
	next.From = &held
	if w.Stale > 0 || !stocked && w.From != nil && *w.From == 0 {
		next.From = nil // also where zero is not what the shop means by not stocked
	}
	next.Stale++
	return pipeline.Outcome{Key: doc.Key, State: pipeline.Ready, Body: next.body()}
}

// wasApplied tells whether an earlier try of this batch, whose answer was lost,
// did its work. A repeated key should answer with the first result, but was seen
// to compare again, and then every row of the batch is stale. A batch is set
// whole or not at all, so one balance that is as wanted speaks for all: what was
// sold since must not be put back.
func (c Config) wasApplied(b pipeline.Batch, stale []pipeline.Document, now map[spot]level) bool {
	if b.Tries < 2 || len(stale) < len(b.Docs) {
		return false
	}
	for _, doc := range stale {
		w, err := stockOf(doc)
		if held, ok := now[w.spot()]; err == nil && ok && held.of(c.Quantity) == w.Quantity {
			return true
		}
	}
	return false
}

// again are the outcomes of documents that are to be sent as they are.
func again(docs []pipeline.Document) []pipeline.Outcome {
	out := make([]pipeline.Outcome, len(docs))
	for i, doc := range docs {
		out[i] = pipeline.Outcome{Key: doc.Key, State: pipeline.Ready}
	}
	return out
}

// balance is a balance for people.
func balance(n *int64) string {
	if n == nil {
		return "?"
	}
	return strconv.FormatInt(*n, 10)
}
