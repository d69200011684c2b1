package eta

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

const demoYAML = `
environment: preproduction
client_id: abc
client_secret: eta-secret
pos: {serial: SRV-1, os_version: os, preshared_key: eta-key}
seller:
  rin: "100200300"
  trade_name: شركة وصل
  branch_code: "0"
  activity_code: "4791"
  address: {governate: القاهرة, region_city: مدينة نصر, street: عباس العقاد, building_number: "12"}
shipping: {item_code: EG-100200300-SHIP, vat_type: V004, vat_rate: 0}
payments: {Bosta Pay: V, تحويل بنكي: O}
tolerance: 0.02
ask_after: [1s, 20s]
`

func TestConfig_YAML(t *testing.T) {
	t.Parallel()
	var c Config
	if err := yaml.UnmarshalWithOptions([]byte(demoYAML), &c, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if found := c.Validate(); len(found) > 0 {
		t.Fatal(found)
	}
	d := c.withDefaults()
	if d.IdentityURL != "https://id.preprod.eta.gov.eg" || d.APIURL != "https://api.preprod.invoicing.eta.gov.eg" || d.Seller.RIN != "100200300" {
		t.Errorf("%+v", d)
	}
	if d.Tolerance.String() != "0.02" || d.threshold("2026-11-23").String() != "150000" || !d.Shipping.VATRate.IsZero() || d.AskAfter[1] != 20*time.Second {
		t.Errorf("tolerance %s, threshold %s, shipping %s, ask after %s", d.Tolerance, d.threshold("2026-11-23"), d.Shipping.VATRate, d.AskAfter)
	}
	if d.Payments["bosta pay"] != "V" || d.Payments["cod"] != "C" || d.Payments["تحويل بنكي"] != "O" {
		t.Errorf("payments %v", d.Payments)
	}
}

func TestConfig_Validate(t *testing.T) {
	t.Parallel()
	for path, change := range map[string]func(*Config){
		"eta.environment":                func(c *Config) { c.Environment = "prod" },
		"eta.identity_url":               func(c *Config) { c.IdentityURL = "http://id.example.com" },
		"eta.api_url":                    func(c *Config) { c.APIURL = "ftp://127.0.0.1" },
		"eta.root_ca":                    func(c *Config) { c.RootCA = "root.crt" },
		"eta.client_id":                  func(c *Config) { c.ClientID = "" },
		"eta.pos.serial":                 func(c *Config) { c.POS.Serial = strings.Repeat("س", 101) },
		"eta.seller.rin":                 func(c *Config) { c.Seller.RIN = "100 200 300"; c.Shipping.ItemCode = "" },
		"eta.seller.activity_code":       func(c *Config) { c.Seller.ActivityCode = "9" },
		"eta.seller.address.street":      func(c *Config) { c.Seller.Address.Street = "" },
		"eta.shipping.item_code":         func(c *Config) { c.Shipping.ItemCode = "SHIP" },
		"eta.shipping.vat_rate":          func(c *Config) { c.Shipping.VATType = "V003" },
		"eta.signature":                  func(c *Config) { c.Signature = "real" },
		"eta.prices":                     func(c *Config) { c.Prices = "gross" },
		"eta.receipt_type":               func(c *Config) { c.ReceiptType = "r" },
		"eta.payments.Bosta":             func(c *Config) { c.Payments = map[string]string{"Bosta": "X"} },
		"eta.start":                      func(c *Config) { c.Start = "1/12/2026" },
		"eta.timeout":                    func(c *Config) { c.Timeout = -1 },
		"eta.ask_after":                  func(c *Config) { c.AskAfter = []time.Duration{0} },
		"eta.pos.model_framework":        func(c *Config) { c.POS.ModelFramework = "12345678901" },
		"eta.seller.address.room":        func(c *Config) { c.Seller.Address.Room = strings.Repeat("x", 101) },
		"eta.seller.address.region_city": func(c *Config) { c.Seller.Address.RegionCity = "" },
	} {
		c := demoConfig("http://127.0.0.1:1")
		if found := c.Validate(); len(found) > 0 {
			t.Fatal(found)
		}
		change(&c)
		var paths []string
		for _, f := range c.Validate() {
			paths = append(paths, f.Path)
			if strings.Contains(f.In("en")+f.In("ar"), "{") {
				t.Errorf("words with holes: %s / %s", f.In("en"), f.In("ar"))
			}
		}
		if !slices.Equal(paths, []string{path}) {
			t.Errorf("%s: findings at %v", path, paths)
		}
		if _, err := New(c, demoDeps(time.Now)); err == nil {
			t.Errorf("%s: New took it", path)
		}
	}
}

func TestGTIN(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"4006381333931": true, "4006381333932": false, "96385074": true, "036000291452": true, "123": false, "400638133393x": false} {
		if gtin(code) != want {
			t.Errorf("gtin(%s) = %v", code, !want)
		}
	}
}
