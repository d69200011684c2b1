package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"wasl/stages/load/shopify/shopifytest"
)

// cmdBooked prints the orders of the shop, a line each: name, what was paid and is
// open, what was sent, tags, note, our metafields; then how many mutations came. With a
// file it places the orders first that stand in it, as JSON: shopifytest.Story; in it
// TWENTY-DAYS-AGO is that time.
func cmdBooked(ts *testscript.TestScript, neg bool, args []string) {
	shop := worldOf(ts).shopify
	if len(args) > 0 {
		text := strings.ReplaceAll(ts.ReadFile(args[0]), "TWENTY-DAYS-AGO", time.Now().AddDate(0, 0, -20).UTC().Format(time.RFC3339))
		for dec := json.NewDecoder(strings.NewReader(text)); ; {
			var story shopifytest.Story
			err := dec.Decode(&story)
			if errors.Is(err, io.EOF) {
				break
			}
			ts.Check(err)
			if shopKnows(shop, story.Order.ID) {
				ts.Check(shop.Tell(story.Order.ID, story.Steps...))
			} else {
				shop.PlaceOrder(story.Order, story.Steps...)
			}
		}
	}
	for _, o := range shop.Orders(time.Now()) {
		var sent []string
		for _, l := range o.Lines {
			sent = append(sent, fmt.Sprintf("%s %d/%d", l.SKU, l.Sent, l.Quantity))
		}
		fmt.Fprintf(ts.Stdout(), "%s | %s %s/%s | %s in %d | %s | %s |", o.Name, o.Financial, o.Received, o.Outstanding, strings.Join(sent, ", "), o.Fulfilments,
			strings.Join(o.Tags, ","), strings.TrimSpace(o.Note+" "+o.PONumber))
		for _, name := range slices.Sorted(maps.Keys(o.Metafields)) {
			if value := o.Metafields[name]; !strings.HasPrefix(value, "[") { // ticks hold numbers of the moment
				fmt.Fprintf(ts.Stdout(), " %s=%s", strings.TrimPrefix(name, "wasl."), value)
			} else {
				var ticks []struct{ No string }
				ts.Check(json.NewDecoder(bytes.NewBufferString(value)).Decode(&ticks))
				fmt.Fprintf(ts.Stdout(), " %s=%v", strings.TrimPrefix(name, "wasl."), ticks)
			}
		}
		fmt.Fprintln(ts.Stdout())
	}
	for _, v := range shop.Judge() {
		fmt.Fprintf(ts.Stdout(), "violation: %s %s\n", v.Rule, v.Text)
	}
	fmt.Fprintf(ts.Stdout(), "%d mutations\n", len(shop.Mutations()))
}

// shopKnows tells whether an order is there already.
func shopKnows(shop *shopifytest.Server, id string) bool {
	return slices.ContainsFunc(shop.Orders(time.Now()), func(o shopifytest.OrderSnapshot) bool { return o.ID == id })
}
