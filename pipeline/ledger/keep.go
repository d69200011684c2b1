package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"wasl/pipeline"
)

// unneeded is what is so of a drop p of which nobody needs the file any more: it came
// before a moment, all its jobs are closed, and so are those that correct its rows; and
// no flow has had its last file in it.
const unneeded = `p.arrived < ?
	AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.drop_seq = p.seq AND (j.step <> 'closed'
		OR EXISTS (SELECT 1 FROM jobs c WHERE c.corrects = j.seq AND c.step <> 'closed')
		OR j.flow <> '' AND j.verdict = '' AND j.seq = (SELECT max(n.seq) FROM jobs n WHERE n.flow = j.flow AND n.verdict = '')))`

// Unneeded tells whether nobody needs the file of some hashes any more: those under which
// it came. What never came as a file, such as a picture, is not for us to say.
func (l *Ledger) Unneeded(ctx context.Context, shas []string, before time.Time) (bool, error) {
	came := false
	for _, sha := range shas {
		var there, needed bool
		err := l.reader.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM drops WHERE sha256 = ?1), EXISTS (SELECT 1 FROM drops p WHERE p.sha256 = ?1 AND NOT (`+
			strings.Replace(unneeded, "?", "?2", 1)+`))`, sha, nanos(before)).Scan(&there, &needed)
		if err != nil {
			return false, fmt.Errorf("whether a file is needed: %w", err)
		}
		if needed {
			return false, nil
		}
		came = came || there
	}
	return came, nil
}

// OldOriginals are the drops whose originals lie in the inbox's folders and are needed by
// nobody, and where they lie.
func (l *Ledger) OldOriginals(ctx context.Context, before time.Time) (drops []pipeline.Drop, places []string, err error) {
	rows, err := l.reader.QueryContext(ctx, `SELECT `+dropCols+`, p.place FROM drops p
		WHERE p.original = 'placed' AND (p.place LIKE 'taken/%' OR p.place LIKE 'rejected/%') AND `+unneeded+` ORDER BY p.seq`, nanos(before))
	if err != nil {
		return nil, nil, fmt.Errorf("look for old originals: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var place string
		d, err := scanDrop(rows, &place)
		if err != nil {
			return nil, nil, fmt.Errorf("look for old originals: %w", err)
		}
		drops, places = append(drops, d), append(places, place)
	}
	return drops, places, rows.Err()
}
