package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"wasl/pipeline"
)

// papersNamed are the ids of the papers of the keys that go by a word: ?1 as given, ?2
// folded, ?3 the prefix of their kinds, ?4 how many at most. From the newest of a key the older ones are
// reached one by one.
const papersNamed = `
	WITH RECURSIVE
	named (space, key) AS (
		SELECT w.space, w.key FROM words w WHERE w.word = ?2 AND ?2 <> ''
		UNION SELECT s.id, ?1 FROM spaces s
		UNION SELECT j.space, d.key FROM documents d JOIN jobs j ON j.seq = d.job WHERE d.ref IN (?1, lower(?1)) AND d.ref <> ''
		UNION SELECT j.space, d.key FROM documents d JOIN jobs j ON j.seq = d.job WHERE d.number = ?1 AND d.number <> ''
	),
	found (id, prev, newest) AS (
		SELECT d.id, d.prev, 1 FROM named n JOIN spaces s ON s.id = n.space AND substr(s.kind, 1, length(?3)) = ?3
			JOIN known k ON k.space = n.space AND k.key = n.key JOIN documents d ON d.id = k.newest
		UNION ALL SELECT d.id, d.prev, 0 FROM found f JOIN documents d ON d.id = f.prev
		ORDER BY 1 DESC LIMIT ?4
	)
	SELECT f.id FROM found f JOIN documents d ON d.id = f.id
	WHERE d.batch IS NOT NULL OR d.state = 'ready' OR d.state IN ('held', 'parked') AND f.newest
	ORDER BY f.id`

// PapersNamed are the papers of each key that goes by a word: the key itself, a name or a
// further word of it, the number or the reference of one of its papers. In the order in
// which they were filed; of more than 500 the newest, of a SKU. What is read does not
// grow with the ledger.
func (l *Ledger) PapersNamed(ctx context.Context, prefix, word string) (entries []pipeline.Entry, err error) {
	word = strings.TrimSpace(word)
	err = l.read(ctx, func(tx *txn) error {
		rows, err := tx.Query(papersNamed, word, pipeline.Fold(word), prefix, findMost)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err has told
		var ids []int64
		for rows.Next() {
			var id int64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		entries, err = entriesByID(tx, ids)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("papers of %q: %w", word, err)
	}
	return entries, nil
}

// replacedBy is the question of Replacement.
const replacedBy = `SELECT ref FROM documents WHERE replaces = ? AND replaces <> '' ORDER BY id DESC LIMIT 1`

// Replacement is the reference of the paper that replaces another one; "" while none does.
func (l *Ledger) Replacement(ctx context.Context, ref string) (by string, err error) {
	err = l.reader.QueryRowContext(ctx, replacedBy, ref).Scan(&by)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("what replaces %s: %w", ref, err)
	}
	return by, nil
}
