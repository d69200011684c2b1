package shopifytest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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
	"Location": "LOCATION", "Customer": "CUSTOMER", "Shop": "SHOP", "Collection": "COLLECTION"}

// mutations are the root fields of Mutation that can be run.
func (s *Server) mutations(x *execution) object {
	return s.orderMutations(x, object{
		"inventorySetQuantities":        s.setQuantities(x),
		"metafieldDefinitionCreate":     s.createDefinition(x),
		"metafieldsSet":                 s.setMetafields(x),
		"metafieldsDelete":              s.deleteMetafields(x),
		"tagsAdd":                       s.addTags(x),
		"tagsRemove":                    s.removeTags(x),
		"productSet":                    s.setProduct(x),
		"productCreate":                 s.createProduct(x),
		"productUpdate":                 s.updateProduct(x),
		"productDelete":                 s.deleteProduct(x),
		"productVariantsBulkCreate":     s.createVariants(x),
		"productVariantsBulkUpdate":     s.updateVariants(x),
		"productVariantsBulkDelete":     s.deleteVariants(x),
		"productVariantAppendMedia":     s.appendMedia(x),
		"productReorderMedia":           s.reorderMedia(x),
		"fileCreate":                    s.createFiles(x),
		"fileUpdate":                    s.updateFiles(x),
		"fileDelete":                    s.deleteFiles(x),
		"collectionCreate":              s.createCollection(x),
		"collectionUpdate":              s.updateCollection(x),
		"inventoryItemUpdate":           s.updateItem(x),
		"inventoryActivate":             s.activate(x),
		"inventoryDeactivate":           s.deactivate(x),
		"inventoryAdjustQuantities":     s.adjustQuantities(x),
		"inventoryBulkToggleActivation": s.toggleActivation(x),
		"publishablePublish":            s.publishOne(x, true),
		"publishableUnpublish":          s.publishOne(x, false),
		"publicationUpdate":             s.updatePublication(x),
		"stagedUploadsCreate":           s.createStagedUploads(x),
		"bulkOperationRunMutation":      s.runBulkMutation(x),
		"bulkOperationRunQuery":         s.runBulkQuery(x),
		"bulkOperationCancel":           s.cancelBulk(x),

		"priceListCreate":                     s.createPriceList(x),
		"priceListFixedPricesUpdate":          s.updateFixedPrices(x),
		"priceListFixedPricesByProductUpdate": s.updateFixedPricesByProduct(x),
		"discountAutomaticBasicCreate":        s.createDiscount(x, automaticBasic),
		"discountAutomaticBasicUpdate":        s.updateDiscount(x, automaticBasic),
		"discountAutomaticBxgyCreate":         s.createDiscount(x, automaticBxgy),
		"discountCodeBasicCreate":             s.createDiscount(x, codeBasic),
		"discountCodeBasicUpdate":             s.updateDiscount(x, codeBasic),
		"discountAutomaticActivate":           s.switchDiscount(x, "automaticDiscountNode", true),
		"discountAutomaticDeactivate":         s.switchDiscount(x, "automaticDiscountNode", false),
		"discountCodeActivate":                s.switchDiscount(x, "codeDiscountNode", true),
		"discountCodeDeactivate":              s.switchDiscount(x, "codeDiscountNode", false),
		"discountRedeemCodeBulkAdd":           s.addCodes(x),
	})
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
			x.pen().noteMetafield(entry.(object))
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
	owner := text(in["ownerId"])
	if s.lookUp(owner) == nil {
		return elementError(nil, "Owner does not exist.", "INVALID", "metafields", strconv.Itoa(i), "ownerId")
	}
	if field, message, code := s.metafieldFault(ownerTypes[idType(owner)], owner, in); code != "" {
		return elementError(nil, message, code, "metafields", strconv.Itoa(i), field)
	}
	return nil
}

// metafieldFault says what is wrong with a metafield of an owner, which may not exist yet; code is "" for nothing.
func (s *Server) metafieldFault(ownerType, owner string, in object) (field, message, code string) {
	namespace, key, value := orElse(text(in["namespace"]), "$app"), text(in["key"]), text(in["value"])
	definition := s.definition(ownerType, namespace, key)
	kind := s.metafieldType(owner, in, definition)
	held := s.shop.metafields[owner][namespace+"."+key]
	digest, compare := in["compareDigest"]
	switch {
	case kind == "":
		return "type", "Type can't be blank", "BLANK"
	case !slices.Contains(metafieldTypes, strings.TrimPrefix(kind, "list.")):
		return "type", "Type must be one of the following: " + strings.Join(metafieldTypes, ", ") + ".", "INCLUSION"
	case definition != nil && kind != text(definition["type"].(object)["name"]):
		return "type", "Type '" + kind + "' must be consistent with the definition's type: '" + text(definition["type"].(object)["name"]) + "'.", "INVALID_TYPE"
	case value == "":
		return "value", "Value can't be blank.", "BLANK"
	case !validMetafield(kind, value):
		return "value", "Value is not a valid " + kind + ".", "INVALID_VALUE"
	case compare && orNull(text(digest)) != held["compareDigest"]:
		return "compareDigest", "The resource has been updated since it was loaded. Try again with an updated `compareDigest` value.", "STALE_OBJECT"
	case definition != nil && uniqueValues(definition) && s.valueTaken(ownerType, owner, namespace+"."+key, value):
		return "value", "Value is already assigned to another metafield. Choose a different value to ensure it is unique.", "TAKEN"
	}
	return "", "", ""
}

// metafieldType is the type given, or else that of the definition or of the metafield there is.
func (s *Server) metafieldType(owner string, in, definition object) string {
	if kind := text(in["type"]); kind != "" {
		return kind
	}
	if definition != nil {
		return text(definition["type"].(object)["name"])
	}
	return text(s.shop.metafields[owner][orElse(text(in["namespace"]), "$app")+"."+text(in["key"])]["type"])
}

func (s *Server) valueTaken(ownerType, owner, name, value string) bool {
	other := s.shop.ownerOf(ownerType, name, value)
	return other != "" && other != owner
}

func valueKey(ownerType, name, value string) string {
	return ownerType + "\x00" + name + "\x00" + value
}

// ownerOf is the owner whose metafield has the value, "" for none.
func (st *store) ownerOf(ownerType, name, value string) string {
	owner := st.valueOwners[valueKey(ownerType, name, value)]
	if st.metafields[owner][name]["value"] != value {
		return "" // written over or deleted since
	}
	return owner
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
	kind := s.metafieldType(owner, in, s.definition(ownerTypes[idType(owner)], namespace, key))
	return s.shop.writeMetafield(owner, namespace, key, kind, text(in["value"]))
}

func (st *store) writeMetafield(owner, namespace, key, kind, value string) object {
	if st.metafields[owner] == nil {
		st.metafields[owner] = map[string]object{}
	}
	sum := sha256.Sum256([]byte(value))
	now := timestamp(st.now())
	m := object{"__typename": "Metafield", "id": st.newID("Metafield"), "namespace": namespace, "key": key, "type": kind,
		"value": value, "jsonValue": value, "ownerType": ownerTypes[idType(owner)],
		"compareDigest": hex.EncodeToString(sum[:]), "createdAt": now, "updatedAt": now}
	if held := st.metafields[owner][namespace+"."+key]; held != nil {
		m["id"], m["createdAt"] = held["id"], held["createdAt"]
	}
	st.metafields[owner][namespace+"."+key] = m
	st.valueOwners[valueKey(ownerTypes[idType(owner)], namespace+"."+key, value)] = owner
	return m
}

// putMetafield writes a metafield by a person's hand: of the defined type, or else text.
func (st *store) putMetafield(owner, name, value string) {
	namespace, key, _ := strings.Cut(name, ".")
	kind := "single_line_text_field"
	for _, d := range st.definitions {
		if d["ownerType"] == ownerTypes[idType(owner)] && d["namespace"] == namespace && d["key"] == key {
			kind = text(d["type"].(object)["name"])
		}
	}
	st.writeMetafield(owner, namespace, key, kind, value)
}

func (st *store) metafieldValues(owner string) map[string]string {
	out := map[string]string{}
	for name, m := range st.metafields[owner] {
		out[name] = text(m["value"])
	}
	return out
}

// Metafield is the value of a metafield, "" when there is none.
func (s *Server) Metafield(owner, namespace, key string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return text(s.shop.metafields[owner][namespace+"."+key]["value"])
}
