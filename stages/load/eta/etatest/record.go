package etatest

import (
	"net/http"
	"slices"
	"time"
)

// Request is a request that reached the server, as it was answered.
type Request struct {
	N        int       `json:"n"` // from 1, over all endpoints
	Endpoint Endpoint  `json:"endpoint"`
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	Time     time.Time `json:"time"`
	Status   int       `json:"status"` // 0: the connection was cut
	POS      string    `json:"pos"`    // serial, "" if the request proved none
	BodyHash string    `json:"bodyHash"`
	Size     int       `json:"size"`
	Fault    string    `json:"fault,omitempty"`

	Body   []byte      `json:"-"`
	Header http.Header `json:"-"`
}

// Receipt is a receipt that the authority holds.
type Receipt struct {
	UUID             string    `json:"uuid"`
	LongID           string    `json:"longId"`
	Number           string    `json:"receiptNumber"`
	Type             string    `json:"receiptType"`
	RIN              string    `json:"rin"`
	POS              string    `json:"pos"`
	Branch           string    `json:"branchCode"`
	PreviousUUID     string    `json:"previousUUID"`
	ReferenceUUID    string    `json:"referenceUUID,omitempty"`
	ReferenceOldUUID string    `json:"referenceOldUUID,omitempty"`
	DateTimeIssued   string    `json:"dateTimeIssued"`
	TotalAmount      string    `json:"totalAmount"` // the literal of the receipt
	Received         time.Time `json:"received"`
	SubmissionID     string    `json:"submissionId"` // of the first filing
	Status           string    `json:"status"`       // Submitted, Valid or Invalid, at the time of asking
	Errors           []Finding `json:"errors,omitempty"`
	ChainBreak       string    `json:"chainBreak,omitempty"`
	Taken            int       `json:"taken"` // how often it was filed; more than once is a violation
	Body             []byte    `json:"-"`     // the bytes received
}

// Finding is something wrong with a submission or a receipt.
type Finding struct {
	Code    string `json:"code"`
	Path    string `json:"path"`
	Message string `json:"message"`
}

// Submission is a submission that was answered with 202.
type Submission struct {
	ID       string    `json:"id"` // "" if nothing was accepted
	POS      string    `json:"pos"`
	Received time.Time `json:"received"`
	BodyHash string    `json:"bodyHash"`
	Accepted []string  `json:"accepted"` // uuids
	Rejected []string  `json:"rejected"` // uuids
}

// ChainBreak is a receipt that did not follow the one before it on its POS.
type ChainBreak struct {
	POS    string `json:"pos"`
	UUID   string `json:"uuid"`
	Number string `json:"receiptNumber"`
	Reason string `json:"reason"`
}

// receipt is a Receipt with what only the server needs.
type receipt struct {
	Receipt
	tree       *node
	submission *submission
	status     string // set by hand; "" follows from the validation
}

// submission is a Submission with its filings and how far its validation is.
type submission struct {
	Submission
	rin     string
	filings []filing
	polls   int
}

// filing is one appearance of a receipt in a submission.
type filing struct {
	receipt *receipt
	errors  []Finding
}

// Requests returns every request so far, in the order of arrival.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := make([]Request, len(s.requests))
	for i, r := range s.requests {
		requests[i] = *r
	}
	return requests
}

// Receipts returns the receipts that the authority holds, valid or not, in the order they were first taken.
func (s *Server) Receipts() []Receipt {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held()
}

func (s *Server) held() []Receipt {
	held := make([]Receipt, len(s.order))
	for i, r := range s.order {
		held[i] = s.snapshot(r)
	}
	return held
}

// Filed returns the receipt with this uuid; false if the authority does not hold it.
func (s *Server) Filed(uuid string) (Receipt, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.receipts[uuid]
	if !ok {
		return Receipt{}, false
	}
	return s.snapshot(r), true
}

// Submissions returns the submissions that were answered with 202, in order.
func (s *Server) Submissions() []Submission {
	s.mu.Lock()
	defer s.mu.Unlock()
	submissions := make([]Submission, len(s.submissions))
	for i, sub := range s.submissions {
		submissions[i] = sub.Submission
		submissions[i].Accepted = slices.Clone(sub.Accepted)
		submissions[i].Rejected = slices.Clone(sub.Rejected)
	}
	return submissions
}

// ChainBreaks returns the receipts that were taken although they did not follow the one before, in order.
func (s *Server) ChainBreaks() []ChainBreak {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.chainBreaks()
}

func (s *Server) chainBreaks() []ChainBreak {
	breaks := []ChainBreak{}
	for _, r := range s.order {
		if r.ChainBreak != "" {
			breaks = append(breaks, ChainBreak{POS: r.POS, UUID: r.UUID, Number: r.Number, Reason: r.ChainBreak})
		}
	}
	return breaks
}

// snapshot is the receipt as a reader sees it now.
func (s *Server) snapshot(r *receipt) Receipt {
	c := r.Receipt
	c.Status = s.shown(r)
	c.Errors = slices.Clone(r.Errors)
	return c
}

func (s *Server) statusOf(sub *submission, errors []Finding) string {
	switch {
	case !s.validated(sub):
		return "Submitted"
	case len(errors) > 0:
		return "Invalid"
	}
	return "Valid"
}

// validated tells whether the outcome of a submission may be shown.
func (s *Server) validated(sub *submission) bool {
	return sub.polls >= s.options.ValidationPolls && !s.now().Before(sub.Received.Add(s.options.ValidationDelay))
}
