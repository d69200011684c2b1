package erp

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

// bigBooks is a ledger in a folder that remembers so many orders: each a sales document and a payment,
// 200 a day, all but the last hundred answered.
func bigBooks(t testing.TB, dir string, orders int) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(context.Background(), dir, ledger.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Shut() })
	s := &Sink{tables: l, cfg: Config{Confirm: confirmAck}}
	day := time.Date(2023, 11, 25, 12, 0, 0, 0, time.UTC)
	for at := 0; at < orders; at += 200 {
		job := pipeline.Job{Drop: day.Format("20060102") + "-0001", Flow: "f"}
		var docs, moves []pipeline.TableRow
		answers := map[string]answer{}
		for n := at + 1; n <= at+200; n++ {
			sale, pay := fmt.Sprintf("SI-%06d", n), fmt.Sprintf("RV-%06d", n)
			for number, kind := range map[string]string{sale: "sale", pay: typeReceipt} {
				a := answer{}
				if n <= orders-100 {
					a = answer{state: ackBooked, number: "INV-" + number, at: day}
					answers[number] = a
				}
				docs = append(docs, pipeline.TableRow{Code: number, Job: job, Mark: a.mark(), Cols: map[string]string{"key": "k/" + number, "order": fmt.Sprint("#", n),
					"type": kind, "file": "SO-" + number + ".csv", "batch": job.Drop, "at": day.Format(time.RFC3339)}})
			}
			cols := map[string]string{"number": pay, "type": typeReceipt, "account": "CLR", "currency": "EGP", "day": day.Format(time.DateOnly), "amount": "100.50", "order": fmt.Sprint("#", n)}
			moves = append(moves, pipeline.TableRow{Code: "k/" + pay, Job: job, Cols: cols, Mark: partsOf(typeReceipt, "CLR", "EGP", cols["day"], pay)})
		}
		out := map[string]string{"number": "PO-" + job.Drop, "type": typePayout, "account": "CLR", "currency": "EGP", "day": day.Format(time.DateOnly), "amount": "-20100.00"}
		moves = append(moves, pipeline.TableRow{Code: "k/" + out["number"], Job: job, Cols: out, Mark: partsOf(typePayout, "CLR", "EGP", out["day"], out["number"])})
		line := []pipeline.TableRow{{Code: "l/" + job.Drop, Job: job, Cols: map[string]string{"account": "CLR", "currency": "EGP", "net": "20100.00", "payday": out["day"]}}}
		lined, err := linesIn(l).with(context.Background(), line)
		if err == nil {
			err = l.PutAll(context.Background(), map[string][]pipeline.TableRow{tableSettled: line, pipeline.KeptOf(tableSettled): lined})
		}
		if err != nil {
			t.Fatal(err)
		}
		sums, err := movesIn(l).with(context.Background(), moves)
		if err == nil {
			err = l.PutAll(context.Background(), map[string][]pipeline.TableRow{tableMoves: moves, pipeline.KeptOf(tableMoves): sums})
		}
		if err == nil {
			var counts []pipeline.TableRow
			counts, err = countsWith(context.Background(), l, map[string]bool{"SI-": true}, docs)
			if err == nil {
				err = l.PutAll(context.Background(), map[string][]pipeline.TableRow{tableDocuments: docs, pipeline.KeptOf(tableDocuments): counts})
			}
		}
		if err == nil {
			err = s.putAnswers(context.Background(), job, answers)
		}
		if err != nil {
			t.Fatal(err)
		}
		day = day.AddDate(0, 0, 1)
	}
	return l
}

// unread is the house's tables, of which some are not to be read whole.
type unread struct {
	pipeline.Table
	t *testing.T
}

func (u unread) Rows(ctx context.Context, table string) iter.Seq2[pipeline.TableRow, error] {
	if slices.Contains([]string{tableDocuments, tableAnswers, tableMoves, tableSettled, tableNames, tableNumbers}, table) {
		u.t.Errorf("all of %s is read", table)
	}
	return u.Table.Rows(ctx, table)
}

// TestBooks_NotReadWhole: what is asked for in each run, each workbook and each look at
// how things stand reads what is open, and sums, whatever has been written in years.
func TestBooks_NotReadWhole(t *testing.T) {
	t.Parallel()
	tables := unread{bigBooks(t, t.TempDir(), 400), t}
	if open, err := Waiting(t.Context(), tables); len(open) != 200 || err != nil {
		t.Errorf("%d are open, %v", len(open), err)
	}
	if _, n, err := Gaps(t.Context(), tables, "SI-", "402", 1, 9); n != 2 || err != nil {
		t.Errorf("%d are missing, %v", n, err)
	}
	c, err := ClearingOf(t.Context(), tables, ClearingWant{Arrived: [2]string{"2023-11-26", "2023-11-26"}})
	if err != nil || len(c.Accounts) != 1 || len(c.Accounts[0].Days) != 1 || c.Accounts[0].Closing.String() != "0" || len(c.Off) > 0 {
		t.Errorf("%+v, %v", c, err)
	}
	results, err := Results(t.Context(), tables, []pipeline.Job{{Drop: "20231126-0001", Flow: "f"}}, time.UTC)
	if err != nil || len(results) != 1 || results[0].Rows != 100 {
		t.Errorf("%+v, %v", results, err)
	}
}

// TestBooks_ByHand: what somebody takes out of the ledger, or changes there, shows at
// once, whatever was kept: a number is missing, and an account closes with another sum.
func TestBooks_ByHand(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l := bigBooks(t, dir, 400)
	hand, err := sql.Open("sqlite", filepath.Join(dir, "wasl.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = hand.Close() }()
	for _, do := range []string{`DELETE FROM table_rows WHERE tbl = 'erp.documents' AND code = 'SI-000005'`,
		`UPDATE table_rows SET cols = json_set(cols, '$.amount', '-20000.00') WHERE tbl = 'erp.moves' AND code = 'k/PO-20231125-0001'`} {
		if _, err := hand.ExecContext(t.Context(), do); err != nil {
			t.Fatal(err)
		}
	}
	if numbers, n, err := Gaps(t.Context(), l, "SI-", "400", 1, 9); n != 1 || numbers[0] != "SI-000005" || err != nil {
		t.Errorf("%q are missing, %v", numbers, err)
	}
	c, err := ClearingOf(t.Context(), l, ClearingWant{})
	if err != nil || len(c.Accounts) != 1 || c.Accounts[0].Closing.String() != "100" || len(c.Off) != 1 || c.Off[0].Rule != "payout.off" {
		t.Errorf("%+v, %v", c, err)
	}
}

// BenchmarkBooks is what the ERP's books cost after three years: 200,000 orders, 400,000
// documents, 1,000 days.
func BenchmarkBooks(b *testing.B) {
	l := bigBooks(b, b.TempDir(), 200_000)
	for name, do := range map[string]func() error{
		"waiting": func() error { _, err := Waiting(b.Context(), l); return err },
		"gaps":    func() error { _, _, err := Gaps(b.Context(), l, "SI-", "200001", 1, 9); return err },
		"clearing": func() error {
			_, err := ClearingOf(b.Context(), l, ClearingWant{Arrived: [2]string{"2026-08-19", "2026-08-20"}})
			return err
		},
		"results": func() error {
			_, err := Results(b.Context(), l, []pipeline.Job{{Drop: "20260801-0001", Flow: "f"}}, time.UTC)
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
