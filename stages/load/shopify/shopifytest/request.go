package shopifytest

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// request is one request on its way through the stand-in.
type request struct {
	http    *http.Request
	body    []byte
	call    *Call
	version string        // API version it is served with; "" outside the API
	hold    time.Duration // work takes so long (FaultHang)

	payload payload
	badBody bool
}

// payload is the body of a GraphQL request. The variables stay as they were written: their bytes are what an
// idempotency key is compared by.
type payload struct {
	Query         string          `json:"query"`
	Variables     json.RawMessage `json:"variables"`
	OperationName string          `json:"operationName"`
}

// begin notes a request and reads from it what faults are matched by. Nothing is refused here.
func (s *Server) begin(r *http.Request, body []byte) *request {
	req := &request{http: r, body: body, call: &Call{Kind: KindOther, Method: r.Method, Path: r.URL.Path, URLQuery: r.URL.RawQuery}}
	switch {
	case r.URL.Path == tokenPath:
		req.call.Kind = KindToken
	case strings.HasPrefix(r.URL.Path, stagedPath):
		req.call.Kind = KindUpload
	case strings.HasPrefix(r.URL.Path, resultPath):
		req.call.Kind = KindDownload
	case strings.HasPrefix(r.URL.Path, "/admin/api/") && strings.HasSuffix(r.URL.Path, "/graphql.json"):
		req.call.Kind = KindGraphQL
		req.call.Version = strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/admin/api/"), "/graphql.json")
		if r.URL.Path == "/admin/api/graphql.json" {
			req.call.Version = ""
		}
		req.version = servedVersion(req.call.Version)
		req.readPayload()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tickAll()
	s.record.calls = append(s.record.calls, req.call)
	req.call.Number = len(s.record.calls)
	req.call.At = s.opt.Now()
	req.call.RequestID = newRequestID(req.call.At)
	s.record.notePause(req.call, r)
	return req
}

func (req *request) readPayload() {
	if json.Unmarshal(req.body, &req.payload) != nil || strings.TrimSpace(req.payload.Query) == "" {
		req.badBody = true
		return
	}
	req.call.Variables = req.payload.Variables
	doc, err := parser.ParseQuery(&ast.Source{Input: req.payload.Query})
	if err != nil {
		return
	}
	op := doc.Operations.ForName(req.payload.OperationName)
	if op == nil {
		return
	}
	req.call.Operation, req.call.OperationType = op.Name, string(op.Operation)
	for _, selection := range op.SelectionSet {
		if field, ok := selection.(*ast.Field); ok {
			req.call.Fields = append(req.call.Fields, field.Name)
		}
	}
}
