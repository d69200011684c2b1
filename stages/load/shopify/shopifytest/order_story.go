package shopifytest

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"
)

// Step is one thing that happens to an order. Do says what; the other fields are those of that step:
//
//	pay       money: Kind SALE (also when empty), AUTHORIZATION, CAPTURE, VOID, CHANGE or SUGGESTED_REFUND; Status SUCCESS (also
//	          when empty), PENDING, FAILURE or ERROR; Amount, all that is outstanding when empty; Gateway, Rounding, PaymentID, Card
//	tip       Amount more from the buyer
//	edit      Add lines; Items with the Quantity that a line is to have now, or a Discount off it
//	fulfil    Items, all that is open when empty; Location, Tracking
//	unfulfil  the last fulfilment is cancelled
//	track     Tracking of the last fulfilment
//	return    Items come back, Add lines go out for them (an exchange)
//	refund    Items with how they are restocked, Shipping an amount or "all", Amount of money: what these come to when empty (at
//	          most what was paid), "0" for none; with Closes the items are those of the last return
//	cancel    Reason; Refund gives all money back, Restock takes the goods off
//	close, reopen, delete, touch (an app writes something that cannot be seen)
//	tag, untag  Tags
//	change    Note, PONumber, Email, Phone, Customer, Attributes, Shipping address: those that are not nil
//	state     Financial, Fulfilment, Returning as they are shown, whatever the rest says; "none" for no longer
//
// Lines are counted from 1, or named by SKU.
type Step struct {
	At time.Time `json:"at,omitzero"` // now when zero
	Do string    `json:"do"`

	Items []StepItem  `json:"items,omitempty"`
	Add   []OrderLine `json:"add,omitempty"`

	Kind      string `json:"kind,omitempty"`
	Status    string `json:"status,omitempty"`
	Amount    string `json:"amount,omitempty"`
	Rounding  string `json:"rounding,omitempty"`
	Gateway   string `json:"gateway,omitempty"`
	PaymentID string `json:"payment_id,omitempty"`
	Card      string `json:"card,omitempty"` // such as "Visa 4242"

	Shipping string `json:"shipping,omitempty"`
	Note     string `json:"note,omitempty"`
	Closes   bool   `json:"closes,omitempty"`

	Reason  string `json:"reason,omitempty"`
	Refund  bool   `json:"refund,omitempty"`
	Restock bool   `json:"restock,omitempty"`

	Location string     `json:"location,omitempty"`
	Tracking []Tracking `json:"tracking,omitempty"`

	Tags   []string     `json:"tags,omitempty"`
	Change *OrderChange `json:"change,omitempty"`

	Financial  string `json:"financial,omitempty"`
	Fulfilment string `json:"fulfilment,omitempty"`
	Returning  string `json:"returning,omitempty"`

	ids       []string  // of the parts that the API names: a fulfilment
	processed time.Time // when a payment was taken, if it was before
	call      int       // number of the request that did it, 0 for people
}

// StepItem is so much of a line.
type StepItem struct {
	Line     int    `json:"line,omitempty"`
	SKU      string `json:"sku,omitempty"`
	Quantity int    `json:"quantity"`
	Discount string `json:"discount,omitempty"`
	Restock  string `json:"restock,omitempty"`  // RETURN, CANCEL, NO_RESTOCK (also when empty) or LEGACY_RESTOCK
	Location string `json:"location,omitempty"` // where to
}

// Tracking is a parcel.
type Tracking struct {
	Company string `json:"company,omitempty"`
	Number  string `json:"number,omitempty"`
	URL     string `json:"url,omitempty"`
}

// OrderChange are fields that people and apps write; nil leaves one as it is.
type OrderChange struct {
	Note       *string     `json:"note,omitempty"`
	PONumber   *string     `json:"po_number,omitempty"`
	Email      *string     `json:"email,omitempty"`
	Phone      *string     `json:"phone,omitempty"`
	Customer   *string     `json:"customer,omitempty"` // "" when the customer is erased
	Attributes []Attribute `json:"attributes,omitempty"`
	Tags       []string    `json:"tags,omitempty"` // in place of all that were there
	Shipping   *Address    `json:"shipping,omitempty"`
	Retax      bool        `json:"retax,omitempty"` // the taxes of an order that is not sent are worked out again
}

// tale is an order with all that happens to it, which may lie in the future.
type tale struct {
	id       string
	created  time.Time
	steps    []Step // in the order of their times
	versions []*orderState
}

// at is the order as it stood at a time, nil before it was placed.
func (t *tale) at(when time.Time) *orderState {
	i := sort.Search(len(t.versions), func(i int) bool { return t.versions[i].updated.After(when) })
	if i == 0 {
		return nil
	}
	return t.versions[i-1]
}

// doers are what the steps do.
var doers = map[string]func(*Server, *orderState, Step) error{
	"pay": (*Server).doPay, "tip": (*Server).doTip, "edit": (*Server).doEdit, "fulfil": (*Server).doFulfil,
	"unfulfil": (*Server).doUnfulfil, "track": (*Server).doTrack, "return": (*Server).doReturn, "refund": (*Server).doRefund,
	"cancel": (*Server).doCancel, "tag": (*Server).doTag, "untag": (*Server).doTag, "change": (*Server).doChange,
	"close":  func(_ *Server, o *orderState, step Step) error { o.closed = step.At; return nil },
	"reopen": func(_ *Server, o *orderState, _ Step) error { o.closed = time.Time{}; return nil },
	"delete": func(_ *Server, o *orderState, _ Step) error { o.deleted = true; return nil },
	"touch":  func(*Server, *orderState, Step) error { return nil },
	"state":  (*Server).doState,
}

// after is the order after one more step; o stays as it is.
func (s *Server) after(o *orderState, step Step) (*orderState, error) {
	do := doers[step.Do]
	if do == nil {
		return nil, fmt.Errorf("shopifytest: a step cannot %q", step.Do)
	}
	next := o.clone()
	next.updated = step.At
	if err := do(s, next, step); err != nil {
		return nil, fmt.Errorf("shopifytest: %s %s: %w", o.spec.Name, step.Do, err)
	}
	return next, nil
}

// tell adds a step. What is still to come is worked out again behind it; what can no longer happen does not.
func (s *Server) tell(t *tale, step Step) error {
	if step.At.IsZero() {
		step.At = s.opt.Now()
	}
	place := sort.Search(len(t.steps), func(i int) bool { return t.steps[i].At.After(step.At) })
	if step.At.Before(t.created) {
		return fmt.Errorf("shopifytest: %s before the order was placed", step.Do)
	}
	next, err := s.after(t.versions[place], step)
	if err != nil {
		return err
	}
	later := t.steps[place:]
	t.steps = append(slices.Clone(t.steps[:place]), step)
	t.versions = append(slices.Clone(t.versions[:place+1]), next)
	for _, one := range later {
		if next, err := s.after(t.versions[len(t.versions)-1], one); err == nil {
			t.steps, t.versions = append(t.steps, one), append(t.versions, next)
		}
	}
	return nil
}

// PlaceOrder places an order and lets steps happen to it, in their order; a step without a time happens now. Steps may
// lie in the future: whoever reads sees them when their time has come. It gives the id and panics when the story cannot be.
func (s *Server) PlaceOrder(o Order, steps ...Step) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := s.placeOrder(o, steps)
	if err != nil {
		panic(err)
	}
	return id
}

func (s *Server) placeOrder(in Order, steps []Step) (string, error) {
	first, err := s.beginOrder(in)
	if err != nil {
		return "", err
	}
	t := &tale{id: first.spec.ID, created: first.spec.At, versions: []*orderState{first}}
	if s.orders.byNumber[first.number] != nil {
		return "", fmt.Errorf("shopifytest: the order %s is there already", t.id)
	}
	for _, step := range steps {
		if err := s.tell(t, step); err != nil {
			return "", err
		}
	}
	s.orders.add(t)
	s.orders.serial++
	return t.id, nil
}

// Tell lets steps happen to an order, given by id or name.
func (s *Server) Tell(order string, steps ...Step) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.orders.named(order)
	if t == nil {
		return fmt.Errorf("shopifytest: no order %q", order)
	}
	for _, step := range steps {
		if err := s.tell(t, step); err != nil {
			return err
		}
	}
	return nil
}

// orderBook are all orders and what belongs to them.
type orderBook struct {
	tales     []*tale // in the order of their ids
	byNumber  map[int]*tale
	byBuyer   map[string][]*tale // by id of the customer they were placed by
	nodes     []node             // made once and again when an order is placed
	serial    int
	lag       time.Duration // of the search index
	customers []*customer
	payouts   []*payout
	taken     map[string]*payout // id of a payment -> payout that holds it
}

func newOrderBook() orderBook {
	return orderBook{byNumber: map[int]*tale{}, byBuyer: map[string][]*tale{}, taken: map[string]*payout{}, serial: 1001}
}

func (b *orderBook) add(t *tale) {
	number := t.versions[0].number
	at, _ := slices.BinarySearchFunc(b.tales, number, func(t *tale, n int) int { return t.versions[0].number - n })
	b.tales = slices.Insert(b.tales, at, t)
	b.byNumber[number], b.nodes = t, nil
	if buyer := t.versions[0].customer; buyer != "" {
		b.byBuyer[buyer] = append(b.byBuyer[buyer], t)
	}
}

// named finds by id or by name.
func (b *orderBook) named(order string) *tale {
	if strings.HasPrefix(order, "gid://") {
		if t := b.byNumber[idNumber(order)]; t != nil && t.id == order {
			return t
		}
		return nil
	}
	return find(b.tales, func(t *tale) bool { return t.versions[0].spec.Name == order })
}

// SetIndexLag says how far the search index is behind: what happened within it is not found yet. Up to 10 s were seen.
func (s *Server) SetIndexLag(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders.lag = d
}

// AddOrder adds an order of which only these fields matter, as the API names them; the others say that nothing was
// ordered. PlaceOrder tells a whole order.
func (s *Server) AddOrder(fields map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := Order{ID: text(fields["id"]), Name: text(fields["name"]), Fields: fields}
	tags, _ := fields["tags"].([]any)
	for _, tag := range tags {
		in.Tags = append(in.Tags, text(tag))
	}
	at := func(name string) time.Time {
		when, _ := time.Parse(time.RFC3339, text(fields[name])) // zero when there is none
		return when
	}
	in.At = at("createdAt")
	updated := at("updatedAt")
	if in.At.IsZero() {
		in.At = updated
	}
	var steps []Step
	if updated.After(in.At) {
		steps = []Step{{At: updated, Do: "touch"}}
	}
	if _, err := s.placeOrder(in, steps); err != nil {
		panic(err)
	}
}
