package transform

import (
	"strings"
	"testing"

	"wasl/pipeline"
)

// TestExpr computes expressions over a row; "none" stands for no value.
func TestExpr(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ field, expr, want string }{
		{"amount", "0.1 + 0.2", "0.3"}, {"amount", "quantity * 19.99", "59.97"}, {"amount", "1 / 3 * 3", "0.9999999999999999999"},
		{"amount", "round(quantity / 7, 2)", "0.43"}, {"amount", "round(2.345, 2)", "2.35"}, {"amount", "round(-2.345, 2)", "-2.35"}, {"amount", "-quantity + abs(-1)", "-2"},
		{"amount", "quantity > 2.5 ? 1 : 2", "1"}, {"amount", "quantity == 3.00 ? 1 : 2", "1"}, {"amount", "number(col('N'))", "1234.5"}, {"amount", "col('N')", "1234.5"},
		{"amount", "other + 1", "none"}, {"amount", "has(other) ? 1 : 2", "2"}, {"amount", "0.12345678901234567", "0.12345678901234567"},
		{"label", `upper(trim(code)) + "-" + text(quantity)`, "A-1-3"}, {"label", `first(col("Empty"), col("Missing", "Empty"), "x")`, "x"}, {"label", `split(code, "-")[1]`, "1"},
		{"label", `code[0:1]`, "a"}, {"label", `col("Empty")`, "none"}, {"label", `text(len("سلام"))`, "4"}, {"label", `replace(code, "a", "b")`, "b-1"},
		{"bool", `code contains "a" and not (code in ["b", "c"]) and code matches "^a"`, "true"}, {"bool", "time > date", "true"}, {"bool", "quantity >= 3 && quantity != 4", "true"},
		{"date", "time", "2026-11-24"}, {"date", `"2026-11-" + "23"`, "2026-11-23"}, {"third", "amount * 2", "none"},
		{"amount", "quantity / (quantity - 3)", "!expr.failed"}, {"amount", "number(code)", "!expr.failed"}, {"amount", "round(quantity, quantity / 2)", "!expr.failed"},
		{"amount", `"12x"`, "!amount.format"}, {"amount", `100 * number("14%")`, "14"}, {"amount", `number("1,2%")`, "!expr.failed"},
	} {
		text := strings.ReplaceAll(c.expr, "'", "''")
		m := mustParse(t, `
flow: x
files: x
to: all
fields:
  code: Code
  `+field(c.field, text)+`
  quantity: Q
  other: {from: Empty, optional: true}
  `+others(c.field)+`
`, deps(t))
		record, problems := m.Map(row("Code", "a-1", "Q", "3", "N", "1,234.5", "Empty", "", "T", "2026-11-23 23:30:00 +0000", "D", "2026-11-23"))
		got := "none"
		if v := record.Value(c.field); v.Set {
			got = plainText(m.shape.Fields()[m.shape.Index(c.field)].Type, v)
		}
		if len(problems) > 0 {
			got = "!" + string(problems[0].Rule)
		}
		if got != c.want {
			t.Errorf("%s = %s, want %s (%v)", c.expr, got, c.want, problems)
		}
	}
}

func field(name, expr string) string { return name + ": {expr: '" + expr + "', optional: true}" }

// others supplies what expressions use, but for the field that is computed.
func others(but string) string {
	var out []string
	for _, f := range []string{"time: T", "date: {from: D, optional: true}", "amount: {from: Empty, optional: true}"} {
		if !strings.HasPrefix(f, but+":") {
			out = append(out, f)
		}
	}
	return strings.Join(out, "\n  ")
}

// TestExpr_Refused: what an expression may not say.
func TestExpr_Refused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"now()", "1_000", "0x10", "1e5", "quantity in [1, 2]", "quantity == code", "$env", "let x = 1; x", "filter([1], true)", "quantity ** 2", "code + 1", "quantity.x", "nil", "has(code, label)", "has(1)", "col()", "1..3", "int(code)", "float(code)", "order"} {
		_, found := Parse("m.yaml", []byte("flow: x\nfiles: x\nto: all\nfields:\n  code: A\n  quantity: B\n  amount: {expr: '"+text+"'}\n"), deps(t))
		if len(found) == 0 || found[0].Line != 7 || found[0].Col < 12 {
			t.Errorf("%s: %s", text, lines(found))
		}
	}
}

// TestExpr_Unreadable: what is computed from an unreadable field has no value
// and no problem of its own.
func TestExpr_Unreadable(t *testing.T) {
	t.Parallel()
	m := mustParse(t, "flow: x\nfiles: x\nto: all\nfields:\n  third: {expr: 'amount + 1'}\n  amount: {expr: 'quantity * 2'}\n  quantity: Q\n", deps(t))
	record, problems := m.Map(row("Q", "x"))
	if len(problems) != 1 || problems[0].Rule != "quantity.format" || record.Has("third") || !record.Value("third").Bad {
		t.Errorf("got %v", problems)
	}
	if record, _ = m.Map(row("Q", "2")); record.Amount("third").String() != "5" {
		t.Errorf("third is %s", record.Amount("third"))
	}
}

func TestSkip(t *testing.T) {
	t.Parallel()
	m := mustParse(t, `
flow: x
files: x
to: all
fields: {label: Status, amount: Total, time: Cancelled}
skip:
  - {when: 'label == "void"', why: {en: void, ar: ملغي}}
  - {when: 'amount == 0', why: nothing to pay}
  - {when: has(time), why: cancelled}
`, deps(t))
	group := func(rows ...string) []pipeline.Record {
		var out []pipeline.Record
		for i := 0; i < len(rows); i += 3 {
			r, _ := m.Map(row("Status", rows[i], "Total", rows[i+1], "Cancelled", rows[i+2]))
			out = append(out, r)
		}
		return out
	}
	for _, c := range []struct {
		group []pipeline.Record
		want  string
	}{
		{group("void", "1", ""), "void"},
		{group("", "", "", "void", "1", ""), "void"}, // the first that has one
		{group("paid", "1", "", "void", "1", ""), ""},
		{group("paid", "0.00", ""), "nothing to pay"},
		{group("paid", "", ""), ""},  // no total is not a total of zero
		{group("paid", "x", ""), ""}, // a problem is not hidden
		{group("paid", "1", "2026-11-23"), "cancelled"},
		{group("paid", "1", "yesterday"), ""}, // neither is this one
		{group("", "", ""), ""},
	} {
		if got := m.Skip(c.group); got != c.want {
			t.Errorf("%+v is left out for %q, want %q", c.group[0], got, c.want)
		}
	}
	m.lang = "ar"
	if got := m.Skip(group("void", "1", "")); got != "ملغي" {
		t.Errorf("in Arabic: %q", got)
	}
}
