package erp

import "testing"

// TestPhoneKey_OneNumber is every way in which Egyptians and spreadsheets write one
// number; and numbers that are another, or none.
func TestPhoneKey_OneNumber(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, country, want string }{
		{"+201001234567", "", "+201001234567"},
		{"00201001234567", "", "+201001234567"},
		{"201001234567", "", "+201001234567"},
		{"01001234567", "", "+201001234567"},
		{"1001234567", "", "+201001234567"},
		{"'+20 100 123 4567", "", "+201001234567"},
		{"0100-123-4567", "", "+201001234567"},
		{"(010) 0123.4567", "", "+201001234567"},
		{"٠١٠٠ ١٢٣ ٤٥٦٧", "", "+201001234567"},
		{"۰۱۰۰۱۲۳۴۵۶۷", "EG", "+201001234567"},
		{"+20 (0) 100 123 4567", "", "+201001234567"},
		{"\u202a+201001234567\u202c", "", "+201001234567"},
		{"01101234567", "", "+201101234567"},
		{"01201234567", "", "+201201234567"},
		{"01551234567", "", "+201551234567"},
		{"02 2735 1234", "", "+20227351234"},
		{"+20 3 4871234", "", "+2034871234"},
		{"040 3312345", "", "+20403312345"},
		{"01001234567", "SA", "+201001234567"}, // lives abroad, kept her number
		{"0501234567", "SA", "+966501234567"},
		{"+971 50 123 4567", "", "+971501234567"},
		{"00971501234567", "EG", "+971501234567"},
		{"+44 20 7946 0958", "", "+442079460958"},
		{"01301234567", "", ""},
		{"0100123456", "", ""},
		{"010012345678", "", ""},
		{"27351234", "", ""},
		{"1.00E+09", "", ""},
		{"01001234567 / 01101234567", "", ""},
		{"call me", "", ""},
		{"-", "", ""},
		{"", "", ""},
	} {
		got, ok := phoneKey(tt.text, tt.country)
		if got != tt.want || ok != (tt.want != "") {
			t.Errorf("phoneKey(%q, %q) = %q, %v; want %q", tt.text, tt.country, got, ok, tt.want)
		}
	}
}

func TestEmailKey_NoTricks(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		" Mona@Example.NET ":           "mona@example.net",
		"mailto:mona@example.net":      "mona@example.net",
		"\u200fmona@example.net":       "mona@example.net",
		"mo.na@gmail.com":              "mo.na@gmail.com", // not mona@gmail.com
		"mona+shop@gmail.com":          "mona+shop@gmail.com",
		"info@موقع.مصر":                "info@xn--4gbrim.xn--wgbh1c",
		"INFO@BÜCHER.example":          "info@xn--bcher-kva.example",
		"info@xn--bcher-kva.example":   "info@xn--bcher-kva.example",
		"mona":                         "",
		"mona@localhost":               "",
		"a@b@example.net":              "",
		"a@example.net, b@example.net": "",
		"":                             "",
	} {
		if got, ok := emailKey(text); got != want || ok != (want != "") {
			t.Errorf("emailKey(%q) = %q, %v; want %q", text, got, ok, want)
		}
	}
}

func TestGovernorates_AllOfThem(t *testing.T) {
	t.Parallel()
	if len(governorates) != 27 {
		t.Errorf("%d governorates, want 27", len(governorates))
	}
	names := map[string]string{}
	for _, g := range governorates {
		for _, name := range []string{g.code, "EG-" + g.code, g.en, g.ar} {
			if got, _, ok := governorateOf(name); !ok || got.code != g.code {
				t.Errorf("%q is %q, want %q", name, got.code, g.code)
			}
			if other, twice := names[placeKey(name)]; twice && other != g.code {
				t.Errorf("%q is of %s and of %s", name, other, g.code)
			}
			names[placeKey(name)] = g.code
		}
	}
	for text, want := range map[string]string{"القاهره": "C", "محافظة القاهرة": "C", "cairo governorate": "C", "الاسكندرية": "ALX", "اسكندريه": "ALX", "بنى سويف": "BNS", "Menoufia": "MNF", "الجيزه": "GZ", "SU": "GZ", "kafr el sheikh": "KFS", "بور سعيد": "PTS", "Al Sharqia": "SHR", "EG-DK": "DK"} {
		if got, _, ok := governorateOf(text); !ok || got.code != want {
			t.Errorf("%q is %q, want %q", text, got.code, want)
		}
	}
}

// TestGovernorates_Unknown are never guessed, however near they are.
func TestGovernorates_Unknown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"Ciro": "C Cairo القاهرة", "القاهرا": "C Cairo القاهرة", "HU": "C Cairo القاهرة", "المنصورة": "DK Dakahlia الدقهلية", "Giza - Haram": "GZ Giza الجيزة", "Riyadh": ""} {
		got, near, ok := governorateOf(text)
		if ok || len(near) == 0 || want != "" && near[0] != want {
			t.Errorf("governorateOf(%q) = %q, %q, %v; want none, and %q first among the near ones", text, got.code, near, ok, want)
		}
	}
}
