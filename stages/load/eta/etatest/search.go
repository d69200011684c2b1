package etatest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// recent answers GET /api/v1/receipts/recent: the taxpayer's receipts, newest first.
func (s *Server) recent(c *call) reply {
	query := c.URL.Query()
	return s.receiptPage(c, func(r *receipt) bool {
		return wanted(query, "Uuid", r.UUID) && wanted(query, "SubmissionUuid", r.SubmissionID) &&
			wanted(query, "ReceiptNumber", r.Number) && wanted(query, "PaymentMethod", r.tree.str("paymentMethod")) &&
			wanted(query, "SubmissionChannel", "POS") && wanted(query, "Direction", "Submitted") &&
			wanted(query, "Status", s.shown(r))
	})
}

// search answers GET /api/v1/receipts/search. FreeText looks into numbers, uuids and the order reference.
func (s *Server) search(c *call) reply {
	query := c.URL.Query()
	return s.receiptPage(c, func(r *receipt) bool {
		issued, _ := parseTime(r.DateTimeIssued)
		words := strings.Join([]string{r.UUID, r.Number, r.tree.str("header", "sOrderNameCode")}, "\n")
		return strings.Contains(words, query.Get("FreeText")) && wanted(query, "Direction", "Submitted") &&
			within(issued, query.Get("DateTimeIssuedFrom"), query.Get("DateTimeIssuedTo")) &&
			within(r.Received, query.Get("DateTimeReceivedFrom"), query.Get("DateTimeReceivedTo")) &&
			wanted(query, "DocumentTypeCode", r.Type) && wanted(query, "DocumentTypeVersion", r.tree.str("documentType", "typeVersion")) &&
			wanted(query, "ReceiverName", r.tree.str("buyer", "name")) &&
			wanted(query, "ReceiverRegisterationNumber", r.tree.str("buyer", "id")) &&
			wanted(query, "PosSerialNumber", r.POS) && wanted(query, "SubmissionChannel", "POS")
	})
}

// receiptPage answers with the receipts of the caller's taxpayer that fit. SortDir=asc is oldest first; SortBy is the
// time received unless it is DateTimeIssued.
func (s *Server) receiptPage(c *call, fits func(*receipt) bool) reply {
	query := c.URL.Query()
	pageNo, size, ok := paging(query)
	if !ok {
		return badPaging()
	}
	var found []*receipt
	for _, r := range s.order {
		if s.visible(r.UUID, c.pos.owner.RIN) != nil && fits(r) {
			found = append(found, r)
		}
	}
	sortReceipts(found, query)
	rows := []map[string]any{}
	for _, r := range page(found, pageNo, size) {
		rows = append(rows, s.summary(r))
	}
	return jsonReply(http.StatusOK, map[string]any{"receipts": rows, "metadata": metadata(len(found), pageNo, size)})
}

func sortReceipts(receipts []*receipt, query url.Values) {
	if strings.EqualFold(query.Get("SortBy"), "DateTimeIssued") {
		slices.SortStableFunc(receipts, func(a, b *receipt) int { return strings.Compare(a.DateTimeIssued, b.DateTimeIssued) })
	}
	if !strings.EqualFold(query.Get("SortDir"), "asc") {
		slices.Reverse(receipts)
	}
}

// within tells whether a time is in the range of two query values; either may be empty.
func within(at time.Time, from, to string) bool {
	return (from == "" || !at.Before(queryTime(from))) && (to == "" || !at.After(queryTime(to)))
}

// queryTime reads a time or a date; what it cannot read is the zero time.
func queryTime(text string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t
		}
	}
	return time.Time{}
}
