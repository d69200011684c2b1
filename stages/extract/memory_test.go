//go:build linux

package extract

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"wasl/pipeline"
)

// How much memory a process may hold while it reads a file of any number of rows,
// all of it: the program itself counts, too.
const (
	mostCSV  = 32 << 20
	mostXLSX = 48 << 20
)

// readerVariable makes the test binary read the file that it names.
const readerVariable = "WASL_EXTRACT_READS"

// typed asks for columns of the stock file as a mapping does: their styles are
// told from the whole file before its first row, and its numbers are summed.
var typed = Options{Columns: []Column{{Names: []string{"كود الصنف"}, Required: true, Type: pipeline.Code}, {Names: []string{"الكمية"}, Required: true, Type: pipeline.Quantity},
	{Names: []string{"السعر"}, Type: pipeline.Amount}, {Names: []string{"تاريخ"}, Type: pipeline.Date}}}

// largeFile is a file to be read, and the most memory that it may take.
type largeFile struct {
	name  string
	write func(w io.Writer, rows int) error
	rows  int
	most  int64
}

func largeFiles(csv, xlsx int) []largeFile {
	return []largeFile{{"stock.csv", writeCSV, csv, mostCSV}, {"inline.xlsx", writeInline, xlsx, mostXLSX}, {"shared.xlsx", writeShared, xlsx, mostXLSX}}
}

// TestMemory_Flat reads large files, each in a process of its own. The full sizes
// are BenchmarkMemory's.
func TestMemory_Flat(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("large files")
	}
	dir := t.TempDir()
	for _, c := range largeFiles(200_000, 40_000) {
		got := peak(t, dir, c)
		// On a machine that is busy with something else the collector comes late:
		// what the reader needs is the least that it ever got by with.
		for again := 0; got > c.most && again < 2; again++ {
			got = min(got, peak(t, dir, c))
		}
		t.Logf("%s: %d KiB for %d rows", c.name, got>>10, c.rows)
		if got > c.most {
			t.Errorf("%s: %d MiB, the limit is %d", c.name, got>>20, c.most>>20)
		}
	}
}

// BenchmarkMemory is TestMemory_Flat at full size.
func BenchmarkMemory(b *testing.B) {
	for _, c := range largeFiles(1_000_000, 200_000) {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				got := peak(b, b.TempDir(), c)
				b.ReportMetric(float64(got)/(1<<20), "peak-MiB")
				if got > c.most {
					b.Errorf("%d MiB, the limit is %d", got>>20, c.most>>20)
				}
			}
		})
	}
}

// peak is the most memory that a process held which read the file.
func peak(t testing.TB, dir string, f largeFile) int64 {
	t.Helper()
	path := filepath.Join(dir, f.name)
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(out, 1<<20)
	if err := f.write(w, f.rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestMemory_Reader$", "-test.v")
	cmd.Env = append(os.Environ(), readerVariable+"="+path)
	said, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	_, rest, _ := strings.Cut(string(said), "rows=")
	var got int
	var kib int64
	if _, err := fmt.Sscanf(rest, "%d peak=%d", &got, &kib); err != nil || got != f.rows {
		t.Fatalf("%d of %d rows, %v\n%s", got, f.rows, err, said)
	}
	return kib << 10
}

// TestMemory_Reader is the process that peak starts: no test of its own.
func TestMemory_Reader(t *testing.T) {
	path := os.Getenv(readerVariable)
	if path == "" {
		t.Skip("started by TestMemory_Flat")
	}
	in, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }() // it was only read
	stat, err := in.Stat()
	if err != nil {
		t.Fatal(err)
	}
	read, rows := typed.Extract(t.Context(), pipeline.Drop{Name: filepath.Base(path), Size: stat.Size()}, in)
	for _, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:")) // the most that was resident, in KiB
	fields := strings.Fields(string(rest))
	kib, err := strconv.Atoi(fields[0])
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("rows=%d peak=%d\n", read.Rows, kib)
}

// stockRow is a row of a stock report of twelve columns, in which each item has a
// row for each of four warehouses.
func stockRow(row int) []string {
	i := row / 4
	return []string{fmt.Sprintf("A-%07d", i), fmt.Sprintf("6221%09d", i), fmt.Sprintf("زيت زيتون بكر ممتاز %d مل", i), "زيوت", "مخزن " + strconv.Itoa(row%4), "قطعة",
		strconv.Itoa(row % 500), strconv.Itoa(i % 7), fmt.Sprintf("%d.50", 1000+i%1000), "14", "24/11/2026", "نعم"}
}

var stockHeader = strings.Split("كود الصنف,الباركود,اسم الصنف,المجموعة,المخزن,الوحدة,الكمية,محجوز,السعر,الضريبة,تاريخ,نشط", ",")

func writeCSV(w io.Writer, rows int) error {
	arabic := charmap.Windows1256.NewEncoder().Writer(w)
	if _, err := io.WriteString(arabic, strings.Join(stockHeader, ",")+"\r\n"); err != nil {
		return err
	}
	for i := range rows {
		if _, err := io.WriteString(arabic, strings.Join(stockRow(i), ",")+"\r\n"); err != nil {
			return err
		}
	}
	return nil
}

// writeInline writes a workbook whose texts stand in their cells.
func writeInline(w io.Writer, rows int) error {
	return writeBook(w, rows, func(text string) string { return `t="inlineStr"><is><t>` + text + `</t></is>` }, nil)
}

// writeShared writes a workbook whose texts stand in one list.
func writeShared(w io.Writer, rows int) error {
	at, list := map[string]int{}, []string(nil)
	return writeBook(w, rows, func(text string) string {
		n, ok := at[text]
		if !ok {
			n = len(list)
			at[text], list = n, append(list, text)
		}
		return `t="s"><v>` + strconv.Itoa(n) + `</v>`
	}, func() []string { return list })
}

func writeBook(w io.Writer, rows int, text func(string) string, shared func() []string) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	rels := `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	office := `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	for _, p := range [][2]string{
		{"_rels/.rels", rels + `<Relationship Id="rId1" Type="` + office + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns:r="` + office + `"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", rels + `<Relationship Id="rId1" Type="` + office + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			map[bool]string{true: `<Relationship Id="rId2" Type="` + office + `/sharedStrings" Target="sharedStrings.xml"/>`}[shared != nil] + `</Relationships>`},
	} {
		if err := part(z, p[0], p[1]); err != nil {
			return err
		}
	}
	sheet, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	out := bufio.NewWriter(sheet) // its first error comes back from Flush
	_, _ = out.WriteString("<worksheet><sheetData>")
	for i := range rows + 1 {
		cells := stockHeader
		if i > 0 {
			cells = stockRow(i)
		}
		_, _ = fmt.Fprintf(out, `<row r="%d">`, i+1)
		for col, c := range cells {
			_, _ = fmt.Fprintf(out, `<c r="%c%d" `, 'A'+col, i+1)
			if i > 0 && col > 5 && col < 10 {
				_, _ = out.WriteString("><v>" + c + "</v></c>")
				continue
			}
			_, _ = out.WriteString(text(c) + "</c>")
		}
		_, _ = out.WriteString("</row>")
	}
	_, _ = out.WriteString("</sheetData></worksheet>")
	if err := out.Flush(); err != nil {
		return err
	}
	if shared != nil {
		if err := part(z, "xl/sharedStrings.xml", "<sst><si><t>"+strings.Join(shared(), "</t></si><si><t>")+"</t></si></sst>"); err != nil {
			return err
		}
	}
	return z.Close()
}

func part(z *zip.Writer, name, text string) error {
	w, err := z.Create(name)
	if err == nil {
		_, err = io.WriteString(w, text)
	}
	return err
}
