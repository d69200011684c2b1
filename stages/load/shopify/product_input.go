package shopify

import "encoding/json"

// setGoods makes a product what it is to be, whole. Only the id is selected: what
// is selected costs points.
const setGoods = `mutation ProductSet($identifier: ProductSetIdentifiers, $input: ProductSetInput!) {
  productSet(synchronous: true, identifier: $identifier, input: $input) {
    product { id }
    userErrors { field message code }
  }
}`

// setLine are the variables of setGoods.
type setLine struct {
	Identifier input `json:"identifier"`
	Input      input `json:"input"`
}

// line are the variables that make a product what was compared; nil where there is
// nothing to set. A product that is there is named by its id, a new one by our key,
// so that sending it twice makes one.
//
// Lists replace: variants are sent all or none, those of which the ERP does not
// speak with their values alone. Pictures, collections and metafields are never
// sent: an absent list stays as it is.
func (c *comparing) line() json.RawMessage {
	if len(c.fields) == 0 && !c.touched {
		return nil
	}
	l := setLine{Input: c.fields}
	if p := c.have.product; p != nil {
		l.Identifier = input{"id": p.ID}
	} else {
		l.Identifier = input{"customId": input{"namespace": ownNamespace, "key": keyItemGroup, "value": c.wish.Group}}
	}
	if c.touched && len(c.lay.wares)+len(c.lay.rest) > 0 {
		l.Input["productOptions"] = c.options()
		l.Input["variants"] = c.variants()
	}
	return packed(l)
}

// options are the options with all their values.
func (c *comparing) options() []input {
	var out []input
	for _, o := range c.lay.options {
		values := make([]input, len(o.Values))
		for i, name := range o.Values {
			values[i] = input{"name": name}
		}
		in := input{"name": o.Name, "values": values}
		if o.ID != "" {
			in["id"] = o.ID
		}
		out = append(out, in)
	}
	return out
}

// variants are all variants: those that are there in their order, each with its id,
// then the new ones.
func (c *comparing) variants() []input {
	of := map[string]input{}
	var added []input
	for i, in := range c.wares {
		in["optionValues"] = c.values(c.lay.wares[i])
		if v := c.have.variants[i]; v != nil {
			in["id"] = v.ID
			of[v.ID] = in
		} else {
			added = append(added, in)
		}
	}
	for i, v := range c.have.rest {
		of[v.ID] = input{"id": v.ID, "optionValues": c.values(c.lay.rest[i])}
	}
	var out []input
	if p := c.have.product; p != nil {
		for _, v := range p.Variants {
			out = append(out, of[v.ID])
		}
	}
	return append(out, added...)
}

func (c *comparing) values(names []string) []input {
	out := make([]input, len(names))
	for i, name := range names {
		out[i] = input{"optionName": c.lay.options[i].Name, "name": name}
	}
	return out
}
