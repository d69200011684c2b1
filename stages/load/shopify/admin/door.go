package admin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	goshopify "github.com/bold-commerce/go-shopify/v4"

	"wasl/pipeline"
)

// Version is the version of the Admin API that every document is written for.
// Shopify serves it from 2026-10-01 until Ends at least.
const (
	Version = "2026-10"
	Ends    = "2027-10-01"
)

// Config says which shop a Door leads to, and how to sign in: by a client's id
// and secret, or by a permanent token. Secrets are names.
type Config struct {
	Shop         string   // x.myshopify.com
	Address      *url.URL // of the shop, or of what stands in for it
	ClientID     string
	ClientSecret string
	AccessToken  string
	Margin       int // per cent of the points that are left to other apps
}

// Deps are what a Door needs of the house.
type Deps struct {
	Secret  func(name string) (pipeline.Secret, error) // looks a secret up
	Now     func() time.Time
	Version string                                           // of wasl, for the User-Agent
	Tell    func(note string, wait time.Duration)            // told when reading waits; may be nil
	Wait    func(ctx context.Context, d time.Duration) error // lets time pass, next to ctx; nil: a timer
}

// Door is the one way to a shop: every call goes through it, and is paid from
// one bucket of points. It may be used from several goroutines.
type Door struct {
	shop  string
	way   *transport
	files *storage
	pace  *pace
	now   func() time.Time
	tell  func(note string, wait time.Duration)
	sleep func(ctx context.Context, d time.Duration) error
}

// New makes a door. It talks to nobody yet.
func New(c Config, d Deps) *Door {
	door := &Door{shop: c.Shop, way: newTransport(c, d), files: newStorage(c, d), pace: newPace(c.Margin),
		now: d.Now, tell: d.Tell, sleep: d.Wait}
	if door.sleep == nil {
		door.sleep = sleep
	}
	return door
}

// An Operation is one document of the Admin API with its name and the points
// that it is expected to cost until a reply says it exactly.
type Operation struct {
	Name string
	Text string
	Cost float64
	Page int // the most nodes of a page of it; 0: PageSize
}

// Reply is an answer with status 200, taken apart. Beside an error only the
// parts are filled that did come.
type Reply struct {
	Answer
	Data   json.RawMessage
	Errors []GraphError
	Cost   Cost
}

// holds tells whether there is any data.
func (r Reply) holds() bool {
	return len(r.Data) > 0 && !bytes.Equal(r.Data, []byte("null"))
}

// throttled tells whether the bucket lacked the points.
func (r Reply) throttled() bool {
	return slices.ContainsFunc(r.Errors, func(e GraphError) bool { return e.Code() == "THROTTLED" })
}

// request is the body of a call. Its bytes are what an idempotency key stands
// for, so the order of its members never changes.
type request struct {
	Query         string `json:"query"`
	Variables     any    `json:"variables,omitempty"`
	OperationName string `json:"operationName"`
}

// Frozen are the bytes of a request, for Post. Shopify compares them under an
// idempotency key, down to the order of fields: a request that may be repeated is
// frozen once and kept.
func Frozen(op Operation, vars any) ([]byte, error) {
	body, err := json.Marshal(request{op.Text, vars, op.Name})
	if err != nil {
		return nil, fmt.Errorf("shopify %s: %w", op.Name, err)
	}
	return body, nil
}

// Query asks the shop once. It does not wait: where the bucket lacks the points
// it returns a *pipeline.Later, as it does for everything else that time may
// cure. Certain tells whether an error leaves in doubt what was done.
func (d *Door) Query(ctx context.Context, op Operation, vars any) (Reply, error) {
	body, err := Frozen(op, vars)
	if err != nil {
		return Reply{}, err
	}
	return d.Post(ctx, op, body)
}

// Post is Query with the bytes of a frozen request as they are.
func (d *Door) Post(ctx context.Context, op Operation, frozen []byte) (Reply, error) {
	if wait := d.pace.wait(op, d.now()); wait > 0 {
		return Reply{}, undone{&pipeline.Later{Err: fmt.Errorf("shopify %s: waiting for points", op.Name), After: wait}}
	}
	return d.carry(ctx, op, frozen)
}

// patience is how often in a row reading waits for an empty bucket.
const patience = 10

// Read asks the shop and decodes the data into a fresh target. It waits for
// points, next to ctx: only what happens outside a lane's sending may do so.
func (d *Door) Read(ctx context.Context, op Operation, vars, into any) (Reply, error) {
	body, err := Frozen(op, vars)
	if err != nil {
		return Reply{}, err
	}
	wait := d.pace.wait(op, d.now())
	for tries := 1; ; tries++ {
		if err := d.rest(ctx, wait); err != nil {
			return Reply{}, fmt.Errorf("shopify %s: %w", op.Name, err)
		}
		r, err := d.carry(ctx, op, body)
		if later, _ := errors.AsType[*pipeline.Later](err); r.throttled() && tries < patience {
			wait = later.After
			continue
		}
		if err == nil && json.Unmarshal(r.Data, into) != nil {
			err = Unreadable(op, r)
		}
		return r, err
	}
}

// rest waits for points, or for another machine.
func (d *Door) rest(ctx context.Context, wait time.Duration) error {
	return d.pass(ctx, "Shopify: waiting", wait)
}

// pass tells why it waits, and waits.
func (d *Door) pass(ctx context.Context, note string, wait time.Duration) error {
	if wait <= 0 {
		return nil
	}
	if d.tell != nil {
		d.tell(note, wait)
	}
	d.pace.waits(wait)
	return d.sleep(ctx, wait)
}

// sleep waits next to ctx.
func sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// carry sends a body and opens what comes back.
func (d *Door) carry(ctx context.Context, op Operation, body []byte) (Reply, error) {
	x := &exchange{body: body}
	if err := d.through(context.WithValue(ctx, exchangeKey{}, x), op); !x.sent {
		return Reply{}, fmt.Errorf("shopify %s: %w", op.Name, err)
	}
	r, err := Reply{Answer: x.answer}, x.err
	if err == nil {
		r, err = d.open(op, x.answer)
		d.pace.learn(op, r.Cost, r.throttled(), d.now())
	}
	d.note(ctx, "POST /admin/api/"+Version+"/graphql.json "+op.Name, r.Answer, err)
	return r, err
}

// through lets the library make the call: a client of its own for each, because
// its clients are not safe for two goroutines, without retries, because its
// waiting does not heed ctx. What it thinks of the answer is of no account.
func (d *Door) through(ctx context.Context, op Operation) error {
	client, err := goshopify.NewClient(goshopify.App{}, d.shop, "", goshopify.WithVersion(Version),
		goshopify.WithRetry(0), goshopify.WithHTTPClient(&http.Client{Transport: d.way}))
	if err != nil {
		return err
	}
	var none json.RawMessage
	return client.GraphQL.Query(ctx, op.Text, nil, &none)
}

// open takes an answer apart and says what is wrong with it.
func (d *Door) open(op Operation, a Answer) (Reply, error) {
	r := Reply{Answer: a}
	host := d.way.address.Host
	if a.Status != http.StatusOK {
		return r, statusError(a, host)
	}
	var body struct {
		Data       json.RawMessage `json:"data"`
		Errors     []GraphError    `json:"errors"`
		Extensions struct {
			Cost Cost `json:"cost"`
		} `json:"extensions"`
	}
	if err := json.Unmarshal(a.Body, &body); err != nil {
		return r, Unreadable(op, r)
	}
	r.Data, r.Errors, r.Cost = body.Data, body.Errors, body.Extensions.Cost
	if got := a.Header.Get("X-Shopify-API-Version"); got != Version {
		return r, trouble("shopify.version", "got", "\""+got+"\"", "wanted", Version)
	}
	if len(r.Errors) > 0 {
		return r, graphErrors(r, host)
	}
	if !r.holds() {
		return r, Unreadable(op, r)
	}
	return r, nil
}
