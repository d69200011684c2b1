package shopifytest

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxCreateLocations is how many locations one new variant may have quantities at.
const maxCreateLocations = 10

func noProduct(code string) object { return userError("Product does not exist", code, "productId") }

// createVariants is productVariantsBulkCreate: all or none. What becomes of a variant that stands alone the strategy
// says.
func (s *Server) createVariants(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		p := s.shop.product(text(args["productId"]))
		refuse := func(errs ...any) (any, error) {
			return s.refused(x, object{"product": nil, "productVariants": nil}, errs...), nil
		}
		if p == nil {
			return refuse(noProduct("PRODUCT_DOES_NOT_EXIST"))
		}
		list, _ := args["variants"].([]any)
		kept := p.kept(text(args["strategy"]))
		errs, titles := s.mediaFaults(args["media"]), map[string]bool{}
		for _, v := range kept {
			titles[v.title()] = true
		}
		if len(kept)+len(list) > maxVariants {
			errs = append(errs, userError("You reached the limit of available SKUs in your current plan.", "SUBSCRIPTION_VIOLATION", "variants"))
		}
		planned := make([]map[string]string, len(list))
		for i, entry := range list {
			in := entry.(object)
			names, faults := p.namesOf(in, nil, i)
			planned[i] = names
			errs = append(errs, faults...)
			errs = append(errs, s.bulkFaults(p, in, "", i, "INVALID")...)
			errs = append(errs, s.createFaults(in, i)...)
			title := p.titleOf(names)
			if len(faults) == 0 && titles[title] {
				errs = append(errs, userError(fmt.Sprintf("The variant '%s' already exists. Please change at least one option value.", title),
					"VARIANT_ALREADY_EXISTS", "variants", joined(i)))
			}
			titles[title] = true
		}
		if len(errs) > 0 {
			return refuse(errs...)
		}
		w := x.pen()
		created := s.writeNewVariants(w, p, kept, list, planned)
		w.addMedia(p, args["media"])
		return object{"product": s.productObject(p), "productVariants": s.variantList(created), "userErrors": []any{}}, nil
	}
}

// kept are the variants that stay when others are created.
func (p *product) kept(strategy string) []*variant {
	alone := len(p.variants) == 1
	if alone && (strategy == "REMOVE_STANDALONE_VARIANT" || strategy == "DEFAULT" && p.isStandalone()) {
		return nil
	}
	return p.variants
}

func (s *Server) writeNewVariants(w pen, p *product, kept []*variant, list []any, planned []map[string]string) []*variant {
	var created []*variant
	for i, entry := range list {
		in := entry.(object)
		v := s.shop.newVariant(p, Variant{Price: "0.00", Untracked: true})
		for _, o := range p.options {
			v.values = append(v.values, o.value(s.shop, planned[i][o.name]))
		}
		v.Title = v.title()
		w.note("variant", v.ID, v.SKU, "created", "", v.Title)
		s.writeBulk(w, p, v, in)
		created = append(created, v)
	}
	if all := append(slices.Clone(kept), created...); len(all) > 0 {
		w.variants(p, all)
	}
	w.touch(p)
	return created
}

// writeBulk writes a ProductVariantsBulkInput but for its option values.
func (s *Server) writeBulk(w pen, p *product, v *variant, in object) {
	w.variantFields(v, in)
	if list, given := in["metafields"].([]any); given {
		w.metafields("variant", v.ID, v.SKU, list, false)
	}
	if f := s.shop.byFile[text(in["mediaId"])]; f != nil {
		w.picture(v, f)
	}
	w.quantities(v, in)
	w.touch(p, v)
}

func (w pen) addMedia(p *product, media any) {
	files := slices.Clone(p.media)
	list, _ := media.([]any)
	for _, entry := range list {
		files = append(files, w.s.newFile(w, entry.(object)))
	}
	w.media(p, files)
}

func (s *Server) variantList(variants []*variant) []any {
	out := []any{}
	for _, v := range variants {
		out = append(out, s.variantObject(v))
	}
	return out
}

// namesOf reads the option values of an entry, on top of those that the variant has; every option needs one.
func (p *product) namesOf(in object, held *variant, i int) (names map[string]string, errs []any) {
	names = map[string]string{}
	if held != nil {
		for k, value := range held.values {
			names[p.options[k].name] = value.name
		}
	}
	list, _ := in["optionValues"].([]any)
	for j, entry := range list {
		one := entry.(object)
		at := []string{"variants", joined(i), "optionValues", joined(j)}
		o := find(p.options, func(o *option) bool {
			return one["optionId"] != nil && o.id == one["optionId"] || one["optionId"] == nil && o.name == one["optionName"]
		})
		if o == nil {
			code := "OPTION_VALUES_FOR_NUMBER_OF_UNKNOWN_OPTIONS"
			if held != nil {
				code = "OPTION_DOES_NOT_EXIST"
			}
			errs = append(errs, userError("Option does not exist", code, append(at, "optionName")...))
			continue
		}
		names[o.name] = text(one["name"])
		if id := text(one["id"]); id != "" {
			if value := find(o.values, func(v *optionValue) bool { return v.id == id }); value != nil {
				names[o.name] = value.name
			} else {
				errs = append(errs, userError("Option value does not exist", "OPTION_VALUE_DOES_NOT_EXIST", append(at, "id")...))
			}
		}
	}
	for _, o := range p.options {
		if names[o.name] == "" && len(errs) == 0 {
			errs = append(errs, userError("You need to add option values for "+o.name, "NEED_TO_ADD_OPTION_VALUES", "variants", joined(i)))
		}
	}
	return names, errs
}

func (p *product) titleOf(names map[string]string) string {
	var values []*optionValue
	for _, o := range p.options {
		values = append(values, &optionValue{name: names[o.name]})
	}
	return titleOf(values)
}

// bulkFaults looks at the fields that creating and updating share; owner is the variant, "" for a new one.
func (s *Server) bulkFaults(p *product, in object, owner string, i int, metafieldCode string) (errs []any) {
	for _, e := range variantFaults(in) {
		errs = append(errs, userError(e.message, e.code, append([]string{"variants", joined(i)}, e.path...)...))
	}
	if id := text(in["mediaId"]); id != "" && !slices.Contains(p.media, s.shop.byFile[id]) {
		errs = append(errs, userError("Media does not exist on the specified product.", "INVALID_INPUT", "variants", joined(i), "mediaId"))
	}
	return append(errs, s.metafieldFaults("PRODUCTVARIANT", owner, in, []string{"variants", joined(i), "metafields"},
		func(string) string { return metafieldCode })...)
}

func (s *Server) createFaults(in object, i int) (errs []any) {
	at := []string{"variants", joined(i)}
	if in["id"] != nil {
		errs = append(errs, userError("On create, this key cannot be used.", "NO_KEY_ON_CREATE", append(at, "id")...))
	}
	quantities, _ := in["inventoryQuantities"].([]any)
	if len(quantities) > maxCreateLocations {
		errs = append(errs, userError("Inventory locations cannot exceed the allowed resource limit or 10.", "TOO_MANY_INVENTORY_LOCATIONS", append(at, "inventoryQuantities")...))
	}
	for _, entry := range quantities {
		if l := s.lookUpLocation(text(entry.(object)["locationId"])); l == nil || l.Inactive {
			errs = append(errs, userError("Quantity couldn't be set because the location was not found.", "TRACKED_VARIANT_LOCATION_NOT_FOUND", append(at, "inventoryQuantities")...))
		}
	}
	return errs
}

// updateVariants is productVariantsBulkUpdate: with allowPartialUpdates the good rows are written, else all or none.
func (s *Server) updateVariants(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		p := s.shop.product(text(args["productId"]))
		if p == nil {
			return s.refused(x, object{"product": nil, "productVariants": nil}, noProduct("PRODUCT_DOES_NOT_EXIST")), nil
		}
		list, _ := args["variants"].([]any)
		errs := s.mediaFaults(args["media"])
		partial := args["allowPartialUpdates"] == true
		named := make([]*variant, len(list))
		planned := make([]map[string]string, len(list))
		for i, entry := range list {
			in := entry.(object)
			v, names, faults := s.updateFaults(p, in, i)
			if named[i], planned[i] = v, names; len(faults) > 0 {
				planned[i] = nil
			}
			errs = append(errs, faults...)
		}
		var seen []*variant
		w := x.pen()
		for i, v := range named {
			if v != nil {
				seen = append(seen, v)
			}
			if planned[i] == nil || len(errs) > 0 && !partial {
				continue
			}
			s.writeUpdate(w, p, v, list[i].(object), planned[i])
		}
		if len(errs) > 0 && !partial {
			return s.refused(x, object{"product": s.productObject(p), "productVariants": nil}, errs...), nil
		}
		w.addMedia(p, args["media"])
		if len(errs) > 0 {
			return s.refused(x, object{"product": s.productObject(p), "productVariants": s.variantList(seen)}, errs...), nil
		}
		return object{"product": s.productObject(p), "productVariants": s.variantList(seen), "userErrors": []any{}}, nil
	}
}

func (s *Server) updateFaults(p *product, in object, i int) (v *variant, names map[string]string, errs []any) {
	id := text(in["id"])
	if id == "" {
		return nil, nil, []any{userError("Product variant is missing ID attribute", "PRODUCT_VARIANT_ID_MISSING", "variants", joined(i))}
	}
	v = find(p.variants, func(v *variant) bool { return v.ID == id })
	if v == nil {
		return nil, nil, []any{userError("Product variant does not exist", "PRODUCT_VARIANT_DOES_NOT_EXIST", "variants", joined(i), "id")}
	}
	if in["inventoryQuantities"] != nil {
		errs = append(errs, userError("Inventory quantities can only be provided during create. To update inventory for existing variants, use inventoryAdjustQuantities.",
			"NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE", "variants", joined(i), "inventoryQuantities"))
	}
	names, faults := p.namesOf(in, v, i)
	errs = append(append(errs, faults...), s.bulkFaults(p, in, v.ID, i, "INVALID_VALUE")...)
	title := p.titleOf(names)
	if other := find(p.variants, func(o *variant) bool { return o != v && o.title() == title }); other != nil && in["optionValues"] != nil {
		errs = append(errs, userError(fmt.Sprintf("The variant '%s' already exists. Please change at least one option value.", title),
			"VARIANT_ALREADY_EXISTS", "variants", joined(i)))
	}
	return v, names, errs
}

func (s *Server) writeUpdate(w pen, p *product, v *variant, in object, names map[string]string) {
	if in["optionValues"] != nil {
		var values []*optionValue
		for _, o := range p.options {
			values = append(values, o.value(s.shop, names[o.name]))
		}
		w.values(v, values)
	}
	s.writeBulk(w, p, v, in)
}

// deleteVariants is productVariantsBulkDelete: all or none, and never the last one.
func (s *Server) deleteVariants(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		p := s.shop.product(text(args["productId"]))
		if p == nil {
			return s.refused(x, object{"product": nil}, noProduct("PRODUCT_DOES_NOT_EXIST")), nil
		}
		ids := texts(args["variantsIds"])
		var errs []any
		for i, id := range ids {
			if !slices.ContainsFunc(p.variants, func(v *variant) bool { return v.ID == id }) {
				errs = append(errs, userError("At least one variant does not belong to the product",
					"AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT", "variantsIds", joined(i)))
			}
		}
		kept := slices.DeleteFunc(slices.Clone(p.variants), func(v *variant) bool { return slices.Contains(ids, v.ID) })
		if len(errs) == 0 && len(kept) == 0 {
			errs = append(errs, userError("Cannot delete the last variant of a product", "CANNOT_DELETE_LAST_VARIANT", "variantsIds"))
		}
		if len(errs) > 0 {
			return s.refused(x, object{"product": nil}, errs...), nil
		}
		x.pen().variants(p, kept)
		x.pen().touch(p)
		return object{"product": s.productObject(p), "userErrors": []any{}}, nil
	}
}
