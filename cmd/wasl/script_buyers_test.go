package main

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"wasl/stages/load/shopify/shopifytest"
)

// cmdBuyers adds the customers of a file to the shop, as JSON: shopifytest.Customer.
func cmdBuyers(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: buyers FILE")
	}
	for dec := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0]))); ; {
		var c shopifytest.Customer
		err := dec.Decode(&c)
		if errors.Is(err, io.EOF) {
			return
		}
		ts.Check(err)
		worldOf(ts).shopify.AddCustomer(c)
	}
}
