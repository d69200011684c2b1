package pipeline

import (
	"context"
	"time"
)

// A Sink is a door out.
type Sink interface {
	// Send offers the documents of a batch and says what became of each.
	// Outcomes that come with an error still count; of a document without one
	// nothing is known, and Ask will be called before it is sent again.
	// It does not sleep or loop over failures: it returns a *Later.
	Send(ctx context.Context, b Batch) (Answer, error)

	// Ask says what the other side knows of documents sent before: of a batch
	// whose answer was lost, or of accepted documents. A document that it has
	// certainly never seen is Ready; one without an outcome stays as it is and
	// is asked about again, when a *Later says or when the lane thinks fit.
	Ask(ctx context.Context, b Batch) (Answer, error)
}

// A Readier is a sink at which something begins to run when a document is sealed for it,
// such as the day within which a receipt has to arrive. It is asked before anything is
// taken for a lane of it: where it answers an error (a *Later, a *Trouble), nothing is.
type Readier interface {
	Ready(ctx context.Context, lane string) error
}

// An Answer is what became of a batch, and what the other side said.
type Answer struct {
	Outcomes []Outcome
	Said     []Said
	Again    time.Duration // when to ask about what is accepted; zero: the lane decides
	News     bool          // of what the lane has sent before: what is accepted in it is to be asked about at once
}

// Said is one exchange with the other side, kept for ever: the proof.
type Said struct {
	At     time.Time
	What   string // POST /api/v1/receiptsubmissions
	Status int    // HTTP status; 0 where no answer came
	ID     string // the other side's name for the exchange: correlation id, request id
	Body   []byte // its words, without secrets; cut at 64 KiB
}

// Later wraps an error that time may cure.
type Later struct {
	Err   error
	After time.Duration // zero: the lane decides
}

func (l *Later) Error() string { return l.Err.Error() }

// Unwrap gives the error that time may cure.
func (l *Later) Unwrap() error { return l.Err }
