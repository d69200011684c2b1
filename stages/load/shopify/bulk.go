package shopify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// A bulkFile is the frozen request of a batch that leaves as one bulk operation:
// lines of variables, and which documents each of them speaks of.
type bulkFile struct {
	Docs  [][]string        // of each line, the keys of its documents in the order of its lists
	Lines []json.RawMessage // each one the variables of one mutation
}

// add puts a line into the file.
func (f *bulkFile) add(variables any, keys ...string) error {
	line, err := json.Marshal(variables)
	if err != nil {
		return fmt.Errorf("shopify: a line of a bulk operation: %w", err)
	}
	f.Docs, f.Lines = append(f.Docs, keys), append(f.Lines, line)
	return nil
}

// freeze writes the file: a line that says which documents the others are of, then
// the lines as they are uploaded.
func (f bulkFile) freeze() ([]byte, error) {
	head, err := json.Marshal(f.Docs)
	if err != nil {
		return nil, fmt.Errorf("shopify: the head of a bulk operation: %w", err)
	}
	size := len(head) + 1
	for _, line := range f.Lines {
		size += len(line) + 1
	}
	var b bytes.Buffer
	b.Grow(size) // it may be a hundred megabytes
	b.Write(head)
	for _, line := range f.Lines {
		b.WriteByte('\n')
		b.Write(line)
	}
	b.WriteByte('\n')
	return b.Bytes(), nil
}

// frozenBulk takes a frozen file apart: whose lines they are, and the lines.
func frozenBulk(request []byte) (docs [][]string, lines []byte, err error) {
	head, lines, _ := bytes.Cut(request, []byte("\n"))
	if err := json.Unmarshal(head, &docs); err != nil {
		return nil, nil, fmt.Errorf("shopify: the head of a bulk operation: %w", err)
	}
	return docs, lines, nil
}

// How often an operation is asked about, and how long one that no list shows may
// still appear: the request that was to start it may be under way.
const (
	bulkFirst = 2 * time.Second
	bulkLast  = 30 * time.Second
	bulkDoubt = 5 * time.Minute
)

// bulkPause is how long to wait before the operation of a batch is asked about again.
func bulkPause(asked int) time.Duration {
	return min(bulkFirst<<min(asked, 5), bulkLast)
}

// startBulk starts the operation of a batch, whose ID is its tag. It does not wait
// for it.
func (s *Sink) startBulk(ctx context.Context, b pipeline.Batch, mutation string) (pipeline.Answer, error) {
	_, lines, err := frozenBulk(b.Request)
	if err != nil {
		return pipeline.Answer{}, err
	}
	id, err := s.door.BulkStart(ctx, mutation, b.ID, lines)
	if err != nil {
		var a pipeline.Answer
		if admin.Certain(err) {
			a.Outcomes = again(b.Docs)
		}
		return a, err
	}
	return ticketed(b.Docs, id), nil
}

// ticketed are documents that an operation works on.
func ticketed(docs []pipeline.Document, id string) pipeline.Answer {
	a := pipeline.Answer{Again: bulkFirst, Outcomes: make([]pipeline.Outcome, len(docs))}
	for i, doc := range docs {
		a.Outcomes[i] = pipeline.Outcome{Key: doc.Key, State: pipeline.Accepted, Ticket: id}
	}
	return a
}

// A lineSettler says what became of the documents of a line whose answer is there,
// in the order in which the line has them.
type lineSettler func(docs []pipeline.Document, data json.RawMessage) []pipeline.Outcome

// askBulk asks about a batch that left as a bulk operation. Documents of which
// nobody knows whether the operation was started are found by the batch's ID; the
// others wait until it has ended, and are settled line by line. What no line speaks
// of is ready again, in a new batch: only mutations that may be repeated leave so.
func (s *Sink) askBulk(ctx context.Context, b pipeline.Batch, settle lineSettler) (pipeline.Answer, error) {
	ticket := ""
	for _, doc := range b.Docs {
		if doc.Ticket != "" {
			ticket = doc.Ticket
		}
	}
	if ticket == "" {
		return s.findBulk(ctx, b)
	}
	op, err := s.door.BulkStatus(ctx, ticket)
	if err != nil {
		return pipeline.Answer{}, err
	}
	if !op.Ended() {
		return pipeline.Answer{Again: bulkPause(b.Asked)}, nil
	}
	keys, _, err := frozenBulk(b.Request)
	if err != nil {
		return pipeline.Answer{}, err
	}
	open := placesOf(b.Docs)
	out := make([]pipeline.Outcome, len(b.Docs))
	err = s.door.BulkResult(ctx, op, func(n int, data json.RawMessage, errs []admin.GraphError) error {
		if n < 0 || n >= len(keys) {
			return fmt.Errorf("shopify: %s speaks of a line %d that it was not given", op.ID, n)
		}
		docs, ours := docsOf(keys[n], b.Docs, open)
		if !ours {
			return nil // all of them are settled
		}
		for _, o := range settleLine(docs, data, errs, settle) {
			if i, ok := open[o.Key]; ok {
				out[i] = o
			}
		}
		return nil
	})
	if err != nil {
		return pipeline.Answer{}, err
	}
	for i, doc := range b.Docs {
		if out[i].State == "" { // no line speaks of it
			out[i] = anewAsItIs(doc)
		}
	}
	return pipeline.Answer{Outcomes: out}, bulkFailure(op)
}

// placesOf says where in a list each document is, by key.
func placesOf(docs []pipeline.Document) map[string]int {
	at := make(map[string]int, len(docs))
	for i, doc := range docs {
		at[doc.Key] = i
	}
	return at
}

// docsOf are the documents of a line, those that are settled already without a
// state; ours is false where all of them are.
func docsOf(keys []string, all []pipeline.Document, open map[string]int) (docs []pipeline.Document, ours bool) {
	docs = make([]pipeline.Document, len(keys))
	for n, key := range keys {
		i, ok := open[key]
		ours = ours || ok
		if docs[n].Key = key; ok {
			docs[n] = all[i]
		}
	}
	return docs, ours
}

// settleLine settles the documents of a line that has an answer of any kind.
func settleLine(docs []pipeline.Document, data json.RawMessage, errs []admin.GraphError, settle lineSettler) []pipeline.Outcome {
	if len(errs) == 0 && len(data) > 0 && !bytes.Equal(data, []byte("null")) {
		return settle(docs, data)
	}
	var out []pipeline.Outcome
	for _, doc := range docs {
		o := anewAsItIs(doc)
		if len(errs) > 0 && !passing(errs[0].Code()) {
			e := admin.UserError{Message: errs[0].Message, Code: errs[0].Code()}
			o = pipeline.Outcome{Key: doc.Key, State: pipeline.Rejected, Why: []pipeline.Problem{wrong(doc, "", "", "shopify.refused", e.Facts())}}
		}
		out = append(out, o)
	}
	return out
}

// passing tells whether an error of a line is about the time and not about the line.
func passing(code string) bool {
	return code == "" || code == "THROTTLED" || code == "INTERNAL_SERVER_ERROR" || code == "TIMEOUT"
}

// findBulk looks for the operation of a batch that was perhaps started. One that
// the list does not show yet may still appear; after a while it was never started.
func (s *Sink) findBulk(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	op, found, err := s.door.BulkFind(ctx, b.ID, b.Taken)
	switch {
	case err != nil:
		return pipeline.Answer{}, err
	case found:
		return ticketed(b.Docs, op.ID), nil
	case s.now().Sub(b.Taken) < bulkDoubt:
		return pipeline.Answer{Again: bulkLast}, nil
	}
	return pipeline.Answer{Outcomes: again(b.Docs)}, nil
}

// anewAsItIs makes a document leave again in a new batch, as it is.
func anewAsItIs(doc pipeline.Document) pipeline.Outcome {
	return pipeline.Outcome{Key: doc.Key, State: pipeline.Ready, Body: doc.Body}
}

// bulkFailure is the error of an operation that ended before its last line; nil
// where it has done all of them.
func bulkFailure(op admin.Bulk) error {
	if op.Status == "COMPLETED" {
		return nil
	}
	err := error(&pipeline.Trouble{Rule: "shopify.bulk", With: map[string]string{"id": op.ID, "status": op.Status, "code": op.ErrorCode}})
	if passing(op.ErrorCode) {
		err = &pipeline.Later{Err: err, After: bulkLast}
	}
	return err
}

// errNoBody is the error of a document that was never held against the shop.
var errNoBody = errors.New("shopify: a document was never held against the shop")
