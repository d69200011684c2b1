package extract

import "testing"

// An order is filed once under its number: what programs make of it on the way is the same number, or a fault.
func TestOrderID_OneNumberHoweverWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"5501234567890": "5501234567890", "5501234567890.0": "5501234567890", "5501234567890.00": "5501234567890", " 5501 ": "5501",
		"gid://shopify/Order/5501": "5501", "": "", "A-17": "A-17", "1.2.3-x": "1.2.3-x", "٥٥٠١": "٥٥٠١", // digits of other scripts are read as such later
		"5.5E+12": "cell.exponent", "5501.5": "cell.orderid", "5,501,234": "cell.orderid", "5501,": "cell.orderid", "05501": "cell.orderid", "5 501": "cell.orderid", "5501.": "cell.orderid", "nan": "cell.orderid", "None": "cell.orderid", "#N/A": "cell.orderid", "-": "cell.orderid",
	} {
		got, rule := orderID(text)
		if rule != "" {
			got = string(rule)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
