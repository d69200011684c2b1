package shopify

import (
	"context"
	"slices"

	"wasl/pipeline"
)

// whose is the product whose pictures a code means, and the variant where it is
// one of several.
type whose struct {
	product *product
	variant *variant
	rule    pipeline.Rule // why there is none
	with    map[string]string
}

// owner finds the product that a code means: the group's, or that of the item. A
// code that is neither may end in a variant of one, as names of files do:
// CODE-RED.
func (h *shelf) owner(code string) whose {
	found := h.byItself(code)
	if found.product != nil || found.rule == "image.ambiguous" {
		return found
	}
	for _, at := range dashes(code) {
		parent := h.byItself(code[:at])
		if parent.product == nil {
			continue
		}
		if v := parent.product.variantOf(code[at+1:]); v != nil {
			return whose{product: parent.product, variant: v}
		}
	}
	return found
}

// byItself finds the product that a code means as it stands.
func (h *shelf) byItself(code string) whose {
	group := h.groups[code]
	v, by, others := h.find(code, code, code, nil)
	facts := map[string]string{"code": code}
	switch {
	case v != nil && (group == nil || v.Product == group):
		if len(v.Product.Variants) < 2 || group != nil {
			return whose{product: v.Product}
		}
		return whose{product: v.Product, variant: v}
	case v != nil:
		facts["candidates"] = group.Handle + ", " + v.Product.Handle
		return whose{rule: "image.ambiguous", with: facts}
	case group != nil:
		return whose{product: group}
	case by == byNear:
		facts["near"] = written(others[0])
		return whose{rule: "image.near", with: facts}
	case len(others) > 0 || by != "":
		facts["candidates"] = candidates(others)
		return whose{rule: "image.ambiguous", with: facts}
	}
	return whose{rule: "image.unknown", with: facts}
}

// written is how the shop writes the code of a variant.
func written(v *variant) string {
	if v.SKU != "" {
		return v.SKU
	}
	return v.Barcode
}

// dashes are the places of the dashes in a code, the last first.
func dashes(code string) []int {
	var at []int
	for i := len(code) - 2; i > 0; i-- {
		if code[i] == '-' {
			at = append(at, i)
		}
	}
	return at
}

// variantOf is the one variant of a product that a word means: its id, its code,
// its SKU or a value of its options; nil where there is none, or several.
func (p *product) variantOf(word string) *variant {
	matches := []func(v *variant) bool{
		func(v *variant) bool { return v.ID == word },
		func(v *variant) bool { return string(v.ItemCode) == word },
		func(v *variant) bool { return v.SKU == word },
		func(v *variant) bool {
			return slices.ContainsFunc(v.Options, func(c choice) bool { return nearly(c.Value) == nearly(word) })
		},
	}
	for _, match := range matches {
		var hits []*variant
		for _, v := range p.Variants {
			if match(v) {
				hits = append(hits, v)
			}
		}
		if len(hits) == 1 {
			return hits[0]
		}
	}
	return nil
}

// variantsOf are all variants of a product that a word means: those of one colour
// in every size show the same picture.
func (p *product) variantsOf(word string) []*variant {
	if v := p.variantOf(word); v != nil {
		return []*variant{v}
	}
	var hits []*variant
	for _, v := range p.Variants {
		if slices.ContainsFunc(v.Options, func(c choice) bool { return nearly(c.Value) == nearly(word) }) {
			hits = append(hits, v)
		}
	}
	return hits
}

// galleries reads what the shop has of the items that galleries are about; whole
// reads the pictures of every product. A code may be that of a group, and its
// beginning too.
func (s *Sink) galleries(ctx context.Context, docs []pipeline.Document, whole bool) (*shelf, error) {
	n := needCodes | needDetail | needWhole | needMedia
	if whole {
		n |= needAll
	}
	codes := []string{}
	for _, doc := range docs {
		g, err := galleryOf(doc)
		if err != nil {
			return nil, err
		}
		codes = append(codes, g.Code)
		for _, at := range dashes(g.Code) {
			codes = append(codes, g.Code[:at])
		}
	}
	return s.survey(ctx, n, codes, codes...)
}
