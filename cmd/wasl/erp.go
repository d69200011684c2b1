package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/erp"
)

// handAnswers is the name under which the ledger remembers of which jobs the ERP's
// answers were handed on.
const handAnswers = "erp.answers"

// handOnResults drops what the ERP answered into the inbox, a file for each job of
// answers, where a flow takes such files: so its numbers get back to the shop. It is
// done once a job is through; a file that is there already, because somebody stopped
// the program right then, is not dropped again. some tells whether any was. Answers are
// only read while there is a job of which nothing was handed on.
func (h *house) handOnResults(ctx context.Context) (some bool, err error) {
	if h.cfg.ERP == nil || !h.cfg.ERP.Confirms() {
		return false, nil
	}
	h.proving.Lock() // one at a time
	defer h.proving.Unlock()
	jobs, err := h.ledger.Unhanded(ctx, handAnswers, "erp.")
	if err != nil {
		return false, err
	}
	var through []pipeline.Job
	for _, j := range jobs {
		if j.Step != pipeline.StepDeliver && !h.untaken[j.Job] {
			through = append(through, j.Job)
		}
	}
	results, err := erp.Results(ctx, h.ledger, through, h.cfg.zone)
	if err != nil {
		return false, err
	}
	for _, r := range results {
		through = slices.DeleteFunc(through, func(job pipeline.Job) bool { return job == r.Job }) // it has its file
		dropped, err := h.dropResults(ctx, r)
		if err != nil {
			return some, fmt.Errorf("results of the ERP: %w", err)
		}
		some = some || dropped
	}
	for _, job := range through { // of the others there is nothing to be handed on: no job goes back
		if err := h.ledger.Hand(ctx, handAnswers, job, ""); err != nil {
			return some, err
		}
	}
	return some, nil
}

func (h *house) dropResults(ctx context.Context, r erp.Result) (bool, error) {
	dropped, there, err := h.dropOnce(ctx, r.Name, r.Text, erp.FromResults)
	if err == nil && !there {
		h.leave(r.Job)
	}
	if err != nil || !there {
		return false, err
	}
	return dropped, h.ledger.Hand(ctx, handAnswers, r.Job, r.Name)
}

// leave does not look again at a job whose results no flow takes, as long as this house
// stands: the next one may have a flow that does.
func (h *house) leave(job pipeline.Job) {
	if h.untaken == nil {
		h.untaken = map[pipeline.Job]bool{}
	}
	h.untaken[job] = true
}

// dropOnce puts a file of the house's own into the inbox, where a flow would take it and
// it did not come before. there tells whether it has come, by now or before: what nobody
// would take waits until a flow does. A file that a killed program had left in the inbox
// came as anybody's, so the same bytes under the same name are known as well.
func (h *house) dropOnce(ctx context.Context, name string, text []byte, from string) (dropped, there bool, err error) {
	if len(h.claims(pipeline.Drop{Name: name, Size: int64(len(text))}, bytes.NewReader(text))) == 0 {
		return false, false, nil
	}
	_, jobs, err := h.ledger.Find(ctx, name)
	if err != nil {
		return false, false, err
	}
	sum := sha256.Sum256(text)
	sha := hex.EncodeToString(sum[:])
	if slices.ContainsFunc(jobs, func(j pipeline.Opened) bool {
		return j.Drop.From == from || j.Drop.Name == name && j.Drop.SHA256 == sha
	}) {
		return false, true, nil
	}
	err = h.inbox.Put(ctx, name, bytes.NewReader(text), from)
	return err == nil, err == nil, err
}

// erpState is how things stand with the ERP: numbers, and documents without an answer.
type erpState struct {
	lane     string
	numbers  []numbering
	open     []erp.Unconfirmed
	late     []erp.Unconfirmed
	confirms bool
}

// A numbering is one counter of documents.
type numbering struct {
	prefix, head string
	gaps         []string // the first of them
	count        int
}

// mostNamed is how many numbers or documents a line of status names.
const mostNamed = 10

// readERP asks the ledger how things stand with the ERP.
func (a *app) readERP(ctx context.Context, c *Config, s ledger.Status) (out erpState, err error) {
	if c.ERP == nil {
		return out, nil
	}
	l, err := a.openReading(ctx, c)
	if errors.Is(err, pipeline.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	defer func() { _ = l.Shut() }()           // it was only read
	folder, _, _ := openFolder(c, noTables{}) // what is wrong with a layout is for wasl check
	for _, d := range folder {
		out.lane = d.lane
	}
	for _, chain := range s.Chains {
		prefix, ok := erp.NumberedBy(chain.Name)
		if !ok {
			continue
		}
		n := numbering{prefix: prefix, head: chain.Head}
		if n.gaps, n.count, err = erp.Gaps(ctx, l, prefix, chain.Head, startOf(folder, prefix), mostNamed); err != nil {
			return out, err
		}
		out.numbers = append(out.numbers, n)
	}
	if out.confirms = c.ERP.Confirms(); !out.confirms {
		return out, nil
	}
	if out.open, err = erp.Waiting(ctx, l); err != nil {
		return out, err
	}
	out.late = c.lateAtERP(out.open)
	return out, nil
}

// startOf is the first number of the counter of a prefix, by the layouts of the folder;
// zero where none has it.
func startOf(folder []door, prefix string) int {
	for _, d := range folder {
		if layout, ok := d.sink.(interface{ Start(prefix string) int }); ok && layout.Start(prefix) > 0 {
			return layout.Start(prefix)
		}
	}
	return 0
}

// erpStatus says how things stand with the ERP.
func (a *app) erpStatus(c *Config, s erpState) {
	for _, n := range s.numbers {
		if n.count == 0 {
			fmt.Fprintln(a.out, a.say("status.number", "prefix", n.prefix, "head", n.head))
			continue
		}
		fmt.Fprintln(a.out, a.say("status.gaps", "prefix", n.prefix, "head", n.head, "count", fmt.Sprint(n.count), "some", few(n.gaps, n.count)))
	}
	switch {
	case len(s.open) == 0:
	case len(s.late) == 0:
		fmt.Fprintln(a.out, a.say("status.asked", "lane", s.lane, "count", fmt.Sprint(len(s.open))))
	default:
		var names []string
		for _, d := range s.late[:min(len(s.late), mostNamed)] {
			names = append(names, d.Number+" ("+c.minute(d.Since)+")")
		}
		fmt.Fprintln(a.out, a.say("status.aged", "lane", s.lane, "count", fmt.Sprint(len(s.open)), "late", fmt.Sprint(len(s.late)),
			"wait", hours(c.ERP.Warn()), "some", few(names, len(s.late))))
	}
}

// unconfirmed counts the documents of some jobs that were written and wait for the
// ERP's answer (asked), and of all that were ever written those that wait for longer
// than the settings allow (late).
func (h *house) unconfirmed(ctx context.Context, jobs []pipeline.Opened) (asked, late int, err error) {
	if h.cfg.ERP == nil || !h.cfg.ERP.Confirms() {
		return 0, 0, nil
	}
	for _, j := range jobs {
		if slices.ContainsFunc(h.doors, func(d door) bool { return d.section == "erp" && j.Lane == d.lane }) {
			asked += j.States[pipeline.Accepted]
		}
	}
	open, err := erp.Waiting(ctx, h.ledger)
	if err != nil {
		return 0, 0, err
	}
	return asked, len(h.cfg.lateAtERP(open)), nil
}

// lateAtERP are the documents for which the ERP has taken longer than the settings allow.
func (c *Config) lateAtERP(open []erp.Unconfirmed) (late []erp.Unconfirmed) {
	for _, d := range open {
		if time.Since(d.Since) > c.ERP.Warn() {
			late = append(late, d)
		}
	}
	return late
}

// accountUnconfirmed says how many documents the ERP has not confirmed.
func (a *app) accountUnconfirmed(c *Config, asked, late int) {
	switch {
	case late > 0:
		fmt.Fprintf(a.out, "\n%s\n", a.say("confirm.late", "count", humanize.Comma(int64(late)), "wait", hours(c.ERP.Warn())))
	case asked > 0:
		fmt.Fprintf(a.out, "\n%s\n", a.say("confirm.asked", "count", humanize.Comma(int64(asked)), "wait", hours(c.ERP.Warn())))
	}
}

// few are the first of many, with a mark where there are more.
func few(names []string, count int) string {
	text := strings.Join(names, ", ")
	if count > len(names) {
		text += " ..."
	}
	return text
}

func (a *app) erpJSON(s erpState) {
	for _, n := range s.numbers {
		a.jsonLine(a.out, map[string]any{"what": "numbers", "prefix": n.prefix, "head": n.head, "gaps": n.count, "first": n.gaps})
	}
	if s.confirms {
		late := map[string]bool{}
		for _, d := range s.late {
			late[d.Number] = true
		}
		for _, d := range s.open {
			a.jsonLine(a.out, map[string]any{"what": "unconfirmed", "number": d.Number, "order": d.Order, "file": d.File, "since": d.Since, "late": late[d.Number]})
		}
	}
}

// isLayout tells whether a file to be checked is a layout of the ERP's files: YAML in a
// folder erp.
func isLayout(path string) bool {
	ext := filepath.Ext(path)
	abs, err := filepath.Abs(path)
	return err == nil && (ext == ".yaml" || ext == ".yml") && filepath.Base(filepath.Dir(abs)) == "erp"
}

// checkLayout reads a layout, and shows what it would write. A path that is not there
// as it stands is one of the folder of wasl.yaml.
func (a *app) checkLayout(c *Config, path string) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		path = c.path(path)
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return usage{&pipeline.Trouble{Rule: "erp.layout", With: map[string]string{"file": path}, Err: err}}
	}
	var config erp.Config
	if c.ERP != nil {
		config = *c.ERP
	}
	samples, findings, err := erp.Check(config, text, path, erp.Deps{Dir: c.dir, Zone: c.zone})
	if err != nil {
		return err
	}
	if len(findings) > 0 {
		a.findings(findings)
		return printed{exitUsage}
	}
	if a.json {
		for _, s := range samples {
			a.jsonLine(a.out, map[string]string{"what": "sample", "file": s.Name, "text": s.Text})
		}
		return nil
	}
	fmt.Fprintln(a.out, a.say("layout.good", "file", path))
	for _, s := range samples {
		fmt.Fprintf(a.out, "\n%s\n", s.Name)
		for line := range strings.Lines(s.Text) {
			fmt.Fprintf(a.out, "  %s\n", strings.TrimRight(line, "\r\n"))
		}
	}
	return nil
}
