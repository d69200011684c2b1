package shopifytest

import (
	"fmt"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxSetQuantities is what productSet takes in all its variants.
const maxSetQuantities = 50_000

// setPlan is a productSet that was looked through: nothing is written before all of it is right.
type setPlan struct {
	s        *Server
	in       object
	target   *product // nil: a new one
	options  []*option
	variants []plannedVariant
	errs     []any
}

// plannedVariant is one entry of variants with the variant that it means; held is nil for a new one.
type plannedVariant struct {
	in     object
	held   *variant
	values []*optionValue
}

func (p *setPlan) fail(message, code string, path ...string) {
	e := userError(message, code, append([]string{"input"}, path...)...)
	if code == "" {
		e["code"] = nil // live: many errors of productSet have none
	}
	p.errs = append(p.errs, e)
}

// setProduct is the mutation productSet. Synchronous false answers with an operation whose work is done when the second
// request after it comes in.
func (s *Server) setProduct(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		in := args["input"].(object)
		identifier, _ := args["identifier"].(object)
		if custom, given := identifier["customId"].(object); given {
			if _, err := s.customID("PRODUCT", custom); err != nil {
				return nil, err
			}
		}
		w := x.pen()
		if args["synchronous"] != false {
			p, errs := s.runSet(w, identifier, in)
			if len(errs) > 0 {
				return s.refused(x, object{"product": nil, "productSetOperation": nil}, errs...), nil
			}
			return object{"product": s.productObject(p), "productSetOperation": nil, "userErrors": []any{}}, nil
		}
		return object{"product": nil, "userErrors": []any{}, "productSetOperation": s.startSet(w, identifier, in)}, nil
	}
}

// startSet puts the work off: CREATED in the answer, ACTIVE until it is done, COMPLETE with the product or the errors.
func (s *Server) startSet(w pen, identifier, in object) object {
	o := object{"__typename": "ProductSetOperation", "id": s.shop.newID("ProductSetOperation"), "status": "CREATED",
		"product": nil, "userErrors": []any{}}
	held := object{"__typename": "ProductSetOperation", "id": o["id"], "status": "ACTIVE", "product": nil, "userErrors": []any{}}
	s.shop.operations[text(o["id"])] = held
	s.pending = append(s.pending, pendingWork{due: w.call + 2, run: func() {
		p, errs := s.runSet(w, identifier, in)
		held["status"], held["userErrors"] = "COMPLETE", errs
		if p != nil {
			held["product"] = resolver(func(map[string]any) (any, error) { return orNil(s.lookUp(p.id)), nil })
		}
	}})
	return o
}

// runSet does the work of productSet, all or nothing.
func (s *Server) runSet(w pen, identifier, in object) (*product, []any) {
	plan := &setPlan{s: s, in: in, errs: []any{}}
	for _, check := range []func(){
		func() { plan.identify(identifier) }, plan.checkShape, plan.planOptions, plan.planVariants, plan.checkFiles, plan.checkFields,
	} {
		if check(); len(plan.errs) > 0 {
			return nil, plan.errs
		}
	}
	return plan.apply(w), plan.errs
}

// identify finds the product that is meant.
func (p *setPlan) identify(identifier object) {
	st := p.s.shop
	if id := text(p.in["id"]); id != "" && len(identifier) > 0 {
		p.fail("The id field is not allowed if identifier is provided.", "ID_NOT_ALLOWED")
		return
	} else if id != "" {
		identifier = object{"id": id}
	}
	if id := text(identifier["id"]); id != "" {
		if p.target = st.product(id); p.target == nil {
			p.errs = append(p.errs, userError("Product does not exist", "PRODUCT_DOES_NOT_EXIST", "identifier", "id"))
		}
		return
	}
	if handle := text(identifier["handle"]); handle != "" {
		p.target = st.handled(handle)
		switch given := text(p.in["handle"]); {
		case given == "":
			p.fail("The input field corresponding to the identifier is required.", "MISSING_FIELD_REQUIRED")
		case given != handle:
			p.fail("The identifier value does not match the value of the corresponding field in the input.", "INPUT_MISMATCH")
		}
		return
	}
	custom, given := identifier["customId"].(object)
	if !given {
		return
	}
	id, err := p.s.customID("PRODUCT", custom)
	if err != nil {
		p.fail(err.Error(), "NOT_FOUND")
		return
	}
	p.target = st.product(id)
	metafields, present := p.in["metafields"].([]any)
	named := slices.ContainsFunc(metafields, func(entry any) bool {
		m := entry.(object)
		return m["namespace"] == custom["namespace"] && m["key"] == custom["key"] && m["value"] == custom["value"]
	})
	switch {
	case present && !named:
		p.fail("The input argument `metafields` (if present) must contain the `customId` value.", "METAFIELD_MISMATCH")
	case !present && p.target == nil:
		p.fail("The input field corresponding to the identifier is required.", "MISSING_FIELD_REQUIRED")
	}
}

// checkShape looks at what must come together and at how much there is.
func (p *setPlan) checkShape() {
	options, withOptions := p.in["productOptions"].([]any)
	variants, withVariants := p.in["variants"].([]any)
	switch {
	case withOptions && !withVariants:
		p.fail("Must specify variants when updating options.", "VARIANTS_INPUT_MISSING", "variants")
	case withVariants && !withOptions:
		p.fail("Must specify product options when updating variants.", "PRODUCT_OPTIONS_INPUT_MISSING", "productOptions")
	}
	if len(options) > maxOptions {
		p.fail("Options over limit.", "OPTIONS_OVER_LIMIT", "productOptions")
	}
	if len(variants) > maxVariants {
		p.fail("Number of product variants exceeds shop limit.", "VARIANTS_OVER_LIMIT", "variants")
	}
	quantities := 0
	for _, entry := range variants {
		list, _ := entry.(object)["inventoryQuantities"].([]any)
		quantities += len(list)
	}
	if quantities > maxSetQuantities {
		p.fail("Inventory quantity input exceeds the limit of 50000. Consider using separate `inventorySetQuantities` mutations.",
			"INVENTORY_QUANTITIES_LIMIT_EXCEEDED", "variants")
	}
}

// apply writes the plan.
func (p *setPlan) apply(w pen) *product {
	st, target := p.s.shop, p.target
	if target == nil {
		target = st.newProduct(Product{Title: text(p.in["title"]), Handle: slug(text(p.in["handle"]))})
		w.note("product", target.id, target.handle, "created", "", target.title)
	}
	w.productFields(target, p.in)
	if list, given := p.in["metafields"].([]any); given {
		w.metafields("product", target.id, target.handle, list, true)
	}
	files := p.applyFiles(w, target)
	if _, given := p.in["variants"].([]any); given {
		p.applyVariants(w, target, files)
	} else if len(target.variants) == 0 {
		w.standalone(target)
	}
	if _, given := p.in["collections"].([]any); given {
		w.collections(target, texts(p.in["collections"]))
	}
	w.touch(target)
	return target
}

// standalone gives a product the variant that one without options has.
func (w pen) standalone(p *product) {
	p.options = nil
	v := w.s.shop.newVariant(p, Variant{Options: []string{"Default Title"}, Price: "0.00", Untracked: true})
	w.variants(p, []*variant{v})
	w.note("variant", v.ID, v.SKU, "created", "", v.title())
}

func (p *setPlan) applyVariants(w pen, target *product, files map[string]*file) {
	if len(p.variants) == 0 {
		w.standalone(target)
		return
	}
	target.options = p.options
	var kept []*variant
	for _, one := range p.variants {
		v := one.held
		if v == nil {
			v = p.s.shop.newVariant(target, Variant{Price: "0.00", Untracked: true})
			v.values = one.values
			v.Title = v.title()
			w.note("variant", v.ID, text(one.in["sku"]), "created", "", v.Title)
		} else {
			w.values(v, one.values)
		}
		w.variantFields(v, one.in)
		if list, given := one.in["metafields"].([]any); given {
			w.metafields("variant", v.ID, v.SKU, list, true)
		}
		if in, given := one.in["file"].(object); given {
			w.picture(v, files[fileKeyOf(in)])
		}
		w.quantities(v, one.in)
		w.touch(target, v)
		kept = append(kept, v)
	}
	positions := map[*variant]int{}
	for i, one := range p.variants {
		positions[kept[i]] = i + 1
		if at, given := toInt(one.in["position"]); given {
			positions[kept[i]] = at
		}
	}
	slices.SortStableFunc(kept, func(a, b *variant) int { return positions[a] - positions[b] })
	w.variants(target, kept)
}

// quantities writes inventoryQuantities of a variant: of productSet (name, quantity) or of the bulk mutations.
func (w pen) quantities(v *variant, in object) {
	list, _ := in["inventoryQuantities"].([]any)
	for _, entry := range list {
		row := entry.(object)
		name, quantity := orElse(text(row["name"]), "available"), row["quantity"]
		if quantity == nil {
			quantity = row["availableQuantity"]
		}
		n, _ := toInt(quantity)
		w.quantity(v, text(row["locationId"]), name, n, "product")
	}
}

// quantity sets one quantity and notes it among the changes of stock.
func (w pen) quantity(v *variant, where, name string, n int, reason string) {
	now, l := w.s.opt.Now(), w.s.lookUpLocation(where)
	held := v.levels[where]
	if held == nil {
		held = &level{}
		v.levels[where] = held
	}
	l.levels, held.inactive = nil, false
	from, _ := held.named(name)
	held.Available += n - from
	held.updated = now
	if from != n {
		w.s.record.effects = append(w.s.record.effects, Effect{At: now, Call: w.call, Reason: reason, SKU: v.SKU, ItemID: v.ItemID,
			LocationID: where, Location: l.Name, Name: name, From: from, To: n})
	}
}

func joined(i int) string { return fmt.Sprint(i) }
