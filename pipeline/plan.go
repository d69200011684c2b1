package pipeline

import (
	"context"
	"time"
)

// A Planner is a sink that can tell, before anything is sent, what documents
// would change. Found by type assertion.
type Planner interface {
	// Plan holds documents against what the other side has now. It only reads,
	// it may take its time, and it is called outside of any transaction. Asked the
	// same of the same other side, it answers the same.
	Plan(ctx context.Context, q Question) (Plan, error)
}

// A Question is what a Planner is asked.
type Question struct {
	Job      Job
	Kind     string
	Settings Settings   // of the flow
	Docs     []Document // that could be built, in the order of the file
	Aside    []Document // that were left out or are held: they were in the file all the same
	Whole    bool       // a file whose every row says of what it is and whose own totals agree: what is in neither was not in the file. Never of a memo, nor of rows that were put aside and come back
	Memo     string     // MemoUndo ... where wasl itself asks; "" where a file does
	All      bool       // what is already so is to leave once more (wasl reupload --all)

	// Delivered tells which of some keys have been delivered before: of one that the
	// other side no longer has, somebody has taken it away. nil: nothing is known.
	Delivered func(ctx context.Context, keys []string) (map[string]bool, error)

	// Named gives the newest documents of the flow's kind and space that are filed
	// under some words (Document.Name, Document.Words; as Fold has them), each key
	// once: those that have left, or are to leave, or were found unchanged. Others may share a word's fold:
	// look whether it is the one that is meant. nil: nothing is known.
	Named func(ctx context.Context, words []string) ([]Document, error)

	// Take is given what is planned of Docs[i], by a Planner that answers one after
	// another: its Plan then has no Docs. Docs[i] is done with: Take may put the
	// planned document there. Each is given once, in any order. nil: all are
	// answered in Plan.Docs. A job of many documents is held once in that way.
	Take func(i int, planned Planned)

	// Booked are the bookings of the flow's lane that are still to come, by the
	// key of their document; those of the kinds beside (Kind.Beside) as well.
	Booked map[string][]Booking
}

// A Plan is the answer: what would change.
type Plan struct {
	Docs  []Planned // as long as Question.Docs, in their order; none where Question.Take has them
	More  []Planned // of what the file does not speak of, though the flow covers it: items to be set to zero
	Notes []Problem // worth telling of the whole
}

// Planned is a document held against what the other side has.
type Planned struct {
	Doc      Document // with Body, Print, Old, Changes, Undo and Then filled in; under another key where it is found to be what has that key
	Same     bool     // nothing would change
	Left     string   // why it is left out, in the shop's language; "": it is not
	Problems []Problem
	Rank     int // documents of a lower rank leave first; of the same, in the order of the file
}

// A Change is one value that a document replaces at the other side.
type Change struct {
	Field string `json:"field"`         // our word for it: quantity, price, status, image
	Old   string `json:"old,omitempty"` // as people read it; "" where there was none
	New   string `json:"new,omitempty"` // "" where it is taken away
	Why   string `json:"why,omitempty"` // a rule of the flow that made it, such as buffer 2; "": the file says so
	Mark  Mark   `json:"mark,omitempty"`
	Move  string `json:"move,omitempty"` // of a price, in per cent of the old one: -12.5
}

// A Mark says what a gate counts a change as.
type Mark string

// The marks of changes.
const (
	MarkZero   Mark = "zero"       // a balance goes to zero
	MarkHold   Mark = "hold"       // an item goes off sale
	MarkPrice  Mark = "price"      // a price moves; Change.Move says how far
	MarkCost   Mark = "below_cost" // a price is below its cost
	MarkDelete Mark = "delete"     // something is deleted: an image, a member
)

// A Booking is something to be done later: the end of a promotion.
//
// One that the ledger gave (ID is set) may be booked again, changed: it takes the
// place of the old one, and stays with its flow and kind. One without a time takes
// a place and is nothing to be done.
type Booking struct {
	At  time.Time // UTC; zero: what was booked is not to be done
	Doc Document  // with Key, Name and Body: a wish like those that Build makes
	Why string    // what it is, in one word that bookings of one key are told apart by: end, start

	// What the ledger adds.
	ID   int64
	Flow string
	Job  Job // that booked it
}
