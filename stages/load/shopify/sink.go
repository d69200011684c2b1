package shopify

import (
	"context"
	"errors"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// keyLife is how long a batch is sent again under its key. Shopify keeps keys
// for 24 hours; after 20 a batch is planned anew (RELIABILITY.md 3.1).
const keyLife = 20 * time.Hour

// Deps are what a Sink needs of the house.
type Deps struct {
	Secret  func(name string) (pipeline.Secret, error) // looks a secret up
	Now     func() time.Time                           // nil: time.Now
	Version string                                     // of wasl, for the User-Agent
	Zone    *time.Location                             // of the shop: days without a time begin and end there; nil: UTC
	Lang    string                                     // of reasons why a document is left out: en (also "") or ar
	Tell    func(note string, wait time.Duration)      // told when reading waits for points; may be nil

	// Match is the table of items that a person has matched by hand: the gid of a
	// variant for an item's code. May be nil.
	Match func(code string) (variantID string, ok bool, err error)

	// Content opens what the vault keeps under a hash: the bytes of pictures.
	// ErrNotFound where it has none. May be nil where no pictures are sent.
	Content func(ctx context.Context, sha string) (pipeline.File, error)

	// Wait lets time pass, next to ctx; nil: a timer.
	Wait func(ctx context.Context, d time.Duration) error
}

// Sink is the door to one shop. It implements pipeline.Sink, pipeline.Planner
// and pipeline.Checker, and may be used from several goroutines.
type Sink struct {
	cfg  Config
	door *admin.Door
	now  func() time.Time
	zone *time.Location
	days bool // the zone was given, and is to be the shop's
	lang string

	match   func(code string) (variantID string, ok bool, err error) // nil: nobody has matched anything
	content func(ctx context.Context, sha string) (pipeline.File, error)
	keys    keyring
	doubts  doubts
}

var (
	_ pipeline.Sink    = (*Sink)(nil)
	_ pipeline.Planner = (*Sink)(nil)
	_ pipeline.Checker = (*Sink)(nil)
)

// New makes a sink. It talks to nobody yet. The error holds every finding of
// Config.Validate.
func New(c Config, d Deps) (*Sink, error) {
	var wrong []error
	for _, f := range c.Validate() {
		wrong = append(wrong, errors.New("shopify."+f.Path+": "+f.In("en")))
	}
	if len(wrong) > 0 {
		return nil, errors.Join(wrong...)
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	days := d.Zone != nil
	if d.Zone == nil {
		d.Zone = time.UTC
	}
	if d.Secret == nil {
		d.Secret = func(string) (pipeline.Secret, error) { return pipeline.Secret{}, nil }
	}
	c = c.filled()
	address, _ := c.address() // Validate has seen to it
	door := admin.New(admin.Config{Shop: c.Shop, Address: address, Margin: c.Margin,
		ClientID: c.ClientID, ClientSecret: c.ClientSecret, AccessToken: c.AccessToken},
		admin.Deps{Secret: d.Secret, Now: d.Now, Version: d.Version, Tell: d.Tell, Wait: d.Wait})
	return &Sink{cfg: c, door: door, now: d.Now, zone: d.Zone, days: days, lang: d.Lang, match: d.Match, content: d.Content}, nil
}

// Lane names the lane of the shop: one bucket of points, one order of sending.
func (s *Sink) Lane() string { return "shopify/" + s.cfg.Shop }

// expired tells whether a batch is too old to be sent under its key.
func (s *Sink) expired(b pipeline.Batch) bool {
	return !b.Taken.IsZero() && s.now().Sub(b.Taken) >= keyLife
}
