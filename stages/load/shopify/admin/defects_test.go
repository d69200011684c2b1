package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wasl/pipeline"
)

// The defects of go-shopify 4.7.0 that the reference lists in section 10.3, one test
// each, in its order. They hold our door against a server that answers as the
// library does not expect: were one of them to come back through the door, its test
// would say so. What the library can do for products, orders and inventory items is
// not used at all, which TestDefect_OnlyTheQueryIsUsed sees to.

// A told server answers what a test tells it, and keeps the requests.
type told struct {
	mu     sync.Mutex
	calls  []*http.Request
	bodies []string
	answer func(n int, w http.ResponseWriter)
}

const good = `{"data":{"shop":{"name":"Nour"}},"extensions":{"cost":{"requestedQueryCost":1,"throttleStatus":{"maximumAvailable":2000,"currentlyAvailable":1999,"restoreRate":100}}}}`

// says is an answer of Shopify's version with a status and a body.
func says(w http.ResponseWriter, status int, body string, header ...string) {
	w.Header().Set("X-Shopify-API-Version", Version)
	w.Header().Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		w.Header().Set(header[i], header[i+1])
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// tell starts a told server and a door to it. A wait of the door's own takes no time.
func tell(t *testing.T, answer func(n int, w http.ResponseWriter)) (*told, *Door) {
	t.Helper()
	s := &told{answer: answer}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.calls, s.bodies = append(s.calls, r), append(s.bodies, string(body))
		n := len(s.calls)
		s.mu.Unlock()
		s.answer(n, w)
	}))
	t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return s, New(Config{Shop: "wasl-test.myshopify.com", Address: address, AccessToken: "main", Margin: 20},
		Deps{Now: time.Now, Version: "test", Secret: func(string) (pipeline.Secret, error) { return pipeline.NewSecret("shpat_standin"), nil },
			Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
}

func (s *told) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.calls)
}

var shopName = Operation{Name: "ShopName", Cost: 1, Text: `query ShopName { shop { name } }`}

// RateLimits, attempts and apiVersion are written without a lock: the race detector
// tells, and every caller gets an answer of its own.
func TestDefect_TwoGoroutines(t *testing.T) {
	t.Parallel()
	_, d := tell(t, func(n int, w http.ResponseWriter) { says(w, 200, good) })
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 5 {
				if r, err := d.Query(t.Context(), shopName, nil); err != nil || !strings.Contains(string(r.Data), "Nour") {
					t.Errorf("%s, %v", r.Data, err)
				}
			}
		})
	}
	all.Wait()
}

// time.Sleep while waiting does not heed ctx: a deadline of 200 ms came back after 3 s.
func TestDefect_WaitingHeedsItsContext(t *testing.T) {
	t.Parallel()
	throttled := `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":{"requestedQueryCost":900,"throttleStatus":{"maximumAvailable":2000,"currentlyAvailable":1,"restoreRate":1}}}}`
	s, d := tell(t, func(n int, w http.ResponseWriter) { says(w, 200, throttled) })
	d.sleep = New(Config{Shop: d.shop, Address: d.way.address, AccessToken: "main"}, Deps{Now: time.Now}).sleep // a real timer
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := d.Read(ctx, shopName, nil, &struct{}{})
	if spent := time.Since(began); spent > 2*time.Second || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v after %s and %d requests", err, spent, s.count())
	}
}

// Some statuses are tried again inside, others not at all, and two loops count
// together: a door asks once, whatever comes, and says whether time may cure it.
func TestDefect_NothingIsTriedAgainInside(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 500, 502, 503, 504} {
		s, d := tell(t, func(n int, w http.ResponseWriter) { says(w, status, `{}`) })
		_, err := d.Query(t.Context(), shopName, nil)
		if _, later := errors.AsType[*pipeline.Later](err); !later || s.count() != 1 {
			t.Errorf("%d: %v after %d requests", status, err, s.count())
		}
	}
	s, d := tell(t, func(n int, w http.ResponseWriter) {
		says(w, 200, `{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}`)
	})
	if _, err := d.Query(t.Context(), shopName, nil); err == nil || s.count() != 1 {
		t.Errorf("throttled: %v after %d requests", err, s.count())
	}
}

// Retry-After: 0.9 becomes 0, and a loop without a pause.
func TestDefect_RetryAfterHasDecimals(t *testing.T) {
	t.Parallel()
	_, d := tell(t, func(n int, w http.ResponseWriter) { says(w, 429, `{}`, "Retry-After", "0.9") })
	_, err := d.Query(t.Context(), shopName, nil)
	if later, ok := errors.AsType[*pipeline.Later](err); !ok || later.After != 900*time.Millisecond {
		t.Errorf("got %v", err)
	}
}

// 429 or 5xx with HTML is a decoding error, and not known as what it is.
func TestDefect_StatusWithHTML(t *testing.T) {
	t.Parallel()
	for _, status := range []int{429, 502, 503} {
		_, d := tell(t, func(n int, w http.ResponseWriter) {
			says(w, status, "<html><body>Service trouble</body></html>", "Content-Type", "text/html")
		})
		_, err := d.Query(t.Context(), shopName, nil)
		if _, later := errors.AsType[*pipeline.Later](err); !later {
			t.Errorf("%d: %v", status, err)
		}
	}
}

// Errors are reduced to messages: a missing right cannot be told from a slip of ours,
// and neither headers nor cost come back.
func TestDefect_CodesHeadersAndCost(t *testing.T) {
	t.Parallel()
	body := func(code string) string {
		return fmt.Sprintf(`{"data":{"shop":null},"errors":[{"message":"No.","path":["shop"],"extensions":{"code":%q,"requiredAccess":"read_products access scope"}}],"extensions":{"cost":{"requestedQueryCost":7}}}`, code)
	}
	for code, rule := range map[string]string{"ACCESS_DENIED": "shopify.scope", "undefinedField": "shopify.document"} {
		_, d := tell(t, func(n int, w http.ResponseWriter) { says(w, 200, body(code), "X-Request-Id", "req-7") })
		r, err := d.Query(t.Context(), shopName, nil)
		if got := class(err); !strings.Contains(got, "trouble") || code == "ACCESS_DENIED" && !strings.Contains(got, rule) || code != "ACCESS_DENIED" && strings.Contains(got, "shopify.scope") {
			t.Errorf("%s: %s (%v)", code, got, err)
		}
		if r.ID() != "req-7" || r.Cost.Requested != 7 || len(r.Errors) != 1 {
			t.Errorf("%s: id %q, cost %v, errors %v", code, r.ID(), r.Cost.Requested, r.Errors)
		}
	}
}

// On errors data is partly filled and kept: a later try shows what an earlier one said.
func TestDefect_NothingOldInTheTarget(t *testing.T) {
	t.Parallel()
	_, d := tell(t, func(n int, w http.ResponseWriter) {
		if n == 1 {
			says(w, 200, `{"data":{"shop":{"name":"old","email":"old@example.com"}},"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}`)
			return
		}
		says(w, 200, good)
	})
	var into struct{ Shop struct{ Name, Email string } }
	if _, err := d.Read(t.Context(), shopName, nil, &into); err != nil || into.Shop.Name != "Nour" || into.Shop.Email != "" {
		t.Errorf("%+v, %v", into, err)
	}
}

// A version that is not understood silently means none, which the oldest serves.
func TestDefect_VersionIsAskedForAndHeldAgainstTheAnswer(t *testing.T) {
	t.Parallel()
	s, d := tell(t, func(n int, w http.ResponseWriter) {
		says(w, 200, good, "X-Shopify-API-Version", map[bool]string{true: Version, false: "2026-01"}[n == 1])
	})
	if _, err := d.Query(t.Context(), shopName, nil); err != nil {
		t.Error(err)
	}
	if got := s.calls[0].URL.Path; got != "/admin/api/"+Version+"/graphql.json" {
		t.Errorf("asked at %s", got)
	}
	if _, err := d.Query(t.Context(), shopName, nil); !strings.Contains(class(err), "shopify.version") {
		t.Errorf("an older version answers: %v", err)
	}
}

// {"errors":{"base":null}} with a status of 4xx is a panic.
func TestDefect_ErrorsThatAreNoList(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"errors":{"base":null}}`, `{"errors":"Not Found"}`, `{"errors":[null]}`, `{"errors":{"a":["b"]}}`, `[]`, `null`, ``} {
		for _, status := range []int{200, 404, 422} {
			_, d := tell(t, func(n int, w http.ResponseWriter) { says(w, status, body) })
			if _, err := d.Query(t.Context(), shopName, nil); err == nil {
				t.Errorf("%d %s: no error", status, body)
			}
		}
	}
}

// The debug logger prints bodies, with tokens and customers in them.
func TestDefect_NothingIsPrinted(t *testing.T) { // alone: it holds what the process prints
	_, d := tell(t, func(n int, w http.ResponseWriter) { says(w, 500, `{"data":{"shop":{"name":"+201001234567"}}}`) })
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, errs := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = w, w
	_, _ = d.Query(t.Context(), shopName, map[string]any{"phone": "+201001234567"})
	os.Stdout, os.Stderr = out, errs
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(r); err != nil || len(text) > 0 {
		t.Errorf("printed %q, %v", text, err)
	}
}

// The token is fixed for a client's life; the host is forced to https and
// myshopify.com; the User-Agent is another's.
func TestDefect_TokenAddressAndName(t *testing.T) {
	t.Parallel()
	s, d := tell(t, func(n int, w http.ResponseWriter) { says(w, 200, good) })
	token := "shpat_first"
	d.way.auth.secret = func(string) (pipeline.Secret, error) { return pipeline.NewSecret(token), nil }
	s.answer = func(n int, w http.ResponseWriter) {
		if n == 2 { // the token was changed: the same door goes on with the new one
			token = "shpat_second"
			says(w, 401, `{"errors":"[API] Invalid API key or access token"}`)
			return
		}
		says(w, 200, good)
	}
	for range 2 {
		if _, err := d.Query(t.Context(), shopName, nil); err != nil {
			t.Fatal(err)
		}
	}
	var tokens []string
	for _, c := range s.calls {
		tokens = append(tokens, c.Header.Get("X-Shopify-Access-Token"))
		if got := c.Header.Get("User-Agent"); got != "wasl/test" {
			t.Errorf("User-Agent %q", got)
		}
	}
	if !slices.Equal(tokens, []string{"shpat_first", "shpat_first", "shpat_second"}) {
		t.Errorf("tokens %v", tokens)
	}
}

// Whole bodies are read into memory without a limit.
func TestDefect_BodyWithoutEnd(t *testing.T) {
	t.Parallel()
	_, d := tell(t, func(n int, w http.ResponseWriter) {
		says(w, 200, `{"data":{"shop":{"name":"`)
		block := strings.Repeat("x", 1<<20)
		for range maxReply>>20 + 4 {
			if _, err := io.WriteString(w, block); err != nil {
				return // it hung up, as it should
			}
		}
	})
	if _, err := d.Query(t.Context(), shopName, nil); err == nil {
		t.Error("an answer without an end was taken")
	}
}

// omitempty drops zero prices, false and null, so that they cannot be set.
func TestDefect_ZeroFalseAndNullAreSent(t *testing.T) {
	t.Parallel()
	s, d := tell(t, func(n int, w http.ResponseWriter) { says(w, 200, good) })
	vars := map[string]any{"price": "0.00", "taxable": false, "compareAtPrice": nil, "changeFromQuantity": (*int64)(nil), "quantity": 0}
	if _, err := d.Query(t.Context(), shopName, vars); err != nil {
		t.Fatal(err)
	}
	var sent struct{ Variables map[string]any }
	if err := json.Unmarshal([]byte(s.bodies[0]), &sent); err != nil {
		t.Fatal(err)
	}
	for name := range vars {
		if _, there := sent.Variables[name]; !there {
			t.Errorf("%s was not sent: %s", name, s.bodies[0])
		}
	}
}

// InventoryItem.Update erases country and HS code, Variant cannot say false, Order
// lacks what was added since: of the library nothing but the query is used, in one
// file.
func TestDefect_OnlyTheQueryIsUsed(t *testing.T) {
	t.Parallel()
	allowed := []string{"NewClient", "App", "WithVersion", "WithRetry", "WithHTTPClient"}
	files := 0
	err := filepath.WalkDir(filepath.Join("..", "..", "..", ".."), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil // the compiler tells
		}
		if !slices.ContainsFunc(file.Imports, func(i *ast.ImportSpec) bool { return strings.Contains(i.Path.Value, "go-shopify") }) {
			return nil
		}
		files++
		if filepath.Base(path) != "door.go" {
			t.Errorf("%s knows the library, too", path)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := s.X.(*ast.Ident); ok && x.Name == "goshopify" && !slices.Contains(allowed, s.Sel.Name) {
					t.Errorf("%s uses goshopify.%s", path, s.Sel.Name)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || files != 1 {
		t.Errorf("%d files, %v", files, err)
	}
}
