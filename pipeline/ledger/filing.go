package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"

	"wasl/pipeline"
)

// chunkSize is how many documents are looked up and stored together.
const chunkSize = 200

// File stores what Prepare makes of a job, and moves the job on.
func (l *Ledger) File(ctx context.Context, job pipeline.Job, rules pipeline.Filed, fill func(pipeline.Filing) (pipeline.Reading, error)) (made pipeline.Prepared, err error) {
	err = l.write(ctx, "file job "+job.String(), func(tx *txn) error {
		j, err := findJob(tx, job)
		if err != nil {
			return fmt.Errorf("file job %s: %w", job, err)
		}
		if j.prepared != "" {
			return fromJSON(j.prepared, &made)
		}
		if j.corrects < 0 {
			return foreign(tx, job)
		}
		f, err := l.newFiling(ctx, tx, j, rules)
		if err != nil {
			return fmt.Errorf("file job %s: %w", job, err)
		}
		reading, err := fill(f)
		if err != nil {
			return err
		}
		if made, err = f.finish(reading); err != nil {
			return fmt.Errorf("file job %s: %w", job, err)
		}
		return nil
	})
	if err != nil {
		return pipeline.Prepared{}, err
	}
	return made, nil
}

// A filing is one job on its way into the ledger. It holds one chunk.
type filing struct {
	ctx   context.Context // of the one call of File that it lives in
	tx    *txn
	job   int64
	asOf  int64 // the job that first brought its rows: job itself, or the one that it corrects
	memo  bool  // wasl itself asked for it
	rules pipeline.Filed
	space int64
	books bool // something is booked that is to be done
	at    int64
	day   func(nanos int64) string

	first, next int64 // ids of documents
	chunk       []waiting
	loose       []pipeline.Problem // of no document
	made        pipeline.Prepared
	moved       map[int64]bool  // older jobs, a document of which was superseded
	ages        map[int64]int64 // of jobs: the job that first brought their rows
	behind      map[string]bool // keys of which this job brought what was so before
	graveKey    []byte          // of the marks of forgotten customers; nil: there are none
	toldGrave   bool            // that one of them came again
}

// waiting is a document of the chunk.
type waiting struct {
	doc      pipeline.Document
	rows     int
	problems []pipeline.Problem
	id, prev int64
	revised  bool // it follows the document of its key that left last
}

func (l *Ledger) newFiling(ctx context.Context, tx *txn, job filable, rules pipeline.Filed) (*filing, error) {
	f := &filing{ctx: ctx, tx: tx, job: job.seq, asOf: cmp.Or(job.corrects, job.seq), memo: job.memo, rules: rules, at: nanos(l.now()),
		day:  func(n int64) string { return instant(n).In(l.zone).Format("2006-01-02") },
		made: pipeline.Prepared{Documents: map[pipeline.State]int{}}, moved: map[int64]bool{}, ages: map[int64]int64{}, behind: map[string]bool{}}
	space := cmp.Or(rules.Space, rules.Lane)
	if _, err := tx.Exec(`INSERT INTO spaces (kind, lane) VALUES (?, ?) ON CONFLICT DO NOTHING`, rules.Kind, space); err != nil {
		return nil, err
	}
	if err := tx.QueryRow(`SELECT id FROM spaces WHERE kind = ? AND lane = ?`, rules.Kind, space).Scan(&f.space); err != nil {
		return nil, err
	}
	if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1 FROM documents`).Scan(&f.first); err != nil {
		return nil, err
	}
	f.next = f.first
	return f, f.watchGraves(l)
}

// Document files a document.
func (f *filing) Document(doc pipeline.Document, rows int, problems []pipeline.Problem) error {
	switch doc.State {
	case pipeline.Ready, pipeline.Held, pipeline.Skipped, pipeline.Unchanged:
	default:
		return fmt.Errorf("file document %s: it cannot be filed as %q", doc.Key, doc.State)
	}
	f.chunk = append(f.chunk, waiting{doc: doc, rows: rows, problems: problems})
	if len(f.chunk) < chunkSize {
		return nil
	}
	return f.flush()
}

// Problem files a problem that belongs to no document.
func (f *filing) Problem(p pipeline.Problem) error {
	f.loose = append(f.loose, p)
	if len(f.loose) < chunkSize {
		return nil
	}
	return f.flush()
}

// flush judges and stores the chunk.
func (f *filing) flush() error {
	if err := f.ctx.Err(); err != nil {
		return err
	}
	keys, err := f.lookUp()
	if err != nil {
		return err
	}
	for i := range f.chunk {
		if err := f.settle(&f.chunk[i], keys); err != nil {
			return err
		}
	}
	if err := f.store(); err != nil {
		return err
	}
	if err := f.remember(keys); err != nil {
		return err
	}
	f.chunk, f.loose = f.chunk[:0], f.loose[:0]
	return nil
}

// lookUp reads what is known of the chunk's keys, all of them in one go.
func (f *filing) lookUp() (map[string]*known, error) {
	keys := make(map[string]*known, len(f.chunk))
	args := make([]any, 1, len(f.chunk)+1)
	args[0] = f.space
	for i := range f.chunk {
		key := f.chunk[i].doc.Key
		for _, key := range []string{key, f.chunk[i].doc.Of} {
			if _, twice := keys[key]; !twice && key != "" {
				keys[key] = &known{}
				args = append(args, key)
			}
		}
	}
	if len(args) == 1 {
		return keys, nil
	}
	rows, err := f.tx.Query(`SELECT k.key, `+knownCols+` FROM known k WHERE k.space = ? AND k.key IN `+places(len(args)-1, 1), args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var key string
		k, err := scanKnown(rows, &key)
		if err != nil {
			return nil, err
		}
		keys[key] = &k
	}
	return keys, rows.Err()
}

// settle says what becomes of a document, and notes it under its key.
func (f *filing) settle(w *waiting, keys map[string]*known) error {
	k := keys[w.doc.Key]
	older, err := f.olderThan(*k)
	if err != nil {
		return err
	}
	grave, err := f.graveOf(w, *k)
	if err != nil {
		return err
	}
	f.leave(w, grave)
	f.outside(w, *k)
	late, err := f.late(w, *k)
	if err != nil {
		return err
	}
	if !late {
		if err := f.revise(w, *k); err != nil {
			return err
		}
	}
	if err := f.follow(w, keys); err != nil {
		return err
	}
	rules := f.rules
	if w.revised { // a new event under its old key
		rules.Once, rules.Diff = false, false
	}
	j := judge(w.doc, printOf(w.doc), *k, filer{job: f.job, corrects: f.asOf != f.job, older: older}, rules)
	if late {
		j, w.problems = judgement{state: pipeline.Superseded}, nil
	}
	w.doc.State = j.state
	w.id, w.prev = f.next, k.newest
	f.next++

	if grave != nil && f.rules.Record {
		j.rule = "" // forget.again says it
	}
	if j, err = f.overlook(w, j, *k); err != nil {
		return err
	}
	if j.rule == "document.left" {
		told, err := f.leftBefore(w.prev)
		if err != nil {
			return err
		}
		if told {
			j.rule = ""
		}
	}
	if j.rule != "" {
		p := f.problem(w.doc, j.rule, *k)
		if j.rule == "quarantine.older" {
			if err := f.nameNewer(p.With, k.job); err != nil {
				return err
			}
		}
		w.problems = append(slices.Clip(w.problems), p)
	}
	if j.supersedes {
		if err := f.supersede(k.waiting); err != nil {
			return err
		}
		k.waiting = 0
	}
	f.bury(w, grave)
	k.newest = w.id
	if late {
		f.made.Documents[j.state]++
		return nil
	}
	if j.state != pipeline.Skipped {
		k.brought = f.job
	}
	if j.state == pipeline.Ready {
		k.waiting = w.id
	}
	if (j.state == pipeline.Ready || j.state == pipeline.Unchanged) && !older {
		k.job = f.job
	}
	f.made.Documents[j.state]++
	return f.word(w.doc, k)
}

func (f *filing) problem(doc pipeline.Document, rule pipeline.Rule, k known) pipeline.Problem {
	p := pipeline.Problem{Rule: rule, With: map[string]string{"key": cmp.Or(doc.Name, doc.Key)}}
	if len(doc.From) > 0 {
		p.Origin = doc.From[0]
	}
	switch rule {
	case "document.left":
		p.With["why"] = doc.Left
		fallthrough
	case "document.changed":
		p.With["when"] = f.day(k.goneAt)
	}
	return p
}

// leftBefore tells whether the document filed before, of the same key, was left
// out as well: then it was told that this one is, and every overlapping export
// would tell it again.
func (f *filing) leftBefore(prev int64) (bool, error) {
	var state string
	err := f.tx.QueryRow(`SELECT state FROM documents WHERE id = ?`, prev).Scan(&state)
	if err != nil && !errors.Is(err, sql.ErrNoRows) { // of this chunk: not stored yet
		return false, fmt.Errorf("document %d: %w", prev, err)
	}
	return state == string(pipeline.Skipped), nil
}

// supersede puts an older document aside: it has not left, and a newer one came.
func (f *filing) supersede(id int64) error {
	var job int64
	if err := f.tx.QueryRow(`UPDATE documents SET state = 'superseded', settled = ? WHERE id = ? RETURNING job`, f.at, id).Scan(&job); err != nil {
		return fmt.Errorf("supersede document %d: %w", id, err)
	}
	f.moved[job] = true
	return nil
}

// word files a document under the words by which people look for it, unless
// its key is filed under the same ones already.
func (f *filing) word(doc pipeline.Document, k *known) error {
	h := fnv.New64a()
	for _, w := range append([]string{doc.Name}, doc.Words...) {
		_, _ = h.Write([]byte(w)) // a hash takes everything
		_, _ = h.Write([]byte{0})
	}
	found := int64(h.Sum64())
	if found == k.found {
		return nil
	}
	k.found = found
	for _, w := range append([]string{doc.Name}, doc.Words...) {
		if w = pipeline.Fold(w); w == "" {
			continue
		}
		if _, err := f.tx.Exec(`INSERT INTO words (word, space, key) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, w, f.space, doc.Key); err != nil {
			return err
		}
	}
	return nil
}

// finish stores the last chunk, and moves the job on.
func (f *filing) finish(reading pipeline.Reading) (pipeline.Prepared, error) {
	if err := f.flush(); err != nil {
		return f.made, err
	}
	if err := f.overtake(); err != nil {
		return f.made, err
	}
	for job := range f.moved {
		if err := moveOn(f.tx, job); err != nil {
			return f.made, err
		}
	}
	if err := f.brake(); err != nil {
		return f.made, err
	}
	f.made.Rows = reading.Rows
	if err := storePrepared(f.tx, f.job, f.made, reading); err != nil {
		return f.made, err
	}
	if err := keepContract(f.tx, f.job, f.at, reading.Contract); err != nil {
		return f.made, err
	}
	_, err := f.tx.Exec(`UPDATE jobs SET step = 'deliver', kind = ?, lane = ?, space = ?, first_doc = ?, last_doc = ? WHERE seq = ?`,
		f.rules.Kind, f.rules.Lane, f.space, f.first, f.next-1, f.job)
	if err != nil {
		return f.made, err
	}
	return f.made, moveOn(f.tx, f.job)
}
