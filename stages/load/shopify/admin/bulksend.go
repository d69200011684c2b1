package admin

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"wasl/pipeline"
)

// MaxBulk is the most bytes of lines that one operation takes.
const MaxBulk = 100_000_000

var bulkRunMutation = Operation{Name: "BulkOperationRunMutation", Cost: 10, Text: `mutation BulkOperationRunMutation($mutation: String!, $stagedUploadPath: String!, $clientIdentifier: String) {
  bulkOperationRunMutation(mutation: $mutation, stagedUploadPath: $stagedUploadPath, clientIdentifier: $clientIdentifier) {
    bulkOperation { id status createdAt }
    userErrors { field message code }
  }
}`}

// bulkList reads the operations of this app, newest first.
var bulkList = Operation{Name: "BulkOperationsList", Cost: 11, Text: `query BulkOperationsList($first: Int!, $after: String, $query: String) {
  bulkOperations(first: $first, after: $after, query: $query, sortKey: CREATED_AT, reverse: true) {
    nodes { id status errorCode createdAt objectCount fileSize url partialDataUrl query }
    pageInfo { hasNextPage endCursor }
  }
}`}

const (
	listPage = 50
	lead     = 15 * time.Minute // how far Shopify's clock may be behind ours
)

// BulkStart uploads lines of variables and starts a mutation over them. tag, 10
// to 255 characters, is the caller's name for exactly this file: it goes along as
// clientIdentifier and, because no answer ever shows that again, as the name of
// the mutation. The id is to be kept before anything else is done.
//
// Unless the error is Certain, the operation may have been started: then BulkFind
// tells, and starting it again without asking would do everything twice. A shop
// that works on five operations already is a *pipeline.Later. It does not wait.
func (d *Door) BulkStart(ctx context.Context, mutation, tag string, jsonl []byte) (id string, err error) {
	named, err := rename(mutation, tag)
	if err != nil {
		return "", undone{err}
	}
	if len(jsonl) == 0 || len(jsonl) > MaxBulk {
		return "", undone{fmt.Errorf("shopify: %d bytes for a bulk operation, which takes 1 to %d", len(jsonl), MaxBulk)}
	}
	both := Operation{Name: "BulkStart", Cost: stagedUploadsCreate.Cost + bulkRunMutation.Cost}
	if wait := d.pace.wait(both, d.now()); wait > 0 { // and not in the middle, with everything uploaded in vain
		return "", undone{&pipeline.Later{Err: fmt.Errorf("shopify %s: waiting for points", both.Name), After: wait}}
	}
	for tries := 1; ; tries++ {
		id, err = d.uploadAndRun(ctx, named, tag, jsonl)
		if _, gone := errors.AsType[fileGone](err); !gone || tries > 1 {
			return id, err
		}
	}
}

func (d *Door) uploadAndRun(ctx context.Context, mutation, tag string, jsonl []byte) (string, error) {
	t, err := d.stage(ctx, "BULK_MUTATION_VARIABLES", "wasl.jsonl", "text/jsonl", int64(len(jsonl)), bytes.NewReader(jsonl))
	if err != nil {
		return "", err
	}
	r, err := d.Query(ctx, bulkRunMutation, map[string]string{"mutation": mutation, "stagedUploadPath": t.key(), "clientIdentifier": tag})
	if err != nil {
		return "", err
	}
	var data struct {
		Run *started `json:"bulkOperationRunMutation"`
	}
	if json.Unmarshal(r.Data, &data) != nil {
		return "", Unreadable(bulkRunMutation, r)
	}
	return d.started(bulkRunMutation, r, data.Run)
}

// BulkFind looks for the operation that was started for a tag, not before since.
// How soon the list shows one is not documented, and a request whose answer was
// lost may still be under way: whoever finds none asks again after some minutes
// before starting another. It does not wait.
func (d *Door) BulkFind(ctx context.Context, tag string, since time.Time) (Bulk, bool, error) {
	vars := map[string]any{"first": listPage, "after": nil,
		"query": fmt.Sprintf("operation_type:mutation created_at:>='%s'", since.Add(-lead).UTC().Format(time.RFC3339))}
	sign := regexp.MustCompile(`\b` + signOf(tag) + `\b`)
	for {
		r, err := d.Query(ctx, bulkList, vars)
		if err != nil {
			return Bulk{}, false, err
		}
		var data struct {
			List *struct {
				Nodes []struct {
					Bulk
					Query string `json:"query"`
				} `json:"nodes"`
				PageInfo PageInfo `json:"pageInfo"`
			} `json:"bulkOperations"`
		}
		if json.Unmarshal(r.Data, &data) != nil || data.List == nil {
			return Bulk{}, false, Unreadable(bulkList, r)
		}
		for _, n := range data.List.Nodes {
			if sign.MatchString(n.Query) {
				return n.Bulk, true, nil
			}
		}
		if !data.List.PageInfo.HasNextPage || data.List.PageInfo.EndCursor == vars["after"] {
			return Bulk{}, false, nil
		}
		vars["after"] = data.List.PageInfo.EndCursor
	}
}

// signOf is a tag as the name of an operation: letters, digits and _ only.
func signOf(tag string) string {
	sum := sha256.Sum256([]byte(tag))
	return "wasl_" + hex.EncodeToString(sum[:16])
}

var opening = regexp.MustCompile(`(?m)^\s*mutation\b\s*(\w*)`)

// rename gives a mutation the name of a tag.
func rename(mutation, tag string) (string, error) {
	at := opening.FindStringSubmatchIndex(mutation)
	if at == nil || len(tag) < 10 || len(tag) > 255 {
		return "", fmt.Errorf("shopify: no mutation, or a tag of %d characters in place of 10 to 255", len(tag))
	}
	return strings.TrimRight(mutation[:at[2]], " ") + " " + signOf(tag) + mutation[at[3]:], nil
}
