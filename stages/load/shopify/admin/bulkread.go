package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wasl/pipeline"
)

var bulkRunQuery = Operation{Name: "BulkOperationRunQuery", Cost: 10, Text: `mutation BulkOperationRunQuery($query: String!, $groupObjects: Boolean! = false) {
  bulkOperationRunQuery(query: $query, groupObjects: $groupObjects) {
    bulkOperation { id status createdAt }
    userErrors { field message code }
  }
}`}

// How an operation is waited for: often at first (reference section 7).
const (
	firstPoll = 2 * time.Second
	lastPoll  = 30 * time.Second
	turns     = 120 // how often, lastPoll apart, it is asked whether there is room for one more operation
)

// BulkRead asks a question of the whole shop, as a bulk query, and gives each
// line of the answer to each: one object a line, in no order, children with their
// parent's id in __parentId. It waits, next to ctx, and tells how far it is: only
// what happens outside a lane's sending may do so.
//
// A question that an earlier process has left behind does no harm: nothing is
// looked for, another is asked.
func (d *Door) BulkRead(ctx context.Context, query string, each func(line json.RawMessage) error) error {
	a, err := d.BulkAsk(ctx, query, false)
	if err != nil {
		return err
	}
	return d.BulkAnswer(ctx, a, each)
}

// Asked is a question that Shopify works on.
type Asked struct {
	id string
	at time.Time
}

// BulkAsk is the first half of BulkRead: several questions that are asked before
// the first answer is waited for take no longer than one. inOrder puts children
// right behind their parent, in their order, for which Shopify takes longer.
func (d *Door) BulkAsk(ctx context.Context, query string, inOrder bool) (Asked, error) {
	id, err := d.runQuery(ctx, map[string]any{"query": query, "groupObjects": inOrder})
	return Asked{id, d.now()}, err
}

// BulkAnswer is the second half.
func (d *Door) BulkAnswer(ctx context.Context, a Asked, each func(line json.RawMessage) error) error {
	b, err := d.await(ctx, a)
	if err != nil {
		return err
	}
	if err := b.failure(); err != nil {
		return err
	}
	if b.URL == "" {
		return nil // not one object
	}
	one := func(text []byte) error {
		if !json.Valid(text) {
			return oddLine(a.id)
		}
		return each(text)
	}
	return d.lines(ctx, b.URL, b.Size, one, func(tries int, pause time.Duration) error {
		if tries >= hiccups {
			return errGivenUp
		}
		return d.rest(ctx, max(pipeline.Backoff(tries), pause))
	})
}

// runQuery starts a question, as soon as there is room for it.
func (d *Door) runQuery(ctx context.Context, vars any) (string, error) {
	for lost, turn := 0, 0; ; {
		id, err := d.startQuery(ctx, vars)
		later, ok := errors.AsType[*pipeline.Later](err)
		if _, full := errors.AsType[busy](err); full {
			turn++
		} else {
			lost++
		}
		if !ok || lost >= hiccups || turn >= turns || later.After > hiccup {
			return id, err
		}
		if err := d.rest(ctx, max(later.After, firstPoll)); err != nil {
			return "", fmt.Errorf("shopify %s: %w", bulkRunQuery.Name, err)
		}
	}
}

func (d *Door) startQuery(ctx context.Context, vars any) (string, error) {
	var data struct {
		Run *started `json:"bulkOperationRunQuery"`
	}
	r, err := d.Read(ctx, bulkRunQuery, vars, &data)
	if err != nil {
		return "", err
	}
	return d.started(bulkRunQuery, r, data.Run)
}

// started is what both mutations that start an operation answer.
type started struct {
	Bulk *struct {
		ID string `json:"id"`
	} `json:"bulkOperation"`
	UserErrors []UserError `json:"userErrors"`
}

// started is the id of the operation, or why there is none.
func (d *Door) started(op Operation, r Reply, s *started) (string, error) {
	switch {
	case s == nil:
		return "", Unreadable(op, r)
	case len(s.UserErrors) > 0:
		return "", undone{d.notStarted(r, s.UserErrors[0])}
	case s.Bulk == nil || s.Bulk.ID == "":
		return "", Unreadable(op, r)
	}
	return s.Bulk.ID, nil
}

// busy is the error of a shop that works on as many operations as it does at a
// time, five of each sort.
type busy struct{ error }

func (b busy) Unwrap() error { return b.error }

// fileGone is the error of an uploaded file that is not there, or not whole.
type fileGone struct{ error }

func (f fileGone) Unwrap() error { return f.error }

func (d *Door) notStarted(r Reply, e UserError) error {
	later := func(after time.Duration) error {
		return &pipeline.Later{Err: d.Refused(r, e), After: after}
	}
	switch e.Code {
	case "OPERATION_IN_PROGRESS", "LIMIT_REACHED":
		return busy{&pipeline.Later{Err: trouble("shopify.busy", "host", d.way.address.Host, "said", short(e.Message)), After: lastPoll}}
	case "NO_SUCH_FILE", "INVALID_STAGED_UPLOAD_FILE":
		return fileGone{d.Refused(r, e)}
	case "INTERNAL_FILE_SERVER_ERROR":
		return later(0)
	}
	return d.Refused(r, e)
}

// await polls an operation until it has ended.
func (d *Door) await(ctx context.Context, a Asked) (Bulk, error) {
	note, lost := "Shopify: reading the shop", 0
	wait := firstPoll
	for since := d.now().Sub(a.at); ; since = 0 {
		if err := d.pass(ctx, note, wait-since); err != nil {
			return Bulk{}, fmt.Errorf("shopify %s: %w", a.id, err)
		}
		wait = min(2*wait, lastPoll)
		var data bulkData
		_, err := d.Read(ctx, bulkStatus, map[string]any{"id": a.id}, &data)
		if later, ok := errors.AsType[*pipeline.Later](err); ok && lost < hiccups && later.After <= hiccup {
			lost++
			wait = max(wait, later.After)
			continue
		}
		if err != nil {
			return Bulk{}, err
		}
		b, err := data.bulk(a.id)
		if err != nil || b.Ended() {
			return b, err
		}
		note, lost = fmt.Sprintf("Shopify: reading the shop, %d objects so far", b.Objects), 0
	}
}
