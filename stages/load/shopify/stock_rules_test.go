package shopify

import (
	"strings"
	"testing"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// cells makes records of a stock file: "sku=A-1 quantity=7 warehouse=01".
func cells(fields []pipeline.Field, rows ...string) []pipeline.Record {
	shape := pipeline.NewShape(fields)
	var out []pipeline.Record
	for i, row := range rows {
		r := pipeline.NewRecord(pipeline.Row{Origin: pipeline.Origin{File: "stock.csv", Row: i + 2}}, shape)
		for cell := range strings.FieldsSeq(row) {
			name, text, _ := strings.Cut(cell, "=")
			v := pipeline.Value{Set: true, Text: text}
			if fields[shape.Index(name)].Type == pipeline.Quantity {
				v.Dec = decimal(text)
			}
			r.Put(shape.Index(name), v)
		}
		out = append(out, r)
	}
	return out
}

// at are cells at one location.
func at(location string, rows ...string) []string {
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = "sku=A-1 location=" + location + " " + row
	}
	return out
}

// What a flow makes of the file's numbers, and which of its rules it tells.
func TestStockRules(t *testing.T) {
	t.Parallel()
	const (
		cairo = "gid://shopify/Location/1" // 01 and 02
		giza  = "gid://shopify/Location/5" // 05 alone
	)
	cases := []struct {
		settings string
		location string
		rows     []string
		want     string // quantity, why; or the rule of a problem; or left
	}{
		{"", cairo, []string{"quantity=4 warehouse=01", "quantity=3 warehouse=02"}, "7 "},
		{"combine=pick order=02,01", cairo, []string{"quantity=4 warehouse=01", "quantity=3 warehouse=02"}, "3 pick 02"},
		{"combine=pick order=02,01", cairo, []string{"quantity=4 warehouse=01"}, "4 "},
		{"combine=pick order=02", cairo, []string{"quantity=4 warehouse=01"}, "stock.pick"},
		{"combine=pick", cairo, []string{"quantity=4 warehouse=01"}, "stock.pick"},
		{"combine=pick order=02", giza, []string{"quantity=4 warehouse=05"}, "4 "}, // there is nothing to pick
		{"reserve=2", cairo, []string{"quantity=4 warehouse=01", "quantity=3 warehouse=02"}, "5 reserve 2"},
		{"reserve=2", cairo, []string{"quantity=1 warehouse=01"}, "0 reserve 2"},
		{"reserve=2", cairo, []string{"quantity=0 warehouse=01"}, "0 "},
		{`reserve={"01":"5","*":"1"}`, cairo, []string{"quantity=4 warehouse=01", "quantity=3 warehouse=02"}, "2 reserve 5, reserve 1"},
		{`reserve={"01":"5"}`, cairo, []string{"quantity=9 warehouse=01", "quantity=3 warehouse=02"}, "7 reserve 5"},
		{"buffer=2", cairo, []string{"quantity=7 warehouse=01"}, "5 buffer 2"},
		{"buffer=10%", cairo, []string{"quantity=15 warehouse=01"}, "13 buffer 10%"},
		{"buffer=10%", cairo, []string{"quantity=0 warehouse=01"}, "0 "},
		{"buffer=100%", cairo, []string{"quantity=9 warehouse=01"}, "0 buffer 100%"},
		{"buffer=10%", cairo, []string{"quantity=7.5 warehouse=01"}, "stock.fraction"},
		{"buffer=10% fraction=floor", cairo, []string{"quantity=7.5 warehouse=01"}, "6 fraction: floor, buffer 10%"},
		{"buffer=10%", cairo, []string{"quantity=7 warehouse=01 buffer=3"}, "4 buffer 3"},
		{"buffer=10%", cairo, []string{"quantity=7 warehouse=01 buffer=0"}, "7 "},
		{"", cairo, []string{"quantity=7 warehouse=01 reserved=3"}, "4 reserved 3"},
		{"", cairo, []string{"quantity=7 warehouse=01 reserved=9"}, "0 reserved 9"},
		{"", cairo, []string{"quantity=7 warehouse=01 reserved=-1"}, "stock.minus"},
		{"max=50", cairo, []string{"quantity=51 warehouse=01"}, "50 max 50"},
		{"max=0", cairo, []string{"quantity=51 warehouse=01"}, "0 max 0"},
		{"max=50", cairo, []string{"quantity=50 warehouse=01"}, "50 "},
		{"reserve=1 buffer=2 max=3", cairo, []string{"quantity=9 warehouse=01 reserved=1"}, "3 reserved 1, reserve 1, buffer 2, max 3"},
		{"negative=zero", cairo, []string{"quantity=-3 warehouse=01"}, "0 negative: zero"},
		{"negative=send reserve=2 buffer=2", cairo, []string{"quantity=-3 warehouse=01"}, "-3 "},
		{"negative=send quantity=on_hand", cairo, []string{"quantity=-3 warehouse=01"}, "stock.negative"},
		{"", cairo, []string{"quantity=-3 warehouse=01", "quantity=5 warehouse=02"}, "2 "},
		{"", "ignore", []string{"quantity=-3 warehouse=09", "warehouse=08"}, "left: the warehouse 09, 08 is not for the shop"},
		{"", cairo, []string{"quantity=4 warehouse=01", "quantity=4 warehouse=01"}, "stock.twice"},
	}
	cfg := Config{Locations: map[string]string{"01": cairo, "02": cairo, "05": giza, "09": ignored}}
	fields := stockDesk{&Sink{}}.kind().Fields
	for _, c := range cases {
		set := pipeline.Settings{}
		for one := range strings.FieldsSeq(c.settings) {
			name, v, _ := strings.Cut(one, "=")
			set[name] = v
		}
		if found := (stockDesk{&Sink{}}).kind().Check(set); len(found) > 0 {
			t.Errorf("%s: %v", c.settings, found)
		}
		doc, problems := stockRulesOf(cfg, set, "en").build(cells(fields, at(c.location, c.rows...)...))
		got := ""
		switch w, err := stockOf(doc); {
		case len(problems) > 0:
			got = string(problems[0].Rule)
		case doc.Left != "":
			got = "left: " + doc.Left
		case err != nil:
			t.Fatal(err)
		default:
			got = pieces(w.Quantity) + " " + w.Why
		}
		if got != c.want {
			t.Errorf("%q %v: got %q, want %q", c.settings, c.rows, got, c.want)
		}
	}
}

func TestStockSettings_WhatIsNotTaken(t *testing.T) {
	t.Parallel()
	for name, texts := range map[string][]string{
		"reserve":  {"-1", "1.5", "two", `{"01":"x"}`, `{"01"`},
		"buffer":   {"-1", "1.5", "101%", "some"},
		"max":      {"-1", "1.5", "none", "9999999999"},
		"match":    {"sku,name"},
		"fraction": {"up"}, "negative": {"keep"}, "quantity": {"all"}, "on_stale": {"shop"}, "untracked": {"send"}, "combine": {"min"}, "complete": {"perhaps"},
	} {
		for _, text := range texts {
			if found := (stockDesk{&Sink{}}).kind().Check(pipeline.Settings{name: text}); len(found) != 1 {
				t.Errorf("%s: %s is taken: %v", name, text, found)
			}
		}
	}
}

// planned asks with a whole question and gives each answer in one line.
func planned(t *testing.T, sink *Sink, q pipeline.Question, rows ...string) (lines []string, plan pipeline.Plan) {
	t.Helper()
	kind := stockDesk{sink}.bind(q.Settings)
	for _, row := range rows {
		doc, problems := kind.Build(cells(kind.Fields, row))
		doc.Kind = kindStock
		if len(problems) > 0 || doc.Left != "" {
			q.Aside = append(q.Aside, doc)
			continue
		}
		q.Docs = append(q.Docs, doc)
	}
	q.Kind = kindStock
	plan, err := sink.Plan(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range append(plan.Docs[:len(plan.Docs):len(plan.Docs)], plan.More...) {
		line := p.Doc.Name + ": "
		switch {
		case len(p.Problems) > 0:
			line += string(p.Problems[0].Rule)
		case p.Left != "":
			line += "left"
		case p.Same:
			line += "same"
		case len(p.Doc.Changes) == 0:
			line += "once more"
		default:
			c := p.Doc.Changes[0]
			line += c.Old + " -> " + c.New
			for _, more := range []string{c.Why, string(c.Mark)} {
				if more != "" {
					line += ", " + more
				}
			}
		}
		lines = append(lines, line)
	}
	for _, p := range plan.Notes {
		lines = append(lines, string(p.Rule)+" "+p.With["count"]+": "+p.With["some"])
	}
	return lines, plan
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// What a complete file lacks goes to zero, where it speaks of the location; what is
// left out or held was in it all the same.
func TestStockPlan_Complete(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	s.AddSKU("C-1", 3)
	s.AddSKU("C-2", 3)
	s.AddSKU("D-1", 3)
	s.AddSKU("D-1", 3)
	s.AddSKU("", 6)
	s.AddVariant(shopifytest.Variant{SKU: "U-1", Untracked: true, Stock: map[string]shopifytest.Levels{"Cairo": {Available: 4}}})
	s.AddVariant(shopifytest.Variant{SKU: "K-1", Bundle: true, Stock: map[string]shopifytest.Levels{"Cairo": {Available: 4}}})
	s.AddVariant(shopifytest.Variant{SKU: "G-1", Stock: map[string]shopifytest.Levels{"Giza": {Available: 4}}})
	rows := []string{"sku=A-1 quantity=8 location=" + s.cairo, "sku=C-1 quantity=1.5 location=" + s.cairo, "sku=C-2 quantity=1 warehouse=09 location=ignore"}
	sink := s.sink(t)

	whole := pipeline.Question{Whole: true, Settings: pipeline.Settings{"complete": "true"}}
	got, plan := planned(t, sink, whole, rows...)
	wantLines(t, got, "A-1 @ 9100000000001: 5 -> 8", "B-1 @ Cairo: 7 -> 0, complete, zero", "C-2 @ Cairo: 3 -> 0, complete, zero",
		"stock.nameless 3: D-1, product (gid://shopify/ProductVariant/9100000000037), …")
	for _, p := range plan.More {
		if p.Rank != -1 || p.Doc.From[0].File != "stock.csv" || p.Doc.Undo == nil || p.Doc.Print != "0" {
			t.Errorf("%+v", p)
		}
	}

	got, _ = planned(t, sink, pipeline.Question{Whole: true, Settings: pipeline.Settings{"complete": "true"}, Memo: pipeline.MemoReupload}, rows...)
	wantLines(t, got, "A-1 @ 9100000000001: 5 -> 8")
	got, _ = planned(t, sink, pipeline.Question{Settings: pipeline.Settings{"complete": "true"}}, rows...)
	wantLines(t, got, "A-1 @ 9100000000001: 5 -> 8")
}

// Missing is not zero: what the shop has more is counted.
func TestStockPlan_UnspokenIsCounted(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	var rows []string
	for i := range perSearch + 1 {
		sku := "P-" + number(i)
		s.AddSKU(sku, 1)
		rows = append(rows, "sku="+sku+" quantity=1 location="+s.cairo)
	}
	got, _ := planned(t, s.sink(t), pipeline.Question{Whole: true}, rows...)
	wantLines(t, got[len(rows):], "stock.unspoken 2: A-1, B-1")
}

// Our own id goes before a person's word, then barcode, then SKU; two rows that mean
// the same item are both held.
func TestStockPlan_Match(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{Scopes: shopifytest.GoodsScopes})
	sink := s.sink(t)
	sink.match = func(code string) (string, bool, error) {
		v, _ := s.Variant("A-2")
		return v.ID, code == "ERP-2", nil
	}
	rows := []string{"sku=ERP-9 quantity=9 location=" + s.cairo, "sku=ERP-2 quantity=2 location=" + s.cairo, "sku=NEW barcode=6221000000017 quantity=3 location=" + s.cairo}
	got, _ := planned(t, sink, pipeline.Question{}, rows...)
	wantLines(t, got, "ERP-9 @ 9100000000001: stock.unknown", "ERP-2 @ 9100000000001: 0 -> 2", "NEW @ 9100000000001: 7 -> 3")

	if err := sink.defineGoods(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.AddVariant(shopifytest.Variant{SKU: "C-9", Stock: map[string]shopifytest.Levels{"Cairo": {Available: 1}}, Metafields: map[string]string{"wasl.item_code": "ERP-9"}})
	got, _ = planned(t, sink, pipeline.Question{}, append(rows, "sku=C-9 quantity=4 location="+s.cairo)...)
	wantLines(t, got, "ERP-9 @ 9100000000001: 1 -> 9", "ERP-2 @ 9100000000001: 0 -> 2", "NEW @ 9100000000001: 7 -> 3", "C-9 @ 9100000000001: stock.ambiguous")
	got, _ = planned(t, sink, pipeline.Question{}, append(rows, "sku=B-1 quantity=4 location="+s.cairo)...)
	wantLines(t, got, "ERP-9 @ 9100000000001: 1 -> 9", "ERP-2 @ 9100000000001: 0 -> 2", "NEW @ 9100000000001: stock.same", "B-1 @ 9100000000001: stock.same")
	got, _ = planned(t, sink, pipeline.Question{Settings: pipeline.Settings{"match": "sku"}}, rows...)
	wantLines(t, got, "ERP-9 @ 9100000000001: stock.unknown", "ERP-2 @ 9100000000001: stock.unknown", "NEW @ 9100000000001: stock.near")
	s.clean(t)
}

func TestStockPlan_Untracked(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	s.AddVariant(shopifytest.Variant{SKU: "U-1", Untracked: true})
	row := "sku=U-1 quantity=9 location=" + s.cairo
	got, _ := planned(t, s.sink(t), pipeline.Question{}, row)
	wantLines(t, got, "U-1 @ 9100000000001: left")
	got, _ = planned(t, s.sink(t), pipeline.Question{Settings: pipeline.Settings{"untracked": "hold"}}, row)
	wantLines(t, got, "U-1 @ 9100000000001: stock.untracked")
}

// A re-upload sets without comparing only where the ERP wins; what goes to zero
// leaves last in it, and first otherwise.
func TestStockPlan_Reupload(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	rows := []string{"sku=A-1 quantity=0 location=" + s.cairo, "sku=B-1 quantity=7 location=" + s.cairo}
	for _, c := range []struct {
		memo, stale string
		all         bool
		rank        int
		blind, same bool
	}{
		{pipeline.MemoReupload, "erp", true, 1, true, false},
		{pipeline.MemoReupload, "hold", false, 1, false, true},
		{"", "erp", false, -1, false, true},
	} {
		_, plan := planned(t, s.sink(t), pipeline.Question{Memo: c.memo, All: c.all, Settings: pipeline.Settings{"on_stale": c.stale}}, rows...)
		w, err := stockOf(plan.Docs[0].Doc)
		if err != nil || plan.Docs[0].Rank != c.rank || w.Blind != c.blind || plan.Docs[1].Same != c.same {
			t.Errorf("%+v: %+v %+v", c, w, plan.Docs)
		}
		request, err := stockRulesOf(s.config(), nil, "").freeze(pipeline.Batch{ID: "b", Docs: []pipeline.Document{plan.Docs[0].Doc}})
		if err != nil || strings.Contains(string(request), `"changeFromQuantity":null`) != c.blind {
			t.Errorf("%+v: %s, %v", c, request, err)
		}
	}
}
