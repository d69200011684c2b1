package eta

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// A Held is a receipt as the authority's lists show it.
type Held struct {
	UUID     string           `json:"uuid"`
	Number   string           `json:"number"`
	Status   string           `json:"status"` // Submitted, Valid, Invalid, Cancelled, or a word of theirs that is not known here
	POS      string           `json:"pos"`    // serial; "" where the list does not say
	Type     string           `json:"type,omitempty"`
	Issued   time.Time        `json:"issued"` // UTC; zero where the list does not say
	Received time.Time        `json:"received,omitzero"`
	Total    pipeline.Decimal `json:"total"`
	Totalled bool             `json:"-"` // the list says the total
}

// Ways of reading what the authority holds (section 7), as settings and flags name them.
const (
	BySearch  = "search"  // GET receipts/search: the ERP's token, or that of the POS where it is allowed
	ByRecent  = "recent"  // GET receipts/recent, back to the first day asked for
	ByPackage = "package" // a package that is asked for, waited for and fetched: for long spans
)

// listRow is one receipt of any of the authority's lists. Members that pages and captures name differently are all read.
type listRow struct {
	UUID     text `json:"uuid"`
	Receipt  text `json:"receiptUUID"`
	Number   text `json:"receiptNumber"`
	Status   text `json:"status"`
	Serial   text `json:"posSerialNumber"`
	Device   text `json:"deviceSerialNumber"`
	POS      text `json:"posSerial"`
	Type     text `json:"receiptType"`
	TypeCode text `json:"documentTypeCode"`
	Issued   text `json:"dateTimeIssued"`
	Received text `json:"dateTimeReceived"`
	Amount   text `json:"totalAmount"`
	Total    text `json:"total"`
}

func (r listRow) held() Held {
	h := Held{UUID: strings.ToLower(string(cmp.Or(r.UUID, r.Receipt))), Number: string(r.Number), Status: string(r.Status),
		POS: string(cmp.Or(r.Serial, r.Device, r.POS)), Type: string(cmp.Or(r.Type, r.TypeCode))}
	h.Issued, _ = readTime(string(r.Issued)) // where it cannot be read nothing is known
	h.Received, _ = readTime(string(r.Received))
	h.Total, h.Totalled = readAmount(string(cmp.Or(r.Amount, r.Total)))
	return h
}

// listPage is a page of any list.
type listPage struct {
	Receipts []listRow `json:"receipts"`
	Result   []listRow `json:"result"`
	Metadata struct {
		TotalPages int `json:"totalPages"`
		TotalCount int `json:"totalCount"`
	} `json:"metadata"`
}

func (p listPage) rows() []listRow { return slices.Concat(p.Receipts, p.Result) }

const maxListPages = 100_000 // a list without an end is one too long

// A Span is a stretch of time, both ends included, in UTC.
type Span struct{ From, To time.Time }

func (s Span) holds(t time.Time) bool { return t.IsZero() || !t.Before(s.From) && !t.After(s.To) }

// Holds reads the receipts issued within a span that the authority holds of this POS; of all devices of the taxpayer
// where it reads with the ERP's token. by is one of the ways above, "" lets it choose: search, and where that is not
// allowed to this client, recent. How it was read is told back. Several calls of one list may show a receipt twice,
// because new ones arrive meanwhile: each is there once.
func (s *Sink) Holds(ctx context.Context, span Span, by string) (held []Held, how string, err error) {
	r := s.reader()
	var heard []pipeline.Said
	switch by {
	case ByPackage:
		held, err = r.packaged(ctx, &heard, span)
		return held, ByPackage, err
	case ByRecent:
		held, err = r.recently(ctx, &heard, span)
		return held, ByRecent, err
	}
	held, err = r.searched(ctx, &heard, span)
	if refused(err) && by == "" {
		held, err = r.recently(ctx, &heard, span)
		return held, ByRecent, err
	}
	return held, BySearch, err
}

// refused tells whether a call is not for this client.
func refused(err error) bool {
	trouble, ok := errors.AsType[*pipeline.Trouble](err)
	return ok && (trouble.Rule == "eta.forbidden" || trouble.Rule == "eta.refused")
}

// reader is who reads: the ERP's client where one is set, else the POS itself.
func (s *Sink) reader() *Sink {
	if s.config.ERPClientID == "" {
		return s
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.erp == nil {
		c := s.config
		c.ClientID, c.ClientSecret, c.POS = c.ERPClientID, cmp.Or(c.ERPClientSecret, "eta_erp_client_secret"), POS{}
		s.erp = &Sink{config: c, deps: s.deps, http: s.http, issuer: s.issuer}
	}
	return s.erp
}

func (s *Sink) searched(ctx context.Context, heard *[]pipeline.Said, span Span) ([]Held, error) {
	query := url.Values{"DateTimeIssuedFrom": {span.From.UTC().Format(timeForm)}, "DateTimeIssuedTo": {span.To.UTC().Format(timeForm)},
		"Direction": {"Submitted"}, "SortBy": {"DateTimeIssued"}, "SortDir": {"asc"}} // oldest first: what arrives meanwhile comes at the end
	if s.config.POS.Serial != "" {
		query.Set("PosSerialNumber", s.config.POS.Serial)
	}
	return s.listed(ctx, heard, "search", query, func(Held) bool { return false }, span)
}

// recently reads the newest receipts, back to the beginning of the span. A receipt may be submitted a day after it was
// issued, or later where the portal grants it: so it reads two days further.
func (s *Sink) recently(ctx context.Context, heard *[]pipeline.Said, span Span) ([]Held, error) {
	before := span.From.Add(-48 * time.Hour)
	old := func(h Held) bool {
		at := h.Received
		if at.IsZero() {
			at = h.Issued
		}
		return !at.IsZero() && at.Before(before)
	}
	return s.listed(ctx, heard, "recent", url.Values{"Direction": {"Submitted"}}, old, span)
}

// listed reads a list page by page, until its end or until a receipt of it is old. A list that says it holds more than
// it showed is an error: what it did not show would count as missing.
func (s *Sink) listed(ctx context.Context, heard *[]pipeline.Said, name string, query url.Values, old func(Held) bool, span Span) ([]Held, error) {
	var out []Held
	seen := map[string]bool{}
	total, whole := 0, true
	for page := 1; page <= maxListPages && whole; page++ {
		query.Set("PageNo", itoa(page))
		query.Set("PageSize", itoa(pageSize))
		var p listPage
		found, err := s.get(ctx, heard, s.config.APIURL+"/api/v1/receipts/"+name+"?"+query.Encode(), &p)
		if err != nil {
			return nil, err
		}
		*heard = (*heard)[:0] // nothing of it is kept
		rows := p.rows()
		if !found || len(rows) == 0 {
			break
		}
		total = max(total, p.Metadata.TotalCount)
		for _, row := range rows {
			h := row.held()
			if h.UUID == "" || seen[h.UUID] {
				continue
			}
			seen[h.UUID] = true
			if old(h) {
				whole = false
				continue
			}
			if span.holds(h.Issued) && s.mine(h) {
				out = append(out, h)
			}
		}
		if p.Metadata.TotalPages > 0 && page >= p.Metadata.TotalPages {
			break
		}
	}
	if whole && len(seen) < total {
		return nil, &pipeline.Later{Err: fmt.Errorf("list %s: it says that it holds %d receipts and showed %d", name, total, len(seen))}
	}
	return out, nil
}

// mine tells whether a receipt is of this POS; one of which the list does not say it is taken to be.
func (s *Sink) mine(h Held) bool {
	return s.config.POS.Serial == "" || h.POS == "" || h.POS == s.config.POS.Serial
}
