package shopify

import (
	"cmp"
	"maps"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// Config is the section shopify of wasl.yaml. The zero value of a choice is its
// first one.
type Config struct {
	Shop    string `yaml:"shop"`     // x.myshopify.com
	BaseURL string `yaml:"base_url"` // in place of https://{shop}: a proxy, or a test server; http only to this machine

	ClientID     string `yaml:"client_id"`
	ClientSecret string `yaml:"client_secret"` // the name of a secret
	AccessToken  string `yaml:"access_token"`  // the name of a secret: a permanent token, in place of the client id

	Locations map[string]string `yaml:"locations"` // warehouse code of the ERP -> gid of a location, or ignore: not for the shop; none: every active location of the shop
	Quantity  string            `yaml:"quantity"`  // available | on_hand: what the ERP's balance means
	OnStale   string            `yaml:"on_stale"`  // erp | hold: who wins when the shop's stock changes again and again under our hands
	Fraction  string            `yaml:"fraction"`  // hold | floor: Shopify counts whole pieces
	Negative  string            `yaml:"negative"`  // hold | zero | send
	Margin    int               `yaml:"margin"`    // per cent of the shop's points that are left to other apps; 0: 20

	Currency      string `yaml:"currency"`       // what the shop's currency is to be: EGP; "": whatever it is. Asked by wasl check --online
	TaxesIncluded *bool  `yaml:"taxes_included"` // whether its prices are to include tax; nil: as they are. Asked likewise

	BulkAbove int `yaml:"bulk_above"` // more balances than so many leave as one bulk operation; 0: 20,000

	Images Images `yaml:"images"` // the folder of pictures
	Pulls  Pulls  `yaml:"pull"`   // what is asked for by the clock
}

// Images is where pictures of items lie, and how their names say whose they are.
type Images struct {
	Folder  string `yaml:"folder"`  // relative to wasl.yaml; "": there is none
	Pattern string `yaml:"pattern"` // {code}_{position}; {variant} too
}

// The choices of a Config.
const (
	quantityAvailable, quantityOnHand        = "available", "on_hand"
	staleERP, staleHold                      = "erp", "hold"
	fractionHold, fractionFloor              = "hold", "floor"
	negativeHold, negativeZero, negativeSend = "hold", "zero", "send"
)

// ignored is in place of a location where a warehouse is not for the shop.
const ignored = "ignore"

const defaultMargin = 20 // per cent; RELIABILITY.md 3.1

var (
	shopName     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*\.myshopify\.com$`)
	locationGID  = regexp.MustCompile(`^gid://shopify/Location/[0-9]+$`)
	currencyCode = regexp.MustCompile(`^[A-Z]{3}$`)
	bareSecret   = regexp.MustCompile(`^shp[a-z]{2}_`) // shpat_, shpss_, shpca_: what Shopify's own secrets begin with
)

// Validate names every setting that cannot be used. Paths are relative to the
// section: base_url, locations.MAIN.
func (c Config) Validate() []pipeline.Finding {
	var found []pipeline.Finding
	wrong := func(path string, rule pipeline.Rule, with map[string]string) {
		found = append(found, pipeline.Finding{Path: path, Rule: rule, With: with})
	}
	choice := func(path, given string, known ...string) {
		if given != "" && !slices.Contains(known, given) {
			wrong(path, "config.choice", map[string]string{"given": given, "known": strings.Join(known, ", ")})
		}
	}
	if !shopName.MatchString(c.Shop) {
		wrong("shop", "shopify.shop", map[string]string{"given": c.Shop})
	}
	if _, ok := c.address(); !ok {
		wrong("base_url", "shopify.url", map[string]string{"given": c.BaseURL})
	}
	for _, secret := range []struct{ path, name string }{{"client_secret", c.ClientSecret}, {"access_token", c.AccessToken}} {
		if bareSecret.MatchString(secret.name) {
			wrong(secret.path, "shopify.inline", nil)
		}
	}
	switch permanent, client := c.AccessToken != "", c.ClientID != "" || c.ClientSecret != ""; {
	case permanent == client:
		wrong("client_id", "shopify.signin", nil)
	case client && (c.ClientID == "" || c.ClientSecret == ""):
		wrong("client_secret", "shopify.signin", nil)
	}
	for _, code := range slices.Sorted(maps.Keys(c.Locations)) {
		if gid := c.Locations[code]; gid != ignored && !locationGID.MatchString(gid) {
			wrong("locations."+code, "shopify.gid", map[string]string{"given": gid})
		}
	}
	if c.Currency != "" && !currencyCode.MatchString(c.Currency) {
		wrong("currency", "shopify.currency", map[string]string{"given": c.Currency})
	}
	choice("quantity", c.Quantity, quantityAvailable, quantityOnHand)
	choice("on_stale", c.OnStale, staleERP, staleHold)
	choice("fraction", c.Fraction, fractionHold, fractionFloor)
	choice("negative", c.Negative, negativeHold, negativeZero, negativeSend)
	if c.Negative == negativeSend && c.Quantity == quantityOnHand {
		wrong("negative", "shopify.onhand", nil)
	}
	if c.BulkAbove < 0 {
		wrong("bulk_above", "config.choice", map[string]string{"given": strconv.Itoa(c.BulkAbove), "known": "0, 20000"})
	}
	if c.Margin < 0 || c.Margin > 90 {
		wrong("margin", "shopify.margin", map[string]string{"given": strconv.Itoa(c.Margin)})
	}
	found = append(found, c.Pulls.validate()...)
	return found
}

// filled is the config with its defaults.
func (c Config) filled() Config {
	c.Quantity = cmp.Or(c.Quantity, quantityAvailable)
	c.OnStale = cmp.Or(c.OnStale, staleERP)
	c.Fraction = cmp.Or(c.Fraction, fractionHold)
	c.Negative = cmp.Or(c.Negative, negativeHold)
	c.Margin = cmp.Or(c.Margin, defaultMargin)
	c.BulkAbove = cmp.Or(c.BulkAbove, stockAbove)
	return c
}

// address is where requests go. A token must never cross a network in clear, so
// http is for this machine only.
func (c Config) address() (*url.URL, bool) {
	if c.BaseURL == "" {
		return &url.URL{Scheme: "https", Host: c.Shop}, true
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, false
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
