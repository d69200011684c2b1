package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"wasl/stages/load/shopify/shopifytest"
)

// cmdGoods prints the products of the shop, a line a variant: handle, status, where
// it is published, title, options, SKU, price, our keys. Before that somebody
// changes them by hand: HANDLE.title=TEXT, HANDLE.status=DRAFT, HANDLE.tags=a,b,
// HANDLE.variant=SKU/VALUE adds one; HANDLE.product=SKU/PRICE makes a product,
// with /NUMBER behind it that of its variant.
func cmdGoods(ts *testscript.TestScript, neg bool, args []string) {
	shop := worldOf(ts).shopify
	for _, arg := range args {
		what, value, _ := strings.Cut(arg, "=")
		handle, field, _ := strings.Cut(what, ".")
		one, two, _ := strings.Cut(value, "/")
		if field == "product" {
			v := shopifytest.Variant{SKU: one, Price: two}
			if price, number, ok := strings.Cut(two, "/"); ok {
				v.Price, v.ID = price, "gid://shopify/ProductVariant/"+number
			}
			shop.AddProduct(shopifytest.Product{Handle: handle, Title: handle, Variants: []shopifytest.Variant{v}})
			continue
		}
		ts.Check(shop.EditProduct(handle, func(p *shopifytest.Product) {
			switch field {
			case "title":
				p.Title = value
			case "status":
				p.Status = value
			case "tags":
				p.Tags = strings.Split(value, ",")
			case "variant":
				p.Variants = append(p.Variants, shopifytest.Variant{SKU: one, Price: "1.00", Options: []string{two}})
			default:
				ts.Fatalf("goods: %s is not known here", arg)
			}
		}))
	}
	products := shop.Products()
	slices.SortFunc(products, func(a, b shopifytest.Product) int { return strings.Compare(a.Handle, b.Handle) })
	for _, p := range products {
		shown := "hidden"
		if len(p.Published) > 0 {
			shown = "shown"
		}
		for _, v := range p.Variants {
			fmt.Fprintf(ts.Stdout(), "%s | %s %s | %s | %s | %s | %s | %s | %s/%s\n", p.Handle, p.Status, shown, p.Title, strings.Join(p.Tags, ","),
				strings.Join(v.Options, "/"), v.SKU, v.Price, p.Metafields["wasl.item_group"], v.Metafields["wasl.item_code"])
		}
	}
	for _, v := range shop.Judge() {
		fmt.Fprintf(ts.Stdout(), "violation: %s %s\n", v.Rule, v.Text)
	}
	fmt.Fprintf(ts.Stdout(), "%d mutations\n", len(shop.Mutations()))
}
