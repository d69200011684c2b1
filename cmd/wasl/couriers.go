package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/courier"
	"wasl/stages/reconcile"
)

// openCourier opens the door to what couriers owe.
func openCourier(c *Config, tables pipeline.Table) door {
	var config courier.Config
	if c.Courier != nil {
		config = *c.Courier
	}
	sink := courier.New(config, tables, c.zone)
	return door{section: "courier", off: c.Courier == nil, lane: sink.Lane(), sink: sink, kinds: sink.Kinds(), batch: 1000}
}

func (a *app) couriersCommand() *cobra.Command {
	var from, to string
	var all bool
	cmd := &cobra.Command{
		Use:   "couriers",
		Short: "Show what couriers owe of the cash that they collect on delivery",
		Long: `couriers holds couriers' sheets against the orders that are to be paid on delivery. It
rolls each courier's account forward, day by day: opening, shipped, collected, returned
or cancelled, tolerated, closing - which is what he owes - and of it what is short, and
beside it what his sheets bring that matches nothing, his fees, the VAT on them, and
what he pays. Then it shows what he owes by age since it was sent, order by order, and
what does not match. It only reads. It ends with code 0 where everything matches, and
with 3 where something does not.`,
		Example: "  wasl couriers\n  wasl couriers --from 2026-11-01 --to 2026-11-30 --json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			if err := days(from, to); err != nil {
				return usage{err}
			}
			if c.Courier == nil {
				return usage{&pipeline.Trouble{Rule: "courier.section"}}
			}
			l, err := a.openReading(cmd.Context(), c)
			if errors.Is(err, pipeline.ErrNotFound) {
				a.showCouriers(reconcile.Couriers{}, all)
				return nil
			}
			if err != nil {
				return err
			}
			defer func() { _ = l.Shut() }() // it was only read
			out, err := couriersIn(cmd.Context(), l, *c.Courier, courierWant{from: from, to: cmp.Or(to, c.today())})
			if err != nil {
				return err
			}
			a.showCouriers(out, all)
			return nil
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "the first day to show; days before it are in its opening")
	cmd.Flags().StringVar(&to, "to", "", "the last day to count")
	cmd.Flags().BoolVar(&all, "all", false, "print every day and every order, not only the last and the oldest fifty")
	return cmd
}

// courierWant says what of the couriers is wanted.
type courierWant struct {
	from, to string // the first and the last day; ages are those on the last
	arrived  bool   // they are days of arrival: shown are the days that files of these touch
}

// couriersIn reads how couriers stand, as the workbook has it.
func couriersIn(ctx context.Context, tables pipeline.Table, c courier.Config, want courierWant) (reconcile.Couriers, error) {
	out := reconcile.Couriers{Ages: c.AgeNames()}
	until := ""
	if want.arrived {
		until = want.to
	}
	books, err := courier.ReadBooks(ctx, tables, until)
	if err != nil {
		return out, fmt.Errorf("what couriers owe: %w", err)
	}
	r := courier.Reckon(books, c)
	in := func(m courier.Match) bool {
		if want.arrived {
			return m.Came(want.from, want.to)
		}
		return m.At >= want.from && m.At <= want.to
	}
	first := want.from
	if want.arrived {
		first = firstTouched(r, in)
	}
	for _, a := range r.Accounts() {
		out.Days = append(out.Days, accountDays(a, first, want.to)...)
	}
	for _, d := range r.Owing(c, want.to) {
		out.Open = append(out.Open, reconcile.CourierDebt{Courier: d.Courier, Currency: d.Currency, Order: d.Name, Parcel: strings.Join(d.Tracking, " + "),
			Sent: d.Sent, Days: d.Days, Age: d.Age, State: d.State, Expected: d.Expected, Collected: d.Collected, Left: d.Left})
	}
	for _, m := range r.Matches {
		if in(m) {
			out.Lines = append(out.Lines, lineOf(m))
		}
	}
	out.Off = r.Wrong(books.Handed, in)
	return out, nil
}

// firstTouched is the earliest day of the lines that are wanted; "9999" of none.
func firstTouched(r courier.Reckoning, wanted func(courier.Match) bool) string {
	first := "9999"
	for _, m := range r.Matches {
		if wanted(m) {
			first = min(first, m.At)
		}
	}
	return first
}

// accountDays are the days of an account from a first to a last one; where there are none,
// how it stood on the last.
func accountDays(a courier.Account, from, to string) (out []reconcile.CourierDay) {
	closing, short := pipeline.Decimal{}, pipeline.Decimal{}
	for _, d := range a.Days {
		if d.Day > to {
			break
		}
		closing, short = d.Closing, d.Short
		if d.Day >= from {
			out = append(out, reconcile.CourierDay{Courier: a.Courier, Currency: a.Currency, Day: d.Day, Opening: d.Opening, Shipped: d.Shipped, Collected: d.Collected,
				Returned: d.Returned, Tolerated: d.Tolerated, Closing: d.Closing, Short: d.Short, Fees: d.Fees, VAT: d.VAT, Paid: d.Paid, Unmatched: d.Unmatched})
		}
	}
	if len(out) == 0 && len(a.Days) > 0 && a.Days[0].Day <= to {
		out = append(out, reconcile.CourierDay{Courier: a.Courier, Currency: a.Currency, Day: to, Opening: closing, Closing: closing, Short: short})
	}
	return out
}

func lineOf(m courier.Match) reconcile.CourierLine {
	l := reconcile.CourierLine{Courier: m.Courier, Sheet: m.Sheet, Day: m.At, Parcel: cmp.Or(m.Tracking, m.Reference), Order: cmp.Or(m.Name, m.Remittance.Order), Class: m.Class,
		Currency: m.In, Amount: m.Amount, Fee: m.Fee, VAT: m.VAT, Net: m.Net(), Good: len(m.Wrong()) == 0}
	if m.Name != "" {
		l.Expected, l.Off = &m.Owed, &m.Off
	}
	if m.Class == courier.Returned {
		l.Off = nil // nothing was to come
	}
	if m.Handed != nil {
		l.Handed = m.Handed.Number
	}
	return l
}

// couriersFor reads how couriers stand for the workbooks of some days of arrival; nil
// where nobody keeps it.
func couriersFor(c *Config, l *ledger.Ledger) func(ctx context.Context, from, to string) (reconcile.Couriers, error) {
	if c.Courier == nil {
		return nil
	}
	return func(ctx context.Context, from, to string) (reconcile.Couriers, error) {
		return couriersIn(ctx, l, *c.Courier, courierWant{from: from, to: to, arrived: true})
	}
}

// couriersOff is what does not match of the lines that some jobs brought, or whose orders
// they brought.
func (h *house) couriersOff(ctx context.Context, jobs []pipeline.Opened) ([]pipeline.Problem, error) {
	mine := map[pipeline.Job]bool{}
	for _, j := range jobs {
		if strings.HasPrefix(j.Kind, courier.KindPrefix) {
			mine[j.Job] = true
		}
	}
	if len(mine) == 0 || h.cfg.Courier == nil {
		return nil, nil
	}
	books, err := courier.ReadBooks(ctx, h.ledger, "")
	if err != nil {
		return nil, err
	}
	return courier.Reckon(books, *h.cfg.Courier).Wrong(books.Handed, func(m courier.Match) bool { return mine[m.Job] || mine[m.Brought] }), nil
}

func (a *app) showCouriers(c reconcile.Couriers, all bool) {
	if len(c.Off) > 0 {
		a.code = exitAside
	}
	if a.json {
		a.couriersJSON(c)
		return
	}
	if len(c.Days) == 0 && len(c.Off) == 0 {
		fmt.Fprintln(a.out, a.say("couriers.none"))
		return
	}
	t := a.table(a.say("couriers.courier"), a.say("clearing.currency"), a.say("clearing.day"), a.say("clearing.opening"), a.say("couriers.shipped"), a.say("couriers.collected"),
		a.say("couriers.returned"), a.say("couriers.tolerated"), a.say("clearing.closing"), a.say("couriers.short"), a.say("couriers.unmatched"),
		a.say("clearing.fees"), a.say("couriers.vat"), a.say("couriers.paid"))
	first := 0
	if !all {
		first = max(0, len(c.Days)-mostLines)
	}
	for _, d := range c.Days[first:] {
		t.AppendRow([]any{d.Courier, d.Currency, d.Day, fixed(d.Opening), fixed(d.Shipped), fixed(d.Collected), fixed(d.Returned), fixed(d.Tolerated), fixed(d.Closing),
			fixed(d.Short), fixed(d.Unmatched), fixed(d.Fees), fixed(d.VAT), fixed(d.Paid)})
	}
	t.Render()
	a.showOwed(c)
	t = a.table(a.say("couriers.courier"), a.say("clearing.order"), a.say("couriers.parcel"), a.say("couriers.sent"), a.say("clearing.days"), a.say("couriers.expected"),
		a.say("couriers.collected"), a.say("couriers.owed"))
	for i, d := range c.Open {
		if i == mostLines && !all {
			break
		}
		t.AppendRow([]any{d.Courier, d.Order, d.Parcel, d.Sent, d.Days, fixed(d.Expected), fixed(d.Collected), fixed(d.Left)})
	}
	if t.Length() > 0 {
		fmt.Fprintln(a.out)
		t.Render()
	}
	if n := len(c.Open) - mostLines; n > 0 && !all {
		fmt.Fprintf(a.out, "%s\n", a.say("plan.more", "count", humanize.Comma(int64(n))))
	}
	a.accountProblems("clearing.off", c.Off)
}

// showOwed prints what couriers owe by age.
func (a *app) showOwed(c reconcile.Couriers) {
	sums := c.Sums()
	if len(sums) == 0 {
		return
	}
	header := []any{a.say("couriers.courier"), a.say("clearing.currency")}
	for _, age := range c.Ages {
		header = append(header, age)
	}
	t := a.table(append(header, a.say("couriers.owed"), a.say("couriers.orders"))...)
	for _, s := range sums {
		row := []any{s.Courier, s.Currency}
		for _, d := range s.Ages {
			row = append(row, fixed(d))
		}
		t.AppendRow(append(row, fixed(s.Total), s.Orders))
	}
	fmt.Fprintf(a.out, "\n%s\n", a.say("couriers.ages"))
	t.Render()
}

func (a *app) couriersJSON(c reconcile.Couriers) {
	for _, one := range c.Days {
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			reconcile.CourierDay
		}{"day", one})
	}
	for _, s := range c.Sums() {
		for i, age := range c.Ages {
			a.jsonLine(a.out, map[string]any{"what": "age", "courier": s.Courier, "currency": s.Currency, "age": age, "amount": s.Ages[i]})
		}
	}
	for _, one := range c.Open {
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			reconcile.CourierDebt
		}{"open", one})
	}
	for _, one := range c.Lines {
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			reconcile.CourierLine
		}{"line", one})
	}
	for _, p := range c.Off {
		a.jsonLine(a.out, map[string]any{"what": "off", "at": p.Origin.String(), "rule": p.Rule, "value": p.Value, "says": p.Says(a.language()), "facts": p.With})
	}
}

// courierState is what wasl status says of couriers.
type courierState struct {
	late  []reconcile.CourierSum // owed for longer than the settings allow
	waits int                    // lines of sheets whose orders are not known
	warn  int                    // days
}

// readCouriers asks what couriers owe for too long.
func (a *app) readCouriers(ctx context.Context, c *Config) (out courierState, err error) {
	if c.Courier == nil {
		return out, nil
	}
	l, err := a.openReading(ctx, c)
	if errors.Is(err, pipeline.ErrNotFound) {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	defer func() { _ = l.Shut() }() // it was only read
	all, err := couriersIn(ctx, l, *c.Courier, courierWant{to: c.today()})
	if err != nil {
		return out, err
	}
	out.warn = c.Courier.Warn()
	all.Open = slices.DeleteFunc(all.Open, func(d reconcile.CourierDebt) bool { return d.Days <= out.warn })
	out.late = all.Sums()
	for _, line := range all.Lines {
		if line.Class == courier.Awaits {
			out.waits++
		}
	}
	return out, nil
}

func (a *app) courierStatus(s courierState) {
	for _, d := range s.late {
		if a.json {
			a.jsonLine(a.out, map[string]any{"what": "courier", "courier": d.Courier, "currency": d.Currency, "late": d.Total, "orders": d.Orders, "oldest": d.Oldest, "days": s.warn})
			continue
		}
		fmt.Fprintln(a.out, a.say("couriers.late", "courier", d.Courier, "amount", d.Total.StringFixed(2), "currency", d.Currency, "count", humanize.Comma(int64(d.Orders)),
			"days", fmt.Sprint(s.warn), "oldest", d.Oldest))
	}
	switch {
	case s.waits == 0:
	case a.json:
		a.jsonLine(a.out, map[string]any{"what": "courier", "awaits": s.waits})
	default:
		fmt.Fprintln(a.out, a.say("couriers.waits", "count", humanize.Comma(int64(s.waits))))
	}
}
