package shopifytest

import (
	"strconv"
	"strings"
)

// What the app may see of people (level 2 of protected customer data).
const (
	PeopleShown  = ""       // everything
	PeopleNull   = "null"   // names, addresses, phones and e-mails are null
	PeopleDenied = "denied" // they are null, and each is told as ACCESS_DENIED
)

// personal is a field of level 2: what may not be seen is null, or an error of that field alone.
func (s *Server) personal(field string, value any) any {
	switch s.opt.People {
	case PeopleNull:
		if field == "displayName" {
			return "" // cannot be null
		}
		return nil
	case PeopleDenied:
		return resolver(func(map[string]any) (any, error) {
			return nil, &fieldError{code: "ACCESS_DENIED", message: "This app is not approved to use the " + field +
				" field. See https://shopify.dev/docs/apps/launch/protected-customer-data for more details."}
		})
	}
	return value
}

func (s *Server) addressOrNull(a *Address, number int) any {
	if a == nil {
		return nil
	}
	return s.addressObject(*a, number)
}

func (s *Server) addressObject(a Address, number int) object {
	hide := func(field, value string) any { return s.personal(field, orNull(value)) }
	return object{"__typename": "MailingAddress", "id": gid("MailingAddress", number) + "?model_name=Address",
		"name": hide("name", a.name()), "firstName": hide("firstName", a.FirstName), "lastName": hide("lastName", a.LastName),
		"company": orNull(a.Company), "address1": hide("address1", a.Address1), "address2": hide("address2", a.Address2),
		"city": orNull(a.City), "province": orNull(a.Province), "provinceCode": orNull(a.Code), "zip": orNull(a.Zip),
		"country": orNull(countryName(a.country())), "countryCodeV2": orNull(a.country()), "phone": hide("phone", a.Phone),
		"coordinatesValidated": false, "latitude": nil, "longitude": nil, "timeZone": nil,
		"formattedArea": orNull(strings.Join(nonEmpty(a.City, a.Code, countryName(a.country())), ", "))}
}

func (a Address) name() string    { return strings.TrimSpace(a.FirstName + " " + a.LastName) }
func (a Address) country() string { return orElse(a.Country, "EG") }

func sameAddress(a, b *Address) bool { return a != nil && b != nil && *a == *b }

func nonEmpty(parts ...string) (out []string) {
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

func countryName(code string) string {
	return orElse(map[string]string{"EG": "Egypt", "SA": "Saudi Arabia", "AE": "United Arab Emirates", "KW": "Kuwait", "JO": "Jordan",
		"DE": "Germany", "FR": "France", "ES": "Spain", "PT": "Portugal", "GB": "United Kingdom", "US": "United States",
		"CA": "Canada"}[code], code)
}

func itoa(n int) string { return strconv.Itoa(n) }
