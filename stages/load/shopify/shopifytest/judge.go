package shopifytest

import (
	"fmt"
	"slices"
)

// Judge lists what a careful client would not have done, by the stand-in's own record. The rules:
//
//	applied-twice        one key wrote quantities twice (after its 24 hours)
//	new-key-per-try      one document wrote one item at one location under several keys
//	key-missing          a mutation that needs a key came without
//	key-mismatch         a key came again with other parameters
//	change-from-missing  a row without changeFromQuantity
//	too-early            a request within the pause that Retry-After asked for
//	throttled            a document that the bucket could not pay
//	max-cost             a document over 1000 points
//	input-size           an array over its limit
//	deprecated           a deprecated field or argument
//	invalid-document     a document or variables that do not fit the schema
//	search-field         a search by a field that cannot be searched
//	version              another API version in the path
//	redirect-followed    a request to where an injected redirect pointed
//	bulk-line            a line of a bulk file that does not fit the mutation
//	upload-overwritten   a file written again after a bulk operation had taken it
//	token-shown          the access token sent to the file service
//	secret-in-url        a query string at the token endpoint
//	sku-twice            a variant made with a SKU that another has
//	picture-twice        a picture made of a source that the product has a picture of
//	collection-twice     a collection made with the title of another
//	unquoted-time        a search by a time without quotes: its time of day is ignored
//	paged-too-far        a cursor beyond 25 000 objects
//	address-sent         a shipping address sent to an order: its taxes are worked out again
//	refund-twice         two refunds of one order with the same note
//	not-implemented      a field that the stand-in cannot answer: the verdict is incomplete
func (s *Server) Judge() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append(append(s.record.judge(), s.judgeGoods()...), s.judgeOrders()...)
}

// JudgeBut is Judge without the rules named, for a test that provokes them.
func (s *Server) JudgeBut(rules ...string) []Violation {
	return slices.DeleteFunc(s.Judge(), func(v Violation) bool { return slices.Contains(rules, v.Rule) })
}

func (r *record) judge() []Violation {
	out := slices.Clone(r.violations)
	out = append(out, r.appliedTwice()...)
	out = append(out, r.newKeyPerTry()...)
	for _, name := range r.missing {
		out = append(out, Violation{Rule: "not-implemented", Text: name})
	}
	slices.SortStableFunc(out, func(a, b Violation) int { return a.Call - b.Call })
	return out
}

// appliedTwice finds keys that wrote in more than one request.
func (r *record) appliedTwice() (out []Violation) {
	first := map[string]*Call{}
	told := map[*Call]bool{}
	for _, a := range r.applied {
		before := first[a.key]
		if before == nil {
			first[a.key] = a.call
			continue
		}
		if before != a.call && !told[a.call] {
			told[a.call] = true
			out = append(out, Violation{Rule: "applied-twice", Call: a.call.Number,
				Text: fmt.Sprintf("key %s wrote in request %d and again in request %d", a.key, before.Number, a.call.Number)})
		}
	}
	return out
}

// newKeyPerTry finds rows that one document wrote under several keys. Setting a value twice leaves no trace in the
// quantities, so the writing itself is looked at.
func (r *record) newKeyPerTry() (out []Violation) {
	type row struct{ document, item, location string }
	first := map[row]application{}
	for _, a := range r.applied {
		if a.document == "" {
			continue
		}
		at := row{a.document, a.item, a.location}
		before, seen := first[at]
		if !seen {
			first[at] = a
			continue
		}
		if before.key != a.key {
			out = append(out, Violation{Rule: "new-key-per-try", Call: a.call.Number,
				Text: fmt.Sprintf("%s wrote %s in request %d under key %s and in request %d under key %s", a.document, a.sku,
					before.call.Number, before.key, a.call.Number, a.key)})
		}
	}
	return out
}
