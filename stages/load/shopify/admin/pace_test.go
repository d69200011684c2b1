package admin

import (
	"errors"
	"testing"
	"time"

	"wasl/pipeline"
)

// While the bucket lacks the points nothing leaves.
func TestQuery_WaitsForPoints(t *testing.T) {
	t.Parallel()
	s := open(t)
	d := s.door(t)
	d.pace.learn(set, Cost{Throttle: throttle(2000, 210, 100)}, false, s.clock.now())
	ctx, said := Listen(t.Context())
	_, err := d.Query(ctx, set, s.eight())
	later, ok := errors.AsType[*pipeline.Later](err)
	if !ok || later.After != 2*time.Second || !Certain(err) || len(s.Calls()) != 0 || len(said.All()) != 0 {
		t.Errorf("10 points and a margin of 400 of 2000 at 100 a second, 210 there: got %v", err)
	}
	s.clock.advance(later.After)
	if _, err := d.Query(ctx, set, s.eight()); err != nil || len(s.History()) != 1 || len(said.All()) != 1 {
		t.Errorf("after the wait that was asked for: %v", err)
	}
	s.clean(t)
}

func throttle(maximum, available, rate float64) (t struct {
	Maximum   float64 `json:"maximumAvailable"`
	Available float64 `json:"currentlyAvailable"`
	Rate      float64 `json:"restoreRate"`
}) {
	t.Maximum, t.Available, t.Rate = maximum, available, rate
	return t
}
