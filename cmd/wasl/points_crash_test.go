package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wasl/stages/load/eta/etatest"
)

// bigPoints is set by "make receipts": 10,000 receipts instead of 600.
const bigPoints = "WASL_TEST_RECEIPTS"

// TestCrash_Points issues receipts on three POS while a fifth of all calls goes wrong
// and the program is killed again and again, as kill -9 does, by the clock and by the
// stand-in at some of its calls, before or after it has done their work. The stand-in
// takes a receipt as often as it is filed, and finds those invalid that break their
// chain. In the end each order has one valid receipt, and every chain is whole.
func TestCrash_Points(t *testing.T) {
	t.Parallel()
	files, orders, seed := 5, 120, uint64(time.Now().UnixNano())
	if os.Getenv(bigPoints) != "" {
		files, orders = 100, 100
	}
	t.Logf("%d receipts, seed %d", files*orders, seed)
	random := rand.New(rand.NewPCG(seed, 1))
	n := newPointsNight(t)
	var kills atomic.Int64
	kill := func() {
		if n.child.Load() != nil {
			kills.Add(1)
			n.kill()
		}
	}
	for at := 1; at < 40*files; at++ {
		if fault, ok := badCall(random, kill); ok {
			n.world.eta.Fault(etatest.Any, at, fault)
		}
	}
	n.put("items.csv", "Item Code,Item Name,UOM,EGS Code,VAT Rate,Price\nA-1,Tea,PCS,EG-100200300-1,14,10\n")
	for f := range files {
		n.put(fmt.Sprintf("orders_%03d.csv", f), pointsExport(f, orders))
	}
	began, runs := time.Now(), 0
	for ; ; runs++ {
		stop := make(chan struct{})
		if kills.Load() < int64(2*files) { // later the workbook of all of them has to be written
			longest := min(150*(int(kills.Load())+2), 5000) // ms; grows, so that a slow machine gets somewhere as well
			go n.killInTime(time.Duration(150+random.IntN(longest))*time.Millisecond, kill, stop)
		}
		code, out := n.within(10*time.Minute, "run", "--patience", "20s")
		close(stop)
		if code == 0 {
			break
		}
		if runs > 6*files+20 {
			t.Fatalf("not done after %d runs; the last one says:\n%s", runs, out)
		}
	}
	t.Logf("%d kills in %d runs, %d calls, %s", kills.Load(), runs+1, len(n.world.eta.Requests()), time.Since(began).Round(time.Second))
	if kills.Load() < int64(files) {
		t.Errorf("only %d kills: that proves nothing", kills.Load())
	}
	judgePoints(t, n.world.eta, files*orders)
}

// newPointsNight is a folder with three POS, and nothing but receipts.
func newPointsNight(t *testing.T) *crashNight {
	t.Helper()
	n := &crashNight{t: t, dir: t.TempDir(), world: &world{}}
	n.world.start(nil)
	n.world.eta.Close()
	n.world.eta = etatest.New(etatest.Options{Taxpayers: []etatest.Taxpayer{demoCompany()}, ValidationPolls: 1,
		Duplicates: etatest.DuplicatesForgiving, StrictChain: true, DuplicateWindow: -1})
	t.Cleanup(n.world.close)
	if code, out := n.wasl("init", n.dir); code != 0 {
		t.Fatalf("init: exit %d\n%s", code, out)
	}
	if err := n.world.furnish(n.dir); err != nil {
		t.Fatal(err)
	}
	edit := func(name string, change func(string) string) {
		text, err := os.ReadFile(filepath.Join(n.dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(n.dir, name), []byte(change(string(text))), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	edit(configName, func(s string) string {
		head, _, _ := strings.Cut(s, "shopify:")
		_, tax, _ := strings.Cut(s, "\neta:")
		tax = strings.Replace(tax, "  client_id: demo-client\n  client_secret: eta.client\n  pos: {serial: WASL-SRV-01, os_version: os}\n", "", 1)
		return head + "eta:" + tax + `  registry:
    web: {serial: WASL-SRV-01, client_id: demo-client, client_secret: eta.client}
    alx: {serial: WASL-ALX, client_id: alx-client, client_secret: eta.alx, branch_code: "2"}
    nsr: {serial: WASL-NSR, client_id: nsr-client, client_secret: eta.nsr, branch_code: "1"}
  timeout: 2s
`
	})
	edit(filepath.Join("mappings", "shopify-orders-to-eta.yaml"), func(s string) string {
		return strings.Replace(s, "  order.source: ", "  order.pos: {from: Source}\n  order.source: ", 1)
	})
	for _, name := range []string{"alx", "nsr"} {
		if err := os.WriteFile(filepath.Join(n.dir, "secrets", "eta."+name), []byte(name+"-secret"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return n
}

// pointsExport is an export of orders that go to the three POS in no order.
func pointsExport(file, orders int) string {
	var b strings.Builder
	b.WriteString("Name,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Payment Method,Source,Id\n")
	for i := range orders {
		n := 100000 + file*orders + i
		fmt.Fprintf(&b, "#%d,paid,2026-11-24 10:00:00 +0200,EGP,10.00,0.00,0.00,10.00,2026-11-24 10:00:00 +0200,1,Tea,10.00,A-1,Paymob,%s,54%d\n",
			n, []string{"web", "alx", "nsr"}[(n*7+n/5)%3], n)
	}
	return b.String()
}

// badCall is what befalls a call: a fifth goes wrong, and some of these kill. An
// authority that loses one receipt of a submission and takes those that follow it in
// the chain would be at odds with itself where it enforces the chain: all are lost.
func badCall(random *rand.Rand, kill func()) (etatest.Fault, bool) {
	if random.IntN(5) > 0 {
		return etatest.Fault{}, false
	}
	faults := []etatest.Fault{
		{Reset: true}, {Answer: etatest.Lost}, {Answer: etatest.Half}, {Answer: etatest.Garbage}, {Answer: etatest.Empty}, {Answer: etatest.HTML},
		{Status: 500}, {Status: 503}, {Status: 429}, {Status: 408}, {Status: 502}, {HangAfter: 3 * time.Second},
		{Drop: []string{"@0", "@3"}}, {Lose: []string{"*"}}, {Before: kill}, {After: kill}, {Before: kill}, {After: kill},
	}
	return faults[random.IntN(len(faults))], true
}

// killInTime kills the program after some time, whatever it is doing.
func (n *crashNight) killInTime(after time.Duration, kill func(), stop <-chan struct{}) {
	timer := time.NewTimer(after)
	defer timer.Stop()
	select {
	case <-timer.C:
		kill()
	case <-stop:
	}
}

// judgePoints counts at the authority: each order has one valid receipt, filed once,
// in a chain of its POS that is whole and whose times do not go back; a submission
// holds receipts of one POS, within the limits.
func judgePoints(t *testing.T, tax *etatest.Server, want int) {
	t.Helper()
	for _, violation := range tax.Judge() {
		t.Errorf("judge: %s", violation)
	}
	seen, head, last := map[string]int{}, map[string]string{}, map[string]string{}
	byPOS := map[string]int{}
	for _, r := range tax.Receipts() {
		seen[r.Number]++
		byPOS[r.POS]++
		switch {
		case r.Status != "Valid" || r.Taken != 1:
			t.Errorf("receipt %s is %s and was filed %d times: %v", r.Number, r.Status, r.Taken, r.Errors)
		case r.PreviousUUID != head[r.POS]:
			t.Errorf("receipt %s of %s follows %q, and not %q", r.Number, r.POS, r.PreviousUUID, head[r.POS])
		case r.DateTimeIssued < last[r.POS]:
			t.Errorf("receipt %s of %s was issued at %s, before the one before it (%s)", r.Number, r.POS, r.DateTimeIssued, last[r.POS])
		}
		head[r.POS], last[r.POS] = r.UUID, r.DateTimeIssued
	}
	if len(seen) != want || len(byPOS) != 3 {
		t.Errorf("receipts of %d orders, want %d; by POS: %v", len(seen), want, byPOS)
	}
	for _, r := range tax.Requests() {
		if r.Endpoint != etatest.Submit {
			continue
		}
		var body struct {
			Receipts []struct {
				Header struct{ UUID string }
				Seller struct{ DeviceSerialNumber string }
			}
		}
		if err := json.Unmarshal(r.Body, &body); err != nil {
			continue // cut on its way
		}
		for _, one := range body.Receipts {
			if one.Seller.DeviceSerialNumber != body.Receipts[0].Seller.DeviceSerialNumber {
				t.Errorf("request %d holds receipts of two POS", r.N)
			}
		}
		if len(body.Receipts) > 500 || len(r.Body) > 1_500_000 {
			t.Errorf("request %d holds %d receipts in %d bytes", r.N, len(body.Receipts), len(r.Body))
		}
	}
	t.Logf("by POS: %v", byPOS)
}
