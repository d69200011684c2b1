package admin

import (
	"context"
	"regexp"
	"sync"

	"wasl/pipeline"
)

// maxSaid is how much of an answer is kept as proof, in bytes.
const maxSaid = 64 << 10

// Said is what Shopify said to calls that were made under one context: the proof
// of an answer. It may be filled from several goroutines.
type Said struct {
	mu  sync.Mutex
	all []pipeline.Said
}

type saidKey struct{}

// Listen returns a context whose calls are noted, in order, and where.
func Listen(ctx context.Context) (context.Context, *Said) {
	s := &Said{}
	return context.WithValue(ctx, saidKey{}, s), s
}

// All is everything said so far.
func (s *Said) All() []pipeline.Said {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]pipeline.Said(nil), s.all...)
}

// signature is what opens a signed address to anybody.
var signature = regexp.MustCompile(`(https?://[^"?\s]+)\?[^"\s]*`)

// note keeps one exchange where somebody listens; none where nothing left this
// machine.
func (d *Door) note(ctx context.Context, what string, a Answer, err error) {
	s, ok := ctx.Value(saidKey{}).(*Said)
	if !ok || a.Status == 0 && (err == nil || Certain(err)) {
		return
	}
	at := a.At
	if at.IsZero() {
		at = d.now()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, pipeline.Said{At: at, What: what, Status: a.Status, ID: a.ID(), Body: signature.ReplaceAll(a.Body[:min(len(a.Body), maxSaid)], []byte("$1?***"))})
}
