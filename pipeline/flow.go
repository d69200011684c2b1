package pipeline

import (
	"context"
	"io"
	"iter"
)

// A Flow is one way through the house, put together from one mapping file.
type Flow struct {
	Name  string
	Files []string // patterns of the drops it takes, for people

	// Takes tells whether the flow is meant for a drop: by name, or by a look
	// at its first bytes.
	Takes func(d Drop, r io.ReaderAt) bool

	// Extract reads the rows. A file that is not to be used as data ends the
	// rows with a *Refused. The Reading is complete when the rows are.
	Extract func(ctx context.Context, d Drop, r io.ReaderAt) (*Reading, iter.Seq2[Row, error])

	// Map puts a row into our words. A record is returned also when some of its
	// fields could not be read; the problems say which.
	Map func(Row) (Record, []Problem)

	// Skip says why the flow leaves a group of records out, in the flow's own
	// words; "" means that it does not. nil leaves nothing out.
	Skip func(group []Record) string

	// Outside says why a group of records is none that the flow is for, in the flow's
	// own words; "" where it is one. Unlike what Skip leaves out, a document that has
	// left before goes on to be followed. nil: the flow is for all.
	Outside func(group []Record) string

	Columns  []Asked // that the mapping reads
	Contract string  // what happens to a file that is not like the last good one: ContractReport (also ""), ContractHold, ContractOff
	Expect   Expect  // what files should come

	Kind     Kind // bound to Settings
	Settings Settings
	Gate     Gate
	Sink     Sink
	Lane     string   // flows of one lane run one step at a time, oldest drop first
	Lanes    []string // further lanes by which documents leave that Build leads there (Document.Lane); their jobs are prepared in Lane
	Closed   []string // of all these, the lanes in which nothing is taken anew: what is ready there waits
	Needs    []string // lanes that must have nothing open before a job of this flow is prepared: the tables it looks up, or its own, of which only older jobs count
	Batch    int      // documents per Send, at most; zero: 100
	Bytes    int      // of the documents' sealed bytes, or bodies, per Send, at most; zero: no limit
}

// A Job is one drop on one flow.
type Job struct {
	Drop string `json:"drop,omitempty"`
	Flow string `json:"flow,omitempty"`
}

// String names a job as commands take it: 20261124-0001/erp-stock.
func (j Job) String() string { return j.Drop + "/" + j.Flow }
