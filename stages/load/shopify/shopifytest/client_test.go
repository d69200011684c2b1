package shopifytest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sharedOperations is where the operation documents lie, beside the project.
const sharedOperations = "../../../../../shared/reference/shopify/operations"

// clock is a clock that only moves when told.
type clock struct{ at time.Time }

func (c *clock) now() time.Time          { return c.at }
func (c *clock) advance(d time.Duration) { c.at = c.at.Add(d) }

func newClock() *clock { return &clock{time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)} }

func start(t *testing.T, opt Options) *Server {
	t.Helper()
	s := New(opt)
	t.Cleanup(s.Close)
	return s
}

// answer is a reply of the stand-in, opened.
type answer struct {
	status int
	header http.Header
	raw    string
	Data   map[string]any `json:"data"`
	Errors []struct {
		Message    string         `json:"message"`
		Path       []any          `json:"path"`
		Extensions map[string]any `json:"extensions"`
	} `json:"errors"`
	Extensions struct {
		Cost struct {
			Requested int  `json:"requestedQueryCost"`
			Actual    *int `json:"actualQueryCost"`
			Throttle  struct {
				Maximum   float64 `json:"maximumAvailable"`
				Available float64 `json:"currentlyAvailable"`
				Rate      float64 `json:"restoreRate"`
			} `json:"throttleStatus"`
		} `json:"cost"`
		Search []any `json:"search"`
	} `json:"extensions"`
}

func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	code, _ := a.Errors[0].Extensions["code"].(string)
	return code
}

// at walks into the data: "locations.nodes.0.name".
func (a answer) at(path string) any {
	var v any = a.Data
	for step := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			i := int(step[0] - '0')
			if i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// client follows no redirects and keeps no connections, so that every request stands alone.
var client = &http.Client{
	Timeout:       5 * time.Second,
	Transport:     &http.Transport{DisableKeepAlives: true, DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func post(t *testing.T, url, token, contentType string, body []byte) (answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if token != "" {
		req.Header.Set("X-Shopify-Access-Token", token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	a := answer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &a) // some answers are no JSON
	return a, err
}

func try(t *testing.T, s *Server, doc string, vars any) (answer, error) {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": doc, "variables": vars})
	if err != nil {
		t.Fatal(err)
	}
	return post(t, s.URL()+"/admin/api/2026-10/graphql.json", "shpat_standin", "application/json", body)
}

func ask(t *testing.T, s *Server, doc string, vars any) answer {
	t.Helper()
	a, err := try(t, s, doc, vars)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// operation reads one of the shared documents, or skips the test.
func operation(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(sharedOperations, name+".graphql"))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the reference texts are not beside the project: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const setDocument = `mutation Set($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { id createdAt reason referenceDocumentUri changes { name delta quantityAfterChange item { id } location { id } } }
    userErrors { field message code }
  }
}`

type row = map[string]any

func setInput(rows ...row) map[string]any {
	return map[string]any{"name": "available", "reason": "correction", "referenceDocumentUri": "gid://wasl/Job/1", "quantities": rows}
}

func set(t *testing.T, s *Server, key string, input map[string]any) answer {
	t.Helper()
	return ask(t, s, setDocument, map[string]any{"input": input, "key": key})
}

// userErrorCodes gives "CODE path" of every userError of the first root field.
func userErrorCodes(a answer) string {
	var out []string
	for _, root := range a.Data {
		payload, _ := root.(map[string]any)
		list, _ := payload["userErrors"].([]any)
		for _, e := range list {
			m := e.(map[string]any)
			code, _ := m["code"].(string)
			var path []string
			field, _ := m["field"].([]any)
			for _, step := range field {
				path = append(path, step.(string))
			}
			out = append(out, strings.TrimSpace(code+" "+strings.Join(path, ".")))
		}
	}
	return strings.Join(out, "; ")
}

func available(t *testing.T, s *Server, sku string) int {
	t.Helper()
	q, ok := s.Quantity(sku, "Cairo")
	if !ok {
		t.Fatalf("no quantity of %s at Cairo", sku)
	}
	return q.Available
}
