package shopify

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
)

// line is one row of a file of products: texts by field.
type line map[string]string

// productRows are rows as a mapping makes them.
func productRows(fields []pipeline.Field, rows ...line) []pipeline.Record {
	shape := pipeline.NewShape(fields)
	var header []string
	for _, f := range fields {
		header = append(header, strings.ToUpper(f.Name))
	}
	var out []pipeline.Record
	for i, row := range rows {
		r := pipeline.NewRecord(pipeline.Row{Header: header, Origin: pipeline.Origin{File: "items.csv", Row: i + 2}}, shape)
		for at, f := range fields {
			text, ok := row[f.Name]
			if !ok {
				continue
			}
			v := pipeline.Value{Set: true, Text: text, Col: at + 1}
			switch f.Type {
			case pipeline.Amount, pipeline.Quantity:
				v.Dec = decimal(text)
			case pipeline.Bool:
				v.Bool = text == "true"
			}
			r.Put(at, v)
		}
		out = append(out, r)
	}
	return out
}

// buildProducts builds the documents of rows, by group, as Prepare does.
func buildProducts(t *testing.T, set pipeline.Settings, rows ...line) ([]pipeline.Document, []pipeline.Problem) {
	t.Helper()
	kind := productDesk{}.kind()
	if found := kind.Check(set); len(found) > 0 {
		t.Fatalf("settings: %v", found)
	}
	kind = kind.Bind(set)
	groups := map[string][]pipeline.Record{}
	var order []string
	for _, r := range productRows(kind.Fields, rows...) {
		if groups[r.Text("group")] == nil {
			order = append(order, r.Text("group"))
		}
		groups[r.Text("group")] = append(groups[r.Text("group")], r)
	}
	var docs []pipeline.Document
	var wrong []pipeline.Problem
	for _, g := range order {
		doc, problems := kind.Build(groups[g])
		doc.Kind = kindProduct
		wrong = append(wrong, problems...)
		docs = append(docs, doc)
	}
	return docs, wrong
}

func rulesIn(problems []pipeline.Problem) []string {
	out := []string{}
	for _, p := range problems {
		out = append(out, string(p.Rule))
	}
	return out
}

func TestBuildProduct(t *testing.T) {
	t.Parallel()
	docs, wrong := buildProducts(t, nil,
		line{"group": "SH", "code": "SH-1", "title": "Shirt", "description": "Cotton\nA & B", "tags": "new, cotton، New", "option1_name": "Color", "option1": "Red",
			"price": "12.50", "compare_at": "0", "weight": "0.25", "weight_unit": "kg", "status": "draft", "published": "false", "origin": "eg"},
		line{"group": "SH", "code": "SH-2", "sku": "S2", "barcode": "622", "option1": "Blue", "price": "12.5", "taxable": "true", "policy": "Continue"},
		line{"group": "CUP", "code": "CUP", "title": "Cup", "option1_name": "Title", "option1": "Default Title"})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	w, err := bodyOf[goods](docs[0])
	if err != nil {
		t.Fatal(err)
	}
	if *w.HTML != "Cotton<br>A &amp; B" || !slices.Equal(w.Tags, []string{"new", "cotton"}) || w.Status != "DRAFT" || *w.Published || !slices.Equal(w.Options, []string{"Color"}) {
		t.Errorf("product %s", docs[0].Body)
	}
	a, b := w.Wares[0], w.Wares[1]
	if a.SKU != "SH-1" || a.Said || !a.Compare.IsZero() || a.Unit != "KILOGRAMS" || *a.Origin != "EG" || b.SKU != "S2" || !b.Said || b.Policy != "CONTINUE" || !*b.Taxable || b.Price == nil || !b.Price.Equal(*a.Price) {
		t.Errorf("variants %+v", w.Wares)
	}
	if cup, _ := bodyOf[goods](docs[1]); cup.Options != nil || len(cup.Wares) != 1 || cup.Wares[0].Values != nil {
		t.Errorf("a product without options has some: %s", docs[1].Body)
	}
	if docs[0].Key != "product/SH" || docs[0].From[1].Column != "CODE" || docs[0].From[1].Row != 3 {
		t.Errorf("document %+v", docs[0])
	}
}

func TestBuildProduct_Problems(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set  pipeline.Settings
		rows []line
		want []string
	}{
		"two titles":          {nil, []line{{"group": "A", "code": "1", "title": "X", "option1_name": "C", "option1": "r"}, {"group": "A", "code": "2", "title": "Y", "option1": "b"}}, []string{"product.differs"}},
		"a code twice":        {nil, []line{{"group": "A", "code": "1"}, {"group": "A", "code": "1"}}, []string{"product.twice"}},
		"no code":             {nil, []line{{"group": "A", "code": "1"}, {"group": "A", "price": "3"}}, []string{"product.code"}},
		"only a picture":      {nil, []line{{"group": "A", "code": "1"}, {"group": "A"}}, []string{}},
		"status":              {nil, []line{{"group": "A", "code": "1", "status": "sleeping"}}, []string{"product.status"}},
		"unit":                {nil, []line{{"group": "A", "code": "1", "weight": "3", "weight_unit": "stone"}}, []string{"product.unit"}},
		"a price below zero":  {nil, []line{{"group": "A", "code": "1", "price": "-3"}}, []string{"price.negative"}},
		"three decimals":      {nil, []line{{"group": "A", "code": "1", "price": "3.125"}}, []string{"product.decimals"}},
		"option without name": {nil, []line{{"group": "A", "code": "1", "option1": "Red"}}, []string{"product.option"}},
		"option named":        {pipeline.Settings{"options": "اللون"}, []line{{"group": "A", "code": "1", "option1": "أحمر"}}, []string{}},
		"a value is missing":  {nil, []line{{"group": "A", "code": "1", "option1_name": "C", "option1": "r"}, {"group": "A", "code": "2"}}, []string{"product.value"}},
		"the same options":    {nil, []line{{"group": "A", "code": "1", "option1_name": "C", "option1": "r"}, {"group": "A", "code": "2", "option1": "R"}}, []string{"product.alike"}},
		"a code of two lines": {nil, []line{{"group": "A", "code": "1\n2"}}, []string{"product.key"}},
		"policy":              {nil, []line{{"group": "A", "code": "1", "policy": "maybe"}}, []string{"product.policy"}},
		"name rule":           {pipeline.Settings{"name_rule": `(?<title>.+) - (?<Color>\S+)`}, []line{{"group": "A", "code": "1", "title": "Shirt - Red"}, {"group": "A", "code": "2", "title": "Shirt Blue"}}, []string{"product.name"}},
	} {
		_, wrong := buildProducts(t, c.set, c.rows...)
		if diff := cmp.Diff(c.want, rulesIn(wrong)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

// A column of options that says nothing of a product is none of its options.
func TestBuildProduct_EmptyOption(t *testing.T) {
	t.Parallel()
	docs, wrong := buildProducts(t, nil, line{"group": "A", "code": "1", "option1_name": "Color", "option2_name": "Size", "option2": "S"},
		line{"group": "A", "code": "2", "option2": "M"})
	if w, _ := bodyOf[goods](docs[0]); len(wrong) > 0 || !slices.Equal(w.Options, []string{"Size"}) || !slices.Equal(w.Wares[1].Values, []string{"M"}) {
		t.Errorf("%v %s", wrong, docs[0].Body)
	}
}

func TestBuildProduct_NameRule(t *testing.T) {
	t.Parallel()
	set := pipeline.Settings{"name_rule": `^(?<title>.+?) - (?<option1>\S+) / (?<Size>\S+)$`, "options": "اللون,Size"}
	docs, wrong := buildProducts(t, set,
		line{"group": "A", "code": "1", "title": "قميص - أحمر / XL"}, line{"group": "A", "code": "2", "title": "قميص - أزرق / M"},
		line{"group": "B", "code": "3", "title": "كوب"})
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	w, _ := bodyOf[goods](docs[0])
	if *w.Title != "قميص" || !slices.Equal(w.Options, []string{"اللون", "Size"}) || !slices.Equal(w.Wares[1].Values, []string{"أزرق", "M"}) {
		t.Errorf("%s", docs[0].Body)
	}
	if w, _ = bodyOf[goods](docs[1]); *w.Title != "كوب" || w.Options != nil {
		t.Errorf("%s", docs[1].Body)
	}
	for _, bad := range []string{"(", "(?<title>.+)", "(?<Color>.+)", `(?<title>a)(?<b>b)(?<c>c)(?<d>d)(?<e>e)`} {
		if found := (productDesk{}).kind().Check(pipeline.Settings{"name_rule": bad}); len(found) != 1 {
			t.Errorf("name_rule %s: %v", bad, found)
		}
	}
}
