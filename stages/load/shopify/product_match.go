package shopify

import (
	"cmp"
	"slices"
	"strings"

	"wasl/pipeline"
)

// matched is a product of the ERP with what the shop has of it.
type matched struct {
	product  *product   // nil: the shop has none
	variants []*variant // of each ware; nil: it has none
	rest     []*variant // of the product, of which the ERP does not speak
}

// match finds what the shop has of a product. Nothing is guessed: where a code
// has several hits, or its items stand in several products, that is a problem
// which names them. It is pure; what it finds is noted in the wares.
func (h *shelf) match(w *goods, doc pipeline.Document, order []string) (m matched, problems []pipeline.Problem) {
	wrong := func(v *ware, field, value string, rule pipeline.Rule, with map[string]string) {
		problems = append(problems, wareProblem(doc, v, field, value, rule, with))
	}
	m.variants = make([]*variant, len(w.Wares))
	used := map[string]*ware{}
	for i := range w.Wares {
		v := &w.Wares[i]
		found, by, hits := h.find(v.Code, v.SKU, cmp.Or(barcodeOf(v), v.Code), h.steps(v.Code, order))
		if h.table[v.Code] == noVariant && found == nil {
			by, hits = "", nil
		}
		hits = h.strangers(by, hits, v.Code)
		facts := map[string]string{"code": v.Code, "by": by, "candidates": candidates(hits)}
		switch {
		case found != nil && used[found.ID] != nil:
			facts["other"], facts["candidates"] = used[found.ID].Code, candidates([]*variant{found})
			wrong(v, "code", v.Code, "product.shared", facts)
		case found != nil:
			m.variants[i], v.Variant, v.FoundBy, used[found.ID] = found, found.ID, by, v
		case by == byTable && len(hits) == 0:
			facts["id"] = h.table[v.Code]
			wrong(v, "code", v.Code, "product.gone", facts)
		case by == byNear && len(hits) == 0, by == "":
		case by == byNear:
			wrong(v, "code", v.Code, "product.near", facts)
		default:
			wrong(v, "code", v.Code, "product.ambiguous", facts)
		}
	}
	if len(problems) > 0 {
		return m, problems
	}
	if rule, with := h.whose(w, &m); rule != "" {
		wrong(nil, "group", w.Group, rule, with)
		return m, problems
	}
	if m.product != nil {
		for _, v := range m.product.Variants {
			if used[v.ID] == nil {
				m.rest = append(m.rest, v)
			}
		}
	}
	return m, nil
}

const (
	variantPrefix = "gid://shopify/ProductVariant/"
	noVariant     = "new" // in the match table: the shop has none, whatever looks like it
)

// steps are the steps by which a code is looked for: of one that a person said the
// shop has not, only our own key counts.
func (h *shelf) steps(code string, order []string) []string {
	if h.table[code] == noVariant {
		return []string{byOwnID}
	}
	return order
}

// strangers are those of some candidates that could be meant: what is written
// nearly like it and carries another item's code is known to be that one.
func (h *shelf) strangers(by string, hits []*variant, code string) []*variant {
	if by != byNear {
		return hits
	}
	return slices.DeleteFunc(slices.Clone(hits), func(v *variant) bool { return h.others(v, code) })
}

// whose finds the one product that all of it belongs to: the one that carries the
// group's key, and the one in which its items stand.
func (h *shelf) whose(w *goods, m *matched) (pipeline.Rule, map[string]string) {
	in := map[string]*product{}
	if own := h.groups[w.Group]; own != nil {
		in[own.ID] = own
	}
	for _, v := range m.variants {
		if v != nil && v.Product != nil {
			in[v.Product.ID] = v.Product
		}
	}
	var all []*product
	for _, p := range in {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b *product) int { return older(a.ID, b.ID) })
	switch {
	case len(all) > 1:
		return "product.split", map[string]string{"group": w.Group, "candidates": named(all)}
	case len(all) == 0:
		return "", nil
	case all[0].ItemGroup != "" && string(all[0].ItemGroup) != w.Group:
		return "product.other", map[string]string{"group": w.Group, "other": string(all[0].ItemGroup), "candidates": named(all)}
	}
	m.product = all[0]
	return "", nil
}

// named names products as the admin does: by handle and number.
func named(products []*product) string {
	names := make([]string, len(products))
	for i, p := range products {
		names[i] = p.Handle + " (" + p.ID + ")"
	}
	return strings.Join(names, ", ")
}

func barcodeOf(v *ware) string {
	if v.Barcode == nil {
		return ""
	}
	return *v.Barcode
}

// A layout is how the variants of a product will differ: its options, and the
// values of each ware and of each variant that stays as it is.
type layout struct {
	options []laid
	wares   [][]string // in the order of options
	rest    [][]string
	made    bool // the product had no options, or there is no product
}

// laid is an option of a layout; ID is "" where it is new.
type laid struct {
	ID, Name string
	Values   []string
}

// lay fits the options of the ERP to those of the product. Names are not changed,
// and options neither added nor taken away, because that would ask for values
// that nobody has said; but a product without options gets them, as long as the
// ERP speaks of its only variant. A ware that is new and has the values of a
// variant without any code is that one.
func (m *matched) lay(w *goods) (l layout, rule pipeline.Rule, with map[string]string, at *ware) {
	facts := map[string]string{"group": w.Group}
	p := m.product
	switch {
	case p == nil:
		l = fresh(w)
		if len(w.Wares) > 1 && len(w.Options) == 0 {
			return l, "product.options", facts, nil
		}
	case len(w.Wares) == 0:
		l = kept(p, m.rest)
	case len(w.Options) == 0:
		l = kept(p, m.rest)
		for i := range w.Wares {
			v := m.variants[i]
			if v == nil {
				facts["code"], facts["has"] = w.Wares[i].Code, optionNames(p)
				return l, "product.unlike", facts, &w.Wares[i]
			}
			l.wares = append(l.wares, valuesOf(v, p))
		}
	case plain(p):
		if len(m.rest) > 0 {
			facts["candidates"] = candidates(m.rest)
			return l, "product.default", facts, nil
		}
		l = fresh(w)
	default:
		place, ok := places(p, w.Options)
		if !ok {
			place, ok = m.alike(w)
		}
		if !ok {
			facts["has"], facts["wants"] = optionNames(p), strings.Join(w.Options, ", ")
			return l, "product.unlike", facts, nil
		}
		l = kept(p, m.rest)
		for i := range w.Wares {
			values := make([]string, len(place))
			for j, from := range place {
				values[j] = w.Wares[i].Values[from]
			}
			l.wares = append(l.wares, values)
		}
	}
	if v, other := m.adopt(w, &l); v != nil {
		facts["code"], facts["candidates"] = v.Code, candidates([]*variant{other})
		return l, "product.taken", facts, v
	}
	l.values(p, m)
	if i := slices.IndexFunc(l.options, func(o laid) bool { return len(o.Values) > maxOptionValues }); i >= 0 {
		facts["option"] = l.options[i].Name
		return l, "product.values", facts, nil
	}
	return l, "", nil, nil
}

// fresh is the layout of a product that has none yet.
func fresh(w *goods) layout {
	l := layout{made: true}
	for _, name := range w.Options {
		l.options = append(l.options, laid{Name: name})
	}
	if len(w.Options) == 0 {
		l.options = []laid{{Name: "Title"}}
	}
	for _, v := range w.Wares {
		if len(w.Options) == 0 {
			l.wares = append(l.wares, []string{"Default Title"})
		} else {
			l.wares = append(l.wares, v.Values)
		}
	}
	return l
}

// kept is the layout that a product has, with the values of some of its variants.
func kept(p *product, rest []*variant) layout {
	var l layout
	for _, o := range p.Options {
		l.options = append(l.options, laid{ID: o.ID, Name: o.Name})
	}
	for _, v := range rest {
		l.rest = append(l.rest, valuesOf(v, p))
	}
	return l
}

// valuesOf are the values of a variant in the order of its product's options.
func valuesOf(v *variant, p *product) []string {
	out := make([]string, len(p.Options))
	for i, o := range p.Options {
		for _, c := range v.Options {
			if c.Name == o.Name {
				out[i] = c.Value
			}
		}
	}
	return out
}

// plain tells whether a product has no options: one variant, which is itself.
func plain(p *product) bool {
	return len(p.Options) == 0 || len(p.Options) == 1 && len(p.Options[0].Values) == 1 && plainOption(p.Options[0].Name, p.Options[0].Values[0].Name)
}

// places says which of the ERP's options each of the product's is; false where
// they are not the same ones.
func places(p *product, names []string) ([]int, bool) {
	place := make([]int, len(p.Options))
	for i, o := range p.Options {
		place[i] = slices.IndexFunc(names, func(n string) bool { return pipeline.Fold(n) == pipeline.Fold(o.Name) })
	}
	used := slices.Sorted(slices.Values(place))
	return place, len(place) == len(names) && len(slices.Compact(used)) == len(names) && used[0] >= 0
}

// alike says which of the ERP's options each of the product's is where they have
// other names, Color for اللون: the values of the variants that were found tell, as
// long as they fit in one way only. The names in the shop stay.
func (m *matched) alike(w *goods) ([]int, bool) {
	n := len(m.product.Options)
	if n != len(w.Options) {
		return nil, false
	}
	var found [][]int
	for _, order := range orders(n) {
		fits, seen := true, false
		for i, v := range m.variants {
			if v == nil || len(w.Wares[i].Values) != n {
				continue
			}
			seen = true
			for j, value := range valuesOf(v, m.product) {
				fits = fits && pipeline.Fold(value) == pipeline.Fold(w.Wares[i].Values[order[j]])
			}
		}
		if fits && seen {
			found = append(found, order)
		}
	}
	if len(found) != 1 {
		return nil, false
	}
	return found[0], true
}

// orders are all orders of n things, of which a product has three at most.
func orders(n int) [][]int {
	if n == 0 {
		return [][]int{{}}
	}
	var out [][]int
	for _, shorter := range orders(n - 1) {
		for at := range n {
			out = append(out, slices.Insert(slices.Clone(shorter), at, n-1))
		}
	}
	return out
}

func optionNames(p *product) string {
	names := make([]string, len(p.Options))
	for i, o := range p.Options {
		names[i] = o.Name
	}
	return cmp.Or(strings.Join(names, ", "), "-")
}

// adopt looks for wares with the values of a variant that would stay. One that
// nobody has given a code is taken by a new ware; any other is in its way, and
// returned with the ware.
func (m *matched) adopt(w *goods, l *layout) (*ware, *variant) {
	for i := range w.Wares {
		v := &w.Wares[i]
		at := slices.IndexFunc(l.rest, func(values []string) bool { return tuple(values) == tuple(l.wares[i]) })
		if at < 0 {
			continue
		}
		other := m.rest[at]
		if m.variants[i] != nil || other.SKU != "" || other.Barcode != "" || other.ItemCode != "" {
			return v, other
		}
		m.variants[i], v.Variant, v.Adoption = other, other.ID, true
		m.rest = slices.Delete(slices.Clone(m.rest), at, at+1)
		l.rest = slices.Delete(l.rest, at, at+1)
	}
	return nil, nil
}

// values lists the values of each option: those of the product in their order, as
// long as a variant has them or none ever had, then the new ones.
func (l *layout) values(p *product, m *matched) {
	for i := range l.options {
		o := &l.options[i]
		used := map[string]bool{}
		for _, all := range [][][]string{l.wares, l.rest} {
			for _, values := range all {
				used[values[i]] = true
			}
		}
		had := map[string]bool{}
		if p != nil && !l.made {
			for _, v := range p.Variants {
				had[valuesOf(v, p)[i]] = true
			}
			for _, value := range p.Options[i].Values {
				if used[value.Name] || !had[value.Name] {
					o.Values = append(o.Values, value.Name)
				}
			}
		}
		for _, all := range [][][]string{l.wares, l.rest} {
			for _, values := range all {
				if !slices.Contains(o.Values, values[i]) {
					o.Values = append(o.Values, values[i])
				}
			}
		}
	}
}

// wareProblem is a problem of a variant's row, or where v is nil of the product's
// first.
func wareProblem(doc pipeline.Document, v *ware, field, value string, rule pipeline.Rule, with map[string]string) pipeline.Problem {
	p := pipeline.Problem{Field: field, Value: value, Rule: rule, With: with}
	row := 0
	if v != nil {
		row = v.Row
	}
	if row < len(doc.From) {
		p.Origin = doc.From[row]
		if field != "code" && field != "sku" {
			p.Col, p.Column = 0, ""
		}
	}
	return p
}
