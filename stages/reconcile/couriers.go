package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"wasl/pipeline"
)

// Couriers is how things stand with who collects cash on delivery.
type Couriers struct {
	Ages  []string           // by which debts are counted, such as 0-7, the youngest first
	Days  []CourierDay       // by courier and currency, then by day
	Open  []CourierDebt      // orders that they owe for, the oldest first
	Lines []CourierLine      // of sheets, in the order in which they came
	Off   []pipeline.Problem // what does not match
}

// A CourierDay is a day of a courier's account. A day's Opening is the Closing of the one
// before; Closing is the sum of Opening to Tolerated. What takes off is below zero. Short
// is of Closing; Fees, VAT and Paid are what Collected and Unmatched are made of.
type CourierDay struct {
	Courier   string           `json:"courier"`
	Currency  string           `json:"currency"`
	Day       string           `json:"day"`
	Opening   pipeline.Decimal `json:"opening"`
	Shipped   pipeline.Decimal `json:"shipped"`
	Collected pipeline.Decimal `json:"collected"`
	Returned  pipeline.Decimal `json:"returned"` // or cancelled
	Tolerated pipeline.Decimal `json:"tolerated"`
	Closing   pipeline.Decimal `json:"closing"`
	Short     pipeline.Decimal `json:"short"`
	Fees      pipeline.Decimal `json:"fees"`
	VAT       pipeline.Decimal `json:"vat"`
	Paid      pipeline.Decimal `json:"paid"`
	Unmatched pipeline.Decimal `json:"unmatched"`
}

// A CourierDebt is an order that was sent and for which its courier owes.
type CourierDebt struct {
	Courier   string           `json:"courier"`
	Currency  string           `json:"currency"`
	Order     string           `json:"order"`
	Parcel    string           `json:"parcel"`
	Sent      string           `json:"sent"`
	Days      int              `json:"days"` // since then
	Age       string           `json:"age"`  // one of Couriers.Ages
	State     string           `json:"state"`
	Expected  pipeline.Decimal `json:"expected"`
	Collected pipeline.Decimal `json:"collected"`
	Left      pipeline.Decimal `json:"left"`
}

// A CourierLine is a line of a sheet with what became of it.
type CourierLine struct {
	Courier  string            `json:"courier"`
	Sheet    string            `json:"sheet"`
	Day      string            `json:"day"`
	Parcel   string            `json:"parcel"`
	Order    string            `json:"order"`
	Class    string            `json:"class"` // matched, short ...
	Currency string            `json:"currency"`
	Expected *pipeline.Decimal `json:"expected"` // what its order owed before it; nil: it is not known
	Amount   pipeline.Decimal  `json:"amount"`
	Off      *pipeline.Decimal `json:"off"`
	Fee      pipeline.Decimal  `json:"fee"`
	VAT      pipeline.Decimal  `json:"vat"`
	Net      pipeline.Decimal  `json:"net"`
	Handed   string            `json:"handed"` // the number under which it was handed on; "" where it was not
	Good     bool              `json:"-"`      // nobody has to look at it
}

// A CourierSum is what a courier owes in one currency, by age.
type CourierSum struct {
	Courier, Currency string
	Orders            int
	Ages              []pipeline.Decimal // as Couriers.Ages
	Total             pipeline.Decimal
	Oldest            string // the day of the oldest order
}

// Sums adds up what is owed by courier and currency, in their order.
func (c Couriers) Sums() []CourierSum {
	var out []CourierSum
	at := map[[2]string]int{}
	for _, d := range c.Open {
		key := [2]string{d.Courier, d.Currency}
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key], out = i, append(out, CourierSum{Courier: d.Courier, Currency: d.Currency, Ages: make([]pipeline.Decimal, len(c.Ages)), Oldest: d.Sent})
		}
		s := &out[i]
		s.Orders, s.Total = s.Orders+1, s.Total.Add(d.Left)
		for j, age := range c.Ages {
			if age == d.Age {
				s.Ages[j] = s.Ages[j].Add(d.Left)
			}
		}
	}
	slices.SortFunc(out, func(a, b CourierSum) int {
		return cmp.Or(cmp.Compare(a.Courier, b.Courier), cmp.Compare(a.Currency, b.Currency))
	})
	return out
}

var (
	courierColumns = []column{
		{"col.courier", 16, false}, {"col.currency", 9, false}, {"col.day", 12, false}, {"col.opening", 14, false}, {"col.shipped", 14, false}, {"col.collected", 14, false},
		{"col.cameback", 14, false}, {"col.tolerated", 12, false}, {"col.closing", 14, false}, {"col.ofshort", 13, false}, {"col.unmatched", 13, false},
		{"col.courierfees", 13, false}, {"col.feesvat", 12, false}, {"col.paidin", 14, false},
	}
	codColumns = []column{
		{"col.courier", 16, false}, {"col.order", 14, false}, {"col.parcel", 20, false}, {"col.shippedon", 12, false}, {"col.days", 8, false}, {"col.age", 12, false},
		{"col.currency", 9, false}, {"col.expected", 14, false}, {"col.collected", 14, false}, {"col.owed", 14, false}, {"col.state", 18, false},
	}
	codLineColumns = []column{
		{"col.courier", 14, false}, {"col.cod.sheet", 14, false}, {"col.day", 12, false}, {"col.parcel", 18, false}, {"col.order", 12, false}, {"col.cod.class", 22, false},
		{"col.currency", 9, false}, {"col.owedbefore", 13, false}, {"col.collected", 13, false}, {"col.off", 13, false}, {"col.courierfees", 12, false}, {"col.feesvat", 11, false},
		{"col.net", 13, false}, {"col.handed", 26, false},
	}
)

// readCouriers asks how couriers stood; nothing where nobody keeps it.
func (b *book) readCouriers(ctx context.Context) (Couriers, error) {
	if b.opt.Couriers == nil {
		return Couriers{}, nil
	}
	c, err := b.opt.Couriers(ctx, b.from, b.to)
	if err != nil {
		return c, fmt.Errorf("read what couriers owe: %w", err)
	}
	return c, nil
}

// couriers writes what couriers owe, where anything is known of them.
func (b *book) couriers(c Couriers) error {
	if len(c.Days) == 0 && len(c.Lines) == 0 {
		return nil
	}
	if err := b.courierDays(c.Days); err != nil {
		return err
	}
	if err := b.courierAges(c); err != nil {
		return err
	}
	if err := rowsOf(b, "cod.open", codColumns, c.Open[:min(len(c.Open), mostOpen)], func(s *sheet, d CourierDebt) {
		s.text(d.Courier)
		s.text(d.Order)
		s.text(d.Parcel)
		s.date(d.Sent)
		s.counted(int64(d.Days))
		s.text(d.Age)
		s.styled(center, b.currency(d.Currency))
		s.money(amount, d.Expected)
		s.money(dashed, d.Collected)
		s.money(amount, d.Left)
		s.text(b.say("cod." + d.State))
	}); err != nil || len(c.Lines) == 0 {
		return err
	}
	return rowsOf(b, "cod.lines", codLineColumns, c.Lines, b.courierLine)
}

func (b *book) courierDays(days []CourierDay) error {
	s, err := b.sheet("couriers", courierColumns)
	if err != nil {
		return err
	}
	for i, d := range days {
		s.text(d.Courier)
		s.styled(center, b.currency(d.Currency))
		s.date(d.Day)
		row := s.row + 1
		if i > 0 && days[i-1].Courier == d.Courier && days[i-1].Currency == d.Currency && s.row > 1 {
			s.sum(cell(9, s.row), d.Opening)
		} else {
			s.money(amount, d.Opening)
		}
		for _, m := range []pipeline.Decimal{d.Shipped, d.Collected, d.Returned, d.Tolerated} {
			s.money(dashed, m)
		}
		s.sum(fmt.Sprintf("ROUND(SUM(%s:%s),5)", cell(4, row), cell(8, row)), d.Closing)
		for _, m := range []pipeline.Decimal{d.Short, d.Unmatched, d.Fees, d.VAT, d.Paid} {
			s.money(dashed, m)
		}
		if err := s.end(0); err != nil {
			return err
		}
	}
	last := s.row
	for _, note := range []string{b.say("couriers.note"), b.say("couriers.note2")} {
		if err := s.remark(note); err != nil {
			return err
		}
	}
	return s.close(last)
}

// courierAges writes what is owed, a courier a row and an age a column.
func (b *book) courierAges(c Couriers) error {
	columns := []column{{"col.courier", 20, false}, {"col.currency", 10, false}}
	for _, age := range c.Ages {
		columns = append(columns, column{b.ageTitle(age), 18, false})
	}
	columns = append(columns, column{"col.owed", 18, false}, column{"col.orders", 10, false}, column{"col.oldest", 14, false})
	return rowsOf(b, "cod.ageing", columns, c.Sums(), func(s *sheet, d CourierSum) {
		s.text(d.Courier)
		s.styled(center, b.currency(d.Currency))
		row := s.row + 1
		for _, m := range d.Ages {
			s.money(dashed, m)
		}
		s.sum(fmt.Sprintf("ROUND(SUM(%s:%s),5)", cell(3, row), cell(2+len(d.Ages), row)), d.Total)
		s.counted(int64(d.Orders))
		s.date(d.Oldest)
	})
}

// ageTitle is a header for an age: 8-14 days, over 30 days. It is no key of the table of
// words, and so stands as it is.
func (b *book) ageTitle(age string) string {
	if days, over := strings.CutPrefix(age, ">"); over {
		return say(b.opt.Lang, "cod.older", "days", days)
	}
	return say(b.opt.Lang, "cod.days", "days", age)
}

func (b *book) courierLine(s *sheet, l CourierLine) {
	some := func(look look, d *pipeline.Decimal) {
		if d == nil {
			s.text("")
			return
		}
		s.money(look, *d)
	}
	s.text(l.Courier)
	s.text(l.Sheet)
	s.date(l.Day)
	s.text(l.Parcel)
	s.text(l.Order)
	shade := warn
	if l.Good {
		shade = good
	}
	s.styled(shade, b.say("cod."+l.Class))
	s.styled(center, b.currency(l.Currency))
	some(amount, l.Expected)
	s.money(amount, l.Amount)
	some(dashed, l.Off)
	s.money(dashed, l.Fee)
	s.money(dashed, l.VAT)
	s.money(amount, l.Net)
	s.text(l.Handed)
}
