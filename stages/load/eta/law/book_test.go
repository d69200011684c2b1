package law

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/quagmt/udecimal"
)

// own writes tables into a folder of an installation.
func own(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func opened(t testing.TB, files map[string]string) *Book {
	t.Helper()
	b, found, err := Open(own(t, files))
	if err != nil || len(found) > 0 {
		t.Fatalf("%v %v", found, err)
	}
	return b
}

// changed is a shipped table with lines put to its end, or other words in it.
func changed(t testing.TB, name string, change func(string) string) string {
	t.Helper()
	text, err := File(name)
	if err != nil {
		t.Fatal(err)
	}
	after := change(string(text))
	if after == string(text) {
		t.Fatalf("%s is as it was", name)
	}
	return after
}

func TestShipped_IsTheReference(t *testing.T) {
	t.Parallel()
	const reference = "../../../../../shared/reference/eta/codes"
	if _, err := os.Stat(reference); err != nil {
		t.Skip("no reference beside this clone")
	}
	for _, name := range Names() {
		file, err := os.Open(filepath.Join(reference, name+".csv"))
		if os.IsNotExist(err) {
			continue // limits and rates are this house's own form
		}
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		rows, err := csv.NewReader(file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		table := Shipped().Table(name)
		if len(table.Rows) != len(rows)-1 {
			t.Errorf("%s has %d lines, the reference %d", name, len(table.Rows), len(rows)-1)
		}
		for i, r := range rows[1:] {
			if table.Rows[i].Code != r[0] {
				t.Errorf("%s line %d is %s, in the reference %s", name, i, table.Rows[i].Code, r[0])
			}
		}
		if table.Dated == "" || table.Source == "" {
			t.Errorf("nobody knows how old %s is, or where it comes from", name)
		}
	}
}

// A change of the law: each day has its own rule, the last day of the old one included.
func TestLaw_DayBeforeAndAfterAChange(t *testing.T) {
	t.Parallel()
	b := opened(t, map[string]string{
		"limits.csv": changed(t, "limits", func(s string) string {
			return strings.Replace(s, "named_buyer,1.2,150000,EGP,,,", "named_buyer,1.2,150000,EGP,,2026-12-31,", 1) +
				"named_buyer,1.2,100000,EGP,2027-01-01,,decree,lower from 2027\n"
		}),
		"tax_rates.csv": changed(t, "tax_rates", func(s string) string {
			return strings.Replace(s, "V009,T1,14,2017-07-01,,", "V009,T1,14,2017-07-01,2026-12-31,", 1) + "V009,T1,15,2027-01-01,,law,\n"
		}),
		"unit_types.csv": "code,name_en,name_ar,valid_from,valid_to\nEA,each,,,\nIVL,Interval,,,2026-02-21\nNEW,New unit,,2027-01-01,\n",
	})
	for _, c := range []struct {
		day, limit, rate string
		old, newer       bool
	}{
		{"2017-06-30", "150000", "13", true, false},
		{"2017-07-01", "150000", "14", true, false},
		{"2026-02-21", "150000", "14", true, false},
		{"2026-02-22", "150000", "14", false, false},
		{"2026-12-31", "150000", "14", false, false},
		{"2027-01-01", "100000", "15", false, true},
	} {
		rate, _ := b.Rate(General, c.day)
		if got := b.Limit(NamedBuyer, c.day).String(); got != c.limit || rate.String() != c.rate {
			t.Errorf("on %s the limit is %s, the rate %s; want %s, %s", c.day, got, rate, c.limit, c.rate)
		}
		if old, newer := b.Has("unit_types", "IVL", c.day), b.Has("unit_types", "NEW", c.day); old != c.old || newer != c.newer {
			t.Errorf("on %s IVL is known: %t, NEW: %t", c.day, old, newer)
		}
		if !b.RateFits(General, number(c.rate), c.day) || b.RateFits(Other, number(c.rate), c.day) || !b.RateFits(Other, number("5"), c.day) {
			t.Errorf("on %s the general rate does not fit its subtype", c.day)
		}
	}
	for _, c := range []struct {
		from, to string
		want     bool
	}{{"2026-12-30", "2026-12-31", false}, {"2026-12-31", "2027-01-01", true}, {"2027-01-01", "2027-06-01", false}, {"2026-02-21", "2026-02-22", true},
		{"2026-02-22", "2026-02-22", false}, {"", "2026-02-22", true}, {"2026-03-01", "2026-02-01", true}} {
		if got := b.Changed(c.from, c.to); got != c.want {
			t.Errorf("the law changed from %s to %s: %t", c.from, c.to, got)
		}
	}
	if !b.Has("unit_types", "IVL", "") || b.Has("unit_types", "KGM", "") {
		t.Error("an own table takes the place of the whole shipped one, its past included")
	}
	if got := b.LimitOf(NamedBuyer, "1.0", "2022-05-01").String(); got != "50000" {
		t.Errorf("version 1.0 named its buyers from %s on", got)
	}
	if got := b.Limit(NamedBuyer, "2010-01-01").String(); got != "150000" {
		t.Errorf("before the first known day the limit is %s", got)
	}
}

func TestOpen_OwnTables(t *testing.T) {
	t.Parallel()
	dir := own(t, map[string]string{
		"unit_types.csv": "\ufeffcode;name_en;name_ar\r\nEA;each;\r\nBOX9;Box of nine;صندوق\r\n;;\r\n",
		"tables.csv":     "code,dated,source\nunit_types,2026-11-20,https://example.com/units\n",
		"note.txt":       "not a table",
	})
	b, found, err := Open(dir)
	if err != nil || len(found) > 0 {
		t.Fatalf("%v %v", found, err)
	}
	table := b.Table("unit_types")
	if table.File != filepath.Join(dir, "unit_types.csv") || table.Dated != "2026-11-20" || table.Source != "https://example.com/units" {
		t.Errorf("%s of %s from %s", table.File, table.Dated, table.Source)
	}
	if !b.Has("unit_types", "BOX9", "2026-11-25") || b.Has("unit_types", "KGM", "") || len(table.Rows) != 2 {
		t.Errorf("%d units", len(table.Rows))
	}
	if b.Table("tax_types").File != "" || !b.Has("tax_types", "T20", "") {
		t.Error("tables without an own file are those shipped")
	}
	if b, _, err := Open(filepath.Join(dir, "nowhere")); err != nil || b != Shipped() {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// An own table without a date is as old as its file.
func TestOpen_AgeOfTheFile(t *testing.T) {
	t.Parallel()
	dir := own(t, map[string]string{"unit_types.csv": "code,name_en\nEA,each\n"})
	written := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(dir, "unit_types.csv"), written, written); err != nil {
		t.Fatal(err)
	}
	b, _, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	table := b.Table("unit_types")
	for day, months := range map[string]int{"2026-04-19": 0, "2026-04-20": 1, "2027-03-19": 11, "2027-03-20": 12, "2026-01-01": 0} {
		at, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		if got := table.Months(at); got != months {
			t.Errorf("on %s it is %d months old, want %d (%s)", day, got, months, table.Dated)
		}
	}
}

// hole is a fact that a rule's words ask for and that was not given.
var hole = regexp.MustCompile(`\{[a-z]+\}`)

func TestOpen_Strict(t *testing.T) {
	t.Parallel()
	const units = "code,name_en,name_ar,valid_from,valid_to\nEA,each,,,\n"
	limits := func(change func(string) string) map[string]string {
		return map[string]string{"limits.csv": changed(t, "limits", change)}
	}
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"a name that no table has":     {map[string]string{"units.csv": units}, "codes.file"},
		"an index of such a name":      {map[string]string{"tables.csv": "code,dated\nunits,2026-01-01\n"}, "codes.file"},
		"an index without a day":       {map[string]string{"tables.csv": "code,dated\nunit_types,soon\n"}, "codes.day"},
		"windows-1256":                 {map[string]string{"unit_types.csv": "code,name_en\nEA,\xc7\xe1\n"}, "codes.utf"},
		"nothing in it":                {map[string]string{"unit_types.csv": ""}, "codes.empty"},
		"a header alone":               {map[string]string{"unit_types.csv": "code,name_en\n"}, "codes.empty"},
		"a column too many":            {map[string]string{"unit_types.csv": "code,name_en,colour\nEA,each,red\n"}, "codes.column"},
		"a column twice":               {map[string]string{"unit_types.csv": "code,name_en,name_en\nEA,each,each\n"}, "codes.column"},
		"no codes":                     {map[string]string{"unit_types.csv": "name_en\neach\n"}, "codes.lacks"},
		"no values":                    {map[string]string{"limits.csv": "code,version,valid_from,valid_to\nnamed_buyer,,,\n"}, "codes.lacks"},
		"more cells than columns":      {map[string]string{"unit_types.csv": "code,name_en\nEA,each,x\n"}, "codes.read"},
		"a quote that never ends":      {map[string]string{"unit_types.csv": "code,name_en\nEA,\"each\n"}, "codes.read"},
		"leading zeros lost":           {map[string]string{"activity_codes.csv": "code,name_en\n111,Grain\n"}, "codes.code"},
		"a day in another order":       {map[string]string{"unit_types.csv": units + "KGM,kg,,1/2/2026,\n"}, "codes.day"},
		"an end before the start":      {map[string]string{"unit_types.csv": units + "KGM,kg,,2026-02-01,2026-01-01\n"}, "codes.period"},
		"a limit that is no number":    {limits(func(s string) string { return strings.Replace(s, ",150000,", ",\"150,000\",", 1) }), "codes.number"},
		"a limit below zero":           {limits(func(s string) string { return strings.Replace(s, ",540,", ",-540,", 1) }), "codes.number"},
		"a limit that is missing":      {limits(func(s string) string { return strings.Replace(s, "return_days", "return_dayz", 1) }), "codes.needed"},
		"two limits for one day":       {limits(func(s string) string { return s + "named_buyer,1.2,100000,EGP,2027-01-01,,,\n" }), "codes.twice"},
		"a unit that must be there":    {map[string]string{"unit_types.csv": "code,name_en\nKGM,kg\n"}, "codes.needed"},
		"a direction that is none":     {map[string]string{"receipt_types.csv": changed(t, "receipt_types", func(s string) string { return strings.Replace(s, "s,sale,", "s,sell,", 1) })}, "codes.choice"},
		"a subtype of an unknown tax":  {map[string]string{"tax_subtypes.csv": changed(t, "tax_subtypes", func(s string) string { return s + "X001,T21,New,,,\n" })}, "codes.unknown"},
		"a rate of an unknown subtype": {map[string]string{"tax_rates.csv": changed(t, "tax_rates", func(s string) string { return s + "V099,T1,5,,,,\n" })}, "codes.unknown"},
		"an untold yes":                {map[string]string{"tax_types.csv": changed(t, "tax_types", func(s string) string { return strings.Replace(s, "adds,yes", "adds,maybe", 1) })}, "codes.choice"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, found, err := Open(own(t, c.files))
			if err != nil || b != nil || len(found) != 1 || string(found[0].Rule) != c.want {
				t.Errorf("found %v, want %s (%v)", found, c.want, err)
			}
			for _, f := range found {
				if f.File == "" || !f.Rule.Known() || hole.MatchString(f.In("ar")+f.In("en")) {
					t.Errorf("%s", f.In("en"))
				}
			}
		})
	}
}

func TestRateFits(t *testing.T) {
	t.Parallel()
	for subtype, rates := range map[string]map[string]bool{
		"V009": {"14": true, "13": false, "0": false}, "V010": {"5": true, "14": false, "0": false, "100": true, "101": false},
		"V003": {"0": true, "14": false}, "W001": {"14": false}, "Tbl01": {"5": false}, "": {"0": false},
	} {
		for rate, want := range rates {
			if got := Shipped().RateFits(subtype, udecimal.MustParse(rate), "2026-11-25"); got != want {
				t.Errorf("%s with %s %%: %t", subtype, rate, got)
			}
		}
	}
}
