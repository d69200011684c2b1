package eta

import (
	"slices"
	"time"

	"wasl/pipeline"
)

// A stand is where an order stands: whether a receipt is due for it, and since when.
type stand struct {
	at   time.Time     // when it came due; when it was placed where that is not said
	left pipeline.Rule // why no receipt is due (yet); "" where one is
	word string        // for the rule: its status
	over bool          // it has ended without a sale: what has left of it is taken back
}

// stands tells whether a receipt is due for an order, by the tax point that the flow names. What is not due has no
// receipt; what ended before it was paid has none either, and where one has left, all of it is returned.
func (s issuer) stands(o order) stand {
	at := o.time("order.created")
	ended := ""
	switch status := o.status(); {
	case status == "voided", status == "expired":
		ended = status
	case o.has("order.cancelled"):
		ended = "cancelled"
	case o.has("order.deleted"):
		ended = "deleted"
	}
	switch {
	case o.head("order.test").True("order.test"):
		return stand{at: at, left: "eta.test"}
	case ended == "voided" || ended == "expired" || ended != "" && !o.taken():
		return stand{at: at, left: "eta.unsold", word: ended, over: true}
	}
	point, rule := s.policy.point(o)
	if rule != "" {
		return stand{at: at, left: rule, word: o.status()}
	}
	if !point.IsZero() {
		at = point
	}
	return stand{at: at}
}

// taken tells whether the order's money was received, in full. A file that says nothing of it is of sales.
func (o order) taken() bool {
	return slices.Contains([]string{"paid", "partially refunded", "refunded"}, o.status()) ||
		o.has("order.total") && o.amount("order.total").IsZero() || // there is nothing to wait for
		o.has("order.paid") || // it was, once: an edit may have made it dearer since
		o.status() == "" && !o.has("order.cancelled") && !o.has("order.deleted")
}

// point is the tax point of an order, or why it is not there yet.
func (p policy) point(o order) (at time.Time, rule pipeline.Rule) {
	switch p.due {
	case dueCreated:
		return o.time("order.created"), ""
	case dueFulfilled:
		if !o.has("order.fulfilled") {
			return at, "eta.unfulfilled"
		}
		return o.time("order.fulfilled"), ""
	case dueDelivered:
		if !o.has("order.delivered") {
			return at, "eta.undelivered"
		}
		return o.time("order.delivered"), ""
	}
	if !o.taken() {
		return at, "eta.unpaid"
	}
	return o.time("order.paid"), ""
}
