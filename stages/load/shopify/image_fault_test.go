package shopify

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// Whatever happens to whichever call, at whichever point: the pictures hang where
// they belong, no picture was uploaded twice, and nothing by hand was touched.
func TestImages_EveryCallGoesWrong(t *testing.T) {
	t.Parallel()
	faults := map[string]shopifytest.Fault{
		"reset-before": {Kind: shopifytest.FaultResetBefore}, "reset-after": {Kind: shopifytest.FaultResetAfter},
		"half": {Kind: shopifytest.FaultHalf}, "truncated": {Kind: shopifytest.FaultTruncated}, "empty": {Kind: shopifytest.FaultEmpty},
		"throttled": {Kind: shopifytest.FaultThrottled}, "gzip": {Kind: shopifytest.FaultGzip},
		"429": {Kind: shopifytest.FaultStatus, Status: http.StatusTooManyRequests}, "500": {Kind: shopifytest.FaultStatus, Status: 500},
		"502": {Kind: shopifytest.FaultStatus, Status: 502}, "504 done": {Kind: shopifytest.FaultStatus, Status: 504, AfterWork: true},
	}
	calls := []string{"FilesNamed", "StagedUploadsCreate", "FileCreate", "FileStatus", "PicturesOf", "FileUpdate", "ProductReorderMedia", "VariantPictures", "VariantsShowMedia", "FileDelete"}
	for _, call := range calls {
		for name, fault := range faults {
			for n := 1; n <= 2; n++ {
				t.Run(fmt.Sprint(call, "/", name, "/", n), func(t *testing.T) {
					t.Parallel()
					w := newStudio(t, shopifytest.Options{MediaPolls: 3})
					if err := w.EditProduct("table", func(p *shopifytest.Product) { p.Media = []shopifytest.Picture{{Name: "hand.jpg"}} }); err != nil {
						t.Fatal(err)
					}
					w.job(nil, "T-RED a.jpg bytes=one position=1", "C-1 z.jpg bytes=zero position=1", "C-1 y.jpg bytes=old position=2").run()
					w.FailSource("bad.example.com", "IMAGE_PROCESSING_FAILURE")
					j := w.job(pipeline.Settings{"delete": takeFile}, "T-RED a.jpg bytes=new position=1", "T-RED b.jpg bytes=two position=2 alt=Two",
						"T-BLUE c.jpg bytes=two position=1", "C-1 y.jpg bytes=old position=1", "C-1 z.jpg bytes=zero position=2", "C-1 https://bad.example.com/x.jpg position=3")
					w.Fault(call, n, fault)
					j.run().want(pipeline.Delivered, pipeline.Delivered, pipeline.Rejected)
					if hit := slices.ContainsFunc(w.Calls(), func(c shopifytest.Call) bool { return c.Fault != "" }); n == 1 && !hit {
						t.Errorf("%s is never called", call)
					}
					w.wantHangs("table", "hand.jpg new two")
					w.wantHangs("chair", "old zero")
					if names := filesOf(w); names != "hand.jpg new old two zero" {
						t.Errorf("files %q", names)
					}
					w.job(nil, "T-RED a.jpg bytes=new position=1", "T-RED b.jpg bytes=two position=2 alt=Two", "T-BLUE c.jpg bytes=two position=1").
						want(pipeline.Unchanged, pipeline.Unchanged)
					w.clean(t)
				})
			}
		}
	}
}

// filesOf are the contents of all files of the shop, sorted.
func filesOf(w *studio) string {
	var out []string
	for _, f := range w.Files() {
		out = append(out, w.contentOf(f))
	}
	return strings.Join(slices.Sorted(slices.Values(out)), " ")
}

// Killed before and after each call, and started anew by nobody who remembers
// anything: as above, whatever the call.
func TestImages_KilledAtEveryCall(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; n <= 12; n++ {
			t.Run(fmt.Sprint(n, " ", after), func(t *testing.T) {
				t.Parallel()
				w := newStudio(t, shopifytest.Options{MediaPolls: 2})
				w.job(nil, "C-1 a.jpg bytes=one position=1", "C-1 b.jpg bytes=two position=2").run()
				j := w.job(nil, "C-1 a.jpg bytes=new position=1", "C-1 b.jpg bytes=two position=2", "T-RED c.jpg bytes=three")
				kind := shopifytest.FaultResetBefore
				if after {
					kind = shopifytest.FaultResetAfter
				}
				w.Fault("graphql", n, shopifytest.Fault{Kind: kind})
				j.run().want(pipeline.Delivered, pipeline.Delivered)
				w.wantHangs("chair", "new two")
				w.wantHangs("table", "three")
				if names := filesOf(w); names != "new one three two" {
					t.Errorf("files %q", names)
				}
				w.clean(t)
			})
		}
	}
}

// The shop changed between plan and sending.
func TestImages_ChangedMeanwhile(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	w.job(nil, "C-1 a.jpg bytes=one position=1", "C-1 b.jpg bytes=two position=2").run()
	j := w.job(nil, "C-1 c.jpg bytes=three position=1", "C-1 b.jpg bytes=two position=2", "T-RED d.jpg bytes=four")
	// A person puts a picture in front, and deletes the one that was to be replaced.
	if err := w.EditProduct("chair", func(p *shopifytest.Product) {
		p.Media = []shopifytest.Picture{{Name: "hand.jpg"}, p.Media[1]}
	}); err != nil {
		t.Fatal(err)
	}
	w.DeleteProduct("table")
	j.run().want(pipeline.Delivered, pipeline.Rejected)
	w.wantHangs("chair", "three hand.jpg two")
	if why := j.why["image/T-RED"]; len(why) != 1 || why[0].Rule != "image.unknown" {
		t.Errorf("why %v", why)
	}

	// A file is deleted while it is worked on: it is uploaded again.
	w.restart()
	j = w.job(nil, "C-1 e.jpg bytes=five position=3")
	gone := false
	j.between = func(int) {
		for _, f := range w.Files() {
			if w.contentOf(f) == "five" && !gone {
				gone = true
				erase := &round{Sink: w.sink}
				if err := erase.erase(t.Context(), []string{f.ID}); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	j.run().want(pipeline.Delivered)
	w.wantHangs("chair", "three hand.jpg two five")
	if !gone {
		t.Error("nothing was deleted")
	}
}

// A bucket that holds little more than one call: it ends all the same, as long as
// the lane waits for what it is told.
func TestImages_FewPoints(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{BucketSize: 85, RestoreRate: 50})
	w.job(nil, "C-1 a.jpg bytes=one position=1", "C-1 b.jpg bytes=two position=2").run()
	w.clock.advance(time.Hour)
	j := w.job(nil, "C-1 b.jpg bytes=two position=1", "C-1 a.jpg bytes=new position=2", "T-RED c.jpg bytes=three", "T-BLUE d.jpg bytes=four")
	var docs []pipeline.Document
	for _, d := range j.docs {
		docs = append(docs, *d)
	}
	if waited := w.through(t, docs); waited == 0 {
		t.Error("it never lacked points: the test shows nothing")
	}
	w.wantHangs("chair", "two one new")
	w.wantHangs("table", "three four")
}

// Another app puts the pictures in an order of its own, again and again.
func TestImages_OrderNeverComes(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	w.job(nil, "C-1 a.jpg bytes=one", "C-1 b.jpg bytes=two").run()
	j := w.job(nil, "C-1 b.jpg bytes=two", "C-1 a.jpg bytes=one")
	chair, _ := w.Product("chair")
	j.between = func(int) {
		if err := w.EditProduct("chair", func(p *shopifytest.Product) { p.Media = chair.Media }); err != nil {
			t.Fatal(err)
		}
	}
	j.run().want(pipeline.Rejected)
	if why := j.why["image/C-1"]; len(why) != 1 || why[0].Rule != "image.order" {
		t.Errorf("why %v", why)
	}
}
