package pipeline

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		mark byte
		want string // the number, or the rule after a !
	}{
		{"12", 0, "12"}, {"12.50", 0, "12.5"}, {".5", 0, "0.5"}, {"-.5", 0, "-0.5"}, {"0", 0, "0"}, {"-0", 0, "0"}, {"007", 0, "7"},
		{"-12", 0, "-12"}, {"+12", 0, "12"}, {"12-", 0, "-12"}, {"5.00-", 0, "-5"}, {"(5.00)", 0, "-5"}, {"−5", 0, "-5"}, {"- 5", 0, "-5"},
		{"1,234", 0, "1234"}, {"1,234.56", 0, "1234.56"}, {"1,234,567", 0, "1234567"}, {"12,345.6", 0, "12345.6"},
		{"1.234,56", 0, "1234.56"}, {"1.234.567", 0, "1234567"}, {"1.234.567,8", 0, "1234567.8"}, {"1.234", 0, "1.234"},
		{"1 234.5", 0, "1234.5"}, {"1 234 567", 0, "1234567"},
		{"١٢٣", 0, "123"}, {"١٬٢٣٤٫٥٦", 0, "1234.56"}, {"١٢٫٥", 0, "12.5"}, {"۱۲۳", 0, "123"}, {"١،٢٣٤", 0, "1234"}, {"١٢.٥", 0, "12.5"}, {"1,234٫5", 0, "1234.5"},
		{"999999999999999999", 0, "999999999999999999"}, {"0.1234567890123456789", 0, "0.1234567890123456789"},

		// What the mapping pins.
		{"12,50", ',', "12.5"}, {"1.234,56", ',', "1234.56"}, {"1,234", ',', "1.234"}, {"0,500", ',', "0.5"}, {"1.234", ',', "1234"}, {"12", ',', "12"}, {"١٢٫٥", ',', "12.5"},
		{"1.5", ',', "!format"}, {"1,234.56", ',', "!format"}, {"1,234,567", ',', "!format"},
		{"1,234", '.', "1234"}, {"1.234,56", '.', "!format"}, {"1.234.567", '.', "!format"}, {"12.5", '.', "12.5"},

		// A comma that can only be a decimal mark is not taken unless it is pinned:
		// in the same column 1,250 would be a thousand times too much.
		{"12,50", 0, "!number.comma"}, {"0,500", 0, "!number.comma"}, {",5", 0, "!number.comma"}, {"1,2345", 0, "!number.comma"}, {"12,50", '.', "!number.comma"}, {"١٢،٥", 0, "!number.comma"},

		{"", 0, "!format"}, {"-", 0, "!format"}, {"()", 0, "!format"}, {"NaN", 0, "!format"}, {"Inf", 0, "!format"}, {"0x10", 0, "!format"}, {"1_000", 0, "!format"},
		{"1e5", 0, "!format"}, {"1E+05", 0, "!format"}, {"12.", 0, "!format"}, {"1..2", 0, "!format"}, {"1.2.3", 0, "!format"}, {"--5", 0, "!format"}, {"(-5)", 0, "!format"}, {"-5-", 0, "!format"},
		{"1,23,456", 0, "123456"}, {"1,23,456.50", 0, "123456.5"}, {"12,34,567", 0, "1234567"}, {"1,00,00,000", '.', "10000000"}, {"١،٢٣،٤٥٦", 0, "123456"}, {"123,45,678", 0, "!format"}, {"1,234,56,789", 0, "!format"}, {"1,23,4567", 0, "!format"}, {"1,23,45", 0, "!format"}, {"0,12,345", 0, "!format"}, {"1.23.456", 0, "!format"}, {"1 23 456", 0, "!format"}, {"1234,567,890", 0, "!format"}, {",123,456", 0, "!format"}, {"1,234,56", 0, "!format"}, {"1 23", 0, "!format"}, {"1,234 567", 0, "!format"}, {"1.234,567.8", 0, "!format"},
		{"١٫٢٫٣", 0, "!format"}, {"12,5x", 0, "!format"}, {"$5", 0, "!format"}, {"12.5 6", 0, "!format"}, {"1,234.5,6", 0, "!format"}, {"5 EGP", 0, "!format"}, {"½", 0, "!format"}, {"1/2", 0, "!format"},
		{"1234567890123456789", 0, "!number.long"}, {"0.12345678901234567890", 0, "!number.long"},
	} {
		d, rule := ParseNumber(c.in, pinned(c.mark), nil)
		got := d.String()
		if rule != "" {
			got = "!" + string(rule)
		}
		if got != c.want {
			t.Errorf("ParseNumber(%q, %q) = %s, want %s", c.in, c.mark, got, c.want)
		}
	}
}

func TestParseNumber_Words(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"5 EGP": "5", "EGP 5": "5", "egp5": "5", "ج.م 1,250.50": "1250.5", "١٢٫٥٠ ج.م.": "12.5", "100 جنيه": "100", "£E 5": "5", "5 L.E.": "5", "5LE": "5",
		"-EGP 5": "-5", "EGP -5": "-5", "(5 EGP)": "-5", "(5) EGP": "-5", "5- EGP": "-5",
		"EGP": "!format", "EGP 5 EGP": "!format", "5 USD": "!format", "EGP EGP 5": "!format", "5 %": "!format",
	} {
		d, rule := ParseNumber(in, "", pounds)
		got := d.String()
		if rule != "" {
			got = "!" + string(rule)
		}
		if got != want {
			t.Errorf("ParseNumber(%q) = %s, want %s", in, got, want)
		}
	}
}

// TestNumber_RoundTrip writes numbers in the ways in which people do, and reads
// the same number back.
func TestParseNumber_RoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.StringMatching(`0|[1-9][0-9]{0,14}`).Draw(t, "whole")
		fraction := rapid.StringMatching(`|[0-9]{1,9}`).Draw(t, "fraction")
		negative := rapid.Bool().Draw(t, "negative")
		plain := whole
		if fraction != "" {
			plain += "." + fraction
		}
		want, rule := ParseNumber(plain, ".", nil)
		if rule != "" {
			t.Fatalf("%s: %s", plain, rule)
		}
		if negative {
			want = want.Neg()
		}
		style := rapid.SampledFrom([]struct {
			mark         byte
			point, group string
			digits       string
		}{
			{0, ".", ",", ""}, {'.', ".", ",", ""}, {',', ",", ".", ""}, {0, ".", "", ""}, {',', ",", "", ""}, {0, ".", " ", ""}, {',', ",", " ", ""},
			{0, "٫", "٬", "٠١٢٣٤٥٦٧٨٩"}, {',', "٫", "٬", "٠١٢٣٤٥٦٧٨٩"}, {0, ".", ",", "۰۱۲۳۴۵۶۷۸۹"}, {0, ".", "،", "٠١٢٣٤٥٦٧٨٩"},
		}).Draw(t, "style")
		text := grouped(whole, style.group)
		if fraction != "" {
			text += style.point + fraction
		}
		text = inDigits(text, style.digits)
		if negative {
			text = rapid.SampledFrom([]string{"-" + text, text + "-", "(" + text + ")", "- " + text}).Draw(t, "sign")
		}
		got, rule := ParseNumber(text, pinned(style.mark), nil)
		if rule != "" || !got.Equal(want) {
			t.Fatalf("%q pinned %q is read as %s (%s), want %s", text, style.mark, got, rule, want)
		}
	})
}

// pounds are some of the words of a currency, longer ones first.
var pounds = []string{"جنيه", "ج.م.", "ج.م", "EGP", "L.E.", "£E", "LE"}

func pinned(mark byte) string { return strings.Trim(string(rune(mark)), "\x00") }

func grouped(whole, group string) string {
	if group == "" {
		return whole
	}
	var out string
	for len(whole) > 3 {
		out, whole = group+whole[len(whole)-3:]+out, whole[:len(whole)-3]
	}
	return whole + out
}

func inDigits(s, digits string) string {
	if digits == "" {
		return s
	}
	set := []rune(digits)
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return set[r-'0']
		}
		return r
	}, s)
}

// FuzzParseNumber: what is read has the same digits as the text, in the same order;
// and read again as it is written, it is the same number.
func FuzzParseNumber(f *testing.F) {
	for _, seed := range []string{"12.50", "1,234.56", "1.234,56", "١٬٢٣٤٫٥٦", "(5.00)", "5.00-", "ج.م 12", "NaN", "0x10", "1_000", "1e5", "-", "12,50", "٠", "+.5", "−1", "1 234"} {
		for _, mark := range []byte{0, '.', ','} {
			f.Add(seed, mark)
		}
	}
	f.Fuzz(func(t *testing.T, s string, mark byte) {
		if mark != 0 && mark != '.' && mark != ',' {
			mark = 0
		}
		d, rule := ParseNumber(Clean(s), pinned(mark), pounds)
		if rule != "" {
			return
		}
		if want, got := digitsOf(s), digitsOf(d.String()); want != got {
			t.Fatalf("%q is read as %s", s, d)
		}
		again, rule := ParseNumber(d.String(), ".", nil)
		if rule != "" || !again.Equal(d) {
			t.Fatalf("%q is read as %s, and that as %s (%s)", s, d, again, rule)
		}
	})
}

// digitsOf are the digits that count: without zeros at either end of the number.
func digitsOf(s string) string {
	var b strings.Builder
	for _, r := range s {
		if digit, ok := Digit(r); ok {
			b.WriteByte(byte('0' + digit))
		}
	}
	return strings.Trim(b.String(), "0")
}
