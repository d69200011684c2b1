package shopifytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// createCollection is collectionCreate: what it makes is published nowhere.
func (s *Server) createCollection(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		in, given := args["collection"].(object)
		if !given {
			return nil, missingArgument("collectionCreate", "collection")
		}
		sources, _ := in["sources"].([]any)
		errs := s.collectionFaults(in, nil)
		more, err := s.sourceFaults(sources, "sources")
		if err != nil {
			return nil, err
		}
		if errs = append(errs, more...); len(errs) > 0 {
			return s.refused(x, object{"collection": nil}, errs...), nil
		}
		w, st := x.pen(), s.shop
		handle := slug(text(in["handle"]))
		if handle == "" {
			handle = st.freeCollectionHandle(text(in["title"]))
		}
		c := st.newCollection(text(in["title"]), handle)
		w.note("collection", c.id, c.handle, "created", "", c.title)
		w.collectionFields(c, in)
		for _, entry := range sources {
			w.addSource(c, entry.(object))
		}
		return object{"collection": s.collectionObject(c), "userErrors": []any{}}, nil
	}
}

// updateCollection is collectionUpdate. A change of members answers with a job; it is made at once.
func (s *Server) updateCollection(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		in, given := args["collection"].(object)
		if !given {
			return nil, missingArgument("collectionUpdate", "collection")
		}
		c := s.shop.collection(text(in["id"]))
		if c == nil {
			return s.refused(x, object{"collection": nil, "job": nil}, plainError("Collection does not exist", "id")), nil
		}
		create, _ := in["sourcesToCreate"].([]any)
		update, _ := in["sourcesToUpdate"].([]any)
		remove := texts(in["sourcesToDelete"])
		errs := s.collectionFaults(in, c)
		more, err := s.sourceFaults(create, "sourcesToCreate")
		if err != nil {
			return nil, err
		}
		updates, err := s.sourceUpdateFaults(c, update)
		if err != nil {
			return nil, err
		}
		for i, id := range remove {
			if c.source(id) == nil {
				errs = append(errs, plainError("Source does not exist", "collection", "sourcesToDelete", joined(i)))
			}
		}
		if errs = append(append(errs, more...), updates...); len(errs) > 0 {
			return s.refused(x, object{"collection": s.collectionObject(c), "job": nil}, errs...), nil
		}
		w := x.pen()
		w.collectionFields(c, in)
		for _, entry := range create {
			w.addSource(c, entry.(object))
		}
		for _, entry := range update {
			w.updateSource(c, entry.(object)["condition"].(object))
		}
		for _, id := range remove {
			w.note("collection", c.id, c.handle, "source", id, "")
			c.sources = slices.DeleteFunc(c.sources, func(o *source) bool { return o.id == id })
		}
		c.updated = s.opt.Now()
		payload := object{"collection": s.collectionObject(c), "job": nil, "userErrors": []any{}}
		if len(create)+len(update)+len(remove) > 0 {
			payload["job"] = s.startJob(w, func() {})
		}
		return payload, nil
	}
}

func (c *collection) source(id string) *source {
	return find(c.sources, func(s *source) bool { return s.id == id })
}

func (s *Server) collectionFaults(in object, held *collection) (errs []any) {
	title, given := in["title"]
	if (held == nil || given) && strings.TrimSpace(text(title)) == "" {
		errs = append(errs, plainError("Title can't be blank", "title"))
	}
	if handle := text(in["handle"]); handle != "" {
		if other := s.shop.collectionHandled(slug(handle)); other != nil && other != held {
			errs = append(errs, plainError(fmt.Sprintf("Handle '%s' has already been taken", handle), "handle"))
		}
	}
	owner := ""
	if held != nil {
		owner = held.id
	}
	return append(errs, s.metafieldFaults("COLLECTION", owner, in, []string{"metafields"}, nil)...)
}

// sourceFaults looks at sources to be made. Those that the stand-in cannot keep are an error, no refusal.
func (s *Server) sourceFaults(list []any, field string) (errs []any, err error) {
	for i, entry := range list {
		in := entry.(object)["source"].(object)
		inclusion, _ := in["inclusion"].(object)
		if err := supportedConditions(inclusion["conditions"]); err != nil {
			return nil, err
		}
		errs = append(errs, s.selectionFaults(inclusion["selections"], "collection", field, joined(i), "source", "inclusion", "selections")...)
	}
	return errs, nil
}

func (s *Server) sourceUpdateFaults(c *collection, list []any) (errs []any, err error) {
	for i, entry := range list {
		in := entry.(object)["condition"].(object)
		inclusion, _ := in["inclusion"].(object)
		if err := supportedConditions(inclusion["conditionsToCreate"]); err != nil {
			return nil, err
		}
		at := []string{"collection", "sourcesToUpdate", joined(i), "condition"}
		if c.source(text(in["id"])) == nil {
			errs = append(errs, plainError("Source does not exist", append(slices.Clone(at), "id")...))
		}
		errs = append(errs, s.selectionFaults(inclusion["selectionsToAdd"], append(slices.Clone(at), "inclusion", "selectionsToAdd")...)...)
	}
	return errs, nil
}

func (s *Server) selectionFaults(selections any, at ...string) (errs []any) {
	list, _ := selections.([]any)
	for i, entry := range list {
		if s.shop.product(text(entry.(object)["productId"])) == nil {
			errs = append(errs, plainError("Product does not exist", append(slices.Clone(at), joined(i), "productId")...))
		}
	}
	return errs
}

func supportedConditions(conditions any) error {
	list, _ := conditions.([]any)
	for _, entry := range list {
		for kind := range entry.(object) {
			if kind != "productTag" && kind != "productType" && kind != "productVendor" {
				return notServed("condition " + kind)
			}
		}
	}
	return nil
}

// collectionFields writes the plain fields that are there.
func (w pen) collectionFields(c *collection, in object) {
	for name, at := range map[string]*string{"title": &c.title, "descriptionHtml": &c.descriptionHTML, "sortOrder": &c.sortOrder,
		"templateSuffix": &c.suffix} {
		if value, given := in[name]; given {
			w.note("collection", c.id, c.handle, name, *at, text(value))
			*at = text(value)
		}
	}
	if handle := slug(text(in["handle"])); handle != "" {
		w.note("collection", c.id, c.handle, "handle", c.handle, handle)
		c.handle = handle
	}
	if seo, given := in["seo"].(object); given {
		for name, at := range map[string]*string{"title": &c.seoTitle, "description": &c.seoDescription} {
			if value, given := seo[name]; given {
				w.note("collection", c.id, c.handle, "seo."+name, *at, text(value))
				*at = text(value)
			}
		}
	}
	if list, given := in["metafields"].([]any); given {
		w.metafields("collection", c.id, c.handle, list, false)
	}
}

func (w pen) addSource(c *collection, target object) {
	in := target["source"].(object)
	inclusion, _ := in["inclusion"].(object)
	one := &source{id: w.s.shop.newID("CollectionConditionsSource"), title: text(in["title"]), description: text(in["description"]),
		target: orElse(text(in["targetType"]), "PRODUCTS"), match: text(inclusion["matchType"]), conditions: conditionsOf(inclusion["conditions"])}
	c.sources = append(c.sources, one)
	w.note("collection", c.id, c.handle, "source", "", one.id)
	w.selections(c, one, inclusion["selections"], true)
}

func (w pen) updateSource(c *collection, in object) {
	one := c.source(text(in["id"]))
	if title := text(in["title"]); title != "" {
		one.title = title
	}
	inclusion, _ := in["inclusion"].(object)
	if match := text(inclusion["matchType"]); match != "" {
		one.match = match
	}
	one.conditions = append(one.conditions, conditionsOf(inclusion["conditionsToCreate"])...)
	w.selections(c, one, inclusion["selectionsToRemove"], false)
	w.selections(c, one, inclusion["selectionsToAdd"], true)
}

func (w pen) selections(c *collection, one *source, selections any, add bool) {
	list, _ := selections.([]any)
	for _, entry := range list {
		id := text(entry.(object)["productId"])
		if add && one.add(id) {
			w.note("collection", c.id, c.handle, "member", "", id)
		}
		if !add && one.remove(id) {
			w.note("collection", c.id, c.handle, "member", id, "")
		}
	}
}

func conditionsOf(conditions any) []condition {
	var out []condition
	list, _ := conditions.([]any)
	for _, entry := range list {
		for kind, value := range entry.(object) {
			in := value.(object)
			out = append(out, condition{kind: kind, relation: text(in["relation"]), all: in["matchType"] == "ALL", values: texts(in["values"])})
		}
	}
	return out
}
