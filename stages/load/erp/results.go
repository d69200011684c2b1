package erp

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// A Result is what one job's answers of the ERP come to, as a file for the flow that
// leads them back to the shop. Name and content follow from the job alone.
type Result struct {
	Job  pipeline.Job // that brought the answers
	Name string       // erp-results-20261125-0002-erp-acks.csv
	Text []byte       // CSV, UTF-8
	Rows int
}

// FromResults is Drop.From of such files.
const FromResults = "results:erp"

// resultColumns are the columns of a results file. The document number is the ERP's,
// or where it gave none ours; empty of a document that it refused. Tags are added to
// the order's: erp-booked.
var resultColumns = []string{"order id", "order name", "document number", "type", "status", "when", "tags"}

// Results are those of the jobs that are wanted, oldest first. Times are told in the zone
// given.
func Results(ctx context.Context, tables pipeline.Table, wanted func(pipeline.Job) bool, zone *time.Location) ([]Result, error) {
	byJob := map[pipeline.Job][]pipeline.TableRow{}
	var jobs []pipeline.Job
	for row, err := range tables.Rows(ctx, tableAnswers) {
		if err != nil {
			return nil, fmt.Errorf("results of the ERP: %w", err)
		}
		if row.Cols["state"] != ackBooked && row.Cols["state"] != ackRefused || !wanted(row.Job) {
			continue
		}
		if byJob[row.Job] == nil {
			jobs = append(jobs, row.Job)
		}
		byJob[row.Job] = append(byJob[row.Job], row)
	}
	slices.SortFunc(jobs, func(a, b pipeline.Job) int { return strings.Compare(a.String(), b.String()) })
	var out []Result
	for _, job := range jobs {
		text, rows, err := resultText(ctx, tables, byJob[job], zone)
		if err != nil {
			return nil, fmt.Errorf("results of the ERP: %s: %w", job, err)
		}
		if rows > 0 {
			out = append(out, Result{Job: job, Name: tidyName("erp-results-" + job.Drop + "-" + job.Flow + ".csv"), Text: text, Rows: rows})
		}
	}
	return out, nil
}

// resultText is the text of a results file and the number of its rows. What was no
// order, such as a customer, has none.
func resultText(ctx context.Context, tables pipeline.Table, answers []pipeline.TableRow, zone *time.Location) (text []byte, rows int, err error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write(resultColumns) // it lives in memory; Error tells
	for _, a := range answers {
		doc, err := tables.Row(ctx, tableDocuments, a.Code)
		if errors.Is(err, pipeline.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		if isPayment(doc.Cols["type"]) {
			continue // of an order it is the sales documents that the shop is told of
		}
		if doc.Cols["order"] == "" && doc.Cols["id"] == "" {
			continue
		}
		rows++
		number, tag := or(a.Cols["number"], a.Code), "erp-booked"
		if a.Cols["state"] == ackRefused {
			number, tag = "", ""
		}
		at, _ := time.Parse(time.RFC3339, a.Cols["at"]) // ours
		_ = w.Write([]string{doc.Cols["id"], doc.Cols["order"], number, doc.Cols["type"], a.Cols["state"], at.In(zone).Format("2006-01-02 15:04:05"), tag})
	}
	w.Flush()
	return out.Bytes(), rows, w.Error()
}

// Unconfirmed is a document that was written, and that the ERP has not answered.
type Unconfirmed struct {
	Number, Order, File string
	Since               time.Time
}

// Waiting are the documents that the ERP has not answered, oldest first.
func Waiting(ctx context.Context, tables pipeline.Table) ([]Unconfirmed, error) {
	answered := map[string]bool{}
	for row, err := range tables.Rows(ctx, tableAnswers) {
		if err != nil {
			return nil, fmt.Errorf("answers of the ERP: %w", err)
		}
		answered[row.Code] = row.Cols["spent"] == "" && row.Cols["state"] != ackPending
	}
	var out []Unconfirmed
	for row, err := range tables.Rows(ctx, tableDocuments) {
		if err != nil {
			return nil, fmt.Errorf("documents of the ERP: %w", err)
		}
		if !answered[row.Code] {
			since, _ := time.Parse(time.RFC3339, row.Cols["at"]) // ours
			out = append(out, Unconfirmed{row.Code, row.Cols["order"], row.Cols["file"], since})
		}
	}
	slices.SortStableFunc(out, func(a, b Unconfirmed) int { return a.Since.Compare(b.Since) })
	return out, nil
}

// Gaps are the numbers of a counter that were given and never written, in order; of
// many, the first. What is being sent at this moment is among them. count is that of
// all. head is where the counter stands, start where it began; zero: at the first that
// was written.
func Gaps(ctx context.Context, tables pipeline.Table, prefix, head string, start, most int) (numbers []string, count int, err error) {
	last, err := strconv.Atoi(head)
	if err != nil {
		return nil, 0, fmt.Errorf("numbers %s: the last one is %q: %w", prefix, head, err)
	}
	seen, first, width := map[int]bool{}, 0, 0
	for row, err := range tables.Rows(ctx, tableDocuments) {
		if err != nil {
			return nil, 0, fmt.Errorf("numbers %s: %w", prefix, err)
		}
		n, digits, mine := counted(row.Code, prefix)
		if !mine {
			continue
		}
		seen[n] = true
		if first == 0 || n < first {
			first, width = n, len(digits)
		}
	}
	if start > 0 && (first == 0 || start < first) {
		first = start
	}
	for n := first; n <= last && first > 0; n++ {
		if seen[n] {
			continue
		}
		if count++; len(numbers) < most {
			numbers = append(numbers, prefix+pad(n, max(width, len(head))))
		}
	}
	return numbers, count, nil
}

// counted reads the digits of a number of a counter. Its shop may stand before it, and
// there may be slashes in the prefix: SI/26/000001, cairo/SI/26/000001.
func counted(code, prefix string) (n int, digits string, ok bool) {
	_, inShop, _ := strings.Cut(code, "/")
	for _, number := range []string{code, inShop} {
		digits, mine := strings.CutPrefix(number, prefix)
		if n, err := strconv.Atoi(digits); mine && err == nil && n > 0 {
			return n, digits, true
		}
	}
	return 0, "", false
}
