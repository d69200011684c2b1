package shopifytest

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// deleteMetafields is the mutation metafieldsDelete: what is not there is null in the answer.
func (s *Server) deleteMetafields(x *execution) rootResolver {
	return func(field *ast.Field, args map[string]any) (any, error) {
		list, _ := args["metafields"].([]any)
		out := []any{}
		for _, entry := range list {
			in := entry.(object)
			owner, name := text(in["ownerId"]), text(in["namespace"])+"."+text(in["key"])
			if scopes := writeScope(idType(owner)); scopes != nil && !s.granted(scopes) {
				return nil, accessDenied(field.Name, scopes)
			}
			if s.shop.metafields[owner][name] == nil {
				out = append(out, nil)
				continue
			}
			x.pen().note("metafield", owner, name, name, text(s.shop.metafields[owner][name]["value"]), "")
			delete(s.shop.metafields[owner], name)
			out = append(out, object{"ownerId": owner, "namespace": in["namespace"], "key": in["key"]})
		}
		return object{"deletedMetafields": out, "userErrors": []any{}}, nil
	}
}

// removeTags is the mutation tagsRemove: tags that are not there are no error.
func (s *Server) removeTags(x *execution) rootResolver {
	return func(field *ast.Field, args map[string]any) (any, error) {
		id := text(args["id"])
		if scopes := writeScope(idType(id)); scopes != nil && !s.granted(scopes) {
			return nil, accessDenied(field.Name, scopes)
		}
		if s.lookUp(id) == nil || idType(id) != "Order" && idType(id) != "Product" {
			errs := []any{object{"field": []any{"id"}, "message": idType(id) + " does not exist"}}
			s.record.userErrors(x.req.call, errs)
			return object{"node": nil, "userErrors": errs}, nil
		}
		var gone []string
		list, _ := args["tags"].([]any)
		for _, entry := range list {
			gone = append(gone, strings.TrimSpace(text(entry)))
		}
		if idType(id) == "Order" {
			if err := s.happens(x.pen(), id, Step{Do: "untag", Tags: gone}); err != nil {
				return nil, err
			}
			return object{"node": s.lookUp(id), "userErrors": []any{}}, nil
		}
		p := s.shop.product(id)
		left := slices.DeleteFunc(s.tagsOf(id), func(have string) bool {
			return slices.ContainsFunc(gone, func(tag string) bool { return strings.EqualFold(have, tag) })
		})
		x.pen().tags(p, left)
		x.pen().touch(p)
		s.shop.tags[id] = left
		return object{"node": s.lookUp(id), "userErrors": []any{}}, nil
	}
}
