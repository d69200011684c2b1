package eta

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// POS is a device as it is registered in the portal, and what is its own of the settings. What it leaves out is that
// of the company: client, branch, activity, address, start.
type POS struct {
	Serial         string `yaml:"serial"`
	OSVersion      string `yaml:"os_version"`      // os
	ModelFramework string `yaml:"model_framework"` // sent only when set
	PresharedKey   string `yaml:"preshared_key"`   // the name of a secret; sent only when set

	ClientID     string   `yaml:"client_id"`
	ClientSecret string   `yaml:"client_secret"` // the name of a secret
	BranchCode   string   `yaml:"branch_code"`
	ActivityCode string   `yaml:"activity_code"`
	Address      *Address `yaml:"address"` // of the branch

	Start string `yaml:"start"` // 2006-01-02: sales that came due before are not filed by it
	Off   bool   `yaml:"off"`   // it issues nothing: its orders wait
}

// A Point is a POS of the registry with all that it does not have of its own.
type Point struct {
	Name   string // as orders call it; the serial of an only one
	Serial string
	Off    bool
	Start  string // "" issues from the first day on
	Branch string
	Lane   string // by which its receipts leave
	Chain  string // that its receipts form

	config Config // as if it were the only one
}

// withPoints fills in what a POS leaves out.
func (c Config) withPoints() Config {
	c.POS.OSVersion = cmp.Or(c.POS.OSVersion, "os")
	c.Registry = maps.Clone(c.Registry)
	for name, p := range c.Registry {
		p.OSVersion = cmp.Or(p.OSVersion, "os")
		c.Registry[name] = p
	}
	if len(c.Registry) == 1 {
		for name := range c.Registry {
			c.DefaultPOS = cmp.Or(c.DefaultPOS, name)
		}
	}
	return c
}

// Points are the POS of the registry by name; of the short form, the only one. A POS that is switched off is among
// them: what it has sealed is still asked about under its name.
func (c Config) Points() []Point {
	c = c.withDefaults()
	if len(c.Registry) == 0 {
		return []Point{c.point(c.POS.Serial, c.POS)}
	}
	var all []Point
	for _, name := range slices.Sorted(maps.Keys(c.Registry)) {
		all = append(all, c.point(name, c.Registry[name]))
	}
	return all
}

// point gives a POS what is the company's.
func (c Config) point(name string, p POS) Point {
	c.ClientID = cmp.Or(p.ClientID, c.ClientID)
	c.ClientSecret = cmp.Or(p.ClientSecret, c.ClientSecret)
	c.Seller.BranchCode = cmp.Or(p.BranchCode, c.Seller.BranchCode)
	c.Seller.ActivityCode = cmp.Or(p.ActivityCode, c.Seller.ActivityCode)
	if p.Address != nil {
		c.Seller.Address = *p.Address
		c.Seller.Address.Country = cmp.Or(p.Address.Country, "EG")
	}
	c.Start = max(c.Start, p.Start)
	c.POS, c.Registry = p, nil
	return Point{Name: name, Serial: p.Serial, Off: p.Off, Start: c.Start, Branch: c.Seller.BranchCode,
		Lane: "eta/" + c.chain(p.Serial), Chain: c.chain(p.Serial), config: c}
}

// chain names the chain of a POS: one for each, and one for each environment. A state belongs to one taxpayer, so
// within it a serial says whose it is.
func (c Config) chain(serial string) string {
	if c.Environment == production {
		return serial
	}
	return c.Environment + "/" + serial
}

// lane is where files are read. With one POS it is also the one by which its receipts leave.
func (c Config) lane() string {
	points := c.Points()
	if len(points) == 1 {
		return points[0].Lane
	}
	return "eta/" + c.chain(c.Seller.RIN)
}

// pointOf is the POS of a name or of a serial. "" is the default one, which may not be said.
func pointOf(points []Point, name, usual string) (Point, bool) {
	if name == "" {
		name = usual
	}
	if name == "" && len(points) == 1 {
		return points[0], true
	}
	folded := pipeline.Fold(name)
	i := slices.IndexFunc(points, func(p Point) bool { return pipeline.Fold(p.Name) == folded })
	if i < 0 {
		i = slices.IndexFunc(points, func(p Point) bool { return pipeline.Fold(p.Serial) == folded })
	}
	if i < 0 {
		return Point{}, false
	}
	return points[i], true
}

// points checks the registry, or the short form.
func (v *findings) points(c, d Config) {
	if len(c.Registry) == 0 {
		v.point("pos.", d.point(d.POS.Serial, d.POS), cmp.Or(d.POS.ClientID, d.ClientID) == d.ClientID)
		return
	}
	v.check(c.POS == (POS{}), "pos", "eta.pos.both")
	_, known := c.Registry[d.DefaultPOS]
	v.check(d.DefaultPOS == "" || known, "default_pos", "eta.choice", "value", d.DefaultPOS, "known", strings.Join(slices.Sorted(maps.Keys(c.Registry)), ", "))
	taken := map[string]string{pipeline.Fold(c.Seller.RIN): "seller.rin"}
	clients := map[string]string{}
	for _, p := range d.Points() {
		path := "registry." + p.Name + "."
		v.point(path, p, false)
		for _, called := range []string{p.Name, p.Serial} {
			other := taken[pipeline.Fold(called)]
			v.check(other == "" || other == p.Name || called == "", path+"serial", "eta.pos.twice", "value", called, "other", other)
			taken[pipeline.Fold(called)] = p.Name
		}
		other := clients[p.config.ClientID]
		v.check(other == "" || p.config.ClientID == "", path+"client_id", "eta.pos.twice", "value", p.config.ClientID, "other", other)
		clients[p.config.ClientID] = p.Name
	}
}

// point checks one POS; of the short form the client may stand beside it.
func (v *findings) point(path string, p Point, beside bool) {
	c, own := p.config, p.config.POS
	if beside {
		v.text("client_id", c.ClientID, 0, true)
	} else {
		v.text(path+"client_id", c.ClientID, 0, true)
	}
	v.text(path+"serial", own.Serial, 100, true)
	v.text(path+"os_version", own.OSVersion, 50, true)
	v.text(path+"model_framework", own.ModelFramework, 10, false)
	v.text(path+"branch_code", own.BranchCode, 50, false)
	v.check(own.ActivityCode == "" || c.known("activity_codes", own.ActivityCode, ""), path+"activity_code", "eta.code", "value", own.ActivityCode)
	if own.Address != nil {
		v.address(path+"address.", c.Seller.Address)
	}
	_, err := time.Parse(time.DateOnly, cmp.Or(own.Start, "2000-01-01"))
	v.check(err == nil, path+"start", "eta.date", "value", own.Start)
}

// shares tells whether a POS takes over what the company has.
func (c Config) shares(lacks func(POS) bool) bool {
	return len(c.Registry) == 0 || slices.ContainsFunc(slices.Collect(maps.Values(c.Registry)), lacks)
}

// ownHost tells whether an address may be called in an environment: of the authority's hosts only its own. Others are
// proxies and test servers.
func ownHost(environment, address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if host != "eta.gov.eg" && !strings.HasSuffix(host, ".eta.gov.eg") {
		return true
	}
	return strings.Contains("."+host, ".preprod.") == (environment == preproduction)
}

// pointSettings are what a flow decides about the POS.
var pointSettings = []pipeline.Setting{
	{Name: "pos", Type: pipeline.Text, Help: "the POS, by its name in eta.registry, that issues the receipts of orders which name none (order.pos); eta.default_pos where it is not said"},
}

// atPoint makes Kind.Build of one for a single POS: it leads each order to the POS that it takes. Of an order whose
// POS is not known as much is told as of any other.
func (s issuer) atPoint(build func(issuer, []pipeline.Record) (pipeline.Document, []pipeline.Problem)) func([]pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	return func(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
		o := order{group: group} // Build sorts its rows: the POS stands beside them
		p, ok := pointOf(s.points, o.text("order.pos"), s.usual)
		if !ok && len(s.points) > 0 {
			doc, problems := build(s, group)
			return doc, append(problems, s.astray(o))
		}
		at := s
		if len(s.points) > 0 {
			at.config = p.config
		}
		doc, problems := build(at, group)
		if p.Lane != s.home {
			doc.Lane = p.Lane
			for i := range doc.Parts {
				doc.Parts[i].Lane = p.Lane
			}
		}
		return doc, problems
	}
}

// astray is the problem of an order whose POS is not known.
func (s issuer) astray(o order) pipeline.Problem {
	var known []string
	for _, p := range s.points {
		known = append(known, p.Name)
	}
	name := o.text("order.pos")
	if name == "" && s.usual == "" {
		return o.problem("order.pos", "eta.pos.none", "known", strings.Join(known, ", "))
	}
	return o.problem("order.pos", "eta.pos.unknown", "pos", cmp.Or(name, s.usual), "known", strings.Join(known, ", "))
}

// Ages are how long receipts may go without being accepted before somebody is told.
type Ages struct{ Warn, Urgent, Late time.Duration }

// Ages are those of the settings.
func (c Config) Ages() Ages {
	c = c.withDefaults()
	return Ages{Warn: c.WarnAfter, Urgent: c.UrgentAfter, Late: c.LateAfter}
}
