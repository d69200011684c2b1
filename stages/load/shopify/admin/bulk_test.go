package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wasl/pipeline"
)

// desk is a shop that says what it is told to: data of each operation in its
// order, the last one again and again; and files.
type desk struct {
	*httptest.Server
	mu      sync.Mutex
	answers map[string][]string
	asked   []string // operations, and files with their range
	file    func(w http.ResponseWriter, r *http.Request)
	clock   *clock
	waits   []time.Duration
	told    []string
}

func newDesk(t *testing.T, answers map[string][]string) *desk {
	t.Helper()
	d := &desk{answers: answers, clock: newClock()}
	d.Server = httptest.NewServer(d)
	t.Cleanup(d.Server.Close)
	return d
}

func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !strings.HasPrefix(r.URL.Path, "/admin/") {
		d.asked = append(d.asked, strings.TrimSpace(r.Method+" "+r.URL.Path+" "+r.Header.Get("Range")))
		if r.Header.Get("X-Shopify-Access-Token") != "" {
			d.asked = append(d.asked, "TOKEN SHOWN")
		}
		d.file(w, r)
		return
	}
	var in struct{ OperationName string }
	_ = json.NewDecoder(r.Body).Decode(&in) // an odd body finds no answer
	d.asked = append(d.asked, in.OperationName)
	queue := d.answers[in.OperationName]
	if len(queue) == 0 {
		w.WriteHeader(http.StatusNotImplemented)
		return
	}
	if len(queue) > 1 {
		d.answers[in.OperationName] = queue[1:]
	}
	w.Header().Set("X-Shopify-API-Version", Version)
	_, _ = io.WriteString(w, `{"data":`+strings.ReplaceAll(queue[0], "URL", d.URL+"/f?X-Goog-Signature=secret")+`}`) // gone: the client says so
}

// count tells how often something was asked.
func (d *desk) count(what string) (n int) {
	for _, a := range d.asked {
		if a == what {
			n++
		}
	}
	return n
}

func (d *desk) door() *Door {
	address, err := url.Parse(d.URL)
	if err != nil {
		panic(err)
	}
	door := doorOf(Config{Shop: "wasl-test.myshopify.com", Address: address, AccessToken: "main"}, d.clock.now)
	door.tell = func(note string, _ time.Duration) { d.told = append(d.told, note) }
	door.sleep = func(ctx context.Context, wait time.Duration) error {
		d.waits = append(d.waits, wait)
		d.clock.advance(wait)
		return ctx.Err()
	}
	return door
}

const (
	queryStarted = `{"bulkOperationRunQuery":{"bulkOperation":{"id":"gid://shopify/BulkOperation/7"},"userErrors":[]}}`
	queryBusy    = `{"bulkOperationRunQuery":{"bulkOperation":null,"userErrors":[{"field":null,"message":"no room","code":"OPERATION_IN_PROGRESS"}]}}`
)

func state(status, code, url string, objects, size int) string {
	quote := func(s string) string {
		if s == "" || s == "0" {
			return "null"
		}
		return `"` + s + `"`
	}
	return fmt.Sprintf(`{"bulkOperation":{"id":"gid://shopify/BulkOperation/7","status":%q,"errorCode":%s,"createdAt":"2026-11-24T06:00:00Z","objectCount":"%d","fileSize":%s,"url":%s,"partialDataUrl":null}}`,
		status, quote(code), objects, quote(fmt.Sprint(size)), quote(url))
}

func read(t *testing.T, d *Door) (lines []string, err error) {
	t.Helper()
	err = d.BulkRead(t.Context(), "{ productVariants { edges { node { id } } } }", func(line json.RawMessage) error {
		lines = append(lines, string(line))
		return nil
	})
	return lines, err
}

func TestBulkRead_PollsTellsAndReads(t *testing.T) {
	t.Parallel()
	d := newDesk(t, map[string][]string{
		"BulkOperationRunQuery": {queryBusy, queryStarted},
		"BulkOperationStatus": {state("CREATED", "", "", 0, 0), state("RUNNING", "", "", 1200, 0), state("RUNNING", "", "", 2400, 0),
			state("RUNNING", "", "", 2400, 0), state("RUNNING", "", "", 2400, 0), state("COMPLETED", "", "URL", 2, 18)},
	})
	d.file = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "{\"id\":1}\n{\"id\":2}\n") }
	lines, err := read(t, d.door())
	if err != nil || !slices.Equal(lines, []string{`{"id":1}`, `{"id":2}`}) {
		t.Errorf("got %v, %v", lines, err)
	}
	if got := fmt.Sprint(d.waits); got != "[30s 2s 4s 8s 16s 30s 30s]" {
		t.Errorf("waited %s", got)
	}
	if !slices.Contains(d.told, "Shopify: reading the shop, 2400 objects so far") {
		t.Errorf("told %q", d.told)
	}
	if d.count("TOKEN SHOWN") > 0 {
		t.Error("a file service has seen the token")
	}
}

func TestBulkRead_NoRows(t *testing.T) {
	t.Parallel()
	d := newDesk(t, map[string][]string{"BulkOperationRunQuery": {queryStarted}, "BulkOperationStatus": {state("COMPLETED", "", "", 0, 0)}})
	if lines, err := read(t, d.door()); err != nil || len(lines) > 0 {
		t.Errorf("got %v, %v", lines, err)
	}
}

func TestBulkRead_EndsWithoutResult(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		status, code, want string
	}{
		"denied":    {"FAILED", "ACCESS_DENIED", "trouble shopify.bulk"},
		"timeout":   {"FAILED", "TIMEOUT", "later shopify.bulk"},
		"internal":  {"FAILED", "INTERNAL_SERVER_ERROR", "later shopify.bulk"},
		"expired":   {"EXPIRED", "", "trouble shopify.bulk"},
		"cancelled": {"CANCELED", "", "trouble shopify.bulk"},
	}
	for name, c := range cases {
		d := newDesk(t, map[string][]string{"BulkOperationRunQuery": {queryStarted}, "BulkOperationStatus": {state(c.status, c.code, "", 0, 0)}})
		if _, err := read(t, d.door()); class(err) != c.want {
			t.Errorf("%s: got %s (%v), want %s", name, class(err), err, c.want)
		}
	}
	refused := `{"bulkOperationRunQuery":{"bulkOperation":null,"userErrors":[{"field":["query"],"message":"no","code":"INVALID"}]}}`
	d := newDesk(t, map[string][]string{"BulkOperationRunQuery": {refused}})
	if _, err := read(t, d.door()); class(err) != "trouble shopify.request certain" {
		t.Errorf("refused: got %s", class(err))
	}
	d = newDesk(t, map[string][]string{"BulkOperationRunQuery": {queryBusy}})
	if _, err := read(t, d.door()); class(err) != "later 30s shopify.busy certain" || len(d.waits) < 100 {
		t.Errorf("no room for an hour: got %s after %d waits", class(err), len(d.waits))
	}
}

const numbers = "{\"n\":0}\n{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n"

// cut serves the file of numbers, but the connection breaks after so many bytes
// of each answer.
func cut(after int, ranges bool) func(http.ResponseWriter, *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		from := 0
		if given := r.Header.Get("Range"); ranges && given != "" {
			_, _ = fmt.Sscanf(given, "bytes=%d-", &from) // an odd range is from the beginning
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(numbers)-1, len(numbers)))
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(numbers)-from))
		if from > 0 {
			w.WriteHeader(http.StatusPartialContent)
		}
		_, _ = io.WriteString(w, numbers[from:min(from+after, len(numbers))])
		if from+after < len(numbers) {
			_ = http.NewResponseController(w).Flush() // then it breaks
			panic(http.ErrAbortHandler)
		}
	}
}

// A download that is cut goes on where it was; no line is given twice.
func TestBulkRead_DownloadIsCut(t *testing.T) {
	t.Parallel()
	whole := []string{`{"n":0}`, `{"n":1}`, `{"n":2}`, `{"n":3}`}
	for name, c := range map[string]struct {
		after  int
		ranges bool
		asked  int // downloads; 0: it never comes
	}{
		"resumed":      {12, true, 4},
		"at the end":   {31, true, 2},
		"without":      {12, false, 0},
		"nothing":      {3, true, 0},
		"not at all":   {100, true, 1},
		"between":      {16, true, 2},
		"whole at cut": {32, true, 1},
	} {
		d := newDesk(t, map[string][]string{"BulkOperationRunQuery": {queryStarted}, "BulkOperationStatus": {state("COMPLETED", "", "URL", 4, len(numbers))}})
		d.file = cut(c.after, c.ranges)
		lines, err := read(t, d.door())
		downloads := 0
		for _, a := range d.asked {
			if strings.HasPrefix(a, "GET /f") {
				downloads++
			}
		}
		switch {
		case c.asked == 0 && (class(err) != "later shopify.unreachable" || strings.Contains(err.Error(), "secret")):
			t.Errorf("%s: got %s (%v)", name, class(err), err)
		case c.asked > 0 && (err != nil || !slices.Equal(lines, whole) || downloads != c.asked):
			t.Errorf("%s: got %v in %d downloads, %v", name, lines, downloads, err)
		}
	}
}

// Where the file service knows no ranges, what was read is passed over.
func TestBulkRead_WholeFileAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, map[string][]string{"BulkOperationRunQuery": {queryStarted}, "BulkOperationStatus": {state("COMPLETED", "", "URL", 4, len(numbers))}})
	tries := 0
	d.file = func(w http.ResponseWriter, r *http.Request) {
		tries++
		cut(12*tries, false)(w, r)
	}
	if lines, err := read(t, d.door()); err != nil || len(lines) != 4 || tries != 3 {
		t.Errorf("got %v in %d tries, %v", lines, tries, err)
	}
}

// A file that is shorter than Shopify says, or ends within a line, is not whole.
func TestBulkRead_FileIsShort(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		size int
	}{"size": {numbers[:16], len(numbers)}, "line": {numbers[:12], 0}} {
		d := newDesk(t, map[string][]string{"BulkOperationRunQuery": {queryStarted}, "BulkOperationStatus": {state("COMPLETED", "", "URL", 4, c.size)}})
		d.file = func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, c.text) }
		if _, err := read(t, d.door()); class(err) != "later shopify.unreachable" {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestBulkRead_FileIsRefused(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{302: "trouble shopify.file", 400: "trouble shopify.file", 403: "trouble shopify.file",
		404: "trouble shopify.file", 429: "later", 503: "later"} {
		d := newDesk(t, map[string][]string{"BulkOperationRunQuery": {queryStarted}, "BulkOperationStatus": {state("COMPLETED", "", "URL", 4, 0)}})
		d.file = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", d.URL+"/elsewhere")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<Error><Code>No</Code></Error>")
		}
		_, err := read(t, d.door())
		if class(err) != want || d.count("GET /elsewhere") > 0 {
			t.Errorf("%d: got %s (%v), want %s", status, class(err), err, want)
		}
	}
}

// An error of who takes the lines ends the reading, whatever it is.
func TestBulkRead_LineIsNotTaken(t *testing.T) {
	t.Parallel()
	d := newDesk(t, map[string][]string{"BulkOperationRunQuery": {queryStarted}, "BulkOperationStatus": {state("COMPLETED", "", "URL", 4, 0)}})
	d.file = cut(100, false)
	n := 0
	err := d.door().BulkRead(t.Context(), "{}", func(json.RawMessage) error { n++; return &pipeline.Later{Err: errors.New("full")} })
	if err == nil || n != 1 {
		t.Errorf("%d lines, %v", n, err)
	}
}

// A result of which a part was read is read again as a whole: each line can be
// settled by its number (RELIABILITY.md, row 20).
func TestBulkResult_ReadAgain(t *testing.T) {
	t.Parallel()
	const answers = "{\"data\":{},\"__lineNumber\":1}\n{\"errors\":[{\"message\":\"no\",\"extensions\":{\"code\":\"BAD\"}}],\"__lineNumber\":0}\n"
	d := newDesk(t, nil)
	broken := true
	d.file = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(answers)))
		if broken {
			_, _ = io.WriteString(w, answers[:40])
			_ = http.NewResponseController(w).Flush() // then it breaks
			panic(http.ErrAbortHandler)
		}
		_, _ = io.WriteString(w, answers)
	}
	b := Bulk{ID: "gid://shopify/BulkOperation/7", URL: d.URL + "/f", Size: int64(len(answers))}
	lines := func() (out []string, err error) {
		err = d.door().BulkResult(t.Context(), b, func(line int, data json.RawMessage, errs []GraphError) error {
			code := ""
			for _, e := range errs {
				code += e.Code()
			}
			out = append(out, fmt.Sprintf("%d %s%s", line, data, code))
			return nil
		})
		return out, err
	}
	if got, err := lines(); class(err) != "later shopify.unreachable" || strings.Join(got, ", ") != "1 {}" || len(d.waits) > 0 {
		t.Errorf("cut: got %v, %v", got, err)
	}
	broken = false
	if got, err := lines(); err != nil || strings.Join(got, ", ") != "1 {}, 0 BAD" {
		t.Errorf("again: got %v, %v", got, err)
	}
	if err := d.door().BulkResult(t.Context(), Bulk{}, nil); err != nil {
		t.Errorf("no address, no lines: %v", err)
	}
}

func TestUserError_Row(t *testing.T) {
	t.Parallel()
	for field, want := range map[string]string{
		"input quantities 3 locationId": "3 true", "variants 0 price": "0 false", "input quantities": "0 false", "quantities x": "0 false", "": "0 false",
	} {
		n, ok := UserError{Field: strings.Fields(field)}.Row("quantities")
		if got := fmt.Sprint(n, " ", ok); got != want {
			t.Errorf("%s: got %s, want %s", field, got, want)
		}
	}
}

// Files come from https, or from this machine where the shop is there too.
func TestStorage_AddressOfAFile(t *testing.T) {
	t.Parallel()
	open := func(shop, file string) error {
		u, _ := url.Parse(shop)
		s := newStorage(Config{Address: u}, Deps{Now: time.Now})
		s.client.Transport = tripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
		})
		resp, err := s.open(t.Context(), http.MethodGet, file, http.Header{}, nil, 0)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
	for file, want := range map[string]bool{"https://storage.example/a": true, "http://storage.example/a": false, "http://127.0.0.1:1/a": false,
		"file:///etc/passwd": false, "/a": false, "": false} {
		if err := open("https://a.myshopify.com", file); (err == nil) != want {
			t.Errorf("%s: %v", file, err)
		}
	}
	if open("http://127.0.0.1:1", "http://127.0.0.1:2/a") != nil || open("http://127.0.0.1:1", "http://storage.example/a") == nil {
		t.Error("a test server gives files of its own machine only")
	}
}

const (
	target1     = `{"stagedUploadsCreate":{"stagedTargets":[{"url":"URL","resourceUrl":"URL","parameters":[{"name":"key","value":"tmp/1"}]}],"userErrors":[]}}`
	fileMissing = `{"bulkOperationRunMutation":{"bulkOperation":null,"userErrors":[{"field":null,"message":"not found","code":"NO_SUCH_FILE"}]}}`
	busyAgain   = `{"bulkOperationRunMutation":{"bulkOperation":null,"userErrors":[{"field":null,"message":"no room","code":"OPERATION_IN_PROGRESS"}]}}`
	running     = `{"bulkOperationRunMutation":{"bulkOperation":{"id":"gid://shopify/BulkOperation/9"},"userErrors":[]}}`
)

func TestBulkStart_UserErrors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []string
		upload  int // status
		want    string
		uploads int
	}{
		"started":         {[]string{running}, 201, "", 1},
		"missing once":    {[]string{fileMissing, running}, 201, "", 2},
		"missing":         {[]string{fileMissing}, 201, "trouble shopify.request certain", 2},
		"busy":            {[]string{busyAgain}, 201, "later 30s shopify.busy certain", 1},
		"limit":           {[]string{strings.Replace(busyAgain, "OPERATION_IN_PROGRESS", "LIMIT_REACHED", 1)}, 201, "later 30s shopify.busy certain", 1},
		"invalid":         {[]string{strings.Replace(busyAgain, "OPERATION_IN_PROGRESS", "INVALID_MUTATION", 1)}, 201, "trouble shopify.request certain", 1},
		"file server":     {[]string{strings.Replace(busyAgain, "OPERATION_IN_PROGRESS", "INTERNAL_FILE_SERVER_ERROR", 1)}, 201, "later shopify.request certain", 1},
		"nothing":         {[]string{`{"bulkOperationRunMutation":null}`}, 201, "later shopify.unreadable", 1},
		"upload refused":  {[]string{running}, 403, "trouble shopify.file certain", 1},
		"upload tomorrow": {[]string{running}, 503, "later certain", 1},
	} {
		d := newDesk(t, map[string][]string{"StagedUploadsCreate": {target1}, "BulkOperationRunMutation": c.answers})
		d.file = func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // what is in it is judged by the stand-in
			w.WriteHeader(c.upload)
		}
		ctx, said := Listen(t.Context())
		id, err := d.door().BulkStart(ctx, "mutation M($a: Int) { x }", "batch-0000001", []byte("{}\n"))
		got := ""
		if err != nil {
			got = class(err)
		}
		if got != c.want || (id != "") != (err == nil) || d.count("POST /f") != c.uploads {
			t.Errorf("%s: got %s (%v) with %d uploads, want %s", name, got, err, d.count("POST /f"), c.want)
		}
		if len(d.waits) > 0 || d.count("TOKEN SHOWN") > 0 {
			t.Errorf("%s: waited %v, asked %v", name, d.waits, d.asked)
		}
		for _, s := range said.All() {
			if strings.Contains(s.What+string(s.Body), "secret") {
				t.Errorf("%s: a signed address is kept: %s %s", name, s.What, s.Body)
			}
		}
		if len(said.All()) < 2 {
			t.Errorf("%s: said %v", name, said.All())
		}
	}
}

func TestBulkStart_NothingToStart(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	for _, c := range []struct {
		mutation, tag string
		lines         int
	}{{"query Q { x }", "batch-0000001", 3}, {"mutation { x }", "short", 3}, {"mutation { x }", "batch-0000001", 0}, {"mutation { x }", "batch-0000001", MaxBulk + 1}} {
		if _, err := d.door().BulkStart(t.Context(), c.mutation, c.tag, make([]byte, c.lines)); !Certain(err) || len(d.asked) > 0 {
			t.Errorf("%.20s %s: %v", c.mutation, c.tag, err)
		}
	}
}

func TestRename_GivesAMutationTheNameOfItsTag(t *testing.T) {
	t.Parallel()
	sign := signOf("batch-0000001")
	for given, want := range map[string]string{
		"mutation Bulk($a: Int) { x }":          "mutation " + sign + "($a: Int) { x }",
		"mutation Bulk { x }":                   "mutation " + sign + " { x }",
		"mutation($a: Int) { x }":               "mutation " + sign + "($a: Int) { x }",
		"mutation { x }":                        "mutation " + sign + "{ x }",
		"# mutation of lines\nmutation B { x }": "# mutation of lines\nmutation " + sign + " { x }",
	} {
		if got, err := rename(given, "batch-0000001"); err != nil || got != want {
			t.Errorf("%q: got %q, %v", given, got, err)
		}
	}
	if signOf("batch-0000002") == sign {
		t.Error("two tags have one name")
	}
}
