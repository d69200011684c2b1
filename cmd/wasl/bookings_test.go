package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// TestBookings_DueWhileOff books a balance for moments at which no wasl ran: the
// next run does the last of them, once, as a job of its own, and status lists what
// is still to come.
func TestBookings_DueWhileOff(t *testing.T) {
	t.Parallel()
	w := &world{}
	w.start([]shopifytest.Variant{{SKU: "A-1", Stock: map[string]shopifytest.Levels{"Cairo": {Available: 3}}}})
	defer w.close()
	dir := t.TempDir()
	wasl := func(args ...string) (int, string) {
		var out strings.Builder
		code := run(t.Context(), append(args, "-C", dir), nil, &out, &out, os.Getenv)
		return code, out.String()
	}
	var out strings.Builder
	if code := run(t.Context(), []string{"init", dir}, nil, &out, &out, os.Getenv); code != 0 {
		t.Fatal(out.String())
	}
	if err := w.furnish(dir); err != nil {
		t.Fatal(err)
	}
	bookForTest(t, dir)

	code, said := wasl("run")
	if code != 0 {
		t.Fatalf("exit %d\n%s", code, said)
	}
	balance := func(want int) {
		t.Helper()
		if q, _ := w.shopify.Quantity("A-1", "Cairo"); q.Available != want {
			t.Errorf("the shop has %d, want %d\n%s", q.Available, want, said)
		}
	}
	balance(9)
	if !strings.Contains(said, "booked for ") || strings.Count(said, "taken ") != 1 {
		t.Errorf("want one job of what was booked:\n%s", said)
	}
	if code, said = wasl("run"); code != 0 || !strings.Contains(said, "Nothing to do") {
		t.Errorf("the second run: exit %d\n%s", code, said)
	}
	balance(9)
	if n := len(w.shopify.Mutations()); n != 1 {
		t.Errorf("%d mutations, want 1", n)
	}
	if _, said = wasl("status"); !strings.Contains(said, "Booked (1):") || !strings.Contains(said, "A-1 @ 01") || !strings.Contains(said, "later") {
		t.Errorf("status does not list what is booked:\n%s", said)
	}
}

// bookForTest files a job as a kind would that books: two moments that are over,
// and one to come.
func bookForTest(t *testing.T, dir string) {
	t.Helper()
	var out strings.Builder
	a := &app{out: &out, err: &out, getenv: os.Getenv, dir: dir}
	h, err := a.openHouse(t.Context(), func(pipeline.Event) {})
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	defer func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}()
	flow, ok := h.foreseen("erp-stock")
	if !ok {
		t.Fatal("erp-stock cannot be foreseen")
	}
	job, err := h.admitMemo(t.Context(), pipeline.Memo{Why: pipeline.MemoBooking, Flow: flow.Name}, flow, "by hand", nil)
	if err != nil {
		t.Fatal(err)
	}
	booked := func(after time.Duration, why string, quantity int) pipeline.Booking {
		body := json.RawMessage(fmt.Sprintf(`{"sku":"A-1","location":%q,"quantity":%d}`, cairo, quantity))
		return pipeline.Booking{At: time.Now().Add(after).UTC(), Why: why, Doc: pipeline.Document{Key: "stock/A-1@" + cairo, Name: "A-1 @ 01", Body: body}}
	}
	now := booked(0, "", 3).Doc
	now.State = pipeline.Unchanged
	now.Then = []pipeline.Booking{booked(-2*time.Hour, "start", 8), booked(-time.Hour, "end", 9), booked(48*time.Hour, "later", 5)}
	_, err = h.ledger.File(t.Context(), job, pipeline.Filed{Kind: flow.Kind.Name, Lane: flow.Lane},
		func(to pipeline.Filing) (pipeline.Reading, error) {
			return pipeline.Reading{Rows: 1}, to.Document(now, 1, nil)
		})
	if err != nil {
		t.Fatal(err)
	}
}
