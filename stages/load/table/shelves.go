package table

import (
	"slices"
	"strings"

	"wasl/pipeline"
)

// A shelf is what is known of one of our tables: its words, and which of them
// name a row.
type shelf struct {
	name   string
	help   string
	by     []string // the fields that name a row: code, or list and code
	fields []pipeline.Field
	prices []string // fields that are less than nothing by mistake only
}

// shelves are our tables. To add one: an entry here, and a mapping that fills it.
var shelves = []shelf{
	{
		name: "items", by: []string{"code"}, prices: []string{"price"},
		help: "An item of the item list, kept for looking up: names, tax codes, units.",
		fields: []pipeline.Field{
			{Name: "code", Type: pipeline.Code, Required: true, Help: "the item's code, by which orders name it (SKU)"},
			{Name: "name_ar", Type: pipeline.Text, Help: "name in Arabic"},
			{Name: "name_en", Type: pipeline.Text, Help: "name in English"},
			{Name: "barcode", Type: pipeline.Code, Help: "barcode; as: gtin checks its last digit"},
			{Name: "group", Type: pipeline.Text, Help: "group of items"},
			{Name: "unit", Type: pipeline.Text, Help: "unit, as the tax authority codes it: EA"},
			{Name: "eta_code", Type: pipeline.Code, Help: "the tax authority's code of the item: EGS or GS1"},
			{Name: "eta_type", Type: pipeline.Text, Help: "sort of eta_code: EGS or GS1"},
			{Name: "vat_type", Type: pipeline.Text, Help: "the tax authority's subtype of VAT: V009"},
			{Name: "vat_rate", Type: pipeline.Rate, Help: "VAT in per cent: 14"},
			{Name: "taxes", Type: pipeline.Text, Help: "ETA's subtypes of further taxes, each with its rate in per cent or its amount for one unit: Tbl01 10 + OF02 0.25"},
			{Name: "price", Type: pipeline.Amount, Help: "price of one"},
			{Name: "parent", Type: pipeline.Text, Help: "the item that it is a variant of: what variants of one item share"},
			{Name: "colour", Type: pipeline.Text, Help: "colour of a variant"},
			{Name: "size", Type: pipeline.Text, Help: "size of a variant"},
		},
	},
	{
		name: "prices", by: []string{"list", "code"}, prices: []string{"price", "compare_at", "cost"},
		help: "A price of an item in a price list, kept for looking up.",
		fields: []pipeline.Field{
			{Name: "list", Type: pipeline.Code, Required: true, Help: "name of the price list: retail, wholesale; give it a default where there is one only"},
			{Name: "code", Type: pipeline.Code, Required: true, Help: "the item's code"},
			{Name: "price", Type: pipeline.Amount, Required: true, Help: "price of one"},
			{Name: "compare_at", Type: pipeline.Amount, Help: "the price before it was reduced"},
			{Name: "cost", Type: pipeline.Amount, Help: "what one costs us"},
			{Name: "currency", Type: pipeline.Text, Help: "currency: EGP"},
			{Name: "unit", Type: pipeline.Text, Help: "unit that the price is of"},
			{Name: "from", Type: pipeline.Date, Help: "the first day of the price"},
			{Name: "to", Type: pipeline.Date, Help: "the last day of the price"},
		},
	},
	{
		name: "branches", by: []string{"code"},
		help: "A branch or warehouse, kept for looking up: names, places, the shop's locations.",
		fields: []pipeline.Field{
			{Name: "code", Type: pipeline.Code, Required: true, Help: "the branch's code in the ERP"},
			{Name: "name_ar", Type: pipeline.Text, Help: "name in Arabic"},
			{Name: "name_en", Type: pipeline.Text, Help: "name in English"},
			{Name: "location", Type: pipeline.Text, Help: "the location in the shop: gid://shopify/Location/1"},
			{Name: "eta_branch", Type: pipeline.Code, Help: "the branch's number at the tax authority"},
			{Name: "address", Type: pipeline.Text, Help: "street and house"},
			{Name: "city", Type: pipeline.Text, Help: "city"},
			{Name: "governorate", Type: pipeline.Text, Help: "governorate"},
			{Name: "phone", Type: pipeline.Code, Help: "telephone; as: phone.eg writes it as +20..."},
		},
	},
	{
		name: "codes", by: []string{"list", "code"},
		help: "A code of a list and what it stands for: map: {table: codes, list: ...} looks it up.",
		fields: []pipeline.Field{
			{Name: "list", Type: pipeline.Code, Required: true, Help: "name of the list: units"},
			{Name: "code", Type: pipeline.Code, Required: true, Help: "the text as the ERP writes it: PCS"},
			{Name: "value", Type: pipeline.Text, Required: true, Help: "what stands for it: EA"},
			{Name: "name", Type: pipeline.Text, Help: "what it is called, for people"},
		},
	},
	{
		name: "customers", by: []string{"code"},
		help: "A customer of the ERP, kept for telling who is known already.",
		fields: []pipeline.Field{
			{Name: "code", Type: pipeline.Code, Required: true, Help: "the ERP's number of the customer"},
			{Name: "name", Type: pipeline.Text, Help: "name"},
			{Name: "phone", Type: pipeline.Code, Help: "telephone, as it stands there"},
			{Name: "phone2", Type: pipeline.Code, Help: "another one"},
			{Name: "email", Type: pipeline.Text, Help: "address of mail"},
			{Name: "tax_no", Type: pipeline.Code, Help: "tax registration number"},
			{Name: "address", Type: pipeline.Text, Help: "street and house"},
			{Name: "city", Type: pipeline.Text, Help: "city"},
			{Name: "governorate", Type: pipeline.Text, Help: "governorate, by code or name"},
		},
	},
	{
		name: "customer_matches", by: []string{"customer", "other"},
		help: "Whether two customers are one person, as somebody decided: wasl match writes the workbook for it.",
		fields: []pipeline.Field{
			{Name: "customer", Type: pipeline.Code, Required: true, Help: "the one: C-7001, G-1042"},
			{Name: "other", Type: pipeline.Code, Required: true, Help: "the other: C-7002, or ERP:1234 of the ERP's list"},
			{Name: "same", Type: pipeline.Text, Help: "yes or no"},
			{Name: "by", Type: pipeline.Text, Help: "who said so"},
		},
	},
	{
		name: "matches", by: []string{"code"},
		help: "Which variant of the shop an item of the ERP is, as a person said: wasl match writes the workbook for it.",
		fields: []pipeline.Field{
			{Name: "code", Type: pipeline.Code, Required: true, Help: "the item's code in the ERP"},
			{Name: "variant", Type: pipeline.Code, Help: "the variant: gid://shopify/ProductVariant/1 or its number; new where the shop has none"},
			{Name: "by", Type: pipeline.Text, Help: "who said so"},
			{Name: "name", Type: pipeline.Text, Help: "the item's name, for people"},
		},
	},
}

// Names are the names of our tables.
func Names() []string {
	var names []string
	for _, s := range shelves {
		names = append(names, s.name)
	}
	return names
}

// shelfOf is what is known of a table; its fields are none where nothing is.
func shelfOf(name string) shelf {
	if i := slices.IndexFunc(shelves, func(s shelf) bool { return s.name == name }); i >= 0 {
		return shelves[i]
	}
	return shelf{name: name, by: []string{"code"}}
}

// key is what names a row within its table: its code, or list/code.
func (s shelf) key(cols map[string]string) string {
	var parts []string
	for _, field := range s.by {
		if cols[field] == "" {
			return ""
		}
		parts = append(parts, cols[field])
	}
	return strings.Join(parts, "/")
}
