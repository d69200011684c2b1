package ledger

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// bought is an order's document of somebody.
func bought(key, id, mail, phone, name string) pipeline.Document {
	d := doc(key, "")
	d.Body = json.RawMessage(fmt.Sprintf(`{"order":{"order.name":"#%s","order.total":"85","customer.id":%q,"customer.email":%q,"customer.phone":%q,"customer.name":%q,"customer.city":"Giza"},"lines":[{"sku":"A-1","quantity":"2"}]}`,
		key, id, mail, phone, name))
	d.Print = "facts of " + key
	d.Words = []string{"54" + key, phone, mail}
	return d
}

var mona = pipeline.Person{IDs: []string{"7001"}, Emails: []string{"mona@example.net"}, Phones: []string{"1001234567"}, Texts: []string{"Mona Aly", "12 Nasr Street"}}

// planted is what no byte of a state folder may hold after mona was forgotten.
var planted = []string{"mona@example.net", "1001234567", "Mona Aly", "12 Nasr Street"}

// found are the planted texts that lie in a folder, with their files.
func found(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		for _, word := range planted {
			if bytes.Contains(bytes.ToLower(text), []byte(strings.ToLower(word))) {
				out = append(out, filepath.Base(path)+": "+word)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (w *world) once(docs ...pipeline.Document) pipeline.Prepared {
	w.t.Helper()
	w.flow(pipeline.Flow{Name: "orders", Lane: "orders", Kind: pipeline.Kind{Name: "kind", Once: true}})
	return w.file(w.admit("orders"), false, docs...)
}

// forget forgets mona as the program does.
func (w *world) forget() Forgotten {
	w.t.Helper()
	f, err := w.l.Forget(w.t.Context(), mona, "Hala", "she wrote")
	if err == nil {
		f, err = w.l.Erase(w.t.Context(), f.ID, mona, nil)
	}
	if err == nil {
		err = w.l.SweepForgotten(w.t.Context(), f.ID)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return f
}

func TestForget_NoByteIsLeft(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.once(bought("1001", "7001", "mona@example.net", "+20 100 123 4567", "Mona Aly"), bought("1002", "7002", "k@example.net", "01222223333", "Mona Aly"))
	b := w.take("orders")
	w.answer(b, pipeline.Answer{Said: []pipeline.Said{{At: w.now, What: "wrote", Body: []byte("taken: Mona Aly, 01001234567, #1001")}},
		Outcomes: []pipeline.Outcome{{Key: "1001", State: pipeline.Delivered}, {Key: "1002", State: pipeline.Delivered}}})
	held := in(pipeline.Held, bought("1003", "7001", "mona@example.net", "01001234567", "Mona Aly"))
	w.once(held)
	if err := w.l.Put(t.Context(), "customers", []pipeline.TableRow{{Code: "1234", Cols: map[string]string{"name": "Mona Aly", "phone": "0100-123-4567", "city": "Giza"}},
		{Code: "1235", Cols: map[string]string{"name": "Mona Aly", "phone": "01222223333"}}}); err != nil {
		t.Fatal(err)
	}
	backups := filepath.Join(w.dir, backupsDir)
	if err := os.MkdirAll(backups, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(backups, "wasl-v3-20250101T000000Z.db"), []byte("mona@example.net"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.l.Note(t.Context(), b.Job, []pipeline.Problem{{Rule: "customer.phone", Field: "customer.phone", Value: "01001234567", With: map[string]string{"key": "C-7001"}}}); err != nil {
		t.Fatal(err)
	}
	w.reopen()
	if len(found(t, w.dir)) == 0 {
		t.Fatal("nothing was planted: this test cannot fail")
	}

	f := w.forget()
	if f.Documents != 2 || f.Papers != 0 || f.Step != ForgetErased {
		t.Errorf("tombstone %+v", f)
	}
	for _, left := range found(t, w.dir) {
		if !strings.HasSuffix(left, ": Mona Aly") { // she of #1002 is another one
			t.Errorf("still there: %v", left)
		}
	}
	if e := w.entry("1001"); e.State != pipeline.Delivered || !strings.Contains(string(e.Body), `"order.total":"85"`) || !strings.Contains(string(e.Body), `"customer.id":"7001"`) || strings.Contains(string(e.Body), "Giza") {
		t.Errorf("her order: %s %s", e.State, e.Body)
	}
	if e := w.entry("1002"); !strings.Contains(string(e.Body), "k@example.net") || !strings.Contains(string(e.Body), "Mona Aly") {
		t.Errorf("the order of another one: %s", e.Body)
	}
	entries, _, err := w.l.Find(t.Context(), "k@example.net")
	if err != nil || len(entries) != 1 {
		t.Errorf("another one by mail: %d, %v", len(entries), err)
	}
	if row, err := w.l.Row(t.Context(), "customers", "1235"); err != nil || row.Cols["phone"] != "01222223333" {
		t.Errorf("another one on the ERP's list: %v, %v", row, err)
	}
	copies, _ := os.ReadDir(backups)
	if len(copies) != 1 || copies[0].Name() == "wasl-v3-20250101T000000Z.db" {
		t.Errorf("copies of the ledger: %v, want one of today", copies)
	}
	tombs, err := w.l.TombstonesOf(t.Context(), pipeline.Person{Emails: []string{"mona@example.net"}})
	if err != nil || len(tombs) != 1 || tombs[0].Step != ForgetDone || tombs[0].By != "Hala" {
		t.Errorf("tombstones: %+v, %v", tombs, err)
	}
}

func TestForget_TheSameOrderAgainIsNotDoneTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	order := bought("1001", "7001", "mona@example.net", "01001234567", "Mona Aly")
	w.once(order)
	w.settle(w.take("orders"), pipeline.Delivered)
	w.forget()

	made := w.once(order)
	if made.Documents[pipeline.Unchanged] != 1 {
		t.Errorf("the same again: %v, want unchanged", made.Documents)
	}
	changed := order
	changed.Print = "other facts"
	if made := w.once(changed); made.Documents[pipeline.Held] != 1 {
		t.Errorf("other facts: %v, want held as ever", made.Documents)
	}
	if b := w.take("orders"); len(b.Docs) != 0 {
		t.Errorf("%d documents leave a second time", len(b.Docs))
	}
	if err := w.l.truncateLog(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := found(t, w.dir); len(left) != 0 {
		t.Errorf("the overlapping files brought her back: %v", left)
	}
	// A new sale is a new ground: it goes as it is.
	w.once(bought("1009", "7001", "mona@example.net", "01001234567", "Mona Aly"))
	if b := w.take("orders"); len(b.Docs) != 1 || !strings.Contains(string(b.Docs[0].Body), "Mona Aly") {
		t.Errorf("the new sale: %+v", b.Docs)
	}
	if n := strings.Count(w.told(), "forget.again"); n != 3 {
		t.Errorf("told %d times that she came again, want once a file: 3", n)
	}
}

// told are the rules of all problems.
func (w *world) told() string {
	w.t.Helper()
	var out strings.Builder
	for n, err := range w.l.Problems(w.t.Context(), "2000-01-01", "2100-01-01") {
		if err != nil {
			w.t.Fatal(err)
		}
		out.WriteString(string(n.Rule) + "\n")
	}
	return out.String()
}

func TestForget_HerOwnDocumentIsLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "people", Lane: "people", Kind: pipeline.Kind{Name: "people", Once: true, Record: true}})
	w.forget()
	job := w.admit("people")
	made, err := w.l.File(t.Context(), job, pipeline.Filed{Kind: "people", Lane: "people", Once: true, Record: true}, func(f pipeline.Filing) (pipeline.Reading, error) {
		d := bought("customer/7001", "7001", "mona@example.net", "01001234567", "Mona Aly")
		return pipeline.Reading{}, f.Document(d, 1, nil)
	})
	if err != nil || made.Documents[pipeline.Skipped] != 1 {
		t.Fatalf("File: %v, %v", made.Documents, err)
	}
	if err := w.l.truncateLog(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := found(t, w.dir); len(left) != 0 {
		t.Errorf("she is back: %v", left)
	}
}

func TestForget_WhatIsOpenIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.once(bought("1001", "7001", "mona@example.net", "01001234567", "Mona Aly"))
	h, err := w.l.Holds(t.Context(), mona, nil)
	if err != nil || len(h.Open) != 1 || h.Open[0] != "#1001" {
		t.Errorf("ready: %+v, %v", h, err)
	}
	w.settle(w.take("orders"), pipeline.Accepted)
	if h, err = w.l.Holds(t.Context(), mona, nil); err != nil || len(h.Open) != 1 {
		t.Errorf("accepted: %+v, %v", h, err)
	}
	job := w.admit("orders")
	sha := w.shaOf(job)
	if h, err = w.l.Holds(t.Context(), mona, []string{sha}); err != nil || len(h.Unread) != 1 {
		t.Errorf("a file still to be read: %+v, %v", h, err)
	}
}

func TestForget_PapersStayAndSayUntilWhen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "receipts", Lane: "eta", Kind: pipeline.Kind{Name: "eta.receipt", Chain: func(pipeline.Document) string { return "c" },
		Seal: func(d pipeline.Document, _ pipeline.Link, _ time.Time) ([]byte, string, string, error) {
			return []byte("sealed for Mona Aly"), "uuid", "uuid", nil
		}}})
	d := bought("1001", "7001", "mona@example.net", "01001234567", "Mona Aly")
	w.file(w.admit("receipts"), false, d)
	w.settle(w.take("eta"), pipeline.Delivered)
	f := w.forget()
	if f.Papers != 1 || !f.Until.Equal(w.now.Add(keptFor)) {
		t.Errorf("papers %d until %s, want 1 until %s", f.Papers, f.Until, w.now.Add(keptFor))
	}
	if e := w.entry("1001"); string(e.Sealed) != "sealed for Mona Aly" || !strings.Contains(string(e.Body), "Mona Aly") {
		t.Errorf("the paper: %q, %s", e.Sealed, e.Body)
	}
	if entries, _, err := w.l.Find(t.Context(), "mona@example.net"); err != nil || len(entries) != 0 {
		t.Errorf("found by mail: %d, %v", len(entries), err)
	}
}

func TestForget_GoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.once(bought("1001", "7001", "mona@example.net", "01001234567", "Mona Aly"))
	w.settle(w.take("orders"), pipeline.Delivered)
	if _, err := w.l.Forget(t.Context(), mona, "", ""); err != nil {
		t.Fatal(err)
	}
	w.reopen()
	open, err := w.l.Unforgotten(t.Context())
	if err != nil || len(open) != 1 || open[0].Step != ForgetOpen || len(open[0].Person.Emails) != 1 {
		t.Fatalf("after the order: %+v, %v", open, err)
	}
	if _, err := w.l.Erase(t.Context(), open[0].ID, open[0].Person, []string{"2026-11-20"}); err != nil {
		t.Fatal(err)
	}
	w.reopen()
	open, err = w.l.Unforgotten(t.Context())
	if err != nil || len(open) != 1 || open[0].Step != ForgetErased || len(open[0].Days) != 2 || open[0].Person.Emails != nil {
		t.Fatalf("after the rows: %+v, %v", open, err)
	}
	if err := w.l.SweepForgotten(t.Context(), open[0].ID); err != nil {
		t.Fatal(err)
	}
	if open, err = w.l.Unforgotten(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("at the end: %+v, %v", open, err)
	}
	if left := found(t, w.dir); len(left) != 0 {
		t.Errorf("still there: %v", left)
	}
}

// A receipt that names its buyer, and no mail or telephone, is hers by its order.
func TestForget_WhatNamesHerByHerOrderAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := in(pipeline.Held, doc("1001", ""))
	d.Body = json.RawMessage(`{"header":{"receiptNumber":"#1001"},"buyer":{"type":"P","id":"29001010101018","name":"Mona Aly"},"totalAmount":"85"}`)
	w.once(d)
	person := mona
	person.Orders = []string{"#1001"}
	f, err := w.l.Forget(t.Context(), person, "", "Mona Aly wrote to us")
	if err == nil {
		f, err = w.l.Erase(t.Context(), f.ID, person, nil)
	}
	if err == nil {
		err = w.l.SweepForgotten(t.Context(), f.ID)
	}
	if err != nil || f.Documents != 1 || strings.Contains(f.Why, "Mona") {
		t.Errorf("tombstone %+v, %v", f, err)
	}
	if e := w.entry("1001"); !strings.Contains(string(e.Body), `"totalAmount":"85"`) || strings.Contains(string(e.Body), "29001010101018") {
		t.Errorf("the document: %s", e.Body)
	}
	if left := found(t, w.dir); len(left) != 0 {
		t.Errorf("still there: %v", left)
	}
}

// What is sealed only because it is numbered, a document of the ERP's, keeps its number and
// loses the person. At any other time nothing sealed can be changed.
func TestForget_NumberedDocumentsKeepTheirNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "orders", Lane: "erp", Kind: pipeline.Kind{Name: "erp.order", Chain: func(pipeline.Document) string { return "c" },
		Seal: func(d pipeline.Document, _ pipeline.Link, _ time.Time) ([]byte, string, string, error) {
			return []byte(`{"serial":"INV-0001"}`), "INV-0001", "1", nil
		}}})
	w.file(w.admit("orders"), false, bought("1001", "7001", "mona@example.net", "01001234567", "Mona Aly"))
	w.settle(w.take("erp"), pipeline.Delivered)
	if f := w.forget(); f.Documents != 1 || f.Papers != 0 {
		t.Errorf("tombstone %+v", f)
	}
	if e := w.entry("1001"); e.Ref != "INV-0001" || string(e.Sealed) != `{"serial":"INV-0001"}` || strings.Contains(string(e.Body), "Mona") {
		t.Errorf("the document: %q %q %s", e.Ref, e.Sealed, e.Body)
	}
	if _, err := w.l.writer.ExecContext(t.Context(), `UPDATE documents SET body = '{}' WHERE key = '1001'`); err == nil {
		t.Error("a sealed document was changed, and nobody is being forgotten")
	}
	if left := found(t, w.dir); len(left) != 0 {
		t.Errorf("still there: %v", left)
	}
}
