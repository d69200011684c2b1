package shopifytest

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Keys of what a search needs and nobody can select.
const (
	variantsKey = "\x00variants"
	productKey  = "\x00product"
	fileKey     = "\x00file"
)

func legacyID(id string) string { return strconv.Itoa(idNumber(id)) }

func counted(n func() int) resolver {
	return func(map[string]any) (any, error) { return count(n()), nil }
}

func (s *Server) allProducts() connection {
	st := s.shop
	if st.ofProducts == nil {
		st.ofProducts = nodesOf(st.products, (*product).productID, s.productObject)
	}
	return connection{nodes: st.ofProducts, match: matchProduct, index: st.productsWith, owner: "PRODUCT", sorts: productSorts}
}

func (s *Server) allVariants() connection {
	st := s.shop
	if st.ofVariants == nil {
		st.ofVariants = nodesOf(st.variants, (*variant).variantID, s.variantObject)
	}
	return connection{nodes: st.ofVariants, match: matchVariant, index: st.variantsWith, owner: "PRODUCTVARIANT", sorts: variantSorts}
}

func (s *Server) allCollections() connection {
	nodes := nodesOf(s.shop.collections, func(c *collection) string { return c.id }, s.collectionObject)
	return connection{nodes: nodes, match: matchCollection, owner: "COLLECTION", sorts: map[string]string{"TITLE": "title"}}
}

func (s *Server) allFiles() connection {
	open := func(f *file) object {
		o := s.fileObject(f)
		o[fileKey] = f.name
		return o
	}
	return connection{nodes: nodesOf(s.shop.files, fileID, open), match: matchFile}
}

// byIdentifier reads a product, variant or collection by id, handle or customId: null when there is none.
func (s *Server) byIdentifier(owner string) resolver {
	return func(args map[string]any) (any, error) {
		identifier := args["identifier"].(object)
		if custom, given := identifier["customId"].(object); given {
			id, err := s.customID(owner, custom)
			if err != nil {
				return nil, err
			}
			return orNil(s.lookUp(id)), nil
		}
		if handle := text(identifier["handle"]); handle != "" {
			if p := s.shop.handled(handle); p != nil && owner == "PRODUCT" {
				return s.productObject(p), nil
			}
			if c := s.shop.collectionHandled(handle); c != nil && owner == "COLLECTION" {
				return s.collectionObject(c), nil
			}
			return nil, nil
		}
		id := text(identifier["id"])
		if ownerTypes[idType(id)] != owner {
			return nil, invalidID(id)
		}
		return orNil(s.lookUp(id)), nil
	}
}

// customID gives the id of the owner with the value, "" for none. Without a definition of type id it fails (live).
func (s *Server) customID(owner string, in object) (string, error) {
	namespace, key := orElse(text(in["namespace"]), "$app"), text(in["key"])
	d := s.definition(owner, namespace, key)
	if d == nil || text(d["type"].(object)["name"]) != "id" {
		return "", &fieldError{code: "NOT_FOUND", message: "Metafield definition of type 'id' is required when using custom ids."}
	}
	return s.shop.ownerOf(owner, namespace+"."+key, text(in["value"])), nil
}

func (s *Server) productObject(p *product) object {
	total := 0
	for _, v := range p.variants {
		total += v.total()
	}
	var published any
	if at, there := p.published[s.shop.publications[0].id]; there && p.status == "ACTIVE" {
		published = timestamp(at)
	}
	tracks := slices.ContainsFunc(p.variants, func(v *variant) bool { return !v.Untracked })
	return s.publishable(s.owned(p.id, object{
		variantsKey:  p.variants,
		"__typename": "Product", "id": p.id, "legacyResourceId": legacyID(p.id), "title": p.title,
		"handle": p.handle, "status": p.status, "vendor": p.vendor, "productType": p.kind, "templateSuffix": orNull(p.suffix),
		"description": plainText(p.descriptionHTML), "descriptionHtml": p.descriptionHTML, "tracksInventory": tracks,
		"totalInventory": total, "createdAt": timestamp(p.created), "updatedAt": timestamp(p.updated), "publishedAt": published,
		"tags": tagList(s.shop.tags[p.id]), "isGiftCard": false, "hasOnlyDefaultVariant": p.isStandalone(),
		"seo": object{"__typename": "SEO", "title": orNull(p.seoTitle), "description": orNull(p.seoDescription)},
		"options": resolver(func(args map[string]any) (any, error) {
			out := []any{}
			for i, o := range p.options {
				if n, limited := toInt(args["first"]); !limited || i < n {
					out = append(out, optionObject(p, i, o))
				}
			}
			return out, nil
		}),
		"variants": resolver(func(map[string]any) (any, error) {
			return connection{nodes: listed(p.variants, (*variant).variantID, s.variantObject)}, nil
		}),
		"variantsCount": counted(func() int { return len(p.variants) }),
		"media":         lazy(func() connection { return s.mediaConnection(p.media) }),
		"mediaCount":    counted(func() int { return len(p.media) }),
		"featuredMedia": resolver(func(map[string]any) (any, error) {
			if len(p.media) == 0 {
				return nil, nil
			}
			return s.fileObject(p.media[0]), nil
		}),
		"collections": lazy(func() connection {
			in := slices.DeleteFunc(slices.Clone(s.shop.collections), func(c *collection) bool {
				return !slices.Contains(s.shop.members(c), p)
			})
			return connection{nodes: nodesOf(in, func(c *collection) string { return c.id }, s.collectionObject)}
		}),
		"inCollection": resolver(func(args map[string]any) (any, error) {
			c := s.shop.collection(text(args["id"]))
			return c != nil && slices.Contains(s.shop.members(c), p), nil
		}),
	}), p.published)
}

func optionObject(p *product, i int, o *option) object {
	used := func(value *optionValue) bool {
		return slices.ContainsFunc(p.variants, func(v *variant) bool { return slices.Contains(v.values, value) })
	}
	values, names := []any{}, []any{}
	for _, value := range o.values {
		values = append(values, valueObject(value, used(value)))
		if used(value) {
			names = append(names, value.name)
		}
	}
	return object{"__typename": "ProductOption", "id": o.id, "name": o.name, "position": i + 1, "optionValues": values, "values": names}
}

func valueObject(value *optionValue, used bool) object {
	return object{"__typename": "ProductOptionValue", "id": value.id, "name": value.name, "hasVariants": used, "linkedMetafieldValue": nil}
}

var htmlTag = regexp.MustCompile(`<[^>]*>`)

func plainText(html string) string { return strings.TrimSpace(htmlTag.ReplaceAllString(html, " ")) }

func tagList(tags []string) []any {
	out := []any{}
	for _, tag := range tags {
		out = append(out, tag)
	}
	return out
}

func (s *Server) variantObject(v *variant) object {
	name := v.product.title
	if v.Title != "Default Title" {
		name += " - " + v.Title
	}
	selected := []any{}
	for i, value := range v.values {
		selected = append(selected, object{"name": v.product.options[i].name, "value": value.name, "optionValue": valueObject(value, true)})
	}
	return s.owned(v.ID, object{
		productKey:   v.product,
		"__typename": "ProductVariant", "id": v.ID, "legacyResourceId": legacyID(v.ID), "title": v.Title,
		"displayName": name, "sku": orNull(v.SKU), "barcode": orNull(v.Barcode), "price": v.Price,
		"compareAtPrice": orNull(v.CompareAtPrice), "position": slices.Index(v.product.variants, v) + 1,
		"inventoryPolicy": v.Policy, "inventoryQuantity": v.total(), "taxable": !v.Untaxed, "requiresComponents": v.Bundle,
		"availableForSale": v.total() > 0 || v.Policy == "CONTINUE" || v.Untracked,
		"createdAt":        timestamp(v.created), "updatedAt": timestamp(v.updated), "selectedOptions": selected,
		"product":       resolver(func(map[string]any) (any, error) { return s.productObject(v.product), nil }),
		"inventoryItem": resolver(func(map[string]any) (any, error) { return s.itemObject(v), nil }),
		"media":         lazy(func() connection { return s.mediaConnection(v.media) }),
	})
}

// weightObject reads "250 GRAMS".
func weightObject(weight string) any {
	value, unit, ok := strings.Cut(weight, " ")
	amount, err := strconv.ParseFloat(value, 64)
	if !ok || err != nil {
		return nil
	}
	return object{"__typename": "Weight", "value": amount, "unit": unit}
}
