package reconcile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"wasl/pipeline"
)

// Clearing is how the accounts between payment gateways and the bank stand.
type Clearing struct {
	Days []ClearedDay       // by account and currency, then by day
	Open []Unsettled        // what gateways still owe, the oldest first
	Off  []pipeline.Problem // payouts that do not match what they were made of
}

// A ClearedDay is a day of an account. A day's Opening is the Closing of the one before;
// Closing is the sum of all to its left. What takes off is below zero.
type ClearedDay struct {
	Account  string           `json:"account"`
	Gateway  string           `json:"gateway"`
	Currency string           `json:"currency"`
	Day      string           `json:"day"`
	Opening  pipeline.Decimal `json:"opening"`
	Sales    pipeline.Decimal `json:"sales"`
	Refunds  pipeline.Decimal `json:"refunds"`
	Fees     pipeline.Decimal `json:"fees"`
	Adjusted pipeline.Decimal `json:"adjusted"`
	Settled  pipeline.Decimal `json:"settled"`
	Closing  pipeline.Decimal `json:"closing"`
}

// An Unsettled receipt is money that its gateway has not paid out.
type Unsettled struct {
	Account  string           `json:"account"`
	Currency string           `json:"currency"`
	Day      string           `json:"day"`
	Days     int              `json:"days"` // old
	Age      string           `json:"age"`  // one of DebtAges
	Order    string           `json:"order"`
	Number   string           `json:"number"` // of the receipt at the ERP
	Amount   pipeline.Decimal `json:"amount"`
	Left     pipeline.Decimal `json:"left"` // of it
}

// DebtAges are the ages by which money is counted that somebody owes, in days.
var DebtAges = []string{"0-3", "4-7", "8-14", "15-30", ">30"}

// DebtAge is how many days lie between two days of the calendar, and the age that this
// is counted as.
func DebtAge(day, on string) (days int, age string) {
	from, err := time.Parse(time.DateOnly, day)
	to, wrong := time.Parse(time.DateOnly, on)
	if err != nil || wrong != nil {
		return 0, DebtAges[0]
	}
	days = max(0, int(to.Sub(from)/(24*time.Hour)))
	for i, most := range []int{3, 7, 14, 30} {
		if days <= most {
			return days, DebtAges[i]
		}
	}
	return days, DebtAges[len(DebtAges)-1]
}

// A Debt is what of some money has one age.
type Debt struct {
	Account  string           `json:"account"`
	Currency string           `json:"currency"`
	Age      string           `json:"age"`
	Count    int              `json:"count"`
	Amount   pipeline.Decimal `json:"amount"`
}

// Ageing adds up what is open by account, currency and age, all of which are there.
func (c Clearing) Ageing() []Debt {
	var all []Debt
	at := map[[2]string]int{} // of an account's first age
	for _, u := range c.Open {
		key := [2]string{u.Account, u.Currency}
		first, ok := at[key]
		if !ok {
			first = len(all)
			at[key] = first
			for _, age := range DebtAges {
				all = append(all, Debt{Account: u.Account, Currency: u.Currency, Age: age})
			}
		}
		d := &all[first+slices.Index(DebtAges, u.Age)]
		d.Count, d.Amount = d.Count+1, d.Amount.Add(u.Left)
	}
	return all
}

var (
	clearingColumns = []column{
		{"col.account", 20, false}, {"col.gateway", 20, false}, {"col.currency", 10, false}, {"col.day", 12, false}, {"col.opening", 15, false}, {"col.sales", 15, false},
		{"col.refunds", 15, false}, {"col.fees", 13, false}, {"col.adjusted", 13, false}, {"col.settledsum", 15, false}, {"col.closing", 15, false},
	}
	unsettledColumns = []column{
		{"col.account", 20, false}, {"col.currency", 10, false}, {"col.day", 12, false}, {"col.days", 8, false}, {"col.age", 12, false}, {"col.order", 16, false},
		{"col.receipt", 22, false}, {"col.amount", 15, false}, {"col.open", 15, false},
	}
	debtColumns = []column{{"col.account", 20, false}, {"col.currency", 10, false}, {"col.age", 14, false}, {"col.count", 12, false}, {"col.open", 18, false}}
)

// readClearing asks how the accounts stood; nothing where nobody keeps any.
func (b *book) readClearing(ctx context.Context) (Clearing, error) {
	if b.opt.Clearing == nil {
		return Clearing{}, nil
	}
	c, err := b.opt.Clearing(ctx, b.from, b.to)
	if err != nil {
		return c, fmt.Errorf("read the clearing accounts: %w", err)
	}
	return c, nil
}

// mostOpen is how many receipts are listed; the ageing counts all of them.
const mostOpen = 20_000

// clearing writes the accounts, where there are any.
func (b *book) clearing(c Clearing) error {
	if len(c.Days) == 0 {
		return nil
	}
	s, err := b.sheet("clearing", clearingColumns)
	if err != nil {
		return err
	}
	for i, d := range c.Days {
		follows := i > 0 && c.Days[i-1].Account == d.Account && c.Days[i-1].Currency == d.Currency
		s.text(d.Account)
		s.text(d.Gateway)
		s.styled(center, b.currency(d.Currency))
		s.date(d.Day)
		row := s.row + 1
		if follows && s.row > 1 {
			s.sum(cell(11, s.row), d.Opening)
		} else {
			s.money(amount, d.Opening)
		}
		for _, m := range []pipeline.Decimal{d.Sales, d.Refunds, d.Fees, d.Adjusted, d.Settled} {
			s.money(dashed, m)
		}
		s.sum(fmt.Sprintf("ROUND(SUM(%s:%s),5)", cell(5, row), cell(10, row)), d.Closing)
		if err := s.end(0); err != nil {
			return err
		}
	}
	last := s.row
	if err := s.remark(b.say("clearing.note")); err != nil {
		return err
	}
	if err := s.close(last); err != nil {
		return err
	}
	if err := rowsOf(b, "cleared.ageing", debtColumns, c.Ageing(), func(s *sheet, d Debt) {
		s.text(d.Account)
		s.styled(center, b.currency(d.Currency))
		s.text(d.Age)
		s.counted(int64(d.Count))
		s.money(dashed, d.Amount)
	}); err != nil {
		return err
	}
	return b.unsettled(c.Open)
}

func (b *book) unsettled(open []Unsettled) error {
	s, err := b.sheet("unsettled", unsettledColumns)
	if err != nil {
		return err
	}
	for _, u := range open[:min(len(open), mostOpen)] {
		s.text(u.Account)
		s.styled(center, b.currency(u.Currency))
		s.date(u.Day)
		s.counted(int64(u.Days))
		s.text(u.Age)
		s.text(u.Order)
		s.text(u.Number)
		s.money(amount, u.Amount)
		s.money(amount, u.Left)
		if err := s.end(0); err != nil {
			return err
		}
	}
	last := s.row
	if n := len(open) - mostOpen; n > 0 {
		if err := s.remark(say(b.opt.Lang, "more", "count", fmt.Sprint(n))); err != nil {
			return err
		}
	}
	return s.close(last)
}

// sum adds an amount that a formula gives as well.
func (s *sheet) sum(formula string, d pipeline.Decimal) {
	if f, ok := exact(d); ok {
		s.formula(amount, formula, f)
		return
	}
	s.put(plain, d.String())
}
