package shopifytest

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

const (
	maxBody      = 128 << 20 // a file of variables has up to 100 MB
	jsonType     = "application/json; charset=utf-8"
	tokenPath    = "/admin/oauth/access_token"
	elsewhere    = controlPrefix + "elsewhere" // where an injected redirect points
	notFoundBody = `{"errors":"Not Found"}`
)

// reply is an answer before it is written, so that a fault can still spoil it.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func textReply(status int, contentType, body string) reply {
	return reply{status: status, header: http.Header{"Content-Type": {contentType}}, body: []byte(body)}
}

func jsonReply(status int, body any) reply {
	text, err := json.Marshal(body)
	if err != nil {
		panic("shopifytest: reply is no JSON: " + err.Error())
	}
	return textReply(status, jsonType, string(text))
}

// ServeHTTP answers one request: note it, look for a planned fault, do the work, spoil the answer.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) && r.URL.Path != elsewhere {
		s.control(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return // the client went away in the middle of its request
	}
	req := s.begin(r, body)
	fault := s.takeFault(req.call)
	answer, cut := s.answer(req, fault)
	if cut {
		cutConnection(w)
		return
	}
	s.finish(req, &answer)
	s.write(w, answer, fault)
}

// answer does the work of a request unless the fault forbids it. cut means that no byte may be sent.
func (s *Server) answer(req *request, fault Fault) (answer reply, cut bool) {
	switch fault.Kind {
	case FaultResetBefore:
		return reply{}, true
	case FaultCallBefore:
		fault.Call()
		return reply{}, true
	case FaultStatus:
		if fault.AfterWork || fault.Status == http.StatusGatewayTimeout {
			s.work(req)
		}
		return fault.statusReply(), false
	case FaultRedirect:
		return s.redirectReply(fault), false
	case FaultThrottled:
		if req.files() {
			return bucketError(http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate."), false
		}
		return s.throttledReply(req), false
	case FaultCall:
		fault.Call()
	case FaultHang:
		if req.hold = fault.Delay; req.files() {
			s.wait(fault.Delay)
		}
	}
	answer = s.work(req)
	switch fault.Kind {
	case FaultResetAfter:
		return reply{}, true
	case FaultCallAfter:
		fault.Call()
		return reply{}, true
	}
	return answer, false
}

// work is what an undisturbed Shopify does.
func (s *Server) work(req *request) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	req.call.Done = true
	switch {
	case !s.knowsHost(req.http.Host):
		return textReply(http.StatusNotFound, jsonType, notFoundBody)
	case req.http.URL.Path == tokenPath && req.http.Method == http.MethodPost:
		return s.token(req)
	case req.call.Kind == KindUpload:
		return s.upload(req)
	case req.call.Kind == KindDownload:
		return s.download(req)
	case req.call.Kind == KindGraphQL && req.http.Method == http.MethodPost:
		return s.graphql(req)
	}
	return textReply(http.StatusNotFound, jsonType, notFoundBody)
}

// knowsHost refuses another shop's name; an address of this machine is taken for the shop.
func (s *Server) knowsHost(host string) bool {
	name, _, err := net.SplitHostPort(host)
	if err != nil {
		name = host
	}
	return !strings.HasSuffix(name, ".myshopify.com") || name == s.opt.Domain
}

// finish adds the headers that every answer of Shopify carries and notes the status.
func (s *Server) finish(req *request, answer *reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	req.call.Status = answer.status
	if answer.header == nil {
		answer.header = http.Header{}
	}
	answer.header.Set("X-Request-Id", req.call.RequestID)
	answer.header.Set("Date", s.opt.Now().UTC().Format(http.TimeFormat))
	if req.version != "" {
		answer.header.Set("X-Shopify-API-Version", req.version)
	}
}

func newRequestID(now time.Time) string {
	return uuid.NewString() + "-" + now.UTC().Format("20060102150405")
}

// wait sleeps unless the server is closed. It is the stand-in that is slow, so real time is meant.
func (s *Server) wait(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.stop:
	}
}
