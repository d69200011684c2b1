package shopifytest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// indexKey is where a search document holds the version that the index knows.
const indexKey = "\x00indexed"

// allTime is the scope that shows orders older than sixtyDays; without it they are silently missing.
const (
	allTime   = "read_all_orders"
	sixtyDays = 60 * 24 * time.Hour
)

// visible says whether the app may see the order now.
func (s *Server) visible(t *tale) bool {
	o := t.at(s.opt.Now())
	return o != nil && !o.deleted && (s.granted([]string{allTime}) || s.opt.Now().Sub(t.created) < sixtyDays)
}

// order gives the order with the id as it stands, nil when there is none to be seen.
func (s *Server) order(id string) *orderState {
	t := s.orders.byNumber[idNumber(id)]
	if t == nil || t.id != id || !s.visible(t) {
		return nil
	}
	return t.at(s.opt.Now())
}

func (s *Server) allOrders() connection {
	return s.orderConnection(s.orders.tales)
}

// orderConnection lists orders. What a search finds and how it sorts comes from the index, which lags; what is shown is
// the order of now.
func (s *Server) orderConnection(tales []*tale) connection {
	asKnown := s.opt.Now().Add(-s.orders.lag)
	docs := map[string]*orderState{}
	nodes := make([]node, 0, len(tales))
	for _, t := range tales {
		indexed := t.at(asKnown)
		if !s.visible(t) || indexed == nil {
			continue
		}
		docs[t.id] = indexed
		nodes = append(nodes, node{id: t.id, open: func() object { return s.orderObject(t.at(s.opt.Now())) }})
	}
	return connection{nodes: nodes, match: s.matchOrder, owner: "ORDER", limit: s.opt.MaxPaged,
		doc: func(n node) object { return object{indexKey: docs[n.id]} },
		sortBy: func(key string) (func(node) string, bool) {
			by, served := orderSorts[key]
			if !served {
				return nil, false
			}
			return func(n node) string { return by(docs[n.id]) }, true
		}}
}

// countOrders counts what a search finds, up to a limit.
func (s *Server) countOrders(args map[string]any) (any, error) {
	found, err := s.allOrders().search(&execution{s: s, req: &request{call: &Call{}}}, nil, args)
	if err != nil {
		return nil, err
	}
	if most, limited := toInt(args["limit"]); limited && len(found) > most {
		return object{"__typename": "Count", "count": most, "precision": "AT_LEAST"}, nil
	}
	return count(len(found)), nil
}

// orderSorts give the values that orders are sorted by, as texts that sort like them; nil sorts by id.
var orderSorts = map[string]func(*orderState) string{
	"":             byNothing,
	"ID":           byNothing,
	"RELEVANCE":    byNothing,
	"UPDATED_AT":   func(o *orderState) string { return timestamp(o.updated) },
	"CREATED_AT":   func(o *orderState) string { return timestamp(o.spec.At) },
	"PROCESSED_AT": func(o *orderState) string { return timestamp(o.spec.Processed) },
	"ORDER_NUMBER": func(o *orderState) string { return sortable(numberIn(o.spec.Name)) },
}

func byNothing(*orderState) string { return "" }

// sortable writes a number so that texts sort like numbers.
func sortable(n int) string {
	digits := strconv.Itoa(n)
	return strings.Repeat("0", max(0, 20-len(digits))) + digits
}

// noteUnquoted judges times without quotes: their time of day is ignored.
func (x *execution) noteUnquoted(query string, expr search) {
	for _, t := range expr.terms() {
		if _, err := time.Parse(time.RFC3339, t.value); err == nil && !t.quoted && strings.HasSuffix(t.field, "_at") {
			x.s.record.note("unquoted-time", x.req.call, "search %q has a time without quotes", query)
			return
		}
	}
}

// matchOrder decides one term about one order.
func (s *Server) matchOrder(n object, t term) (hit, known bool) {
	o := n[indexKey].(*orderState)
	switch t.field {
	case "":
		return o.hasWord(t), true
	case "id":
		return t.holdsID(o.spec.ID), true
	case "updated_at":
		return t.holdsMoment(o.updated), true
	case "created_at":
		return t.holdsMoment(o.spec.At), true
	case "processed_at":
		return t.holdsMoment(o.spec.Processed), true
	case "customer_id":
		return o.customer != "" && t.holdsID(o.customer), true
	case "test":
		return t.holds(strconv.FormatBool(o.spec.Test)), true
	case "total_price":
		return t.holdsMoney(o.totals().total), true
	case "current_total_price":
		return t.holdsMoney(o.totals().currentTotal), true
	case "tag_not":
		return !t.one(o.tags...), true
	case "status":
		return o.hasStatus(strings.ToLower(t.value)), true
	case "fulfillment_status":
		return t.one(fulfilmentWords(o.fulfilmentStatus())...), true
	}
	values, known := o.searchValues(t.field)
	return t.one(values...), known
}

// searchValues are the texts that a field is searched for in.
func (o *orderState) searchValues(field string) ([]string, bool) {
	switch field {
	case "name":
		return []string{o.spec.Name, strings.TrimPrefix(o.spec.Name, "#")}, true
	case "tag":
		return o.tags, true
	case "email":
		return []string{o.email}, true
	case "po_number":
		return []string{o.poNumber}, true
	case "financial_status":
		return []string{o.financial}, true
	case "return_status":
		return []string{orElse(o.returning, "NO_RETURN")}, true
	case "gateway":
		return o.gatewayNames(), true
	case "confirmation_number":
		return []string{confirmation(o.number)}, true
	case "source_name", "channel", "sales_channel":
		return []string{o.spec.Source}, true
	case "sku":
		var skus []string
		for _, l := range o.lines {
			skus = append(skus, l.SKU)
		}
		return skus, true
	case "discount_code":
		for _, a := range o.applications {
			if a.typeName == "DiscountCodeApplication" {
				return []string{a.title}, true // the first only
			}
		}
		return nil, true
	case "payment_id":
		var ids []string
		for _, p := range o.payments {
			ids = append(ids, p.reference)
		}
		return ids, true
	}
	return nil, false
}

func (o *orderState) hasWord(t term) bool {
	words := append([]string{o.spec.Name, strings.TrimPrefix(o.spec.Name, "#"), o.email, o.poNumber}, o.tags...)
	return slices.ContainsFunc(words, t.holds)
}

func (o *orderState) hasStatus(word string) bool {
	open := o.closed.IsZero() && o.cancelled.IsZero()
	switch word {
	case "open":
		return open
	case "closed":
		return !o.closed.IsZero()
	case "cancelled":
		return !o.cancelled.IsZero()
	case "not_closed":
		return o.closed.IsZero()
	}
	return word == "any"
}

// fulfilmentWords are the words that a state is found by.
func fulfilmentWords(state string) []string {
	words := []string{state}
	switch state {
	case "FULFILLED":
		words = append(words, "shipped")
	case "PARTIALLY_FULFILLED":
		words = append(words, "partial")
	case "UNFULFILLED":
		words = append(words, "unshipped")
	}
	return words
}

// one says whether one of the values holds; several wanted values are joined by commas.
func (t term) one(values ...string) bool {
	for want := range strings.SplitSeq(t.value, ",") {
		single := t
		single.value = strings.TrimSpace(want)
		if slices.ContainsFunc(values, single.holds) {
			return true
		}
	}
	return false
}

func (t term) holdsMoney(have cash) bool {
	want, err := parseMoney(t.value)
	return err == nil && t.compare(int(have-want))
}

// holdsMoment compares points of time by whole seconds. A time that is not in quotes loses its time of day.
func (t term) holdsMoment(have time.Time) bool {
	if _, err := time.Parse(time.RFC3339, t.value); err == nil && !t.quoted {
		t.value = t.value[:len(time.DateOnly)]
	}
	return t.holdsTime(timestamp(have))
}

// holdsDay compares whole days, as the search for customers does.
func (t term) holdsDay(have time.Time) bool {
	if len(t.value) > len(time.DateOnly) {
		t.value = t.value[:len(time.DateOnly)]
	}
	return t.compare(strings.Compare(timestamp(have)[:len(time.DateOnly)], t.value))
}

func (s *Server) allCustomers() connection {
	nodes := make([]node, 0, len(s.orders.customers))
	for _, c := range s.orders.customers {
		if !c.At.After(s.opt.Now()) {
			nodes = append(nodes, node{id: c.ID, open: func() object { return s.customerObject(c) }})
		}
	}
	return connection{nodes: nodes, match: s.matchCustomer, owner: "CUSTOMER", limit: s.opt.MaxPaged,
		doc: func(n node) object { return object{indexKey: s.orders.customerNamed(n.id)} },
		sortBy: func(key string) (func(node) string, bool) {
			return func(n node) string {
				switch c := s.orders.customerNamed(n.id); key {
				case "UPDATED_AT":
					return timestamp(s.moved(c))
				case "CREATED_AT":
					return timestamp(c.At)
				case "NAME":
					return c.LastName + " " + c.FirstName
				}
				return ""
			}, key != "LOCATION"
		}}
}

func (s *Server) matchCustomer(n object, t term) (hit, known bool) {
	c := n[indexKey].(*customer)
	switch t.field {
	case "":
		return slices.ContainsFunc([]string{c.FirstName, c.LastName, c.Email, c.Phone}, t.holds), true
	case "id":
		return t.holdsID(c.ID), true
	case "updated_at":
		return t.holdsDay(s.moved(c)), true
	case "customer_date", "created_at":
		return t.holdsDay(c.At), true
	case "email":
		return t.holds(c.Email), true
	case "phone":
		return t.holds(c.Phone), true
	case "first_name":
		return t.holds(c.FirstName), true
	case "last_name":
		return t.holds(c.LastName), true
	case "tag":
		return t.one(c.Tags...), true
	case "tag_not":
		return !t.one(c.Tags...), true
	case "state":
		return t.holds(c.State), true
	}
	return false, false
}
