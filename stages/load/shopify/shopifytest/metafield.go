package shopifytest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxMetafields is what metafieldsSet takes in one call.
const maxMetafields = 25

// metafieldTypes are the types that the stand-in knows; lists of them are known too.
var metafieldTypes = []string{"boolean", "date", "date_time", "id", "json", "money", "multi_line_text_field",
	"number_decimal", "number_integer", "rich_text_field", "single_line_text_field", "url"}

// ownerTypes maps the type of an owner's id to the name definitions use.
var ownerTypes = map[string]string{"Product": "PRODUCT", "ProductVariant": "PRODUCTVARIANT", "Order": "ORDER",
	"Location": "LOCATION", "Customer": "CUSTOMER", "Shop": "SHOP"}

// mutations are the root fields of Mutation that can be run.
func (s *Server) mutations(x *execution) object {
	return object{
		"inventorySetQuantities":    s.setQuantities(x),
		"metafieldDefinitionCreate": s.createDefinition(x),
		"metafieldsSet":             s.setMetafields(x),
		"tagsAdd":                   s.addTags(x),
		"stagedUploadsCreate":       s.createStagedUploads(x),
		"bulkOperationRunMutation":  s.runBulkMutation(x),
		"bulkOperationRunQuery":     s.runBulkQuery(x),
		"bulkOperationCancel":       s.cancelBulk(x),
	}
}

// owned adds what every object with metafields has.
func (s *Server) owned(id string, o object) object {
	read := func(args map[string]any) object {
		return s.shop.metafields[id][text(args["namespace"])+"."+text(args["key"])]
	}
	o["metafield"] = resolver(func(args map[string]any) (any, error) { return orNil(read(args)), nil })
	o["metafields"] = resolver(func(args map[string]any) (any, error) {
		var nodes []node
		for _, name := range sortedKeys(s.shop.metafields[id]) {
			if namespace := text(args["namespace"]); namespace == "" || strings.HasPrefix(name, namespace+".") {
				nodes = append(nodes, fixed(s.shop.metafields[id][name])...)
			}
		}
		return connection{nodes: nodes}, nil
	})
	return o
}

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
		}
		unique := capability(in, "uniqueValues") || in["type"] == "id"
		d := object{"__typename": "MetafieldDefinition", "id": s.shop.newID("MetafieldDefinition"), "namespace": namespace, "key": key,
			"name": in["name"], "ownerType": owner, "description": in["description"], "pinnedPosition": nil, "metafieldsCount": 0,
			"useAsCollectionCondition": false, "validations": []any{}, "validationStatus": "ALL_VALID",
			"type": object{"name": in["type"], "category": "TEXT"},
			"capabilities": object{
				"uniqueValues":             object{"enabled": unique, "eligible": true},
				"adminFilterable":          object{"enabled": capability(in, "adminFilterable"), "eligible": true, "status": "NOT_FILTERABLE"},
				"smartCollectionCondition": object{"enabled": capability(in, "smartCollectionCondition"), "eligible": true},
			}}
		s.shop.definitions = append(s.shop.definitions, d)
		return object{"createdDefinition": d, "userErrors": []any{}}, nil
	}
}

func title(s string) string { return s[:1] + strings.ToLower(s[1:]) }

func capability(in object, name string) bool {
	capabilities, _ := in["capabilities"].(object)
	one, _ := capabilities[name].(object)
	return one["enabled"] == true
}

func (s *Server) definition(owner, namespace, key string) object {
	for _, d := range s.shop.definitions {
		if d["ownerType"] == owner && d["namespace"] == namespace && d["key"] == key {
			return d
		}
	}
	return nil
}

// setMetafields writes up to 25 metafields, all or none.
func (s *Server) setMetafields(x *execution) rootResolver {
	return func(field *ast.Field, args map[string]any) (any, error) {
		list, _ := args["metafields"].([]any)
		for _, entry := range list {
			if scopes := writeScope(idType(text(entry.(object)["ownerId"]))); scopes != nil && !s.granted(scopes) {
				return nil, accessDenied(field.Name, scopes)
			}
		}
		errs := []any{}
		if len(list) > maxMetafields {
			errs = append(errs, elementError(nil, "Exceeded the maximum metafields input limit of 25.", "LESS_THAN_OR_EQUAL_TO", "metafields"))
		}
		for i, entry := range list {
			if e := s.checkMetafield(i, entry.(object)); e != nil && len(list) <= maxMetafields {
				errs = append(errs, e)
			}
		}
		if len(errs) > 0 {
			s.record.userErrors(x.req.call, errs)
			return object{"metafields": nil, "userErrors": errs}, nil
		}
		out := []any{}
		for _, entry := range list {
			out = append(out, s.writeMetafield(entry.(object)))
		}
		return object{"metafields": out, "userErrors": []any{}}, nil
	}
}

func elementError(index any, message, code string, path ...string) object {
	e := userError(message, code, path...)
	e["elementIndex"] = index
	return e
}

func (s *Server) checkMetafield(i int, in object) any {
	fail := func(field, message, code string) any {
		return elementError(nil, message, code, "metafields", strconv.Itoa(i), field)
	}
	owner, namespace, key, value := text(in["ownerId"]), orElse(text(in["namespace"]), "$app"), text(in["key"]), text(in["value"])
	definition := s.definition(ownerTypes[idType(owner)], namespace, key)
	kind := s.metafieldType(in, definition)
	held := s.shop.metafields[owner][namespace+"."+key]
	digest, compare := in["compareDigest"]
	switch {
	case s.lookUp(owner) == nil:
		return fail("ownerId", "Owner does not exist.", "INVALID")
	case kind == "":
		return fail("type", "Type can't be blank", "BLANK")
	case !slices.Contains(metafieldTypes, strings.TrimPrefix(kind, "list.")):
		return fail("type", "Type must be one of the following: "+strings.Join(metafieldTypes, ", ")+".", "INCLUSION")
	case value == "":
		return fail("value", "Value can't be blank.", "BLANK")
	case !validMetafield(kind, value):
		return fail("value", "Value is not a valid "+kind+".", "INVALID_VALUE")
	case compare && orNull(text(digest)) != held["compareDigest"]:
		return fail("compareDigest", "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value.", "STALE_OBJECT")
	case definition != nil && uniqueValues(definition) && s.valueTaken(owner, namespace+"."+key, value):
		return fail("value", "Value is already assigned to another metafield. Choose a different value to ensure it is unique.", "TAKEN")
	}
	return nil
}

// metafieldType is the type given, or else that of the definition or of the metafield there is.
func (s *Server) metafieldType(in, definition object) string {
	if kind := text(in["type"]); kind != "" {
		return kind
	}
	if definition != nil {
		return text(definition["type"].(object)["name"])
	}
	held := s.shop.metafields[text(in["ownerId"])][orElse(text(in["namespace"]), "$app")+"."+text(in["key"])]
	return text(held["type"])
}

func uniqueValues(definition object) bool {
	return definition["capabilities"].(object)["uniqueValues"].(object)["enabled"] == true
}

func (s *Server) valueTaken(owner, name, value string) bool {
	for other, fields := range s.shop.metafields {
		if other != owner && idType(other) == idType(owner) && fields[name] != nil && fields[name]["value"] == value {
			return true
		}
	}
	return false
}

func validMetafield(kind, value string) bool {
	switch {
	case strings.HasPrefix(kind, "list."), kind == "json", kind == "money", kind == "rich_text_field":
		return json.Valid([]byte(value))
	case kind == "number_integer":
		_, err := strconv.ParseInt(value, 10, 64)
		return err == nil
	case kind == "number_decimal":
		_, err := strconv.ParseFloat(value, 64)
		return err == nil
	case kind == "boolean":
		return value == "true" || value == "false"
	case kind == "url":
		u, err := url.Parse(value)
		return err == nil && slices.Contains([]string{"http", "https", "mailto", "sms", "tel"}, u.Scheme)
	case kind == "single_line_text_field", kind == "id":
		return !strings.ContainsAny(value, "\r\n")
	}
	return true
}

func (s *Server) writeMetafield(in object) object {
	owner, namespace, key := text(in["ownerId"]), orElse(text(in["namespace"]), "$app"), text(in["key"])
	kind := s.metafieldType(in, s.definition(ownerTypes[idType(owner)], namespace, key))
	if s.shop.metafields[owner] == nil {
		s.shop.metafields[owner] = map[string]object{}
	}
	sum := sha256.Sum256([]byte(text(in["value"])))
	now := timestamp(s.opt.Now())
	m := object{"__typename": "Metafield", "id": s.shop.newID("Metafield"), "namespace": namespace, "key": key, "type": kind,
		"value": in["value"], "jsonValue": in["value"], "ownerType": ownerTypes[idType(owner)],
		"compareDigest": hex.EncodeToString(sum[:]), "createdAt": now, "updatedAt": now}
	if held := s.shop.metafields[owner][namespace+"."+key]; held != nil {
		m["id"], m["createdAt"] = held["id"], held["createdAt"]
	}
	s.shop.metafields[owner][namespace+"."+key] = m
	return m
}

// Metafield is the value of a metafield, "" when there is none.
func (s *Server) Metafield(owner, namespace, key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return text(s.shop.metafields[owner][namespace+"."+key]["value"])
}
