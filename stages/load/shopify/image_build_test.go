package shopify

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

func TestBuildImages_WhatIsWrong(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	for row, want := range map[string]string{
		"A https://cdn.example.com/a.jpg":                        "",
		"A HTTPS://cdn.example.com/a.jpg":                        "",
		"A https://cdn.example.com/a.jpg position=1.5":           "image.position",
		"A https://cdn.example.com/a.jpg position=0":             "image.position",
		"A https://cdn.example.com/a.jpg position=251":           "image.position",
		"A http://cdn.example.com/a.jpg":                         "image.address",
		"A ftp://cdn.example.com/a.jpg":                          "image.address",
		"A https://user:secret@cdn.example.com/a.jpg":            "image.address",
		"A https://localhost/a.jpg":                              "image.address",
		"A https://127.0.0.1/a.jpg":                              "image.address",
		"A https://127.1/a.jpg":                                  "image.address",
		"A https://0x7f000001/a.jpg":                             "image.address",
		"A https://2130706433/a.jpg":                             "image.address",
		"A https://192.168.1.7/a.jpg":                            "image.address",
		"A https://169.254.169.254/latest/a.jpg":                 "image.address",
		"A https://[::1]/a.jpg":                                  "image.address",
		"A https://[::ffff:10.0.0.1]/a.jpg":                      "image.address",
		"A https://[fd00::1]/a.jpg":                              "image.address",
		"A https://nas.local/a.jpg":                              "image.address",
		"A https://nas/a.jpg":                                    "image.address",
		"A https://8.8.8.8/a.jpg":                                "",
		"A a.jpg":                                                "image.bytes",
		"A a.jpg sha256=12":                                      "image.bytes",
		"A a.jpg sha256=" + strings.Repeat("z", 64):              "image.bytes",
		"A a.jpg sha256=" + strings.Repeat("A", 64):              "",
		"A a.jpg position=2 remove=yes":                          "",
		"A a.jpg bytes=one alt=" + strings.Repeat("ض", maxAlt+1): "image.alt",
		"A a.jpg bytes=one alt=" + strings.Repeat("ض", maxAlt):   "",
	} {
		_, problems := buildImages(w.rows(row))
		got := ""
		for _, p := range problems {
			got = string(p.Rule)
			if p.Row != 2 || strings.Contains(p.Says("ar")+p.Fix("ar")+p.Says("en")+p.Fix("en"), "{") {
				t.Errorf("%s: %v %s", row, p, p.Fix("ar"))
			}
		}
		if got != want || len(problems) > 1 {
			t.Errorf("%s: %q, want %q", row, got, want)
		}
	}
	_, problems := buildImages(w.rows("A a.jpg bytes=one position=1", "A b.jpg bytes=two position=1"))
	if len(problems) != 1 || problems[0].Rule != "image.twice" || problems[0].Row != 3 {
		t.Errorf("two for one place: %v", problems)
	}
	if _, problems := buildImages(w.rows("A a.jpg bytes=one position=1", "A b.jpg bytes=two position=1 variant=Red")); len(problems) != 0 {
		t.Errorf("a place of the item and one of a variant: %v", problems)
	}
}

// The same rows make the same document in any order of positions; what counts is
// the content and not the name of the file.
func TestBuildImages_Print(t *testing.T) {
	t.Parallel()
	w := newStudio(t, shopifytest.Options{})
	print := func(rows ...string) string {
		doc, problems := buildImages(w.rows(rows...))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return doc.Key + doc.Print
	}
	one := print("A a.jpg bytes=one position=1", "A b.jpg bytes=two position=2")
	if print("A b2.jpg bytes=two position=2", "A a2.jpg bytes=one position=1") != one {
		t.Error("the order of the rows counts")
	}
	for _, other := range [][]string{
		{"A a.jpg bytes=one position=1", "A b.jpg bytes=other position=2"},
		{"A a.jpg bytes=one position=2", "A b.jpg bytes=two position=1"},
		{"A a.jpg bytes=one position=1 alt=x", "A b.jpg bytes=two position=2"},
		{"A a.jpg bytes=one position=1", "A b.jpg bytes=two position=2 remove=yes"},
		{"B a.jpg bytes=one position=1", "B b.jpg bytes=two position=2"},
	} {
		if print(other...) == one {
			t.Errorf("%v makes no difference", other)
		}
	}
}

// A name says what there is to know of a picture, and is read back as it was made.
func TestPictureNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code, variant, source, want string
	}{
		{"A-1001", "", "x.PNG", "-A-1001_3.png"},
		{"A-1001", "RED", "x.jpeg", "-A-1001-RED_3.jpeg"},
		{"0007", "", "https://cdn.example.com/i.webp?w=3", "-0007_3.webp"},
		{"A/1 2", "", "https://cdn.example.com/picture", "-A12-x"},
		{"كرسي", "أحمر", "x.gif", "-x"},
		{strings.Repeat("A", 90), "", "x.jpg", "-" + strings.Repeat("A", 60) + "-x"},
	} {
		p := picture{Source: c.source, Variant: c.variant, Position: 3}
		name := p.name(c.code)
		mark, slot, ok := held{Name: name}.ours()
		if !ok || mark != p.mark() || slot != p.slot(c.code) || !strings.Contains(name, c.want) {
			t.Errorf("%s: %q %q %v, want %q", name, mark, slot, ok, c.want)
		}
		if strings.ContainsFunc(name, func(r rune) bool { return r > 127 || r <= ' ' || r == '/' }) {
			t.Errorf("%q does not survive as the name of a file", name)
		}
	}
	if (picture{Position: 1}).slot("كرسي") == (picture{Position: 1}).slot("سرير") {
		t.Error("two codes make one name")
	}
	copied := "wasl0123456789abcdef-A-1_2_9f18ab80-f71d-4df9-a959-30edf552c093.jpg"
	if mark, slot, ok := (held{Name: copied}).ours(); !ok || mark != "0123456789abcdef" || slot != "A-1_2" {
		t.Errorf("a copy: %q %q %v", mark, slot, ok)
	}
	for _, hand := range []string{"", "front.jpg", "wasl.jpg", "wasl0123456789abcdef.jpg", "wasl0123456789ABCDEF-A_1.jpg"} {
		if _, _, ok := (held{Name: hand}).ours(); ok {
			t.Errorf("%q is taken for ours", hand)
		}
	}
}

func TestStanding(t *testing.T) {
	t.Parallel()
	words := func(s string) []string { return strings.Fields(s) }
	for _, c := range []struct {
		name, have, wanted string // wanted: id, or id<instead
		first              bool
		want               string
	}{
		{"nothing there", "", "a b", false, "a b"},
		{"as it is", "a b", "a b", false, "a b"},
		{"turned", "a h b", "b a", false, "b h a"},
		{"new ones come last", "h a", "a b c", false, "h a b c"},
		{"one in the middle", "a c h", "a b c", false, "a b h c"},
		{"in place of one", "h a b", "x<a b", false, "h x a b"},
		{"in place of one, hanging already", "h a b x", "x<a b", false, "h x a b"},
		{"first", "h a b", "b a", true, "b h a"},
		{"some of ours", "a h b c", "c", false, "a h b c"},
		{"some of ours first", "a h b c", "c", true, "c a h b"},
	} {
		var wanted []placed
		for _, w := range words(c.wanted) {
			id, instead, _ := strings.Cut(w, "<")
			wanted = append(wanted, placed{id, instead})
		}
		got := standing(words(c.have), wanted, c.first)
		if diff := cmp.Diff(words(c.want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
		if again := standing(got, wanted, c.first); !slices.Equal(again, got) {
			t.Errorf("%s: done once more it is %v", c.name, again)
		}
	}
}

// Whatever hangs there: nothing is lost, others keep their order, ours are in that
// of the file, doing it twice is doing it once, and the moves lead there.
func TestStanding_Property(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.IntRange(0, 20), 0, 12, rapid.ID).Draw(t, "ids")
		name := func(n int) string { return string(rune('a' + n)) }
		var have []string
		var wanted []placed
		for i, n := range ids {
			if i%2 == 0 || rapid.Bool().Draw(t, "hangs") {
				have = append(have, name(n))
			}
			if i%2 == 1 {
				wanted = append(wanted, placed{id: name(n)})
			}
		}
		first := rapid.Bool().Draw(t, "first")
		got := standing(have, wanted, first)
		var ours []string
		for _, w := range wanted {
			ours = append(ours, w.id)
		}
		if !slices.Equal(only(got, ours), ours) {
			t.Fatalf("ours are %v, want %v", only(got, ours), ours)
		}
		if !slices.Equal(without(got, ours), without(have, ours)) {
			t.Fatalf("others are %v, want %v", without(got, ours), without(have, ours))
		}
		if again := standing(got, wanted, first); !slices.Equal(again, got) {
			t.Fatalf("once more it is %v, not %v", again, got)
		}
		now := append(slices.Clone(have), without(got, have)...)
		for _, m := range movesOf(now, got) {
			at := slices.Index(now, m.ID)
			to := slices.IndexFunc([]string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"}, func(s string) bool { return s == m.To })
			now = slices.Insert(slices.Delete(now, at, at+1), to, m.ID)
		}
		if !slices.Equal(now, got) {
			t.Fatalf("the moves lead to %v, want %v", now, got)
		}
	})
}

func TestImageKind_Settings(t *testing.T) {
	t.Parallel()
	k := imageDesk{&Sink{}}.kind()
	if found := k.Check(pipeline.Settings{"complete": "true", "delete": "file", "on_stale": "hold"}); len(found) != 0 {
		t.Error(found)
	}
	if found := k.Check(pipeline.Settings{"delete": "all"}); len(found) != 1 {
		t.Error(found)
	}
}
