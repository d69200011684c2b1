package shopify

import (
	"time"

	"wasl/pipeline"
)

// kindPromotion is the kind of promotions.
const kindPromotion = "shopify.promotion"

// The words of what is booked for an item.
const (
	wordStart = "start"
	wordEnd   = "end"
)

// promotion is the body of a document of shopify.promotion: the reductions of one
// item, those that run and those to come. Build fills in what the file says; Plan
// the rest. The same body is booked for the next moment at which something changes.
type promotion struct {
	Code    string   `json:"code"`
	SKU     string   `json:"sku,omitempty"`
	Barcode string   `json:"barcode,omitempty"`
	Periods []period `json:"periods"`

	Target
	Base  *tag `json:"base,omitempty"`  // what it costs without a promotion, while one runs: what is restored at the end
	First *tag `json:"first,omitempty"` // what it cost when the promotion began, or was put down
	Was   *tag `json:"was,omitempty"`   // what the shop showed when it was read
	To    *tag `json:"to,omitempty"`    // what it is to show
}

// A period is one reduction of an item: from Starts on, and until before Ends.
type period struct {
	Name    string            `json:"name,omitempty"` // of the promotion, as the file has it
	Price   *pipeline.Decimal `json:"price,omitempty"`
	Percent *pipeline.Decimal `json:"percent,omitempty"` // off the price without it
	Starts  time.Time         `json:"starts,omitzero"`   // zero: it has begun
	Ends    time.Time         `json:"ends"`
	Plain   bool              `json:"plain,omitempty"` // the old price is not crossed out
}
