package eta

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"wasl/pipeline"
)

// BenchmarkSeal seals receipts of 20 lines: time, place, canonical text, SHA-256, uuid.
func BenchmarkSeal(b *testing.B) {
	s := demoSink(b, nil)
	doc := twenty(b, s)
	at := time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)
	seal := s.Kinds()[0].Seal
	b.ReportAllocs()
	b.SetBytes(int64(len(doc.Body)))
	head := ""
	for b.Loop() {
		var err error
		if _, _, head, err = seal(doc, pipeline.Link{Head: head}, at); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
}

// BenchmarkBuild makes such a receipt of the records of its order.
func BenchmarkBuild(b *testing.B) {
	s := demoSink(b, nil)
	group := twentyLines(b)
	make := s.Kinds()[0].Build
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := make(group); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
}

func twenty(tb testing.TB, s *Sink) pipeline.Document {
	doc, problems := build(tb, s, twentyLines(tb))
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	return doc
}

func twentyLines(tb testing.TB) []pipeline.Record {
	var lines []row
	for i := range 20 {
		lines = append(lines, goodsRow(fmt.Sprintf("SKU-%03d", i), "3", "33.33"))
	}
	return saleOf(tb, row{"order.subtotal": "1999.80", "order.total": "1999.80"}, lines...)
}

// BenchmarkSeal_Hash is the floor under BenchmarkSeal: the SHA-256 of the same receipt's canonical text alone.
func BenchmarkSeal_Hash(b *testing.B) {
	text, err := canonical(twenty(b, demoSink(b, nil)).Body)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		hash(text)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
}

// structOf is the receipt of twenty as a struct that encoding/json writes, with no canonical text and no uuid.
func structOf(b *testing.B, s *Sink) any {
	b.Helper()
	type tax struct {
		TaxType string      `json:"taxType"`
		Amount  json.Number `json:"amount"`
		SubType string      `json:"subType,omitempty"`
		Rate    json.Number `json:"rate,omitempty"`
	}
	type discount struct {
		Amount      json.Number `json:"amount"`
		Description string      `json:"description"`
	}
	type line struct {
		InternalCode string      `json:"internalCode"`
		Description  string      `json:"description"`
		ItemType     string      `json:"itemType"`
		ItemCode     string      `json:"itemCode"`
		UnitType     string      `json:"unitType"`
		Quantity     json.Number `json:"quantity"`
		UnitPrice    json.Number `json:"unitPrice"`
		NetSale      json.Number `json:"netSale"`
		TotalSale    json.Number `json:"totalSale"`
		Total        json.Number `json:"total"`
		Discounts    []discount  `json:"commercialDiscountData,omitempty"`
		Taxes        []tax       `json:"taxableItems"`
	}
	type address struct {
		Country, Governate, RegionCity, Street, BuildingNumber string
	}
	var receipt struct {
		Header struct {
			DateTimeIssued string      `json:"dateTimeIssued"`
			ReceiptNumber  string      `json:"receiptNumber"`
			UUID           string      `json:"uuid"`
			PreviousUUID   string      `json:"previousUUID"`
			Currency       string      `json:"currency"`
			ExchangeRate   json.Number `json:"exchangeRate,omitempty"`
			Order          string      `json:"sOrderNameCode"`
		} `json:"header"`
		DocumentType struct {
			ReceiptType string `json:"receiptType"`
			TypeVersion string `json:"typeVersion"`
		} `json:"documentType"`
		Seller struct {
			RIN     string  `json:"rin"`
			Name    string  `json:"companyTradeName"`
			Branch  string  `json:"branchCode"`
			Address address `json:"branchAddress"`
			Device  string  `json:"deviceSerialNumber"`
			Code    string  `json:"activityCode"`
		} `json:"seller"`
		Buyer struct {
			Type string `json:"type"`
		} `json:"buyer"`
		Items     []line      `json:"itemData"`
		Sales     json.Number `json:"totalSales"`
		Off       json.Number `json:"totalCommercialDiscount"`
		ItemsOff  json.Number `json:"totalItemsDiscount"`
		Net       json.Number `json:"netAmount"`
		Total     json.Number `json:"totalAmount"`
		TaxTotals []tax       `json:"taxTotals"`
		Payment   string      `json:"paymentMethod"`
	}
	sealed, _, _, err := s.Kinds()[0].Seal(twenty(b, s), pipeline.Link{}, time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC))
	if err != nil {
		b.Fatal(err)
	}
	if err := json.Unmarshal(sealed, &receipt); err != nil {
		b.Fatal(err)
	}
	text, err := json.Marshal(&receipt)
	if err != nil || len(text) < len(sealed)*9/10 {
		b.Fatalf("%d of %d bytes, %v", len(text), len(sealed), err)
	}
	return &receipt
}
