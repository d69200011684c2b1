package shopify

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// Fulfilments and payments are made by calls that take no key: sent twice, goods are
// sent twice. So what a document of the ERP became is kept where it became it, on the
// order itself, in a metafield: a lost ledger, or an answer that was lost, is no doubt
// for long. A tick is written before the call, and says what was the newest of its
// sort then; what is newer, is not another tick's and is the same, was made by that
// call. After the call it is told which one.

// A tick is one number of the ERP, and what it became.
type tick struct {
	No    string `json:"no"`              // of the ERP's document
	At    string `json:"at,omitempty"`    // number of the location, of a fulfilment
	Has   string `json:"has"`             // what it is of, the same text for the same thing
	After string `json:"after,omitempty"` // number of the newest that was there before; "": there was none
	Is    string `json:"is,omitempty"`    // number of what it became; "": that is not known yet
}

// ticks are those of one order, in the order in which they were made.
type ticks []tick

// UnmarshalJSON reads the metafield as a query gives it: its value is JSON as a text.
func (t *ticks) UnmarshalJSON(text []byte) error {
	var field *struct {
		Value string `json:"value"`
	}
	if err := json.Unmarshal(text, &field); err != nil {
		return err
	}
	*t = nil
	if field == nil {
		return nil
	}
	var all []tick
	if err := json.Unmarshal([]byte(field.Value), &all); err != nil {
		*t = ticks{{No: unreadable}}
		return nil
	}
	*t = all
	return nil
}

// unreadable is the number of the one tick of a metafield that somebody has written
// something else into.
const unreadable = "\x00"

// readable tells whether the metafield could be read.
func (t ticks) readable() bool { return len(t) != 1 || t[0].No != unreadable }

// A deed is a fulfilment or a payment as the ticks know it.
type deed struct{ id, at, has string }

// claim says of each tick what it became, where that can be known.
func (t ticks) claim(all []deed) {
	taken := map[string]bool{}
	for _, one := range t {
		taken[one.Is] = one.Is != ""
	}
	for i := range t {
		for _, m := range all {
			if t[i].Is == "" && !taken[m.id] && newer(m.id, t[i].After) && m.at == t[i].At && m.has == t[i].Has {
				t[i].Is, taken[m.id] = m.id, true
			}
		}
	}
}

// of are the places of the ticks of a number.
func (t ticks) of(no string) (at []int) {
	for i, one := range t {
		if one.No == no {
			at = append(at, i)
		}
	}
	return at
}

// without is the list without the ticks of a number of which nothing became.
func (t ticks) without(no string) ticks {
	return slices.DeleteFunc(slices.Clone(t), func(one tick) bool { return one.No == no && one.Is == "" })
}

// newer tells whether one number was given after another.
func newer(number, than string) bool { return older(number, than) > 0 }

// newest is the newest of some numbers.
func newest(all []deed) (id string) {
	for _, m := range all {
		if newer(m.id, id) {
			id = m.id
		}
	}
	return id
}

// numberOf is the number at the end of a gid.
func numberOf(gid string) string { return gid[strings.LastIndexByte(gid, '/')+1:] }

// writeTicks writes the ticks of some orders. Whatever is lost of it may be written
// again.
func (s *Sink) writeTicks(ctx context.Context, key string, of map[string]ticks) error {
	if len(of) == 0 {
		return nil
	}
	if err := s.defineOrders(ctx, key); err != nil {
		return err
	}
	for part := range slices.Chunk(sortedGIDs(of), perKeys) {
		list := make([]any, len(part))
		for i, gid := range part {
			all := of[gid]
			if all == nil {
				all = ticks{}
			}
			list[i] = input{"ownerId": gid, "namespace": ownNamespace, "key": key, "value": string(packed(all))}
		}
		r, err := s.door.Query(ctx, setOrderFields, input{"metafields": list})
		if err != nil {
			return err
		}
		errs, ok := refusalsIn(r.Data, "metafieldsSet")
		if !ok {
			return admin.Unreadable(setOrderFields, r)
		}
		if len(errs) > 0 {
			return s.door.Refused(r, errs[0])
		}
	}
	return nil
}

func sortedGIDs(of map[string]ticks) []string {
	var gids []string
	for gid := range of {
		gids = append(gids, gid)
	}
	slices.SortFunc(gids, older)
	return gids
}

// unreadableTicks is the problem of an order whose metafield of ours holds something
// else.
func unreadableTicks(doc pipeline.Document, order, key string) pipeline.Problem {
	return ofOrder(doc, "order.name", order, "order.ticks", map[string]string{"order": order, "field": ownNamespace + "." + key})
}

// createSettles is how long Shopify may go on working on a call whose answer was
// lost: it ends a call after ten seconds (reference 8.1). Before that, what cannot be
// seen may still come.
const createSettles = 15 * time.Second

// doubts are when calls ended of which nobody knows whether they were done, by the key
// of their document. The zero doubts are none.
type doubts struct {
	mu sync.Mutex
	at map[string]time.Time
}

// calledFor is the error of a call for one document that may be repeated: where
// nobody knows whether it was done, the document is asked about.
func calledFor(err error, doc pipeline.Document) error {
	if admin.Certain(err) {
		return err
	}
	return doubtful{error: err, keys: []string{doc.Key}}
}

// calledOnce is that of a call that may not be repeated.
func (s *Sink) calledOnce(err error, doc pipeline.Document) error {
	if !admin.Certain(err) {
		s.doubts.mu.Lock()
		defer s.doubts.mu.Unlock()
		if s.doubts.at == nil {
			s.doubts.at = map[string]time.Time{}
		}
		s.doubts.at[doc.Key] = s.now()
	}
	return calledFor(err, doc)
}

// doubtful tells whether a call for a document of a batch may still be at work in the
// shop: one that this process has seen, or where it was another one, that of the batch.
func (s *Sink) doubtful(b pipeline.Batch, doc pipeline.Document) bool {
	s.doubts.mu.Lock()
	at, ours := s.doubts.at[doc.Key]
	s.doubts.mu.Unlock()
	if !ours {
		at = b.Taken
	}
	past := s.now().Sub(at)
	return past >= 0 && past < createSettles && (ours || b.Tries <= 1)
}
