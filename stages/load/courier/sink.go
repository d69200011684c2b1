package courier

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

type decimal = pipeline.Decimal

var zero decimal

// A Sink keeps what couriers are to collect, and what they say that they did.
type Sink struct {
	cfg    Config
	zone   *time.Location // of the shop
	tables pipeline.Table
}

// New makes the sink. zone is the shop's; nil: UTC.
func New(c Config, tables pipeline.Table, zone *time.Location) *Sink {
	if zone == nil {
		zone = time.UTC
	}
	return &Sink{cfg: c, zone: zone, tables: tables}
}

// Lane is the one in which sheets and orders are taken in, one after the other.
func (s *Sink) Lane() string { return "courier" }

// The tables of the house that this room keeps.
const (
	tableOrders = "courier.orders" // by name: what is to be collected for it
	tableLines  = "courier.lines"  // by key: what a courier's sheet says
	tableHanded = "courier.handed" // by target and line: what was handed on
)

// Send puts the documents of a batch into their tables, all in one transaction.
// Putting them once more changes nothing.
func (s *Sink) Send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	var a pipeline.Answer
	if err := ctx.Err(); err != nil || len(b.Docs) == 0 {
		return a, err
	}
	rows := map[string][]pipeline.TableRow{}
	for _, doc := range b.Docs {
		table, code := tableLines, doc.Key
		if name, ok := strings.CutPrefix(doc.Key, "cod/"); ok {
			table, code = tableOrders, name
		}
		rows[table] = append(rows[table], pipeline.TableRow{Code: code, Job: b.Job, Cols: map[string]string{"body": string(doc.Body)}})
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: doc.Name})
	}
	if err := s.tables.PutAll(ctx, rows); err != nil {
		return pipeline.Answer{}, fmt.Errorf("put %d rows of couriers: %w", len(b.Docs), err)
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

// day is a moment's day in the shop's zone; "" of no moment.
func (s *Sink) day(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(s.zone).Format(time.DateOnly)
}

// plainName is a name as it is compared: couriers write 1042 for #1042, and change
// capital letters.
func plainName(text string) string {
	return strings.TrimPrefix(strings.ToLower(pipeline.Clean(text)), "#")
}

// wordsOf are those that are not empty, each once.
func wordsOf(all ...string) []string {
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(w string) bool { return w == "" })
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// mustJSON is for our own types, which always become JSON.
func mustJSON(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}
