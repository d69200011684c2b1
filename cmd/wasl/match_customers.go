package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/erp"
	"wasl/stages/reconcile"
)

// An undecided is two customers who may be one.
type undecided struct {
	one, other erp.Person
	why        string // in the reader's language
}

// likePrefix begins the rules that propose two customers as one.
const likePrefix = "customer.like."

// matchCustomers writes a workbook of the customers of a flow who may be somebody that
// is known, and of whom nobody has said so yet.
func (a *app) matchCustomers(ctx context.Context, c *Config, l *ledger.Ledger, flow pipeline.Flow, path string) error {
	path = cmp.Or(path, filepath.Join(c.path(c.Reports), "customers-to-decide-"+flow.Name+".xlsx"))
	open, err := a.undecided(ctx, l, flow)
	if err != nil {
		return err
	}
	if len(open) == 0 {
		fmt.Fprintln(a.out, a.say("match.none", "flow", flow.Name))
		return nil
	}
	if err := writeUndecided(ctx, path, a.language(), open); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	fmt.Fprintln(a.out, a.say("match.people", "count", fmt.Sprint(len(open)), "file", path))
	return nil
}

// undecided are the pairs that are open, in the order in which they came up. What a
// newer document of a customer no longer proposes is closed.
func (a *app) undecided(ctx context.Context, l *ledger.Ledger, flow pipeline.Flow) ([]undecided, error) {
	people := map[string]erp.Person{}
	proposed := map[string][]pipeline.Problem{}
	var order []string
	propose := func(p pipeline.Problem) {
		if who := p.With["customer"]; strings.HasPrefix(string(p.Rule), likePrefix) {
			proposed[who] = append(proposed[who], p)
			order = append(order, who)
		}
	}
	for e, err := range l.Entries(ctx, "0000-00-00", "9999-99-99") {
		if err != nil {
			return nil, err
		}
		person := erp.PersonIn(e.Document)
		if e.Kind != erp.KindCustomer || person.Ref == "" {
			continue
		}
		people[person.Ref] = person
		if e.Job.Flow == flow.Name {
			delete(proposed, person.Ref)
			for _, p := range e.Why {
				propose(p)
			}
		}
	}
	for n, err := range l.Problems(ctx, "0000-00-00", "9999-99-99") {
		if err != nil {
			return nil, err
		}
		if n.Key == "" && n.Job.Flow == flow.Name { // of one that went all the same
			propose(n.Problem)
		}
	}
	for row, err := range l.Rows(ctx, "customers") {
		if err != nil {
			return nil, err
		}
		person := erp.PersonListed(row)
		people[person.Ref] = person
	}
	closed := map[[2]string]bool{}
	for row, err := range l.Rows(ctx, "customer_matches") {
		if err != nil {
			return nil, err
		}
		if one, other := row.Cols["customer"], row.Cols["other"]; erp.Decided(row) {
			closed[[2]string{one, other}], closed[[2]string{other, one}] = true, true
		}
	}
	var out []undecided
	for _, who := range order {
		for _, p := range proposed[who] {
			pair := [2]string{who, p.With["other"]}
			if closed[pair] {
				continue
			}
			closed[pair] = true
			one, other := people[pair[0]], people[pair[1]]
			one.Ref, other.Ref = pair[0], pair[1]
			out = append(out, undecided{one, other, p.Says(a.language())})
		}
	}
	return out, nil
}

// undecidedHeader are the columns of the workbook. The mapping customer-matches takes
// either language.
var undecidedHeader = [][2]string{
	{"Customer", "العميل"}, {"Name", "الاسم"}, {"Phone", "الهاتف"}, {"E-mail", "البريد الإلكتروني"}, {"Address", "العنوان"},
	{"May be", "قد يكون"}, {"Name of that one", "اسم الآخر"}, {"Phone of that one", "هاتف الآخر"}, {"E-mail of that one", "بريد الآخر"}, {"Address of that one", "عنوان الآخر"},
	{"Why", "السبب"}, {"Same person", "الشخص نفسه"}, {"By", "بواسطة"},
}

// writeUndecided writes the workbook whole. Telephones are texts.
func writeUndecided(ctx context.Context, path, lang string, open []undecided) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	column, sheet, answers, rtl := 0, "Customers", []string{"yes", "no"}, false
	if lang == "ar" {
		column, sheet, answers, rtl = 1, "العملاء", []string{"نعم", "لا"}, true
	}
	rows := [][]string{nil}
	for _, h := range undecidedHeader {
		rows[0] = append(rows[0], h[column])
	}
	for _, u := range open {
		rows = append(rows, []string{u.one.Ref, u.one.Name, u.one.Phone, u.one.Email, u.one.Address,
			u.other.Ref, u.other.Name, u.other.Phone, u.other.Email, u.other.Address, u.why})
	}
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E8EEF5"}}})
	if err != nil {
		return err
	}
	pick := excelize.NewDataValidation(true)
	pick.SetSqref(fmt.Sprintf("L2:L%d", len(rows)))
	fit, wide, a4, landscape, tall := true, 1, 9, "landscape", 0
	err = errors.Join(f.SetSheetName("Sheet1", sheet), pick.SetDropList(answers), f.AddDataValidation(sheet, pick),
		f.SetSheetView(sheet, 0, &excelize.ViewOptions{RightToLeft: &rtl}), f.SetColWidth(sheet, "A", "M", 18), f.SetColWidth(sheet, "K", "K", 48),
		f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}), f.SetCellStyle(sheet, "A1", "M1", head))
	err = errors.Join(err, f.SetSheetProps(sheet, &excelize.SheetPropsOptions{FitToPage: &fit}),
		f.SetPageLayout(sheet, &excelize.PageLayoutOptions{Size: &a4, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &tall}))
	if err != nil {
		return err
	}
	for i, row := range rows {
		for j, text := range row {
			cell, err := excelize.CoordinatesToCellName(j+1, i+1)
			if err != nil {
				return err
			}
			if err := f.SetCellStr(sheet, cell, text); err != nil {
				return err
			}
		}
	}
	text, err := f.WriteToBuffer()
	if err != nil {
		return err
	}
	return reconcile.WriteFile(ctx, path, text.Bytes())
}

// decides tells whether a kind leaves to a person who is who.
func decides(k pipeline.Kind) bool { return slices.Contains(k.Tables, "customer_matches") }
