package shopifytest

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

const maxQuantity = 1_000_000_000

// adjustReasons are the reasons that inventory may be changed for.
var adjustReasons = []string{"correction", "cycle_count_available", "damaged", "movement_canceled", "movement_created",
	"movement_received", "movement_updated", "other", "promotion", "quality_control", "received", "reservation_created",
	"reservation_deleted", "reservation_updated", "restock", "safety_stock", "shrinkage"}

// quantityRow is one entry of InventorySetQuantitiesInput.quantities.
type quantityRow struct {
	item, location string
	quantity       int
	from           *int // expected before, nil to skip the comparison
}

// setQuantities is the mutation inventorySetQuantities: either every row is written or none.
func (s *Server) setQuantities(x *execution) rootResolver {
	return func(field *ast.Field, args map[string]any) (any, error) {
		key, err := idempotencyKey(x, field)
		if err != nil {
			return nil, err
		}
		x.req.call.Key = key
		input, _ := args["input"].(object)
		if err := requireChangeFrom(x, input); err != nil {
			return nil, err
		}
		a, answer := s.claim(x, field.Name, key)
		if answer != nil {
			return answer, nil
		}
		x.hold()
		before := len(s.record.effects)
		result := s.applyQuantities(x, input, key)
		s.settle(a, result, s.record.effects[before:])
		return result, nil
	}
}

// requireChangeFrom is a rule of 2026-04 that the schema hides: null is allowed, leaving it out is not.
func requireChangeFrom(x *execution, input object) error {
	rows, _ := input["quantities"].([]any)
	for _, row := range rows {
		if _, present := row.(object)["changeFromQuantity"]; !present {
			x.s.record.note("change-from-missing", x.req.call, "a row without changeFromQuantity")
			return &fieldError{code: "INVALID_FIELD_ARGUMENTS",
				message: "InventoryQuantityInput must include the following argument: changeFromQuantity."}
		}
	}
	return nil
}

// applyQuantities checks in the order seen live: what is wrong with the call, with the rows, with what they point at;
// the comparison comes last, when all else is right.
func (s *Server) applyQuantities(x *execution, input object, key string) object {
	rows := quantityRows(input)
	name := text(input["name"])
	for _, check := range []func() []any{
		func() []any { return checkCall(input) },
		func() []any { return checkRows(rows, name) },
		func() []any { return s.checkTargets(rows) },
		func() []any { return s.checkChangeFrom(rows, name) },
	} {
		if errs := check(); len(errs) > 0 {
			x.s.record.userErrors(x.req.call, errs)
			return object{"inventoryAdjustmentGroup": nil, "userErrors": errs}
		}
	}
	return object{"inventoryAdjustmentGroup": s.writeRows(x, input, rows, key), "userErrors": []any{}}
}

func quantityRows(input object) []quantityRow {
	var rows []quantityRow
	list, _ := input["quantities"].([]any)
	for _, entry := range list {
		o := entry.(object)
		row := quantityRow{item: text(o["inventoryItemId"]), location: text(o["locationId"])}
		row.quantity, _ = toInt(o["quantity"])
		if from, given := toInt(o["changeFromQuantity"]); given {
			row.from = &from
		}
		rows = append(rows, row)
	}
	return rows
}

func userError(message, code string, path ...string) object {
	field := make([]any, len(path))
	for i, step := range path {
		field[i] = step
	}
	return object{"field": field, "message": message, "code": code}
}

func rowError(row int, field, message, code string) object {
	return userError(message, code, "input", "quantities", strconv.Itoa(row), field)
}

func checkCall(input object) (errs []any) {
	if name := text(input["name"]); name != "available" && name != "on_hand" {
		errs = append(errs, userError("The quantity name must be either 'available' or 'on_hand'.", "INVALID_NAME", "input", "name"))
	}
	if !slices.Contains(adjustReasons, text(input["reason"])) {
		errs = append(errs, userError("The specified reason is invalid. Valid values are: "+strings.Join(adjustReasons, ", ")+".",
			"INVALID_REASON", "input", "reason"))
	}
	if uri := input["referenceDocumentUri"]; uri != nil && !validDocument(text(uri)) {
		errs = append(errs, userError("The specified reference document is invalid.", "INVALID_REFERENCE_DOCUMENT", "input", "referenceDocumentUri"))
	}
	return errs
}

// validDocument wants a scheme and content; a gid needs app, entity and id.
func validDocument(uri string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme == "" || u.Host+u.Path+u.Opaque == "" {
		return false
	}
	if u.Scheme != "gid" {
		return true
	}
	entity, id, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	return u.Host != "" && entity != "" && id != ""
}

func checkRows(rows []quantityRow, name string) (errs []any) {
	seen := map[[2]string]int{}
	for _, row := range rows {
		seen[[2]string{row.item, row.location}]++
	}
	for i, row := range rows {
		switch {
		case row.quantity < -maxQuantity:
			errs = append(errs, rowError(i, "quantity", "The quantity can't be lower than -1,000,000,000.", "INVALID_QUANTITY_TOO_LOW"))
		case row.quantity < 0 && name == "on_hand":
			errs = append(errs, rowError(i, "quantity", "The quantity can't be negative.", "INVALID_QUANTITY_NEGATIVE"))
		case row.quantity > maxQuantity:
			errs = append(errs, rowError(i, "quantity", "The quantity can't be higher than 1,000,000,000.", "INVALID_QUANTITY_TOO_HIGH"))
		}
		if seen[[2]string{row.item, row.location}] > 1 {
			errs = append(errs, rowError(i, "locationId", "The combination of inventoryItemId and locationId must be unique.",
				"NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"))
		}
	}
	return errs
}

func (s *Server) checkTargets(rows []quantityRow) (errs []any) {
	for i, row := range rows {
		v, l := s.shop.item(row.item), s.lookUpLocation(row.location)
		if v == nil {
			errs = append(errs, rowError(i, "inventoryItemId", "The specified inventory item could not be found.", "INVALID_INVENTORY_ITEM"))
		} else if v.Untracked {
			errs = append(errs, rowError(i, "inventoryItemId", "The specified inventory item is not allowed to be adjusted via API.", "NON_MUTABLE_INVENTORY_ITEM"))
		}
		if l == nil || l.Inactive {
			errs = append(errs, rowError(i, "locationId", "The specified location could not be found.", "INVALID_LOCATION"))
		}
	}
	return errs
}

func (s *Server) lookUpLocation(id string) *location {
	return find(s.shop.locations, func(l *location) bool { return l.ID == id })
}

func (s *Server) checkChangeFrom(rows []quantityRow, name string) (errs []any) {
	for i, row := range rows {
		if have := s.quantityOf(row, name); row.from != nil && *row.from != have {
			errs = append(errs, rowError(i, "changeFromQuantity",
				"The changeFromQuantity argument no longer matches the persisted quantity.", "CHANGE_FROM_QUANTITY_STALE"))
		}
	}
	return errs
}

// quantityOf is 0 for an item that is not stocked at the location: since 2026-10 setting stocks it.
func (s *Server) quantityOf(row quantityRow, name string) int {
	held := s.shop.item(row.item).levels[row.location]
	if held == nil {
		return 0
	}
	n, _ := held.named(name)
	return n
}

// writeRows changes the quantities. A row that already has its value is no change; a call without any change makes no
// adjustment group (live).
func (s *Server) writeRows(x *execution, input object, rows []quantityRow, key string) any {
	now := s.opt.Now()
	name, document := text(input["name"]), text(input["referenceDocumentUri"])
	var changed []Effect
	for _, row := range rows {
		v, l := s.shop.item(row.item), s.lookUpLocation(row.location)
		held := v.levels[row.location]
		if held == nil {
			held = &level{updated: now}
			v.levels[row.location], l.levels = held, nil
		}
		if held.inactive {
			held.inactive, l.levels = false, nil // setting stocks the item again
		}
		from, _ := held.named(name)
		s.record.applied = append(s.record.applied, application{key: key, document: document, sku: v.SKU, item: v.ItemID,
			location: l.ID, call: x.req.call})
		if from == row.quantity {
			continue
		}
		held.Available += row.quantity - from
		held.updated, v.updated, v.product.updated = now, now, now
		changed = append(changed, Effect{At: now, Call: x.req.call.Number, Key: key, Document: document, Reason: text(input["reason"]),
			SKU: v.SKU, ItemID: v.ItemID, LocationID: l.ID, Location: l.Name, Name: name, From: from, To: row.quantity})
	}
	if len(changed) == 0 {
		return nil
	}
	s.record.effects = append(s.record.effects, changed...)
	return s.groupObject(s.shop.newID("InventoryAdjustmentGroup"), timestamp(now), input, changed)
}

// groupObject is what a mutation that changed something answers. Whichever name was set, available and on_hand move
// together.
func (s *Server) groupObject(id, created string, input object, changed []Effect) object {
	return object{
		"__typename": "InventoryAdjustmentGroup", "id": id, "createdAt": created, "reason": input["reason"],
		"referenceDocumentUri": input["referenceDocumentUri"], "app": object{"id": gid("App", 1), "title": "wasl", "handle": "wasl"},
		"changes": resolver(func(args map[string]any) (any, error) {
			out := []any{}
			for _, e := range changed {
				for _, name := range []string{"available", "on_hand"} {
					if !wanted(args["quantityNames"], name) || !wanted(args["inventoryItemIds"], e.ItemID) || !wanted(args["locationIds"], e.LocationID) {
						continue
					}
					out = append(out, object{"name": name, "delta": e.To - e.From, "quantityAfterChange": nil, "ledgerDocumentUri": nil,
						"item":     resolver(func(map[string]any) (any, error) { return orNil(s.lookUp(e.ItemID)), nil }),
						"location": resolver(func(map[string]any) (any, error) { return orNil(s.lookUp(e.LocationID)), nil })})
				}
			}
			return out, nil
		}),
	}
}

// wanted says whether a filter of a list lets the name through; no filter lets all through.
func wanted(filter any, name string) bool {
	list, given := filter.([]any)
	return !given || slices.Contains(list, any(name))
}
