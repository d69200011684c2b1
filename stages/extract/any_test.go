package extract

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"wasl/pipeline"
)

// TestText_Any writes tables with the standard library, in every way that exports
// come in, and reads the same cells back.
func TestText_Any(t *testing.T) {
	t.Parallel()
	ways := map[string]func([]byte) []byte{
		"utf-8":        func(b []byte) []byte { return b },
		"mark":         func(b []byte) []byte { return append([]byte("\ufeff"), b...) },
		"windows-1256": func(b []byte) []byte { return encoded(t, charmap.Windows1256.NewEncoder().Bytes, b) },
		"utf-16le": func(b []byte) []byte {
			return encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes, b)
		},
	}
	names := []string{"utf-8", "mark", "windows-1256", "utf-16le"}
	rapid.Check(t, func(t *rapid.T) {
		comma := rapid.SampledFrom([]rune{',', ';', '\t', '|'}).Draw(t, "comma")
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "end")
		way := rapid.SampledFrom(names).Draw(t, "way")
		cell := rapid.StringOfN(rapid.SampledFrom([]rune("زيتعسل 12,;|\t\"'\nab.-")), 0, 12, -1)
		n := rapid.IntRange(1, 40).Draw(t, "rows")
		var want [][]string
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = comma
		write := func(rec []string) {
			if err := w.Write(rec); err != nil {
				t.Fatal(err)
			}
		}
		write([]string{"كود الصنف", "Qty", "Name"})
		for range n {
			rec := []string{"A-" + rapid.StringMatching(`[0-9]{1,4}`).Draw(t, "sku"), "1", cell.Draw(t, "name")}
			want = append(want, rec)
			write(rec)
		}
		w.Flush()
		text := b.Bytes()
		if end != "\n" { // inside quotes, too
			text = bytes.ReplaceAll(text, []byte("\n"), []byte(end))
			for _, rec := range want {
				rec[2] = strings.ReplaceAll(rec[2], "\n", end)
			}
		}
		in := ways[way](text)
		read, rows := stock.Extract(t.Context(), pipeline.Drop{Name: "f", Size: int64(len(in))}, bytes.NewReader(in))
		var got [][]string
		for row, err := range rows {
			if err != nil {
				t.Fatalf("%v in %q", err, text)
			}
			if len(row.Faults) > 0 || row.Row != len(got)+2 {
				t.Fatalf("row %d: %v", row.Row, row.Faults)
			}
			got = append(got, row.Cells)
		}
		if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
			t.Fatalf("%+v\ngot  %q\nwant %q", read, got, want)
		}
	})
}

func encoded(t *testing.T, encode func([]byte) ([]byte, error), b []byte) []byte {
	out, err := encode(b)
	if err != nil {
		t.Error(err)
	}
	return out
}
