package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wasl/stages/load/shopify/shopifytest"
)

// newPictureNight is a folder whose pictures are in the shop, and then one was
// replaced and one came in.
func newPictureNight(t *testing.T) *crashNight {
	t.Helper()
	n := &crashNight{t: t, dir: t.TempDir(), world: &world{}}
	n.world.start([]shopifytest.Variant{{SKU: "A-1"}, {SKU: "B-2"}})
	t.Cleanup(n.world.close)
	if code, out := n.wasl("init", n.dir); code != 0 {
		t.Fatalf("init: exit %d\n%s", code, out)
	}
	if err := n.world.furnish(n.dir); err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(n.dir, configName)
	text, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("\nshopify:"), []byte("\nshopify:\n  images: {folder: images}"), 1)
	if err := os.WriteFile(settings, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(n.dir, "images"), 0o755); err != nil {
		t.Fatal(err)
	}
	n.picture("A-1_1.jpg", 1)
	n.picture("A-1_2.jpg", 2)
	if code, out := n.wasl("run"); code != 0 {
		t.Fatalf("the night before ends with %d:\n%s", code, out)
	}
	n.picture("A-1_1.jpg", 3)
	n.picture("B-2_1.jpg", 4)
	return n
}

func (n *crashNight) picture(name string, shade int) {
	n.t.Helper()
	content, err := jpegOf(shade)
	if err != nil {
		n.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(n.dir, "images", name), content, 0o644); err != nil {
		n.t.Fatal(err)
	}
}

// judgePictures counts at the other side: each picture in its place, and no picture
// twice.
func (n *crashNight) judgePictures() {
	n.t.Helper()
	var hang []string
	for _, p := range n.world.shopify.Products() {
		for _, m := range p.Media {
			hang = append(hang, p.Variants[0].SKU+" "+ofContent.ReplaceAllString(m.Name, ""))
		}
	}
	if got := strings.Join(hang, ", "); got != "A-1 A-1_1.jpg, A-1 A-1_2.jpg, B-2 B-2_1.jpg" {
		n.t.Errorf("the shop shows %s", got)
	}
	var marks []string
	for _, f := range n.world.shopify.Files() {
		marks = append(marks, ofContent.FindString(f.Name))
	}
	slices.Sort(marks)
	if once := slices.Compact(slices.Clone(marks)); len(marks) != 4 || len(once) != 4 {
		n.t.Errorf("%d files of %d pictures, want 4: %v", len(marks), len(once), n.world.shopify.Files())
	}
	for _, v := range n.world.shopify.Judge() {
		n.t.Errorf("shopify: %s: %s", v.Rule, v.Text)
	}
}

// TestCrash_Pictures kills the program at each request of a night of pictures,
// before and after it was done: uploads, files, hanging them up, their order.
func TestCrash_Pictures(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("some thirty nights")
	}
	for _, after := range []bool{false, true} {
		t.Run(map[bool]string{false: "before", true: "after"}[after], func(t *testing.T) {
			t.Parallel()
			killedAtEach(t, after, 10, newPictureNight, (*crashNight).judgePictures)
		})
	}
}
