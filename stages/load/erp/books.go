package erp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// What is remembered of documents and of the ERP's answers, as reference tables of
// the house. They hold numbers and names, no customer.
const (
	tableDocuments = "erp.documents" // by number: what was written
	tableNames     = "erp.names"     // by any name that the ERP may use: the numbers that go by it
	tableAnswers   = "erp.answers"   // by number: what the ERP said
	tableNumbers   = "erp.numbers"   // by the ERP's number: ours
)

// What of these tables is found by a mark (pipeline.TableRow.Mark).
const (
	markOpen  = "open"  // of a document: the ERP has not answered it
	spentMark = "spent" // of an answer: the document was sent once more since
)

// answerMark is the mark of answers: what they say, and the job that brought them. A
// refusal that was spent is no refusal any more.
func answerMark(state string, job pipeline.Job) string {
	return partsOf(state, job.Drop, job.Flow, "")
}

// number is what a document goes by in answers: what its layout's counter gave it, or
// else the shop's number of it.
func (s *Sink) number(doc pipeline.Document, b sale) string {
	number := numberIn(doc.Sealed).Serial
	if number == "" {
		number = b.number()
	}
	return s.cfg.ofShop(number)
}

// row reads a row of a table; nil where there is none.
func (s *Sink) row(ctx context.Context, table, code string) (map[string]string, error) {
	row, err := s.rowBy(ctx, table, code)
	return row.Cols, err
}

// rowBy is such a row with the job that put it there.
func (s *Sink) rowBy(ctx context.Context, table, code string) (pipeline.TableRow, error) {
	if s.tables == nil {
		return pipeline.TableRow{}, nil
	}
	row, err := s.tables.Row(ctx, table, code)
	if errors.Is(err, pipeline.ErrNotFound) {
		return pipeline.TableRow{}, nil
	}
	if err != nil {
		return row, fmt.Errorf("read %s: %w", table, err)
	}
	return row, nil
}

func (s *Sink) put(ctx context.Context, table string, rows []pipeline.TableRow) error {
	return s.putAll(ctx, map[string][]pipeline.TableRow{table: rows})
}

// putAll writes rows of several tables, all of them or none.
func (s *Sink) putAll(ctx context.Context, rows map[string][]pipeline.TableRow) error {
	maps.DeleteFunc(rows, func(_ string, rows []pipeline.TableRow) bool { return len(rows) == 0 })
	if s.tables == nil || len(rows) == 0 {
		return nil
	}
	if err := s.tables.PutAll(ctx, rows); err != nil {
		return fmt.Errorf("write %s: %w", joined(sorted(rows)), err)
	}
	return nil
}

// putAnswers remembers answers. Documents are open no more, or anew, in the same moment.
func (s *Sink) putAnswers(ctx context.Context, job pipeline.Job, answers map[string]answer) error {
	if s.tables == nil {
		return nil
	}
	var rows, docs []pipeline.TableRow
	for _, number := range sorted(answers) {
		a := answers[number]
		rows = append(rows, a.asRow(number, job))
		doc, err := s.tables.Row(ctx, tableDocuments, number)
		if errors.Is(err, pipeline.ErrNotFound) {
			continue // see enter
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", tableDocuments, err)
		}
		if mark := a.mark(); mark != doc.Mark {
			doc.Mark = mark
			docs = append(docs, doc)
		}
	}
	return s.putAll(ctx, map[string][]pipeline.TableRow{tableAnswers: rows, tableDocuments: docs})
}

// enter remembers documents that were written, and all names that an answer may call
// them by. Entering them again changes nothing.
func (s *Sink) enter(ctx context.Context, b pipeline.Batch, f file) error {
	var rows, moves []pipeline.TableRow
	names, counters := map[string][]string{}, map[string]bool{}
	mine := f.keys()
	for _, doc := range b.Docs {
		if !mine[doc.Key] {
			continue
		}
		body, err := readSale(doc.Body)
		if err != nil {
			return fmt.Errorf("read the body of %s: %w", doc.Key, err)
		}
		number := s.number(doc, body)
		if was, err := s.row(ctx, tableDocuments, number); err != nil {
			return err
		} else if was["batch"] == b.ID && was["key"] == doc.Key {
			continue
		}
		said, err := s.answerTo(ctx, number)
		if err != nil {
			return err
		}
		if prefix, ok := NumberedBy(numberIn(doc.Sealed).Chain); ok {
			counters[prefix] = true
		}
		rows = append(rows, pipeline.TableRow{Code: number, Job: b.Job, Mark: said.mark(), Cols: map[string]string{"key": doc.Key, "order": body.Order["order.name"],
			"id": body.Order["order.id"], "type": body.kind(), "file": f.Name, "batch": b.ID, "at": b.Taken.UTC().Format(time.RFC3339)}})
		all := []string{"number/" + plainName(number), "number/" + plainName(body.number())}
		if isPayment(body.kind()) {
			moves = append(moves, moveOf(b.Job, doc, body, number))
		} else { // an answer that names an order means its sales documents
			all = append(all, "order/"+plainName(body.Order["order.name"]), "order/"+plainName(body.Order["order.id"]))
		}
		for _, p := range f.parts() {
			all = append(all, "file/"+plainName(p.Name), "file/"+stem(p.Name))
		}
		for _, name := range all {
			if !strings.HasSuffix(name, "/") && !slices.Contains(names[name], number) {
				names[name] = append(names[name], number)
			}
		}
	}
	if s.tables == nil || len(rows) == 0 {
		return nil
	}
	sums, err := movesIn(s.tables).with(ctx, moves)
	if err != nil {
		return err
	}
	// First: who has a row has its names and moves.
	if err := s.putAll(ctx, map[string][]pipeline.TableRow{tableMoves: moves, pipeline.KeptOf(tableMoves): sums}); err != nil {
		return err
	}
	if err := s.enterNames(ctx, b.Job, names); err != nil {
		return err
	}
	counts, err := countsWith(ctx, s.tables, counters, rows)
	if err != nil {
		return err
	}
	return s.putAll(ctx, map[string][]pipeline.TableRow{tableDocuments: rows, pipeline.KeptOf(tableDocuments): counts})
}

func (s *Sink) enterNames(ctx context.Context, job pipeline.Job, names map[string][]string) error {
	var rows []pipeline.TableRow
	for _, name := range sorted(names) {
		known, err := s.numbersOf(ctx, name)
		if err != nil {
			return err
		}
		all := slices.Clone(known)
		for _, number := range names[name] {
			if !slices.Contains(all, number) {
				all = append(all, number)
			}
		}
		if len(all) > len(known) {
			rows = append(rows, pipeline.TableRow{Code: name, Job: job, Cols: map[string]string{"numbers": string(mustJSON(all))}})
		}
	}
	return s.put(ctx, tableNames, rows)
}

// numbersOf are the documents that go by a name.
func (s *Sink) numbersOf(ctx context.Context, name string) (numbers []string, err error) {
	cols, err := s.row(ctx, tableNames, name)
	if err != nil || cols == nil {
		return nil, err
	}
	return numbers, json.Unmarshal([]byte(cols["numbers"]), &numbers)
}

// stem is the name of a file without its ending.
func stem(name string) string { return plainName(strings.TrimSuffix(name, filepath.Ext(name))) }

// An answer is what the ERP said about a document.
type answer struct {
	state  string
	number string // the ERP's
	said   string
	at     time.Time
	origin pipeline.Origin // of the row that says so
	spent  string          // the batch in which the document was sent once more since; it was refused before that
	stamp  string          // of the ERP's own file about it, so that it is not read as an answer to the next
	job    pipeline.Job    // that brought it, of one that is remembered
}

// mark is that of the document that was answered so.
func (a answer) mark() string {
	if a.state == "" || a.state == ackPending || a.spent != "" {
		return markOpen
	}
	return ""
}

func (s *Sink) answerTo(ctx context.Context, number string) (answer, error) {
	row, err := s.rowBy(ctx, tableAnswers, number)
	cols := row.Cols
	if err != nil || cols == nil {
		return answer{}, err
	}
	a := answer{job: row.Job, state: cols["state"], number: cols["number"], said: cols["said"], spent: cols["spent"], stamp: cols["stamp"]}
	a.at, _ = time.Parse(time.RFC3339, cols["at"])        // ours
	_ = json.Unmarshal([]byte(cols["origin"]), &a.origin) // ours; without it the answer says no place
	return a, nil
}

// numberGiven is the ERP's number of what goes by a number of ours, as its answer gave
// it; "" where it gave none. Answers stand under the number of the layout's counter,
// where there is one.
func (s *Sink) numberGiven(ctx context.Context, ours string) (string, error) {
	numbers := []string{s.cfg.ofShop(ours)}
	if s.layout == nil || s.layout.counter != nil {
		all, err := s.numbersOf(ctx, "number/"+plainName(ours))
		if err != nil {
			return "", err
		}
		numbers = append(numbers, all...)
	}
	for _, number := range numbers {
		if !strings.HasPrefix(number, s.cfg.ofShop("")) {
			continue // of another shop
		}
		if a, err := s.answerTo(ctx, number); err != nil || a.state == ackBooked {
			return a.number, err
		}
	}
	return "", nil
}

// asRow is an answer as its table keeps it. job is the one that brought it.
func (a answer) asRow(number string, job pipeline.Job) pipeline.TableRow {
	cols := map[string]string{"state": a.state, "number": a.number, "said": a.said, "at": a.at.UTC().Format(time.RFC3339),
		"spent": a.spent, "stamp": a.stamp}
	if a.origin != (pipeline.Origin{}) {
		cols["origin"] = string(mustJSON(a.origin))
	}
	row := pipeline.TableRow{Code: number, Cols: cols, Job: job}
	switch {
	case a.spent != "":
		row.Mark = answerMark(spentMark, job)
	case a.state == ackBooked, a.state == ackRefused:
		row.Mark = answerMark(a.state, job)
	}
	return row
}
