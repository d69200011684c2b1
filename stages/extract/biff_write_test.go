package extract

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
	"unicode/utf16"
)

// records writes a stream of BIFF, a record at a time.
type records struct{ b []byte }

func (w *records) add(kind int, parts ...any) int {
	var body []byte
	for _, p := range parts {
		switch v := p.(type) {
		case int: // two bytes
			body = binary.LittleEndian.AppendUint16(body, uint16(v))
		case uint32:
			body = binary.LittleEndian.AppendUint32(body, v)
		case byte:
			body = append(body, v)
		case float64:
			body = binary.LittleEndian.AppendUint64(body, math.Float64bits(v))
		case []byte:
			body = append(body, v...)
		case string:
			body = append(body, v...)
		}
	}
	at := len(w.b)
	w.b = binary.LittleEndian.AppendUint16(w.b, uint16(kind))
	w.b = binary.LittleEndian.AppendUint16(w.b, uint16(len(body)))
	w.b = append(w.b, body...)
	return at
}

// wide is a text of Excel 97, with two bytes a letter; its length is not in it.
func wide(s string) []byte {
	b := []byte{1}
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// book8 is a stream of Excel 97 with sheets of what fill writes.
func book8(globals func(w *records), names []string, hidden int, fill func(w *records, sheet int)) []byte {
	w := &records{}
	w.add(recBOF, 0x0600, subGlobals, 0, 0, uint32(0), uint32(0))
	w.add(recCodePage, 1200)
	globals(w)
	var at []int
	for i, name := range names {
		state := byte(0)
		if i < hidden {
			state = 1
		}
		at = append(at, w.add(recBoundSheet, uint32(0), state, byte(0), byte(units(name)), wide(name)))
	}
	w.add(recEOF)
	for i := range names {
		binary.LittleEndian.PutUint32(w.b[at[i]+4:], uint32(len(w.b)))
		w.add(recBOF, 0x0600, subSheet, 0, 0, uint32(0), uint32(0))
		fill(w, i)
		w.add(recEOF)
	}
	return w.b
}

// inOLE puts a stream into a container of its own, sectors of 512 bytes.
func inOLE(t testing.TB, name string, s []byte) []byte {
	t.Helper()
	s = append(bytes.Clone(s), make([]byte, max(0, 4096-len(s)))...) // shorter ones have other rules
	sectors := (len(s) + 511) / 512
	fats := (sectors + 2 + 127) / 127
	const end, fat = 0xfffffffe, 0xfffffffd
	head := make([]byte, 512)
	copy(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	le := binary.LittleEndian
	for at, v := range map[int]uint16{24: 0x3e, 26: 3, 28: 0xfffe, 30: 9, 32: 6} {
		le.PutUint16(head[at:], v)
	}
	for at, v := range map[int]uint32{44: uint32(fats), 48: uint32(fats), 56: 4096, 60: end, 68: end} {
		le.PutUint32(head[at:], v)
	}
	if fats > 109 {
		t.Fatal("a larger container than this writer makes")
	}
	for i := range 109 {
		v := uint32(0xffffffff)
		if i < fats {
			v = uint32(i)
		}
		le.PutUint32(head[76+4*i:], v)
	}
	var table []byte
	for range fats {
		table = le.AppendUint32(table, fat)
	}
	table = le.AppendUint32(table, end) // the directory
	for i := range sectors {
		next := uint32(fats + 1 + i + 1)
		if i == sectors-1 {
			next = end
		}
		table = le.AppendUint32(table, next)
	}
	for len(table) < 512*fats {
		table = le.AppendUint32(table, 0xffffffff)
	}
	entry := func(name string, kind byte, child, start uint32, size int) []byte {
		e := make([]byte, 128)
		for i, u := range utf16.Encode([]rune(name)) {
			le.PutUint16(e[2*i:], u)
		}
		le.PutUint16(e[64:], uint16(2*len(name)+2))
		e[66], e[67] = kind, 1
		le.PutUint32(e[68:], 0xffffffff)
		le.PutUint32(e[72:], 0xffffffff)
		le.PutUint32(e[76:], child)
		le.PutUint32(e[116:], start)
		le.PutUint32(e[120:], uint32(size))
		return e
	}
	out := append(head, table...)
	out = append(out, entry("Root Entry", 5, 1, end, 0)...)
	out = append(out, entry(name, 2, 0xffffffff, uint32(fats+1), len(s))...)
	out = append(out, make([]byte, 256)...)
	out = append(out, s...)
	return append(out, make([]byte, 512*sectors-len(s))...)
}
