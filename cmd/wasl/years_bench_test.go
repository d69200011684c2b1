package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
	"wasl/stages/load/erp"
	"wasl/stages/load/eta"
)

// BenchmarkYears is what one round of "wasl watch" and some commands cost with a ledger
// of three years: 200,000 orders, each a sales document and a receipt, 200 a day. What
// runs in every round must cost what the day costs.
func BenchmarkYears(b *testing.B) {
	const orders, daily = 200_000, 200
	w := &world{}
	w.start(nil)
	b.Cleanup(w.close)
	h := benchHouse(b, w)
	b.Cleanup(func() { _ = h.close() })
	y := &years{b: b, h: h, body: []byte(`{"text":"` + strings.Repeat("x", 600) + `"}`)}
	day := time.Now().AddDate(0, 0, -orders/daily)
	for n := 0; n < orders; n += daily {
		y.day(day, n, daily)
		day = day.AddDate(0, 0, 1)
	}
	today := day.AddDate(0, 0, -1).Format(time.DateOnly)
	ctx := b.Context()
	a := h.app
	if _, err := h.keepNow(ctx); err != nil { // hands on what was never handed on
		b.Fatal(err)
	}
	for _, c := range []struct {
		name string
		do   func() error
	}{
		{"round/keep", func() error { _, err := h.keepNow(ctx); return err }},
		{"round/handOn", func() error { _, err := h.handOn(ctx); return err }},
		{"round/prove", func() error { return h.proveAll(ctx) }},
		{"round/tieOut", func() error { return h.tieOutInTime(ctx) }},
		{"round/alarms", func() error { return h.watchAlarms(ctx) }},
		{"round/bookings", func() error { return h.keepBookings(ctx) }},
		{"round/lapses", func() error { return h.tellLapses(ctx) }},
		{"round/write", func() error { return h.writeDays(ctx) }},
		{"round/lanes", func() error {
			for _, lane := range h.lanes() {
				if _, err := h.ledger.Next(ctx, lane, time.Now()); err != nil {
					return err
				}
			}
			return nil
		}},
		{"run/open", func() error { _, err := h.open(ctx, []string{today}); return err }},
		{"run/route", func() error { return h.route(ctx) }},
		{"run/restored", func() error { return h.lockRestored(ctx) }},
		{"run/account", func() error { n, _ := h.open(ctx, nil); return a.account(ctx, h, n) }},
		{"status", func() error { _, err := h.ledger.Status(ctx); return err }},
		{"held", func() error { _, err := h.ledger.Held(ctx); return err }},
		{"show", func() error { _, _, err := h.ledger.Find(ctx, "#150000"); return err }},
		{"history", func() error { _, err := historiesIn(ctx, h.ledger, h.cfg, ""); return err }},
		{"workbook", func() error { _, err := h.steps.Reconcile(ctx, today); return err }},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if err := c.do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// years fills a ledger.
type years struct {
	b    *testing.B
	h    *house
	body []byte
}

// day is the orders of one day, delivered and accounted for.
func (y *years) day(at time.Time, first, n int) {
	y.b.Helper()
	l, ctx, text := y.h.ledger, context.Background(), at.Format(time.DateOnly)
	flows := map[string]pipeline.Flow{}
	var claims []pipeline.Claim
	for name, kind := range map[string]string{"shopify-orders-to-erp": erp.KindOrder, "shopify-orders-to-eta": eta.KindReceipt} {
		for _, f := range y.h.on() {
			if f.Name == name {
				k := pipeline.Kind{Name: kind, Space: f.Kind.Space}
				if kind == eta.KindReceipt {
					k.Chain = func(pipeline.Document) string { return "eta/till" }
					k.Seal = func(d pipeline.Document, _ pipeline.Link, _ time.Time) ([]byte, string, string, error) {
						return d.Body, fmt.Sprintf("%064x", d.Key), d.Key, nil
					}
				}
				flows[name] = pipeline.Flow{Name: name, Lane: f.Lane, Kind: k, Batch: 1000}
				claims = append(claims, pipeline.Claim{Flow: name, Kind: kind, Lane: f.Lane})
			}
		}
	}
	drop, _, err := l.Admit(ctx, pipeline.Arrival{Inbox: "in", Path: text, Name: "orders-" + text + ".csv", FileID: text, Size: 10, ModTime: at, SHA256: text, Arrived: at, Day: text, Claims: claims})
	y.must(err)
	var jobs []pipeline.Job
	for name, f := range flows {
		job := pipeline.Job{Drop: drop.ID, Flow: name}
		jobs = append(jobs, job)
		_, err := l.File(ctx, job, pipeline.Filed{Kind: f.Kind.Name, Lane: f.Lane, Space: f.Kind.Space, Once: true}, func(to pipeline.Filing) (pipeline.Reading, error) {
			for i := first + 1; i <= first+n; i++ {
				key := fmt.Sprintf("%s/%d", name, i)
				err := to.Document(pipeline.Document{Key: key, Kind: f.Kind.Name, State: pipeline.Ready, Name: fmt.Sprint("#", i), Day: text, Money: udecimal.MustFromInt64(100, 0),
					Out: udecimal.MustFromInt64(100, 0), Currency: "EGP", Words: []string{fmt.Sprint(5400000 + i)}, Body: y.body, Print: key, From: []pipeline.Origin{{File: "o.csv", Row: i}}}, 1, nil)
				if err != nil {
					return pipeline.Reading{}, err
				}
			}
			return pipeline.Reading{Rows: n}, nil
		})
		y.must(err)
		batch, err := l.Take(ctx, f.Lane, at, func(name string) (pipeline.Flow, bool) { f, ok := flows[name]; return f, ok })
		y.must(err)
		answer := pipeline.Answer{Said: []pipeline.Said{{At: at, What: "POST", Status: 202, Body: y.body}}}
		for _, d := range batch.Docs {
			answer.Outcomes = append(answer.Outcomes, pipeline.Outcome{Key: d.Key, State: pipeline.Delivered, Ref: fmt.Sprintf("%s-%d", d.Name, len(d.Kind))})
		}
		if len(batch.Docs) != n {
			y.b.Fatalf("%d documents of %s were taken", len(batch.Docs), name)
		}
		_, err = l.Settle(ctx, batch, answer, at)
		y.must(err)
	}
	y.must(l.Close(ctx, jobs, filepath.Join(os.TempDir(), "none.xlsx")))
}

func (y *years) must(err error) {
	y.b.Helper()
	if err != nil {
		y.b.Fatal(err)
	}
}
