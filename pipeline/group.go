package pipeline

import (
	"encoding/binary"
	"strings"
	"time"
)

// grouping collects the records of a job by what makes one document of them. Rows
// of one document may stand anywhere in a file, so that all of them are held until
// its end: packed, some 150 bytes each.
type grouping struct {
	by     []string
	index  map[string]int // into order
	order  []group
	astray []group // rows whose group could not be read, each on its own
	packer packer
}

// group is what makes one document.
type group struct {
	first    packed
	more     []packed
	problems []Problem
}

func newGrouping(kind Kind) *grouping {
	return &grouping{by: kind.GroupBy, index: map[string]int{}}
}

func (g *grouping) add(r Record, problems []Problem) {
	var key strings.Builder
	for _, field := range g.by {
		if !r.Has(field) {
			if !names(problems, field) {
				problems = append(problems, r.Problem(field, "group.missing", nil))
			}
			g.astray = append(g.astray, group{first: g.packer.pack(r), problems: problems})
			return
		}
		key.WriteString(r.Text(field))
		key.WriteByte(0)
	}
	i, ok := g.index[key.String()]
	if !ok {
		g.index[key.String()] = len(g.order)
		g.order = append(g.order, group{first: g.packer.pack(r), problems: problems})
		return
	}
	into := &g.order[i]
	into.more = append(into.more, g.packer.pack(r))
	into.problems = append(into.problems, problems...)
}

// records are those of a group, in the order of the file.
func (g *grouping) records(of group) []Record {
	out := make([]Record, 0, 1+len(of.more))
	out = append(out, g.packer.unpack(of.first))
	for _, p := range of.more {
		out = append(out, g.packer.unpack(p))
	}
	return out
}

func names(problems []Problem, field string) bool {
	for _, p := range problems {
		if p.Field == field {
			return true
		}
	}
	return false
}

// packed says where a packer has a record.
type packed struct {
	block int32
	from  int32
}

// packer holds many records in few bytes: what differs from row to row as bytes in
// blocks, what most rows share once. What comes out is what went in.
type packer struct {
	blocks [][]byte
	heads  []recordHead
	texts  []string
	text   map[string]uint64 // place in texts
	work   []byte

	numbers []Decimal // that have more digits than lie in a block
}

// recordHead is what the rows of a sheet share.
type recordHead struct {
	shape       *Shape
	header      []string
	file, sheet string
}

const (
	block       = 64 << 10 // bytes of records that lie together
	smallNumber = 19       // bytes of a number of up to 38 digits
)

// What of a value follows in a packed record.
const (
	packSet = 1 << iota
	packBool
	packBad
	packDec
	packTime
	packText
	packCol
)

func (p *packer) pack(r Record) packed {
	b := binary.AppendUvarint(p.work[:0], p.head(r))
	b = binary.AppendVarint(b, int64(r.Row))
	b = binary.AppendVarint(b, int64(r.Col))
	b = binary.AppendUvarint(b, p.once(r.Column))
	b = binary.AppendUvarint(b, p.once(r.Of))
	b = p.was(b, r.Was)
	b = binary.AppendUvarint(b, uint64(len(r.values)))
	for _, v := range r.values {
		b = p.value(b, v)
	}
	p.work = b
	if n := len(p.blocks); n == 0 || len(p.blocks[n-1])+len(b) > cap(p.blocks[n-1]) {
		p.blocks = append(p.blocks, make([]byte, 0, max(block, len(b))))
	}
	last := len(p.blocks) - 1
	at := packed{block: int32(last), from: int32(len(p.blocks[last]))}
	p.blocks[last] = append(p.blocks[last], b...)
	return at
}

// head is the place of what a record shares with the one before it.
func (p *packer) head(r Record) uint64 {
	same := func(h recordHead) bool {
		return h.shape == r.shape && h.file == r.File && h.sheet == r.Sheet && len(h.header) == len(r.header) &&
			(len(h.header) == 0 || &h.header[0] == &r.header[0])
	}
	for i := len(p.heads) - 1; i >= max(0, len(p.heads)-8); i-- {
		if same(p.heads[i]) {
			return uint64(i)
		}
	}
	p.heads = append(p.heads, recordHead{r.shape, r.header, r.File, r.Sheet})
	return uint64(len(p.heads) - 1)
}

// once is the place of a text that many records share.
func (p *packer) once(text string) uint64 {
	i, ok := p.text[text]
	if !ok {
		if p.text == nil {
			p.text = map[string]uint64{}
		}
		i = uint64(len(p.texts))
		p.text[text], p.texts = i, append(p.texts, text)
	}
	return i
}

// was packs where a row stood at first.
func (p *packer) was(b []byte, o *Origin) []byte {
	if o == nil {
		return append(b, 0)
	}
	b = append(b, 1)
	for _, text := range []string{o.File, o.Sheet, o.Column, o.Of} {
		b = binary.AppendUvarint(b, p.once(text))
	}
	b = binary.AppendVarint(b, int64(o.Row))
	b = binary.AppendVarint(b, int64(o.Col))
	return p.was(b, o.Was)
}

func (p *packer) value(b []byte, v Value) []byte {
	at := len(b)
	b = append(b, 0)
	var has byte
	if v.Set {
		has |= packSet
	}
	if v.Bool {
		has |= packBool
	}
	if v.Bad {
		has |= packBad
	}
	if v.Dec != (Decimal{}) {
		has |= packDec
		if more, err := v.Dec.AppendBinary(append(b, 0)); err == nil && len(more)-len(b)-1 <= smallNumber {
			more[len(b)] = byte(len(more) - len(b) - 1)
			b = more
		} else { // longer than any amount is
			b = binary.AppendUvarint(append(b, 0), uint64(len(p.numbers)))
			p.numbers = append(p.numbers, v.Dec)
		}
	}
	if v.Time != (time.Time{}) {
		has |= packTime
		b = binary.AppendVarint(b, v.Time.Unix())
		b = binary.AppendUvarint(b, uint64(v.Time.Nanosecond()))
	}
	if v.Text != "" {
		has |= packText
		b = binary.AppendUvarint(b, uint64(len(v.Text)))
		b = append(b, v.Text...)
	}
	if v.Col != 0 {
		has |= packCol
		b = binary.AppendVarint(b, int64(v.Col))
	}
	b[at] = has
	return b
}

// unpacking reads a packed record.
type unpacking struct {
	*packer
	b []byte
}

func (p *packer) unpack(at packed) Record {
	u := &unpacking{p, p.blocks[at.block][at.from:]}
	head := p.heads[u.number()]
	r := Record{Origin: Origin{File: head.file, Sheet: head.sheet}, shape: head.shape, header: head.header}
	r.Row, r.Col = u.signed(), u.signed()
	r.Column, r.Of = p.texts[u.number()], p.texts[u.number()]
	r.Was = u.was()
	r.values = make([]Value, u.number())
	for i := range r.values {
		r.values[i] = u.value()
	}
	return r
}

func (u *unpacking) number() uint64 {
	n, size := binary.Uvarint(u.b)
	u.b = u.b[size:]
	return n
}

func (u *unpacking) signed() int {
	n, size := binary.Varint(u.b)
	u.b = u.b[size:]
	return int(n)
}

func (u *unpacking) byte() byte {
	b := u.b[0]
	u.b = u.b[1:]
	return b
}

func (u *unpacking) was() *Origin {
	if u.byte() == 0 {
		return nil
	}
	o := &Origin{File: u.texts[u.number()], Sheet: u.texts[u.number()], Column: u.texts[u.number()], Of: u.texts[u.number()]}
	o.Row, o.Col = u.signed(), u.signed()
	o.Was = u.was()
	return o
}

func (u *unpacking) value() Value {
	has := u.byte()
	v := Value{Set: has&packSet != 0, Bool: has&packBool != 0, Bad: has&packBad != 0}
	if has&packDec != 0 {
		if n := int(u.byte()); n == 0 {
			v.Dec = u.numbers[u.number()]
		} else {
			if err := v.Dec.UnmarshalBinary(u.b[:n]); err != nil {
				panic(err) // these bytes are our own
			}
			u.b = u.b[n:]
		}
	}
	if has&packTime != 0 {
		seconds := u.signed()
		v.Time = time.Unix(int64(seconds), int64(u.number())).UTC()
	}
	if has&packText != 0 {
		n := u.number()
		v.Text, u.b = string(u.b[:n]), u.b[n:]
	}
	if has&packCol != 0 {
		v.Col = u.signed()
	}
	return v
}
