package shopifytest

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestStagedUpload_IsStrict(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Unthrottled: true})
	swap := func(i, j int) func([]parameter) []parameter {
		return func(f []parameter) []parameter { f[i], f[j] = f[j], f[i]; return f }
	}
	cases := []struct {
		name   string
		change func([]parameter) []parameter
		status int
		code   string
	}{
		{"as given", func(f []parameter) []parameter { return f }, 201, "<PostResponse>"},
		{"two swapped", swap(0, 1), 400, "InvalidPolicyDocument"},
		{"key first", swap(0, 3), 400, "InvalidPolicyDocument"},
		{"file first", func(f []parameter) []parameter { return append(f[len(f)-1:], f[:len(f)-1]...) }, 403, "AccessDenied"},
		{"file before the last", func(f []parameter) []parameter { return swap(len(f)-2, len(f)-1)(f) }, 400, "InvalidPolicyDocument"},
		{"one missing", func(f []parameter) []parameter { return slices.Delete(f, 4, 5) }, 400, "InvalidPolicyDocument"},
		{"one changed", func(f []parameter) []parameter { f[0].value = "text/plain"; return f }, 400, "InvalidPolicyDocument"},
		{"one more", func(f []parameter) []parameter { return slices.Insert(f, len(f)-1, parameter{"x", "y"}) }, 400, "InvalidPolicyDocument"},
		{"one after the file", func(f []parameter) []parameter { return append(f, parameter{"x", "y"}) }, 400, "InvalidPolicyDocument"},
		{"no file", func(f []parameter) []parameter { return f[:len(f)-1] }, 400, "InvalidPolicyDocument"},
		{"key of nobody", func(f []parameter) []parameter { f[3].value = "tmp/x"; return f }, 403, "AccessDenied"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			g := stage(t, s, "BULK_MUTATION_VARIABLES", "items.jsonl", "text/jsonl")
			status, body := send(t, g.url, c.change(withFile(g.fields)), "{}\n")
			if status != c.status || !strings.Contains(body, c.code) || !strings.HasPrefix(body, "<?xml") {
				t.Errorf("got %d %s", status, body)
			}
			if _, there := s.StagedFile(g.key()); there != (c.status == 201) {
				t.Errorf("the file is there: %t", there)
			}
		})
	}
	if status, body := exchange(t, "POST", s.URL()+stagedPath, "text/plain", strings.NewReader("x")); status != 400 || !strings.Contains(body, "MalformedPOSTRequest") {
		t.Errorf("no form: %d %s", status, body)
	}
}

func TestStagedUpload_IsFoundByItsAddress(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	g := stage(t, s, "IMAGE", "صورة 1.jpg", "image/jpeg")
	if _, there := s.StagedFile(g.resourceURL); there {
		t.Error("a file before the upload")
	}
	if status, body := send(t, g.url, withFile(g.fields), "jpeg"); status != 201 {
		t.Fatalf("%d %s", status, body)
	}
	f, there := s.StagedFile(g.resourceURL)
	if !there || f.Name != "صورة 1.jpg" || f.MIME != "image/jpeg" || string(f.Data) != "jpeg" || f.Resource != "IMAGE" {
		t.Errorf("got %t %+v", there, f)
	}
	if status, body := exchange(t, "GET", g.resourceURL, "", nil); status != 200 || body != "jpeg" {
		t.Errorf("read back: %d %s", status, body)
	}
	if got := s.Judge(); len(got) > 0 {
		t.Errorf("judged: %v", got)
	}
}

func TestStagedUpload_ReferenceDocumentAndItsCost(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	a := ask(t, s, operation(t, "staged_uploads_create"), example(t, "staged_uploads_create"))
	if a.Errors != nil || a.Extensions.Cost.Requested != 11 || a.at("stagedUploadsCreate.stagedTargets.0.url") == nil {
		t.Errorf("got %s", a.raw)
	}
	a = ask(t, s, stageDocument, map[string]any{"input": []any{map[string]any{"resource": "IMAGE", "filename": "a.jpg", "mimeType": "image/jpeg"}}})
	if a.code() != "INTERNAL_SERVER_ERROR" {
		t.Errorf("PUT is not played, got %s", a.raw)
	}
}

// Faults meet uploads and downloads by these names, as they meet documents.
func TestFault_MeetsUploadsAndDownloads(t *testing.T) {
	t.Parallel()
	s, v := shopWith(t, 1, Options{Unthrottled: true})
	g := stage(t, s, "BULK_MUTATION_VARIABLES", "items.jsonl", "text/jsonl")
	var killed atomic.Int32
	s.Fault("upload", 1, KillBefore(func() { killed.Add(1) }))
	s.Fault("upload", 2, KillAfter(func() { killed.Add(1) }))
	if err := s.PlanFault("upload:3:status=503"); err != nil {
		t.Fatal(err)
	}
	for i, wantThere := range []bool{false, true} {
		status, _ := send(t, g.url, withFile(g.fields), "{}\n")
		if _, there := s.StagedFile(g.key()); status != 0 || there != wantThere || int(killed.Load()) != i+1 {
			t.Errorf("upload %d: status %d, there %t, killed %d", i+1, status, there, killed.Load())
		}
	}
	if status, _ := send(t, g.url, withFile(g.fields), "{}\n"); status != 503 {
		t.Errorf("upload 3: %d", status)
	}
	for _, f := range []string{"upload:1:throttled", "upload:2:hang=80ms"} {
		if err := s.PlanFault(f); err != nil {
			t.Fatal(err)
		}
	}
	if status, body := send(t, g.url, withFile(g.fields), "{}\n"); status != 503 || !strings.Contains(body, "SlowDown") {
		t.Errorf("throttled upload: %d %s", status, body)
	}
	began := time.Now()
	if status, _ := send(t, g.url, withFile(g.fields), "{}\n"); status != 201 || time.Since(began) < 80*time.Millisecond {
		t.Errorf("hanging upload: %d after %s", status, time.Since(began))
	}
	o := finish(t, s, runBulk(t, s, bulkSetDocument, upload(t, s, quantityLine(s, v[0], 5, nil, "k"))))
	for _, f := range []string{"download:1:reset-before", "download:2:half", "download:3:truncated", "download:4:status=403"} {
		if err := s.PlanFault(f); err != nil {
			t.Fatal(err)
		}
	}
	want := rowsText(t, s, o["url"], 5)
	for i, w := range []struct {
		status int
		whole  bool
	}{{0, false}, {0, false}, {200, false}, {403, false}, {200, true}} {
		if got := want[i]; got.status != w.status || strings.HasSuffix(got.body, "}\n") != w.whole {
			t.Errorf("download %d: %d %q", i+1, got.status, got.body)
		}
	}
	s.Fault("bulkOperationRunMutation", 1, KillAfter(func() { killed.Add(1) }))
	path := upload(t, s, quantityLine(s, v[0], 6, nil, "k2"))
	if _, err := try(t, s, runMutationDocument, map[string]any{"mutation": bulkSetDocument, "path": path}); err == nil {
		t.Error("an answer after the kill")
	}
	if got := s.BulkOperations(); len(got) != 2 || available(t, s, "S0") != 6 || len(s.CallsOf("upload")) != 7 || len(s.CallsOf("download")) != 5 {
		t.Errorf("operations %+v, %d uploads", got, len(s.CallsOf("upload")))
	}
}

type download struct {
	status int
	body   string
}

func rowsText(t *testing.T, s *Server, url any, times int) (out []download) {
	t.Helper()
	for range times {
		status, body := exchange(t, "GET", text(url), "", nil)
		out = append(out, download{status, body})
	}
	return out
}

func TestJudge_TokensAreNotShownToTheFileService(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	if _, err := post(t, s.URL()+stagedPath, "shpat_standin", "text/plain", nil); err != nil {
		t.Fatal(err)
	}
	if got := s.Judge(); len(got) != 1 || got[0].Rule != "token-shown" {
		t.Errorf("judged: %v", got)
	}
}
