package shopify

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// studio is a shop with pictures and a vault.
type studio struct {
	*shop
	t     testing.TB
	vault map[string][]byte
	sink  *Sink
}

// imageFile is content of the vault.
type imageFile struct{ *bytes.Reader }

func (imageFile) Close() error { return nil }

// newStudio is a shop with a table, its two colours, and a chair.
func newStudio(t *testing.T, opt shopifytest.Options) *studio {
	t.Helper()
	opt.Scopes = shopifytest.GoodsScopes
	w := &studio{shop: open(t, opt), t: t, vault: map[string][]byte{}}
	w.AddProduct(shopifytest.Product{Title: "Table", Handle: "table", Options: []shopifytest.Option{{Name: "Colour"}},
		Variants: []shopifytest.Variant{{SKU: "T-RED", Options: []string{"Red"}}, {SKU: "T-BLUE", Options: []string{"أزرق"}}}})
	w.AddProduct(shopifytest.Product{Title: "Chair", Handle: "chair", Variants: []shopifytest.Variant{{SKU: "C-1"}}})
	w.restart()
	return w
}

// restart is a new process: nothing is remembered.
func (w *studio) restart() {
	w.t.Helper()
	w.sink = w.quick(w.t)
	w.sink.content = func(_ context.Context, sha string) (pipeline.File, error) {
		content, ok := w.vault[sha]
		if !ok {
			return nil, pipeline.ErrNotFound
		}
		return imageFile{bytes.NewReader(content)}, nil
	}
}

// hash puts content into the vault.
func (w *studio) hash(content string) string {
	sum := sha256.Sum256([]byte(content))
	sha := hex.EncodeToString(sum[:])
	w.vault[sha] = []byte(content)
	return sha
}

// row makes a row: code, image, and further fields as name=value.
func (w *studio) row(n int, code, image string, more ...string) pipeline.Record {
	fields := imageDesk{w.sink}.kind().Fields
	r := pipeline.NewRecord(pipeline.Row{Origin: pipeline.Origin{File: "images.csv", Row: n + 2}}, pipeline.NewShape(fields))
	put := func(name, text string) {
		i := slices.IndexFunc(fields, func(f pipeline.Field) bool { return f.Name == name })
		v := pipeline.Value{Set: true, Text: text, Col: i + 1, Bool: text == "yes"}
		if fields[i].Type == pipeline.Quantity {
			v.Dec = decimal(text)
		}
		r.Put(i, v)
	}
	put("code", code)
	put("image", image)
	for _, one := range more {
		name, value, _ := strings.Cut(one, "=")
		if name == "bytes" {
			name, value = "sha256", w.hash(value)
		}
		put(name, value)
	}
	return r
}

// rows reads lines such as: C-1 front.jpg bytes=one position=1 alt=Front
func (w *studio) rows(lines ...string) []pipeline.Record {
	var out []pipeline.Record
	for i, line := range lines {
		f := strings.Fields(line)
		for j := range f {
			f[j] = strings.ReplaceAll(f[j], "~", " ")
		}
		out = append(out, w.row(i, f[0], f[1], f[2:]...))
	}
	return out
}

// build groups rows as a job does.
func (w *studio) build(lines ...string) []pipeline.Document {
	w.t.Helper()
	var codes []string
	by := map[string][]pipeline.Record{}
	for _, r := range w.rows(lines...) {
		code := r.Text("code")
		if by[code] == nil {
			codes = append(codes, code)
		}
		by[code] = append(by[code], r)
	}
	var docs []pipeline.Document
	for _, code := range codes {
		doc, problems := buildImages(by[code])
		if len(problems) > 0 {
			w.t.Fatalf("build %s: %v", code, problems)
		}
		doc.Kind, doc.State = kindImage, pipeline.Ready
		docs = append(docs, doc)
	}
	return docs
}

// hung is a job on its way.
type hung struct {
	*studio
	settings pipeline.Settings
	plan     pipeline.Plan
	docs     []*pipeline.Document
	why      map[string][]pipeline.Problem
	tries    int
	errs     []error
	between  func(step int) // called before each call of the sink
	steps    int
	asked    int // in a row
}

func (w *studio) ask(q pipeline.Question) *hung {
	w.t.Helper()
	q.Kind = kindImage
	plan, err := w.sink.Plan(w.t.Context(), q)
	if err != nil {
		w.t.Fatal(err)
	}
	j := &hung{studio: w, settings: q.Settings, plan: plan, why: map[string][]pipeline.Problem{}}
	for _, p := range append(slices.Clone(plan.Docs), plan.More...) {
		doc := p.Doc
		doc.State = pipeline.Ready
		switch {
		case len(p.Problems) > 0:
			doc.State = pipeline.Held
			j.why[doc.Key] = p.Problems
		case p.Same:
			doc.State = pipeline.Unchanged
		}
		j.docs = append(j.docs, &doc)
	}
	return j
}

// job plans a file.
func (w *studio) job(settings pipeline.Settings, lines ...string) *hung {
	w.t.Helper()
	return w.ask(pipeline.Question{Settings: settings, Whole: true, Docs: w.build(lines...)})
}

// run sends until nothing is open; each call is made by a new process.
func (j *hung) run() *hung {
	j.t.Helper()
	for range 60 {
		var ready, out []pipeline.Document
		for _, d := range j.docs {
			switch d.State {
			case pipeline.Ready:
				ready = append(ready, *d)
			case pipeline.Sending, pipeline.Accepted:
				out = append(out, *d)
			}
		}
		switch {
		case len(out) > 0:
			j.call(out, false)
		case len(ready) > 0:
			j.call(ready, true)
		default:
			return j
		}
	}
	j.t.Fatalf("it never ends: %v", j.errs)
	return j
}

func (j *hung) call(docs []pipeline.Document, send bool) {
	j.restart()
	if j.between != nil {
		j.between(j.steps)
	}
	j.steps++
	b := pipeline.Batch{ID: fmt.Sprint("batch-", j.steps), Job: pipeline.Job{Drop: "20261124-0001", Flow: "images"}, Docs: docs, Settings: j.settings, Asked: j.asked}
	do := j.sink.Ask
	j.asked++
	if send {
		j.asked = 0
		do = j.sink.Send
		for i := range b.Docs {
			b.Docs[i].State = pipeline.Sending
			j.of(b.Docs[i].Key).State = pipeline.Sending
		}
	}
	a, err := do(j.t.Context(), b)
	if err != nil {
		j.errs = append(j.errs, err)
		if _, later := errors.AsType[*pipeline.Later](err); !later {
			j.t.Fatalf("call %d: %v", j.steps, err)
		}
	}
	for _, o := range a.Outcomes {
		d := j.of(o.Key)
		d.State = o.State
		if o.Ticket != "" {
			d.Ticket = o.Ticket
		}
		if o.Body != nil {
			d.Body = o.Body
		}
		j.why[o.Key] = append(j.why[o.Key], o.Why...)
	}
	j.clock.advance(30 * time.Second)
}

func (j *hung) of(key string) *pipeline.Document {
	for _, d := range j.docs {
		if d.Key == key {
			return d
		}
	}
	j.t.Fatalf("an outcome of %q, which was not sent", key)
	return nil
}

// want holds the state of every document against what is wanted.
func (j *hung) want(states ...pipeline.State) *hung {
	j.t.Helper()
	var got []pipeline.State
	for _, d := range j.docs {
		got = append(got, d.State)
	}
	if !slices.Equal(got, states) {
		j.t.Errorf("documents are %v, want %v; %v %v", got, states, j.why, j.errs)
	}
	return j
}

// changes are those of the plan, in one text.
func (j *hung) changes() string {
	var out []string
	for _, p := range append(slices.Clone(j.plan.Docs), j.plan.More...) {
		for _, c := range p.Doc.Changes {
			out = append(out, strings.TrimSpace(fmt.Sprintf("%s: %s > %s %s", c.Field, bare(c.Old), bare(c.New), c.Mark)))
		}
	}
	return strings.Join(out, "\n")
}

// bare writes names of ours without their hash.
func bare(names string) string {
	var out []string
	for name := range strings.SplitSeq(names, ", ") {
		if m := ourName.FindStringSubmatch(name); m != nil {
			name = m[2]
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// hangs are the pictures of a product: the content where it came from the vault,
// else the name.
func (w *studio) hangs(handle string) string {
	w.t.Helper()
	p, ok := w.Product(handle)
	if !ok {
		w.t.Fatalf("no product %s", handle)
	}
	var out []string
	for _, m := range p.Media {
		out = append(out, w.contentOf(m))
	}
	return strings.Join(out, " ")
}

// contentOf is what a picture was made of.
func (w *studio) contentOf(m shopifytest.Picture) string {
	for sha, content := range w.vault {
		if strings.HasPrefix(m.Name, namePrefix+sha[:markLetters]) {
			return string(content)
		}
	}
	return m.Name
}

func (w *studio) wantHangs(handle, want string) {
	w.t.Helper()
	if got := w.hangs(handle); got != want {
		w.t.Errorf("%s shows %q, want %q", handle, got, want)
	}
}

// mutations counts calls of one mutation that did something.
func (w *studio) mutations(name string) int {
	n := 0
	for _, c := range w.Mutations() {
		if slices.Contains(c.Fields, name) && c.Done && len(c.Codes) == 0 {
			n++
		}
	}
	return n
}

var _ io.Closer = imageFile{}
