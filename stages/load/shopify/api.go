package shopify

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	goshopify "github.com/bold-commerce/go-shopify/v4"

	"wasl/pipeline"
)

// door is the one way to the shop. It is the only place that knows the library
// go-shopify.
type door struct {
	shop string
	way  *transport
	pace *pace
	now  func() time.Time
	tell func(note string, wait time.Duration)
}

func newDoor(c Config, d Deps) *door {
	return &door{shop: c.Shop, way: newTransport(c, d), pace: newPace(c.Margin), now: d.Now, tell: d.Tell}
}

// reply is an answer with status 200, taken apart. Beside an error only the
// parts are filled that did come.
type reply struct {
	answer
	Data   json.RawMessage
	Errors []graphError
	Cost   cost
}

// holds tells whether there is any data.
func (r reply) holds() bool {
	return len(r.Data) > 0 && !bytes.Equal(r.Data, []byte("null"))
}

// throttled tells whether the bucket lacked the points.
func (r reply) throttled() bool {
	return slices.ContainsFunc(r.Errors, func(e graphError) bool { return e.code() == "THROTTLED" })
}

// request is the body of a call. Its bytes are what an idempotency key stands
// for, so the order of its members never changes.
type request struct {
	Query         string `json:"query"`
	Variables     any    `json:"variables,omitempty"`
	OperationName string `json:"operationName"`
}

// query asks the shop once. It does not wait: where the bucket lacks the points
// it returns a *Later, as it does for everything else that time may cure.
func (d *door) query(ctx context.Context, op operation, vars any) (reply, error) {
	body, err := json.Marshal(request{op.text, vars, op.name})
	if err != nil {
		return reply{}, fmt.Errorf("shopify %s: %w", op.name, err)
	}
	return d.post(ctx, op, body)
}

// post is query with the bytes of its body as they are.
func (d *door) post(ctx context.Context, op operation, body []byte) (reply, error) {
	if wait := d.pace.wait(op, d.now()); wait > 0 {
		return reply{}, undone{&pipeline.Later{Err: fmt.Errorf("shopify %s: waiting for points", op.name), After: wait}}
	}
	return d.carry(ctx, op, body)
}

// carry sends a body and opens what comes back.
func (d *door) carry(ctx context.Context, op operation, body []byte) (reply, error) {
	x := &exchange{body: body}
	if err := d.through(context.WithValue(ctx, exchangeKey{}, x), op); !x.sent {
		return reply{}, fmt.Errorf("shopify %s: %w", op.name, err)
	}
	if x.err != nil {
		return reply{answer: x.answer}, x.err
	}
	r, err := d.open(op, x.answer)
	d.pace.learn(op, r.Cost, r.throttled(), d.now())
	return r, err
}

// through lets the library make the call: a client of its own for each, because
// its clients are not safe for two goroutines, without retries, because its
// waiting does not heed ctx. What it thinks of the answer is of no account.
func (d *door) through(ctx context.Context, op operation) error {
	client, err := goshopify.NewClient(goshopify.App{}, d.shop, "", goshopify.WithVersion(apiVersion),
		goshopify.WithRetry(0), goshopify.WithHTTPClient(&http.Client{Transport: d.way}))
	if err != nil {
		return err
	}
	var none json.RawMessage
	return client.GraphQL.Query(ctx, op.text, nil, &none)
}

// open takes an answer apart and says what is wrong with it.
func (d *door) open(op operation, a answer) (reply, error) {
	r := reply{answer: a}
	host := d.way.address.Host
	if a.status != http.StatusOK {
		return r, statusError(a, host)
	}
	var body struct {
		Data       json.RawMessage `json:"data"`
		Errors     []graphError    `json:"errors"`
		Extensions struct {
			Cost cost `json:"cost"`
		} `json:"extensions"`
	}
	if err := json.Unmarshal(a.body, &body); err != nil {
		return r, unreadable(op.name, a)
	}
	r.Data, r.Errors, r.Cost = body.Data, body.Errors, body.Extensions.Cost
	if got := a.header.Get("X-Shopify-API-Version"); got != apiVersion {
		return r, trouble("shopify.version", "got", "\""+got+"\"", "wanted", apiVersion)
	}
	if len(r.Errors) > 0 {
		return r, graphErrors(r, host)
	}
	if !r.holds() {
		return r, unreadable(op.name, a)
	}
	return r, nil
}

// patience is how often in a row reading waits for an empty bucket.
const patience = 10

// read asks the shop and decodes the data into a fresh target. It waits for
// points, next to ctx: only what happens outside a lane's sending may do so.
func (d *door) read(ctx context.Context, op operation, vars, into any) (reply, error) {
	body, err := json.Marshal(request{op.text, vars, op.name})
	if err != nil {
		return reply{}, fmt.Errorf("shopify %s: %w", op.name, err)
	}
	wait := d.pace.wait(op, d.now())
	for tries := 1; ; tries++ {
		if err := d.rest(ctx, wait); err != nil {
			return reply{}, fmt.Errorf("shopify %s: %w", op.name, err)
		}
		r, err := d.carry(ctx, op, body)
		if later, _ := errors.AsType[*pipeline.Later](err); r.throttled() && tries < patience {
			wait = later.After
			continue
		}
		if err == nil && json.Unmarshal(r.Data, into) != nil {
			err = unreadable(op.name, r.answer)
		}
		return r, err
	}
}

// rest waits for points, or for another machine.
func (d *door) rest(ctx context.Context, wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	if d.tell != nil {
		d.tell("Shopify: waiting", wait)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// pageInfo tells how a connection goes on.
type pageInfo struct {
	HasNextPage bool   `json:"hasNextPage"`
	EndCursor   string `json:"endCursor"`
}

// hiccups is how often in a row a page is asked for where the answers are lost,
// and hiccup the longest wait before it is asked for again.
const (
	hiccups = 4
	hiccup  = 30 * time.Second
)

// pages reads a connection to its end. one asks for a page of so many nodes
// after a cursor (nil: the first) and takes what it brings. A page that proves
// too large is asked for again at half the size. So is one whose answer is lost,
// as it was, unless it is the first: a large shop has a thousand pages, and one
// lost answer must not send the reading back to where it began.
func (d *door) pages(ctx context.Context, op operation, one func(first int, after *string) (pageInfo, error)) error {
	var after *string
	for tries := 1; ; tries++ {
		first := d.pace.page(op)
		info, err := one(first, after)
		if _, large := errors.AsType[tooLarge](err); large && d.pace.halve(op, first) {
			continue
		}
		if later, ok := errors.AsType[*pipeline.Later](err); ok && after != nil && tries < hiccups && later.After <= hiccup {
			if err := d.rest(ctx, cmp.Or(later.After, pipeline.Backoff(tries))); err != nil {
				return fmt.Errorf("shopify %s: %w", op.name, err)
			}
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
			return fmt.Errorf("shopify %s: the pages do not go on", op.name)
		}
		after = &info.EndCursor
	}
}
