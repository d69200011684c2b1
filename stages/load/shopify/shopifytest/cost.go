package shopifytest

import (
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxCost is what one document may cost.
const maxCost = 1000

// bucket holds the points of the app in this shop.
type bucket struct {
	size, rate, level float64
	at                time.Time
}

// fill adds what has come in since the last look.
func (b *bucket) fill(now time.Time) {
	if passed := now.Sub(b.at); passed > 0 {
		b.level = min(b.size, b.level+passed.Seconds()*b.rate)
		b.at = now
	}
}

// status is extensions.cost. Shopify writes the two sizes with a decimal point.
func (b *bucket) status(requested int, actual any) map[string]any {
	return map[string]any{"cost": map[string]any{
		"requestedQueryCost": requested,
		"actualQueryCost":    actual,
		"throttleStatus": map[string]any{
			"maximumAvailable":   decimalPoint(b.size),
			"currentlyAvailable": int(b.level),
			"restoreRate":        decimalPoint(b.rate),
		},
	}}
}

func decimalPoint(f float64) json.Number {
	text, err := json.Marshal(f)
	if err != nil {
		panic("shopifytest: size of the bucket is no number")
	}
	if strings.ContainsRune(string(text), '.') {
		return json.Number(text)
	}
	return json.Number(string(text) + ".0")
}

// dearMutations cost 20 in place of 10.
var dearMutations = map[string]bool{"fileCreate": true, "refundCreate": true, "orderCapture": true}

// freeFields are objects that cost nothing themselves.
var freeFields = map[string]bool{
	"Location.address": true, "InventoryItem.measurement": true, "Customer.defaultAddress": true,
}

func mutationPrice(field string) int {
	if field == "fulfillmentTrackingInfoUpdate" { // live, since mid 2026
		return 50
	}
	if dearMutations[field] {
		return 20
	}
	return 10
}

// objectPrice is 1 for a field that gives an object, 0 for scalars, money and the other free ones.
func objectPrice(owner *ast.Definition, field *ast.Field) int {
	def := loadedSchema().Types[field.Definition.Type.Name()]
	switch {
	case def.IsLeafType(), def.Name == "MoneyBag", def.Name == "MoneyV2", def.Name == "PageInfo":
		return 0
	case strings.HasSuffix(def.Name, "Edge"): // its node is charged
		return 0
	case strings.HasSuffix(field.Name, "rrors") && strings.HasSuffix(def.Name, "Error"): // userErrors, mediaUserErrors
		return 0
	case owner != nil && freeFields[owner.Name+"."+field.Name]:
		return 0
	}
	return 1
}

// pageWeight is L(n): how many nodes a page of n is charged for.
func pageWeight(n int) int {
	switch {
	case n <= 0:
		return 0
	case n == 1:
		return 1
	}
	return int(math.Floor(2 * math.Log(float64(n))))
}

// pricer computes the requested cost of an operation before it runs.
type pricer struct{ vars map[string]any }

func (p pricer) operation(op *ast.OperationDefinition) int {
	if op.Operation != ast.Mutation {
		return p.selection(loadedSchema().Query, op.SelectionSet)
	}
	total := 0
	for _, field := range flatten(op.SelectionSet, p.vars, nil) {
		payload := loadedSchema().Types[field.Definition.Type.Name()]
		total += mutationPrice(field.Name) + inputPoints(field.Name, field.ArgumentMap(p.vars))
		for _, child := range flatten(field.SelectionSet, p.vars, nil) {
			total += p.field(payload, child, true)
		}
	}
	return total
}

// selection adds up a selection set. On an abstract type the dearest of the possible types counts.
func (p pricer) selection(owner *ast.Definition, set ast.SelectionSet) int {
	if owner.IsAbstractType() {
		dearest := 0
		for _, possible := range loadedSchema().GetPossibleTypes(owner) {
			dearest = max(dearest, p.selection(possible, set))
		}
		return dearest
	}
	total := 0
	for _, field := range flatten(set, p.vars, owner) {
		total += p.field(owner, field, false)
	}
	return total
}

// field prices one field with what is below it; firstLevel is a field of a mutation's payload, itself free.
func (p pricer) field(owner *ast.Definition, field *ast.Field, firstLevel bool) int {
	if field.Name == "__typename" {
		return 0
	}
	def := loadedSchema().Types[field.Definition.Type.Name()]
	if isConnection(def) {
		n, _ := pageSize(field.ArgumentMap(p.vars))
		return 2 + pageWeight(n)*p.selection(def, field.SelectionSet) // nodes and edges both count
	}
	price := objectPrice(owner, field)
	if firstLevel {
		price = 0
	}
	if len(field.SelectionSet) == 0 {
		return price
	}
	return price + p.selection(def, field.SelectionSet)
}

func isConnection(def *ast.Definition) bool { return strings.HasSuffix(def.Name, "Connection") }

// pageSize reads first or last; ok is false when neither is given.
func pageSize(args map[string]any) (n int, ok bool) {
	for _, name := range []string{"first", "last"} {
		if v, present := toInt(args[name]); present {
			return v, true
		}
	}
	return 0, false
}
