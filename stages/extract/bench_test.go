package extract

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"wasl/pipeline"
)

func stockFile(rows int) []byte {
	var b bytes.Buffer
	b.WriteString("كود الصنف,الباركود,اسم الصنف,المجموعة,المخزن,الوحدة,الكمية,محجوز,السعر,الضريبة,تاريخ,نشط\r\n")
	for i := range rows {
		fmt.Fprintf(&b, "A-%06d,6221%09d,زيت زيتون بكر ممتاز %d مل,زيوت,المخزن الرئيسي,قطعة,%d,%d,\"1,%03d.50\",14,24/11/2026,نعم\r\n", i, i, i%1000, i%500, i%7, i%1000)
	}
	return b.Bytes()
}

func drain(b *testing.B, o Options, in []byte) {
	b.Helper()
	_, rows := o.Extract(b.Context(), pipeline.Drop{Name: "f", Size: int64(len(in))}, bytes.NewReader(in))
	for _, err := range rows {
		if err != nil {
			b.Fatal(err)
		}
	}
}

func perSecond(b *testing.B, rows int) {
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkCSV(b *testing.B) {
	const rows = 100_000
	utf8 := stockFile(rows)
	arabic, err := charmap.Windows1256.NewEncoder().Bytes(utf8)
	if err != nil {
		b.Fatal(err)
	}
	for name, in := range map[string][]byte{"utf-8": utf8, "windows-1256": arabic} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				drain(b, stock, in)
			}
			perSecond(b, rows)
		})
	}
	b.Run("typed", func(b *testing.B) { // with the pass that tells styles, and sums
		o := Options{Columns: []Column{{Names: []string{"كود الصنف"}, Required: true}, {Names: []string{"الكمية"}, Required: true, Type: pipeline.Quantity},
			{Names: []string{"السعر"}, Type: pipeline.Amount}, {Names: []string{"تاريخ"}, Type: pipeline.Date}}}
		b.SetBytes(int64(len(utf8)))
		b.ReportAllocs()
		for b.Loop() {
			drain(b, o, utf8)
		}
		perSecond(b, rows)
	})
	// The baseline: the standard library, all columns, nothing kept.
	b.Run("encoding-csv", func(b *testing.B) {
		b.SetBytes(int64(len(utf8)))
		for b.Loop() {
			r := csv.NewReader(bytes.NewReader(utf8))
			r.ReuseRecord = true
			for {
				if _, err := r.Read(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
		perSecond(b, rows)
	})
}

func BenchmarkXLSX(b *testing.B) {
	const rows = 20_000
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for i := range rows + 1 {
		cells := []any{"SKU", "Qty", "Price", "Name", "a", "b", "c", "d", "e", "f", "g", "h"}
		if i > 0 {
			cells = []any{fmt.Sprintf("A-%06d", i), i % 500, float64(i%1000) + 0.5, "زيت زيتون", i, "x", "y", 14, 0.14, strings.Repeat("z", 12), i, "نعم"}
		}
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			b.Fatal(err)
		}
		if err := w.SetRow(at, cells); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		b.Fatal(err)
	}
	b.Run("extract", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			drain(b, stock, buf.Bytes())
		}
		perSecond(b, rows)
	})
	b.Run("excelize-GetRows", func(b *testing.B) {
		for b.Loop() {
			g, err := excelize.OpenReader(bytes.NewReader(buf.Bytes()))
			if err != nil {
				b.Fatal(err)
			}
			got, err := g.GetRows("Sheet1")
			if err != nil || len(got) != rows+1 {
				b.Fatal(len(got), err)
			}
		}
		perSecond(b, rows)
	})
}
