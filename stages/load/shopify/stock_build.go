package shopify

import (
	"slices"
	"strconv"
	"strings"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// build makes the document of one item at one location. Rows of several warehouses
// that are kept in one location add up; the same warehouse twice is a mistake in the
// file, and which of the rows is right cannot be known.
func (r stockRules) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	first := group[0]
	sku, location := first.Text("sku"), first.Text("location")
	doc := pipeline.Document{Name: sku}
	if sku == "" || location == "" {
		return doc, nil // the row says neither; Map or the grouping has told so
	}
	doc.Key, doc.Words = stockKey(sku, location), distinct([]string{sku, first.Text("barcode")})
	var warehouses []string
	for _, row := range group {
		doc.From = append(doc.From, row.At("quantity"))
		warehouses = append(warehouses, row.Text("warehouse"))
	}
	doc.Name = stockName(sku, location, warehouses)
	if location == ignored {
		doc.Left = r.says("stock.ignored", map[string]string{"warehouse": strings.Join(slices.Compact(warehouses), ", ")})
		return doc, nil
	}

	problems := r.faults(group, warehouses)
	if !locationGID.MatchString(location) {
		problems = append(problems, first.Problem("location", "stock.location", map[string]string{"location": location, "known": r.known()}))
	}
	counted, why := r.counted(group, location)
	if len(counted) == 0 {
		problems = append(problems, first.Problem("warehouse", "stock.pick", map[string]string{"warehouse": strings.Join(warehouses, ", ")}))
	}
	s := sum{rules: r, why: why}
	quantity, rule := s.of(counted)
	if rule != "" && len(problems) == 0 {
		problems = append(problems, first.Problem("quantity", rule, map[string]string{"quantity": s.total.String()}))
	}
	if len(problems) > 0 {
		return doc, problems
	}
	doc.Print = pieces(quantity)
	doc.Body = stock{SKU: sku, Barcode: first.Text("barcode"), Location: location, Quantity: quantity, Why: strings.Join(s.why, ", ")}.body()
	return doc, nil
}

// faults are what is wrong with rows of a group in themselves.
func (r stockRules) faults(group []pipeline.Record, warehouses []string) (problems []pipeline.Problem) {
	for i, row := range group {
		facts := map[string]string{"sku": row.Text("sku"), "warehouse": warehouses[i]}
		switch {
		case slices.Contains(warehouses[:i], warehouses[i]):
			problems = append(problems, row.Problem("warehouse", "stock.twice", facts))
		case !row.Has("quantity"):
			problems = append(problems, row.Problem("quantity", "stock.quantity", facts))
		}
		for _, field := range []string{"reserved", "buffer"} {
			if row.Amount(field).IsNeg() {
				problems = append(problems, row.Problem(field, "stock.minus", facts))
			}
		}
	}
	return problems
}

// counted are the rows of a location that count: all of them, or, where the flow
// picks, that of the first warehouse of its order which is in the file; none where
// the order names none of them. Where a location has one warehouse there is nothing
// to pick.
func (r stockRules) counted(group []pipeline.Record, location string) (rows []pipeline.Record, why []string) {
	if !r.pick || len(group) == 1 && !r.shared(location) {
		return group, nil
	}
	for _, code := range r.order {
		for _, row := range group {
			if pipeline.Fold(row.Text("warehouse")) != code {
				continue
			}
			if len(group) > 1 {
				why = []string{"pick " + row.Text("warehouse")}
			}
			return []pipeline.Record{row}, why
		}
	}
	return nil, nil
}

// sum adds up the rows of a balance, and notes each rule of the flow that made it
// another.
type sum struct {
	rules stockRules
	why   []string
	total pipeline.Decimal
}

// step goes on with another total. name is what made it, as the mapping writes it.
func (s *sum) step(to pipeline.Decimal, name string) {
	if !to.Equal(s.total) && !slices.Contains(s.why, name) {
		s.why = append(s.why, name)
	}
	s.total = to
}

// of is the balance in whole pieces, or the rule that it breaks: what is promised
// and held back is taken off each warehouse, then off all of them; then a balance
// below zero and a fraction are what the flow makes of them; a buffer and the most
// that is shown come last.
func (s *sum) of(rows []pipeline.Record) (int64, pipeline.Rule) {
	r := s.rules
	kept := buffer{}
	own := false
	for _, row := range rows {
		one := sum{rules: r, why: s.why, total: row.Amount("quantity")}
		one.step(heldBack(one.total, row.Amount("reserved")), "reserved "+row.Amount("reserved").String())
		if n := r.reserve.of(row.Text("warehouse")); n > 0 {
			one.step(heldBack(one.total, whole(n)), "reserve "+pieces(n))
		}
		s.total, s.why = s.total.Add(one.total), one.why
		if row.Has("buffer") {
			own, kept.amount = true, kept.amount.Add(row.Amount("buffer"))
		}
	}
	if !own {
		kept = r.buffer
	}
	s.step(heldBack(s.total, whole(r.reserve.all)), "reserve "+pieces(r.reserve.all))
	if s.total.IsNeg() {
		switch {
		case r.cfg.Negative == negativeZero:
			s.step(udecimal.Zero, "negative: zero")
		case r.cfg.Negative == negativeHold, r.cfg.Quantity == quantityOnHand:
			return 0, "stock.negative"
		}
	}
	if whole := s.total.Floor(); !whole.Equal(s.total) {
		if r.cfg.Fraction == fractionHold {
			return 0, "stock.fraction"
		}
		s.step(whole, "fraction: floor")
	}
	s.step(kept.of(s.total), "buffer "+kept.String())
	if r.most != nil && s.total.GreaterThan(whole(*r.most)) {
		s.step(whole(*r.most), "max "+pieces(*r.most))
	}
	quantity, err := s.total.Int64()
	if err != nil || quantity > most || quantity < -most {
		return 0, "stock.range"
	}
	return quantity, ""
}

// whole is a number of pieces to reckon with.
func whole(n int64) pipeline.Decimal { return udecimal.MustFromInt64(n, 0) }

// number is a count for people.
func number(n int) string { return strconv.Itoa(n) }
