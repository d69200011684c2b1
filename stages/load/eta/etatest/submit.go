package etatest

import (
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"slices"
	"time"
)

// The limits of one submission (section 6).
const (
	maxReceipts = 500
	maxBytes    = 1_500_000
)

// submit answers POST /api/v1/receiptsubmissions.
func (s *Server) submit(c *call) reply {
	media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || media != "application/json" {
		return errorReply(http.StatusUnsupportedMediaType, "UnsupportedMediaType", "Body must be application/json", "Content-Type")
	}
	if len(c.body) > maxBytes || len(c.tree.list("receipts")) > maxReceipts {
		return errorReply(http.StatusBadRequest, "MaximumSizeExceeded",
			"At most 500 receipts and 1,500,000 bytes are taken in one submission", "receipts")
	}
	if c.tree == nil {
		return badStructure(Finding{"Structure", "", "Body cannot be read as JSON in UTF-8 without repeated members"})
	}
	if found := checkStructure(c.tree); len(found) > 0 {
		return badStructure(found...)
	}
	receipts := c.tree.list("receipts")
	if answer, wrong := s.wrongSubmitter(c, receipts); wrong {
		return answer
	}
	if c.pos.Retired {
		return errorReply(http.StatusForbidden, "PosNotActive", "POS is not active", "seller.deviceSerialNumber")
	}
	if wait := s.duplicateWait(c); wait > 0 {
		answer := usualReply(http.StatusUnprocessableEntity, Submit)
		answer.header.Set("Retry-After", seconds(wait))
		return answer
	}
	return s.take(c, receipts)
}

func badStructure(found ...Finding) reply {
	return errorReply(http.StatusBadRequest, "BadStructure", "Request body is not in the expected structure", "receipts", found...)
}

// wrongSubmitter compares the issuer of every receipt with the token: one taxpayer, one POS.
func (s *Server) wrongSubmitter(c *call, receipts []*node) (reply, bool) {
	var found []Finding
	for i, r := range receipts {
		if rin := r.str("seller", "rin"); rin != c.pos.owner.RIN {
			found = append(found, Finding{"IncorrectSubmitter", fmt.Sprintf("receipts[%d].seller.rin", i), rin + " is not the token's taxpayer"})
		}
		if serial := r.str("seller", "deviceSerialNumber"); serial != c.pos.Serial {
			found = append(found, Finding{"IncorrectSubmitter", fmt.Sprintf("receipts[%d].seller.deviceSerialNumber", i), serial + " is not the token's POS"})
		}
	}
	if len(found) == 0 {
		return reply{}, false
	}
	s.violate("request %d submitted with the token of POS %s: %s %s", c.entry.N, c.pos.Serial, found[0].Path, found[0].Message)
	return errorReply(http.StatusForbidden, "IncorrectSubmitter", "Submitter is not the issuer", "seller.rin", found...), true
}

// duplicateWait is how long the same payload is still refused, 0 if it is not.
func (s *Server) duplicateWait(c *call) time.Duration {
	last, known := s.payloads[c.pos.owner.RIN+" "+c.entry.BodyHash]
	if !known {
		return 0
	}
	return max(0, s.options.DuplicateWindow-s.now().Sub(last))
}

// rejected is a receipt in rejectedDocuments.
type rejected struct {
	UUID          string        `json:"uuid"`
	ReceiptNumber string        `json:"receiptNumber"`
	Error         standardError `json:"error"`
}

// accepted is a receipt in acceptedDocuments.
type accepted struct {
	UUID          string `json:"uuid"`
	LongID        string `json:"longId"`
	ReceiptNumber string `json:"receiptNumber"`
	HashKey       string `json:"hashKey"`
}

// take goes through the receipts in order and answers 202, also when it rejects them all.
func (s *Server) take(c *call, receipts []*node) reply {
	sub := &submission{rin: c.pos.owner.RIN}
	sub.Submission = Submission{ID: newID(), POS: c.pos.Serial, Received: s.now(), BodyHash: c.entry.BodyHash}
	taken, refused := []accepted{}, []rejected{}
	for i, r := range receipts {
		uuid, number := r.str("header", "uuid"), r.str("header", "receiptNumber")
		found := s.refuse(r, c.pos.owner)
		if injected, ok := c.fault.rejection(i, number); ok {
			found = append(found, injected)
		}
		if c.fault.loses(i, number) {
			continue
		}
		named := !c.fault.drops(i, number)
		if len(found) > 0 {
			sub.Rejected = append(sub.Rejected, uuid)
			if named {
				refused = append(refused, rejected{uuid, number, standardError{"ValidationError", "Validation Error", uuid, details(found)}})
			}
			continue
		}
		filed := s.file(sub, c.pos, r)
		if named {
			taken = append(taken, accepted{uuid, filed.LongID, number, hashText(filed.LongID)[:24]})
		}
	}
	return s.taken(c, sub, taken, refused)
}

func (s *Server) taken(c *call, sub *submission, taken []accepted, refused []rejected) reply {
	s.payloads[c.pos.owner.RIN+" "+c.entry.BodyHash] = s.now()
	name := "submissionId"
	if s.options.SubmissionUUID {
		name = "submissionUUID"
	}
	answer := map[string]any{name: nil, "acceptedDocuments": taken, "rejectedDocuments": refused}
	if len(sub.filings) == 0 {
		sub.ID = ""
	} else {
		answer[name] = sub.ID
	}
	s.submissions = append(s.submissions, sub)
	return jsonReply(http.StatusAccepted, answer)
}

// file takes a receipt into a submission. A uuid that is already held keeps its first filing.
func (s *Server) file(sub *submission, pos *device, r *node) *receipt {
	uuid := r.str("header", "uuid")
	sub.Accepted = append(sub.Accepted, uuid)
	if held, again := s.receipts[uuid]; again {
		f := filing{receipt: held}
		if s.options.Duplicates == DuplicatesLate {
			f.errors = []Finding{{"DuplicateUuid", "header.uuid", "was filed before"}}
		} else {
			held.Taken++
		}
		sub.filings = append(sub.filings, f)
		return held
	}
	filed := &receipt{tree: r, submission: sub, Receipt: Receipt{
		UUID:             uuid,
		LongID:           newID(),
		Number:           r.str("header", "receiptNumber"),
		Type:             r.str("documentType", "receiptType"),
		RIN:              sub.rin,
		POS:              pos.Serial,
		Branch:           r.str("seller", "branchCode"),
		PreviousUUID:     r.str("header", "previousUUID"),
		ReferenceUUID:    r.str("header", "referenceUUID"),
		ReferenceOldUUID: r.str("header", "referenceOldUUID"),
		DateTimeIssued:   r.str("header", "dateTimeIssued"),
		TotalAmount:      r.get("totalAmount").text,
		Received:         sub.Received,
		SubmissionID:     sub.ID,
		Taken:            1,
		Body:             r.raw,
	}}
	filed.ChainBreak = s.link(uuid)
	filed.Errors = s.validate(filed, pos.owner)
	s.receipts[uuid] = filed
	s.order = append(s.order, filed)
	sub.filings = append(sub.filings, filing{receipt: filed, errors: filed.Errors})
	return filed
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// refuse finds what rejects a receipt at once: it is then not stored.
func (s *Server) refuse(r *node, owner *Taxpayer) []Finding {
	var found []Finding
	add := func(code, path, format string, args ...any) {
		found = append(found, Finding{code, path, fmt.Sprintf(format, args...)})
	}
	uuid := r.str("header", "uuid")
	if !uuidForm.MatchString(uuid) {
		add("UuidForm", "header.uuid", "must be 64 lower-case hexadecimal digits")
	} else if want := receiptUUID(r); uuid != want {
		add("UuidMismatch", "header.uuid", "does not match the receipt, which gives %s", want)
	}
	if _, held := s.receipts[uuid]; held && s.options.Duplicates == DuplicatesStrict {
		add("DuplicateUuid", "header.uuid", "was filed before")
	}
	if version := r.str("documentType", "typeVersion"); version != "1.2" {
		add("TypeVersion", "documentType.typeVersion", "version %q is not taken", version)
	}
	if code := r.str("documentType", "receiptType"); !typeAllowed(code, owner) {
		add("ReceiptType", "documentType.receiptType", "type %q is not known or not allowed", code)
	}
	s.refuseTime(r.str("header", "dateTimeIssued"), add)
	return found
}

// typeAllowed holds to the letters of the table unless the taxpayer has a list of his own.
func typeAllowed(code string, owner *Taxpayer) bool {
	if owner.ReceiptTypes == nil {
		_, known := codes.receiptType[code]
		return known
	}
	_, known := receiptType(code)
	return known && slices.Contains(owner.ReceiptTypes, code)
}

func (s *Server) refuseTime(text string, add func(code, path, format string, args ...any)) {
	issued, ok := parseTime(text)
	switch age := s.now().Sub(issued); {
	case !ok:
		add("DateTimeIssued", "header.dateTimeIssued", "must be a time of the form yyyy-MM-ddTHH:mm:ssZ")
	case age < 0:
		add("DateTimeIssued", "header.dateTimeIssued", "is in the future")
	case age > s.options.MaxAge:
		add("DateTimeIssued", "header.dateTimeIssued", "is too old")
	}
}

// parseTime reads the one form that is taken; a fraction of a second or an offset is not.
func parseTime(text string) (time.Time, bool) {
	t, err := time.Parse(timeFormat, text)
	return t, err == nil && t.Format(timeFormat) == text
}
