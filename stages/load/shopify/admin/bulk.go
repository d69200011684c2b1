package admin

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"wasl/pipeline"
)

// bulkStatus reads how far an operation is.
var bulkStatus = Operation{Name: "BulkOperationStatus", Cost: 1, Text: `query BulkOperationStatus($id: ID!) {
  bulkOperation(id: $id) {
    id status errorCode createdAt objectCount fileSize url partialDataUrl
  }
}`}

// Bulk is a bulk operation: one question or many mutations that Shopify works
// through by itself.
type Bulk struct {
	ID         string    `json:"id"`
	Status     string    `json:"status"`    // CREATED, RUNNING, COMPLETED, CANCELING, CANCELED, FAILED, EXPIRED
	ErrorCode  string    `json:"errorCode"` // of FAILED: ACCESS_DENIED, INTERNAL_SERVER_ERROR, TIMEOUT
	CreatedAt  time.Time `json:"createdAt"`
	URL        string    `json:"url"`                // of its result, for seven days; "": there are no lines
	PartialURL string    `json:"partialDataUrl"`     // of what was done before it failed
	Objects    int64     `json:"objectCount,string"` // worked through so far
	Size       int64     `json:"fileSize,string"`    // bytes of the result
}

// Ended tells whether nothing more will be done.
func (b Bulk) Ended() bool {
	switch b.Status {
	case "COMPLETED", "CANCELED", "FAILED", "EXPIRED":
		return true
	}
	return false
}

// failure is the error of an operation that ended without what was asked for;
// nil where it is complete.
func (b Bulk) failure() error {
	if b.Status == "COMPLETED" {
		return nil
	}
	ended := trouble("shopify.bulk", "id", b.ID, "status", b.Status, "code", b.ErrorCode)
	if b.ErrorCode == "INTERNAL_SERVER_ERROR" || b.ErrorCode == "TIMEOUT" {
		return &pipeline.Later{Err: ended}
	}
	return ended
}

// BulkStatus reads how far an operation is. It costs a point and does not wait.
func (d *Door) BulkStatus(ctx context.Context, id string) (Bulk, error) {
	r, err := d.Query(ctx, bulkStatus, map[string]any{"id": id})
	if err != nil {
		return Bulk{}, err
	}
	var data bulkData
	if json.Unmarshal(r.Data, &data) != nil {
		return Bulk{}, Unreadable(bulkStatus, r)
	}
	return data.bulk(id)
}

// bulkData is what bulkStatus answers.
type bulkData struct {
	Bulk *Bulk `json:"bulkOperation"`
}

func (a bulkData) bulk(id string) (Bulk, error) {
	if a.Bulk == nil {
		return Bulk{}, trouble("shopify.bulk", "id", id, "status", "-", "code", "NOT_FOUND")
	}
	return *a.Bulk, nil
}

// BulkResult reads what became of the lines of an operation that has ended, in no
// fixed order: the line's number as it was uploaded, its data, its errors. Where
// it failed, these are the lines that were done before. A line that is not there
// is one of which nothing is known, and an operation without an address has no
// lines.
//
// After an error it may be called again; then lines are given that were given
// before. It does not wait, but goes on at once where a download was cut.
func (d *Door) BulkResult(ctx context.Context, b Bulk, each func(line int, data json.RawMessage, errs []GraphError) error) error {
	address, size := b.URL, b.Size
	if address == "" {
		address, size = b.PartialURL, 0
	}
	if address == "" {
		return nil
	}
	one := func(text []byte) error {
		var l struct {
			Number *int            `json:"__lineNumber"`
			Data   json.RawMessage `json:"data"`
			Errors []GraphError    `json:"errors"`
		}
		if json.Unmarshal(text, &l) != nil || l.Number == nil {
			return oddLine(b.ID)
		}
		return each(*l.Number, l.Data, l.Errors)
	}
	return d.lines(ctx, address, size, one, func(tries int, pause time.Duration) error {
		if tries > 1 || pause > 0 {
			return errGivenUp
		}
		return nil
	})
}

// oddLine is the error of a result that is not what the reference says it is.
// Its words stay where they are: they may be a customer's.
func oddLine(id string) error {
	return fmt.Errorf("shopify: the result of %s has a line that cannot be read", id)
}
