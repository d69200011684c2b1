package shopifytest

import (
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxVariantMedia is how many pairs productVariantAppendMedia takes.
const maxVariantMedia = 100

// appendMedia is productVariantAppendMedia: a picture of the product, that is READY, for a variant that has none yet.
// Texts and order of the checks are live (2026-04).
func (s *Server) appendMedia(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		p := s.shop.product(text(args["productId"]))
		list, _ := args["variantMedia"].([]any)
		refuse := func(errs ...any) (any, error) {
			return s.refused(x, object{"product": nil, "productVariants": nil}, errs...), nil
		}
		switch {
		case p == nil:
			return refuse(userError("Product does not exist", "PRODUCT_DOES_NOT_EXIST", "productId"))
		case len(list) > maxVariantMedia:
			return refuse(userError("Exceeded 100 variant-media pairs per mutation.", "MAXIMUM_VARIANT_MEDIA_PAIRS_EXCEEDED", "variantMedia"))
		}
		times := map[string]int{}
		for _, entry := range list {
			times[text(entry.(object)["variantId"])]++
		}
		var errs []any
		for i, entry := range list {
			in := entry.(object)
			if field, message, code := s.pairFault(p, in, times[text(in["variantId"])]); code != "" {
				errs = append(errs, userError(message, code, "variantMedia", joined(i), field))
				if code == "PRODUCT_VARIANT_SPECIFIED_MULTIPLE_TIMES" {
					break // live: told once
				}
			}
		}
		if len(errs) > 0 {
			return refuse(errs...)
		}
		w := x.pen()
		var changed []*variant
		for _, entry := range list {
			in := entry.(object)
			v := s.shop.byID[text(in["variantId"])]
			w.picture(v, s.shop.byFile[texts(in["mediaIds"])[0]])
			w.touch(p, v)
			changed = append(changed, v)
		}
		return object{"product": s.productObject(p), "productVariants": s.variantList(changed), "userErrors": []any{}}, nil
	}
}

// pairFault says what is wrong with one pair of a variant and its picture; code is "" for nothing.
func (s *Server) pairFault(p *product, in object, times int) (field, message, code string) {
	v := find(p.variants, func(v *variant) bool { return v.ID == in["variantId"] })
	ids := texts(in["mediaIds"])
	if len(ids) != 1 {
		return "mediaIds", "Only one mediaId is allowed per media input.", "TOO_MANY_MEDIA_PER_INPUT_PAIR"
	}
	f := s.shop.byFile[ids[0]]
	if f != nil {
		s.look(f)
	}
	switch {
	case times > 1:
		return "variantId", "Variant was specified in more than one media input.", "PRODUCT_VARIANT_SPECIFIED_MULTIPLE_TIMES"
	case v == nil:
		return "variantId", "Variant does not exist on the specified product.", "PRODUCT_VARIANT_DOES_NOT_EXIST_ON_PRODUCT"
	case f == nil:
		return "mediaIds", "Media does not exist.", "MEDIA_DOES_NOT_EXIST"
	case idType(f.id) != "MediaImage":
		return "mediaIds", "Non-image media cannot be attached to variants.", "INVALID_MEDIA_TYPE"
	case !slices.Contains(p.media, f):
		return "mediaIds", "Media does not exist on the specified product.", "MEDIA_DOES_NOT_EXIST_ON_PRODUCT"
	case f.status != fileReady:
		return "mediaIds", "Non-ready media cannot be attached to variants.", "NON_READY_MEDIA"
	case len(v.media) > 0:
		return "variantId", "The given variant already has attached media.", "PRODUCT_VARIANT_ALREADY_HAS_MEDIA"
	}
	return "", "", ""
}

// reorderMedia is productReorderMedia: the moves are made one after the other, each to a place counted from 0. The work
// is a job, done when the second request after it comes in.
func (s *Server) reorderMedia(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		p := s.shop.product(text(args["id"]))
		refuse := func(errs ...any) (any, error) {
			s.record.userErrors(x.req.call, errs)
			return object{"job": nil, "mediaUserErrors": errs, "userErrors": []any{}}, nil
		}
		if p == nil {
			return refuse(userError("Product does not exist", "PRODUCT_DOES_NOT_EXIST", "id"))
		}
		list, _ := args["moves"].([]any)
		var errs []any
		for i, entry := range list {
			in := entry.(object)
			if !slices.Contains(p.media, s.shop.byFile[text(in["id"])]) {
				errs = append(errs, userError("Media does not exist", "MEDIA_DOES_NOT_EXIST", "moves", joined(i), "id"))
			}
			if _, err := strconv.ParseUint(text(in["newPosition"]), 10, 64); err != nil {
				return nil, &fieldError{code: "INVALID_VARIABLE", message: "newPosition is not an UnsignedInt64"}
			}
		}
		if len(errs) > 0 {
			return refuse(errs...)
		}
		w := x.pen()
		job := s.startJob(w, func() {
			media := slices.Clone(p.media)
			for _, entry := range list {
				in := entry.(object)
				media = moved(media, s.shop.byFile[text(in["id"])], text(in["newPosition"]))
			}
			w.media(p, media)
			w.touch(p)
		})
		return object{"job": job, "mediaUserErrors": []any{}, "userErrors": []any{}}, nil
	}
}

// moved puts the file at the place, or at the end when the list is shorter.
func moved(media []*file, f *file, position string) []*file {
	from := slices.Index(media, f)
	if from < 0 {
		return media // taken off since
	}
	to, _ := strconv.Atoi(position)
	media = slices.Delete(media, from, from+1)
	return slices.Insert(media, min(to, len(media)), f)
}
