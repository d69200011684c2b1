package shopify

import (
	"strings"
	"testing"

	"wasl/stages/load/shopify/admin"
)

func TestConfig_Validate(t *testing.T) {
	t.Parallel()
	good := Config{Shop: "a.myshopify.com", AccessToken: "main"}
	cases := []struct {
		change func(*Config)
		want   string // path and rule
	}{
		{func(*Config) {}, ""},
		{func(c *Config) { c.BaseURL = "http://127.0.0.1:8080" }, ""},
		{func(c *Config) { c.BaseURL = "http://[::1]:8080/" }, ""},
		{func(c *Config) { c.BaseURL = "https://proxy.example/shopify" }, ""},
		{func(c *Config) { c.Shop = "" }, "shop shopify.shop"},
		{func(c *Config) { c.Shop = "https://a.myshopify.com" }, "shop shopify.shop"},
		{func(c *Config) { c.Shop = "a.myshopify.com.evil.example" }, "shop shopify.shop"},
		{func(c *Config) { c.BaseURL = "http://10.0.0.1" }, "base_url shopify.url"},
		{func(c *Config) { c.BaseURL = "http://localhost.evil.example" }, "base_url shopify.url"},
		{func(c *Config) { c.BaseURL = "https://u:p@host" }, "base_url shopify.url"},
		{func(c *Config) { c.BaseURL = "ftp://127.0.0.1" }, "base_url shopify.url"},
		{func(c *Config) { c.AccessToken = "" }, "client_id shopify.signin"},
		{func(c *Config) { c.ClientID, c.ClientSecret = "x", "y" }, "client_id shopify.signin"},
		{func(c *Config) { c.AccessToken, c.ClientID = "", "x" }, "client_secret shopify.signin"},
		{func(c *Config) { c.AccessToken = "shpat_0123456789" }, "access_token shopify.inline"},
		{func(c *Config) { c.Locations = map[string]string{"01": "Cairo"} }, "locations.01 shopify.gid"},
		{func(c *Config) { c.Locations = map[string]string{"01": "ignore"} }, ""},
		{func(c *Config) { c.BulkAbove = -1 }, "bulk_above config.choice"},
		{func(c *Config) { c.Quantity = "onhand" }, "quantity config.choice"},
		{func(c *Config) { c.OnStale = "shop" }, "on_stale config.choice"},
		{func(c *Config) { c.Fraction = "round" }, "fraction config.choice"},
		{func(c *Config) { c.Negative = "skip" }, "negative config.choice"},
		{func(c *Config) { c.Negative, c.Quantity = "send", "on_hand" }, "negative shopify.onhand"},
		{func(c *Config) { c.Margin = 95 }, "margin shopify.margin"},
		{func(c *Config) { c.Shop, c.Margin = "", -1 }, "shop shopify.shop, margin shopify.margin"},
	}
	for _, c := range cases {
		cfg := good
		c.change(&cfg)
		var got []string
		for _, f := range cfg.Validate() {
			got = append(got, f.Path+" "+string(f.Rule))
			if s := f.In("en") + f.In("ar"); strings.ContainsAny(s, "{}") || strings.Contains(s, "shpat_") {
				t.Errorf("%s", s)
			}
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
		if _, err := New(cfg, Deps{}); (err != nil) != (c.want != "") {
			t.Errorf("New: %v", err)
		}
	}
}

func TestDocuments_AllFitTheSchema(t *testing.T) {
	t.Parallel()
	// Every document is used by the other tests against the stand-in, which
	// validates them against the schema; this one keeps the list complete.
	for _, op := range []admin.Operation{variantsPage(0), variantsPage(needCodes | needDetail), variantsFound(0), variantsByID(0), productsFound(needCodes), productsWhole(needWhole | needText | needMedia), variantsCount, levelsPage, levelsOfItems, locationsPage, setQuantities, shopInfo, accessScopes, apiVersions, ownDefinitions, collectionsPage, collectionsByID(true), selectionsPage, createCollection, updateCollection} {
		if !strings.Contains(op.Text, " "+op.Name) || op.Cost <= 0 {
			t.Errorf("%s: %s", op.Name, op.Text)
		}
	}
}
