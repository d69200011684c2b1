package shopify

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// most is the largest quantity that Shopify takes, either way of zero.
const most = 1_000_000_000

// stock is the body of a document of shopify.stock: the balance that an item is
// to have at a location. Build fills in what the file says, after the flow's
// rules; Plan the rest.
type stock struct {
	SKU      string `json:"sku"` // the ERP's code
	Barcode  string `json:"barcode,omitempty"`
	Location string `json:"location"`      // gid
	Quantity int64  `json:"quantity"`      // pieces
	Why      string `json:"why,omitempty"` // the flow's rules that made it another than the file's

	Item  string `json:"inventoryItemId,omitempty"`    // gid
	From  *int64 `json:"changeFromQuantity,omitempty"` // what the shop held when it was read; nil: not compared
	Blind bool   `json:"blind,omitempty"`              // set without comparing: a re-upload where the ERP wins
	Stale int    `json:"stale,omitempty"`              // how often the shop held something else when it was to be set
}

// spot is where a balance is kept.
type spot struct{ item, location string }

func (w stock) spot() spot { return spot{w.Item, w.Location} }

// wish is what it says itself, without what Plan adds.
func (w stock) wish() stock {
	return stock{SKU: w.SKU, Barcode: w.Barcode, Location: w.Location, Quantity: w.Quantity, Why: w.Why}
}

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

const stockPrefix = "stock/"

// stockKey is the key of a balance.
func stockKey(sku, location string) string { return stockPrefix + sku + "@" + location }

// spoken is what a document speaks of, by its key: also one whose body could not be
// made. ok is false of a row that says neither item nor location.
func spoken(key string) (sku, location string, ok bool) {
	rest, ours := strings.CutPrefix(key, stockPrefix)
	at := strings.LastIndexByte(rest, '@')
	if !ours || at < 0 {
		return "", "", false
	}
	return rest[:at], rest[at+1:], true
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

// pieces is a number of pieces for people.
func pieces(n int64) string { return strconv.FormatInt(n, 10) }

// balance is a balance for people that may not be known.
func balance(n *int64) string {
	if n == nil {
		return "?"
	}
	return pieces(*n)
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
