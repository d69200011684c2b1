package eta

import (
	"context"
	"errors"
	"time"

	"wasl/pipeline"
)

// Check signs the POS in and compares the clocks. It issues nothing and changes nothing, except that the first sign-in
// ever activates the POS. What somebody has to mend comes as problems; an authority that cannot be reached as an error.
func (s *Sink) Check(ctx context.Context, flows []string) ([]pipeline.Fact, []pipeline.Problem, error) {
	c := s.config
	facts := []pipeline.Fact{
		{Name: "eta.environment", Value: c.Environment},
		{Name: "eta.identity", Value: c.IdentityURL},
		{Name: "eta.api", Value: c.APIURL},
		{Name: "eta.taxpayer", Value: c.Seller.RIN + " " + c.Seller.TradeName},
		{Name: "eta.branch", Value: c.Seller.BranchCode},
		{Name: "eta.activity", Value: c.Seller.ActivityCode},
		{Name: "eta.pos", Value: c.POS.Serial},
	}
	var problems []pipeline.Problem
	if c.Shipping.ItemCode == "" {
		problems = append(problems, pipeline.Problem{Rule: "eta.shipping", Field: "eta.shipping.item_code"})
	}
	s.mu.Lock()
	s.token = token{} // sign in for certain
	s.mu.Unlock()
	var heard []pipeline.Said
	_, err := s.signIn(ctx, &heard)
	if err == nil {
		facts = append(facts, pipeline.Fact{Name: "eta.clock", Value: s.skewed().Round(time.Second).String()})
		err = s.clock()
	}
	if err == nil {
		var recent string
		if recent, err = s.recent(ctx, &heard); err == nil && recent != "" {
			facts = append(facts, pipeline.Fact{Name: "eta.recent", Value: recent})
		}
	}
	if trouble, ok := errors.AsType[*pipeline.Trouble](err); ok {
		return facts, append(problems, pipeline.Problem{Rule: trouble.Rule, With: trouble.With}), nil
	}
	return facts, problems, err
}

func (s *Sink) skewed() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skew
}
