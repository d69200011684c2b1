package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/quagmt/udecimal"

	"wasl/mappings"
	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/pipeline/vault"
	"wasl/stages/load/erp"
	"wasl/stages/transform"
)

// An office is what stands between a shop's files and the ERP's folder: the shipped
// mapping and layout, a ledger, and a clock that a test moves.
type office struct {
	t      *testing.T
	dir    string
	now    time.Time
	flow   pipeline.Flow
	ledger *ledger.Ledger
	vault  *vault.Folder
	steps  *pipeline.Steps
	drops  int
	waits  bool // time passes where the other side has to be asked again
}

// newOffice opens an office whose flow has these settings in place of the shipped ones.
func newOffice(t *testing.T, settings map[string]string) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC)}
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	layout, err := fs.ReadFile(mappings.Files, "erp/sales-csv.yaml")
	if err != nil {
		t.Fatal(err)
	}
	sink, findings, err := erp.New(erp.Config{}, layout, "sales-csv.yaml", erp.Deps{Now: o.clock, Dir: o.dir, Zone: zone})
	if err != nil || len(findings) > 0 {
		t.Fatal(findings, err)
	}
	text, err := fs.ReadFile(mappings.Files, "shopify-orders-to-erp.yaml")
	if err != nil {
		t.Fatal(err)
	}
	doors := []door{{lane: sink.Lane(), sink: sink, kinds: sink.Kinds(), batch: 100}}
	deps := transformDeps(&Config{zone: zone}, doors, lookupIn(t.Context(), noTables{}))
	m, findings := transform.Parse("shopify-orders-to-erp.yaml", text, deps)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	for name, value := range settings {
		m.Settings[name] = value
	}
	if found := sink.Kinds()[0].Check(m.Settings); len(found) > 0 {
		t.Fatal(found)
	}
	o.flow = newFlow("shopify-orders-to-erp.yaml", m, doors).flow
	o.open(zone)
	o.work()
	return o
}

func (o *office) clock() time.Time { return o.now }

// open opens the ledger and the vault.
func (o *office) open(zone *time.Location) {
	o.t.Helper()
	var err error
	if o.ledger, err = ledger.Open(o.t.Context(), filepath.Join(o.dir, "state"), ledger.Options{Zone: zone, Now: o.clock}); err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { _ = o.ledger.Shut() })
	if o.vault, err = vault.Open(filepath.Join(o.dir, "state", "vault")); err != nil {
		o.t.Fatal(err)
	}
}

// work makes the office ready to take files of its flow.
func (o *office) work() {
	o.steps = &pipeline.Steps{Flows: []pipeline.Flow{o.flow}, Ledger: o.ledger, Vault: o.vault, Now: o.clock}
}

// drop brings a file in, and has it read.
func (o *office) drop(name string, text []byte) {
	o.t.Helper()
	o.drops++
	ctx := o.t.Context()
	sha, size, err := o.vault.Put(ctx, bytes.NewReader(text))
	if err != nil {
		o.t.Fatal(err)
	}
	from := ""
	if strings.HasSuffix(name, ".jsonl") {
		from = "pull:orders"
	}
	d, _, err := o.ledger.Admit(ctx, pipeline.Arrival{Inbox: "inbox", From: from, Path: name, Name: name, FileID: fmt.Sprint(o.drops), Size: size, SHA256: sha,
		Arrived: o.now, Day: o.now.Format(time.DateOnly), Claims: []pipeline.Claim{{Flow: o.flow.Name, Kind: o.flow.Kind.Name, Lane: o.flow.Lane}}})
	if err != nil {
		o.t.Fatal(err)
	}
	made, err := o.steps.Prepare(ctx, pipeline.Job{Drop: d.ID, Flow: o.flow.Name})
	if err != nil {
		o.t.Fatal(err)
	}
	if made.Refused {
		for n, err := range o.ledger.Problems(ctx, "0000", "9999") {
			o.t.Log(n.Problem, err)
		}
		o.t.Fatalf("%s was refused", name)
	}
}

// deliver sends what is ready.
func (o *office) deliver() {
	o.t.Helper()
	for {
		p, err := o.steps.Deliver(o.t.Context(), o.flow.Lane)
		if err != nil {
			o.t.Fatal(err)
		}
		if p.Did == "" && o.waits && p.Wait > 0 {
			o.now = o.now.Add(p.Wait)
			continue
		}
		if p.Did == "" {
			return
		}
	}
}

// given is what lies in the ERP's folder: each document with its lines.
type given struct {
	file, kind, number, of, reason string
	changed                        []string
	lines                          []string
	total                          pipeline.Decimal
}

// entries are the documents of the ledger, as they were filed.
func (o *office) entries() []pipeline.Entry {
	o.t.Helper()
	var out []pipeline.Entry
	for e, err := range o.ledger.Entries(o.t.Context(), "0000", "9999") {
		if err != nil {
			o.t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

// told are the documents that the ERP was given, read from its folder, in the order in
// which they left.
func (o *office) told() []given {
	o.t.Helper()
	var out []given
	seen := map[string]bool{}
	for _, e := range o.entries() {
		if e.State != pipeline.Delivered {
			continue
		}
		var body struct {
			Doc struct {
				Type, Number, Of, Reason string
				Changed                  []string
			}
		}
		if err := json.Unmarshal(e.Body, &body); err != nil {
			o.t.Fatal(err)
		}
		g := given{file: e.Ref, kind: body.Doc.Type, number: e.Name, of: body.Doc.Of, reason: body.Doc.Reason, changed: body.Doc.Changed}
		if g.kind == "" {
			g.kind = "sale"
		}
		if seen[g.file] {
			o.t.Errorf("%s was written twice", g.file)
		}
		seen[g.file] = true
		o.read(&g)
		if !g.total.Equal(e.Out) || !e.Out.Equal(e.Money) {
			o.t.Errorf("%s: the file comes to %s, out is %s, money %s", g.number, g.total, e.Out, e.Money)
		}
		out = append(out, g)
	}
	files, err := filepath.Glob(filepath.Join(o.dir, "erp-import", "*.csv"))
	if err != nil || len(files) != len(out) {
		o.t.Errorf("%d files lie in the folder, %d were told of (%v)", len(files), len(out), err)
	}
	return out
}

// read takes the lines of a document from its file.
func (o *office) read(g *given) {
	o.t.Helper()
	text, err := os.ReadFile(filepath.Join(o.dir, "erp-import", g.file))
	if err != nil {
		o.t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff")))).ReadAll()
	if err != nil {
		o.t.Fatal(g.file, err)
	}
	col := func(name string) int {
		i := slices.Index(rows[0], name)
		if i < 0 {
			o.t.Fatalf("%s has no column %s", g.file, name)
		}
		return i
	}
	for _, row := range rows[1:] {
		code := row[col("كود الصنف")]
		if code == "" {
			code = row[col("اسم الصنف")]
		}
		g.lines = append(g.lines, strings.Join([]string{code, row[col("الكمية")], row[col("السعر")], row[col("الخصم")], row[col("الإجمالي")]}, " | "))
		g.total = g.total.Add(udecimal.MustParse(row[col("الإجمالي")]))
	}
}

// books is what the documents given to the ERP come to together. Where revisions are
// full, each takes the place of the sale as it was booked.
func books(all []given, full bool) pipeline.Decimal {
	sum, sale := pipeline.Decimal{}, pipeline.Decimal{}
	for _, g := range all {
		if full && (g.kind == "sale" || g.kind == "revision") {
			sum, sale = sum.Sub(sale), g.total
		}
		sum = sum.Add(g.total)
	}
	return sum
}
