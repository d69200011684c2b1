package ledger

import (
	"context"
	"strings"
	"testing"

	"wasl/pipeline"
)

// TestNamed_WhatCounts gives of each key what left or is to leave; what was held, left
// out or superseded is nobody.
func TestNamed_WhatCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.flow(pipeline.Flow{Name: "people", Lane: "erp", Kind: pipeline.Kind{Name: "customer", Space: "all"}})
	with := func(state pipeline.State, key, body string, words ...string) pipeline.Document {
		d := in(state, doc(key, body))
		d.Words = words
		return d
	}
	named := func(words ...string) string {
		t.Helper()
		docs, err := w.l.Named(context.Background(), "customer", "all", words)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, d := range docs {
			if d.Kind != "customer" {
				t.Errorf("%s is of kind %q", d.Key, d.Kind)
			}
			out = append(out, d.Key+" "+string(d.Body)+" "+string(d.State))
		}
		return strings.Join(out, "\n")
	}
	w.file(w.admit("people"), false, with(pipeline.Ready, "a", "1", "+20100", "m@example.net"), with(pipeline.Held, "b", "1", "+20100"),
		with(pipeline.Skipped, "c", "1", "+20100"), with(pipeline.Unchanged, "d", "1", "+20100"), with(pipeline.Ready, "e", "1", "+20111"))
	want(t, "before it left", named("+20 100", "20100"), "a \"1\" ready\nd \"1\" unchanged")
	w.settle(w.take("erp"), pipeline.Delivered)
	want(t, "by mail", named("M@Example.net", "nobody"), `a "1" delivered`)
	w.file(w.admit("people"), false, with(pipeline.Ready, "a", "2", "+20122"))
	want(t, "the newer one, by an older word", named("+20100", "+20122"), "a \"2\" ready\nd \"1\" unchanged")
	w.settle(w.take("erp"), pipeline.Rejected)
	want(t, "after it was refused", named("+20122", ""), "")
	if docs, err := w.l.Named(context.Background(), "customer", "erp", []string{"+20111"}); err != nil || len(docs) > 0 {
		t.Errorf("of another space: %v, %v", docs, err)
	}
}
