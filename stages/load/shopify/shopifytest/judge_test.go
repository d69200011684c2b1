package shopifytest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A client that makes a new key for every try leaves no trace in the quantities; the judge sees it all the same.
func TestJudge_NewKeyPerTry(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	input := setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": nil})
	s.Fault("inventorySetQuantities", 1, Fault{Kind: FaultResetAfter})
	if _, err := try(t, s, setDocument, map[string]any{"key": "k1", "input": input}); err == nil {
		t.Fatal("the reply was not lost")
	}
	set(t, s, "k2", input)
	if v := s.Judge(); len(v) != 1 || v[0].Rule != "new-key-per-try" || v[0].Call != 2 {
		t.Errorf("got %v, want one new-key-per-try", v)
	}
}

// A new key after a refusal is what Shopify asks for.
func TestJudge_NewKeyAfterARefusal(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	r := row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": 4}
	set(t, s, "k1", setInput(r))
	r["changeFromQuantity"] = 5
	set(t, s, "k2", setInput(r))
	if v := s.Judge(); len(v) != 0 || available(t, s, "A-1") != 8 {
		t.Errorf("got %v", v)
	}
}

func TestJudge_TooEarly(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := start(t, Options{Now: c.now})
	s.Fault("any", 1, Fault{Kind: FaultStatus, Status: 429, RetryAfter: "2.0"})
	ask(t, s, `{ shop { id } }`, nil)
	c.advance(1900 * time.Millisecond)
	ask(t, s, `{ shop { id } }`, nil)
	c.advance(100 * time.Millisecond)
	ask(t, s, `{ shop { id } }`, nil)
	if v := s.Judge(); len(v) != 1 || v[0].Rule != "too-early" || v[0].Call != 2 {
		t.Errorf("got %v, want request 2 too early", v)
	}
}

func TestRecord_Calls(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	ask(t, s, `query Who { shop { id } }`, nil)
	set(t, s, "k1", setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": 1}))
	calls := s.Calls()
	if len(calls) != 2 || calls[0].Operation != "Who" || calls[0].Fields[0] != "shop" || calls[0].Actual != 1 || calls[0].Status != 200 {
		t.Fatalf("got %+v", calls)
	}
	m := s.Mutations()
	if len(m) != 1 || m[0].Key != "k1" || m[0].Codes[0] != "CHANGE_FROM_QUANTITY_STALE" || !strings.Contains(string(m[0].Variables), `"key":"k1"`) ||
		m[0].Requested != 13 || m[0].Actual != 10 {
		t.Errorf("got %+v", m)
	}
}

func TestControl_AskAndAct(t *testing.T) {
	t.Parallel()
	s, _, _ := shelf(t, Options{})
	do := func(method, path, body string) (int, []byte) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, s.URL()+"/_standin/"+path, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		raw, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, raw
	}
	if status, raw := do("POST", "quantity", `{"sku":"A-1","location":"Cairo","delta":-2}`); status != 200 {
		t.Errorf("got %d %s", status, raw)
	}
	if status, _ := do("POST", "quantity", `{"sku":"none","location":"Cairo","delta":-2}`); status != 400 {
		t.Errorf("unknown SKU: got %d, want 400", status)
	}
	if status, raw := do("POST", "faults", "graphql:1:status=503\ngraphql:2:empty\n"); status != 200 {
		t.Errorf("got %d %s", status, raw)
	}
	if status, _ := do("POST", "faults", "nonsense"); status != 400 {
		t.Errorf("bad fault: got %d, want 400", status)
	}
	if a := ask(t, s, `{ shop { id } }`, nil); a.status != 503 {
		t.Errorf("got %d, want 503", a.status)
	}
	do("DELETE", "faults", "")
	if a := ask(t, s, `{ shop { id } }`, nil); a.at("shop.id") == nil {
		t.Errorf("got %s", a.raw)
	}
	_, raw := do("GET", "state", "")
	var st State
	if err := json.Unmarshal(raw, &st); err != nil {
		t.Fatal(err)
	}
	if len(st.Calls) != 2 || st.Points != 1 || st.Quantities[0].Available != 3 || st.Quantities[0].OnHand != 7 || st.Quantities[0].Committed != 4 ||
		len(st.History) != 1 || st.History[0].Reason != "sale" || len(st.Violations) != 0 {
		t.Errorf("got %s", raw)
	}
}
