package shopify

import (
	"context"
	"slices"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

var setPublication = admin.Operation{Name: "PublicationUpdate", Cost: 10, Text: `mutation PublicationUpdate($id: ID!, $input: PublicationUpdateInput!) {
  publicationUpdate(id: $id, input: $input) {
    userErrors { field message code }
  }
}`}

// A showing is a document whose product is to be shown somewhere, or no longer.
type showing struct {
	doc     pipeline.Document
	product string
	channel string
	show    bool
}

// publish shows products, or hides them, fifty a call. Sending it twice does no
// harm. done are the documents that are through; outcomes those that are not; with
// an error, of the others nothing is known, or they were not tried.
func (s *Sink) publish(ctx context.Context, all []showing) (done []pipeline.Document, out []pipeline.Outcome, err error) {
	for i := 0; i < len(all); {
		n := i + 1
		for n < len(all) && n-i < perPublish && all[n].channel == all[i].channel && all[n].show == all[i].show {
			n++
		}
		part := all[i:n]
		bad, err := s.publishPart(ctx, part)
		if err != nil {
			if admin.Certain(err) {
				out = append(out, again(docsIn(part))...)
			}
			return done, append(out, again(docsIn(all[n:]))...), err
		}
		for j, one := range part {
			switch {
			case len(bad[j]) > 0:
				out = append(out, turnedDown(one.doc, "published", bad[j]))
			case len(bad) > 0:
				out = append(out, pipeline.Outcome{Key: one.doc.Key, State: pipeline.Ready, Body: one.doc.Body})
			default:
				done = append(done, one.doc)
			}
		}
		i = n
	}
	return done, out, nil
}

func docsIn(all []showing) []pipeline.Document {
	docs := make([]pipeline.Document, len(all))
	for i, one := range all {
		docs[i] = one.doc
	}
	return docs
}

// lockedFor is how long to leave a publication alone that somebody else changes.
const lockedFor = 5 * time.Second

// publishPart is one call: all of it is done, or nothing.
func (s *Sink) publishPart(ctx context.Context, part []showing) (map[int][]admin.UserError, error) {
	ids := make([]string, len(part))
	for i, one := range part {
		ids[i] = one.product
	}
	list := "publishablesToRemove"
	if part[0].show {
		list = "publishablesToAdd"
	}
	r, err := s.door.Query(ctx, setPublication, map[string]any{"id": part[0].channel, "input": map[string]any{list: ids}})
	if err != nil {
		return nil, err
	}
	var data struct {
		Update *struct {
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"publicationUpdate"`
	}
	if err := decoded(setPublication, r, &data); err != nil || data.Update == nil {
		return nil, admin.Unreadable(setPublication, r)
	}
	if slices.ContainsFunc(data.Update.UserErrors, func(e admin.UserError) bool { return e.Code == "PUBLICATION_LOCKED" }) {
		return nil, &pipeline.Later{Err: s.door.Refused(r, data.Update.UserErrors[0]), After: lockedFor}
	}
	return s.byPlace(r, data.Update.UserErrors, list, len(part))
}
