package shopifytest

import "fmt"

// judgeGoods finds what a client made twice: variants of one SKU, pictures of one source on one product, collections of
// one title. What a person made twice by hand is not the client's doing.
func (s *Server) judgeGoods() (out []Violation) {
	made := map[string]int{} // id -> request that made it
	for _, c := range s.record.changes {
		if c.Field == "created" && c.Call != 0 {
			made[c.ID] = c.Call
		}
	}
	seen := map[string]bool{}
	tell := func(rule, key, id, format string, args ...any) {
		if seen[rule+key] && made[id] != 0 {
			out = append(out, Violation{Rule: rule, Call: made[id], Text: fmt.Sprintf(format, args...)})
		}
		seen[rule+key] = true
	}
	for _, v := range s.shop.variants {
		if v.SKU != "" {
			tell("sku-twice", v.SKU, v.ID, "a second variant with the SKU %s", v.SKU)
		}
	}
	for _, p := range s.shop.products {
		for _, f := range p.media {
			tell("picture-twice", p.id+" "+f.source, f.id, "%s has the picture %s twice", p.handle, f.source)
		}
	}
	for _, c := range s.shop.collections {
		tell("collection-twice", c.title, c.id, "a second collection %q", c.title)
	}
	return out
}
