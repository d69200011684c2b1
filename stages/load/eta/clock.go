package eta

import (
	"net/http"
	"time"

	"wasl/pipeline"
)

// The authority refuses a receipt that was issued in the future, by its own clock (eta-ereceipt.md 13). Every answer of
// it says what its clock says, to the second.

const (
	maxSkew = 2 * time.Minute // of the clocks: from there on no receipt is issued
	minSkew = 2 * time.Second // below that nothing is known: a Date header has whole seconds
)

// measure compares the clocks by the Date of an answer whose request began at a moment of ours. Theirs is read somewhere
// between then and now: only what lies outside of that is a difference, however long the answer took.
func (s *Sink) measure(began time.Time, date string) {
	theirs, err := http.ParseTime(date)
	if err != nil {
		return
	}
	var skew time.Duration
	switch now := s.deps.Now(); {
	case began.After(theirs):
		skew = began.Sub(theirs)
	case now.Before(theirs):
		skew = now.Sub(theirs)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew = skew
}

// skewed is how far this machine's clock is ahead of the authority's; below zero it is behind.
func (s *Sink) skewed() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skew
}

// clock is the trouble of clocks that are too far apart to issue receipts; nil where they agree.
func (s *Sink) clock() error {
	skew := s.skewed()
	if skew.Abs() <= maxSkew {
		return nil
	}
	now, form := s.deps.Now().UTC(), "2006-01-02 15:04:05"
	return &pipeline.Trouble{Rule: "eta.clock", With: with("here", now.Format(form), "there", now.Add(-skew).Format(form))}
}

// byTheirClock issues receipts by the authority's clock where this machine's is ahead of it by less than is refused: by
// ours they would lie in the future, and be rejected. Where it is behind nothing is added: they are that much older.
func (s *Sink) byTheirClock(seal sealer) sealer {
	return func(doc pipeline.Document, link pipeline.Link, at time.Time) ([]byte, string, string, error) {
		if post, ok := s.posts[serialOf(doc.Body)]; ok {
			if ahead := post.skewed(); ahead > minSkew {
				at = at.Add(-ahead)
			}
		}
		return seal(doc, link, at)
	}
}

// sealer is a Kind.Seal.
type sealer func(doc pipeline.Document, link pipeline.Link, at time.Time) (sealed []byte, ref, head string, err error)
