package pipeline

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ a, b string }{
		{"الكميّة", "الكمية"}, {"كـــود الصنف", "كود الصنف"}, {"إسم الصنف", "اسم الصنف"}, {"المستودع الرئيسى", "المستودع الرئيسي"},
		{"Item Code", " item_code "}, {"Item-Code:", "ITEM CODE"}, {"رقم ١", "رقم 1"}, {"رقم ۲", "رقم 2"}, {"\u200fالكمية\u200e", "الكميه"},
	} {
		if Fold(c.a) != Fold(c.b) {
			t.Errorf("Fold(%q) = %q, Fold(%q) = %q: must be equal", c.a, Fold(c.a), c.b, Fold(c.b))
		}
	}
	if Fold("الكمية") == Fold("القيمة") {
		t.Error("different names fold to the same text")
	}
	if got := Clean("\ufeff  كود\u00a0الصنف\u200f "); got != "كود الصنف" {
		t.Errorf("Clean = %q", got)
	}
}

// TestFold_Plain holds the short way of texts that need no normal form against the long
// one: of any text, both give the same.
func TestFold_Plain(t *testing.T) {
	t.Parallel()
	long := func(s string) string { // as plain texts are folded too, without the short way
		return strings.TrimPrefix(strings.TrimPrefix(Fold("e\u0301 "+s), "é"), " ")
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	ranges := [][2]rune{{' ', '~'}, {'ء', 'ي'}, {0x610, 0x660}, {0, 0x2ff}, {0x600, 0x6ff}, {0x300, 0x36f}, {0xfb50, 0xfeff}}
	for range 20_000 {
		var text []rune
		among := 1 + random.IntN(len(ranges))
		for range random.IntN(12) {
			in := ranges[random.IntN(among)]
			text = append(text, in[0]+random.Int32N(in[1]-in[0]+1))
		}
		s := string(text)
		want := strings.TrimSpace(norm.NFC.String(s))
		if plain(s) && (Clean(s) != want || norm.NFKC.String(s) != s) {
			t.Fatalf("%q is told to be plain, and is %q", s, want)
		}
		if got := Fold(s); plain(s) && got != long(s) {
			t.Fatalf("%q folds to %q, by the long way to %q", s, got, long(s))
		}
	}
	for r := rune(0); r < 0x3000; r++ {
		if plainLetter(r) && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			t.Errorf("%q is no letter", r)
		}
	}
}
