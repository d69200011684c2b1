package shopifytest

import (
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// creationTakes is how long a creation of codes is queued by the clock when nobody asks for it.
const creationTakes = 10 * time.Second

// codeCreation adds codes to a discount, later than it is asked for.
type codeCreation struct {
	id      string
	d       *discount
	call    *Call
	created time.Time
	done    bool
	codes   []*createdCode
}

type createdCode struct {
	code    string
	made    *redeemCode
	problem string
}

func (c *codeCreation) failed() (n int) {
	for _, code := range c.codes {
		if code.problem != "" {
			n++
		}
	}
	return n
}

// addCodes is discountRedeemCodeBulkAdd: it answers at once and works later. A code that cannot be made is no error of
// the mutation; it is counted as failed.
func (s *Server) addCodes(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		refuse := func(e object) (any, error) { return s.refuseDiscount(x, "bulkCreation", []any{e}) }
		d := s.discount(text(args["discountId"]))
		if d == nil || !d.kind.isCode() {
			return refuse(discountError("Code discount does not exist.", "INVALID", "discountId"))
		}
		list, _ := args["codes"].([]any)
		if len(list) == 0 {
			return refuse(discountError("Codes can't be blank", "BLANK", "codes"))
		}
		c := &codeCreation{id: s.shop.newID("DiscountRedeemCodeBulkCreation"), d: d, call: x.req.call, created: s.opt.Now()}
		for _, entry := range list {
			c.codes = append(c.codes, &createdCode{code: text(entry.(object)["code"])})
		}
		s.pricing.creations = append(s.pricing.creations, c)
		return object{"bulkCreation": s.creationObject(c), "userErrors": []any{}}, nil
	}
}

// runCreations does what the clock says is due.
func (s *Server) runCreations() {
	for _, c := range s.pricing.creations {
		if !c.done && s.opt.Now().Sub(c.created) >= creationTakes {
			s.runCreation(c)
		}
	}
}

func (s *Server) runCreation(c *codeCreation) {
	c.done = true
	for _, code := range c.codes {
		_, code.problem = codeProblem(code.code)
		if code.problem == "" && s.discountWith(code.code) != nil {
			code.problem = "must be unique. Please try a different code."
		}
		if code.problem != "" {
			continue
		}
		code.made = &redeemCode{s.shop.newID("DiscountRedeemCode"), code.code}
		c.d.codes = append(c.d.codes, *code.made)
		c.d.updated = s.opt.Now()
		pen{s, c.call.Number}.note("discount", c.d.id(), c.d.title, "code", "", code.code)
	}
}

func (s *Server) readCreation(args map[string]any) (any, error) {
	id := text(args["id"])
	if idType(id) != "DiscountRedeemCodeBulkCreation" {
		return nil, invalidID(id)
	}
	return orNil(s.creationNamed(id)), nil
}

// creationNamed reads a creation; that is what it waited for.
func (s *Server) creationNamed(id string) object {
	c := find(s.pricing.creations, func(c *codeCreation) bool { return c.id == id })
	if c == nil {
		return nil
	}
	if !c.done {
		s.runCreation(c)
	}
	return s.creationObject(c)
}

func (s *Server) creationObject(c *codeCreation) object {
	out := object{"__typename": "DiscountRedeemCodeBulkCreation", "id": c.id, "done": c.done, "codesCount": len(c.codes), "importedCount": 0,
		"failedCount": 0, "createdAt": timestamp(c.created), "discountCode": s.discountNode(c.d, c.d.kind.node)}
	if c.done {
		out["failedCount"], out["importedCount"] = c.failed(), len(c.codes)-c.failed()
	}
	out["codes"] = resolver(func(map[string]any) (any, error) {
		var nodes []node
		for _, code := range c.codes {
			errs, made := []any{}, any(nil)
			if code.problem != "" {
				errs = append(errs, discountError(strings.TrimSpace(code.problem), nil, "code"))
			}
			if code.made != nil {
				made = object{"__typename": "DiscountRedeemCode", "id": code.made.id, "code": code.made.code, "asyncUsageCount": 0, "createdBy": nil}
			}
			o := object{"__typename": "DiscountRedeemCodeBulkCreationCode", "code": code.code, "errors": errs, "discountRedeemCode": made}
			nodes = append(nodes, node{id: code.code, open: func() object { return o }})
		}
		return connection{nodes: nodes}, nil
	})
	return out
}
