package table

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"wasl/pipeline"
)

// A Sink is one of our reference tables.
type Sink struct {
	table pipeline.Table
	shelf shelf
}

// New makes the sink of one of our tables; see Names.
func New(t pipeline.Table, name string) *Sink { return &Sink{table: t, shelf: shelfOf(name)} }

// Lane is the table's own: flows that look things up in it wait for this lane.
func (s *Sink) Lane() string { return "table/" + s.shelf.name }

// Send puts the rows of the batch, all in one transaction.
func (s *Sink) Send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	var a pipeline.Answer
	if err := ctx.Err(); err != nil || len(b.Docs) == 0 {
		return a, err
	}
	rows := make([]pipeline.TableRow, 0, len(b.Docs))
	for _, doc := range b.Docs {
		row := pipeline.TableRow{Job: b.Job}
		if err := json.Unmarshal(doc.Body, &row.Cols); err != nil {
			return a, fmt.Errorf("read the body of %s: %w", doc.Key, err)
		}
		row.Code = s.shelf.key(row.Cols)
		rows = append(rows, row)
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: s.shelf.name + "/" + row.Code})
	}
	if err := s.table.Put(ctx, s.shelf.name, rows); err != nil {
		return pipeline.Answer{}, fmt.Errorf("put %d rows into %s: %w", len(rows), s.shelf.name, err)
	}
	return a, nil
}

// Ask has every row put again: it does no harm.
func (s *Sink) Ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	var a pipeline.Answer
	for _, doc := range b.Docs {
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Ready})
	}
	return a, ctx.Err()
}

// plain is a value as a table keeps it.
func plain(t pipeline.Type, v pipeline.Value) string {
	switch t {
	case pipeline.Amount, pipeline.Quantity, pipeline.Rate:
		return v.Dec.String()
	case pipeline.Date:
		return v.Time.UTC().Format(time.DateOnly)
	case pipeline.Time:
		return v.Time.UTC().Format(time.RFC3339)
	}
	return v.Text
}
