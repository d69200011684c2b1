package pipeline

import "time"

// An Event is something that happened, for whoever shows it: the terminal as
// text, --json, the log. All of them get the same stream.
type Event struct {
	Time  time.Time      `json:"time"`
	What  string         `json:"what"` // one of the constants below
	Job   Job            `json:"job,omitzero"`
	Lane  string         `json:"lane,omitempty"`
	Count map[string]int `json:"count,omitempty"` // rows, documents, problems by state
	Note  string         `json:"note,omitempty"`  // never the value of a cell
	Wait  time.Duration  `json:"wait,omitempty"`
	Err   error          `json:"-"` // of a failure, for words in the reader's language; Note is its text
}

// What can happen.
const (
	EventAdmitted  = "admitted"  // a drop came in
	EventPulling   = "pulling"   // what was asked of a shop is being read; Note what, Count rows and of
	EventPreparing = "preparing" // rows are being read; Count rows
	EventPrepared  = "prepared"  // a job's documents are filed
	EventHeld      = "held"      // a job waits for somebody to release it; Note says why
	EventRefused   = "refused"   // a file is not to be used as data
	EventDelivered = "delivered" // a batch was settled
	EventWaiting   = "waiting"   // a lane waits for the other side
	EventFailed    = "failed"    // a step could not be done, and will be tried again
	EventExpected  = "expected"  // a file did not come as it should; Note says how, Err in words
	EventAlarm     = "alarm"     // something must not wait any longer; Note says what, Err in words
	EventClosed    = "closed"    // nothing more happens to a job by itself
	EventReport    = "report"    // a workbook was written
	EventRemoved   = "removed"   // files were removed whose time is over; Count files and originals
	EventRequest   = "request"   // what a command asked for was done; Note says what, for whom and how
)
