package ledger

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// calling is a flow whose sealed documents say what they are called by: "head>key" has
// the number "no-key", and one that is sealed " for OLD" replaces it.
func calling(batch int) pipeline.Flow {
	f := sealing("eta.receipt", batch)
	f.Kind.Wary = 2
	f.Kind.Called = func(sealed []byte) (string, string) {
		text := string(sealed)
		_, key, _ := strings.Cut(text, ">")
		key, old, _ := strings.Cut(key, " for ")
		replaces := ""
		if _, of, ok := strings.Cut(old, ">"); ok {
			replaces = "uuid-" + of
		}
		return "no-" + key, replaces
	}
	return f
}

func TestPapersNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(calling(5))
	w.file(w.admit("eta.receipt"), true, doc("a", "1"), doc("b", "1"), doc("c", "1"))
	w.settle(w.take("eta.receipt"), pipeline.Rejected)
	w.file(w.admit("eta.receipt"), true, doc("a", "2")) // replaces the refused one
	w.take("eta.receipt")
	for word, want1 := range map[string]string{
		"a": "a rejected, a sending", "no-a": "a rejected, a sending", "uuid-a": "a rejected, a sending", "UUID-A": "a rejected, a sending",
		"no-b": "b rejected", "c": "c rejected", "no-x": "", "": "",
	} {
		found, err := w.l.PapersNamed(t.Context(), "eta.", word)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range found {
			got = append(got, e.Key+" "+string(e.State))
		}
		want(t, "papers of "+word, strings.Join(got, ", "), want1)
	}
	if found, err := w.l.PapersNamed(t.Context(), "erp.", "a"); err != nil || len(found) != 0 {
		t.Errorf("papers of another kind: %v, %v", found, err)
	}
	if by, err := w.l.Replacement(t.Context(), "uuid-a"); err != nil || by != "uuid-a" { // the keys of this flow are their references
		t.Errorf("replaced by %q, %v", by, err)
	}
	if by, err := w.l.Replacement(t.Context(), "uuid-b"); err != nil || by != "" {
		t.Errorf("replaced by %q, %v", by, err)
	}
}

// What people ask for by a word, and what was sealed since a day, is found by indexes:
// no table is read from end to end, however many receipts there are.
func TestPapersNamed_ReadsNoWholeTable(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(calling(5))
	w.file(w.admit("eta.receipt"), true, doc("a", "1"))
	w.settle(w.take("eta.receipt"), pipeline.Delivered)
	for name, q := range map[string]struct {
		sql  string
		args []any
	}{
		"by word":      {papersNamed, []any{"a", "a", "eta.", findMost}},
		"replaced":     {replacedBy, []any{"x"}},
		"sealed since": {`SELECT d.id FROM documents d WHERE ` + sealedSince(time.Unix(0, 0)), nil},
		"last of lane": {lastLost, []any{"lane"}},
	} {
		rows, err := w.l.reader.Query(`EXPLAIN QUERY PLAN `+q.sql, q.args...)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{"d", "b", "k", "w", "documents", "batches"} {
				if detail == "SCAN "+table || strings.HasPrefix(detail, "SCAN "+table+" ") {
					t.Errorf("%s: %s", name, detail)
				}
			}
		}
		if err := rows.Close(); err != nil {
			t.Error(err)
		}
	}
}

// What was sealed before there were numbers is found by them after the migration.
func TestMigrate_NumbersOfReceipts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f := sealing("eta.receipt", 5)
	seal := f.Kind.Seal
	f.Kind.Seal = func(d pipeline.Document, link pipeline.Link, at time.Time) ([]byte, string, string, error) {
		_, ref, head, err := seal(d, link, at)
		return fmt.Appendf(nil, `{"header":{"receiptNumber":"no-%s","referenceOldUUID":"old-%s"}}`, d.Key, d.Key), ref, head, err
	}
	w.flow(f)
	w.file(w.admit("eta.receipt"), true, doc("a", "1"))
	w.take("eta.receipt")
	for _, sql := range []string{`DROP TRIGGER table_rows_gone`, `DROP TRIGGER table_rows_changed`, `DROP INDEX table_marks`, `ALTER TABLE table_rows DROP COLUMN mark`, // 0022
		`DROP INDEX documents_number`, `DROP INDEX documents_replaces`, `DROP INDEX batches_taken`, `DROP INDEX batches_lane`,
		`ALTER TABLE documents DROP COLUMN number`, `ALTER TABLE documents DROP COLUMN replaces`, `ALTER TABLE batches DROP COLUMN lost`, `ALTER TABLE batches DROP COLUMN doubt`,
		`DELETE FROM goose_db_version WHERE version_id >= 21`, `PRAGMA user_version = 16`} {
		if _, err := w.l.writer.Exec(sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	w.reopen() // brings 0021 and what came after it
	found, err := w.l.PapersNamed(t.Context(), "eta.", "no-a")
	if err != nil || len(found) != 1 || found[0].Key != "a" {
		t.Errorf("found %v, %v", found, err)
	}
	if by, err := w.l.Replacement(t.Context(), "old-a"); err != nil || by != "uuid-a" {
		t.Errorf("replaced by %q, %v", by, err)
	}
}

// A batch of which nobody knows what became counts as lost, once each time it left;
// and what the lane takes next is small, until an answer arrives.
func TestSettle_LostAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(calling(3))
	w.file(w.admit("eta.receipt"), true, doc("a", "1"), doc("b", "1"), doc("c", "1"), doc("d", "1"), doc("e", "1"), doc("f", "1"), doc("g", "1"))
	lost := func() int {
		t.Helper()
		b, err := w.l.Open(t.Context(), "eta.receipt")
		if err != nil {
			t.Fatal(err)
		}
		return b.Lost
	}
	b := w.take("eta.receipt")
	w.answer(b, pipeline.Answer{}) // no answer came
	if lost() != 1 {
		t.Errorf("lost %d times, want 1", lost())
	}
	b, _ = w.l.Open(t.Context(), "eta.receipt")
	b.Asked++
	w.settle(b, pipeline.Ready) // it is not there
	if lost() != 1 {
		t.Errorf("lost %d times after a question, want 1", lost())
	}
	b = w.take("eta.receipt")
	w.settle(b, pipeline.Ready) // nothing was taken, for certain: no answer was lost
	if lost() != 1 {
		t.Errorf("lost %d times after a refusal, want 1", lost())
	}
	w.settle(w.take("eta.receipt"), pipeline.Delivered)
	next := w.take("eta.receipt")
	want(t, "after a lost answer", keys(next), "d e")
	w.settle(next, pipeline.Delivered)
	next = w.take("eta.receipt")
	want(t, "after an answer", keys(next), "f g")

	w.reopen() // a crash: nobody knows whether it left
	b, _ = w.l.Open(t.Context(), "eta.receipt")
	b.Asked++
	w.settle(b, pipeline.Ready)
	if lost() != 1 {
		t.Errorf("lost %d times after a crash, want 1", lost())
	}
}
