package shopifytest

import (
	"slices"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// discountError is a DiscountUserError.
func discountError(message string, code any, path ...string) object {
	e := userError(message, "", path...)
	e["code"], e["extraInfo"] = code, nil
	return e
}

func (s *Server) refuseDiscount(x *execution, payload string, errs []any) (any, error) {
	s.record.userErrors(x.req.call, errs)
	return object{payload: nil, "userErrors": errs}, nil
}

// createDiscount is the create mutation of a kind. Nothing keeps two discounts from having one title: who asks twice
// has two.
func (s *Server) createDiscount(x *execution, kind discountKind) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		in := args[kind.argument].(object)
		s.noteSelection(x, in)
		if errs := s.checkDiscount(kind, in, nil); len(errs) > 0 {
			return s.refuseDiscount(x, kind.payload, errs)
		}
		d := &discount{kind: kind, number: idNumber(s.shop.newID(kind.node)), created: s.opt.Now()}
		s.applyDiscount(d, in)
		s.pricing.discounts = append(s.pricing.discounts, d)
		x.pen().note("discount", d.id(), d.title, "created", "", d.title)
		return object{kind.payload: s.discountNode(d, kind.node), "userErrors": []any{}}, nil
	}
}

// updateDiscount is the update mutation of a kind: what is not sent stays as it is.
func (s *Server) updateDiscount(x *execution, kind discountKind) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		in := args[kind.argument].(object)
		s.noteSelection(x, in)
		d := s.discount(text(args["id"]))
		if d == nil || d.kind != kind {
			return s.refuseDiscount(x, kind.payload, []any{discountError("Discount does not exist", "INVALID", "id")})
		}
		if _, given := in["code"]; given && len(d.codes) > 1 {
			return s.refuseDiscount(x, kind.payload, []any{discountError("Cannot update the code of a bulk discount.", nil, "id")})
		}
		if errs := s.checkDiscount(kind, in, d); len(errs) > 0 {
			return s.refuseDiscount(x, kind.payload, errs)
		}
		before := s.discountText(d)
		s.applyDiscount(d, in)
		x.pen().note("discount", d.id(), d.title, "updated", before, s.discountText(d))
		return object{kind.payload: s.discountNode(d, kind.node), "userErrors": []any{}}, nil
	}
}

// noteSelection finds the deprecated field customerSelection, which validation of variables lets through.
func (s *Server) noteSelection(x *execution, in object) {
	if _, given := in["customerSelection"]; given {
		s.record.noteDeprecated(x.req.call, "DiscountCodeBasicInput.customerSelection")
	}
}

// discountText is what can change in a discount, as text.
func (s *Server) discountText(d *discount) string {
	parts := []string{d.title, timestamp(d.starts), timestamp(d.ends), valueText(d.gets.value)}
	parts = append(parts, slices.Concat(d.gets.products, d.gets.variants, d.gets.collections)...)
	for _, c := range d.codes {
		parts = append(parts, c.code)
	}
	return strings.Join(append(parts, quoted(d.usage)), " | ")
}

// applyDiscount writes an input that was checked.
func (s *Server) applyDiscount(d *discount, in object) {
	d.updated = s.opt.Now()
	if v, given := in["title"]; given {
		d.title = text(v)
	}
	if v, given := in["startsAt"]; given {
		d.starts, _ = time.Parse(time.RFC3339, text(v))
	}
	if v, given := in["endsAt"]; given {
		d.ends, _ = time.Parse(time.RFC3339, text(v)) // null: never
	}
	if v, given := in["code"]; given {
		d.codes = []redeemCode{{s.shop.newID("DiscountRedeemCode"), text(v)}}
	}
	if v, given := in["tags"]; given {
		d.tags, _ = v.([]any)
	}
	if v, given := in["usageLimit"]; given {
		d.usage = v
	}
	if v, given := in["usesPerOrderLimit"]; given {
		d.perOrder = v
	}
	if v, given := in["appliesOncePerCustomer"]; given {
		d.once = v == true
	}
	for name, at := range map[string]*object{"minimumRequirement": &d.minimum, "context": &d.context, "combinesWith": &d.combines} {
		if v, given := in[name]; given {
			*at, _ = v.(object)
		}
	}
	for name, at := range map[string]*selection{"customerGets": &d.gets, "customerBuys": &d.buys} {
		if v, given := in[name].(object); given {
			at.apply(v)
		}
	}
}

// apply adds and removes items; a value replaces.
func (sel *selection) apply(in object) {
	if v, given := in["value"].(object); given {
		sel.value = v
	}
	items, given := in["items"].(object)
	if !given {
		return
	}
	if items["all"] == true {
		*sel = selection{all: true, value: sel.value}
		return
	}
	products, _ := items["products"].(object)
	collections, _ := items["collections"].(object)
	sel.all = false
	sel.products = edited(sel.products, products["productsToAdd"], products["productsToRemove"])
	sel.variants = edited(sel.variants, products["productVariantsToAdd"], products["productVariantsToRemove"])
	sel.collections = edited(sel.collections, collections["add"], collections["remove"])
}

func edited(have []string, add, remove any) []string {
	out := slices.Clone(have)
	for _, id := range texts(add) {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	gone := texts(remove)
	return slices.DeleteFunc(out, func(id string) bool { return slices.Contains(gone, id) })
}

// switchDiscount starts or ends a discount at once.
func (s *Server) switchDiscount(x *execution, payload string, on bool) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		d := s.discount(text(args["id"]))
		if d == nil || d.kind.payload != payload {
			return s.refuseDiscount(x, payload, []any{discountError("Discount does not exist.", "INVALID", "id")})
		}
		before, now := s.discountStatus(d), s.opt.Now()
		switch {
		case on && before != "ACTIVE":
			d.starts, d.ends, d.updated = now, time.Time{}, now
		case !on && before != "EXPIRED":
			d.ends, d.updated = now, now
			if d.starts.After(now) {
				d.starts = now
			}
		}
		x.pen().note("discount", d.id(), d.title, "status", before, s.discountStatus(d))
		return object{payload: s.discountNode(d, d.kind.node), "userErrors": []any{}}, nil
	}
}
