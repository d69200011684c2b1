package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"wasl/pipeline"
)

// TestJobTable_EveryStateHasAColumn keeps what needs a person from being counted
// as left out: each state is in one column, under its own name or as waiting.
func TestJobTable_EveryStateHasAColumn(t *testing.T) {
	t.Parallel()
	for _, state := range pipeline.States {
		job := pipeline.Opened{Rows: 7, RowsBy: map[pipeline.State]int{state: 7}}
		holds := 0
		for _, c := range rowColumns([]pipeline.Opened{job}) {
			holds += c.of(job)
		}
		if holds != 7 {
			t.Errorf("%s: the columns hold %d of 7 rows", state, holds)
		}
		var out bytes.Buffer
		(&app{out: &out}).jobTable([]pipeline.Opened{job})
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		name := (&app{}).state(state)
		if slices.Contains([]pipeline.State{pipeline.Ready, pipeline.Sending, pipeline.Accepted}, state) {
			name = "waiting"
		}
		if !strings.Contains(lines[0], name) {
			t.Errorf("%s has no column of its own: %s", state, lines[0])
		}
	}
}

func TestJobTable_FitsATerminal(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	(&app{out: &out}).jobTable([]pipeline.Opened{{
		Job:  pipeline.Job{Flow: "shopify-orders-to-erp"},
		Drop: pipeline.Drop{Name: "orders_export_1.csv"}, Rows: 120, RowsBy: map[pipeline.State]int{pipeline.Delivered: 120},
	}})
	for line := range strings.Lines(out.String()) {
		if len(line) > 80 {
			t.Errorf("%d columns wide: %s", len(line), line)
		}
	}
}
