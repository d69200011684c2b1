package pipeline

import "context"

// trace leads the problems of what was refused, which name a row and a field, back to
// the cell of the job's file that the field was read from: the file is read once more.
// What cannot be traced, the file or the field being gone, stays with its row: the
// outcome must be stored whatever comes of this.
func (s *Steps) trace(ctx context.Context, flow Flow, job Job, a Answer) {
	wanted := untraced(flow, a)
	if len(wanted) == 0 || s.Vault == nil || flow.Extract == nil || flow.Map == nil {
		return
	}
	drop, err := s.Ledger.Drop(ctx, job.Drop)
	if err != nil {
		return
	}
	file, err := s.Vault.Open(ctx, drop.SHA256)
	if err != nil {
		return
	}
	defer func() { _ = file.Close() }() // it was only read
	_, rows := flow.Extract(ctx, drop, file)
	for row, err := range rows {
		if err != nil || len(wanted) == 0 {
			return
		}
		at := rowOf(row.Origin)
		if found := wanted[at]; len(found) > 0 {
			record, _ := flow.Map(row)
			for _, p := range found {
				p.point(record, row)
			}
			delete(wanted, at)
		}
	}
}

// A rowPlace names a row of a file.
type rowPlace struct {
	file, sheet string
	row         int
	of          string
}

func rowOf(o Origin) rowPlace { return rowPlace{o.File, o.Sheet, o.Row, o.Of} }

// untraced are the problems of an answer that name a field and not yet its cell, by
// their rows.
func untraced(flow Flow, a Answer) map[rowPlace][]*Problem {
	if !flow.Kind.Traced {
		return nil
	}
	out := map[rowPlace][]*Problem{}
	for _, o := range a.Outcomes {
		for i := range o.Why {
			if p := &o.Why[i]; p.Row > 0 && p.Col == 0 && p.Field != "" {
				out[rowOf(p.Origin)] = append(out[rowOf(p.Origin)], p)
			}
		}
	}
	return out
}

// point makes a problem point at the cell that its field was read from, with what
// stands there, and what the field held where that was looked up by it.
func (p *Problem) point(record Record, row Row) {
	at := record.At(p.Field)
	if at.Col == 0 || at.Col > len(row.Cells) {
		return
	}
	p.Origin, p.Value = at, row.Cells[at.Col-1]
	if held := record.Text(p.Field); held != p.Value && p.With != nil {
		p.With["held"] = held
	}
}
