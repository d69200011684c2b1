package reconcile

import (
	"cmp"
	"maps"
	"slices"

	"wasl/pipeline"
)

var salesColumns = []column{
	{"col.day", 12, false}, {"col.order", 20, false}, {"col.currency", 10, false}, {"col.shopify", 16, false}, {"col.filed", 16, false},
	{"col.difference", 14, false}, {"col.class", 26, false}, {"col.why", 70, false},
}

// sales hold the sales of each day, as the shop states them, against the receipts of that day that were filed. A day is
// that of the sale, or of the refund; amounts of refunds are below zero. What differs is listed line by line with its
// class, and the lines come to the difference.
type sales struct {
	*sheet
	all map[string]*sold // by key of the document
}

// A sold is a sale or a return, as the newest of its documents that tells most says.
type sold struct {
	name, day, currency string
	state               pipeline.State
	money, out          pipeline.Decimal
	beside              []pipeline.Beside
	why                 string
}

func (b *book) salesSheet() *sales {
	return &sales{sheet: &sheet{b: b, key: "sales", cols: salesColumns, table: true}, all: map[string]*sold{}}
}

func (s *sales) add(e pipeline.Entry) {
	switch {
	case e.Day == "" && e.Money.IsZero():
		return // of a row that could not be read nothing is known
	case e.State == pipeline.Skipped && e.Of != "" && e.Money.IsNeg():
		return // it takes back what was never filed: what it follows says why, once
	}
	have := s.all[e.Key]
	if have == nil {
		have = &sold{}
		s.all[e.Key] = have
	}
	if rank[have.state] <= rank[e.State] {
		*have = sold{name: e.Name, day: e.Day, currency: e.Currency, state: e.State, money: e.Money, out: e.Out, beside: e.Beside, why: s.b.why(e)}
	}
}

// A gap is money of one class by which a document's receipt differs from what the shop states.
type gap struct {
	class  string
	amount pipeline.Decimal
}

// filed tells whether a document has its receipt.
func (d sold) filed() bool { return d.state == pipeline.Delivered || d.state == pipeline.Unchanged }

// gaps are what a document differs by: what does not leave with it by class, or all of it where it has no receipt (yet).
func (d sold) gaps() []gap {
	var out []gap
	left := d.money
	if d.filed() {
		left = left.Sub(d.out)
	}
	if d.filed() || d.state == pipeline.Skipped {
		for _, b := range d.beside {
			out = append(out, gap{b.Class, b.Amount})
			left = left.Sub(b.Amount)
		}
	}
	if !left.IsZero() {
		class := "state." + string(d.state)
		if d.filed() {
			class = "class.other"
		}
		out = append(out, gap{class, left})
	}
	return out
}

// A saleDay is a day's sales in one currency.
type saleDay struct {
	day, currency  string
	shop, receipts pipeline.Decimal
	docs           []*sold // in order of their names
}

// days put the documents into days.
func (s *sales) days() []*saleDay {
	type key struct{ day, currency string }
	by := map[key]*saleDay{}
	for _, k := range slices.Sorted(maps.Keys(s.all)) {
		d := s.all[k]
		at := key{d.day, d.currency}
		if by[at] == nil {
			by[at] = &saleDay{day: d.day, currency: d.currency}
		}
		day := by[at]
		day.shop, day.docs = day.shop.Add(d.money), append(day.docs, d)
		if d.filed() {
			day.receipts = day.receipts.Add(d.out)
		}
	}
	days := slices.Collect(maps.Values(by))
	slices.SortFunc(days, func(a, b *saleDay) int { return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.currency, b.currency)) })
	for _, day := range days {
		slices.SortStableFunc(day.docs, func(a, b *sold) int { return cmp.Compare(a.name, b.name) })
	}
	return days
}

// finish writes a row for each day, and under it a row for each difference.
func (s *sales) finish() error {
	if len(s.all) == 0 {
		return nil
	}
	if err := s.open(); err != nil {
		return err
	}
	for _, day := range s.days() {
		if err := s.day(day); err != nil {
			return err
		}
		for _, d := range day.docs {
			for _, g := range d.gaps() {
				if err := s.gap(day, d, g); err != nil {
					return err
				}
			}
		}
	}
	return s.close(s.row)
}

func (s *sales) day(day *saleDay) error {
	s.dayOf(day)
	s.put(totalT, s.b.say("col.total"))
	s.styled(totalC, day.currency)
	s.money(totalM, day.shop)
	s.money(totalM, day.receipts)
	s.money(totalM, day.shop.Sub(day.receipts))
	s.put(totalT, nil)
	s.put(totalT, nil)
	return s.end(0)
}

func (s *sales) dayOf(day *saleDay) {
	if day.day == "" {
		s.styled(center, s.b.say("sum.noday"))
		return
	}
	s.date(day.day)
}

func (s *sales) gap(day *saleDay, d *sold, g gap) error {
	s.dayOf(day)
	s.text(d.name)
	s.styled(center, day.currency)
	s.money(amount, d.money)
	if d.filed() {
		s.money(amount, d.out)
	} else {
		s.money(dashed, pipeline.Decimal{})
	}
	s.money(amount, g.amount)
	s.words(s.b.class(g.class))
	s.words(d.why)
	return s.end(0)
}

// class is a class of money in words.
func (b *book) class(name string) string {
	for _, key := range []string{name, "beside." + name} {
		if _, ok := words[key]; ok {
			return b.say(key)
		}
	}
	return name
}
