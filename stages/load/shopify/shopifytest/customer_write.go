package shopifytest

import (
	"regexp"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

var (
	phonePattern = regexp.MustCompile(`^\+\d{8,15}$`)
	emailPattern = regexp.MustCompile(`^\S+@\S+\.\S+$`)
)

// setCustomer is customerSet: makes or changes the customer that the identifier names; lists replace.
func (s *Server) setCustomer(x *execution) rootResolver {
	return func(_ *ast.Field, args map[string]any) (any, error) {
		in := args["input"].(object)
		identifier, _ := args["identifier"].(object)
		refuse := func(message, code string, path ...string) (any, error) {
			errs := []any{userError(message, code, path...)}
			s.record.userErrors(x.req.call, errs)
			return object{"customer": nil, "userErrors": errs}, nil
		}
		c, err := s.identified(identifier)
		switch {
		case err != nil:
			return nil, err
		case text(identifier["id"]) != "" && c == nil:
			return refuse("Customer does not exist", "NOT_FOUND", "identifier", "id")
		}
		for _, name := range []string{"email", "phone"} {
			if want := text(identifier[name]); want != "" && !strings.EqualFold(want, text(in[name])) {
				return refuse("The identifier value does not match the value of the corresponding field in the input.", "INPUT_MISMATCH", "input")
			}
		}
		if field, message, code := s.customerFault(c, in); code != "" {
			return refuse(message, code, "input", field)
		}
		if c == nil {
			c = s.addCustomer(Customer{})
			x.pen().note("customer", c.ID, text(in["phone"]), "created", "", c.ID)
		}
		before := c.Customer
		c.write(in)
		c.updated = s.opt.Now()
		x.pen().note("customer", c.ID, c.displayName(), "name", before.FirstName+" "+before.LastName, c.FirstName+" "+c.LastName)
		x.pen().note("customer", c.ID, c.displayName(), "note", before.Note, c.Note)
		return object{"customer": s.customerObject(c), "userErrors": []any{}}, nil
	}
}

// identified is the customer that an identifier names, nil for none.
func (s *Server) identified(identifier object) (*customer, error) {
	if custom, given := identifier["customId"].(object); given {
		id, err := s.customID("CUSTOMER", custom)
		return s.orders.customerNamed(id), err
	}
	return find(s.orders.customers, func(c *customer) bool {
		return c.ID == text(identifier["id"]) || c.Email != "" && strings.EqualFold(c.Email, text(identifier["email"])) ||
			c.Phone != "" && c.Phone == text(identifier["phone"])
	}), nil
}

// customerFault says what is wrong with an input; code is "" for nothing.
func (s *Server) customerFault(c *customer, in object) (field, message, code string) {
	email, phone := text(in["email"]), text(in["phone"])
	taken := func(same func(*customer) bool) bool {
		return find(s.orders.customers, func(other *customer) bool { return other != c && same(other) }) != nil
	}
	switch {
	case email != "" && !emailPattern.MatchString(email):
		return "email", "Email is invalid", "INVALID"
	case phone != "" && !phonePattern.MatchString(phone):
		return "phone", "Phone is invalid", "INVALID"
	case email != "" && taken(func(o *customer) bool { return strings.EqualFold(o.Email, email) }):
		return "email", "Email has already been taken", "TAKEN"
	case phone != "" && taken(func(o *customer) bool { return o.Phone == phone }):
		return "phone", "Phone has already been taken", "TAKEN"
	case c == nil && email == "" && phone == "" && text(in["firstName"]) == "" && text(in["lastName"]) == "":
		return "email", "A name, phone number, or email address must be present", "BLANK"
	}
	return "", "", ""
}

func (c *customer) write(in object) {
	for name, at := range map[string]*string{"firstName": &c.FirstName, "lastName": &c.LastName, "email": &c.Email, "phone": &c.Phone,
		"note": &c.Note, "locale": &c.Locale} {
		if value, given := in[name]; given {
			*at = text(value)
		}
	}
	if exempt, given := in["taxExempt"].(bool); given {
		c.TaxExempt = exempt
	}
	if tags, given := in["tags"].([]any); given {
		c.Tags = nil
		for _, tag := range tags {
			c.Tags = append(c.Tags, text(tag))
		}
		c.Tags = tidyTags(c.Tags)
	}
	if addresses, given := in["addresses"].([]any); given {
		c.Addresses = nil
		for _, one := range addresses {
			c.Addresses = append(c.Addresses, *addressFrom(one.(object)))
		}
	}
}
