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
	"wasl/stages/reconcile"
)

// A bookedShop is a folder with a stand-in behind it that has three pieces of A-1.
type bookedShop struct {
	*world
	t   *testing.T
	dir string
}

func newBookedShop(t *testing.T) *bookedShop {
	t.Helper()
	s := &bookedShop{world: &world{}, t: t, dir: t.TempDir()}
	s.start([]shopifytest.Variant{{SKU: "A-1", Stock: map[string]shopifytest.Levels{"Cairo": {Available: 3}}}})
	t.Cleanup(s.close)
	if code, said := s.wasl("init", s.dir); code != 0 {
		t.Fatal(said)
	}
	if err := s.furnish(s.dir); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *bookedShop) wasl(args ...string) (int, string) {
	var out strings.Builder
	code := run(s.t.Context(), append(args, "-C", s.dir), nil, &out, &out, os.Getenv)
	return code, out.String()
}

// wish is a document that wants A-1 to have a balance.
func wish(quantity int) pipeline.Document {
	return pipeline.Document{Key: "stock/A-1@" + cairo, Name: "A-1 @ 01",
		Body: json.RawMessage(fmt.Sprintf(`{"sku":"A-1","location":%q,"quantity":%d}`, cairo, quantity))}
}

// file files a memo's only document as a kind would that has planned it.
func (s *bookedShop) file(why string, doc pipeline.Document) {
	s.t.Helper()
	var out strings.Builder
	a := &app{out: &out, err: &out, getenv: os.Getenv, dir: s.dir}
	h, err := a.openHouse(s.t.Context(), func(pipeline.Event) {})
	if err != nil {
		s.t.Fatalf("%v\n%s", err, out.String())
	}
	defer func() {
		if err := h.close(); err != nil {
			s.t.Error(err)
		}
	}()
	flow, ok := h.foreseen("erp-stock")
	if !ok {
		s.t.Fatal("erp-stock cannot be foreseen")
	}
	job, err := h.admitMemo(s.t.Context(), pipeline.Memo{Why: why, Flow: flow.Name}, flow, "by hand", nil, "")
	if err != nil {
		s.t.Fatal(err)
	}
	_, err = h.ledger.File(s.t.Context(), job, pipeline.Filed{Kind: flow.Kind.Name, Lane: flow.Lane},
		func(to pipeline.Filing) (pipeline.Reading, error) {
			return pipeline.Reading{Rows: 1}, to.Document(doc, 1, nil)
		})
	if err != nil {
		s.t.Fatal(err)
	}
}

// TestBookings_DueWhileOff books a balance for moments at which no wasl ran: the
// next run does the last of them, once, as a job of its own, and status lists what
// is still to come.
func TestBookings_DueWhileOff(t *testing.T) {
	t.Parallel()
	s := newBookedShop(t)
	booked := func(after time.Duration, why string, quantity int) pipeline.Booking {
		return pipeline.Booking{At: time.Now().Add(after).UTC(), Why: why, Doc: wish(quantity)}
	}
	now := wish(3)
	now.State = pipeline.Unchanged
	now.Then = []pipeline.Booking{booked(-2*time.Hour, "start", 8), booked(-time.Hour, "end", 9), booked(48*time.Hour, "later", 5)}
	s.file(pipeline.MemoBooking, now)

	code, said := s.wasl("run")
	if code != 0 || !strings.Contains(said, "booked for ") || strings.Count(said, "taken ") != 1 {
		t.Errorf("exit %d; want one job of what was booked:\n%s", code, said)
	}
	if code, said = s.wasl("run"); code != 0 || !strings.Contains(said, "Nothing to do") {
		t.Errorf("the second run: exit %d\n%s", code, said)
	}
	if q, _ := s.shopify.Quantity("A-1", "Cairo"); q.Available != 9 || len(s.shopify.Mutations()) != 1 {
		t.Errorf("the shop has %d after %d mutations, want 9 after one", q.Available, len(s.shopify.Mutations()))
	}
	if _, said = s.wasl("status"); !strings.Contains(said, "Booked (1):") || !strings.Contains(said, "A-1 @ 01") || !strings.Contains(said, "later") {
		t.Errorf("status does not list what is booked:\n%s", said)
	}
}

// TestProof_ListsWhatDiffers lets a re-upload end with a balance that the shop does
// not have: the next run proves it, once, and lists both values.
func TestProof_ListsWhatDiffers(t *testing.T) {
	t.Parallel()
	s := newBookedShop(t)
	doc := wish(5)
	doc.State = pipeline.Unchanged // as it was when it was planned
	s.file(pipeline.MemoReupload, doc)
	code, said := s.wasl("run")
	for _, want := range []string{"read back: 0 of 1 are at the shop", "A-1 @ 01: quantity is 3 at the shop, and the ERP wants 5"} {
		if code != exitAside || !strings.Contains(said, want) {
			t.Errorf("exit %d; want %q:\n%s", code, want, said)
		}
	}
	if code, said = s.wasl("run"); code != 0 || !strings.Contains(said, "Nothing to do") {
		t.Errorf("the second run: exit %d\n%s", code, said)
	}
}

// TestUndo_NamesWhatIsLost puts back a job of which nothing says how: it is counted
// and named, and nothing is made of it.
func TestUndo_NamesWhatIsLost(t *testing.T) {
	t.Parallel()
	s := newBookedShop(t)
	q, _ := s.shopify.Quantity("A-1", "Cairo")
	doc := wish(5)
	doc.State, doc.Body = pipeline.Ready, json.RawMessage(fmt.Sprintf(
		`{"sku":"A-1","location":%q,"quantity":5,"inventoryItemId":%q,"changeFromQuantity":3}`, cairo, q.ItemID))
	s.file(pipeline.MemoBooking, doc)
	if code, said := s.wasl("run"); code != 0 || !strings.Contains(said, "1 delivered") {
		t.Fatalf("exit %d\n%s", code, said)
	}
	day := time.Now().In(s.zone()).Format("20060102")
	code, said := s.wasl("undo", day+"-0001", "--by", "Mona", "--why", "test")
	for _, want := range []string{"Cannot be put back (1):", "  A-1 @ 01", "has changed nothing that could be put back"} {
		if code != exitCouldNot || !strings.Contains(said, want) {
			t.Errorf("exit %d; want %q:\n%s", code, want, said)
		}
	}
	if n := len(s.shopify.Mutations()); n != 1 {
		t.Errorf("%d mutations, want 1", n)
	}
}

func (s *bookedShop) zone() *time.Location {
	s.t.Helper()
	zone, err := time.LoadLocation("Africa/Cairo") // as furnish writes it
	if err != nil {
		s.t.Fatal(err)
	}
	return zone
}

// TestPlanTable_IsCapped prints the first fifty values of a job, says how many more
// there are, and prints all where they are asked for.
func TestPlanTable_IsCapped(t *testing.T) {
	t.Parallel()
	lines := make([]reconcile.Line, 1234)
	for i := range lines {
		lines[i] = reconcile.Line{Name: fmt.Sprintf("A-%d", i), Field: "quantity", Old: "1", New: "2", State: pipeline.Ready}
	}
	for _, all := range []bool{false, true} {
		var out strings.Builder
		(&app{out: &out}).planTable(lines, false, all)
		if got, want := strings.Count(out.String(), "  A-"), map[bool]int{false: mostLines, true: len(lines)}[all]; got != want {
			t.Errorf("all %v: %d lines, want %d", all, got, want)
		}
		if strings.Contains(out.String(), "and 1,184 more; --all prints them") == all {
			t.Errorf("all %v: ends with %q", all, out.String()[out.Len()-80:])
		}
	}
}
