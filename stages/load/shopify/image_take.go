package shopify

import (
	"context"
	"encoding/json"
	"slices"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// takeAway takes from products what was approved to go, and cleans up after files
// that failed. What a failed picture was to replace stays.
func (r *round) takeAway(ctx context.Context) error {
	var todo edits
	var gone []string
	for _, h := range r.going() {
		for _, t := range h.going() {
			if t.Delete {
				gone = append(gone, t.ID)
			} else if slices.Contains(idsOf(r.walls[h.g.Product]), t.ID) {
				todo.add(t.ID, "referencesToRemove", h.g.Product, h, 0)
			}
		}
		for _, p := range h.g.Pictures {
			if p.Failed == nil {
				continue
			}
			if p.ID != "" {
				gone = append(gone, p.ID)
			}
			h.why = append(h.why, problemAt(h.doc, p.Row, "image", p.Source, "image.failed",
				map[string]string{"code": h.g.Code, "said": p.Failed.Said, "reason": p.Failed.Code, "done": h.done()}))
		}
	}
	if _, err := r.edit(ctx, todo.all); err != nil {
		return err
	}
	slices.Sort(gone)
	for part := range slices.Chunk(slices.Compact(gone), perCall) {
		if err := r.erase(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// going is what is to go of a document: not what a failed picture was to replace.
func (h *hanger) going() []taken {
	return slices.DeleteFunc(slices.Clone(h.g.Take), func(t taken) bool {
		return slices.ContainsFunc(h.g.Pictures, func(p picture) bool { return p.Failed != nil && p.Old == t.ID })
	})
}

// done says how many of a document's pictures are in the shop: 1/2.
func (h *hanger) done() string {
	n, all := 0, 0
	for _, p := range h.g.Pictures {
		if p.Remove {
			continue
		}
		if all++; p.Failed == nil {
			n++
		}
	}
	return ratio(n, all)
}

// erase deletes files for good. Those that are gone already are left out.
func (r *round) erase(ctx context.Context, ids []string) error {
	there, err := r.statuses(ctx, ids)
	if err != nil {
		return err
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { _, ok := there[id]; return !ok })
	if len(ids) == 0 {
		return nil
	}
	reply, err := r.door.Query(ctx, fileDelete, map[string]any{"fileIds": ids})
	if err != nil {
		return err
	}
	var data struct {
		Delete *struct {
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"fileDelete"`
	}
	if json.Unmarshal(reply.Data, &data) != nil || data.Delete == nil {
		return admin.Unreadable(fileDelete, reply)
	}
	if errs := data.Delete.UserErrors; len(errs) > 0 {
		return &pipeline.Later{Err: r.door.Refused(reply, errs[0])}
	}
	return nil
}
