package shopify

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

var (
	notReady     = errors.New("shopify FileUpdate: a file is still being worked on")
	refusedAgain = errors.New("shopify FileUpdate: refused again and again, for different files")
)

// How often it is asked whether pictures stand right, and how often they are put in
// order: somebody else may put them in another again and again.
const (
	mostAsked = 10
	mostTurns = 3
)

// ask says how far documents are. One whose answer was lost is sent again as it
// is, which finds what was done. One that waited, and need not wait any more, is
// ready for the rest of its way, with what is known by now.
func (s imageDesk) ask(ctx context.Context, b pipeline.Batch) (pipeline.Answer, error) {
	ctx, said := admin.Listen(ctx)
	var unsure []pipeline.Document
	waiting := b
	waiting.Docs = nil
	for _, doc := range b.Docs {
		switch doc.State {
		case pipeline.Sending:
			unsure = append(unsure, doc)
		case pipeline.Accepted:
			waiting.Docs = append(waiting.Docs, doc)
		}
	}
	r := newRound(s.Sink, waiting)
	before := s.door.Used().Points
	err := r.answer(ctx, b.Asked >= mostAsked)
	a := pipeline.Answer{Outcomes: append(again(unsure), r.outcomes()...), Said: said.All()}
	return a, patient(err, s.door.Used().Points-before)
}

// answer looks whether documents need to wait any longer.
func (r *round) answer(ctx context.Context, last bool) error {
	files, order := &round{Sink: r.Sink}, &round{Sink: r.Sink, walls: r.walls}
	for _, h := range r.going() {
		h.ticketed()
		if strings.HasPrefix(h.doc.Ticket, waitOrder) {
			order.all = append(order.all, h)
		} else {
			files.all = append(files.all, h)
		}
	}
	if err := files.await(ctx); err != nil {
		return err
	}
	for _, h := range files.going() {
		h.settled(pipeline.Ready, "")
	}
	if err := order.look(ctx); err != nil {
		return err
	}
	for _, h := range order.going() {
		switch {
		case order.standsRight(h):
			h.g.Turns++
			h.settled(pipeline.Ready, "")
		case last:
			h.givesUp()
		}
	}
	return nil
}

// givesUp ends a document whose pictures do not stand as they are to.
func (h *hanger) givesUp() {
	h.why = append(h.why, problemAt(h.doc, 0, "position", "", "image.order", map[string]string{"code": h.g.Code}))
	h.settled(pipeline.Rejected, "")
}

// ratio is a part of a whole, for people.
func ratio(n, of int) string { return strconv.Itoa(n) + "/" + strconv.Itoa(of) }
