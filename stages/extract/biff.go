package extract

import (
	"encoding/binary"
	"errors"
	"math"
)

// A workbook of Excel before 2007 is a stream of records: two bytes of kind, two
// of length, then that many bytes (BIFF). The numbers of records and their fields
// are those of [MS-XLS] and, before Excel 97, of OpenOffice's "Excel File Format".
const (
	recBOF2        = 0x0009
	recBOF3        = 0x0209
	recBOF4        = 0x0409
	recBOF         = 0x0809 // Excel 5 and later
	recEOF         = 0x000a
	recContinue    = 0x003c
	recFilePass    = 0x002f
	recCodePage    = 0x0042
	recDateMode    = 0x0022
	recBoundSheet  = 0x0085
	recSheetHeader = 0x008f // of a workbook of Excel 4
	recFormat2     = 0x001e
	recFormat      = 0x041e
	recXF2         = 0x0043
	recXF3         = 0x0243
	recXF4         = 0x0443
	recXF          = 0x00e0
	recSST         = 0x00fc
	recRow         = 0x0208
	recInteger2    = 0x0002
	recNumber2     = 0x0003
	recLabel2      = 0x0004
	recBoolErr2    = 0x0005
	recFormula     = 0x0006 // of Excel 2, and again since 5
	recFormula3    = 0x0206
	recFormula4    = 0x0406
	recString2     = 0x0007
	recNumber      = 0x0203
	recLabel       = 0x0204
	recBoolErr     = 0x0205
	recString      = 0x0207
	recRK          = 0x027e
	recMulRK       = 0x00bd
	recMerged      = 0x00e5
	recRString     = 0x00d6
	recLabelSST    = 0x00fd
	recShared      = 0x04bc
	recShared5     = 0x00bc
	recArray       = 0x0221
	recTable       = 0x0236
)

// Kinds of what a BOF begins.
const (
	subGlobals   = 0x0005
	subSheet     = 0x0010
	subMacros    = 0x0040
	subWorkbook4 = 0x0100
)

var (
	errBIFF    = errors.New("a record of the workbook is damaged")
	errBIFFCut = errors.New("the workbook ends before its last record")
)

// A record is one of a stream; at is where its head stands.
type record struct {
	kind uint16
	at   int
	body []byte
}

// end is where the next record begins.
func (r record) end() int { return r.at + 4 + len(r.body) }

// u16 is a number at an offset of the body; 0 beyond its end.
func (r record) u16(at int) int {
	if at+2 > len(r.body) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(r.body[at:]))
}

func (r record) u32(at int) uint32 {
	if at+4 > len(r.body) {
		return 0
	}
	return binary.LittleEndian.Uint32(r.body[at:])
}

func (r record) float(at int) float64 { return floatOf(binary.LittleEndian.Uint64(r.body[at:])) }

func floatOf(bits uint64) float64 { return math.Float64frombits(bits) }

// stream is the bytes of a workbook.
type stream []byte

// record is the one whose head stands at an offset. A length that points beyond
// the end means that the file was cut off.
func (s stream) record(at int) (record, error) {
	if at < 0 || at+4 > len(s) {
		return record{}, errBIFFCut
	}
	r := record{kind: binary.LittleEndian.Uint16(s[at:]), at: at}
	n := int(binary.LittleEndian.Uint16(s[at+2:]))
	if at+4+n > len(s) {
		return record{}, errBIFFCut
	}
	r.body = s[at+4 : at+4+n]
	return r, nil
}

// substream hands on the records from a BOF to its EOF. What stands between a BOF
// and an EOF inside it, a chart for example, is passed over unless all is set.
func (s stream) substream(at int, all bool, take func(r record) error) error {
	r, err := s.record(at)
	if err != nil {
		return err
	}
	if !r.begins() {
		return errBIFF
	}
	for depth := 1; depth > 0; {
		if r, err = s.record(r.end()); err != nil {
			return err
		}
		switch {
		case r.begins():
			depth++
		case r.kind == recEOF:
			depth--
			continue
		}
		if depth == 1 || all {
			if err := take(r); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r record) begins() bool {
	return r.kind == recBOF || r.kind == recBOF2 || r.kind == recBOF3 || r.kind == recBOF4
}

// version is the version of Excel's format that a BOF states: 2, 3, 4, 5 (also of
// Excel 95) or 8 (97 to 2003); 0 where it is none of them.
func (r record) version() int {
	switch {
	case r.kind == recBOF2:
		return 2
	case r.kind == recBOF3:
		return 3
	case r.kind == recBOF4:
		return 4
	case r.kind == recBOF && r.u16(0) == 0x0500:
		return 5
	case r.kind == recBOF && r.u16(0) == 0x0600:
		return 8
	}
	return 0
}

// bareBIFF tells whether bytes begin with a BOF, which outside a container the
// workbooks of Excel 2 to 4 do.
func bareBIFF(head []byte) bool {
	if len(head) < 8 || int(head[2]) < 4 || head[2] > 16 || head[3] != 0 {
		return false
	}
	r := record{kind: binary.LittleEndian.Uint16(head), body: head[4:8]}
	if r.version() == 0 {
		return false
	}
	switch r.u16(2) {
	case subGlobals, subSheet, subMacros, subWorkbook4:
		return true
	}
	return false
}
