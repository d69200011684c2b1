package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// forgottenFolder is a folder with orders, customers and a workbook of rows to correct of the one
// who is to be forgotten, a copy of the ledger of before, and one more person.
func forgottenFolder(t *testing.T) *crashNight {
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
	head := "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Shipping Phone,Payment Method,Refunded Amount,Id\n"
	at := "2026-11-24 10:12:40 +0200"
	for f := range 6 {
		text := head
		for i := range 5 {
			number := 1000 + f*5 + i
			mail, phone, name, price := "mona@example.net", "01001234567", "Mona Aly Hassan", "85.00"
			if i == 3 {
				mail, phone, name = fmt.Sprintf("other%d@example.net", f), "01222223333", "Somebody Else"
			}
			if i == 4 {
				price = `"8x,00"`
			}
			text += fmt.Sprintf("#%d,%s,paid,%s,EGP,85.00,0.00,0.00,85.00,%s,1,Cup,%s,NR-1,%s,%s,Paymob,0.00,54%d\n", number, mail, at, at, price, name, phone, number)
		}
		n.put(fmt.Sprintf("orders_%d.csv", f), text)
	}
	if code, out := n.wasl("run"); code != 3 {
		t.Fatalf("run: exit %d\n%s", code, out)
	}
	backups := filepath.Join(n.dir, "state", "backups")
	if err := os.MkdirAll(backups, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(backups, "wasl-v9-20260101T000000Z.db"), []byte("mona@example.net"), 0o600); err != nil {
		t.Fatal(err)
	}
	return n
}

// left is where something of hers stands yet.
func (n *crashNight) left() (out []string) {
	n.t.Helper()
	for _, dir := range []string{"state", "inbox", "reports"} {
		err := filepath.WalkDir(filepath.Join(n.dir, dir), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			for _, word := range []string{"mona@example.net", "1001234567", "Mona Aly Hassan"} {
				if holds(data, word) {
					out = append(out, path+": "+word)
				}
			}
			return err
		})
		if err != nil {
			n.t.Fatal(err)
		}
	}
	return out
}

// TestCrash_Forget kills wasl forget at many moments, as kill -9 does: the next run, or the
// next call, finishes it. Nothing of hers is left, nothing of others is gone, and nothing
// is sent a second time.
func TestCrash_Forget(t *testing.T) {
	t.Parallel()
	n := forgottenFolder(t)
	if len(n.left()) == 0 {
		t.Fatal("nothing of hers is there: this test cannot fail")
	}
	sent := n.documents()
	began := time.Now()
	template := t.TempDir()
	if err := os.CopyFS(template, os.DirFS(n.dir)); err != nil {
		t.Fatal(err)
	}
	if code, out := n.wasl("forget", "mona@example.net"); code != 0 || !strings.Contains(out, "Forgotten at") {
		t.Fatalf("forget: exit %d\n%s", code, out)
	}
	whole := time.Since(began)
	if left := n.left(); len(left) > 0 {
		t.Fatalf("without a crash: %v", left)
	}
	const moments = 8
	killed := 0
	for i := range moments {
		dir := t.TempDir()
		if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
			t.Fatal(err)
		}
		m := &crashNight{t: t, dir: dir, world: n.world}
		timer := time.AfterFunc(whole*time.Duration(i+1)/(moments+1), m.kill)
		code, _ := m.wasl("forget", "mona@example.net")
		timer.Stop()
		if code == -1 {
			killed++
		}
		if code, out := m.wasl("run"); code != 0 && code != 3 {
			t.Fatalf("moment %d: run: exit %d\n%s", i, code, out)
		}
		if code, out := m.wasl("forget", "mona@example.net"); code != 0 {
			t.Fatalf("moment %d: forget: exit %d\n%s", i, code, out)
		}
		if left := m.left(); len(left) > 0 {
			t.Errorf("moment %d: still there: %v", i, left)
		}
		if now := m.documents(); fmt.Sprint(now) != fmt.Sprint(sent) {
			t.Errorf("moment %d: documents of the ERP %v, want %v", i, now, sent)
		}
		if code, out := m.wasl("show", "other0@example.net", "--json"); code != 0 && !strings.Contains(out, "other0@example.net") {
			if code, out := m.wasl("show", "1003", "--json"); code != 0 || !strings.Contains(out, "other0@example.net") {
				t.Errorf("moment %d: another one's order: exit %d\n%s", i, code, out)
			}
		}
	}
	if killed < moments/3 {
		t.Errorf("only %d of %d were killed in time", killed, moments)
	}
}

// TestForget_AnotherWaslIsAtWork: while another wasl holds the state folder nothing is done.
func TestForget_AnotherWaslIsAtWork(t *testing.T) {
	t.Parallel()
	n := forgottenFolder(t)
	done := make(chan struct{})
	go func() { defer close(done); _, _ = n.within(20*time.Second, "watch") }()
	held := n.dir + "/state/requests/watch.json"
	for range 100 {
		if _, err := os.Stat(held); err == nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	other := &crashNight{t: t, dir: n.dir, world: n.world}
	code, out := other.wasl("forget", "mona@example.net")
	if code != exitLocked {
		t.Errorf("forget: exit %d, want %d\n%s", code, exitLocked, out)
	}
	n.kill()
	<-done
	if len(n.left()) == 0 {
		t.Error("it was done all the same")
	}
}
