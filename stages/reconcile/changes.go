package reconcile

import (
	"strconv"

	"wasl/pipeline"
)

var changesColumns = []column{
	{"col.sku", 22, false}, {"col.name", 30, false}, {"col.field", 16, false}, {"col.old", 24, false}, {"col.new", 24, false}, {"col.move", 9, false},
	{"col.why", 44, false}, {"col.state", 20, false}, {"col.cell", 30, false}, {"col.sent", 17, false}, {"col.job", 30, true},
}

// mostChanges is how many values the day's workbook lists; a plan's own workbook
// has all of them.
const mostChanges = 20_000

// A changesSheet lists what documents replace, value by value, as they pass by.
// Balances have a sheet of their own. Days without changes have no such sheet.
type changesSheet struct {
	b    *book
	jobs map[pipeline.Job]pipeline.Opened
	s    *sheet
	more int
	most int
}

func (b *book) changesSheet(jobs []pipeline.Opened) *changesSheet {
	by := map[pipeline.Job]pipeline.Opened{}
	for _, j := range jobs {
		by[j.Job] = j
	}
	return &changesSheet{b: b, jobs: by, most: mostChanges}
}

func (c *changesSheet) add(e pipeline.Entry) (err error) {
	if len(e.Changes) == 0 || e.State == pipeline.Unchanged {
		return nil
	}
	if c.s == nil {
		if c.s, err = c.b.sheet("changes", changesColumns); err != nil {
			return err
		}
	}
	s := c.s
	for _, line := range Lines(c.b.opt.Lang, e) {
		if s.row > c.most {
			c.more++
			continue
		}
		s.text(line.Item)
		s.words(line.Name)
		s.text(FieldName(c.b.opt.Lang, line.Field))
		s.value(line.Field, line.Old)
		s.value(line.Field, line.New)
		s.percent(line.Move)
		s.words(line.Why)
		s.planState(line.State, c.jobs[e.Job])
		s.text(line.Cell)
		s.time(e.Sent)
		s.text(e.Job.String())
		if err := s.end(0); err != nil {
			return err
		}
	}
	return nil
}

func (c *changesSheet) finish() error {
	if c.s == nil {
		return nil
	}
	last := c.s.row
	if c.more > 0 {
		if err := c.s.remark(say(c.b.opt.Lang, "changes.more", "count", strconv.Itoa(c.more))); err != nil {
			return err
		}
	}
	return c.s.close(last)
}
