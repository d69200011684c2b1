package etatest

import (
	"bytes"
	"cmp"
	"net/http"
	"strings"
	"time"
)

// Endpoint names a call of the authority, for faults and records.
type Endpoint string

const (
	Token   Endpoint = "token"   // POST /connect/token
	Submit  Endpoint = "submit"  // POST /api/v1/receiptsubmissions
	Details Endpoint = "details" // GET /api/v1/receiptsubmissions/{id}/details
	Raw     Endpoint = "raw"     // GET /api/v1/receipts/{uuid}/raw
	Lookup  Endpoint = "receipt" // GET /api/v1/receipts/{uuid}/details
	Share   Endpoint = "share"   // GET /api/v1/receipts/{uuid}/share
	Recent  Endpoint = "recent"  // GET /api/v1/receipts/recent
	Search  Endpoint = "search"  // GET /api/v1/receipts/search
	Order   Endpoint = "order"   // POST /api/v1.0/receiptpackages/requests
	Orders  Endpoint = "orders"  // GET /api/v1.0/receiptpackages/requests
	Package Endpoint = "package" // GET /api/v1.0/receiptpackages/{id}
	Any     Endpoint = "any"     // all of them; for faults only

	other Endpoint = "other" // no such call
)

// endpoints are those that a fault can be asked for.
var endpoints = []Endpoint{Token, Submit, Details, Raw, Lookup, Share, Recent, Search, Order, Orders, Package, Any}

func endpointOf(r *http.Request) Endpoint {
	path := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	get, post := r.Method == http.MethodGet, r.Method == http.MethodPost
	if r.URL.Path == "/connect/token" {
		return Token
	}
	if len(path) >= 3 && path[0] == "api" && path[1] == "v1.0" && path[2] == "receiptpackages" {
		return packageEndpoint(r.Method, path[3:])
	}
	if len(path) < 3 || path[0] != "api" || path[1] != "v1" {
		return other
	}
	switch collection, rest := path[2], path[3:]; {
	case collection == "receiptsubmissions" && len(rest) == 0 && post:
		return Submit
	case collection == "receiptsubmissions" && len(rest) == 2 && rest[1] == "details" && get:
		return Details
	case collection != "receipts" || !get:
		return other
	case len(rest) == 1 && (rest[0] == "recent" || rest[0] == "search"):
		return Endpoint(rest[0])
	case len(rest) == 2 && rest[1] == "details":
		return Lookup
	case len(rest) == 2 && (rest[1] == "raw" || rest[1] == "share"):
		return Endpoint(rest[1])
	}
	return other
}

// Fault is what goes wrong with a request. Its parts may be combined; the zero value is a good day.
type Fault struct {
	Status     int    // answered with this status instead of doing the work
	Body       string // with Status: the body; "" is the usual one
	RetryAfter string // with Status: the header, seconds or a date; "" leaves it out

	Reset     bool          // the connection is reset before the work is done
	Hang      time.Duration // waits before the work is done; nothing is done if the client goes meanwhile
	HangAfter time.Duration // waits after the work is done
	Answer    Spoilt        // how the answer is spoilt after the work is done

	Names string // befalls only requests in whose body a receipt has this number; "" all: a receipt that is poison

	Reject []Rejection // of a submission: receipts to reject
	Drop   []string    // receipts to treat as usual without naming them in the answer; see Rejection.Key
	Lose   []string    // receipts neither to take nor to name; see Rejection.Key

	// Before and After are called before and after the work is done, for instance to kill the client. Then the
	// connection is cut. They run in the goroutine of the request and may use the Server.
	Before, After func()
}

// Spoilt says what becomes of an answer.
type Spoilt string

const (
	Lost    Spoilt = "reset-after" // the connection is reset instead
	Half    Spoilt = "half"        // half of the body, then the end
	Garbage Spoilt = "garbage"     // no JSON
	Empty   Spoilt = "empty"       // 200 without a body
	HTML    Spoilt = "html"        // 200 with a web page
)

// Rejection is a receipt to reject and why.
type Rejection struct {
	Key  string // a receipt number, "@" and an index from 0, or "*" for all
	Code string // "" is Injected
	Path string // "" is the whole receipt
}

// Plan says which requests a Fault befalls.
type Plan struct {
	On    Endpoint
	From  int // the first request of this endpoint, counted from 1 since the server started
	To    int // the last; 0 is From alone
	Fault Fault
}

// Always is a Plan.To without end.
const Always = int(^uint(0) >> 1)

// Fault plans a fault for the n-th request of an endpoint, counted from 1 since the server started.
func (s *Server) Fault(on Endpoint, n int, f Fault) {
	s.Plan(Plan{On: on, From: n, Fault: f})
}

// Plan adds a planned fault. Where several fit, the one added last wins.
func (s *Server) Plan(p Plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plans = append(s.plans, p)
}

// ClearFaults forgets the planned faults.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.plans = nil
}

// faultFor counts a request and returns what is planned for it.
func (s *Server) faultFor(endpoint Endpoint, body []byte) Fault {
	s.count[endpoint]++
	s.count[Any]++
	for i := len(s.plans) - 1; i >= 0; i-- {
		p := s.plans[i]
		n := s.count[p.On]
		if (p.On == endpoint || p.On == Any) && n >= p.From && n <= cmp.Or(p.To, p.From) && p.Fault.names(body) {
			return p.Fault
		}
	}
	return Fault{}
}

// rejection returns how the fault rejects the receipt, and whether it does.
func (f Fault) rejection(index int, number string) (Finding, bool) {
	for _, r := range f.Reject {
		if meant(r.Key, index, number) {
			return Finding{cmp.Or(r.Code, "Injected"), r.Path, "rejected"}, true
		}
	}
	return Finding{}, false
}

// names tells whether a body is one of those that the fault befalls.
func (f Fault) names(body []byte) bool {
	return f.Names == "" || bytes.Contains(body, []byte(`"receiptNumber":"`+f.Names+`"`))
}

func (f Fault) drops(index int, number string) bool { return anyMeant(f.Drop, index, number) }
func (f Fault) loses(index int, number string) bool { return anyMeant(f.Lose, index, number) }

// answer is the answer of a fault with a status.
func (f Fault) answer(endpoint Endpoint) reply {
	r := usualReply(f.Status, endpoint)
	if f.Body != "" {
		r.body = []byte(f.Body)
	}
	if f.RetryAfter != "" {
		r.header.Set("Retry-After", f.RetryAfter)
	}
	return r
}

// usualReply is what the authority, or a machine before it, says with a status.
func usualReply(status int, endpoint Endpoint) reply {
	words := http.StatusText(status)
	switch {
	case status == http.StatusUnauthorized:
		return reply{status: status, header: http.Header{"Www-Authenticate": {"Bearer"}}}
	case status == http.StatusBadRequest && endpoint == Token:
		return tokenError("invalid_request", words)
	case status == http.StatusTooManyRequests:
		return flatError(status, "Too many requests", "Rate limit exceeded")
	case status == http.StatusForbidden && endpoint == Submit:
		return errorReply(status, "IncorrectSubmitter", "Submitter is not the issuer", "seller.rin")
	case status == http.StatusUnprocessableEntity:
		return errorReply(status, "DuplicateSubmission", "Duplicate submission, retry later", "receipts")
	case status == http.StatusRequestEntityTooLarge, status == http.StatusBadGateway, status == http.StatusGatewayTimeout:
		return htmlReply(status, words)
	case status < http.StatusBadRequest:
		return reply{status: status, header: http.Header{"Content-Type": {typeJSON}}}
	}
	return flatError(status, words, words)
}
