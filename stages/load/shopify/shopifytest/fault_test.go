package shopifytest

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestParseFault_RoundTrip(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"inventorySetQuantities:2:reset-after", "graphql:1:status=401", "token:1:status=400", "any:3:hang=2s",
		"any:0:status=429,retry-after=2.0", "graphql:1:status=500,after", "any:1:redirect=307", "any:1:throttled", "any:1:slow=100ms"} {
		match, n, f, err := ParseFault(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := match + ":" + string(rune('0'+n)) + ":" + f.String(); got != text {
			t.Errorf("got %s, want %s", got, text)
		}
	}
	for _, text := range []string{"", "graphql:1", "graphql:x:empty", "graphql:1:nonsense", "graphql:1:status=abc", "any:1:hang", "any:1:empty,more", ":1:empty", "any:1:call-before"} {
		if _, _, _, err := ParseFault(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

// Whether the work was done, and what the client sees of it.
func TestFault_Moods(t *testing.T) {
	t.Parallel()
	cases := []struct {
		fault  string
		done   bool
		status int    // 0: no answer
		body   string // part of it
	}{
		{"status=401", false, 401, "[API] Invalid API key"},
		{"status=402", false, 402, "Unavailable Shop"},
		{"status=403", false, 403, "errors"},
		{"status=404", false, 404, "Not Found"},
		{"status=423", false, 423, "errors"},
		{"status=429", false, 429, "errors"},
		{"status=429,retry-after=2.0", false, 429, "errors"},
		{"status=430", false, 430, "<html>"},
		{"status=500", false, 500, "errors"},
		{"status=500,after", true, 500, "errors"},
		{"status=502", false, 502, "<html>"},
		{"status=503", false, 503, ""},
		{"status=504", true, 504, "<html>"},
		{"throttled", false, 200, "THROTTLED"},
		{"redirect", false, 302, ""},
		{"reset-before", false, 0, ""},
		{"reset-after", true, 0, ""},
		{"half", true, 200, `{"data"`},
		{"truncated", true, 200, `{"data"`},
		{"empty", true, 200, ""},
		{"content-type", true, 200, `"userErrors":[]`},
		{"gzip", true, 200, "\x1f\x8b"},
		{"slow=50ms", true, 200, `"userErrors":[]`},
		{"hang=50ms", true, 200, `"userErrors":[]`},
	}
	for _, c := range cases {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			s, item, cairo := shelf(t, Options{})
			if err := s.PlanFault("inventorySetQuantities:2:" + c.fault); err != nil {
				t.Fatal(err)
			}
			vars := func(key string, n int) map[string]any {
				return map[string]any{"key": key, "input": setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": n, "changeFromQuantity": nil})}
			}
			ask(t, s, `{ shop { id } }`, nil) // does not count
			if a := ask(t, s, setDocument, vars("k1", 6)); userErrorCodes(a) != "" || a.status != 200 {
				t.Fatalf("the first is served: %s", a.raw)
			}
			a, err := try(t, s, setDocument, vars("k2", 7))
			if a.status != c.status || !strings.Contains(a.raw, c.body) {
				t.Errorf("got %d %q %v, want %d with %q", a.status, a.raw, err, c.status, c.body)
			}
			if wantErr := c.status == 0 || c.fault == "half"; (err != nil) != wantErr {
				t.Errorf("got error %v, want one: %t", err, wantErr)
			}
			if done := available(t, s, "A-1") == 7; done != c.done {
				t.Errorf("done %t, want %t", done, c.done)
			}
			if calls := s.Calls(); !strings.HasPrefix(calls[2].Fault, c.fault) {
				t.Errorf("got fault %q in the record", calls[2].Fault)
			}
			if a := ask(t, s, setDocument, vars("k3", 8)); a.status != 200 {
				t.Errorf("the third is served: %d %s", a.status, a.raw)
			}
		})
	}
}

func TestFault_Details(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.Fault("any", 1, Fault{Kind: FaultStatus, Status: 429, RetryAfter: "2.0"})
	s.Fault("any", 2, Fault{Kind: FaultContentType})
	s.Fault("any", 3, Fault{Kind: FaultGzip})
	s.Fault("any", 4, Fault{Kind: FaultRedirect, Status: http.StatusTemporaryRedirect})
	doc := `{ shop { id } }`
	if a := ask(t, s, doc, nil); a.header.Get("Retry-After") != "2.0" {
		t.Errorf("got headers %v", a.header)
	}
	if a := ask(t, s, doc, nil); !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
		t.Errorf("got headers %v", a.header)
	}
	a := ask(t, s, doc, nil)
	unzipped, err := gzip.NewReader(bytes.NewReader([]byte(a.raw)))
	if err != nil || a.header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("got %v %v", a.header, err)
	}
	if text, err := io.ReadAll(unzipped); err != nil || !strings.Contains(string(text), `"data"`) {
		t.Errorf("got %s %v", text, err)
	}
	a = ask(t, s, doc, nil)
	if a.status != 307 || !strings.HasPrefix(a.header.Get("Location"), "http://localhost:") {
		t.Errorf("got %d %v", a.status, a.header)
	}
	if v := s.JudgeBut("too-early"); len(v) != 0 {
		t.Errorf("got violations %v", v)
	}
	if _, err := post(t, s.URL()+elsewhere, "shpat_standin", "application/json", nil); err != nil {
		t.Fatal(err)
	}
	if v := s.JudgeBut("too-early"); len(v) != 1 || v[0].Rule != "redirect-followed" || !strings.Contains(v[0].Text, "token sent: true") {
		t.Errorf("got %v, want redirect-followed", v)
	}
}

func TestFault_TokenEndpointAndOperationName(t *testing.T) {
	t.Parallel()
	s := start(t, Options{ClientID: "id", ClientSecret: "secret", AccessToken: "shpat_standin"})
	s.Fault("token", 1, Fault{Kind: FaultStatus, Status: 500})
	s.Fault("Second", 1, Fault{Kind: FaultStatus, Status: 503})
	if a := ask(t, s, `query First { shop { id } }`, nil); a.status != 200 {
		t.Errorf("got %d", a.status)
	}
	if a := ask(t, s, `query Second { shop { id } }`, nil); a.status != 503 {
		t.Errorf("got %d, want 503", a.status)
	}
	for _, want := range []int{500, 200} {
		if a, err := post(t, s.URL()+tokenPath, "", formType, credentialsForm("id", "secret")); err != nil || a.status != want {
			t.Errorf("got %d %v, want %d", a.status, err, want)
		}
	}
}

func TestFault_Kills(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		s, item, cairo := shelf(t, Options{})
		called := make(chan int, 1)
		kill := func() { called <- available(t, s, "A-1") } // no lock is held: the state can be asked
		f := KillBefore(kill)
		want := 5
		if after {
			f, want = KillAfter(kill), 8
		}
		s.Fault("inventorySetQuantities", 1, f)
		_, err := try(t, s, setDocument, map[string]any{"key": "k",
			"input": setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": nil})})
		if got := <-called; err == nil || got != want || available(t, s, "A-1") != want {
			t.Errorf("after %t: error %v, %d when called, want %d", after, err, got, want)
		}
	}
}

func TestFault_SaleBetweenReadingAndWriting(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	s.Fault("inventorySetQuantities", 1, Meanwhile(func() {
		if err := s.Sell("A-1", "Cairo", -1); err != nil {
			t.Error(err)
		}
	}))
	a := set(t, s, "k", setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": 5}))
	if got := userErrorCodes(a); got != "CHANGE_FROM_QUANTITY_STALE input.quantities.0.changeFromQuantity" || available(t, s, "A-1") != 4 {
		t.Errorf("got %q, %d available", got, available(t, s, "A-1"))
	}
}

func TestFault_EveryRequest(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	s.Fault("any", 0, Fault{Kind: FaultEmpty})
	for range 3 {
		if a := ask(t, s, `{ shop { id } }`, nil); a.raw != "" {
			t.Errorf("got %q", a.raw)
		}
	}
	s.ClearFaults()
	if a := ask(t, s, `{ shop { id } }`, nil); a.raw == "" {
		t.Error("the fault goes on")
	}
}

// Close must not wait for a request that hangs.
func TestClose_EndsWhatHangs(t *testing.T) {
	t.Parallel()
	s := New(Options{})
	s.Fault("any", 1, Fault{Kind: FaultHang, Delay: time.Hour})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = try(t, s, `{ shop { id } }`, nil)
	}()
	for len(s.Calls()) == 0 {
		time.Sleep(time.Millisecond)
	}
	s.Close()
	select {
	case <-done:
	case <-time.After(3 * time.Second):
		t.Error("the request still hangs")
	}
}
