package shopify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// class is what the house makes of an error: later or not, the rule, whether the
// documents may be sent again without asking.
func class(a pipeline.Answer, err error) string {
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
	if len(a.Outcomes) > 0 {
		out += " " + string(a.Outcomes[0].State)
	}
	return out
}

func TestSend_WrongStatus(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"status=302":                     "trouble shopify.redirect ready",
		"redirect":                       "trouble shopify.redirect ready",
		"redirect=307":                   "trouble shopify.redirect ready",
		"redirect=308":                   "trouble shopify.redirect ready",
		"status=400":                     "trouble shopify.request ready",
		"status=401":                     "trouble shopify.unauthorized ready",
		"status=402":                     "later 15m0s shopify.unpaid ready",
		"status=403":                     "trouble shopify.forbidden ready",
		"status=404":                     "trouble shopify.address ready",
		"status=406":                     "trouble shopify.request ready",
		"status=408":                     "later shopify.away",
		"status=409":                     "later shopify.away",
		"status=413":                     "trouble shopify.request ready",
		"status=415":                     "trouble shopify.request ready",
		"status=422":                     "trouble shopify.request ready",
		"status=423":                     "later 15m0s shopify.locked ready",
		"status=429":                     "later 1s shopify.pause ready",
		"status=429,retry-after=2.0":     "later 2s shopify.pause ready",
		"status=429,retry-after=0.9":     "later 900ms shopify.pause ready",
		"status=429,retry-after=7":       "later 7s shopify.pause ready",
		"status=429,retry-after=99999":   "later 1h0m0s shopify.pause ready",
		"status=429,retry-after=1e300":   "later 1h0m0s shopify.pause ready",
		"status=429,retry-after=nonsens": "later 1s shopify.pause ready",
		"status=430":                     "trouble shopify.security ready",
		"status=500":                     "later shopify.away",
		"status=501":                     "trouble shopify.request ready",
		"status=502":                     "later shopify.away",
		"status=503":                     "later shopify.away",
		"status=503,retry-after=4":       "later 4s shopify.away",
		"status=504":                     "later shopify.away",
		"status=530":                     "later shopify.away",
		"status=540":                     "later shopify.away",
		"status=783":                     "trouble shopify.request ready",
		"reset-before":                   "later shopify.unreachable",
		"reset-after":                    "later shopify.unreachable",
		"half":                           "later shopify.unreachable",
		"truncated":                      "later shopify.unreadable",
		"empty":                          "later shopify.unreadable",
	}
	for fault, want1 := range cases {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			s := open(t, shopifytest.Options{})
			l := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "8", ""})
			l.take()
			if err := s.PlanFault("inventorySetQuantities:1:" + fault); err != nil {
				t.Fatal(err)
			}
			a, err := l.sink.Send(t.Context(), *l.batch)
			if got := class(a, err); got != want1 {
				t.Errorf("got %s (%v), want %s", got, err, want1)
			}
			silent(t, err, a)
			if n := len(s.Mutations()); n != 1 {
				t.Errorf("%d requests: a sink does not repeat by itself", n)
			}
			s.clean(t)
		})
	}
}

// silent fails where a secret shows.
func silent(t *testing.T, err error, a pipeline.Answer) {
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
	for _, said := range a.Said {
		text += string(said.Body)
	}
	for _, secret := range planted {
		if strings.Contains(text, secret) {
			t.Errorf("a secret shows: %s", text)
		}
	}
}

func TestSend_Throttled(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	l := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "8", ""})
	l.take()
	s.Fault("inventorySetQuantities", 1, shopifytest.Fault{Kind: shopifytest.FaultThrottled})
	a, err := l.sink.Send(t.Context(), *l.batch)
	later, ok := errors.AsType[*pipeline.Later](err)
	if !ok || a.Outcomes[0].State != pipeline.Ready || later.After < 100*time.Millisecond || later.After > 150*time.Millisecond {
		t.Fatalf("10 points at 100 a second: got %v", err)
	}
	s.clock.advance(later.After)
	if a, err = l.sink.Send(t.Context(), *l.batch); err != nil || a.Outcomes[0].State != pipeline.Delivered {
		t.Errorf("after the wait that was asked for: %v", err)
	}
}

func TestSend_NobodyThere(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	l := prepare(t, s, s.sink(t), want{"A-1", s.cairo, "8", ""})
	l.take()
	sink := s.sink(t) // without a connection from before
	s.gone()
	a, err := sink.Send(t.Context(), *l.batch)
	trouble, _ := errors.AsType[*pipeline.Trouble](err)
	if got := class(a, err); got != "later shopify.unreachable ready" || trouble.With["host"] == "" || len(a.Said) != 0 {
		t.Errorf("got %s: %v", got, err)
	}
}

// The right is missing for what is read, and for what is written.
func TestPlan_ScopeMissing(t *testing.T) {
	t.Parallel()
	for scopes, missing := range map[string]string{
		"read_products,read_inventory,write_inventory": "read_locations",
		"read_locations,read_products":                 "read_inventory",
		"read_locations,read_inventory":                "read_products",
	} {
		s := open(t, shopifytest.Options{Scopes: strings.Split(scopes, ",")})
		sink := s.sink(t)
		doc, _ := sink.Kinds()[0].Build(records(sink, want{"A-1", s.cairo, "8", ""}))
		_, err := sink.Plan(t.Context(), pipeline.Question{Docs: []pipeline.Document{doc}})
		trouble, ok := errors.AsType[*pipeline.Trouble](err)
		if !ok || trouble.Rule != "shopify.scope" || !strings.Contains(trouble.With["scope"], missing) {
			t.Errorf("%s: got %v", scopes, err)
		}
	}
}

func TestPlan_EndsWithItsContext(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	s.Fault("Locations", 1, shopifytest.Meanwhile(cancel))
	sink := s.sink(t)
	doc, _ := sink.Kinds()[0].Build(records(sink, want{"A-1", s.cairo, "8", ""}))
	_, err := sink.Plan(ctx, pipeline.Question{Docs: []pipeline.Document{doc}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
