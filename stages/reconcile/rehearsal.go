package reconcile

import (
	"cmp"
	"context"
	"slices"

	"wasl/pipeline"
)

// A Rehearsal is what would have been filed with the tax authority, had it begun some days ago.
type Rehearsal struct {
	Since    string
	Receipts []Rehearsed // in the order of the chain
}

// Rehearsed is a receipt that would have been filed, or the reason why not.
type Rehearsed struct {
	Order  string           `json:"order"`
	Day    string           `json:"day"`   // of the money
	State  string           `json:"state"` // one of RehearsedStates
	Type   string           `json:"type,omitempty"`
	Number string           `json:"number,omitempty"`
	POS    string           `json:"pos,omitempty"`
	Lines  int              `json:"lines,omitempty"`
	Net    pipeline.Decimal `json:"net"`
	VAT    pipeline.Decimal `json:"vat"`
	Total  pipeline.Decimal `json:"total"` // of what is not filed: the order's
	Back   bool             `json:"back,omitempty"`
	UUID   string           `json:"uuid,omitempty"`

	Why  []pipeline.Problem `json:"-"`
	Left string             `json:"left,omitempty"` // why the flow leaves it out
}

// RehearsedStates are what becomes of receipts in a rehearsal: they fit, or were tried at preproduction and found valid,
// are being checked there, were sent and nothing was heard of them in time, are invalid or rejected; or they are held, wait for their sale, or are left out.
var RehearsedStates = []string{"fit", "valid", "checking", "unheard", "invalid", "rejected", "held", "waits", "left"}

// Filed tells whether the receipt would have been filed.
func (r Rehearsed) Filed() bool {
	return slices.Contains([]string{"fit", "valid", "checking", "unheard"}, r.State)
}

// A RehearsedDay is what a day comes to.
type RehearsedDay struct {
	Day      string           `json:"day"`
	Sales    int              `json:"sales"`
	Sold     pipeline.Decimal `json:"sold"`
	Returns  int              `json:"returns"`
	Returned pipeline.Decimal `json:"returned"`
	VAT      pipeline.Decimal `json:"vat"` // of sales less returns
	Not      int              `json:"not"` // that would not have been filed, and are not left out on purpose
	NotMoney pipeline.Decimal `json:"not_money"`
	Left     int              `json:"left"`
}

// Days are the receipts by day, oldest first.
func (r Rehearsal) Days() []RehearsedDay {
	at := map[string]*RehearsedDay{}
	var days []*RehearsedDay
	for _, one := range r.Receipts {
		d := at[one.Day]
		if d == nil {
			d = &RehearsedDay{Day: one.Day}
			at[one.Day], days = d, append(days, d)
		}
		switch {
		case one.State == "left":
			d.Left++
		case !one.Filed():
			d.Not++
			d.NotMoney = d.NotMoney.Add(one.Total)
		case one.Back:
			d.Returns++
			d.Returned, d.VAT = d.Returned.Add(one.Total), d.VAT.Sub(one.VAT)
		default:
			d.Sales++
			d.Sold, d.VAT = d.Sold.Add(one.Total), d.VAT.Add(one.VAT)
		}
	}
	out := make([]RehearsedDay, 0, len(days))
	for _, d := range days {
		out = append(out, *d)
	}
	slices.SortFunc(out, func(a, b RehearsedDay) int { return cmp.Compare(a.Day, b.Day) })
	return out
}

// Count counts the receipts by state.
func (r Rehearsal) Count() map[string]int {
	n := map[string]int{}
	for _, one := range r.Receipts {
		n[one.State]++
	}
	return n
}

// RehearsedName is the name of a state of a rehearsal, in the language given.
func RehearsedName(lang, state string) string { return say(lang, "rehearsed."+state) }

// RehearsalName is the name of the workbook of a day: rehearsal-2026-11-25.xlsx.
func RehearsalName(day string) string { return "rehearsal-" + day + ".xlsx" }

var (
	rehearsedDayColumns = []column{
		{"col.day", 14, false}, {"col.sales", 12, false}, {"col.sold", 18, false}, {"col.returns", 12, false}, {"col.returned", 18, false},
		{"col.vat", 16, false}, {"col.notfiled", 14, false}, {"col.notfiledmoney", 18, false}, {"col.leftout", 14, false},
	}
	rehearsedColumns = []column{
		{"col.order", 16, false}, {"col.day", 14, false}, {"col.state", 20, false}, {"col.type", 8, false}, {"col.number", 26, false}, {"col.pos", 16, false},
		{"col.lines", 10, false}, {"col.net", 16, false}, {"col.vat", 16, false}, {"col.total", 16, false}, {"col.why", 50, false}, {"col.fix", 44, false},
		{"col.file", 26, false}, {"col.row", 8, false}, {"col.uuid", 40, true},
	}
)

// WriteRehearsal writes a rehearsal as a workbook, whole or not at all: the days, then what would not have been filed,
// then every receipt that would.
func WriteRehearsal(ctx context.Context, path, day string, r Rehearsal, opt Options) error {
	return writeDay(ctx, path, day, "title.rehearsal", opt, func(b *book) error { return b.rehearsal(r) })
}

func (b *book) rehearsal(r Rehearsal) error {
	if err := rowsOf(b, "rehearsal", rehearsedDayColumns, r.Days(), func(s *sheet, d RehearsedDay) {
		s.date(d.Day)
		s.put(tallied, d.Sales)
		s.money(dashed, d.Sold)
		s.put(tallied, d.Returns)
		s.money(dashed, d.Returned)
		s.money(dashed, d.VAT)
		s.put(tallied, d.Not)
		s.money(dashed, d.NotMoney)
		s.put(tallied, d.Left)
	}); err != nil {
		return err
	}
	var filed, not []Rehearsed
	for _, one := range r.Receipts {
		if one.Filed() {
			filed = append(filed, one)
		} else {
			not = append(not, one)
		}
	}
	slices.SortStableFunc(not, func(a, b Rehearsed) int {
		return slices.Index(RehearsedStates, a.State) - slices.Index(RehearsedStates, b.State)
	})
	if err := rowsOf(b, "rehearsed.not", rehearsedColumns, not, rehearsedRow); err != nil {
		return err
	}
	return rowsOf(b, "rehearsed.filed", rehearsedColumns, filed, rehearsedRow)
}

var rehearsedLooks = map[string]look{"fit": good, "valid": good, "checking": wait, "unheard": warn, "invalid": bad, "rejected": bad, "held": warn, "waits": wait, "left": quiet}

func rehearsedRow(s *sheet, r Rehearsed) {
	s.text(r.Order)
	s.date(r.Day)
	s.put(rehearsedLooks[r.State], s.b.say("rehearsed."+r.State))
	s.text(r.Type)
	s.text(r.Number)
	s.text(r.POS)
	s.put(tallied, r.Lines)
	s.money(dashed, r.Net)
	s.money(dashed, r.VAT)
	s.money(dashed, r.Total)
	var p pipeline.Problem
	why, fix := r.Left, ""
	if len(r.Why) > 0 {
		p = r.Why[0]
		why, fix = p.Says(s.b.opt.Lang), p.Fix(s.b.opt.Lang)
	}
	s.words(why)
	s.words(fix)
	s.words(fileOf(p.Origin))
	if p.Row > 0 {
		s.put(number, p.Row)
	} else {
		s.text("")
	}
	s.text(r.UUID)
}
