package eta

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// Kinds of papers begin with this: eta.receipt.
const KindPrefix = "eta."

// A Paper is a receipt as it left: what its frozen bytes say. Amounts are the receipt's own literals.
type Paper struct {
	UUID      string      `json:"uuid"`
	Number    string      `json:"number"`
	Issued    time.Time   `json:"issued"` // UTC
	Type      string      `json:"type"`   // s, r, RWR and the sectors' variants
	Previous  string      `json:"previousUUID,omitempty"`
	Sale      string      `json:"referenceUUID,omitempty"`    // of a return: its sale
	Replaces  string      `json:"referenceOldUUID,omitempty"` // of a correction: the refused receipt
	Order     string      `json:"order,omitempty"`            // sOrderNameCode
	Currency  string      `json:"currency"`
	Total     json.Number `json:"total"`
	RIN       string      `json:"rin"`
	TradeName string      `json:"tradeName"`
	POS       string      `json:"pos"`

	Branch   PaperBranch `json:"-"`
	Buyer    PaperBuyer  `json:"-"`
	Lines    []PaperLine `json:"-"`
	Sales    json.Number `json:"-"`
	Discount json.Number `json:"-"`
	Net      json.Number `json:"-"`
	Taxes    []PaperTax  `json:"-"`
	Payment  string      `json:"-"`

	issued string // as the receipt writes it
}

// PaperBranch is where a receipt was issued.
type PaperBranch struct {
	Code, Activity, Country, Governate, City, Street, Building string
}

// PaperBuyer is who a receipt names; ID and Name are "" of a person who is not named.
type PaperBuyer struct {
	Type string `json:"type"`
	ID   string `json:"id"`
	Name string `json:"name"`
}

// A PaperLine is one line of a receipt.
type PaperLine struct {
	Code        string      `json:"internalCode"`
	Description string      `json:"description"`
	ItemCode    string      `json:"itemCode"`
	Unit        string      `json:"unitType"`
	Quantity    json.Number `json:"quantity"`
	UnitPrice   json.Number `json:"unitPrice"`
	Net         json.Number `json:"netSale"`
	Total       json.Number `json:"total"`
	Taxes       []PaperTax  `json:"taxableItems"`
	Discounts   []struct {
		Amount json.Number `json:"amount"`
	} `json:"commercialDiscountData"`
}

// Off is the discount of the line, before tax; "" where it has none.
func (l PaperLine) Off() string {
	var sum pipeline.Decimal
	for _, d := range l.Discounts {
		if amount, ok := readAmount(string(d.Amount)); ok {
			sum = sum.Add(amount)
		}
	}
	if sum.IsZero() {
		return ""
	}
	return sum.String()
}

// A PaperTax is an amount of a tax: of a line with its rate, of a receipt the sum.
type PaperTax struct {
	Type    string      `json:"taxType"`
	Subtype string      `json:"subType"`
	Rate    json.Number `json:"rate"`
	Amount  json.Number `json:"amount"`
}

// ReadPaper reads a sealed receipt, or one that the authority gives back.
func ReadPaper(sealed []byte) (Paper, error) {
	var r struct {
		Header struct {
			header
			Reference string `json:"referenceUUID"`
			Old       string `json:"referenceOldUUID"`
			Currency  string `json:"currency"`
			Order     string `json:"sOrderNameCode"`
		} `json:"header"`
		Kind struct {
			Type string `json:"receiptType"`
		} `json:"documentType"`
		Seller struct {
			RIN      string `json:"rin"`
			Name     string `json:"companyTradeName"`
			Branch   string `json:"branchCode"`
			Serial   string `json:"deviceSerialNumber"`
			Activity string `json:"activityCode"`
			Address  struct {
				Country   string `json:"country"`
				Governate string `json:"governate"`
				City      string `json:"regionCity"`
				Street    string `json:"street"`
				Building  string `json:"buildingNumber"`
			} `json:"branchAddress"`
		} `json:"seller"`
		Buyer    PaperBuyer  `json:"buyer"`
		Lines    []PaperLine `json:"itemData"`
		Sales    json.Number `json:"totalSales"`
		Discount json.Number `json:"totalCommercialDiscount"`
		Net      json.Number `json:"netAmount"`
		Total    json.Number `json:"totalAmount"`
		Taxes    []PaperTax  `json:"taxTotals"`
		Payment  string      `json:"paymentMethod"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(sealed, []byte("\ufeff")), &r); err != nil {
		return Paper{}, fmt.Errorf("read a receipt: %w", err)
	}
	a := r.Seller.Address
	p := Paper{
		UUID: strings.ToLower(r.Header.UUID), Number: r.Header.ReceiptNumber, Type: r.Kind.Type, Previous: strings.ToLower(r.Header.PreviousUUID),
		Sale: strings.ToLower(r.Header.Reference), Replaces: strings.ToLower(r.Header.Old), Order: r.Header.Order, Currency: r.Header.Currency,
		Total: r.Total, RIN: r.Seller.RIN, TradeName: r.Seller.Name, POS: r.Seller.Serial, issued: r.Header.DateTimeIssued,
		Branch: PaperBranch{r.Seller.Branch, r.Seller.Activity, a.Country, a.Governate, a.City, a.Street, a.Building},
		Buyer:  r.Buyer, Lines: r.Lines, Sales: r.Sales, Discount: r.Discount, Net: r.Net, Taxes: r.Taxes, Payment: r.Payment,
	}
	if p.issued != "" {
		var err error
		if p.Issued, err = readTime(p.issued); err != nil {
			return Paper{}, fmt.Errorf("read a receipt: %w", err)
		}
	}
	return p, nil
}

// Proves tells whether the uuid of a sealed receipt is that of its bytes.
func Proves(sealed []byte, uuid string) bool {
	own, err := uuidOf(sealed)
	return err == nil && strings.EqualFold(own, uuid)
}

// Return tells whether the receipt takes a sale back.
func (p Paper) Return() bool { return strings.HasPrefix(strings.ToUpper(p.Type), "R") }

// Link is the public page of the receipt at the authority: what its QR code holds (section 1). Time and total are the
// receipt's own literals; "" of a receipt that was not sealed.
func (p Paper) Link(environment string) string {
	portal := environments[environment].portal
	if p.UUID == "" || portal == "" {
		return ""
	}
	return fmt.Sprintf("%s/receipts/search/%s/share/%s#Total:%s,IssuerRIN:%s", portal, p.UUID, p.issued, p.Total, p.RIN)
}

// readTime reads a time as the authority writes them: in its own form, with a fraction of a second, with an offset, or
// without either.
func readTime(text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time", text)
}

// readAmount reads a number of the authority's; false where there is none.
func readAmount(text string) (pipeline.Decimal, bool) {
	d, err := udecimal.Parse(strings.TrimSpace(text))
	return d, err == nil && text != ""
}
