package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"wasl/pipeline"
)

// Named are the newest documents of a kind and space that are filed under some words,
// each key once, by key: the one that is ready to leave, or else the one that left
// last, or else one that the other side was found to have so already.
func (l *Ledger) Named(ctx context.Context, kind, space string, words []string) ([]pipeline.Document, error) {
	folded := map[string]bool{}
	for _, w := range words {
		if w = pipeline.Fold(w); w != "" {
			folded[w] = true
		}
	}
	found := map[string]int64{} // by key
	var out []pipeline.Document
	err := l.read(ctx, func(tx *txn) error {
		for part := range slices.Chunk(slices.Sorted(maps.Keys(folded)), chunkSize) {
			if err := namedIn(tx, kind, space, part, found); err != nil {
				return err
			}
		}
		for _, key := range slices.Sorted(maps.Keys(found)) {
			d, err := scanDocument(tx.QueryRow(`SELECT `+documentCols+` FROM documents d WHERE d.id = ?`, found[key]))
			if err != nil {
				return err
			}
			d.Kind = kind
			out = append(out, d.Document)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find documents of %s by their words: %w", kind, err)
	}
	return out, nil
}

// namedIn adds the documents of some words to those that were found.
func namedIn(tx *txn, kind, space string, words []string, found map[string]int64) error {
	args := []any{kind, space}
	for _, w := range words {
		args = append(args, w)
	}
	rows, err := tx.Query(`SELECT DISTINCT k.key, CASE WHEN k.waiting <> 0 THEN k.waiting
			WHEN k.gone_state IN ('sending', 'accepted', 'delivered') THEN k.gone ELSE d.id END
		FROM spaces s JOIN words w ON w.space = s.id JOIN known k ON k.space = w.space AND k.key = w.key
			LEFT JOIN documents d ON d.id = k.newest AND d.state = 'unchanged'
		WHERE s.kind = ? AND s.lane = ? AND w.word IN `+places(len(words), 1)+`
			AND (k.waiting <> 0 OR k.gone_state IN ('sending', 'accepted', 'delivered') OR d.id IS NOT NULL)`, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var key string
		var id int64
		if err := rows.Scan(&key, &id); err != nil {
			return err
		}
		found[key] = id
	}
	return rows.Err()
}
