package etatest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Server is the stand-in. Its methods may be called from any goroutine.
type Server struct {
	options Options
	http    *http.Server
	url     string
	done    chan struct{} // closed by Close, so that a hanging answer ends

	mu          sync.Mutex // guards everything below
	requests    []*Request
	count       map[Endpoint]int
	plans       []Plan
	tokens      map[string]*token
	pos         []*device
	receipts    map[string]*receipt // by uuid
	order       []*receipt          // as first taken
	submissions []*submission
	issued      map[string]*issue // by uuid
	issues      []*issue          // as first seen
	heads       map[string]string // last receipt taken of each POS
	payloads    map[string]time.Time
	window      rateWindow
	refused     map[string]bool // tokens that were answered with 401
	violations  []string
	readers     []*device // the ERP systems of the taxpayers: they read, and issue nothing
	packages    []*parcel // asked for, oldest first
}

// New starts a server. It panics if it cannot listen, as httptest does; Listen returns the error instead.
func New(o Options) *Server {
	s, err := Listen(o)
	if err != nil {
		panic(err)
	}
	return s
}

// Listen starts a server on Options.Addr.
func Listen(o Options) (*Server, error) {
	o = o.withDefaults()
	listener, err := net.Listen("tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("stand-in of the tax authority: %w", err)
	}
	s := &Server{
		options:  o,
		url:      "http://" + listener.Addr().String(),
		done:     make(chan struct{}),
		count:    map[Endpoint]int{},
		plans:    slices.Clone(o.Faults),
		tokens:   map[string]*token{},
		pos:      devices(o.Taxpayers),
		readers:  readers(o.Taxpayers),
		receipts: map[string]*receipt{},
		issued:   map[string]*issue{},
		heads:    map[string]string{},
		payloads: map[string]time.Time{},
		refused:  map[string]bool{},
	}
	for _, d := range s.pos {
		s.heads[d.Serial] = d.Head
	}
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve)}
	go func() { _ = s.http.Serve(listener) }() // ends with Close
	return s, nil
}

// URL is the base of the identity and of the API, without a slash at its end.
func (s *Server) URL() string { return s.url }

// Close stops the server and cuts what is still open. It may be called twice.
func (s *Server) Close() {
	s.mu.Lock()
	select {
	case <-s.done:
	default:
		close(s.done)
	}
	s.mu.Unlock()
	_ = s.http.Close() // the listener is gone either way
}

// Retire switches a POS off: from now on its submissions are refused.
func (s *Server) Retire(serial string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.pos {
		if d.Serial == serial {
			d.Retired = true
		}
	}
}

// RevokeTokens makes every token that was given out so far invalid.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

func (s *Server) now() time.Time { return s.options.Now().UTC() }

// device is a POS with its owner.
type device struct {
	POS
	owner *Taxpayer
}

func devices(taxpayers []Taxpayer) []*device {
	var all []*device
	for i := range taxpayers {
		for _, p := range taxpayers[i].POS {
			all = append(all, &device{POS: p, owner: &taxpayers[i]})
		}
	}
	return all
}

// call is a request while it is being answered.
type call struct {
	*http.Request
	body  []byte
	tree  *node // the body of a submission; nil if it could not be read
	fault Fault
	entry *Request
	pos   *device
}

// maxRead is more than any body that the authority takes, and less than would hurt.
const maxRead = 32 << 20

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if isControl(r) {
		s.control(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRead))
	if err != nil {
		panic(http.ErrAbortHandler) // the client went away, or sends without end: nothing was received
	}
	c := s.arrive(r, body)
	f := c.fault
	if f.Before != nil {
		f.Before()
		cut(w)
		return
	}
	if f.Reset || !s.wait(r.Context(), f.Hang) {
		cut(w)
		return
	}
	answer := s.answer(c)
	if f.After != nil {
		f.After()
		cut(w)
		return
	}
	if f.Answer == Lost || !s.wait(r.Context(), f.HangAfter) {
		cut(w)
		return
	}
	s.send(w, c, answer)
}

// arrive notes a request and picks its fault. A request that will fail is noted too: what it shows was issued.
func (s *Server) arrive(r *http.Request, body []byte) *call {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{Request: r, body: body}
	sum := sha256.Sum256(body)
	c.entry = &Request{
		N: len(s.requests) + 1, Endpoint: endpointOf(r), Method: r.Method, Path: r.URL.RequestURI(), Time: s.now(),
		BodyHash: hex.EncodeToString(sum[:]), Size: len(body), Body: body, Header: r.Header.Clone(),
	}
	s.requests = append(s.requests, c.entry)
	c.fault = s.faultFor(c.entry.Endpoint, body)
	c.entry.Fault = c.fault.String()
	if c.entry.Endpoint == Submit {
		if tree, err := parseTree(body); err == nil {
			c.tree = tree
			s.see(tree)
		}
	}
	return c
}

// answer does the work of a request.
func (s *Server) answer(c *call) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.checkManners(c)
	answer := s.work(c)
	if key := bearerToken(c.Request); key != "" && answer.status == http.StatusUnauthorized {
		s.refused[key] = true
	}
	if c.pos != nil {
		c.entry.POS = c.pos.Serial
	}
	return answer
}

func (s *Server) work(c *call) reply {
	if c.fault.Status != 0 {
		return c.fault.answer(c.entry.Endpoint)
	}
	if wait := s.limit(); wait > 0 {
		return tooMany(wait)
	}
	switch c.entry.Endpoint {
	case Token:
		return s.token(c)
	case Share:
		return s.share(c)
	case other:
		return notFound("path", "there is nothing at "+c.URL.Path)
	}
	if answer, ok := s.authorize(c); !ok {
		return answer
	}
	if c.pos.reader() && c.entry.Endpoint == Submit || !c.pos.reader() && s.options.ReadersOnly && readersOnly(c.entry.Endpoint) {
		return errorReply(http.StatusForbidden, "Forbidden", "not allowed for this client", c.URL.Path)
	}
	switch c.entry.Endpoint {
	case Order:
		return s.orderPackage(c)
	case Orders:
		return s.listPackages(c)
	case Package:
		return s.download(c)
	case Submit:
		return s.submit(c)
	case Details:
		return s.details(c)
	case Raw:
		return s.raw(c)
	case Lookup:
		return s.lookup(c)
	case Recent:
		return s.recent(c)
	}
	return s.search(c)
}

// rateWindow counts the requests of the current window.
type rateWindow struct {
	start time.Time
	count int
}

// limit counts a request and returns how long a client has to wait, 0 if it need not.
func (s *Server) limit() time.Duration {
	if s.options.RateLimit == 0 {
		return 0
	}
	now, length := s.now(), s.options.RateWindow
	if now.Sub(s.window.start) >= length {
		s.window = rateWindow{start: now}
	}
	s.window.count++
	if s.window.count <= s.options.RateLimit {
		return 0
	}
	return length - now.Sub(s.window.start)
}

// wait returns false if the client or the server has gone meanwhile.
func (s *Server) wait(ctx context.Context, d time.Duration) bool {
	if d == 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-s.done:
	}
	return false
}

// newID is an identifier as the authority gives them: letters and digits without a meaning.
func newID() string { return rand.Text() }
