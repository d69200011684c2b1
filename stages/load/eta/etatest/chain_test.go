package etatest

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestChain_Breaks(t *testing.T) {
	t.Parallel()
	first := sale(t)
	second := next(t, "1002", uuidOf(t, first))
	third := next(t, "1003", uuidOf(t, second))
	for _, test := range []struct {
		name     string
		receipts []string
		words    string
	}{
		{"first points to something", []string{second}, "which was never seen; the head was empty"},
		{"chain starts again", []string{first, sale(t, `"1001"`, `"1002"`)}, "starts the chain again"},
		{"one left out", []string{first, third}, "points to " + uuidOf(t, second)},
		{"two after one", []string{first, second, next(t, "1003", uuidOf(t, first))}, "points back to " + uuidOf(t, first)},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, Options{})
			newTill(t, s).mustTake(test.receipts...)
			if breaks := s.ChainBreaks(); len(breaks) != 1 || !strings.Contains(breaks[0].Reason, test.words) {
				t.Errorf("got %v, want %q", breaks, test.words)
			}
			wantViolation(t, s, test.words)
		})
	}
}

func TestChain_OutOfOrder(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := newTill(t, s)
	first := sale(t)
	second := next(t, "1002", uuidOf(t, first))
	third := next(t, "1003", uuidOf(t, second))
	s.Fault(Submit, 1, Fault{Status: http.StatusServiceUnavailable})
	c.submit(first, second, third)
	c.mustTake(first)
	c.mustTake(third) // the second was shown, so pointing to it is right
	wantClean(t, s)
	c.mustTake(second)
	wantViolation(t, s, "which was issued later")
}

func TestChain_StrictMakesInvalid(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{StrictChain: true}))
	id := c.mustTake(next(t, "1002", strings.Repeat("a", 64)))
	if found := c.findings(id); !slices.Equal(found, []string{"PreviousUuid header.previousUUID"}) {
		t.Errorf("found %v", found)
	}
}

func TestChain_FollowsIssuance(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := newTill(t, s)
	first := sale(t)
	refused := next(t, "1002", uuidOf(t, first), `"1.2"`, `"1.1"`)
	third := next(t, "1003", uuidOf(t, refused))
	if got := c.submit(first, refused, third); len(got.list("rejectedDocuments")) != 1 {
		t.Fatalf("got %s", got.body)
	}
	wantClean(t, s)
}

func TestChain_Correction(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := newTill(t, s)
	first := sale(t)
	invalid := next(t, "1002", uuidOf(t, first), `"EA"`, `"EACH"`)
	third := next(t, "1003", uuidOf(t, invalid))
	replaces := func(number, previous, old string) string {
		return next(t, number, previous, `"currency"`, `"referenceOldUUID":"`+old+`","currency"`)
	}
	c.mustTake(first, invalid, third)
	c.mustTake(replaces("1002-C1", uuidOf(t, first), uuidOf(t, invalid)))
	c.mustTake(next(t, "1004", uuidOf(t, third))) // the head has not moved
	wantClean(t, s)

	c.mustTake(replaces("1002-C2", uuidOf(t, third), uuidOf(t, invalid)))
	wantViolation(t, s, "has previousUUID")
}

func TestChain_CorrectionOfNothing(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	newTill(t, s).mustTake(sale(t, `"currency"`, `"referenceOldUUID":"`+strings.Repeat("a", 64)+`","currency"`))
	wantViolation(t, s, "replaces "+strings.Repeat("a", 64)+", which was never seen")
}

func TestChain_HeadFromBefore(t *testing.T) {
	t.Parallel()
	demo := DemoTaxpayer()
	demo.POS[0].Head = strings.Repeat("b", 64)
	s := start(t, Options{Taxpayers: []Taxpayer{demo}})
	newTill(t, s).mustTake(next(t, "1002", strings.Repeat("b", 64)))
	wantClean(t, s)
}

func TestChain_SamePlaceNeverTaken(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := newTill(t, s)
	s.Fault(Submit, 1, Fault{Reset: true})
	c.submit(sale(t))
	c.mustTake(sale(t, "11:59:00Z", "11:59:30Z")) // sealed anew instead of sent again
	wantViolation(t, s, "issued for the same place")
	if breaks := s.ChainBreaks(); len(breaks) > 0 {
		t.Errorf("the authority cannot see that: %v", breaks)
	}
}
