package shopify

import (
	"testing"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

func TestBuild_SaysWhatIsToBeSet(t *testing.T) {
	t.Parallel()
	sink := open(t, shopifytest.Options{}).sink(t)
	const cairo = "gid://shopify/Location/9100000000001"
	doc, problems := sink.Kinds()[0].Build(records(sink, want{"A-1", cairo, "4", "01"}, want{"A-1", cairo, "3.000", "02"}))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if got, want := string(doc.Body), `{"sku":"A-1","location":"`+cairo+`","quantity":7}`; got != want {
		t.Errorf("body %s, want %s", got, want)
	}
	if doc.Key != "stock/A-1@"+cairo || doc.Name != "A-1 @ 01+02" || doc.Print != "7" || len(doc.Words) != 1 || doc.Words[0] != "A-1" {
		t.Errorf("got %+v", doc)
	}
	if len(doc.From) != 2 || doc.From[1].String() != "stock.csv:3 [Qty]" {
		t.Errorf("made of %v", doc.From)
	}
}

func TestBuild_Quantities(t *testing.T) {
	t.Parallel()
	const cairo = "gid://shopify/Location/1"
	cases := []struct {
		fraction, negative, quantity string
		want                         string // of Print, or the rule
	}{
		{"", "", "0", "0"},
		{"", "", "1000000000", "1000000000"},
		{"", "", "1000000001", "stock.range"},
		{"", "", "99999999999999999999", "stock.range"},
		{"", "", "1.5", "stock.fraction"},
		{"floor", "", "1.999", "1"},
		{"floor", "", "0.2", "0"},
		{"", "", "-1", "stock.negative"},
		{"floor", "", "-0.5", "stock.negative"},
		{"", "zero", "-0.5", "0"},
		{"", "zero", "-3", "0"},
		{"", "send", "-3", "-3"},
		{"", "send", "-3.5", "stock.fraction"},
		{"floor", "send", "-3.5", "-4"},
		{"", "", "", "stock.quantity"},
	}
	s := open(t, shopifytest.Options{})
	for _, c := range cases {
		sink := s.sink(t, func(cfg *Config) { cfg.Fraction, cfg.Negative = c.fraction, c.negative })
		doc, problems := sink.Kinds()[0].Build(records(sink, want{"A-1", cairo, c.quantity, "01"}))
		got := doc.Print
		if len(problems) > 0 {
			got = string(problems[0].Rule)
			if doc.Body != nil || problems[0].Origin.String() != "stock.csv:2 [Qty]" && c.quantity != "" {
				t.Errorf("%+v: body %s, at %s", c, doc.Body, problems[0].Origin)
			}
		}
		if got != c.want {
			t.Errorf("%+v: got %s", c, got)
		}
	}
}

func TestBuild_SameWarehouseTwice(t *testing.T) {
	t.Parallel()
	sink := open(t, shopifytest.Options{}).sink(t)
	const cairo = "gid://shopify/Location/1"
	_, problems := sink.Kinds()[0].Build(records(sink, want{"A-1", cairo, "4", "01"}, want{"A-1", cairo, "4", "01"}))
	if len(problems) != 1 || problems[0].Rule != "stock.twice" || problems[0].Row != 3 {
		t.Errorf("got %v", problems)
	}
}

func TestBuild_RowsThatLackTheirGroup(t *testing.T) {
	t.Parallel()
	sink := open(t, shopifytest.Options{}).sink(t)
	doc, problems := sink.Kinds()[0].Build(records(sink, want{"", "", "4", "01"}))
	if doc.Key != "" || doc.Body != nil || len(problems) != 0 {
		t.Errorf("got %+v, %v", doc, problems)
	}
	_, problems = sink.Kinds()[0].Build(records(sink, want{"A-1", "Cairo", "4", "01"}))
	if len(problems) != 1 || problems[0].Rule != "stock.location" {
		t.Errorf("a location's name is no id: %v", problems)
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	k := open(t, shopifytest.Options{}).sink(t).Kinds()[0]
	if k.Name != "shopify.stock" || k.Once || k.Joined || len(k.GroupBy) != 2 || k.Freeze == nil {
		t.Errorf("got %+v", k)
	}
	if got := k.Fields[2]; got.Name != "quantity" || got.Type != pipeline.Quantity || !got.Required {
		t.Errorf("got %+v", got)
	}
}
