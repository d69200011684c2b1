package shopify

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

func TestImages_AddedOnce(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	file := []string{"T-RED a.jpg bytes=one position=1 alt=Red~table", "T-RED b.png bytes=two position=2", "C-1 https://cdn.example.com/c.jpg position=1"}
	j := w.job(nil, file...)
	if diff := cmp.Diff("image:  > a.jpg\nimage of T-RED:  > a.jpg\nimage:  > b.png\nimage:  > https://cdn.example.com/c.jpg", j.changes()); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	j.run().want(pipeline.Delivered, pipeline.Delivered)
	w.wantHangs("table", "one two")
	chair, _ := w.Product("chair")
	if len(chair.Media) != 1 || chair.Media[0].Source != "https://cdn.example.com/c.jpg" || !strings.HasSuffix(chair.Media[0].Name, "-C-1_1.jpg") {
		t.Errorf("chair shows %+v", chair.Media)
	}
	table, _ := w.Product("table")
	if table.Media[0].Alt != "Red table" {
		t.Errorf("alt %q", table.Media[0].Alt)
	}
	if red, _ := w.Variant("T-RED"); red.Picture != table.Media[0].ID {
		t.Errorf("T-RED shows %q, want %q", red.Picture, table.Media[0].ID)
	}
	// Two items, three pictures: one call for each step.
	for _, m := range []string{"stagedUploadsCreate", "fileCreate", "fileUpdate", "productVariantsBulkUpdate"} {
		if n := w.mutations(m); n != 1 {
			t.Errorf("%s was called %d times, want once", m, n)
		}
	}
	before := len(w.Mutations())
	w.job(nil, file...).run().want(pipeline.Unchanged, pipeline.Unchanged)
	if n := len(w.Mutations()); n != before {
		t.Errorf("the same file again makes %d mutations", n-before)
	}
	w.clean(t)
}

// One picture on two items is one file, in one job and across jobs.
func TestImages_Shared(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	w.job(nil, "T-RED a.jpg bytes=one alt=First", "C-1 b.jpg bytes=one alt=Second").run().want(pipeline.Delivered, pipeline.Delivered)
	w.wantHangs("table", "one")
	w.wantHangs("chair", "one")
	w.AddProduct(shopifytest.Product{Title: "Lamp", Handle: "lamp", Variants: []shopifytest.Variant{{SKU: "L-1"}}})
	w.job(nil, "L-1 c.jpg bytes=one").run().want(pipeline.Delivered)
	w.wantHangs("lamp", "one")
	if len(w.Files()) != 1 || w.Files()[0].Alt != "First" {
		t.Errorf("files %+v", w.Files())
	}
	// Its text does not go to and fro between the two.
	w.job(nil, "T-RED a.jpg bytes=one alt=First", "C-1 b.jpg bytes=one alt=Second").want(pipeline.Unchanged, pipeline.Unchanged)

	// What one of them gives up stays with the others, even for good.
	w.job(pipeline.Settings{"delete": takeFile}, "T-RED a.jpg bytes=two position=1").run().want(pipeline.Delivered)
	w.wantHangs("table", "two")
	w.wantHangs("chair", "one")
	w.wantHangs("lamp", "one")
	w.clean(t)
}

func TestImages_Replaced(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	w.job(nil, "T-RED a.jpg bytes=one position=1", "T-RED b.jpg bytes=two position=2", "T-RED c.jpg bytes=three position=3").run()
	j := w.job(nil, "T-RED b.jpg bytes=new position=2")
	if got := j.changes(); got != "image: T-RED_2 > b.jpg" {
		t.Errorf("changes %q", got)
	}
	j.run().want(pipeline.Delivered)
	w.wantHangs("table", "one new three")

	// The picture of a variant is replaced with it.
	w.job(nil, "T-RED a.jpg bytes=first position=1").run().want(pipeline.Delivered)
	w.wantHangs("table", "first new three")
	table, _ := w.Product("table")
	if red, _ := w.Variant("T-RED"); red.Picture != table.Media[0].ID {
		t.Errorf("T-RED shows %q, want %q", red.Picture, table.Media[0].ID)
	}
	if len(w.Files()) != 5 {
		t.Errorf("%d files, want 5: what is replaced stays in Files", len(w.Files()))
	}
	w.clean(t)
}

// Pictures put there by hand are left alone and keep their places.
func TestImages_ByHand(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	hand := func(names ...string) {
		if err := w.EditProduct("chair", func(p *shopifytest.Product) {
			for _, n := range names {
				p.Media = append(p.Media, shopifytest.Picture{Name: n})
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	hand("hand-1.jpg")
	w.job(nil, "C-1 a.jpg bytes=one", "C-1 b.jpg bytes=two").run().want(pipeline.Delivered)
	w.wantHangs("chair", "hand-1.jpg one two")
	hand("hand-2.jpg")
	// Ours change places among themselves.
	w.job(nil, "C-1 b.jpg bytes=two", "C-1 a.jpg bytes=one", "C-1 c.jpg bytes=three").run().want(pipeline.Delivered)
	w.wantHangs("chair", "hand-1.jpg two one hand-2.jpg three")
	// Only position 1 goes in front.
	j := w.job(nil, "C-1 a.jpg bytes=one position=1", "C-1 b.jpg bytes=two position=2", "C-1 c.jpg bytes=three position=3").run().want(pipeline.Delivered)
	w.wantHangs("chair", "one hand-1.jpg two hand-2.jpg three")
	if got := j.changes(); got != "order: hand-1.jpg, C-1_2, C-1_1, hand-2.jpg, C-1_3 > C-1_1, hand-1.jpg, C-1_2, hand-2.jpg, C-1_3" {
		t.Errorf("changes %q", got)
	}
	// A complete file deletes none of theirs.
	w.job(pipeline.Settings{"complete": "true"}, "C-1 a.jpg bytes=one position=1").run()
	w.wantHangs("chair", "one hand-1.jpg hand-2.jpg")
	w.clean(t)
}

func TestImages_Complete(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	w.AddProduct(shopifytest.Product{Title: "Hand", Handle: "hand", Media: []shopifytest.Picture{{Name: "mine.jpg"}}})
	w.job(nil, "T-RED a.jpg bytes=one position=1", "T-BLUE b.jpg bytes=two position=1", "C-1 c.jpg bytes=three position=1").run()
	w.job(nil, "T-RED a.jpg bytes=one position=1").want(pipeline.Unchanged)

	complete := pipeline.Settings{"complete": "true"}
	// A row that cannot be used may be the picture's own: nothing of its product goes.
	held := w.build("T-BLUE x.jpg bytes=four")[0]
	held.State = pipeline.Held
	part := w.ask(pipeline.Question{Settings: complete, Whole: true, Docs: w.build("T-RED a.jpg bytes=one position=1", "C-1 c.jpg bytes=three position=1"), Aside: []pipeline.Document{held}})
	part.want(pipeline.Unchanged, pipeline.Unchanged)
	// Nor where not every row says of what it is, or what it is of is not known.
	w.ask(pipeline.Question{Settings: complete, Docs: w.build("T-RED a.jpg bytes=one position=1")}).want(pipeline.Unchanged)
	w.job(complete, "T-RED a.jpg bytes=one position=1", "T-BLUE b.jpg bytes=two position=1", "NONE n.jpg bytes=five").want(pipeline.Unchanged, pipeline.Unchanged, pipeline.Held)

	j := w.job(complete, "T-RED a.jpg bytes=one position=1")
	if got := j.changes(); got != "image: T-BLUE_1 >  delete\nimage: C-1_1 >  delete" {
		t.Errorf("changes %q", got)
	}
	j.run().want(pipeline.Delivered, pipeline.Delivered)
	w.wantHangs("table", "one")
	w.wantHangs("chair", "")
	w.wantHangs("hand", "mine.jpg")
	if len(w.Files()) != 4 {
		t.Errorf("%d files: detached ones are not deleted", len(w.Files()))
	}
	w.clean(t)
}

func TestImages_RemovedForGood(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	w.job(nil, "C-1 a.jpg bytes=one position=1", "C-1 b.jpg bytes=two position=2").run()
	j := w.job(pipeline.Settings{"delete": takeFile}, "C-1 b.jpg bytes=two position=2 remove=yes")
	if got := j.changes(); got != "image: C-1_2 >  delete" || j.plan.Docs[0].Doc.Undo != nil {
		t.Errorf("changes %q, undo %s", got, j.plan.Docs[0].Doc.Undo)
	}
	j.run().want(pipeline.Delivered)
	w.wantHangs("chair", "one")
	if len(w.Files()) != 1 {
		t.Errorf("%d files, want 1", len(w.Files()))
	}
	w.job(nil, "C-1 b.jpg bytes=two position=2 remove=yes").want(pipeline.Unchanged)
	w.clean(t)
}

// What Shopify cannot make a picture of is said by item and picture; the rest of
// the item goes on, and what the failed one was to replace stays.
func TestImages_Failed(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	w.job(nil, "C-1 a.jpg bytes=one position=1").run()
	w.FailSource("bad.example.com", "IMAGE_DOWNLOAD_FAILURE")
	j := w.job(nil, "C-1 https://bad.example.com/x.jpg position=1", "C-1 b.jpg bytes=two position=2", "T-RED c.jpg bytes=three").run()
	j.want(pipeline.Rejected, pipeline.Delivered)
	w.wantHangs("chair", "one two")
	why := j.why["image/C-1"]
	if len(why) != 1 || why[0].Rule != "image.failed" || why[0].Row != 2 || why[0].Value != "https://bad.example.com/x.jpg" ||
		!strings.Contains(why[0].Says("en"), "IMAGE_DOWNLOAD_FAILURE") || why[0].With["done"] != "1/2" {
		t.Errorf("why %+v", why)
	}
	if slices.ContainsFunc(w.Files(), func(f shopifytest.Picture) bool { return f.Status == "FAILED" }) {
		t.Error("the failed file stays in Files, and its name is taken")
	}
	w.clean(t)
}

func TestImages_Refused(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	many := shopifytest.Product{Title: "Full", Handle: "full", Variants: []shopifytest.Variant{{SKU: "F-1"}}}
	for range mostMedia {
		many.Media = append(many.Media, shopifytest.Picture{Name: "hand.jpg"})
	}
	w.AddProduct(many)
	j := w.job(nil, "F-1 a.jpg bytes=one", "NONE b.jpg bytes=two", "c-1 c.jpg bytes=two", "T-RED d.jpg bytes=two variant=Green").want(pipeline.Held, pipeline.Held, pipeline.Held, pipeline.Held)
	for key, rule := range map[string]pipeline.Rule{"image/F-1": "image.many", "image/NONE": "image.unknown", "image/c-1": "image.near", "image/T-RED": "image.variant"} {
		if len(j.why[key]) != 1 || j.why[key][0].Rule != rule {
			t.Errorf("%s: %v, want %s", key, j.why[key], rule)
		}
	}
	// The vault lost the bytes: the rest goes on.
	lost := w.job(nil, "C-1 a.jpg bytes=gone", "C-1 b.jpg bytes=here")
	delete(w.vault, w.hash("gone"))
	lost.run().want(pipeline.Rejected)
	w.wantHangs("chair", "here")
}

// Items of a group, a code with its variant as names of files have it, and a
// variant named by a value of its option.
func TestImages_Whose(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	w.AddProduct(shopifytest.Product{Title: "Shirt", Handle: "shirt", Options: []shopifytest.Option{{Name: "Colour"}, {Name: "Size"}},
		Metafields: map[string]string{"wasl.item_group": "قميص-5"},
		Variants:   []shopifytest.Variant{{SKU: "S-1", Options: []string{"Red", "S"}}, {SKU: "S-2", Options: []string{"Red", "L"}}, {SKU: "S-3", Options: []string{"Blue", "S"}}}})
	w.define(t, w.sink, true)
	w.job(nil, "قميص-5 a.jpg bytes=front position=1", "قميص-5 r.jpg bytes=red position=2 variant=red", "قميص-5-S-3 b.jpg bytes=blue position=1").
		run().want(pipeline.Delivered, pipeline.Delivered)
	w.wantHangs("shirt", "front red blue")
	shirt, _ := w.Product("shirt")
	for i, sku := range []string{"S-1", "S-2", "S-3"} {
		at := []int{1, 1, 2}[i]
		if v, _ := w.Variant(sku); v.Picture != shirt.Media[at].ID {
			t.Errorf("%s shows %q, want picture %d", sku, v.Picture, at)
		}
	}
	w.clean(t)
}

func TestImages_Undo(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	w.job(nil, "T-RED a.jpg bytes=one position=1 alt=Old", "T-RED b.jpg bytes=two position=2", "T-BLUE c.jpg bytes=three position=1").run()
	before, _ := w.Product("table")
	was := w.hangs("table")
	j := w.job(pipeline.Settings{"complete": "true"}, "T-RED b.jpg bytes=new position=2", "T-RED a.jpg bytes=one position=1 alt=New", "T-RED d.jpg bytes=four position=3").run()
	j.want(pipeline.Delivered)
	w.wantHangs("table", "one new four")

	undo := j.plan.Docs[0].Doc
	back := pipeline.Document{Kind: kindImage, Key: undo.Key, Name: undo.Name, Body: undo.Undo, From: undo.From, Sent: j.docs[0].Body}
	// Somebody changed what was set: it is not put back.
	edit := func(alt string) {
		if err := w.EditProduct("table", func(p *shopifytest.Product) { p.Media[0].Alt = alt }); err != nil {
			t.Fatal(err)
		}
	}
	edit("By hand")
	moved := w.ask(pipeline.Question{Memo: pipeline.MemoUndo, Docs: []pipeline.Document{back}}).want(pipeline.Held)
	if why := moved.why[back.Key]; len(why) != 1 || why[0].Rule != "undo.moved" || why[0].With["now"] != "By hand" {
		t.Errorf("why %v", why)
	}
	edit("New")
	putBack := w.ask(pipeline.Question{Memo: pipeline.MemoUndo, Docs: []pipeline.Document{back}})
	if got := putBack.changes(); strings.Contains(got, "delete") {
		t.Errorf("what was put there is deleted: %s", got)
	}
	putBack.run().want(pipeline.Delivered)
	if got := w.hangs("table"); got != was {
		t.Errorf("table shows %q, want %q", got, was)
	}
	after, _ := w.Product("table")
	if diff := cmp.Diff(before.Media, after.Media); diff != "" {
		t.Errorf("pictures (-before +after):\n%s", diff)
	}
	w.clean(t)
}

func TestImages_Stale(t *testing.T) {
	t.Parallel()
	for policy, want := range map[string]pipeline.State{staleERP: pipeline.Delivered, staleHold: pipeline.Rejected} {
		w := newStudio(t, shopifytest.Options{})
		w.job(nil, "C-1 a.jpg bytes=one alt=Old").run()
		j := w.job(pipeline.Settings{"on_stale": policy}, "C-1 a.jpg bytes=one alt=New")
		if err := w.EditProduct("chair", func(p *shopifytest.Product) { p.Media[0].Alt = "Hand" }); err != nil {
			t.Fatal(err)
		}
		j.run().want(want)
		if p, _ := w.Product("chair"); (p.Media[0].Alt == "Hand") != (policy == staleHold) {
			t.Errorf("%s: alt %q", policy, p.Media[0].Alt)
		}
	}
}

// Large pictures are uploaded in portions: what was made of one is not lost when the
// line is.
func TestImages_Portions(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	big := strings.Repeat("x", mostAtOnce/2)
	j := w.job(nil, "C-1 a.jpg bytes=a"+big, "C-1 b.jpg bytes=b"+big, "C-1 c.jpg bytes=c")
	j.run().want(pipeline.Delivered)
	if n := w.mutations("fileCreate"); n != 2 {
		t.Errorf("fileCreate was called %d times, want twice", n)
	}
	if p, _ := w.Product("chair"); len(p.Media) != 3 {
		t.Errorf("%d pictures", len(p.Media))
	}
}
