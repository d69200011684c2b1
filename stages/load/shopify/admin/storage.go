package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"wasl/pipeline"
)

const (
	answerWithin = 60 * time.Second // until a file service begins to answer, once it has all that is sent
	stall        = 60 * time.Second // without a single byte: the connection is given up
)

// storage is where files lie that Shopify takes from us and gives to us: another
// host, which never sees our token. Addresses come from Shopify, signed; what
// comes after their question mark opens the file to anybody and is never told.
type storage struct {
	client *http.Client
	plain  bool // http may be used: the shop itself is on this machine
	agent  string
	now    func() time.Time
}

func newStorage(c Config, d Deps) *storage {
	way := http.DefaultTransport.(*http.Transport).Clone()
	way.ResponseHeaderTimeout = answerWithin
	way.DisableCompression = true // offsets are those of the file
	return &storage{plain: c.Address.Scheme == "http", agent: "wasl/" + d.Version, now: d.Now,
		client: &http.Client{Transport: way, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// open makes a request and returns the answer as soon as it begins. The body is
// closed by the caller; a body that stops flowing is an error.
func (s *storage) open(ctx context.Context, method, address string, header http.Header, body io.Reader, size int64) (*http.Response, error) {
	to, err := url.Parse(address)
	if err != nil || to.Host == "" || to.Scheme != "https" && !(s.plain && to.Scheme == "http" && loopback(to.Hostname())) {
		return nil, errors.New("shopify: the address of a file is not one of https")
	}
	ctx, cancel := context.WithCancelCause(ctx)
	w := &watch{cancel: cancel}
	w.timer = time.AfterFunc(stall+answerWithin, w.stop)
	if body != nil {
		body = &watched{body, w}
	}
	req, err := http.NewRequestWithContext(ctx, method, to.String(), body)
	if err != nil {
		w.done()
		return nil, errors.New("shopify: the address of a file cannot be used")
	}
	req.Header, req.ContentLength = header, size
	req.Header.Set("User-Agent", s.agent)
	resp, err := s.client.Do(req)
	if err != nil {
		err = lostFile(ctx, to.Host, err)
		w.done()
		return nil, err
	}
	w.moved()
	resp.Body = &watchedBody{watched{resp.Body, w}, resp.Body}
	return resp, nil
}

// watch gives up a connection over which nothing moves.
type watch struct {
	timer  *time.Timer
	cancel context.CancelCauseFunc
}

var errStalled = errors.New("the connection stands still")

func (w *watch) stop()  { w.cancel(errStalled) }
func (w *watch) moved() { w.timer.Reset(stall) }
func (w *watch) done()  { w.timer.Stop(); w.cancel(nil) }

type watched struct {
	io.Reader
	watch *watch
}

func (r *watched) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if n > 0 {
		r.watch.moved()
	}
	return n, err
}

type watchedBody struct {
	watched
	under io.Closer
}

func (b *watchedBody) Close() error {
	b.watch.done()
	return b.under.Close()
}

// lostFile says that a file did not come or go, whole. The cause may quote the
// address, so only what is below it is told.
func lostFile(ctx context.Context, host string, cause error) error {
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), errStalled) {
		return fmt.Errorf("shopify: %w", ctx.Err())
	}
	if quoting, ok := errors.AsType[*url.Error](cause); ok {
		cause = quoting.Err
	}
	lost := trouble("shopify.unreachable", "host", host)
	lost.Err = cause
	return &pipeline.Later{Err: lost}
}

// fileError says what a status of a file service means.
func fileError(host string, a Answer) error {
	switch {
	case a.Status == http.StatusTooManyRequests, a.Status == http.StatusRequestTimeout, a.Status >= 500:
		return &pipeline.Later{Err: fmt.Errorf("shopify: %s answers with status %d", host, a.Status), After: pause(a, 0)}
	}
	return trouble("shopify.file", "host", host, "code", strconv.Itoa(a.Status), "said", said(a))
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
