package ledger

import (
	"cmp"
	"context"
	"fmt"
	"iter"

	"wasl/pipeline"
)

// page is how many documents or problems are read at a time.
const page = 1000

// Snapshot lets look see the books as of one moment, however long it takes and
// whatever is written meanwhile.
func (l *Ledger) Snapshot(ctx context.Context, look func(pipeline.Books) error) error {
	return l.read(ctx, func(tx *txn) error { return look(books{tx}) })
}

// Jobs are the jobs of some days, by admission.
func (l *Ledger) Jobs(ctx context.Context, from, to string) (jobs []pipeline.Opened, err error) {
	err = l.Snapshot(ctx, func(b pipeline.Books) error {
		jobs, err = b.Jobs(ctx, from, to)
		return err
	})
	return jobs, err
}

// Entries are the documents of some days, by job, then as filed.
func (l *Ledger) Entries(ctx context.Context, from, to string) iter.Seq2[pipeline.Entry, error] {
	return pages(ctx, l, func(b pipeline.Books) iter.Seq2[pipeline.Entry, error] { return b.Entries(ctx, from, to) })
}

// Problems are the problems of some days, by job, then as filed.
func (l *Ledger) Problems(ctx context.Context, from, to string) iter.Seq2[pipeline.Noted, error] {
	return pages(ctx, l, func(b pipeline.Books) iter.Seq2[pipeline.Noted, error] { return b.Problems(ctx, from, to) })
}

// pages is a sequence of the books, read in one transaction of its own.
func pages[T any](ctx context.Context, l *Ledger, of func(pipeline.Books) iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		stopped := false
		err := l.Snapshot(ctx, func(b pipeline.Books) error {
			for v, err := range of(b) {
				if !yield(v, err) {
					stopped = true
					return nil
				}
			}
			return nil
		})
		if err != nil && !stopped {
			var none T
			yield(none, err)
		}
	}
}

// books are the books as one transaction sees them.
type books struct{ tx *txn }

func (b books) Jobs(_ context.Context, from, to string) ([]pipeline.Opened, error) {
	return jobsWhere(b.tx, `j.day BETWEEN ? AND ?`, from, to)
}

// jobsWhere reads jobs j of drops p by a condition, by admission.
func jobsWhere(tx *txn, where string, args ...any) ([]pipeline.Opened, error) {
	jobs, err := bareJobs(tx, where, args...)
	if err != nil {
		return nil, fmt.Errorf("read jobs: %w", err)
	}
	out := make([]pipeline.Opened, 0, len(jobs))
	for _, j := range jobs {
		if err := j.count(tx); err != nil {
			return nil, fmt.Errorf("read job %s: %w", j.Job, err)
		}
		out = append(out, j.Opened)
	}
	return out, nil
}

// A rangedJob is one with the ids of its documents.
type rangedJob struct {
	pipeline.Opened
	first, last int64
}

func bareJobs(tx *txn, where string, args ...any) ([]rangedJob, error) {
	rows, err := tx.Query(`SELECT `+dropCols+`, j.seq, j.flow, CASE j.step WHEN 'prepare' THEN '' ELSE j.kind END, j.lane, j.step,
			j.verdict, j.rows, j.reading, j.report, j.first_doc, j.last_doc,
			coalesce((SELECT n.error FROM lanes n WHERE n.drop_id = j.drop_id AND n.flow = j.flow ORDER BY n.lane LIMIT 1), ''),
			coalesce((SELECT n.tries FROM lanes n WHERE n.drop_id = j.drop_id AND n.flow = j.flow ORDER BY n.lane LIMIT 1), 0),
			j.gate, coalesce(r.dropped, 0), coalesce(r.who, ''), coalesce(r.why, ''), coalesce(r.at, 0)
		FROM jobs j JOIN drops p ON p.seq = j.drop_seq LEFT JOIN releases r ON r.job = j.seq
		WHERE `+where+` ORDER BY j.seq`, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	var out []rangedJob
	for rows.Next() {
		var j rangedJob
		var reading string
		var released int64
		j.Drop, err = scanDrop(rows, &j.Seq, &j.Flow, &j.Kind, &j.Lane, &j.Step, &j.Verdict, &j.Rows, &reading, &j.Report,
			&j.first, &j.last, &j.Error, &j.Tries, &j.Gate, &j.Release.Drop, &j.Release.By, &j.Release.Why, &released)
		if err != nil {
			return nil, err
		}
		if released != 0 {
			j.Release.Job, j.Release.At = pipeline.Job{Drop: j.Drop.ID, Flow: j.Flow}, instant(released)
		}
		if err := fromJSON(reading, &j.Reading); err != nil {
			return nil, err
		}
		j.Job.Drop = j.Drop.ID
		out = append(out, j)
	}
	return out, rows.Err()
}

// count counts a job's documents, their rows, and its problems.
func (j *rangedJob) count(tx *txn) error {
	j.States, j.RowsBy = map[pipeline.State]int{}, map[pipeline.State]int{}
	rows, err := tx.Query(`SELECT state, count(*), sum(rows) FROM documents WHERE id BETWEEN ? AND ? GROUP BY state`, j.first, j.last)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var state pipeline.State
		var docs, made int
		if err := rows.Scan(&state, &docs, &made); err != nil {
			return err
		}
		j.States[state], j.RowsBy[state] = docs, made
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return tx.QueryRow(`SELECT count(*) FROM problems WHERE job = ?`, j.Seq).Scan(&j.Problems)
}

func (b books) Entries(ctx context.Context, from, to string) iter.Seq2[pipeline.Entry, error] {
	return b.entries(ctx, all, `j.day BETWEEN ? AND ?`, from, to)
}

// all is the condition on documents that takes each.
const all = `1`

// entries are documents d of jobs j by two conditions.
func (b books) entries(ctx context.Context, docs, jobs string, args ...any) iter.Seq2[pipeline.Entry, error] {
	return func(yield func(pipeline.Entry, error) bool) {
		found, err := bareJobs(b.tx, jobs, args...)
		if err != nil {
			yield(pipeline.Entry{}, fmt.Errorf("read jobs: %w", err))
			return
		}
		entriesIn(ctx, b.tx, found, docs, yield)
	}
}

// entriesIn yields the documents of jobs that a condition takes, a page at a time.
func entriesIn(ctx context.Context, tx *txn, jobs []rangedJob, where string, yield func(pipeline.Entry, error) bool) {
	for _, j := range jobs {
		for id := j.first; id <= j.last; id += page {
			entries, err := entriesOf(tx, j, where, id, min(id+page-1, j.last))
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(pipeline.Entry{}, fmt.Errorf("read documents of %s: %w", j.Job, err))
				return
			}
			for _, e := range entries {
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// entriesOf are the documents of a job with ids from first to last that a condition on
// documents d of jobs j takes.
func entriesOf(tx *txn, j rangedJob, where string, first, last int64) ([]pipeline.Entry, error) {
	why := map[int64][]pipeline.Problem{}
	problems, err := problemsOf(tx, `n.job = ? AND n.doc BETWEEN ? AND ? ORDER BY n.doc, n.id`, j.Seq, first, last)
	if err != nil {
		return nil, err
	}
	for _, n := range problems {
		why[n.doc] = append(why[n.doc], n.Problem)
	}
	rows, err := tx.Query(`SELECT `+documentCols+`, coalesce(b.id, '') FROM documents d JOIN jobs j ON j.seq = d.job LEFT JOIN batches b ON b.seq = d.batch
		WHERE d.id BETWEEN ? AND ? AND `+where+` ORDER BY d.id`, first, last)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	var out []pipeline.Entry
	for rows.Next() {
		var batch string
		s, err := scanDocument(rows, &batch)
		if err != nil {
			return nil, err
		}
		s.Kind = j.Kind
		out = append(out, pipeline.Entry{Document: s.Document, Job: j.Job, Lane: cmp.Or(s.Lane, j.Lane), Drop: j.Drop.Name, Rows: s.rows,
			Sent: instant(s.sent), Settled: instant(s.settled), Batch: batch, Why: why[s.id]})
	}
	return out, rows.Err()
}

func (b books) Problems(ctx context.Context, from, to string) iter.Seq2[pipeline.Noted, error] {
	return func(yield func(pipeline.Noted, error) bool) {
		jobs, err := bareJobs(b.tx, `j.day BETWEEN ? AND ?`, from, to)
		if err != nil {
			yield(pipeline.Noted{}, fmt.Errorf("read jobs: %w", err))
			return
		}
		for _, j := range jobs {
			problems, err := problemsOf(b.tx, `n.job = ? ORDER BY n.id`, j.Seq)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(pipeline.Noted{}, fmt.Errorf("read problems of %s: %w", j.Job, err))
				return
			}
			for _, n := range problems {
				noted, err := b.place(n, j.Job)
				if !yield(noted, err) || err != nil {
					return
				}
			}
		}
	}
}

// place says of which document a problem is.
func (b books) place(n noted, job pipeline.Job) (pipeline.Noted, error) {
	out := pipeline.Noted{Problem: n.Problem, Job: job}
	if n.doc == 0 {
		return out, nil
	}
	err := b.tx.QueryRow(`SELECT key, name FROM documents WHERE id = ?`, n.doc).Scan(&out.Key, &out.Doc)
	return out, err
}
