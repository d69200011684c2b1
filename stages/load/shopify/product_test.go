package shopify

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/shopify/shopifytest"
)

// A goodsLane plans products against a stand-in and sends them, as a lane does.
type goodsLane struct {
	t    *testing.T
	shop *shop
	sink *Sink
	set  pipeline.Settings
	n    int
	why  map[string][]pipeline.Problem
	got  map[string]pipeline.State
	errs []error
}

// goodsShop is a shop for goods, whose waiting moves its clock.
func goodsShop(t *testing.T) *shop {
	return open(t, shopifytest.Options{Scopes: shopifytest.GoodsScopes, BucketSize: 20_000})
}

func newGoodsLane(t *testing.T, s *shop, set pipeline.Settings) *goodsLane {
	return &goodsLane{t: t, shop: s, sink: s.quick(t), set: set, why: map[string][]pipeline.Problem{}, got: map[string]pipeline.State{}}
}

func (l *goodsLane) desk() productDesk { return productDesk{l.sink} }

// plan builds rows and holds them against the shop.
func (l *goodsLane) plan(rows ...line) []pipeline.Planned {
	l.t.Helper()
	docs, wrong := buildProducts(l.t, l.set, rows...)
	if len(wrong) > 0 {
		l.t.Fatalf("build: %v", wrong)
	}
	return l.ask(pipeline.Question{Docs: docs})
}

func (l *goodsLane) ask(q pipeline.Question) []pipeline.Planned {
	l.t.Helper()
	q.Kind, q.Settings = kindProduct, l.set
	plan, err := l.sink.Plan(l.t.Context(), q)
	if err != nil {
		l.t.Fatalf("plan: %v", err)
	}
	for _, note := range plan.Notes {
		l.why["notes"] = append(l.why["notes"], note)
	}
	return plan.Docs
}

// send sends what is planned to its end.
func (l *goodsLane) send(planned []pipeline.Planned) {
	l.t.Helper()
	var ready []pipeline.Document
	for _, p := range planned {
		doc := p.Doc
		doc.State = pipeline.Ready
		l.why[doc.Key] = p.Problems
		switch {
		case len(p.Problems) > 0:
			l.got[doc.Key] = pipeline.Held
		case p.Left != "":
			l.got[doc.Key] = pipeline.Skipped
		case p.Same:
			l.got[doc.Key] = pipeline.Unchanged
		default:
			ready = append(ready, doc)
		}
	}
	size := goodsBatch
	if len(ready) > goodsAbove {
		size = goodsBulk
	}
	for len(ready) > 0 {
		part := ready[:min(size, len(ready))]
		ready = append(ready[len(part):], l.batch(part)...)
	}
}

// batch sends one batch to its end; what leaves again in another one is returned.
func (l *goodsLane) batch(docs []pipeline.Document) (more []pipeline.Document) {
	l.t.Helper()
	l.n++
	b := pipeline.Batch{ID: fmt.Sprintf("00000000-0000-4000-9000-%012d", l.n), Settings: l.set, Docs: slices.Clone(docs), Taken: l.shop.clock.now(),
		Job: pipeline.Job{Drop: "20261124-0001", Flow: "shopify-products"}}
	var err error
	if b.Request, err = freezeGoods(b); err != nil {
		l.t.Fatal(err)
	}
	for i := range b.Docs {
		b.Docs[i].State = pipeline.Ready
	}
	for range 200 {
		if len(b.Docs) == 0 {
			return more
		}
		var a pipeline.Answer
		if slices.ContainsFunc(b.Docs, func(d pipeline.Document) bool { return d.State == pipeline.Ready }) {
			for i := range b.Docs {
				b.Docs[i].State = pipeline.Sending
			}
			b.Tries++
			a, err = l.sink.Send(l.t.Context(), b)
		} else {
			a, err = l.sink.Ask(l.t.Context(), b)
			b.Asked++
		}
		if err != nil {
			l.errs = append(l.errs, err)
		}
		wait := max(a.Again, time.Second)
		if later, ok := errors.AsType[*pipeline.Later](err); ok {
			wait = max(wait, later.After)
		}
		l.shop.clock.advance(wait)
		more = append(more, l.settle(&b, a)...)
	}
	l.t.Fatalf("the batch does not end: %v", err)
	return nil
}

func (l *goodsLane) settle(b *pipeline.Batch, a pipeline.Answer) (more []pipeline.Document) {
	for _, o := range a.Outcomes {
		i := slices.IndexFunc(b.Docs, func(d pipeline.Document) bool { return d.Key == o.Key })
		if i < 0 {
			l.t.Fatalf("an outcome of %s, which is not in the batch", o.Key)
		}
		d := &b.Docs[i]
		d.State, l.got[o.Key] = o.State, o.State
		l.why[o.Key] = append(l.why[o.Key], o.Why...)
		if o.Ticket != "" {
			d.Ticket = o.Ticket
		}
		switch {
		case o.Body != nil && o.State == pipeline.Ready:
			doc := *d
			doc.Body, doc.Ticket = o.Body, ""
			more = append(more, doc)
			b.Docs = slices.Delete(b.Docs, i, i+1)
		case o.State.Final():
			b.Docs = slices.Delete(b.Docs, i, i+1)
		}
	}
	return more
}

// run plans rows and sends them.
func (l *goodsLane) run(rows ...line) {
	l.t.Helper()
	l.send(l.plan(rows...))
}

func (l *goodsLane) want(group string, state pipeline.State, rules ...string) {
	l.t.Helper()
	key := "product/" + group
	if l.got[key] != state || len(rules) > 0 && strings.Join(rulesIn(l.why[key]), " ") != strings.Join(rules, " ") {
		l.t.Errorf("%s is %s %v, want %s %v", group, l.got[key], l.why[key], state, rules)
	}
}

// changesOf are the changes of a planned document in lines.
func changesOf(p pipeline.Planned) string {
	var out []string
	for _, c := range p.Doc.Changes {
		out = append(out, strings.TrimSpace(c.Field+": "+c.Old+" > "+c.New+" "+string(c.Mark)+" "+c.Move))
	}
	return strings.Join(out, "\n")
}

// mutations are the names of the mutations so far.
func (s *shop) wrote() []string {
	var out []string
	for _, c := range s.Mutations() {
		out = append(out, c.Operation)
	}
	return out
}

var shirt = []line{
	{"group": "G-1", "code": "A-1R", "title": "Shirt", "vendor": "Nour", "tags": "cotton", "option1_name": "Color", "option1": "Red", "price": "12.50", "barcode": "62210", "cost": "8"},
	{"group": "G-1", "code": "A-1B", "option1": "Blue", "price": "12.50", "tracked": "true", "weight": "250.5", "weight_unit": "g"},
}

// An item group becomes a product with its items as variants, once; the same file
// changes nothing; a new price changes the price.
func TestProducts(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	l := newGoodsLane(t, s, pipeline.Settings{"new_status": "active"})
	l.run(shirt...)
	l.want("G-1", pipeline.Delivered)
	p, ok := s.Product("g-1")
	if !ok || p.Title != "Shirt" || p.Status != "ACTIVE" || len(p.Variants) != 2 || len(p.Published) != 1 || p.Metafields["wasl.item_group"] != "G-1" ||
		p.Variants[0].Metafields["wasl.item_code"] != "A-1R" || p.Variants[1].Weight != "250.5 GRAMS" || p.Variants[1].Untracked {
		t.Fatalf("%+v", p)
	}
	n := len(s.Mutations())
	l.run(shirt...)
	if l.want("G-1", pipeline.Unchanged); len(s.Mutations()) != n {
		t.Errorf("the same file again: %v", s.wrote()[n:])
	}
	next := slices.Clone(shirt)
	next[0] = line{"group": "G-1", "code": "A-1R", "title": "Shirt", "option1_name": "Color", "option1": "Red", "price": "6.00", "cost": "8.00"}
	planned := l.plan(next...)
	if got, want := changesOf(planned[0]), "price A-1R: 12.50 > 6.00 price -52\nbelow cost A-1R: 8.00 > 6.00 below_cost"; got != want {
		t.Errorf("changes\n%s\nwant\n%s", got, want)
	}
	l.send(planned)
	if v, _ := s.Variant("A-1R"); v.Price != "6.00" || v.Barcode != "62210" {
		t.Errorf("%+v", v)
	}
	s.clean(t)
}

// What the file does not speak of stays: variants, tags, pictures, metafields, a
// status; and what somebody adds between the plan and the sending.
func TestProducts_NothingIsDropped(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	s.AddProduct(shopifytest.Product{Title: "Old", Handle: "old", Tags: []string{"sale"}, Options: []shopifytest.Option{{Name: "Color"}},
		Media: []shopifytest.Picture{{Source: "https://example.com/1.jpg"}}, Metafields: map[string]string{"other.note": "x"},
		Variants: []shopifytest.Variant{{SKU: "A-1R", Price: "9.00", Options: []string{"Red"}}, {SKU: "HAND", Price: "7.00", Options: []string{"Green"}}}})
	l := newGoodsLane(t, s, nil)
	planned := l.plan(shirt...)
	s.EditProduct("old", func(p *shopifytest.Product) {
		p.Variants = append(p.Variants, shopifytest.Variant{SKU: "LATE", Price: "1.00", Options: []string{"Black"}})
		p.Tags = append(p.Tags, "late")
	})
	l.send(planned)
	l.want("G-1", pipeline.Delivered)
	p, _ := s.Product("old")
	var skus []string
	for _, v := range p.Variants {
		skus = append(skus, v.SKU+" "+strings.Join(v.Options, "/"))
	}
	if got := strings.Join(skus, ", "); got != "A-1R Red, HAND Green, LATE Black, A-1B Blue" {
		t.Errorf("variants %s", got)
	}
	if p.Title != "Shirt" || p.Status != "ACTIVE" || len(p.Media) != 1 || p.Metafields["other.note"] != "x" || p.Metafields["wasl.item_group"] != "G-1" ||
		!slices.Equal(p.Tags, []string{"cotton", "late", "sale"}) || p.Variants[0].Metafields["wasl.item_code"] != "A-1R" {
		t.Errorf("%+v", p)
	}
	l.run(shirt...)
	l.want("G-1", pipeline.Unchanged)
	s.clean(t)
}

// Where it cannot be known what is meant, nobody guesses.
func TestProducts_Doubt(t *testing.T) {
	t.Parallel()
	two := []shopifytest.Option{{Name: "Color"}}
	variant := func(sku, color string) shopifytest.Variant {
		return shopifytest.Variant{SKU: sku, Options: []string{color}}
	}
	for name, c := range map[string]struct {
		has  []shopifytest.Product
		rows []line
		want string
	}{
		"a SKU twice": {[]shopifytest.Product{{Title: "X", Variants: []shopifytest.Variant{{SKU: "A-1R"}}}, {Title: "Y", Variants: []shopifytest.Variant{{SKU: "A-1R"}}}}, shirt, "product.ambiguous"},
		"two products": {[]shopifytest.Product{{Title: "X", Options: two, Variants: []shopifytest.Variant{variant("A-1R", "Red")}},
			{Title: "Y", Options: two, Variants: []shopifytest.Variant{variant("A-1B", "Blue")}}}, shirt, "product.split"},
		"another group's": {[]shopifytest.Product{{Title: "X", Options: two, Metafields: map[string]string{"wasl.item_group": "G-2"},
			Variants: []shopifytest.Variant{variant("A-1R", "Red")}}}, shirt, "product.other"},
		"written nearly so": {[]shopifytest.Product{{Title: "X", Variants: []shopifytest.Variant{{SKU: "a1-r"}, {SKU: "a 1r"}}}}, shirt, "product.near"},
		"handle taken":      {[]shopifytest.Product{{Title: "X", Handle: "g-1", Variants: []shopifytest.Variant{{SKU: "other"}}}}, shirt, "product.handle"},
		"other options": {[]shopifytest.Product{{Title: "X", Options: []shopifytest.Option{{Name: "Size"}},
			Variants: []shopifytest.Variant{variant("A-1R", "S")}}}, shirt, "product.unlike"},
		"options taken": {[]shopifytest.Product{{Title: "X", Options: two,
			Variants: []shopifytest.Variant{variant("A-1R", "Red"), variant("HAND", "Blue")}}}, shirt, "product.taken"},
		"several without options": {nil, []line{{"group": "G-1", "code": "1"}, {"group": "G-1", "code": "2"}}, "product.options"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := goodsShop(t)
			for _, p := range c.has {
				s.AddProduct(p)
			}
			l := newGoodsLane(t, s, nil)
			l.run(c.rows...)
			l.want("G-1", pipeline.Held, c.want)
			for _, p := range l.why["product/G-1"] {
				if strings.Contains(p.Says("en")+p.Fix("en")+p.Says("ar"), "{") {
					t.Errorf("words are missing: %s; %s", p.Says("en"), p.With)
				}
			}
			if len(s.Mutations()) > 0 {
				t.Errorf("wrote %v", s.wrote())
			}
		})
	}
}

// A product without options gets them when the file speaks of its only variant;
// a value is renamed by the variant's id; a variant without any code is the one of
// its options.
func TestProducts_Options(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	old := s.AddProduct(shopifytest.Product{Title: "Plain", Handle: "plain", Variants: []shopifytest.Variant{{SKU: "A-1R", Stock: map[string]shopifytest.Levels{"Cairo": {Available: 4}}}}})
	l := newGoodsLane(t, s, nil)
	l.run(shirt...)
	l.want("G-1", pipeline.Delivered)
	p, _ := s.Product("plain")
	if len(p.Options) != 1 || p.Options[0].Name != "Color" || len(p.Variants) != 2 || p.Variants[0].ID != old.Variants[0].ID || p.Variants[0].Options[0] != "Red" {
		t.Fatalf("%+v", p)
	}
	renamed := slices.Clone(shirt)
	renamed[0] = line{"group": "G-1", "code": "A-1R", "title": "Shirt", "option1_name": "color", "option1": "Crimson"}
	planned := l.plan(renamed...)
	if got := changesOf(planned[0]); got != "options A-1R: Red > Crimson" {
		t.Errorf("changes %s", got)
	}
	l.send(planned)
	if p, _ = s.Product("plain"); p.Variants[0].ID != old.Variants[0].ID || p.Variants[0].Options[0] != "Crimson" || p.Variants[0].Stock[s.cairo].Available != 4 {
		t.Errorf("%+v", p)
	}
	// Undone, the value is what it was, and so is the variant.
	back := l.ask(pipeline.Question{Memo: pipeline.MemoUndo, Docs: []pipeline.Document{{Key: "product/G-1", Kind: kindProduct, Body: planned[0].Doc.Undo, Sent: planned[0].Doc.Body}}})
	if got := changesOf(back[0]); got != "options A-1R: Crimson > Red" {
		t.Errorf("undo: %s %v", got, back[0].Problems)
	}
	l.send(back)
	if p, _ = s.Product("plain"); p.Variants[0].Options[0] != "Red" {
		t.Errorf("%+v", p)
	}

	s.AddProduct(shopifytest.Product{Title: "Bare", Handle: "bare", Options: []shopifytest.Option{{Name: "Color"}},
		Variants: []shopifytest.Variant{{SKU: "C-1", Options: []string{"Red"}}, {Options: []string{"Blue"}}}})
	l.run(line{"group": "G-2", "code": "C-1", "option1_name": "Color", "option1": "Red"}, line{"group": "G-2", "code": "C-2", "option1": "Blue"})
	l.want("G-2", pipeline.Delivered)
	if p, _ = s.Product("bare"); len(p.Variants) != 2 || p.Variants[1].SKU != "C-2" || p.Variants[1].Metafields["wasl.item_code"] != "C-2" {
		t.Errorf("%+v", p)
	}
	s.clean(t)
}

// What a job replaced is put back; what somebody changed since is not; a product
// that was made is archived.
func TestProducts_Undo(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	s.AddProduct(shopifytest.Product{Title: "Old", Handle: "old", Tags: []string{"sale"}, Options: []shopifytest.Option{{Name: "Color"}},
		Variants: []shopifytest.Variant{{SKU: "A-1R", Price: "9.00", Options: []string{"Red"}}, {SKU: "A-1B", Price: "9.00", CompareAtPrice: "11.00", Options: []string{"Blue"}}}})
	l := newGoodsLane(t, s, nil)
	rows := []line{{"group": "G-1", "code": "A-1R", "title": "New", "status": "draft", "tags": "hot", "option1_name": "Color", "option1": "Red", "price": "10", "cost": "4"},
		{"group": "G-1", "code": "A-1B", "option1": "Blue", "price": "12", "compare_at": "0"}, {"group": "G-9", "code": "Z-9", "title": "Fresh", "price": "3"}}
	sent := l.plan(rows...)
	if !strings.Contains(changesOf(sent[0]), "status: active > draft hold") {
		t.Errorf("changes\n%s", changesOf(sent[0]))
	}
	l.send(sent)
	undo := func() []pipeline.Planned {
		var docs []pipeline.Document
		for _, p := range sent {
			docs = append(docs, pipeline.Document{Key: p.Doc.Key, Kind: kindProduct, Body: p.Doc.Undo, Sent: p.Doc.Body})
		}
		return l.ask(pipeline.Question{Memo: pipeline.MemoUndo, Docs: docs})
	}
	s.EditProduct("old", func(p *shopifytest.Product) { p.Title = "By hand" })
	if got := undo(); len(got[0].Problems) != 1 || got[0].Problems[0].Rule != "undo.moved" {
		t.Errorf("undo of what was changed since: %v", got[0].Problems)
	}
	s.EditProduct("old", func(p *shopifytest.Product) { p.Title = "New" })
	l.send(undo())
	p, _ := s.Product("old")
	if p.Title != "Old" || p.Status != "ACTIVE" || !slices.Equal(p.Tags, []string{"sale"}) || p.Variants[0].Price != "9.00" || p.Variants[1].CompareAtPrice != "11.00" || p.Variants[0].Cost != "" {
		t.Errorf("%+v", p)
	}
	if p, _ = s.Product("g-9"); p.Status != "ARCHIVED" {
		t.Errorf("the product that was made is %s", p.Status)
	}
	s.clean(t)
}

// A value that somebody changed after the plan: the flow says who wins.
func TestProducts_Stale(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]pipeline.State{"erp": pipeline.Delivered, "hold": pipeline.Rejected} {
		s := goodsShop(t)
		s.AddProduct(shopifytest.Product{Title: "Shirt", Handle: "old", Variants: []shopifytest.Variant{{SKU: "A", Price: "9.00"}}})
		l := newGoodsLane(t, s, pipeline.Settings{"on_stale": policy})
		planned := l.plan(line{"group": "G-1", "code": "A", "price": "10"})
		s.EditVariant("A", func(v *shopifytest.Variant) { v.Price = "8.00" })
		l.send(planned)
		l.want("G-1", want)
		if v, _ := s.Variant("A"); v.Price != map[string]string{"erp": "10.00", "hold": "8.00"}[policy] {
			t.Errorf("%s: price %s", policy, v.Price)
		}
		if policy == "hold" {
			if p := l.why["product/G-1"][0]; p.Rule != "product.stale" || p.With["was"] != "9.00" || p.With["now"] != "8.00" || p.With["wanted"] != "10.00" {
				t.Errorf("%+v", p)
			}
		}
	}
}

// Settings: what the shop lacks, whose tags they are, variants that are gone.
func TestProducts_Settings(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	s.AddProduct(shopifytest.Product{Title: "Shirt", Handle: "old", Tags: []string{"sale"}, Options: []shopifytest.Option{{Name: "Color"}},
		Variants: []shopifytest.Variant{{SKU: "A-1R", Options: []string{"Red"}}, {SKU: "A-1X", Options: []string{"X"}, Metafields: map[string]string{"wasl.item_code": "A-1X"}}}})
	lacking := line{"group": "N", "code": "N"}
	l := newGoodsLane(t, s, pipeline.Settings{"create": "no"})
	l.run(lacking)
	l.want("N", pipeline.Skipped)
	l.set = pipeline.Settings{"create": "hold", "missing": "hold"}
	l.run(lacking, shirt[0])
	l.want("N", pipeline.Held, "product.unknown")
	l.want("G-1", pipeline.Held, "product.missing")
	l.set = pipeline.Settings{"owns": "tags", "missing": "report"}
	l.run(shirt[0])
	if l.want("G-1", pipeline.Delivered); len(l.why["notes"]) != 1 || l.why["notes"][0].Rule != "product.missing" {
		t.Errorf("notes %v", l.why["notes"])
	}
	if p, _ := s.Product("old"); !slices.Equal(p.Tags, []string{"cotton"}) || len(p.Variants) != 2 {
		t.Errorf("%+v", p)
	}
}

// A refusal is traced to the row of the variant that it names.
func TestProducts_Refused(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	l := newGoodsLane(t, s, nil)
	bad := slices.Clone(shirt)
	bad[1] = line{"group": "G-1", "code": "A-1B", "option1": "Blue", "barcode": strings.Repeat("9", 300)}
	l.run(append(bad, line{"group": "G-2", "code": "C", "price": "1"})...)
	l.want("G-1", pipeline.Rejected, "shopify.refused")
	l.want("G-2", pipeline.Delivered)
	if p := l.why["product/G-1"][0]; p.Row != 3 || p.Field != "barcode" || p.With["said"] == "" {
		t.Errorf("%+v", p)
	}
}

func TestProductSink(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		s := goodsShop(t)
		l := newGoodsLane(t, s, nil)
		l.run(line{"group": "first", "code": "first"}) // the keys are defined
		s.DeleteProduct("first")
		return sinktest.World{
			Sink: l.sink, Freeze: freezeGoods, Upsert: true,
			Docs: func(texts []string) []pipeline.Document {
				var rows []line
				for i, text := range texts {
					code := strings.ReplaceAll(pipeline.Clean(text), "\n", "|") // a key of Shopify is one line
					if letters := []rune(code); len(letters) > 200 {
						code = string(letters[len(letters)-100:])
					}
					rows = append(rows, line{"group": code, "code": code, "title": "T", "handle": fmt.Sprintf("h-%d", i)})
				}
				var docs []pipeline.Document
				for _, p := range l.plan(rows...) {
					if len(p.Problems) > 0 || p.Same {
						t.Fatalf("%+v", p)
					}
					docs = append(docs, p.Doc)
				}
				return docs
			},
			Effects: func() []string {
				var out []string
				for _, p := range s.Products() {
					if p.Metafields["wasl.item_group"] != "" {
						out = append(out, p.Metafields["wasl.item_group"])
					}
				}
				return out
			},
			Lose: func() { s.Fault("productSet", 1, shopifytest.Fault{Kind: shopifytest.FaultResetAfter}) },
			Full: func() { s.Fault("productSet", 0, shopifytest.Fault{Kind: shopifytest.FaultThrottled}) },
			Mend: func() { s.ClearFaults(); s.clock.advance(time.Minute) },
		}
	})
}

// Options that are only called otherwise are the same ones, where the values of the
// variants that were found say so and fit in one way; the names in the shop stay.
func TestProducts_OptionsUnderOtherNames(t *testing.T) {
	t.Parallel()
	s := goodsShop(t)
	s.AddProduct(shopifytest.Product{Title: "قميص", Handle: "shirt", Options: []shopifytest.Option{{Name: "المقاس"}, {Name: "اللون"}}, Variants: []shopifytest.Variant{
		{SKU: "A-1R", Price: "10.00", Options: []string{"S", "أحمر"}}, {SKU: "HAND", Price: "9.00", Options: []string{"L", "أخضر"}}}})
	row := func(code, color, size string) line {
		return line{"group": "G-1", "code": code, "title": "قميص", "price": "12", "option1_name": "Color", "option1": color, "option2_name": "Size", "option2": size}
	}
	l := newGoodsLane(t, s, nil)
	l.run(row("A-1R", "أحمر", "S"), row("A-1B", "أزرق", "M"))
	p, _ := s.Product("shirt")
	if l.want("G-1", pipeline.Delivered); len(p.Variants) != 3 || p.Options[0].Name != "المقاس" || !slices.Equal(p.Variants[2].Options, []string{"M", "أزرق"}) && !slices.Equal(p.Variants[1].Options, []string{"M", "أزرق"}) {
		t.Errorf("%+v", p)
	}
	s.clean(t)

	// Nobody was found, or the values would fit both ways: a person has to say it.
	for _, v := range []shopifytest.Variant{{SKU: "OTHER", Options: []string{"S", "أحمر"}}, {SKU: "A-1R", Options: []string{"S", "S"}}} {
		s := goodsShop(t)
		s.AddProduct(shopifytest.Product{Title: "قميص", Metafields: map[string]string{"wasl.item_group": "G-1"}, Options: []shopifytest.Option{{Name: "المقاس"}, {Name: "اللون"}}, Variants: []shopifytest.Variant{v}})
		l := newGoodsLane(t, s, nil)
		l.run(row("A-1R", "S", "S"))
		if l.want("G-1", pipeline.Held); len(l.why["product/G-1"]) != 1 || l.why["product/G-1"][0].Rule != "product.unlike" {
			t.Errorf("%v", l.why)
		}
	}
}
