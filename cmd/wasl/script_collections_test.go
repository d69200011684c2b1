package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"wasl/stages/load/shopify/shopifytest"
)

// cmdCollections prints the collections of the shop, a line each: handle, title, our
// key, whether it is shown, the handles of its products. Before that somebody puts a
// product in by hand: HANDLE+=PRODUCT; HANDLE+= alone makes a collection.
func cmdCollections(ts *testscript.TestScript, neg bool, args []string) {
	shop := worldOf(ts).shopify
	for _, arg := range args {
		handle, product, ok := strings.Cut(arg, "+=")
		if neg || !ok {
			ts.Fatalf("usage: collections [HANDLE+=PRODUCT...]")
		}
		if product == "" {
			shop.AddCollection(shopifytest.Collection{Title: handle, Handle: handle})
			continue
		}
		p, there := shop.Product(product)
		if !there {
			ts.Fatalf("collections: there is no product %s", product)
		}
		ts.Check(shop.EditCollection(handle, func(c *shopifytest.Collection) { c.Products = append(c.Products, p.ID) }))
	}
	handles := map[string]string{}
	for _, p := range shop.Products() {
		handles[p.ID] = p.Handle
	}
	for _, c := range shop.Collections() {
		var in []string
		for _, id := range c.Products {
			in = append(in, handles[id])
		}
		slices.Sort(in)
		shown := "hidden"
		if len(c.Published) > 0 {
			shown = "shown"
		}
		fmt.Fprintf(ts.Stdout(), "%s | %s | %s | %s | %s\n", c.Handle, c.Title, c.Key, shown, strings.Join(in, " "))
	}
	for _, v := range shop.Judge() {
		fmt.Fprintf(ts.Stdout(), "violation: %s %s\n", v.Rule, v.Text)
	}
	fmt.Fprintf(ts.Stdout(), "%d mutations\n", len(shop.Mutations()))
}
