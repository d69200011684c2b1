package pipeline

import "testing"

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
