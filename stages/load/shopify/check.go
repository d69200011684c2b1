package shopify

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

const (
	maxSkew  = time.Minute         // between our clock and Shopify's (reference section 12)
	warnEnds = 60 * 24 * time.Hour // before our API version ends
)

// Check signs in and tells what it finds: the rights of the token, the shop, the API
// version, and of what the kinds named need: locations, publications, our own keys. It
// changes nothing. What is missing for them comes back as problems without an origin,
// each once.
func (s *Sink) Check(ctx context.Context, flows []string) ([]pipeline.Fact, []pipeline.Problem, error) {
	c := &checking{sink: s, flows: flows, lacks: map[string]bool{}}
	for _, part := range []func(context.Context) error{c.scopes, c.shop, c.versions, c.locations, c.publications, c.keys} {
		err := part(ctx)
		if denied, ok := errors.AsType[*pipeline.Trouble](err); ok && denied.Rule == "shopify.scope" {
			if !c.told(denied.With["scope"]) {
				c.wrong("shopify.scope", denied.With)
			}
			continue
		}
		if err != nil {
			return c.facts, c.problems, err
		}
	}
	return c.facts, c.problems, nil
}

// checking is one check.
type checking struct {
	sink     *Sink
	flows    []string        // the kinds that are on
	lacks    map[string]bool // rights that are told to be missing, with their flows
	facts    []pipeline.Fact
	problems []pipeline.Problem
}

// told tells whether one of the rights that an answer names is told to be missing.
func (c *checking) told(scope string) bool {
	for lacking := range c.lacks {
		if strings.Contains(scope, lacking) {
			return true
		}
	}
	return false
}

func (c *checking) fact(name, value string) {
	c.facts = append(c.facts, pipeline.Fact{Name: name, Value: value})
}

// wrong notes a problem, once.
func (c *checking) wrong(rule pipeline.Rule, with map[string]string) {
	p := pipeline.Problem{Rule: rule, With: with}
	same := func(other pipeline.Problem) bool { return other.Says("en") == p.Says("en") }
	if !slices.ContainsFunc(c.problems, same) {
		c.problems = append(c.problems, p)
	}
}

func (c *checking) read(ctx context.Context, op admin.Operation, into any) (admin.Reply, error) {
	return c.sink.door.Read(ctx, op, nil, into)
}

func (c *checking) scopes(ctx context.Context) error {
	granted, err := c.sink.granted(ctx)
	if err != nil {
		return err
	}
	c.fact("shop.scopes", strings.Join(granted, " "))
	if c.sink.pullsHidden() && !slices.Contains(granted, "read_all_orders") {
		c.wrong("pull.sixty", map[string]string{"days": strconv.Itoa(int(hidden.Hours() / 24))})
	}
	needs := c.sink.needs(c.flows)
	if len(needs) == 0 {
		return nil
	}
	var extra []string
	for _, scope := range granted {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(needs)), func(needed string) bool { return covers(scope, needed) }) {
			extra = append(extra, scope)
		}
	}
	if len(extra) > 0 {
		c.fact("shop.scopes.superfluous", strings.Join(extra, " "))
	}
	for _, needed := range slices.Sorted(maps.Keys(needs)) {
		if !slices.ContainsFunc(granted, func(scope string) bool { return covers(scope, needed) }) {
			c.lacks[needed] = true
			c.wrong("scope.missing", map[string]string{"scope": needed, "flows": strings.Join(needs[needed], ", ")})
		}
	}
	return nil
}

func (c *checking) shop(ctx context.Context) error {
	var data struct {
		Shop struct {
			ID            string `json:"id"`
			Name          string `json:"name"`
			Domain        string `json:"myshopifyDomain"`
			Currency      string `json:"currencyCode"`
			Zone          string `json:"ianaTimezone"`
			TaxesIncluded bool   `json:"taxesIncluded"`
			Plan          struct {
				Name string `json:"publicDisplayName"`
			} `json:"plan"`
		} `json:"shop"`
	}
	r, err := c.read(ctx, shopInfo, &data)
	if err != nil {
		return err
	}
	shop := data.Shop
	c.fact("shop.id", shop.ID)
	c.fact("shop.name", shop.Name)
	c.fact("shop.domain", shop.Domain)
	c.fact("shop.currency", shop.Currency)
	c.fact("shop.zone", shop.Zone)
	c.fact("shop.taxesIncluded", strconv.FormatBool(shop.TaxesIncluded))
	c.fact("shop.plan", shop.Plan.Name)
	c.clock(r.Answer)
	c.agrees(shop.Currency, shop.Zone, shop.TaxesIncluded)
	return nil
}

// agrees holds what the settings say of the shop against what it says of itself.
func (c *checking) agrees(currency, zone string, included bool) {
	differs := func(what, ours, theirs string) {
		c.wrong("shop.differs", map[string]string{"what": what, "ours": ours, "theirs": theirs})
	}
	if ours := c.sink.cfg.Currency; ours != "" && ours != currency {
		differs("currency", ours, currency)
	}
	if ours := c.sink.cfg.TaxesIncluded; ours != nil && *ours != included {
		differs("taxes_included", strconv.FormatBool(*ours), strconv.FormatBool(included))
	}
	if c.sink.days && !sameDays(c.sink.zone, zone, c.sink.now()) {
		differs("zone", c.sink.zone.String(), zone)
	}
}

// sameDays tells whether the days of two zones begin alike, whatever they are called:
// over a year, summer time included. A zone that is not known here cannot differ.
func sameDays(ours *time.Location, name string, now time.Time) bool {
	theirs, err := time.LoadLocation(name)
	if err != nil {
		return true
	}
	for day := range 366 {
		at := now.AddDate(0, 0, day)
		_, a := at.In(ours).Zone()
		_, b := at.In(theirs).Zone()
		if a != b {
			return false
		}
	}
	return true
}

// clock holds our clock against the answer's Date, which counts whole seconds.
func (c *checking) clock(a admin.Answer) {
	theirs, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		return // it does not say
	}
	skew := a.At.Sub(theirs).Abs().Truncate(time.Second)
	c.fact("shop.clock", "± "+skew.String())
	if skew > maxSkew {
		c.wrong("shopify.clock", map[string]string{"seconds": strconv.Itoa(int(skew.Seconds()))})
	}
}

func (c *checking) versions(ctx context.Context) error {
	var data struct {
		Versions []struct {
			Handle    string `json:"handle"`
			Supported bool   `json:"supported"`
		} `json:"publicApiVersions"`
	}
	if _, err := c.read(ctx, apiVersions, &data); err != nil {
		return err
	}
	c.fact("shop.api", admin.Version+" until "+admin.Ends)
	supported := false
	for _, v := range data.Versions {
		supported = supported || v.Handle == admin.Version && v.Supported
	}
	ends, err := time.Parse(time.DateOnly, admin.Ends)
	if !supported || err == nil && c.sink.now().Add(warnEnds).After(ends) {
		c.wrong("shopify.ends", map[string]string{"version": admin.Version, "until": admin.Ends})
	}
	return nil
}

func (c *checking) locations(ctx context.Context) error {
	if len(c.flows) > 0 && !c.on("read_locations") {
		return nil
	}
	places, err := c.sink.locations(ctx)
	if err != nil {
		return err
	}
	byID := map[string]place{}
	var known []string
	for _, p := range places {
		byID[p.ID] = p
		state := "active"
		if !p.Active {
			state = "inactive"
		} else {
			known = append(known, p.Name+" ("+p.ID+")")
		}
		c.fact("shop.location", p.ID+" "+p.Name+" ("+state+")")
	}
	slices.Sort(known)
	for _, code := range slices.Sorted(maps.Keys(c.sink.cfg.Locations)) {
		gid := c.sink.cfg.Locations[code]
		switch p, ok := byID[gid]; {
		case gid == ignored:
		case !ok:
			c.wrong("stock.location", map[string]string{"location": code + ": " + gid, "known": strings.Join(known, ", ")})
		case !p.Active:
			c.wrong("stock.closed", map[string]string{"location": p.Name})
		}
	}
	return nil
}
