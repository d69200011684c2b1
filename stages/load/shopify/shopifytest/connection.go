package shopifytest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxPage is the largest page of a connection.
const maxPage = 250

// pageKey marks an object that is a page of a connection and holds its number of nodes.
const pageKey = "\x00page"

// node is an object that is made when it is needed: a page of 250 out of 100 000 makes 250.
type node struct {
	id   string
	open func() object
	key  string // that the list is sorted by, where sortBy gave it
}

// connection is a list that is read by pages. The nodes stand in the order of their ids.
type connection struct {
	nodes []node
	// match filters by one term of a search, known is false for a field that cannot be searched. nil: no search.
	match func(n object, t term) (hit, known bool)
	// index gives the ids that alone can meet a term, ok is false when it cannot tell. nil: every node is looked at.
	index func(t term) (ids map[string]bool, ok bool)
	// owner is the type of owner in the definitions of metafields that can be searched, "" for none.
	owner string
	// sorts maps a sortKey to the field it sorts by; other keys leave the order of ids.
	sorts map[string]string
	// sortBy gives what a sortKey sorts by, served is false for one that is not served. Pages then go on behind a value and
	// an id, wherever the node is now. nil: sorts.
	sortBy func(sortKey string) (key func(node) string, served bool)
	// doc is what a search looks at. nil: the node itself.
	doc func(node) object
	// limit is how many nodes can be reached by cursor, 0 for all.
	limit int
}

// rootResolver is a resolver that looks at the field too, for its directives.
type rootResolver func(field *ast.Field, args map[string]any) (any, error)

// nodesOf makes nodes, in the order of their ids.
func nodesOf[T any](all []T, id func(T) string, open func(T) object) []node {
	out := make([]node, len(all))
	for i, v := range all {
		out[i] = node{id: id(v), open: func() object { return open(v) }}
	}
	order := func(a, b node) int { return idNumber(a.id) - idNumber(b.id) }
	if !slices.IsSortedFunc(out, order) {
		slices.SortFunc(out, order)
	}
	return out
}

// listed makes nodes in the order given, which is the list's own.
func listed[T any](all []T, id func(T) string, open func(T) object) []node {
	out := make([]node, len(all))
	for i, v := range all {
		out[i] = node{id: id(v), open: func() object { return open(v) }}
	}
	return out
}

// fixed makes nodes of objects that are there already, in the order given.
func fixed(all ...object) []node {
	out := make([]node, len(all))
	for i, o := range all {
		out[i] = node{id: text(o["id"]), open: func() object { return o }}
	}
	return out
}

// page cuts the page that the arguments ask for.
func (c connection) page(x *execution, field *ast.Field, args map[string]any) (any, error) {
	if err := checkWindow(args); err != nil {
		return nil, err
	}
	nodes, err := c.search(x, field, args)
	if err != nil {
		return nil, err
	}
	if err := c.sort(nodes, args); err != nil {
		return nil, err
	}
	if args["reverse"] == true {
		slices.Reverse(nodes)
	}
	from, to, err := window(nodes, args)
	if err != nil {
		return nil, err
	}
	if c.limit > 0 && from > 0 && to > c.limit {
		x.s.record.note("paged-too-far", x.req.call, "%s beyond %d objects by cursor", field.Name, c.limit)
		return nil, &fieldError{code: "BAD_REQUEST", message: fmt.Sprintf("Pagination is limited to %d objects. Narrow the search.", c.limit)}
	}
	return pageOf(nodes, from, to), nil
}

// sort brings the nodes into the order of the argument sortKey.
func (c connection) sort(nodes []node, args map[string]any) error {
	sortKey := text(args["sortKey"])
	if c.sortBy != nil {
		key, served := c.sortBy(sortKey)
		if !served {
			return notServed("sortKey " + sortKey)
		}
		for i := range nodes {
			nodes[i].key = key(nodes[i])
		}
		slices.SortStableFunc(nodes, func(a, b node) int { return behind(a, b.key, idNumber(b.id)) })
		return nil
	}
	if key := c.sorts[sortKey]; key != "" {
		slices.SortStableFunc(nodes, func(a, b node) int { return strings.Compare(text(a.open()[key]), text(b.open()[key])) })
	}
	return nil
}

// behind compares a node with a place in the order of keys and ids.
func behind(n node, key string, number int) int {
	if n.key != key {
		return strings.Compare(n.key, key)
	}
	return idNumber(n.id) - number
}

func (c connection) search(x *execution, field *ast.Field, args map[string]any) ([]node, error) {
	query := text(args["query"])
	if query == "" || c.match == nil {
		return slices.Clone(c.nodes), nil
	}
	expr, err := parseSearch(query)
	if err != nil {
		return nil, &fieldError{message: err.Error(), code: "BAD_REQUEST"}
	}
	if err := x.checkMetafieldTerms(c.owner, expr); err != nil {
		return nil, err
	}
	x.noteUnquoted(query, expr)
	var out []node
	unknown := map[string]bool{}
	for _, n := range c.candidates(expr) {
		opened := object(nil)
		if c.doc != nil {
			opened = c.doc(n)
		} else {
			opened = n.open()
		}
		if expr.hit(func(t term) bool {
			if name, of := strings.CutPrefix(t.field, "metafields."); of && c.owner != "" {
				return t.holds(text(x.s.shop.metafields[n.id][name]["value"]))
			}
			hit, known := c.match(opened, t)
			if !known {
				unknown[t.field] = true
			}
			return hit || !known // live: a field that cannot be searched is ignored, with a warning
		}) {
			out = append(out, n)
		}
	}
	for _, name := range sortedKeys(unknown) {
		x.s.record.note("search-field", x.req.call, "search %q uses the field %q, which is ignored", query, name)
		x.warnings = append(x.warnings, map[string]any{"path": []any{field.Alias}, "query": query,
			"warnings": []any{map[string]any{"field": name, "message": "Invalid search field for this query.", "code": "invalid_field"}}})
	}
	return out, nil
}

// candidates are the nodes that can meet the search: those an index names, or all.
func (c connection) candidates(expr search) []node {
	if c.index == nil {
		return c.nodes
	}
	ids := map[string]bool{}
	for _, all := range expr.any {
		narrowest, narrow := map[string]bool(nil), false
		for _, one := range all {
			if one.group != nil || one.not {
				continue
			}
			if found, ok := c.index(*one.term); ok && (!narrow || len(found) < len(narrowest)) {
				narrowest, narrow = found, true
			}
		}
		if !narrow {
			return c.nodes
		}
		for id := range narrowest {
			ids[id] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(c.nodes), func(n node) bool { return !ids[n.id] })
}

// checkMetafieldTerms refuses a search by a metafield that cannot be filtered by: since 2026-10 it fails, before it was
// ignored and everything came back.
func (x *execution) checkMetafieldTerms(owner string, expr search) error {
	for _, t := range expr.terms() {
		name, of := strings.CutPrefix(t.field, "metafields.")
		if !of || owner == "" {
			continue
		}
		namespace, key, _ := strings.Cut(name, ".")
		if d := x.s.definition(owner, namespace, key); d == nil || !filterable(d) {
			return &fieldError{code: "BAD_REQUEST",
				message: fmt.Sprintf("The metafield %q cannot be used as a filter: it has no definition with the adminFilterable capability.", name)}
		}
	}
	return nil
}

func checkWindow(args map[string]any) error {
	bad := func(format string, a ...any) error {
		return &fieldError{message: fmt.Sprintf(format, a...), code: "BAD_REQUEST"}
	}
	_, first := toInt(args["first"])
	_, last := toInt(args["last"])
	n, _ := pageSize(args)
	switch {
	case !first && !last:
		return bad("you must provide one of first or last")
	case first && last:
		return bad("providing both first and last is not supported")
	case first && text(args["before"]) != "":
		return bad("using first with before is not supported")
	case last && text(args["after"]) != "":
		return bad("using last with after is not supported")
	case n < 0 && first:
		return bad("first cannot be negative")
	case n < 0:
		return bad("last cannot be negative")
	case n > maxPage && first:
		return bad("first cannot exceed %d", maxPage)
	case n > maxPage:
		return bad("last cannot exceed %d", maxPage)
	}
	return nil
}

// window gives the bounds of the page within the nodes.
func window(nodes []node, args map[string]any) (from, to int, err error) {
	from, to = 0, len(nodes)
	if cursor := text(args["after"]); cursor != "" {
		if _, from, err = placeOf(nodes, cursor); err != nil {
			return 0, 0, err
		}
	}
	if cursor := text(args["before"]); cursor != "" {
		if to, _, err = placeOf(nodes, cursor); err != nil {
			return 0, 0, err
		}
	}
	n, _ := pageSize(args)
	if _, first := toInt(args["first"]); first {
		return from, min(to, from+n), nil
	}
	return max(from, to-n), to, nil
}

func pageOf(all []node, from, to int) object {
	nodes, edges := []any{}, []any{}
	info := object{"hasNextPage": to < len(all), "hasPreviousPage": from > 0, "startCursor": nil, "endCursor": nil}
	for _, n := range all[from:to] {
		cursor, opened := n.cursor(), n.open()
		if info["startCursor"] == nil {
			info["startCursor"] = cursor
		}
		info["endCursor"] = cursor
		nodes = append(nodes, opened)
		edges = append(edges, object{"node": opened, "cursor": cursor})
	}
	return object{"nodes": nodes, "edges": edges, "pageInfo": info, pageKey: to - from}
}

const (
	cursorHead = `{"last_id":"`
	cursorTail = `"}`
)

func cursorOf(id string) string {
	return base64.StdEncoding.EncodeToString([]byte(cursorHead + id + cursorTail))
}

// cursorValue stands between the id and the value that the list is sorted by.
const cursorValue = `","last_value":"`

func (n node) cursor() string {
	if n.key == "" {
		return cursorOf(n.id)
	}
	return cursorOf(n.id + cursorValue + n.key)
}

// placeOfKey gives where the nodes behind a value begin: one that moved since is met again, or no more.
func placeOfKey(nodes []node, cursor string) (begin int, keyed bool) {
	inner := strings.TrimSuffix(strings.TrimPrefix(cursor, cursorHead), cursorTail)
	id, key, keyed := strings.Cut(inner, cursorValue)
	if !keyed {
		return 0, false
	}
	down := len(nodes) > 1 && behind(nodes[0], nodes[len(nodes)-1].key, idNumber(nodes[len(nodes)-1].id)) > 0
	for begin < len(nodes) {
		if order := behind(nodes[begin], key, idNumber(id)); order > 0 != down && order != 0 {
			break
		}
		begin++
	}
	return begin, true
}

// placeOf gives where the nodes up to the cursor's end and those after it begin. A node that was deleted since leaves
// its place, in a list that stands in the order of ids.
func placeOf(nodes []node, cursor string) (end, begin int, err error) {
	raw, err := base64.StdEncoding.DecodeString(cursor)
	if begin, keyed := placeOfKey(nodes, string(raw)); err == nil && keyed {
		return begin, begin, nil
	}
	id := strings.TrimSuffix(strings.TrimPrefix(string(raw), cursorHead), cursorTail)
	if at := slices.IndexFunc(nodes, func(n node) bool { return n.id == id }); err == nil && at >= 0 {
		return at, at + 1, nil
	}
	order := func(n node, number int) int { return idNumber(n.id) - number }
	byID := slices.IsSortedFunc(nodes, func(a, b node) int { return order(a, idNumber(b.id)) })
	if err != nil || !byID || !strings.HasPrefix(string(raw), cursorHead) {
		return 0, 0, &fieldError{message: "Invalid cursor for current pagination sort.", code: "BAD_REQUEST"}
	}
	at, _ := slices.BinarySearchFunc(nodes, idNumber(id), order)
	return at, at, nil
}

// pageObject selects from a page; it costs 2 and what its nodes weigh.
func (x *execution) pageObject(def *ast.Definition, page object, n int, field *ast.Field, path []any, nonNull bool) (any, int, bool) {
	out, perNode, ok := x.selection(def, page, field.SelectionSet, path)
	cost := 2 + pageWeight(n)*perNode
	if !ok {
		return nil, cost, !nonNull
	}
	return out, cost, true
}
