package pipeline

import "testing"

func TestPersonal(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]bool{
		"Email": true, "E-mail": true, "Shipping Phone": true, "Billing Street": true, "Customer: Email": true, "Billing Address1": true,
		"هاتف العميل": true, "رقم الموبايل": true, "العنوان": true, "إيميل": true, "Notes": true, "Shipping Name": true, "Recipient": true,
		"Name": false, "Lineitem name": false, "Item Name": false, "Total": false, "Telex": false, "اسم الصنف": false, "": false, "Branch Name": false,
	} {
		if got := Personal(header); got != want {
			t.Errorf("Personal(%q) = %t, want %t", header, got, want)
		}
	}
}
