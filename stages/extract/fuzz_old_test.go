package extract

import (
	"bytes"
	"os"
	"testing"
)

// FuzzBIFF changes streams of old workbooks, in a container and bare. Reading them
// never panics, always ends, and gives rows in their order or a refusal.
func FuzzBIFF(f *testing.F) {
	real, err := os.ReadFile("testdata/reports/xls/excel97.xls")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(real, uint16(0), byte(0))
	for _, version := range []int{2, 3, 4, 5} {
		f.Add(old(version, windows1256, 1256), uint16(40), byte(1))
	}
	f.Add(inOLE(f, "Book", old(5, cp720, 0)), uint16(512), byte(3))
	f.Add(one8(f, func(w *records) {
		w.add(recMulRK, 1, 1, 0, uint32(5<<2|2), 3, uint32(7<<2|2), 2)
		w.add(recFormula, 1, 3, 0, []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, 0, uint32(0), 0)
		w.add(recString, 3, wide("زيت"))
		w.add(recContinue, byte(1), "ab")
	}), uint16(1100), byte(9))
	f.Fuzz(func(t *testing.T, b []byte, at uint16, change byte) {
		if len(b) == 0 || len(b) > 1<<20 {
			return
		}
		b = bytes.Clone(b)
		b[int(at)%len(b)] ^= change
		whole(t, b)
		whole(t, inOLE(t, "Workbook", b[:min(len(b), 1<<16)]))
	})
}

// FuzzHTML reads pages and XML workbooks. Tables that are closed are read or
// refused, whatever stands between.
func FuzzHTML(f *testing.F) {
	for _, path := range []string{"testdata/reports/xls/html.xls", "testdata/reports/xls/xml2003.xls"} {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, s := range []string{"<table><tr><td rowspan=3 colspan=2>SKU<td>Qty<table><td>x</table><tr><td>1</table>", "<!DOCTYPE html><style>.a{mso-number-format:00000}</style><table><td class=a x:num=1>1</table>",
		"<title>x", "<a><![CDATA[", "\xff\xfe<\x00t\x00a\x00b\x00l\x00e\x00>\x00<\x00t\x00d\x00>\x00x\x00"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { whole(t, append([]byte("<html>"), b...)) })
}

// FuzzSniff reads files of any kind, by their bytes alone: in a ZIP they are the
// same.
func FuzzSniff(f *testing.F) {
	for _, s := range []string{"SKU,Qty\nA,1\n", "PK\x03\x04", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "\x09\x08\x10\x00\x00\x06\x05\x00", "\xfe\xff\x00S\x00K", "<?xml?><Workbook>", "\xd2\xed\xca,1\n", "%PDF-1.4", "Ø²ÙŠØª,1\n2,3\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		whole(t, b)
		if len(b) == 0 || kindOf(b[:min(len(b), headBytes)]) == workbook {
			return
		}
		rows, _, err := readBytes(t, Options{}, "f", b)
		in := zipped(t, "f", string(b))
		zippedRows, _, other := readBytes(t, Options{}, "z", in)
		if (err == nil) != (other == nil) || len(rows) != len(zippedRows) {
			t.Errorf("%d rows (%v), in a ZIP %d (%v)", len(rows), err, len(zippedRows), other)
		}
	})
}
