package ledger

import (
	"context"
	"fmt"
	"iter"
	"time"

	"wasl/pipeline"
)

// Papers are the documents of all kinds whose name begins with a prefix, in the order
// in which they were filed: those that have left or are to leave, and of each key the
// newest one that was put aside. What came again unchanged, was left out or was
// superseded is not among them.
func (l *Ledger) Papers(ctx context.Context, prefix string) iter.Seq2[pipeline.Entry, error] {
	return l.papers(ctx, prefix, `(d.batch IS NOT NULL OR d.state = 'ready'
		OR d.state IN ('held', 'parked') AND d.id = (SELECT k.newest FROM known k WHERE k.space = j.space AND k.key = d.key))`)
}

// Sealed are the documents of such kinds that were sealed, in the order in which they
// were filed.
func (l *Ledger) Sealed(ctx context.Context, prefix string) iter.Seq2[pipeline.Entry, error] {
	return l.papers(ctx, prefix, `d.batch IS NOT NULL AND d.sealed IS NOT NULL`)
}

// SealedSince are those that were sealed since a moment, and those that were adopted,
// whenever they were sealed.
func (l *Ledger) SealedSince(ctx context.Context, prefix string, since time.Time) iter.Seq2[pipeline.Entry, error] {
	return l.papersIn(ctx, sealedSince(since),
		`j.step <> 'prepare' AND substr(j.kind, 1, length(?1)) = ?1 AND j.seq IN (SELECT o.job FROM batches o WHERE o.seq IN (`+takenSince(since)+`))`, prefix)
}

// sealedSince is what is so of a document d that SealedSince gives.
func sealedSince(since time.Time) string {
	return `d.sealed IS NOT NULL AND d.batch IN (` + takenSince(since) + `)`
}

// takenSince are the batches of SealedSince. Each half has an index.
func takenSince(since time.Time) string {
	return fmt.Sprintf(`SELECT b.seq FROM batches b WHERE b.taken >= %d UNION ALL SELECT b.seq FROM batches b WHERE b.id >= 'adopted-' AND b.id < 'adopted.'`, nanos(since))
}

// SealedOf are those of one job.
func (l *Ledger) SealedOf(ctx context.Context, job pipeline.Job) iter.Seq2[pipeline.Entry, error] {
	return l.papersIn(ctx, `d.batch IS NOT NULL AND d.sealed IS NOT NULL`, `j.drop_id = ? AND j.flow = ?`, job.Drop, job.Flow)
}

func (l *Ledger) papers(ctx context.Context, prefix, where string) iter.Seq2[pipeline.Entry, error] {
	return l.papersIn(ctx, where, `j.step <> 'prepare' AND substr(j.kind, 1, length(?1)) = ?1`, prefix)
}

// papersIn are documents d of jobs j by two conditions, all as of one moment.
func (l *Ledger) papersIn(ctx context.Context, docs, jobs string, args ...any) iter.Seq2[pipeline.Entry, error] {
	return pages(ctx, l, func(b pipeline.Books) iter.Seq2[pipeline.Entry, error] {
		return b.(books).entries(ctx, docs, jobs, args...)
	})
}

// Refs tells which of some references documents go by.
func (l *Ledger) Refs(ctx context.Context, refs []string) (map[string]bool, error) {
	known := make(map[string]bool, len(refs))
	err := l.read(ctx, func(tx *txn) error {
		for _, ref := range refs {
			there, err := hasRef(tx, ref)
			if err != nil {
				return err
			}
			known[ref] = there
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for references: %w", err)
	}
	return known, nil
}

// hasRef tells whether a document goes by a reference. The index documents_ref is of those
// that have one, and used only where the question says so.
func hasRef(tx *txn, ref string) (there bool, err error) {
	err = tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM documents WHERE ref = ? AND ref <> '')`, ref).Scan(&there)
	return there, err
}

// Unhanded are the jobs of such kinds whose papers were not made into something yet
// (what), by admission: those that are prepared. Their documents are not counted.
func (l *Ledger) Unhanded(ctx context.Context, what, prefix string) (jobs []pipeline.Opened, err error) {
	err = l.read(ctx, func(tx *txn) error {
		found, err := bareJobs(tx, `j.step <> 'prepare' AND substr(j.kind, 1, length(?1)) = ?1
			AND NOT EXISTS (SELECT 1 FROM handed h WHERE h.what = ?2 AND h.job = j.seq)`, prefix, what)
		for _, j := range found {
			jobs = append(jobs, j.Opened)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for what was not handed on: %w", err)
	}
	return jobs, nil
}

// Hand stores that a job's papers were made into something: file, "" where there was
// nothing to be made. Storing it again does nothing.
func (l *Ledger) Hand(ctx context.Context, what string, job pipeline.Job, file string) error {
	return l.write(ctx, "hand on "+job.String(), func(tx *txn) error {
		if _, err := tx.Exec(`INSERT INTO handed (what, job, file, at) SELECT ?, j.seq, ?, ? FROM jobs j WHERE j.drop_id = ? AND j.flow = ?
			ON CONFLICT DO NOTHING`, what, file, nanos(l.now()), job.Drop, job.Flow); err != nil {
			return fmt.Errorf("hand on %s: %w", job, err)
		}
		return nil
	})
}

// Reissue stores who asked for a paper that replaces a refused one, and why.
func (l *Ledger) Reissue(ctx context.Context, r pipeline.Reissue) error {
	return l.write(ctx, "reissue "+r.Key, func(tx *txn) error {
		_, err := tx.Exec(`INSERT INTO reissues (ref, key, who, why, at) VALUES (?, ?, ?, ?, ?)`, r.Ref, r.Key, r.By, r.Why, nanos(l.now()))
		if err != nil {
			return fmt.Errorf("reissue %s: %w", r.Key, err)
		}
		return nil
	})
}

// Reissues are who asked for papers of a key to be replaced, oldest first.
func (l *Ledger) Reissues(ctx context.Context, key string) (out []pipeline.Reissue, err error) {
	rows, err := l.reader.QueryContext(ctx, `SELECT ref, key, who, why, at FROM reissues WHERE key = ? ORDER BY id`, key)
	if err != nil {
		return nil, fmt.Errorf("reissues of %s: %w", key, err)
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var r pipeline.Reissue
		var at int64
		if err := rows.Scan(&r.Ref, &r.Key, &r.By, &r.Why, &at); err != nil {
			return nil, fmt.Errorf("reissues of %s: %w", key, err)
		}
		r.At = instant(at)
		out = append(out, r)
	}
	return out, rows.Err()
}
