package shopifytest

import (
	"slices"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxPublishables is what publicationUpdate takes in one call.
const maxPublishables = 50

// publication is a place where products and collections are shown.
type publication struct{ id, title, handle string }

func (st *store) addPublication(title, handle string) *publication {
	p := &publication{id: gid("Publication", len(st.publications)+1), title: title, handle: handle}
	st.publications = append(st.publications, p)
	return p
}

// AddPublication opens another sales channel and returns the id of its publication. The Online Store is there already.
func (s *Server) AddPublication(title, handle string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shop.addPublication(title, handle).id
}

// publicationNamed finds by id, title or handle.
func (st *store) publicationNamed(name string) *publication {
	return find(st.publications, func(p *publication) bool { return p.id == name || p.title == name || p.handle == name })
}

// publish puts what a person made on the Online Store. What the API makes is published nowhere.
func (st *store) publish(published map[string]time.Time) { published[st.publications[0].id] = st.now() }

func (s *Server) publicationObject(p *publication) object {
	number := idNumber(p.id)
	return object{
		"__typename": "Publication", "id": p.id, "autoPublish": false, "supportsFuturePublishing": number == 1, "name": p.title,
		"catalog": object{"__typename": "AppCatalog", "id": gid("AppCatalog", number), "title": p.title, "status": "ACTIVE"},
		"channels": connection{nodes: fixed(object{"__typename": "Channel", "id": gid("Channel", number), "handle": p.handle,
			"name": p.title})},
		"products": lazy(func() connection {
			shown := slices.DeleteFunc(slices.Clone(s.shop.products), func(o *product) bool { return o.published[p.id].IsZero() })
			return connection{nodes: nodesOf(shown, (*product).productID, s.productObject), match: matchProduct, owner: "PRODUCT"}
		}),
	}
}

func (s *Server) publicationNodes() []node {
	return listed(s.shop.publications, func(p *publication) string { return p.id }, s.publicationObject)
}

// publishable adds what products and collections say of their publications.
func (s *Server) publishable(o object, published map[string]time.Time) object {
	current := func(onlyPublished bool) []*publication {
		return slices.DeleteFunc(slices.Clone(s.shop.publications), func(p *publication) bool {
			at, there := published[p.id]
			return !there || onlyPublished && at.After(s.opt.Now())
		})
	}
	o["resourcePublicationsCount"] = resolver(func(args map[string]any) (any, error) {
		return count(len(current(args["onlyPublished"] != false))), nil
	})
	o["availablePublicationsCount"] = resolver(func(map[string]any) (any, error) { return count(len(s.shop.publications)), nil })
	o["publishedOnPublication"] = resolver(func(args map[string]any) (any, error) {
		at, there := published[text(args["publicationId"])]
		return there && !at.After(s.opt.Now()), nil
	})
	o["resourcePublications"] = resolver(func(args map[string]any) (any, error) {
		var nodes []node
		for _, p := range current(args["onlyPublished"] != false) {
			at := published[p.id]
			nodes = append(nodes, node{id: p.id, open: func() object {
				return object{"__typename": "ResourcePublication", "isPublished": true, "publishDate": timestamp(at),
					"publication": s.publicationObject(p), "publishable": o}
			}})
		}
		return connection{nodes: nodes}, nil
	})
	return o
}

func count(n int) object { return object{"__typename": "Count", "count": n, "precision": "EXACT"} }

// publishedOf gives the publications of a product or collection, with its object; nil when there is none.
func (s *Server) publishedOf(id string) (published map[string]time.Time, name string) {
	if p := s.shop.product(id); p != nil {
		return p.published, p.handle
	}
	if c := s.shop.collection(id); c != nil {
		return c.published, c.handle
	}
	return nil, ""
}

// show writes that an object is published, or is no longer.
func (w pen) show(id, publicationID string, at time.Time, on bool) {
	published, name := w.s.publishedOf(id)
	_, was := published[publicationID]
	w.note("publication", id, name, publicationID, strconv.FormatBool(was), strconv.FormatBool(on))
	if on {
		published[publicationID] = at
	} else {
		delete(published, publicationID)
	}
	if p := w.s.shop.product(id); p != nil {
		w.touch(p)
	}
}

// publishOne is publishablePublish and publishableUnpublish: one object, some publications, all or none.
func (s *Server) publishOne(x *execution, on bool) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		id := text(args["id"])
		if published, _ := s.publishedOf(id); published == nil {
			return s.refused(x, object{"publishable": nil}, plainError("Resource does not exist", "id")), nil
		}
		list, _ := args["input"].([]any)
		var errs []any
		for i, entry := range list {
			if s.shop.publicationNamed(text(entry.(object)["publicationId"])) == nil {
				errs = append(errs, plainError("Publication does not exist or is not publishable", "input", strconv.Itoa(i), "publicationId"))
			}
		}
		if len(errs) > 0 {
			return s.refused(x, object{"publishable": s.lookUp(id)}, errs...), nil
		}
		for _, entry := range list {
			at := s.opt.Now()
			if given, err := time.Parse(time.RFC3339, text(entry.(object)["publishDate"])); err == nil {
				at = given
			}
			x.pen().show(id, text(entry.(object)["publicationId"]), at, on)
		}
		return object{"publishable": s.lookUp(id), "shop": s.shopObject(), "userErrors": []any{}}, nil
	}
}

// LockPublication lets the next publicationUpdate calls be refused with PUBLICATION_LOCKED.
func (s *Server) LockPublication(times int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.locked = times
}

// updatePublication is publicationUpdate: up to 50 products or collections on one publication, all or none.
func (s *Server) updatePublication(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		in := args["input"].(object)
		add, _ := in["publishablesToAdd"].([]any)
		remove, _ := in["publishablesToRemove"].([]any)
		p := s.shop.publicationNamed(text(args["id"]))
		refuse := func(errs ...any) (any, error) { return s.refused(x, object{"publication": nil}, errs...), nil }
		switch {
		case p == nil || p.id != args["id"]:
			return refuse(userError("Publication not found.", "PUBLICATION_NOT_FOUND", "id"))
		case len(add)+len(remove) > maxPublishables:
			field := "publishablesToAdd"
			if len(add) < len(remove) {
				field = "publishablesToRemove"
			}
			return refuse(userError("The limit for simultaneous publication updates has been exceeded.",
				"PUBLICATION_UPDATE_LIMIT_EXCEEDED", "input", field, strconv.Itoa(maxPublishables+1)))
		case s.locked > 0:
			s.locked--
			return refuse(userError("The publication is currently being modified. Please try again later.", "PUBLICATION_LOCKED", "id"))
		}
		var errs []any
		for field, list := range map[string][]any{"publishablesToAdd": add, "publishablesToRemove": remove} {
			for i, id := range list {
				if published, _ := s.publishedOf(text(id)); published == nil {
					errs = append(errs, userError("Publishable ID not found.", "INVALID_PUBLISHABLE_ID", "input", field, strconv.Itoa(i)))
				}
			}
		}
		if len(errs) > 0 {
			return refuse(errs...)
		}
		for _, id := range add {
			x.pen().show(text(id), p.id, s.opt.Now(), true)
		}
		for _, id := range remove {
			x.pen().show(text(id), p.id, s.opt.Now(), false)
		}
		return object{"publication": s.publicationObject(p), "userErrors": []any{}}, nil
	}
}

// refused is a payload whose mutation did nothing.
func (s *Server) refused(x *execution, payload object, errs ...any) object {
	x.s.record.userErrors(x.req.call, errs)
	payload["userErrors"] = errs
	return payload
}

// plainError is a userError without a code: of a type that has none, or one whose code is null live.
func plainError(message string, path ...string) object {
	e := userError(message, "", path...)
	e["code"] = nil
	return e
}
