package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/pipeline/vault"
	"wasl/stages/extract"
	"wasl/stages/inbox"
	"wasl/stages/load/erp"
	"wasl/stages/load/eta"
	"wasl/stages/load/shopify"
	"wasl/stages/load/table"
	"wasl/stages/reconcile"
	"wasl/stages/transform"
)

// A house is wasl furnished for one shop.
type house struct {
	cfg    *Config
	ledger *ledger.Ledger
	vault  *vault.Folder
	doors  []door
	flows  []flowFile
	steps  *pipeline.Steps
	inbox  *inbox.Inbox
}

// A door is one sink with its kinds.
type door struct {
	section string // of wasl.yaml; "" where it needs none
	off     bool   // wasl.yaml has no such section: its kinds are known, nothing is sent
	lane    string
	sink    pipeline.Sink
	kinds   []pipeline.Kind
	batch   int // documents a request
	bytes   int // of documents a request
}

// A flowFile is a mapping and the flow that it makes.
type flowFile struct {
	file    string
	mapping *transform.Mapping
	flow    pipeline.Flow
	off     bool // its sink is
}

// doors is THE list of sinks: who is in the house.
func doors(c *Config, tables pipeline.Table, tell func(pipeline.Event)) ([]door, []pipeline.Finding, error) {
	keys := secrets{folder: c.path(c.Secrets), getenv: os.Getenv}

	items := table.New(tables, "items")
	all := []door{{lane: items.Lane(), sink: items, kinds: items.Kinds(), batch: 1000}}

	shop, err := openShopify(c, keys, tell)
	if err != nil {
		return nil, nil, fmt.Errorf("shopify: %w", err)
	}
	folder, findings, err := openERP(c)
	if err != nil || len(findings) > 0 {
		return nil, findings, err
	}
	tax, err := openETA(c, keys)
	if err != nil {
		return nil, nil, fmt.Errorf("eta: %w", err)
	}
	return append(all, shop, folder, tax), nil, nil
}

// openShopify opens the door to the shop. Without a section nothing is sent, but
// its kinds are known: mappings are checked against them.
func openShopify(c *Config, keys secrets, tell func(pipeline.Event)) (door, error) {
	if c.Shopify == nil {
		return door{section: "shopify", off: true, lane: "shopify", kinds: new(shopify.Sink).Kinds()}, nil
	}
	sink, err := shopify.New(*c.Shopify, shopify.Deps{
		Secret: keys.find, Now: time.Now, Version: version(),
		Tell: func(note string, wait time.Duration) {
			tell(pipeline.Event{What: pipeline.EventWaiting, Lane: "shopify", Note: note, Wait: wait})
		}})
	if err != nil {
		return door{}, err
	}
	return door{section: "shopify", lane: sink.Lane(), sink: sink, kinds: sink.Kinds(), batch: shopify.BatchSize}, nil
}

// openETA opens the door to the tax authority.
func openETA(c *Config, keys secrets) (door, error) {
	if c.ETA == nil {
		return door{section: "eta", off: true, lane: "eta", kinds: new(eta.Sink).Kinds()}, nil
	}
	sink, err := eta.New(*c.ETA, eta.Deps{Secret: keys.find, Now: time.Now, Version: version(), Zone: c.zone})
	if err != nil {
		return door{}, err
	}
	return door{section: "eta", lane: sink.Lane(), sink: sink, kinds: sink.Kinds(), batch: eta.MaxReceipts, bytes: eta.MaxBytes}, nil
}

// openERP opens the ERP's import folder with the layout that its settings name.
func openERP(c *Config) (door, []pipeline.Finding, error) {
	var config erp.Config
	var file string
	var text []byte
	if c.ERP != nil {
		config = *c.ERP
		file = c.path(cmp.Or(config.Layout, erp.DefaultLayout))
		var err error
		if text, err = os.ReadFile(file); err != nil {
			return door{}, nil, usage{&pipeline.Trouble{Rule: "erp.layout", With: map[string]string{"file": file}, Err: err}}
		}
	}
	sink, findings, err := erp.New(config, text, file, erp.Deps{Now: time.Now, Dir: c.dir, Zone: c.zone, State: c.path(c.State)})
	if err != nil || len(findings) > 0 {
		return door{}, findings, err
	}
	return door{section: "erp", off: c.ERP == nil, lane: sink.Lane(), sink: sink, kinds: sink.Kinds(), batch: 100}, nil, nil
}

// mappingFiles are the mappings of a folder, by name; none when it does not
// exist. Hidden files are leavings of editors and systems. Not by Glob: the
// folder's own path may hold [ or *.
func mappingFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && !strings.HasPrefix(e.Name(), ".") && (ext == ".yaml" || ext == ".yml") {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	return names, nil
}

// readMappings reads the flows of the mappings folder against the kinds of the
// sinks. Findings are all that is wrong with them; examples are not run here.
func readMappings(c *Config, all []door, lookup lookupFunc) ([]flowFile, []pipeline.Finding, error) {
	dir := c.path(c.Mappings)
	names, err := mappingFiles(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("list mappings: %w", err)
	}
	if len(names) == 0 {
		return nil, nil, usage{&pipeline.Trouble{Rule: "flow.none", With: map[string]string{"dir": dir, "parent": c.dir}}}
	}
	deps := transformDeps(c, all, lookup)
	var flows []flowFile
	var findings []pipeline.Finding
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, fmt.Errorf("read mapping: %w", err)
		}
		mapping, found := transform.Parse(name, text, deps)
		findings = append(findings, found...)
		if len(found) > 0 || mapping == nil {
			continue
		}
		if i := slices.IndexFunc(flows, func(f flowFile) bool { return f.mapping.Flow == mapping.Flow }); i >= 0 {
			findings = append(findings, pipeline.Finding{File: name, Line: 1, Col: 1, Rule: "flow.twice",
				With: map[string]string{"flow": mapping.Flow, "other": flows[i].file}})
			continue
		}
		flows = append(flows, newFlow(name, mapping, all))
	}
	return flows, findings, nil
}

type lookupFunc func(table, code string) (map[string]string, bool, error)

func transformDeps(c *Config, all []door, lookup lookupFunc) transform.Deps {
	deps := transform.Deps{Kinds: map[string]pipeline.Kind{}, Maps: map[string]map[string]string{}, Lookup: lookup, Zone: c.zone, Lang: c.Language}
	for _, d := range all {
		for _, k := range d.kinds {
			deps.Kinds[k.Name] = k
		}
	}
	deps.Maps["shopify.locations"] = map[string]string{}
	if c.Shopify != nil && c.Shopify.Locations != nil {
		deps.Maps["shopify.locations"] = c.Shopify.Locations
	}
	return deps
}

// newFlow puts a flow together: what extract reads, transform maps and the kind's
// sink sends.
func newFlow(file string, m *transform.Mapping, all []door) flowFile {
	to, kind := doorOf(all, m.To)
	options := extract.Options{Format: m.Format, Sheet: m.Sheet, Header: m.Header, CodePage: m.CodePage, Delimiter: m.Delimiter}
	for _, col := range m.Columns() {
		options.Columns = append(options.Columns, extract.Column{Names: col.Names, Required: col.Required})
	}
	var needs []string
	for _, name := range m.Tables() {
		needs = append(needs, "table/"+name)
	}
	return flowFile{file: file, mapping: m, off: to.off, flow: pipeline.Flow{
		Name: m.Flow, Files: m.Files,
		Takes:   func(d pipeline.Drop, r io.ReaderAt) bool { return m.Match(d.Name) && options.Takes(d, r) },
		Extract: options.Extract, Map: m.Map, Skip: m.Skip,
		Kind: kind, Sink: to.sink, Lane: to.lane, Needs: needs, Batch: to.batch, Bytes: to.bytes,
	}}
}

func doorOf(all []door, kind string) (door, pipeline.Kind) {
	for _, d := range all {
		for _, k := range d.kinds {
			if k.Name == kind {
				return d, k
			}
		}
	}
	return door{off: true}, pipeline.Kind{}
}

// settings reads wasl.yaml, or prints what is wrong with it.
func (a *app) settings() (*Config, error) {
	c, findings, err := readConfig(a.dir)
	if err != nil {
		return nil, err
	}
	if a.lang == "" {
		a.lang = c.Language
	}
	if len(findings) > 0 {
		a.findings(findings)
		return nil, printed{exitUsage}
	}
	return c, nil
}

// openHouse opens everything for work: one process at a time.
func (a *app) openHouse(ctx context.Context, tell func(pipeline.Event)) (*house, error) {
	c, err := a.settings()
	if err != nil {
		return nil, err
	}
	return openHouse(ctx, a, c, tell)
}

func openHouse(ctx context.Context, a *app, c *Config, tell func(pipeline.Event)) (_ *house, err error) {
	h := &house{cfg: c} // not the named result: "return nil" would take it from the closing below
	if h.ledger, err = ledger.Open(ctx, c.path(c.State), ledger.Options{Zone: c.zone, Program: version()}); err != nil {
		return nil, fmt.Errorf("open state: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	a.problemLines(h.ledger.Warnings())
	if h.vault, err = vault.Open(filepath.Join(c.path(c.State), "vault")); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	if _, err = h.vault.Sweep(ctx, time.Hour); err != nil {
		return nil, fmt.Errorf("sweep vault: %w", err)
	}
	var findings, more []pipeline.Finding
	if h.doors, findings, err = doors(c, h.ledger, tell); err != nil {
		return nil, err
	}
	if len(findings) == 0 {
		h.flows, more, err = readMappings(c, h.doors, lookupIn(ctx, h.ledger))
		if err != nil {
			return nil, err
		}
	}
	if findings = append(findings, more...); len(findings) > 0 {
		a.findings(findings)
		return nil, printed{exitUsage}
	}
	h.steps = &pipeline.Steps{Flows: h.on(), Ledger: h.ledger, Vault: h.vault, Tell: tell,
		Report: func(ctx context.Context, day string) (string, error) { return h.report(ctx, day, day) }}
	config := c.Inbox
	config.Path = c.path(config.Path)
	h.inbox, err = inbox.New(config, inbox.Deps{Vault: h.vault, Door: h.ledger, Claims: h.claims, Zone: c.zone,
		Now: time.Now, Tell: tell, Patterns: h.patterns(), Install: h.ledger.Install()})
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	return h, nil
}

func (h *house) close() error { return h.ledger.Shut() }

// on are the flows whose sinks are switched on.
func (h *house) on() []pipeline.Flow {
	var out []pipeline.Flow
	for _, f := range h.flows {
		if !f.off {
			out = append(out, f.flow)
		}
	}
	return out
}

// lanes are the lanes of the flows that are on, each once.
func (h *house) lanes() []string {
	var out []string
	for _, f := range h.on() {
		out = append(out, f.Lane)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// claims are the flows that want a drop.
func (h *house) claims(d pipeline.Drop, r io.ReaderAt) []pipeline.Claim {
	var out []pipeline.Claim
	for _, f := range h.on() {
		if f.Takes(d, r) {
			out = append(out, pipeline.Claim{Flow: f.Name, Kind: f.Kind.Name, Lane: f.Lane, Needs: f.Needs})
		}
	}
	return out
}

// patterns are the names of files that the flows take, for a file that none does.
func (h *house) patterns() string {
	var out []string
	for _, f := range h.on() {
		for _, p := range f.Files {
			if !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return strings.Join(out, ", ")
}

// report writes the workbook of some days of arrival.
func (h *house) report(ctx context.Context, from, to string) (string, error) {
	return writeBook(ctx, h.ledger, h.cfg, from, to, reportOptions(h.cfg, h.doors))
}

// writeBook writes a workbook of one moment of the ledger.
func writeBook(ctx context.Context, l *ledger.Ledger, c *Config, from, to string, opt reconcile.Options) (path string, err error) {
	err = l.Snapshot(ctx, func(books pipeline.Books) (err error) {
		path, err = reconcile.Write(ctx, books, c.path(c.Reports), from, to, opt)
		return err
	})
	return path, err
}

// reportOptions say how workbooks look; the links of receipts are ETA's.
func reportOptions(c *Config, all []door) reconcile.Options {
	o := reconcile.Options{Lang: c.Language, Shop: c.Shop.Name, Zone: c.zone, Version: version()}
	for _, d := range all {
		tax, ok := d.sink.(*eta.Sink)
		if !ok || d.off {
			continue
		}
		o.Link = func(e pipeline.Entry) string {
			link, err := tax.Link(e.Sealed)
			if err != nil {
				return "" // no receipt, or not sealed yet
			}
			return link
		}
	}
	return o
}

// openReading opens the state for looking only: it takes no lock.
func (a *app) openReading(ctx context.Context, c *Config) (*ledger.Ledger, error) {
	l, err := ledger.Open(ctx, c.path(c.State), ledger.Options{ReadOnly: true, Zone: c.zone, Program: version()})
	if err != nil {
		return nil, fmt.Errorf("open state: %w", err)
	}
	return l, nil
}

// lookupIn reads rows of reference tables from the ledger.
func lookupIn(ctx context.Context, tables pipeline.Table) lookupFunc {
	return func(name, code string) (map[string]string, bool, error) {
		row, err := tables.Row(ctx, name, code)
		if errors.Is(err, pipeline.ErrNotFound) {
			return nil, false, nil
		}
		return row.Cols, err == nil, err
	}
}

// noTables are the reference tables of a check: nothing is in them.
type noTables struct{}

func (noTables) Put(context.Context, string, []pipeline.TableRow) error { return nil }

func (noTables) Row(context.Context, string, string) (pipeline.TableRow, error) {
	return pipeline.TableRow{}, pipeline.ErrNotFound
}

func (noTables) Rows(context.Context, string) iter.Seq2[pipeline.TableRow, error] {
	return func(func(pipeline.TableRow, error) bool) {}
}
