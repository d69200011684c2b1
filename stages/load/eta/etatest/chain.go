package etatest

import (
	"cmp"
	"crypto/sha256"
	"fmt"
)

// issue is what the server has seen of a receipt that a POS has issued: in any request, taken or not. A receipt counts
// as issued once it was shown, so later ones may point to it although it was refused.
type issue struct {
	uuid, number, pos, previous, replaces string

	raw   [sha256.Size]byte
	taken bool
}

// see records the receipts of a request body, however the request will end.
func (s *Server) see(body *node) {
	for _, r := range body.list("receipts") {
		uuid := r.str("header", "uuid")
		if uuid == "" || r.kind != isObject {
			continue
		}
		raw := sha256.Sum256(r.raw)
		if first, known := s.issued[uuid]; known {
			if raw != first.raw {
				s.violate("receipt %s (%s) was sent again with other bytes", first.number, uuid)
			}
			continue
		}
		i := &issue{
			uuid:     uuid,
			number:   r.str("header", "receiptNumber"),
			pos:      r.str("seller", "deviceSerialNumber"),
			previous: r.str("header", "previousUUID"),
			replaces: r.str("header", "referenceOldUUID"),
			raw:      raw,
		}
		s.issued[uuid] = i
		s.issues = append(s.issues, i)
	}
}

// link puts a receipt that is being taken at the end of the chain of its POS, and says what is wrong with that, "" if
// nothing is (section 5). A correction keeps the place of the receipt that it replaces: the head does not move.
func (s *Server) link(uuid string) string {
	i := s.issued[uuid]
	i.taken = true
	if i.replaces != "" {
		return s.correctionFault(i)
	}
	head := s.heads[i.pos]
	s.heads[i.pos] = uuid
	return s.linkFault(i, head)
}

func (s *Server) correctionFault(i *issue) string {
	old := s.issued[i.replaces]
	switch {
	case old == nil:
		return fmt.Sprintf("replaces %s, which was never seen", i.replaces)
	case old.pos != i.pos:
		return fmt.Sprintf("replaces %s of the other POS %s", i.replaces, old.pos)
	case old.previous != i.previous:
		return fmt.Sprintf("has previousUUID %q and not %q, as the replaced %s has", i.previous, old.previous, i.replaces)
	}
	return ""
}

// linkFault compares previousUUID with the head. Between the two there may be receipts that were issued and not taken.
func (s *Server) linkFault(i *issue, head string) string {
	before := i.previous
	for steps := 0; before != head && steps <= len(s.issues); steps++ {
		between := s.issued[before]
		if between == nil || between.taken || between.pos != i.pos {
			break
		}
		before = between.previous
	}
	switch {
	case before == head:
		return ""
	case s.follows(head, i.uuid):
		return fmt.Sprintf("came after %s, which was issued later", head)
	case i.previous == "":
		return fmt.Sprintf("starts the chain again, the head was %s", head)
	case s.issued[i.previous] == nil:
		return fmt.Sprintf("points to %s, which was never seen; the head was %s", i.previous, cmp.Or(head, "empty"))
	}
	return fmt.Sprintf("points back to %s, the head was %s", i.previous, cmp.Or(head, "empty"))
}

// follows tells whether a receipt leads back to another through the chain.
func (s *Server) follows(uuid, to string) bool {
	for range s.issues {
		i := s.issued[uuid]
		if i == nil {
			return false
		}
		if i.previous == to {
			return true
		}
		uuid = i.previous
	}
	return false
}
