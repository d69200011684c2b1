package shopify

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/pipeline/vault"
	"wasl/stages/load/shopify/shopifytest"
)

// night is the real ledger and the real steps around a sink.
type night struct {
	t      *testing.T
	shop   *shop
	sink   *Sink
	ledger *ledger.Ledger
	vault  *vault.Folder
	steps  *pipeline.Steps
	files  int
}

func newNight(t *testing.T, s *shop, change ...func(*Config)) *night {
	t.Helper()
	l, err := ledger.Open(t.Context(), t.TempDir(), ledger.Options{Now: s.clock.now, AllowShare: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Shut() })
	v, err := vault.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	n := &night{t: t, shop: s, sink: s.sink(t, change...), ledger: l, vault: v}
	n.steps = &pipeline.Steps{Flows: []pipeline.Flow{n.flow()}, Ledger: l, Vault: v, Now: s.clock.now,
		Report: func(context.Context, string) (string, error) { return "", nil }}
	return n
}

// flow reads lines of "SKU location quantity".
func (n *night) flow() pipeline.Flow {
	kind := n.sink.Kinds()[0]
	return pipeline.Flow{Name: "erp-stock", Kind: kind, Sink: n.sink, Lane: n.sink.Lane(), Batch: BatchSize,
		Extract: func(_ context.Context, d pipeline.Drop, r io.ReaderAt) (*pipeline.Reading, iter.Seq2[pipeline.Row, error]) {
			text, err := io.ReadAll(io.NewSectionReader(r, 0, d.Size))
			read := &pipeline.Reading{Format: "test"}
			return read, func(yield func(pipeline.Row, error) bool) {
				for line := range strings.Lines(string(text)) {
					read.Rows++
					row := pipeline.Row{Origin: pipeline.Origin{File: d.Name, Row: read.Rows}, Cells: strings.Fields(line)}
					if !yield(row, err) {
						return
					}
				}
			}
		},
		Map: func(row pipeline.Row) (pipeline.Record, []pipeline.Problem) {
			r := records(n.sink, want{row.Cells[0], row.Cells[1], row.Cells[2], ""})[0]
			r.Origin = row.Origin
			return r, nil
		}}
}

// drop puts a file through Prepare.
func (n *night) drop(lines ...string) {
	n.t.Helper()
	text := strings.Join(lines, "\n")
	sha, size, err := n.vault.Put(n.t.Context(), strings.NewReader(text))
	if err != nil {
		n.t.Fatal(err)
	}
	n.files++
	d, _, err := n.ledger.Admit(n.t.Context(), pipeline.Arrival{Inbox: "in", Path: fmt.Sprint(n.files), Name: fmt.Sprintf("stock-%d.csv", n.files),
		FileID: fmt.Sprint(n.files), Size: size, SHA256: sha, From: "in", Arrived: n.shop.clock.now(), Day: "2026-11-24",
		Claims: []pipeline.Claim{{Flow: "erp-stock", Kind: "shopify.stock", Lane: n.sink.Lane()}}})
	if err != nil {
		n.t.Fatal(err)
	}
	if _, err := n.steps.Prepare(n.t.Context(), pipeline.Job{Drop: d.ID, Flow: "erp-stock"}); err != nil {
		n.t.Fatal(err)
	}
}

// deliver works the lane until nothing is to be done.
func (n *night) deliver() {
	n.t.Helper()
	for range 40 {
		p, err := n.steps.Deliver(n.t.Context(), n.sink.Lane())
		if err == nil && p.Did == "" && p.Wait == 0 {
			return
		}
		n.shop.clock.advance(max(p.Wait, time.Second))
	}
	n.t.Fatal("the lane does not end")
}

// states counts documents by state, as the books have them.
func (n *night) states() map[pipeline.State]int {
	n.t.Helper()
	out := map[pipeline.State]int{}
	for e, err := range n.ledger.Entries(n.t.Context(), "2026-11-24", "2026-11-24") {
		if err != nil {
			n.t.Fatal(err)
		}
		out[e.State]++
	}
	return out
}

// A night with everything in it, through the real ledger: a lost answer, a sale
// under our hands, an item that vanished, rows that never leave.
func TestNight(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	s.AddSKU("C-1", 1)
	n := newNight(t, s)
	n.drop("A-1 "+s.cairo+" 8", "A-2 "+s.cairo+" 0", "B-1 "+s.cairo+" 1", "C-1 "+s.cairo+" 4", "Z-9 "+s.cairo+" 4")
	s.DeleteVariant("C-1")
	s.Fault("inventorySetQuantities", 1, shopifytest.Fault{Kind: shopifytest.FaultResetBefore})
	s.Fault("inventorySetQuantities", 3, shopifytest.Meanwhile(func() { sell(t, s, "B-1", -1) }))
	s.Fault("inventorySetQuantities", 4, shopifytest.Fault{Kind: shopifytest.FaultResetAfter})
	n.deliver()
	if got := n.states(); got[pipeline.Delivered] != 2 || got[pipeline.Rejected] != 1 || got[pipeline.Held] != 1 || got[pipeline.Unchanged] != 1 {
		t.Errorf("states %v", got)
	}
	if s.available(t, "A-1") != 8 || s.available(t, "B-1") != 1 || len(s.Effects("A-1", "Cairo")) != 1 || len(s.Effects("B-1", "Cairo")) != 1 {
		t.Errorf("the shop holds\n%s", s.Table())
	}
	s.clean(t)
}

// A newer file that comes before the older one has left: the shop ends as the
// newer one says, and the older one's balance is never set.
func TestNight_NewerFileWins(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	n := newNight(t, s)
	n.drop("A-1 " + s.cairo + " 8")
	n.drop("A-1 " + s.cairo + " 5")
	n.deliver()
	if len(s.Mutations()) != 0 || s.available(t, "A-1") != 5 {
		t.Errorf("%d mutations, states %v, the shop holds\n%s", len(s.Mutations()), n.states(), s.Table())
	}
}

// The older file's answer is lost when the newer one is read: the shop must end
// as the newer one says all the same.
func TestNight_NewerFileWhileTheOlderIsUnsure(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	n := newNight(t, s)
	n.drop("A-1 " + s.cairo + " 8")
	s.Fault("inventorySetQuantities", 1, shopifytest.Fault{Kind: shopifytest.FaultResetBefore})
	_, _ = n.steps.Deliver(t.Context(), n.sink.Lane()) // the answer is lost; nothing was done
	n.drop("A-1 " + s.cairo + " 5")                    // which is what the shop still holds
	n.deliver()
	if s.available(t, "A-1") != 5 {
		t.Errorf("states %v, the shop holds\n%s", n.states(), s.Table())
	}
}
