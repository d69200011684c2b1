package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/vault"
	"wasl/stages/load/eta"
)

// A dryRun is what the receipts of the last days would be: made anew of the files that came, with today's mappings, item
// list and settings. Nothing of it is kept, and nothing leaves.
type dryRun struct {
	cfg    *Config
	since  string // documents of that day and later count
	tables *shelves
	flows  []flowFile // that lead to receipts
	sink   *eta.Sink

	order []string // keys, as they came first
	docs  map[string]dryDoc
	wrong []pipeline.Problem // of files as a whole
	shut  func()             // of the ledger
	held  map[string]dryDoc  // items that did not get into the item list, by code
}

// A dryDoc is a document with its problems.
type dryDoc struct {
	pipeline.Document
	problems []pipeline.Problem
}

// dryReceipts reads what came within some days, and what lies in the inbox. The ledger is only looked at; without one
// only the inbox counts.
//
// Its tables are looked into until it is shut.
func (a *app) dryReceipts(ctx context.Context, c *Config, days int) (_ *dryRun, err error) {
	d := &dryRun{shut: func() {}, cfg: c, docs: map[string]dryDoc{}, held: map[string]dryDoc{}, since: time.Now().In(c.zone).AddDate(0, 0, -days).Format(time.DateOnly)}
	l, err := a.openReading(ctx, c)
	switch {
	case errors.Is(err, pipeline.ErrNotFound):
		d.tables = &shelves{Table: noTables{}}
	case err != nil:
		return nil, err
	default:
		d.shut = func() { _ = l.Shut() } // it was only read
		d.tables = &shelves{Table: l}
	}
	defer func() {
		if err != nil {
			d.shut()
		}
	}()
	inbox, err := inboxFiles(c)
	if err != nil {
		return nil, err
	}
	if l != nil {
		if err := d.heldItems(ctx, l); err != nil {
			return nil, err
		}
	}
	if err := d.readTables(ctx, inbox); err != nil {
		return nil, err
	}
	if err := d.readFlows(ctx); err != nil {
		return nil, err
	}
	if l != nil {
		jobs, err := l.Jobs(ctx, d.since, c.today())
		if err != nil {
			return nil, err
		}
		if err := d.readVault(ctx, jobs); err != nil {
			return nil, err
		}
	}
	for _, path := range inbox {
		if err := d.readInbox(ctx, path); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// inboxFiles are the plain files that lie in the inbox, by name. Folders are leavings of runs: taken, rejected.
func inboxFiles(c *Config) ([]string, error) {
	dir := c.path(c.Inbox.Path)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look into the inbox: %w", err)
	}
	var paths []string
	for _, e := range entries {
		if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(e.Name(), "~$") {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths, nil
}

// doorsDry are the sinks with a dry one in place of the authority's.
func (d *dryRun) doorsDry() ([]door, error) {
	bare := *d.cfg
	bare.ETA = nil
	all, findings, err := doors(&bare, d.tables, func(pipeline.Event) {})
	if err != nil || len(findings) > 0 {
		return nil, errors.Join(err, d.unsettled(findings))
	}
	d.sink = eta.Dry(*d.cfg.ETA, d.cfg.zone)
	for i := range all {
		if all[i].section == "eta" {
			receipts, bytes := d.sink.Limits()
			all[i] = door{section: "eta", lane: d.sink.Lane(), sink: d.sink, kinds: d.sink.Kinds(), batch: receipts, bytes: bytes}
		}
	}
	return all, nil
}

// unsettled is the error of mappings or settings that wasl check would list.
func (d *dryRun) unsettled(findings []pipeline.Finding) error {
	if len(findings) == 0 {
		return nil
	}
	return usage{errors.New(findings[0].In(cmp.Or(d.cfg.Language, "en")))}
}

// readFlows reads the mappings that lead to receipts, looking up in the tables as they will be.
func (d *dryRun) readFlows(ctx context.Context) error {
	flows, err := d.mappings(ctx)
	if err != nil {
		return err
	}
	for _, f := range flows {
		if f.section == "eta" || strings.HasPrefix(f.mapping.To, "eta.") {
			d.flows = append(d.flows, f)
		}
	}
	return nil
}

func (d *dryRun) mappings(ctx context.Context) ([]flowFile, error) {
	all, err := d.doorsDry()
	if err != nil {
		return nil, err
	}
	flows, findings, err := readMappings(d.cfg, all, lookupIn(ctx, d.tables))
	if err != nil || len(findings) > 0 {
		return nil, errors.Join(err, d.unsettled(findings))
	}
	return flows, nil
}

// readTables fills the reference tables with what lies in the inbox for them: an item list that the next run takes.
func (d *dryRun) readTables(ctx context.Context, inbox []string) error {
	flows, err := d.mappings(ctx)
	if err != nil {
		return err
	}
	for _, path := range inbox {
		for _, f := range flows {
			if !strings.HasPrefix(f.mapping.To, "table.") {
				continue
			}
			if err := d.try(ctx, f, path, &shelving{flow: f, run: d}); err != nil {
				return err
			}
		}
	}
	return nil
}

// shelving puts the rows of a table that are in order where they belong.
type shelving struct {
	flow flowFile
	run  *dryRun
}

// Document puts a row into the tables of this moment.
func (s *shelving) Document(doc pipeline.Document, _ int, problems []pipeline.Problem) error {
	s.run.item(s.flow.mapping.To, doc, problems)
	if doc.State != pipeline.Ready {
		return nil
	}
	row := pipeline.TableRow{Code: doc.Name}
	if err := json.Unmarshal(doc.Body, &row.Cols); err != nil {
		return fmt.Errorf("read a row of %s: %w", s.flow.mapping.To, err)
	}
	s.run.tables.put(strings.TrimPrefix(s.flow.mapping.To, "table."), row)
	return nil
}

// Problem leaves a problem of the file to the run that takes it.
func (s *shelving) Problem(pipeline.Problem) error { return nil }

// item keeps an item that is put aside on its way into the item list, until a file brings it in order.
func (d *dryRun) item(kind string, doc pipeline.Document, problems []pipeline.Problem) {
	switch {
	case kind != "table.items" || doc.Name == "":
	case doc.State == pipeline.Held:
		d.held[doc.Name] = dryDoc{doc, problems}
	default:
		delete(d.held, doc.Name)
	}
}

// heldItems are the items that files of the last days brought and that were put aside.
func (d *dryRun) heldItems(ctx context.Context, books pipeline.Books) error {
	for e, err := range books.Entries(ctx, d.since, d.cfg.today()) {
		if err != nil {
			return fmt.Errorf("read what was put aside: %w", err)
		}
		d.item(e.Kind, e.Document, e.Why)
	}
	return nil
}

// try reads a file of the inbox by a flow that takes it. One that is not to be used as data gives nothing.
func (d *dryRun) try(ctx context.Context, f flowFile, path string, to pipeline.Filing) error {
	file, drop, err := openToTry(d.cfg, path)
	if errors.Is(err, os.ErrNotExist) { // taken meanwhile, by a watch
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	return d.read(ctx, f, drop, file, to)
}

func (d *dryRun) read(ctx context.Context, f flowFile, drop pipeline.Drop, file io.ReaderAt, to pipeline.Filing) error {
	if !f.flow.Takes(drop, file) {
		return nil
	}
	_, err := pipeline.Try(ctx, f.flow, drop, file, to)
	if refused, ok := errors.AsType[*pipeline.Refused](err); ok {
		d.wrong = append(d.wrong, refused.Problems...)
		return nil
	}
	return err
}

func (d *dryRun) readInbox(ctx context.Context, path string) error {
	for _, f := range d.flows {
		if err := d.try(ctx, f, path, d); err != nil {
			return err
		}
	}
	return nil
}

// readVault reads the files that came, each once, in the order in which they came.
func (d *dryRun) readVault(ctx context.Context, jobs []pipeline.Opened) error {
	folder, err := vault.Open(filepath.Join(d.cfg.path(d.cfg.State), "vault"))
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, j := range jobs {
		if seen[j.Drop.ID] || j.Drop.IsMemo() {
			continue
		}
		seen[j.Drop.ID] = true
		file, err := folder.Open(ctx, j.Drop.SHA256)
		if errors.Is(err, pipeline.ErrNotFound) { // its time is over
			continue
		}
		if err != nil {
			return err
		}
		for _, f := range d.flows {
			if err := d.read(ctx, f, j.Drop, file, d); err != nil {
				return errors.Join(err, file.Close())
			}
		}
		if err := file.Close(); err != nil {
			return err
		}
	}
	return nil
}

// Document keeps a document: the newest of its key counts.
func (d *dryRun) Document(doc pipeline.Document, _ int, problems []pipeline.Problem) error {
	if doc.Outside || doc.Day != "" && doc.Day < d.since {
		return nil
	}
	if _, known := d.docs[doc.Key]; !known {
		d.order = append(d.order, doc.Key)
	}
	d.docs[doc.Key] = dryDoc{doc, slices.DeleteFunc(slices.Clone(problems), func(p pipeline.Problem) bool { return p.Rule.Note() })}
	return nil
}

// Problem keeps a problem that belongs to no document.
func (d *dryRun) Problem(p pipeline.Problem) error {
	if !p.Rule.Note() {
		d.wrong = append(d.wrong, p)
	}
	return nil
}

// all are the documents, as they came.
func (d *dryRun) all() []dryDoc {
	all := make([]dryDoc, 0, len(d.order))
	for _, key := range d.order {
		all = append(all, d.docs[key])
	}
	return all
}
