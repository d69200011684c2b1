// Package etatest is a stand-in of the Egyptian Tax Authority's receipt system: a real HTTP server on loopback, for
// tests of the room load/eta and of the whole program.
//
//	s := etatest.New(etatest.Options{ValidationPolls: 1})
//	defer s.Close()
//	s.Fault(etatest.Submit, 1, etatest.Fault{Answer: etatest.Lost})
//	... point the client at s.URL() ...
//	for _, violation := range s.Judge() {
//		t.Error(violation)
//	}
//
// What it imitates (sections of reference/eta-ereceipt.md): the token call of a POS (2), receipt submission with its
// structure and limits (3, 6), the uuid recomputed from the bytes received (4), the chain of a POS (5), the follow-up
// calls (7), the statuses (8), the validation with its code tables and formulas (9, 10), and bad days: see Fault.
//
// What it keeps: every request and every receipt, so that a test can ask afterwards what the authority holds. Judge
// lists what a careful client never does.
//
// What it never does: it imports no package of this project, so that it cannot share a mistake with the sink that it
// judges; it changes no state on disk; it answers nobody outside this machine unless it is given such an address.
//
// Why, where the published pages are silent:
//   - A fault of structure in one receipt refuses the whole submission (400 BadStructure); a wrong uuid, version, type
//     or time refuses that receipt alone; everything else is found later, by validation.
//   - The authority publishes no list of its inner error codes, so the ones here are words (UuidMismatch, LineTotal).
//     A client must not decide by them.
//   - Amounts are compared on the declared values, within 0.01. Looser figures are in circulation; a client that
//     passes here passes there.
//   - The chain follows issuance: a receipt may point to one that was refused, as long as it was shown to the server,
//     even in a request that failed.
//   - A payload counts for the DuplicateSubmission window when it was answered with 202, whether or not the answer
//     arrived.
//   - A submission for a retired POS is refused with 403 PosNotActive; a token for it is still given.
package etatest
