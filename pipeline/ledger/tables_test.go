package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

// marked are the codes of the rows that a prefix finds.
func marked(t *testing.T, l *Ledger, table, prefix string, back bool) string {
	t.Helper()
	var codes []string
	for row, err := range l.Marked(t.Context(), table, prefix, back) {
		if err != nil {
			t.Fatal(err)
		}
		codes = append(codes, row.Code+"="+row.Mark)
	}
	return strings.Join(codes, " ")
}

// TestTables_Marked finds rows by their marks, in the order of these, and a row has the
// mark that it was put with last.
func TestTables_Marked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	put := func(table string, rows ...pipeline.TableRow) {
		t.Helper()
		if err := w.l.Put(t.Context(), table, rows); err != nil {
			t.Fatal(err)
		}
	}
	put("a", pipeline.TableRow{Code: "1", Mark: "open/2"}, pipeline.TableRow{Code: "2", Mark: "open/1"}, pipeline.TableRow{Code: "3", Mark: "open/1"},
		pipeline.TableRow{Code: "4"}, pipeline.TableRow{Code: "5", Mark: "opened"}, pipeline.TableRow{Code: "6", Mark: "مفتوح"})
	put("b", pipeline.TableRow{Code: "7", Mark: "open/1"})
	if got := marked(t, w.l, "a", "open/", false); got != "2=open/1 3=open/1 1=open/2" {
		t.Errorf("got %s", got)
	}
	if got := marked(t, w.l, "a", "open/", true); got != "1=open/2 3=open/1 2=open/1" {
		t.Errorf("from the last: %s", got)
	}
	if got := marked(t, w.l, "a", "مف", false); got != "6=مفتوح" {
		t.Errorf("in Arabic: %s", got)
	}
	put("a", pipeline.TableRow{Code: "2"}, pipeline.TableRow{Code: "4", Mark: "open/0"})
	if got := marked(t, w.l, "a", "open/", false); got != "4=open/0 3=open/1 1=open/2" {
		t.Errorf("after a change: %s", got)
	}
	if row, err := w.l.Row(t.Context(), "a", "4"); err != nil || row.Mark != "open/0" {
		t.Errorf("%+v, %v", row, err)
	}
}

// TestTables_MarkedByIndex: what is marked is found without a look at the others.
func TestTables_MarkedByIndex(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, order := range []string{"mark, code", "mark DESC, code DESC"} {
		rows, err := w.l.reader.QueryContext(t.Context(), `EXPLAIN QUERY PLAN SELECT `+tableColumns+` FROM table_rows
			WHERE tbl = 'a' AND mark <> '' AND mark >= 'x' AND mark < 'y' ORDER BY `+order)
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var text string
			if err := rows.Scan(&id, &parent, &unused, &text); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, text)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(plan, "; "); !strings.Contains(all, "table_marks (tbl=? AND mark>? AND mark<?)") || strings.Contains(all, "TEMP B-TREE") {
			t.Errorf("by %s: %s", order, all)
		}
	}
}

// TestTables_AllOrNone: rows of several tables count together.
func TestTables_AllOrNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, err := w.l.writer.Exec(`CREATE TRIGGER broken BEFORE INSERT ON table_rows WHEN NEW.tbl = 'z' BEGIN SELECT RAISE(ABORT, 'broken'); END`); err != nil {
		t.Fatal(err)
	}
	row := []pipeline.TableRow{{Code: "1"}}
	if err := w.l.PutAll(t.Context(), map[string][]pipeline.TableRow{"a": row, "z": row}); err == nil {
		t.Fatal("no error")
	}
	for row, err := range w.l.Rows(t.Context(), "a") {
		t.Errorf("%+v, %v", row, err)
	}
}

// TestTables_Kept: what is kept of a table stays as long as rows come by Put, and goes
// with a row that goes in any other way.
func TestTables_Kept(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		by   string
		kept int
	}{
		"nothing":                  {`SELECT 1`, 1},
		"a row goes":               {`DELETE FROM table_rows WHERE tbl = 'a' AND code = '2'`, 0},
		"a row is changed":         {`UPDATE table_rows SET cols = '{"x":"9"}' WHERE tbl = 'a' AND code = '2'`, 0},
		"a row gets another code":  {`UPDATE table_rows SET code = '9' WHERE tbl = 'a' AND code = '2'`, 0},
		"a row of another table":   {`DELETE FROM table_rows WHERE tbl = 'b'`, 1},
		"only a mark":              {`UPDATE table_rows SET mark = 'x' WHERE tbl = 'a'`, 1},
		"a row moves to the table": {`UPDATE table_rows SET tbl = 'a' WHERE tbl = 'b'`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for range 2 { // a row that takes the place of another does not go
				err := w.l.PutAll(t.Context(), map[string][]pipeline.TableRow{"a": {{Code: "1"}, {Code: "2"}}, "b": {{Code: "3"}}, pipeline.KeptOf("a"): {{Code: "sum"}}})
				if err != nil {
					t.Fatal(err)
				}
			}
			if _, err := w.l.writer.Exec(test.by); err != nil {
				t.Fatal(err)
			}
			kept := 0
			for _, err := range w.l.Rows(t.Context(), pipeline.KeptOf("a")) {
				if kept++; err != nil {
					t.Fatal(err)
				}
			}
			if kept != test.kept {
				t.Errorf("%d rows are kept, want %d", kept, test.kept)
			}
		})
	}
}

// TestMigrate_Marks: what an older ledger remembers of the ERP is found by its marks
// afterwards.
func TestMigrate_Marks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := openWriter(filepath.Join(dir, fileName))
	t.Cleanup(func() { _ = db.Close() })
	migrateBefore(t, db, dir, "0022")
	for _, row := range [][3]string{
		{"erp.documents", "SI-1", `{"key":"k1"}`}, {"erp.documents", "SI-2", `{"key":"k2"}`}, {"erp.documents", "SI-3", `{"key":"k3"}`},
		{"erp.documents", "SI-4", `{"key":"k4"}`}, {"erp.documents", "SI-5", `{"key":"k5"}`},
		{"erp.answers", "SI-1", `{"state":"booked","spent":""}`}, {"erp.answers", "SI-2", `{"state":"pending","spent":""}`},
		{"erp.answers", "SI-3", `{"state":"refused","spent":"b7"}`}, {"erp.answers", "SI-4", `{"state":"refused","spent":""}`},
		{"erp.moves", "p1", `{"type":"receipt","account":"CLR","currency":"EGP","day":"2026-11-24","number":"RV-1","amount":"5"}`},
		{"items", "A", `{}`},
	} {
		if _, err := db.Exec(`INSERT INTO table_rows (tbl, code, cols, drop_id, flow) VALUES (?, ?, ?, 'd', 'f')`, row[0], row[1], row[2]); err != nil {
			t.Fatal(err)
		}
	}
	if err := migrate(t.Context(), db, dir, schema, night); err != nil {
		t.Fatal(err)
	}
	rows, err := db.Query(`SELECT tbl, code, replace(mark, char(31), '|') FROM table_rows WHERE mark <> '' ORDER BY tbl, code`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var got []string
	for rows.Next() {
		var table, code, mark string
		if err := rows.Scan(&table, &code, &mark); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintln(table, code, mark))
	}
	want := []string{"erp.answers SI-1 booked|d|f|\n", "erp.answers SI-3 spent|d|f|\n", "erp.answers SI-4 refused|d|f|\n",
		"erp.documents SI-2 open\n", "erp.documents SI-3 open\n", "erp.documents SI-5 open\n", "erp.moves p1 receipt|CLR|EGP|2026-11-24|RV-1\n"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
}

// migrateBefore makes a ledger as it was before a migration.
func migrateBefore(t *testing.T, db *sql.DB, dir, number string) {
	t.Helper()
	names, err := fs.Glob(schema, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	older := fstest.MapFS{}
	for _, name := range names {
		if name[:4] >= number {
			continue
		}
		text, err := fs.ReadFile(schema, name)
		if err != nil {
			t.Fatal(err)
		}
		older[name] = &fstest.MapFile{Data: text}
	}
	if err := migrate(context.Background(), db, dir, older, night); err != nil {
		t.Fatal(err)
	}
}
