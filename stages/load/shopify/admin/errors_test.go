package admin

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// class is what the house makes of an error: later or not, the rule, whether
// nothing was done for certain.
func class(err error) string {
	out := "trouble"
	if later, ok := errors.AsType[*pipeline.Later](err); ok {
		out = "later"
		if later.After > 0 {
			out += " " + later.After.String()
		}
	}
	if t, ok := errors.AsType[*pipeline.Trouble](err); ok {
		out += " " + string(t.Rule)
	}
	if Certain(err) {
		out += " certain"
	}
	return out
}

func TestQuery_WrongStatus(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"status=302":                     "trouble shopify.redirect certain",
		"redirect":                       "trouble shopify.redirect certain",
		"redirect=307":                   "trouble shopify.redirect certain",
		"redirect=308":                   "trouble shopify.redirect certain",
		"status=400":                     "trouble shopify.request certain",
		"status=401":                     "trouble shopify.unauthorized certain",
		"status=402":                     "later 15m0s shopify.unpaid certain",
		"status=403":                     "trouble shopify.forbidden certain",
		"status=404":                     "trouble shopify.address certain",
		"status=406":                     "trouble shopify.request certain",
		"status=408":                     "later shopify.away",
		"status=409":                     "later shopify.away",
		"status=413":                     "trouble shopify.request certain",
		"status=415":                     "trouble shopify.request certain",
		"status=422":                     "trouble shopify.request certain",
		"status=423":                     "later 15m0s shopify.locked certain",
		"status=429":                     "later 1s shopify.pause certain",
		"status=429,retry-after=2.0":     "later 2s shopify.pause certain",
		"status=429,retry-after=0.9":     "later 900ms shopify.pause certain",
		"status=429,retry-after=7":       "later 7s shopify.pause certain",
		"status=429,retry-after=99999":   "later 1h0m0s shopify.pause certain",
		"status=429,retry-after=1e300":   "later 1h0m0s shopify.pause certain",
		"status=429,retry-after=nonsens": "later 1s shopify.pause certain",
		"status=430":                     "trouble shopify.security certain",
		"status=500":                     "later shopify.away",
		"status=501":                     "trouble shopify.request certain",
		"status=502":                     "later shopify.away",
		"status=503":                     "later shopify.away",
		"status=503,retry-after=4":       "later 4s shopify.away",
		"status=504":                     "later shopify.away",
		"status=530":                     "later shopify.away",
		"status=540":                     "later shopify.away",
		"status=783":                     "trouble shopify.request certain",
		"reset-before":                   "later shopify.unreachable",
		"reset-after":                    "later shopify.unreachable",
		"half":                           "later shopify.unreachable",
		"truncated":                      "later shopify.unreadable",
		"empty":                          "later shopify.unreadable",
	}
	for fault, want := range cases {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := open(t)
			if err := s.PlanFault("inventorySetQuantities:1:" + fault); err != nil {
				t.Fatal(err)
			}
			ctx, said := Listen(t.Context())
			_, err := s.door(t).Query(ctx, set, s.eight())
			if got := class(err); got != want {
				t.Errorf("got %s (%v), want %s", got, err, want)
			}
			silent(t, err, said)
			if n := len(s.Mutations()); n != 1 {
				t.Errorf("%d requests: a door does not repeat by itself", n)
			}
			s.clean(t)
		})
	}
}

// silent fails where a secret shows.
func silent(t *testing.T, err error, said *Said) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v", err, err, err)
	if trouble, ok := errors.AsType[*pipeline.Trouble](err); ok {
		text += trouble.Says("en") + trouble.Fix("en") + trouble.Says("ar") + fmt.Sprint(trouble.With)
		for _, w := range []string{trouble.Says("en"), trouble.Fix("en"), trouble.Says("ar"), trouble.Fix("ar")} {
			if strings.ContainsAny(w, "{}") {
				t.Errorf("a fact is missing: %s", w)
			}
		}
	}
	for _, one := range said.All() {
		text += string(one.Body)
	}
	for _, secret := range planted {
		if strings.Contains(text, secret) {
			t.Errorf("a secret shows: %s", text)
		}
	}
}

// A body that quotes our own token, and other odd bodies.
func TestQuery_OddBodies(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"errors":{"base":null}}`, `{"errors":["a","b"]}`, `{"errors":{"quantity":["is odd"]}}`, `[]`, `null`, `<html><style>x{}</style>no &amp; no`,
		`{"errors":"your token shpat_standin is bad"}`,
	} {
		s := open(t)
		s.Fault("inventorySetQuantities", 1, shopifytest.Fault{Kind: shopifytest.FaultStatus, Status: 403, Body: body})
		ctx, said := Listen(t.Context())
		_, err := s.door(t).Query(ctx, set, s.eight())
		if got := class(err); got != "trouble shopify.forbidden certain" {
			t.Errorf("%s: got %s", body, got)
		}
		silent(t, err, said)
	}
}

func TestQuery_ErrorsInAnAnswerOfSuccess(t *testing.T) {
	t.Parallel()
	answer := func(code, more string) string {
		return `{"errors":[{"message":"said","extensions":{"code":"` + code + `"` + more + `}}]}`
	}
	cases := map[string]struct{ body, want string }{
		"denied":     {answer("ACCESS_DENIED", "") + "", "trouble shopify.scope certain"},
		"internal":   {answer("INTERNAL_SERVER_ERROR", ""), "later shopify.away"},
		"size":       {answer("MAX_INPUT_SIZE_EXCEEDED", ""), "trouble shopify.request certain"},
		"cost":       {answer("MAX_COST_EXCEEDED", ""), "trouble shopify.request certain"},
		"argument":   {answer("INVALID_FIELD_ARGUMENTS", ""), "trouble shopify.request certain"},
		"id":         {answer("RESOURCE_NOT_FOUND", ""), "trouble shopify.request certain"},
		"unheard of": {answer("SOMETHING_NEW", ""), "trouble shopify.request certain"},
		"odd code":   {`{"errors":[{"message":"said","extensions":{"code":5}}]}`, "trouble shopify.request certain"},
		"with data":  {`{"data":{"inventorySetQuantities":null},"errors":[{"message":"said"}]}`, "trouble shopify.request"},
		"no data":    {`{"data":null}`, "later shopify.unreadable"},
		"text":       {`{"errors":"no"}`, "later shopify.unreadable"},
		"html":       {`<html>hello</html>`, "later shopify.unreadable"},
	}
	for name, c := range cases {
		s := open(t)
		s.Fault("inventorySetQuantities", 1, shopifytest.Fault{Kind: shopifytest.FaultStatus, Status: 200, Body: c.body})
		ctx, said := Listen(t.Context())
		_, err := s.door(t).Query(ctx, set, s.eight())
		if got := class(err); got != c.want {
			t.Errorf("%s: got %s (%v), want %s", name, got, err, c.want)
		}
		silent(t, err, said)
	}
}

func TestRead_AnotherVersion(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"2026-01", ""} {
		s := open(t)
		door := s.door(t)
		door.way.base = tripper(func(req *http.Request) (*http.Response, error) {
			resp, err := http.DefaultTransport.RoundTrip(req)
			if err == nil {
				resp.Header.Set("X-Shopify-API-Version", version)
			}
			return resp, err
		})
		err := look(t, door)
		trouble, ok := errors.AsType[*pipeline.Trouble](err)
		if _, later := errors.AsType[*pipeline.Later](err); !ok || later || trouble.Rule != "shopify.version" {
			t.Errorf("%q: got %v", version, err)
		}
	}
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func TestPause_ADateIsHeldAgainstTheAnswersOwn(t *testing.T) {
	t.Parallel()
	a := Answer{At: time.Now(), Header: http.Header{"Retry-After": {"Tue, 24 Nov 2026 06:00:30 GMT"}, "Date": {"Tue, 24 Nov 2026 06:00:00 GMT"}}}
	if got := pause(a, 0); got != 30*time.Second {
		t.Errorf("got %s", got)
	}
}
