package shopifytest

import "fmt"

// judgeOrders finds refunds that a client made twice: of one order, with one note.
func (s *Server) judgeOrders() (out []Violation) {
	for _, t := range s.orders.tales {
		first := map[string]int{}
		for _, r := range t.versions[len(t.versions)-1].refunds {
			if r.call == 0 || r.note == "" {
				continue
			}
			if before := first[r.note]; before != 0 {
				out = append(out, Violation{Rule: "refund-twice", Call: r.call,
					Text: fmt.Sprintf("%s was refunded in request %d and again in request %d", t.id, before, r.call)})
			}
			first[r.note] = r.call
		}
	}
	return out
}
