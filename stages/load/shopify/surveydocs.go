package shopify

import (
	"strings"

	"wasl/stages/load/shopify/admin"
)

// Our own keys in a shop (reference 6.1): metafields of type id.
const (
	ownNamespace = "wasl"
	keyItemCode  = "item_code"  // of a variant
	keyItemGroup = "item_group" // of a product
)

// need says what a survey reads beside codes, prices and what is known of
// products at a glance. What is not needed is not paid for.
type need uint

const (
	needCodes  need = 1 << iota // our own keys
	needDetail                  // options of variants, cost
	needWeight                  // weight
	needLevels                  // locations, and balances at ours
	needWhole                   // of each product found: its options, and all its variants
	needText                    // and its description
	needMedia                   // and its pictures
	needAll                     // the whole shop, whatever the codes
	needBare                    // of variants no more than codes, stock, and the names of their products, where the whole shop is read at once
)

func (n need) has(one need) bool { return n&one != 0 }

// letters are part of an operation's name: what a document costs is remembered
// by name.
func (n need) letters() string {
	var b strings.Builder
	for i, letter := range "CDW" {
		if n.has(1 << i) {
			b.WriteRune(letter)
		}
	}
	return b.String()
}

// variantFields selects a variant. Objects cost points, single values none.
func variantFields(n need) string {
	fields := `id sku barcode price compareAtPrice position taxable inventoryPolicy requiresComponents updatedAt `
	if n.has(needCodes) {
		fields += `itemCode: metafield(namespace: "` + ownNamespace + `", key: "` + keyItemCode + `") { value } `
	}
	item := `id tracked requiresShipping harmonizedSystemCode countryCodeOfOrigin`
	if n.has(needDetail) {
		fields += `selectedOptions { name value } `
		item += ` unitCost { amount }`
	}
	if n.has(needWeight) {
		item += ` measurement { weight { value unit } }`
	}
	return fields + `inventoryItem { ` + item + ` }`
}

// productFields selects the product of a variant.
func productFields(n need) string {
	fields := `id handle title status vendor productType tags updatedAt`
	if n.has(needCodes) {
		fields += ` itemGroup: metafield(namespace: "` + ownNamespace + `", key: "` + keyItemGroup + `") { value }`
	}
	return fields
}

// pagePoints is the cost of a page of 250 variants (reference 5.2).
func pagePoints(n need) float64 {
	objects := 3 // variant, product, item
	if n.has(needCodes) {
		objects += 2
	}
	if n.has(needDetail) {
		objects++ // money costs nothing
	}
	if n.has(needWeight) {
		objects++ // its measurement neither
	}
	return float64(2 + 11*objects)
}

// variantsPage reads all variants.
func variantsPage(n need) admin.Operation {
	name := "VariantsPage" + n.letters()
	return admin.Operation{Name: name, Cost: pagePoints(n), Text: `query ` + name + `($first: Int!, $after: String) {
  productVariants(first: $first, after: $after, sortKey: ID) {
    nodes { ` + variantFields(n) + ` product { ` + productFields(n) + ` } }
    pageInfo { hasNextPage endCursor }
  }
}`}
}

// variantsFound reads those that a search finds.
func variantsFound(n need) admin.Operation {
	name := "VariantsFound" + n.letters()
	return admin.Operation{Name: name, Cost: pagePoints(n), Text: `query ` + name + `($first: Int!, $after: String, $query: String!) {
  productVariants(first: $first, after: $after, query: $query, sortKey: ID) {
    nodes { ` + variantFields(n) + ` product { ` + productFields(n) + ` } }
    pageInfo { hasNextPage endCursor }
  }
}`}
}

// productsFound reads products that a search finds.
func productsFound(n need) admin.Operation {
	name := "ProductsFound" + n.letters()
	return admin.Operation{Name: name, Cost: 24, Text: `query ` + name + `($first: Int!, $after: String, $query: String!) {
  products(first: $first, after: $after, query: $query, sortKey: ID) {
    nodes { ` + productFields(n) + ` }
    pageInfo { hasNextPage endCursor }
  }
}`}
}

// variantsByID reads those that are named.
func variantsByID(n need) admin.Operation {
	name := "VariantsByID" + n.letters()
	return admin.Operation{Name: name, Cost: 8, Text: `query ` + name + `($ids: [ID!]!) {
  nodes(ids: $ids) {
    ... on ProductVariant { ` + variantFields(n) + ` product { ` + productFields(n) + ` } }
  }
}`}
}

// bulkVariants reads all variants in one bulk operation.
func bulkVariants(n need) string {
	return `query BulkVariants {
  productVariants { edges { node { ` + variantFields(n) + ` product { ` + productFields(n) + ` } } } }
}`
}

// bulkLevels reads all balances. They hang below their items by __parentId.
const bulkLevels = `query BulkInventory {
  inventoryItems { edges { node { id inventoryLevels { edges { node { id location { id } quantities(names: ["available", "on_hand", "committed"]) { name quantity } } } } } } }
}`

// wholeFields selects what is read of products one by one.
func wholeFields(n need) string {
	fields := "id"
	if n.has(needWhole) {
		fields += " options { id name optionValues { id name } }"
	}
	if n.has(needText) {
		fields += " descriptionHtml"
	}
	return fields
}

const mediaFields = `id alt mediaContentType status ... on MediaImage { image { url } }`

// productsWhole reads products by id. A product has 250 pictures at most.
func productsWhole(n need) admin.Operation {
	name, points, more := "ProductsWhole"+n.letters(), 4.0, ""
	if n.has(needWhole) {
		more += ` variants(first: 250) { nodes { ` + variantFields(n) + ` } pageInfo { hasNextPage } }`
		name, points = name+"V", points+pagePoints(n)
	}
	if n.has(needText) {
		name += "T"
	}
	if n.has(needMedia) {
		more += ` media(first: 250) { nodes { ` + mediaFields + ` } }`
		name, points = name+"M", points+24
	}
	return admin.Operation{Name: name, Cost: points, Text: `query ` + name + `($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Product { ` + wholeFields(n) + more + ` } }
}`}
}

// bulkProducts reads the same of all products.
func bulkProducts(n need) string {
	more := ""
	if n.has(needMedia) {
		more = ` media { edges { node { ` + mediaFields + ` } } }`
	}
	return `query BulkProducts { products { edges { node { ` + wholeFields(n) + more + ` } } } }`
}

// variantsCount tells how large the shop is.
var variantsCount = admin.Operation{Name: "VariantsCount", Cost: 1, Text: `query VariantsCount {
  productVariantsCount(limit: null) { count }
}`}
