package extract

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"unsafe"

	"wasl/pipeline"
)

// Limits for any file of the corpus.
const (
	mostTime   = 10 * time.Second
	mostMemory = 512 << 20
)

// measured reads a file as a flow does, and gives the time it took and the most
// memory that was held meanwhile, beyond what was held before.
func measured(t *testing.T, b []byte) (time.Duration, uint64) {
	t.Helper()
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	most, done, stopped := uint64(0), make(chan struct{}), make(chan struct{})
	go func() { // it looks on from beside
		defer close(stopped)
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc-min(now.HeapAlloc, before.HeapAlloc))
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	}()
	begin := time.Now()
	_, rows := stock.Extract(t.Context(), pipeline.Drop{Name: "f", Size: int64(len(b))}, bytes.NewReader(b))
	for _, err := range rows {
		if err != nil {
			break
		}
	}
	took := time.Since(begin)
	close(done)
	<-stopped
	return took, most
}

func within(t *testing.T, name string, b []byte) {
	t.Helper()
	took, most := measured(t, b)
	t.Logf("%s: %v, %d KiB", name, took.Round(time.Millisecond), most>>10)
	if took > mostTime || most > mostMemory {
		t.Errorf("%s: %v and %d MiB; the limits are %v and %d MiB", name, took, most>>20, mostTime, mostMemory>>20)
	}
}

// TestLimits_Corpus measures every bad file. It is not parallel: other tests'
// memory would count.
func TestLimits_Corpus(t *testing.T) {
	dir := corpus(t, "badfiles")
	for _, path := range glob(t, dir, "*.*") {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		within(t, filepath.Base(path), b)
	}
}

// TestLimits_Hostile measures files that cost as much as they can.
func TestLimits_Hostile(t *testing.T) {
	if testing.Short() || unsafe.Sizeof(0) < 8 {
		t.Skip("large files")
	}
	rk := wide8(t, func(w *records) { // rows of as many numbers as a record holds
		for row := range 40_000 {
			parts := []any{row, 0}
			for range 250 {
				parts = append(parts, 0, uint32(7<<2|2))
			}
			w.add(recMulRK, append(parts, 249)...)
		}
	})
	within(t, "numbers in BIFF", rk)
	within(t, "cells in HTML", []byte("<table>"+strings.Repeat("<tr>"+strings.Repeat("<td>a", 200), 15_000)+"</table>"))
	within(t, "reaching cells in HTML", []byte("<table>"+strings.Repeat("<tr><td rowspan=9999 colspan=256>a<td>b", 150_000)+"</table>"))
	within(t, "tables in HTML", []byte(strings.Repeat("<table><tr><td>a<td>b</table>", maxParts)+strings.Repeat("x", 30<<20)))
	within(t, "damaged text", []byte("SKU,Qty,Name\n"+strings.Repeat("A-1,1,"+asLatin([]byte("زيت زيتون"))+"\n", 300_000)))
	within(t, "XML", xml2003("", `<Worksheet ss:Name="S"><Table><Row><Cell><Data ss:Type="String">SKU</Data></Cell><Cell><Data ss:Type="String">Qty</Data></Cell></Row>`+strings.Repeat(`<Row>`+strings.Repeat(`<Cell><Data ss:Type="Number">1</Data></Cell>`, 100)+`</Row>`, 10_000)+`</Table></Worksheet>`))
}

// wide8 is a workbook of Excel 97, in no container.
func wide8(t *testing.T, fill func(w *records)) []byte {
	t.Helper()
	t.Helper()
	return book8(func(*records) {}, []string{"S"}, 0, func(w *records, _ int) {
		w.add(recLabel, 0, 0, 0, 3, byte(0), "SKU")
		w.add(recLabel, 0, 1, 0, 3, byte(0), "Qty")
		fill(w)
	})
}
