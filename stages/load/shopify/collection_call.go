package shopify

import (
	"context"
	"slices"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

const sourceIDs = `sources { __typename id title ... on CollectionConditionsSource { targetType inclusion { conditions { __typename } } } }`

var (
	createCollection = admin.Operation{Name: "CollectionCreate", Cost: 14, Text: `mutation CollectionCreate($collection: CollectionCreateInput!) {
  collectionCreate(collection: $collection) {
    collection { id ` + sourceIDs + ` }
    userErrors { field message }
  }
}`}
	updateCollection = admin.Operation{Name: "CollectionUpdate", Cost: 14, Text: `mutation CollectionUpdate($collection: CollectionUpdateInput!) {
  collectionUpdate(collection: $collection) {
    collection { id ` + sourceIDs + ` }
    job { id done }
    userErrors { field message }
  }
}`}
)

// updating is what one call changes: fields, and members by source.
type updating struct {
	fields input
	add    []entry
	from   map[string][]entry // what is taken out, by the source that selects it
}

// selected are products as a source selects them.
func selected(entries []entry) []any {
	out := make([]any, len(entries))
	for i, e := range entries {
		out[i] = input{"productId": e.ID}
	}
	return out
}

// newSource is our source with its first members.
func newSource(entries []entry) []any {
	return []any{input{"source": input{"title": ownSource, "targetType": "PRODUCTS", "inclusion": input{"selections": selected(entries)}}}}
}

// input is what collectionUpdate takes; ours is our source, "" where the collection
// has none yet.
func (u updating) input(id, ours string) input {
	in := input{"id": id}
	var sources []string
	for name, v := range u.fields {
		in[name] = v
	}
	for source := range u.from {
		sources = append(sources, source)
	}
	if len(u.add) > 0 && ours != "" && u.from[ours] == nil {
		sources = append(sources, ours)
	}
	slices.SortFunc(sources, older)
	var changed []any
	for _, source := range sources {
		inclusion := input{}
		if len(u.from[source]) > 0 {
			inclusion["selectionsToRemove"] = selected(u.from[source])
		}
		if source == ours && len(u.add) > 0 {
			inclusion["selectionsToAdd"] = selected(u.add)
		}
		changed = append(changed, input{"condition": input{"id": source, "inclusion": inclusion}})
	}
	if len(changed) > 0 {
		in["sourcesToUpdate"] = changed
	}
	if len(u.add) > 0 && ours == "" {
		in["sourcesToCreate"] = newSource(u.add)
	}
	return in
}

// update is one collectionUpdate. job is what Shopify goes on working on, "" where
// it is done.
func (s collectionDesk) update(ctx context.Context, g *gathered, u updating) (job string, errs []admin.UserError, err error) {
	ours := ""
	if source := g.have.ours(); source != nil {
		ours = source.ID
	}
	r, err := s.door.Query(ctx, updateCollection, input{"collection": u.input(g.w.ID, ours)})
	if err != nil {
		return "", nil, err
	}
	var data struct {
		Update *struct {
			Collection *rack `json:"collection"`
			Job        *struct {
				ID   string `json:"id"`
				Done bool   `json:"done"`
			} `json:"job"`
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"collectionUpdate"`
	}
	if decoded(updateCollection, r, &data) != nil || data.Update == nil || data.Update.Collection == nil && len(data.Update.UserErrors) == 0 {
		return "", nil, admin.Unreadable(updateCollection, r)
	}
	if data.Update.Collection != nil {
		g.have.Sources = data.Update.Collection.Sources
	}
	if data.Update.Job != nil && !data.Update.Job.Done {
		job = data.Update.Job.ID
	}
	return job, data.Update.UserErrors, nil
}

// create makes a collection with its first members. It is shown nowhere.
func (s collectionDesk) create(ctx context.Context, g *gathered) (*pipeline.Outcome, error) {
	in := input{"title": g.w.title(), "metafields": []any{ownField(keyCollection, g.w.Code)}}
	if g.w.HTML != nil {
		in["descriptionHtml"] = *g.w.HTML
	}
	if g.w.Handle != "" {
		in["handle"] = g.w.Handle
	}
	if g.w.Ranked {
		in["sortOrder"] = "MANUAL"
	}
	first := updating{add: g.w.Add[:min(len(g.w.Add), perSelection)]}
	if len(first.add) > 0 {
		in["sources"] = newSource(first.add)
	}
	r, err := s.door.Query(ctx, createCollection, input{"collection": in})
	if err != nil {
		return nil, err
	}
	var data struct {
		Create *struct {
			Collection *rack             `json:"collection"`
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"collectionCreate"`
	}
	if decoded(createCollection, r, &data) != nil || data.Create == nil || data.Create.Collection == nil && len(data.Create.UserErrors) == 0 {
		return nil, admin.Unreadable(createCollection, r)
	}
	if len(data.Create.UserErrors) > 0 {
		return g.refused(first, data.Create.UserErrors), nil
	}
	g.have = data.Create.Collection
	g.w.ID, g.have.Key = g.have.ID, own(g.w.Code)
	g.have.Title = g.w.title()
	if ours := g.have.ours(); ours != nil {
		for _, e := range first.add {
			ours.select1(e.ID)
		}
	}
	return nil, nil
}

// select1 notes that a source selects a product.
func (s *source) select1(id string) {
	s.Inclusion.Selections.Nodes = append(s.Inclusion.Selections.Nodes, selection{&product{ID: id}})
}

// refused is the outcome of a collection that Shopify refused, traced to the row of
// the member that it names.
func (g *gathered) refused(u updating, errs []admin.UserError) *pipeline.Outcome {
	o := &pipeline.Outcome{Key: g.doc.Key, State: pipeline.Rejected}
	for _, e := range errs {
		field, row := "code", -1
		for _, list := range []string{"selections", "selectionsToAdd"} {
			if i, ok := e.Row(list); ok && i >= 0 && i < len(u.add) {
				field, row = "member", u.add[i].Row
			}
		}
		if len(e.Field) > 0 && field == "code" {
			if own := fieldNamed(e.Field[len(e.Field)-1]); own != "" {
				field = own
			}
		}
		p := wareProblem(g.doc, nil, field, "", "shopify.refused", e.Facts())
		if row >= 0 && row < len(g.doc.From) {
			p.Origin = g.doc.From[row]
			if at := slices.IndexFunc(g.w.Members, func(m member) bool { return m.Row == row }); at >= 0 {
				p.Value = g.w.Members[at].Code
			}
		}
		o.Why = append(o.Why, p)
	}
	return o
}
