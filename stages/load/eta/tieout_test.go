package eta

import (
	"archive/zip"
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/quagmt/udecimal"

	"wasl/pipeline"
	"wasl/stages/load/eta/etatest"
)

func TestReadPath_ManyWaysOfWriting(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]spot{
		"itemData[3].unitType":                       {3, "unittype"},
		"receipts[0].itemData[12].unitType":          {12, "unittype"},
		"#/itemData/3/unitType":                      {3, "unittype"},
		"$.document.itemData.3.unitType":             {3, "unittype"},
		"itemData[0].taxableItems[1].rate":           {0, "taxableitems.rate"},
		"header.receiptNumber":                       {-1, "header.receiptnumber"},
		"totalAmount":                                {-1, "totalamount"},
		"receipts[2].seller.branchAddress.governate": {-1, "seller.branchaddress.governate"},
		"itemData": {-1, "itemdata"},
		"":         {-1, ""},
	} {
		if got := readPath(path); got != want {
			t.Errorf("%q: got %+v, want %+v", path, got, want)
		}
	}
}

func TestFault_LeadsToFieldAndRow(t *testing.T) {
	t.Parallel()
	doc := pipeline.Document{From: []pipeline.Origin{{File: "o.csv", Row: 2}, {File: "o.csv", Row: 3}}}
	for _, test := range []struct {
		path, field string
		row         int
	}{
		{"itemData[1].unitType", "item.unit", 3}, {"itemData[1].taxableItems[0].rate", "item.vat_rate", 3}, {"itemData[9].unitType", "order.shipping", 2},
		{"seller.branchAddress.street", "eta.seller.address", 2}, {"totalAmount", "order.total", 2}, {"something.new", "", 2},
	} {
		p := fault{ErrorCode: "4043", Text: "Unit type not found", Arabic: "وحدة القياس غير موجودة", Path: text(test.path)}.problem(doc, "eta.invalid")
		if p.Field != test.field || p.Row != test.row || p.With["english"] != "Unit type not found" || p.With["arabic"] != "وحدة القياس غير موجودة" {
			t.Errorf("%s: field %q row %d with %v", test.path, p.Field, p.Row, p.With)
		}
	}
	if p := (fault{Message: "قيمة غير صحيحة"}).problem(doc, "eta.rejected"); p.With["arabic"] == "" || p.With["english"] != "" {
		t.Errorf("a message in Arabic: %v", p.With)
	}
}

func TestTie_EachClassOfDifference(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	ours := func(uuid string, state pipeline.State) Ours {
		return Ours{Paper: Paper{UUID: uuid, Number: "N-" + uuid, Issued: at, Total: "10", POS: "P1"}, State: state, Sent: at}
	}
	held := func(uuid, status string, change ...func(*Held)) Held {
		h := Held{UUID: uuid, Number: "N-" + uuid, Status: status, POS: "P1", Issued: at, Total: udecimal.MustParse("10.00"), Totalled: true}
		for _, c := range change {
			c(&h)
		}
		return h
	}
	invalid := ours("taken", pipeline.Rejected)
	invalid.Taken = true
	found := Tie([]Ours{
		ours("same", pipeline.Delivered), ours("gone", pipeline.Delivered), ours("total", pipeline.Delivered), ours("status", pipeline.Delivered),
		ours("time", pipeline.Delivered), ours("number", pipeline.Delivered), ours("pos", pipeline.Delivered), ours("sent", pipeline.Sending),
		ours("refused", pipeline.Rejected), ours("wrongly", pipeline.Rejected), invalid, ours("fresh", pipeline.Accepted), ours("bare", pipeline.Delivered),
	}, []Held{
		held("same", "Valid"), held("total", "Valid", func(h *Held) { h.Total = udecimal.MustParse("11") }), held("status", "Cancelled"),
		held("time", "Valid", func(h *Held) { h.Issued = at.Add(time.Second) }), held("number", "Valid", func(h *Held) { h.Number = "X" }),
		held("pos", "Valid", func(h *Held) { h.POS = "P9" }), held("wrongly", "Valid"), held("stranger", "Valid"),
		held("till", "Valid", func(h *Held) { h.POS = "TILL-7" }), {UUID: "bare"},
	}, []string{"P1"}, at.Add(time.Minute))
	got := map[string]string{}
	for _, d := range found.Diffs {
		got[d.UUID] += d.Class
		for _, lang := range []string{"en", "ar"} {
			if d.Says(lang) == "" || d.Fix(lang) == "" || strings.Contains(d.Says(lang)+d.Fix(lang), "{") {
				t.Errorf("%s in %s: %q %q", d.Class, lang, d.Says(lang), d.Fix(lang))
			}
		}
	}
	want := map[string]string{"gone": "missing", "total": "total", "status": "status", "time": "time", "number": "number", "pos": "pos",
		"wrongly": "status", "taken": "missing", "stranger": "there"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, d := range found.Diffs { // the authority's words, which read the same in both languages
		if d.Class == "missing" && !slices.Contains([]string{"Valid", "Submitted", "Invalid"}, d.Ours) {
			t.Errorf("%s is %q here", d.Number, d.Ours)
		}
	}
	if found.Same != 2 || found.Others != 1 {
		t.Errorf("same %d, of others %d", found.Same, found.Others)
	}
}

// What the authority holds is read by every way, page by page, and a way that is not allowed gives way to another.
func TestHolds_EveryWay(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{DuplicateWindow: -1, PackagePolls: 2}, func(c *Config) { c.PollAfter = []time.Duration{time.Millisecond} })
	n.fill(230)
	n.run(1000)
	span := Span{From: n.clock.Now().Add(-24 * time.Hour), To: n.clock.Now().Add(time.Hour)}
	for _, by := range []string{"", BySearch, ByRecent, ByPackage} {
		held, how, err := n.sink.Holds(context.Background(), span, by)
		if err != nil || len(held) != 230 {
			t.Errorf("by %q: %d receipts by %s, %v", by, len(held), how, err)
		}
	}
	if held, _, err := n.sink.Holds(context.Background(), Span{From: span.From.Add(-48 * time.Hour), To: span.From}, ""); err != nil || len(held) != 0 {
		t.Errorf("of another day: %d, %v", len(held), err)
	}
	unheard, err := n.sink.Unheard(context.Background(), span.From, func(uuids []string) (map[string]bool, error) {
		known := map[string]bool{}
		for _, uuid := range uuids[:len(uuids)-3] {
			known[uuid] = true
		}
		return known, nil
	})
	if err != nil || len(unheard) != 3 {
		t.Fatalf("unheard %d, %v", len(unheard), err)
	}
	var papers []Paper
	for _, h := range unheard {
		doc, paper, named, err := n.sink.Fetch(context.Background(), h)
		if err != nil || !named || !Proves(doc.Sealed, h.UUID) || doc.State != pipeline.Delivered {
			t.Fatalf("fetch %s: %+v named %v, %v", h.UUID, doc.Key, named, err)
		}
		papers = append(papers, paper)
	}
	receipts := n.server.Receipts()
	if tip := Tip(papers); tip != receipts[len(receipts)-1].UUID {
		t.Errorf("the chain ends in %s", tip)
	}
}

// What a package looks like is not published: each likely form is read, and what is none is never read as an empty one.
func TestPackageRows_EveryForm(t *testing.T) {
	t.Parallel()
	one, two := `{"uuid":"A1","totalAmount":114,"status":"Valid"}`, `{"receiptUUID":"b2"}`
	zipped := func(files ...string) string {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for i := 0; i < len(files); i += 2 {
			f, err := w.Create(files[i])
			if err == nil {
				_, err = f.Write([]byte(files[i+1]))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	for name, test := range map[string]struct {
		body  string
		uuids []string
	}{
		"a page":                  {`{"receipts":[` + one + `,` + two + `],"metadata":{}}`, []string{"a1", "b2"}},
		"an empty page":           {`{"result":[]}`, nil},
		"an array":                {"\xef\xbb\xbf[" + one + "]\n", []string{"a1"}},
		"one receipt":             {one, []string{"a1"}},
		"a ZIP of one a file":     {zipped("x/a.json", one, "x/b.JSON", two, "readme.txt", "hello"), []string{"a1", "b2"}},
		"a ZIP of a list":         {zipped("receipts.json", "["+one+","+two+"]"), []string{"a1", "b2"}},
		"no list":                 {`{"message":"soon"}`, []string{"!"}},
		"a web page":              {`<html>`, []string{"!"}},
		"nothing":                 {``, []string{"!"}},
		"half of a list":          {`[` + one, []string{"!"}},
		"half of a ZIP":           {zipped("a.json", one)[:40], []string{"!"}},
		"a ZIP without JSON":      {zipped("a.csv", "uuid"), []string{"!"}},
		"a ZIP with no list":      {zipped("a.json", one, "b.json", `{}`), []string{"!"}},
		"a ZIP with half of JSON": {zipped("a.json", `{"uu`), []string{"!"}},
	} {
		rows, err := packageRows([]byte(test.body))
		var got []string
		for _, row := range rows {
			got = append(got, row.held().UUID)
		}
		if err != nil {
			got = []string{"!"}
		}
		if !slices.Equal(got, test.uuids) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, test.uuids)
		}
	}
}

func TestKeyOf_ToldFromTheNumber(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ number, order, kind, want string }{
		{"#1042-5501", "#1042", "s", "sale/5501"}, {"#1042-5501/3", "#1042", "s", "sale/5501"}, {"A/7-5501", "A/7", "s", "sale/5501"}, {"#1042", "#1042", "s", "sale/#1042"},
		{"#1042-R-5501-9", "#1042-R1", "r", "return/5501/9"}, {"#1042-R-5501-9/2", "#1042-R1", "r", "return/5501/9"}, {"cut-and-hashed-1a2b3c4d", "#1042", "s", "adopted/u"},
	} {
		if got, _, _ := keyOf(Paper{UUID: "u", Number: test.number, Order: test.order, Type: test.kind}); got != test.want {
			t.Errorf("%s of %s: got %s, want %s", test.number, test.order, got, test.want)
		}
	}
}
