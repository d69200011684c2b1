package eta

import (
	"strings"
	"testing"

	"wasl/pipeline"
)

// TestBuild_Buyer: who is named, and who is held until he can be (eta-ereceipt.md 3.4).
func TestBuild_Buyer(t *testing.T) {
	t.Parallel()
	large := row{"order.subtotal": "150000.00", "order.total": "150000.00"}
	small := row{"order.subtotal": "149999.99", "order.total": "149999.99"}
	with := func(head row, more ...string) row {
		out := row{}
		for name, text := range head {
			out[name] = text
		}
		for i := 0; i+1 < len(more); i += 2 {
			out[more[i]] = more[i+1]
		}
		return out
	}
	for _, c := range []struct {
		name     string
		business string
		head     row
		want     string // of the receipt, or a rule
	}{
		{"a person", "hold", small, `"buyer":{"type":"P"}`},
		{"a person of whom more is known than is needed", "hold", with(small, "buyer.id", "29001010100012", "buyer.name", "منى"), `"buyer":{"type":"P"}`},
		{"a person from the threshold on", "hold", with(large, "buyer.id", "29001010100012", "customer.name", "منى أحمد"), `"buyer":{"type":"P","id":"29001010100012","name":"منى أحمد"}`},
		{"without an id", "hold", with(large, "customer.name", "منى"), "eta.buyer"},
		{"without a name", "hold", with(large, "buyer.id", "29001010100012"), "eta.buyer"},
		{"a mobile that is mapped", "hold", with(small, "buyer.mobile", "+201001234567", "buyer.payment", "pi_3N"), `"buyer":{"type":"P","mobileNumber":"+201001234567","paymentNumber":"pi_3N"}`},
		{"a full card number", "hold", with(small, "buyer.payment", "4111 1111 1111 1111"), "eta.card"},
		{"a number that is too long", "hold", with(small, "buyer.mobile", strings.Repeat("1", 31)), "eta.length"},
		{"a tax number", "hold", with(small, "customer.tax_no", "123-456-789", "customer.name", "شركة"), "eta.business"},
		{"a business", "receipt", with(small, "customer.tax_no", "123-456-789", "customer.name", "شركة"), `"buyer":{"type":"B","id":"123456789","name":"شركة"}`},
		{"the seller himself", "receipt", with(small, "customer.tax_no", "100200300", "customer.name", "شركة"), "eta.businessid"},
		{"a business taken as a person", "person", with(small, "customer.tax_no", "123-456-789", "customer.name", "شركة"), `"buyer":{"type":"P"}`},
		{"a foreigner", "hold", with(small, "buyer.type", "F", "buyer.id", "A1234567", "buyer.name", "John"), `"buyer":{"type":"F","id":"A1234567","name":"John"}`},
		{"a foreigner without a passport", "hold", with(small, "buyer.type", "F", "buyer.name", "John"), "eta.foreigner"},
		{"a type that there is not", "hold", with(small, "buyer.type", "X"), "eta.choice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := bound(t, demoSink(t, nil), pipeline.Settings{"business": c.business})
			doc, problems := k.Build(saleOf(t, c.head, goodsRow("A", "1", c.head["order.total"])))
			switch {
			case strings.HasPrefix(c.want, "eta."):
				if len(problems) != 1 || problems[0].Rule != pipeline.Rule(c.want) {
					t.Errorf("got %v, want %s", problems, c.want)
				}
			case len(problems) > 0 || !strings.Contains(string(doc.Body), c.want):
				t.Errorf("%v: no %s in %s", problems, c.want, doc.Body)
			}
		})
	}
}

// TestBuild_Members: every member that a mapping may supply stands where the documentation has it.
func TestBuild_Members(t *testing.T) {
	t.Parallel()
	s := demoSink(t, func(c *Config) {
		c.ReceiptType = "SC"
		c.Seller.SyndicateLicense = "C-1"
		c.Seller.Address.PostalCode, c.Seller.Address.Floor, c.Seller.Address.Room = "11765", "2", "5"
		c.Seller.Address.Landmark, c.Seller.Address.AdditionalInformation = "أمام البنك", "الدور الثاني"
		c.Payments = map[string]string{"contract": "CC"}
	})
	k := bound(t, s, pipeline.Settings{"foreign": "rate"})
	doc, problems := k.Build(saleOf(t, row{"order.subtotal": "114.00", "order.total": "114.00", "order.currency": "usd", "order.exchange_rate": "48.5", "order.code": "PO-7",
		"order.delivery_mode": "TC", "order.gross_weight": "1.5", "order.net_weight": "1.25", "order.payment": "contract",
		"contractor.name": "مقاول", "contractor.amount": "10", "contractor.rate": "1", "beneficiary.amount": "5", "beneficiary.rate": "2"}, goodsRow("A", "1", "114.00")))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for _, want := range []string{
		`"previousUUID":"","currency":"USD","exchangeRate":48.5,"sOrderNameCode":"PO-7","orderdeliveryMode":"TC","grossWeight":1.5,"netWeight":1.25},"documentType":{"receiptType":"SC","typeVersion":"1.2"}`,
		`"postalCode":"11765","floor":"2","room":"5","landmark":"أمام البنك","additionalInformation":"الدور الثاني"},"deviceSerialNumber":"WASL-SRV-01","syndicateLicenseNumber":"C-1","activityCode":"4791"}`,
		`"paymentMethod":"CC","adjustment":0,"contractor":{"name":"مقاول","amount":10,"rate":1},"beneficiary":{"amount":5,"rate":2}}`,
	} {
		if !strings.Contains(string(doc.Body), want) {
			t.Errorf("no %s in\n%s", want, doc.Body)
		}
	}
}
