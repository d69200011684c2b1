package admin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"wasl/pipeline"
)

const (
	maxReply       = 16 << 20         // bytes of one reply; a page of 250 variants has some 100 KB
	requestTimeout = 30 * time.Second // of one request with its reply: less than the lease of a lane
)

// transport carries one request to Shopify and its reply back to us. It signs
// in, sends to base_url where one is set, follows no redirect, reads no more
// than maxReply, and tries nothing twice but for one renewal of the token.
type transport struct {
	base    http.RoundTripper
	address *url.URL
	agent   string // User-Agent
	auth    *auth
	now     func() time.Time
}

// newTransport is the way to one shop.
func newTransport(c Config, d Deps) *transport {
	t := &transport{base: http.DefaultTransport.(*http.Transport).Clone(), address: c.Address,
		agent: "wasl/" + d.Version, now: d.Now}
	t.auth = &auth{clientID: c.ClientID, clientSecret: c.ClientSecret, accessToken: c.AccessToken,
		secret: d.Secret, post: t.post, host: c.Address.Host, now: d.Now}
	return t
}

// An exchange is handed through the library by context: the bytes to be sent,
// and what came back.
type exchange struct {
	body   []byte
	sent   bool
	answer Answer
	err    error
}

type exchangeKey struct{}

// Answer is what came back: a status, headers, a whole body.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	At     time.Time // by our clock
}

// ID is Shopify's name for the exchange.
func (a Answer) ID() string { return a.Header.Get("X-Request-Id") }

// without is the answer with a secret taken out of its body, should it be there.
func (a Answer) without(secret pipeline.Secret) Answer {
	if text := secret.Reveal(); text != "" {
		a.Body = bytes.ReplaceAll(a.Body, []byte(text), []byte("***"))
	}
	return a
}

// RoundTrip sends what the exchange in the request's context holds to where the
// library wants it, and keeps the true answer in the exchange. The library is
// told of an empty success whatever happened: it drops codes, headers and costs,
// takes HTML for a decoding error and panics on some error bodies.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_ = req.Body.Close() // what it holds is not what is sent
	}
	x, ok := req.Context().Value(exchangeKey{}).(*exchange)
	if !ok {
		return nil, errors.New("shopify: a request that did not come through the door")
	}
	x.sent = true
	x.answer, x.err = t.call(req.Context(), req.URL.Path, x.body)
	return &http.Response{StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"data":null}`)), Request: req}, nil
}

// call posts a GraphQL document with our token; with a new one when Shopify
// does not know the old one. A 401 comes before anything is done.
func (t *transport) call(ctx context.Context, path string, body []byte) (Answer, error) {
	token, err := t.auth.current(ctx)
	if err != nil {
		return Answer{}, undone{err}
	}
	got, err := t.signed(ctx, path, token, body)
	if err != nil || got.Status != http.StatusUnauthorized {
		return got, err
	}
	if token, err = t.auth.replace(ctx, token); err != nil {
		return got, undone{err}
	}
	return t.signed(ctx, path, token, body)
}

func (t *transport) signed(ctx context.Context, path string, token pipeline.Secret, body []byte) (Answer, error) {
	got, err := t.post(ctx, path, http.Header{
		"X-Shopify-Access-Token": {token.Reveal()},
		"Content-Type":           {"application/json"},
		"Accept":                 {"application/json"},
	}, body)
	return got.without(token), err
}

// post sends one request and reads the whole reply, whatever its status.
func (t *transport) post(ctx context.Context, path string, header http.Header, body []byte) (Answer, error) {
	within, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	to := *t.address
	to.Path += path
	req, err := http.NewRequestWithContext(within, http.MethodPost, to.String(), bytes.NewReader(body))
	if err != nil {
		return Answer{}, fmt.Errorf("shopify: %w", err)
	}
	req.Header = header
	req.Header.Set("User-Agent", t.agent)
	resp, err := t.base.RoundTrip(req)
	if err != nil {
		return Answer{}, t.unreachable(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	got := Answer{Status: resp.StatusCode, Header: resp.Header, At: t.now()}
	got.Body, err = io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	switch {
	case err != nil:
		return got, t.unreachable(ctx, err)
	case len(got.Body) > maxReply:
		return got, fmt.Errorf("shopify: the answer of %s has more than %d bytes", t.address.Host, maxReply)
	}
	return got, nil
}

// unreachable says that no answer, or half of one, came. Where the connection
// was never made, nothing can have been done.
func (t *transport) unreachable(ctx context.Context, cause error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("shopify: %w", ctx.Err())
	}
	lost := trouble("shopify.unreachable", "host", t.address.Host)
	lost.Err = cause
	later := &pipeline.Later{Err: lost}
	if op, ok := errors.AsType[*net.OpError](cause); ok && op.Op == "dial" {
		return undone{later}
	}
	return later
}
