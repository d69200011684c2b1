package eta

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"wasl/pipeline"
)

// Unheard are the receipts of this POS that the authority holds since a moment and that the ledger never heard of, by
// issue: none, and the head of the chain is as new as the world. known tells which of some uuids the ledger knows.
func (s *Sink) Unheard(ctx context.Context, since time.Time, known func(uuids []string) (map[string]bool, error)) ([]Held, error) {
	held, _, err := s.Holds(ctx, Span{From: since, To: s.deps.Now().Add(time.Hour)}, "")
	if err != nil {
		return nil, err
	}
	var uuids []string
	for _, h := range held {
		uuids = append(uuids, h.UUID)
	}
	here, err := known(uuids)
	if err != nil {
		return nil, err
	}
	var out []Held
	for _, h := range held {
		if here[h.UUID] || h.POS != "" && h.POS != s.config.POS.Serial {
			continue
		}
		if h.POS == "" { // the list does not say: its bytes do
			if h.POS, err = s.issuedBy(ctx, h.UUID); err != nil {
				return nil, err
			}
		}
		if h.POS == s.config.POS.Serial {
			out = append(out, h)
		}
	}
	return out, nil
}

// issuedBy is the POS that a receipt names.
func (s *Sink) issuedBy(ctx context.Context, uuid string) (string, error) {
	var heard []pipeline.Said
	held, found, err := s.lookUp(ctx, &heard, uuid)
	if err == nil && !found {
		err = &pipeline.Later{Err: fmt.Errorf("read receipt %s back: it is not there yet", uuid)}
	}
	if err != nil {
		return "", err
	}
	paper, err := ReadPaper([]byte(held.Document))
	return paper.POS, err
}

// Shows tells whether the authority shows a receipt, and what it said.
func (s *Sink) Shows(ctx context.Context, uuid string) (shown bool, said []pipeline.Said, err error) {
	_, shown, err = s.lookUp(ctx, &said, uuid)
	return shown, said, err
}

// Fetch reads a receipt that the ledger never heard of back from the authority, byte for byte, as the document that it
// was when it left. Its key is told from its number; where it cannot be, it is adopted/ and its uuid, and an order that
// comes again would be issued again: named is false then.
func (s *Sink) Fetch(ctx context.Context, h Held) (doc pipeline.Document, paper Paper, named bool, err error) {
	var heard []pipeline.Said
	held, found, err := s.lookUp(ctx, &heard, h.UUID)
	if err == nil && !found {
		err = &pipeline.Later{Err: fmt.Errorf("read receipt %s back: it is not there yet", h.UUID)}
	}
	if err != nil {
		return doc, paper, false, err
	}
	raw := []byte(held.Document)
	if paper, err = ReadPaper(raw); err != nil {
		return doc, paper, false, err
	}
	if !Proves(raw, h.UUID) {
		return doc, paper, false, &pipeline.Trouble{Rule: "eta.adopt.bytes", With: with("number", paper.Number, "uuid", h.UUID)}
	}
	doc = pipeline.Document{Kind: KindReceipt, Name: paper.Order, Sealed: raw, Body: raw, Ref: h.UUID, Ticket: string(held.SubmissionUUID),
		Currency: paper.Currency, Day: paper.Issued.In(s.deps.Zone).Format(time.DateOnly), State: pipeline.Accepted}
	doc.Out, _ = readAmount(string(paper.Total))
	doc.Money = doc.Out
	switch {
	case held.status() == "valid":
		doc.State = pipeline.Delivered
	case held.refused():
		doc.State = pipeline.Rejected
	}
	doc.Key, doc.Words, named = keyOf(paper)
	doc.Print = "adopted " + h.UUID // no facts: what comes again is compared by its total
	return doc, paper, named, nil
}

// returnNumber is how the number of a return is made: the order's name, cut, then the ids of order and refund.
var returnNumber = regexp.MustCompile(`^.*-R-([^/]+)-([^-/]+(?:/of[0-9]+)?)$`)

// furtherNumber is how the number of a sale of goods that were added is made: the order's name, cut, then which one it
// is, and the id of the order.
var furtherNumber = regexp.MustCompile(`^(.*)-S([0-9]+)-([^/]+)$`)

// keyOf is the key under which a receipt was issued, told from its number; adopted/ and its uuid where it cannot be told:
// a number that was too long for the ids in it.
func keyOf(p Paper) (key string, words []string, named bool) {
	number := p.Number
	if at := strings.LastIndexByte(number, '/'); at > 0 && isNumber(number[at+1:]) {
		number = number[:at] // the suffix of a correction
	}
	if m := returnNumber.FindStringSubmatch(number); p.Return() && m != nil {
		return "return/" + m[1] + "/" + m[2], []string{m[1], m[2]}, true
	}
	if m := furtherNumber.FindStringSubmatch(number); !p.Return() && m != nil && strings.HasPrefix(clean(p.Order, 200), m[1]) {
		return "more/" + m[3] + "/" + m[2], []string{m[3]}, true
	}
	if id, ok := strings.CutPrefix(number, clean(p.Order, 200)+"-"); ok && !p.Return() {
		return "sale/" + id, []string{id}, true
	}
	if number == clean(p.Order, 200) && !p.Return() {
		return "sale/" + p.Order, nil, true
	}
	return "adopted/" + p.UUID, nil, false
}

// Tip is the receipt that a chain ends in: of those given, the one that no other follows; corrections stand beside the
// chain and are none. "" where there is not exactly one.
func Tip(papers []Paper) string {
	followed := map[string]bool{}
	for _, p := range papers {
		if p.Replaces == "" {
			followed[p.Previous] = true
		}
	}
	tip := ""
	for _, p := range papers {
		if p.Replaces != "" || followed[p.UUID] {
			continue
		}
		if tip != "" {
			return ""
		}
		tip = p.UUID
	}
	return tip
}

// Posts are the sinks of the POS, one each, by the names of the registry.
func (s *Sink) Posts() []*Sink {
	var all []*Sink
	for _, p := range s.points {
		all = append(all, s.posts[p.Serial])
	}
	return all
}

// ChainName is the chain of this POS, as the ledger keeps its head.
func (s *Sink) ChainName() string { return s.config.chain(s.config.POS.Serial) }

// PostLane is the lane by which the receipts of this POS leave.
func (s *Sink) PostLane() string { return "eta/" + s.ChainName() }

// Serial is the serial of the POS.
func (s *Sink) Serial() string { return s.config.POS.Serial }
