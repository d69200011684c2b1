package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/shopify"
	"wasl/stages/reconcile"
)

// Where the match table is filled, and its name.
const (
	matchTable = "matches"
	matchLane  = "table/" + matchTable
)

// matches tells whether a kind finds items of the shop by the match table.
func matches(k pipeline.Kind) bool {
	return slices.ContainsFunc(k.Settings, func(s pipeline.Setting) bool { return s.Name == "match" })
}

var bareNumber = regexp.MustCompile(`^[0-9]+$`)

// matchesIn looks into the match table: the variant that a person has said an item
// is.
func matchesIn(tables pipeline.Table) func(code string) (string, bool, error) {
	return func(code string) (string, bool, error) {
		row, err := tables.Row(context.Background(), matchTable, code)
		if errors.Is(err, pipeline.ErrNotFound) {
			return "", false, nil
		}
		if err != nil {
			return "", false, err
		}
		id := row.Cols["variant"]
		if bareNumber.MatchString(id) {
			id = "gid://shopify/ProductVariant/" + id
		}
		return id, id != "", nil
	}
}

func (a *app) matchCommand() *cobra.Command {
	var workbook, file string
	cmd := &cobra.Command{
		Use:   "match FLOW",
		Short: "Show which item of the ERP is which variant of the shop, to be corrected",
		Long: `match writes a workbook with a line for each item of the flow's last file: by what
it was found in the shop, and where several variants may be meant, all of them. Fill
in the last column where it is wrong or open - the variant's number, or "new" where
the shop does not have the item yet - and drop the workbook into the inbox: the next
plan goes by it. Nothing is changed at the shop.

Of a flow of customers it writes who may be somebody that is known already, and why:
say yes or no in the column "Same person", and drop it likewise.`,
		Example: "  wasl match shopify-products\n  wasl match shopify-products --file items.xlsx --workbook /tmp/match.xlsx\n  wasl match shopify-customers-to-erp",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			return a.match(cmd.Context(), c, args[0], file, workbook)
		},
	}
	cmd.Flags().StringVar(&workbook, "workbook", "", "where to write the workbook (default: reports/match-FLOW.xlsx, of customers reports/customers-to-decide-FLOW.xlsx)")
	cmd.Flags().StringVar(&file, "file", "", "a file to look at, in place of the flow's last one")
	return cmd
}

func (a *app) match(ctx context.Context, c *Config, name, file, workbook string) error {
	l, err := a.openReading(ctx, c)
	if err != nil {
		return err
	}
	defer func() { _ = l.Shut() }() // it was only read
	flows, err := a.foreseenFlows(ctx, c, l)
	if err != nil {
		return err
	}
	maps.DeleteFunc(flows, func(_ string, f pipeline.Flow) bool { return !matches(f.Kind) && !decides(f.Kind) })
	flow, ok := flows[name]
	if ok && decides(flow.Kind) {
		return a.matchCustomers(ctx, c, l, flow, workbook)
	}
	path := cmp.Or(workbook, filepath.Join(c.path(c.Reports), "match-"+name+".xlsx"))
	sink, ours := flow.Sink.(*shopify.Sink)
	if !ok || !ours {
		known := strings.Join(slices.Sorted(maps.Keys(flows)), ", ")
		return usage{&pipeline.Trouble{Rule: "plan.flow", With: map[string]string{"flow": name, "known": known}}}
	}
	docs, err := a.itemsToMatch(ctx, c, l, flow, file)
	if err != nil {
		return err
	}
	found, err := sink.Matches(ctx, docs, flow.Settings)
	if err != nil {
		return err
	}
	if err := writeMatches(ctx, path, a.language(), found); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	sure := 0
	for _, m := range found {
		if m.Variant != "" {
			sure++
		}
	}
	fmt.Fprintln(a.out, a.say("match.done", "count", fmt.Sprint(len(found)), "found", fmt.Sprint(sure), "file", path))
	return nil
}

// itemsToMatch are the documents of a flow's last file that was used, or of a file
// that is only looked at.
func (a *app) itemsToMatch(ctx context.Context, c *Config, l *ledger.Ledger, flow pipeline.Flow, path string) ([]pipeline.Document, error) {
	if path != "" {
		file, drop, err := openToTry(c, path)
		if err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }() // it was only read
		var t gathered
		_, err = pipeline.Try(ctx, flow, drop, file, &t)
		return t.docs, err
	}
	jobs, err := l.Jobs(ctx, "0000-00-00", "9999-99-99")
	if err != nil {
		return nil, err
	}
	for _, j := range slices.Backward(jobs) {
		if j.Flow != flow.Name || !planned(j) || j.Drop.IsMemo() {
			continue
		}
		var docs []pipeline.Document
		for e, err := range l.EntriesOf(ctx, j.Job) {
			if err != nil {
				return nil, err
			}
			e.Document.Kind = flow.Kind.Name
			docs = append(docs, e.Document)
		}
		return docs, nil
	}
	return nil, nil
}

// gathered keeps the documents of a file that is only looked at.
type gathered struct{ docs []pipeline.Document }

// Document keeps a document.
func (g *gathered) Document(d pipeline.Document, _ int, _ []pipeline.Problem) error {
	g.docs = append(g.docs, d)
	return nil
}

// Problem is told by check.
func (g *gathered) Problem(pipeline.Problem) error { return nil }

// matchHeader are the columns of the workbook: in English, in Arabic. The mapping
// shopify-matches takes either.
var matchHeader = [][2]string{
	{"Item code", "كود الصنف"}, {"Item name", "اسم الصنف"}, {"Barcode", "الباركود"}, {"Found by", "عُثر عليه بـ"},
	{"Product in the shop", "المنتج في المتجر"}, {"Variant", "معرّف الصنف في المتجر"}, {"Candidates", "المرشحون"}, {"Correct variant", "الصنف الصحيح"},
}

// writeMatches writes the workbook whole: what is there already is replaced only
// when all of it is written. Codes are texts.
func writeMatches(ctx context.Context, path, lang string, found []shopify.Match) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	sheet := "Match"
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	w, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	column := 0
	if lang == "ar" {
		column = 1
	}
	if err := w.SetColWidth(1, len(matchHeader), 24); err != nil {
		return err
	}
	header := make([]any, len(matchHeader))
	for i, h := range matchHeader {
		header[i] = h[column]
	}
	if err := w.SetRow("A1", header); err != nil {
		return err
	}
	for i, m := range found {
		cell, err := excelize.CoordinatesToCellName(1, i+2)
		if err != nil {
			return err
		}
		row := []any{m.Code, m.Name, m.Barcode, m.By, m.Product, m.Variant, strings.Join(m.Candidates, "\n"), ""}
		if err := w.SetRow(cell, row); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	text, err := f.WriteToBuffer()
	if err != nil {
		return err
	}
	return reconcile.WriteFile(ctx, path, text.Bytes())
}
