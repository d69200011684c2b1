package shopify

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// orderRef is how a file names an order: by its id, by its name, or by both.
type orderRef struct {
	ID   string `json:"id,omitempty"`   // the number, or the gid
	Name string `json:"name,omitempty"` // #1001
}

const orderGID = "gid://shopify/Order/"

var orderNumber = regexp.MustCompile(`^[0-9]{1,19}$`)

// gid is the order's id as the API has it; "" where only the name is known.
func (r orderRef) gid() string {
	if r.ID == "" {
		return ""
	}
	return orderGID + strings.TrimPrefix(r.ID, orderGID)
}

// said is what a person calls the order.
func (r orderRef) said() string {
	if r.Name != "" {
		return r.Name
	}
	return r.ID
}

// key is the order in the key of a document.
func (r orderRef) key() string {
	if r.ID != "" {
		return strings.TrimPrefix(r.ID, orderGID)
	}
	return r.Name
}

// words are what people look for the order by.
func (r orderRef) words() []string { return distinct([]string{r.key(), r.Name}) }

// bareName is an order's name as it is compared: an ERP may have lost the # of it.
func bareName(name string) string { return strings.TrimPrefix(pipeline.Fold(name), "#") }

// orderRefOf is the order that a row names, and what is wrong with how it does. A kind
// whose rows of one order belong together has the field order too, which is either.
func orderRefOf(r pipeline.Record) (orderRef, []pipeline.Problem) {
	ref := orderRef{ID: strings.TrimPrefix(r.Text("order.id"), orderGID), Name: r.Text("order.name")}
	if ref.said() == "" {
		ref = orderCalled(r.Text("order"))
	}
	switch {
	case ref.said() == "":
		return ref, []pipeline.Problem{r.Problem("order.name", "order.nameless", nil)}
	case ref.ID != "" && !orderNumber.MatchString(ref.ID):
		return ref, []pipeline.Problem{r.Problem("order.id", "order.id", map[string]string{"given": ref.ID})}
	}
	return ref, nil
}

// leastID is how many digits the id of an order has at least. A name that is a number
// is far shorter: shops count their orders from 1001.
const leastID = 9

// orderCalled is the order that a text means which may be an id or a name.
func orderCalled(text string) orderRef {
	if number, is := strings.CutPrefix(text, orderGID); is || len(text) >= leastID && orderNumber.MatchString(text) {
		return orderRef{ID: number}
	}
	return orderRef{Name: text}
}

// orderFields are the fields by which a row names an order.
var orderFields = []pipeline.Field{
	{Name: "order.id", Type: pipeline.Code, Help: "the order's id in Shopify: the number, or its gid"},
	{Name: "order.name", Type: pipeline.Code, Help: "the order's name, such as #1001; found by it where there is no id, and compared where there is"},
}

// A callName is the name of an order with its gid.
type callName struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// perOrderNames is how many names one search asks for.
const perOrderNames = 50

// ordersNamed finds orders by their names: several may have the same one.
var ordersNamed = admin.Operation{Name: "OrdersNamed", Cost: 13, Text: `query OrdersNamed($query: String!, $first: Int!, $after: String) {
  orders(first: $first, after: $after, query: $query, sortKey: ID) {
    nodes { id name }
    pageInfo { hasNextPage endCursor }
  }
}`}

// byName finds the orders of some names, by the bare name. What the search finds is
// compared again: it matches loosely.
func (s *Sink) byName(ctx context.Context, names []string) (map[string][]callName, error) {
	found := map[string][]callName{}
	wanted := map[string]bool{}
	for _, name := range names {
		wanted[bareName(name)] = true
	}
	for part := range slices.Chunk(distinct(names), perOrderNames) {
		terms := make([]string, len(part))
		for i, name := range part {
			terms[i] = "name:" + quoted(strings.TrimPrefix(name, "#"))
		}
		query := strings.Join(terms, " OR ")
		err := s.door.Pages(ctx, ordersNamed, func(first int, after *string) (admin.PageInfo, error) {
			var data struct {
				Orders struct {
					Nodes    []callName     `json:"nodes"`
					PageInfo admin.PageInfo `json:"pageInfo"`
				} `json:"orders"`
			}
			err := s.patient(ctx, ordersNamed, map[string]any{"query": query, "first": first, "after": after}, &data)
			for _, o := range data.Orders.Nodes {
				if name := bareName(o.Name); wanted[name] && !slices.Contains(found[name], o) {
					found[name] = append(found[name], o)
				}
			}
			return data.Orders.PageInfo, err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// locate gives the gid of each order that documents name, "" where it is not one
// order, with the problem.
func (s *Sink) locate(ctx context.Context, docs []pipeline.Document, refs []orderRef) (gids []string, problems []*pipeline.Problem, err error) {
	gids, problems = make([]string, len(refs)), make([]*pipeline.Problem, len(refs))
	var names []string
	for i, ref := range refs {
		if gids[i] = ref.gid(); gids[i] == "" {
			names = append(names, ref.Name)
		}
	}
	if len(names) == 0 {
		return gids, problems, nil
	}
	found, err := s.byName(ctx, names)
	if err != nil {
		return nil, nil, err
	}
	for i, ref := range refs {
		hits := found[bareName(ref.Name)]
		switch {
		case gids[i] != "":
		case len(hits) == 1:
			gids[i] = hits[0].ID
		case len(hits) > 1:
			p := ofOrder(docs[i], "order.name", ref.Name, "order.several", map[string]string{"order": ref.Name, "candidates": ordersListed(hits)})
			problems[i] = &p
		default:
			p := unknownOrder(docs[i], ref)
			problems[i] = &p
		}
	}
	return gids, problems, nil
}

// unknownOrder is the problem of an order that the shop does not have, or does not show.
func unknownOrder(doc pipeline.Document, ref orderRef) pipeline.Problem {
	return ofOrder(doc, "order.name", ref.said(), "order.unknown", map[string]string{"order": ref.said()})
}

// otherOrder tells of a file that names an order by an id and by a name that is not
// that order's; nil where both agree.
func otherOrder(doc pipeline.Document, ref orderRef, name string) []pipeline.Problem {
	if ref.Name == "" || bareName(ref.Name) == bareName(name) {
		return nil
	}
	return []pipeline.Problem{ofOrder(doc, "order.name", ref.Name, "order.other",
		map[string]string{"order": ref.key(), "name": name, "given": ref.Name})}
}

// ordersListed names orders with their ids.
func ordersListed(all []callName) string {
	var names []string
	for _, o := range all {
		names = append(names, o.Name+" ("+strings.TrimPrefix(o.ID, orderGID)+")")
	}
	return strings.Join(names, ", ")
}

// ofOrder is a problem of a document about an order, at its first row.
func ofOrder(doc pipeline.Document, field, value string, rule pipeline.Rule, with map[string]string) pipeline.Problem {
	return wareProblem(doc, nil, field, value, rule, with)
}
