package etatest

import (
	"fmt"
	"slices"
	"strings"
)

// Judge returns what a careful client never does, in words: a receipt filed twice, a sale filed under two uuids, a
// chain broken or out of order, a place in the chain used twice, a receipt sent again with other bytes, a valid receipt
// replaced, a token misused. An empty list is a good client; what the authority found invalid is in Receipts.
func (s *Server) Judge() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.judge()
}

func (s *Server) judge() []string {
	found := append([]string{}, s.violations...)
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	for _, r := range s.order {
		if r.Taken > 1 {
			add("receipt %s (%s) was filed %d times", r.Number, r.UUID, r.Taken)
		}
		if old := s.receipts[r.ReferenceOldUUID]; old != nil && len(old.Errors) == 0 {
			add("receipt %s (%s) replaces %s, which is valid", r.Number, r.UUID, old.UUID)
		}
	}
	for _, b := range s.chainBreaks() {
		add("chain of POS %s: receipt %s (%s) %s", b.POS, b.Number, b.UUID, b.Reason)
	}
	found = append(found, s.sameNumber()...)
	return append(found, s.samePlace()...)
}

// sameNumber finds two valid receipts with one number in a branch, of which neither replaces the other.
func (s *Server) sameNumber() []string {
	var found []string
	first := map[string]*receipt{}
	for _, r := range s.order {
		if len(r.Errors) > 0 {
			continue
		}
		key := strings.Join([]string{r.RIN, r.Branch, r.Number}, "\n")
		before := first[key]
		if before != nil && r.ReferenceOldUUID != before.UUID {
			found = append(found, fmt.Sprintf("number %s was filed under two uuids, %s and %s", r.Number, before.UUID, r.UUID))
		}
		first[key] = r
	}
	return found
}

// samePlace finds receipts issued after the same receipt, where one was never taken: the authority cannot see it, but
// a POS that follows issuance does not go back. Two that were both taken are a broken chain already.
func (s *Server) samePlace() []string {
	var found []string
	first := map[string]*issue{}
	for _, i := range s.issues {
		if i.replaces != "" {
			continue
		}
		key := i.pos + "\n" + i.previous
		before := first[key]
		if before != nil && !(before.taken && i.taken) {
			found = append(found, fmt.Sprintf("chain of POS %s: receipts %s (%s) and %s (%s) were issued for the same place",
				i.pos, before.number, before.uuid, i.number, i.uuid))
		}
		first[key] = i
	}
	return found
}

// violate notes a violation when it happens, once in the same words.
func (s *Server) violate(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !slices.Contains(s.violations, text) {
		s.violations = append(s.violations, text)
	}
}

// checkManners notes what no client may do with its credentials, whatever the answer will be.
func (s *Server) checkManners(c *call) {
	if s.refused[bearerToken(c.Request)] {
		s.violate("request %d (%s) used a token again that had been answered with 401", c.entry.N, c.entry.Endpoint)
	}
	for name := range c.URL.Query() {
		if name := strings.ToLower(name); strings.Contains(name, "secret") || strings.Contains(name, "token") {
			s.violate("request %d (%s) has %s in its address", c.entry.N, c.entry.Endpoint, name)
		}
	}
}
