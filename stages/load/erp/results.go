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

// Results are those of some jobs, oldest first. Times are told in the zone given.
func Results(ctx context.Context, tables pipeline.Table, jobs []pipeline.Job, zone *time.Location) ([]Result, error) {
	jobs = slices.SortedFunc(slices.Values(jobs), func(a, b pipeline.Job) int { return strings.Compare(a.String(), b.String()) })
	var out []Result
	for _, job := range jobs {
		answers, err := answersOf(ctx, tables, job)
		if err != nil {
			return nil, fmt.Errorf("results of the ERP: %s: %w", job, err)
		}
		text, rows, err := resultText(ctx, tables, answers, zone)
		if err != nil {
			return nil, fmt.Errorf("results of the ERP: %s: %w", job, err)
		}
		if rows > 0 {
			out = append(out, Result{Job: job, Name: tidyName("erp-results-" + job.Drop + "-" + job.Flow + ".csv"), Text: text, Rows: rows})
		}
	}
	return out, nil
}

// answersOf are the answers that a job brought, by our number.
func answersOf(ctx context.Context, tables pipeline.Table, job pipeline.Job) (out []pipeline.TableRow, err error) {
	for _, state := range []string{ackBooked, ackRefused, spentMark} {
		for row, err := range tables.Marked(ctx, tableAnswers, answerMark(state, job), false) {
			if err != nil {
				return nil, err
			}
			out = append(out, row)
		}
	}
	slices.SortFunc(out, func(a, b pipeline.TableRow) int { return strings.Compare(a.Code, b.Code) })
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

// Waiting are the documents that the ERP has not answered, oldest first. It reads those
// alone: see markOpen.
func Waiting(ctx context.Context, tables pipeline.Table) ([]Unconfirmed, error) {
	var out []Unconfirmed
	for row, err := range tables.Marked(ctx, tableDocuments, markOpen, false) {
		if err != nil {
			return nil, fmt.Errorf("documents of the ERP: %w", err)
		}
		since, _ := time.Parse(time.RFC3339, row.Cols["at"]) // ours
		out = append(out, Unconfirmed{row.Code, row.Cols["order"], row.Cols["file"], since})
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
	c, _, err := countOf(ctx, tables, prefix)
	if err != nil {
		return nil, 0, err
	}
	for _, g := range c.missing(start, last) {
		count += g.last - g.first + 1
		for n := g.first; n <= g.last && len(numbers) < most; n++ {
			numbers = append(numbers, prefix+pad(n, max(c.width, len(head))))
		}
	}
	return numbers, count, nil
}
