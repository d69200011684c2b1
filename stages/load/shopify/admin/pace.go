package admin

import (
	"cmp"
	"math"
	"sync"
	"time"
)

// pace is our picture of the bucket of points from which one app pays all its
// calls to one shop, filled again at a steady rate. A share of it, the margin,
// is left to whoever else uses the same app.
//
// It is fed by what replies say and never sleeps itself. It may be used from
// several goroutines.
type pace struct {
	margin float64 // of the bucket, 0.2

	mu        sync.Mutex
	known     bool // a reply has told the size of the bucket
	size      float64
	rate      float64 // points a second
	available float64 // at the time at
	at        time.Time
	refused   bool               // the last call was throttled: for the next one only the wait that was asked for counts
	last      map[string]float64 // the last real cost of each operation
	pages     map[string]int     // page sizes that turned out too large, halved
	used      Used
}

// Used is what a Door has cost so far.
type Used struct {
	Calls  int           // of the Admin API; files are not counted
	Points float64       // that were charged
	Waited time.Duration // for points and for bulk operations, while reading
}

// Used tells what this door has cost so far.
func (d *Door) Used() Used {
	d.pace.mu.Lock()
	defer d.pace.mu.Unlock()
	return d.pace.used
}

func (p *pace) waits(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used.Waited += d
}

func newPace(marginPercent int) *pace {
	return &pace{margin: float64(marginPercent) / 100, last: map[string]float64{}, pages: map[string]int{}}
}

// wait is how long to wait before a call of op: until the bucket holds its
// points and the margin. Zero before the first reply.
func (p *pace) wait(op Operation, now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.known {
		return 0
	}
	need := p.cost(op)
	if !p.refused {
		need = min(need+p.margin*p.size, p.size)
	}
	have := min(p.available+p.rate*now.Sub(p.at).Seconds(), p.size)
	return seconds((need - have) / p.rate)
}

// learn takes what a reply says of its cost and of the bucket.
func (p *pace) learn(op Operation, c Cost, throttled bool, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used.Calls++
	p.used.Points += c.Actual
	if c.Requested > 0 {
		p.last[op.Name] = c.Requested
	}
	if c.Throttle.Rate <= 0 || c.Throttle.Maximum <= 0 {
		return // refused documents carry no cost
	}
	p.known, p.refused, p.at = true, throttled, now
	p.size, p.rate, p.available = c.Throttle.Maximum, c.Throttle.Rate, c.Throttle.Available
}

// page is how many nodes to ask for in one call of op.
func (p *pace) page(op Operation) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := p.pages[op.Name]; n > 0 {
		return n
	}
	return cmp.Or(op.Page, PageSize)
}

// halve makes the pages of op smaller from now on. It tells whether there is
// still something to be gained.
func (p *pace) halve(op Operation, from int) bool {
	if from <= 10 {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pages[op.Name] = from / 2
	delete(p.last, op.Name)
	return true
}

func (p *pace) cost(op Operation) float64 {
	if c := p.last[op.Name]; c > 0 {
		return c
	}
	return op.Cost
}

// Cost is extensions.cost of a reply, in points.
type Cost struct {
	Requested float64 `json:"requestedQueryCost"`
	Actual    float64 `json:"actualQueryCost"` // 0 where nothing was done
	Throttle  struct {
		Maximum   float64 `json:"maximumAvailable"`
		Available float64 `json:"currentlyAvailable"`
		Rate      float64 `json:"restoreRate"`
	} `json:"throttleStatus"`
}

// shortfall is how long the bucket needs to hold what the call asked for:
// (requested - available) / restoreRate.
func (c Cost) shortfall() time.Duration {
	if c.Throttle.Rate <= 0 {
		return time.Second
	}
	return seconds((c.Requested - c.Throttle.Available) / c.Throttle.Rate)
}

// seconds is a duration of s seconds, rounded up to a millisecond; none below zero.
func seconds(s float64) time.Duration {
	if s <= 0 {
		return 0
	}
	return time.Duration(math.Ceil(s*1000)) * time.Millisecond
}
