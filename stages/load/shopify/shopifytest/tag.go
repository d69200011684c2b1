package shopifytest

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// addTags is the mutation tagsAdd: tags that are there already, in whatever case, stay once.
func (s *Server) addTags(x *execution) rootResolver {
	return func(field *ast.Field, args map[string]any) (any, error) {
		id := text(args["id"])
		if scopes := writeScope(idType(id)); scopes != nil && !s.granted(scopes) {
			return nil, accessDenied(field.Name, scopes)
		}
		kind := idType(id)
		if s.lookUp(id) == nil || kind != "Product" && kind != "Order" {
			errs := []any{object{"field": []any{"id"}, "message": kind + " does not exist"}}
			s.record.userErrors(x.req.call, errs)
			return object{"node": nil, "userErrors": errs}, nil
		}
		tags := s.tagsOf(id)
		list, _ := args["tags"].([]any)
		for _, entry := range list {
			tag := strings.TrimSpace(text(entry))
			if tag != "" && !slices.ContainsFunc(tags, func(t string) bool { return strings.EqualFold(t, tag) }) {
				tags = append(tags, tag)
			}
		}
		slices.Sort(tags)
		if p := s.shop.product(id); p != nil {
			x.pen().tags(p, tags)
			x.pen().touch(p)
		}
		if kind == "Order" {
			if err := s.happens(x.pen(), id, Step{Do: "tag", Tags: tags}); err != nil {
				return nil, err
			}
			return object{"node": s.lookUp(id), "userErrors": []any{}}, nil
		}
		s.shop.tags[id] = tags
		return object{"node": s.lookUp(id), "userErrors": []any{}}, nil
	}
}

// tagsOf are the tags of a product or of an order.
func (s *Server) tagsOf(id string) []string {
	if o := s.order(id); o != nil {
		return slices.Clone(o.tags)
	}
	return slices.Clone(s.shop.tags[id])
}

// Tags are the tags of a product or an order.
func (s *Server) Tags(id string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tagsOf(id)
}
