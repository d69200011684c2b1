package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wasl/pipeline"
)

// findMost is how many documents one search gives at most, the newest ones.
const findMost = 500

// Find gives everything that goes by a word: the id or name of a drop; the key,
// name, further words or reference of a document (an order number, a SKU, a
// uuid). Capital letters and marks such as # make no difference to names and
// words. Documents and jobs come in the order in which they were filed; of more
// than 500 documents, the newest. Nothing found is no error.
func (l *Ledger) Find(ctx context.Context, word string) (entries []pipeline.Entry, jobs []pipeline.Opened, err error) {
	word = strings.TrimSpace(word)
	if word == "" {
		return nil, nil, nil
	}
	err = l.read(ctx, func(tx *txn) error {
		folded := pipeline.Fold(word)
		if jobs, err = jobsWhere(tx, `p.id = ? OR p.folded = ?`, word, folded); err != nil {
			return err
		}
		ids, err := findDocuments(tx, word, folded)
		if err != nil {
			return err
		}
		entries, err = entriesByID(tx, ids)
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("find %q: %w", word, err)
	}
	return entries, jobs, nil
}

// findDocuments are the ids of the documents that go by a word, ascending. From
// the newest of a key the older ones are reached one by one.
func findDocuments(tx *txn, word, folded string) ([]int64, error) {
	rows, err := tx.Query(`
		WITH RECURSIVE
		keys (space, key) AS (
			SELECT w.space, w.key FROM words w WHERE w.word = ?2 AND ?2 <> ''
			UNION SELECT s.id, ?1 FROM spaces s
		),
		found (id, prev) AS (
			SELECT d.id, d.prev FROM keys JOIN known k ON k.space = keys.space AND k.key = keys.key JOIN documents d ON d.id = k.newest
			UNION ALL SELECT d.id, d.prev FROM found JOIN documents d ON d.id = found.prev
			ORDER BY 1 DESC LIMIT ?3
		)
		SELECT id FROM found UNION SELECT id FROM documents WHERE ref = ?1 AND ref <> '' ORDER BY 1`, word, folded, findMost)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// entriesByID are the documents with some ids, ascending.
func entriesByID(tx *txn, ids []int64) ([]pipeline.Entry, error) {
	var out []pipeline.Entry
	jobs := map[int64]rangedJob{}
	for _, id := range slices.Compact(ids) {
		var seq int64
		if err := tx.QueryRow(`SELECT job FROM documents WHERE id = ?`, id).Scan(&seq); err != nil {
			return nil, err
		}
		job, seen := jobs[seq]
		if !seen {
			found, err := bareJobs(tx, `j.seq = ?`, seq)
			if err != nil || len(found) == 0 {
				return nil, fmt.Errorf("job of document %d: %w", id, err)
			}
			job = found[0]
			jobs[seq] = job
		}
		entries, err := entriesOf(tx, job, all, id, id)
		if err != nil {
			return nil, err
		}
		out = append(out, entries...)
	}
	return out, nil
}
