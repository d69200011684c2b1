package etatest

import (
	"encoding/json"
	"net/http"
	"testing"
)

func TestControl_State(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Duplicates: DuplicatesForgiving, DuplicateWindow: -1})
	c := newTill(t, s)
	c.mustTake(sale(t))
	c.mustTake(sale(t))
	got := c.send(http.MethodGet, "/_standin/state", "", nil)
	var state State
	if err := json.Unmarshal([]byte(got.body), &state); err != nil {
		t.Fatalf("%v: %s", err, got.body)
	}
	if state.Counts.Requests != 3 || state.Counts.Receipts != 1 || state.Counts.Taken != 2 || state.Counts.Submissions != 2 {
		t.Errorf("counts: %+v", state.Counts)
	}
	if len(state.Violations) != 1 || len(state.Receipts) != 1 || state.Receipts[0].Number != "1001" || len(state.Requests) != 3 {
		t.Errorf("state: %s", got.body)
	}
}

func TestControl_Faults(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := newTill(t, s)
	post := func(body string) int { return c.send(http.MethodPost, "/_standin/faults", body, nil).status }
	if got := post("submit:1:status=503\nnonsense\n"); got != http.StatusBadRequest {
		t.Errorf("a wrong line: %d", got)
	}
	if got := post("submit:1:status=503\n\nsubmit:2-:status=500\n"); got != http.StatusOK {
		t.Errorf("right lines: %d", got)
	}
	for _, want := range []int{503, 500} {
		if got := c.submit(sale(t)); got.status != want {
			t.Errorf("got %d, want %d", got.status, want)
		}
	}
	c.send(http.MethodDelete, "/_standin/faults", "", nil)
	c.mustTake(sale(t))
	if got := len(s.Requests()); got != 4 {
		t.Errorf("%d requests recorded, want 4", got)
	}
}

func TestControl_RevokeAndRetire(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{}))
	c.send(http.MethodPost, "/_standin/revoke", "", nil)
	if got := c.submit(sale(t)); got.status != http.StatusUnauthorized {
		t.Errorf("revoked: %d", got.status)
	}
	c = newTill(t, c.s)
	c.send(http.MethodPost, "/_standin/retire?serial=WASL-SRV-01", "", nil)
	wantStatus(t, c.submit(sale(t)), http.StatusForbidden, "PosNotActive")
}

func TestJudge_SameNumberUnderTwoUUIDs(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := newTill(t, s)
	first := sale(t)
	c.mustTake(first)
	c.mustTake(next(t, "1001", uuidOf(t, first)))
	wantViolation(t, s, "under two uuids")
}

func TestJudge_OtherBytes(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Duplicates: DuplicatesForgiving})
	c := newTill(t, s)
	s.Fault(Submit, 1, Fault{Reset: true})
	c.submit(sale(t))
	c.submit(" " + sale(t)[:1] + " " + sale(t)[1:])
	wantViolation(t, s, "other bytes")
}

func TestJudge_ReplacesValid(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := newTill(t, s)
	first := sale(t)
	c.mustTake(first)
	c.mustTake(next(t, "1002", "", `"currency"`, `"referenceOldUUID":"`+uuidOf(t, first)+`","currency"`))
	wantViolation(t, s, "which is valid")
}

func TestListen_AddressTaken(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	if _, err := Listen(Options{Addr: s.URL()[len("http://"):]}); err == nil {
		t.Error("listened twice on one address")
	}
	s.Close()
	s.Close()
}
