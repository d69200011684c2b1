package shopify

import (
	"html"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// input is an input object of the API as it is made up: members by name. Its
// JSON has them in order, so that the same input has the same bytes.
type input map[string]any

// A comparing holds a product of the ERP against what the shop has of it.
type comparing struct {
	rules goodsRules
	wish  goods
	have  matched
	lay   layout

	changes []pipeline.Change
	undo    goods
	gone    bool    // something of it cannot be put back
	fields  input   // of the product
	wares   []input // of each ware
	touched bool    // variants or options change
	keys    []ownKey
	show    *bool
}

// compare says what would change, value by value. It is pure. shown tells whether
// the product is published; nil: nobody asked.
func (g goodsRules) compare(w goods, m matched, l layout, shown *bool) *comparing {
	c := &comparing{rules: g, wish: w, have: m, lay: l, fields: input{}, undo: goods{Group: w.Group}}
	if m.product == nil {
		c.create()
	} else {
		c.update(m.product)
	}
	for i := range w.Wares {
		c.ware(i)
	}
	c.publication(shown)
	return c
}

func (c *comparing) change(field, old, new string) {
	c.changes = append(c.changes, pipeline.Change{Field: field, Old: old, New: new})
}

// mark marks the last change.
func (c *comparing) mark(m pipeline.Mark) { c.changes[len(c.changes)-1].Mark = m }

// create makes a product. It is taken back by archiving it.
func (c *comparing) create() {
	w := c.wish
	title := w.Group
	if w.Title != nil {
		title = *w.Title
	}
	status := w.Status
	if status == "" {
		status = c.rules.fresh
	}
	c.change("product", "", title)
	c.change("status", "", strings.ToLower(status))
	handle := handleOf(w)
	c.fields = input{"title": title, "status": status, "handle": handle, "metafields": []any{ownField(keyItemGroup, w.Group)}}
	for name, text := range map[string]*string{"descriptionHtml": w.HTML, "vendor": w.Vendor, "productType": w.Type} {
		if text != nil {
			c.fields[name] = *text
		}
	}
	if len(w.Tags) > 0 {
		c.fields["tags"] = w.Tags
	}
	c.undo.Status = "ARCHIVED"
	c.touched = true
}

// handleOf is the handle of a product that is to be made.
func handleOf(w goods) string {
	if w.Handle != "" {
		return w.Handle
	}
	return strings.ToLower(strings.Join(strings.Fields(pipeline.Fold(w.Group)), "-"))
}

// ownField is one of our keys as productSet takes it.
func ownField(key, value string) input {
	return input{"namespace": ownNamespace, "key": key, "type": "id", "value": value}
}

// update compares what is said of the product itself.
func (c *comparing) update(p *product) {
	w := c.wish
	c.text("title", "title", w.Title, p.Title, &c.undo.Title)
	if w.HTML != nil && plainly(*w.HTML) != plainly(p.HTML) {
		c.text("description", "descriptionHtml", w.HTML, p.HTML, &c.undo.HTML)
	}
	c.text("vendor", "vendor", w.Vendor, p.Vendor, &c.undo.Vendor)
	c.text("type", "productType", w.Type, p.Type, &c.undo.Type)
	c.tags(p)
	if w.Status != "" && w.Status != p.Status {
		c.change("status", strings.ToLower(p.Status), strings.ToLower(w.Status))
		if p.Status == "ACTIVE" {
			c.mark(pipeline.MarkHold)
		}
		c.fields["status"], c.undo.Status = w.Status, p.Status
	}
	if p.ItemGroup == "" && len(w.Wares) > 0 {
		c.change("item group", "", w.Group)
		c.keys = append(c.keys, ownKey{p.ID, keyItemGroup, w.Group})
	}
}

func (c *comparing) text(field, name string, want *string, have string, undo **string) {
	if want == nil || *want == have {
		return
	}
	c.change(field, brief(have), brief(*want))
	c.fields[name] = *want
	*undo = &have
}

// brief is a long text as a table shows it.
func brief(text string) string {
	letters := []rune(plainly(text))
	if len(letters) > 80 {
		return string(letters[:79]) + "…"
	}
	return string(letters)
}

// plainly is HTML as it is compared: Shopify writes blanks and entities its own way.
func plainly(text string) string {
	text = strings.NewReplacer("<br/>", "<br>", "<br />", "<br>").Replace(html.UnescapeString(text))
	return strings.Join(strings.Fields(text), " ")
}

// tags are added, and where the flow owns them replaced.
func (c *comparing) tags(p *product) {
	w := c.wish
	if len(w.Tags) == 0 && len(w.Untag) == 0 {
		return
	}
	to := slices.Clone(p.Tags)
	if c.rules.owns && len(w.Tags) > 0 {
		to = slices.DeleteFunc(to, func(t string) bool { return !hasTag(w.Tags, t) })
	}
	to = slices.DeleteFunc(to, func(t string) bool { return hasTag(w.Untag, t) })
	for _, tag := range w.Tags {
		if !hasTag(to, tag) {
			to = append(to, tag)
		}
	}
	for _, tag := range to {
		if !hasTag(p.Tags, tag) {
			c.undo.Untag = append(c.undo.Untag, tag)
		}
	}
	for _, tag := range p.Tags {
		if !hasTag(to, tag) {
			c.undo.Tags = append(c.undo.Tags, tag)
		}
	}
	if len(c.undo.Untag)+len(c.undo.Tags) == 0 {
		return
	}
	c.change("tags", strings.Join(p.Tags, ", "), strings.Join(to, ", "))
	c.fields["tags"] = to
}

// ware compares one variant.
func (c *comparing) ware(i int) {
	w, values := c.wish.Wares[i], c.lay.wares[i]
	d := variantDiff{c: c, w: w, in: input{}, item: input{}, undo: ware{Code: w.Code, SKU: w.SKU}}
	v := c.have.variants[i]
	if v == nil {
		d.added(values)
	} else {
		d.compared(v, values)
	}
	if len(d.item) > 0 {
		d.in["inventoryItem"] = d.item
	}
	if len(d.in) > 0 {
		c.touched = true
	}
	c.wares = append(c.wares, d.in)
	if d.back {
		c.undo.Wares = append(c.undo.Wares, d.undo)
	}
}

// publication compares whether the product is shown. One that goes on sale is
// shown, where the file says nothing else: active alone sells nothing.
func (c *comparing) publication(shown *bool) {
	want := c.wish.Published
	made := c.have.product == nil
	if want == nil && c.fields["status"] == "ACTIVE" {
		yes := true
		want = &yes
	}
	is := shown != nil && *shown
	if want == nil || *want == is || shown == nil && !made {
		return
	}
	c.change("published", strconv.FormatBool(is), strconv.FormatBool(*want))
	if !*want {
		c.mark(pipeline.MarkHold)
	}
	c.show = want
	if !made {
		c.undo.Published = &is
	}
}

// grams is a weight in grams, to be compared.
func grams(value pipeline.Decimal, unit string) pipeline.Decimal {
	per := map[string]string{"KILOGRAMS": "1000", "GRAMS": "1", "POUNDS": "453.59237", "OUNCES": "28.349523125"}[unit]
	if per == "" {
		return value
	}
	return value.Mul(udecimal.MustParse(per)).RoundHAZ(2)
}
