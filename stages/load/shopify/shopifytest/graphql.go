package shopifytest

import (
	"fmt"
	"mime"
	"net/http"
	"slices"
)

// apiVersions are what the platform serves, oldest first.
var apiVersions = []struct {
	handle, name string
	supported    bool
}{
	{"2026-01", "2026-01", true},
	{"2026-04", "2026-04", true},
	{"2026-07", "2026-07", true},
	{Version, "2026-10 (Latest)", true},
	{"2027-01", "2027-01 (Release candidate)", false},
	{"unstable", "unstable", false},
}

// servedVersion is the version that a request is answered with: the oldest supported one for a version that is unknown
// or not named.
func servedVersion(asked string) string {
	for _, v := range apiVersions {
		if v.handle == asked {
			return asked
		}
	}
	return apiVersions[0].handle
}

// graphql answers one document, in the order in which Shopify refuses.
func (s *Server) graphql(req *request) reply {
	contentType, _, _ := mime.ParseMediaType(req.http.Header.Get("Content-Type"))
	switch {
	case !s.knowsToken(req.http):
		return textReply(http.StatusUnauthorized, jsonType, unauthorizedBody)
	case contentType != "application/json":
		return textReply(http.StatusUnsupportedMediaType, jsonType, `{"errors":"Unsupported Media Type"}`)
	case req.badBody:
		return textReply(http.StatusBadRequest, jsonType, `{"errors":{"query":"Required parameter missing or invalid"}}`)
	}
	doc, errs := parse(req.payload)
	if len(errs) > 0 {
		return s.refuse(req, errs)
	}
	vars, errs := coerceVariables(doc.op, req.payload.Variables)
	if len(errs) > 0 {
		return s.refuse(req, errs)
	}
	return s.pay(req, doc, vars)
}

// refuse answers a document or variables that do not fit the schema: HTTP 200, no data, no cost (live).
func (s *Server) refuse(req *request, errs []any) reply {
	s.record.answered(req.call, errs)
	s.record.note("invalid-document", req.call, "%s", messageOf(errs[0]))
	return jsonReply(http.StatusOK, ordered{{"errors", errs}})
}

// pay takes the requested cost from the bucket, runs the document and gives the difference back.
func (s *Server) pay(req *request, doc document, vars map[string]any) reply {
	requested := pricer{vars}.operation(doc.op)
	req.call.Requested = requested
	s.bucket.fill(s.opt.Now())
	if requested > maxCost {
		return s.tooDear(req, requested)
	}
	if float64(requested) > s.bucket.level && !s.opt.Unthrottled {
		s.record.note("throttled", req.call, "needs %d points, the bucket holds %d", requested, int(s.bucket.level))
		return s.throttled(req, requested)
	}
	s.bucket.level -= float64(requested)
	if err := oversizedInput(doc.op, vars); err != nil {
		req.call.Actual = requested // charged in full
		errs := []any{err}
		s.record.answered(req.call, errs)
		s.record.note("input-size", req.call, "%s", messageOf(err))
		return jsonReply(http.StatusOK, ordered{{"errors", errs}, {"extensions", s.bucket.status(requested, requested)}})
	}
	s.settlePending()
	x := &execution{s: s, req: req, doc: doc, vars: vars}
	if req.call.Key == "" && !slices.ContainsFunc(req.call.Fields, keyed) {
		x.hold()
	}
	data, actual := x.run()
	actual = min(actual, requested)
	req.call.Actual = actual
	s.bucket.fill(s.opt.Now())
	s.bucket.level = min(s.bucket.size, s.bucket.level+float64(requested-actual))
	s.record.answered(req.call, x.errors)
	return jsonReply(http.StatusOK, x.body(data, s.bucket.status(requested, actual)))
}

func (x *execution) body(data any, extensions map[string]any) ordered {
	var out ordered
	if len(x.errors) > 0 {
		out = append(out, member{"errors", x.errors})
	}
	if len(x.warnings) > 0 {
		extensions["search"] = x.warnings
	}
	return append(out, member{"data", data}, member{"extensions", extensions})
}

// hold lets the work take as long as a fault says; others are served meanwhile.
func (x *execution) hold() {
	if x.req.hold == 0 {
		return
	}
	d := x.req.hold
	x.req.hold = 0
	x.s.mu.Unlock()
	x.s.wait(d)
	x.s.mu.Lock()
}

func (s *Server) throttled(req *request, requested int) reply {
	errs := []any{map[string]any{"message": "Throttled", "extensions": map[string]any{
		"code": "THROTTLED", "documentation": "https://shopify.dev/api/usage/rate-limits"}}}
	s.record.answered(req.call, errs)
	return jsonReply(http.StatusOK, ordered{{"errors", errs}, {"extensions", s.bucket.status(requested, nil)}})
}

// throttledReply is the same answer as a fault: the bucket is shown empty.
func (s *Server) throttledReply(req *request) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	requested := 10
	if doc, errs := parse(req.payload); len(errs) == 0 {
		if vars, errs := coerceVariables(doc.op, req.payload.Variables); len(errs) == 0 {
			requested = pricer{vars}.operation(doc.op)
		}
	}
	req.call.Requested = requested
	s.bucket.fill(s.opt.Now())
	s.bucket.level = 0
	return s.throttled(req, requested)
}

func (s *Server) tooDear(req *request, requested int) reply {
	errs := []any{map[string]any{
		"message": fmt.Sprintf("Query cost is %d, which exceeds the single query max cost limit (%d).\n\nSee https://shopify.dev/concepts/about-apis/rate-limits for more information on how the\ncost of a query is calculated.\n", requested, maxCost),
		"extensions": map[string]any{"code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": maxCost,
			"documentation": "https://shopify.dev/api/usage/rate-limits"},
	}}
	s.record.answered(req.call, errs)
	s.record.note("max-cost", req.call, "document of %d points", requested)
	return jsonReply(http.StatusOK, ordered{{"errors", errs}, {"extensions", s.bucket.status(requested, nil)}})
}
