package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline/vault"
)

// keptIn are the files of the vault, by how many there are.
func keptIn(t *testing.T, dir string) int {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "state", "vault", "??", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(slices.DeleteFunc(found, func(p string) bool { return strings.HasSuffix(p, ".now") }))
}

// expireAt lets the time of files be over as it is at a moment.
func expireAt(t *testing.T, dir string, now time.Time) {
	t.Helper()
	a := &app{in: strings.NewReader(""), out: io.Discard, err: io.Discard, getenv: os.Getenv, dir: dir}
	h, err := a.openHouse(t.Context(), a.teller().tell)
	if err == nil {
		err = h.expire(t.Context(), now)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := h.close(); err != nil {
		t.Fatal(err)
	}
}

func keptFolder(t *testing.T, settings string) *crashNight {
	t.Helper()
	n := &crashNight{t: t, dir: t.TempDir(), world: &world{}}
	n.world.start(nil)
	t.Cleanup(n.world.close)
	if code, out := n.wasl("init", n.dir); code != 0 {
		t.Fatalf("init: exit %d\n%s", code, out)
	}
	if err := n.world.furnish(n.dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(n.dir, "mappings", "shopify-orders-to-eta.yaml")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(n.dir, configName)
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append(text, settings...), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *crashNight) orders(name string, number int) {
	n.put(name, "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Payment Method,Refunded Amount,Id\n"+
		fmt.Sprintf("#%d,mona@example.net,paid,2026-11-24 10:12:40 +0200,EGP,85.00,0.00,0.00,85.00,2026-11-24 10:11:02 +0200,1,Cup,85.00,NR-1,Paymob,0.00,54%d\n", number, number))
}

// TestKeep_FilesGoWhenTheirTimeIsOver: after vault.keep days, not a day before, and never
// the last file of a flow; what was made of them stays.
func TestKeep_FilesGoWhenTheirTimeIsOver(t *testing.T) {
	t.Parallel()
	n := keptFolder(t, "vault: {keep: 30, taken: 60}\n")
	for i := range 3 {
		n.orders(fmt.Sprintf("orders_%d.csv", i), 1001+i)
		if code, out := n.wasl("run"); code != 0 {
			t.Fatalf("run: exit %d\n%s", code, out)
		}
	}
	code, out := n.wasl("status")
	if code != 0 || !strings.Contains(out, "vault: files: 3") || !strings.Contains(out, "kept for 30 days") {
		t.Errorf("status: exit %d\n%s", code, out)
	}
	expireAt(t, n.dir, time.Now().AddDate(0, 0, 29))
	if got := keptIn(t, n.dir); got != 3 {
		t.Errorf("after 29 days: %d files, want 3", got)
	}
	expireAt(t, n.dir, time.Now().AddDate(0, 0, 31))
	if got := keptIn(t, n.dir); got != 1 {
		t.Errorf("after 31 days: %d files, want the last one of the flow", got)
	}
	taken := filepath.Join(n.dir, "inbox", "taken", "*", "*", "*", "*.csv")
	if found, _ := filepath.Glob(taken); len(found) != 3 {
		t.Errorf("after 31 days: %d originals, want 3", len(found))
	}
	expireAt(t, n.dir, time.Now().AddDate(0, 0, 61))
	if found, _ := filepath.Glob(taken); len(found) != 1 {
		t.Errorf("after 61 days: %d originals, want the last one of the flow", len(found))
	}
	drop := time.Now().In(mustZone(t)).Format("20060102") + "-0001"
	if code, out := n.wasl("retry", drop); code != exitCouldNot || !strings.Contains(out, "is no longer in the vault") {
		t.Errorf("retry: exit %d\n%s", code, out)
	}
	if code, out := n.wasl("show", "1001"); code != 0 || !strings.Contains(out, "delivered") {
		t.Errorf("show: exit %d\n%s", code, out)
	}
	if code, out := n.wasl("reconcile"); code != 0 {
		t.Errorf("reconcile: exit %d\n%s", code, out)
	}
	// The same file once more is a new arrival, and nothing is done twice.
	n.orders("orders_0.csv", 1001)
	if code, out := n.wasl("run"); code != 0 || !strings.Contains(out, "Nothing was sent") {
		t.Errorf("run: exit %d\n%s", code, out)
	}
}

func mustZone(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestKeep_WhatIsNeededStays: a file of which documents wait for the ERP's answer, and all
// of them where the settings say for ever.
func TestKeep_WhatIsNeededStays(t *testing.T) {
	t.Parallel()
	n := keptFolder(t, "vault: {keep: 30}\n")
	path := filepath.Join(n.dir, configName)
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, []byte(strings.Replace(string(text), "erp:\n", "erp:\n  confirm: file\n", 1)), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		n.orders(fmt.Sprintf("orders_%d.csv", i), 1001+i)
		_, _ = n.wasl("run")
	}
	expireAt(t, n.dir, time.Now().AddDate(1, 0, 0))
	if got := keptIn(t, n.dir); got != 2 {
		t.Errorf("while documents wait for an answer: %d files, want 2", got)
	}
	forever := keptFolder(t, "vault: {keep: 0}\n")
	v, err := vault.Open(filepath.Join(n.dir, "state", "vault"))
	if err == nil { // a picture is no file that came
		_, _, err = v.Put(t.Context(), strings.NewReader("\xff\xd8\xff a picture"))
	}
	if err != nil {
		t.Fatal(err)
	}
	expireAt(t, n.dir, time.Now().AddDate(1, 0, 0))
	if got := keptIn(t, n.dir); got != 3 {
		t.Errorf("with a picture: %d files, want 3", got)
	}
	for i := range 2 {
		forever.orders(fmt.Sprintf("orders_%d.csv", i), 1001+i)
		_, _ = forever.wasl("run")
	}
	expireAt(t, forever.dir, time.Now().AddDate(50, 0, 0))
	if got := keptIn(t, forever.dir); got != 2 {
		t.Errorf("kept for ever: %d files, want 2", got)
	}
}

// TestKeep_TheFileWithoutAPersonGoesLikeTheFirstOne: what took a file's place counts from
// when that one came.
func TestKeep_TheFileWithoutAPersonGoesLikeTheFirstOne(t *testing.T) {
	t.Parallel()
	n := keptFolder(t, "vault: {keep: 30}\n")
	n.orders("orders_0.csv", 1001)
	_, _ = n.wasl("run")
	n.put("orders_1.csv", strings.ReplaceAll(crashExport(0), "#10", "#20"))
	_, _ = n.wasl("run")
	if code, out := n.wasl("forget", "mona@example.net"); code != 0 {
		t.Fatalf("forget: exit %d\n%s", code, out)
	}
	expireAt(t, n.dir, time.Now().AddDate(0, 0, 29))
	if got := keptIn(t, n.dir); got != 2 {
		t.Errorf("after 29 days: %d files, want 2", got)
	}
	expireAt(t, n.dir, time.Now().AddDate(0, 0, 31))
	if got := keptIn(t, n.dir); got != 1 {
		t.Errorf("after 31 days: %d files, want 1", got)
	}
}
