package pipeline

import (
	"cmp"
	"context"
)

// Met is how documents of a kind find what is known of the same thing under another key,
// where no two sources say quite the same of it.
type Met struct {
	// Words are those under which what may be the same is filed (Document.Words); none
	// where a document is what its key says.
	Words func(doc Document) []string

	// Keys says under which key each of a file's documents is filed; "" leaves it its own.
	// known are the newest documents of the kind and space that go by the words. It is
	// pure, and no key is given twice.
	Keys func(docs, known []Document) []string
}

// meet reads a job's file to its end, and gives its documents the keys of what is known.
func (p *preparing) meet(ctx context.Context, drop Drop, file File) (*collected, error) {
	c := &collected{}
	if _, err := p.fill(ctx, drop, file, c); err != nil {
		return nil, err
	}
	kind := p.flow.Kind
	var words []string
	for _, doc := range c.ready {
		words = append(words, kind.Met.Words(doc)...)
	}
	known, err := p.steps.Ledger.Named(ctx, kind.Name, cmp.Or(kind.Space, p.flow.Lane), words)
	if err != nil {
		return nil, err
	}
	moved := map[string]string{}
	for i, key := range kind.Met.Keys(c.ready, known) {
		if doc := &c.ready[i]; key != "" && key != doc.Key {
			moved[doc.Key], doc.Key = key, key
		}
	}
	for _, n := range c.notes { // parts follow what they are of
		doc := c.doc(n)
		doc.Of = cmp.Or(moved[doc.Of], doc.Of)
	}
	return c, nil
}
