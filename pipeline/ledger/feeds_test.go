package ledger

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"wasl/pipeline"
)

// came files a job of some rows, with the shape of its file.
func (w *world) came(job pipeline.Job, rows int, shape *pipeline.Contract) {
	w.t.Helper()
	_, err := w.l.File(context.Background(), job, pipeline.Filed{Kind: "kind", Lane: job.Flow}, func(pipeline.Filing) (pipeline.Reading, error) {
		return pipeline.Reading{Format: "csv", Rows: rows, Contract: shape}, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// small holds a job because its file has too few rows.
func (w *world) small(job pipeline.Job, rows, limit string) {
	w.t.Helper()
	why := &pipeline.Refused{Hold: true, Problems: []pipeline.Problem{{Rule: "expect.small", With: map[string]string{"rows": rows, "limit": limit}}}}
	if err := w.l.Refuse(context.Background(), job, why, pipeline.Reading{Rows: 3}); err != nil {
		w.t.Fatal(err)
	}
}

// again admits a drop once more, as wasl retry does.
func (w *world) again(first pipeline.Job) pipeline.Job {
	w.t.Helper()
	w.drops++
	w.now = w.now.Add(time.Minute)
	d, _, err := w.l.Admit(context.Background(), pipeline.Arrival{Inbox: "in", Path: first.Drop, Name: "again.csv", FileID: first.Drop, Size: 10,
		SHA256: "hash", From: "retry:" + first.Drop, Arrived: w.now, Day: w.now.Format(time.DateOnly),
		Claims: []pipeline.Claim{{Flow: first.Flow, Kind: "kind", Lane: first.Flow}}})
	if err != nil {
		w.t.Fatal(err)
	}
	return pipeline.Job{Drop: d.ID, Flow: first.Flow}
}

func (w *world) past(job pipeline.Job) pipeline.Past {
	w.t.Helper()
	d, err := w.l.Drop(context.Background(), job.Drop)
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := w.l.Past(context.Background(), job.Flow, d)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func shapeOf(names ...string) *pipeline.Contract {
	c := &pipeline.Contract{File: "a.csv", Day: "2026-11-24", Format: "csv", CodePage: "utf-8", Rows: 3}
	for i, name := range names {
		c.Columns = append(c.Columns, pipeline.Column{Name: name, At: i, Fields: []string{"sku"}, Seen: 3, Filled: 3, Types: map[string]int{"code": 3}})
	}
	return c
}

func TestPast_LastGoodFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.came(w.admit("stock"), 10, shapeOf("Code", "Qty"))
	w.came(w.admit("stock"), 20, shapeOf("Code", "الكمية"))
	w.came(w.admit("stock"), 5, nil)           // not one to go by
	w.small(w.admit("stock"), "3", "5")        // held
	w.came(w.admit("items"), 99, shapeOf("X")) // of another flow
	waiting := w.admit("stock")                // not prepared yet

	w.reopen()
	p := w.past(waiting)
	if d := cmp.Diff(*shapeOf("Code", "الكمية"), p.Last, cmpopts.IgnoreUnexported(pipeline.Column{})); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]int{5, 20, 10}, p.Rows); d != "" {
		t.Error(d)
	}
	if p := w.past(w.admit("new")); len(p.Last.Columns) != 0 || p.Rows != nil {
		t.Errorf("a flow without a file has %+v", p)
	}
}

// TestFile_ContractIsOfTheTransaction keeps the shape of a file that could not be
// filed from being the one to go by.
func TestFile_ContractIsOfTheTransaction(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	job := w.admit("stock")
	_, err := w.l.File(context.Background(), job, pipeline.Filed{Kind: "kind", Lane: "stock"}, func(to pipeline.Filing) (pipeline.Reading, error) {
		return pipeline.Reading{Contract: shapeOf("A")}, errors.New("the disk is full")
	})
	if err == nil {
		t.Fatal("no error")
	}
	if p := w.past(job); len(p.Last.Columns) != 0 {
		t.Errorf("%+v", p.Last)
	}
}

func TestAgree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	held := w.admit("stock")
	w.small(held, "3", "100")
	if err := w.l.Agree(ctx, pipeline.Consent{Drop: held.Drop, By: "Mona", Why: "inventory"}); err != nil {
		t.Fatal(err)
	}
	if p := w.past(w.again(held)); p.Consent.By != "Mona" || p.Consent.Why != "inventory" || p.Consent.At.IsZero() {
		t.Errorf("%+v", p.Consent)
	}
	if p := w.past(w.admit("stock")); p.Consent.By != "" {
		t.Errorf("another file: %+v", p.Consent)
	}
	if err := w.l.Agree(ctx, pipeline.Consent{Drop: "20200101-0001", By: "Mona", Why: "x"}); !errors.Is(err, pipeline.ErrNotFound) {
		t.Errorf("%v", err)
	}
	if err := w.l.Agree(ctx, pipeline.Consent{Drop: held.Drop, Why: "x"}); err == nil {
		t.Error("nobody agreed")
	}
}

func TestCame_RetriesAreOneFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.admit("stock")
	at := w.now
	w.small(first, "3", "100")
	one := func() pipeline.Came {
		t.Helper()
		came, err := w.l.Came(context.Background(), "stock", night)
		if err != nil || len(came) != 1 {
			t.Fatalf("%+v, %v", came, err)
		}
		return came[0]
	}
	if c := one(); c.Verdict != "held" || c.Least != 100 || c.Rows != 3 || !c.At.Equal(at) {
		t.Errorf("%+v", c)
	}
	second := w.again(first)
	w.small(second, "3", "50")
	if c := one(); c.Least != 50 || !c.At.Equal(at) || c.Drop != first.Drop {
		t.Errorf("%+v", c)
	}
	w.came(w.again(second), 3, nil)
	if c := one(); c.Verdict != "" || c.Least != 0 || !c.At.Equal(at) || c.Drop != first.Drop {
		t.Errorf("%+v", c)
	}
	// One that came before the time asked for does not come again with a retry.
	if came, err := w.l.Came(context.Background(), "stock", at.Add(time.Second)); err != nil || len(came) != 0 {
		t.Errorf("%+v, %v", came, err)
	}
}

func TestLapsed_ToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := context.Background()
	missing := pipeline.Lapse{Flow: "stock", Day: "2026-11-24", What: pipeline.LapseMissing, Due: night}
	late := missing
	late.What, late.Drop, late.File, late.At, late.Rows = pipeline.LapseLate, "20261124-0001", "stock.csv", night.Add(time.Hour), 7
	other := missing
	other.Day = "2026-11-25"
	for i, want := range []int{1, 0} {
		fresh, err := w.l.Lapsed(ctx, []pipeline.Lapse{missing})
		if err != nil || len(fresh) != want {
			t.Errorf("time %d: %d fresh, %v", i+1, len(fresh), err)
		}
		w.reopen()
	}
	if fresh, err := w.l.Lapsed(ctx, []pipeline.Lapse{missing, late, other}); err != nil || len(fresh) != 2 {
		t.Errorf("%v, %v", fresh, err)
	}
	got, err := w.l.Lapses(ctx, "2026-11-24", "2026-11-24")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]pipeline.Lapse{late}, got); d != "" {
		t.Error(d)
	}
}

// TestMigrate_0001To0002 brings a ledger as the first program left it to what this
// one knows: what was there stays, and its files count for the median.
func TestMigrate_0001To0002(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	first := fstest.MapFS{}
	text, err := fs.ReadFile(schema, "0001_init.sql")
	if err != nil {
		t.Fatal(err)
	}
	first["0001_init.sql"] = &fstest.MapFile{Data: text}
	dir := t.TempDir()
	db := openWriter(filepath.Join(dir, fileName))
	if err := migrate(ctx, db, dir, first, night); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO meta VALUES ('install', 'here'), ('program', 'wasl 1')`,
		`INSERT INTO drops (seq, id, sha256, name, folded, size, arrived, day, inbox, path, file_id, mod_time) VALUES (1, '20261123-0001', 'x', 'a.csv', 'a csv', 1, 1, '2026-11-23', 'in', 'a.csv', '1', 1)`,
		`INSERT INTO jobs (drop_seq, drop_id, flow, kind, lane, day, step, prepared, rows) VALUES (1, '20261123-0001', 'stock', 'kind', 'stock', '2026-11-23', 'closed', '{}', 42)`,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := version(ctx, db); err != nil || have != 1 {
		t.Fatalf("version %d, %v", have, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	if _, err := Open(ctx, dir, Options{ReadOnly: true}); err == nil || !strings.Contains(err.Error(), "version 1") {
		t.Errorf("a reader took the old ledger: %v", err)
	}
	w := &world{t: t, dir: dir, now: night, flows: map[string]pipeline.Flow{}}
	w.open()
	t.Cleanup(func() { _ = w.l.Shut() })
	if have, err := version(ctx, w.l.writer); err != nil || have != newestSchema(schema) || w.l.Install() != "here" {
		t.Errorf("version %d of %s, %v", have, w.l.Install(), err)
	}
	if copies, err := os.ReadDir(filepath.Join(dir, backupsDir)); err != nil || len(copies) != 1 || !strings.HasPrefix(copies[0].Name(), "wasl-v1-") {
		t.Errorf("backups %v, %v", copies, err)
	}
	job := w.admit("stock")
	if p := w.past(job); len(p.Rows) != 1 || p.Rows[0] != 42 || len(p.Last.Columns) != 0 {
		t.Errorf("%+v", p)
	}
	w.came(job, 5, shapeOf("A"))
	if p := w.past(job); len(p.Last.Columns) != 1 {
		t.Errorf("%+v", p)
	}
}
