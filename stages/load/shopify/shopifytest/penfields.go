package shopifytest

import (
	"slices"
	"strconv"
	"strings"
)

// productFields writes the plain fields of a ProductSetInput, ProductCreateInput or ProductUpdateInput: those that are
// there, null empties.
func (w pen) productFields(p *product, in object) {
	for _, one := range []struct {
		name string
		at   *string
	}{
		{"title", &p.title}, {"descriptionHtml", &p.descriptionHTML}, {"vendor", &p.vendor}, {"productType", &p.kind},
		{"templateSuffix", &p.suffix}, {"status", &p.status},
	} {
		if value, given := in[one.name]; given && (value != nil || one.name != "status" && one.name != "title") {
			w.product(p, one.name, one.at, text(value))
		}
	}
	if seo, given := in["seo"].(object); given {
		for name, at := range map[string]*string{"title": &p.seoTitle, "description": &p.seoDescription} {
			if value, given := seo[name]; given {
				w.product(p, "seo."+name, at, text(value))
			}
		}
	}
	if tags, given := in["tags"]; given {
		w.tags(p, texts(tags))
	}
	if handle := slug(text(in["handle"])); handle != "" && handle != p.handle {
		w.note("product", p.id, p.handle, "handle", p.handle, handle)
		w.s.shop.setHandle(p, handle)
	}
}

func texts(list any) []string {
	values, _ := list.([]any)
	out := []string{}
	for _, v := range values {
		out = append(out, text(v))
	}
	return out
}

func (w pen) tags(p *product, tags []string) {
	tags = tidyTags(tags)
	w.note("product", p.id, p.handle, "tags", strings.Join(w.s.shop.tags[p.id], ", "), strings.Join(tags, ", "))
	w.s.shop.tags[p.id] = tags
}

// variantFields writes the fields of a ProductVariantSetInput or ProductVariantsBulkInput that are there. The SKU may
// stand in the input or in its inventoryItem.
func (w pen) variantFields(v *variant, in object) {
	if price, given := in["price"]; given && price != nil {
		w.variant(v, "price", &v.Price, twoPlaces(moneyText(price)))
	}
	if price, given := in["compareAtPrice"]; given {
		w.variant(v, "compareAtPrice", &v.CompareAtPrice, twoPlaces(moneyText(price)))
	}
	if barcode, given := in["barcode"]; given {
		w.variant(v, "barcode", &v.Barcode, text(barcode))
	}
	if sku, given := in["sku"]; given {
		w.variant(v, "sku", &v.SKU, text(sku))
	}
	if taxable, given := in["taxable"].(bool); given {
		w.flag(v, "untaxed", &v.Untaxed, !taxable)
	}
	if policy := text(in["inventoryPolicy"]); policy != "" {
		w.variant(v, "inventoryPolicy", &v.Policy, policy)
	}
	if item, given := in["inventoryItem"].(object); given {
		w.itemFields(v, item)
	}
}

// itemFields writes the fields of an InventoryItemInput that are there; null empties.
func (w pen) itemFields(v *variant, in object) {
	for _, one := range []struct {
		name, noted string
		at          *string
	}{
		{"sku", "sku", &v.SKU}, {"cost", "unitCost", &v.Cost}, {"harmonizedSystemCode", "harmonizedSystemCode", &v.HSCode},
		{"countryCodeOfOrigin", "countryCodeOfOrigin", &v.Origin},
	} {
		if value, given := in[one.name]; given {
			w.variant(v, one.noted, one.at, costOrText(one.name, moneyText(value)))
		}
	}
	if tracked, given := in["tracked"].(bool); given {
		w.flag(v, "untracked", &v.Untracked, !tracked)
	}
	if ships, given := in["requiresShipping"].(bool); given {
		w.flag(v, "noShipping", &v.NoShipping, !ships)
	}
	measurement, _ := in["measurement"].(object)
	if weight, given := measurement["weight"].(object); given {
		w.variant(v, "weight", &v.Weight, floatText(weight["value"])+" "+text(weight["unit"]))
	}
}

func costOrText(name, value string) string {
	if name == "cost" {
		return twoPlaces(value)
	}
	return value
}

// floatText writes a Float that came from a variable or from the document.
func floatText(v any) string {
	switch n := v.(type) {
	case float64:
		return strconv.FormatFloat(n, 'f', -1, 64)
	case int64:
		return strconv.FormatInt(n, 10)
	}
	return "0"
}

// values puts the variant on other option values.
func (w pen) values(v *variant, values []*optionValue) {
	w.note("variant", v.ID, v.SKU, "optionValues", v.title(), titleOf(values))
	v.values = values
	v.Title = v.title()
}

// variants makes the variants of the product those given, in this order; those left out are deleted with their stock.
func (w pen) variants(p *product, kept []*variant) {
	keep := map[*variant]bool{}
	for _, v := range kept {
		keep[v] = true
	}
	for _, v := range p.variants {
		if !keep[v] {
			w.note("variant", v.ID, v.SKU, "deleted", v.title(), "")
			w.s.shop.dropVariant(v)
		}
	}
	p.variants = kept
}

// media makes the pictures of the product those given, in this order. One taken off goes off the variants too.
func (w pen) media(p *product, media []*file) {
	w.note("product", p.id, p.handle, "media", fileIDs(p.media), fileIDs(media))
	for _, f := range slices.Clone(p.media) {
		if !slices.Contains(media, f) {
			p.detach(f)
		}
	}
	p.media = media
}

func fileIDs(files []*file) string {
	var ids []string
	for _, f := range files {
		ids = append(ids, f.id)
	}
	return strings.Join(ids, " ")
}

// picture gives the variant a picture, nil takes it away.
func (w pen) picture(v *variant, f *file) {
	var media []*file
	if f != nil {
		media = []*file{f}
	}
	w.note("variant", v.ID, v.SKU, "media", fileIDs(v.media), fileIDs(media))
	v.media = media
}

// metafields writes a list of MetafieldInput that was checked. With replace, those that it does not name are deleted.
func (w pen) metafields(kind, owner, name string, list []any, replace bool) {
	st, named := w.s.shop, map[string]bool{}
	for _, entry := range list {
		in := entry.(object)
		key := orElse(text(in["namespace"]), "$app") + "." + text(in["key"])
		named[key] = true
		w.note(kind, owner, name, "metafield "+key, text(st.metafields[owner][key]["value"]), text(in["value"]))
		w.s.writeMetafield(object{"ownerId": owner, "namespace": in["namespace"], "key": in["key"], "type": in["type"], "value": in["value"]})
	}
	for _, key := range sortedKeys(st.metafields[owner]) {
		if replace && !named[key] {
			w.note(kind, owner, name, "metafield "+key, text(st.metafields[owner][key]["value"]), "")
			delete(st.metafields[owner], key)
		}
	}
}

// noteMetafield notes what metafieldsSet is about to write, and moves updatedAt of goods.
func (w pen) noteMetafield(in object) {
	st, owner := w.s.shop, text(in["ownerId"])
	key := orElse(text(in["namespace"]), "$app") + "." + text(in["key"])
	kind, name := strings.ToLower(idType(owner)), owner
	if p := st.product(owner); p != nil {
		name = p.handle
		w.touch(p)
	}
	if v := st.byID[owner]; v != nil {
		kind, name = "variant", v.SKU
		w.touch(v.product, v)
	}
	if t := w.s.orders.named(owner); t != nil {
		name = t.versions[0].spec.Name
		_ = w.s.tell(t, Step{Do: "touch"}) // cannot be refused
	}
	w.note(kind, owner, name, "metafield "+key, text(st.metafields[owner][key]["value"]), text(in["value"]))
}

// metafieldValues makes the metafields those given, by a person's hand.
func (w pen) metafieldValues(owner, name string, to map[string]string) {
	st := w.s.shop
	kind := map[string]string{"Product": "product", "ProductVariant": "variant"}[idType(owner)]
	have := st.metafieldValues(owner)
	for _, key := range sortedKeys(to) {
		if have[key] != to[key] {
			w.note(kind, owner, name, "metafield "+key, have[key], to[key])
			st.putMetafield(owner, key, to[key])
		}
	}
	for _, key := range sortedKeys(have) {
		if _, stays := to[key]; !stays {
			w.note(kind, owner, name, "metafield "+key, have[key], "")
			delete(st.metafields[owner], key)
		}
	}
}
