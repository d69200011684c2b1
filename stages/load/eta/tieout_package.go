package eta

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// maxPackageLooks is how often it is looked whether a package is ready, at the gaps of poll_after.
const maxPackageLooks = 40

// packaged asks for a package of summaries, waits for it and reads it.
func (s *Sink) packaged(ctx context.Context, heard *[]pipeline.Said, span Span) ([]Held, error) {
	query := map[string]string{"dateFrom": span.From.UTC().Format(timeForm), "dateTo": span.To.UTC().Format(timeForm)}
	if s.config.POS.Serial != "" {
		query["posSerial"] = s.config.POS.Serial
	}
	body, err := json.Marshal(map[string]any{"type": "Summary", "format": "JSON", "queryParameters": query})
	if err != nil {
		return nil, fmt.Errorf("ask for a package: %w", err)
	}
	var asked packageRow
	x, err := s.authorized(ctx, heard, http.MethodPost, s.config.APIURL+"/api/v1.0/receiptpackages/requests", body)
	switch {
	case err != nil:
		return nil, err
	case x.status/100 != 2:
		return nil, refusal(x, s.config, "")
	case !x.object(&asked) || asked.id() == "":
		return nil, &pipeline.Later{Err: fmt.Errorf("ask for a package: the answer names none")}
	}
	for look := range maxPackageLooks {
		status, err := s.packageStatus(ctx, heard, asked.id())
		switch {
		case err != nil:
			return nil, err
		case status == "2":
			return s.fetchPackage(ctx, heard, asked.id(), span)
		case status == "3", status == "4":
			return nil, &pipeline.Later{Err: fmt.Errorf("package %s: the authority could not make it (status %s)", asked.id(), status)}
		}
		if err := rest(ctx, gap(s.config.PollAfter, look)); err != nil {
			return nil, err
		}
	}
	return nil, &pipeline.Later{Err: fmt.Errorf("package %s: it is not ready yet", asked.id())}
}

func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// packageRow is one request for a package; what its id is called is not published.
type packageRow struct {
	Request text `json:"requestId"`
	Package text `json:"packageId"`
	RID     text `json:"rid"`
	ID      text `json:"id"`
	Status  text `json:"status"`
}

func (p packageRow) id() string { return string(cmp.Or(p.Request, p.RID, p.Package, p.ID)) }

// packageStatus is the status of a request: 1 in progress, 2 complete, 3 error, 4 deleted; "" where the list, newest
// first, does not show it yet.
func (s *Sink) packageStatus(ctx context.Context, heard *[]pipeline.Said, id string) (string, error) {
	var list struct {
		Result   []packageRow `json:"result"`
		Packages []packageRow `json:"packages"`
	}
	if _, err := s.get(ctx, heard, s.config.APIURL+"/api/v1.0/receiptpackages/requests?pageNo=1&pageSize=20", &list); err != nil {
		return "", err
	}
	for _, p := range slices.Concat(list.Result, list.Packages) {
		if slices.Contains([]text{p.Request, p.RID, p.Package, p.ID}, text(id)) {
			return string(p.Status), nil
		}
	}
	return "", nil
}

func (s *Sink) fetchPackage(ctx context.Context, heard *[]pipeline.Said, id string, span Span) ([]Held, error) {
	address := s.config.APIURL + strings.ReplaceAll(s.config.PackagePath, "{id}", url.PathEscape(id))
	x, err := s.authorized(ctx, heard, http.MethodGet, address, nil)
	switch {
	case err != nil:
		return nil, err
	case x.status == http.StatusForbidden:
		return nil, refusal(x, s.config, "")
	case x.err != nil || x.status != http.StatusOK && x.status != http.StatusNotFound:
		return nil, &pipeline.Later{Err: x.failure(), After: x.retryAfter(0)}
	case x.status == http.StatusNotFound:
		return nil, &pipeline.Later{Err: fmt.Errorf("package %s: it is not there; its address is the setting eta.package_path", id)}
	}
	rows, err := packageRows(x.body)
	if err != nil {
		return nil, &pipeline.Later{Err: fmt.Errorf("package %s: %w", id, err)}
	}
	var out []Held
	for _, row := range rows {
		if h := row.held(); h.UUID != "" && span.holds(h.Issued) && s.mine(h) {
			out = append(out, h)
		}
	}
	return out, nil
}

// maxUnpacked is the most that a package may unpack to: some 100,000 summaries.
const maxUnpacked = 128 << 20

// packageRows are the receipts of a package. What it looks like is not published (UNVERIFIED): a page of receipts as the
// lists show them, an array of them, one receipt, or a ZIP of such files are all read. Anything else is an error: read
// as a package of nothing, it would make every receipt look missing.
func packageRows(body []byte) ([]listRow, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	switch {
	case bytes.HasPrefix(body, []byte("PK")):
		return zippedRows(body)
	case bytes.HasPrefix(body, []byte("[")):
		var rows []listRow
		if err := json.Unmarshal(body, &rows); err != nil {
			return nil, fmt.Errorf("its list cannot be read: %w", err)
		}
		return rows, nil
	}
	var page struct {
		Receipts *[]listRow `json:"receipts"`
		Result   *[]listRow `json:"result"`
		listRow
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	switch {
	case page.Receipts != nil:
		return *page.Receipts, nil
	case page.Result != nil:
		return *page.Result, nil
	case page.held().UUID != "":
		return []listRow{page.listRow}, nil
	}
	return nil, errors.New("it has no list of receipts in it")
}

// zippedRows are the receipts of the JSON files in a ZIP.
func zippedRows(body []byte) ([]listRow, error) {
	in, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, fmt.Errorf("its ZIP cannot be read: %w", err)
	}
	var out []listRow
	files, left := 0, int64(maxUnpacked)
	for _, f := range in.File {
		if !strings.HasSuffix(strings.ToLower(f.Name), ".json") {
			continue
		}
		content, err := unzipped(f, left)
		if err != nil {
			return nil, fmt.Errorf("its file %s cannot be read: %w", f.Name, err)
		}
		rows, err := packageRows(content)
		if err != nil {
			return nil, fmt.Errorf("its file %s: %w", f.Name, err)
		}
		out, left, files = append(out, rows...), left-int64(len(content)), files+1
	}
	if files == 0 {
		return nil, errors.New("its ZIP holds no JSON")
	}
	return out, nil
}

func unzipped(f *zip.File, most int64) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }() // it was only read
	content, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && int64(len(content)) > most {
		err = fmt.Errorf("it unpacks to more than %d bytes", maxUnpacked)
	}
	return content, err
}
