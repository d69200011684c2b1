package shopify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// A shelving plans collections against a stand-in and sends them, as a lane does.
type shelving struct {
	*shop
	t     *testing.T
	sink  *Sink
	set   pipeline.Settings
	n     int
	got   map[string]pipeline.Outcome
	notes []pipeline.Problem
	more  []pipeline.Planned
}

// newShelving is a shop with a shirt (item group TOPS, items S-RED and S-BLUE), a hat
// (found by its SKU) and a scarf that the ERP does not know.
func newShelving(t *testing.T, set pipeline.Settings) *shelving {
	t.Helper()
	s := goodsShop(t)
	sink := s.quick(t)
	for _, owner := range []string{"PRODUCT", "PRODUCTVARIANT"} {
		if err := sink.define(t.Context(), owner); err != nil {
			t.Fatal(err)
		}
	}
	s.AddProduct(shopifytest.Product{Title: "Shirt", Handle: "shirt", Metafields: map[string]string{"wasl.item_group": "TOPS"}, Options: []shopifytest.Option{{Name: "Color"}},
		Variants: []shopifytest.Variant{{SKU: "S-RED", Options: []string{"Red"}}, {SKU: "S-BLUE", Options: []string{"Blue"}}}})
	s.AddProduct(shopifytest.Product{Title: "Hat", Handle: "hat", Variants: []shopifytest.Variant{{SKU: "HAT"}}})
	s.AddProduct(shopifytest.Product{Title: "Scarf", Handle: "scarf", Variants: []shopifytest.Variant{{SKU: "SCARF"}}})
	return &shelving{shop: s, t: t, sink: sink, set: set, got: map[string]pipeline.Outcome{}}
}

// build makes the documents of rows, by group, as Prepare does.
func (h *shelving) build(rows ...line) []pipeline.Document {
	h.t.Helper()
	var codes []string
	by := map[string][]pipeline.Record{}
	for i, r := range productRows(collectionDesk{}.kind().Fields, rows...) {
		code := rows[i]["code"]
		if by[code] == nil {
			codes = append(codes, code)
		}
		by[code] = append(by[code], r)
	}
	var docs []pipeline.Document
	for _, code := range codes {
		doc, wrong := buildAssortment(by[code])
		if len(wrong) > 0 {
			h.t.Fatal(wrong)
		}
		doc.Kind = kindCollection
		docs = append(docs, doc)
	}
	return docs
}

func (h *shelving) plan(rows ...line) []pipeline.Planned {
	h.t.Helper()
	return h.ask(pipeline.Question{Docs: h.build(rows...)})
}

func (h *shelving) ask(q pipeline.Question) []pipeline.Planned {
	h.t.Helper()
	q.Kind, q.Settings = kindCollection, h.set
	plan, err := h.sink.Plan(h.t.Context(), q)
	if err != nil {
		h.t.Fatal(err)
	}
	h.notes, h.more = plan.Notes, plan.More
	for i := range h.more {
		h.more[i].Doc.Kind = kindCollection
	}
	return plan.Docs
}

// send sends what differs to its end.
func (h *shelving) send(planned []pipeline.Planned) {
	h.t.Helper()
	var ready []pipeline.Document
	for _, p := range planned {
		if len(p.Problems) == 0 && p.Left == "" && !p.Same {
			p.Doc.State = pipeline.Ready
			ready = append(ready, p.Doc)
		}
	}
	for len(ready) > 0 {
		part := ready[:min(collectionBatch, len(ready))]
		h.batch(part)
		ready = ready[len(part):]
	}
}

// batch sends one batch to its end.
func (h *shelving) batch(docs []pipeline.Document) {
	h.t.Helper()
	h.n++
	b := &pipeline.Batch{ID: fmt.Sprintf("00000000-0000-4000-b000-%012d", h.n), Settings: h.set, Docs: slices.Clone(docs), Taken: h.clock.now(), Tries: 1}
	for range 100 {
		if len(b.Docs) == 0 {
			return
		}
		err := h.step(h.t.Context(), b)
		if later, ok := errors.AsType[*pipeline.Later](err); ok {
			h.clock.advance(max(later.After, time.Second))
		} else if err != nil {
			h.t.Fatal(err)
		}
	}
	h.t.Fatal("it does not end")
}

// step sends what is ready of a batch, or asks about the rest. What is delivered or
// rejected leaves the batch.
func (h *shelving) step(ctx context.Context, b *pipeline.Batch) error {
	h.t.Helper()
	var a pipeline.Answer
	var err error
	part := *b
	if slices.ContainsFunc(b.Docs, func(d pipeline.Document) bool { return d.State == pipeline.Ready || d.State == "" }) {
		part.Docs = nil
		for i, d := range b.Docs {
			if d.State != pipeline.Accepted && d.State != pipeline.Sending {
				b.Docs[i].State = pipeline.Sending
				part.Docs = append(part.Docs, b.Docs[i])
			}
		}
		a, err = h.sink.Send(ctx, part)
	} else {
		b.Asked++
		a, err = h.sink.Ask(ctx, part)
	}
	h.clock.advance(a.Again)
	for _, o := range a.Outcomes {
		i := slices.IndexFunc(b.Docs, func(d pipeline.Document) bool { return d.Key == o.Key })
		if i < 0 {
			h.t.Fatalf("an outcome of %s, which is not open", o.Key)
		}
		h.got[o.Key] = o
		d := &b.Docs[i]
		d.State, d.Ticket, d.Ref = o.State, cmp.Or(o.Ticket, d.Ticket), cmp.Or(o.Ref, d.Ref)
		switch {
		case o.State == pipeline.Ready:
			d.Ticket = ""
			if o.Body != nil {
				d.Body = o.Body
			}
		case o.State != pipeline.Accepted:
			b.Docs = slices.Delete(b.Docs, i, i+1)
		}
	}
	return err
}

// holds tells of every collection: its title, whether it is shown, its products.
func (h *shelving) holds() string {
	var out []string
	for _, c := range h.Collections() {
		var in []string
		for _, id := range c.Products {
			for _, p := range h.Products() {
				if p.ID == id {
					in = append(in, p.Handle)
				}
			}
		}
		slices.Sort(in)
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s [%s] %d: %s", c.Title, c.Key, len(c.Published), strings.Join(in, " "))))
	}
	return strings.Join(out, "\n")
}

func (h *shelving) want(lines ...string) {
	h.t.Helper()
	if diff := gocmp.Diff(slices.Sorted(slices.Values(lines)), slices.Sorted(strings.SplitSeq(h.holds(), "\n"))); diff != "" {
		h.t.Errorf("the shop (-want +has):\n%s", diff)
	}
}

// An items file grouped by its group makes collections; what leaves the group is
// taken out, what a person put in stays; nothing changed is nothing sent.
func TestCollections(t *testing.T) {
	t.Parallel()
	h := newShelving(t, nil)
	rows := []line{
		{"code": "10", "title": "Tops", "member": "S-RED", "publish": "true"}, {"code": "10", "title": "Tops", "member": "S-BLUE"}, {"code": "10", "member": "NOT-YET"},
		{"code": "20", "title": "Heads", "description": "warm & dry", "member": "HAT"}, {"code": "20", "member": "TOPS"},
	}
	planned := h.plan(rows...)
	if got := changesOf(planned[0]); got != "collection:  > Tops\nmember:  > shirt (TOPS)\npublished:  > true" {
		t.Errorf("changes:\n%s", got)
	}
	if got := rulesIn(h.notes); !slices.Equal(got, []string{"collection.lacking"}) || h.notes[0].Row != 4 || h.notes[0].Value != "NOT-YET" {
		t.Errorf("notes %v", h.notes)
	}
	h.send(planned)
	h.want("Tops [10] 1: shirt", "Heads [20] 0: hat shirt")
	if c := h.Collections()[1]; c.HTML != "warm &amp; dry" || !slices.Equal(c.Sources, []string{"wasl"}) {
		t.Errorf("%+v", c)
	}
	n := len(h.Mutations())
	h.send(h.plan(rows...))
	if len(h.Mutations()) != n {
		t.Errorf("the same again sends %v", h.wrote()[n:])
	}
	// A person adds the scarf; what was missing arrives; the shirt leaves Heads.
	scarf, _ := h.Product("scarf")
	if err := h.EditCollection("heads", func(c *shopifytest.Collection) { c.Products = append(c.Products, scarf.ID) }); err != nil {
		t.Fatal(err)
	}
	h.AddProduct(shopifytest.Product{Title: "Coat", Handle: "coat", Variants: []shopifytest.Variant{{SKU: "NOT-YET"}}})
	planned = h.plan(rows[:4]...)
	if got := changesOf(planned[1]); got != "member: shirt (TOPS) >  delete" {
		t.Errorf("changes:\n%s", got)
	}
	h.send(planned)
	h.want("Tops [10] 1: coat shirt", "Heads [20] 0: hat scarf")
	h.clean(t)
}

// What a flow may decide about members.
func TestCollections_Members(t *testing.T) {
	t.Parallel()
	for how, want := range map[string]string{"keep": "coat scarf", "exact": "coat", "add": "coat hat scarf shirt"} {
		h := newShelving(t, pipeline.Settings{"members": how})
		h.AddProduct(shopifytest.Product{Title: "Coat", Handle: "coat", Variants: []shopifytest.Variant{{SKU: "COAT"}}})
		h.send(h.plan(line{"code": "A", "title": "A", "member": "HAT"}, line{"code": "A", "member": "TOPS"}))
		scarf, _ := h.Product("scarf")
		if err := h.EditCollection("a", func(c *shopifytest.Collection) { c.Products = append(c.Products, scarf.ID) }); err != nil {
			t.Fatal(err)
		}
		// The hat has moved to B: the ERP knows it, although it carries no key of ours.
		h.send(h.plan(line{"code": "A", "title": "A", "member": "COAT"}, line{"code": "B", "title": "B", "member": "HAT"}))
		if got := h.holds(); !strings.HasPrefix(got, "A [A] 0: "+want+"\n") {
			t.Errorf("%s: %s, want %s", how, got, want)
		}
	}
}

// Members of which nobody can know which product they are: nothing is put in or taken
// out for them.
func TestCollections_UnclearMembers(t *testing.T) {
	t.Parallel()
	h := newShelving(t, nil)
	h.send(h.plan(line{"code": "A", "member": "TOPS"}, line{"code": "A", "member": "HAT"}))
	h.AddProduct(shopifytest.Product{Title: "Shirt 2", Handle: "shirt-2", Variants: []shopifytest.Variant{{SKU: "S-RED"}}})
	planned := h.plan(line{"code": "A", "member": "S-RED"}, line{"code": "A", "member": "HAT"})
	if got := rulesIn(h.notes); !planned[0].Same || !slices.Equal(got, []string{"collection.unclear"}) || !strings.Contains(h.notes[0].With["candidates"], "shirt-2") {
		t.Errorf("%+v, notes %v", planned[0], h.notes)
	}
}

// Collections of the merchant are left alone, unless the flow matches them; those of
// conditions always.
func TestCollections_ByHand(t *testing.T) {
	t.Parallel()
	row := line{"code": "10", "title": "Summer  sale", "handle": "summer", "member": "HAT"}
	cases := []struct {
		name, match string
		hand        []shopifytest.Collection
		rule, after string
	}{
		{"its handle is taken", "", []shopifytest.Collection{{Title: "S", Handle: "summer"}}, "collection.taken", "S [] 1:"},
		{"its title is taken", "", []shopifytest.Collection{{Title: "SUMMER SALE", Handle: "s"}}, "collection.taken", "SUMMER SALE [] 1:"},
		{"another one", "", []shopifytest.Collection{{Title: "Winter"}}, "", "Winter [] 1:\nSummer  sale [10] 0: hat"},
		{"found by its handle", "handle", []shopifytest.Collection{{Title: "S", Handle: "summer"}}, "", "Summer  sale [10] 1: hat"},
		{"found by its title", "title", []shopifytest.Collection{{Title: "SUMMER SALE", Handle: "s"}}, "", "Summer  sale [10] 1: hat"},
		{"several", "title", []shopifytest.Collection{{Title: "Summer sale", Handle: "s"}, {Title: "summer SALE", Handle: "t"}}, "collection.ambiguous", "Summer sale [] 1:\nsummer SALE [] 1:"},
		{"of conditions", "handle", []shopifytest.Collection{{Title: "S", Handle: "summer", Tagged: "new"}}, "collection.ruled", "S [] 1:"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newShelving(t, pipeline.Settings{"match": c.match})
			for _, made := range c.hand {
				h.AddCollection(made)
			}
			planned := h.plan(row)
			if got := strings.Join(rulesIn(planned[0].Problems), " "); got != c.rule {
				t.Errorf("got %q, want %q", got, c.rule)
			}
			h.send(planned)
			h.want(strings.Split(c.after, "\n")...)
			h.clean(t)
		})
	}
}

// What was in a collection before it became ours stays, for ever, in its own source.
func TestCollections_AdoptedKeepTheirs(t *testing.T) {
	t.Parallel()
	h := newShelving(t, pipeline.Settings{"match": "handle"})
	shirt, _ := h.Product("shirt")
	h.AddCollection(shopifytest.Collection{Title: "Summer", Handle: "summer", Products: []string{shirt.ID}})
	row := line{"code": "10", "title": "Summer", "handle": "summer", "member": "HAT"}
	planned := h.plan(row)
	if got := changesOf(planned[0]); got != "key:  > 10\nmember:  > hat" {
		t.Errorf("changes:\n%s", got)
	}
	h.send(planned)
	h.want("Summer [10] 1: hat shirt")
	n := len(h.Mutations())
	h.send(h.plan(row))
	h.send(h.plan(line{"code": "10", "title": "Summer", "handle": "summer", "member": "HAT"}, line{"code": "20", "member": "TOPS"}))
	h.want("Summer [10] 1: hat shirt", "20 [20] 0: shirt")
	if got := h.wrote()[n:]; !slices.Equal(got, []string{"CollectionCreate"}) {
		t.Errorf("sent %v", got)
	}
}

// An empty group, and a group that a complete file lacks.
func TestCollections_EmptyAndVanished(t *testing.T) {
	t.Parallel()
	h := newShelving(t, pipeline.Settings{"empty": "unpublish", "complete": "true"})
	a, b := line{"code": "A", "title": "A", "member": "TOPS", "publish": "true"}, line{"code": "B", "title": "B", "member": "HAT", "publish": "true"}
	h.send(h.plan(a, b))
	h.want("A [A] 1: shirt", "B [B] 1: hat")
	empty := line{"code": "A", "title": "A", "publish": "true"}
	if got := changesOf(h.plan(empty, b)[0]); got != "member: shirt (TOPS) >  delete\npublished: true > false hold" {
		t.Errorf("changes:\n%s", got)
	}
	h.send(h.plan(empty, b))
	h.want("A [A] 0:", "B [B] 1: hat")
	h.send(h.plan(a, b))
	h.want("A [A] 1: shirt", "B [B] 1: hat")
	// Nothing vanishes of a file that is not whole, or that holds the group aside.
	h.ask(pipeline.Question{Docs: h.build(a)})
	if len(h.more) > 0 {
		t.Errorf("not whole, and yet %+v", h.more)
	}
	h.ask(pipeline.Question{Docs: h.build(a), Whole: true, Aside: []pipeline.Document{{Key: "collection/B"}}})
	if len(h.more) > 0 {
		t.Errorf("aside, and yet %+v", h.more)
	}
	h.ask(pipeline.Question{Docs: h.build(a), Whole: true})
	if len(h.more) != 1 || changesOf(h.more[0]) != "published: true > false hold" || !slices.Equal(rulesIn(h.notes), []string{"collection.vanished"}) {
		t.Fatalf("more %+v, notes %v", h.more, h.notes)
	}
	gone := h.more
	h.send(gone)
	h.want("A [A] 1: shirt", "B [B] 0: hat")
	// Asked again, the wish of it neither empties nor shows it; put back, it is shown.
	if again := h.ask(pipeline.Question{Docs: []pipeline.Document{gone[0].Doc}, Memo: pipeline.MemoReupload}); !again[0].Same {
		t.Errorf("again: %+v", again[0])
	}
	back := gone[0].Doc
	back.Sent, back.Body = back.Body, back.Undo
	h.send(h.ask(pipeline.Question{Docs: []pipeline.Document{back}, Memo: pipeline.MemoUndo}))
	h.want("A [A] 1: shirt", "B [B] 1: hat")
}

// Groups above have what is below them, also where they have no rows of their own.
func TestCollections_Levels(t *testing.T) {
	t.Parallel()
	h := newShelving(t, pipeline.Settings{"levels": "all"})
	rows := []line{
		{"code": "11", "title": "Shirts", "parent": "1", "parent_title": "Clothes", "member": "TOPS"},
		{"code": "12", "title": "Hats", "parent": "2", "member": "HAT"},
		{"code": "2", "title": "Heads", "parent": "1", "parent_title": "Clothes"},
	}
	h.send(append(h.ask(pipeline.Question{Docs: h.build(rows...), Whole: true}), h.more...))
	h.want("Shirts [11] 0: shirt", "Hats [12] 0: hat", "Heads [2] 0: hat", "Clothes [1] 0: hat shirt")
	n := len(h.Mutations())
	// A part of the file takes nothing out of what is above it; asked again alone, neither.
	if all := append(h.plan(rows[0]), h.more...); len(all) != 1 || !all[0].Same {
		t.Errorf("a part: %+v", all)
	}
	docs := h.ask(pipeline.Question{Docs: h.build(rows...), Whole: true})
	if alone := h.ask(pipeline.Question{Docs: []pipeline.Document{docs[2].Doc}, Memo: pipeline.MemoReupload}); !alone[0].Same {
		t.Errorf("alone: %s", changesOf(alone[0]))
	}
	if len(h.Mutations()) != n {
		t.Errorf("sent %v", h.wrote()[n:])
	}
	h.send(append(h.ask(pipeline.Question{Docs: h.build(rows[1], rows[2]), Whole: true}), h.more...))
	h.want("Shirts [11] 0: shirt", "Hats [12] 0: hat", "Heads [2] 0: hat", "Clothes [1] 0: hat")
}

// A group of many products goes in by 250 a call, in the order of its positions.
func TestCollections_Large(t *testing.T) {
	t.Parallel()
	h := newShelving(t, nil)
	var rows []line
	for i := range 620 {
		sku := fmt.Sprintf("L-%04d", i)
		h.AddProduct(shopifytest.Product{Title: sku, Handle: strings.ToLower(sku), Variants: []shopifytest.Variant{{SKU: sku}}})
		rows = append(rows, line{"code": "BIG", "title": "Big", "member": sku, "position": fmt.Sprint(1000 - i)})
	}
	planned := h.plan(rows...)
	if n := len(planned[0].Doc.Changes); n != mostTold+2 || planned[0].Doc.Changes[n-1].New != "+ 600" {
		t.Errorf("%d changes, the last %+v", n, planned[0].Doc.Changes[n-1])
	}
	h.send(planned)
	c := h.Collections()[0]
	if last, _ := h.Product("l-0619"); len(c.Products) != 620 || c.Products[0] != last.ID {
		t.Errorf("%d products", len(c.Products))
	}
	if again := h.plan(rows...); !again[0].Same {
		t.Errorf("the same again: %s", changesOf(again[0]))
	}
	h.send(h.plan(rows[:10]...)) // nobody knows what the 610 others are any more
	if n := len(h.Collections()[0].Products); n != 620 {
		t.Errorf("%d products", n)
	}
	h.set = pipeline.Settings{"members": "exact"}
	h.send(h.plan(rows[:10]...))
	if n := len(h.Collections()[0].Products); n != 10 {
		t.Errorf("%d products, want 10", n)
	}
	h.clean(t)
}

// A job puts back what it replaced, and what somebody has changed since is not
// overwritten.
func TestCollections_Undo(t *testing.T) {
	t.Parallel()
	h := newShelving(t, nil)
	h.send(h.plan(line{"code": "A", "title": "Old", "member": "TOPS", "publish": "true"}))
	planned := h.plan(line{"code": "A", "title": "New", "member": "HAT", "publish": "false"}, line{"code": "N", "title": "Fresh", "member": "HAT", "publish": "true"})
	h.send(planned)
	h.want("New [A] 0: hat", "Fresh [N] 1: hat")
	var docs []pipeline.Document
	for _, p := range planned {
		docs = append(docs, pipeline.Document{Key: p.Doc.Key, Kind: kindCollection, Body: p.Doc.Undo, Sent: p.Doc.Body})
	}
	h.send(h.ask(pipeline.Question{Docs: docs, Memo: pipeline.MemoUndo}))
	h.want("Old [A] 1: shirt", "Fresh [N] 0:") // what was made is not deleted
	if err := h.EditCollection("old", func(c *shopifytest.Collection) { c.Title = "Third" }); err != nil {
		t.Fatal(err)
	}
	back := h.ask(pipeline.Question{Docs: docs, Memo: pipeline.MemoUndo})
	if got := rulesIn(back[0].Problems); !slices.Equal(got, []string{"undo.moved"}) {
		t.Errorf("undo of what was changed since: %v", got)
	}
}

// Somebody has changed the title since the plan: the flow says who wins. Members that
// appeared meanwhile stay either way.
func TestCollections_Stale(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]string{"erp": "New [A] 0: hat scarf shirt", "hold": "Theirs [A] 0: scarf shirt"} {
		h := newShelving(t, pipeline.Settings{"on_stale": policy})
		h.send(h.plan(line{"code": "A", "title": "Old", "member": "TOPS"}))
		planned := h.plan(line{"code": "A", "title": "New", "member": "TOPS"}, line{"code": "A", "member": "HAT"})
		scarf, _ := h.Product("scarf")
		if err := h.EditCollection("old", func(c *shopifytest.Collection) { c.Title, c.Products = "Theirs", append(c.Products, scarf.ID) }); err != nil {
			t.Fatal(err)
		}
		h.send(planned)
		if h.holds() != want || (h.got["collection/A"].State == pipeline.Rejected) != (policy == "hold") {
			t.Errorf("%s: %s, %+v", policy, h.holds(), h.got)
		}
	}
}

// What Shopify refuses is traced to the row of the member; what was deleted is told.
func TestCollections_Refused(t *testing.T) {
	t.Parallel()
	h := newShelving(t, nil)
	planned := h.plan(line{"code": "A", "title": "A", "member": "TOPS"}, line{"code": "A", "member": "HAT"})
	h.DeleteProduct("hat")
	h.send(planned)
	why := h.got["collection/A"].Why
	if len(why) != 1 || why[0].Rule != "shopify.refused" || why[0].Row != 3 || why[0].Value != "HAT" || why[0].Field != "member" {
		t.Errorf("why %+v", why)
	}
	h.send(h.plan(line{"code": "A", "title": "A", "member": "TOPS"}))
	planned = h.plan(line{"code": "A", "title": "B", "member": "TOPS"})
	body, _ := bodyOf[assortment](planned[0].Doc)
	body.ID = "gid://shopify/Collection/4711"
	planned[0].Doc.Body = packed(body)
	h.send(planned)
	if why := h.got["collection/A"].Why; len(why) != 1 || why[0].Rule != "collection.gone" {
		t.Errorf("why %+v", why)
	}
}

func TestCollections_Build(t *testing.T) {
	t.Parallel()
	fields := collectionDesk{}.kind().Fields
	_, wrong := buildAssortment(productRows(fields, line{"code": "A", "title": "One", "publish": "true"}, line{"code": "A", "title": "Two", "publish": "false"}))
	if got := rulesIn(wrong); !slices.Equal(got, []string{"product.differs", "product.differs"}) {
		t.Errorf("got %v", got)
	}
	doc, wrong := buildAssortment(productRows(fields, line{"code": "A", "member": "Z", "position": "2"}, line{"code": "A", "member": "Y"},
		line{"code": "A", "member": "X", "position": "1"}, line{"code": "A", "member": "Z", "position": "9"}))
	w, err := bodyOf[assortment](doc)
	if diff := gocmp.Diff([]member{{"X", 2}, {"Z", 0}, {"Y", 1}}, w.Members); diff != "" || err != nil || len(wrong) > 0 || doc.Key != "collection/A" {
		t.Errorf("%s%v %v", diff, err, wrong)
	}
}
