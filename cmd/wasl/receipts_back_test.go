package main

import (
	"testing"

	"wasl/pipeline"
	"wasl/stages/load/eta"
)

// What an order of the shop shows is its sale, whatever was returned of it or added to it since.
func TestReceipt_AnOrderShowsItsSale(t *testing.T) {
	t.Parallel()
	of := func(key, kind string, state pipeline.State) receipt {
		return receipt{Entry: pipeline.Entry{Document: pipeline.Document{Key: key, State: state}}, Paper: eta.Paper{UUID: "u-" + key, Type: kind}}
	}
	for _, c := range []struct {
		of   receipt
		want [4]string
	}{
		{of("sale/1", "s", pipeline.Delivered), [4]string{"u-sale/1", "Valid", "page", "eta-filed"}},
		{of("sale/1", "s", pipeline.Rejected), [4]string{"u-sale/1", "Valid", "page", ""}},
		{of("more/1/2", "s", pipeline.Delivered), [4]string{"", "", "", "eta-filed"}},
		{of("return/1/9", "r", pipeline.Delivered), [4]string{"", "", "", "eta-return-filed"}},
	} {
		uuid, shown, link, tag := c.of.onOrder("Valid", "page")
		if got := [4]string{uuid, shown, link, tag}; got != c.want {
			t.Errorf("%s, %s: %q, want %q", c.of.Key, c.of.State, got, c.want)
		}
	}
}
