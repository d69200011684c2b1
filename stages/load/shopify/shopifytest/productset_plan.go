package shopifytest

import (
	"fmt"
	"slices"
	"strings"
)

// planOptions makes the options that the product will have. Held options and values keep their ids: found by id, or
// else by name.
func (p *setPlan) planOptions() {
	list, _ := p.in["productOptions"].([]any)
	names := map[string]bool{}
	for i, entry := range list {
		in := entry.(object)
		at := []string{"productOptions", joined(i)}
		held := p.heldOption(in)
		name := text(in["name"])
		if name == "" && held != nil {
			name = held.name
		}
		switch {
		case in["id"] != nil && held == nil:
			p.fail("Option does not exist.", "OPTION_DOES_NOT_EXIST", append(at, "id")...)
		case in["linkedMetafield"] != nil:
			p.fail("Linked options are currently not supported for this shop.", "LINKED_OPTIONS_NOT_SUPPORTED_FOR_SHOP", append(at, "linkedMetafield")...)
		case strings.TrimSpace(name) == "":
			p.fail("Option name can't be blank", "", append(at, "name")...)
		case strings.Contains(name, " / "):
			p.fail("Option name cannot contain ' / '", "", append(at, "name")...)
		case names[strings.ToLower(name)]:
			p.fail("Duplicated option name.", "DUPLICATED_OPTION_NAME", append(at, "name")...)
		}
		names[strings.ToLower(name)] = true
		p.options = append(p.options, p.planOption(held, name, in, at))
	}
	positions := map[*option]int{}
	for i, o := range p.options {
		positions[o] = i + 1
		if at, given := toInt(list[i].(object)["position"]); given {
			positions[o] = at
		}
	}
	slices.SortStableFunc(p.options, func(a, b *option) int { return positions[a] - positions[b] })
}

func (p *setPlan) heldOption(in object) *option {
	if p.target == nil {
		return nil
	}
	if id := text(in["id"]); id != "" {
		return find(p.target.options, func(o *option) bool { return o.id == id })
	}
	return find(p.target.options, func(o *option) bool { return o.name == text(in["name"]) })
}

func (p *setPlan) planOption(held *option, name string, in object, at []string) *option {
	st := p.s.shop
	out := &option{name: name}
	if held != nil {
		out.id = held.id
	} else {
		out.id = st.newID("ProductOption")
	}
	values, _ := in["values"].([]any)
	switch {
	case len(values) == 0:
		p.fail("Each option must have at least one option value specified.", "OPTION_VALUES_MISSING", append(at, "values")...)
	case len(values) > maxOptionValues:
		p.fail("Option values over limit.", "OPTION_VALUES_OVER_LIMIT", append(at, "values")...)
	}
	for i, entry := range values {
		in := entry.(object)
		value := &optionValue{name: text(in["name"])}
		if held != nil {
			if old := heldValue(held, in); old != nil {
				value.id = old.id
				value.name = orElse(value.name, old.name)
			}
		}
		here := append(slices.Clone(at), "values", joined(i))
		switch {
		case in["id"] != nil && value.id == "":
			p.fail("Option value does not exist.", "OPTION_VALUE_DOES_NOT_EXIST", append(here, "id")...)
		case strings.TrimSpace(value.name) == "":
			p.fail("Option value name can't be blank", "", append(here, "name")...)
		case out.named(value.name) != nil:
			p.fail("Duplicated option value.", "DUPLICATED_OPTION_VALUE", append(here, "name")...)
		}
		value.id = orElse(value.id, st.newID("ProductOptionValue"))
		out.values = append(out.values, value)
	}
	return out
}

func heldValue(o *option, in object) *optionValue {
	if id := text(in["id"]); id != "" {
		return find(o.values, func(v *optionValue) bool { return v.id == id })
	}
	return o.named(text(in["name"]))
}

// planVariants finds the held variant of every entry, by id or else by its option values.
func (p *setPlan) planVariants() {
	list, _ := p.in["variants"].([]any)
	seen := map[string]bool{}
	for i, entry := range list {
		in := entry.(object)
		values := p.valuesOf(in, i)
		if values == nil {
			continue
		}
		title := titleOf(values)
		if seen[title] {
			p.fail(fmt.Sprintf("The variant '%s' already exists. Please change at least one option value.", title), "", "variants", joined(i))
			continue
		}
		seen[title] = true
		p.variants = append(p.variants, plannedVariant{in: in, held: p.heldVariant(in, values, i), values: values})
	}
	held := map[*variant]bool{}
	for i, one := range p.variants {
		if one.held != nil && held[one.held] {
			p.fail("Duplicated value.", "DUPLICATED_VALUE", "variants", joined(i), "id")
		}
		held[one.held] = true
		p.checkVariant(one, i)
	}
}

// valuesOf reads the option values of an entry, one of every option; nil when something is wrong.
func (p *setPlan) valuesOf(in object, i int) []*optionValue {
	values := make([]*optionValue, len(p.options))
	list, _ := in["optionValues"].([]any)
	failed := len(p.errs)
	for j, entry := range list {
		one := entry.(object)
		at := []string{"variants", joined(i), "optionValues", joined(j)}
		k := slices.IndexFunc(p.options, func(o *option) bool {
			return one["optionId"] != nil && o.id == one["optionId"] || one["optionId"] == nil && o.name == one["optionName"]
		})
		if k < 0 {
			p.fail("Option does not exist.", "OPTION_DOES_NOT_EXIST", append(at, "optionName")...)
			continue
		}
		if values[k] = heldValue(p.options[k], one); values[k] == nil {
			p.fail("Option value does not exist.", "OPTION_VALUE_DOES_NOT_EXIST", append(at, "name")...)
		}
	}
	for k, value := range values {
		if value == nil && len(p.errs) == failed {
			p.fail("You need to add option values for "+p.options[k].name, "", "variants", joined(i))
		}
	}
	if len(p.errs) > failed {
		return nil
	}
	return values
}

func (p *setPlan) heldVariant(in object, values []*optionValue, i int) *variant {
	if p.target == nil {
		if in["id"] != nil {
			p.fail("Product variant does not exist.", "PRODUCT_VARIANT_DOES_NOT_EXIST", "variants", joined(i), "id")
		}
		return nil
	}
	if id := text(in["id"]); id != "" {
		v := find(p.target.variants, func(v *variant) bool { return v.ID == id })
		if v == nil {
			p.fail("Product variant does not exist.", "PRODUCT_VARIANT_DOES_NOT_EXIST", "variants", joined(i), "id")
		}
		return v
	}
	if len(p.target.options) != len(p.options) {
		return nil
	}
	return find(p.target.variants, func(v *variant) bool {
		for k, o := range p.options {
			old := slices.IndexFunc(p.target.options, func(held *option) bool { return held.id == o.id })
			if old < 0 || v.values[old].id != values[k].id {
				return false
			}
		}
		return true
	})
}

func (p *setPlan) checkVariant(one plannedVariant, i int) {
	for _, e := range variantFaults(one.in) {
		p.fail(e.message, "", append([]string{"variants", joined(i)}, e.path...)...)
	}
	list, _ := one.in["inventoryQuantities"].([]any)
	for j, entry := range list {
		row := entry.(object)
		at := []string{"variants", joined(i), "inventoryQuantities", joined(j)}
		where := text(row["locationId"])
		switch {
		case p.s.lookUpLocation(where) == nil:
			p.fail("The specified location could not be found.", "", append(at, "locationId")...)
		case row["name"] != "available" && row["name"] != "on_hand":
			p.fail("The quantity name must be either 'available' or 'on_hand'.", "", append(at, "name")...)
		case one.held != nil && (one.held.levels[where] == nil || one.held.levels[where].inactive):
			p.fail("Quantities can only be updated at locations where the variant is already stocked.", "", append(at, "locationId")...)
		}
	}
	owner := ""
	if one.held != nil {
		owner = one.held.ID
	}
	p.checkMetafields("PRODUCTVARIANT", owner, one.in, "variants", joined(i))
}

// checkMetafields looks at the metafields of the product or of a variant.
func (p *setPlan) checkMetafields(ownerType, owner string, in object, at ...string) {
	list, _ := in["metafields"].([]any)
	for j, entry := range list {
		field, message, fault := p.s.metafieldFault(ownerType, owner, entry.(object))
		code := "INVALID_METAFIELD"
		if fault == "TAKEN" {
			code = "CAPABILITY_VIOLATION"
		}
		if fault == "" && p.twice(ownerType, in, entry.(object)) {
			field, message, fault, code = "value", "Value is already assigned to another metafield.", "TAKEN", "CAPABILITY_VIOLATION"
		}
		if fault != "" {
			p.fail(message, code, append(slices.Clone(at), "metafields", joined(j), field)...)
		}
	}
}

// twice says whether another variant of the same call wants the same unique value.
func (p *setPlan) twice(ownerType string, owner, m object) bool {
	d := p.s.definition(ownerType, orElse(text(m["namespace"]), "$app"), text(m["key"]))
	if ownerType != "PRODUCTVARIANT" || d == nil || !uniqueValues(d) {
		return false
	}
	n := 0
	list, _ := p.in["variants"].([]any)
	for _, entry := range list {
		metafields, _ := entry.(object)["metafields"].([]any)
		for _, other := range metafields {
			o := other.(object)
			if o["namespace"] == m["namespace"] && o["key"] == m["key"] && o["value"] == m["value"] {
				n++
			}
		}
	}
	return n > 1
}

// checkFields looks at the product's own fields.
func (p *setPlan) checkFields() {
	owner := ""
	if p.target != nil {
		owner = p.target.id
	}
	title, given := p.in["title"]
	if p.target == nil && text(title) == "" || given && strings.TrimSpace(text(title)) == "" {
		p.fail("Title can't be blank", "", "title")
	}
	if len([]rune(text(title))) > 255 {
		p.fail("Title is too long (maximum is 255 characters)", "", "title")
	}
	if handle := text(p.in["handle"]); handle != "" {
		if other := p.s.shop.handled(handle); other != nil && other != p.target {
			p.fail(fmt.Sprintf("Handle '%s' already in use. Please provide a new handle.", handle), "HANDLE_NOT_UNIQUE", "handle")
		}
	}
	p.checkMetafields("PRODUCT", owner, p.in)
	for i, id := range texts(p.in["collections"]) {
		if p.s.shop.collection(id) == nil {
			p.fail("Collection does not exist", "", "collections", joined(i))
		}
	}
}

// fault is something wrong with an input, code as the bulk mutations name it.
type inputFault struct {
	message, code string
	path          []string
}

// variantFaults looks at the plain fields of a variant's input, compareAtPrice first (live).
func variantFaults(in object) (out []inputFault) {
	if price := moneyText(in["compareAtPrice"]); price != "" && compareAmounts(price, "1000000000000000000") >= 0 {
		out = append(out, inputFault{"must be less than 1000000000000000000", "INVALID_INPUT", []string{"compareAtPrice"}})
	} else if price != "" && compareAmounts(price, "0") < 0 {
		out = append(out, inputFault{"must be greater than or equal to 0", "INVALID_INPUT", []string{"compareAtPrice"}})
	}
	if price := moneyText(in["price"]); price != "" && compareAmounts(price, "0") < 0 {
		out = append(out, inputFault{"Price must be greater than or equal to 0", "GREATER_THAN_OR_EQUAL_TO", []string{"price"}})
	} else if price != "" && compareAmounts(price, "1000000000000000000") >= 0 {
		out = append(out, inputFault{"Price must be less than 1000000000000000000", "INVALID_INPUT", []string{"price"}})
	}
	if len([]rune(text(in["barcode"]))) > 255 {
		out = append(out, inputFault{"Barcode is too long (maximum is 255 characters)", "INVALID_INPUT", []string{"barcode"}})
	}
	item, _ := in["inventoryItem"].(object)
	sku := orElse(text(in["sku"]), text(item["sku"]))
	if len([]rune(sku)) > 255 {
		out = append(out, inputFault{"SKU is too long (maximum is 255 characters)", "INVALID_INPUT", []string{"inventoryItem", "sku"}})
	}
	return out
}
