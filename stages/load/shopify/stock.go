package shopify

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// most is the largest quantity that Shopify takes, either way of zero.
const most = 1_000_000_000

// stock is the body of a document of shopify.stock: the balance that an item is
// to have at a location. Build fills in the first three, Plan the rest.
type stock struct {
	SKU      string `json:"sku"`
	Location string `json:"location"` // gid
	Quantity int64  `json:"quantity"` // pieces

	Item  string `json:"inventoryItemId,omitempty"`    // gid
	From  *int64 `json:"changeFromQuantity,omitempty"` // what the shop held when it was read; nil: not compared
	Stale int    `json:"stale,omitempty"`              // how often the shop held something else when it was to be set
}

// spot is where a balance is kept.
type spot struct{ item, location string }

func (w stock) spot() spot { return spot{w.Item, w.Location} }

func (w stock) body() json.RawMessage {
	b, err := json.Marshal(w)
	if err != nil {
		panic(err) // texts and whole numbers
	}
	return b
}

// stockOf reads a document's body.
func stockOf(doc pipeline.Document) (stock, error) {
	var w stock
	if err := json.Unmarshal(doc.Body, &w); err != nil {
		return stock{}, fmt.Errorf("shopify: the body of %s: %w", doc.Key, err)
	}
	return w, nil
}

// build makes the document of one SKU at one location. Rows of several
// warehouses that are kept in one location add up; the same warehouse twice is a
// mistake in the file, and which of the rows is right cannot be known.
func (c Config) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	first := group[0]
	sku, location := first.Text("sku"), first.Text("location")
	var doc pipeline.Document
	if sku == "" || location == "" {
		doc.Name = sku
		return doc, nil // the row says neither; Map or the grouping has told so
	}
	doc.Key = "stock/" + sku + "@" + location
	doc.Words = []string{sku}

	var problems []pipeline.Problem
	var total pipeline.Decimal
	var warehouses []string
	for _, r := range group {
		doc.From = append(doc.From, r.At("quantity"))
		warehouse := r.Text("warehouse")
		switch {
		case slices.Contains(warehouses, warehouse):
			problems = append(problems, r.Problem("warehouse", "stock.twice", map[string]string{"sku": sku, "warehouse": warehouse}))
		case !r.Has("quantity"):
			problems = append(problems, r.Problem("quantity", "stock.quantity", map[string]string{"sku": sku}))
		}
		warehouses = append(warehouses, warehouse)
		total = total.Add(r.Amount("quantity"))
	}
	doc.Name = stockName(sku, location, warehouses)

	if !locationGID.MatchString(location) {
		problems = append(problems, first.Problem("location", "stock.location",
			map[string]string{"location": location, "known": c.known()}))
	}
	quantity, rule := c.pieces(total)
	if rule != "" {
		problems = append(problems, first.Problem("quantity", rule, map[string]string{"quantity": total.String()}))
	}
	if len(problems) > 0 {
		return doc, problems
	}
	doc.Print = strconv.FormatInt(quantity, 10)
	doc.Body = stock{SKU: sku, Location: location, Quantity: quantity}.body()
	return doc, nil
}

// stockName is A-1001 @ 01, or with several warehouses A-1001 @ 01+02. A row
// without a warehouse is named by its location's number.
func stockName(sku, location string, warehouses []string) string {
	where := strings.Join(slices.Compact(slices.Sorted(slices.Values(warehouses))), "+")
	if where == "" {
		where = location[strings.LastIndexByte(location, '/')+1:]
	}
	return sku + " @ " + where
}

// pieces is a balance in whole pieces, or the rule that it breaks.
func (c Config) pieces(total pipeline.Decimal) (int64, pipeline.Rule) {
	if total.IsNeg() {
		switch c.Negative {
		case negativeZero:
			return 0, ""
		case negativeHold:
			return 0, "stock.negative"
		}
	}
	whole := total.Floor()
	if !whole.Equal(total) && c.Fraction == fractionHold {
		return 0, "stock.fraction"
	}
	quantity, err := whole.Int64()
	if err != nil || quantity > most || quantity < -most {
		return 0, "stock.range"
	}
	return quantity, ""
}

// known lists the configured locations, for people.
func (c Config) known() string {
	gids := slices.Compact(slices.Sorted(maps.Values(c.Locations)))
	if len(gids) == 0 {
		return "gid://shopify/Location/…"
	}
	return strings.Join(gids, ", ")
}

// wrong makes a problem of a document: at the cell of its quantity, or at its
// row where another field is meant.
func wrong(doc pipeline.Document, field, value string, rule pipeline.Rule, with map[string]string) pipeline.Problem {
	p := pipeline.Problem{Field: field, Value: value, Rule: rule, With: with}
	if len(doc.From) > 0 {
		p.Origin = doc.From[0]
		if field != "quantity" {
			p.Col, p.Column = 0, ""
		}
	}
	return p
}
