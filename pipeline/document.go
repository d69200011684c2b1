package pipeline

import (
	"encoding/json"
	"time"
)

// A Document is the unit of delivery: all of it goes, or none of it.
type Document struct {
	Key  string          // the same input gives the same key, on any machine, on any day
	Kind string          // eta.receipt
	Body json.RawMessage // what the sink will send, or make its request of
	From []Origin        // the rows it was made of

	Name     string   // what people call it: #1042, or A-1001 @ 01
	Day      string   // 2026-11-23 in the shop's zone: the day its money counts for; "" where it has none
	Money    Decimal  // its control total as the file states it; zero where it has none
	Out      Decimal  // the total of what leaves, added up from Body; equal to Money, or it is held
	Currency string   // of Money; "" where it has none
	Print    string   // what is compared to tell a change; "" means Body
	Old      string   // what it replaces at the other side, for people: "7"; "" where unknown
	Words    []string // further words under which people look for it: SKUs, an order id

	Outside bool // of one that is Skipped: it is none that the flow is for, and goes on where its key has left; not kept

	// Of a part: the key of the document that it follows, a refund of the order
	// that it belongs to; where Build names none it is that which it was made beside. It leaves only where that one has left or is to leave.
	// Parts are what Build makes besides of the same group: documents of their own. One
	// that Build leaves out by itself is Skipped, with its reason in Left.
	Of     string
	Parts  []Document
	Alone  bool      // of a part: it follows nothing, and leaves also where Build leaves out what it was made beside
	Within bool      // of a part: the kind says whether there is anything to be taken back; see Kind.Within
	Past   []string  // keys of which Build has to know what has left, each with those below it (KEY/...); see Kind.After
	Wrong  []Problem // of a part: why it is held

	// Of its control total, what does not leave, by class: Money is Out and these
	// together. For reports, which hold the two against each other.
	Beside []Beside

	// Of a kind with several lanes (Flow.Lanes): the one by which it leaves, which is
	// where it is sealed and sent; "": that of its flow.
	Lane string

	// What a Planner adds.
	Changes []Change        // what it replaces, value by value
	Undo    json.RawMessage // the wish that would put back what it replaces; nil: it cannot be put back
	Then    []Booking       // what is to be done later because of it
	Sent    json.RawMessage // of a wish that puts something back: what left then, and should still be there

	// What the ledger adds.
	State  State
	Left   string // of a document left out (skipped): why, in the flow's own words
	Sealed []byte // the frozen bytes of a sealed document; nil before it is taken
	Ref    string // the other side's name for it, or the one we gave: a uuid
	Ticket string // what to ask by, such as a submission's id; "" before it is accepted
}

// Beside is money of a document that does not leave with it, of one class, such as a tip.
type Beside struct {
	Class  string  `json:"class"`
	Amount Decimal `json:"amount"`
}

// State is where a document stands.
//
//	         Prepare                                Deliver
//
//	held       a problem in it                        delivered
//	skipped    the flow leaves it out                /
//	unchanged  already so at the other side         / ---> rejected
//	ready ------------------------------> sending -+
//	  ^  \                                |   ^     \---> accepted ---> delivered | rejected
//	  |   superseded by a newer drop      |   |
//	  +-----------------------------------+   +---- unknown: asked again
//	    refused for now, or asked and never seen
//
// parked: taken out by a person or after the same definite answer five times.
type State string

// The states of a document. A CHECK in the ledger's table guards them.
const (
	Ready      State = "ready"
	Sending    State = "sending"
	Accepted   State = "accepted"
	Delivered  State = "delivered"
	Rejected   State = "rejected"
	Parked     State = "parked"
	Unchanged  State = "unchanged"
	Superseded State = "superseded"
	Held       State = "held"
	Skipped    State = "skipped"
)

// States are all states, in the order in which reports list them.
var States = []State{Delivered, Unchanged, Held, Rejected, Skipped, Superseded, Parked, Accepted, Sending, Ready}

// Final tells whether nothing more happens to a document by itself.
func (s State) Final() bool {
	switch s {
	case Ready, Sending, Accepted:
		return false
	}
	return true
}

// An Outcome is what became of a document.
type Outcome struct {
	Key    string
	State  State
	Ref    string          // the other side's name for it; "" keeps what is known
	Ticket string          // what to ask by, of an accepted document
	Body   json.RawMessage // of a document that is Ready again: planned anew; nil keeps the body and its batch
	Why    []Problem       // of a rejection, traced back to cells where possible
}

// A Batch is what leaves together, in one request, of one job of one lane.
type Batch struct {
	ID      string // the same whenever this batch is sent again; a UUID, fit for an idempotency key
	Lane    string
	Job     Job
	Docs    []Document
	Request []byte    // frozen by Kind.Freeze; nil where the kind has none
	Taken   time.Time // when it was first taken
	Sent    time.Time // when what is asked about left last; zero where nothing is being sent
	Due     time.Time // when it is to be asked about or sent again
	Asked   int       // how often it has been asked about since it was last sent
	Tries   int       // how often it has been sent
	Lost    int       // how often it left and nobody knew what became of it
	Doubt   int       // how many of what is to be sent again, the first ones, were lost again when they were

	Settings Settings // of the flow, as they are now
}
