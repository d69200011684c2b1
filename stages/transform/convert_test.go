package transform

import (
	"testing"
	"time"

	"wasl/pipeline"
)

// TestConvert reads texts of each type as cells are read.
func TestConvert(t *testing.T) {
	t.Parallel()
	m := mustParse(t, `
flow: x
files: ["*"]
to: all
fields: {label: label, code: code, amount: amount, quantity: quantity, rate: rate, date: date, time: time, bool: bool}
`, deps(t))
	for _, c := range []struct{ field, cell, want string }{
		{"label", "  شاي  ", "شاي"}, {"label", "\u200fabc\u200e", "abc"}, {"label", "e\u0301", "é"}, {"label", "1\u00a0kg", "1 kg"}, {"label", "   ", "none"}, {"label", "a\nb", "a\nb"},
		{"code", "0007", "0007"}, {"code", "'75500", "75500"}, {"code", "12E3", "12E3"}, {"code", "A-1+2", "A-1+2"}, {"code", "'", "none"}, {"code", "10.0", "10.0"},
		{"code", "6.22E+12", "!code.exponent"}, {"code", "5E+05", "!code.exponent"}, {"code", "1e-7", "!code.exponent"}, {"code", "'9.1E+11", "!code.exponent"},
		{"amount", "١٢٫٥٠ ج.م", "12.5"}, {"amount", "12.5%", "!amount.format"}, {"amount", "free", "!amount.format"}, {"amount", "12,5", "!number.comma"},
		{"quantity", "7", "7"}, {"quantity", "7 EGP", "!quantity.unit"}, {"quantity", "٧", "7"},
		{"rate", "14", "14"}, {"rate", "14%", "14"}, {"rate", "١٤٪", "14"}, {"rate", "% 5", "5"}, {"rate", "0", "0"}, {"rate", "0.14", "!rate.fraction"}, {"rate", "0.5%", "0.5"}, {"rate", "x", "!rate.format"},
		{"date", "2026-11-23", "2026-11-23"}, {"date", "2026/11/23", "2026-11-23"}, {"date", "٢٠٢٦-١١-٢٣", "2026-11-23"}, {"date", "2026-11-23 23:30:00", "2026-11-23"},
		{"date", "2026-11-23 23:30:00 +0000", "2026-11-24"}, // in Cairo it is the next day
		{"date", "03/04/2026", "!date.format"}, {"date", "2026-02-30", "!date.format"}, {"date", "45412", "!date.serial"}, {"date", "123", "!date.format"}, {"date", "1900-01-01", "!date.far"}, {"date", "0206-01-01", "!date.far"},
		{"time", "2024-05-01 13:05:22 +0300", "2024-05-01T10:05:22Z"}, {"time", "2026-01-05 13:05:22", "2026-01-05T11:05:22Z"}, {"time", "2026-07-05 13:05", "2026-07-05T10:05:00Z"},
		{"time", "2026-07-05T13:05:00Z", "2026-07-05T13:05:00Z"}, {"time", "2026-07-05", "2026-07-04T21:00:00Z"}, {"time", "31/12/2023 22:36", "!date.format"},
		{"bool", "نعم", "true"}, {"bool", "لا", "false"}, {"bool", "YES", "true"}, {"bool", "0", "false"}, {"bool", "غير فعّال", "false"}, {"bool", "فعال", "true"}, {"bool", "maybe", "!bool.format"}, {"bool", "FALSE", "false"},
	} {
		record, problems := m.Map(row(c.field, c.cell))
		got := "none"
		v := record.Value(c.field)
		if v.Set {
			i := m.shape.Index(c.field)
			got = plainText(m.shape.Fields()[i].Type, v)
		}
		if len(problems) > 0 {
			got = "!" + string(problems[0].Rule)
			if v.Set || !v.Bad || problems[0].Value != c.cell || problems[0].Col != 1 || problems[0].Column != c.field || problems[0].Field != c.field || !problems[0].Rule.Known() {
				t.Errorf("%s %q: the problem is not complete: %+v", c.field, c.cell, problems[0])
			}
		}
		if got != c.want {
			t.Errorf("%s %q = %s, want %s", c.field, c.cell, got, c.want)
		}
	}
}

// TestCairoNights: the hour that summer time skips, and the one that it repeats.
func TestCairoNights(t *testing.T) {
	t.Parallel()
	h := &how{as: pipeline.Time, to: pipeline.Time, zone: cairo(t)}
	for in, want := range map[string]string{
		"2026-04-23 23:59:59": "2026-04-23T21:59:59Z",
		"2026-04-24 00:00:00": "!date.gap",
		"2026-04-24 00:30:00": "!date.gap",
		"2026-04-24 00:59:59": "!date.gap",
		"2026-04-24 01:00:00": "2026-04-23T22:00:00Z",
		"2026-04-24":          "2026-04-23T22:00:00Z", // the day begins at 01:00

		"2026-10-29 22:59:59":       "2026-10-29T19:59:59Z",
		"2026-10-29 23:00:00":       "!date.twice",
		"2026-10-29 23:30:00":       "!date.twice",
		"2026-10-29 23:59:59":       "!date.twice",
		"2026-10-30 00:00:00":       "2026-10-29T22:00:00Z",
		"2026-10-30":                "2026-10-29T22:00:00Z",
		"2026-10-29 23:30:00 +0300": "2026-10-29T20:30:00Z",
		"2026-10-29 23:30:00 +0200": "2026-10-29T21:30:00Z",
	} {
		v, why := h.read(in)
		got := v.Time.Format(time.RFC3339)
		if why.rule != "" {
			got = "!" + string(why.rule)
		}
		if got != want {
			t.Errorf("%s is read as %s, want %s", in, got, want)
		}
	}
	_, why := h.read("2026-10-29 23:30:00")
	if why.with["first"] != "23:30:00 +0300" || why.with["second"] != "23:30:00 +0200" {
		t.Errorf("the two times are told as %v", why.with)
	}
}

func TestLayouts(t *testing.T) {
	t.Parallel()
	m := mustParse(t, `
flow: x
files: ["*"]
to: all
fields:
  date: {from: D, layout: [02/01/2006, 2/1/2006]}
  time: {from: T, layout: "02/01/2006 03:04 PM", zone: Asia/Riyadh}
  label: {from: D, as: date, layout: 2/1/2006}
`, deps(t))
	record, problems := m.Map(row("D", "٣/٤/٢٠٢٦", "T", "03/04/2026 01:05 م"))
	if len(problems) > 0 || record.Date("date") != time.Date(2026, 4, 3, 0, 0, 0, 0, time.UTC) ||
		record.Date("time") != time.Date(2026, 4, 3, 10, 5, 0, 0, time.UTC) || record.Text("label") != "2026-04-03" {
		t.Errorf("got %v %v %q %v", record.Date("date"), record.Date("time"), record.Text("label"), problems)
	}
	if _, problems = m.Map(row("D", "2026-04-03", "T", "")); len(problems) != 2 || problems[0].With["want"] != "23/11/2026" {
		t.Errorf("a pinned layout is the only one: %v", problems)
	}
}
