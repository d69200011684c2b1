package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
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
)

// A house is wasl furnished for one shop.
type house struct {
	app    *app // whose words it uses
	cfg    *Config
	ledger *ledger.Ledger
	vault  *vault.Folder
	doors  []door
	flows  []flowFile
	steps  *pipeline.Steps
	inbox  *inbox.Inbox

	entrance *entrance             // by which files come in
	turns    turns                 // of a watch, whose lanes are worked in by commands too; else nil
	alarmed  []string              // which alarms a watch has told; its bookings' goroutine alone
	proving  sync.Mutex            // held while what was sent once more is proved
	untaken  map[pipeline.Job]bool // jobs whose results no flow of this house takes; under proving
	writing  sync.Mutex            // held while workbooks are written
}

// A door is one sink with its kinds.
type door struct {
	section string // of wasl.yaml; "" where it needs none
	off     bool   // wasl.yaml has no such section: its kinds are known, nothing is sent
	lane    string
	lanes   []string // by which its documents leave where Build leads them there; nil: lane alone
	closed  []string // of these, the lanes in which nothing is taken anew
	sink    pipeline.Sink
	kinds   []pipeline.Kind
	batch   int // documents a request
	bytes   int // of documents a request
}

// doors is THE list of sinks: who is in the house.
func doors(c *Config, tables pipeline.Table, tell func(pipeline.Event)) ([]door, []pipeline.Finding, error) {
	keys := secrets{folder: c.path(c.Secrets), getenv: os.Getenv}

	var all []door
	for _, name := range table.Names() {
		t := table.New(tables, name)
		all = append(all, door{lane: t.Lane(), sink: t, kinds: t.Kinds(), batch: 1000})
	}

	shop, err := openShopify(c, keys, tables, tell)
	if err != nil {
		return nil, nil, fmt.Errorf("shopify: %w", err)
	}
	folder, findings, err := openFolder(c, tables)
	if err != nil || len(findings) > 0 {
		return nil, findings, err
	}
	tax, err := openETA(c, keys)
	if err != nil {
		return nil, nil, fmt.Errorf("eta: %w", err)
	}
	return append(append(append(all, shop), folder...), openCourier(c, tables), tax), nil, nil
}

// openShopify opens the door to the shop. Without a section nothing is sent, but
// its kinds are known: mappings are checked against them.
func openShopify(c *Config, keys secrets, tables pipeline.Table, tell func(pipeline.Event)) (door, error) {
	if c.Shopify == nil {
		return door{section: "shopify", off: true, lane: "shopify", kinds: new(shopify.Sink).Kinds()}, nil
	}
	sink, err := shopify.New(*c.Shopify, shopify.Deps{
		Secret: keys.find, Now: time.Now, Version: version(), Zone: c.zone, Lang: c.Language, Content: c.content,
		Match: matchesIn(tables),
		Tell: func(note string, wait time.Duration) {
			tell(pipeline.Event{Time: time.Now(), What: pipeline.EventWaiting, Lane: "shopify", Note: note, Wait: wait})
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
	sink, err := eta.New(*c.ETA, eta.Deps{Secret: keys.find, Now: time.Now, Version: version(), Zone: c.zone, Lang: c.Language})
	if err != nil {
		return door{}, err
	}
	receipts, bytes := sink.Limits()
	return door{section: "eta", lane: sink.Lane(), lanes: sink.Lanes(), closed: sink.Closed(), sink: sink, kinds: sink.Kinds(), batch: receipts, bytes: bytes}, nil
}

// openFolder opens the ERP's import folder for all that it takes. Everything leaves by
// one lane, so that one answer of the ERP has all of it asked about.
func openFolder(c *Config, tables pipeline.Table) (all []door, findings []pipeline.Finding, err error) {
	for _, open := range []func(*Config, pipeline.Table) (door, []pipeline.Finding, error){openERP, openPayments, openCustomers, openHistory} {
		d, findings, err := open(c, tables)
		if err != nil || len(findings) > 0 {
			return all, findings, err
		}
		all = append(all, d)
	}
	return all, nil, nil
}

// openERP opens the folder for sales documents, with the layout that the settings name.
func openERP(c *Config, tables pipeline.Table) (door, []pipeline.Finding, error) {
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
	sink, findings, err := erp.New(config, text, file, folderDeps(c, tables))
	if err != nil || len(findings) > 0 {
		return door{}, findings, err
	}
	return door{section: "erp", off: c.ERP == nil, lane: sink.Lane(), sink: sink, kinds: sink.Kinds(), batch: 100}, nil, nil
}

// openPayments opens it for payments, where a layout of theirs is named.
func openPayments(c *Config, tables pipeline.Table) (door, []pipeline.Finding, error) {
	var config erp.Config
	var text []byte
	var file string
	if c.ERP != nil {
		config = *c.ERP
	}
	if config.Payments != "" {
		var err error
		if text, file, err = layoutOf(c, config.Payments, ""); err != nil {
			return door{}, nil, err
		}
	}
	sink, findings, err := erp.NewPayments(config, text, file, folderDeps(c, tables))
	if err != nil || len(findings) > 0 {
		return door{}, findings, err
	}
	return door{section: "erp: payments", off: file == "", lane: sink.Lane(), sink: sink, kinds: sink.Kinds(), batch: 100}, nil, nil
}

// folderDeps are what the sinks of the ERP's folder need.
func folderDeps(c *Config, tables pipeline.Table) erp.Deps {
	return erp.Deps{Now: time.Now, Dir: c.dir, Zone: c.zone, State: c.path(c.State), Table: tables}
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
	h := &house{app: a, cfg: c} // not the named result: "return nil" would take it from the closing below
	if h.ledger, err = ledger.Open(ctx, c.path(c.State), ledger.Options{Zone: c.zone, Program: version(), Witness: []string{c.path(c.Reports)}}); err != nil {
		return nil, fmt.Errorf("open state: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, h.close())
		}
	}()
	if err = lockEnvironment(ctx, h.ledger, c); err != nil {
		return nil, err
	}
	a.problemLines(h.ledger.Warnings())
	if h.vault, err = vault.Open(filepath.Join(c.path(c.State), "vault")); err != nil {
		return nil, fmt.Errorf("open vault: %w", err)
	}
	if _, err = h.vault.Sweep(ctx, time.Hour); err != nil {
		return nil, fmt.Errorf("sweep vault: %w", err)
	}
	var findings, more []pipeline.Finding
	tables := lookupIn(ctx, h.ledger)
	if h.doors, findings, err = doors(c, tables, tell); err != nil {
		return nil, err
	}
	if len(findings) == 0 {
		h.flows, more, err = readMappings(c, h.doors, tables)
		if err != nil {
			return nil, err
		}
	}
	if findings = append(findings, more...); len(findings) > 0 {
		a.findings(findings)
		return nil, printed{exitUsage}
	}
	h.steps = &pipeline.Steps{Flows: h.on(), Ledger: h.ledger, Vault: h.vault, Tell: tell,
		Report: h.reportDay}
	h.entrance = &entrance{Ledger: h.ledger}
	config := c.Inbox
	config.Path = c.path(config.Path)
	h.inbox, err = inbox.New(config, inbox.Deps{Vault: h.vault, Door: h.entrance, Claims: h.claims, Zone: c.zone,
		Now: time.Now, Tell: tell, Patterns: patternsOf(h.flows), Last: h.last, Install: h.ledger.Install()})
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	if err = h.route(ctx); err != nil {
		return nil, err
	}
	if err = h.lockRestored(ctx); err != nil {
		return nil, err
	}
	return h, nil
}

// route leads what was taken before, and not read yet, to where its flow leads now.
func (h *house) route(ctx context.Context) error {
	var all []pipeline.Claim
	for _, f := range h.on() {
		all = append(all, claimOf(f))
	}
	return h.ledger.Route(ctx, all)
}

func claimOf(f pipeline.Flow) pipeline.Claim {
	return pipeline.Claim{Flow: f.Name, Kind: f.Kind.Name, Lane: f.Lane, Needs: f.Needs}
}

func (h *house) close() error { return h.ledger.Shut() }

// on are the flows whose sinks are switched on.
func (h *house) on() []pipeline.Flow {
	var out, last []pipeline.Flow
	for _, f := range h.flows {
		switch {
		case f.off:
		case f.flow.Kind.Last:
			last = append(last, f.flow)
		default:
			out = append(out, f.flow)
		}
	}
	return append(out, last...)
}

// last tells whether a file is taken after the others that came with it: by its
// name, it speaks of what others make, such as pictures of items, and makes nothing
// in that lane itself.
func (h *house) last(name string) bool {
	lasts := map[string]bool{} // by lane
	for _, f := range h.flows {
		if !f.off && f.mapping.Match(name) {
			is, some := lasts[f.flow.Lane]
			lasts[f.flow.Lane] = f.flow.Kind.Last && (is || !some)
		}
	}
	for _, is := range lasts {
		if is {
			return true
		}
	}
	return false
}

// lanes are the lanes of the flows that are on, each once.
func (h *house) lanes() []string {
	var out []string
	for _, f := range h.on() {
		out = append(append(out, f.Lane), f.Lanes...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// feeds are the lanes in which files are read, and behind each the further ones by
// which what is made of them leaves.
func (h *house) feeds() map[string][]string {
	out := map[string][]string{}
	for _, f := range h.on() {
		for _, lane := range append(out[f.Lane], f.Lanes...) {
			if lane != f.Lane && !slices.Contains(out[f.Lane], lane) {
				out[f.Lane] = append(out[f.Lane], lane)
			}
		}
	}
	return out
}

// claims are the flows that want a drop.
func (h *house) claims(d pipeline.Drop, r io.ReaderAt) []pipeline.Claim {
	var out []pipeline.Claim
	of, sha, _ := extract.Returned(d, r)
	for _, f := range h.on() {
		if f.Takes(d, r) {
			claim := claimOf(f)
			claim.Corrects, claim.Of = of, sha
			out = append(out, claim)
		}
	}
	return out
}
