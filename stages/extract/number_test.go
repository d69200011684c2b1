package extract

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/quagmt/udecimal"
	"pgregory.net/rapid"
)

func TestPlainNumber(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"0": "0", "-0": "0", "7": "7", "007": "7", "12.50": "12.5", "12.": "12", ".5": "0.5", "-.5": "-0.5", "+3": "3",
		"6221031000010": "6221031000010", "6.22103100001E+12": "6221031000010", "1E3": "1000", "1.5e-3": "0.0015",
		"0.30000000000000004": "0.3", "1.1000000000000001": "1.1", "99.999999999999986": "100", "123456789012345": "123456789012345",
		"-1234.5": "-1234.5", "4.9406564584124654E-20": "0.0000000000000000000494065645841247",
		"1234567890123.456789": "1234567890123.46",
		"NaN":                  "bad", "Inf": "bad", "0x10": "bad", "1_000": "bad", "1,5": "bad", "1e999": "bad", "--1": "bad", "": "bad", "1e-300": "bad",
		"622103100001012345": "622103100001012000 lost", "1e15": "1000000000000000 lost", "999999999999999.9": "1000000000000000 lost",
	} {
		got, exact, ok := plainNumber(raw)
		if !ok {
			got = "bad"
		} else if !exact {
			got += " lost"
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", raw, got, want)
		}
	}
}

// TestPlainNumber_Any holds plain digits against the number that was stored.
func TestPlainNumber_Any(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(-99_999_999_999_999, 99_999_999_999_999).Draw(t, "cents")
		want := udecimal.MustFromInt64(cents, 2)
		stored := strconv.FormatFloat(float64(cents)/100, 'g', 17, 64) // as Excel writes it
		got, exact, ok := plainNumber(stored)
		if !ok || !exact || strings.ContainsAny(got, "eE+") || !udecimal.MustParse(got).Equal(want) {
			t.Fatalf("%s: got %q, want %s", stored, got, want)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Float64Range(-1e14, 1e14).Draw(t, "v")
		got, exact, ok := plainNumber(strconv.FormatFloat(v, 'G', -1, 64))
		if !ok {
			return // too near to zero
		}
		back, err := strconv.ParseFloat(got, 64)
		if err != nil || !exact || math.Abs(back-v) > math.Abs(v)*1e-14 {
			t.Fatalf("%v: got %q", v, got)
		}
	})
}

func TestFormOf(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]form{
		"General": formNumber, "0": formNumber, "0.00": formNumber, "#,##0.00": formNumber, "@": formNumber,
		"0%": formPercent, `#,##0.00\ %;[Red]-0.0%`: formPercent, `0" %"`: formNumber, `0\%`: formNumber, "0%%": formNumber, "[=1]0;0%": formNumber,
		`#,##0.00\ "ج.م"`: formNumber, `[$ج.م.-C01]\ #,##0.00`: formNumber, `"day "0`: formNumber, "0.00E+00": formNumber, "[h]:mm:ss": formNumber,
		"dd/mm/yyyy": formDate, "d-mmm-yy": formDate, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy": formDate, "yyyy-mm-dd;@": formDate, "mmm": formDate,
		`[$-1010000]yyyy/mm/dd;@`: formDate, `yyyy"م"mm`: formDate,
		"h:mm": formTime, "h:mm AM/PM": formTime, "mm:ss.0": formTime,
		"dd/mm/yyyy hh:mm": formDateTime, "m/d/yy h:mm": formDateTime, "yyyy-mm-dd hh:mm:ss.000": formDateTime,
		"[Red]dd/mm/yyyy": formDate, `0 "days"`: formNumber, "": formNumber,
		"00": formPadded + 2, "000000;@": formPadded + 6, "00.0": formNumber, "0,000": formNumber, strings.Repeat("0", 300): formNumber,
	} {
		if got := formOf(code); got != want {
			t.Errorf("%s: got %d, want %d", code, got, want)
		}
	}
}

func TestDateText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		raw      string
		form     form
		from1904 bool
		want     string
	}{
		{"46086", formDate, false, "2026-03-05"},
		{"44624", formDate, true, "2026-03-05"},
		{"46086.5", formDateTime, false, "2026-03-05 12:00:00"},
		{"46086.999999", formDateTime, false, "2026-03-06"},
		{"46086.541666666664", formDate, false, "2026-03-05 13:00:00"},
		{"1", formDate, false, "1900-01-01"}, {"59", formDate, false, "1900-02-28"}, {"61", formDate, false, "1900-03-01"}, {"60", formDate, false, ""},
		{"0", formDate, false, ""}, {"0", formDate, true, "1904-01-01"}, {"-1", formDate, false, ""}, {"3000000", formDate, false, ""}, {"x", formDate, false, ""},
		{"0.75", formTime, false, "18:00:00"},
		{"2958465", formDate, false, "9999-12-31"},
	} {
		if got, _ := dateText(c.raw, c.form, c.from1904); got != c.want {
			t.Errorf("%s (1904 %v): got %q, want %q", c.raw, c.from1904, got, c.want)
		}
	}
}
