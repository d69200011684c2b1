package etatest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

const maxPageSize = 100

// details answers GET /api/v1/receiptsubmissions/{id}/details, for the submitting taxpayer only.
func (s *Server) details(c *call) reply {
	id := pathPart(c.URL, 3)
	i := slices.IndexFunc(s.submissions, func(sub *submission) bool {
		return sub.ID == id && sub.rin == c.pos.owner.RIN
	})
	if i < 0 {
		return notFound(id, "submission is not known")
	}
	number, size, ok := paging(c.URL.Query())
	if !ok {
		return badPaging()
	}
	sub := s.submissions[i]
	ready := s.validated(sub)
	sub.polls++
	answer := map[string]any{
		"submissionUuid": sub.ID, "dateTimeReceived": sub.Received.Format(timeFormat), "status": "InProgress",
		"receiptsCount": len(sub.filings), "invalidReceiptsCount": 0, "receipts": []any{}, "metadata": metadata(0, 1, size),
	}
	if ready {
		rows := submissionRows(sub, c.URL.Query())
		answer["status"], answer["invalidReceiptsCount"] = outcome(sub)
		answer["receipts"] = page(rows, number, size)
		answer["metadata"] = metadata(len(rows), number, size)
	}
	return jsonReply(http.StatusOK, answer)
}

func outcome(sub *submission) (status string, invalid int) {
	for _, f := range sub.filings {
		if len(f.errors) > 0 {
			invalid++
		}
	}
	if invalid > 0 {
		return "Invalid", invalid
	}
	return "Valid", 0
}

// submissionRows are the receipts of a submission, filtered by Status and ReceiptNumber.
func submissionRows(sub *submission, query url.Values) []map[string]any {
	var rows []map[string]any
	for _, f := range sub.filings {
		status, longID := "Valid", f.receipt.LongID
		if len(f.errors) > 0 {
			status, longID = "Invalid", ""
		}
		if !wanted(query, "Status", status) || !wanted(query, "ReceiptNumber", f.receipt.Number) {
			continue
		}
		rows = append(rows, map[string]any{
			"uuid": f.receipt.UUID, "longId": longID, "receiptNumber": f.receipt.Number,
			"dateTimeIssued": f.receipt.DateTimeIssued, "status": status, "errors": validationErrors(f.errors),
		})
	}
	return rows
}

// raw answers GET /api/v1/receipts/{uuid}/raw: any receipt that is held, whatever became of it.
func (s *Server) raw(c *call) reply {
	r := s.visible(pathPart(c.URL, 3), c.pos.owner.RIN)
	if r == nil {
		return notFound(pathPart(c.URL, 3), "receipt is not known")
	}
	return jsonReply(http.StatusOK, map[string]any{
		"rawDocument": string(r.Body), "submissionUUID": r.SubmissionID, "dateTimeReceived": r.Received.Format(timeFormat),
		"submissionChannel": "POS", "maxPrecision": 5, "receipt": s.summary(r),
	})
}

// lookup answers GET /api/v1/receipts/{uuid}/details: valid receipts only.
func (s *Server) lookup(c *call) reply {
	r := s.visible(pathPart(c.URL, 3), c.pos.owner.RIN)
	if r == nil || s.shown(r) != "Valid" && s.shown(r) != "Cancelled" {
		return notFound(pathPart(c.URL, 3), "receipt is not known")
	}
	return jsonReply(http.StatusOK, s.full(r))
}

// share answers GET /api/v1/receipts/{uuid}/share, to anybody who knows uuid and time.
func (s *Server) share(c *call) reply {
	r := s.visible(pathPart(c.URL, 3), "")
	if r == nil || c.URL.Query().Get("dateTimeIssued") != r.DateTimeIssued {
		return notFound(pathPart(c.URL, 3), "receipt is not known")
	}
	return jsonReply(http.StatusOK, s.full(r))
}

// visible is a receipt that the look-ups show by now, nil if there is none. An empty RIN stands for anybody.
func (s *Server) visible(uuid, rin string) *receipt {
	r := s.receipts[uuid]
	if r == nil || rin != "" && r.RIN != rin || s.now().Before(r.Received.Add(s.options.LookupLag)) {
		return nil
	}
	return r
}

// summary is how lists show a receipt.
func (s *Server) summary(r *receipt) map[string]any {
	return map[string]any{
		"uuid": r.UUID, "longId": r.LongID, "submissionUUID": r.SubmissionID, "receiptNumber": r.Number,
		"dateTimeIssued": r.DateTimeIssued, "dateTimeReceived": r.Received.Format(timeFormat),
		"previousUUID": r.PreviousUUID, "referenceUUID": r.ReferenceUUID, "referenceOldUUID": r.ReferenceOldUUID,
		"receiptType": r.Type, "typeVersion": r.tree.str("documentType", "typeVersion"),
		"totalAmount": number(r.TotalAmount), "currency": r.tree.str("header", "currency"),
		"paymentMethod": r.tree.str("paymentMethod"), "posSerialNumber": r.POS, "submissionChannel": "POS",
		"status": s.shown(r), "errors": s.shownErrors(r),
	}
}

// shownErrors keeps back what validation found until it is over.
func (s *Server) shownErrors(r *receipt) []map[string]any {
	if !s.validated(r.submission) {
		return []map[string]any{}
	}
	return validationErrors(r.Errors)
}

func (s *Server) full(r *receipt) map[string]any {
	kind, _ := receiptType(r.Type)
	status := s.shown(r)
	returns := []map[string]any{}
	for _, other := range s.order {
		if other.ReferenceUUID == r.UUID && len(other.Errors) == 0 {
			returns = append(returns, map[string]any{"uuid": other.UUID, "receiptNumber": other.Number})
		}
	}
	return map[string]any{
		"uuid": r.UUID, "longId": r.LongID, "previousUUID": r.PreviousUUID, "referenceUUID": r.ReferenceUUID,
		"referenceOldUUID": r.ReferenceOldUUID, "dateTimeIssued": r.DateTimeIssued,
		"dateTimeReceived": r.Received.Format(timeFormat), "receiptNumber": r.Number,
		"currency": r.tree.str("header", "currency"), "totalAmount": number(r.TotalAmount),
		"documentType": map[string]any{
			"receiptTypeCategory": kind["direction"], "receiptTypeBase": kind["direction"],
			"receiptType": r.Type, "receiptTypeName": kind["name_en"],
		},
		"status": status, "statusReason": "", "hasReturnReceipts": len(returns) > 0, "returnReceipts": returns,
		"history": []map[string]any{{
			"date": r.Received.Format(timeFormat), "status": status, "reason": "", "submissionUuid": r.SubmissionID, "canceledBy": "",
		}},
	}
}

// pathPart is a part of the path /api/v1/..., counted from 0 at "api".
func pathPart(u *url.URL, i int) string {
	return strings.Split(strings.Trim(u.Path, "/"), "/")[i]
}

func wanted(query url.Values, name, value string) bool {
	asked := query.Get(name)
	return asked == "" || strings.EqualFold(asked, value)
}

// paging reads PageNo and PageSize. A page never holds more than maxPageSize, whatever is asked for.
func paging(query url.Values) (number, size int, ok bool) {
	read := func(name string, usual int) int {
		if query.Get(name) == "" {
			return usual
		}
		n, err := strconv.Atoi(query.Get(name))
		if err != nil {
			return 0
		}
		return n
	}
	number, size = read("PageNo", 1), read("PageSize", maxPageSize)
	return number, min(size, maxPageSize), number > 0 && size > 0
}

func badPaging() reply {
	return errorReply(http.StatusBadRequest, "BadArgument", "PageNo and PageSize must be numbers from 1", "PageNo")
}

func page[T any](rows []T, number, size int) []T {
	from := min((number-1)*size, len(rows))
	to := min(from+size, len(rows))
	return append([]T{}, rows[from:to]...)
}

func metadata(total, number, size int) map[string]int {
	return map[string]int{"totalPages": max(1, (total+size-1)/size), "totalCount": total, "currentPageNo": number}
}
