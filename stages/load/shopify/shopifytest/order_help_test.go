package shopifytest

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

var vat = []OrderTax{{Title: "VAT", Rate: "0.14"}}

var november = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return november.Add(time.Duration(minutes) * time.Minute) }

func orderOptions() Options {
	return Options{Scopes: append(slices.Clone(OrderScopes), GoodsScopes...), Unthrottled: true, Now: newClock().now, TaxesIncluded: true,
		Locations: []Location{{ID: gid("Location", 1), Name: "Cairo"}, {ID: gid("Location", 2), Name: "Giza"}}}
}

// shop starts a stand-in at 2026-11-24 06:00 with one customer and one product of two variants.
func orderShop(t *testing.T, change ...func(*Options)) *Server {
	t.Helper()
	opt := orderOptions()
	for _, one := range change {
		one(&opt)
	}
	s := start(t, opt)
	for i, sku := range []string{"A-1", "A-2"} {
		s.AddVariant(Variant{ID: gid("ProductVariant", i+1), ItemID: gid("InventoryItem", i+1), SKU: sku, ProductID: gid("Product", 1),
			Product: "Shirt", Options: []string{[]string{"M", "S"}[i]}, Price: []string{"349.00", "99.50"}[i], Stock: map[string]Levels{"Cairo": {Available: 5}}})
	}
	s.AddCustomer(Customer{ID: gid("Customer", 1), FirstName: "Mona", LastName: "Adel", Email: "mona@example.com", Phone: "+201001234567",
		Tags: []string{"vip"}, TaxID: "123-456-789", At: at(-1000), Addresses: []Address{cairo()}})
	return s
}

func cairo() Address {
	return Address{FirstName: "Mona", LastName: "Adel", Address1: "1 Nile St", Address2: "Flat 3", City: "Cairo", Province: "Cairo", Code: "C",
		Zip: "11511", Phone: "+201001234567"}
}

// simple is an order of two lines with shipping and 14 % VAT inside: 2 × 349.00 + 99.50 + 35.00 = 832.50.
func simple() Order {
	a := cairo()
	return Order{ID: gid("Order", 1), Name: "#1001", At: at(0), Customer: gid("Customer", 1), Email: "mona@example.com", Taxes: vat,
		Billing: &a, Shipping: &a, Lines: []OrderLine{{SKU: "A-1", Quantity: 2}, {SKU: "A-2"}},
		Freight: []Freight{{Title: "Bosta", Price: "35.00"}}, Attributes: []Attribute{{"governorate", "القاهرة"}}}
}

func sumOf(a answer, path string) string { return fmt.Sprint(a.at(path + ".shopMoney.amount")) }
