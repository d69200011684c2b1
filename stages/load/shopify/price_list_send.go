package shopify

import (
	"context"
	"encoding/json"
	"strings"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// listPrice is the input of one price of a list. Without a compare-at price in it
// the list has none.
func (w writing) listPrice() map[string]any {
	amount := func(d pipeline.Decimal) map[string]string {
		return map[string]string{"amount": money(d), "currencyCode": w.currency}
	}
	in := map[string]any{"variantId": w.Variant, "price": amount(*w.to.Price)}
	if w.to.Compare != nil {
		in["compareAtPrice"] = amount(*w.to.Compare)
	}
	return in
}

// writeList fixes prices of one list. It fixes all or none: what is right leaves
// again without what was refused.
func (s *Sink) writeList(ctx context.Context, part []writing, a *pipeline.Answer) error {
	id, err := s.listID(ctx, part[0])
	if err != nil {
		return err
	}
	add, remove := []map[string]any{}, []string{}
	var added, removed []pipeline.Document
	for _, w := range part {
		if w.to.Price == nil {
			remove, removed = append(remove, w.Variant), append(removed, w.doc)
		} else {
			add, added = append(add, w.listPrice()), append(added, w.doc)
		}
	}
	r, err := s.door.Query(ctx, updateListPrices, map[string]any{"priceListId": id, "pricesToAdd": add, "variantIdsToDelete": remove})
	if err != nil {
		return called(err, part)
	}
	var d struct {
		Update *struct {
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"priceListFixedPricesUpdate"`
	}
	if json.Unmarshal(r.Data, &d) != nil || d.Update == nil {
		return called(admin.Unreadable(updateListPrices, r), part)
	}
	errs := d.Update.UserErrors
	out := append(refusals(added, but(errs, "variantIdsToDelete"), "pricesToAdd"), refusals(removed, but(errs, "pricesToAdd"), "variantIdsToDelete")...)
	for i := range out {
		switch o := &out[i]; {
		case len(errs) > 0 && o.State == pipeline.Delivered: // nothing of the call was set
			o.State, o.Body = pipeline.Ready, bodyIn(part, o.Key)
		case len(o.Why) == 1 && o.Why[0].With["code"] == codeNotFixed: // it is as it is to be
			o.State, o.Why = pipeline.Delivered, nil
		}
	}
	a.Outcomes = append(a.Outcomes, out...)
	return nil
}

// codeNotFixed says that a list has no price of its own to be taken away.
const codeNotFixed = "PRICE_NOT_FIXED"

// but are the errors that name no row of a list.
func but(errs []admin.UserError, list string) (out []admin.UserError) {
	for _, e := range errs {
		if _, ok := e.Row(list); !ok {
			out = append(out, e)
		}
	}
	return out
}

// bodyIn is the body of a document among some.
func bodyIn(all []writing, key string) json.RawMessage {
	for _, w := range all {
		if w.doc.Key == key {
			return w.doc.Body
		}
	}
	return nil
}

// listID is the gid of a list; one that was not there when it was planned is
// looked for again, and made.
func (s *Sink) listID(ctx context.Context, w writing) (string, error) {
	if w.ListID != "" {
		return w.ListID, nil
	}
	r, err := s.door.Query(ctx, priceListsPage, map[string]any{"first": admin.PageSize, "after": nil})
	if err != nil {
		return "", err
	}
	var there struct {
		Lists struct {
			Nodes []*priceList `json:"nodes"`
		} `json:"priceLists"`
	}
	if json.Unmarshal(r.Data, &there) != nil {
		return "", admin.Unreadable(priceListsPage, r)
	}
	for _, l := range there.Lists.Nodes {
		if l.named(w.list) && l.Currency == w.currency {
			return l.ID, nil
		}
	}
	r, err = s.door.Query(ctx, createPriceList, map[string]any{"input": map[string]any{"name": strings.TrimSpace(w.list), "currency": w.currency,
		"parent": map[string]any{"adjustment": map[string]any{"type": "PERCENTAGE_DECREASE", "value": 0}}}})
	if err != nil {
		return "", err
	}
	var made struct {
		Create *struct {
			List *struct {
				ID string `json:"id"`
			} `json:"priceList"`
			UserErrors []admin.UserError `json:"userErrors"`
		} `json:"priceListCreate"`
	}
	if json.Unmarshal(r.Data, &made) != nil || made.Create == nil {
		return "", admin.Unreadable(createPriceList, r)
	}
	if len(made.Create.UserErrors) > 0 || made.Create.List == nil {
		var e admin.UserError
		if len(made.Create.UserErrors) > 0 {
			e = made.Create.UserErrors[0]
		}
		return "", s.door.Refused(r, e)
	}
	return made.Create.List.ID, nil
}
