package erp

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"time"

	"wasl/pipeline"
)

// A Sink is the ERP's import folder.
type Sink struct {
	cfg    Config
	layout *layout
	zone   *time.Location // of the shop: the day of an order
	now    func() time.Time
	dir    string // of wasl.yaml
	state  string // where it is remembered that the folder was in use; "": nowhere
	disk   disk
	tables pipeline.Table // what is remembered of documents and answers; nil: nothing
}

// Deps are what the sink needs of the house.
type Deps struct {
	Now   func() time.Time                  // nil: time.Now
	Dir   string                            // of wasl.yaml
	Zone  *time.Location                    // of the shop; nil: UTC
	Open  func(name string) ([]byte, error) // reads a file that the layout names; nil: from the disk, beside it
	Table pipeline.Table                    // where documents and answers are remembered; nil: nowhere, and nothing is confirmed by ack
	State string                            // wasl's own folder on this machine; "": a folder that lost its .wasl goes unnoticed
}

// New makes the sink of a folder, for sales documents and the ERP's answers. layout is
// the text of layoutFile; without both, files are plain CSV with all our words for
// columns. Findings are all that is wrong with the layout; there is no sink then. It
// only reads the template that the layout names.
func New(c Config, layout []byte, layoutFile string, d Deps) (*Sink, []pipeline.Finding, error) {
	return newSink(orderWords, c, layout, layoutFile, d)
}

// newSink makes the sink of one kind of documents; of nil takes whatever the layout is of.
func newSink(of *vocabulary, c Config, layout []byte, layoutFile string, d Deps) (*Sink, []pipeline.Finding, error) {
	dir, err := filepath.Abs(d.Dir)
	if err != nil {
		return nil, nil, fmt.Errorf("folder of wasl.yaml: %w", err)
	}
	s := &Sink{cfg: c.in(dir), dir: dir, zone: d.Zone, now: d.Now, state: d.State, tables: d.Table, disk: local{}}
	if s.zone == nil {
		s.zone = time.UTC
	}
	if s.now == nil {
		s.now = time.Now
	}
	if len(layout) == 0 && layoutFile == "" {
		s.layout = plainLayout(of, s.zone)
		s.layout.perBatch = strings.Contains(of.name, "{batch}") // one name is one file
		return s, nil, nil
	}
	open := d.Open
	if open == nil {
		open = beside(layoutFile)
	}
	l, findings := readLayout(layoutFile, layout, s.zone, open)
	wrong := func(path string, rule pipeline.Rule, with map[string]string) {
		findings = []pipeline.Finding{{File: layoutFile, Line: 1, Col: 1, Path: path, Rule: rule, With: with}}
	}
	switch {
	case len(findings) > 0:
	case of != nil && l.of != of:
		wrong("kind", "erp.layoutkind", map[string]string{"given": l.of.kind, "want": of.kind})
	case s.cfg.Confirm == confirmFile && (l.done == s.cfg.Booked || l.done == s.cfg.Refused):
		wrong("done", "erp.confirm", map[string]string{"given": l.done})
	}
	if len(findings) > 0 {
		return nil, findings, nil
	}
	s.layout = l
	return s, nil, nil
}

// Lane is where documents of this folder leave, one batch at a time: by the
// folder as seen from wasl.yaml, so that moving both keeps the name.
func (s *Sink) Lane() string {
	folder := s.cfg.Folder
	if s.ours() {
		folder, _ = filepath.Rel(s.dir, folder) // ours has seen to it that there is one
	}
	return "erp/" + strings.TrimPrefix(filepath.ToSlash(folder), "/")
}

// Send writes the batch's files into the folder: each whole, once, and never
// over another. Files that are there already, or were and have been imported,
// are delivered without a further effect.
func (s *Sink) Send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	switch {
	case isAck(b):
		return s.take(ctx, b)
	case isSettled(b):
		return s.putSettled(ctx, b)
	}
	var a pipeline.Answer
	files, err := s.files(b)
	if err != nil {
		return a, err
	}
	for i, f := range files {
		if err = ctx.Err(); err == nil && i == 0 {
			err = s.open(f)
		}
		if err != nil {
			s.untouched(&a, b, files[i:])
			return a, err
		}
		f, booked, err := s.afresh(ctx, b, f)
		end := f.among(booked, s.cfg.Folder)
		if err == nil && booked == 0 {
			end, err = s.write(ctx, f)
		}
		if err == nil && booked == 0 && end.state == pipeline.Delivered {
			err = s.enter(ctx, b, f)
		}
		if err == nil {
			err = s.tell(ctx, &a, b, f, "write "+f.Name, end)
		}
		if err != nil {
			s.untouched(&a, b, files[i+1:])
			return a, err
		}
	}
	a.Again = s.patience(a)
	return a, nil
}

// patience is when to look for answers of the ERP, where nothing else is to be done
// for the batch; else the lane knows.
func (s *Sink) patience(a pipeline.Answer) time.Duration {
	waits := time.Duration(0)
	for _, o := range a.Outcomes {
		switch o.State {
		case pipeline.Ready:
			return 0
		case pipeline.Accepted:
			waits = s.cfg.AskEvery
		}
	}
	return waits
}

// isAck tells whether a batch is of the ERP's answers.
func isAck(b pipeline.Batch) bool { return len(b.Docs) > 0 && b.Docs[0].Kind == KindAck }

// An ending is what became of one file.
type ending struct {
	state pipeline.State
	why   *pipeline.Problem
}

var delivered = ending{state: pipeline.Delivered}

// parked leaves a file to a person.
func parked(rule pipeline.Rule, f file, folder string) ending {
	return ending{state: pipeline.Parked, why: &pipeline.Problem{Rule: rule,
		With: map[string]string{"file": f.Name, "folder": folder}}}
}

// tell adds what became of a file to the answer: an outcome for each of its
// documents that the batch still asks for, and a line for the record.
func (s *Sink) tell(ctx context.Context, a *pipeline.Answer, b pipeline.Batch, f file, what string, end ending) error {
	mine := f.keys()
	states := map[pipeline.State]int{}
	for _, doc := range b.Docs {
		if !mine[doc.Key] {
			continue
		}
		o := pipeline.Outcome{Key: doc.Key, State: end.state}
		mixed := end.why != nil && end.why.Rule == "erp.mixed"
		if end.state == pipeline.Delivered || mixed {
			now, err := s.confirm(ctx, b, f, doc)
			if err != nil {
				return err
			}
			if !mixed || now.State == pipeline.Delivered {
				o = now
			}
		}
		if end.why != nil && o.State == end.state {
			why := *end.why
			if len(doc.From) > 0 {
				why.Origin = doc.From[0]
			}
			o.Why = []pipeline.Problem{why}
		}
		a.Outcomes = append(a.Outcomes, o)
		states[o.State]++
	}
	if states[pipeline.Accepted] > 0 && strings.HasPrefix(what, looking) {
		return nil // no news: nothing for the record
	}
	a.Said = append(a.Said, pipeline.Said{At: s.now().UTC(), What: what, ID: f.sum(), Body: mustJSON(map[string]any{
		"file": f.Name, "bytes": len(f.Data), "sha256": f.sum(), "state": end.state})})
	return nil
}

// looking begins the lines of the record that are of questions.
const looking = "look for "

// untouched says of documents whose turn did not come that they can leave
// later.
func (s *Sink) untouched(a *pipeline.Answer, b pipeline.Batch, files []file) {
	for _, f := range files {
		mine := f.keys()
		for _, doc := range b.Docs {
			if mine[doc.Key] {
				a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Ready})
			}
		}
	}
}

// A request is what Freeze keeps of a batch: its files, to the byte. A layout
// that changes between a crash and the next start changes nothing of them.
type request struct {
	Files []file `json:"files"`
}

// freeze makes a batch's files. It is pure.
func (s *Sink) freeze(b pipeline.Batch) ([]byte, error) {
	files, err := s.render(b)
	if err != nil {
		return nil, err
	}
	return mustJSON(request{files}), nil
}

// files are those of a batch: as they were frozen, or made of its documents.
func (s *Sink) files(b pipeline.Batch) ([]file, error) {
	if b.Request == nil {
		return s.render(b)
	}
	var r request
	if err := json.Unmarshal(b.Request, &r); err != nil {
		return nil, fmt.Errorf("read the frozen files of batch %s: %w", b.ID, err)
	}
	wanted := map[string]bool{}
	for _, doc := range b.Docs {
		wanted[doc.Key] = true
	}
	var files []file
	for _, f := range r.Files {
		for _, key := range f.Keys {
			if wanted[key] {
				files = append(files, f)
				break
			}
		}
	}
	return files, nil
}

// render makes the files of a batch's documents: one each, or one of all that go
// to the same place; two where documents and lines are files of their own.
func (s *Sink) render(b pipeline.Batch) ([]file, error) {
	all, err := s.layout.gather(b)
	if err != nil {
		return nil, err
	}
	var files []file
	for _, g := range all {
		f, err := s.layout.write(g, b)
		if err != nil {
			return nil, fmt.Errorf("write out %s of batch %s: %w", g.docs[0].Key, b.ID, err)
		}
		files = append(files, f)
	}
	return files, nil
}

// A gathering is the documents of one file.
type gathering struct {
	kind  string // the type of its first document
	docs  []pipeline.Document
	sales []sale // their bodies, as they are to be written
}

// gather puts documents together that go into one file, in their order.
func (l *layout) gather(b pipeline.Batch) ([]*gathering, error) {
	var all []*gathering
	at := map[string]*gathering{}
	for _, doc := range b.Docs {
		body, err := readSale(doc.Body)
		if err != nil {
			return nil, fmt.Errorf("read the body of %s: %w", doc.Key, err)
		}
		if l.positive {
			body = body.positive()
		}
		if serial := numberIn(doc.Sealed).Serial; serial != "" {
			body.Order = maps.Clone(body.Order)
			body.Order[serialWord] = serial
		}
		kind, key := body.kind(), doc.Key
		if l.perBatch {
			key = l.types[kind].folder + "\x00" + l.nameOf(kind)
		}
		g := at[key]
		if g == nil {
			g = &gathering{kind: kind}
			at[key], all = g, append(all, g)
		}
		g.docs, g.sales = append(g.docs, doc), append(g.sales, body)
	}
	return all, nil
}

// write makes the file of some documents, with all that belongs to it.
func (l *layout) write(g *gathering, b pipeline.Batch) (file, error) {
	first := g.docs[0]
	name := func(pattern string) string {
		if l.perBatch {
			return l.batchName(pattern, b)
		}
		return l.named(pattern, first, b)
	}
	f := file{Name: name(l.nameOf(g.kind)), Dir: l.types[g.kind].folder, Shelf: "batches"}
	if !l.perBatch {
		f.Shelf = month(first.Day)
	}
	for _, doc := range g.docs {
		f.Keys = append(f.Keys, doc.Key)
	}
	var err error
	if f.Data, err = l.render(g.sales); err != nil {
		return file{}, err
	}
	if l.documents != nil {
		lines := part{f.Name, f.Data}
		f.Name = name(l.documents.name)
		if f.Data, err = l.table(l.documents.columns, l.heads(g.sales)); err != nil {
			return file{}, err
		}
		f.With = []part{lines}
	}
	if l.done != "" {
		f.Mark = f.Name + l.done
	}
	return f, nil
}

// month is the shelf of a document's notes: by its own day, never by today.
func month(day string) string {
	if len(day) < len("2006-01") || strings.ContainsAny(day, `/\`) {
		return "undated"
	}
	return day[:len("2006-01")]
}
