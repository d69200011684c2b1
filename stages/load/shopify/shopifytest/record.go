package shopifytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Kinds of request.
const (
	KindToken   = "token"
	KindGraphQL = "graphql"
	KindOther   = "other"

	KindUpload   = "upload"    // to or from a staged upload target
	KindDownload = "download"  // of the result of a bulk operation
	KindBulkLine = "bulk-line" // of the calls within a bulk operation; no request of its own
)

// Call is one request as the stand-in saw it.
type Call struct {
	Number        int             `json:"number"` // from 1
	At            time.Time       `json:"at"`
	Kind          string          `json:"kind"`
	Method        string          `json:"method"`
	Path          string          `json:"path"`
	URLQuery      string          `json:"url_query,omitempty"`
	Version       string          `json:"version,omitempty"`        // as asked for in the path
	Operation     string          `json:"operation,omitempty"`      // name in the document
	OperationType string          `json:"operation_type,omitempty"` // query or mutation
	Fields        []string        `json:"fields,omitempty"`         // root fields
	Variables     json.RawMessage `json:"variables,omitempty"`
	Key           string          `json:"key,omitempty"` // idempotency key
	Requested     int             `json:"requested,omitempty"`
	Actual        int             `json:"actual,omitempty"`
	Status        int             `json:"status"`          // 0 when the connection was cut
	Codes         []string        `json:"codes,omitempty"` // of errors and userErrors in the answer, as it was before a fault
	Replay        bool            `json:"replay,omitempty"`
	Done          bool            `json:"done"` // the work was done (or refused) as usual
	Fault         string          `json:"fault,omitempty"`
	RequestID     string          `json:"request_id"`
}

// matches says whether a fault with this match meets the call.
func (c *Call) matches(match string) bool {
	return match == "any" || match == c.Kind || match == c.Operation || slices.Contains(c.Fields, match)
}

// Effect is one real change of a quantity. Key and Call are empty when it was not made through the API.
type Effect struct {
	At         time.Time `json:"at"`
	Call       int       `json:"call,omitempty"`
	Key        string    `json:"key,omitempty"`
	Document   string    `json:"document,omitempty"` // referenceDocumentUri
	Reason     string    `json:"reason"`
	SKU        string    `json:"sku"`
	ItemID     string    `json:"item_id"`
	LocationID string    `json:"location_id"`
	Location   string    `json:"location"`
	Name       string    `json:"name"` // available or on_hand, as it was set
	From       int       `json:"from"`
	To         int       `json:"to"`
}

// Violation is something that a client of Shopify should not do. Rule is a stable name, see Judge.
type Violation struct {
	Rule string `json:"rule"`
	Call int    `json:"call"`
	Text string `json:"text"`
}

// application is one row that was written, whether it changed anything or not.
type application struct {
	key, document, sku, item, location string
	call                               *Call
}

// record is everything that is kept for judging. Its methods run under the server's lock.
type record struct {
	calls      []*Call
	effects    []Effect
	changes    []Change
	applied    []application
	deprecated []string
	missing    []string // asked for, not implemented
	violations []Violation

	notBefore   time.Time // end of the pause that the last answer asked for
	pauseReason string
}

func (r *record) note(rule string, call *Call, format string, args ...any) {
	r.violations = append(r.violations, Violation{Rule: rule, Call: call.Number, Text: fmt.Sprintf(format, args...)})
}

func (r *record) noteDeprecated(call *Call, name string) {
	if !slices.Contains(r.deprecated, name) {
		r.deprecated = append(r.deprecated, name)
	}
	told := Violation{Rule: "deprecated", Call: call.Number, Text: name + " is deprecated"}
	if !slices.Contains(r.violations, told) { // once a request
		r.violations = append(r.violations, told)
	}
}

func (r *record) notImplemented(call *Call, name string) {
	if !slices.Contains(r.missing, name) {
		r.missing = append(r.missing, name)
	}
}

// notePause finds what is wrong with a request before it is answered: its place and its time.
func (r *record) notePause(call *Call, req *http.Request) {
	if call.Path == elsewhere {
		r.note("redirect-followed", call, "%s followed a redirect; token sent: %t", call.Method, req.Header.Get("X-Shopify-Access-Token") != "")
	}
	if call.Kind == KindGraphQL && call.Version != Version {
		r.note("version", call, "asks for version %q in place of %s", call.Version, Version)
	}
	if call.Kind == KindToken && call.URLQuery != "" {
		r.note("secret-in-url", call, "the token request has a query string")
	}
	if call.Kind == KindGraphQL && call.At.Before(r.notBefore) {
		r.note("too-early", call, "came %s before the end of the pause asked for by %s", r.notBefore.Sub(call.At), r.pauseReason)
	}
}

// noteWait remembers how long an injected answer asks to wait.
func (r *record) noteWait(call *Call, f Fault) {
	seconds, err := strconv.ParseFloat(f.RetryAfter, 64)
	if f.Kind == FaultStatus && err == nil {
		r.notBefore = call.At.Add(time.Duration(seconds * float64(time.Second)))
		r.pauseReason = "Retry-After of request " + strconv.Itoa(call.Number)
	}
}

// answered notes the codes of the answer.
func (r *record) answered(call *Call, errs []any) {
	for _, e := range errs {
		if extensions, ok := e.(map[string]any)["extensions"].(map[string]any); ok {
			call.Codes = append(call.Codes, text(extensions["code"]))
		}
	}
}

func (r *record) userErrors(call *Call, errs []any) {
	for _, e := range errs {
		call.Codes = append(call.Codes, text(e.(object)["code"]))
	}
}

func messageOf(e any) string {
	m, _ := e.(map[string]any)
	return text(m["message"])
}

// Calls are all requests so far, in their order, without those to the control endpoints.
func (s *Server) Calls() []Call {
	return s.callsWhere(func(*Call) bool { return true })
}

// CallsOf are the requests that match, as a fault would.
func (s *Server) CallsOf(match string) []Call {
	return s.callsWhere(func(c *Call) bool { return c.matches(match) })
}

// Mutations are the requests with a mutation, whether it was done or not.
func (s *Server) Mutations() []Call {
	return s.callsWhere(func(c *Call) bool { return c.OperationType == "mutation" })
}

func (s *Server) callsWhere(want func(*Call) bool) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Call{}
	for _, c := range s.record.calls {
		if want(c) {
			out = append(out, *c)
		}
	}
	return out
}

// Points are the points that all documents so far have really cost.
func (s *Server) Points() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.record.points()
}

func (r *record) points() int {
	total := 0
	for _, c := range r.calls {
		total += c.Actual
	}
	return total
}

// Available are the points in the bucket now.
func (s *Server) Available() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bucket.fill(s.opt.Now())
	return int(s.bucket.level)
}

// Effects are the real changes that the API made to a SKU at a location, given by id or name. A repeated key is none.
func (s *Server) Effects(sku, where string) []Effect {
	out := []Effect{}
	for _, e := range s.History() {
		if e.SKU == sku && (e.LocationID == where || e.Location == where) && e.Call != 0 {
			out = append(out, e)
		}
	}
	return out
}

// History are all changes of quantities, sales too, in their order.
func (s *Server) History() []Effect {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.record.effects)
}

// Deprecated are the deprecated fields and arguments that were used, as Type.field.
func (s *Server) Deprecated() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.record.deprecated)
}

// NotImplemented are the fields that were asked for and that the stand-in cannot answer.
func (s *Server) NotImplemented() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.record.missing)
}
