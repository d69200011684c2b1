package shopifytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxDefinitions is how many definitions there may be of one type of owner.
const maxDefinitions = 256

func (s *Server) readDefinitions(args map[string]any) (any, error) {
	var nodes []node
	for _, d := range s.shop.definitions {
		if d["ownerType"] != args["ownerType"] ||
			text(args["namespace"]) != "" && d["namespace"] != args["namespace"] ||
			text(args["key"]) != "" && d["key"] != args["key"] {
			continue
		}
		nodes = append(nodes, fixed(d)...)
	}
	return connection{nodes: nodes}, nil
}

func (s *Server) createDefinition(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		in := args["definition"].(object)
		owner, namespace, key := text(in["ownerType"]), orElse(text(in["namespace"]), "$app"), text(in["key"])
		refuse := func(field, message, code string) (any, error) {
			errs := []any{userError(message, code, "definition", field)}
			s.record.userErrors(x.req.call, errs)
			return object{"createdDefinition": nil, "userErrors": errs}, nil
		}
		switch {
		case len(key) < 2:
			return refuse("key", "Key is too short (minimum is 2 characters)", "TOO_SHORT")
		case !slices.Contains(metafieldTypes, strings.TrimPrefix(text(in["type"]), "list.")):
			return refuse("type", "Type name "+text(in["type"])+" is not a valid type.", "INCLUSION")
		case namespace == "shopify":
			return refuse("namespace", "Namespace shopify is reserved.", "RESERVED_NAMESPACE_KEY")
		case s.definition(owner, namespace, key) != nil:
			return refuse("key", fmt.Sprintf("Key is in use for %s metafields on the '%s' namespace.", title(owner), namespace), "TAKEN")
		case s.definitionsOf(owner) >= maxDefinitions:
			return refuse("ownerType", "Stores can only have 256 definitions for each resource type.", "RESOURCE_TYPE_LIMIT_EXCEEDED")
		}
		unique := capability(in, "uniqueValues") || in["type"] == "id"
		d := object{"__typename": "MetafieldDefinition", "id": s.shop.newID("MetafieldDefinition"), "namespace": namespace, "key": key,
			"name": in["name"], "ownerType": owner, "description": in["description"], "pinnedPosition": nil, "metafieldsCount": 0,
			"useAsCollectionCondition": false, "validations": []any{}, "validationStatus": "ALL_VALID",
			"type": object{"name": in["type"], "category": "TEXT"},
			"capabilities": object{
				"uniqueValues":             object{"enabled": unique, "eligible": true},
				"adminFilterable":          object{"enabled": capability(in, "adminFilterable"), "eligible": true, "status": filterStatus(in)},
				"smartCollectionCondition": object{"enabled": capability(in, "smartCollectionCondition"), "eligible": true},
			}}
		s.shop.definitions = append(s.shop.definitions, d)
		return object{"createdDefinition": d, "userErrors": []any{}}, nil
	}
}

func filterStatus(in object) string {
	if capability(in, "adminFilterable") {
		return "FILTERABLE"
	}
	return "NOT_FILTERABLE"
}

func title(s string) string { return s[:1] + strings.ToLower(s[1:]) }

func capability(in object, name string) bool {
	capabilities, _ := in["capabilities"].(object)
	one, _ := capabilities[name].(object)
	return one["enabled"] == true
}

func (s *Server) definitionsOf(owner string) int {
	n := 0
	for _, d := range s.shop.definitions {
		if d["ownerType"] == owner {
			n++
		}
	}
	return n
}

func (s *Server) definition(owner, namespace, key string) object {
	for _, d := range s.shop.definitions {
		if d["ownerType"] == owner && d["namespace"] == namespace && d["key"] == key {
			return d
		}
	}
	return nil
}

func uniqueValues(definition object) bool {
	return definition["capabilities"].(object)["uniqueValues"].(object)["enabled"] == true
}

func filterable(definition object) bool {
	return definition["capabilities"].(object)["adminFilterable"].(object)["enabled"] == true
}
