package shopifytest

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Limits of a product.
const (
	maxOptions      = 3
	maxOptionValues = 100
	maxVariants     = 2048
	maxMedia        = 250
)

type product struct {
	id, title, handle, status             string
	descriptionHTML, vendor, kind, suffix string // kind is productType, suffix the template's
	seoTitle, seoDescription              string
	created, updated                      time.Time
	options                               []*option
	variants                              []*variant // in the order of their positions
	media                                 []*file    // in their order
	published                             map[string]time.Time
}

type option struct {
	id, name string
	values   []*optionValue
}

type optionValue struct{ id, name string }

// newProduct makes a product without options and variants and lists it.
func (st *store) newProduct(in Product) *product {
	now := st.now()
	p := &product{id: orElse(in.ID, st.newID("Product")), title: in.Title, status: orElse(in.Status, "ACTIVE"),
		descriptionHTML: in.DescriptionHTML, vendor: orElse(in.Vendor, st.vendor), kind: in.Type, created: now, updated: now,
		published: map[string]time.Time{}}
	st.setHandle(p, st.freeHandle(orElse(in.Handle, in.Title)))
	if len(in.Tags) > 0 {
		st.tags[p.id] = tidyTags(in.Tags)
	}
	st.products = append(st.products, p)
	st.byProduct[p.id] = p
	st.ofProducts = nil
	return p
}

// dropProduct forgets the product with its variants. Its files stay in the shop.
func (st *store) dropProduct(p *product) {
	for _, v := range p.variants {
		st.dropVariant(v)
	}
	for key, held := range st.byProduct {
		if held == p {
			delete(st.byProduct, key)
		}
	}
	delete(st.byHandle, p.handle)
	delete(st.metafields, p.id)
	delete(st.tags, p.id)
	st.products = slices.DeleteFunc(st.products, func(o *product) bool { return o == p })
	st.ofProducts = nil
	for _, c := range st.collections {
		for _, source := range c.sources {
			source.remove(p.id)
		}
	}
}

// product finds by id.
func (st *store) product(id string) *product {
	if p := st.byProduct[id]; p != nil && p.id == id {
		return p
	}
	return nil
}

// handled finds by handle, however it is written.
func (st *store) handled(handle string) *product { return st.byHandle[slug(handle)] }

func (st *store) setHandle(p *product, handle string) {
	if st.byHandle[p.handle] == p {
		delete(st.byHandle, p.handle)
	}
	p.handle = handle
	st.byHandle[handle] = p
}

// freeHandle is made of the title: a number is put after it, or raised, while the handle is taken.
func (st *store) freeHandle(title string) string {
	return freeHandle(orElse(slug(title), "product"), func(h string) bool { return st.byHandle[h] != nil })
}

func freeHandle(handle string, taken func(string) bool) string {
	for taken(handle) {
		stem, number := handle, 0
		if at := strings.LastIndexByte(handle, '-'); at > 0 {
			if n, err := strconv.Atoi(handle[at+1:]); err == nil {
				stem, number = handle[:at], n
			}
		}
		handle = fmt.Sprintf("%s-%d", stem, number+1)
	}
	return handle
}

// slug keeps letters and digits of every script, in small letters; all between them becomes one hyphen.
func slug(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	return strings.Join(words, "-")
}

// optionAt is the option at the place, made when the product has fewer.
func (st *store) optionAt(p *product, i int) *option {
	for len(p.options) <= i {
		name := "Title"
		if len(p.options) > 0 {
			name = fmt.Sprintf("Option %d", len(p.options)+1)
		}
		p.options = append(p.options, st.newOption(name))
	}
	return p.options[i]
}

func (st *store) newOption(name string, values ...string) *option {
	o := &option{id: st.newID("ProductOption"), name: name}
	for _, value := range values {
		o.value(st, value)
	}
	return o
}

func (o *option) named(name string) *optionValue {
	return find(o.values, func(v *optionValue) bool { return v.name == name })
}

// value gives the value with the name, a new one when there is none.
func (o *option) value(st *store, name string) *optionValue {
	v := o.named(name)
	if v == nil {
		v = &optionValue{id: st.newID("ProductOptionValue"), name: name}
		o.values = append(o.values, v)
	}
	return v
}

// title is made of the values: "Red / M".
func (v *variant) title() string { return titleOf(v.values) }

func titleOf(values []*optionValue) string {
	names := make([]string, len(values))
	for i, value := range values {
		names[i] = value.name
	}
	return strings.Join(names, " / ")
}

// isStandalone says whether the product has nothing but the variant that every product begins with.
func (p *product) isStandalone() bool {
	return len(p.variants) == 1 && p.variants[0].title() == "Default Title"
}

func tidyTags(tags []string) []string {
	var out []string
	for _, tag := range tags {
		tag = strings.TrimSpace(tag)
		if tag != "" && !slices.ContainsFunc(out, func(t string) bool { return strings.EqualFold(t, tag) }) {
			out = append(out, tag)
		}
	}
	slices.Sort(out)
	return out
}

var plainDecimal = regexp.MustCompile(`^-?\d+(\.\d+)?$`)

// twoPlaces writes an amount with two places, as the API does; what is no amount stays as it is.
func twoPlaces(amount string) string {
	if !plainDecimal.MatchString(amount) {
		return amount
	}
	r, _ := new(big.Rat).SetString(amount)
	return r.FloatString(2)
}

// moneyText reads a Money or Decimal, which the document may hold as a number.
func moneyText(v any) string {
	switch v.(type) {
	case int64, float64:
		return floatText(v)
	}
	return text(v)
}

// compareAmounts is the order of two amounts.
func compareAmounts(a, b string) int {
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	if !okX || !okY {
		return strings.Compare(a, b)
	}
	return x.Cmp(y)
}
