package erp

import (
	"slices"

	"wasl/pipeline"
)

// A Person is what a document says of a customer, for people who have to tell whether
// two are one.
type Person struct{ Ref, Name, Phone, Email, Address string }

// PersonIn is the customer of a document; the zero Person where it holds none.
func PersonIn(doc pipeline.Document) Person {
	c, err := readCustomer(doc.Body)
	if err != nil || c.Order == nil {
		return Person{}
	}
	s := c.state()
	return Person{or(c.Doc.Of, c.Doc.Number), s["customer.name"], s["customer.phone_local"], s["customer.email"], home(s["customer.address"], s["customer.city"])}
}

// PersonListed is a customer of the ERP's own list.
func PersonListed(row pipeline.TableRow) Person {
	return Person{erpRef(row.Code), row.Cols["name"], row.Cols["phone"], row.Cols["email"], home(row.Cols["address"], row.Cols["city"])}
}

// home is where somebody lives, for people.
func home(street, city string) string {
	return joined(slices.DeleteFunc([]string{street, city}, func(s string) bool { return s == "" }))
}

// Decided tells whether a person has said of two customers whether they are one.
func Decided(row pipeline.TableRow) bool {
	_, ok := yes(row.Cols["same"])
	return ok
}
