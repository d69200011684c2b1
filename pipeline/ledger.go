package pipeline

import (
	"context"
	"iter"
	"time"
)

// A Ledger remembers what the steps find and do. Every method is one
// transaction: all of it counts, or nothing. Times are UTC.
type Ledger interface {
	// Drop gives an admitted drop. ErrNotFound.
	Drop(ctx context.Context, id string) (Drop, error)

	// Past is what is known of a flow when a drop is to be prepared for it: the
	// shape and the rows of its last good files, and whether somebody agreed that
	// this drop is taken as it is.
	Past(ctx context.Context, flow string, drop Drop) (Past, error)

	// File stores what Prepare makes of a job, and moves the job on to be
	// delivered, or to be reconciled where nothing is to leave. A job that was
	// filed before keeps what it has: fill is not called, and the answer is the
	// one of then. What fill files is compared with what the ledger knows; see
	// Filing.
	File(ctx context.Context, job Job, flow Filed, fill func(Filing) (Reading, error)) (Prepared, error)

	// Refuse stores that a job's file is not to be used as data, and moves the
	// job on to be reconciled.
	Refuse(ctx context.Context, job Job, why *Refused, reading Reading) error

	// Delivered tells which of some keys of a kind and space have been delivered.
	Delivered(ctx context.Context, kind, space string, keys []string) (map[string]bool, error)

	// Named are the newest documents of a kind and space that are filed under some
	// words, each key once, by key: those that left, are to leave, or were found
	// unchanged.
	Named(ctx context.Context, kind, space string, words []string) ([]Document, error)

	// Booked are the bookings of a kind and space that are still to come, by the
	// key of their document. Those of a job that is held, or was dropped, do not
	// count.
	Booked(ctx context.Context, kind, space string) (map[string][]Booking, error)

	// Open gives the batch of a lane that comes first: one with documents that
	// are sending, or ready to be sent again, else the one with accepted
	// documents that is due earliest. Docs are those of the batch that are not
	// final. ErrNotFound where the lane has none.
	Open(ctx context.Context, lane string) (Batch, error)

	// Take makes documents sending and returns them as a batch: the lane's batch
	// that is to be sent again where it has one, with the same ID, request and
	// sealed bytes; else the oldest ready documents of the lane's oldest job,
	// sealed and frozen by its kind, in a new batch. A Batch without Docs where
	// nothing is ready. rule gives the flow of a name; a job whose flow is no
	// longer there, or is closed in the lane, is passed over.
	Take(ctx context.Context, lane string, now time.Time, rule func(flow string) (Flow, bool)) (Batch, error)

	// Settle stores what became of a batch, and what was said. Documents
	// without an outcome stay as they are. The batch is due again at due where
	// something of it is not final. A job of which nothing is ready, sending or
	// accepted any more moves on to be reconciled.
	Settle(ctx context.Context, b Batch, a Answer, due time.Time) (Progress, error)

	// Close stores that the jobs of a day that wait for the workbook have it:
	// those of ids. A job closes once; closing again does nothing.
	Close(ctx context.Context, jobs []Job, report string) error

	// Days are the days of arrival that hold a job that is not closed, oldest
	// first: those whose workbook is to be written again.
	Days(ctx context.Context) ([]string, error)

	// Unreported are the jobs of a day that only wait for the workbook.
	Unreported(ctx context.Context, day string) ([]Job, error)
}

// Filed says under which rules a job's documents are filed.
type Filed struct {
	Kind   string
	Lane   string
	Space  string                                          // Kind.Space
	Once   bool                                            // Kind.Once
	Revise func(last, next Document) (Document, []Problem) // Kind.Revise
	Older  func(last, next Document) bool                  // Kind.Older
	Await  bool                                            // Kind.Await
	Record bool                                            // Kind.Record
	Within func(left, part Document) bool                  // Kind.Within
	Fits   func(left, part Document) []Problem             // Kind.Fits
	Diff   bool                                            // Filing.Document compares with what was delivered before; false where a Planner has compared

	// Gate is asked at the end, with what is known of the flow's last good file.
	// Where it answers anything, the job is held and the problems are filed with
	// it: nothing leaves before a Release. It is not asked where nothing is ready and
	// nothing booked.
	// nil holds nothing.
	Gate func(Weighed) []Problem
}

// Filing takes what Prepare makes, one at a time; all of it counts, or none.
type Filing interface {
	// Document files a document, with rows, the number of the file's rows it was
	// made of, and its problems. Its State is Ready, Held, Skipped or Unchanged.
	// Its bookings (Then) take the place of those of the same key and word that
	// are still to come; those of a held document do not count.
	//
	// A Ready document is held against what the ledger knows of its key (of the
	// same kind and space, which is the lane where the kind has none):
	//   - still ready in an older job: that one becomes superseded;
	//   - Once, and sending, accepted or delivered with the same print: unchanged;
	//   - Once, and that with another print: what Revise makes of it, or else held with
	//     the problem document.changed;
	//   - older than the newest of its key, as Older says: superseded;
	//   - Diff, not Once, and last delivered with the same print: unchanged.
	// A Skipped one of a Once kind that has left, or may have, stays skipped with the
	// problem document.left, unless the last one of its key was skipped too.
	// An Unchanged or a Skipped document supersedes as a ready one does: it is newer.
	// The same key twice in one job: the second is held, with key.twice.
	//
	// The documents of a quarantine workbook that came back are as old as the job
	// that first brought their rows: where a newer job has brought the same key
	// since, they change nothing and are held, with quarantine.older.
	Document(doc Document, rows int, problems []Problem) error

	// Problem files a problem that belongs to no document.
	Problem(p Problem) error
}

// Remembering is a Filing that knows what has left: those that only try a file out do not.
type Remembering interface {
	// Left gives what left last, or may have left, under each of these keys and those
	// below them (KEY/...), in the order in which it was filed.
	Left(keys []string) ([]Document, error)
}

// Prepared is what Prepare made of a job.
type Prepared struct {
	Rows      int           `json:"rows"`      // rows handed on as data
	Documents map[State]int `json:"documents"` // by state
	Problems  int           `json:"problems"`
	Refused   bool          `json:"refused"` // the file is not to be used as data
	Held      bool          `json:"held"`    // the gate holds it until somebody releases it
}

// Progress is what one Deliver did.
type Progress struct {
	Lane    string        `json:"lane"`
	Job     Job           `json:"job,omitzero"`
	Did     string        `json:"did"` // sent, asked; "" where nothing was due
	States  map[State]int `json:"states,omitempty"`
	Waiting int           `json:"waiting"` // documents of the batch that are not final
	Wait    time.Duration `json:"wait"`    // until the lane has something to do
}

// Report is what Reconcile wrote.
type Report struct {
	Day  string `json:"day"`
	Path string `json:"path"` // "" where the day holds nothing
	Jobs int    `json:"jobs"` // closed by it
}

// A Queue says what is due on this machine. An engine that schedules by itself
// has no use for one.
type Queue interface {
	// Next is what a lane should do now: prepare its oldest job that nothing
	// stands in the way of, else deliver. A job waits to be prepared while a lane
	// that its flow needs has a job to prepare or to deliver; meanwhile Wait is
	// short. A lane that failed waits until its time has come.
	Next(ctx context.Context, lane string, now time.Time) (Due, error)
	// Fail stores that a step could not be done and makes the lane wait until
	// again. Done forgets the lane's failures.
	Fail(ctx context.Context, lane string, job Job, cause error, again time.Time) error
	Done(ctx context.Context, lane string) error
}

// Due is what is due.
type Due struct {
	Job   Job           `json:"job,omitzero"` // of StepPrepare
	Step  Step          `json:"step"`         // "" when nothing is due
	Wait  time.Duration `json:"wait"`         // until something is; zero when the lane is empty
	Tries int           `json:"tries"`        // failures of the lane in a row
	Error Failure       `json:"error,omitempty"`
}

// Step is the name of a step.
type Step string

// The steps of a job, and the end.
const (
	StepPrepare   Step = "prepare"
	StepDeliver   Step = "deliver"
	StepReconcile Step = "reconcile"
	StepClosed    Step = "closed"
)

// Opened is a job as the ledger keeps it.
type Opened struct {
	Job
	Seq      int64 // order of admission
	Drop     Drop
	Kind     string // "" before it is prepared
	Lane     string
	Step     Step
	Verdict  string  // "", "refused" or "held": the whole file
	Gate     string  // GateOpen ...
	Release  Release // of a job that was released or dropped
	Rows     int
	Reading  Reading
	States   map[State]int // documents by state
	RowsBy   map[State]int // rows by the state of their document
	Problems int
	Error    Failure // of the last failure, where the job waits for its lane
	Tries    int
	Report   string
}

// An Entry is a document with all that the ledger knows of it.
type Entry struct {
	Document
	Job     Job
	Lane    string
	Drop    string // the name of the dropped file
	Rows    int
	Sent    time.Time // when it last left; zero: never
	Settled time.Time // when it became final; zero: not yet
	Batch   string
	Why     []Problem // its problems
}

// Books is the ledger as reports read it: whole, in a fixed order, and without
// writing. Days are days of arrival in the shop's zone, both included.
type Books interface {
	Jobs(ctx context.Context, from, to string) ([]Opened, error)           // by admission
	Entries(ctx context.Context, from, to string) iter.Seq2[Entry, error]  // by job, then as filed
	Problems(ctx context.Context, from, to string) iter.Seq2[Noted, error] // by job, then as filed
}

// Noted is a problem with where it belongs.
type Noted struct {
	Problem
	Job Job
	Key string // of its document; "" where it belongs to none
	Doc string // the document's Name
}

// A Table is one of our own reference tables, such as items: rows by code.
type Table interface {
	// Put stores rows, replacing those of the same code.
	Put(ctx context.Context, table string, rows []TableRow) error
	// PutAll stores rows of several tables: all of them count, or none.
	PutAll(ctx context.Context, rows map[string][]TableRow) error
	// Row gives a row by its code. ErrNotFound.
	Row(ctx context.Context, table, code string) (TableRow, error)
	// Rows gives all rows of a table, by code.
	Rows(ctx context.Context, table string) iter.Seq2[TableRow, error]
	// Marked gives the rows of a table whose mark begins with a prefix, by mark and
	// code, without a look at the others; back: the last one first. The prefix is not
	// empty.
	Marked(ctx context.Context, table, prefix string, back bool) iter.Seq2[TableRow, error]
}

// KeptOf is the table in which sums over a table are kept. Whoever puts rows into a
// table puts what becomes of its sums there, in the same PutAll. Where a row of the
// table goes or changes in any other way, as by a hand in the ledger, all that is kept
// of it is gone: it is added up anew then.
func KeptOf(table string) string { return table + ".kept" }

// TableRow is one row of a reference table: texts by column, amounts in plain
// decimals, rates in per cent.
type TableRow struct {
	Code string
	Cols map[string]string
	Job  Job    // that brought it
	Mark string // by which Marked finds it; "" of one that it does not
}
