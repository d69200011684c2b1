package reconcile

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"wasl/pipeline"
)

// A Purchase is what a sales document says of what a customer bought or gave back.
type Purchase struct {
	Customer, Number, Name string // ours, the ERP's, the person's
	Currency               string
	Order                  string
	Placed                 time.Time
	Returns                bool             // a cancellation or a credit note
	Total, Pieces          pipeline.Decimal // below zero where it takes back
	Items                  string           // what the order is of then; "" of what takes back
}

// A History is what a customer has bought and given back, in one currency.
type History struct {
	Customer string           `json:"customer"`
	Number   string           `json:"number,omitempty"`
	Name     string           `json:"name,omitempty"`
	Currency string           `json:"currency"`
	Orders   int              `json:"orders"`
	Sales    pipeline.Decimal `json:"sales"`
	Returns  pipeline.Decimal `json:"returns"` // above zero
	Net      pipeline.Decimal `json:"net"`
	Pieces   pipeline.Decimal `json:"pieces"`
	Returned pipeline.Decimal `json:"returned"`
	First    string           `json:"first,omitempty"` // days of the shop's zone
	Last     string           `json:"last,omitempty"`
	Order    string           `json:"last_order,omitempty"`
	Items    string           `json:"last_items,omitempty"`

	seen map[string]bool // orders
}

// Told tells whether a document has been told to the other side: it was written, and not
// refused.
func Told(s pipeline.State) bool { return s == pipeline.Delivered || s == pipeline.Accepted }

// Histories adds purchases up by customer. Told is what all of them come to, by
// currency: what the histories have to add up to.
type Histories struct {
	Zone *time.Location
	Told map[string]pipeline.Decimal
	by   map[[2]string]*History
}

// Add adds a purchase. Those of one order are added in the order in which they were told.
func (h *Histories) Add(p Purchase) {
	if h.by == nil {
		h.by, h.Told = map[[2]string]*History{}, map[string]pipeline.Decimal{}
	}
	h.Told[p.Currency] = h.Told[p.Currency].Add(p.Total)
	key := [2]string{p.Customer, p.Currency}
	one := h.by[key]
	if one == nil {
		one = &History{Customer: p.Customer, Currency: p.Currency, seen: map[string]bool{}}
		h.by[key] = one
	}
	one.Number = cmp.Or(p.Number, one.Number)
	one.Net = one.Net.Add(p.Total)
	if p.Returns {
		one.Returns, one.Returned = one.Returns.Sub(p.Total), one.Returned.Sub(p.Pieces)
	} else {
		one.Sales, one.Pieces = one.Sales.Add(p.Total), one.Pieces.Add(p.Pieces)
	}
	if !one.seen[p.Order] {
		one.seen[p.Order] = true
		one.Orders++
	}
	day := ""
	if !p.Placed.IsZero() {
		day = p.Placed.In(h.zone()).Format(time.DateOnly)
	}
	if one.First == "" || day != "" && day < one.First {
		one.First = day
	}
	if day >= one.Last {
		one.Last, one.Order, one.Name = day, p.Order, cmp.Or(p.Name, one.Name)
		one.Items = cmp.Or(p.Items, one.Items)
	}
}

func (h *Histories) zone() *time.Location {
	if h.Zone == nil {
		return time.UTC
	}
	return h.Zone
}

// All are the histories, by customer and currency.
func (h *Histories) All() []History {
	var out []History
	for _, one := range h.by {
		out = append(out, *one)
	}
	slices.SortFunc(out, func(a, b History) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Currency, b.Currency))
	})
	return out
}

var customersColumns = []column{
	{"col.customer", 18, false}, {"col.erp_account", 16, false}, {"col.person", 30, false}, {"col.currency", 10, false}, {"col.orders", 10, false},
	{"col.sales", 15, false}, {"col.returns", 15, false}, {"col.net", 15, false}, {"col.bought", 10, false}, {"col.pieces_back", 12, false},
	{"col.first", 13, false}, {"col.last", 13, false}, {"col.lastorder", 16, false}, {"col.lastitems", 44, false},
}

// bought adds a sales document to the histories of the days.
func (b *book) bought(ctx context.Context, all *Histories, e pipeline.Entry) error {
	if b.opt.Bought == nil || !Told(e.State) {
		return nil
	}
	p, ok, err := b.opt.Bought(ctx, e)
	if err == nil && ok {
		all.Add(p)
	}
	return err
}

// customers writes what customers bought in these days' files, and beneath it what the
// ERP was told in sales documents: it has to be the same.
func (b *book) customers(all *Histories) error {
	list := all.All()
	if len(list) == 0 {
		return nil
	}
	s, err := b.sheet("customers", customersColumns)
	if err != nil {
		return err
	}
	sums := map[string][3]pipeline.Decimal{}
	for _, one := range list {
		s.history(one)
		if err := s.end(0); err != nil {
			return err
		}
		sum := sums[one.Currency]
		sums[one.Currency] = [3]pipeline.Decimal{sum[0].Add(one.Sales), sum[1].Add(one.Returns), sum[2].Add(one.Net)}
	}
	last := s.row
	if err := s.end(0); err != nil {
		return err
	}
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		if err := s.tied(currency, sums[currency], all.Told[currency], last); err != nil {
			return err
		}
	}
	if err := s.remark(b.say("customers.note")); err != nil {
		return err
	}
	return s.close(last)
}

// history adds the cells of one customer.
func (s *sheet) history(h History) {
	if h.Customer == "walk-in" {
		h.Customer = s.b.say("customers.walkin")
	}
	s.text(h.Customer)
	s.text(h.Number)
	s.words(h.Name)
	s.styled(center, s.b.currency(h.Currency))
	s.counted(int64(h.Orders))
	s.money(amount, h.Sales)
	s.money(dashed, h.Returns)
	s.money(amount, h.Net)
	s.money(number, h.Pieces)
	s.money(number, h.Returned)
	s.date(h.First)
	s.date(h.Last)
	s.text(h.Order)
	s.words(h.Items)
}

// tied writes the totals of a currency, what the sales documents come to, and the
// difference.
func (s *sheet) tied(currency string, sum [3]pipeline.Decimal, told pipeline.Decimal, last int) error {
	begin := func(words string) {
		s.put(totalT, s.b.say(words))
		s.styled(totalT, "")
		s.styled(totalT, "")
		s.styled(totalC, s.b.currency(currency))
		s.styled(totalT, "")
	}
	begin("col.total")
	for i, value := range sum {
		s.sumIfs(6+i, last, []int{4}, value)
	}
	if err := s.end(0); err != nil {
		return err
	}
	begin("customers.told")
	s.styled(totalT, "")
	s.styled(totalT, "")
	s.money(totalM, told)
	if err := s.end(0); err != nil {
		return err
	}
	begin("col.difference")
	s.styled(totalT, "")
	s.styled(totalT, "")
	look := evenM
	if !told.Equal(sum[2]) {
		look = offM
	}
	diff, _ := exact(told.Sub(sum[2]))
	s.formula(look, cell(8, s.row)+"-"+cell(8, s.row-1), diff)
	return s.end(0)
}
