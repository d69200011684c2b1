package etatest

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// A parcel is a package of receipts that somebody asked for (section 7).
type parcel struct {
	id       string
	rin      string
	kind     int // 1 full, 2 summary
	format   string
	asked    time.Time
	looks    int
	receipts []*receipt // of the moment when it was asked for
}

func packageEndpoint(method string, rest []string) Endpoint {
	switch {
	case len(rest) == 1 && rest[0] == "requests" && method == http.MethodPost:
		return Order
	case len(rest) == 1 && rest[0] == "requests" && method == http.MethodGet:
		return Orders
	case len(rest) == 1 && method == http.MethodGet:
		return Package
	}
	return other
}

// orderPackage answers POST /api/v1.0/receiptpackages/requests.
func (s *Server) orderPackage(c *call) reply {
	var ask struct {
		Type   string `json:"type"`
		Format string `json:"format"`
		Query  struct {
			From   string `json:"dateFrom"`
			To     string `json:"dateTo"`
			Serial string `json:"posSerial"`
			UUID   string `json:"receiptUUID"`
			Sub    string `json:"submissionUUID"`
		} `json:"queryParameters"`
	}
	if json.Unmarshal(c.body, &ask) != nil {
		return errorReply(http.StatusBadRequest, "BadStructure", "body cannot be read", "body")
	}
	kind := map[string]int{"full": 1, "summary": 2}[strings.ToLower(ask.Type)]
	format := strings.ToUpper(ask.Format)
	if kind == 0 || format != "JSON" && format != "CSV" {
		return errorReply(http.StatusBadRequest, "BadArgument", "type is Full or Summary, format CSV or JSON", "type")
	}
	p := &parcel{id: newID(), rin: c.pos.owner.RIN, kind: kind, format: format, asked: s.now()}
	for _, r := range s.order {
		issued, _ := parseTime(r.DateTimeIssued)
		if s.visible(r.UUID, p.rin) != nil && within(issued, ask.Query.From, ask.Query.To) &&
			(ask.Query.Serial == "" || ask.Query.Serial == r.POS) && (ask.Query.UUID == "" || ask.Query.UUID == r.UUID) &&
			(ask.Query.Sub == "" || ask.Query.Sub == r.SubmissionID) {
			p.receipts = append(p.receipts, r)
		}
	}
	s.packages = append(s.packages, p)
	return jsonReply(http.StatusOK, map[string]any{"requestId": p.id})
}

// listPackages answers GET /api/v1.0/receiptpackages/requests: newest first. Its paging is spelled with small letters.
func (s *Server) listPackages(c *call) reply {
	number, size := 1, 10
	for name, to := range map[string]*int{"pageNo": &number, "pageSize": &size} {
		if text := c.URL.Query().Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 {
				return badPaging()
			}
			*to = n
		}
	}
	rows := []map[string]any{}
	for i := len(s.packages) - 1; i >= 0; i-- {
		p := s.packages[i]
		if p.rin != c.pos.owner.RIN {
			continue
		}
		status := 1
		if p.looks >= s.options.PackagePolls {
			status = 2
		}
		p.looks++
		rows = append(rows, map[string]any{"packageId": p.id, "requestId": p.id, "submissionDate": p.asked.Format(timeFormat),
			"status": status, "type": p.kind, "format": p.format, "receiptsCount": len(p.receipts)})
	}
	return jsonReply(http.StatusOK, map[string]any{"result": page(rows, number, size), "metadata": metadata(len(rows), number, size)})
}

// download answers GET /api/v1.0/receiptpackages/{id}, whose path is this server's choice: the page names none.
func (s *Server) download(c *call) reply {
	for _, p := range s.packages {
		if p.id != pathPart(c.URL, 3) || p.rin != c.pos.owner.RIN || p.looks <= s.options.PackagePolls {
			continue
		}
		if p.format == "CSV" {
			return s.csvPackage(p)
		}
		rows := []map[string]any{}
		for _, r := range p.receipts {
			row := s.summary(r)
			if p.kind == 1 {
				row["rawDocument"] = string(r.Body)
			}
			rows = append(rows, row)
		}
		return jsonReply(http.StatusOK, map[string]any{"receipts": rows})
	}
	return notFound(pathPart(c.URL, 3), "package is not known")
}

func (s *Server) csvPackage(p *parcel) reply {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write([]string{"uuid", "receiptNumber", "dateTimeIssued", "totalAmount", "status", "posSerialNumber"}) // memory
	for _, r := range p.receipts {
		_ = w.Write([]string{r.UUID, r.Number, r.DateTimeIssued, r.TotalAmount, s.shown(r), r.POS})
	}
	w.Flush()
	return reply{status: http.StatusOK, header: http.Header{"Content-Type": {"text/csv"}}, body: out.Bytes()}
}
