package shopifytest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Product is a product as a test gives it, reads it and edits it. Ids are made when empty.
type Product struct {
	ID, Title, Handle string
	Status            string // ACTIVE when empty
	DescriptionHTML   string
	Vendor            string // name of the shop when empty
	Type              string
	Tags              []string
	Options           []Option          // "Title" when nil
	Variants          []Variant         // one without a SKU when nil
	Media             []Picture         // in their order
	Published         []string          // publications by id or title; nil is the Online Store, empty is none
	Metafields        map[string]string // "namespace.key" -> value
	UpdatedAt         string            // not set
}

// Option is an option of a product with its values in order.
type Option struct {
	Name   string
	Values []string
}

// Picture is a file on a product. With an Id it is one of Files, without one it is made, and READY.
type Picture struct{ ID, Source, Name, Alt, Status string }

// AddProduct puts a product on sale, as a person in the admin does, and returns it with its ids.
func (s *Server) AddProduct(in Product) Product {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addProduct(in)
}

func (s *Server) addProduct(in Product) Product {
	st := s.shop
	p := st.newProduct(in)
	for _, o := range in.Options {
		p.options = append(p.options, st.newOption(o.Name, o.Values...))
	}
	variants := in.Variants
	if variants == nil {
		variants = []Variant{{}}
	}
	for _, v := range variants {
		p.variants = append(p.variants, st.newVariant(p, withOptions(v)))
	}
	if in.Published == nil {
		in.Published = []string{st.publications[0].id}
	}
	s.applyMedia(p, in.Media)
	s.applyPublished(p, in.Published)
	for _, name := range sortedKeys(in.Metafields) {
		st.putMetafield(p.id, name, in.Metafields[name])
	}
	return s.productView(p)
}

func withOptions(v Variant) Variant {
	if v.Options == nil {
		v.Options = []string{orElse(v.Title, "Default Title")}
	}
	return v
}

// Fill adds so many products, each with so many variants: handles "item-00001", SKUs "SKU-00001-1", barcodes, 100.00,
// with 10 available at the first location.
func (s *Server) Fill(products, variantsEach int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	where := s.shop.locations[0].ID
	for i := 1; i <= products; i++ {
		in := Product{Title: fmt.Sprintf("Item %05d", i), Handle: fmt.Sprintf("item-%05d", i), Options: []Option{{Name: "Size"}}}
		for j := 1; j <= variantsEach; j++ {
			in.Variants = append(in.Variants, Variant{SKU: fmt.Sprintf("SKU-%05d-%d", i, j), Barcode: fmt.Sprintf("622%07d%03d", i, j),
				Options: []string{fmt.Sprintf("S%d", j)}, Stock: map[string]Levels{where: {Available: 10}}})
		}
		s.addProduct(in)
	}
}

// Products are all products of now, in the order in which they were made.
func (s *Server) Products() []Product {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Product{}
	for _, p := range s.shop.products {
		out = append(out, s.productView(p))
	}
	return out
}

// Product is the product of now with the id or handle.
func (s *Server) Product(idOrHandle string) (Product, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.shop.productNamed(idOrHandle)
	if p == nil {
		return Product{}, false
	}
	return s.productView(p), true
}

// Variant is the first variant of now with the id or SKU.
func (s *Server) Variant(idOrSKU string) (Variant, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.shop.variants {
		if v.ID == idOrSKU || v.SKU == idOrSKU {
			return s.variantView(v), true
		}
	}
	return Variant{}, false
}

func (st *store) productNamed(idOrHandle string) *product {
	if p := st.product(idOrHandle); p != nil {
		return p
	}
	return st.handled(idOrHandle)
}

func (s *Server) productView(p *product) Product {
	out := Product{ID: p.id, Title: p.title, Handle: p.handle, Status: p.status, DescriptionHTML: p.descriptionHTML,
		Vendor: p.vendor, Type: p.kind, Tags: slices.Clone(s.shop.tags[p.id]), Published: []string{},
		Metafields: s.shop.metafieldValues(p.id), UpdatedAt: timestamp(p.updated)}
	for _, o := range p.options {
		option := Option{Name: o.name}
		for _, value := range o.values {
			option.Values = append(option.Values, value.name)
		}
		out.Options = append(out.Options, option)
	}
	for _, v := range p.variants {
		out.Variants = append(out.Variants, s.variantView(v))
	}
	for _, f := range p.media {
		out.Media = append(out.Media, Picture{ID: f.id, Source: f.source, Name: f.name, Alt: f.alt, Status: f.status})
	}
	for _, one := range s.shop.publications {
		if _, there := p.published[one.id]; there {
			out.Published = append(out.Published, one.id)
		}
	}
	return out
}

func (s *Server) variantView(v *variant) Variant {
	out := v.Variant
	out.Product, out.Status = v.product.title, v.product.status
	out.Options, out.Picture, out.Stock = nil, "", map[string]Levels{}
	for _, value := range v.values {
		out.Options = append(out.Options, value.name)
	}
	if len(v.media) > 0 {
		out.Picture = v.media[0].id
	}
	for where, l := range v.levels {
		if !l.inactive {
			out.Stock[where] = l.Levels
		}
	}
	out.Metafields = s.shop.metafieldValues(v.ID)
	return out
}

// applyMedia makes the pictures of a product those given.
func (s *Server) applyMedia(p *product, pictures []Picture) {
	w := s.merchant()
	var media []*file
	for _, one := range pictures {
		f := s.shop.byFile[one.ID]
		if f == nil {
			f = s.newFile(w, object{"originalSource": orElse(one.Source, "https://example.com/"+orElse(one.Name, "picture.jpg")),
				"filename": one.Name, "alt": one.Alt})
			f.status = orElse(one.Status, fileReady)
		}
		f.alt = one.Alt
		media = append(media, f)
	}
	w.media(p, media)
}

func (s *Server) applyPublished(p *product, names []string) {
	for _, one := range s.shop.publications {
		on := slices.Contains(names, one.id) || slices.Contains(names, one.title)
		if _, was := p.published[one.id]; was != on {
			s.merchant().show(p.id, one.id, s.opt.Now(), on)
		}
	}
}

// DeleteProduct removes a product, given by id or handle, as a person in the admin may.
func (s *Server) DeleteProduct(idOrHandle string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.shop.productNamed(idOrHandle); p != nil {
		s.merchant().note("product", p.id, p.handle, "deleted", p.handle, "")
		s.shop.dropProduct(p)
	}
}

// EditProduct changes the shop behind the client's back, as a person in the admin does: edit gets the product of now and
// changes what it likes: fields, variants (one without an ID is added, one taken out of the list is deleted), pictures,
// publications. Stock is left alone: see Sell.
func (s *Server) EditProduct(idOrHandle string, edit func(*Product)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.shop.productNamed(idOrHandle)
	if p == nil {
		return fmt.Errorf("shopifytest: no product %q", idOrHandle)
	}
	view := s.productView(p)
	edit(&view)
	s.rewrite(p, view)
	return nil
}

// EditVariant does the same for the first variant with the id or SKU.
func (s *Server) EditVariant(idOrSKU string, edit func(*Variant)) error {
	v, found := s.Variant(idOrSKU)
	if !found {
		return fmt.Errorf("shopifytest: no variant %q", idOrSKU)
	}
	return s.EditProduct(v.ProductID, func(p *Product) {
		edit(&p.Variants[slices.IndexFunc(p.Variants, func(o Variant) bool { return o.ID == v.ID })])
	})
}

func (s *Server) rewrite(p *product, to Product) {
	w, st := s.merchant(), s.shop
	w.product(p, "title", &p.title, to.Title)
	w.product(p, "status", &p.status, to.Status)
	w.product(p, "descriptionHtml", &p.descriptionHTML, to.DescriptionHTML)
	w.product(p, "vendor", &p.vendor, to.Vendor)
	w.product(p, "productType", &p.kind, to.Type)
	if handle := slug(to.Handle); handle != p.handle {
		handle = st.freeHandle(handle)
		w.note("product", p.id, p.handle, "handle", p.handle, handle)
		st.setHandle(p, handle)
	}
	w.tags(p, to.Tags)
	var kept []*variant
	for _, view := range to.Variants {
		v := st.byID[view.ID]
		if v == nil {
			v = st.newVariant(p, withOptions(view))
			w.note("variant", v.ID, v.SKU, "created", "", titleOf(v.values))
		} else {
			s.rewriteVariant(w, v, view)
		}
		kept = append(kept, v)
	}
	w.variants(p, kept)
	s.applyMedia(p, to.Media)
	s.applyPublished(p, to.Published)
	w.metafieldValues(p.id, p.handle, to.Metafields)
	w.touch(p)
}

func (s *Server) rewriteVariant(w pen, v *variant, to Variant) {
	before := s.variantView(v)
	w.variant(v, "sku", &v.SKU, to.SKU)
	w.variant(v, "barcode", &v.Barcode, to.Barcode)
	w.variant(v, "price", &v.Price, twoPlaces(to.Price))
	w.variant(v, "compareAtPrice", &v.CompareAtPrice, twoPlaces(to.CompareAtPrice))
	w.variant(v, "inventoryPolicy", &v.Policy, to.Policy)
	w.variant(v, "unitCost", &v.Cost, to.Cost)
	w.variant(v, "harmonizedSystemCode", &v.HSCode, to.HSCode)
	w.variant(v, "countryCodeOfOrigin", &v.Origin, to.Origin)
	w.variant(v, "weight", &v.Weight, to.Weight)
	w.flag(v, "untaxed", &v.Untaxed, to.Untaxed)
	w.flag(v, "untracked", &v.Untracked, to.Untracked)
	w.flag(v, "noShipping", &v.NoShipping, to.NoShipping)
	if !slices.Equal(before.Options, to.Options) {
		var values []*optionValue
		for i, name := range to.Options {
			values = append(values, s.shop.optionAt(v.product, i).value(s.shop, name))
		}
		w.values(v, values)
	}
	if f := s.shop.byFile[to.Picture]; before.Picture != to.Picture {
		w.picture(v, f)
	}
	w.metafieldValues(v.ID, v.SKU, to.Metafields)
	if after := s.variantView(v); !sameVariant(before, after) {
		w.touch(v.product, v)
	}
}

func sameVariant(a, b Variant) bool {
	return fmt.Sprint(a) == fmt.Sprint(b) && maps.Equal(a.Metafields, b.Metafields)
}

// CatalogueTable is the catalogue of now as text, one line a variant, for comparing with what is expected.
func (s *Server) CatalogueTable() string {
	var b strings.Builder
	for _, p := range s.Products() {
		for _, v := range p.Variants {
			fmt.Fprintf(&b, "%s | %s | %s | %s | %s | %s | %s\n", p.Handle, p.Status, p.Title, v.Title, v.SKU, v.Price, v.CompareAtPrice)
		}
	}
	return b.String()
}
