package main

import (
	"bytes"
	"strings"
	"testing"

	"wasl/pipeline"
	"wasl/stages/load/eta"
	"wasl/stages/reconcile"
)

// However many receipts would not be filed, it is told how many preproduction found valid.
func TestShowRehearsal_TellsOfTheValidBehindALongList(t *testing.T) {
	t.Parallel()
	r := &rehearsal{run: &dryRun{sink: eta.Dry(eta.Config{}, nil)}}
	for range mostLines + 1 {
		r.report.Receipts = append(r.report.Receipts, reconcile.Rehearsed{State: "held", Why: []pipeline.Problem{{Rule: "eta.item"}}})
	}
	r.report.Receipts = append(r.report.Receipts, reconcile.Rehearsed{State: "valid"})
	var out bytes.Buffer
	(&app{out: &out, lang: "en"}).showRehearsal(r, false)
	for _, line := range []string{"and 1 more\n", "\nvalid at preproduction: 1\n"} {
		if !strings.Contains(out.String(), line) {
			t.Errorf("%q is missing in\n%s", line, out.String())
		}
	}
}
