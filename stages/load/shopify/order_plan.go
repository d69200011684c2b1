package shopify

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// writable are our keys that a file may set, in the order in which they are told.
var writable = []string{keyDocNo, keyCreditNo, keyCancelNo, keyETAUUID, keyETAStatus, keyETAURL}

// ordersHeld reads what orders carry, by id: nodes cost once, whatever their number,
// and a search index would lag behind what was written a moment ago.
var ordersHeld = admin.Operation{Name: "OrdersHeld", Cost: 8, Text: `query OrdersHeld($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Order { id name note poNumber tags` + ownValues(writable...) + ` } }
}`}

// carried is what an order carries.
type carried struct {
	ID, Name, Note, PO string
	Tags               []string
	Fields             map[string]string
}

func (c *carried) UnmarshalJSON(text []byte) error {
	var o struct {
		ID   string   `json:"id"`
		Name string   `json:"name"`
		Note string   `json:"note"`
		PO   string   `json:"poNumber"`
		Tags []string `json:"tags"`
	}
	if err := json.Unmarshal(text, &o); err != nil {
		return err
	}
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	*c = carried{ID: o.ID, Name: o.Name, Note: o.Note, PO: o.PO, Tags: o.Tags, Fields: map[string]string{}}
	for _, key := range writable {
		var value struct {
			Value string `json:"value"`
		}
		if err := json.Unmarshal(fields[key], &value); len(fields[key]) > 0 && err != nil {
			return err
		}
		if value.Value != "" {
			c.Fields[key] = value.Value
		}
	}
	return nil
}

// of is what the order has in one of the fields that change: a key of ours, note or
// poNumber.
func (c *carried) of(field string) string {
	switch field {
	case "note":
		return c.Note
	case "poNumber":
		return c.PO
	}
	return c.Fields[field]
}

// carriedBy reads what some orders carry, by gid.
func (s orderDesk) carriedBy(ctx context.Context, ask asking, gids []string) (map[string]*carried, error) {
	return readOrders[carried](ctx, ask, ordersHeld, gids, perCall, func(c *carried) string { return c.ID })
}

// readOrders reads orders by id, so many a call.
func readOrders[T any](ctx context.Context, ask asking, op admin.Operation, gids []string, most int, id func(*T) string) (map[string]*T, error) {
	all := map[string]*T{}
	for part := range slices.Chunk(distinct(gids), most) {
		var data struct {
			Nodes []*T `json:"nodes"`
		}
		if err := ask(ctx, op, map[string]any{"ids": part}, &data); err != nil {
			return nil, err
		}
		for _, o := range data.Nodes {
			if o != nil && id(o) != "" {
				all[id(o)] = o
			}
		}
	}
	return all, nil
}

// plan finds the orders, reads what they carry, and compares.
func (s orderDesk) plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	plan := pipeline.Plan{Docs: make([]pipeline.Planned, len(q.Docs))}
	wishes, refs := make([]writeback, len(q.Docs)), make([]orderRef, len(q.Docs))
	for i, doc := range q.Docs {
		w, err := bodyOf[writeback](doc)
		if err != nil {
			return pipeline.Plan{}, err
		}
		w.inked = inked{}
		wishes[i], refs[i] = w, w.Order
	}
	gids, problems, err := s.locate(ctx, q.Docs, refs)
	if err != nil {
		return pipeline.Plan{}, err
	}
	held, err := s.carriedBy(ctx, s.patient, gids)
	if err != nil {
		return pipeline.Plan{}, err
	}
	twice := repeated(gids)
	for i, doc := range q.Docs {
		p := pipeline.Planned{Doc: doc}
		switch now := held[gids[i]]; {
		case problems[i] != nil:
			p.Problems = []pipeline.Problem{*problems[i]}
		case now == nil:
			p.Problems = []pipeline.Problem{unknownOrder(doc, refs[i])}
		case twice[gids[i]]:
			p.Problems = []pipeline.Problem{ofOrder(doc, "order.name", refs[i].said(), "order.twice", map[string]string{"order": now.Name})}
		default:
			if wishes[i].empty() && q.Memo == "" {
				p.Left = pipeline.Problem{Rule: "order.nothing", With: map[string]string{"order": now.Name}}.Says(cmp.Or(s.lang, "en"))
			} else if p, err = writtenBack(doc, wishes[i], now, q); err != nil {
				return pipeline.Plan{}, err
			}
		}
		plan.Docs[i] = p
	}
	return plan, nil
}

// empty tells whether a file says nothing that is written.
func (w writeback) empty() bool {
	return len(w.Fields)+len(w.More)+len(w.Tags) == 0 && w.Note == nil && w.PO == nil
}

// repeated are the ids that stand in a list more than once.
func repeated(ids []string) map[string]bool {
	seen, twice := map[string]bool{}, map[string]bool{}
	for _, id := range ids {
		twice[id] = twice[id] || seen[id]
		seen[id] = id != ""
	}
	return twice
}

// writtenBack holds one document against what its order carries.
func writtenBack(doc pipeline.Document, w writeback, now *carried, q pipeline.Question) (pipeline.Planned, error) {
	if problems := otherOrder(doc, w.Order, now.Name); len(problems) > 0 {
		return pipeline.Planned{Doc: doc, Problems: problems}, nil
	}
	if q.Memo == pipeline.MemoUndo && len(doc.Sent) > 0 {
		moved, err := movedSince(doc, w, now)
		if err != nil || len(moved) > 0 {
			return pipeline.Planned{Doc: doc, Problems: moved}, err
		}
	}
	c := comparison{w: w, now: now, all: q.All, undo: writeback{Order: orderRef{ID: strings.TrimPrefix(now.ID, orderGID)}, Fields: map[string]string{}}}
	c.compare()
	doc.Changes, doc.Undo, doc.Body = c.changes, nil, packed(c.w)
	if len(c.changes) > 0 {
		doc.Undo = packed(c.undo)
	}
	return pipeline.Planned{Doc: doc, Same: len(c.changes) == 0 && !q.All}, nil
}

// comparison is a wish next to what its order carries, with what comes of it.
type comparison struct {
	w       writeback
	now     *carried
	all     bool // what is so already leaves too
	changes []pipeline.Change
	undo    writeback
}

func (c *comparison) compare() {
	c.w.inked = inked{GID: c.now.ID, Set: map[string]string{}, Was: map[string]string{}, Update: map[string]string{}}
	for _, key := range writable {
		want, given := c.w.Fields[key]
		if more := c.w.More[key]; len(more) > 0 {
			want, given = joinedTo(c.now.Fields[key], more), true
		}
		if given && c.differs(key, key, want) {
			c.w.Set[key] = want
			c.undo.Fields[key] = c.now.Fields[key]
		}
	}
	if c.w.Note != nil && c.differs("note", "note", *c.w.Note) {
		c.w.Update["note"], c.undo.Note = *c.w.Note, &c.now.Note
	}
	if c.w.PO != nil && c.differs("poNumber", "po_number", *c.w.PO) {
		c.w.Update["poNumber"], c.undo.PO = *c.w.PO, &c.now.PO
	}
	for _, tag := range c.w.Tags {
		there := hasTag(c.now.Tags, tag)
		if !there {
			c.changes = append(c.changes, pipeline.Change{Field: "tags", New: tag})
			c.undo.Untag = append(c.undo.Untag, tag)
		}
		if !there || c.all {
			c.w.Tag = append(c.w.Tag, tag)
		}
	}
	for _, tag := range c.w.Untag {
		if hasTag(c.now.Tags, tag) {
			c.changes = append(c.changes, pipeline.Change{Field: "tags", Old: tag})
			c.undo.Tags, c.w.Drop = append(c.undo.Tags, tag), append(c.w.Drop, tag)
		}
	}
}

// differs tells whether a field leaves, and notes the change where it is one.
func (c *comparison) differs(field, called, want string) bool {
	was := c.now.of(field)
	if was != want {
		c.changes = append(c.changes, pipeline.Change{Field: called, Old: was, New: want})
	} else if !c.all || want == "" {
		return false
	}
	c.w.Was[field] = was
	return true
}

// joinedTo is a list with some numbers added to it, each once.
func joinedTo(now string, more []string) string {
	var all []string
	for one := range strings.SplitSeq(now, ",") {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	for _, one := range more {
		if !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return strings.Join(all, ", ")
}

// movedSince says of a wish that puts something back what is no longer as it was set
// then. What is as it is to be already has nothing to lose.
func movedSince(doc pipeline.Document, w writeback, now *carried) ([]pipeline.Problem, error) {
	doc.Body = doc.Sent
	sent, err := bodyOf[writeback](doc)
	if err != nil {
		return nil, err
	}
	var problems []pipeline.Problem
	check := func(field, called, set, back string) {
		if is := now.of(field); is != set && is != back {
			problems = append(problems, ofOrder(doc, called, is, "undo.moved", map[string]string{"field": called, "sent": set, "now": is}))
		}
	}
	for _, key := range writable {
		if back, ok := w.Fields[key]; ok {
			check(key, key, sent.Set[key], back)
		}
	}
	if w.Note != nil {
		check("note", "note", sent.Update["note"], *w.Note)
	}
	if w.PO != nil {
		check("poNumber", "po_number", sent.Update["poNumber"], *w.PO)
	}
	return problems, nil
}
