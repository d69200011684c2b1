package shopify

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// alter is what makes an offer what a wish says: the input of an update, and the
// changes for people. undo is the wish that makes it what it was.
type alter struct {
	input   map[string]any
	changes []pipeline.Change
	undo    discount
	codes   []string // to be added
	stop    bool     // it is to be switched off
}

func (a *alter) set(name, field, old, now string, value any) {
	a.input[name] = value
	a.changes = append(a.changes, pipeline.Change{Field: field, Old: old, New: now})
}

// empty tells whether the offer is as the wish says.
func (a alter) empty() bool { return len(a.changes) == 0 }

// compare holds a wish against the offer as it is. What the wish does not speak of
// is left alone. gids are those of its items.
func (w discount) compare(o offer) alter {
	a := alter{input: map[string]any{}, undo: discount{Title: w.Title, Code: w.Code, ID: o.ID}}
	if w.Off {
		if a.stop = o.Status != "EXPIRED"; a.stop {
			a.changes = append(a.changes, pipeline.Change{Field: "status", Old: o.Status, New: "EXPIRED", Mark: pipeline.MarkDelete})
			a.undo.Ends, a.undo.Free = o.Ends, free(o.Ends == nil, "ends")
		}
		return a
	}
	w.compareTimes(o, &a)
	w.compareValue(o, &a)
	w.compareItems(o, &a)
	w.compareTerms(o, &a)
	for _, code := range w.More {
		if !slices.ContainsFunc(o.Codes, func(have string) bool { return strings.EqualFold(have, code) }) {
			a.codes = append(a.codes, code)
		}
	}
	if len(a.codes) > 0 {
		a.changes = append(a.changes, pipeline.Change{Field: "codes", New: strings.Join(a.codes, ", ")})
	}
	return a
}

// free names a field that is to have no value.
func free(yes bool, field string) []string {
	if yes {
		return []string{field}
	}
	return nil
}

func instantText(t *time.Time) string {
	if t == nil || t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// compareTimes: a discount that was switched off, and that the file says runs, has
// no end but the file's.
func (w discount) compareTimes(o offer, a *alter) {
	if w.Starts != nil && !w.Starts.Equal(o.Starts) {
		was := o.Starts
		a.set("startsAt", "starts", instantText(&was), instantText(w.Starts), instantText(w.Starts))
		a.undo.Starts = &was
	}
	endless := w.Ends == nil && o.Ends != nil && (slices.Contains(w.Free, "ends") || o.Status == "EXPIRED")
	if endless || w.Ends != nil && (o.Ends == nil || !w.Ends.Equal(*o.Ends)) {
		var value any
		if w.Ends != nil {
			value = instantText(w.Ends)
		}
		a.set("endsAt", "ends", instantText(o.Ends), instantText(w.Ends), value)
		a.undo.Ends, a.undo.Free = o.Ends, append(a.undo.Free, free(o.Ends == nil, "ends")...)
	}
}

// offText is what is taken off, for people.
func offText(percent, amount *pipeline.Decimal, each bool) string {
	switch {
	case percent != nil:
		return percent.String() + "%"
	case amount != nil && each:
		return money(*amount) + " each"
	}
	return shown(amount)
}

func (w discount) compareValue(o offer, a *alter) {
	if w.Percent == nil && w.Amount == nil || alike(w.Percent, o.Percent) && alike(w.Amount, o.Amount) && (w.Amount == nil || w.Each == o.Each) {
		return
	}
	a.gets()["value"] = w.valueInput()
	a.changes = append(a.changes, pipeline.Change{Field: "value", Old: offText(o.Percent, o.Amount, o.Each), New: offText(w.Percent, w.Amount, w.Each)})
	a.undo.Percent, a.undo.Amount, a.undo.Each = o.Percent, o.Amount, o.Each
}

// gets is the part of the input that value and items share.
func (a *alter) gets() map[string]any {
	if a.input["customerGets"] == nil {
		a.input["customerGets"] = map[string]any{}
	}
	return a.input["customerGets"].(map[string]any)
}

func (w discount) valueInput() map[string]any {
	if w.Percent != nil {
		return map[string]any{"percentage": fraction(*w.Percent)}
	}
	return map[string]any{"discountAmount": map[string]any{"amount": money(*w.Amount), "appliesOnEachItem": w.Each}}
}

// lacking are the ids that a list has and another one lacks.
func lacking(list, other []string) []string {
	out := []string{}
	for _, id := range list {
		if !slices.Contains(other, id) {
			out = append(out, id)
		}
	}
	return out
}

func (w discount) compareItems(o offer, a *alter) {
	switch {
	case w.Whole && !o.All:
		a.gets()["items"] = map[string]any{"all": true}
		a.changes = append(a.changes, pipeline.Change{Field: "items", Old: o.scope(), New: "*"})
	case len(w.Gids) > 0 && (o.All || len(o.Groups) > 0 || !sameSet(w.Gids, o.Gids)),
		len(w.Groups) > 0 && (o.All || len(o.Gids) > 0 || !sameSet(w.Groups, o.Groups)):
		a.gets()["items"] = itemsInput(w, o)
		to := offer{Gids: w.Gids, Groups: w.Groups}
		a.changes = append(a.changes, pipeline.Change{Field: "items", Old: o.scope(), New: to.scope()})
	default:
		return
	}
	a.undo.Whole, a.undo.Items, a.undo.Gids, a.undo.Groups = o.All, o.Gids, o.Gids, o.Groups
}

// scope is what an offer is off, for people: their number, and the ids of a few.
func (o offer) scope() string {
	all := append(slices.Clone(o.Gids), o.Groups...)
	if o.All {
		return "*"
	}
	if len(all) > 3 {
		return strconv.Itoa(len(all))
	}
	return strings.Join(all, ", ")
}

func sameSet(a, b []string) bool { return len(lacking(a, b)) == 0 && len(lacking(b, a)) == 0 }

// itemsInput adds what the file has and takes away what it no longer has.
func itemsInput(w discount, o offer) map[string]any {
	in := map[string]any{}
	products := map[string]any{}
	for name, list := range map[string][]string{"ToAdd": lacking(w.Gids, o.Gids), "ToRemove": lacking(o.Gids, w.Gids)} {
		for _, kind := range []string{"Product", "ProductVariant"} {
			var ids []string
			for _, id := range list {
				if strings.HasPrefix(id, "gid://shopify/"+kind+"/") {
					ids = append(ids, id)
				}
			}
			if len(ids) > 0 {
				products[map[string]string{"Product": "products", "ProductVariant": "productVariants"}[kind]+name] = ids
			}
		}
	}
	if len(products) > 0 {
		in["products"] = products
	}
	groups := map[string]any{}
	if add := lacking(w.Groups, o.Groups); len(add) > 0 {
		groups["add"] = add
	}
	if gone := lacking(o.Groups, w.Groups); len(gone) > 0 {
		groups["remove"] = gone
	}
	if len(groups) > 0 {
		in["collections"] = groups
	}
	return in
}

func (w discount) compareTerms(o offer, a *alter) {
	freed := func(field string) bool { return slices.Contains(w.Free, field) }
	if w.Minimum != nil && !alike(w.Minimum, o.Minimum) || w.Pieces != nil && !alike(w.Pieces, o.Pieces) ||
		freed("minimum") && (o.Minimum != nil || o.Pieces != nil) {
		a.set("minimumRequirement", "minimum", leastText(o.Minimum, o.Pieces), leastText(w.Minimum, w.Pieces), w.leastInput())
		a.undo.Minimum, a.undo.Pieces = o.Minimum, o.Pieces
		a.undo.Free = append(a.undo.Free, free(o.Minimum == nil && o.Pieces == nil, "minimum")...)
	}
	if w.Limit != nil && (o.Limit == nil || *o.Limit != *w.Limit) || freed("usage_limit") && o.Limit != nil {
		a.set("usageLimit", "usage_limit", countText(o.Limit), countText(w.Limit), w.Limit)
		a.undo.Limit, a.undo.Free = o.Limit, append(a.undo.Free, free(o.Limit == nil, "usage_limit")...)
	}
	if w.Once != nil && *w.Once != o.Once && !w.automatic() {
		a.set("appliesOncePerCustomer", "once", strconv.FormatBool(o.Once), strconv.FormatBool(*w.Once), *w.Once)
		was := o.Once
		a.undo.Once = &was
	}
	with := map[string]bool{}
	changed := false
	for _, name := range []string{"orderDiscounts", "productDiscounts", "shippingDiscounts"} {
		with[name] = o.Combines[name]
		if want, said := w.Combines[name]; said && want != with[name] {
			with[name], changed = want, true
			a.changes = append(a.changes, pipeline.Change{Field: name, Old: strconv.FormatBool(!want), New: strconv.FormatBool(want)})
			if a.undo.Combines == nil {
				a.undo.Combines = map[string]bool{}
			}
			a.undo.Combines[name] = !want
		}
	}
	if changed {
		a.input["combinesWith"] = with
	}
}

func leastText(minimum, pieces *pipeline.Decimal) string {
	if pieces != nil {
		return pieces.String() + " pcs"
	}
	return shown(minimum)
}

func countText(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// leastInput is the least that has to be bought; null where there is none.
func (w discount) leastInput() any {
	switch {
	case w.Minimum != nil:
		return map[string]any{"subtotal": map[string]any{"greaterThanOrEqualToSubtotal": money(*w.Minimum)}}
	case w.Pieces != nil:
		return map[string]any{"quantity": map[string]any{"greaterThanOrEqualToQuantity": w.Pieces.String()}}
	}
	return nil
}

// creation is the input of a discount that is to be made, for all buyers, and with
// our tag on it.
func (w discount) creation(now time.Time) map[string]any {
	a := w.compare(offer{Combines: map[string]bool{}, Status: "ACTIVE"})
	in := a.input
	in["title"], in["context"], in["tags"] = w.Title, map[string]any{"all": "ALL"}, []string{ownTag}
	if in["startsAt"] == nil {
		in["startsAt"] = now.UTC().Format(time.RFC3339)
	}
	if len(w.Gids)+len(w.Groups) == 0 {
		a.gets()["items"] = map[string]any{"all": true}
	}
	if !w.automatic() {
		in["code"] = w.Code
	}
	return in
}
