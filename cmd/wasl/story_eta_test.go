package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/quagmt/udecimal"
	"github.com/rogpeppe/go-internal/txtar"

	"wasl/mappings"
	"wasl/pipeline"
	"wasl/stages/load/eta"
	"wasl/stages/load/eta/etatest"
	"wasl/stages/load/table"
	"wasl/stages/transform"
)

// TestReceiptStories tells lives of orders, and what the tax authority must have been told of them: one file a life in
// testdata/stories-eta, as those of TestStories. Each goes through the stand-in for Shopify, the pull or the admin's
// export, extract, the shipped mapping, the kind of receipts, a real ledger and the client to the stand-in for the
// authority, which checks formulas, codes, references and the chain.
//
// Settings that begin with eta. are those of the section eta: of wasl.yaml (start, prices, type), shop.taxes excluded
// makes Shopify's prices exclude its taxes, and item.rate 0 items exempt, item.taxes Tbl01_10+OF02_0.25 taxes TEA further; others are the flow's. The file told has the receipts as the authority holds
// them, of each its lines: code | quantity | unit price | discount | net | VAT | total. Then what is left out, held, or
// waits; of a document what does not leave with it, by class; and what receipts less returns come to, the order's total
// in the shop beside it.
func TestReceiptStories(t *testing.T) {
	t.Parallel()
	eachStory(t, "stories-eta", 30, func(t *testing.T, a *txtar.Archive) string {
		var authority *etatest.Server
		s := newStoryIn(t, a, func(t *testing.T, settings map[string]string) (o *office) {
			o, authority = newTill(t, settings)
			return o
		})
		s.live()
		return s.filed(authority)
	})
}

// newTill opens an office that files receipts with a stand-in for the authority.
func newTill(t *testing.T, settings map[string]string) (*office, *etatest.Server) {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), now: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC), waits: true}
	authority := etatest.New(etatest.Options{StrictChain: true, Now: o.clock})
	t.Cleanup(authority.Close)
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	config := eta.Config{
		Environment: "production", IdentityURL: authority.URL(), APIURL: authority.URL(), ClientID: "demo-client", POS: eta.POS{Serial: "WASL-SRV-01"},
		Seller: eta.Seller{RIN: "100200300", TradeName: "شركة وصل للتجارة", ActivityCode: "4791",
			Address: eta.Address{Governate: "القاهرة", RegionCity: "مدينة نصر", Street: "شارع عباس العقاد", BuildingNumber: "12 ب"}},
		Shipping: eta.Shipping{ItemCode: "EG-100200300-SHIP"},
		Start:    settings["eta.start"], Prices: settings["eta.prices"], ReceiptType: settings["eta.type"],
	}
	by := settings["item.by"]
	delete(settings, "item.by")
	rate, taxes := settings["item.rate"], strings.ReplaceAll(settings["item.taxes"], "_", " ")
	for _, name := range []string{"eta.start", "eta.prices", "eta.type", "item.rate", "item.taxes"} {
		delete(settings, name)
	}
	sink, err := eta.New(config, eta.Deps{Now: o.clock, Zone: zone, Secret: func(string) (pipeline.Secret, error) { return pipeline.NewSecret("demo-secret"), nil }})
	if err != nil {
		t.Fatal(err)
	}
	o.open(zone)
	o.stock(rate, taxes)
	text, err := fs.ReadFile(mappings.Files, "shopify-orders-to-eta.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if by != "" { // another column by which articles are looked up
		text = []byte(strings.ReplaceAll(string(text), "{from: Lineitem sku, lookup: items", "{from: "+by+", lookup: items"))
	}
	items := table.New(o.ledger, "items")
	receipts, bytes := sink.Limits()
	doors := []door{{lane: items.Lane(), sink: items, kinds: items.Kinds()}, {lane: sink.Lane(), sink: sink, kinds: sink.Kinds(), batch: receipts, bytes: bytes}}
	m, findings := transform.Parse("shopify-orders-to-eta.yaml", text, transformDeps(&Config{zone: zone}, doors, lookupIn(t.Context(), o.ledger)))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	maps.Copy(m.Settings, settings)
	if found := sink.Kinds()[0].Check(m.Settings); len(found) > 0 {
		t.Fatal(found)
	}
	o.flow = newFlow("shopify-orders-to-eta.yaml", m, doors).flow
	o.work()
	return o, authority
}

// stock fills the item list.
func (o *office) stock(rate, taxes string) {
	o.t.Helper()
	vat := "V009"
	if rate == "" {
		rate = "14"
	}
	if rate == "0" {
		vat = "V003"
	}
	var rows []pipeline.TableRow
	for _, sku := range []string{"TEA", "CUP", "MAT", "GC-500"} {
		rows = append(rows, pipeline.TableRow{Code: sku, Cols: map[string]string{"code": sku, "name_ar": "صنف " + sku, "unit": "EA",
			"eta_code": "EG-100200300-" + sku, "eta_type": "EGS", "vat_type": vat, "vat_rate": rate}})
	}
	if taxes != "" {
		rows[0].Cols["taxes"] = taxes
	}
	if err := o.ledger.Put(o.t.Context(), "items", rows); err != nil {
		o.t.Fatal(err)
	}
}

// A paper is a receipt as the authority received it.
type paper struct {
	Header struct{ ReceiptNumber, UUID, ReferenceUUID, DocumentUseReason, SalesIssuedDateTime, Currency, OrderdeliveryMode string }
	Seller json.RawMessage
	Buyer  json.RawMessage

	ItemData []struct {
		InternalCode                         string
		Quantity, UnitPrice, NetSale, Total  json.Number
		CommercialDiscountData, TaxableItems []struct {
			TaxType string
			Amount  json.Number
		}
	}
	TotalAmount   json.Number
	PaymentMethod string
}

// filed is what the authority holds of the story, as a text.
func (s *story) filed(authority *etatest.Server) string {
	s.t.Helper()
	var b strings.Builder
	names, papers := map[string]string{}, map[string]paper{}
	for _, e := range s.entries() {
		if e.State == pipeline.Delivered {
			names[e.Ref] = e.Name
		}
	}
	var sum pipeline.Decimal
	for _, r := range authority.Receipts() {
		var p paper
		if err := json.Unmarshal(r.Body, &p); err != nil {
			s.t.Fatal(err)
		}
		papers[r.UUID] = p
		if r.Status != "Valid" || names[r.UUID] == "" {
			s.t.Errorf("%s is %s at the authority (%v), here %q", r.Number, r.Status, r.Errors, names[r.UUID])
		}
		fmt.Fprintf(&b, "%s %s", r.Type, names[r.UUID])
		total := udecimal.MustParse(string(p.TotalAmount))
		if r.Type != "s" && strings.HasPrefix(strings.ToLower(r.Type), "r") {
			total = total.Neg()
		}
		sum = sum.Add(total)
		if ref := p.Header.ReferenceUUID; ref != "" {
			fmt.Fprintf(&b, " of %s", names[ref])
			sale := papers[ref]
			if string(sale.Seller) != string(p.Seller) || string(sale.Buyer) != string(p.Buyer) {
				s.t.Errorf("%s names another seller or buyer than its sale", r.Number)
			}
		}
		if p.Header.DocumentUseReason != "" {
			fmt.Fprintf(&b, " (%s, sold %s)", p.Header.DocumentUseReason, p.Header.SalesIssuedDateTime)
		}
		for _, more := range []string{p.Header.OrderdeliveryMode, strings.TrimPrefix(p.Header.Currency, "EGP"), strings.TrimPrefix(string(p.Buyer), `{"type":"P"}`)} {
			if more != "" {
				b.WriteString(" " + more)
			}
		}
		fmt.Fprintf(&b, " %s %s\n", p.PaymentMethod, p.TotalAmount)
		for _, l := range p.ItemData {
			discount := json.Number("0")
			if len(l.CommercialDiscountData) > 0 {
				discount = l.CommercialDiscountData[0].Amount
			}
			fmt.Fprintf(&b, "  %s | %s | %s | %s | %s | %s | %s\n", l.InternalCode, l.Quantity, l.UnitPrice, discount, l.NetSale, l.TaxableItems[0].Amount, l.Total)
			for _, t := range l.TaxableItems[1:] {
				fmt.Fprintf(&b, "    %s %s\n", t.TaxType, t.Amount)
			}
		}
	}
	for _, complaint := range authority.Judge() {
		s.t.Error(complaint)
	}
	s.rest(&b)
	fmt.Fprintf(&b, "receipts %s", sum.StringFixed(2))
	if s.total != "" {
		fmt.Fprintf(&b, ", shop %s", s.total)
	}
	b.WriteString("\n")
	return b.String()
}

// rest is what is not at the authority, and why; and what does not leave of what is.
func (s *story) rest(b *strings.Builder) {
	for _, e := range s.entries() {
		switch e.State {
		case pipeline.Skipped:
			left, _, _ := strings.Cut(e.Left, " / ")
			fmt.Fprintf(b, "left out %s: %s\n", e.Name, left)
		case pipeline.Ready:
			if e.Of == "" {
				continue
			}
			fmt.Fprintf(b, "waits %s for %s\n", e.Name, e.Of)
		case pipeline.Delivered:
			var all pipeline.Decimal
			for _, x := range e.Beside {
				fmt.Fprintf(b, "beside %s: %s %s\n", e.Name, x.Class, x.Amount.StringFixed(2))
				all = all.Add(x.Amount)
			}
			if !e.Money.Equal(e.Out.Add(all)) {
				s.t.Errorf("%s: money %s is not out %s and %s beside", e.Name, e.Money, e.Out, all)
			}
		}
		writeWhy(b, e)
	}
}
