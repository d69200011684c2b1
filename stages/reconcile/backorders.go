package reconcile

import (
	"context"
	"slices"
	"time"

	"wasl/pipeline"
)

// Backorders is what the shop has to send still, and what there is to send it of.
type Backorders struct {
	At    time.Time
	Lines []Backorder
	Stock []Wanted
	More  []Backorder // orders that may have more left than is told; without an item
}

// Partly says so of each of them.
func (b Backorders) Partly() (out []pipeline.Problem) {
	for _, l := range b.More {
		out = append(out, pipeline.Problem{Rule: "backorders.large", With: map[string]string{"order": l.Order}})
	}
	return out
}

// A Backorder is so much of an item of an order that is left to send.
type Backorder struct {
	Order    string    `json:"order"`
	Placed   time.Time `json:"placed"`
	Days     int       `json:"days"` // calendar days of the shop since it was placed
	Age      string    `json:"age"`  // one of Ages
	Paid     string    `json:"paid"`
	SKU      string    `json:"sku"`
	Title    string    `json:"title"`
	Location string    `json:"location"`
	Left     int64     `json:"left"`
	Held     string    `json:"held,omitempty"` // why it is not to be sent now, as Shopify says it
}

// Wanted is an item at a location next to what open orders want of it.
type Wanted struct {
	SKU       string `json:"sku"`
	Title     string `json:"title"`
	Location  string `json:"location"`
	Open      int64  `json:"open"`
	Known     bool   `json:"known"` // the balances are
	Committed int64  `json:"committed"`
	OnHand    int64  `json:"on_hand"`
	Available int64  `json:"available"`
	Short     int64  `json:"short"` // wanted beyond what lies there
}

// Ages are the ages that backorders are counted by, in days.
var Ages = []string{"0-1", "2-3", "4-7", ">7"}

// AgeOf is how many calendar days of a zone have passed since an order was placed, and
// the age that this is counted as.
func AgeOf(placed, now time.Time, zone *time.Location) (days int, age string) {
	midnight := func(t time.Time) time.Time {
		y, m, d := t.In(zone).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) // days of UTC all have 24 hours
	}
	days = max(0, int(midnight(now).Sub(midnight(placed))/(24*time.Hour)))
	switch {
	case days <= 1:
		return days, Ages[0]
	case days <= 3:
		return days, Ages[1]
	case days <= 7:
		return days, Ages[2]
	}
	return days, Ages[3]
}

// An Aged line is what of the backorders has one age.
type Aged struct {
	Age    string `json:"age"`
	Orders int    `json:"orders"`
	Pieces int64  `json:"pieces"`
	Held   int64  `json:"held"` // pieces of them that are not to be sent now
}

// Ageing counts backorders by their ages, all of which are there.
func (b Backorders) Ageing() []Aged {
	out := make([]Aged, len(Ages))
	at := map[string]int{}
	for i, age := range Ages {
		out[i].Age, at[age] = age, i
	}
	seen := map[string]bool{}
	for _, l := range b.Lines {
		one := &out[at[l.Age]]
		if !seen[l.Order] {
			seen[l.Order] = true
			one.Orders++
		}
		one.Pieces += l.Left
		if l.Held != "" {
			one.Held += l.Left
		}
	}
	return out
}

// BackordersName is the name of the workbook of a day: backorders-2026-11-25.xlsx.
func BackordersName(day string) string { return "backorders-" + day + ".xlsx" }

var (
	agedColumns = []column{{"col.age", 14, false}, {"col.orders", 14, false}, {"col.pieces", 14, false}, {"col.heldpieces", 18, false}}
	backColumns = []column{
		{"col.order", 14, false}, {"col.placed", 18, false}, {"col.days", 10, false}, {"col.age", 12, false}, {"col.paid", 20, false}, {"col.sku", 22, false},
		{"col.name", 34, false}, {"col.location", 20, false}, {"col.left", 12, false}, {"col.hold", 16, false},
	}
	wantedColumns = []column{
		{"col.sku", 22, false}, {"col.name", 34, false}, {"col.location", 20, false}, {"col.wanted", 14, false}, {"col.committed", 14, false},
		{"col.onhand", 14, false}, {"col.available", 14, false}, {"col.short", 12, false},
	}
)

// WriteBackorders writes the backorders as a workbook, whole or not at all: their
// ages, then line by line, then the items next to their balances.
func WriteBackorders(ctx context.Context, path, day string, all Backorders, opt Options) error {
	return writeDay(ctx, path, day, "title.backorders", opt, func(b *book) error { return b.backorders(all) })
}

func (b *book) backorders(all Backorders) error {
	if err := rowsOf(b, "ageing", agedColumns, all.Ageing(), func(s *sheet, a Aged) {
		s.text(a.Age)
		s.counted(int64(a.Orders))
		s.counted(a.Pieces)
		s.counted(a.Held)
	}); err != nil {
		return err
	}
	lines := slices.Clone(all.Lines)
	for i, p := range all.Partly() {
		all.More[i].Title = p.Says(b.opt.Lang)
		lines = append(lines, all.More[i])
	}
	if err := rowsOf(b, "backorders", backColumns, lines, func(s *sheet, l Backorder) {
		s.text(l.Order)
		s.time(l.Placed)
		s.counted(int64(l.Days))
		s.text(l.Age)
		s.text(l.Paid)
		s.text(l.SKU)
		s.words(l.Title)
		s.text(l.Location)
		s.counted(l.Left)
		s.text(l.Held)
	}); err != nil {
		return err
	}
	return rowsOf(b, "wanted", wantedColumns, all.Stock, func(s *sheet, w Wanted) {
		s.text(w.SKU)
		s.words(w.Title)
		s.text(w.Location)
		s.counted(w.Open)
		for _, n := range []int64{w.Committed, w.OnHand, w.Available, w.Short} {
			if w.Known {
				s.counted(n)
			} else {
				s.text("")
			}
		}
	})
}

// counted adds a number of whole things.
func (s *sheet) counted(n int64) { s.put(number, n) }

// rowsOf writes a sheet that is a table with a row for each of some things.
func rowsOf[T any](b *book, key string, cols []column, all []T, row func(*sheet, T)) error {
	s, err := b.sheet(key, cols)
	if err != nil {
		return err
	}
	for _, one := range all {
		row(s, one)
		if err := s.end(0); err != nil {
			return err
		}
	}
	return s.close(s.row)
}
