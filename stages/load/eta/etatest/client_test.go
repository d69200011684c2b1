package etatest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// clock is an authority's clock that a test sets.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock(t *testing.T, text string) *clock {
	t.Helper()
	now, ok := parseTime(text)
	if !ok {
		t.Fatalf("time %q", text)
	}
	return &clock{now: now}
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const noon = "2026-10-01T12:00:00Z"

// start runs a server whose clock stands at noon, unless the options have one.
func start(t *testing.T, o Options) *Server {
	t.Helper()
	if o.Now == nil {
		o.Now = newClock(t, noon).Now
	}
	s := New(o)
	t.Cleanup(s.Close)
	return s
}

// till is a client as simple as can be.
type till struct {
	t     *testing.T
	s     *Server
	token string
}

func newTill(t *testing.T, s *Server) *till {
	t.Helper()
	c := &till{t: t, s: s}
	answer := c.login(nil, nil)
	if answer.status != http.StatusOK {
		t.Fatalf("token: %d %s", answer.status, answer.body)
	}
	c.token = answer.str("access_token")
	return c
}

// answered is an answer; err is set where there was none.
type answered struct {
	status int
	header http.Header
	body   string
	err    error
}

func (a answered) str(path ...string) string {
	tree, err := parseTree([]byte(a.body))
	if err != nil {
		return ""
	}
	return tree.str(path...)
}

func (a answered) list(path ...string) []*node {
	tree, err := parseTree([]byte(a.body))
	if err != nil {
		return nil
	}
	return tree.list(path...)
}

// login asks the demo POS's token with some form fields and headers changed; "" takes one away.
func (c *till) login(form, header map[string]string) answered {
	c.t.Helper()
	fields := url.Values{"grant_type": {"client_credentials"}, "client_id": {"demo-client"}, "client_secret": {"demo-secret"}}
	headers := map[string]string{
		"posserial": "WASL-SRV-01", "pososversion": "os", "Content-Type": "application/x-www-form-urlencoded",
	}
	for name, value := range form {
		fields.Set(name, value)
		if value == "" {
			fields.Del(name)
		}
	}
	for name, value := range header {
		headers[name] = value
	}
	return c.send(http.MethodPost, "/connect/token", fields.Encode(), headers)
}

func (c *till) get(path string) answered {
	c.t.Helper()
	return c.send(http.MethodGet, path, "", map[string]string{"Authorization": "Bearer " + c.token})
}

func (c *till) submit(receipts ...string) answered {
	c.t.Helper()
	return c.post(`{"receipts":[` + strings.Join(receipts, ",") + `]}`)
}

func (c *till) post(body string) answered {
	c.t.Helper()
	return c.send(http.MethodPost, "/api/v1/receiptsubmissions", body, map[string]string{
		"Authorization": "Bearer " + c.token, "Content-Type": "application/json",
	})
}

func (c *till) send(method, path, body string, header map[string]string) answered {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.s.URL()+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for name, value := range header {
		request.Header.Set(name, value)
	}
	request.GetBody = nil // or a request that met a reset would be sent again behind the test's back
	transport := &http.Transport{DisableKeepAlives: true}
	defer transport.CloseIdleConnections()
	response, err := (&http.Client{Transport: transport, Timeout: 10 * time.Second}).Do(request)
	if err != nil {
		return answered{err: err}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answered{status: response.StatusCode, header: response.Header, body: string(text), err: err}
}

// mustTake submits receipts of which each must be accepted, and returns the id of the submission.
func (c *till) mustTake(receipts ...string) string {
	c.t.Helper()
	answer := c.submit(receipts...)
	if got := len(answer.list("acceptedDocuments")); answer.status != http.StatusAccepted || got != len(receipts) {
		c.t.Fatalf("submit: %d, %d of %d accepted: %s %v", answer.status, got, len(receipts), answer.body, answer.err)
	}
	return answer.str("submissionId")
}

// findings returns "code path" of everything that the first receipt of a submission was found invalid for.
func (c *till) findings(id string) []string {
	c.t.Helper()
	answer := c.get("/api/v1/receiptsubmissions/" + id + "/details?PageNo=1&PageSize=100")
	receipts := answer.list("receipts")
	if answer.status != http.StatusOK || len(receipts) == 0 {
		c.t.Fatalf("details: %d %s", answer.status, answer.body)
	}
	var found []string
	for _, e := range receipts[len(receipts)-1].list("errors") {
		found = append(found, e.str("error", "errorCode")+" "+e.str("error", "propertyPath"))
	}
	return found
}

// The receipt of these tests: two shirts with 14 % on them.
const saleText = `{"header":{"dateTimeIssued":"2026-10-01T11:59:00Z","receiptNumber":"1001","uuid":"","previousUUID":"","currency":"EGP"},` +
	`"documentType":{"receiptType":"s","typeVersion":"1.2"},` +
	`"seller":{"rin":"100200300","companyTradeName":"شركة وصل للتجارة","branchCode":"0","branchAddress":{"country":"EG","governate":"القاهرة","regionCity":"مدينة نصر","street":"شارع عباس العقاد","buildingNumber":"12 ب"},"deviceSerialNumber":"WASL-SRV-01","activityCode":"4791"},` +
	`"buyer":{"type":"P"},` +
	`"itemData":[{"internalCode":"TS-01","description":"تيشيرت","itemType":"EGS","itemCode":"EG-100200300-TS-01","unitType":"EA","quantity":2,"unitPrice":100,"netSale":180,"totalSale":200,"total":205.2,` +
	`"commercialDiscountData":[{"amount":20,"description":"WELCOME10","rate":10}],"taxableItems":[{"taxType":"T1","amount":25.2,"subType":"V009","rate":14}]}],` +
	`"totalSales":200,"totalCommercialDiscount":20,"totalItemsDiscount":0,"netAmount":180,"feesAmount":0,"totalAmount":205.2,` +
	`"taxTotals":[{"taxType":"T1","amount":25.2}],"paymentMethod":"C","adjustment":0}`

// sale is the receipt with texts replaced, pair by pair, and its uuid filled in.
func sale(t *testing.T, pairs ...string) string {
	t.Helper()
	text := saleText
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("%q is not in the receipt", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return sealed(t, text)
}

// next is the receipt with a number of its own after another.
func next(t *testing.T, number, previous string, pairs ...string) string {
	t.Helper()
	return sale(t, append([]string{`"1001"`, quoted(number), `"previousUUID":""`, `"previousUUID":` + quoted(previous)}, pairs...)...)
}

func sealed(t *testing.T, text string) string {
	t.Helper()
	tree, err := parseTree([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(text, `"uuid":""`, `"uuid":"`+receiptUUID(tree)+`"`, 1)
}

func uuidOf(t *testing.T, receipt string) string {
	t.Helper()
	tree, err := parseTree([]byte(receipt))
	if err != nil {
		t.Fatal(err)
	}
	return tree.str("header", "uuid")
}

func quoted(text string) string {
	q, err := json.Marshal(text)
	if err != nil {
		panic(err)
	}
	return string(q)
}

func wantStatus(t *testing.T, got answered, want int, code string) {
	t.Helper()
	if got.status != want || got.str("error", "code") != code {
		t.Errorf("got %d %s %v\nwant %d %s", got.status, got.body, got.err, want, code)
	}
}

func wantClean(t *testing.T, s *Server) {
	t.Helper()
	if found := s.Judge(); len(found) > 0 {
		t.Errorf("violations: %s", strings.Join(found, "\n"))
	}
}

// wantViolation wants exactly one violation, with these words in it.
func wantViolation(t *testing.T, s *Server, words string) {
	t.Helper()
	if found := s.Judge(); len(found) != 1 || !strings.Contains(found[0], words) {
		t.Errorf("violations:\n got %s\nwant one with %q", strings.Join(found, "\n"), words)
	}
}

func rawPath(uuid string) string { return fmt.Sprintf("/api/v1/receipts/%s/raw", uuid) }
