package reconcile

import (
	"context"
	"fmt"
	"io"
	"iter"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// month is Books that make n orders of three lines as they are asked for, each
// with its receipt: a ledger gives them one by one, too.
type month struct {
	n    int
	jobs []pipeline.Opened
}

func newMonth(n int) *month {
	l := &ledger{}
	for _, flow := range [][2]string{{"orders-to-erp", kindOrder}, {"orders-to-eta", kindReceipt}} {
		j := l.job("20261125-0001", "orders.csv", flow[0], flow[1], 3*n)
		j.States[pipeline.Delivered], j.RowsBy[pipeline.Delivered] = n, 3*n
	}
	return &month{n: n, jobs: l.jobs}
}

func (m *month) Jobs(context.Context, string, string) ([]pipeline.Opened, error) { return m.jobs, nil }

func (m *month) Problems(context.Context, string, string) iter.Seq2[pipeline.Noted, error] {
	return func(func(pipeline.Noted, error) bool) {}
}

func (m *month) Entries(context.Context, string, string) iter.Seq2[pipeline.Entry, error] {
	at := time.Date(2026, 11, 25, 19, 0, 0, 0, time.UTC)
	line := `{"internalCode":"SKU-12345","description":"قميص قطن أبيض مقاس كبير","itemType":"EGS","itemCode":"EG-100200300-12345","unitType":"EA",` +
		`"quantity":2,"unitPrice":109.64912,"netSale":219.29825,"totalSale":219.29825,"total":250,"taxableItems":[{"taxType":"T1","amount":30.70175,"subType":"V009","rate":14}]}`
	return func(yield func(pipeline.Entry, error) bool) {
		for _, j := range m.jobs {
			for i := range m.n {
				e := sale(strconv.Itoa(5_500_000_000_000+i), "#"+strconv.Itoa(100_000+i), "2026-11-"+fmt.Sprintf("%02d", 1+i%30), "EGP", "750.00")
				e.State, e.Kind, e.Job, e.Drop, e.Rows, e.Sent, e.Settled = pipeline.Delivered, j.Kind, j.Job, j.Drop.Name, 3, at, at
				e.Ref = "SO-" + strconv.Itoa(i)
				if j.Kind == kindReceipt {
					e = sealed(e, i+1, "92.10525")
					e.Sealed = []byte(strings.Replace(string(e.Sealed), `{"description":"قميص «قطن»","quantity":1}`, line+","+line+","+line, 1))
				}
				if !yield(e, nil) {
					return
				}
			}
		}
	}
}

// BenchmarkWrite writes the workbook of 100,000 orders, beside what excelize
// alone takes for as many cells, and the bytes of heap that it holds at most.
func BenchmarkWrite(b *testing.B) {
	const n = 100_000
	b.Run("workbook", func(b *testing.B) {
		dir, m := b.TempDir(), newMonth(n)
		for b.Loop() {
			peak := watch(func() {
				if _, err := Write(b.Context(), m, dir, dayOne, dayOne, Options{Link: func(e pipeline.Entry) string { return "https://invoicing.eta.gov.eg/receipts/search/" + e.Ref }}); err != nil {
					b.Fatal(err)
				}
			})
			b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
		}
	})
	b.Run("excelize", func(b *testing.B) {
		for b.Loop() {
			peak := watch(func() { bare(b, n) })
			b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
		}
	})
	b.Run("entries", func(b *testing.B) {
		m := newMonth(n)
		for b.Loop() {
			for range m.Entries(b.Context(), "", "") {
			}
		}
	})
	b.Run("parse", func(b *testing.B) {
		var doc pipeline.Document
		for e := range newMonth(1).Entries(b.Context(), "", "") {
			doc = e.Document
		}
		b.SetBytes(int64(len(doc.Sealed)))
		for b.Loop() {
			readReceipt(doc)
		}
	})
}

// bare writes two tables as large with excelize's stream writer alone.
func bare(b *testing.B, n int) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	id, err := f.NewStyle(style(plain, false))
	if err != nil {
		b.Fatal(err)
	}
	at := time.Date(2026, 11, 25, 19, 0, 0, 0, time.UTC)
	for _, table := range []struct {
		name string
		cols int
	}{{"A", len(ordersColumns)}, {"B", len(receiptsColumns)}} {
		if _, err := f.NewSheet(table.name); err != nil {
			b.Fatal(err)
		}
		w, err := f.NewStreamWriter(table.name)
		if err != nil {
			b.Fatal(err)
		}
		row := make([]any, table.cols)
		for r := range n {
			texts := []string{"#" + strconv.Itoa(100_000+r), "SO-" + strconv.Itoa(r), "delivered", fmt.Sprintf("%064x", r), "EGP"}
			for c := range row {
				var v any = texts[c%len(texts)]
				switch c % 4 {
				case 1:
					v = 750.25
				case 3:
					v = at
				}
				row[c] = excelize.Cell{StyleID: id, Value: v}
			}
			if err := w.SetRow("A"+strconv.Itoa(r+1), row); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	}
	if err := f.Write(io.Discard); err != nil {
		b.Fatal(err)
	}
}

// watch does something and gives the most memory that was in use meanwhile, as
// the runtime counts it.
func watch(do func()) (peak uint64) {
	runtime.GC()
	done, seen := make(chan struct{}), make(chan uint64)
	go func() {
		most, tick := uint64(0), time.NewTicker(20*time.Millisecond)
		defer tick.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.Sys-m.HeapReleased)
			select {
			case <-done:
				seen <- most
				return
			case <-tick.C:
			}
		}
	}()
	do()
	close(done)
	return <-seen
}
