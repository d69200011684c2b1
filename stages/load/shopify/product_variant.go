package shopify

import (
	"encoding/json"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// A variantDiff compares one variant: what is to be sent of it, and the ware that
// would put it back.
type variantDiff struct {
	c    *comparing
	w    ware
	in   input // ProductVariantSetInput, what differs
	item input // InventoryItemInput, what differs
	undo ware
	back bool // undo holds anything
}

// change notes that a value of the variant changes.
func (d *variantDiff) change(field, old, new string) { d.c.change(field+" "+d.w.Code, old, new) }

// added is a variant that the product lacks.
func (d *variantDiff) added(values []string) {
	w, name := d.w, strings.Join(values, " / ")
	if name == "Default Title" {
		name = w.Code
	}
	d.change("variant", "", name)
	d.c.gone = true
	d.in = input{"sku": w.SKU, "metafields": []any{ownField(keyItemCode, w.Code)}}
	d.put("barcode", w.Barcode)
	if w.Price != nil {
		d.in["price"] = money(*w.Price)
		d.change("price", "", money(*w.Price))
		d.below()
	}
	if w.Compare != nil && !w.Compare.IsZero() {
		d.in["compareAtPrice"] = money(*w.Compare)
	}
	if w.Cost != nil && !w.Cost.IsZero() {
		d.item["cost"] = money(*w.Cost)
	}
	d.weigh()
	if w.HS != nil {
		d.item["harmonizedSystemCode"] = *w.HS
	}
	if w.Origin != nil {
		d.item["countryCodeOfOrigin"] = *w.Origin
	}
	if w.Tracked != nil {
		d.item["tracked"] = *w.Tracked
	}
	if w.Taxable != nil {
		d.in["taxable"] = *w.Taxable
	}
	if w.Policy != "" {
		d.in["inventoryPolicy"] = w.Policy
	}
}

func (d *variantDiff) put(name string, text *string) {
	if text != nil {
		d.in[name] = *text
	}
}

func (d *variantDiff) weigh() {
	if d.w.Weight != nil {
		d.item["measurement"] = input{"weight": input{"value": json.Number(d.w.Weight.String()), "unit": d.w.Unit}}
	}
}

// below marks the last change where the price is below its cost.
func (d *variantDiff) below() {
	if d.w.Cost != nil && d.w.Cost.IsPos() && d.w.Price.LessThan(*d.w.Cost) {
		d.c.mark(pipeline.MarkCost)
	}
}

// compared is a variant that the product has.
func (d *variantDiff) compared(v *variant, values []string) {
	w := d.w
	d.found(v)
	if is := d.c.have.product; is != nil {
		old := valuesOf(v, is)
		if strings.Join(old, " / ") != strings.Join(values, " / ") {
			d.change("options", strings.Join(old, " / "), strings.Join(values, " / "))
			d.c.touched = true
			if d.c.lay.made {
				d.c.gone = true
			} else {
				d.undo.Values, d.back = old, true
				d.c.undo.Options = nil
				for _, o := range is.Options {
					d.c.undo.Options = append(d.c.undo.Options, o.Name)
				}
			}
		}
	}
	if w.SKU != v.SKU && (w.Said || v.SKU == "") {
		d.change("sku", v.SKU, w.SKU)
		d.in["sku"], d.undo.SKU, d.undo.Said, d.back = w.SKU, v.SKU, true, true
	}
	d.text("barcode", "barcode", w.Barcode, v.Barcode, d.in, &d.undo.Barcode)
	d.prices(v)
	d.text("hs code", "harmonizedSystemCode", w.HS, v.Item.HS, d.item, &d.undo.HS)
	d.text("origin", "countryCodeOfOrigin", w.Origin, v.Item.Origin, d.item, &d.undo.Origin)
	d.flag("taxable", "taxable", w.Taxable, v.Taxable, d.in, &d.undo.Taxable)
	d.flag("tracked", "tracked", w.Tracked, v.Item.Tracked, d.item, &d.undo.Tracked)
	if w.Policy != "" && w.Policy != v.Policy {
		d.change("policy", strings.ToLower(v.Policy), strings.ToLower(w.Policy))
		d.in["inventoryPolicy"], d.undo.Policy, d.back = w.Policy, v.Policy, true
	}
	d.weight(v)
}

// found notes that a variant is ours from now on.
func (d *variantDiff) found(v *variant) {
	if v.ItemCode != "" {
		return
	}
	d.change("item code", "", d.w.Code)
	d.c.changes[len(d.c.changes)-1].Why = d.w.FoundBy
	d.c.keys = append(d.c.keys, ownKey{v.ID, keyItemCode, d.w.Code})
}

func (d *variantDiff) text(field, name string, want *string, have string, in input, undo **string) {
	if want == nil || *want == have {
		return
	}
	d.change(field, have, *want)
	in[name] = *want
	if *want == "" && name != "barcode" {
		in[name] = nil // a country is never ""
	}
	*undo, d.back = &have, true
}

func (d *variantDiff) flag(field, name string, want *bool, have bool, in input, undo **bool) {
	if want == nil || *want == have {
		return
	}
	d.change(field, strconv.FormatBool(have), strconv.FormatBool(*want))
	in[name] = *want
	*undo, d.back = &have, true
}

// prices compares amounts by value: 12.5 is 12.50. Zero takes a compare-at price,
// or a cost, away.
func (d *variantDiff) prices(v *variant) {
	w := d.w
	if w.Price != nil && !w.Price.Equal(v.Price) {
		d.change("price", money(v.Price), money(*w.Price))
		d.c.mark(pipeline.MarkPrice)
		d.c.changes[len(d.c.changes)-1].Move = moveOf(v.Price, *w.Price)
		if d.w.Cost != nil && d.w.Cost.IsPos() && w.Price.LessThan(*w.Cost) {
			d.change("below cost", money(*w.Cost), money(*w.Price))
			d.c.mark(pipeline.MarkCost)
		}
		old := v.Price
		d.in["price"], d.undo.Price, d.back = money(*w.Price), &old, true
	}
	d.amount("compare at", "compareAtPrice", w.Compare, v.CompareAt, d.in, &d.undo.Compare)
	var cost *pipeline.Decimal
	if v.Item.Cost != nil {
		cost = &v.Item.Cost.Amount
	}
	d.amount("cost", "cost", w.Cost, cost, d.item, &d.undo.Cost)
}

func (d *variantDiff) amount(field, name string, want, have *pipeline.Decimal, in input, undo **pipeline.Decimal) {
	old := noAmount
	if have != nil {
		old = *have
	}
	if want == nil || want.Equal(old) {
		return
	}
	d.change(field, amountShown(old), amountShown(*want))
	in[name] = money(*want)
	if want.IsZero() {
		in[name] = nil
	}
	*undo, d.back = &old, true
}

func amountShown(d pipeline.Decimal) string {
	if d.IsZero() {
		return ""
	}
	return money(d)
}

func (d *variantDiff) weight(v *variant) {
	w, have := d.w, v.Item.Measurement.Weight
	if w.Weight == nil {
		return
	}
	old, unit := noAmount, w.Unit
	if have != nil {
		old, unit = have.Value, have.Unit
	}
	if grams(*w.Weight, w.Unit).Equal(grams(old, unit)) {
		return
	}
	d.change("weight", old.String()+" "+strings.ToLower(unit), w.Weight.String()+" "+strings.ToLower(w.Unit))
	d.weigh()
	d.undo.Weight, d.undo.Unit, d.back = &old, unit, true
}
