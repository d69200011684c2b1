package eta

import (
	"context"
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
	Lang    string                                     // en or ar: of the words in the authority's errors; "" is en
}

// A Sink is one POS of one taxpayer, or all that are registered: then the one that is called sends and asks by the one
// that issued. One lane uses each; Check may run beside.
type Sink struct {
	config Config // with defaults; of one POS
	issuer issuer
	deps   Deps
	http   *http.Client

	points []Point          // of the registry
	posts  map[string]*Sink // of the registry, by serial; this one is among them

	mu    sync.Mutex // guards what follows
	token token
	erp   *Sink         // who reads with the ERP's client; nil: not yet, or none is set
	skew  time.Duration // of this machine's clock against the authority's: positive is ahead
}

// A Sink is a door out that can be looked through.
var (
	_ pipeline.Sink    = (*Sink)(nil)
	_ pipeline.Checker = (*Sink)(nil)
	_ pipeline.Readier = (*Sink)(nil)
)

// New makes the sink of a company's POS. It reads the root certificate where one is set, and asks the authority nothing.
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
	s := c.withDefaults().sink(d)
	for _, post := range s.posts {
		client, err := newClient(post.config)
		if err != nil {
			return nil, err
		}
		post.http = client
	}
	return s, nil
}

// sink makes the sinks of all POS, without a connection, and gives the one that is called: that of orders which name
// none, or else the first.
func (c Config) sink(d Deps) *Sink {
	points, posts := c.Points(), map[string]*Sink{}
	for _, p := range points {
		posts[p.Serial] = &Sink{config: p.config, deps: d, points: points, posts: posts,
			issuer: issuer{config: p.config, zone: d.Zone, points: points, usual: c.DefaultPOS, home: c.lane()}}
	}
	first, ok := pointOf(points, "", c.DefaultPOS)
	if !ok {
		first = points[0]
	}
	return posts[first.Serial]
}

// Lane is the lane in which files are read for receipts.
func (s *Sink) Lane() string { return s.issuer.home }

// Lanes are those by which receipts leave, one for each POS: its receipts form one chain, so
// one at a time issues them, and one that is in trouble stops no other. What was sealed to try the house out has lanes
// of its own: it must not be offered to the real authority when the environment is changed.
func (s *Sink) Lanes() []string {
	var lanes []string
	for _, p := range s.points {
		lanes = append(lanes, p.Lane)
	}
	return lanes
}

// Closed are the lanes of POS that are switched off: what was issued there is asked about, and nothing else is issued.
func (s *Sink) Closed() []string {
	var lanes []string
	for _, p := range s.points {
		if p.Off {
			lanes = append(lanes, p.Lane)
		}
	}
	return lanes
}

// Points are the POS of the registry, by name.
func (s *Sink) Points() []Point { return s.points }

// Ready signs the POS of a lane in, unless it is, and compares the clocks. The 24 hours of a receipt begin when it is
// issued, and its place in the chain is taken for ever. So nothing is issued while the authority does not let the POS
// in, or while this machine's clock is clearly wrong. (A merchant whose receipts count as issued at the sale, also in an
// outage, loses nothing by it: they wait, and are told of by their age.)
func (s *Sink) Ready(ctx context.Context, lane string) error {
	for _, p := range s.points {
		if p.Lane != lane {
			continue
		}
		post := s.posts[p.Serial]
		var heard []pipeline.Said // of no batch yet
		if _, err := post.signIn(ctx, &heard); err != nil {
			return err
		}
		return post.clock()
	}
	return nil // where files are read
}

// post is the POS that issued the receipts of a batch: their own serial says so.
func (s *Sink) post(b pipeline.Batch) (*Sink, error) {
	if len(b.Docs) == 0 {
		return s, nil
	}
	serial := serialOf(b.Docs[0].Sealed)
	if post, ok := s.posts[serial]; ok {
		return post, nil
	}
	if serial == "" { // not sealed: send says so
		return s, nil
	}
	return nil, &pipeline.Trouble{Rule: "eta.pos.gone", With: with("serial", serial, "name", b.Docs[0].Name)}
}
