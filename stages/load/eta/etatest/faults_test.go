package etatest

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestFault_Answers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		fault  string
		status int
		body   string // a part of it
		broken bool   // no whole answer comes
		taken  int
	}{
		{"status=400", 400, `"code":400`, false, 0},
		{"status=401", 401, ``, false, 0},
		{"status=403", 403, `IncorrectSubmitter`, false, 0},
		{"status=408", 408, `"code":408`, false, 0},
		{"status=413", 413, `<html>`, false, 0},
		{"status=422", 422, `DuplicateSubmission`, false, 0},
		{"status=429", 429, `"error":"Too many requests"`, false, 0},
		{"status=429,retry-after=7", 429, `"code":429`, false, 0},
		{"status=500", 500, `"code":500`, false, 0},
		{"status=502", 502, `<html>`, false, 0},
		{"status=503", 503, `"code":503`, false, 0},
		{"status=400,body={\"a\":1,\"b\":2}", 400, `{"a":1,"b":2}`, false, 0},
		{"reset-before", 0, ``, true, 0},
		{"reset-after", 0, ``, true, 1},
		{"half", 202, `{`, true, 1},
		{"garbage", 202, `submissionId`, false, 1},
		{"empty", 200, ``, false, 1},
		{"html", 200, `<html>`, false, 1},
		{"hang=20ms", 202, `submissionId`, false, 1},
		{"hang-after=20ms", 202, `submissionId`, false, 1},
		{"reject=1001/CF399/totalAmount", 202, `"code":"CF399","message":"rejected","target":"totalAmount","propertyPath":"totalAmount"`, false, 0},
		{"reject=@0", 202, `Injected`, false, 0},
		{"drop=1001", 202, `"acceptedDocuments":[],"rejectedDocuments":[],"submissionId":"`, false, 1},
		{"lose=*", 202, `"acceptedDocuments":[],"rejectedDocuments":[],"submissionId":null`, false, 0},
	} {
		t.Run(test.fault, func(t *testing.T) {
			t.Parallel()
			plan, err := ParseFault("submit:1:" + test.fault)
			if err != nil {
				t.Fatal(err)
			}
			s := start(t, Options{Faults: []Plan{plan}})
			got := newTill(t, s).submit(sale(t))
			if got.status != test.status || !strings.Contains(got.body, test.body) || (got.err != nil) != test.broken {
				t.Errorf("got %d %q %v", got.status, got.body, got.err)
			}
			if held := len(s.Receipts()); held != test.taken {
				t.Errorf("taken: %d, want %d", held, test.taken)
			}
			if plan.Fault.RetryAfter != got.header.Get("Retry-After") {
				t.Errorf("Retry-After: %q", got.header.Get("Retry-After"))
			}
		})
	}
}

func TestFault_CountsPerEndpoint(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := newTill(t, s)
	s.Fault(Raw, 2, Fault{Status: 500})
	s.Fault(Any, 5, Fault{Status: 503})
	var got []int
	for _, path := range []string{rawPath("x"), "/api/v1/receipts/recent", rawPath("x"), rawPath("x"), rawPath("x")} {
		got = append(got, c.get(path).status) // the token was the first request of all
	}
	if want := "[404 200 500 503 404]"; fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestFault_HangUpBeforeWork(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := newTill(t, s)
	s.Fault(Submit, 1, Fault{Hang: time.Hour})
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.submit(sale(t))
	}()
	for len(s.Requests()) < 2 {
		time.Sleep(time.Millisecond)
	}
	s.Close()
	<-ended
	if len(s.Receipts()) != 0 {
		t.Error("a receipt was taken although the connection was gone")
	}
}

func TestFault_Hooks(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := newTill(t, s)
	var held atomic.Int64
	look := func() { held.Store(int64(len(s.Receipts()))) }
	s.Fault(Submit, 1, Fault{Before: look})
	s.Fault(Submit, 2, Fault{After: look})
	for i := range 2 {
		if got := c.submit(sale(t)); got.err == nil {
			t.Errorf("call %d was answered: %d", i+1, got.status)
		}
		if got := held.Load(); got != int64(i) {
			t.Errorf("call %d: %d receipts held, want %d", i+1, got, i)
		}
	}
	wantClean(t, s)
}

func TestParseFault(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"submit:2:reset-after":                    "submit 2-2 reset-after",
		"any:3-5:status=429,retry-after=2":        "any 3-5 status=429,retry-after=2",
		"details:*:hang=2s":                       fmt.Sprintf("details 1-%d hang=2s", Always),
		"raw:3-:empty":                            fmt.Sprintf("raw 3-%d empty", Always),
		"submit:1:reject=1042/CF399/a/b,drop=@0":  "submit 1-1 reject=1042/CF399/a/b,drop=@0",
		"token:1:status=400,body={\"a\":1,\"b\"}": `token 1-1 status=400,body={"a":1,"b"}`,
	} {
		p, err := ParseFault(text)
		if got := fmt.Sprintf("%s %d-%d %s", p.On, p.From, p.To, p.Fault); err != nil || got != want {
			t.Errorf("%s: got %s %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "submit", "submit:1", "submit:1:", "nothing:1:half", "submit:0:half", "submit:x:half", "submit:3-2:half",
		"submit:1:explode", "submit:1:hang=soon", "submit:1:status=99", "submit:1:half,", "submit:1:retry-after=3",
	} {
		if p, err := ParseFault(text); err == nil {
			t.Errorf("%q was taken as %+v", text, p)
		}
	}
}

func TestFault_ConnectionIsUsableAgain(t *testing.T) {
	t.Parallel()
	s := start(t, Options{DuplicateWindow: -1})
	c := newTill(t, s)
	s.Fault(Submit, 1, Fault{Answer: Lost})
	if got := c.submit(sale(t)); got.err == nil {
		t.Fatalf("got %d", got.status)
	}
	if got := c.get(rawPath(uuidOf(t, sale(t)))); got.status != http.StatusOK {
		t.Errorf("look-up: %d %s", got.status, got.body)
	}
	wantClean(t, s)
}
