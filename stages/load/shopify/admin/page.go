package admin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"wasl/pipeline"
)

// PageSize is the most that a connection gives at a time: large pages are cheap,
// a page of 250 costs less than three times a page of 10.
const PageSize = 250

// PageInfo tells how a connection goes on.
type PageInfo struct {
	HasNextPage bool   `json:"hasNextPage"`
	EndCursor   string `json:"endCursor"`
}

// hiccups is how often in a row a page is asked for where the answers are lost,
// and hiccup the longest wait before it is asked for again.
const (
	hiccups = 4
	hiccup  = 30 * time.Second
)

// Pages reads a connection to its end. one asks for a page of so many nodes
// after a cursor (nil: the first) and takes what it brings. A page that proves
// too large is asked for again at half the size. So is one whose answer is lost,
// as it was, unless it is the first: a large shop has a thousand pages, and one
// lost answer must not send the reading back to where it began.
func (d *Door) Pages(ctx context.Context, op Operation, one func(first int, after *string) (PageInfo, error)) error {
	var after *string
	for tries := 1; ; tries++ {
		first := d.pace.page(op)
		info, err := one(first, after)
		if _, large := errors.AsType[tooLarge](err); large && d.pace.halve(op, first) {
			continue
		}
		if after != nil && d.Again(ctx, tries, err) {
			continue
		}
		if err != nil {
			return err
		}
		tries = 0
		if !info.HasNextPage {
			return nil
		}
		if info.EndCursor == "" || after != nil && *after == info.EndCursor {
			return fmt.Errorf("shopify %s: the pages do not go on", op.Name)
		}
		after = &info.EndCursor
	}
}

// Batches asks for ids, so many at a time as the page of op. A batch that proves too
// large is asked for again at half the size, and one whose answer is lost as it was:
// reading may be repeated.
func (d *Door) Batches(ctx context.Context, op Operation, ids []string, one func(ids []string) error) error {
	for tries := 1; len(ids) > 0; tries++ {
		most := d.pace.page(op)
		part := ids[:min(most, len(ids))]
		err := one(part)
		if _, large := errors.AsType[tooLarge](err); large && d.pace.halve(op, most) {
			continue
		}
		if d.Again(ctx, tries, err) {
			continue
		}
		if err != nil {
			return err
		}
		tries, ids = 0, ids[len(part):]
	}
	return nil
}

// Again waits where an answer was lost that time may bring, and tells whether to ask
// once more: a few times in a row, after a short wait, and only while ctx lasts. What
// reads may be asked again; what writes has other rules.
func (d *Door) Again(ctx context.Context, tries int, err error) bool {
	later, ok := errors.AsType[*pipeline.Later](err)
	return ok && tries < hiccups && later.After <= hiccup && d.rest(ctx, cmp.Or(later.After, pipeline.Backoff(tries))) == nil
}
