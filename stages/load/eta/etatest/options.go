package etatest

import (
	"cmp"
	"time"
)

// Options set up a Server. The zero value is a strict authority that knows one taxpayer, DemoTaxpayer.
type Options struct {
	Addr      string     // address to listen on; "" is a free port of 127.0.0.1
	Taxpayers []Taxpayer // nil is DemoTaxpayer alone

	Now       func() time.Time // the authority's clock, also shown in the Date header; nil is time.Now
	TokenLife time.Duration    // 0 is one hour
	MaxAge    time.Duration    // oldest dateTimeIssued that is taken; 0 is 24 hours

	ValidationPolls int           // a submission is InProgress for so many polls
	ValidationDelay time.Duration // and for at least this long
	LookupLag       time.Duration // receipts show in the look-ups only after this time

	Duplicates      Duplicates    // what happens to a uuid that is already taken
	DuplicateWindow time.Duration // same payload within it is a 422; 0 is ten minutes, negative switches it off

	StrictChain    bool // a broken chain makes the receipt invalid; it is recorded in any case
	AnyReference   bool // a return may refer to a sale that this server does not hold
	SubmissionUUID bool // name the id of a submission "submissionUUID", as the page does, instead of "submissionId"

	ReadersOnly  bool // search and packages are for the ERP's token alone; a POS gets 403
	PackagePolls int  // a package is in progress for so many looks at the list

	RateLimit  int           // requests in RateWindow before 429; 0 is no limit
	RateWindow time.Duration // 0 is one second

	Faults []Plan // bad days, see ParseFault
}

// Duplicates says what the authority does with a receipt whose uuid it has already taken.
type Duplicates int

const (
	// DuplicatesStrict rejects it in the answer to the submission.
	DuplicatesStrict Duplicates = iota
	// DuplicatesForgiving takes it once more and counts it. This is the honest judge: it hides no second filing.
	DuplicatesForgiving
	// DuplicatesLate accepts it first and finds it invalid in validation; the first filing stands.
	DuplicatesLate
)

// Taxpayer is a registered company with its devices.
type Taxpayer struct {
	RIN          string
	TradeName    string   // "" is any
	Branches     []string // nil is any
	Activities   []string // nil is any code of the table
	ReceiptTypes []string // nil is every code of the table as it is written there; list "S" and "R" to take those
	Items        []string // registered item codes; nil is any well-formed EGS code of the RIN, or GTIN
	POS          []POS
	ERP          ERP // may read what all devices issued; the zero value is none
}

// ERP is the system of a taxpayer that reads (section 2.2).
type ERP struct{ ClientID, Secret string }

// POS is a registered device.
type POS struct {
	Serial         string
	OSVersion      string
	ClientID       string
	Secret         string
	ModelFramework string // checked when set
	PreSharedKey   string // checked when set
	Retired        bool
	Head           string // uuid of the last receipt issued before this server was started; "" for a new device
}

// DemoTaxpayer is the company of the generated samples, with one device.
func DemoTaxpayer() Taxpayer {
	return Taxpayer{
		RIN: "100200300",
		POS: []POS{{Serial: "WASL-SRV-01", OSVersion: "os", ClientID: "demo-client", Secret: "demo-secret"}},
		ERP: ERP{ClientID: "demo-erp", Secret: "demo-erp-secret"},
	}
}

func (o Options) withDefaults() Options {
	o.Addr = cmp.Or(o.Addr, "127.0.0.1:0")
	o.TokenLife = cmp.Or(o.TokenLife, time.Hour)
	o.MaxAge = cmp.Or(o.MaxAge, 24*time.Hour)
	o.DuplicateWindow = cmp.Or(o.DuplicateWindow, 10*time.Minute)
	o.RateWindow = cmp.Or(o.RateWindow, time.Second)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Taxpayers == nil {
		o.Taxpayers = []Taxpayer{DemoTaxpayer()}
	}
	return o
}
