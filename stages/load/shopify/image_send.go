package shopify

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// How Document.Ticket begins: what an accepted document waits for. The ids of its
// files follow, in the order of its pictures.
const (
	waitFiles = "files " // until they are READY or FAILED
	waitOrder = "order " // until they stand right
)

// send brings a batch as near to its end as can be without waiting: what is there
// already is found and not made again, so that it may be called at any point of
// the way once more.
//
//	upload -> (READY) -> hang up, write texts -> order -> (done) -> variants -> take away
//
// In brackets the lane waits. Nothing is taken away before what replaces it hangs.
func (s imageDesk) send(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	r := newRound(s.Sink, b)
	before := s.door.Used().Points
	err := r.run(ctx)
	a := pipeline.Answer{Outcomes: r.outcomes(), Said: said.All()}
	if err != nil && admin.Certain(err) {
		a.Outcomes = append(a.Outcomes, again(r.open())...)
	}
	return a, patient(err, s.door.Used().Points-before)
}

// refill is how many points come back in a second, on the smallest plan (reference
// 5.1), less what is left to others.
const refill = 50

// patient lets a round that ran out of points wait for those too that it has spent:
// it begins with the same calls again, and would for ever lack what they cost.
func patient(err error, spent float64) error {
	later, ok := errors.AsType[*pipeline.Later](err)
	if !ok || later.After == 0 {
		return err
	}
	return &pipeline.Later{Err: err, After: later.After + time.Duration(spent/refill*float64(time.Second))}
}

// hanger is a document on its way.
type hanger struct {
	doc pipeline.Document
	g   gallery
	why []pipeline.Problem // what was refused of it
	out *pipeline.Outcome  // what became of it; nil: it goes on
}

// settled ends the way of a document for now.
func (h *hanger) settled(state pipeline.State, ticket string) {
	h.out = &pipeline.Outcome{Key: h.doc.Key, State: state, Ticket: ticket}
	switch {
	case state == pipeline.Ready:
		h.out.Body = h.g.body()
	case state == pipeline.Delivered && len(h.why) > 0:
		h.out.State, h.out.Why = pipeline.Rejected, h.why
	case state == pipeline.Rejected:
		h.out.Why = h.why
	}
}

// refuse notes what Shopify said of a picture.
func (h *hanger) refuse(row int, e admin.UserError) {
	value := ""
	for _, p := range h.g.Pictures {
		if p.Row == row {
			value = p.Source
		}
	}
	h.why = append(h.why, problemAt(h.doc, row, "image", value, "shopify.refused", e.Facts()))
}

// round is one try with a batch.
type round struct {
	*Sink
	kind     pipeline.Kind
	settings pipeline.Settings
	all      []*hanger
	walls    map[string][]held // what hangs on a product, as it was read
}

func newRound(s *Sink, b pipeline.Batch) *round {
	r := &round{Sink: s, kind: imageDesk{s}.kind(), settings: b.Settings, walls: map[string][]held{}}
	for _, doc := range b.Docs {
		h := &hanger{doc: doc}
		var err error
		if h.g, err = galleryOf(doc); err != nil || h.g.Product == "" {
			h.why = append(h.why, problemAt(doc, 0, "image", "", "image.body", map[string]string{"code": doc.Name}))
			h.settled(pipeline.Rejected, "")
		}
		r.all = append(r.all, h)
	}
	return r
}

// run does what can be done now.
func (r *round) run(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		r.upload, r.await, r.look, r.hang, r.order, r.show, r.takeAway,
	} {
		if len(r.going()) == 0 {
			return nil
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	for _, h := range r.going() {
		h.settled(pipeline.Delivered, "")
	}
	return nil
}

// going are the documents that go on.
func (r *round) going() []*hanger {
	var out []*hanger
	for _, h := range r.all {
		if h.out == nil {
			out = append(out, h)
		}
	}
	return out
}

// open are the documents of which nothing is known yet.
func (r *round) open() []pipeline.Document {
	var out []pipeline.Document
	for _, h := range r.going() {
		out = append(out, h.doc)
	}
	return out
}

func (r *round) outcomes() []pipeline.Outcome {
	var out []pipeline.Outcome
	for _, h := range r.all {
		if h.out != nil {
			out = append(out, *h.out)
		}
	}
	return out
}

// look reads what hangs on the products of the batch, right before it is changed.
func (r *round) look(ctx context.Context) error {
	var ids []string
	for _, h := range r.going() {
		if !slices.Contains(ids, h.g.Product) {
			ids = append(ids, h.g.Product)
		}
	}
	for part := range slices.Chunk(ids, perCall) {
		if err := r.readWalls(ctx, part); err != nil {
			return err
		}
	}
	for _, h := range r.going() {
		if _, there := r.walls[h.g.Product]; !there {
			h.why = append(h.why, problemAt(h.doc, 0, "code", h.g.Code, "image.unknown", map[string]string{"code": h.g.Code}))
			h.settled(pipeline.Rejected, "")
		}
	}
	return nil
}

// readWalls reads what hangs on products.
func (r *round) readWalls(ctx context.Context, ids []string) error {
	reply, err := r.door.Query(ctx, picturesOf, map[string]any{"ids": ids})
	if err != nil {
		return err
	}
	var data struct {
		Nodes []*wholeProduct `json:"nodes"`
	}
	if json.Unmarshal(reply.Data, &data) != nil || len(data.Nodes) != len(ids) {
		return admin.Unreadable(picturesOf, reply)
	}
	for _, p := range data.Nodes {
		if p == nil || p.ID == "" {
			continue // deleted meanwhile
		}
		wall := []held{}
		for _, m := range p.Media.Nodes {
			wall = append(wall, heldOf(m))
		}
		r.walls[p.ID] = wall
	}
	return nil
}

// order puts the pictures of products in order. Shopify does it in a job: the
// lane looks later whether they stand right, and nothing goes before.
func (r *round) order(ctx context.Context) error {
	moved := map[string]bool{}
	for _, h := range r.going() {
		have := idsOf(r.walls[h.g.Product])
		want := h.g.standing(have)
		steps := movesOf(have, want)
		if len(steps) == 0 {
			continue
		}
		if h.g.Turns >= mostTurns {
			h.givesUp()
			continue
		}
		if moved[h.g.Product] { // after the other document of the product
			h.settled(pipeline.Accepted, waitOrder+h.files())
			continue
		}
		moved[h.g.Product] = true
		if err := r.reorder(ctx, h, steps[:min(len(steps), perCall)]); err != nil {
			return err
		}
	}
	return nil
}

func (r *round) reorder(ctx context.Context, h *hanger, steps []mediaMove) error {
	reply, err := r.door.Query(ctx, reorderMedia, map[string]any{"id": h.g.Product, "moves": steps})
	if err != nil {
		return err
	}
	var data struct {
		Reorder *struct {
			UserErrors []admin.UserError `json:"mediaUserErrors"`
		} `json:"productReorderMedia"`
	}
	if json.Unmarshal(reply.Data, &data) != nil || data.Reorder == nil {
		return admin.Unreadable(reorderMedia, reply)
	}
	if errs := data.Reorder.UserErrors; len(errs) > 0 {
		h.refuse(0, errs[0])
		h.settled(pipeline.Rejected, "")
		return nil
	}
	h.settled(pipeline.Accepted, waitOrder+h.files())
	return nil
}

// show lets variants show their pictures.
func (r *round) show(ctx context.Context) error {
	var variants []string
	for _, h := range r.going() {
		for _, p := range h.g.Pictures {
			variants = append(variants, p.On...)
		}
	}
	shown := map[string]string{}
	for part := range slices.Chunk(variants, perCall) {
		reply, err := r.door.Query(ctx, variantPictures, map[string]any{"ids": part})
		if err != nil {
			return err
		}
		var data shownData
		if json.Unmarshal(reply.Data, &data) != nil {
			return admin.Unreadable(variantPictures, reply)
		}
		data.fill(shown)
	}
	for _, h := range r.going() {
		if err := r.showOf(ctx, h, shown); err != nil {
			return err
		}
	}
	return nil
}

func (r *round) showOf(ctx context.Context, h *hanger, shown map[string]string) error {
	var input []map[string]string
	var rows []int
	for _, p := range h.g.Pictures {
		for _, v := range p.On {
			if p.Failed == nil && p.ID != "" && shown[v] != p.ID {
				input = append(input, map[string]string{"id": v, "mediaId": p.ID})
				rows = append(rows, p.Row)
			}
		}
	}
	if len(input) == 0 {
		return nil
	}
	reply, err := r.door.Query(ctx, showMedia, map[string]any{"productId": h.g.Product, "variants": input})
	if err != nil {
		return err
	}
	var data struct {
		Update *struct {
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"productVariantsBulkUpdate"`
	}
	if json.Unmarshal(reply.Data, &data) != nil || data.Update == nil {
		return admin.Unreadable(showMedia, reply)
	}
	for _, e := range data.Update.UserErrors {
		row := rows[0]
		if i, ok := e.Row("variants"); ok && i >= 0 && i < len(rows) {
			row = rows[i]
		}
		h.refuse(row, e)
	}
	if len(data.Update.UserErrors) > 0 {
		h.settled(pipeline.Rejected, "") // what it was to replace stays
	}
	return nil
}

// standsRight tells whether those pictures of a document that hang there stand as
// they are to.
func (r *round) standsRight(h *hanger) bool {
	have := idsOf(r.walls[h.g.Product])
	return slices.Equal(have, only(h.g.standing(have), have))
}
