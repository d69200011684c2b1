package shopifytest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const stageDocument = `mutation Stage($input: [StagedUploadInput!]!) {
  stagedUploadsCreate(input: $input) { stagedTargets { url resourceUrl parameters { name value } } userErrors { field message } }
}`

const runMutationDocument = `mutation Run($mutation: String!, $path: String!, $client: String) {
  bulkOperationRunMutation(mutation: $mutation, stagedUploadPath: $path, clientIdentifier: $client) {
    bulkOperation { id status objectCount url } userErrors { field message code }
  }
}`

const runQueryDocument = `mutation Run($query: String!, $group: Boolean! = false) {
  bulkOperationRunQuery(query: $query, groupObjects: $group) { bulkOperation { id status } userErrors { field message code } }
}`

const statusDocument = `query Status($id: ID!) {
  bulkOperation(id: $id) { id type status errorCode createdAt completedAt objectCount rootObjectCount fileSize url partialDataUrl query }
}`

const bulkSetDocument = `mutation BulkInventorySetQuantities($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) { inventoryAdjustmentGroup { id } userErrors { field message code } }
}`

// stagedTarget is what a client knows of a target.
type stagedTarget struct {
	url, resourceURL string
	fields           []parameter
}

func (g stagedTarget) key() string {
	for _, p := range g.fields {
		if p.name == "key" {
			return p.value
		}
	}
	return ""
}

func stage(t *testing.T, s *Server, resource, name, mimeType string) stagedTarget {
	t.Helper()
	a := ask(t, s, stageDocument, map[string]any{"input": []any{map[string]any{"resource": resource, "filename": name, "mimeType": mimeType, "httpMethod": "POST"}}})
	made, _ := a.at("stagedUploadsCreate.stagedTargets.0").(map[string]any)
	if made == nil {
		t.Fatalf("no target: %s", a.raw)
	}
	g := stagedTarget{url: text(made["url"]), resourceURL: text(made["resourceUrl"])}
	for _, p := range made["parameters"].([]any) {
		g.fields = append(g.fields, parameter{text(p.(map[string]any)["name"]), text(p.(map[string]any)["value"])})
	}
	return g
}

// send uploads a form with these fields; "file" stands for the content.
func send(t *testing.T, url string, fields []parameter, content string) (status int, body string) {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for _, p := range fields {
		var part io.Writer
		var err error
		if p.name == "file" {
			part, err = w.CreateFormFile("file", "items.jsonl")
			p.value = content
		} else {
			part, err = w.CreateFormField(p.name)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err = io.WriteString(part, p.value); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return exchange(t, http.MethodPost, url, w.FormDataContentType(), &form)
}

// exchange is a request without a token; status 0 means that the connection was cut.
func exchange(t *testing.T, method, url, contentType string, body io.Reader) (status int, content string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, body)
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	return resp.StatusCode, string(raw)
}

func withFile(fields []parameter) []parameter {
	return append(append([]parameter{}, fields...), parameter{name: "file"})
}

// upload stages lines of variables and gives the stagedUploadPath.
func upload(t *testing.T, s *Server, lines ...any) string {
	t.Helper()
	var file strings.Builder
	for _, line := range lines {
		text, err := json.Marshal(line)
		if err != nil {
			t.Fatal(err)
		}
		file.Write(text)
		file.WriteByte('\n')
	}
	g := stage(t, s, "BULK_MUTATION_VARIABLES", "items.jsonl", "text/jsonl")
	if status, body := send(t, g.url, withFile(g.fields), file.String()); status != 201 {
		t.Fatalf("upload: %d %s", status, body)
	}
	return g.key()
}

// runBulk starts a mutation over a file and gives the id.
func runBulk(t *testing.T, s *Server, mutation, path string) string {
	t.Helper()
	a := ask(t, s, runMutationDocument, map[string]any{"mutation": mutation, "path": path, "client": "wasl-job-000117"})
	id, _ := a.at("bulkOperationRunMutation.bulkOperation.id").(string)
	if id == "" || a.at("bulkOperationRunMutation.bulkOperation.status") != "CREATED" {
		t.Fatalf("not started: %s", a.raw)
	}
	return id
}

func runQuery(t *testing.T, s *Server, query string, group bool) string {
	t.Helper()
	a := ask(t, s, runQueryDocument, map[string]any{"query": query, "group": group})
	id, _ := a.at("bulkOperationRunQuery.bulkOperation.id").(string)
	if id == "" {
		t.Fatalf("not started: %s", a.raw)
	}
	return id
}

// read polls once.
func read(t *testing.T, s *Server, id string) map[string]any {
	t.Helper()
	a := ask(t, s, statusDocument, map[string]any{"id": id})
	o, _ := a.at("bulkOperation").(map[string]any)
	if o == nil {
		t.Fatalf("no operation %s: %s", id, a.raw)
	}
	return o
}

// finish polls until the operation has ended.
func finish(t *testing.T, s *Server, id string) map[string]any {
	t.Helper()
	for range 20 {
		if o := read(t, s, id); o["status"] != "CREATED" && o["status"] != "RUNNING" && o["status"] != "CANCELING" {
			return o
		}
	}
	t.Fatalf("%s does not end", id)
	return nil
}

// rows downloads a result, line by line.
func rows(t *testing.T, url any) []map[string]any {
	t.Helper()
	status, body := exchange(t, http.MethodGet, text(url), "", nil)
	if status != 200 {
		t.Fatalf("download of %v: %d %s", url, status, body)
	}
	var out []map[string]any
	for line := range strings.Lines(body) {
		o := map[string]any{}
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		out = append(out, o)
	}
	return out
}

// quantityLine is one line that sets one item at the first location.
func quantityLine(s *Server, v Variant, quantity int, from any, key string) map[string]any {
	return map[string]any{"key": key, "input": setInput(row{"inventoryItemId": v.ItemID, "locationId": s.Locations()[0].ID,
		"quantity": quantity, "changeFromQuantity": from})}
}

// example is the example of variables that goes with a shared document.
func example(t *testing.T, name string) map[string]any {
	t.Helper()
	operation(t, name) // skips without the reference
	raw, err := os.ReadFile(filepath.Join(sharedOperations, "variables.json"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]any{}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all[name]
}
