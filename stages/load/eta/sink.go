package eta

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"wasl/pipeline"
)

// Deps is what the sink is given from outside.
type Deps struct {
	Secret  func(name string) (pipeline.Secret, error) // a secret by its name
	Now     func() time.Time                           // nil: time.Now
	Version string                                     // of wasl, for the User-Agent
	Zone    *time.Location                             // of the shop; nil: UTC
}

// A Sink is one POS of one taxpayer. One lane uses it; Check may run beside.
type Sink struct {
	config Config // with defaults
	issuer issuer
	deps   Deps
	http   *http.Client

	mu    sync.Mutex // guards what follows
	token token
	skew  time.Duration // of this machine's clock against the authority's: positive is ahead
}

// A Sink is a door out that can be looked through.
var (
	_ pipeline.Sink    = (*Sink)(nil)
	_ pipeline.Checker = (*Sink)(nil)
)

// New makes the sink of a POS. It reads the root certificate where one is set, and asks the authority nothing.
func New(c Config, d Deps) (*Sink, error) {
	if found := c.Validate(); len(found) > 0 {
		return nil, fmt.Errorf("settings of eta: %s", found[0].In("en"))
	}
	if d.Secret == nil {
		return nil, errors.New("settings of eta: no source of secrets")
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	if d.Zone == nil {
		d.Zone = time.UTC
	}
	c = c.withDefaults()
	client, err := newClient(c)
	if err != nil {
		return nil, err
	}
	return &Sink{config: c, deps: d, http: client, issuer: issuer{config: c, zone: d.Zone}}, nil
}

// Lane is the lane of the POS: its receipts form one chain, so one at a time issues them. What was sealed to try the
// house out has a lane of its own: it must not be offered to the real authority when the environment is changed.
func (s *Sink) Lane() string { return "eta/" + s.chain(pipeline.Document{}) }
