package shopifytest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// createProduct is productCreate: a product with the first value of every option as its only variant.
func (s *Server) createProduct(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		in, given := args["product"].(object)
		if !given {
			return nil, missingArgument("productCreate", "product")
		}
		options, _ := in["productOptions"].([]any)
		errs := s.productFaults(in, nil, "PRODUCT")
		if len(options) > maxOptions {
			errs = append(errs, plainError("Options over limit.", "input", "productOptions"))
		}
		errs = append(errs, s.mediaFaults(args["media"])...)
		if len(errs) > 0 {
			return s.refused(x, object{"product": nil, "shop": s.shopObject()}, errs...), nil
		}
		w, st := x.pen(), s.shop
		p := st.newProduct(Product{Title: text(in["title"]), Handle: slug(text(in["handle"]))})
		w.note("product", p.id, p.handle, "created", "", p.title)
		var first []string
		for _, entry := range options {
			o := entry.(object)
			values := []string{}
			list, _ := o["values"].([]any)
			for _, value := range list {
				values = append(values, text(value.(object)["name"]))
			}
			if len(values) == 0 {
				values = []string{"Default"}
			}
			p.options = append(p.options, st.newOption(text(o["name"]), values...))
			first = append(first, values[0])
		}
		if len(first) == 0 {
			first = []string{"Default Title"}
		}
		v := st.newVariant(p, Variant{Options: first, Price: "0.00", Untracked: true})
		p.variants = []*variant{v}
		w.note("variant", v.ID, v.SKU, "created", "", v.title())
		w.updateProduct(p, in, args["media"])
		return object{"product": s.productObject(p), "shop": s.shopObject(), "userErrors": []any{}}, nil
	}
}

// updateProduct is productUpdate: the fields that are there, pictures put after those there are.
func (s *Server) updateProduct(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		in, given := args["product"].(object)
		if !given {
			return nil, missingArgument("productUpdate", "product")
		}
		p := s.shop.product(text(in["id"]))
		if identifier, given := args["identifier"].(object); given {
			found, err := s.byIdentifier("PRODUCT")(map[string]any{"identifier": identifier})
			if err != nil {
				return nil, err
			}
			held, _ := found.(object)
			p = s.shop.product(text(held["id"]))
		}
		if p == nil {
			return s.refused(x, object{"product": nil}, plainError("Product does not exist", "id")), nil
		}
		errs := append(s.productFaults(in, p, "PRODUCT"), s.mediaFaults(args["media"])...)
		if media, _ := args["media"].([]any); len(p.media)+len(media) > maxMedia {
			errs = append(errs, plainError("Exceeded the limit of media per product.", "media"))
		}
		if len(errs) > 0 {
			return s.refused(x, object{"product": s.productObject(p)}, errs...), nil
		}
		x.pen().updateProduct(p, in, args["media"])
		return object{"product": s.productObject(p), "userErrors": []any{}}, nil
	}
}

func missingArgument(mutation, argument string) error {
	return &fieldError{code: "missingRequiredArguments", message: "Field '" + mutation + "' is missing required arguments: " + argument}
}

// updateProduct writes a ProductCreateInput or ProductUpdateInput that was checked.
func (w pen) updateProduct(p *product, in object, media any) {
	w.productFields(p, in)
	if list, given := in["metafields"].([]any); given {
		w.metafields("product", p.id, p.handle, list, false)
	}
	files := slices.Clone(p.media)
	list, _ := media.([]any)
	for _, entry := range list {
		files = append(files, w.s.newFile(w, entry.(object)))
	}
	w.media(p, files)
	for _, id := range texts(in["collectionsToJoin"]) {
		w.join(p, w.s.shop.collection(id))
	}
	for _, id := range texts(in["collectionsToLeave"]) {
		w.leave(p, w.s.shop.collection(id))
	}
	w.touch(p)
}

// productFaults looks at the input of productCreate and productUpdate; held is nil for a new product.
func (s *Server) productFaults(in object, held *product, ownerType string) (errs []any) {
	title, given := in["title"]
	if (held == nil || given) && strings.TrimSpace(text(title)) == "" {
		errs = append(errs, plainError("Title can't be blank", "title"))
	}
	if len([]rune(text(title))) > 255 {
		errs = append(errs, plainError("Title is too long (maximum is 255 characters)", "title"))
	}
	if handle := text(in["handle"]); handle != "" {
		if other := s.shop.handled(handle); other != nil && other != held {
			errs = append(errs, plainError(fmt.Sprintf("Handle '%s' already in use. Please provide a new handle.", handle), "input", "handle"))
		}
	}
	owner := ""
	if held != nil {
		owner = held.id
	}
	errs = append(errs, s.metafieldFaults(ownerType, owner, in, []string{"metafields"}, nil)...)
	for _, field := range []string{"collectionsToJoin", "collectionsToLeave"} {
		for i, id := range texts(in[field]) {
			if s.shop.collection(id) == nil {
				errs = append(errs, plainError("Collection does not exist", "input", field, joined(i)))
			}
		}
	}
	return errs
}

// metafieldFaults looks at the metafields of an input; the code is null, or what code makes of the fault.
func (s *Server) metafieldFaults(ownerType, owner string, in object, at []string, code func(string) string) (errs []any) {
	list, _ := in["metafields"].([]any)
	for i, entry := range list {
		field, message, fault := s.metafieldFault(ownerType, owner, entry.(object))
		if fault == "" {
			continue
		}
		e := plainError(message, append(slices.Clone(at), joined(i), field)...)
		if code != nil {
			e["code"] = code(fault)
		}
		errs = append(errs, e)
	}
	return errs
}

// mediaFaults looks at a list of CreateMediaInput.
func (s *Server) mediaFaults(media any) (errs []any) {
	list, _ := media.([]any)
	for i, entry := range list {
		in := entry.(object)
		if message := s.badSource(text(in["originalSource"])); message != "" {
			errs = append(errs, plainError(message, "media", joined(i), "originalSource"))
		}
	}
	return errs
}

// deleteProduct is productDelete, done at once.
func (s *Server) deleteProduct(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		id := text(args["input"].(object)["id"])
		p := s.shop.product(id)
		payload := object{"deletedProductId": nil, "productDeleteOperation": nil, "shop": s.shopObject()}
		if args["synchronous"] == false {
			return nil, notServed("productDelete with synchronous false")
		}
		if p == nil {
			return s.refused(x, payload, plainError("Product does not exist", "id")), nil
		}
		x.pen().note("product", p.id, p.handle, "deleted", p.handle, "")
		s.shop.dropProduct(p)
		payload["deletedProductId"], payload["userErrors"] = id, []any{}
		return payload, nil
	}
}
