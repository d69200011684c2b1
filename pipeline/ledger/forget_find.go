package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// tableOfCustomers is the reference table with the ERP's own customers.
const tableOfCustomers = "customers"

// Records gives what each document, and each row of the ERP's list of customers, says of
// whom it is.
func (l *Ledger) Records(ctx context.Context, each func(pipeline.Traits)) error {
	err := l.read(ctx, func(tx *txn) error {
		err := eachHolder(ctx, tx, func(h holder) error {
			if t := h.traits(); !t.Empty() {
				each(t)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return eachListed(tx, func(_ string, _ []byte, t pipeline.Traits) { each(t) })
	})
	if err != nil {
		return fmt.Errorf("look for customers in the ledger: %w", err)
	}
	return nil
}

// A holder is a document as far as it may hold a person.
type holder struct {
	id, job, batch   int64
	sent             int64
	key, name, state string
	body             []byte
	paper            bool // a sealed document of the tax authority's: kept by law
	batchOpen        bool
}

// traits are what a document says of whom it is. A guest is called by the order that
// first brought them.
func (h holder) traits() pipeline.Traits {
	t := pipeline.TraitsInJSON(h.body)
	if strings.Contains(h.key, "customer/guest/") {
		ref, _, _ := strings.Cut(h.name, "-R")
		t.Refs = append(t.Refs, ref)
	}
	return t
}

// eachHolder goes through all documents.
func eachHolder(ctx context.Context, tx *txn, each func(holder) error) error {
	rows, err := tx.Query(`SELECT d.id, d.job, coalesce(d.batch, 0), d.sent, d.key, d.name, d.state, d.body, d.sealed IS NOT NULL AND j.kind LIKE 'eta.%',
			coalesce(b.holds, 'final') <> 'final'
		FROM documents d JOIN jobs j ON j.seq = d.job LEFT JOIN batches b ON b.seq = d.batch ORDER BY d.id`)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for n := 0; rows.Next(); n++ {
		var h holder
		var body string
		if err := rows.Scan(&h.id, &h.job, &h.batch, &h.sent, &h.key, &h.name, &h.state, &body, &h.paper, &h.batchOpen); err != nil {
			return err
		}
		h.body = []byte(body)
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := each(h); err != nil {
			return err
		}
	}
	return rows.Err()
}

// eachListed goes through the ERP's own list of customers.
func eachListed(tx *txn, each func(code string, cols []byte, t pipeline.Traits)) error {
	rows, err := tx.Query(`SELECT code, cols FROM table_rows WHERE tbl = ? ORDER BY code`, tableOfCustomers)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var code, cols string
		if err := rows.Scan(&code, &cols); err != nil {
			return err
		}
		t := pipeline.TraitsInJSON([]byte(cols), "customer")
		t.Refs = append(t.Refs, "ERP:"+code)
		each(code, []byte(cols), t)
	}
	return rows.Err()
}

// A Holding is what the ledger holds of a person.
type Holding struct {
	Open      []string // documents that are not through yet, by name
	Documents []string // those that are, by name
	Papers    []string // of them, sealed ones: kept by law
	Until     int64    // when the last of those may go, in nanoseconds
	Unread    []string // files that are still to be read, of those that hold the person

	docs, papers []holder
}

// Holds tells what the ledger holds of a person; shas are the files that do.
func (l *Ledger) Holds(ctx context.Context, p pipeline.Person, shas []string) (h Holding, err error) {
	err = l.read(ctx, func(tx *txn) error {
		if h, err = holdingOf(ctx, tx, p); err != nil {
			return err
		}
		h.Unread, err = unreadOf(tx, shas)
		return err
	})
	if err != nil {
		return h, fmt.Errorf("what the ledger holds of a customer: %w", err)
	}
	return h, nil
}

// holdingOf finds the documents of a person: those that say so, and of their orders those
// that name a person without a number, a mail or a telephone, such as a receipt.
func holdingOf(ctx context.Context, tx *txn, p pipeline.Person) (h Holding, err error) {
	orders := map[string]bool{}
	for _, name := range p.Orders {
		orders[name] = true
	}
	err = eachHolder(ctx, tx, func(d holder) error {
		if t := d.traits(); !t.Empty() && p.Owns(t) {
			orders[d.name] = true
		}
		return nil
	})
	if err != nil {
		return h, err
	}
	err = eachHolder(ctx, tx, func(d holder) error {
		t := d.traits()
		mine := !t.Empty() && p.Owns(t)
		if t.Empty() && len(t.Texts) > 0 && orders[d.name] {
			mine = true
		}
		if !mine {
			return nil
		}
		open := d.batchOpen || !pipeline.State(d.state).Final()
		switch {
		case open:
			h.Open = append(h.Open, d.name)
		case d.paper:
			h.Papers, h.papers = append(h.Papers, d.name), append(h.papers, d)
			h.Until = max(h.Until, d.sent+int64(keptFor))
		default:
			h.Documents, h.docs = append(h.Documents, d.name), append(h.docs, d)
		}
		return nil
	})
	return h, err
}

// unreadOf are the names of the files of some hashes that are still to be read.
func unreadOf(tx *txn, shas []string) (out []string, err error) {
	rows, err := tx.Query(`SELECT DISTINCT p.name, p.sha256 FROM drops p JOIN jobs j ON j.drop_seq = p.seq WHERE j.step = 'prepare' ORDER BY p.seq`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var name, sha string
		if err := rows.Scan(&name, &sha); err != nil {
			return nil, err
		}
		if slices.Contains(shas, sha) {
			out = append(out, name)
		}
	}
	return out, rows.Err()
}

// NamesOf are the names and days under which files of some hashes came.
func (l *Ledger) NamesOf(ctx context.Context, sha string) (names, days []string, err error) {
	rows, err := l.reader.QueryContext(ctx, `SELECT name, day FROM drops WHERE sha256 = ? ORDER BY seq`, sha)
	if err != nil {
		return nil, nil, fmt.Errorf("the names of a file: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var name, day string
		if err := rows.Scan(&name, &day); err != nil {
			return nil, nil, fmt.Errorf("the names of a file: %w", err)
		}
		names, days = append(names, name), append(days, day)
	}
	return names, days, rows.Err()
}

// A Placed is where the original of a drop lies, within its inbox.
type Placed struct {
	Place   string
	Size    int64
	Arrived time.Time
}

// PlacesOf are where the originals of the files of a hash were put.
func (l *Ledger) PlacesOf(ctx context.Context, sha string) (out []Placed, err error) {
	rows, err := l.reader.QueryContext(ctx, `SELECT place, size, arrived FROM drops WHERE sha256 = ? AND original = 'placed' AND place <> '' ORDER BY seq`, sha)
	if err != nil {
		return nil, fmt.Errorf("the places of a file: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err has told
	for rows.Next() {
		var p Placed
		var arrived int64
		if err := rows.Scan(&p.Place, &p.Size, &arrived); err != nil {
			return nil, fmt.Errorf("the places of a file: %w", err)
		}
		p.Arrived = instant(arrived)
		out = append(out, p)
	}
	return out, rows.Err()
}
