package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/stages/load/shopify/shopifytest"
)

const tag = "00000000-0000-4000-8000-000000000007"

// many is set, as a mutation to be run over lines.
const many = `mutation BulkInventorySetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id }
    userErrors { field message code }
  }
}`

// line sets A-1 to a quantity.
func (s *shop) line(n, quantity int) string {
	text, err := json.Marshal(map[string]any{"key": fmt.Sprintf("00000000-0000-4000-8000-%012d", n), "input": map[string]any{
		"name": "available", "reason": "correction", "quantities": []any{map[string]any{
			"inventoryItemId": s.one.ItemID, "locationId": s.Locations()[0].ID, "quantity": quantity, "changeFromQuantity": nil}}}})
	if err != nil {
		panic(err)
	}
	return string(text) + "\n"
}

// results are what became of lines, in their order.
func results(t *testing.T, d *Door, b Bulk) []string {
	t.Helper()
	var out []string
	err := d.BulkResult(t.Context(), b, func(line int, data json.RawMessage, errs []GraphError) error {
		said := "done"
		if len(errs) > 0 {
			said = "error"
		} else if strings.Contains(string(data), `"code"`) {
			said = "refused"
		}
		out = append(out, fmt.Sprintf("%d %s", line, said))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

// ended polls until the operation has ended.
func ended(t *testing.T, d *Door, id string) Bulk {
	t.Helper()
	for range 20 {
		b, err := d.BulkStatus(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if b.Ended() {
			return b
		}
	}
	t.Fatal("it does not end")
	return Bulk{}
}

func TestBulk_LinesAreSentAndJoined(t *testing.T) {
	t.Parallel()
	s := open(t)
	d := s.door(t)
	id, err := d.BulkStart(t.Context(), many, tag, []byte(s.line(1, 8)+s.line(2, 2_000_000_000)+"{\"input\":7}\n"))
	if err != nil {
		t.Fatal(err)
	}
	b := ended(t, d, id)
	if got := strings.Join(results(t, d, b), ", "); got != "0 done, 1 refused, 2 error" || b.Status != "COMPLETED" || b.Objects != 3 {
		t.Errorf("got %s of %+v", got, b)
	}
	if ops := s.BulkOperations(); len(ops) != 1 || ops[0].ClientIdentifier != tag || !strings.Contains(ops[0].Text, signOf(tag)) {
		t.Errorf("the shop knows %+v", ops)
	}
	if q, _ := s.Quantity("A-1", "Cairo"); q.Available != 8 {
		t.Errorf("A-1 is %d", q.Available)
	}
	s.clean(t, "bulk-line")
}

// Whatever happens to each of the calls: where nothing was started for certain, it
// may be started; else it is found by its tag, or it is not there (RELIABILITY.md,
// row 19).
func TestBulkStart_EveryFaultLeavesNoDoubt(t *testing.T) {
	t.Parallel()
	for _, op := range []string{"stagedUploadsCreate", "upload", "bulkOperationRunMutation"} {
		for _, kind := range []string{"reset-before", "reset-after", "half", "truncated", "empty", "throttled", "status=500", "status=503", "status=429", "status=403", "status=302"} {
			t.Run(op+" "+kind, func(t *testing.T) {
				t.Parallel()
				s := open(t)
				if err := s.PlanFault(op + ":1:" + kind); err != nil {
					t.Fatal(err)
				}
				d := s.door(t)
				id, err := d.BulkStart(t.Context(), many, tag, []byte(s.line(1, 8)))
				if calls := s.CallsOf(op); len(calls) != 1 {
					t.Fatalf("%s was called %d times", op, len(calls))
				}
				if (id == "") != (err != nil) {
					t.Fatalf("id %q, %v", id, err)
				}
				s.clock.advance(time.Minute)
				b, found, lost := d.BulkFind(t.Context(), tag, s.clock.now().Add(-time.Hour))
				started := len(s.BulkOperations())
				switch {
				case lost != nil || found != (started == 1) || found && b.ID != s.BulkOperations()[0].ID:
					t.Errorf("%d were started, found %v %+v, %v", started, found, b, lost)
				case err != nil && Certain(err) && started > 0:
					t.Errorf("certain that nothing was done: %v", err)
				}
				if !found {
					if _, err := d.BulkStart(t.Context(), many, tag, []byte(s.line(1, 8))); err != nil {
						t.Errorf("started again: %v", err)
					}
				}
				if n := len(s.BulkOperations()); n != 1 || len(s.History()) != 1 {
					t.Errorf("%d operations with %d effects", n, len(s.History()))
				}
			})
		}
	}
}

func TestBulkFind_AmongOthers(t *testing.T) {
	t.Parallel()
	s := open(t)
	d := s.door(t)
	var want string
	for i := range 60 { // more than a page
		other := fmt.Sprintf("another-tag-%03d", i)
		if i == 3 {
			other = tag
		}
		id, err := d.BulkStart(t.Context(), many, other, []byte(s.line(i, i)))
		if err != nil {
			t.Fatal(err)
		}
		if ended(t, d, id); i == 3 {
			want = id
		}
	}
	b, found, err := d.BulkFind(t.Context(), tag, s.clock.now())
	if err != nil || !found || b.ID != want || !b.Ended() {
		t.Errorf("got %+v %v %v, want %s", b, found, err, want)
	}
	if _, found, err := d.BulkFind(t.Context(), "never-started", s.clock.now()); err != nil || found {
		t.Errorf("found what was never started: %v", err)
	}
	s.clock.advance(time.Hour)
	if _, found, err := d.BulkFind(t.Context(), tag, s.clock.now()); err != nil || found {
		t.Errorf("found what is older: %v", err)
	}
}

// Points for all of it, or nothing of it leaves.
func TestBulkStart_WaitsForPoints(t *testing.T) {
	t.Parallel()
	s := open(t)
	d := s.door(t)
	d.pace.learn(set, Cost{Throttle: throttle(2000, 415, 100)}, false, s.clock.now())
	_, err := d.BulkStart(t.Context(), many, tag, []byte(s.line(1, 8)))
	if class(err) != "later 60ms certain" || len(s.Calls()) > 0 {
		t.Errorf("21 points and a margin of 400 of 2000, 415 there: got %s after %d calls", class(err), len(s.Calls()))
	}
}

// The sixth waits its turn.
func TestBulkStart_FiveAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{BulkPolls: 100})
	d := s.door(t)
	for i := range 6 {
		_, err := d.BulkStart(t.Context(), many, fmt.Sprintf("the-tag-%03d", i), []byte(s.line(i, i)))
		if got := err != nil; got != (i == 5) || got && class(err) != "later 30s shopify.busy certain" {
			t.Errorf("%d: %v", i, err)
		}
	}
}

// An operation that failed in the middle tells what it did; of the rest nothing
// is known.
func TestBulkResult_Partial(t *testing.T) {
	t.Parallel()
	s := open(t)
	s.PlanBulk(shopifytest.BulkPlan{End: "FAILED", After: 2})
	d := s.door(t)
	id, err := d.BulkStart(t.Context(), many, tag, []byte(s.line(1, 1)+s.line(2, 2)+s.line(3, 3)))
	if err != nil {
		t.Fatal(err)
	}
	b := ended(t, d, id)
	if got := results(t, d, b); len(got) != 2 || b.Status != "FAILED" || b.URL != "" {
		t.Errorf("got %v of %+v", got, b)
	}
}

// quick lets waiting move the clock and nothing else.
func (s *shop) quick(d *Door) *Door {
	d.sleep = func(ctx context.Context, wait time.Duration) error {
		s.clock.advance(wait)
		return ctx.Err()
	}
	return d
}

func TestBulkRead_AgainstTheShop(t *testing.T) {
	t.Parallel()
	s := open(t)
	d := s.door(t)
	var skus []string
	err := s.quick(d).BulkRead(t.Context(), `{ productVariants { edges { node { id sku } } } }`, func(line json.RawMessage) error {
		var v variant
		err := json.Unmarshal(line, &v)
		skus = append(skus, v.SKU)
		return err
	})
	slices.Sort(skus)
	if err != nil || strings.Join(skus, " ") != "A-1 A-2" {
		t.Errorf("got %v, %v", skus, err)
	}
	if used := d.Used(); used.Calls < 2 || used.Points < 11 || used.Waited < firstPoll {
		t.Errorf("used %+v", used)
	}
	s.clean(t)
}

func TestStage_Picture(t *testing.T) {
	t.Parallel()
	s := open(t)
	picture := "\xff\xd8 not really \r\n--a picture"
	source, err := s.door(t).Stage(t.Context(), "IMAGE", `صورة "1".jpg`, "image/jpeg", int64(len(picture)), strings.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := s.StagedFile(source); !ok || string(f.Data) != picture || f.MIME != "image/jpeg" || f.Resource != "IMAGE" {
		t.Errorf("got %+v", f)
	}
	s.clean(t)
}

// A body that is shorter than it was said to be is not taken for a file.
func TestStage_BodyIsShort(t *testing.T) {
	t.Parallel()
	s := open(t)
	source, err := s.door(t).Stage(t.Context(), "IMAGE", "a.jpg", "image/jpeg", 100, strings.NewReader("short"))
	if _, ok := s.StagedFile(source); ok || err == nil || !Certain(err) {
		t.Errorf("got %v", err)
	}
}
