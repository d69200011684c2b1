package eta

import (
	"errors"
	"testing"
	"time"

	"wasl/pipeline"
)

// What the authority would refuse as a whole is not sent, and takes no submission: somebody is told.
func TestSend_ASubmissionThatWouldBeRefusedAsAWholeIsNotSent(t *testing.T) {
	t.Parallel()
	s := demoSink(t, nil) // of an address where nobody answers
	k := bound(t, s, nil)
	sale, problems := k.Build(pulled(t, nil))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	sale.Sealed = sealed(t, k, sale, pipeline.Link{})
	s.deps.Now = func() time.Time { return time.Date(2026, 11, 25, 12, 1, 0, 0, time.UTC) }
	a, err := s.Send(t.Context(), pipeline.Batch{Docs: []pipeline.Document{sale, sale}})
	trouble, ok := errors.AsType[*pipeline.Trouble](err)
	if !ok || trouble.Rule != "batch.number" || len(a.Said) > 0 {
		t.Fatal(err, a)
	}
	for _, o := range a.Outcomes {
		if o.State != pipeline.Ready {
			t.Errorf("%s is %s", o.Key, o.State)
		}
	}
}
