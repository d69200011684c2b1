package pipeline

import (
	"context"
	"time"
)

// An Arrival is a file that has stood still and whose bytes are in the vault:
// what the inbox knows of it when it asks for admission.
type Arrival struct {
	Inbox   string    // the inbox's name
	Path    string    // inside the inbox
	Name    string    // as it was dropped, for showing
	FileID  string    // of the file system: device and inode, or their like; "" where there is none
	Size    int64     // bytes
	ModTime time.Time // only ever compared with itself
	SHA256  string
	From    string    // Drop.From
	Arrived time.Time // our clock
	Day     string    // of Arrived, in the shop's zone
	Claims  []Claim   // the flows that take it; none: no flow does

	Patterns string // of all flows, for the words of drop.unclaimed

	Plan    bool   // only its plan is asked for: the gate of what it would change holds it
	Request string // the request of a command that this arrival does; "" where none does
}

// A Claim is a flow's wish for a drop. It becomes a job.
type Claim struct {
	Flow, Kind, Lane string
	Needs            []string // Flow.Needs

	// Of a quarantine workbook that came back: the job whose rows it has, and the
	// hash of that job's file, by which the ledger knows that the job is its own.
	Corrects Job
	Of       string
}

// A Door is the ledger as the inbox sees it.
type Door interface {
	// Admit makes a drop of an arrival and one job for each claim, in one
	// transaction: this is the claim on the file, not its move. A file that was
	// admitted before under the same inbox, path, file id, size and time, and
	// whose original has not been moved since, is not admitted again: its drop
	// comes back with fresh false.
	Admit(ctx context.Context, a Arrival) (d Drop, fresh bool, err error)

	// Placed stores where the original is now, inside the inbox: taken/... or
	// rejected/.... After that anything at its old path is a new arrival. Stays
	// stores that it could not be moved: it is not read again until its size,
	// time or id changes.
	Placed(ctx context.Context, drop, place string) error
	Stays(ctx context.Context, drop string) error

	// Rejects are the drops of which nothing is to be used (no flow takes them,
	// or every job of them was refused) and whose original is not in rejected/.
	Rejects(ctx context.Context) ([]Reject, error)
}

// A Reject is a drop of which nothing is to be used.
type Reject struct {
	Drop  Drop
	Place string // where the original is now; "" where it could not be moved
	Why   []Problem
}
