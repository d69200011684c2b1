package shopify

import (
	"context"
	"maps"
	"slices"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// What is written on orders, each by a mutation of its own. All of them may be sent
// again: the result is the same.
var (
	setOrderFields = admin.Operation{Name: "MetafieldsSet", Cost: 10, Text: `mutation MetafieldsSet($metafields: [MetafieldsSetInput!]!) {
  metafieldsSet(metafields: $metafields) {
    metafields { id }
    userErrors { field message code }
  }
}`}
	deleteOrderFields = admin.Operation{Name: "MetafieldsDelete", Cost: 10, Text: `mutation MetafieldsDelete($metafields: [MetafieldIdentifierInput!]!) {
  metafieldsDelete(metafields: $metafields) {
    userErrors { field message }
  }
}`}
	addOrderTags = admin.Operation{Name: "TagsAdd", Cost: 10, Text: `mutation TagsAdd($id: ID!, $tags: [String!]!) {
  tagsAdd(id: $id, tags: $tags) {
    node { id }
    userErrors { field message }
  }
}`}
	removeOrderTags = admin.Operation{Name: "TagsRemove", Cost: 10, Text: `mutation TagsRemove($id: ID!, $tags: [String!]!) {
  tagsRemove(id: $id, tags: $tags) {
    node { id }
    userErrors { field message }
  }
}`}
	updateOrder = admin.Operation{Name: "OrderUpdate", Cost: 10, Text: `mutation OrderUpdate($input: OrderInput!) {
  orderUpdate(input: $input) {
    order { id }
    userErrors { field message }
  }
}`}
)

// A stage is one of the things that are written, in their order. An order takes
// part in those that it needs.
type stage struct {
	op    admin.Operation
	root  string // of its answer
	list  string // the list of its input that holds several orders; "": a call for each
	most  int    // entries of that list
	count func(writeback) int
	// input is what one order puts into the list, or else the variables of its call.
	input func(writeback) []any
}

var stages = []stage{
	{setOrderFields, "metafieldsSet", "metafields", perKeys, func(w writeback) int { return len(w.fields(true)) }, settingFields},
	{deleteOrderFields, "metafieldsDelete", "metafields", perCall, func(w writeback) int { return len(w.fields(false)) }, deletingFields},
	{addOrderTags, "tagsAdd", "", 1, func(w writeback) int { return len(w.Tag) }, func(w writeback) []any { return []any{input{"id": w.GID, "tags": w.Tag}} }},
	{removeOrderTags, "tagsRemove", "", 1, func(w writeback) int { return len(w.Drop) }, func(w writeback) []any { return []any{input{"id": w.GID, "tags": w.Drop}} }},
	{updateOrder, "orderUpdate", "", 1, func(w writeback) int { return len(w.Update) }, updatingOrder},
}

// fields are the keys of the metafields that are set, or of those that are deleted.
func (w writeback) fields(set bool) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(w.Set)) {
		if (w.Set[key] != "") == set {
			keys = append(keys, key)
		}
	}
	return keys
}

// settingFields names no type: that of the definition holds, whoever made it.
func settingFields(w writeback) (list []any) {
	for _, key := range w.fields(true) {
		list = append(list, input{"ownerId": w.GID, "namespace": ownNamespace, "key": key, "value": w.Set[key]})
	}
	return list
}

func deletingFields(w writeback) (list []any) {
	for _, key := range w.fields(false) {
		list = append(list, input{"ownerId": w.GID, "namespace": ownNamespace, "key": key})
	}
	return list
}

func updatingOrder(w writeback) []any {
	in := input{"id": w.GID}
	for name, value := range w.Update {
		in[name] = value
	}
	return []any{input{"input": in}}
}

// next is the first stage that is left of an order; len(stages) where none is.
func (w writeback) next() int {
	for i := w.Done; i < len(stages); i++ {
		if stages[i].count(w) > 0 {
			return i
		}
	}
	return len(stages)
}

// A letter is a document with its body.
type letter struct {
	doc pipeline.Document
	w   writeback
}

// letters opens the bodies of documents.
func letters(docs []pipeline.Document) ([]letter, error) {
	all := make([]letter, len(docs))
	for i, doc := range docs {
		w, err := bodyOf[writeback](doc)
		if err != nil {
			return nil, err
		}
		all[i] = letter{doc, w}
	}
	return all, nil
}

// variables are those of one call of a stage for some orders.
func (s stage) variables(some []letter) any {
	var list []any
	for _, l := range some {
		list = append(list, s.input(l.w)...)
	}
	if s.list == "" {
		return list[0]
	}
	return input{s.list: list}
}

// calls splits orders into those of one call each. An order is never split: all of
// its fields are set, or none.
func (s stage) calls(all []letter) (out [][]letter) {
	room := 0
	for _, l := range all {
		n := s.count(l.w)
		if s.list == "" {
			n = s.most
		}
		if n > room {
			out, room = append(out, nil), s.most
		}
		out[len(out)-1] = append(out[len(out)-1], l)
		room -= n
	}
	return out
}

// refused tells which orders of one call its answer refuses, and why. Of a list nothing
// was written then, whichever entry is refused. An error without a place is of all.
func (s stage) refused(some []letter, errs []admin.UserError) map[string][]pipeline.Problem {
	if len(errs) == 0 {
		return nil
	}
	why := map[string][]pipeline.Problem{}
	for _, e := range errs {
		row, placed := e.Row(s.list)
		for _, l := range some {
			n := s.count(l.w)
			if !placed || s.list == "" || row >= 0 && row < n {
				why[l.doc.Key] = append(why[l.doc.Key], l.refusal(s, row, placed && s.list != "", e))
			}
			row -= n
		}
	}
	return why
}

// refusal traces an error to the field that it speaks of.
func (l letter) refusal(s stage, row int, placed bool, e admin.UserError) pipeline.Problem {
	field := map[string]string{"tagsAdd": "tags", "tagsRemove": "tags", "orderUpdate": "note"}[s.root]
	value := ""
	if placed && s.root == "metafieldsSet" {
		field = l.w.fields(true)[row]
		value = l.w.Set[field]
	}
	return ofOrder(l.doc, field, value, "shopify.refused", e.Facts())
}

// send writes on orders, stage by stage, or all at once by a bulk operation.
func (s orderDesk) send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	a, err := s.deliver(ctx, b)
	a.Said = said.All()
	return a, err
}

func (s orderDesk) deliver(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	all, err := letters(b.Docs)
	if err != nil {
		return pipeline.Answer{}, err
	}
	var a pipeline.Answer
	if err := s.defineOrders(ctx, keysOf(all)...); err != nil {
		a.Outcomes = again(b.Docs)
		return a, err // nothing was written on an order
	}
	if b.Settings["on_stale"] == staleHold {
		if all, a.Outcomes, err = s.unmovedOrders(ctx, all); err != nil {
			a.Outcomes = again(b.Docs)
			return a, err
		}
	}
	if len(b.Request) > 0 {
		return s.startOrders(ctx, b, all, a)
	}
	return a, s.write(ctx, all, &a)
}

// keysOf are the keys that orders set.
func keysOf(all []letter) (keys []string) {
	for _, l := range all {
		if l.w.Done == 0 {
			keys = append(keys, l.w.fields(true)...)
		}
	}
	return distinct(keys)
}

// write does all stages of some orders. Where an error ends it, what has all of its
// stages behind it has arrived; the rest is left without an outcome, for whatever
// was written of it may be written again.
func (s orderDesk) write(ctx context.Context, all []letter, a *pipeline.Answer) error {
	for i, st := range stages {
		var part []letter
		for _, l := range all {
			if l.w.Done <= i && st.count(l.w) > 0 {
				part = append(part, l)
			}
		}
		gone := map[string]bool{}
		for _, call := range st.calls(part) {
			why, err := s.call(ctx, st, call)
			for key, problems := range why {
				gone[key] = true
				a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: key, State: pipeline.Rejected, Why: problems})
			}
			if err != nil {
				return err
			}
		}
		all = slices.DeleteFunc(all, func(l letter) bool {
			done := gone[l.doc.Key]
			if l.w.Done = max(l.w.Done, i+1); !done && l.w.next() == len(stages) {
				a.Outcomes, done = append(a.Outcomes, pipeline.Outcome{Key: l.doc.Key, State: pipeline.Delivered, Ref: l.w.GID}), true
			}
			return done
		})
	}
	return nil
}

// call does one call of a stage. Where some of its orders are refused, nothing was
// written of the others, and they are asked for again without those.
func (s orderDesk) call(ctx context.Context, st stage, some []letter) (map[string][]pipeline.Problem, error) {
	why := map[string][]pipeline.Problem{}
	for len(some) > 0 {
		r, err := s.door.Query(ctx, st.op, st.variables(some))
		if err != nil {
			return why, err
		}
		errs, ok := refusalsIn(r.Data, st.root)
		if !ok {
			return why, admin.Unreadable(st.op, r)
		}
		refused := st.refused(some, errs)
		if len(refused) == 0 {
			if len(errs) > 0 {
				return why, s.door.Refused(r, errs[0])
			}
			return why, nil
		}
		maps.Copy(why, refused)
		some = slices.DeleteFunc(slices.Clone(some), func(l letter) bool { return refused[l.doc.Key] != nil })
	}
	return why, nil
}

// unmovedOrders rejects what somebody has changed since the plan: what was approved
// is exactly what is applied. What is as it is to be already is no change.
func (s orderDesk) unmovedOrders(ctx context.Context, all []letter) (left []letter, stale []pipeline.Outcome, err error) {
	var gids []string
	for _, l := range all {
		gids = append(gids, l.w.GID)
	}
	held, err := s.carriedBy(ctx, s.prompt, gids)
	if err != nil {
		return nil, nil, err
	}
	for _, l := range all {
		if why := l.stale(held[l.w.GID]); len(why) > 0 {
			stale = append(stale, pipeline.Outcome{Key: l.doc.Key, State: pipeline.Rejected, Why: why})
		} else {
			left = append(left, l)
		}
	}
	return left, stale, nil
}

func (l letter) stale(now *carried) (why []pipeline.Problem) {
	if now == nil {
		return []pipeline.Problem{unknownOrder(l.doc, l.w.Order)}
	}
	for _, field := range slices.Sorted(maps.Keys(l.w.Was)) {
		want, is := l.w.Set[field], now.of(field)
		if text, ok := l.w.Update[field]; ok {
			want = text
		}
		if was := l.w.Was[field]; is != was && is != want {
			why = append(why, ofOrder(l.doc, field, "", "product.stale", map[string]string{"field": field, "was": brief(was), "now": brief(is), "wanted": brief(want)}))
		}
	}
	return why
}
