package shopifytest

import (
	"fmt"
	"time"
)

// fulfilment is a parcel that left.
type fulfilment struct {
	id, name, status, display, location string
	at, updated                         time.Time
	tracking                            []Tracking
	items                               []sentItem
}

type sentItem struct{ line, quantity int }

func (s *Server) doFulfil(o *orderState, step Step) error {
	if !o.cancelled.IsZero() {
		return fmt.Errorf("a cancelled order is not sent")
	}
	items := step.Items
	if items == nil {
		for i, l := range o.lines {
			if l.open() > 0 {
				items = append(items, StepItem{Line: i + 1, Quantity: l.open()})
			}
		}
	}
	f := fulfilment{status: statusSuccess, display: "FULFILLED", at: step.At, updated: step.At, tracking: step.Tracking,
		location: s.placeNamed(step.Location)}
	for _, item := range items {
		i, err := o.place(item)
		if err != nil {
			return err
		}
		l := &o.lines[i]
		if item.Quantity < 1 || item.Quantity > l.open() {
			return fmt.Errorf("%d of line %d cannot be sent, %d are open", item.Quantity, i+1, l.open())
		}
		l.sent += item.Quantity
		f.items = append(f.items, sentItem{i, item.Quantity})
		if step.Location == "" && l.Location != "" {
			f.location = s.placeNamed(l.Location)
		}
	}
	if len(f.items) == 0 {
		return fmt.Errorf("nothing to send")
	}
	f.id = o.newID("Fulfillment")
	f.name = fmt.Sprintf("%s.%d", o.spec.Name, len(o.fulfilments)+1)
	o.fulfilments = append(o.fulfilments, f)
	o.fulfilment = ""
	if o.fulfilmentStatus() == "FULFILLED" {
		o.fulfilledAt = step.At
	}
	return nil
}

// placeNamed is the id of a location, of the first one for "".
func (s *Server) placeNamed(idOrName string) string {
	if l := s.shop.location(idOrName); l != nil {
		return l.ID
	}
	return s.shop.locations[0].ID
}

func (s *Server) doUnfulfil(o *orderState, step Step) error {
	i, err := o.whichFulfilment(step)
	if err != nil {
		return err
	}
	f := &o.fulfilments[i]
	for _, item := range f.items {
		l := &o.lines[item.line]
		if gone := l.back - l.removed; l.sent-item.quantity < gone {
			return fmt.Errorf("what came back cannot be unsent")
		}
	}
	for _, item := range f.items {
		o.lines[item.line].sent -= item.quantity
	}
	f.status, f.display, f.updated, o.fulfilledAt = "CANCELLED", "CANCELED", step.At, time.Time{}
	return nil
}

func (s *Server) doTrack(o *orderState, step Step) error {
	i, err := o.whichFulfilment(step)
	if err != nil {
		return err
	}
	o.fulfilments[i].tracking, o.fulfilments[i].updated = step.Tracking, step.At
	return nil
}

// whichFulfilment is the place of the one named, or else of the last one that stands.
func (o *orderState) whichFulfilment(step Step) (int, error) {
	for i := len(o.fulfilments) - 1; i >= 0; i-- {
		f := o.fulfilments[i]
		if f.status == statusSuccess && (len(step.ids) == 0 || step.ids[0] == f.id) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("no such fulfilment stands")
}
