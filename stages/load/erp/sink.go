package erp

import (
	"context"
	"encoding/json"
	"fmt"
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
}

// Deps are what the sink needs of the house.
type Deps struct {
	Now   func() time.Time // nil: time.Now
	Dir   string           // of wasl.yaml
	Zone  *time.Location   // of the shop; nil: UTC
	State string           // wasl's own folder on this machine; "": a folder that lost its .wasl goes unnoticed
}

// New makes the sink of a folder. layout is the text of layoutFile; without
// both, files are plain CSV with all our words for columns. Findings are all
// that is wrong with the layout; there is no sink then. It touches no disk.
func New(c Config, layout []byte, layoutFile string, d Deps) (*Sink, []pipeline.Finding, error) {
	dir, err := filepath.Abs(d.Dir)
	if err != nil {
		return nil, nil, fmt.Errorf("folder of wasl.yaml: %w", err)
	}
	s := &Sink{cfg: c.in(dir), dir: dir, zone: d.Zone, now: d.Now, state: d.State, disk: local{}}
	if s.zone == nil {
		s.zone = time.UTC
	}
	if s.now == nil {
		s.now = time.Now
	}
	if len(layout) == 0 && layoutFile == "" {
		s.layout = plainLayout(s.zone)
		return s, nil, nil
	}
	l, findings := parseLayout(layoutFile, layout, s.zone)
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
		end, err := s.write(ctx, f)
		if err != nil {
			s.untouched(&a, b, files[i+1:])
			return a, err
		}
		s.tell(&a, b, f, "write "+f.Name, end)
	}
	return a, nil
}

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
func (s *Sink) tell(a *pipeline.Answer, b pipeline.Batch, f file, what string, end ending) {
	mine := f.keys()
	for _, doc := range b.Docs {
		if !mine[doc.Key] {
			continue
		}
		o := pipeline.Outcome{Key: doc.Key, State: end.state}
		if end.state == pipeline.Delivered {
			o.Ref = f.Name
		}
		if end.why != nil {
			why := *end.why
			if len(doc.From) > 0 {
				why.Origin = doc.From[0]
			}
			o.Why = []pipeline.Problem{why}
		}
		a.Outcomes = append(a.Outcomes, o)
	}
	a.Said = append(a.Said, pipeline.Said{At: s.now().UTC(), What: what, ID: f.sum(), Body: mustJSON(map[string]any{
		"file": f.Name, "bytes": len(f.Data), "sha256": f.sum(), "state": end.state})})
}

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

// render makes the files of a batch's documents: one each, or one of all.
func (s *Sink) render(b pipeline.Batch) ([]file, error) {
	var files []file
	var all []sale
	var keys []string
	for _, doc := range b.Docs {
		var body sale
		if err := json.Unmarshal(doc.Body, &body); err != nil {
			return nil, fmt.Errorf("read the body of %s: %w", doc.Key, err)
		}
		if s.layout.perBatch {
			all, keys = append(all, body), append(keys, doc.Key)
			continue
		}
		data, err := s.layout.render([]sale{body})
		if err != nil {
			return nil, fmt.Errorf("write out %s: %w", doc.Key, err)
		}
		files = append(files, s.file(s.layout.fileName(doc, b), month(doc.Day), []string{doc.Key}, data))
	}
	if len(all) == 0 {
		return files, nil
	}
	data, err := s.layout.render(all)
	if err != nil {
		return nil, fmt.Errorf("write out batch %s: %w", b.ID, err)
	}
	return []file{s.file(s.layout.batchName(b), "batches", keys, data)}, nil
}

func (s *Sink) file(name, shelf string, keys []string, data []byte) file {
	f := file{Name: name, Shelf: shelf, Keys: keys, Data: data}
	if s.layout.done != "" {
		f.Mark = name + s.layout.done
	}
	return f
}

// month is the shelf of a document's notes: by its own day, never by today.
func month(day string) string {
	if len(day) < len("2006-01") || strings.ContainsAny(day, `/\`) {
		return "undated"
	}
	return day[:len("2006-01")]
}
