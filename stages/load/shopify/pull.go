package shopify

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// Pulling asks the shop what has changed and makes a file of it, which whoever asked
// drops into the inbox. It writes nothing but its own file, and remembers nothing:
// from when to ask is for whoever keeps the place.

// What can be pulled.
const (
	PullOrders       = "orders"
	PullCustomers    = "customers"
	PullTransactions = "transactions"
	PullPayouts      = "payouts"
	PullStock        = "stock"
)

// PullKinds are all of them.
var PullKinds = []string{PullOrders, PullCustomers, PullTransactions, PullPayouts, PullStock}

// Overlap is how far before the newest change that was seen the next pull begins: the
// search runs on an index that lags (reference 8.1).
const Overlap = 5 * time.Minute

// hidden is how old an order is that cannot be seen without read_all_orders.
const hidden = 60 * 24 * time.Hour

// mostByPage is how many orders are read page by page; more by a bulk operation
// (reference 5.4).
const mostByPage = 2000

// mostInSearch is how many nodes are read within one search, which ends at 25,000:
// then the next search begins where this one got to.
const mostInSearch = 20_000

// Want says what to pull.
type Want struct {
	Since time.Time            // changed at or after it; zero: everything
	Until time.Time            // changed before it; zero: up to now
	IDs   []string             // these orders, and no search
	Gone  []Seen               // orders that are no longer there: the file says so of each
	Only  Filter               // of orders: which are pulled
	Known func(id string) bool // pulled before: pulled again whatever Only says; nil: none was
	Told  func(have, of int)   // how many orders are read, of about how many, from time to time; nil: nobody asks
	above int                  // orders above which a bulk operation reads them; 0: mostByPage
	Dir   string               // where the temporary file goes; "": the system's
}

// Seen is an order as the shop showed it.
type Seen struct {
	ID      string // gid
	Name    string // #1001
	Created time.Time
	Updated time.Time
}

// Pull is what was pulled: a file that is whole, and what is to be remembered of it.
// Close removes it.
type Pull struct {
	What    string
	Name    string             // under which it is to be dropped
	Count   int                // of orders, customers and so on
	Newest  time.Time          // the newest change in it; zero where nothing came
	Orders  []Seen             // those in it
	Left    []Seen             // those that the filter left out
	Missing []pipeline.Problem // what was not to be had, each said once
	Used    admin.Used         // what it cost

	Next *Pull // another file that goes with it; nil: there is none

	head  []byte
	file  *os.File
	parts []span // of file, in their order; nil: all of it
}

// Reader gives the bytes of the file, from their beginning.
func (p *Pull) Reader() io.Reader {
	all := []io.Reader{bytes.NewReader(p.head)}
	for _, s := range p.parts {
		all = append(all, io.NewSectionReader(p.file, s.at, s.size))
	}
	return io.MultiReader(all...)
}

// Close removes the temporary file.
func (p *Pull) Close() error {
	var err error
	if p.file != nil {
		err = errors.Join(p.file.Close(), os.Remove(p.file.Name()))
	}
	if p.Next != nil {
		err = errors.Join(err, p.Next.Close())
	}
	return err
}

// beside is another file that goes with this one.
func (p *Pull) beside(dir string) (*Pull, error) {
	next, err := newPull(p.What, dir)
	p.Next = next
	return next, err
}

func newPull(what, dir string) (*Pull, error) {
	file, err := os.CreateTemp(dir, "pull-*")
	if err != nil {
		return nil, fmt.Errorf("shopify: a file for what is pulled: %w", err)
	}
	return &Pull{What: what, file: file}, nil
}

// missing notes what was not to be had, once.
func (p *Pull) missing(rule pipeline.Rule, with map[string]string) {
	add := pipeline.Problem{Rule: rule, With: with}
	for _, m := range p.Missing {
		if m.Says("en") == add.Says("en") {
			return
		}
	}
	p.Missing = append(p.Missing, add)
}

// span is where an order stands in the temporary file.
type span struct{ at, size int64 }

// pulls is how often a pull begins anew where the shop does not answer.
const pulls = 3

// Pull reads from the shop what changed. Where it brings nothing Count is zero. A
// right that is missing for a part is in Missing; for the whole it is the error. One
// lost answer of a shop that is there must not cost a night's orders: what time may
// cure in a moment is tried again from the beginning.
func (s *Sink) Pull(ctx context.Context, what string, w Want) (*Pull, error) {
	for tries := 1; ; tries++ {
		p, err := s.pull(ctx, what, w)
		if err == nil || tries >= pulls || !s.door.Again(ctx, tries, err) {
			return p, err
		}
	}
}

// pull is one attempt at it: whole, or not at all.
func (s *Sink) pull(ctx context.Context, what string, w Want) (*Pull, error) {
	before := s.door.Used()
	read := map[string]func(context.Context, *Pull, Want) error{
		PullOrders: s.pullOrders, PullCustomers: s.pullCustomers, PullTransactions: s.pullTransactions,
		PullPayouts: s.pullPayouts, PullStock: s.pullStock,
	}[what]
	if read == nil {
		return nil, fmt.Errorf("shopify: %q cannot be pulled", what)
	}
	p, err := newPull(what, w.Dir)
	if err != nil {
		return nil, err
	}
	if err := read(ctx, p, w); err != nil {
		return nil, errors.Join(fmt.Errorf("pull %s: %w", what, err), p.Close())
	}
	used := s.door.Used()
	p.Used = admin.Used{Calls: used.Calls - before.Calls, Points: used.Points - before.Points, Waited: used.Waited - before.Waited}
	return p, nil
}

// changed is the search for what changed within a time. Times stand in quotes, or
// their time of day is ignored, and in UTC; > would leave out a whole second.
func changed(since, until time.Time) string {
	query := "updated_at:>='" + searchTime(since) + "'"
	if !until.IsZero() {
		query += " AND updated_at:<'" + searchTime(until) + "'"
	}
	return query
}

// searchTime writes a time for a search. The zero time is before any shop.
func searchTime(t time.Time) string {
	if t.IsZero() {
		t = time.Date(2006, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return t.UTC().Format(time.RFC3339)
}

// denied is the right that an answer lacks, where there is nothing else wrong.
func denied(err error) (*pipeline.Trouble, bool) {
	if _, later := errors.AsType[*pipeline.Later](err); later {
		return nil, false
	}
	t, ok := errors.AsType[*pipeline.Trouble](err)
	return t, ok && t.Rule == "shopify.scope"
}
