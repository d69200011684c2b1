package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
)

// Prepare reads a job's file, puts it into our words, and files the documents
// and problems. It reads from the vault, never from the inbox; called again it
// finds what was filed. A file that is not to be used as data is no error: the
// job is refused, with its reasons.
func (s *Steps) Prepare(ctx context.Context, job Job) (Prepared, error) {
	flow, ok := s.flow(job.Flow)
	if !ok {
		return Prepared{}, goneFlow(job)
	}
	drop, err := s.Ledger.Drop(ctx, job.Drop)
	if err != nil {
		return Prepared{}, fmt.Errorf("job %s: %w", job, err)
	}
	file, err := s.Vault.Open(ctx, drop.SHA256)
	if err != nil {
		return Prepared{}, fmt.Errorf("job %s: open %s in the vault: %w", job, drop.Name, err)
	}
	defer func() { _ = file.Close() }() // it was only read

	past, err := s.Ledger.Past(ctx, job.Flow, drop)
	if err != nil {
		return Prepared{}, fmt.Errorf("job %s: %w", job, err)
	}

	s.tell(Event{What: EventPreparing, Job: job, Lane: flow.Lane})
	p := &preparing{steps: s, job: job, name: drop.Name, flow: flow, past: past}
	made, err := p.prepare(ctx, drop, file)
	if refused, ok := errors.AsType[*Refused](err); ok {
		if err := s.Ledger.Refuse(ctx, job, refused, p.reading()); err != nil {
			return Prepared{}, fmt.Errorf("job %s: %w", job, err)
		}
		s.tell(Event{What: EventRefused, Job: job, Lane: flow.Lane, Note: drop.Name + ": " + string(refused.Problems[0].Rule)})
		return Prepared{Rows: p.reading().Rows, Problems: len(refused.Problems), Refused: true}, nil
	}
	if err != nil {
		return Prepared{}, fmt.Errorf("job %s: %w", job, err)
	}
	if made.Held {
		s.tell(Event{What: EventHeld, Job: job, Lane: flow.Lane, Note: drop.Name})
	}
	count := counts(made.Documents)
	count["rows"], count["problems"] = made.Rows, made.Problems
	s.tell(Event{What: EventPrepared, Job: job, Lane: flow.Lane, Count: count})
	return made, nil
}

// prepare files what it makes of a file: as it goes, or after it was held against
// the other side, where the sink plans.
func (p *preparing) prepare(ctx context.Context, drop Drop, file File) (Prepared, error) {
	kind := p.flow.Kind
	filed := Filed{Kind: kind.Name, Lane: p.flow.Lane, Space: kind.Space, Once: kind.Once, Revise: kind.Revise, Older: kind.Older,
		Await: kind.Await, Record: kind.Record, Within: kind.Within, Fits: kind.Fits}
	fill := func(to Filing) (Reading, error) { return p.fill(ctx, drop, file, to) }
	planner, plans := p.flow.Sink.(Planner)
	switch {
	case plans:
		c, err := p.ahead(ctx, drop, file, planner)
		if err != nil {
			return Prepared{}, err
		}
		fill = func(to Filing) (Reading, error) { return p.reading(), c.file(to) }
		filed.Gate = p.gate
	case drop.IsMemo():
		return Prepared{}, errNoPlan
	case kind.Met != nil:
		c, err := p.meet(ctx, drop, file)
		if err != nil {
			return Prepared{}, err
		}
		fill = func(to Filing) (Reading, error) { return p.reading(), c.file(to) }
		filed.Diff = true
	default:
		filed.Diff = true
	}
	return p.steps.Ledger.File(ctx, p.job, filed, fill)
}

// Try reads a file as Prepare would, and files what it makes into to: nothing is
// asked of the other side, and nothing kept. A file that is not to be used as
// data ends it with a *Refused.
func Try(ctx context.Context, flow Flow, drop Drop, file io.ReaderAt, to Filing) (Reading, error) {
	return TryAfter(ctx, flow, Past{}, drop, file, to)
}

// TryAfter is Try for a file that is held against what came before it.
func TryAfter(ctx context.Context, flow Flow, past Past, drop Drop, file io.ReaderAt, to Filing) (Reading, error) {
	p := &preparing{steps: &Steps{}, name: drop.Name, flow: flow, past: past}
	return p.fill(ctx, drop, file, to)
}

// preparing is one run of Prepare.
type preparing struct {
	steps *Steps
	job   Job
	name  string // of the drop
	flow  Flow
	past  Past
	to    Filing
	read  *Reading
	seen  watcher // of the columns
	load  load    // for the gate
	hold  bool    // whatever it changes: Memo.Hold

	heldRows int // of documents with a problem
	astray   int // rows that do not say of what they are
}

// gate says why a job is to wait for a person: it is over a limit of its flow, or
// only its plan was asked for.
func (p *preparing) gate(w Weighed) []Problem {
	over := p.flow.Gate.judge(p.load, w)
	if (w.Plan || p.hold) && len(over) == 0 {
		over = []Problem{{Rule: "gate.plan"}}
	}
	for i := range over {
		over[i].Origin = Origin{File: p.name}
		if over[i].With == nil {
			over[i].With = map[string]string{}
		}
		over[i].With["job"] = p.job.String()
	}
	return over
}

func (p *preparing) reading() Reading {
	if p.read == nil {
		return Reading{}
	}
	return *p.read
}

// fill streams the file's rows into documents. A kind that does not group needs
// the memory of one row; a grouping kind holds one job's records.
func (p *preparing) fill(ctx context.Context, drop Drop, file io.ReaderAt, to Filing) (_ Reading, err error) {
	p.to = to
	var rows iter.Seq2[Row, error]
	p.read, rows = p.flow.Extract(ctx, drop, file)

	groups := newGrouping(p.flow.Kind)
	n := 0
	for row, err := range rows {
		if err != nil {
			return p.reading(), p.renamed(err)
		}
		p.seen.see(row)
		if n++; n%10_000 == 0 {
			p.steps.tell(Event{What: EventPreparing, Job: p.job, Lane: p.flow.Lane, Count: map[string]int{"rows": n}})
			if err := ctx.Err(); err != nil {
				return p.reading(), err
			}
		}
		record, problems := p.flow.Map(row)
		p.seen.read(record)
		if len(p.flow.Kind.GroupBy) > 0 {
			groups.add(record, problems)
			continue
		}
		if err := p.document([]Record{record}, problems); err != nil {
			return p.reading(), err
		}
	}
	if err := p.grouped(groups); err != nil {
		return p.reading(), err
	}
	for _, note := range p.reading().Notes {
		if err := to.Problem(note); err != nil {
			return p.reading(), err
		}
	}
	if p.read.Contract, err = p.agree(drop); err != nil {
		return p.reading(), err
	}
	return p.reading(), nil
}

// grouped makes documents of the groups, in the order in which they began.
func (p *preparing) grouped(groups *grouping) error {
	var held *Problem
	if p.flow.Kind.Joined && len(groups.astray) > 0 {
		first := groups.records(groups.astray[0])[0].Origin
		held = &Problem{Rule: "group.held", With: map[string]string{"row": strconv.Itoa(first.Row)}}
	}
	groups.index = nil
	for _, g := range groups.order {
		records := groups.records(g)
		if held != nil {
			mine := *held
			mine.Origin = records[0].Origin
			g.problems = append(g.problems, mine)
		}
		if err := p.document(records, g.problems); err != nil {
			return err
		}
	}
	for _, g := range groups.astray {
		if err := p.document(groups.records(g), g.problems); err != nil {
			return err
		}
	}
	return nil
}

// document builds one document and hands it on to be compared and filed.
func (p *preparing) document(group []Record, problems []Problem) error {
	left, outside := "", false
	if p.flow.Skip != nil {
		left = p.flow.Skip(group)
	}
	if left == "" && p.flow.Outside != nil {
		left = p.flow.Outside(group)
		outside = left != ""
	}
	doc, wrong, err := p.build(group)
	if err != nil {
		return err
	}
	doc.Kind = p.flow.Kind.Name
	if doc.Key == "" {
		p.astray++
		doc.Key = p.rowKey(group[0].Origin)
	}
	if len(doc.From) == 0 {
		for _, r := range group {
			doc.From = append(doc.From, r.Origin)
		}
	}
	if left != "" { // the flow leaves all of it out, also what stands alone
		for i := range doc.Parts {
			doc.Parts[i].Alone = false
		}
	}
	left = cmp.Or(left, doc.Left)
	switch problems = merge(group, problems, wrong); {
	case left != "":
		doc.State, doc.Left, doc.Outside = Skipped, left, outside
		if !outside { // else they count where the document has left before
			problems = nil
		}
	case len(problems) > 0:
		doc.State = Held
		p.heldRows += len(group)
	default:
		doc.State = Ready
	}
	return p.parts(doc, len(group), problems)
}

// build makes the document of a group, with what is remembered of it where that decides.
func (p *preparing) build(group []Record) (Document, []Problem, error) {
	doc, wrong := p.flow.Kind.Build(group)
	to, remembers := p.to.(Remembering)
	if len(doc.Past) == 0 || p.flow.Kind.After == nil || !remembers {
		return doc, wrong, nil
	}
	left, err := to.Left(doc.Past)
	if err != nil || len(left) == 0 {
		return doc, wrong, err
	}
	doc, wrong = p.flow.Kind.After(group, left)
	return doc, wrong, nil
}

// parts files a document, and what Build made beside it. What follows a document
// that is held comes with it, once it is right.
func (p *preparing) parts(doc Document, rows int, problems []Problem) error {
	parts := doc.Parts
	doc.Parts = nil
	if err := p.to.Document(doc, rows, problems); err != nil || doc.State == Held || len(problems) > 0 {
		return err
	}
	for _, part := range parts {
		part.Kind, part.State = doc.Kind, cmp.Or(part.State, Ready)
		if !part.Alone {
			part.Of, part.Left = cmp.Or(part.Of, doc.Key), cmp.Or(doc.Left, part.Left) // why it is left out counts where doc has not left either
		}
		if len(part.From) == 0 {
			part.From = doc.From
		}
		wrong := part.Wrong
		if part.Wrong = nil; len(wrong) > 0 {
			part.State = Held
		}
		if err := p.to.Document(part, 0, wrong); err != nil {
			return err
		}
	}
	return nil
}

// rowKey is the key of a document that has none of its own: a row that cannot
// say what it is of. Parts of one file count their rows each.
func (p *preparing) rowKey(o Origin) string {
	row := strconv.Itoa(o.Row)
	if o.Of != "" {
		row += ":" + o.Of
	}
	if o.File != p.name {
		return "row:" + o.File + ":" + row
	}
	return "row:" + row
}

// merge puts the problems of a document together, without saying the same of
// one cell twice: what could not be read is not also missing. Several fields may
// be read by one look into a table, and then share its problem.
func merge(group []Record, read, built []Problem) []Problem {
	type place struct {
		file, sheet string
		row         int
		of, field   string
	}
	at := func(p Problem) place { return place{p.File, p.Sheet, p.Row, p.Of, p.Field} }
	said := make(map[place]bool, len(read))
	for _, p := range read {
		if p.Field == "" && p.Rule != "group.held" {
			return read // of a row as a whole: what its document lacks follows from it
		}
		said[at(p)] = true
	}
	bad := func(p Problem) bool {
		for _, r := range group {
			if r.Row == p.Row && r.Of == p.Of && r.File == p.File && r.Sheet == p.Sheet && r.Value(p.Field).Bad {
				return true
			}
		}
		return false
	}
	for _, p := range built {
		if p.Field == "" || !said[at(p)] && !bad(p) {
			read = append(read, p)
		}
	}
	return read
}
