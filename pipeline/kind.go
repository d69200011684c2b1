package pipeline

import "time"

// A Kind is one sort of document that a sink accepts.
type Kind struct {
	Name     string    // eta.receipt
	Help     string    // one sentence, for wasl kinds
	Fields   []Field   // what a mapping must supply
	GroupBy  []string  // records equal in these fields make one document; empty: each record is one
	Once     bool      // an event: a key that left may never leave again, with the same content or another
	Joined   bool      // a row whose group cannot be read holds the whole job: some document lacks a line
	Settings []Setting // what a flow may decide
	Settled  bool      // what came before in its lane has arrived before a job is prepared: its plan stands on what the other side has then
	Traced   bool      // the problems of what is refused name fields of the kind: they are traced back to their cells
	Last     bool      // it speaks of what other kinds make, such as members and pictures of items: of files that came together it takes its after the others
	Beside   []string  // further kinds of the same sink whose bookings a Planner is shown
	People   bool      // its rows are of persons: what of them the mapping does not read stands in no report
	Record   bool      // each document is a person's own record: of one who was forgotten none is made any more
	Tables   []string  // of ours that a Planner of the kind looks into: what was to fill them has done so before a job is prepared
	Space    string    // within which a key names one thing at the other side, whichever lane it leaves by; "": the lane

	// Build makes one document of the records of a group. It is pure. It is also
	// called for groups with problems, whose records lack the fields that could
	// not be read: then it says as much as can be known of Key, Name, Day, Money.
	// A document with a problem, of the records' or of Build, is held. One with
	// Left set is left out, for that reason.
	Build func(group []Record) (Document, []Problem)

	// After is Build for a group of which something has left before, and decides on what
	// follows: Build names the keys (Document.Past). It is given what left last of each
	// of them, or may have left, in the order in which it was filed. It is pure. Where nobody
	// remembers, as in a rehearsal, what Build made stands.
	After func(group []Record, left []Document) (Document, []Problem)

	// Bind is set where settings of the flow change how documents are built: it
	// gives the kind as it is under them. They have passed Check.
	Bind func(Settings) Kind

	// Of documents per Send; zero leaves it to the sink. A job with more than
	// Bulk.Above documents to send leaves in batches of Bulk.Batch.
	Batch int
	Bulk  Bulk

	// Revise is set where what has left may change. It is given the last document
	// of a key that left, and what the file says now (next; Skipped where the flow
	// leaves it out now, for the reason in Left), and makes of it the document
	// that follows: Ready with what is to be told, Unchanged where nothing of
	// interest changed, Skipped where it is left out still. Its Body has to hold
	// all that the next Revise needs, its Print what next was compared by. With a
	// problem it is held. In last.Parts it is given the newest document of the key that
	// came since and changed nothing, where there is one: it may know of parts that have
	// left. It is pure. Without it, a Once key that changes after it
	// left is held (document.changed).
	Revise func(last, next Document) (Document, []Problem)

	// Met finds what is known of the same thing under another key, before anything is
	// filed. nil: a key says what a document is of. Not for the kinds of a Planner, which
	// says that itself.
	Met *Met

	// Await is set where a part may not leave before the document that it follows has
	// been delivered: until then it waits, ready. Seal is then given what that one was
	// sealed as.
	Await bool

	// Within is asked of a part that is marked so (Document.Within): whether there is
	// nothing to be taken back, as what has left was without it. Then the part is left
	// out. Left has no key where nothing has left yet; its Parts are as for Revise. It is
	// pure.
	Within func(left, part Document) bool

	// Fits tells why a part cannot follow what has left, where Build made it of more than
	// that; then it is held. nil: it always can. It is pure.
	Fits func(left, part Document) []Problem

	// Older is set where a document says of which time it is. It tells whether next
	// says what was so before last, the newest of its key, whether that one left, was
	// left out or was held, or no more than that one: then next came late, and is
	// superseded. It is also asked of a next that is held. It is pure.
	Older func(last, next Document) bool

	// Chain and Seal are set where documents are numbered or linked before they
	// leave. Chain names the chain of a document. Seal is pure, but for what the
	// sink knows of the other side's clock; it is called in the transaction that
	// marks the document as being sent, and what it puts in Sealed never changes
	// again. A document that it returns an error for is held: a *Refused says what
	// is wrong with it.
	Chain func(Document) string
	Seal  func(doc Document, link Link, at time.Time) (sealed []byte, ref string, head string, err error)

	// Called is set where a sealed document is looked for by what its bytes say: its
	// number, and the reference of the refused one that it replaces; "" where it has
	// none. It is pure.
	Called func(sealed []byte) (number, replaces string)

	// Wary is how many documents leave together after an answer to the lane was lost, until
	// one arrives; 0: as many as ever.
	Wary int

	// Freeze is set where several documents leave in one request whose bytes have
	// to stay the same when it is repeated. It is pure; it is called in the same
	// transaction, and what it returns is kept in Batch.Request.
	Freeze func(b Batch) ([]byte, error)
}

// Bulk says how the many documents of a large job leave.
type Bulk struct {
	Above int // documents ready to leave; 0: all jobs leave alike
	Batch int // documents per Send, at most
	Bytes int // of their bodies, at most; 0: no limit
}

// A Link is what Seal is given of the chain.
type Link struct {
	Head string // of the chain; "" for the first document
	Old  []byte // the sealed bytes of the rejected document that this one replaces; nil: it replaces none
	Of   []byte // where the kind awaits: the sealed bytes of the delivered document that this one follows; nil: it follows none
}

// A Field is one word of a kind.
type Field struct {
	Name     string
	Type     Type
	Required bool // a mapping has to supply it
	Sparse   bool // not every row has it: Build says where one lacks it that should not
	Help     string
}

// Type says how the text of a cell is to be understood.
type Type int

// The types of fields.
const (
	Text     Type = iota // any text: trimmed, Unicode NFC, direction marks removed
	Code                 // an identifier: text for ever, leading zeros kept, no exponent
	Amount               // money, in the document's currency
	Quantity             // pieces, kilograms, metres
	Rate                 // per cent: 14 is 14 %
	Date                 // a day
	Time                 // an instant, kept in UTC
	Bool                 // yes or no

	// Identifiers with rules of their own; texts like Code, in one way of writing.
	GTIN       // GTIN-8, -12, -13 or -14, its check digit right
	Phone      // an Egyptian telephone number: +201001234567
	NationalID // an Egyptian national ID: 14 digits
	TaxNo      // an Egyptian tax registration number: 9 digits
	Email      // an address of mail
)

var typeNames = [...]string{"text", "code", "amount", "quantity", "rate", "date", "time", "bool",
	"gtin", "phone.eg", "nationalid.eg", "taxno.eg", "email"}

// String is the type's name as mappings write it: amount.
func (t Type) String() string { return typeNames[t] }

// Textual tells whether what counts of a value of this type is its text.
func (t Type) Textual() bool { return t == Text || t.Identifier() }

// Identifier tells whether a value of this type names something: it is compared
// as it stands, and never computed with.
func (t Type) Identifier() bool { return t == Code || t >= GTIN }

// TypeOf finds a type by its name.
func TypeOf(name string) (Type, bool) {
	for i, n := range typeNames {
		if n == name {
			return Type(i), true
		}
	}
	return 0, false
}

// TypeNames are the names of all types, in order.
func TypeNames() []string { return typeNames[:] }
