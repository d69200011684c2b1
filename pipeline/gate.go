package pipeline

import (
	"strconv"
	"time"

	"github.com/quagmt/udecimal"
)

// A Gate is the brake of a flow: a job that would change more than its limits
// allow is held, until somebody lets it go by name and with a reason. The zero
// Gate is the one with every default; Off has none.
type Gate struct {
	Off bool

	Missing Limit // of the documents of the flow's last good file, those that this one lacks; no limit where none is given: many an ERP exports only what moved
	Fewer   Limit // a share only: how many fewer rows than the median of the last files; none likewise
	Zero    Limit // balances that go to zero
	Hold    Limit // items that go off sale
	Prices  Limit // prices that move by more than Price
	Price   Limit // a share only: how far a price may move without being counted
	Cost    Limit // prices below their cost
	Delete  Limit // images and the like that are deleted
}

// A Limit is how much a gate lets pass: a share of what it is counted among, or
// a number. The zero Limit is the gate's own.
type Limit struct {
	Given bool
	Share bool
	Of    Decimal // per cent where it is a share; else a number
}

// Percent and Number make limits.
func Percent(n int64) Limit { return Limit{Given: true, Share: true, Of: udecimal.MustFromInt64(n, 0)} }
func Number(n int64) Limit  { return Limit{Given: true, Of: udecimal.MustFromInt64(n, 0)} }

// String is the limit as a mapping writes it: 20%.
func (l Limit) String() string {
	if l.Share {
		return l.Of.String() + "%"
	}
	return l.Of.String()
}

// leastOf is how many there have to be at least before a share that nobody gave
// holds a job: two of four items that are sold out are no accident.
const leastOf = 5

// filled is the gate with its defaults, and which of its limits are defaults.
func (g Gate) filled() Gate {
	or := func(l, standard Limit) Limit {
		if l.Given {
			return l
		}
		standard.Given = false
		return standard
	}
	g.Zero, g.Hold = or(g.Zero, Percent(30)), or(g.Hold, Percent(30))
	g.Prices, g.Price = or(g.Prices, Percent(10)), or(g.Price, Percent(50))
	g.Cost, g.Delete = or(g.Cost, Number(0)), or(g.Delete, Number(0))
	return g
}

// Weighed is what the ledger knows of a job that is being filed.
type Weighed struct {
	Before  int   // documents of the flow's last good file; 0: there was none
	Missing int   // of those, that this one lacks
	Rows    []int // of the flow's last good files, the newest first
	Plan    bool  // only its plan was asked for
}

// A load is what a gate weighs: how much a job would change.
type load struct {
	documents int // ready or unchanged
	rows      int
	marks     map[Mark]int // documents with a change of this mark
	moves     []Decimal    // of prices, in per cent without their sign
}

// count adds a document that would leave.
func (l *load) count(doc Document) {
	seen := map[Mark]bool{}
	var far Decimal
	for _, c := range doc.Changes {
		if c.Mark == "" {
			continue
		}
		seen[c.Mark] = true
		if move, err := udecimal.Parse(c.Move); c.Mark == MarkPrice && err == nil && move.Abs().GreaterThan(far) {
			far = move.Abs()
		}
	}
	for m := range seen {
		if l.marks == nil {
			l.marks = map[Mark]int{}
		}
		l.marks[m]++
	}
	if seen[MarkPrice] {
		l.moves = append(l.moves, far)
	}
}

// judge holds a load against the gate: one problem for each limit that it is
// over, in the order of the limits.
func (g Gate) judge(l load, w Weighed) []Problem {
	if g.Off {
		return nil
	}
	g = g.filled()
	var over []Problem
	check := func(rule Rule, limit Limit, n, among int) {
		if limit.passes(n, among) {
			return
		}
		over = append(over, Problem{Rule: rule, With: map[string]string{
			"count": strconv.Itoa(n), "among": strconv.Itoa(among), "limit": limit.String()}})
	}
	if g.Missing.Given {
		check("gate.missing", g.Missing, w.Missing, w.Before)
	}
	if usual := usual(w.Rows); g.Fewer.Given && l.rows < usual {
		check("gate.fewer", g.Fewer, usual-l.rows, usual)
	}
	check("gate.zero", g.Zero, l.marks[MarkZero], l.documents)
	check("gate.hold", g.Hold, l.marks[MarkHold], l.documents)
	far := 0
	for _, move := range l.moves {
		if move.GreaterThan(g.Price.Of) {
			far++
		}
	}
	n := len(over)
	check("gate.prices", g.Prices, far, l.documents)
	if len(over) > n {
		over[n].With["move"] = g.Price.String()
	}
	check("gate.cost", g.Cost, l.marks[MarkCost], l.documents)
	check("gate.delete", g.Delete, l.marks[MarkDelete], l.documents)
	return over
}

// passes tells whether n of among are within the limit.
func (l Limit) passes(n, among int) bool {
	if n == 0 {
		return true
	}
	if !l.Share {
		return !udecimal.MustFromInt64(int64(n), 0).GreaterThan(l.Of)
	}
	if !l.Given && n < leastOf {
		return true
	}
	hundred := udecimal.MustFromInt64(100*int64(n), 0)
	return !hundred.GreaterThan(l.Of.Mul(udecimal.MustFromInt64(int64(among), 0)))
}

// usual is how many rows the flow's files have; 0 where fewer than three are
// known, which tell nothing.
func usual(rows []int) int {
	if len(rows) < 3 {
		return 0
	}
	return median(rows) / 2
}

// A Release says that a person let a held job go, or dropped what it would do.
type Release struct {
	Job  Job       `json:"job"`
	By   string    `json:"by"`
	Why  string    `json:"why"`
	Drop bool      `json:"drop,omitempty"` // nothing of it leaves
	At   time.Time `json:"at"`

	Request string `json:"-"` // the request of a command that this does; "" where none does
}

// The gate of a job.
const (
	GateOpen     = ""         // nothing held it
	GateHeld     = "held"     // it waits for a person
	GateReleased = "released" // somebody let it go
	GateDropped  = "dropped"  // somebody dropped it
)
