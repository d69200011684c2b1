package extract

import "slices"

// textsInBlock is how many texts lie in a block, one after another.
const textsInBlock = 1024

// sharedTexts are the strings that a workbook's cells share: hundreds of thousands of
// short ones. They are kept in blocks, which cost four bytes a text beyond its
// letters, and of which none is ever copied to make room for more.
type sharedTexts struct {
	blocks []textBlock
	open   []byte // the block that is being filled
	ends   []uint32
}

// textBlock has every text of the block in one string; ends is where they end.
type textBlock struct {
	all  string
	ends []uint32
}

// end ends a text whose letters were put into open.
func (t *sharedTexts) end() {
	if t.ends = append(t.ends, uint32(len(t.open))); len(t.ends) == textsInBlock {
		t.close()
	}
}

// close keeps the texts of the open block.
func (t *sharedTexts) close() {
	if len(t.ends) > 0 {
		t.blocks = append(t.blocks, textBlock{all: string(t.open), ends: slices.Clone(t.ends)})
	}
	t.open, t.ends = t.open[:0], t.ends[:0]
}

// at is the text of a number, counted from 0; false where there is none.
func (t *sharedTexts) at(n int) (string, bool) {
	if n < 0 || n/textsInBlock >= len(t.blocks) {
		return "", false
	}
	b, i := t.blocks[n/textsInBlock], n%textsInBlock
	if i >= len(b.ends) {
		return "", false
	}
	from := uint32(0)
	if i > 0 {
		from = b.ends[i-1]
	}
	return unescape(b.all[from:b.ends[i]]), true
}
