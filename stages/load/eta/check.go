package eta

import (
	"context"
	"errors"
	"time"

	"wasl/pipeline"
)

// Check signs every POS in and compares the clocks. It issues nothing and changes nothing, except that the first
// sign-in ever activates a POS. What somebody has to mend comes as problems; an authority that cannot be reached as an
// error, after the other POS were tried too.
func (s *Sink) Check(ctx context.Context, flows []string) ([]pipeline.Fact, []pipeline.Problem, error) {
	c := s.config
	facts := []pipeline.Fact{
		{Name: "eta.environment", Value: c.Environment},
		{Name: "eta.identity", Value: c.IdentityURL},
		{Name: "eta.api", Value: c.APIURL},
		{Name: "eta.taxpayer", Value: c.Seller.RIN + " " + c.Seller.TradeName},
	}
	var problems []pipeline.Problem
	if c.Shipping.ItemCode == "" {
		problems = append(problems, pipeline.Problem{Rule: "eta.shipping", Field: "eta.shipping.item_code"})
	}
	var failed error
	for _, p := range s.points {
		more, err := s.posts[p.Serial].checkOne(ctx, p)
		facts = append(facts, more...)
		_, curable := errors.AsType[*pipeline.Later](err)
		if trouble, ok := errors.AsType[*pipeline.Trouble](err); ok && !curable {
			problems = append(problems, pipeline.Problem{Rule: trouble.Rule, Field: "eta." + p.Name, With: trouble.With})
			err = nil
		}
		failed = errors.Join(failed, err)
	}
	return facts, problems, failed
}

// checkOne signs one POS in.
func (s *Sink) checkOne(ctx context.Context, p Point) ([]pipeline.Fact, error) {
	name := p.Serial
	if p.Name != p.Serial {
		name = p.Name + ", " + p.Serial
	}
	facts := []pipeline.Fact{
		{Name: "eta.pos", Value: name},
		{Name: "eta.branch", Value: s.config.Seller.BranchCode},
		{Name: "eta.activity", Value: s.config.Seller.ActivityCode},
	}
	if p.Start != "" {
		facts = append(facts, pipeline.Fact{Name: "eta.start", Value: p.Start})
	}
	if p.Off {
		facts = append(facts, pipeline.Fact{Name: "eta.off", Value: "true"})
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
	if err != nil {
		return facts, err
	}
	recent, err := s.recent(ctx, &heard)
	if err == nil && recent != "" {
		facts = append(facts, pipeline.Fact{Name: "eta.recent", Value: recent})
	}
	return facts, err
}
