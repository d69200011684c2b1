package shopifytest

import "testing"

// stocked is a tracked variant at Cairo, with the ids of the item and of both locations.
func stocked(t *testing.T) (s *Server, item, cairo, giza string) {
	t.Helper()
	s = start(t, Options{Locations: []Location{{Name: "Cairo"}, {Name: "Giza"}}})
	v := s.AddVariant(Variant{SKU: "A-1", Stock: map[string]Levels{"Cairo": {Available: 5}}})
	return s, v.ItemID, s.Locations()[0].ID, s.Locations()[1].ID
}

func TestActivate_StocksAndKeepsEarlierQuantities(t *testing.T) {
	t.Parallel()
	s, item, cairo, giza := stocked(t)
	activate := func(key, where string, available any) answer {
		return ask(t, s, operation(t, "inventory_activate"), fields{"inventoryItemId": item, "locationId": where, "available": available, "idempotencyKey": key})
	}
	a := activate("k1", giza, 7)
	if userErrorCodes(a) != "" || a.at("inventoryActivate.inventoryLevel.isActive") != true || a.at("inventoryActivate.inventoryLevel.quantities.0.quantity") != 7.0 {
		t.Fatalf("got %s", a.raw)
	}
	if a := activate("k1", giza, 7); userErrorCodes(a) != "" || len(s.Effects("A-1", "Giza")) != 1 {
		t.Errorf("the same key again: %s", a.raw)
	}
	if a := activate("k2", giza, 8); userErrorCodes(a) != "available" {
		t.Errorf("stocked already: %s", a.raw)
	}
	if a := activate("k3", giza, nil); userErrorCodes(a) != "" {
		t.Errorf("without a quantity: %s", a.raw)
	}
	if a := activate("k4", gid("Location", 1), nil); userErrorCodes(a) != "locationId" {
		t.Errorf("no location: %s", a.raw)
	}
	level := a.at("inventoryActivate.inventoryLevel.id")
	off := func(id any) string {
		return userErrorCodes(ask(t, s, operation(t, "inventory_deactivate"), fields{"inventoryLevelId": id}))
	}
	if got := off(level); got != "" {
		t.Errorf("deactivated: %q", got)
	}
	if _, there := s.Quantity("A-1", "Giza"); there {
		t.Errorf("a level that was deactivated is still shown")
	}
	if got := off(level); got != "inventoryLevelId" {
		t.Errorf("again: %q", got)
	}
	if got := off(levelID(s.shop.sku("A-1"), cairo)); got != "inventoryLevelId" {
		t.Errorf("the only location: %q", got)
	}
	if a := activate("k5", giza, nil); a.at("inventoryActivate.inventoryLevel.quantities.0.quantity") != 7.0 {
		t.Errorf("earlier quantities are kept: %s", a.raw)
	}
	if a := ask(t, s, `mutation M($i: ID!, $l: ID!) { inventoryActivate(inventoryItemId: $i, locationId: $l) { userErrors { message } } }`,
		fields{"i": item, "l": giza}); a.code() != "BAD_REQUEST" {
		t.Errorf("without a key: %s", a.raw)
	}
}

func TestToggle_AllOrNone(t *testing.T) {
	t.Parallel()
	s, item, cairo, giza := stocked(t)
	toggle := func(updates ...any) string {
		return userErrorCodes(ask(t, s, operation(t, "inventory_bulk_toggle_activation"), fields{"inventoryItemId": item, "updates": updates}))
	}
	on := func(where string, activate bool) fields { return fields{"locationId": where, "activate": activate} }
	if got := toggle(on(cairo, false)); got != "CANNOT_DEACTIVATE_FROM_ONLY_LOCATION inventoryItemUpdates.0.locationId" {
		t.Errorf("the only one: %q", got)
	}
	if got := toggle(on(giza, true), on(gid("Location", 1), true)); got != "LOCATION_NOT_FOUND inventoryItemUpdates.1.locationId" {
		t.Errorf("no location: %q", got)
	}
	if _, there := s.Quantity("A-1", "Giza"); there {
		t.Errorf("a refused call stocked")
	}
	if got := toggle(on(giza, true)); got != "" {
		t.Errorf("on: %q", got)
	}
	if err := s.Sell("A-1", "Cairo", -2); err != nil {
		t.Fatal(err)
	}
	if got := toggle(on(cairo, false)); got != "COMMITTED_INVENTORY_AT_LOCATION inventoryItemUpdates.0.locationId" {
		t.Errorf("committed: %q", got)
	}
	s.AddVariant(Variant{ItemID: gid("InventoryItem", 1)})
	item = gid("InventoryItem", 1)
	if got := toggle(on(giza, true)); got != "MISSING_SKU inventoryItemId" {
		t.Errorf("without a SKU: %q", got)
	}
}

func TestAdjust_ByDeltas(t *testing.T) {
	t.Parallel()
	s, item, cairo, giza := stocked(t)
	adjust := func(key string, changes ...any) answer {
		return ask(t, s, operation(t, "inventory_adjust_quantities"), fields{"idempotencyKey": key,
			"input": fields{"name": "available", "reason": "correction", "changes": changes}})
	}
	by := func(where string, delta int, from any) fields {
		return fields{"inventoryItemId": item, "locationId": where, "delta": delta, "changeFromQuantity": from}
	}
	a := adjust("k1", by(cairo, -2, 5), by(giza, 4, nil))
	if userErrorCodes(a) != "" || a.at("inventoryAdjustQuantities.inventoryAdjustmentGroup.changes.0.delta") != -2.0 || available(t, s, "A-1") != 3 {
		t.Fatalf("got %s", a.raw)
	}
	if adjust("k1", by(cairo, -2, 5), by(giza, 4, nil)); available(t, s, "A-1") != 3 {
		t.Errorf("the same key adjusted twice")
	}
	if a := adjust("k2", by(cairo, 1, nil), by(giza, 1, 9)); userErrorCodes(a) != "CHANGE_FROM_QUANTITY_STALE input.changes.1.changeFromQuantity" || available(t, s, "A-1") != 3 {
		t.Errorf("stale: %s", a.raw)
	}
	row := by(cairo, 1, nil)
	delete(row, "changeFromQuantity")
	if a := adjust("k3", row); a.code() != "INVALID_FIELD_ARGUMENTS" {
		t.Errorf("changeFromQuantity absent: %s", a.raw)
	}
	if a := adjust("k4", by(gid("Location", 1), 1, nil)); userErrorCodes(a) != "INVALID_LOCATION input.changes.0.locationId" {
		t.Errorf("no location: %s", a.raw)
	}
}

func TestItemUpdate(t *testing.T) {
	t.Parallel()
	s, item, _, _ := stocked(t)
	update := func(id string, in fields) answer {
		return ask(t, s, operation(t, "inventory_item_update"), fields{"id": id, "input": in})
	}
	a := update(item, fields{"cost": "180", "tracked": false, "countryCodeOfOrigin": "EG"})
	if v, _ := s.Variant("A-1"); userErrorCodes(a) != "" || v.Cost != "180.00" || !v.Untracked || v.Origin != "EG" {
		t.Errorf("got %s", a.raw)
	}
	if a := update(item, fields{"cost": nil}); a.at("inventoryItemUpdate.inventoryItem.unitCost") != nil {
		t.Errorf("null removes: %s", a.raw)
	}
	if a := update(gid("InventoryItem", 1), fields{"cost": "1"}); userErrorCodes(a) != "id" {
		t.Errorf("no item: %s", a.raw)
	}
	if a := update(item, fields{"cost": "-1"}); userErrorCodes(a) != "input.cost" {
		t.Errorf("below zero: %s", a.raw)
	}
}
