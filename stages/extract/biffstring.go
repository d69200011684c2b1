package extract

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// pieces reads what goes on over a record and the CONTINUE records behind it.
type pieces struct {
	s    stream
	body []byte // what is left of the present record
	next int    // where the next record begins
}

func (s stream) pieces(r record, skip int) *pieces {
	return &pieces{s: s, body: r.body[min(skip, len(r.body)):], next: r.end()}
}

// more goes on to the CONTINUE that has to follow.
func (p *pieces) more() error {
	r, err := p.s.record(p.next)
	if err != nil {
		return err
	}
	if r.kind != recContinue {
		return errBIFF
	}
	p.body, p.next = r.body, r.end()
	return nil
}

// take gives n bytes, which may lie in several records.
func (p *pieces) take(n int) ([]byte, error) {
	if n <= len(p.body) {
		b := p.body[:n]
		p.body = p.body[n:]
		return b, nil
	}
	var b []byte
	for {
		k := min(n-len(b), len(p.body))
		b, p.body = append(b, p.body[:k]...), p.body[k:]
		if len(b) == n {
			return b, nil
		}
		if err := p.more(); err != nil {
			return nil, err
		}
	}
}

// skip passes over n bytes.
func (p *pieces) skip(n int64) error {
	for n > int64(len(p.body)) {
		n -= int64(len(p.body))
		if err := p.more(); err != nil {
			return err
		}
	}
	p.body = p.body[n:]
	return nil
}

func (p *pieces) u16() (int, error) {
	b, err := p.take(2)
	if err != nil {
		return 0, err
	}
	return int(binary.LittleEndian.Uint16(b)), nil
}

// unicode appends a string of Excel 97 of n letters to a text, as UTF-8: a byte of
// flags, then one or two bytes a letter, with styles and a reading aid behind it
// that do not count. Where letters go on in a CONTINUE, it says anew whether they
// have one byte or two ([MS-XLS] 2.5.293).
func (p *pieces) unicode(to []byte, n int) ([]byte, error) {
	if len(p.body) == 0 && n > 0 {
		if err := p.more(); err != nil {
			return to, err
		}
	}
	b, err := p.take(1)
	if err != nil {
		return to, err
	}
	flags, runs, aside := b[0], 0, int64(0)
	if flags&8 != 0 {
		if runs, err = p.u16(); err != nil {
			return to, err
		}
	}
	if flags&4 != 0 {
		b, err := p.take(4)
		if err != nil {
			return to, err
		}
		aside = int64(binary.LittleEndian.Uint32(b))
	}
	if to, err = p.letters(to, n, flags&1 != 0); err != nil {
		return to, err
	}
	return to, p.skip(4*int64(runs) + aside)
}

func (p *pieces) letters(to []byte, n int, wide bool) ([]byte, error) {
	high := rune(0) // the first half of a letter beyond the first 65,536
	for n > 0 {
		if len(p.body) == 0 {
			if err := p.more(); err != nil {
				return to, err
			}
			if len(p.body) == 0 {
				return to, errBIFF
			}
			wide, p.body = p.body[0]&1 != 0, p.body[1:]
			continue
		}
		if !wide {
			k := min(n, len(p.body))
			for _, c := range p.body[:k] {
				to = utf8.AppendRune(to, rune(c))
			}
			n, p.body = n-k, p.body[k:]
			continue
		}
		if len(p.body) < 2 {
			return to, errBIFF
		}
		r := rune(binary.LittleEndian.Uint16(p.body))
		n, p.body = n-1, p.body[2:]
		switch {
		case utf16.IsSurrogate(r) && high == 0:
			high = r
			continue
		case high != 0:
			r, high = utf16.DecodeRune(high, r), 0
		}
		to = utf8.AppendRune(to, r)
	}
	return to, nil
}

// readSST reads the strings that cells share. They lie one after another in one
// text.
func (s stream) readSST(r record) ([]string, error) {
	if len(r.body) < 8 {
		return nil, errBIFF
	}
	count := int(r.u32(4))
	if count > len(s)/3 { // a string takes three bytes at least
		return nil, errBIFF
	}
	p := s.pieces(r, 8)
	var all []byte
	ends := make([]int, 0, count)
	for range count {
		if len(p.body) == 0 {
			if err := p.more(); err != nil {
				return nil, err
			}
		}
		n, err := p.u16()
		if err != nil {
			return nil, err
		}
		if all, err = p.unicode(all, n); err != nil {
			return nil, err
		}
		ends = append(ends, len(all))
	}
	text, from := string(all), 0
	out := make([]string, count)
	for i, end := range ends {
		out[i], from = text[from:end], end
	}
	return out, nil
}
