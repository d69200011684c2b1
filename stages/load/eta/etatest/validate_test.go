package etatest

import (
	"slices"
	"strings"
	"testing"
)

func TestValidate_Findings(t *testing.T) {
	t.Parallel()
	demo := DemoTaxpayer()
	demo.TradeName, demo.Branches, demo.Activities = "شركة وصل للتجارة", []string{"0"}, []string{"4791"}
	demo.Items = []string{"EG-100200300-TS-01", "6223000351321"}
	const line, tax = "itemData[0].", "itemData[0].taxableItems[0]."
	for _, test := range []struct {
		name  string
		pairs []string
		want  []string
	}{
		{"sound", nil, nil},
		{"within the tolerance", []string{`"totalAmount":205.2`, `"totalAmount":205.21`}, nil},
		{"empty objects", []string{`"adjustment":0`, `"adjustment":0,"contractor":{},"beneficiary":{},"extraReceiptDiscountData":[]`}, nil},
		{"named person", []string{`"type":"P"`, `"type":"P","id":"29001011234567","name":"منى"`}, nil},
		{"business", []string{`"type":"P"`, `"type":"B","id":"200200200","name":"B"`}, nil},
		{"foreign currency", []string{`"EGP"`, `"USD","exchangeRate":48.5`}, nil},
		{"registered barcode", []string{`"EGS"`, `"GS1"`, "EG-100200300-TS-01", "6223000351321"}, nil},

		{"empty text", []string{`"تيشيرت"`, `""`}, []string{"Mandatory itemData[0].description"}},
		{"trade name", []string{"شركة وصل للتجارة", "وصل"}, []string{"TradeName seller.companyTradeName"}},
		{"branch", []string{`"branchCode":"0"`, `"branchCode":"9"`}, []string{"Branch seller.branchCode"}},
		{"country", []string{`"country":"EG"`, `"country":"SA"`}, []string{"Country seller.branchAddress.country"}},
		{"activity not registered", []string{`"4791"`, `"4711"`}, []string{"Activity seller.activityCode"}},
		{"buyer type", []string{`"type":"P"`, `"type":"X"`}, []string{"BuyerType buyer.type"}},
		{"business without id", []string{`"type":"P"`, `"type":"B","name":"B"`}, []string{"BuyerId buyer.id"}},
		{"business with 14 digits", []string{`"type":"P"`, `"type":"B","id":"29001011234567","name":"B"`}, []string{"BuyerId buyer.id"}},
		{"sold to oneself", []string{`"type":"P"`, `"type":"B","id":"100200300","name":"B"`}, []string{"BuyerId buyer.id"}},
		{"foreigner without name", []string{`"type":"P"`, `"type":"F","id":"A1"`}, []string{"BuyerName buyer.name"}},
		{"person with 9 digits", []string{`"type":"P"`, `"type":"P","id":"123456789"`}, []string{"BuyerId buyer.id"}},
		{"currency", []string{`"EGP"`, `"EGX","exchangeRate":1`}, []string{"Currency header.currency"}},
		{"no rate", []string{`"EGP"`, `"USD"`}, []string{"ExchangeRate header.exchangeRate"}},
		{"rate for pounds", []string{`"EGP"`, `"EGP","exchangeRate":1`}, []string{"ExchangeRate header.exchangeRate"}},
		{"payment", []string{`"paymentMethod":"C"`, `"paymentMethod":"X"`}, []string{"PaymentMethod paymentMethod"}},
		{"delivery mode missing", []string{`"receiptType":"s"`, `"receiptType":"SR"`}, []string{"DeliveryMode header.orderdeliveryMode"}},
		{"delivery mode unknown", []string{`"EGP"`, `"EGP","orderdeliveryMode":"XX"`}, []string{"DeliveryMode header.orderdeliveryMode"}},
		{"reason on a sale", []string{`"EGP"`, `"EGP","documentUseReason":"B"`}, []string{"OnlyRWR header.documentUseReason"}},
		{"unit", []string{`"EA"`, `"EACH"`}, []string{"UnitType itemData[0].unitType"}},
		{"item type", []string{`"EGS"`, `"GPC"`}, []string{"ItemType itemData[0].itemType"}},
		{"item of another", []string{"EG-100200300-", "EG-999999999-"}, []string{"ItemCode itemData[0].itemCode"}},
		{"item not registered", []string{"EG-100200300-TS-01", "EG-100200300-TS-02"}, []string{"ItemCode itemData[0].itemCode"}},
		{"tax type", []string{`"taxType":"T1"`, `"taxType":"T99"`}, []string{"TaxSubtype " + tax + "subType", "TaxTotal taxTotals", "TaxTotal taxTotals[0].amount", "TaxType " + tax + "taxType"}},
		{"subtype of another type", []string{"V009", "W001"}, []string{"TaxSubtype " + tax + "subType"}},
		{"unknown subtype", []string{"V009", "V999"}, []string{"TaxSubtype " + tax + "subType"}},

		{"total of the line", []string{`"total":205.2`, `"total":205.22`}, []string{"LineTotal " + line + "total", "TotalAmount totalAmount"}},
		{"quantity", []string{`"quantity":2`, `"quantity":1`}, []string{"LineTotalSale " + line + "totalSale"}},
		{"no quantity", []string{`"quantity":2`, `"quantity":0`}, []string{"LineTotalSale " + line + "totalSale", "Quantity " + line + "quantity"}},
		{"rate", []string{`"rate":14`, `"rate":5`}, []string{"TaxAmount " + tax + "amount"}},
		{"discount rate", []string{`"rate":10`, `"rate":101`}, []string{"DiscountRate " + line + "commercialDiscountData[0].rate"}},
		{"total of taxes", []string{`"taxTotals":[{"taxType":"T1","amount":25.2}]`, `"taxTotals":[{"taxType":"T1","amount":25}]`}, []string{"TaxTotal taxTotals[0].amount"}},
		{"no total of taxes", []string{`"taxTotals":[{"taxType":"T1","amount":25.2}],`, ``}, []string{"TaxTotal taxTotals"}},
		{"total sales", []string{`"totalSales":200`, `"totalSales":200.02`}, []string{"TotalSales totalSales"}},
		{"total discount", []string{`"totalCommercialDiscount":20`, `"totalCommercialDiscount":0`}, []string{"TotalCommercialDiscount totalCommercialDiscount"}},
		{"items discount", []string{`"totalItemsDiscount":0`, `"totalItemsDiscount":1`}, []string{"TotalItemsDiscount totalItemsDiscount"}},
		{"net amount", []string{`"netAmount":180`, `"netAmount":181`}, []string{"NetAmount netAmount"}},
		{"total amount", []string{`"totalAmount":205.2`, `"totalAmount":205.22`}, []string{"TotalAmount totalAmount"}},
		{"fees", []string{`"feesAmount":0`, `"feesAmount":5`}, []string{"OnlyZero feesAmount"}},
		{"adjustment", []string{`"adjustment":0`, `"adjustment":1`, `"totalAmount":205.2`, `"totalAmount":206.2`}, []string{"OnlyZero adjustment"}},
		{"negative", []string{`"unitPrice":100`, `"unitPrice":-100`}, []string{"LineTotalSale " + line + "totalSale", "Negative " + line + "unitPrice"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newTill(t, start(t, Options{Taxpayers: []Taxpayer{demo}}))
			found := c.findings(c.mustTake(sale(t, test.pairs...)))
			slices.Sort(found)
			if !slices.Equal(found, test.want) {
				t.Errorf("got %q\nwant %q", found, test.want)
			}
		})
	}
}

// bigSale is one line without tax of the given sum.
func bigSale(t *testing.T, sum string, pairs ...string) string {
	text := strings.NewReplacer(
		`"quantity":2,"unitPrice":100,"netSale":180,"totalSale":200,"total":205.2`, `"quantity":1,"unitPrice":`+sum+`,"netSale":`+sum+`,"totalSale":`+sum+`,"total":`+sum,
		`"commercialDiscountData":[{"amount":20,"description":"WELCOME10","rate":10}],"taxableItems":[{"taxType":"T1","amount":25.2,"subType":"V009","rate":14}]`, `"taxableItems":[]`,
		`"totalSales":200,"totalCommercialDiscount":20`, `"totalSales":`+sum+`,"totalCommercialDiscount":0`,
		`"netAmount":180`, `"netAmount":`+sum, `"totalAmount":205.2,"taxTotals":[{"taxType":"T1","amount":25.2}]`, `"totalAmount":`+sum,
	).Replace(saleText)
	for i := 0; i < len(pairs); i += 2 {
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return sealed(t, text)
}

func TestValidate_PersonNamedFromThreshold(t *testing.T) {
	t.Parallel()
	named := []string{`{"type":"P"}`, `{"type":"P","id":"29001011234567","name":"منى"}`}
	for _, test := range []struct {
		receipt string
		want    int
	}{
		{bigSale(t, "149999.99999"), 0},
		{bigSale(t, "150000"), 2},
		{bigSale(t, "150000", named...), 0},
		{bigSale(t, "3000", `"EGP"`, `"USD","exchangeRate":50`), 2},
	} {
		c := newTill(t, start(t, Options{}))
		if found := c.findings(c.mustTake(test.receipt)); len(found) != test.want {
			t.Errorf("found %v, want %d: %s", found, test.want, test.receipt)
		}
	}
}

func TestValidate_Return(t *testing.T) {
	t.Parallel()
	sold := sale(t)
	uuid := uuidOf(t, sold)
	reference := `"previousUUID":"` + uuid + `","referenceUUID":"` + uuid + `"`
	back := []string{`"receiptType":"s"`, `"receiptType":"r"`}
	for _, test := range []struct {
		name  string
		pairs []string
		want  []string
	}{
		{"sound", append(back, `"previousUUID":"`+uuid+`"`, reference), nil},
		{"no reference", back, []string{"Reference header.referenceUUID"}},
		{"reference on a sale", []string{`"previousUUID":"` + uuid + `"`, reference}, []string{"Reference header.referenceUUID"}},
		{"unknown sale", append(back, `"previousUUID":"`+uuid+`"`, `"previousUUID":"`+uuid+`","referenceUUID":"`+strings.Repeat("a", 64)+`"`), []string{"Reference header.referenceUUID"}},
		{"other buyer", append(back, `"previousUUID":"`+uuid+`"`, reference, `{"type":"P"}`, `{"type":"P","name":"x"}`), []string{"RR308 buyer"}},
		{"before the sale", append(back, `"previousUUID":"`+uuid+`"`, reference, "11:59:00Z", "11:58:59Z"), []string{"ReturnAge header.dateTimeIssued"}},
		{"without reference", []string{`"receiptType":"s"`, `"receiptType":"RWR"`, `"EGP"`, `"EGP","documentUseReason":"B","salesIssuedDateTime":"2020-01-01T00:00:00Z"`}, nil},
		{"without reason", []string{`"receiptType":"s"`, `"receiptType":"RWR"`}, []string{"SalesIssued header.salesIssuedDateTime", "UseReason header.documentUseReason"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := start(t, Options{StrictChain: true})
			c := newTill(t, s)
			found := c.findings(c.mustTake(sold, next(t, "1001-R1", uuid, test.pairs...)))
			slices.Sort(found)
			if !slices.Equal(found, test.want) {
				t.Errorf("got %q\nwant %q", found, test.want)
			}
		})
	}
}

func TestValidate_NumberTwiceInOneSubmission(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := newTill(t, s)
	first := sale(t)
	second := next(t, "1001", uuidOf(t, first))
	if found := c.findings(c.mustTake(first, second)); !slices.Equal(found, []string{"ReceiptNumber header.receiptNumber"}) {
		t.Errorf("found %v", found)
	}
}

func TestWellFormedGTIN(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"6223000351321": true, "037000401629": true, "6223000351322": false, "622300035132": false, "": false, "12345": false, "622300035132X": false,
	} {
		if got := wellFormedGTIN(code); got != want {
			t.Errorf("%q: %v", code, got)
		}
	}
}
