package erp

import "wasl/pipeline"

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
	address := s["customer.address"]
	if city := s["customer.city"]; city != "" {
		address += ", " + city
	}
	return Person{or(c.Doc.Of, c.Doc.Number), s["customer.name"], s["customer.phone_local"], s["customer.email"], address}
}

// PersonListed is a customer of the ERP's own list.
func PersonListed(row pipeline.TableRow) Person {
	address := row.Cols["address"]
	if city := row.Cols["city"]; city != "" {
		address += ", " + city
	}
	return Person{erpRef(row.Code), row.Cols["name"], row.Cols["phone"], row.Cols["email"], address}
}

// Decided tells whether a person has said of two customers whether they are one.
func Decided(row pipeline.TableRow) bool {
	_, ok := yes(row.Cols["same"])
	return ok
}
