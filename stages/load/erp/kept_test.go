package erp

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// TestCount finds what is missing whatever the order in which numbers were written, also
// twice, and whether it was kept in between or made anew.
func TestCount(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	for range 300 {
		written := map[int]bool{}
		var c count
		given := 1 + random.IntN(40)
		for range random.IntN(60) {
			n := 1 + random.IntN(given)
			written[n] = true
			c.add(n, 6)
			var err error
			if c, err = readCount(c.asCols()); err != nil {
				t.Fatal(err)
			}
		}
		start := random.IntN(4)
		first := start
		if ns := slices.Sorted(maps.Keys(written)); len(ns) > 0 && (start == 0 || ns[0] < start) {
			first = ns[0]
		}
		var want, got []int
		for n := first; n <= given && first > 0; n++ {
			if !written[n] {
				want = append(want, n)
			}
		}
		for _, g := range c.missing(start, given) {
			for n := g.first; n <= g.last; n++ {
				got = append(got, n)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("of %d from %d, written %v (-want +got):\n%s", given, start, slices.Sorted(maps.Keys(written)), diff)
		}
	}
}

// TestGaps_Kept: numbers are counted as documents are written, so that nobody reads all
// documents for it; a document that is lost later is missing all the same.
func TestGaps_Kept(t *testing.T) {
	t.Parallel()
	s := asking(t, small, Config{Confirm: confirmAck})
	tables := s.tables.(shelf)
	write := func(numbers ...int) {
		t.Helper()
		var docs []pipeline.Document
		for _, n := range numbers {
			doc := orderNamed(t, s, "#"+strconv.Itoa(n))
			doc.Sealed = mustJSON(sealedNumber{Serial: "SI-" + pad(n, 3), Chain: chainPrefix + "SI-"})
			docs = append(docs, doc)
		}
		b := nextBatch(t, s, fmt.Sprint("b", numbers), docs...)
		if _, err := s.Send(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	gaps := func() string {
		t.Helper()
		numbers, n, err := Gaps(t.Context(), tables, "SI-", "7", 1, 9)
		if err != nil || n != len(numbers) {
			t.Fatal(numbers, n, err)
		}
		return strings.Join(numbers, " ")
	}
	write(1, 2)
	write(3, 6)
	if _, kept, err := countOf(t.Context(), tables, "SI-"); !kept || err != nil {
		t.Errorf("it is not kept, %v", err)
	}
	if got := gaps(); got != "SI-004 SI-005 SI-007" {
		t.Errorf("missing %s", got)
	}
	write(4)
	if got := gaps(); got != "SI-005 SI-007" {
		t.Errorf("missing %s after one came later", got)
	}
	delete(tables[tableDocuments], "SI-002") // the ledger lets the count go with it
	delete(tables, pipeline.KeptOf(tableDocuments))
	for range 2 {
		if got := gaps(); got != "SI-002 SI-005 SI-007" {
			t.Errorf("missing %s after one was lost", got)
		}
		write(6)
		write(1) // counted anew, and kept
	}
}

// TestClearing_Kept: sums that are kept, and sums that are made of all documents, are the
// same, in whatever order files came, and whatever was told again or refused.
func TestClearing_Kept(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 2))
	pick := func(words ...string) string { return words[random.IntN(len(words))] }
	for range 30 {
		kept, all := shelf{}, shelf{}
		for range 1 + random.IntN(12) {
			job := pipeline.Job{Drop: "2026112" + strconv.Itoa(random.IntN(6)) + "-0001", Flow: "f"}
			batch := map[string]pipeline.TableRow{}
			lines := map[string]pipeline.TableRow{}
			for range random.IntN(8) {
				n := strconv.Itoa(random.IntN(40))
				cols := map[string]string{"number": n, "type": pick(payTypes...), "account": pick("CLR", "VISA"), "currency": pick("EGP", "USD"),
					"day": "2026-11-1" + strconv.Itoa(random.IntN(8)), "amount": udecimal.MustFromInt64(random.Int64N(9000)-2000, 2).String(), "id": "P" + n, "gateway": "g"}
				if random.IntN(9) == 0 {
					cols["direct"] = "true"
				}
				batch[n] = pipeline.TableRow{Code: "pay/" + n, Cols: cols, Job: job, Mark: partsOf(cols["type"], cols["account"], cols["currency"], cols["day"], n)}
				lines[n] = pipeline.TableRow{Code: "line/" + n, Job: job, Cols: map[string]string{"account": cols["account"], "currency": cols["currency"],
					"net": cols["amount"], "status": pick("paid", "", "pending"), "payout": pick("", "P"+n), "payday": pick("", cols["day"])}}
			}
			for _, k := range []struct {
				keeping
				rows map[string]pipeline.TableRow
			}{{movesIn(kept), batch}, {linesIn(kept), lines}} {
				rows := slices.Collect(maps.Values(k.rows))
				sums, err := k.with(t.Context(), rows)
				if err != nil {
					t.Fatal(err)
				}
				_ = kept.PutAll(t.Context(), map[string][]pipeline.TableRow{k.table: rows, pipeline.KeptOf(k.table): sums})
				_ = all.Put(t.Context(), k.table, rows)
			}
			for _, tables := range []shelf{kept, all} {
				for n := range batch {
					_ = tables.Put(t.Context(), tableDocuments, []pipeline.TableRow{{Code: n, Cols: map[string]string{"type": typeReceipt, "key": "pay/" + n}}})
				}
			}
			if refused := strconv.Itoa(random.IntN(40)); random.IntN(3) == 0 {
				row := answer{state: ackRefused}.asRow(refused, job)
				_, _ = kept.Put(t.Context(), tableAnswers, []pipeline.TableRow{row}), all.Put(t.Context(), tableAnswers, []pipeline.TableRow{row})
			}
		}
		if len(all[tableMoves]) == 0 {
			continue
		}
		if len(kept[pipeline.KeptOf(tableMoves)]) < 2 {
			t.Fatal("nothing is kept")
		}
		for _, want := range []ClearingWant{{}, {Arrived: [2]string{"2026-11-22", "2026-11-23"}}, {Days: [2]string{"2026-11-12", "2026-11-14"}}} {
			one, err := ClearingOf(t.Context(), kept, want)
			if err != nil {
				t.Fatal(err)
			}
			other, err := ClearingOf(t.Context(), all, want)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(other, one, cmp.Comparer(pipeline.Decimal.Equal)); diff != "" {
				t.Fatalf("%+v (-of all +kept):\n%s", want, diff)
			}
			addedUp(t, all, want, one)
		}
	}
}

// addedUp holds what an account closes with against the documents themselves.
func addedUp(t *testing.T, tables shelf, want ClearingWant, got Clearing) {
	t.Helper()
	sums := map[[2]string]pipeline.Decimal{}
	for row := range tables.Rows(t.Context(), tableMoves) {
		_, said := tables[tableAnswers][row.Cols["number"]]
		if arrived := dayOf(row.Job.Drop); said || want.Arrived[1] != "" && arrived > want.Arrived[1] || want.Days[1] != "" && row.Cols["day"] > want.Days[1] {
			continue
		}
		key := [2]string{row.Cols["account"], row.Cols["currency"]}
		sums[key] = sums[key].Add(udecimal.MustParse(row.Cols["amount"]))
	}
	if len(got.Accounts) != len(sums) {
		t.Errorf("%d accounts, want %d", len(got.Accounts), len(sums))
	}
	for _, a := range got.Accounts {
		if sum := sums[[2]string{a.Account, a.Currency}]; !a.Closing.Equal(sum) {
			t.Errorf("%s %s closes with %s, want %s", a.Account, a.Currency, a.Closing, sum)
		}
		open := zero
		for _, u := range a.Open {
			open = open.Add(u.Left)
		}
		if len(a.Open) > 0 && (a.Direct || open.Cmp(a.Closing) > 0) {
			t.Errorf("%s %s: %s is open of %s", a.Account, a.Currency, open, a.Closing)
		}
	}
}
