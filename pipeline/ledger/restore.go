package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"wasl/pipeline"
)

// A ledger that was restored from a backup is older than the world: documents that it
// never heard of may have left, and the heads of its chains may have moved on. It is
// recognised by what lies beside it, for a backup takes either only one of the two, or
// puts both into another place:
//
//   - a witness (wasl.witness in the state folder, and wherever else Options.Witness says,
//     outside of it) that knows how many documents of each chain were sealed. It is
//     written after the head has moved and before anything is sent, so it may be behind
//     the ledger by what never left, and never is ahead of it, unless the ledger went back;
//   - the place of the file on the disk, which the ledger notes of itself: a copy has
//     another.
//
// A whole machine that was set back, disk and all, shows neither.

// witnessName is the name of the witness.
const witnessName = "wasl.witness"

// Why a ledger is taken to be restored.
const (
	RestoredBehind = "behind" // a witness knows of more documents than the ledger
	RestoredOther  = "other"  // a witness is of another installation
	RestoredMoved  = "moved"  // the file is a copy of the one that it was
)

// A witness is what is written down beside the ledger.
type witness struct {
	Install string           `json:"install"`
	Chains  map[string]int64 `json:"chains"` // documents sealed, by chain
	At      time.Time        `json:"at"`
}

// Restored says why this ledger is taken to be restored from a backup, "" where nothing
// speaks for that. Of a ledger whose chains hold nothing it does not matter. It stays so
// until Lock has stored what follows from it.
func (l *Ledger) Restored(ctx context.Context) (string, error) {
	have, err := l.sealed(ctx)
	if err != nil || l.lock == nil {
		return "", err
	}
	for _, path := range l.witnesses() {
		w, ok := readWitness(path)
		switch {
		case !ok:
			continue
		case w.Install != l.install && len(w.Chains) > 0:
			return RestoredOther, nil
		}
		for chain, n := range w.Chains {
			if n > have[chain] {
				return RestoredBehind, nil
			}
		}
	}
	var noted string
	err = l.reader.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = 'place'`).Scan(&noted)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read where the ledger was: %w", err)
	}
	if here := placeOf(l.path()); noted != "" && here != "" && noted != here && len(have) > 0 {
		return RestoredMoved, nil
	}
	return "", nil
}

// Vouch says that from now on this file at this place is the ledger.
func (l *Ledger) Vouch(ctx context.Context) error {
	err := l.write(ctx, "note where the ledger is", func(tx *txn) error { return notePlace(tx, l.path()) })
	if err != nil {
		return err
	}
	return l.Witness(ctx)
}

func notePlace(tx *txn, path string) error {
	_, err := tx.Exec(`INSERT INTO meta (name, value) VALUES ('place', ?) ON CONFLICT DO UPDATE SET value = excluded.value`, placeOf(path))
	return err
}

// A Lock is a lane in which nothing is sealed and nothing sent.
type Lock struct {
	Lane  string
	Why   string
	Since time.Time
	Until time.Time // zero: it is locked
	How   string    // why it could be opened again
}

// Lock locks lanes, because of what Restored said, and takes the ledger from then on to be
// where it is. A lane that is locked stays as it is.
func (l *Ledger) Lock(ctx context.Context, lanes []string, why string) error {
	err := l.write(ctx, "lock lanes", func(tx *txn) error {
		for _, lane := range lanes {
			if _, err := tx.Exec(`INSERT INTO locks (lane, why, since) SELECT ?1, ?2, ?3
				WHERE NOT EXISTS (SELECT 1 FROM locks WHERE lane = ?1 AND until = 0)`, lane, why, nanos(l.now())); err != nil {
				return fmt.Errorf("lock lane %s: %w", lane, err)
			}
		}
		return notePlace(tx, l.path())
	})
	if err != nil {
		return err
	}
	return l.Witness(ctx)
}

// Unlock opens a lane again, and keeps how it could be.
func (l *Ledger) Unlock(ctx context.Context, lane, how string) error {
	return l.write(ctx, "unlock lane "+lane, func(tx *txn) error {
		if _, err := tx.Exec(`UPDATE locks SET until = ?, how = ? WHERE lane = ? AND until = 0`, nanos(l.now()), how, lane); err != nil {
			return fmt.Errorf("unlock lane %s: %w", lane, err)
		}
		return nil
	})
}

// Locks are the lanes that are locked, by name.
func (l *Ledger) Locks(ctx context.Context) (out []Lock, err error) {
	rows, err := l.reader.QueryContext(ctx, `SELECT lane, why, since FROM locks WHERE until = 0 ORDER BY lane`)
	if err != nil {
		return nil, fmt.Errorf("read the locks: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var lock Lock
		var since int64
		if err := rows.Scan(&lock.Lane, &lock.Why, &since); err != nil {
			return nil, fmt.Errorf("read the locks: %w", err)
		}
		lock.Since = instant(since)
		out = append(out, lock)
	}
	return out, rows.Err()
}

// unlocked refuses work in a lane that is locked.
func unlocked(tx *txn, lane string) error {
	var why string
	err := tx.QueryRow(`SELECT why FROM locks WHERE lane = ? AND until = 0`, lane).Scan(&why)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return &pipeline.Trouble{Rule: "lane.locked", With: map[string]string{"lane": lane, "why": why}}
}

// Chain is where a chain stands, as chainOf says.
func (l *Ledger) Chain(ctx context.Context, name string) (c Chain, err error) {
	err = l.read(ctx, func(tx *txn) error {
		c, err = chainOf(tx, name)
		return err
	})
	return c, err
}

// sealed are how many documents of each chain were sealed.
func (l *Ledger) sealed(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	err := l.read(ctx, func(tx *txn) error {
		all, err := chains(tx)
		for _, c := range all {
			out[c.Name] = c.Count
		}
		return err
	})
	return out, err
}

func (l *Ledger) witnesses() []string {
	out := []string{filepath.Join(l.dir, witnessName)}
	for _, dir := range l.witness {
		out = append(out, filepath.Join(dir, "."+witnessName))
	}
	return out
}

// Witness writes down how many documents of each chain are sealed. It must be able to do so
// beside the ledger; elsewhere, where a share may be away, it does what it can.
func (l *Ledger) Witness(ctx context.Context) error {
	have, err := l.sealed(ctx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(witness{Install: l.install, Chains: have, At: l.now().UTC()})
	if err != nil {
		return err
	}
	for i, path := range l.witnesses() {
		if err := replace(path, append(text, '\n')); err != nil && i == 0 {
			return fmt.Errorf("write the witness of the ledger: %w", err)
		}
	}
	return nil
}

// replace writes a file, whole or not at all. It makes no folder.
func replace(path string, text []byte) error {
	return pipeline.WriteWhole(path, 0o600, func(to io.Writer) error {
		_, err := to.Write(text)
		return err
	})
}

// readWitness reads a witness; false where there is none, or none that can be read, as on
// a share that is away: it says nothing then, and is written anew with the next document.
func readWitness(path string) (w witness, ok bool) {
	text, err := os.ReadFile(path)
	ok = err == nil && json.Unmarshal(text, &w) == nil
	return w, ok
}

// An Adoption is what a restored ledger learns of documents that left before it was
// restored: as if it had sealed and sent them itself.
type Adoption struct {
	Memo  pipeline.Arrival    // the drop that stands for it, with one claim: the flow that they belong to
	Flow  pipeline.Flow       // of the claim
	Lane  string              // by which they left
	Chain string              // whose head moves on
	Head  string              // to here; "" leaves it
	Docs  []pipeline.Document // with Key, Sealed, Ref, State (delivered, rejected, accepted) and Ticket
}

// Adopt stores an adoption, as a drop with a job, and moves the head of the chain. Whatever of the same keys is
// ready to leave has left: it is unchanged. Documents whose reference is known stay as
// they are.
func (l *Ledger) Adopt(ctx context.Context, a Adoption) (count int, err error) {
	err = l.write(ctx, "adopt what has left", func(tx *txn) error {
		drop, err := admit(tx, a.Memo, true)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE jobs SET memo = 1 WHERE drop_id = ?`, drop.ID); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE drops SET original = 'placed', place = '' WHERE id = ?`, drop.ID); err != nil {
			return err
		}
		count, err = l.adopt(ctx, tx, a, pipeline.Job{Drop: drop.ID, Flow: a.Flow.Name})
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("adopt what has left in chain %s: %w", a.Chain, err)
	}
	return count, l.Witness(ctx)
}

func (l *Ledger) adopt(ctx context.Context, tx *txn, a Adoption, job pipeline.Job) (int, error) {
	j, err := findJob(tx, job)
	if err != nil {
		return 0, err
	}
	rules := pipeline.Filed{Kind: a.Flow.Kind.Name, Lane: a.Flow.Lane, Space: a.Flow.Kind.Space}
	f, err := l.newFiling(ctx, tx, j, rules)
	if err != nil {
		return 0, err
	}
	now := nanos(l.now())
	made, err := tx.Exec(`INSERT INTO batches (id, lane, job, taken, due, holds) VALUES (?, ?, ?, ?, ?, ?)`,
		"adopted-"+job.Drop, a.Lane, j.seq, now, now, final)
	if err != nil {
		return 0, err
	}
	batch, err := made.LastInsertId()
	if err != nil {
		return 0, err
	}
	holds := final
	count := 0
	for _, doc := range a.Docs {
		there, err := hasRef(tx, doc.Ref)
		if err != nil {
			return 0, err
		}
		if there {
			continue
		}
		if err := f.adoptOne(doc, batch, a.Flow.Kind); err != nil {
			return 0, fmt.Errorf("%s: %w", doc.Key, err)
		}
		if doc.State == pipeline.Accepted {
			holds = accepted
		}
		count++
	}
	if _, err := tx.Exec(`UPDATE batches SET holds = ? WHERE seq = ?`, holds, batch); err != nil {
		return 0, err
	}
	if a.Head != "" {
		if _, err := tx.Exec(`INSERT INTO chains (name, head, count) VALUES (?1, ?2, ?3)
			ON CONFLICT DO UPDATE SET head = ?2, count = count + ?3`, a.Chain, a.Head, count); err != nil {
			return 0, err
		}
	}
	f.made.Rows = 0
	if err := storePrepared(tx, j.seq, f.made, pipeline.Reading{}); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`UPDATE jobs SET step = 'deliver', kind = ?, lane = ?, space = ?, first_doc = ?, last_doc = ? WHERE seq = ?`,
		a.Flow.Kind.Name, a.Flow.Lane, f.space, f.first, f.next-1, j.seq); err != nil {
		return 0, err
	}
	for job := range f.moved {
		if err := moveOn(tx, job); err != nil {
			return 0, err
		}
	}
	return count, moveOn(tx, j.seq)
}

// adoptOne stores a document that has left.
func (f *filing) adoptOne(doc pipeline.Document, batch int64, kind pipeline.Kind) error {
	k, err := knownOf(f.tx, f.space, doc.Key)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if k.waiting != 0 {
		var job int64
		if err := f.tx.QueryRow(`UPDATE documents SET state = 'unchanged', settled = ? WHERE id = ? RETURNING job`, f.at, k.waiting).Scan(&job); err != nil {
			return err
		}
		f.moved[job] = true
		k.waiting = 0
	}
	state := doc.State
	doc.State = pipeline.Skipped // stored as a document that nothing becomes of; what it is follows
	f.chunk = []waiting{{doc: doc, id: f.next, prev: k.newest}}
	if err := f.store(); err != nil {
		return err
	}
	if err := f.settleAdopted(doc, state, batch, kind); err != nil {
		return err
	}
	k.newest, k.brought, k.job, k.gone, k.goneState, k.gonePrint, k.goneAt = f.next, f.job, f.job, f.next, state, printOf(doc), f.at
	if state == pipeline.Delivered {
		k.print = k.gonePrint
	}
	if err := f.word(doc, &k); err != nil {
		return err
	}
	if err := f.remember(map[string]*known{doc.Key: &k}); err != nil {
		return err
	}
	f.made.Documents[state]++
	f.chunk = nil
	f.next++
	return nil
}

// settleAdopted gives it the state in which it is at the other side: no document changes
// into it by itself, so it is inserted anew.
func (f *filing) settleAdopted(doc pipeline.Document, state pipeline.State, batch int64, kind pipeline.Kind) error {
	number, replaces := called(kind, doc.Sealed)
	settled := f.at
	if !state.Final() {
		settled = 0
	}
	_, err := f.tx.Exec(`INSERT OR REPLACE INTO documents (id, job, key, state, body, origins, name, day, money, out, currency, print, old, words, why_left,
			rows, problems, prev, batch, sealed, ref, ticket, sent, settled, changes, undo, revises, awaits, beside, lane, number, replaces)
		SELECT id, job, key, ?, body, origins, name, day, money, out, currency, print, old, words, why_left,
			rows, problems, prev, ?, ?, ?, ?, ?, ?, changes, undo, revises, awaits, beside, lane, ?, ? FROM documents WHERE id = ?`,
		string(state), batch, doc.Sealed, doc.Ref, doc.Ticket, f.at, settled, number, replaces, f.next)
	return err
}

// LanesOf are the lanes in which something was ever done and whose names begin with a
// prefix, by name.
func (l *Ledger) LanesOf(ctx context.Context, prefix string) (out []string, err error) {
	err = l.read(ctx, func(tx *txn) error {
		all, err := laneNames(tx)
		for _, name := range all {
			if strings.HasPrefix(name, prefix) {
				out = append(out, name)
			}
		}
		return err
	})
	return out, err
}
