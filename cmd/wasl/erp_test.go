package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"wasl/pipeline"
	"wasl/stages/load/erp"
)

// TestResults_DroppedOnce drops the results of a job once, also where the program ended
// between the drop and the note of it.
func TestResults_DroppedOnce(t *testing.T) {
	t.Parallel()
	s := newBookedShop(t)
	path := filepath.Join(s.dir, configName)
	settings, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(settings), "  folder: erp-import\n", "  folder: erp-import\n  confirm: ack\n", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	a := &app{out: &out, err: &out, getenv: os.Getenv, dir: s.dir}
	h, err := a.openHouse(t.Context(), func(pipeline.Event) {})
	if err != nil {
		t.Fatal(err, out.String())
	}
	defer func() {
		if err := h.close(); err != nil {
			t.Error(err)
		}
	}()
	r := erp.Result{Job: pipeline.Job{Drop: "20261125-0001", Flow: "erp-acks"}, Name: "erp-results-20261125-0001-erp-acks.csv",
		Text: []byte("order id,order name,document number,type,status,when,tags\n5501,#1001,INV-7,sale,booked,2026-11-25 08:00:00,erp-booked\n")}
	for i := range 3 {
		dropped, err := h.dropResults(t.Context(), r)
		if err != nil || dropped != (i == 0) {
			t.Errorf("call %d: dropped %t, %v", i+1, dropped, err)
		}
	}
	_, jobs, err := h.ledger.Find(t.Context(), r.Name)
	if err != nil || len(jobs) != 1 || jobs[0].Flow != "shopify-writeback" || jobs[0].Drop.From != erp.FromResults {
		t.Errorf("jobs %+v, %v", jobs, err)
	}
}

// TestIsLayout keeps layouts apart from files to be read.
func TestIsLayout(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{"mappings/erp/sales.yaml": true, "erp/x.yml": true, "mappings/erp-stock.yaml": false, "inbox/erp/x.csv": false} {
		if isLayout(path) != want {
			t.Errorf("%s: %t", path, !want)
		}
	}
}
