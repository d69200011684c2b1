package shopifytest

import (
	"slices"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
)

// keyed says whether a mutation of the stand-in needs an idempotency key. inventoryBulkToggleActivation and
// inventoryDeactivate need none.
func keyed(field string) bool {
	return slices.Contains([]string{"inventorySetQuantities", "inventoryAdjustQuantities", "inventoryActivate", "refundCreate"}, field)
}

// once runs a mutation under its idempotency key.
func (s *Server) once(x *execution, field *ast.Field, run func(key string) object) (any, error) {
	key, err := idempotencyKey(x, field)
	if err != nil {
		return nil, err
	}
	x.req.call.Key = key
	a, answer := s.claim(x, field.Name, key)
	if answer != nil {
		return answer, nil
	}
	x.hold()
	before := len(s.record.effects)
	result := run(key)
	s.settle(a, result, s.record.effects[before:])
	return result, nil
}

// updateItem is inventoryItemUpdate.
func (s *Server) updateItem(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		v := s.shop.item(text(args["id"]))
		if v == nil {
			return s.refused(x, object{"inventoryItem": nil}, plainError("The product variant doesn't exist.", "id")), nil
		}
		in := args["input"].(object)
		if cost := moneyText(in["cost"]); cost != "" && compareAmounts(cost, "0") < 0 {
			return s.refused(x, object{"inventoryItem": nil}, plainError("Cost must be greater than or equal to 0", "input", "cost")), nil
		}
		w := x.pen()
		w.itemFields(v, in)
		w.touch(v.product, v)
		return object{"inventoryItem": s.itemObject(v), "userErrors": []any{}}, nil
	}
}

// activate is inventoryActivate. Since 2026-04 an item that is stocked again has its earlier quantities; available may
// not be given for one that is stocked.
func (s *Server) activate(x *execution) rootResolver {
	return func(field *ast.Field, args map[string]any) (any, error) {
		return s.once(x, field, func(string) object {
			v, l := s.shop.item(text(args["inventoryItemId"])), s.lookUpLocation(text(args["locationId"]))
			refuse := func(message, field string) object {
				return s.refused(x, object{"inventoryLevel": nil}, plainError(message, field))
			}
			switch {
			case v == nil:
				return refuse("The product couldn't be stocked because the product wasn't found.", "inventoryItemId")
			case l == nil || l.Inactive:
				return refuse("The product couldn't be stocked because the location wasn't found.", "locationId")
			}
			held := v.levels[l.ID]
			if held != nil && !held.inactive && (args["available"] != nil || args["onHand"] != nil) {
				return refuse("Not allowed to set available quantity when the item is already active at the location.", "available")
			}
			s.stock(v, l)
			for name, argument := range map[string]string{"available": "available", "on_hand": "onHand"} {
				if n, given := toInt(args[argument]); given {
					x.pen().quantity(v, l.ID, name, n, "activate")
				}
			}
			return object{"inventoryLevel": s.levelObject(v, l.ID), "userErrors": []any{}}
		})
	}
}

// stock makes the item stocked at the location.
func (s *Server) stock(v *variant, l *location) {
	held := v.levels[l.ID]
	if held == nil {
		held = &level{updated: s.opt.Now()}
		v.levels[l.ID] = held
	}
	held.inactive, l.levels = false, nil
}

// unstock says why the item cannot be taken from the location, by code and text; code is "" when it was.
func (s *Server) unstock(v *variant, l *location) (message, code string) {
	held := v.levels[l.ID]
	active := 0
	for _, other := range v.levels {
		if !other.inactive {
			active++
		}
	}
	because := "The product couldn't be unstocked from " + l.Name + " because "
	switch {
	case active <= 1:
		return because + "products need to be stocked at a minimum of one location.", "CANNOT_DEACTIVATE_FROM_ONLY_LOCATION"
	case held.Committed != 0:
		return because + "there are committed quantities.", "COMMITTED_INVENTORY_AT_LOCATION"
	case held.Incoming != 0:
		return because + "there are incoming quantities.", "INCOMING_INVENTORY_AT_LOCATION"
	case held.Reserved != 0:
		return because + "there are reserved quantities.", "RESERVED_INVENTORY_AT_LOCATION"
	}
	held.inactive, l.levels = true, nil
	held.updated = s.opt.Now()
	return "", ""
}

// levelOf finds the item and the location of a level's id, nil when there is no such level.
func (s *Server) levelOf(id string) (*variant, *location) {
	for _, v := range s.shop.variants {
		for where := range v.levels {
			if levelID(v, where) == id {
				return v, s.lookUpLocation(where)
			}
		}
	}
	return nil, nil
}

// deactivate is inventoryDeactivate.
func (s *Server) deactivate(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		v, l := s.levelOf(text(args["inventoryLevelId"]))
		if v == nil || v.levels[l.ID].inactive {
			return s.refused(x, object{}, plainError("The product couldn't be unstocked because the product was deleted.", "inventoryLevelId")), nil
		}
		if message, code := s.unstock(v, l); code != "" {
			return s.refused(x, object{}, plainError(message, "inventoryLevelId")), nil
		}
		return object{"userErrors": []any{}}, nil
	}
}

// toggleActivation is inventoryBulkToggleActivation: locations of one item, all or none.
func (s *Server) toggleActivation(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		v := s.shop.item(text(args["inventoryItemId"]))
		refuse := func(errs ...any) (any, error) {
			return s.refused(x, object{"inventoryItem": nil, "inventoryLevels": nil}, errs...), nil
		}
		switch {
		case v == nil:
			return refuse(userError("The inventory item could not be found.", "INVENTORY_ITEM_NOT_FOUND", "inventoryItemId"))
		case v.SKU == "":
			return refuse(userError("The product variant needs a SKU.", "MISSING_SKU", "inventoryItemId"))
		}
		list, _ := args["inventoryItemUpdates"].([]any)
		before := map[string]level{}
		for where, held := range v.levels {
			before[where] = *held
		}
		levels := []any{}
		for i, entry := range list {
			in := entry.(object)
			l := s.lookUpLocation(text(in["locationId"]))
			message, code := "The location could not be found.", "LOCATION_NOT_FOUND"
			if l != nil {
				message, code = s.toggle(v, l, in["activate"] == true)
			}
			if code != "" {
				s.putBack(v, before)
				return refuse(userError(message, code, "inventoryItemUpdates", strconv.Itoa(i), "locationId"))
			}
			if v.levels[l.ID] != nil {
				levels = append(levels, s.levelObject(v, l.ID))
			}
		}
		return object{"inventoryItem": s.itemObject(v), "inventoryLevels": levels, "userErrors": []any{}}, nil
	}
}

func (s *Server) toggle(v *variant, l *location, on bool) (message, code string) {
	held := v.levels[l.ID]
	switch {
	case on:
		s.stock(v, l)
	case held != nil && !held.inactive:
		return s.unstock(v, l)
	}
	return "", ""
}

func (s *Server) putBack(v *variant, before map[string]level) {
	for where, held := range v.levels {
		s.lookUpLocation(where).levels = nil
		if old, was := before[where]; was {
			*held = old
		} else {
			delete(v.levels, where)
		}
	}
}

// adjustQuantities is inventoryAdjustQuantities: deltas, all or none, checked as inventorySetQuantities is.
func (s *Server) adjustQuantities(x *execution) rootResolver {
	return func(field *ast.Field, args map[string]any) (any, error) {
		input := args["input"].(object)
		list, _ := input["changes"].([]any)
		for _, entry := range list {
			if _, present := entry.(object)["changeFromQuantity"]; !present && field.Directives.ForName("idempotent") != nil {
				s.record.note("change-from-missing", x.req.call, "a row without changeFromQuantity")
				return nil, &fieldError{code: "INVALID_FIELD_ARGUMENTS",
					message: "InventoryChangeInput must include the following argument: changeFromQuantity."}
			}
		}
		return s.once(x, field, func(key string) object { return s.applyChanges(x, input, list, key) })
	}
}

func (s *Server) applyChanges(x *execution, input object, list []any, key string) object {
	rows, name := []quantityRow{}, text(input["name"])
	for _, entry := range list {
		o := entry.(object)
		row := quantityRow{item: text(o["inventoryItemId"]), location: text(o["locationId"])}
		row.quantity, _ = toInt(o["delta"])
		if from, given := toInt(o["changeFromQuantity"]); given {
			row.from = &from
		}
		rows = append(rows, row)
	}
	for _, check := range []func() []any{
		func() []any { return adjustNames(checkCall(input)) },
		func() []any { return s.checkTargets(rows) },
		func() []any { return s.checkChangeFrom(rows, name) },
		func() []any { return s.addUp(rows, name) },
	} {
		if errs := check(); len(errs) > 0 {
			for _, e := range errs {
				rename(e.(object)["field"].([]any), "quantities", "changes")
			}
			return s.refused(x, object{"inventoryAdjustmentGroup": nil}, errs...)
		}
	}
	return object{"inventoryAdjustmentGroup": s.writeRows(x, input, rows, key), "userErrors": []any{}}
}

// addUp turns deltas into the quantities that they lead to; several deltas of one item at one place add up.
func (s *Server) addUp(rows []quantityRow, name string) (errs []any) {
	now := map[[2]string]int{}
	for i, row := range rows {
		at := [2]string{row.item, row.location}
		if _, seen := now[at]; !seen {
			now[at] = s.quantityOf(row, name)
		}
		now[at] += row.quantity
		rows[i].quantity = now[at]
		if now[at] > maxQuantity {
			errs = append(errs, rowError(i, "delta", "The quantity can't be higher than 1,000,000,000.", "INVALID_QUANTITY_TOO_HIGH"))
		}
		if now[at] < -maxQuantity {
			errs = append(errs, rowError(i, "delta", "The quantity can't be lower than -1,000,000,000.", "INVALID_QUANTITY_TOO_LOW"))
		}
	}
	return errs
}

// adjustNames gives the error of the quantity's name the code that this mutation has for it.
func adjustNames(errs []any) []any {
	for _, e := range errs {
		if o := e.(object); o["code"] == "INVALID_NAME" {
			o["code"] = "INVALID_QUANTITY_NAME"
		}
	}
	return errs
}

func rename(field []any, from, to string) {
	if i := slices.Index(field, any(from)); i >= 0 {
		field[i] = to
	}
}
