package shopifytest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// shopWith has a shop with n variants, S0 and so on, each with 10 at Cairo.
func shopWith(t *testing.T, n int, opt Options) (*Server, []Variant) {
	t.Helper()
	s := start(t, opt)
	var out []Variant
	for i := range n {
		out = append(out, s.AddSKU(fmt.Sprintf("S%d", i), 10))
	}
	return s, out
}

func TestBulkMutation_EveryLineIsRunAndAnsweredByNumber(t *testing.T) {
	t.Parallel()
	s, v := shopWith(t, 40, Options{})
	var lines []any
	for i := range v {
		lines = append(lines, quantityLine(s, v[i], 100+i, 10, fmt.Sprintf("key-%d", i)))
	}
	lines[7] = quantityLine(s, v[7], 107, 99, "key-7") // stale
	lines[8] = map[string]any{"key": "key-8", "input": map[string]any{"name": "available"}}
	id := runBulk(t, s, bulkSetDocument, upload(t, s, lines...))

	if got := available(t, s, "S0"); got != 100 {
		t.Errorf("nobody polls, S0 is %d, want 100", got)
	}
	if o := read(t, s, id); o["status"] != "RUNNING" || o["url"] != nil || o["completedAt"] != nil {
		t.Errorf("first poll: %v", o)
	}
	o := read(t, s, id)
	if o["status"] != "COMPLETED" || o["objectCount"] != "40" || o["rootObjectCount"] != "40" || o["errorCode"] != nil || o["query"] != bulkSetDocument {
		t.Errorf("second poll: %v", o)
	}
	seen, inOrder := map[int]bool{}, true
	for at, r := range rows(t, o["url"]) {
		n := int(r["__lineNumber"].(float64))
		seen[n] = true
		inOrder = inOrder && n == at
		a := answer{}
		a.Data, _ = r["data"].(map[string]any)
		switch got := userErrorCodes(a); {
		case n == 7 && got != "CHANGE_FROM_QUANTITY_STALE input.quantities.0.changeFromQuantity":
			t.Errorf("line 7: %v", r)
		case n == 8 && (r["errors"] == nil || r["data"] != nil):
			t.Errorf("line 8 does not fit: %v", r)
		case n != 7 && n != 8 && (got != "" || r["errors"] != nil || available(t, s, fmt.Sprintf("S%d", n)) != 100+n):
			t.Errorf("line %d: %v", n, r)
		}
	}
	if len(seen) != 40 || inOrder {
		t.Errorf("%d lines, in the order of the file: %t", len(seen), inOrder)
	}
	if got := s.BulkOperations()[0]; got.ClientIdentifier != "wasl-job-000117" || got.Run != 40 || got.Downloads != 1 {
		t.Errorf("record: %+v", got)
	}
	if got := s.Effects("S3", "Cairo"); len(got) != 1 || got[0].Key != "key-3" || got[0].Call == 0 {
		t.Errorf("effects of S3: %+v", got)
	}
	if got := s.JudgeBut("bulk-line"); len(got) > 0 {
		t.Errorf("judged: %v", got)
	}
}

func TestBulkMutation_AKeyIsGoodForOneLineAndForDirectCallsAlike(t *testing.T) {
	t.Parallel()
	s, v := shopWith(t, 1, Options{})
	line := quantityLine(s, v[0], 5, nil, "one")
	runBulk(t, s, bulkSetDocument, upload(t, s, line, line))
	a := ask(t, s, bulkSetDocument, line)
	if userErrorCodes(a) != "" || len(s.Effects("S0", "Cairo")) != 1 || !s.Calls()[len(s.Calls())-1].Replay {
		t.Errorf("the key wrote %d times: %s", len(s.Effects("S0", "Cairo")), a.raw)
	}
	if got := s.Judge(); len(got) > 0 {
		t.Errorf("judged: %v", got)
	}
}

func TestBulkMutation_EndsByTheClockToo(t *testing.T) {
	t.Parallel()
	c := newClock()
	s, v := shopWith(t, 1, Options{Now: c.now, BulkPolls: 1000})
	id := runBulk(t, s, bulkSetDocument, upload(t, s, quantityLine(s, v[0], 5, nil, "k")))
	if o := read(t, s, id); o["status"] != "RUNNING" {
		t.Errorf("at once: %v", o["status"])
	}
	c.advance(time.Hour)
	o := read(t, s, id)
	if o["status"] != "COMPLETED" || o["completedAt"] != "2026-11-24T06:01:00Z" {
		t.Errorf("after an hour: %v", o)
	}
	c.advance(6 * 24 * time.Hour)
	if got := rows(t, o["url"]); len(got) != 1 {
		t.Errorf("after six days: %v", got)
	}
	c.advance(2 * 24 * time.Hour)
	if status, body := exchange(t, "GET", text(o["url"]), "", nil); status != 400 || !strings.Contains(body, "ExpiredToken") {
		t.Errorf("after eight days: %d %s", status, body)
	}
}

func TestBulkMutation_PlannedEnds(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name          string
		plan          BulkPlan
		status, code  any
		run           int
		rows, partial int // -1: no address
	}{
		{"failed in the middle", BulkPlan{End: "FAILED", After: 4}, "FAILED", "INTERNAL_SERVER_ERROR", 4, -1, 4},
		{"failed before the first line", BulkPlan{End: "FAILED", Code: "ACCESS_DENIED"}, "FAILED", "ACCESS_DENIED", 0, -1, -1},
		{"failed with answers lost", BulkPlan{End: "FAILED", After: 4, Lose: []int{0, 1}}, "FAILED", "INTERNAL_SERVER_ERROR", 4, -1, 2},
		{"answers lost", BulkPlan{Lose: []int{2, 5}}, "COMPLETED", nil, 10, 8, -1},
		{"canceled", BulkPlan{End: "CANCELED", After: 3}, "CANCELED", nil, 3, -1, -1},
		{"expired", BulkPlan{End: "EXPIRED", After: 3}, "EXPIRED", nil, 3, -1, -1},
		{"slow", BulkPlan{Polls: 9}, "COMPLETED", nil, 10, 10, -1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, v := shopWith(t, 10, Options{})
			var lines []any
			for i := range v {
				lines = append(lines, quantityLine(s, v[i], 5, nil, fmt.Sprint("k", i)))
			}
			s.PlanBulk(c.plan)
			id := runBulk(t, s, bulkSetDocument, upload(t, s, lines...))
			polls := 1
			o := read(t, s, id)
			for ; o["status"] == "RUNNING"; polls++ {
				o = read(t, s, id)
			}
			if o["status"] != c.status || o["errorCode"] != c.code || len(s.History()) != c.run || polls != max(2, c.plan.Polls) {
				t.Errorf("after %d polls, %d rows written: %v", polls, len(s.History()), o)
			}
			for name, want := range map[string]int{"url": c.rows, "partialDataUrl": c.partial} {
				if want < 0 != (o[name] == nil) || want >= 0 && len(rows(t, o[name])) != want {
					t.Errorf("%s is %v, want %d lines", name, o[name], want)
				}
			}
		})
	}
}

func TestBulkMutation_CancelStopsWhatWasNotRun(t *testing.T) {
	t.Parallel()
	const cancel = `mutation C($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { id status } userErrors { field message } } }`
	s, v := shopWith(t, 10, Options{})
	var lines []any
	for i := range v {
		lines = append(lines, quantityLine(s, v[i], 5, nil, fmt.Sprint("k", i)))
	}
	s.PlanBulk(BulkPlan{LinesPerPoll: 3})
	id := runBulk(t, s, bulkSetDocument, upload(t, s, lines...))
	if got := len(s.History()); got != 0 {
		t.Errorf("%d rows written before the first poll", got)
	}
	read(t, s, id)
	a := ask(t, s, cancel, map[string]any{"id": id})
	if a.at("bulkOperationCancel.bulkOperation.status") != "CANCELING" {
		t.Errorf("cancel: %s", a.raw)
	}
	if o := read(t, s, id); o["status"] != "CANCELED" || len(s.History()) != 3 || o["url"] != nil {
		t.Errorf("%d rows written: %v", len(s.History()), o)
	}
	a = ask(t, s, cancel, map[string]any{"id": id})
	if a.at("bulkOperationCancel.userErrors.0.message") != "A bulk operation cannot be canceled when it is canceled" {
		t.Errorf("cancel again: %s", a.raw)
	}
	id = runBulk(t, s, bulkSetDocument, upload(t, s, lines[0]))
	finish(t, s, id)
	a = ask(t, s, cancel, map[string]any{"id": id})
	if a.at("bulkOperationCancel.userErrors.0.message") != "A bulk operation cannot be canceled when it is completed" {
		t.Errorf("cancel of an ended one: %s", a.raw)
	}
	a = ask(t, s, cancel, map[string]any{"id": "gid://shopify/BulkOperation/1"})
	if a.at("bulkOperationCancel.userErrors.0.message") != "Bulk operation does not exist" {
		t.Errorf("cancel of none: %s", a.raw)
	}
}

func TestBulkMutation_TimeIsLimited(t *testing.T) {
	t.Parallel()
	c := newClock()
	s, v := shopWith(t, 2, Options{Now: c.now})
	s.PlanBulk(BulkPlan{Stuck: true, LinesPerPoll: 1})
	id := runBulk(t, s, bulkSetDocument, upload(t, s, quantityLine(s, v[0], 5, nil, "a"), quantityLine(s, v[1], 5, nil, "b")))
	read(t, s, id)
	c.advance(23 * time.Hour)
	if o := read(t, s, id); o["status"] != "RUNNING" {
		t.Errorf("after 23 hours: %v", o)
	}
	c.advance(2 * time.Hour)
	o := read(t, s, id)
	if o["status"] != "FAILED" || o["errorCode"] != "TIMEOUT" || len(rows(t, o["partialDataUrl"])) != 2 {
		t.Errorf("after 25 hours: %v", o)
	}
}

func TestBulkOperations_FiveOfATypeAtOnce(t *testing.T) {
	t.Parallel()
	s, v := shopWith(t, 6, Options{Unthrottled: true})
	var ids []string
	for i := range 5 {
		ids = append(ids, runBulk(t, s, bulkSetDocument, upload(t, s, quantityLine(s, v[i], 5, nil, fmt.Sprint("k", i)))))
		runQuery(t, s, "{ productVariants { edges { node { id } } } }", false)
	}
	path := upload(t, s, quantityLine(s, v[5], 5, nil, "k5"))
	a := ask(t, s, runMutationDocument, map[string]any{"mutation": bulkSetDocument, "path": path})
	message := text(a.at("bulkOperationRunMutation.userErrors.0.message"))
	if a.at("bulkOperationRunMutation.userErrors.0.code") != "OPERATION_IN_PROGRESS" || !strings.Contains(message, "bulk mutation operation") ||
		!strings.HasSuffix(message, strings.Join(ids, ", ")+".") || available(t, s, "S5") != 10 {
		t.Errorf("the sixth: %s", a.raw)
	}
	a = ask(t, s, runQueryDocument, map[string]any{"query": "{ productVariants { edges { node { id } } } }"})
	if a.at("bulkOperationRunQuery.userErrors.0.code") != "OPERATION_IN_PROGRESS" {
		t.Errorf("the sixth query: %s", a.raw)
	}
	finish(t, s, ids[2])
	runBulk(t, s, bulkSetDocument, path)
}

func TestBulkMutation_Refusals(t *testing.T) {
	t.Parallel()
	s, v := shopWith(t, 1, Options{MaxBulkFile: 1 << 20, Unthrottled: true})
	good := upload(t, s, quantityLine(s, v[0], 5, nil, "k"))
	never := stage(t, s, "BULK_MUTATION_VARIABLES", "x.jsonl", "text/jsonl").key()
	picture := stage(t, s, "IMAGE", "x.jpg", "image/jpeg")
	if status, _ := send(t, picture.url, withFile(picture.fields), "jpeg"); status != 201 {
		t.Fatalf("picture: %d", status)
	}
	cases := []struct {
		name, mutation, path, client string
		code                         any
		message                      string
	}{
		{"never made", bulkSetDocument, "tmp/1/bulk/none", "", "NO_SUCH_FILE", "The JSONL file could not be found."},
		{"never uploaded", bulkSetDocument, never, "", "NO_SUCH_FILE", "The JSONL file could not be found."},
		{"another resource", bulkSetDocument, picture.key(), "", "NO_SUCH_FILE", "The JSONL file could not be found."},
		{"empty", bulkSetDocument, upload(t, s), "", "INVALID_STAGED_UPLOAD_FILE", "The input file is empty."},
		{"too big", bulkSetDocument, upload(t, s, strings.Repeat("x", 1<<20)), "", "INVALID_STAGED_UPLOAD_FILE", "exceeds the maximum allowed size of 1 MB"},
		{"syntax", "mutation { not parseable", good, "", "INVALID_MUTATION", "Failed to parse the mutation"},
		{"a query", "{ productVariants(first: 1) { edges { node { id } } } }", good, "", "INVALID_MUTATION", "Only `mutation` operations are supported."},
		{"two roots", strings.Replace(bulkSetDocument, "{\n", "{ tagsAdd(id: \"gid://shopify/Product/1\", tags: []) { userErrors { message } }\n", 1), good, "", nil, "You must specify a single top level mutation."},
		{"bulk in bulk", `mutation B($id: ID!) { bulkOperationCancel(id: $id) { bulkOperation { id } } }`, good, "", nil, "You must use an allowed mutation name."},
		{"does not fit", strings.Replace(bulkSetDocument, "userErrors { field", "userErrors { fild", 1), good, "", "INVALID_MUTATION", "Field 'fild' doesn't exist"},
		{"two connections", `mutation P($p: ProductUpdateInput!) { productUpdate(product: $p) { product { id variants(first: 1) { nodes { id } } media(first: 1) { nodes { id } } } } }`,
			good, "", nil, "Bulk mutations cannot contain more than 1 connection."},
		{"too long", bulkSetDocument + strings.Repeat("#", 65_536), good, "", "INVALID_MUTATION", "maximum is 65535 bytes"},
		{"short identifier", bulkSetDocument, good, "job-11", "INVALID_MUTATION", "is too short (minimum is 10 characters)"},
		{"long identifier", bulkSetDocument, good, strings.Repeat("ج", 256), "INVALID_MUTATION", "is too long (maximum is 255 characters)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			vars := map[string]any{"mutation": c.mutation, "path": c.path}
			if c.client != "" {
				vars["client"] = c.client
			}
			a := ask(t, s, runMutationDocument, vars)
			if a.at("bulkOperationRunMutation.userErrors.0.code") != c.code || !strings.Contains(text(a.at("bulkOperationRunMutation.userErrors.0.message")), c.message) ||
				a.at("bulkOperationRunMutation.bulkOperation") != nil {
				t.Errorf("got %s", a.raw)
			}
		})
	}
	if got := len(s.BulkOperations()); got != 0 || available(t, s, "S0") != 10 {
		t.Errorf("%d operations started, S0 is %d", got, available(t, s, "S0"))
	}
}

func TestBulkMutation_MissingScopeIsFoundWhenItRuns(t *testing.T) {
	t.Parallel()
	s, v := shopWith(t, 1, Options{Scopes: []string{"read_products"}})
	o := finish(t, s, runBulk(t, s, bulkSetDocument, upload(t, s, quantityLine(s, v[0], 5, nil, "k"))))
	if o["status"] != "FAILED" || o["errorCode"] != "ACCESS_DENIED" || available(t, s, "S0") != 10 {
		t.Errorf("got %v", o)
	}
}

func TestBulkOperations_List(t *testing.T) {
	t.Parallel()
	c := newClock()
	s, v := shopWith(t, 2, Options{Now: c.now, BulkTakes: 48 * time.Hour, BulkPolls: 1000})
	s.PlanBulk(BulkPlan{Polls: 1})
	first := runBulk(t, s, bulkSetDocument+" # job 1", upload(t, s, quantityLine(s, v[0], 5, nil, "a")))
	c.advance(time.Hour)
	second := runQuery(t, s, "{ productVariants { edges { node { id } } } }", false)
	c.advance(time.Hour)
	third := runBulk(t, s, bulkSetDocument+" # job 3", upload(t, s, quantityLine(s, v[1], 5, nil, "b")))
	finish(t, s, first)
	list := func(query string) string {
		a := ask(t, s, `query L($q: String) { bulkOperations(first: 10, query: $q, sortKey: CREATED_AT, reverse: true) { nodes { id query } } }`, map[string]any{"q": query})
		var ids []string
		nodes, _ := a.at("bulkOperations.nodes").([]any)
		for _, n := range nodes {
			ids = append(ids, text(n.(map[string]any)["id"]))
		}
		return strings.Join(ids, " ")
	}
	for query, want := range map[string][]string{
		"status:completed": {first}, "operation_type:query": {second}, "": {third, second, first},
		"created_at:>='2026-11-24T06:30:00Z' operation_type:mutation": {third},
		"id:" + first[strings.LastIndexByte(first, '/')+1:]:           {first},
	} {
		if got := list(query); got != strings.Join(want, " ") {
			t.Errorf("%q: got %s, want %s", query, got, want)
		}
	}
	if a := ask(t, s, `{ bulkOperations { nodes { id } } }`, nil); a.code() != "BAD_REQUEST" {
		t.Errorf("without first or last: %s", a.raw)
	}
	a := ask(t, s, `{ bulkOperations(first: 1) { nodes { query } } }`, nil)
	if got := text(a.at("bulkOperations.nodes.0.query")); !strings.HasSuffix(got, "# job 1") {
		t.Errorf("text of the first: %q", got)
	}
}
