package erp

import (
	"context"
	"errors"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
)

// ownTables is reference tables in memory.
type ownTables map[string][]pipeline.TableRow

func (s ownTables) Put(_ context.Context, table string, rows []pipeline.TableRow) error {
	for _, row := range rows {
		s[table] = append(slices.DeleteFunc(s[table], func(r pipeline.TableRow) bool { return r.Code == row.Code }), row)
	}
	return nil
}

func (s ownTables) PutAll(ctx context.Context, rows map[string][]pipeline.TableRow) error {
	for table, some := range rows {
		_ = s.Put(ctx, table, some) // it is memory
	}
	return nil
}

// Marked finds nothing: of customers nothing is marked.
func (s ownTables) Marked(context.Context, string, string, bool) iter.Seq2[pipeline.TableRow, error] {
	return func(func(pipeline.TableRow, error) bool) {}
}

func (s ownTables) Row(_ context.Context, table, code string) (pipeline.TableRow, error) {
	for _, row := range s[table] {
		if row.Code == code {
			return row, nil
		}
	}
	return pipeline.TableRow{}, pipeline.ErrNotFound
}

func (s ownTables) Rows(_ context.Context, table string) iter.Seq2[pipeline.TableRow, error] {
	return func(yield func(pipeline.TableRow, error) bool) {
		for _, row := range s[table] {
			if !yield(row, nil) {
				return
			}
		}
	}
}

// list puts customers on the ERP's list: code|name|phone|email|address.
func (s ownTables) list(rows ...string) ownTables {
	for _, row := range rows {
		cells := strings.Split(row+"||||", "|")
		s[tableList] = append(s[tableList], pipeline.TableRow{Code: cells[0], Cols: map[string]string{"code": cells[0], "name": cells[1], "phone": cells[2], "email": cells[3], "address": cells[4]}})
	}
	return s
}

// decide notes what a person said: customer|other|yes.
func (s ownTables) decide(rows ...string) ownTables {
	for _, row := range rows {
		cells := strings.Split(row, "|")
		s[tableDecisions] = append(s[tableDecisions], pipeline.TableRow{Code: cells[0] + "/" + cells[1], Cols: map[string]string{"customer": cells[0], "other": cells[1], "same": cells[2]}})
	}
	return s
}

func customersOf(t *testing.T, tables ownTables, layout string) *Customers {
	t.Helper()
	s, findings, err := NewCustomers(Config{}, []byte(layout), "layout.yaml", Deps{Dir: t.TempDir(), Zone: cairo, Table: tables,
		Now: func() time.Time { return time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC) }})
	if err != nil || len(findings) > 0 {
		t.Fatalf("NewCustomers: %v %v", findings, err)
	}
	return s
}

const smallCustomers = `
kind: erp.customer
name: CU-{number}.csv
columns:
  - {name: Type, field: doc.type}
  - {name: Ref, field: doc.number}
  - {name: Number, field: customer.number}
  - {name: Name, field: customer.name}
  - {name: Phone, field: customer.phone}
  - {name: Changed, field: doc.changed}
`

// people are records of customers: words of customer. and order. without that, then a
// row each, cells by |. A cell of - is there and empty.
func people(t *testing.T, header string, rows ...string) [][]pipeline.Record {
	t.Helper()
	shape := pipeline.NewShape(customerFields)
	names := strings.Split(header, "|")
	var out [][]pipeline.Record
	for n, row := range rows {
		r := pipeline.NewRecord(pipeline.Row{Origin: pipeline.Origin{File: "customers.csv", Row: n + 2}, Header: names}, shape)
		for i, cell := range strings.Split(row, "|") {
			name := names[i]
			if !strings.Contains(name, ".") {
				name = "customer." + name
			}
			v := pipeline.Value{Set: cell != "" && cell != "-", Text: cell, Col: i + 1}
			if cell == "" {
				v.Col = 0
			}
			if at, err := time.Parse(time.DateOnly, cell); err == nil {
				v.Time = at
			}
			if shape.Index(name) < 0 {
				t.Fatalf("no field %s", name)
			}
			r.Put(shape.Index(name), v)
		}
		out = append(out, []pipeline.Record{r})
	}
	return out
}

// A register is what the ledger does for customers, as far as these tests need it: what left
// is known by its words, and what follows it is revised.
type register struct {
	t    *testing.T
	sink *Customers
	set  pipeline.Settings
	left map[string]pipeline.Document
}

func registerOf(t *testing.T, tables ownTables, set pipeline.Settings) *register {
	return &register{t, customersOf(t, tables, smallCustomers), set, map[string]pipeline.Document{}}
}

func (l *register) named(_ context.Context, words []string) ([]pipeline.Document, error) {
	var out []pipeline.Document
	for _, key := range sorted(l.left) {
		if slices.ContainsFunc(l.left[key].Words, func(w string) bool { return slices.Contains(words, w) }) {
			out = append(out, l.left[key])
		}
	}
	return out, nil
}

// take files a file and says what becomes of each of its customers: KEY what.
func (l *register) take(groups [][]pipeline.Record) []string {
	l.t.Helper()
	k := l.sink.kind(l.set)
	var q pipeline.Question
	said := make([]string, 0, len(groups))
	for _, group := range groups {
		doc, problems := k.Build(group)
		switch {
		case doc.Left != "":
			said = append(said, doc.Name+" left out: "+doc.Left)
		case len(problems) > 0:
			said = append(said, doc.Name+" held: "+string(problems[0].Rule))
		default:
			q.Docs = append(q.Docs, doc)
		}
	}
	q.Settings, q.Named, q.Kind = l.set, l.named, k.Name
	plan, err := l.sink.Plan(l.t.Context(), q)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, p := range plan.Docs {
		doc, last := p.Doc, l.left[p.Doc.Key]
		doc.State = pipeline.Ready
		switch {
		case p.Left != "":
			said = append(said, doc.Name+" left out: "+p.Left)
			continue
		case len(p.Problems) > 0:
			said = append(said, doc.Name+" held: "+string(p.Problems[0].Rule)+" "+p.Problems[0].With["other"])
			continue
		case p.Same, last.Body != nil && last.Print == doc.Print:
			said = append(said, doc.Name+" unchanged")
			continue
		case last.Body != nil && k.Older(last, doc):
			said = append(said, doc.Name+" late")
			continue
		case last.Body != nil:
			var problems []pipeline.Problem
			if doc, problems = k.Revise(last, doc); len(problems) > 0 {
				l.t.Fatal(problems)
			}
			if doc.State == pipeline.Unchanged {
				said = append(said, doc.Name+" unchanged")
				continue
			}
		}
		c, err := readCustomer(doc.Body)
		if err != nil {
			l.t.Fatal(err)
		}
		text := doc.Key + " " + c.Doc.Type + " " + c.Doc.Number
		if c.Order["customer.number"] != "" {
			text += " no. " + c.Order["customer.number"]
		}
		if len(c.Doc.Changed) > 0 {
			text += ": " + strings.Join(c.Doc.Changed, ", ")
		}
		said = append(said, text)
		doc.State = pipeline.Delivered
		l.left[doc.Key] = doc
	}
	for _, note := range plan.Notes {
		said = append(said, "note: "+string(note.Rule)+" "+note.With["other"])
	}
	return said
}

func (l *register) want(groups [][]pipeline.Record, want ...string) {
	l.t.Helper()
	if diff := cmp.Diff(want, l.take(groups)); diff != "" {
		l.t.Errorf("what became of the customers (-want +got):\n%s", diff)
	}
}

// TestCustomers_Sink puts the folder to the tests of all sinks, with customers.
func TestCustomers_Sink(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		return peopleWorld(t, customersOf(t, ownTables{}, smallCustomers).Sink, func(s *Sink, text string) (pipeline.Document, []pipeline.Problem) {
			return (&Customers{s}).kind(nil).Build(sampleRecords(customerFields, map[string]string{"customer.id": text, "customer.name": "Mona"}))
		}, "CU-C-two.csv")
	})
}

// TestHistory_Sink likewise, with purchase histories.
func TestHistory_Sink(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		h, findings, err := NewHistory(Config{}, []byte("kind: erp.history\nname: HI-{number}.csv\ncolumns: [{name: C, field: history.customer}, {name: N, field: history.net}]"),
			"layout.yaml", Deps{Dir: t.TempDir()})
		if err != nil || len(findings) > 0 {
			t.Fatal(findings, err)
		}
		return peopleWorld(t, h.Sink, func(s *Sink, text string) (pipeline.Document, []pipeline.Problem) {
			return h.build(sampleRecords(historyFields, map[string]string{"history.customer": text, "history.sales": "10", "history.returns": "0", "history.net": "10"}))
		}, "HI-two.csv")
	})
}

func peopleWorld(t *testing.T, s *Sink, build func(*Sink, string) (pipeline.Document, []pipeline.Problem), taken string) sinktest.World {
	disk := &moody{disk: local{}}
	s.disk = disk
	return sinktest.World{
		Sink:   s,
		Freeze: s.freeze,
		Docs: func(texts []string) (docs []pipeline.Document) {
			for _, text := range texts {
				doc, problems := build(s, text)
				if len(problems) > 0 {
					t.Fatal(problems)
				}
				docs = append(docs, doc)
			}
			return docs
		},
		Effects: func() []string { return filesIn(t, s.cfg.Folder) },
		Lose:    disk.lose,
		Refuse: func() {
			if err := errors.Join(os.MkdirAll(s.cfg.Folder, 0o755), os.WriteFile(filepath.Join(s.cfg.Folder, taken), []byte("somebody's"), 0o644)); err != nil {
				t.Fatal(err)
			}
		},
		Full: disk.full,
		Mend: disk.mend,
	}
}

func TestCustomers_NewChangedUnchanged(t *testing.T) {
	t.Parallel()
	l := registerOf(t, ownTables{}, nil)
	const header = "id|name|phone|email|note|email_consent|email_consent_at|updated"
	l.want(people(t, header, "7|Mona Ali|01001234567|m@example.net|likes tea|no|2026-11-01|2026-11-01"), "customer/7 create C-7")
	l.want(people(t, header, "7|Mona Ali|+20 100 123 4567|M@example.net|likes tea|no|2026-11-02|2026-11-02"), "C-7 unchanged")
	l.want(people(t, header, "7|Mona Ali|01101234567|m@example.net|-|subscribed|2026-11-03|2026-11-03"), "customer/7 update C-7-R1: customer.phone, customer.email_consent, customer.note")
	l.want(people(t, header, "7|Mona Ali|01001234567|m@example.net|likes tea|no|2026-11-01|2026-11-01"), "C-7 late")
	// A file that has no column of a thing says nothing of it.
	l.want(people(t, "id|name|updated", "7|Mona A. Ali|2026-11-04"), "customer/7 update C-7-R2: customer.name")
	last, _ := readCustomer(l.left["customer/7"].Body)
	if last.Order["customer.phone"] != "+201101234567" || last.Order["customer.email_consent_at"] != "2026-11-03T00:00:00Z" || last.Order["customer.note"] != "" {
		t.Errorf("what the ERP is told in full: %v", last.Order)
	}
}

func TestCustomers_ChangesOnly(t *testing.T) {
	t.Parallel()
	l := registerOf(t, ownTables{}, pipeline.Settings{"update": "changes"})
	l.want(people(t, "id|name|phone|governorate", "7|Mona Ali|01001234567|Cairo"), "customer/7 create C-7")
	l.want(people(t, "id|name|phone|governorate", "7|Mona Ali|01001234567|الجيزة"), "customer/7 update C-7-R1: customer.governorate")
	c, _ := readCustomer(l.left["customer/7"].Body)
	want := map[string]string{"customer.id": "7", "customer.governorate": "GZ", "customer.governorate_ar": "الجيزة", "customer.governorate_en": "Giza"}
	if diff := cmp.Diff(want, c.Order); diff != "" {
		t.Errorf("what is told (-want +got):\n%s", diff)
	}
	l.want(people(t, "id|name|phone|governorate", "7|Mona Ali|01101234567|GZ"), "customer/7 update C-7-R2: customer.phone")
}

// TestCustomers_WhoIsWho is every way in which two customers stand to each other: with
// somebody whom wasl sent before, and with the ERP's own list.
func TestCustomers_WhoIsWho(t *testing.T) {
	t.Parallel()
	const header = "id|name|phone|email|address|city"
	first := "|Mona Ali|01001234567|mona@example.net|12 Nile Street|Cairo"
	for _, tt := range []struct{ name, row, want string }{
		{"telephone and name", "|MONA  ALI|00201001234567|||", "customer/guest/2 update G-1"},
		{"mail and name", "|Mona Ali||MONA@example.net||", "G-1 unchanged"},
		{"telephone, another name", "|Hala|01001234567|||", "G-2 held: customer.like.phone G-1"},
		{"mail, another telephone", "|Mona Ali|01101234567|mona@example.net||", "G-2 held: customer.like.email G-1"},
		{"mail, another name", "|Hala||mona@example.net||", "G-2 held: customer.like.email G-1"},
		{"a name like hers at her address", "|Mona Aly|01101234567||12 Nile Street|Cairo", "G-2 held: customer.like.address G-1"},
		{"part of her name at her address", "|Mona Ali Hassan|01101234567||12 nile street|cairo", "G-2 held: customer.like.address G-1"},
		{"her address, another name", "|Tarek Sobhy|01101234567||12 Nile Street|Cairo", "customer/guest/2 create G-2"},
		{"her name elsewhere", "|Mona Ali|01101234567||3 Other Street|Cairo", "customer/guest/2 create G-2"},
		{"mail with a dot more", "|Mona Ali|01101234567|mo.na@example.net||", "customer/guest/2 create G-2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			orders := func(n, row string) [][]pipeline.Record {
				return people(t, "order.name|order.id|order.created|"+header, "#"+n+"|"+n+"|2026-11-0"+n+"|"+row)
			}
			sent := registerOf(t, ownTables{}, pipeline.Settings{"from": "orders"})
			sent.want(orders("1", first), "customer/guest/1 create G-1")
			want := strings.Replace(tt.want, "customer/guest/2 update G-1", "G-1 unchanged", 1)
			if got := sent.take(orders("2", tt.row)); got[0] != want {
				t.Errorf("against who was sent: %q, want %q", got[0], want)
			}
			listed := registerOf(t, ownTables{}.list("55|Mona Ali|01001234567|mona@example.net|12 Nile Street Cairo"), pipeline.Settings{"from": "orders"})
			listed.sink.tables.(ownTables)[tableList][0].Cols["address"] = "12 Nile Street"
			listed.sink.tables.(ownTables)[tableList][0].Cols["city"] = "Cairo"
			want = strings.NewReplacer("G-1 unchanged", "G-2 unchanged", "customer/guest/2 update G-1", "G-2 unchanged", " G-1", " ERP:55").Replace(tt.want)
			if got := listed.take(orders("2", tt.row)); got[0] != want {
				t.Errorf("against the ERP's list: %q, want %q", got[0], want)
			}
		})
	}
}

// TestCustomers_TwoOfTheShop are never one by themselves: the shop has a number for each.
func TestCustomers_TwoOfTheShop(t *testing.T) {
	t.Parallel()
	tables := ownTables{}
	l := registerOf(t, tables, nil)
	both := people(t, "id|name|phone", "7|Mona Ali|01001234567", "8|Mona Ali|01001234567")
	l.want(both, "customer/7 create C-7", "C-8 held: customer.like.phone C-7")
	tables.decide("C-8|C-7|yes")
	l.want(both, "C-7 unchanged", "C-8 left out: the same person as C-7 / هو نفسه C-7")
	tables[tableDecisions] = nil
	tables.decide("C-7|C-8|لا")
	l.want(both, "C-7 unchanged", "customer/8 create C-8")
}

func TestCustomers_DoubtIsToldAndSent(t *testing.T) {
	t.Parallel()
	l := registerOf(t, ownTables{}.list("55|Hala|01001234567"), pipeline.Settings{"doubt": "send"})
	l.want(people(t, "id|name|phone", "7|Mona Ali|01001234567"), "customer/7 create C-7", "note: customer.like.phone ERP:55")
}

// TestCustomers_SeveralOfTheList are a doubt about each, until a person has said which.
func TestCustomers_SeveralOfTheList(t *testing.T) {
	t.Parallel()
	tables := ownTables{}.list("55|Mona Ali|01001234567", "56|mona ali|0100 123 4567")
	l := registerOf(t, tables, nil)
	l.want(people(t, "id|name|phone", "7|Mona Ali|01001234567"), "C-7 held: customer.like.several ERP:55")
	tables.decide("C-7|ERP:56|yes")
	l.want(people(t, "id|name|phone", "7|Mona Ali|01001234567"), "C-7 unchanged")
	l.want(people(t, "id|name|phone|email", "7|Mona Ali|01001234567|m@example.net"), "customer/7 update C-7 no. 56: customer.email")
	// From then on it has the ERP's number, whatever the list says.
	tables[tableList] = nil
	l.want(people(t, "id|name|phone|email", "7|Mona Ali|01101234567|m@example.net"), "customer/7 update C-7-R1 no. 56: customer.phone")
}

// TestCustomers_NumberOfTheAnswer is on what follows, once the ERP has given it.
func TestCustomers_NumberOfTheAnswer(t *testing.T) {
	t.Parallel()
	tables := ownTables{}
	l := registerOf(t, tables, nil)
	l.want(people(t, "id|name", "7|Mona"), "customer/7 create C-7")
	tables[tableAnswers] = []pipeline.TableRow{answer{state: ackBooked, number: "100077"}.asRow("C-7", pipeline.Job{})}
	l.want(people(t, "id|name", "7|Mona"), "C-7 unchanged")
	l.want(people(t, "id|name", "7|Mona Ali"), "customer/7 update C-7-R1 no. 100077: customer.name")
}

// TestCustomers_NumberOfTheAnswerToASerial finds it also where the ERP knows customers by
// the numbers of the layout's counter.
func TestCustomers_NumberOfTheAnswerToASerial(t *testing.T) {
	t.Parallel()
	l := registerOf(t, ownTables{}, nil)
	l.sink = customersOf(t, ownTables{}, smallCustomers+"\nnumber: {prefix: CU-, width: 4}\n")
	l.want(people(t, "id|name", "7|Mona"), "customer/7 create C-7")
	doc, k := l.left["customer/7"], l.sink.kind(nil)
	doc.Kind = KindCustomer
	var err error
	if doc.Sealed, doc.Ref, _, err = k.Seal(doc, pipeline.Link{}, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err = l.sink.Send(t.Context(), pipeline.Batch{ID: "b1", Docs: []pipeline.Document{doc}}); err != nil {
		t.Fatal(err)
	}
	l.sink.ackFor(t, nil, "CU-0001|ok|100077|")
	l.want(people(t, "id|name", "7|Mona Ali"), "customer/7 update C-7-R1 no. 100077: customer.name")
}

func TestPerson_LivesWhereItIsSaid(t *testing.T) {
	t.Parallel()
	for want, cols := range map[string]map[string]string{"": {}, "Giza": {"city": "Giza"}, "1 Nile St": {"address": "1 Nile St"}, "1 Nile St, Giza": {"address": "1 Nile St", "city": "Giza"}} {
		if got := PersonListed(pipeline.TableRow{Code: "1", Cols: cols}).Address; got != want {
			t.Errorf("%v: %q, want %q", cols, got, want)
		}
	}
}

func TestCustomers_OrdersWithoutCustomers(t *testing.T) {
	t.Parallel()
	const header = "order.name|order.id|order.source|id|name|phone"
	rows := []string{"#1|1|web||Mona|01001234567", "#2|2|pos|||", "#3|3|web|||", "#4|4|pos||Hala|01101234567", "#5|5|web|7|Tarek|01201234567"}
	walkIn := "walk-in account CASH-1 / حساب العميل النقدي CASH-1"
	for _, tt := range []struct {
		set  pipeline.Settings
		want []string
	}{
		{pipeline.Settings{"guest": "create", "walk_in": "CASH-1"}, []string{"G-2 left out: " + walkIn, "G-3 left out: " + walkIn, "customer/guest/1 create G-1", "customer/guest/4 create G-4", "customer/7 create C-7"}},
		{pipeline.Settings{"guest": "create"}, []string{"G-2 held: customer.walkin", "G-3 held: customer.walkin", "customer/guest/1 create G-1", "customer/guest/4 create G-4", "customer/7 create C-7"}},
		{pipeline.Settings{"guest": "walk_in", "walk_in": "CASH-1"}, []string{"G-1 left out: " + walkIn, "G-2 left out: " + walkIn, "G-3 left out: " + walkIn, "G-4 left out: " + walkIn, "customer/7 create C-7"}},
		{pipeline.Settings{"guest": "walk_in"}, []string{"G-1 held: customer.walkin", "G-2 held: customer.walkin", "G-3 held: customer.walkin", "G-4 held: customer.walkin", "customer/7 create C-7"}},
		{pipeline.Settings{"guest": "skip", "walk_in": "CASH-1"}, []string{"G-1 left out: a guest / ضيف", "G-2 left out: " + walkIn, "G-3 left out: a guest / ضيف", "G-4 left out: a guest / ضيف", "customer/7 create C-7"}},
	} {
		tt.set["from"] = "orders"
		l := registerOf(t, ownTables{}, tt.set)
		l.want(people(t, header, rows...), tt.want...)
	}
}

// TestCustomers_LeftOutHoldsNobody: what is left out keeps nothing of a person.
func TestCustomers_LeftOutHoldsNobody(t *testing.T) {
	t.Parallel()
	c := customersOf(t, ownTables{}, smallCustomers)
	doc, _ := c.kind(pipeline.Settings{"from": "orders", "guest": "skip"}).Build(people(t, "order.name|order.id|name|phone", "#1|1|Mona|01001234567")[0])
	if text := string(mustJSON(doc)); strings.Contains(text, "Mona") || strings.Contains(text, "1001234567") || doc.Left == "" {
		t.Errorf("it is left out, and holds %s", text)
	}
}

// TestCustomers_KeysHoldNobody: keys and names stand in logs.
func TestCustomers_KeysHoldNobody(t *testing.T) {
	t.Parallel()
	c := customersOf(t, ownTables{}, smallCustomers)
	for _, set := range []pipeline.Settings{nil, {"from": "orders"}} {
		for _, group := range people(t, "order.name|order.id|id|name|phone|email", "#1|1||Mona|01001234567|mona@example.net", "||7|Mona|01001234567|mona@example.net", "|||Mona|01001234567|mona@example.net") {
			doc, _ := c.kind(set).Build(group)
			if text := doc.Key + doc.Name; strings.Contains(text, "100123") || strings.Contains(strings.ToLower(text), "mona") || doc.Key == "" {
				t.Errorf("key %q, name %q", doc.Key, doc.Name)
			}
		}
	}
}

func TestCustomers_Governorates(t *testing.T) {
	t.Parallel()
	tables := ownTables{tableCodes: {{Code: "gov/C", Cols: map[string]string{"value": "01"}}}}
	l := registerOf(t, tables, pipeline.Settings{"governorates": "gov"})
	const header = "id|name|governorate|country"
	l.want(people(t, header, "1|A|محافظة القاهرة|EG", "2|B|GZ|", "3|C|Ciro|", "4|D|Riyadh|SA"),
		"C-3 held: customer.governorate", "customer/1 create C-1", "C-2 held: customer.governorate_code ", "customer/4 create C-4")
	c, _ := readCustomer(l.left["customer/1"].Body)
	if c.Order["customer.governorate"] != "C" || c.Order["customer.governorate_code"] != "01" || c.Order["customer.governorate_en"] != "Cairo" {
		t.Errorf("the governorate: %v", c.Order)
	}
	c, _ = readCustomer(l.left["customer/4"].Body)
	if c.Order["customer.governorate"] != "Riyadh" {
		t.Errorf("of another country: %v", c.Order)
	}
}

// TestCustomers_UnreadablePhone goes as it stands, and is told.
func TestCustomers_UnreadablePhone(t *testing.T) {
	t.Parallel()
	l := registerOf(t, ownTables{}, nil)
	l.want(people(t, "id|name|phone|email", "7|Mona|call me|at home"), "customer/7 create C-7", "note: customer.phone ", "note: customer.email ")
	c, _ := readCustomer(l.left["customer/7"].Body)
	if c.Order["customer.phone"] != "call me" {
		t.Errorf("it is told as %q", c.Order["customer.phone"])
	}
}

func TestCustomers_CodePageHolds(t *testing.T) {
	t.Parallel()
	c := customersOf(t, ownTables{}, smallCustomers+"codepage: windows-1256\n")
	_, problems := c.kind(nil).Build(people(t, "id|name", "7|منی")[0]) // Persian ya
	if len(problems) != 1 || problems[0].Rule != "erp.codepage" || problems[0].Field != "customer.name" {
		t.Errorf("problems %v", problems)
	}
}

func TestCustomers_LayoutOfAnotherKind(t *testing.T) {
	t.Parallel()
	_, findings, err := NewCustomers(Config{}, []byte(small), "l.yaml", Deps{Dir: t.TempDir()})
	if err != nil || len(findings) != 1 || findings[0].Rule != "erp.layoutkind" {
		t.Errorf("findings %v, %v", findings, err)
	}
	_, found := parseLayout("l.yaml", []byte("kind: erp.history\nnumber: {prefix: H-}\nname: H-{serial}.csv"), cairo)
	if len(found) == 0 || found[0].Rule != "config.unknown" || found[0].Path != "number" { // nothing would count them
		t.Errorf("numbers of histories: %v", found)
	}
	_, found = parseLayout("l.yaml", []byte("kind: erp.customer\ncolumns: [{name: A, field: line.sku}]"), cairo)
	if len(found) != 1 || found[0].Rule != "erp.word" {
		t.Errorf("a word of sales in a layout of customers: %v", found)
	}
}

// TestHistory_WithoutALayout writes the histories of a batch into one file: their name has
// no more than the batch in it.
func TestHistory_WithoutALayout(t *testing.T) {
	t.Parallel()
	h, findings, err := NewHistory(Config{}, nil, "", Deps{Dir: t.TempDir(), Zone: cairo})
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	b := pipeline.Batch{ID: "00000000-0000-4000-8000-000000000001"}
	for _, who := range []string{"C-7001", "C-7002"} {
		doc, problems := h.build(sampleRecords(historyFields, map[string]string{"history.customer": who, "history.sales": "10", "history.returns": "0", "history.net": "10"}))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		doc.Kind = KindHistory
		b.Docs = append(b.Docs, doc)
	}
	a, err := h.Send(t.Context(), b)
	if err != nil || len(a.Outcomes) != 2 || a.Outcomes[0].State != pipeline.Delivered || a.Outcomes[1].State != pipeline.Delivered {
		t.Errorf("%+v, %v", a.Outcomes, err)
	}
	if got := filesIn(t, h.cfg.Folder); len(got) != 1 {
		t.Errorf("files %q", got)
	}
}

func TestHistory_MustAddUp(t *testing.T) {
	t.Parallel()
	h := &History{&Sink{layout: plainLayout(historyWords, cairo)}}
	row := map[string]string{"history.customer": "C-7", "history.sales": "100", "history.returns": "20", "history.net": "80", "history.currency": "EGP"}
	doc, problems := h.build(sampleRecords(historyFields, row))
	if len(problems) > 0 || doc.Key != "history/C-7/EGP" || !doc.Money.Equal(doc.Out) {
		t.Errorf("%q %v %s %s", doc.Key, problems, doc.Money, doc.Out)
	}
	row["history.net"] = "81"
	if _, problems = h.build(sampleRecords(historyFields, row)); len(problems) != 1 || problems[0].Rule != "history.sum" {
		t.Errorf("problems %v", problems)
	}
}

// brokenTables are reference tables that cannot be read.
type brokenTables struct {
	ownTables
	table string
}

func (b brokenTables) Rows(ctx context.Context, table string) iter.Seq2[pipeline.TableRow, error] {
	if table != b.table {
		return b.ownTables.Rows(ctx, table)
	}
	return func(yield func(pipeline.TableRow, error) bool) {
		yield(pipeline.TableRow{}, errors.New("disk I/O error"))
	}
}

// TestCustomers_TablesCannotBeRead: who is known cannot be told then, so nobody is sent.
func TestCustomers_TablesCannotBeRead(t *testing.T) {
	t.Parallel()
	c := customersOf(t, ownTables{}, smallCustomers)
	doc, _ := c.kind(nil).Build(people(t, "id|name", "7|Mona")[0])
	for _, table := range []string{tableList, tableDecisions} {
		c.tables = brokenTables{ownTables{}, table}
		if _, err := c.Plan(t.Context(), pipeline.Question{Docs: []pipeline.Document{doc}}); err == nil || !strings.Contains(err.Error(), "disk I/O error") {
			t.Errorf("%s: %v", table, err)
		}
	}
	c.tables = ownTables{}
	lost := func(context.Context, []string) ([]pipeline.Document, error) { return nil, errors.New("ledger is gone") }
	if _, err := c.Plan(t.Context(), pipeline.Question{Docs: []pipeline.Document{doc}, Named: lost}); err == nil {
		t.Error("the ledger could not be asked, and nobody was told")
	}
}

// TestCustomers_PlanTwice: asked the same, it answers the same, and what it was asked
// about stays as it was.
func TestCustomers_PlanTwice(t *testing.T) {
	t.Parallel()
	c := customersOf(t, ownTables{}.list("55|Hala Fathy|01101234567"), smallCustomers)
	k := c.kind(nil)
	var docs []pipeline.Document
	for _, group := range people(t, "id|name|phone", "7|Mona Ali|01001234567", "8|Mona|01001234567", "9|Hala Fathy|01101234567") {
		doc, _ := k.Build(group)
		docs = append(docs, doc)
	}
	before := string(mustJSON(docs))
	first, err := c.Plan(t.Context(), pipeline.Question{Docs: docs})
	if err != nil {
		t.Fatal(err)
	}
	second, err := c.Plan(t.Context(), pipeline.Question{Docs: docs})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(mustJSON(first)), string(mustJSON(second))); diff != "" {
		t.Errorf("asked twice:\n%s", diff)
	}
	if after := string(mustJSON(docs)); after != before {
		t.Errorf("the documents that were asked about changed:\n%s", cmp.Diff(before, after))
	}
}

// TestCustomers_OldExport has no numbers of the shop: who it is of is known by telephone or
// mail, and keeps its key when one of them changes.
func TestCustomers_OldExport(t *testing.T) {
	t.Parallel()
	l := registerOf(t, ownTables{}, nil)
	l.want(people(t, "name|phone|email", "Mona Ali|01001234567|mona@example.net"), "customer/export/"+shortOf("mona@example.net")+" create X-"+shortOf("mona@example.net"))
	l.want(people(t, "name|phone|email", "Mona Ali|01001234567|other@example.net"),
		"customer/export/"+shortOf("mona@example.net")+" update X-"+shortOf("mona@example.net")+"-R1: customer.email")
	l.want(people(t, "name|phone|email", "Mona Ali||"), " held: customer.who")
}
