package eta

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// timeForm is the only form of a time that the authority takes: UTC, whole seconds.
const timeForm = "2006-01-02T15:04:05Z"

// numberLimit is the room for a receipt number; the rest of the 50 characters is for the suffix of a correction.
const numberLimit = 45

// receiptNumber is unique for ever, as the key of the sale is: the name that people search for, with the order's own
// number, since names repeat from shop to shop. One that is too long is cut and told apart by its hash.
func receiptNumber(id, name string) string {
	number := clean(name, 200)
	if id != "" {
		number += "-" + clean(id, 200)
	}
	if short := cut(number, numberLimit); short == number {
		return number
	}
	sum := sha256.Sum256([]byte(number))
	return cut(number, numberLimit-9) + "-" + hex.EncodeToString(sum[:4])
}

// chain is Kind.Chain: that of the POS which the receipt names.
func (s *Sink) chain(doc pipeline.Document) string { return s.config.chain(serialOf(doc.Body)) }

var serialMark = []byte(`"deviceSerialNumber":"`)

// serialOf is the POS that a receipt names; "" where it is none of ours. No text of a receipt holds a quote.
func serialOf(receipt []byte) string { return textAfter(receipt, serialMark) }

// textAfter is the text of the first member of a name; "" where there is none.
func textAfter(receipt, mark []byte) string {
	_, rest, _ := bytes.Cut(receipt, mark)
	text, _, ended := bytes.Cut(rest, []byte{'"'})
	if !ended {
		return ""
	}
	return string(text)
}

var numberMark, replacesMark = []byte(`"receiptNumber":"`), []byte(`"referenceOldUUID":"`)

// called is Kind.Called: the number of a receipt, and the uuid of the one that it replaces.
func called(sealed []byte) (number, replaces string) {
	if number = textAfter(sealed, numberMark); number != "" {
		return number, textAfter(sealed, replacesMark)
	}
	p, _ := ReadPaper(sealed) // of another program on this POS; what cannot be read has neither
	return p.Number, p.Replaces
}

// seal is Kind.Seal: it issues a receipt. It fills in the time, the place in the chain and the uuid by position; every
// other byte stays as Build wrote it, and none of them changes ever again.
func (s issuer) seal(doc pipeline.Document, link pipeline.Link, at time.Time) (sealed []byte, ref, head string, err error) {
	body, err := refer(doc.Body, link.Of)
	if err != nil {
		return nil, "", "", fmt.Errorf("seal %s: %w", doc.Key, err)
	}
	if old := serialOf(link.Old); link.Old != nil && old != serialOf(body) { // it could keep no place in a chain of another POS
		p := pipeline.Problem{Field: "order.pos", Rule: "eta.pos.moved", With: with("name", doc.Name, "serial", old, "other", serialOf(body))}
		if len(doc.From) > 0 {
			p.Origin = doc.From[0]
		}
		return nil, "", "", &pipeline.Refused{Problems: []pipeline.Problem{p}}
	}
	slot, err := place(body, link)
	if err != nil {
		return nil, "", "", fmt.Errorf("seal %s: %w", doc.Key, err)
	}
	issued := s.issuedAt(slot, at)
	if s.config.CorrectNumber == numberSame {
		slot.number = ""
	}
	receipt, hole, err := slot.fill(body, issued)
	if err != nil {
		return nil, "", "", fmt.Errorf("seal %s: %w", doc.Key, err)
	}
	uuid, err := uuidOf(receipt)
	if err != nil {
		return nil, "", "", fmt.Errorf("seal %s: %w", doc.Key, err)
	}
	receipt = receipt[:len(receipt)+uuidLength]
	copy(receipt[hole+uuidLength:], receipt[hole:len(receipt)-uuidLength])
	copy(receipt[hole:], uuid)
	if wrong := s.of(receipt).reexamine(doc, receipt, link.Of, at); len(wrong) > 0 {
		return nil, "", "", &pipeline.Refused{Problems: wrong}
	}
	if link.Old != nil {
		return receipt, uuid, link.Head, nil // a correction keeps its old place: the head does not move (section 5)
	}
	return receipt, uuid, uuid, nil
}

// of is the issuer of the POS that a receipt names.
func (s issuer) of(receipt []byte) issuer {
	if len(s.points) < 2 {
		return s
	}
	serial := serialOf(receipt)
	for _, p := range s.points { // byte by byte: it is asked of every receipt
		if p.Serial == serial {
			s.config = p.config
		}
	}
	return s
}

// mostKept is the age up to which a correction may keep the time of the receipt that it replaces: the authority takes
// receipts of about a day (section 3.2), and this one has to arrive yet.
const mostKept = 23 * time.Hour

// issuedAt is when a receipt is issued: now, less a margin. A correction may keep its old time (section 8, UNVERIFIED).
func (s issuer) issuedAt(place slot, at time.Time) string {
	if s.config.CorrectTime == timeKept && place.issued != "" {
		if old, err := time.Parse(timeForm, place.issued); err == nil && at.Sub(old) < mostKept {
			return place.issued
		}
	}
	return at.UTC().Add(-s.config.IssueMargin).Format(timeForm)
}

// A slot is a receipt's place in the chain.
type slot struct {
	previous string
	replaces string // uuid of the rejected receipt; "" of a new one
	number   string // of a correction; "" keeps what Build wrote
	issued   string // when the receipt was issued that is replaced
}

// place is the head of the chain, or the place of the receipt that is replaced.
func place(body []byte, link pipeline.Link) (slot, error) {
	if link.Old == nil {
		return slot{previous: link.Head}, nil
	}
	old, err := headerOf(link.Old)
	if err != nil {
		return slot{}, fmt.Errorf("read the receipt that is replaced: %w", err)
	}
	own, err := headerOf(body)
	if err != nil {
		return slot{}, err
	}
	return slot{previous: old.PreviousUUID, replaces: old.UUID, issued: old.DateTimeIssued, number: corrected(own.ReceiptNumber, old.ReceiptNumber)}, nil
}

// corrected is the number of a correction: 1042, then 1042/2, then 1042/3.
func corrected(own, old string) string {
	n := 1
	if text, ok := strings.CutPrefix(old, own+"/"); ok {
		if before, err := strconv.Atoi(text); err == nil {
			n = before
		}
	}
	return own + "/" + strconv.Itoa(n+1)
}

// The holes that Build leaves. No text of a receipt holds a quote, so the first of each is the header's own.
var (
	issuedHole   = []byte(`"dateTimeIssued":"`)
	numberHole   = []byte(`"receiptNumber":"`)
	uuidHole     = []byte(`"uuid":"`)
	previousHole = []byte(`"previousUUID":"`)
)

// fill writes the receipt with an empty uuid, and says where the uuid goes. The result has room for it.
func (s slot) fill(body []byte, issued string) (receipt []byte, hole int, err error) {
	receipt = make([]byte, 0, len(body)+4*uuidLength+2*len(issued))
	rest := body
	take := func(mark []byte, value string, old int) {
		at := bytes.Index(rest, mark)
		if at < 0 || len(rest) < at+len(mark)+old+1 || rest[at+len(mark)+old] != '"' {
			err = fmt.Errorf("the body is no receipt as Build writes it: no %s", mark)
			return
		}
		at += len(mark)
		receipt = append(append(receipt, rest[:at]...), value...)
		rest = rest[at+old:]
	}
	take(issuedHole, issued, 0)
	if s.number != "" && err == nil {
		base := s.number[:strings.LastIndexByte(s.number, '/')]
		take(numberHole, s.number, len(base))
	}
	take(uuidHole, "", 0)
	hole = len(receipt)
	take(previousHole, s.previous, 0)
	if err != nil {
		return nil, 0, err
	}
	if s.replaces != "" {
		end := 1 // the quote that ends previousUUID, or referenceUUID where the receipt has one
		if after, ok := bytes.CutPrefix(rest, referenceNext); ok {
			end = len(referenceNext) + bytes.IndexByte(after, '"') + 1
		}
		receipt = append(receipt, rest[:end]...)
		receipt = append(append(append(receipt, `,"referenceOldUUID":"`...), s.replaces...), '"')
		rest = rest[end:]
	}
	return append(receipt, rest...), hole, nil
}

// header is what is read back of a sealed receipt.
type header struct {
	DateTimeIssued string `json:"dateTimeIssued"`
	ReceiptNumber  string `json:"receiptNumber"`
	UUID           string `json:"uuid"`
	PreviousUUID   string `json:"previousUUID"`
}

func headerOf(receipt []byte) (header, error) {
	var r struct {
		Header header `json:"header"`
	}
	if err := json.Unmarshal(receipt, &r); err != nil {
		return header{}, fmt.Errorf("read a receipt: %w", err)
	}
	return r.Header, nil
}

// Link is the public address of a sealed receipt, for the QR code on the customer's copy (section 1). It holds the
// receipt's own literals.
func (s *Sink) Link(sealed []byte) (string, error) {
	p, err := ReadPaper(sealed)
	if err != nil {
		return "", fmt.Errorf("link of a receipt: %w", err)
	}
	return p.Link(s.config.Environment), nil
}
