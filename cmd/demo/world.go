package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"wasl/stages/load/eta/etatest"
	"wasl/stages/load/shopify/shopifytest"
)

// The shop's two locations.
const (
	cairo      = "gid://shopify/Location/7000000001"
	alexandria = "gid://shopify/Location/7000000002"
)

// world is the other side: Shopify and ETA, played by stand-ins.
type world struct {
	shopify *shopifytest.Server
	eta     *etatest.Server
}

// memory is what the stand-ins remember from one demo to the next, so that the
// second night meets the shop that the first one left.
type memory struct {
	Stock map[string]map[string]int `json:"stock"` // SKU -> location -> available
	Head  string                    `json:"head"`  // uuid of the POS's last receipt
}

const memoryName = "other-side.json"

func openWorld(dir string) (*world, error) {
	var m memory
	text, err := os.ReadFile(filepath.Join(dir, memoryName))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err == nil {
		if err := json.Unmarshal(text, &m); err != nil {
			return nil, fmt.Errorf("read %s: %w", memoryName, err)
		}
	}
	taxpayer := etatest.DemoTaxpayer()
	taxpayer.POS[0].Head = m.Head
	scopes := slices.Concat(shopifytest.GoodsScopes, shopifytest.OrderScopes) // what the shipped flows need
	slices.Sort(scopes)
	return &world{
		shopify: shopifytest.New(shopifytest.Options{
			Domain: "nour.myshopify.com", Name: "Nour Home", ClientID: "demo-app", ClientSecret: "demo-app-secret",
			TaxesIncluded: true, Variants: variants(m.Stock),
			Scopes:    slices.Compact(scopes),
			Locations: []shopifytest.Location{{ID: cairo, Name: "Cairo"}, {ID: alexandria, Name: "Alexandria"}},
		}),
		eta: etatest.New(etatest.Options{ValidationPolls: 1, Taxpayers: []etatest.Taxpayer{taxpayer}}),
	}, nil
}

// variants is what the shop has: as the last demo left it, else as it was.
func variants(stock map[string]map[string]int) []shopifytest.Variant {
	var out []shopifytest.Variant
	for _, it := range items {
		at := map[string]int{cairo: it.was, alexandria: 4}
		if left, ok := stock[it.code]; ok {
			at = left
		}
		v := shopifytest.Variant{SKU: it.code, Barcode: it.barcode, Product: it.arabic, Price: it.price, Stock: map[string]shopifytest.Levels{}}
		for place, n := range at {
			v.Stock[place] = shopifytest.Levels{Available: n}
		}
		out = append(out, v)
	}
	return out
}

// save writes down what the stand-ins hold.
func (w *world) save(dir string) error {
	m := memory{Stock: map[string]map[string]int{}}
	for _, q := range w.shopify.Quantities() {
		if m.Stock[q.SKU] == nil {
			m.Stock[q.SKU] = map[string]int{}
		}
		m.Stock[q.SKU][q.LocationID] = q.Available
	}
	m.Head = w.head(dir)
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, memoryName), text, 0o644)
}

// head is the uuid of the POS's last receipt: of tonight, else of before.
func (w *world) head(dir string) string {
	if receipts := w.eta.Receipts(); len(receipts) > 0 {
		return receipts[len(receipts)-1].UUID
	}
	var m memory
	if text, err := os.ReadFile(filepath.Join(dir, memoryName)); err == nil {
		_ = json.Unmarshal(text, &m) // it was read before
	}
	return m.Head
}

func (w *world) close() {
	w.shopify.Close()
	w.eta.Close()
}

// counts is what reached the other side.
type counts struct{ changes, receipts, documents int }

func (w *world) count() counts {
	return counts{changes: len(w.shopify.State().History), receipts: len(w.eta.Receipts())}
}

// account ends the demo: what the other side holds now, by its own record.
func (w *world) account(dir string, before counts, again bool) error {
	now := w.count()
	files, err := filepath.Glob(filepath.Join(dir, "erp-import", "SO-*.csv"))
	if err != nil {
		return err
	}
	changes, receipts := now.changes-before.changes, now.receipts-before.receipts
	fmt.Printf("\nBy the other side's own record:\n")
	fmt.Printf("  Shopify      %d quantities changed\n", changes)
	fmt.Printf("  ERP folder   %d sales documents\n", len(files))
	fmt.Printf("  ETA          %d new receipts\n", receipts)
	books, err := filepath.Glob(filepath.Join(dir, "reports", "reconciliation-*.xlsx"))
	if err != nil {
		return err
	}
	for _, book := range books {
		fmt.Printf("  Workbook     %s\n", book)
	}
	fmt.Printf("  Look closer  bin/wasl show '#1005' -C %s\n", dir)
	if again {
		fmt.Printf("\nThis night was played here before, with the same files.\n")
		if changes+receipts > 0 {
			return fmt.Errorf("the second night changed %d quantities and filed %d receipts: it should have changed nothing", changes, receipts)
		}
		fmt.Println("It changed nothing.")
	}
	return w.judge()
}

// judge fails the demo where the stand-ins saw something that a careful client
// would not have done.
func (w *world) judge() error {
	for _, v := range w.shopify.Judge() {
		return fmt.Errorf("shopify: %s: %s", v.Rule, v.Text)
	}
	for _, v := range w.eta.Judge() {
		return fmt.Errorf("eta: %s", v)
	}
	return nil
}

// furnish writes settings that lead to the stand-ins, and the secrets.
func (w *world) furnish(dir string) error {
	settings := fmt.Sprintf(settingsText, w.shopify.URL(), cairo, alexandria, w.eta.URL(), w.eta.URL(), seller, seller)
	if err := os.WriteFile(filepath.Join(dir, "wasl.yaml"), []byte(settings), 0o644); err != nil {
		return err
	}
	secrets := filepath.Join(dir, "secrets")
	if err := os.MkdirAll(secrets, 0o700); err != nil {
		return err
	}
	for name, secret := range map[string]string{"shopify.client": "demo-app-secret", "eta.client": "demo-secret"} {
		if err := os.WriteFile(filepath.Join(secrets, name), []byte(secret+"\n"), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// settingsText is the demo shop's wasl.yaml. The times are short, since nobody
// writes into its inbox for long and the stand-ins answer at once.
const settingsText = `# The demo shop. "wasl init" explains every setting.
shop: {name: Nour Home, zone: Africa/Cairo}
patience: 20s
inbox: {path: inbox, settle: 200ms, scan: 200ms}
shopify:
  shop: nour.myshopify.com
  base_url: %s
  client_id: demo-app
  client_secret: shopify.client
  locations: {"01": %q, "02": %q}
erp:
  folder: erp-import
  layout: mappings/erp/sales-csv.yaml
eta:
  environment: preproduction
  identity_url: %s
  api_url: %s
  client_id: demo-client
  client_secret: eta.client
  pos: {serial: WASL-SRV-01, os_version: os}
  seller:
    rin: %q
    trade_name: Nour Home
    branch_code: "0"
    activity_code: "4791"
    address: {governate: Cairo, region_city: Nasr City, street: Makram Ebeid, building_number: "7"}
  shipping: {internal_code: SHIP, item_code: EG-%s-SHIP, name: خدمة توصيل}
  poll_after: [200ms, 500ms, 2s]
`
