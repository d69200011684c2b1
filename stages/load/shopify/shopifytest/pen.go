package shopifytest

import (
	"slices"
	"time"
)

// Change is one real change of something else than a quantity. Call is 0 when it was not made through the API.
type Change struct {
	At    time.Time `json:"at"`
	Call  int       `json:"call,omitempty"`
	Kind  string    `json:"kind"` // product, variant, file, collection, publication
	ID    string    `json:"id"`
	Name  string    `json:"name"`  // handle, SKU or file name
	Field string    `json:"field"` // as the API names it; also created, deleted, order
	From  string    `json:"from"`
	To    string    `json:"to"`
}

// pen writes into the shop and notes what really changed.
type pen struct {
	s    *Server
	call int
}

func (x *execution) pen() pen { return pen{x.s, x.req.call.Number} }

// merchant is the pen of a person in the admin.
func (s *Server) merchant() pen { return pen{s: s} }

func (w pen) note(kind, id, name, field, from, to string) {
	if from != to {
		w.s.record.changes = append(w.s.record.changes,
			Change{At: w.s.opt.Now(), Call: w.call, Kind: kind, ID: id, Name: name, Field: field, From: from, To: to})
	}
}

func (w pen) product(p *product, field string, at *string, to string) {
	w.note("product", p.id, p.handle, field, *at, to)
	*at = to
}

func (w pen) variant(v *variant, field string, at *string, to string) {
	w.note("variant", v.ID, v.SKU, field, *at, to)
	*at = to
}

func (w pen) flag(v *variant, field string, at *bool, to bool) {
	words := map[bool]string{true: "true", false: "false"}
	w.note("variant", v.ID, v.SKU, field, words[*at], words[to])
	*at = to
}

// touch moves updatedAt: every accepted write does, whether it changed something or not.
func (w pen) touch(p *product, variants ...*variant) {
	now := w.s.opt.Now()
	p.updated = now
	for _, v := range variants {
		v.updated = now
	}
}

// Changes are all changes of products, variants, files, collections and publications, in their order.
func (s *Server) Changes() []Change {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.record.changes)
}

// ChangesOf are the changes that the API made to the object with the id, handle, SKU or file name.
func (s *Server) ChangesOf(name string) []Change {
	return slices.DeleteFunc(s.Changes(), func(c Change) bool { return c.Call == 0 || c.ID != name && c.Name != name })
}
