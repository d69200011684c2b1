package extract

import (
	"encoding/binary"
	"errors"
	"unicode/utf16"
)

// Marks in the table of sectors ([MS-CFB] 2.1).
const (
	oleEnd     = 0xfffffffe
	oleMax     = 0xfffffffa // the highest number of a sector
	oleNoEntry = 0xffffffff
	oleEntry   = 128  // bytes of an entry of the directory
	oleMini    = 64   // bytes of a small sector
	oleSmall   = 4096 // streams below it lie in small sectors
	oleHeadFAT = 109  // sectors of the table that the head names itself
)

var errOLE = errors.New("the container is cut off, or its sectors go in a circle")

// ole is a container of streams, OLE 2. Only the streams in its root are looked at.
type ole struct {
	file   *file
	sector int
	head   []byte
	fat    []uint32 // for each sector the next one of its stream
	dir    []byte
}

type oleStream struct {
	name  string
	start uint32
	size  int64
}

// openOLE reads the container's table and directory.
func (f *file) openOLE() (*ole, error) {
	head, err := f.bytes(0, 512)
	if err != nil {
		return nil, err
	}
	o := &ole{file: f, head: head}
	if len(head) < 512 {
		return nil, errOLE
	}
	switch binary.LittleEndian.Uint16(head[30:]) {
	case 9:
		o.sector = 512
	case 12:
		o.sector = 4096
	default:
		return nil, errOLE
	}
	if err := o.readFAT(); err != nil {
		return nil, err
	}
	o.dir, err = o.chain(binary.LittleEndian.Uint32(head[48:]), -1)
	return o, err
}

// readFAT reads the table of sectors: where its own sectors are says the head, and
// for the rest a chain of further ones.
func (o *ole) readFAT() error {
	at := make([]byte, 0, 4*oleHeadFAT)
	at = append(at, o.head[76:512]...)
	most := int(o.file.drop.Size)/o.sector + 1
	for next, n := binary.LittleEndian.Uint32(o.head[68:]), 0; next < oleMax; n++ {
		b, err := o.at(next)
		if err != nil {
			return err
		}
		if n > most {
			return errOLE
		}
		at = append(at, b[:o.sector-4]...)
		next = binary.LittleEndian.Uint32(b[o.sector-4:])
	}
	for i := 0; i+4 <= len(at); i += 4 {
		n := binary.LittleEndian.Uint32(at[i:])
		if n >= oleMax {
			continue
		}
		if len(o.fat) > most {
			return errOLE
		}
		b, err := o.at(n)
		if err != nil {
			return err
		}
		o.fat = append(o.fat, numbers(b)...)
	}
	return nil
}

func numbers(b []byte) []uint32 {
	out := make([]uint32, len(b)/4)
	for i := range out {
		out[i] = binary.LittleEndian.Uint32(b[4*i:])
	}
	return out
}

// at is a sector; one that lies beyond the end of the file is an error.
func (o *ole) at(n uint32) ([]byte, error) {
	b, err := o.file.bytes((int64(n)+1)*int64(o.sector), o.sector)
	if err == nil && len(b) < o.sector {
		err = errOLE
	}
	return b, err
}

// chain is the bytes of a chain of sectors, up to size; -1 for all of it.
func (o *ole) chain(from uint32, size int64) ([]byte, error) {
	var out []byte
	if size >= 0 {
		out = make([]byte, 0, size+int64(o.sector))
	}
	for n, steps := from, 0; n < oleMax; steps++ {
		if steps > len(o.fat) || int64(n) >= int64(len(o.fat)) {
			return nil, errOLE
		}
		b, err := o.file.bytes((int64(n)+1)*int64(o.sector), o.sector)
		if err != nil {
			return nil, err
		}
		if len(b) < o.sector && int64(len(out)+len(b)) < size { // the last one need not be whole
			return nil, errOLE
		}
		if out = append(out, b...); size >= 0 && int64(len(out)) > size+int64(o.sector) {
			return nil, errOLE
		}
		n = o.fat[n]
	}
	if size < 0 {
		return out, nil
	}
	if int64(len(out)) < size {
		return nil, errOLE
	}
	return out[:size], nil
}

// streams are those in the root.
func (o *ole) streams() ([]oleStream, error) {
	if len(o.dir) < oleEntry {
		return nil, errOLE
	}
	var out []oleStream
	seen := map[uint32]bool{}
	for todo := []uint32{binary.LittleEndian.Uint32(o.dir[76:])}; len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if n == oleNoEntry {
			continue
		}
		if seen[n] || int64(n) >= int64(len(o.dir)/oleEntry) {
			return nil, errOLE
		}
		seen[n] = true
		e := o.dir[int(n)*oleEntry:][:oleEntry]
		todo = append(todo, binary.LittleEndian.Uint32(e[68:]), binary.LittleEndian.Uint32(e[72:]))
		if e[66] == 2 { // a stream
			size := int64(binary.LittleEndian.Uint32(e[120:]))
			out = append(out, oleStream{name: oleName(e), start: binary.LittleEndian.Uint32(e[116:]), size: size})
		}
	}
	return out, nil
}

func oleName(e []byte) string {
	n := min(int(binary.LittleEndian.Uint16(e[64:])), 64)/2 - 1
	var units []uint16
	for i := range max(0, n) {
		units = append(units, binary.LittleEndian.Uint16(e[2*i:]))
	}
	return string(utf16.Decode(units))
}

// read is the bytes of a stream.
func (o *ole) read(s oleStream) ([]byte, error) {
	if s.size > o.file.drop.Size {
		return nil, errOLE
	}
	if s.size >= oleSmall {
		return o.chain(s.start, s.size)
	}
	table, err := o.chain(binary.LittleEndian.Uint32(o.head[60:]), -1)
	if err != nil {
		return nil, err
	}
	all, err := o.chain(binary.LittleEndian.Uint32(o.dir[116:]), -1)
	if err != nil {
		return nil, err
	}
	next := numbers(table)
	var out []byte
	for n := s.start; int64(len(out)) < s.size; n = next[n] {
		if int64(n) >= int64(len(next)) || (int(n)+1)*oleMini > len(all) {
			return nil, errOLE
		}
		out = append(out, all[int(n)*oleMini:][:oleMini]...)
	}
	return out[:s.size], nil
}
