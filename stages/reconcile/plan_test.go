package reconcile

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// priced is a document that moves a price, and holds an item.
func priced(sku, old, now, move string) pipeline.Entry {
	return pipeline.Entry{Document: pipeline.Document{Key: "price/" + sku, Name: sku, Words: []string{sku},
		From: []pipeline.Origin{{File: "prices.csv", Row: 2, Column: "Price"}},
		Changes: []pipeline.Change{
			{Field: "price", Old: old, New: now, Move: move, Mark: pipeline.MarkPrice, Why: "markup 20 %"},
			{Field: "compare_at", New: old},
		}}}
}

// gatedNight is a night with a job that a gate holds, one that was released and
// one that was dropped.
func gatedNight() *ledger {
	l := &ledger{}
	at := time.Date(2026, 11, 25, 20, 0, 0, 0, time.UTC)
	why := func(j *pipeline.Opened) {
		l.problem(pipeline.Problem{Origin: pipeline.Origin{File: j.Drop.Name}, Rule: "gate.prices",
			With: map[string]string{"count": "1", "among": "2", "limit": "10%", "move": "50%", "job": j.Job.String()}})
	}
	j := l.job("20261125-0001", "prices.csv", "erp-prices", "shopify.price", 2)
	j.Gate, j.Step = pipeline.GateHeld, pipeline.StepDeliver
	l.file(pipeline.Ready, 1, priced("A-1", "10.00", "25.50", "155"))
	l.file(pipeline.Unchanged, 1, priced("A-2", "10.00", "10.00", ""))
	why(j)
	j = l.job("20261125-0002", "prices-2.csv", "erp-prices", "shopify.price", 1)
	j.Gate, j.Release = pipeline.GateReleased, pipeline.Release{Job: j.Job, By: "Mona", Why: "new list", At: at}
	l.file(pipeline.Delivered, 1, priced("A-3", "10.00", "30.00", "200"))
	why(j)
	j = l.job("20261125-0003", "undo of 20261125-0002/erp-prices by Sara: wrong", "erp-prices", "shopify.price", 1)
	j.Drop.From = "memo:undo"
	j.Gate, j.Release = pipeline.GateDropped, pipeline.Release{Job: j.Job, By: "Mona", Why: "it was right", Drop: true, At: at}
	l.file(pipeline.Parked, 1, priced("A-3", "30.00", "10.00", "-67"))
	return l
}

func TestWrite_WhatGatesHeld(t *testing.T) {
	t.Parallel()
	l := gatedNight()
	got := cells(t, write(t, l, dayOne, dayOne, options(t, "en")))
	for _, want := range []string{
		"Everything adds up", "Documents held at a gate until somebody releases them: 1", "held at the gate",
		"1 of 2 prices would move by more than 50%, over the limit of 10%",
		"wasl release 20261125-0001/erp-prices", "released by Mona at 2026-11-25 22:00: new list",
		"dropped by Mona at 2026-11-25 22:00: it was right", "undo of 20261125-0002/erp-prices by Sara: wrong",
		"compare-at price", "markup 20 %", "155%", "prices.csv:2 [Price]",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the workbook lacks %q", want)
		}
	}
	if n := strings.Count(got, "wasl release 20261125-0002"); n > 1 { // of the sheet Problems alone
		t.Errorf("a job that was released is still to be released: %d times", n)
	}
	for _, not := range []string{"still on their way", "quarantine-20261125-0003"} {
		if strings.Contains(got, not) {
			t.Errorf("the workbook says %q", not)
		}
	}
	sum, err := Sum(t.Context(), l, dayOne, dayOne)
	if err != nil || sum.Off != 0 || sum.Gated != 1 || sum.Waiting != 0 {
		t.Errorf("off %d, gated %d, waiting %d, %v", sum.Off, sum.Gated, sum.Waiting, err)
	}
}

func TestWrite_ChangesAreCapped(t *testing.T) {
	t.Parallel()
	l := gatedNight()
	b, err := newBook(options(t, "en"), dayOne, dayOne)
	if err != nil {
		t.Fatal(err)
	}
	c := b.changesSheet(l.jobs)
	c.most = 2
	for _, e := range l.entries {
		if err := c.add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.finish(); err != nil {
		t.Fatal(err)
	}
	if c.more != 4 || c.s.row != 4 { // a header, two values, and how many more there are
		t.Errorf("%d more in %d rows", c.more, c.s.row)
	}
	if err := b.close(); err != nil {
		t.Fatal(err)
	}
}

func TestWritePlans(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ar"} {
		l := gatedNight()
		plan := Plan{Job: l.jobs[0], Gate: []pipeline.Problem{l.loose[0].Problem}}
		for _, e := range l.entries[:2] {
			plan.Lines = append(plan.Lines, Lines(lang, e)...)
		}
		plan.Lines[1].Live, plan.Lines[1].Moved = "12.00", true
		path := filepath.Join(t.TempDir(), PlanName(plan.Job.Job))
		if err := WritePlans(t.Context(), path, []Plan{plan}, options(t, lang)); err != nil {
			t.Fatal(err)
		}
		got := cells(t, path)
		for _, want := range []string{"A-1", "25.5", "155%", "markup 20 %", "prices.csv:2 [Price]", "12.00", say(lang, "gate.held"),
			say(lang, "col.old"), FieldName(lang, "price"), say(lang, "sheet.gate")} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: the workbook lacks %q:\n%s", lang, want, got)
			}
		}
		if strings.Contains(got, "A-2") {
			t.Errorf("%s: what is unchanged is no change", lang)
		}
	}
}

func TestFieldName(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{
		{"en", "compare_at", "compare-at price"}, {"ar", "price", "السعر"}, {"ar", "image of A-1", "الصورة A-1"},
		{"en", "image of A-1", "image of A-1"}, {"ar", "alt front", "النص البديل front"}, {"ar", "gizmo", "gizmo"}, {"en", "", ""},
	} {
		if got := FieldName(c[0], c[1]); got != c[2] {
			t.Errorf("%s, %s: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}

func TestWriteDrift(t *testing.T) {
	t.Parallel()
	e := priced("A-1", "10.00", "25.50", "155")
	e.Job, e.State = pipeline.Job{Drop: "20261125-0001", Flow: "erp-prices"}, pipeline.Ready
	lines := DriftOf("en", e)
	if len(lines) != 2 || lines[0].ERP != "25.50" || lines[0].Shop != "10.00" || lines[0].Job != "20261125-0001/erp-prices" {
		t.Fatalf("got %+v", lines)
	}
	for _, all := range [][]Drift{lines, nil} {
		path := filepath.Join(t.TempDir(), DriftName(dayOne))
		if err := WriteDrift(t.Context(), path, dayOne, all, options(t, "en")); err != nil {
			t.Fatal(err)
		}
		got := cells(t, path)
		if want := "The ERP and the shop agree."; strings.Contains(got, want) != (len(all) == 0) {
			t.Errorf("%d lines: %s", len(all), got)
		}
	}
}
