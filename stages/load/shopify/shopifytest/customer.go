package shopifytest

import (
	"slices"
	"strings"
	"time"
)

// Customer is a customer. Ids are made when empty.
type Customer struct {
	ID        string    `json:"id,omitempty"`
	FirstName string    `json:"first_name,omitempty"`
	LastName  string    `json:"last_name,omitempty"`
	Email     string    `json:"email,omitempty"`
	Phone     string    `json:"phone,omitempty"`
	Note      string    `json:"note,omitempty"`
	Locale    string    `json:"locale,omitempty"` // en when empty
	State     string    `json:"state,omitempty"`  // DISABLED when empty
	Tags      []string  `json:"tags,omitempty"`
	TaxExempt bool      `json:"tax_exempt,omitempty"`
	TaxID     string    `json:"tax_id,omitempty"`
	Marketing bool      `json:"marketing,omitempty"` // wants e-mails
	SMS       bool      `json:"sms,omitempty"`       // wants text messages
	Addresses []Address `json:"addresses,omitempty"` // the first is the default
	At        time.Time `json:"at,omitzero"`         // when it was made; now when zero
}

type customer struct {
	Customer
	updated time.Time
}

// customerNamed finds by id.
func (b *orderBook) customerNamed(id string) *customer {
	if id == "" {
		return nil
	}
	at, found := slices.BinarySearchFunc(b.customers, idNumber(id), func(c *customer, n int) int { return idNumber(c.ID) - n })
	if !found || b.customers[at].ID != id {
		return nil
	}
	return b.customers[at]
}

// AddCustomer adds a customer and gives the id.
func (s *Server) AddCustomer(c Customer) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addCustomer(c).ID
}

func (s *Server) addCustomer(c Customer) *customer {
	if c.At.IsZero() {
		c.At = s.opt.Now()
	}
	c.ID, c.Locale, c.State = orElse(c.ID, s.shop.newID("Customer")), orElse(c.Locale, "en"), orElse(c.State, "DISABLED")
	c.Tags = tidyTags(c.Tags)
	held := &customer{Customer: c, updated: c.At}
	at, _ := slices.BinarySearchFunc(s.orders.customers, idNumber(c.ID), func(c *customer, n int) int { return idNumber(c.ID) - n })
	s.orders.customers = slices.Insert(s.orders.customers, at, held)
	return held
}

// EditCustomer changes a customer, as a person in the admin may; false when there is none.
func (s *Server) EditCustomer(id string, change func(*Customer)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.orders.customerNamed(id)
	if c == nil {
		return false
	}
	change(&c.Customer)
	c.ID, c.Tags, c.updated = id, tidyTags(c.Tags), s.opt.Now()
	return true
}

func (s *Server) acceptsMarketing(id string) bool {
	c := s.orders.customerNamed(id)
	return c != nil && c.Marketing
}

// ordersOf are the orders of a customer as they stand, oldest first; deleted ones do not count.
func (s *Server) ordersOf(id string) []*orderState {
	var out []*orderState
	for _, t := range s.orders.byBuyer[id] {
		if o := t.at(s.opt.Now()); o != nil && !o.deleted && o.customer == id {
			out = append(out, o)
		}
	}
	return out
}

// spentBy is what a customer paid and kept.
func (s *Server) spentBy(id string) (sum cash, orders int) {
	for _, o := range s.ordersOf(id) {
		sum += o.totals().net()
		orders++
	}
	return sum, orders
}

// moved is when a customer was changed last: an order of theirs does it too.
func (s *Server) moved(c *customer) time.Time {
	last := c.updated
	for _, o := range s.ordersOf(c.ID) {
		if o.spec.At.After(last) {
			last = o.spec.At
		}
	}
	return last
}

func (c *customer) displayName() string {
	return orElse(strings.TrimSpace(c.FirstName+" "+c.LastName), orElse(c.Email, c.Phone))
}

func (s *Server) customerObject(c *customer) object {
	spent, orders := s.spentBy(c.ID)
	number := idNumber(c.ID)
	out := s.owned(c.ID, object{
		"__typename": "Customer", "id": c.ID, "legacyResourceId": legacyID(c.ID), "state": c.State, "locale": c.Locale,
		"displayName": s.personal("displayName", orElse(c.displayName(), "")), "firstName": s.personal("firstName", orNull(c.FirstName)),
		"lastName": s.personal("lastName", orNull(c.LastName)), "note": orNull(c.Note), "tags": tagList(c.Tags), "taxExempt": c.TaxExempt,
		"taxSettings": object{"__typename": "TaxSettings", "taxId": orNull(c.TaxID)}, "taxExemptions": []any{},
		"verifiedEmail": c.Email != "", "createdAt": timestamp(c.At), "updatedAt": timestamp(s.moved(c)), "numberOfOrders": itoa(orders),
		"amountSpent": amountObject(spent, s.opt.Currency), "defaultEmailAddress": nil, "defaultPhoneNumber": nil, "defaultAddress": nil,
		"dataSaleOptOut": false, "lifetimeDuration": "about 1 year", "canDelete": orders == 0, "multipassIdentifier": nil,
		"lastOrder": resolver(func(map[string]any) (any, error) {
			all := s.ordersOf(c.ID)
			if len(all) == 0 {
				return nil, nil
			}
			return orNil(s.lookUp(all[len(all)-1].spec.ID)), nil
		}),
		"orders": lazy(func() connection { return s.orderConnection(s.orders.byBuyer[c.ID]) }),
		"addressesV2": lazy(func() connection {
			return connection{nodes: listed(places(c.Addresses), func(i int) string { return gid("MailingAddress", number*100+i+1) },
				func(i int) object { return s.addressObject(c.Addresses[i], number*100+i+1) })}
		}),
	})
	if c.Email != "" {
		out["defaultEmailAddress"] = s.personal("defaultEmailAddress", s.emailObject(c))
	}
	if c.Phone != "" {
		out["defaultPhoneNumber"] = s.personal("defaultPhoneNumber", s.phoneObject(c))
	}
	if len(c.Addresses) > 0 {
		out["defaultAddress"] = s.personal("defaultAddress", s.addressObject(c.Addresses[0], number*100+1))
	}
	return out
}

func consent(wants bool, yes, no string) string {
	if wants {
		return yes
	}
	return no
}

func (s *Server) emailObject(c *customer) object {
	return object{"__typename": "CustomerEmailAddress", "emailAddress": c.Email, "validFormat": true,
		"marketingState":      consent(c.Marketing, "SUBSCRIBED", "NOT_SUBSCRIBED"),
		"marketingOptInLevel": "SINGLE_OPT_IN", "marketingUpdatedAt": timestamp(c.updated), "openTrackingLevel": "UNKNOWN",
		"sourceLocation": nil}
}

func (s *Server) phoneObject(c *customer) object {
	return object{"__typename": "CustomerPhoneNumber", "phoneNumber": c.Phone, "smsMarketingConsent": object{
		"__typename": "CustomerSmsMarketingConsent", "state": consent(c.SMS, "SUBSCRIBED", "NOT_SUBSCRIBED"),
		"optInLevel": "SINGLE_OPT_IN", "updatedAt": timestamp(c.updated), "collectedFrom": "SHOPIFY", "sourceLocation": nil}}
}
