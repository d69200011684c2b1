package ledger

import (
	"cmp"
	"database/sql"
	"errors"
	"fmt"

	"wasl/pipeline"
)

// unknownJob is jobs.corrects of rows that were not put aside here.
const unknownJob = -1

// corrected is the job that first brought the rows of a quarantine workbook, 0 of
// any other file: of rows that were put aside once more, the first of all.
func corrected(tx *txn, c pipeline.Claim) (int64, error) {
	if c.Corrects == (pipeline.Job{}) {
		return 0, nil
	}
	var seq, first int64
	err := tx.QueryRow(`SELECT j.seq, j.corrects FROM jobs j JOIN drops p ON p.seq = j.drop_seq
		WHERE j.drop_id = ? AND j.flow = ? AND p.sha256 = ?`, c.Corrects.Drop, c.Corrects.Flow, c.Of).Scan(&seq, &first)
	if errors.Is(err, sql.ErrNoRows) {
		return unknownJob, nil
	}
	return cmp.Or(first, seq), err
}

// foreign is the refusal of rows that were not put aside here.
func foreign(tx *txn, job pipeline.Job) error {
	d, err := scanDrop(tx.QueryRow(`SELECT `+dropCols+` FROM drops p WHERE p.id = ?`, job.Drop))
	if err != nil {
		return fmt.Errorf("file job %s: %w", job, err)
	}
	return pipeline.Refuse(pipeline.Problem{Origin: pipeline.Origin{File: d.Name}, Rule: "quarantine.foreign",
		With: map[string]string{"flow": job.Flow}})
}

// olderThan tells whether the newest job that brought a key, ready or unchanged,
// is newer than what is being filed. Corrected rows are as old as the job that
// first brought them, on both sides.
func (f *filing) olderThan(k known) (bool, error) {
	if k.job <= f.asOf || k.job == f.job {
		return false, nil // nobody is older than he seems
	}
	as, known := f.ages[k.job]
	if !known {
		if err := f.tx.QueryRow(`SELECT corrects FROM jobs WHERE seq = ?`, k.job).Scan(&as); err != nil {
			return false, fmt.Errorf("job %d: %w", k.job, err)
		}
		as = cmp.Or(as, k.job)
		f.ages[k.job] = as
	}
	return as > f.asOf, nil
}

// nameNewer names the drop of a newer job, for people.
func (f *filing) nameNewer(with map[string]string, job int64) error {
	var id, name string
	err := f.tx.QueryRow(`SELECT p.id, p.name FROM jobs j JOIN drops p ON p.seq = j.drop_seq WHERE j.seq = ?`, job).Scan(&id, &name)
	if err != nil {
		return fmt.Errorf("job %d: %w", job, err)
	}
	with["newer"], with["file"] = id, name
	return nil
}
