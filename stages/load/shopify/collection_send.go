package shopify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// send makes collections what they are to be. Each is read again right before: what
// has arrived of it is not sent twice, and of members only the difference leaves.
// What is to be shown or hidden goes by fifty a call after that.
func (s collectionDesk) send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := s.deliver(ctx, b)
	a.Said = said.All()
	return a, err
}

func (s collectionDesk) deliver(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	if len(b.Docs) == 0 {
		return pipeline.Answer{}, nil
	}
	all, err := s.gather(ctx, b)
	if err != nil {
		return pipeline.Answer{Outcomes: again(b.Docs)}, err // no collection was touched
	}
	var a pipeline.Answer
	var shows []showing
	for i, g := range all {
		o, err := s.one(ctx, b.Settings, g)
		if err != nil {
			if admin.Certain(err) {
				a.Outcomes = append(a.Outcomes, leftOver([]pipeline.Document{g.kept()})...)
			}
			a.Outcomes = append(append(a.Outcomes, leftOver(docsIn(shows))...), again(b.Docs[i+1:])...)
			return a, err
		}
		switch {
		case o != nil:
			a.Outcomes = append(a.Outcomes, *o)
			if o.State == pipeline.Accepted {
				a.Again = jobFirst
			}
		case g.w.Show == nil:
			a.Outcomes = append(a.Outcomes, g.arrived())
		default:
			shows = append(shows, showing{g.kept(), g.w.ID, g.w.Channel, *g.w.Show})
		}
	}
	slices.SortStableFunc(shows, func(x, y showing) int { return sign(x.show) - sign(y.show) })
	through, more, err := s.publish(ctx, shows)
	a.Outcomes = append(a.Outcomes, more...)
	for _, doc := range through {
		w, _ := bodyOf[assortment](doc) // written above
		a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Delivered, Ref: w.ID})
	}
	return a, err
}

func sign(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// gathered is a document with its collection as it is right now.
type gathered struct {
	doc  pipeline.Document
	w    assortment
	have *rack // nil: there is none
}

// kept is the document with what is known of its collection by now.
func (g *gathered) kept() pipeline.Document {
	g.doc.Body = packed(g.w)
	return g.doc
}

func (g *gathered) arrived() pipeline.Outcome {
	return pipeline.Outcome{Key: g.doc.Key, State: pipeline.Delivered, Ref: g.w.ID}
}

// gather reads the collections of a batch as they are. One that is to be made is
// asked for by our key first: an answer that was lost may have made it.
func (s collectionDesk) gather(ctx context.Context, b pipeline.Batch) ([]*gathered, error) {
	all := make([]*gathered, len(b.Docs))
	var fresh []string
	keys := false
	for i, doc := range b.Docs {
		w, err := bodyOf[assortment](doc)
		if err != nil {
			return nil, err
		}
		all[i] = &gathered{doc: doc, w: w}
		if w.ID == "" {
			fresh = append(fresh, w.Code)
		}
		keys = keys || w.ID == "" || w.Adopt
	}
	if keys {
		if err := s.define(ctx, "COLLECTION"); err != nil {
			return nil, err
		}
	}
	made, err := s.keyed(ctx, fresh)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, g := range all {
		if g.w.ID == "" {
			g.w.ID = made[g.w.Code]
		}
		ids = append(ids, g.w.ID)
	}
	racks, err := s.racks(ctx, s.prompt, ids, "")
	for _, g := range all {
		g.have = racks[g.w.ID]
	}
	return all, err
}

// one makes one collection what it is to be, but for whether it is shown: nil where
// nothing is left of that.
func (s collectionDesk) one(ctx context.Context, set pipeline.Settings, g *gathered) (*pipeline.Outcome, error) {
	if g.w.ID == "" {
		if o, err := s.create(ctx, g); o != nil || err != nil {
			return o, err
		}
	}
	if g.have == nil {
		return g.rejected("code", "collection.gone", map[string]string{"code": g.w.Code, "candidates": g.w.ID}), nil
	}
	if why := g.stale(set); len(why) > 0 {
		return &pipeline.Outcome{Key: g.doc.Key, State: pipeline.Rejected, Why: why}, nil
	}
	steps := g.steps()
	if len(steps) > 0 && g.w.Rounds > (len(g.w.Add)+len(g.w.Drop))/perSelection+mostRounds {
		return g.rejected("member", "collection.stuck", map[string]string{"code": g.w.Code, "count": strconv.Itoa(len(steps))}), nil
	}
	for _, step := range steps {
		job, errs, err := s.update(ctx, g, step)
		switch {
		case err != nil:
			return nil, err
		case len(errs) > 0:
			return g.refused(step, errs), nil
		case job != "":
			return &pipeline.Outcome{Key: g.doc.Key, State: pipeline.Accepted, Ref: g.w.ID, Ticket: job}, nil
		}
	}
	return nil, nil
}

// mostRounds is how often Shopify may say that it has done its work, and has not.
const mostRounds = 3

func (g *gathered) rejected(field string, rule pipeline.Rule, with map[string]string) *pipeline.Outcome {
	return &pipeline.Outcome{Key: g.doc.Key, State: pipeline.Rejected, Why: []pipeline.Problem{wareProblem(g.doc, nil, field, "", rule, with)}}
}

// stale are the values that somebody has changed since the plan, where the flow
// holds those.
func (g *gathered) stale(set pipeline.Settings) (why []pipeline.Problem) {
	if set["on_stale"] != staleHold {
		return nil
	}
	for _, f := range []struct{ field, name, now string }{{"title", "title", g.have.Title}, {"description", "descriptionHtml", g.have.HTML}} {
		want, ok := g.w.Set[f.name]
		if was := g.w.Was[f.name]; ok && plainly(f.now) != plainly(was) && plainly(f.now) != plainly(want) {
			why = append(why, wareProblem(g.doc, nil, f.field, "", "product.stale",
				map[string]string{"field": f.field, "was": brief(was), "now": brief(f.now), "wanted": brief(want)}))
		}
	}
	return why
}

// steps are the calls that are left: fields that differ, and members that are
// missing, or still there, 250 a call.
func (g *gathered) steps() (out []updating) {
	in, by := g.have.holds()
	fields := input{}
	for name, now := range map[string]string{"title": g.have.Title, "descriptionHtml": g.have.HTML} {
		if want, ok := g.w.Set[name]; ok && want != now && (name == "title" || plainly(want) != plainly(now)) {
			fields[name] = want
		}
	}
	if g.w.Adopt && g.have.Key == "" {
		fields["metafields"] = []any{ownField(keyCollection, g.w.Code)}
	}
	add := slices.DeleteFunc(slices.Clone(g.w.Add), func(e entry) bool { return in[e.ID] != nil })
	drop := slices.DeleteFunc(slices.Clone(g.w.Drop), func(e entry) bool { return in[e.ID] == nil })
	if len(fields) > 0 && len(add)+len(drop) == 0 {
		return []updating{{fields: fields}}
	}
	for len(add)+len(drop) > 0 {
		u := updating{fields: fields, from: map[string][]entry{}}
		n := min(len(drop), perSelection)
		for _, e := range drop[:n] {
			for _, id := range by[e.ID] {
				u.from[id] = append(u.from[id], e)
			}
		}
		m := min(len(add), perSelection-n)
		u.add, drop, add, fields = add[:m], drop[n:], add[m:], nil
		out = append(out, u)
	}
	return out
}

// How often a job is asked about.
const jobFirst = time.Second

// jobsDone asks whether Shopify has done its work.
func jobsDone(ids []string) admin.Operation {
	var b strings.Builder
	name := "JobsDone" + strconv.Itoa(len(ids))
	b.WriteString("query " + name + " {\n")
	for i, id := range ids {
		fmt.Fprintf(&b, "  j%d: job(id: %s) { id done }\n", i, literal(id))
	}
	b.WriteString("}")
	return admin.Operation{Name: name, Text: b.String(), Cost: float64(len(ids))}
}

// ask says what became of a batch whose answer was lost: sending begins with reading
// what is there, so that everything is ready again. Where Shopify worked on, and is
// done, it is the same: sending sees whether everything has arrived.
func (s collectionDesk) ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := s.jobs(ctx, b)
	a.Said = said.All()
	return a, err
}

func (s collectionDesk) jobs(ctx context.Context, b pipeline.Batch) (a pipeline.Answer, err error) {
	var works []pipeline.Document
	var ids []string
	for _, doc := range b.Docs {
		switch {
		case doc.State == pipeline.Accepted && doc.Ticket != "":
			works, ids = append(works, doc), append(ids, doc.Ticket)
		case doc.State == pipeline.Sending:
			a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: doc.Key, State: pipeline.Ready})
		}
	}
	if len(ids) == 0 {
		return a, nil
	}
	data := map[string]*struct {
		Done bool `json:"done"`
	}{}
	if err := s.ask1(ctx, jobsDone(ids), nil, &data); err != nil {
		return a, err
	}
	for i, doc := range works {
		if job := data["j"+strconv.Itoa(i)]; job != nil && !job.Done {
			a.Again = bulkPause(b.Asked)
			continue
		}
		w, err := bodyOf[assortment](doc)
		if err != nil {
			return a, err
		}
		w.Rounds++
		w.ID = cmp.Or(w.ID, doc.Ref)
		doc.Body = packed(w)
		a.Outcomes = append(a.Outcomes, anewAsItIs(doc))
	}
	return a, nil
}
