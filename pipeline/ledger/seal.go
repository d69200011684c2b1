package ledger

import (
	"cmp"
	"database/sql"
	"errors"
	"maps"
	"slices"
	"time"

	"wasl/pipeline"
)

// batchSize is how many documents leave together where the flow does not say.
const batchSize = 100

// A picking chooses the documents of a new batch, and seals them one after
// another in the order in which they were filed.
type picking struct {
	tx    *txn
	flow  pipeline.Flow
	batch kept
	now   time.Time
	heads map[string]Chain // of the chains used so far
}

// picked marks a document of a new batch.
type picked struct {
	id     int64
	before int64 // the document of the same key that left before it
}

// pick chooses the documents. One that cannot be sealed is held, and its chain
// stays where it was; so nothing chosen may mean that all are held.
// They are put into the batch, and read a page at a time: a large batch is held once.
func (p *picking) pick() ([]picked, error) {
	most, heavy, err := p.most()
	if err != nil {
		return nil, err
	}
	var out []picked
	var size int
	for after := int64(0); len(out) < most; {
		docs, err := documentsOf(p.tx, p.batch.kind, `SELECT `+leavingCols+` FROM documents d
			JOIN jobs j ON j.seq = d.job
			WHERE d.job = ? AND d.batch IS NULL AND d.id > ? AND `+open+` AND `+leaves+` AND `+arrived+` ORDER BY d.id LIMIT ?`,
			p.batch.job, after, p.batch.Lane, p.batch.Lane, min(page, most-len(out)))
		if err != nil || len(docs) == 0 {
			return out, err
		}
		for _, doc := range docs {
			after = doc.id
			before, head, err := p.seal(&doc)
			if refused, ok := errors.AsType[*sealError](err); ok {
				if err := p.hold(doc, refused); err != nil {
					return nil, err
				}
				continue
			}
			if err != nil {
				return nil, err
			}
			size += bytesOf(doc.Document)
			if heavy > 0 && size > heavy && len(out) > 0 {
				return out, nil // what was sealed of it is thrown away, and the head did not move
			}
			if head != nil {
				p.heads[head.Name] = *head
			}
			doc.State = pipeline.Sending
			out = append(out, picked{doc.id, before})
			p.batch.Docs = append(p.batch.Docs, doc.Document)
		}
	}
	return out, nil
}

// lastLost is how often the answer to the newest batch of a lane was lost.
const lastLost = `SELECT lost FROM batches WHERE lane = ? ORDER BY seq DESC LIMIT 1`

// most is how many documents leave together, and how many bytes of them; 0
// bytes: no limit. After an answer to the lane was lost they are few, where the kind
// is wary. Those of a large job leave in larger batches, where the kind
// has such.
func (p *picking) most() (docs, bytes int, err error) {
	docs, bytes = cmp.Or(p.flow.Batch, batchSize), p.flow.Bytes
	if wary := p.flow.Kind.Wary; wary > 0 {
		var lost int
		err = p.tx.QueryRow(lastLost, p.batch.Lane).Scan(&lost)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return 0, 0, err
		}
		if lost > 0 {
			docs = min(docs, wary)
		}
	}
	bulk := p.flow.Kind.Bulk
	if bulk.Above <= 0 {
		return docs, bytes, nil
	}
	var ready int
	err = p.tx.QueryRow(`SELECT count(*) FROM (SELECT 1 FROM documents d WHERE d.job = ? AND d.batch IS NULL AND `+open+` LIMIT ?)`,
		p.batch.job, bulk.Above+1).Scan(&ready)
	if ready > bulk.Above {
		docs, bytes = bulk.Batch, bulk.Bytes
	}
	return docs, bytes, err
}

// bytesOf is what a document weighs on its way.
func bytesOf(d pipeline.Document) int {
	if d.Sealed != nil {
		return len(d.Sealed)
	}
	return len(d.Body)
}

// A sealError is the kind's refusal to seal a document.
type sealError struct{ error }

// seal links a document to its chain, where its kind has one, and says which
// document of its key left before it, and where the chain stands then; nil where it
// has none. That counts only once the caller says so.
func (p *picking) seal(doc *stored) (before int64, head *Chain, err error) {
	k, err := knownOf(p.tx, p.batch.space, doc.Key)
	if err != nil {
		return 0, nil, err
	}
	kind := p.flow.Kind
	if kind.Chain == nil || kind.Seal == nil {
		return k.gone, nil, nil
	}
	on, err := p.head(kind.Chain(doc.Document))
	if err != nil {
		return 0, nil, err
	}
	link := pipeline.Link{Head: on.Head}
	if doc.Of != "" {
		of, err := knownOf(p.tx, p.batch.space, doc.Of)
		if err != nil {
			return 0, nil, err
		}
		if link.Of, err = sealedOf(p.tx, of.gone); err != nil {
			return 0, nil, err
		}
	}
	if k.goneState == pipeline.Rejected {
		if link.Old, err = sealedOf(p.tx, k.gone); err != nil {
			return 0, nil, err
		}
	}
	sealed, ref, next, err := kind.Seal(doc.Document, link, p.now)
	if err != nil {
		return 0, nil, &sealError{err}
	}
	doc.Sealed = sealed
	if ref != "" {
		doc.Ref = ref
	}
	return k.gone, &Chain{Name: on.Name, Head: next, Count: on.Count + 1}, nil
}

// head is where a chain stands, with what this picking has sealed.
func (p *picking) head(name string) (Chain, error) {
	if c, ok := p.heads[name]; ok {
		return c, nil
	}
	return chainOf(p.tx, name)
}

// chainOf is where a chain stands; its count is 0 before anything of it was sealed.
func chainOf(tx *txn, name string) (Chain, error) {
	c := Chain{Name: name}
	err := tx.QueryRow(`SELECT head, count FROM chains WHERE name = ?`, name).Scan(&c.Head, &c.Count)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return c, err
}

// moveHeads stores where the chains stand now.
func (p *picking) moveHeads() error {
	for _, name := range slices.Sorted(maps.Keys(p.heads)) {
		c := p.heads[name]
		if _, err := p.tx.Exec(`INSERT INTO chains (name, head, count) VALUES (?, ?, ?)
			ON CONFLICT DO UPDATE SET head = excluded.head, count = excluded.count`, name, c.Head, c.Count); err != nil {
			return err
		}
	}
	return nil
}

// hold puts a document aside that could not be sealed.
func (p *picking) hold(doc stored, why *sealError) error {
	if _, err := p.tx.Exec(`UPDATE documents SET state = 'held', settled = ? WHERE id = ?`, nanos(p.now), doc.id); err != nil {
		return err
	}
	if _, err := p.tx.Exec(`UPDATE known SET waiting = 0 WHERE space = ? AND key = ? AND waiting = ?`, p.batch.space, doc.Key, doc.id); err != nil {
		return err
	}
	return addProblems(p.tx, doc.job, doc.id, reasons(doc, why))
}

// reasons are why a document could not be sealed: what the kind found, or its own words.
func reasons(doc stored, why *sealError) []pipeline.Problem {
	if refused, ok := errors.AsType[*pipeline.Refused](why.error); ok {
		return refused.Problems
	}
	problem := pipeline.Problem{Rule: "seal.failed", With: map[string]string{"said": why.Error()}}
	if len(doc.From) > 0 {
		problem.Origin = doc.From[0]
	}
	return []pipeline.Problem{problem}
}

func sealedOf(tx *txn, doc int64) (sealed []byte, err error) {
	err = tx.QueryRow(`SELECT sealed FROM documents WHERE id = ?`, doc).Scan(&sealed)
	return sealed, err
}
