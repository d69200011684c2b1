package reconcile

import (
	"fmt"

	"wasl/pipeline"
)

// money accounts for every amount: a flow, currency and day a row, then the
// totals of each flow and currency.
func (s *summarySheet) money(sum Summary) error {
	if err := s.heading("sum.money", [5]string{"col.flow", "col.kind", "col.day", "col.currency", "col.documents"}, "col.moneyin", ""); err != nil {
		return err
	}
	if len(sum.Money) == 0 {
		return s.remark(s.b.say("sum.nomoney"))
	}
	kinds := map[string]string{}
	for _, f := range sum.Flows {
		kinds[f.Flow] = f.Kind
	}
	first := s.row + 1
	for _, m := range sum.Money {
		s.text(m.Flow)
		s.text(kinds[m.Flow])
		if m.Day == "" {
			s.styled(center, s.b.say("sum.noday"))
		} else {
			s.date(m.Day)
		}
		s.styled(center, s.b.currency(m.Currency))
		s.put(number, m.Documents)
		s.amounts(m)
		if err := s.end(0); err != nil {
			return err
		}
	}
	return s.moneyTotals(totalsOf(sum.Money), first, s.row)
}

// currency is a currency in a cell. None has words of its own: SUMIFS takes an
// empty cell for a zero, and finds nothing.
func (b *book) currency(code string) string {
	if code == "" {
		return b.say("none.currency")
	}
	return code
}

// totalsOf adds up days: a flow and currency a line.
func totalsOf(money []MoneySum) []MoneySum {
	var out []MoneySum
	for _, m := range money {
		if n := len(out); n == 0 || out[n-1].Flow != m.Flow || out[n-1].Currency != m.Currency {
			out = append(out, MoneySum{Flow: m.Flow, Currency: m.Currency, By: map[pipeline.State]pipeline.Decimal{}})
		}
		t := &out[len(out)-1]
		t.Documents += m.Documents
		t.In, t.Off = t.In.Add(m.In), t.Off.Add(m.Off)
		for state, d := range m.By {
			t.By[state] = t.By[state].Add(d)
		}
	}
	return out
}

func (s *summarySheet) moneyTotals(totals []MoneySum, first, last int) error {
	for _, t := range totals {
		row := s.row + 1
		over := func(col int) string {
			return fmt.Sprintf("SUMIFS(%s,%s,%s,%s,%s)", span(col, first, last), span(1, first, last), cell(1, row), span(4, first, last), cell(4, row))
		}
		s.put(totalT, t.Flow)
		s.put(totalT, s.b.say("col.total"))
		s.put(totalT, nil)
		s.styled(totalC, s.b.currency(t.Currency))
		s.formula(totalN, over(5), t.Documents)
		s.totalled(over(colIn), t.In)
		for i, b := range buckets {
			s.totalled(over(firstBucket+i), amountOf(b.states, t.By))
		}
		s.put(totalM, nil)
		s.checkMoney(t.Off)
		s.put(totalT, nil)
		if err := s.end(0); err != nil {
			return err
		}
	}
	return nil
}

func (s *summarySheet) totalled(formula string, d pipeline.Decimal) {
	if f, ok := exact(d); ok {
		s.formula(totalM, formula, f)
		return
	}
	s.put(totalT, d.String())
}

// amounts adds the money that came in, what became of it, and whether that is
// all of it.
func (s *summarySheet) amounts(m MoneySum) {
	s.sheet.money(amount, m.In)
	for _, b := range buckets {
		s.sheet.money(dashed, amountOf(b.states, m.By))
	}
	s.put(plain, nil)
	s.checkMoney(m.Off)
	s.put(plain, nil)
}

// checkMoney rounds the spreadsheet's own difference to five decimals, the most
// that an amount has: it adds up in binary fractions.
func (s *summarySheet) checkMoney(off pipeline.Decimal) {
	l := evenM
	if !off.IsZero() {
		l = offM
	}
	f, ok := exact(off)
	if !ok {
		s.put(l, off.String())
		return
	}
	s.formula(l, "ROUND("+s.checking()+",5)", f)
}

func amountOf(states []pipeline.State, by map[pipeline.State]pipeline.Decimal) pipeline.Decimal {
	var d pipeline.Decimal
	for _, state := range states {
		d = d.Add(by[state])
	}
	return d
}
