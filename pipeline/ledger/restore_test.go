package ledger

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// issue files, takes and delivers one document of the flow receipts.
func (w *world) issue(key string) {
	w.t.Helper()
	w.file(w.admit("receipts"), true, doc(key, "1"))
	w.settle(w.take("receipts"), pipeline.Delivered)
}

func (w *world) restored() string {
	w.t.Helper()
	why, err := w.l.Restored(context.Background())
	if err != nil {
		w.t.Fatal(err)
	}
	return why
}

// copyDir copies a folder as a backup does.
func copyDir(t testing.TB, from, to string) {
	t.Helper()
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		t.Skipf("no cp here: %v %s", err, out)
	}
}

func issuing(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.flow(sealing("receipts", 10))
	if why := w.restored(); why != "" {
		t.Fatalf("a new ledger is restored: %s", why)
	}
	if err := w.l.Vouch(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.issue("a")
	w.reopen()
	if why := w.restored(); why != "" {
		t.Fatalf("after a mere restart: %s", why)
	}
	return w
}

func TestRestored_FileAloneIsBehindItsWitness(t *testing.T) {
	t.Parallel()
	w := issuing(t)
	if err := w.l.Shut(); err != nil {
		t.Fatal(err)
	}
	backup, err := os.ReadFile(filepath.Join(w.dir, fileName))
	if err != nil {
		t.Fatal(err)
	}
	w.open()
	w.issue("b")
	if err := w.l.Shut(); err != nil {
		t.Fatal(err)
	}
	for _, ending := range []string{"-wal", "-shm"} {
		_ = os.Remove(filepath.Join(w.dir, fileName+ending)) // it may not be there
	}
	if err := os.WriteFile(filepath.Join(w.dir, fileName), backup, 0o600); err != nil { // into the same file: the place is the same
		t.Fatal(err)
	}
	w.open()
	want(t, "restored", w.restored(), RestoredBehind)
	w.reopen() // nothing was done about it: it is found again
	want(t, "restored", w.restored(), RestoredBehind)
}

// A folder that was copied whole is in agreement with the witness in it; a witness elsewhere, and its place, tell.
func TestRestored_WholeFolder(t *testing.T) {
	t.Parallel()
	w := issuing(t)
	if placeOf(w.l.path()) == "" {
		t.Skip("the place of a file cannot be told here")
	}
	if err := w.l.Shut(); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(t.TempDir(), "copy")
	copyDir(t, w.dir, other)
	w.dir = other
	w.open()
	want(t, "restored", w.restored(), RestoredMoved)
	if err := w.l.Vouch(context.Background()); err != nil {
		t.Fatal(err)
	}
	want(t, "restored", w.restored(), "")
}

func TestRestored_WitnessElsewhere(t *testing.T) {
	t.Parallel()
	dir, away := t.TempDir(), t.TempDir()
	w := &world{t: t, dir: dir, now: night, flows: map[string]pipeline.Flow{}}
	open := func() {
		l, err := Open(context.Background(), dir, Options{Now: func() time.Time { return w.now }, Witness: []string{away, filepath.Join(away, "gone")}})
		if err != nil {
			t.Fatal(err)
		}
		w.l = l
		t.Cleanup(func() { _ = l.Shut() })
	}
	open()
	w.flow(sealing("receipts", 10))
	w.issue("a")
	if err := w.l.Shut(); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`{"install":%q,"chains":{"pos":2}}`, w.l.Install())
	if err := os.WriteFile(filepath.Join(away, "."+witnessName), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	open()
	want(t, "restored", w.restored(), RestoredBehind)
	if err := os.WriteFile(filepath.Join(away, "."+witnessName), []byte(`{"install":"another","chains":{"pos":1}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	want(t, "restored", w.restored(), RestoredOther)
	if err := os.WriteFile(filepath.Join(away, "."+witnessName), []byte(`half of a witn`), 0o600); err != nil {
		t.Fatal(err)
	}
	want(t, "restored", w.restored(), "")
}

func TestLock_NothingIsTakenBeforeItIsOpened(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := issuing(t)
	w.file(w.admit("receipts"), true, doc("b", "1"))
	w.file(w.admit("stock"), true, doc("s", "1"))
	if err := w.l.Lock(ctx, []string{"receipts"}, RestoredMoved); err != nil {
		t.Fatal(err)
	}
	if err := w.l.Lock(ctx, []string{"receipts"}, RestoredBehind); err != nil { // again: it stays as it is
		t.Fatal(err)
	}
	for range 2 {
		_, err := w.l.Take(ctx, "receipts", w.now, w.rule)
		if tr := trouble(t, err, "lane.locked"); tr.With["why"] != RestoredMoved {
			t.Errorf("with %v", tr.With)
		}
		w.reopen()
	}
	w.settle(w.take("stock"), pipeline.Delivered) // other lanes go on
	locks, err := w.l.Locks(ctx)
	if err != nil || len(locks) != 1 || locks[0].Lane != "receipts" {
		t.Fatalf("locks %v, %v", locks, err)
	}
	if err := w.l.Unlock(ctx, "receipts", "compared"); err != nil {
		t.Fatal(err)
	}
	want(t, "sealed", sealed(w.take("receipts")), "a>b")
}

// What left before the restore is taken over: the head moves on, what is ready of it has left, and what comes again is known.
func TestAdopt_ChainGoesOnAndNothingLeavesTwice(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := issuing(t)
	w.file(w.admit("receipts"), true, doc("b", "1"))
	left := func(key string, state pipeline.State) pipeline.Document {
		d := doc(key, "1")
		d.Sealed, d.Ref, d.State = []byte("sealed "+key), "uuid-"+key, state
		return d
	}
	adoption := func(n int, docs ...pipeline.Document) Adoption {
		return Adoption{Memo: pipeline.Arrival{Name: "restored", Size: 1, SHA256: fmt.Sprint("memo", n), From: "memo:adopt", Arrived: w.now, Day: "2026-11-24",
			Claims: []pipeline.Claim{{Flow: "receipts", Kind: "receipts", Lane: "receipts"}}}, Flow: w.flows["receipts"], Lane: "receipts", Chain: "pos", Head: "c", Docs: docs}
	}
	n, err := w.l.Adopt(ctx, adoption(1, left("b", pipeline.Delivered), left("c", pipeline.Accepted), left("a", pipeline.Delivered)))
	if err != nil || n != 2 { // a is known by its reference
		t.Fatalf("adopted %d, %v", n, err)
	}
	chain, err := w.l.Chain(ctx, "pos")
	if err != nil || chain.Head != "c" || chain.Count != 3 {
		t.Errorf("chain %+v, %v", chain, err)
	}
	if e := w.entry("b"); e.State != pipeline.Delivered || string(e.Sealed) != "sealed b" || e.Ref != "uuid-b" {
		t.Errorf("b: %s %s %s", e.State, e.Sealed, e.Ref)
	}
	open, err := w.l.Open(ctx, "receipts")
	if err != nil || len(open.Docs) != 1 || open.Docs[0].Key != "c" || open.Docs[0].State != pipeline.Accepted {
		t.Fatalf("to be asked about: %+v, %v", open.Docs, err)
	}
	w.settle(open, pipeline.Delivered)
	made := w.file(w.admit("receipts"), true, doc("a", "1"), doc("b", "1"), doc("c", "1"), doc("d", "1"))
	if made.Documents[pipeline.Unchanged] != 3 || made.Documents[pipeline.Ready] != 1 {
		t.Errorf("again: %v", made.Documents)
	}
	want(t, "sealed", sealed(w.take("receipts")), "c>d")
	if n, err := w.l.Adopt(ctx, adoption(2, left("b", pipeline.Delivered))); err != nil || n != 0 {
		t.Errorf("adopted again: %d, %v", n, err)
	}
}

func TestPapers_KeptForFiveYears(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t)
	w.flow(sealing("receipts", 10))
	w.now = time.Now()
	w.file(w.admit("receipts"), true, doc("a", "1"))
	b := w.take("receipts")
	w.answer(b, pipeline.Answer{Outcomes: []pipeline.Outcome{{Key: "a", State: pipeline.Delivered}}, Said: []pipeline.Said{{At: w.now, What: "POST", Status: 202, Body: []byte("taken")}}})
	remove := func(table string) error {
		return w.l.write(ctx, "delete", func(tx *txn) error { _, err := tx.Exec(`DELETE FROM ` + table); return err })
	}
	for _, table := range []string{"said", "documents"} {
		if err := remove(table); err == nil || !strings.Contains(err.Error(), "five years") {
			t.Errorf("delete %s: %v", table, err)
		}
	}
	old := time.Now().AddDate(-5, 0, -1).Add(-24 * time.Hour).UnixNano()
	if err := w.l.write(ctx, "age", func(tx *txn) error {
		_, err := tx.Exec(`UPDATE said SET at = ?`, old)
		if err == nil {
			_, err = tx.Exec(`UPDATE documents SET sent = ?`, old)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := remove("said"); err != nil {
		t.Errorf("after five years: %v", err)
	}
}

func TestHanded_OncePerJob(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	w := newWorld(t)
	w.flow(sealing("receipts", 10))
	w.issue("a")
	w.issue("b")
	jobs, err := w.l.Unhanded(ctx, "copies", "rec")
	if err != nil || len(jobs) != 2 {
		t.Fatalf("to be handed on: %d, %v", len(jobs), err)
	}
	for range 2 {
		if err := w.l.Hand(ctx, "copies", jobs[0].Job, "x.html"); err != nil {
			t.Fatal(err)
		}
	}
	for what, n := range map[string]int{"copies": 1, "results": 2} {
		if jobs, err := w.l.Unhanded(ctx, what, "rec"); err != nil || len(jobs) != n {
			t.Errorf("%s: %d, %v", what, len(jobs), err)
		}
	}
	if jobs, err := w.l.Unhanded(ctx, "copies", "stock"); err != nil || len(jobs) != 0 {
		t.Errorf("of other kinds: %d, %v", len(jobs), err)
	}
}
