package law

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The tables of what the taxpayer has registered in the portal. None is shipped: an installation that has them in its folder
// of tables has its receipts checked against them, and one that has not is believed. Like all tables they have days
// from and to which a line counts.
const (
	RegisteredItems      = "registered_items"      // item codes, EGS and GS1, as approved
	RegisteredBranches   = "registered_branches"   // codes of branches
	RegisteredActivities = "registered_activities" // activity codes; beside them the types of sale that each allows, apart by blanks
)

// ownForms are the forms of these tables. Which types an activity allows no page lists (UNVERIFIED, eta-ereceipt.md
// 3.1): where nothing stands in receipt_types, all are.
var ownForms = map[string]form{
	RegisteredItems:      {may: append([]string{"item_type"}, named...), code: regexp.MustCompile(`^\S{1,100}$`)},
	RegisteredBranches:   {may: named, code: regexp.MustCompile(`^.{1,50}$`)},
	RegisteredActivities: {may: append([]string{"receipt_types"}, named...), code: regexp.MustCompile(`^[0-9]{4}$`)},
}

// OwnNames are the names of the tables that only an installation can have, in order.
func OwnNames() []string { return slices.Sorted(maps.Keys(ownForms)) }

// Registered tells whether a code is registered on a day, on "" at any time. Where nothing is known of what is registered
// every code is.
func (b *Book) Registered(table, code, day string) bool {
	return b.tables[table] == nil || b.Has(table, code, day)
}

// RegisteredCodes are the codes of such a table that count on a day, for people.
func (b *Book) RegisteredCodes(table, day string) string {
	var codes []string
	if t := b.tables[table]; t != nil {
		for _, r := range t.On(day) {
			codes = append(codes, r.Code)
		}
	}
	return strings.Join(codes, ", ")
}

// Allows tells whether an activity allows sales of a type, as far as that is known. Returns follow their sale.
func (b *Book) Allows(activity, kind, day string) bool {
	if b.tables[RegisteredActivities] == nil {
		return true
	}
	row, ok := b.Row(RegisteredActivities, activity, day)
	types := strings.Fields(row.Cell("receipt_types"))
	return !ok || len(types) == 0 || slices.Contains(types, kind)
}
