package shopify

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
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
// reads the pictures of every product.
func (s *Sink) galleries(ctx context.Context, docs []pipeline.Document, whole bool) (*shelf, error) {
	const n = needCodes | needDetail | needWhole | needMedia
	var codes, asked []string
	for _, doc := range docs {
		g, err := galleryOf(doc)
		if err != nil {
			return nil, err
		}
		asked = append(asked, g.Code)
		codes = append(codes, g.Code)
		for _, at := range dashes(g.Code) {
			codes = append(codes, g.Code[:at])
		}
	}
	if whole {
		return s.survey(ctx, n, nil)
	}
	h, err := s.survey(ctx, n, codes)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, code := range asked {
		if h.owner(code).product == nil {
			missing = append(missing, code)
			for _, at := range dashes(code) {
				missing = append(missing, code[:at])
			}
		}
	}
	return h, s.readGroups(ctx, h, n, distinct(missing))
}

// perGroups are as many groups as one call looks up.
const perGroups = 20

// readGroups looks up products by our key of groups, which a search for variants
// does not find: the file may name a group whose items it does not know.
func (s *Sink) readGroups(ctx context.Context, h *shelf, n need, codes []string) error {
	if len(codes) == 0 {
		return nil
	}
	var defined struct {
		Definitions struct {
			Nodes []json.RawMessage `json:"nodes"`
		} `json:"metafieldDefinitions"`
	}
	if _, err := s.door.Read(ctx, groupKey, nil, &defined); err != nil || len(defined.Definitions.Nodes) == 0 {
		return err // before the key is defined no product has it
	}
	found := newShelf("")
	for part := range slices.Chunk(codes, perGroups) {
		vars := map[string]any{}
		for i := range perGroups {
			vars[fmt.Sprint("v", i)] = part[min(i, len(part)-1)]
		}
		var data map[string]*product
		if _, err := s.door.Read(ctx, groupsByCode, vars, &data); err != nil {
			return err
		}
		for _, p := range data {
			if p != nil && h.products[p.ID] == nil {
				found.under(p)
			}
		}
	}
	if err := s.readWhole(ctx, found, n); err != nil {
		return err
	}
	for _, p := range found.products {
		h.under(p)
		for _, v := range p.Variants {
			h.index(v)
		}
	}
	h.settle()
	return nil
}

// index puts a variant on the shelf whose product stands there with it already.
func (h *shelf) index(v *variant) {
	p := v.Product
	v.Product = nil
	h.add(v)
	v.Product = p
}

// groupKey tells whether our key of groups is defined.
var groupKey = admin.Operation{Name: "ItemGroupKey", Cost: 8, Text: `query ItemGroupKey {
  metafieldDefinitions(first: 1, ownerType: PRODUCT, namespace: "` + ownNamespace + `", key: "` + keyItemGroup + `") { nodes { id } }
}`}

// groupsByCode looks up products by our key of groups.
var groupsByCode = func() admin.Operation {
	var vars, fields strings.Builder
	for i := range perGroups {
		fmt.Fprintf(&vars, "$v%d: String! ", i)
		fmt.Fprintf(&fields, "  g%d: productByIdentifier(identifier: {customId: {namespace: %q, key: %q, value: $v%d}}) { %s }\n",
			i, ownNamespace, keyItemGroup, i, productFields(needCodes))
	}
	return admin.Operation{Name: "GroupsByCode", Cost: 2 * perGroups, Text: "query GroupsByCode(" + strings.TrimSpace(vars.String()) + ") {\n" + fields.String() + "}"}
}()
