package main

import (
	"context"
	"errors"
	"fmt"

	"wasl/pipeline"
)

// checkFile reads a file as a run would, with every flow that takes it.
func (a *app) checkFile(ctx context.Context, c *Config, path string) error {
	flows, close, err := a.flowsToTry(ctx, c)
	if err != nil {
		return err
	}
	defer close()
	file, drop, err := openToTry(c, path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	past, shut := a.pastOf(ctx, c)
	defer shut()
	taken, aside := 0, 0
	for _, f := range flows {
		if f.off || !f.flow.Takes(drop, file) {
			continue
		}
		taken++
		var t tried
		reading, err := pipeline.TryAfter(ctx, f.flow, past(f.flow.Name), drop, file, &t)
		refused, ok := errors.AsType[*pipeline.Refused](err)
		if err != nil && !ok {
			return fmt.Errorf("check %s: %w", path, err)
		}
		if ok {
			t = tried{rows: t.rows, states: t.states, refused: true}
			t.keep(refused.Problems...)
		}
		aside += t.aside
		a.triedFile(f.flow.Name, reading, t, ok)
	}
	switch {
	case taken == 0:
		a.problemLines([]pipeline.Problem{{Rule: "drop.unclaimed", With: map[string]string{"patterns": patternsOf(flows)}}})
		return printed{exitAside}
	case aside > 0:
		return printed{exitAside}
	}
	return nil
}

// pastOf gives what came for a flow before, as the ledger knows it now; nothing
// where no file was ever taken.
func (a *app) pastOf(ctx context.Context, c *Config) (past func(flow string) pipeline.Past, shut func()) {
	l, err := a.openReading(ctx, c)
	if err != nil {
		return func(string) pipeline.Past { return pipeline.Past{} }, func() {} // flowsToTry has told of anything else
	}
	return func(flow string) pipeline.Past {
		past, err := l.Past(ctx, flow, pipeline.Drop{})
		if err != nil {
			return pipeline.Past{} // the file is looked at without it
		}
		return past
	}, func() { _ = l.Shut() } // it was only read
}

// flowsToTry are the flows with the reference tables as they are now; empty ones
// where nothing was ever taken.
func (a *app) flowsToTry(ctx context.Context, c *Config) ([]flowFile, func(), error) {
	lookup := lookupIn(ctx, noTables{})
	done := func() {}
	l, err := a.openReading(ctx, c)
	switch {
	case err == nil:
		lookup, done = lookupIn(ctx, l), func() { _ = l.Shut() } // it was only read
	case !errors.Is(err, pipeline.ErrNotFound):
		return nil, done, err
	}
	all, findings, err := doors(c, noTables{}, func(pipeline.Event) {})
	if err == nil && len(findings) == 0 {
		var flows []flowFile
		if flows, findings, err = readMappings(c, all, lookup); err == nil && len(findings) == 0 {
			return flows, done, nil
		}
	}
	done()
	a.findings(findings)
	if err == nil {
		err = printed{exitUsage}
	}
	return nil, done, err
}

// triedMost is how many problems of a file are shown; the rest is counted, or a
// file that is wrong in every row would be held in memory whole.
const triedMost = 1000

// tried counts what would be filed.
type tried struct {
	rows     int
	states   map[string]int
	refused  bool               // the whole file
	problems []pipeline.Problem // the first ones
	count    int                // of all
	aside    int                // of those that are more than a note
}

func (t *tried) keep(problems ...pipeline.Problem) {
	for _, p := range problems {
		t.count++
		if t.refused || !p.Rule.Note() {
			t.aside++
		}
		if len(t.problems) < triedMost {
			t.problems = append(t.problems, p)
		}
	}
}

// Document counts a document by its state.
func (t *tried) Document(d pipeline.Document, rows int, problems []pipeline.Problem) error {
	if t.states == nil {
		t.states = map[string]int{}
	}
	t.states[string(d.State)]++
	t.rows += rows
	if !d.Outside { // of what the flow is not for a problem is nobody's business
		t.keep(problems...)
	}
	return nil
}

// Problem keeps a problem that belongs to no document.
func (t *tried) Problem(p pipeline.Problem) error {
	t.keep(p)
	return nil
}

// triedFile says how a file was read and what would be made of it.
func (a *app) triedFile(flow string, r pipeline.Reading, t tried, refused bool) {
	if a.json {
		for _, p := range t.problems {
			line := a.problemJSON(p)
			line["what"], line["flow"] = "problem", flow
			a.jsonLine(a.out, line)
		}
		a.jsonLine(a.out, map[string]any{"what": "checked", "flow": flow, "reading": r, "refused": refused, "documents": t.states,
			"rows": t.rows, "problems": t.count})
		return
	}
	fmt.Fprintf(a.out, "%s\n", flow)
	fmt.Fprintf(a.out, "  %-12s %s\n", a.say("read"), a.readingText(r))
	a.readingLines(r)
	count := map[string]int{"rows": t.rows, "problems": t.count}
	for state, n := range t.states {
		count[state] = n
	}
	fmt.Fprintf(a.out, "  %-12s %s\n", a.say("documents"), a.countLine(count))
	a.problems(t.problems, 50)
}

// ignoredRows names the rows that are no data for one reason: 1, 2, 57; of the
// parts of a ZIP: a.csv:1, b.csv:1.
func ignoredRows(r pipeline.Reading, why string) string {
	s := ""
	for _, i := range r.Ignored {
		if i.Why != why {
			continue
		}
		if s != "" {
			s += ", "
		}
		if len(s) > 60 {
			return s + "..."
		}
		s += i.At()
	}
	return s
}
