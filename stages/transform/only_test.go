package transform

import (
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// ofOrders is a kind with the fields that only: knows by short words.
func ofOrders(t *testing.T, now time.Time) Deps {
	t.Helper()
	d := deps(t)
	d.Now = func() time.Time { return now }
	d.Zone, _ = time.LoadLocation("Africa/Cairo")
	d.Kinds = map[string]pipeline.Kind{"orders": {Name: "orders", Fields: []pipeline.Field{
		{Name: "order.status", Type: pipeline.Text}, {Name: "order.tags", Type: pipeline.Text}, {Name: "order.location", Type: pipeline.Text},
		{Name: "order.source", Type: pipeline.Text}, {Name: "order.created", Type: pipeline.Time}, {Name: "order.payment", Type: pipeline.Text},
		{Name: "order.total", Type: pipeline.Amount},
	}}, "bare": {Name: "bare", Fields: []pipeline.Field{{Name: "code", Type: pipeline.Text}}}}
	return d
}

const orderMapping = `
flow: x
files: x
to: orders
fields:
  order.status: {from: Status, map: {paid: paid, pending: pending, voided: voided}}
  order.tags: {from: Tags, optional: true}
  order.location: {from: Location, optional: true}
  order.source: {from: Source, optional: true}
  order.created: {from: Created, optional: true}
  order.payment: {from: Payment, optional: true}
only: `

func TestOnly(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 22, 30, 0, 0, time.UTC) // the 1st of December in Cairo
	for _, c := range []struct {
		only string
		out  string // what is left out, of the cells below
		why  string // in English
	}{
		{"{status: paid}", "pending", "outside the flow: its status is not paid"},
		{"{tag: [vip, Gold]}", "vip-old none pre-vip", "outside the flow: without the tag vip, Gold"},
		{"{not_tag: vip}", "vip VIP", "outside the flow: with the tag vip"},
		{"{location: [cairo]}", "alex none", "outside the flow: not sold at cairo"},
		{"{channel: [web, pos]}", "draft none", "outside the flow: did not come by web, pos"},
		{"{since: 2026-11-30}", "2026-11-29T21:59:59Z", "outside the flow: placed before 2026-11-30"},
		{"{before: 2026-12-01}", "2026-11-30T22:00:00Z", "outside the flow: placed on 2026-12-01 or later"},
		{"{within: 2}", "2026-11-29T21:59:59Z", "outside the flow: placed more than 2 days ago"},
		{"{order.payment: [Paymob]}", "cash none", "outside the flow: order.payment is not Paymob"},
		{"{tag: vip, why: {en: not ours, ar: ليس لنا}}", "vip-old pre-vip gold", "not ours"},
	} {
		m := mustParse(t, orderMapping+c.only+"\n", ofOrders(t, now))
		for _, cell := range []struct{ name, column, text string }{
			{"paid", "Status", "paid"}, {"pending", "Status", "pending"},
			{"vip", "Tags", "a, vip"}, {"VIP", "Tags", "VIP,b"}, {"vip-old", "Tags", "vip-old, b"}, {"pre-vip", "Tags", "pre vip"}, {"gold", "Tags", "gold"},
			{"cairo", "Location", "Cairo"}, {"alex", "Location", "Alexandria"}, {"web", "Source", "web"}, {"draft", "Source", "shopify_draft_order"},
			{"2026-11-29T21:59:59Z", "Created", "2026-11-29T21:59:59Z"}, {"2026-11-29T22:00:00Z", "Created", "2026-11-29T22:00:00Z"},
			{"2026-11-30T22:00:00Z", "Created", "2026-11-30T22:00:00Z"}, {"paymob", "Payment", "paymob"}, {"cash", "Payment", "Cash"},
			{"none", "Status", "paid"},
		} {
			column, _, _ := strings.Cut(strings.Trim(c.only, "{"), ":")
			of := map[string]string{"status": "Status", "tag": "Tags", "not_tag": "Tags", "location": "Location", "channel": "Source", "since": "Created", "before": "Created", "within": "Created", "order.payment": "Payment"}[column]
			if cell.column != of && cell.name != "none" {
				continue
			}
			cells := map[string]string{"Status": "paid"}
			cells[cell.column] = cell.text
			record, problems := m.Map(row("Status", cells["Status"], "Tags", cells["Tags"], "Location", cells["Location"], "Source", cells["Source"], "Created", cells["Created"], "Payment", cells["Payment"]))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			got := m.Outside([]pipeline.Record{record})
			want := ""
			if strings.Contains(" "+c.out+" ", " "+cell.name+" ") || column == "tag" && cell.name == "none" {
				want = c.why
			}
			if got != want {
				t.Errorf("only: %s of %s: %q, want %q", c.only, cell.name, got, want)
			}
		}
	}
}

// What only: cannot mean is told before anything runs.
func TestOnly_IsChecked(t *testing.T) {
	t.Parallel()
	for only, want := range map[string]string{
		"{state: paid}":         "mapping.key status",
		"{status: payed}":       "config.choice paid, pending, voided",
		"{since: yesterday}":    "only.day yesterday",
		"{within: 0}":           "yaml.type ",
		"{tag: []}":             "yaml.type ",
		"{}":                    "mapping.none ",
		"{why: {en: x, ar: x}}": "mapping.none ",
	} {
		_, found := Parse("x.yaml", []byte(orderMapping+only+"\n"), ofOrders(t, time.Now()))
		rule, fact, _ := strings.Cut(want, " ")
		if len(found) != 1 || string(found[0].Rule) != rule || fact != "" && found[0].With["near"] != fact && found[0].With["known"] != fact && found[0].With["given"] != fact {
			t.Errorf("only: %s: %v", only, found)
		}
	}
	for text, want := range map[string]pipeline.Rule{
		"flow: x\nfiles: x\nto: bare\nfields: {code: C}\nonly: {tag: vip}\n":           "only.kind",
		"flow: x\nfiles: x\nto: orders\nfields: {order.status: C}\nonly: {tag: vip}\n": "only.unmapped",
	} {
		if _, found := Parse("x.yaml", []byte(text), ofOrders(t, time.Now())); len(found) != 1 || found[0].Rule != want {
			t.Errorf("%s: %v", want, found)
		}
	}
}

// A tag is compared whole in an expression too.
func TestHasTag(t *testing.T) {
	t.Parallel()
	m := mustParse(t, strings.TrimSuffix(orderMapping, "only: ")+"skip:\n  - when: 'hasTag(order.tags, \"vip\", \"b\")'\n    why: {en: it is, ar: هو}\n", ofOrders(t, time.Now()))
	for tags, want := range map[string]string{"vip": "it is", "x,  VIP": "it is", "x, b": "it is", "vip-old": "", "": "", "old vip": ""} {
		record, _ := m.Map(row("Status", "paid", "Tags", tags))
		if got := m.Skip([]pipeline.Record{record}); got != want {
			t.Errorf("%q: %q, want %q", tags, got, want)
		}
	}
}

// An example shows what the fields give; that only: leaves its document out is no
// mistake, and may be shown by another one.
func TestOnly_LeavesExamplesAlone(t *testing.T) {
	t.Parallel()
	text := orderMapping + "{tag: vip}\nexamples:\n  - row: {Status: paid, Tags: b}\n    gives: {order.status: paid}\n  - row: {Status: paid, Tags: b}\n    skip: 'outside the flow: without the tag vip'\n" +
		"  - row: {Status: paid, Tags: vip}\n    skip: true\n"
	found := mustParse(t, text, ofOrders(t, time.Now())).Check()
	if len(found) != 1 || found[0].Rule != "example.kept" {
		t.Errorf("%v", found)
	}
}
