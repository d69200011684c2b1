package shopify

import (
	"html"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// What a product may have (reference 5.1).
const (
	maxOptions      = 3
	maxOptionValues = 100
	maxVariants     = 2048
	maxTitle        = 255 // letters
	maxKey          = 255 // letters of a code or a SKU
)

// statuses are the words for what a product is.
var statuses = []string{"ACTIVE", "DRAFT", "ARCHIVED", "UNLISTED"}

// weightUnits are Shopify's names of units of weight.
var weightUnits = map[string]string{"": "KILOGRAMS", "kg": "KILOGRAMS", "kilograms": "KILOGRAMS", "كجم": "KILOGRAMS", "كيلو": "KILOGRAMS",
	"g": "GRAMS", "gm": "GRAMS", "grams": "GRAMS", "جم": "GRAMS", "جرام": "GRAMS", "lb": "POUNDS", "lbs": "POUNDS", "pounds": "POUNDS", "oz": "OUNCES", "ounces": "OUNCES"}

// build makes the document of one product. What is said of the product may stand
// on any of its rows, the first counts, and rows that say something else are told.
// A problem of one row holds all of it.
func (g goodsRules) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	b := building{rules: g, rows: group}
	w := &b.goods
	w.Group = b.one("group")
	doc := pipeline.Document{Name: w.Group}
	if w.Group == "" {
		doc.Name = group[0].Text("code")
		return doc, nil // Map or the grouping has told so
	}
	doc.Key = "product/" + w.Group
	b.product()
	b.wares()
	b.name()
	b.optionNames()
	b.check()

	for _, r := range group {
		doc.From = append(doc.From, r.At("code"))
	}
	if w.Title != nil && *w.Title != "" {
		doc.Name = *w.Title + " (" + w.Group + ")"
	}
	words := []string{w.Group}
	for _, v := range w.Wares {
		words = append(words, v.Code, v.SKU)
		if v.Barcode != nil {
			words = append(words, *v.Barcode)
		}
	}
	doc.Words = distinct(words)
	if len(b.problems) == 0 {
		doc.Body = packed(*w)
		doc.Print = string(doc.Body)
	}
	return doc, b.problems
}

// building is a product on its way from rows to a body.
type building struct {
	goods
	rules    goodsRules
	rows     []pipeline.Record
	problems []pipeline.Problem
}

func (b *building) wrong(r pipeline.Record, field string, rule pipeline.Rule, with map[string]string) {
	b.problems = append(b.problems, r.Problem(field, rule, with))
}

// one is what the rows say of the product in a field: the first that says
// anything. Another row that says something else is a problem.
func (b *building) one(field string) string {
	first := ""
	for _, r := range b.rows {
		switch text := r.Text(field); {
		case !r.Has(field) || text == "":
		case first == "":
			first = text
		case text != first:
			b.wrong(r, field, "product.differs", map[string]string{"group": b.rows[0].Text("group"), "first": first, "field": field})
		}
	}
	return first
}

// said is one as a body has it: nil where no row says anything.
func (b *building) said(field string) *string {
	if text := b.one(field); text != "" {
		return &text
	}
	return nil
}

// product fills in what is said of the product itself.
func (b *building) product() {
	w := &b.goods
	w.Vendor, w.Type, w.Handle = b.said("vendor"), b.said("type"), b.one("handle")
	if text := b.one("description"); text != "" {
		text = asHTML(text)
		w.HTML = &text
	}
	for _, r := range b.rows {
		for tag := range strings.FieldsFuncSeq(r.Text("tags"), func(r rune) bool { return r == ',' || r == '،' }) {
			if tag = pipeline.Clean(tag); tag != "" && !hasTag(w.Tags, tag) {
				w.Tags = append(w.Tags, tag)
			}
		}
		if r.Has("published") && w.Published == nil {
			yes := r.True("published")
			w.Published = &yes
		}
	}
	if text := b.one("status"); text != "" {
		w.Status = strings.ToUpper(text)
		if !slices.Contains(statuses, w.Status) {
			b.wrong(b.holder("status"), "status", "product.status", map[string]string{"given": text})
		}
	}
}

// holder is the first row that has a field.
func (b *building) holder(field string) pipeline.Record {
	for _, r := range b.rows {
		if r.Has(field) {
			return r
		}
	}
	return b.rows[0]
}

// hasTag compares as Shopify does: case does not count.
func hasTag(tags []string, tag string) bool {
	return slices.ContainsFunc(tags, func(t string) bool { return strings.EqualFold(t, tag) })
}

// wares makes a variant of each row that has a code. A row without one that says
// something of a variant lacks it.
func (b *building) wares() {
	seen := map[string]bool{}
	for i, r := range b.rows {
		code := r.Text("code")
		if code == "" {
			for _, field := range []string{"sku", "barcode", "price", "option1"} {
				if r.Has(field) && !r.Value("code").Bad {
					b.wrong(r, "code", "product.code", map[string]string{"group": b.Group})
					break
				}
			}
			continue
		}
		if seen[code] {
			b.wrong(r, "code", "product.twice", map[string]string{"code": code, "group": b.Group})
			continue
		}
		seen[code] = true
		b.Wares = append(b.Wares, b.ware(r, i))
	}
}

// ware is the variant of one row.
func (b *building) ware(r pipeline.Record, row int) ware {
	v := ware{Code: r.Text("code"), SKU: r.Text("sku"), Row: row, Policy: strings.ToUpper(r.Text("policy"))}
	if v.Said = r.Has("sku"); !v.Said {
		v.SKU = v.Code
	}
	text := func(field string) *string {
		if t := r.Text(field); r.Has(field) && t != "" {
			return &t
		}
		return nil
	}
	amount := func(field string) *pipeline.Decimal {
		if !r.Has(field) {
			return nil
		}
		d := r.Amount(field)
		if d.IsNeg() {
			b.wrong(r, field, "price.negative", map[string]string{"price": d.String()})
		} else if field != "weight" && !d.RoundHAZ(2).Equal(d) {
			b.wrong(r, field, "product.decimals", map[string]string{"price": d.String()})
		}
		return &d
	}
	yes := func(field string) *bool {
		if !r.Has(field) {
			return nil
		}
		t := r.True(field)
		return &t
	}
	v.Barcode, v.HS = text("barcode"), text("hs_code")
	if v.Origin = text("origin"); v.Origin != nil {
		*v.Origin = strings.ToUpper(*v.Origin)
	}
	v.Price, v.Compare, v.Cost, v.Weight = amount("price"), amount("compare_at"), amount("cost"), amount("weight")
	v.Taxable, v.Tracked = yes("taxable"), yes("tracked")
	if v.Weight != nil {
		unit := r.Text("weight_unit")
		if v.Unit = weightUnits[strings.ToLower(unit)]; v.Unit == "" {
			b.wrong(r, "weight_unit", "product.unit", map[string]string{"given": unit})
		}
	}
	if v.Policy != "" && v.Policy != "DENY" && v.Policy != "CONTINUE" {
		b.wrong(r, "policy", "product.policy", map[string]string{"given": r.Text("policy")})
	}
	for i := range maxOptions {
		v.Values = append(v.Values, r.Text("option"+strconv.Itoa(i+1)))
	}
	for len(v.Values) > 0 && v.Values[len(v.Values)-1] == "" {
		v.Values = v.Values[:len(v.Values)-1]
	}
	return v
}

// name fills in the title: by the flow's rule, which also gives the options where
// no column does.
func (b *building) name() {
	columns := slices.ContainsFunc(b.Wares, func(v ware) bool { return len(v.Values) > 0 })
	if b.rules.name.pattern == nil || columns {
		b.Title = b.said("title")
		return
	}
	for i := range b.Wares {
		v := &b.Wares[i]
		r := b.rows[v.Row]
		name := r.Text("title")
		if name == "" {
			continue
		}
		title, names, values, ok := b.rules.name.apart(name, b.rules.options)
		switch {
		case !ok && len(b.Wares) == 1:
			title = name // a product that comes in one kind only has no options in its name
		case !ok:
			b.wrong(r, "title", "product.name", map[string]string{"name": name})
			continue
		case b.Options == nil:
			b.Options = names
		case !slices.Equal(names, b.Options):
			b.wrong(r, "title", "product.name", map[string]string{"name": name})
			continue
		}
		v.Values = values
		if b.Title == nil {
			b.Title = &title
		} else if *b.Title != title {
			b.wrong(r, "title", "product.differs", map[string]string{"group": b.Group, "first": *b.Title, "field": "title"})
		}
	}
}

// optionNames fills in what the options are called: as a column says, or else as
// the flow does. Title and Default Title are Shopify's way to say that there are
// none.
func (b *building) optionNames() {
	if b.Options != nil {
		return
	}
	values := make([][]string, len(b.Wares))
	for i := range maxOptions {
		at := func(v ware) string {
			if i < len(v.Values) {
				return v.Values[i]
			}
			return ""
		}
		if !slices.ContainsFunc(b.Wares, func(v ware) bool { return at(v) != "" }) {
			continue // a column that says nothing of this product
		}
		field := "option" + strconv.Itoa(i+1)
		name := b.one(field + "_name")
		if name == "" && i < len(b.rules.options) {
			name = b.rules.options[i]
		}
		if name == "" {
			b.wrong(b.holder(field), field, "product.option", map[string]string{"group": b.Group})
			name = field
		}
		b.Options = append(b.Options, name)
		for j, v := range b.Wares {
			values[j] = append(values[j], at(v))
		}
	}
	for j := range b.Wares {
		b.Wares[j].Values = values[j]
	}
	if len(b.Options) == 1 && len(b.Wares) == 1 && plainOption(b.Options[0], b.Wares[0].Values[0]) {
		b.Options, b.Wares[0].Values = nil, nil
	}
}

// plainOption tells whether an option is the one of a product that has none.
func plainOption(name, value string) bool {
	return strings.EqualFold(name, "Title") && strings.EqualFold(value, "Default Title")
}

// check looks at what only the whole product shows.
func (b *building) check() {
	if len(b.Wares) > maxVariants {
		b.wrong(b.rows[0], "group", "product.large", map[string]string{"group": b.Group, "count": strconv.Itoa(len(b.Wares)), "most": strconv.Itoa(maxVariants)})
	}
	if b.Title != nil && len([]rune(*b.Title)) > maxTitle {
		b.wrong(b.holder("title"), "title", "product.long", map[string]string{"most": strconv.Itoa(maxTitle)})
	}
	if !fitsKey(b.Group) {
		b.wrong(b.rows[0], "group", "product.key", map[string]string{"code": b.Group, "most": strconv.Itoa(maxKey)})
	}
	used := map[string]string{}
	for _, v := range b.Wares {
		r := b.rows[v.Row]
		if !fitsKey(v.Code) || !fitsKey(v.SKU) {
			b.wrong(r, "code", "product.key", map[string]string{"code": v.Code, "most": strconv.Itoa(maxKey)})
		}
		if len(b.problems) > 0 {
			return // it would only be told once more
		}
		for i := range b.Options {
			if i >= len(v.Values) || v.Values[i] == "" {
				b.wrong(r, "option"+strconv.Itoa(i+1), "product.value", map[string]string{"code": v.Code, "option": b.Options[i]})
				return
			}
		}
		if len(b.Options) == 0 {
			continue
		}
		if is := tuple(v.Values); used[is] != "" {
			b.wrong(r, "option1", "product.alike", map[string]string{"code": v.Code, "other": used[is], "values": strings.Join(v.Values, " / ")})
		} else {
			used[is] = v.Code
		}
	}
}

// fitsKey tells whether a code can be a key in Shopify: one line, not too long.
func fitsKey(code string) bool {
	return !strings.ContainsAny(code, "\n\r") && len([]rune(code)) <= maxKey
}

// tuple are the values of a variant, to be compared: Shopify does not tell two
// apart by case.
func tuple(values []string) string { return strings.ToLower(strings.Join(values, " / ")) }

// asHTML is a description as Shopify keeps it. Plain text keeps its lines.
func asHTML(text string) string {
	if strings.Contains(text, "</") || strings.Contains(text, "/>") || strings.Contains(text, "<br>") || strings.Contains(text, "<p>") {
		return text
	}
	return strings.ReplaceAll(html.EscapeString(text), "\n", "<br>")
}
