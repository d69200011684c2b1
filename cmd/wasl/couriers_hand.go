package main

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"wasl/pipeline"
	"wasl/stages/load/courier"
)

// handCouriers are the names under which the ledger remembers of which jobs it was seen
// to what there is to hand on of couriers, by target.
var handCouriers = map[string]string{courier.ToERP: "courier.erp", courier.ToShop: "courier.shopify"}

// kindCollected is the shop's kind of money that was collected.
const kindCollected = "shopify.payment"

// handOnCouriers drops what couriers collected, and what matches, into the inbox: files
// for the ERP and for the shop, as wasl.yaml says. It is done when a job of orders or
// of sheets is through. What is handed on is kept before its file is dropped, so that
// who was stopped between the two drops the same file. some tells whether any was.
func (h *house) handOnCouriers(ctx context.Context) (some bool, err error) {
	if h.cfg.Courier == nil {
		return false, nil
	}
	h.proving.Lock() // one at a time
	defer h.proving.Unlock()
	for _, to := range []string{courier.ToERP, courier.ToShop} {
		if !h.cfg.Courier.Hands(to) {
			continue
		}
		dropped, err := h.handOnTo(ctx, to)
		if err != nil {
			return some, fmt.Errorf("hand on what couriers collected: %w", err)
		}
		some = some || dropped
	}
	return some, nil
}

func (h *house) handOnTo(ctx context.Context, to string) (some bool, err error) {
	jobs, err := h.ledger.Unhanded(ctx, handCouriers[to], courier.KindPrefix)
	if err != nil {
		return false, err
	}
	jobs = slices.DeleteFunc(jobs, func(j pipeline.Opened) bool { return j.Step == pipeline.StepDeliver })
	if len(jobs) == 0 || !h.takesBundles(to) {
		return false, nil
	}
	books, err := courier.ReadBooks(ctx, h.ledger, "")
	if err != nil {
		return false, err
	}
	if books.Handed, err = h.keepHanded(ctx, books, to); err != nil {
		return false, err
	}
	if some, err = h.dropBundles(ctx, books.Handed, to); err != nil {
		return some, err
	}
	for _, j := range jobs {
		if err := h.ledger.Hand(ctx, handCouriers[to], j.Job, ""); err != nil {
			return some, err
		}
	}
	return some, nil
}

// takesBundles tells whether a flow would take a file for a target: else nothing is made
// into one, and all of it goes on once a flow does.
func (h *house) takesBundles(to string) bool {
	return len(h.claims(pipeline.Drop{Name: courier.FileOf(to, nil)}, bytes.NewReader(nil))) > 0
}

// keepHanded keeps what is to be handed on, and gives all that is kept.
func (h *house) keepHanded(ctx context.Context, books courier.Books, to string) ([]courier.Handed, error) {
	var failed error
	taken := func(order string) bool {
		other, err := h.paidByOthers(ctx, order, books.Handed)
		if err != nil {
			failed = err
		}
		return other
	}
	fresh := courier.ToHand(courier.Reckon(books, *h.cfg.Courier), books.Handed, *h.cfg.Courier, to, taken)
	if failed != nil || len(fresh) == 0 {
		return books.Handed, failed
	}
	name := courier.FileOf(to, books.Handed)
	for i := range fresh {
		fresh[i].File = name
	}
	return append(books.Handed, fresh...), courier.Keep(ctx, h.ledger, fresh)
}

// paidByOthers tells whether a receipt that is not of a courier's sheet marks an order
// as paid, such as the ERP's: the shop is not told of the same money twice.
func (h *house) paidByOthers(ctx context.Context, order string, handed []courier.Handed) (bool, error) {
	lane := ""
	for _, f := range h.on() {
		if f.Kind.Name == kindCollected {
			lane = f.Lane
		}
	}
	docs, err := h.ledger.Named(ctx, kindCollected, lane, []string{order})
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(docs, func(d pipeline.Document) bool {
		return slices.Contains(d.Words, order) && !slices.ContainsFunc(handed, func(g courier.Handed) bool { return d.Key == "payment/"+g.Number })
	}), nil
}

// dropBundles drops the files that were not dropped yet.
func (h *house) dropBundles(ctx context.Context, handed []courier.Handed, to string) (some bool, err error) {
	for _, b := range courier.Undropped(handed, to) {
		dropped, there, err := h.dropOnce(ctx, b.Name, b.Text, courier.FromCourier)
		if err != nil {
			return some, err
		}
		if !there {
			continue
		}
		some = some || dropped
		for i := range b.Of {
			b.Of[i].Dropped = true
		}
		if err := courier.Keep(ctx, h.ledger, b.Of); err != nil {
			return some, err
		}
	}
	return some, nil
}
