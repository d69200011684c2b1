package law

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// A form is what a table must look like.
type form struct {
	columns []string       // that have to be there, beside code
	may     []string       // that may be there, beside valid_from and valid_to
	code    *regexp.Regexp // of a code
	numbers []string       // columns of numbers, none below zero
	yesNo   []string       // columns of yes and no
	choice  map[string][]string
	days    []string // columns of days
	needed  []string // codes without which nothing can be checked
	by      []string // further columns that a code is known by, such as a version
	repeats bool     // the authority's own table names a code twice: unit ST
}

// named are the columns of names that the authority's tables have.
var named = []string{"name_en", "name_ar"}

// forms are all tables by name. A table without a form is none of the authority's.
var forms = map[string]form{
	"activity_codes":       {columns: []string{"name_en"}, may: named, code: regexp.MustCompile(`^[0-9]{4}$`)},
	"buyer_types":          {columns: []string{"name_en"}, may: append([]string{"id_kind", "id_format", "id_and_name_required"}, named...), code: regexp.MustCompile(`^[A-Z]$`), needed: []string{"P", "B", "F"}},
	"country_codes":        {columns: []string{"name_en"}, may: named, code: regexp.MustCompile(`^[A-Z]{2}$`), needed: []string{"EG"}},
	"currency_codes":       {columns: []string{"name_en"}, may: named, code: regexp.MustCompile(`^[A-Z]{3}$`), needed: []string{"EGP"}},
	"item_code_types":      {columns: []string{"name_en"}, may: append([]string{"code_format"}, named...), code: regexp.MustCompile(`^[A-Z0-9]{1,30}$`), needed: []string{"EGS", "GS1"}},
	"order_delivery_modes": {columns: []string{"name_en"}, may: append([]string{"certainty"}, named...), code: regexp.MustCompile(`^[A-Z]{1,30}$`)},
	"payment_methods":      {columns: []string{"name_en"}, may: named, code: regexp.MustCompile(`^[A-Z]{1,50}$`)},
	"unit_types":           {columns: []string{"name_en"}, may: named, code: regexp.MustCompile(`^[A-Z0-9]{1,30}$`), needed: []string{"EA"}, repeats: true},

	"return_without_reference_reasons": {columns: []string{"name_en"}, may: named, code: regexp.MustCompile(`^[A-Z]$`)},
	"receipt_types": {columns: []string{"direction", "needs_reference_uuid", "needs_order_delivery_mode"}, may: append([]string{"version"}, named...),
		code: regexp.MustCompile(`^[A-Za-z]{1,20}$`), yesNo: []string{"needs_reference_uuid", "needs_order_delivery_mode"},
		choice: map[string][]string{"direction": {"sale", "return"}}, needed: []string{"s", "r", "RWR"}},
	"tax_types": {columns: []string{"kind", "effect_on_line_total", "in_vat_base"}, may: append([]string{"taxable_group"}, named...),
		code: regexp.MustCompile(`^T[0-9]{1,2}$`), yesNo: []string{"in_vat_base"},
		choice: map[string][]string{"kind": {"rate", "fixed amount"}, "effect_on_line_total": {"adds", "subtracts"}}, needed: []string{"T1"}},
	"tax_subtypes": {columns: []string{"tax_type", "name_en"}, may: named, code: regexp.MustCompile(`^[A-Za-z0-9]{1,50}$`)},
	"tax_rates": {columns: []string{"tax_type", "rate", "valid_from", "valid_to"}, may: []string{"source", "note"},
		code: regexp.MustCompile(`^[A-Za-z0-9]{1,50}$`), numbers: []string{"rate"}, needed: []string{"V009"}},
	"limits": {columns: []string{"version", "value", "valid_from", "valid_to"}, may: []string{"unit", "source", "note"},
		code: regexp.MustCompile(`^[a-z_]+$`), numbers: []string{"value"}, needed: LimitNames, by: []string{"version"}},
}

// indexForm is that of tables.csv.
var indexForm = form{columns: []string{"dated"}, may: []string{"source"}, code: regexp.MustCompile(`^[a-z_]+$`), days: []string{"dated"}}

func formOf(name string) form {
	if name == indexName {
		return indexForm
	}
	if f, ok := ownForms[name]; ok {
		return f
	}
	return forms[name]
}

// header finds columns that are missing, unknown, or there twice.
func (f form) header(t *Table, columns []string) []pipeline.Finding {
	var found []pipeline.Finding
	wrong := func(col int, rule pipeline.Rule, column string, known string) {
		found = append(found, pipeline.Finding{File: t.place(), Line: 1, Col: col, Rule: rule, With: with([]string{"column", column, "known", known})})
	}
	must := append([]string{"code"}, f.columns...)
	known := slices.Concat(must, f.may, []string{"valid_from", "valid_to"})
	for i, c := range columns {
		columns[i] = strings.TrimSpace(c)
		if !slices.Contains(known, columns[i]) || slices.Contains(columns[:i], columns[i]) {
			wrong(i+1, "codes.column", columns[i], strings.Join(slices.Compact(known), ", "))
		}
	}
	for _, c := range must {
		if !slices.Contains(columns, c) {
			wrong(1, "codes.lacks", c, strings.Join(must, ", "))
		}
	}
	return found
}

// row finds what is wrong with one line.
func (f form) row(t *Table, r Row) []pipeline.Finding {
	var found []pipeline.Finding
	wrong := func(column string, rule pipeline.Rule, facts ...string) {
		p := t.finding(r, rule, append(facts, "value", r.Cell(column), "column", column)...)
		p.Col = slices.Index(r.columns, column) + 1
		found = append(found, p)
	}
	if !f.code.MatchString(r.Code) {
		wrong("code", "codes.code", "form", f.code.String())
	}
	for _, column := range append([]string{"valid_from", "valid_to"}, f.days...) {
		if text := r.Cell(column); text != "" {
			if _, err := time.Parse(time.DateOnly, text); err != nil {
				wrong(column, "codes.day")
			}
		}
	}
	if r.From != "" && r.To != "" && r.To < r.From {
		wrong("valid_to", "codes.period", "from", r.From)
	}
	for _, column := range f.numbers {
		if d, err := udecimal.Parse(r.Cell(column)); err != nil || d.IsNeg() {
			wrong(column, "codes.number")
		}
	}
	for _, column := range f.yesNo {
		if text := r.Cell(column); text != "yes" && text != "no" {
			wrong(column, "codes.choice", "known", "yes, no")
		}
	}
	for column, known := range f.choice {
		if !slices.Contains(known, r.Cell(column)) {
			wrong(column, "codes.choice", "known", strings.Join(known, ", "))
		}
	}
	return found
}

// whole finds what only the whole table shows: codes that are missing, and two lines of one code for the same day.
func (f form) whole(t *Table) []pipeline.Finding {
	var found []pipeline.Finding
	for _, code := range f.needed {
		if len(t.at[code]) == 0 {
			found = append(found, pipeline.Finding{File: t.place(), Line: 1, Col: 1, Rule: "codes.needed", With: with([]string{"code", code})})
		}
	}
	if f.repeats {
		return found
	}
	for i, r := range t.Rows {
		for _, j := range t.at[r.Code] {
			if other := t.Rows[j]; j < i && f.same(r, other) && overlap(r, other) {
				found = append(found, t.finding(r, "codes.twice", "code", r.Code, "line", itoa(other.Line)))
				break
			}
		}
	}
	return found
}

func (f form) same(a, b Row) bool {
	return !slices.ContainsFunc(f.by, func(column string) bool { return a.Cell(column) != b.Cell(column) })
}

func overlap(a, b Row) bool {
	return (a.To == "" || b.From == "" || b.From <= a.To) && (b.To == "" || a.From == "" || a.From <= b.To)
}
