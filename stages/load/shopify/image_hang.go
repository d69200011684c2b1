package shopify

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// await asks how far the files are that documents need, and lets those wait whose
// files are not. A file that failed is a reason, and the rest of its document goes
// on.
func (r *round) await(ctx context.Context) error {
	var ids []string
	for _, h := range r.going() {
		for _, p := range h.g.Pictures {
			if p.ID != "" && p.File == "" && !p.Remove && !slices.Contains(ids, p.ID) {
				ids = append(ids, p.ID)
			}
		}
	}
	files, err := r.statuses(ctx, ids)
	if err != nil {
		return err
	}
	for _, h := range r.going() {
		h.judge(files)
	}
	return nil
}

// statuses reads how far files are.
func (r *round) statuses(ctx context.Context, ids []string) (map[string]fileNode, error) {
	files := map[string]fileNode{}
	for part := range slices.Chunk(ids, perCall) {
		reply, err := r.door.Query(ctx, fileStatus, map[string]any{"ids": part})
		if err != nil {
			return nil, err
		}
		var data struct {
			Nodes []*fileNode `json:"nodes"`
		}
		if json.Unmarshal(reply.Data, &data) != nil || len(data.Nodes) != len(part) {
			return nil, admin.Unreadable(fileStatus, reply)
		}
		for _, f := range data.Nodes {
			if f != nil && f.ID != "" {
				files[f.ID] = *f
			}
		}
	}
	return files, nil
}

// judge holds the files of a document against what is known of them.
func (h *hanger) judge(files map[string]fileNode) {
	var waits []string
	for i := range h.g.Pictures {
		p := &h.g.Pictures[i]
		if p.ID == "" || p.File != "" || p.Remove || p.Failed != nil {
			continue
		}
		f, there := files[p.ID]
		switch {
		case !there:
			p.ID = "" // deleted meanwhile: it is uploaded again
			waits = append(waits, "-")
		case f.Status == "READY":
		case f.Status == "FAILED":
			p.Failed = &failure{"FAILED", "the file could not be processed"}
			if len(f.Errors) > 0 {
				p.Failed = &failure{f.Errors[0].Code, f.Errors[0].Message}
			}
		default:
			waits = append(waits, p.ID)
		}
	}
	switch {
	case slices.Contains(waits, "-"):
		h.settled(pipeline.Ready, "")
	case len(waits) > 0:
		h.settled(pipeline.Accepted, waitFiles+h.files())
	}
}

// files are the ids of a document's files, in the order of its pictures; - where
// one has none.
func (h *hanger) files() string {
	ids := make([]string, len(h.g.Pictures))
	for i, p := range h.g.Pictures {
		if ids[i] = "-"; p.ID != "" {
			ids[i] = p.ID
		}
	}
	return strings.Join(ids, " ")
}

// ticketed gives a document's pictures the files that its ticket names.
func (h *hanger) ticketed() {
	_, rest, ok := strings.Cut(h.doc.Ticket, " ")
	ids := strings.Fields(rest)
	if !ok || len(ids) != len(h.g.Pictures) {
		return
	}
	for i, id := range ids {
		if p := &h.g.Pictures[i]; id != "-" && p.ID == "" {
			p.ID = id
		}
	}
}

// fileEdit is one entry of fileUpdate, and the documents that it is for.
type fileEdit struct {
	input map[string]any
	rows  map[*hanger]int
}

// edits collects what fileUpdate is to do, one entry a file.
type edits struct {
	all  []*fileEdit
	byID map[string]*fileEdit
}

func (e *edits) of(id string, h *hanger, row int) map[string]any {
	if e.byID == nil {
		e.byID = map[string]*fileEdit{}
	}
	one := e.byID[id]
	if one == nil {
		one = &fileEdit{input: map[string]any{"id": id}, rows: map[*hanger]int{}}
		e.byID[id] = one
		e.all = append(e.all, one)
	}
	one.rows[h] = row
	return one.input
}

func (e *edits) add(id, list, product string, h *hanger, row int) {
	in := e.of(id, h, row)
	have, _ := in[list].([]string)
	if !slices.Contains(have, product) {
		in[list] = append(have, product)
	}
}

// hang hangs up the pictures of the batch that do not hang, and writes their
// texts, in one call for all.
func (r *round) hang(ctx context.Context) error {
	var todo edits
	hold := r.settings.Of(r.kind, "on_stale") == staleHold
	for _, h := range r.going() {
		if !r.stale(h, hold) {
			continue
		}
		for _, p := range h.g.Pictures {
			if p.ID == "" || p.Remove || p.Failed != nil {
				continue
			}
			at := slices.IndexFunc(r.walls[h.g.Product], func(x held) bool { return x.ID == p.ID })
			if at < 0 {
				todo.add(p.ID, "referencesToAdd", h.g.Product, h, p.Row)
			}
			if p.Alt != nil && (at < 0 || r.walls[h.g.Product][at].Alt != *p.Alt) {
				todo.of(p.ID, h, p.Row)["alt"] = *p.Alt
			}
		}
	}
	done, err := r.edit(ctx, todo.all)
	for _, one := range done {
		for h := range one.rows {
			add, _ := one.input["referencesToAdd"].([]string)
			id, _ := one.input["id"].(string)
			if slices.Contains(add, h.g.Product) && !slices.Contains(idsOf(r.walls[h.g.Product]), id) {
				r.walls[h.g.Product] = append(r.walls[h.g.Product], held{ID: id})
			}
		}
	}
	return err
}

// stale looks whether the texts are still those that were to be replaced. Where
// one is not, and the flow holds such, the document is rejected.
func (r *round) stale(h *hanger, hold bool) (goesOn bool) {
	for _, p := range h.g.Pictures {
		for _, there := range r.walls[h.g.Product] {
			if !hold || there.ID != p.ID || p.Was == nil || p.Alt == nil || there.Alt == *p.Was || there.Alt == *p.Alt {
				continue
			}
			h.why = append(h.why, problemAt(h.doc, p.Row, "alt", *p.Alt, "image.stale",
				map[string]string{"was": *p.Was, "now": there.Alt, "wanted": *p.Alt}))
			h.settled(pipeline.Rejected, "")
			return false
		}
	}
	return true
}

// edit updates files, 250 a call, and gives what was done. A call does all or
// nothing: what is refused is left out, and the rest is tried once more.
func (r *round) edit(ctx context.Context, all []*fileEdit) (done []*fileEdit, err error) {
	for part := range slices.Chunk(all, perCall) {
		for tries := 0; len(part) > 0; tries++ {
			refused, err := r.update(ctx, part)
			if err != nil {
				return done, err
			}
			if len(refused) == 0 {
				done = append(done, part...)
				break
			}
			if tries == 2 {
				return done, &pipeline.Later{Err: refusedAgain}
			}
			part = slices.DeleteFunc(slices.Clone(part), func(one *fileEdit) bool { return slices.Contains(refused, one) })
		}
	}
	return done, nil
}

// update is one fileUpdate: the entries that were refused, whose documents end.
func (r *round) update(ctx context.Context, part []*fileEdit) (refused []*fileEdit, err error) {
	input := make([]any, len(part))
	for i, one := range part {
		input[i] = one.input
	}
	reply, err := r.door.Query(ctx, fileUpdate, map[string]any{"files": input})
	if err != nil {
		return nil, err
	}
	var data struct {
		Update *struct {
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"fileUpdate"`
	}
	if json.Unmarshal(reply.Data, &data) != nil || data.Update == nil {
		return nil, admin.Unreadable(fileUpdate, reply)
	}
	for _, e := range data.Update.UserErrors {
		if e.Code == "NON_READY_STATE" || e.Code == "FILE_LOCKED" || e.Code == "MEDIA_CANNOT_BE_MODIFIED" {
			return nil, &pipeline.Later{Err: notReady}
		}
		for _, one := range blamed(part, e) {
			refused = append(refused, one)
			for h, row := range one.rows {
				h.refuse(row, e)
				h.settled(pipeline.Rejected, "")
			}
		}
	}
	// What belongs to a document that ended leaves with it.
	for _, one := range part {
		ended := true
		for h := range one.rows {
			ended = ended && h.out != nil
		}
		if len(refused) > 0 && ended && !slices.Contains(refused, one) {
			refused = append(refused, one)
		}
	}
	return refused, nil
}

// blamed are the entries that an error is about: by their place, else by the ids
// in its words, else all.
func blamed(part []*fileEdit, e admin.UserError) []*fileEdit {
	if i, ok := e.Row("files"); ok && i >= 0 && i < len(part) {
		return part[i : i+1]
	}
	var named []*fileEdit
	for _, one := range part {
		if id, _ := one.input["id"].(string); strings.Contains(e.Message, `"`+id+`"`) {
			named = append(named, one)
		}
	}
	if len(named) > 0 {
		return named
	}
	return part
}
