package reconcile

import (
	"context"

	"wasl/pipeline"
)

// A Drift is one value that the ERP and the other side do not agree about now.
type Drift struct {
	Flow  string `json:"flow"`
	Key   string `json:"key"`
	Item  string `json:"item,omitempty"`
	Name  string `json:"name"`
	Field string `json:"field,omitempty"`
	ERP   string `json:"erp"`
	Shop  string `json:"shop"`
	Who   string `json:"who"`  // who wrote last, in words
	Rule  string `json:"rule"` // the same for machines: shop, wasl, held, rejected, waiting, never, problem
	Job   string `json:"job"`  // that brought the ERP's value
	Cell  string `json:"cell,omitempty"`
}

// DriftName is the name of the workbook of what differs on a day:
// drift-2026-11-25.xlsx.
func DriftName(day string) string { return "drift-" + day + ".xlsx" }

var driftColumns = []column{
	{"col.flow", 20, false}, {"col.sku", 22, false}, {"col.name", 30, false}, {"col.field", 16, false}, {"col.erp", 24, false}, {"col.shop", 24, false},
	{"col.who", 60, false}, {"col.cell", 30, false}, {"col.job", 30, true},
}

// WriteDrift writes what differs as a workbook, whole or not at all. Where
// nothing does, it says so.
func WriteDrift(ctx context.Context, path, day string, lines []Drift, opt Options) error {
	return writeDay(ctx, path, day, "title.drift", opt, func(b *book) error { return b.drift(lines) })
}

func (b *book) drift(lines []Drift) error {
	s, err := b.sheet("drift", driftColumns)
	if err != nil {
		return err
	}
	for _, d := range lines {
		s.text(d.Flow)
		s.text(d.Item)
		s.words(d.Name)
		s.text(FieldName(b.opt.Lang, d.Field))
		s.value(d.Field, d.ERP)
		s.value(d.Field, d.Shop)
		s.words(d.Who)
		s.text(d.Cell)
		s.text(d.Job)
		if err := s.end(0); err != nil {
			return err
		}
	}
	last := s.row
	if len(lines) == 0 {
		if err := s.remark(b.say("drift.none")); err != nil {
			return err
		}
	}
	return s.close(last)
}

// DriftOf is one line of what differs: a change that would have to be made, with
// who wrote last. A document without changes is one line without values.
func DriftOf(lang string, e pipeline.Entry) []Drift {
	lines := Lines(lang, e)
	out := make([]Drift, 0, len(lines))
	for _, l := range lines {
		out = append(out, Drift{Flow: e.Job.Flow, Key: l.Key, Item: l.Item, Name: l.Name, Field: l.Field, ERP: l.New, Shop: l.Old,
			Job: e.Job.String(), Cell: l.Cell})
	}
	return out
}
