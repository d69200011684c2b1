package shopifytest

import (
	"reflect"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// notServedPrefix begins the message of what the stand-in cannot do; whoever meets it is noted.
const notServedPrefix = "not implemented by the stand-in: "

func notServed(what string) error {
	return &fieldError{code: "INTERNAL_SERVER_ERROR", message: notServedPrefix + what}
}

// unserved are fields of inputs, and arguments of mutations, that would have an effect that the stand-in does not have.
var unserved = map[string][]string{
	"productCreate":    {"input"},
	"productUpdate":    {"input"},
	"collectionCreate": {"input"},
	"collectionUpdate": {"input"},
	"ProductSetInput": {"category", "claimOwnership", "combinedListingRole", "giftCard", "giftCardTemplateSuffix",
		"requiresSellingPlan"},
	"ProductCreateInput": {"category", "claimOwnership", "combinedListingRole", "giftCard", "giftCardTemplateSuffix",
		"requiresSellingPlan"},
	"ProductUpdateInput":     {"category", "giftCardTemplateSuffix", "requiresSellingPlan"},
	"ProductVariantSetInput": {"published", "requiresComponents", "showUnitPrice", "taxCode", "unitPriceMeasurement"},
	"ProductVariantsBulkInput": {"mediaSrc", "quantityAdjustments", "published", "requiresComponents", "showUnitPrice", "taxCode",
		"unitPriceMeasurement"},
	"InventoryItemInput":                       {"countryHarmonizedSystemCodes", "provinceCodeOfOrigin"},
	"InventoryItemMeasurementInput":            {"shippingPackageId"},
	"MetafieldInput":                           {"id"},
	"OptionCreateInput":                        {"linkedMetafield"},
	"OptionValueCreateInput":                   {"linkedMetafieldValue"},
	"VariantOptionValueInput":                  {"linkedMetafieldValue"},
	"FileUpdateInput":                          {"previewImageSource"},
	"CollectionCreateInput":                    {"image"},
	"CollectionUpdateInput":                    {"image"},
	"CollectionCreateSourceTargetInput":        {"shareableSource", "subCollections"},
	"CollectionUpdateSourceTargetInput":        {"subCollections"},
	"CollectionCreateConditionsSourceInput":    {"exclusion"},
	"CollectionUpdateConditionsSourceInput":    {"exclusion"},
	"CollectionUpdateSourceInclusionInput":     {"conditionsToDelete", "conditionsToUpdate"},
	"CollectionInclusionProductSelectionInput": {"variantIds"},
	"OrderInput":                               {"localizationExtensions", "localizedFields"},
	"RefundInput":                              {"discrepancyReason", "processedAt"},
	"OrderCancelRefundMethodInput":             {"storeCreditRefund"},
	"FulfillmentInput":                         {"originAddress"},
	"CustomerSetInput":                         {"id", "taxExemptions"},
}

// unservedValues are values of enums of the same kind.
var unservedValues = map[string][]string{
	"FileContentType":            {"EXTERNAL_VIDEO", "MODEL_3D", "VIDEO"},
	"MediaContentType":           {"EXTERNAL_VIDEO", "MODEL_3D", "VIDEO"},
	"CollectionSourceTargetType": {"VARIANTS"},
	"CollectionSourceInclusionConditionProductTypeRelation":   {"CONTAINS", "DOES_NOT_CONTAIN", "ENDS_WITH", "STARTS_WITH"},
	"CollectionSourceInclusionConditionProductVendorRelation": {"CONTAINS", "DOES_NOT_CONTAIN", "ENDS_WITH", "STARTS_WITH"},
}

// lookThrough walks the arguments of a mutation: deprecated fields of inputs are noted, what would be left undone is an
// error before anything is done.
func (x *execution) lookThrough(field *ast.Field, args map[string]any) error {
	for _, arg := range field.Definition.Arguments {
		value, given := args[arg.Name]
		if !given || value == nil {
			continue
		}
		if slices.Contains(unserved[field.Name], arg.Name) {
			return notServed(field.Name + "(" + arg.Name + ":), which is deprecated")
		}
		if err := x.lookInto(arg.Type, value); err != nil {
			return err
		}
	}
	return nil
}

func (x *execution) lookInto(t *ast.Type, value any) error {
	if list, isList := value.([]any); isList && t.Elem != nil {
		for _, element := range list {
			if err := x.lookInto(t.Elem, element); err != nil {
				return err
			}
		}
		return nil
	}
	def := loadedSchema().Types[t.Name()]
	if def.Kind == ast.Enum && slices.Contains(unservedValues[def.Name], text(value)) {
		return notServed(def.Name + " " + text(value))
	}
	in, isObject := value.(object)
	if !isObject || def.Kind != ast.InputObject {
		return nil
	}
	for _, field := range def.Fields {
		inner, given := in[field.Name]
		if !given || inner == nil {
			continue
		}
		if field.Directives.ForName("deprecated") != nil && !isDefault(field, inner) {
			x.s.record.noteDeprecated(x.req.call, def.Name+"."+field.Name)
		}
		if slices.Contains(unserved[def.Name], field.Name) {
			return notServed(def.Name + "." + field.Name)
		}
		if err := x.lookInto(field.Type, inner); err != nil {
			return err
		}
	}
	return nil
}

// isDefault says whether the value is that of the schema, which is there when the client wrote nothing.
func isDefault(field *ast.FieldDefinition, value any) bool {
	if field.DefaultValue == nil {
		return false
	}
	byDefault, err := field.DefaultValue.Value(nil)
	return err == nil && reflect.DeepEqual(byDefault, value)
}

// inputPoints is what the input of a mutation costs on top, in whole points (section 5.2; live: two variants of
// productVariantsBulkUpdate, 0.4, cost nothing).
func inputPoints(mutation string, args map[string]any) int {
	tenths := 0
	switch mutation {
	case "productSet":
		in, _ := args["input"].(object)
		tenths = 19*length(in["files"]) + 4*length(in["metafields"]) + variantTenths(in["variants"])
	case "productVariantsBulkCreate", "productVariantsBulkUpdate":
		tenths = variantTenths(args["variants"])
	}
	return tenths / 10
}

func variantTenths(variants any) int {
	list, _ := variants.([]any)
	tenths := 2 * len(list)
	for _, entry := range list {
		in, _ := entry.(object)
		tenths += 4 * length(in["metafields"])
		if in["file"] != nil {
			tenths += 6
		}
	}
	return tenths
}

func length(list any) int {
	all, _ := list.([]any)
	return len(all)
}
