package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"testing/fstest"

	"wasl/pipeline"
)

func TestOpen_Pragmas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, p := range writing {
		var got string
		if err := w.l.writer.QueryRow("PRAGMA " + p.name).Scan(&got); err != nil || got != p.reads {
			t.Errorf("%s = %s, %v; want %s", p.name, got, err, p.reads)
		}
	}
	var app, have int
	if err := w.l.reader.QueryRow(`SELECT * FROM pragma_application_id, pragma_user_version`).Scan(&app, &have); err != nil || app != applicationID || have != newestSchema(schema) {
		t.Errorf("application_id %d, user_version %d, %v", app, have, err)
	}
	if _, err := w.l.reader.Exec(`DELETE FROM meta`); err == nil {
		t.Error("the reader can write")
	}
}

func TestOpen_RefusesOtherPragmas(t *testing.T) {
	t.Parallel()
	wrong := []pragma{{"synchronous", "NORMAL", "2"}}
	_, err := connector{dsn(filepath.Join(t.TempDir(), "x.db"), "rwc", "immediate", wrong), wrong}.Connect(context.Background())
	if err == nil {
		t.Error("a connection with synchronous=NORMAL was used")
	}
}

func TestOpen_Modes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a b", "حالة?#%41")
	l, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Shut() }()
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if _, err := os.Stat(filepath.Join(dir, fileName)); err != nil {
		t.Errorf("the ledger is elsewhere: %v", err)
	}
}

func TestOpen_Locked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := Open(context.Background(), w.dir, Options{})
	tr := trouble(t, err, "state.locked")
	if !errors.Is(err, ErrLocked) || tr.With["pid"] != strconv.Itoa(os.Getpid()) || tr.With["since"] != "2026-11-24T01:30:00Z" {
		t.Errorf("got %v", tr.With)
	}
	reader, err := Open(context.Background(), w.dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	w.file(w.admit("stock"), true, doc("a", "1"))
	if jobs, err := reader.Jobs(context.Background(), "0000", "9999"); err != nil || len(jobs) != 1 {
		t.Errorf("the reader sees %d jobs, %v", len(jobs), err)
	}
	if err := reader.Done(context.Background(), "stock"); err == nil {
		t.Error("the reader wrote")
	}
	if reader.Install() != w.l.Install() || reader.Install() == "" {
		t.Errorf("install %q and %q", reader.Install(), w.l.Install())
	}
	if err := reader.Shut(); err != nil {
		t.Error(err)
	}
	w.reopen()
}

func TestOpen_ReadOnlyMakesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	_, err := Open(context.Background(), dir, Options{ReadOnly: true})
	trouble(t, err, "state.none")
	if !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a reader made the folder: %v", err)
	}
	w := newWorld(t) // and without anybody writing
	if err := w.l.Shut(); err != nil {
		t.Fatal(err)
	}
	l, err := Open(context.Background(), w.dir, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Status(context.Background()); err != nil {
		t.Error(err)
	}
	if err := errors.Join(l.Shut(), l.Shut()); err != nil {
		t.Error(err)
	}
}

// later is the schema with one more migration.
func later(t *testing.T, sql string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	names, err := fs.Glob(schema, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(schema, name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = &fstest.MapFile{Data: text}
	}
	out["0099_later.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + sql + ";\nPRAGMA user_version = 99;\n")}
	return out
}

func TestMigrate_FromAnOlderVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	w.file(w.admit("stock"), true, doc("a", "1"))
	if err := migrate(ctx, w.l.writer, w.dir, later(t, `ALTER TABLE drops ADD COLUMN more TEXT NOT NULL DEFAULT 'x'`), night); err != nil {
		t.Fatal(err)
	}
	var more string
	if err := w.l.writer.QueryRow(`SELECT more FROM drops`).Scan(&more); err != nil || more != "x" {
		t.Errorf("%q, %v", more, err)
	}
	if have, err := version(ctx, w.l.writer); err != nil || have != 99 {
		t.Errorf("version %d, %v", have, err)
	}
	copies, err := os.ReadDir(filepath.Join(w.dir, backupsDir))
	if err != nil || len(copies) != 1 || copies[0].Name() != fmt.Sprintf("wasl-v%d-20261124T013000Z.db", newestSchema(schema)) {
		t.Fatalf("backups %v, %v", copies, err)
	}
	old := openReader(filepath.Join(w.dir, backupsDir, copies[0].Name()))
	defer func() { _ = old.Close() }()
	var n int
	if have, err := version(ctx, old); err != nil || have != newestSchema(schema) {
		t.Errorf("the copy has version %d, %v", have, err)
	}
	if err := old.QueryRow(`SELECT count(*) FROM documents`).Scan(&n); err != nil || n != 1 {
		t.Errorf("the copy has %d documents, %v", n, err)
	}
	if err := w.l.Shut(); err != nil {
		t.Fatal(err)
	}
	for _, readOnly := range []bool{false, true} { // this program is the older one now
		_, err := Open(ctx, w.dir, Options{ReadOnly: readOnly})
		trouble(t, err, "state.newer")
	}
}

// before is the schema as it was at a version.
func before(t *testing.T, version int) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	for n := 1; n <= version; n++ {
		names, err := fs.Glob(schema, fmt.Sprintf("%04d_*.sql", n))
		if err != nil || len(names) != 1 {
			t.Fatalf("migration %d: %v, %v", n, names, err)
		}
		text, err := fs.ReadFile(schema, names[0])
		if err != nil {
			t.Fatal(err)
		}
		out[names[0]] = &fstest.MapFile{Data: text}
	}
	return out
}

// A ledger of the time before there were gates: what was ready leaves as ever, what
// was done can be told, and nothing of it is held, booked or a memo.
func TestMigrate_FromBeforeGates(t *testing.T) {
	t.Parallel()
	ctx, dir := context.Background(), t.TempDir()
	db := openWriter(filepath.Join(dir, fileName))
	if err := migrate(ctx, db, dir, before(t, 3), night); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`INSERT INTO spaces (id, kind, lane) VALUES (1, 'kind', 'stock')`,
		`INSERT INTO drops (seq, id, sha256, name, folded, size, arrived, day, inbox, path, file_id, mod_time)
			VALUES (1, '20261123-0001', 'x', 'a.csv', 'a.csv', 1, 1, '2026-11-23', 'in', 'a.csv', '1', 1)`,
		`INSERT INTO jobs (seq, drop_seq, drop_id, flow, kind, lane, space, day, step, prepared, rows, first_doc, last_doc)
			VALUES (1, 1, '20261123-0001', 'stock', 'kind', 'stock', 1, '2026-11-23', 'deliver', '{"rows":2}', 2, 1, 2)`,
		`INSERT INTO batches (seq, id, lane, job, taken, due, holds) VALUES (1, 'b', 'stock', 1, 1, 1, 'final')`,
		`INSERT INTO documents (id, job, key, state, body, origins, name, day, money, out, currency, print, old, words, why_left, rows, problems, prev, batch)
			VALUES (1, 1, 'a', 'delivered', '"1"', '', 'a', '', '', '', '', '', '', '', '', 1, 0, 0, 1),
			       (2, 1, 'b', 'ready', '"1"', '', 'b', '', '', '', '', '', '', '', '', 1, 0, 0, NULL)`,
		`INSERT INTO known (space, key, newest, brought, job, waiting, gone, gone_state, gone_print, gone_at, print, found)
			VALUES (1, 'a', 1, 1, 1, 0, 1, 'delivered', x'', 1, x'', 0), (1, 'b', 2, 1, 1, 2, 0, '', x'', 0, x'', 0)`,
	} {
		if _, err := db.Exec(sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := Open(ctx, dir, Options{ReadOnly: true})
	trouble(t, err, "state.older")

	w := &world{t: t, dir: dir, now: night, flows: map[string]pipeline.Flow{"stock": {Name: "stock", Lane: "stock", Kind: pipeline.Kind{Name: "kind"}}}}
	w.open()
	defer func() { _ = w.l.Shut() }()
	want(t, "gates", w.gates(), "0001 deliver")
	if _, lost, err := w.l.Undoable(ctx, pipeline.Job{Drop: "20261123-0001", Flow: "stock"}); err != nil || lost != 1 {
		t.Errorf("%d cannot be put back, %v", lost, err)
	}
	if wishes, err := w.l.Wishes(ctx, "stock"); err != nil || len(wishes) != 2 {
		t.Errorf("wishes %v, %v", wishes, err)
	}
	if b := w.take("stock"); len(b.Docs) != 1 || b.Docs[0].Key != "b" {
		t.Errorf("sent %v", b.Docs)
	}
	if at, err := w.l.NextDue(ctx); err != nil || !at.IsZero() {
		t.Errorf("booked at %s, %v", at, err)
	}
	// A program from before there were gates refuses what this one has written.
	trouble(t, checkVersion(ctx, w.l.reader, dir, 3), "state.newer")
	trouble(t, migrate(ctx, w.l.writer, dir, before(t, 3), night), "state.newer")
}

func TestMigrate_FailureChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.admit("stock")
	if err := migrate(context.Background(), w.l.writer, w.dir, later(t, `DROP TABLE said; ALTER TABLE nowhere ADD COLUMN x`), night); err == nil {
		t.Fatal("a broken migration went through")
	}
	w.reopen()
	want(t, "steps", w.steps(), "0001 prepare")
	if _, err := w.l.Said(context.Background(), "x"); err != nil {
		t.Error(err)
	}
}

func TestOpen_Older(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	trouble(t, checkVersion(context.Background(), w.l.reader, w.dir, newestSchema(schema)+1), "state.older")
}

func TestOpen_Damaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.l.Shut(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(w.l.path(), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(make([]byte, 3*4096), 4096); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Open(context.Background(), w.dir, Options{})
	trouble(t, err, "state.damaged")
	if err := os.WriteFile(w.l.path(), []byte("this is a text, and no ledger of anything at all"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err = Open(context.Background(), w.dir, Options{}); err == nil {
		t.Error("a text was opened")
	}
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	first := w.admit("stock")
	w.file(first, true, doc("a", "1"))
	job := w.admit("stock")
	var pages int
	if err := w.l.writer.QueryRow(`PRAGMA page_count`).Scan(&pages); err != nil {
		t.Fatal(err)
	}
	limit := func(n int) {
		if _, err := w.l.writer.Exec(`PRAGMA max_page_count = ` + strconv.Itoa(n)); err != nil {
			t.Fatal(err)
		}
	}
	limit(pages + 2)
	big := func(to pipeline.Filing) (pipeline.Reading, error) {
		for i := range 2000 {
			if err := to.Document(doc(strconv.Itoa(i), "1"), 1, nil); err != nil {
				return pipeline.Reading{}, err
			}
		}
		return pipeline.Reading{}, nil
	}
	_, err := w.l.File(ctx, job, pipeline.Filed{Kind: "kind", Lane: "stock"}, big)
	trouble(t, err, "state.full")
	if later, ok := errors.AsType[*pipeline.Later](err); !ok || later.After != fullWait {
		t.Errorf("got %v, want to try again in %v", err, fullWait)
	}
	want(t, "states", w.states(), "0001 a ready")
	limit(1 << 20)
	if made, err := w.l.File(ctx, job, pipeline.Filed{Kind: "kind", Lane: "stock"}, big); err != nil || made.Documents[pipeline.Ready] != 2000 {
		t.Errorf("after room was made: %v, %v", made, err)
	}
}
