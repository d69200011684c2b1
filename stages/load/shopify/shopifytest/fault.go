package shopifytest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// FaultKind says how an answer goes wrong.
type FaultKind string

// The kinds, by the names that ParseFault takes.
const (
	FaultStatus      FaultKind = "status"       // another HTTP status, the work is not done (504, AfterWork: done)
	FaultThrottled   FaultKind = "throttled"    // 200 with THROTTLED and an empty bucket
	FaultResetBefore FaultKind = "reset-before" // connection reset, nothing done
	FaultResetAfter  FaultKind = "reset-after"  // everything done, then connection reset
	FaultHalf        FaultKind = "half"         // done; half of the body arrives, then the connection ends
	FaultTruncated   FaultKind = "truncated"    // done; a whole answer with JSON cut off
	FaultEmpty       FaultKind = "empty"        // done; 200 with an empty body
	FaultSlow        FaultKind = "slow"         // done; the body comes in drops, Delay in all
	FaultHang        FaultKind = "hang"         // the work takes Delay; the key is taken meanwhile
	FaultRedirect    FaultKind = "redirect"     // Status (302) to another host of this server
	FaultGzip        FaultKind = "gzip"         // done; compressed without being asked
	FaultContentType FaultKind = "content-type" // done; JSON called text/html
	FaultCall        FaultKind = "call"         // Call before the work, then all goes on as usual
	FaultCallBefore  FaultKind = "call-before"  // Call, then the connection is reset; nothing done
	FaultCallAfter   FaultKind = "call-after"   // everything done, then Call, then reset
)

// Fault is one bad mood. The zero value is none.
type Fault struct {
	Kind       FaultKind
	Status     int           // of status and redirect
	RetryAfter string        // header of status, as it is sent: "2.0"
	AfterWork  bool          // status: the work is done all the same
	Body       string        // body of status; fitting the status when empty
	Delay      time.Duration // of slow and hang
	Call       func()        // of the call kinds; runs without any lock held
}

// KillBefore calls the function before the work of a request and then cuts the connection.
func KillBefore(kill func()) Fault { return Fault{Kind: FaultCallBefore, Call: kill} }

// KillAfter calls the function when the work is done and nothing was answered, and then cuts the connection.
func KillAfter(kill func()) Fault { return Fault{Kind: FaultCallAfter, Call: kill} }

// Meanwhile calls the function before the work of a request and disturbs nothing: for a sale between reading and
// writing.
func Meanwhile(f func()) Fault { return Fault{Kind: FaultCall, Call: f} }

type plannedFault struct {
	match string
	at    int // which of the matching requests, 0 for every one
	seen  int
	fault Fault
}

// Fault plans a bad mood for the n-th request from now on that matches: "any", "token", "graphql", the name of an
// operation or of a root field. With n 0 every matching request gets it. Of several that meet the first planned wins.
func (s *Server) Fault(match string, n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &plannedFault{match: match, at: n, fault: f})
}

// ClearFaults forgets what is planned.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// PlanFault is Fault for the textual form of ParseFault.
func (s *Server) PlanFault(text string) error {
	match, n, f, err := ParseFault(text)
	if err == nil {
		s.Fault(match, n, f)
	}
	return err
}

// takeFault counts the request and gives the fault it meets.
func (s *Server) takeFault(call *Call) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var met Fault
	for _, p := range s.faults {
		if !call.matches(p.match) {
			continue
		}
		p.seen++
		if (p.at == 0 || p.at == p.seen) && met.Kind == "" {
			met = p.fault
		}
	}
	if met.Kind != "" {
		call.Fault = met.String()
	}
	s.record.noteWait(call, met)
	return met
}

// ParseFault reads MATCH:N:FAULT, such as inventorySetQuantities:2:reset-after, any:3:hang=2s,
// graphql:1:status=429,retry-after=2.0 or token:1:status=500,after.
func ParseFault(text string) (match string, n int, f Fault, err error) {
	bad := func(why string) (string, int, Fault, error) {
		return "", 0, Fault{}, fmt.Errorf("fault %q: %s; write MATCH:N:FAULT such as graphql:1:status=429,retry-after=2.0", text, why)
	}
	parts := strings.SplitN(text, ":", 3)
	if len(parts) != 3 || parts[0] == "" {
		return bad("three parts are needed")
	}
	if n, err = strconv.Atoi(parts[1]); err != nil || n < 0 {
		return bad("the second part is not a number from 0")
	}
	words := strings.Split(parts[2], ",")
	name, value, _ := strings.Cut(words[0], "=")
	f.Kind = FaultKind(name)
	switch f.Kind {
	case FaultStatus, FaultRedirect:
		f.Status, err = strconv.Atoi(value)
		if f.Kind == FaultRedirect && value == "" {
			f.Status, err = http.StatusFound, nil
		}
		if err != nil || f.Status < 200 || f.Status > 999 {
			return bad("no HTTP status")
		}
	case FaultSlow, FaultHang:
		if f.Delay, err = time.ParseDuration(value); err != nil {
			return bad("no duration, such as 2s")
		}
	case FaultThrottled, FaultResetBefore, FaultResetAfter, FaultHalf, FaultTruncated, FaultEmpty, FaultGzip, FaultContentType:
	default:
		return bad("no such fault")
	}
	for _, word := range words[1:] {
		switch name, value, _ := strings.Cut(word, "="); name {
		case "after":
			f.AfterWork = true
		case "retry-after":
			f.RetryAfter = value
		default:
			return bad("no such detail " + word)
		}
	}
	return parts[0], n, f, nil
}

// String is the third part of the textual form.
func (f Fault) String() string {
	out := string(f.Kind)
	switch f.Kind {
	case FaultStatus, FaultRedirect:
		out += "=" + strconv.Itoa(f.Status)
	case FaultSlow, FaultHang:
		out += "=" + f.Delay.String()
	}
	if f.RetryAfter != "" {
		out += ",retry-after=" + f.RetryAfter
	}
	if f.AfterWork {
		out += ",after"
	}
	return out
}

// statusBodies are what comes with an error status; the edge answers in HTML.
var statusBodies = map[int]string{
	http.StatusUnauthorized:    unauthorizedBody,
	http.StatusPaymentRequired: `{"errors":"Unavailable Shop"}`,
	http.StatusForbidden:       `{"errors":"[API] This action requires merchant approval."}`,
	http.StatusNotFound:        notFoundBody,
	http.StatusLocked:          `{"errors":"This shop is unavailable"}`,
	http.StatusTooManyRequests: `{"errors":"Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."}`,
	430:                        `<!DOCTYPE html><html><head><title>Security Rejection</title></head><body>430</body></html>`,
	500:                        `{"errors":"Internal Server Error"}`,
	502:                        `<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>`,
	503:                        ``,
	504:                        `<!DOCTYPE html><html><head><title>504 Gateway Timeout</title></head><body><h1>Gateway Timeout</h1></body></html>`,
}

func (f Fault) statusReply() reply {
	body := f.Body
	if body == "" {
		body = statusBodies[f.Status]
	}
	contentType := jsonType
	if strings.HasPrefix(body, "<") || body == "" {
		contentType = "text/html; charset=utf-8"
	}
	answer := textReply(f.Status, contentType, body)
	if f.RetryAfter != "" {
		answer.header.Set("Retry-After", f.RetryAfter)
	}
	return answer
}

// redirectReply points to another host name of this server, where nobody should ever ask.
func (s *Server) redirectReply(f Fault) reply {
	status := f.Status
	if status == 0 {
		status = http.StatusFound
	}
	answer := textReply(status, "text/html; charset=utf-8", "")
	port := s.addr[strings.LastIndexByte(s.addr, ':'):]
	answer.header.Set("Location", "http://localhost"+port+elsewhere)
	return answer
}
