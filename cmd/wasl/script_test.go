package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"

	"wasl/pipeline/ledger"
	"wasl/stages/load/eta/etatest"
	"wasl/stages/load/shopify/shopifytest"
)

func TestMain(m *testing.M) {
	if file := os.Getenv(peakVariable); file != "" {
		code := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
		if err := os.WriteFile(file, peakOfMine(), 0o600); err != nil {
			panic(err)
		}
		os.Exit(code)
	}
	if os.Getenv(programVariable) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"wasl": main})
}

// peakVariable names a file into which the program writes, at its end, how much
// memory it held at most, in KiB. What the system counts for a child begins with
// what the test itself holds, stand-ins and all.
const peakVariable = "WASL_TEST_PEAK"

// peakOfMine is the most memory that this process held, in KiB; Linux only.
func peakOfMine() []byte {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return nil
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	kib, _, _ := strings.Cut(strings.TrimSpace(after), " ")
	return []byte(kib)
}

// TestScript runs every flow as its user sees it. Our own commands, beside those
// of testscript:
//
//	shop DIR [FAULT...]  a folder to work in, with stand-ins for Shopify and ETA
//	                     behind it. variants.csv (sku,available at 01, at 02, price, crossed out) says
//	                     what the shop has. Faults begin with shopify: or eta:
//	fault FAULT...       plan further faults
//	xlsx OUT IN          a workbook of IN: "== Sheet" lines, then cells by tab
//	cells BOOK [SHEET]   a workbook as text, one cell a line
//	correct OUT IN DO... a workbook changed by hand: B2=7 sets a cell of the first
//	                     sheet, row-3 takes out a row, cols-5-6 columns, sheet-NAME
//	                     a sheet, swap-2-3 puts two rows in each other's place
//	encode PAGE OUT IN   a text in a code page, with CRLF
//	zip OUT FILE...      a ZIP of files, by their names without folders
//	sold SKU PLACE N     a change of stock behind wasl's back, at Cairo or Alexandria
//	job FLOW             JOB and DROP in the environment: the newest job of a flow in
//	                     the folder shop
//	requests             the balances that were set, in the order of the requests
//	goods [HANDLE.FIELD=VALUE...]  the products of the shop, after changes by hand: cmdGoods
//	prices [SKU=AMOUNT]  what customers see at the shop, and its discounts; with
//	                     SKU=AMOUNT somebody sets a price by hand first
//	picture FILE SHADE   a JPEG of a shade of grey, 0 to 9; or: picture bad ADDRESS
//	pictures             what hangs on the stand-in's products
//	collections [H+=P]   what the collections of the shop hold; with arguments somebody
//	                     puts a product in by hand first, or makes one: H+=
//	booked [ORDERS]      what was paid, sent and written back on the orders of the shop
//	pos [retire SERIAL]  what each device has issued
//	planted DIR...       where something of her whom forget.txtar forgets stands; kept DIR...
//	                     likewise of others: in whatever code page, also in ZIP and base64
//	buyers FILE          customers that the shop gets, as JSON
//	world                what the stand-ins hold: quantities, receipts, judgement
func TestScript(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("..", "..", "testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE") != "",
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Vars = append(e.Vars, shortLived)
			e.Values[worldKey{}] = &world{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"shop": cmdShop, "fault": cmdFault, "xlsx": cmdXLSX, "cells": cmdCells, "correct": cmdCorrect, "encode": cmdEncode, "zip": cmdZip, "picture": cmdPicture, "pictures": cmdPictures, "world": cmdWorld,
			"sold": cmdSold, "job": cmdJob, "goods": cmdGoods, "collections": cmdCollections, "booked": cmdBooked, "buyers": cmdBuyers, "prices": cmdPrices, "requests": cmdRequests, "calls": cmdCalls, "pos": cmdPOS,
			"authority": cmdAuthority, "planted": cmdPlanted, "kept": cmdKept, "setting": cmdSetting,
		},
	})
}

type worldKey struct{}

// world is the other side of one script.
type world struct {
	shopify *shopifytest.Server
	eta     *etatest.Server
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value(worldKey{}).(*world) }

// cmdShop starts the stand-ins and makes a folder whose settings lead to them.
func cmdShop(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: shop DIR [FAULT...]")
	}
	w := worldOf(ts)
	w.start(variantsOf(ts))
	mine := *w // another shop of the same script has stand-ins of its own
	ts.Defer(mine.close)
	w.plan(ts, args[1:])
	dir := ts.MkAbs(args[0])
	ts.Check(ts.Exec("wasl", "init", dir))
	ts.Check(w.furnish(dir))
	ts.Setenv("SHOPIFY_URL", w.shopify.URL())
	ts.Setenv("ETA_URL", w.eta.URL())
}

// variantsOf reads what the shop has from variants.csv, where the script has one.
func variantsOf(ts *testscript.TestScript) []shopifytest.Variant {
	text, err := os.ReadFile(ts.MkAbs("variants.csv"))
	if os.IsNotExist(err) {
		return nil
	}
	ts.Check(err)
	table := csv.NewReader(bytes.NewReader(text))
	table.FieldsPerRecord = -1
	rows, err := table.ReadAll()
	ts.Check(err)
	var out []shopifytest.Variant
	for _, row := range rows {
		v := shopifytest.Variant{SKU: row[0], Stock: map[string]shopifytest.Levels{}}
		if len(row) == 2 {
			v.Untracked, v.Bundle = row[1] == "untracked", row[1] == "bundle"
		}
		if v.Untracked || v.Bundle {
			out = append(out, v)
			continue
		}
		for i, place := range []string{"Cairo", "Alexandria"} {
			if i+1 < len(row) && row[i+1] != "" {
				n, err := strconv.Atoi(row[i+1])
				ts.Check(err)
				v.Stock[place] = shopifytest.Levels{Available: n}
			}
		}
		if len(row) > 4 {
			v.Price, v.CompareAtPrice = row[3], row[4]
		}
		out = append(out, v)
	}
	return out
}

// The ids of the demo shop's two locations.
const (
	cairo      = "gid://shopify/Location/7000000001"
	alexandria = "gid://shopify/Location/7000000002"
)

func (w *world) start(variants []shopifytest.Variant) {
	w.shopify = shopifytest.New(shopifytest.Options{
		Domain: "nour.myshopify.com", Name: "Nour", ClientID: "client", ClientSecret: "hush-shopify", TaxesIncluded: true,
		Locations: []shopifytest.Location{{ID: cairo, Name: "Cairo"}, {ID: alexandria, Name: "Alexandria"}}, Variants: variants,
		Scopes: slices.Concat(shopifytest.DefaultScopes, shopifytest.GoodsScopes, shopifytest.OrderScopes),
	})
	w.eta = startETA()
}

// startETA starts an authority that takes a receipt twice, and counts it.
func startETA() *etatest.Server {
	return etatest.New(etatest.Options{Taxpayers: []etatest.Taxpayer{demoCompany(), otherCompany()}, ValidationPolls: 1, Duplicates: etatest.DuplicatesForgiving})
}

func (w *world) close() {
	w.shopify.Close()
	w.eta.Close()
}

func (w *world) plan(ts *testscript.TestScript, faults []string) {
	for _, text := range faults {
		at, fault, _ := strings.Cut(text, ":")
		switch at {
		case "shopify":
			ts.Check(w.shopify.PlanFault(fault))
		case "eta":
			plan, err := etatest.ParseFault(fault)
			ts.Check(err)
			w.eta.Plan(plan)
		default:
			ts.Fatalf("fault %q: begins with neither shopify: nor eta:", text)
		}
	}
}

// furnish writes settings that lead to the stand-ins, with short waits.
func (w *world) furnish(dir string) error {
	settings := fmt.Sprintf(`shop: {name: Nour, zone: Africa/Cairo}
patience: 20s
inbox: {path: inbox, settle: 20ms, scan: 20ms}
shopify:
  shop: nour.myshopify.com
  base_url: %s
  client_id: client
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
    rin: "100200300"
    trade_name: Nour
    branch_code: "0"
    activity_code: "4791"
    address: {governate: Cairo, region_city: Nasr City, street: Makram Ebeid, building_number: "7"}
  shipping: {internal_code: SHIP, item_code: EG-100200300-SHIP, name: شحن}
  ask_after: [20ms, 40ms]
  poll_after: [20ms, 40ms]
`, w.shopify.URL(), cairo, alexandria, w.eta.URL(), w.eta.URL())
	if err := os.WriteFile(filepath.Join(dir, configName), []byte(settings), 0o644); err != nil {
		return err
	}
	secrets := filepath.Join(dir, "secrets")
	if err := os.MkdirAll(secrets, 0o700); err != nil {
		return err
	}
	for name, secret := range map[string]string{"shopify.client": "hush-shopify", "eta.client": "demo-secret"} {
		if err := os.WriteFile(filepath.Join(secrets, name), []byte(secret+"\n"), 0o600); err != nil {
			return err
		}
	}
	return nil
}

func cmdFault(ts *testscript.TestScript, neg bool, args []string) { worldOf(ts).plan(ts, args) }

// cmdXLSX makes a workbook of a text.
func cmdXLSX(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: xlsx OUT IN")
	}
	f := excelize.NewFile()
	sheet, row := "Sheet1", 0
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		line = strings.TrimRight(line, "\r\n")
		if name, ok := strings.CutPrefix(line, "== "); ok {
			if row == 0 && sheet == "Sheet1" {
				ts.Check(f.SetSheetName(sheet, name))
			} else {
				_, err := f.NewSheet(name)
				ts.Check(err)
			}
			sheet, row = name, 0
			continue
		}
		row++
		for i, text := range strings.Split(line, "\t") {
			cell, err := excelize.CoordinatesToCellName(i+1, row)
			ts.Check(err)
			if n, err := strconv.ParseFloat(text, 64); err == nil && !strings.HasPrefix(text, "0") && len(text) < 12 {
				ts.Check(f.SetCellValue(sheet, cell, n))
			} else if text != "" {
				ts.Check(f.SetCellStr(sheet, cell, text))
			}
		}
	}
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o755))
	ts.Check(f.SaveAs(ts.MkAbs(args[0])))
}

// cmdCells prints a workbook as text: [Sheet!A1] value, a line a cell.
func cmdCells(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: cells BOOK [SHEET]")
	}
	found, err := filepath.Glob(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(found) != 1 {
		ts.Fatalf("%s names %d files", args[0], len(found))
	}
	f, err := excelize.OpenFile(found[0])
	ts.Check(err)
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		if len(args) > 1 && !slices.Contains(args[1:], sheet) {
			continue
		}
		rows, err := f.GetRows(sheet)
		ts.Check(err)
		for r, row := range rows {
			for c, text := range row {
				if text != "" {
					cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
					fmt.Fprintf(ts.Stdout(), "[%s!%s] %s\n", sheet, cell, text)
				}
			}
		}
	}
}

// cmdCorrect changes a workbook as a person would.
func cmdCorrect(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: correct OUT IN DO...")
	}
	found, err := filepath.Glob(ts.MkAbs(args[1]))
	ts.Check(err)
	if len(found) != 1 {
		ts.Fatalf("%s names %d files", args[1], len(found))
	}
	f, err := excelize.OpenFile(found[0])
	ts.Check(err)
	defer f.Close()
	sheet := f.GetSheetList()[0]
	for _, do := range args[2:] {
		what, rest, _ := strings.Cut(do, "-")
		switch {
		case strings.Contains(do, "="):
			cell, text, _ := strings.Cut(do, "=")
			ts.Check(f.SetCellStr(sheet, cell, text))
		case what == "row":
			n, err := strconv.Atoi(rest)
			ts.Check(err)
			ts.Check(f.RemoveRow(sheet, n))
		case what == "cols":
			for _, n := range slices.Backward(strings.Split(rest, "-")) {
				ts.Check(f.RemoveCol(sheet, n))
			}
		case what == "sheet":
			ts.Check(f.DeleteSheet(rest))
		case what == "swap":
			one, two, _ := strings.Cut(rest, "-")
			swapRows(ts, f, sheet, one, two)
		default:
			ts.Fatalf("%s is not known here", do)
		}
	}
	out := ts.MkAbs(args[0])
	if args[0] == args[1] {
		out = found[0]
	}
	ts.Check(f.SaveAs(out))
}

// swapRows exchanges the cells of two rows, as sorting does.
func swapRows(ts *testscript.TestScript, f *excelize.File, sheet, one, two string) {
	rows, err := f.GetRows(sheet)
	ts.Check(err)
	for i := range rows[0] {
		col, err := excelize.ColumnNumberToName(i + 1)
		ts.Check(err)
		a, err := f.GetCellValue(sheet, col+one)
		ts.Check(err)
		b, err := f.GetCellValue(sheet, col+two)
		ts.Check(err)
		ts.Check(f.SetCellStr(sheet, col+one, b))
		ts.Check(f.SetCellStr(sheet, col+two, a))
	}
}

// cmdEncode writes a text in a code page, with CRLF.
func cmdEncode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: encode PAGE OUT IN")
	}
	text := strings.ReplaceAll(ts.ReadFile(args[2]), "\n", "\r\n")
	switch args[0] {
	case "windows-1256":
		var err error
		text, err = charmap.Windows1256.NewEncoder().String(text)
		ts.Check(err)
	case "utf-8":
	case "utf-8-bom":
		text = "\ufeff" + text
	default:
		ts.Fatalf("code page %s is not known here", args[0])
	}
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[1])), 0o755))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o644))
}

// cmdZip makes a ZIP.
func cmdZip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: zip OUT FILE...")
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range args[1:] {
		w, err := z.Create(filepath.Base(name))
		ts.Check(err)
		_, err = io.WriteString(w, ts.ReadFile(name))
		ts.Check(err)
	}
	ts.Check(z.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o644))
}

// cmdSold changes a balance as a sale or a person at the shop does.
func cmdSold(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: sold SKU PLACE DELTA")
	}
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	ts.Check(worldOf(ts).shopify.Sell(args[0], args[1], n))
}

// cmdJob finds the newest job of a flow.
func cmdJob(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: job FLOW")
	}
	l, err := ledger.Open(context.Background(), ts.MkAbs("shop/state"), ledger.Options{ReadOnly: true})
	ts.Check(err)
	defer func() { _ = l.Shut() }()
	jobs, err := l.Jobs(context.Background(), "0000-00-00", "9999-99-99")
	ts.Check(err)
	for _, j := range slices.Backward(jobs) {
		if j.Flow == args[0] {
			ts.Setenv("JOB", j.Job.String())
			ts.Setenv("DROP", j.Drop.ID)
			return
		}
	}
	ts.Fatalf("%s has no job", args[0])
}

// cmdCalls prints how often the shop was asked for what sets balances.
func cmdCalls(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range []string{"bulkOperationRunMutation", "inventorySetQuantities", "stagedUploadsCreate"} {
		fmt.Fprintln(ts.Stdout(), name, len(worldOf(ts).shopify.CallsOf(name)))
	}
}

// cmdRequests prints what was asked of inventorySetQuantities, a balance a line:
// request 1: A-1 at Cairo: 7.
func cmdRequests(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	names := map[string]string{}
	for _, q := range w.shopify.Quantities() {
		names[q.ItemID+q.LocationID] = q.SKU + " at " + q.Location
	}
	for i, call := range w.shopify.CallsOf("inventorySetQuantities") {
		var vars struct {
			Input struct {
				Quantities []struct {
					Item     string `json:"inventoryItemId"`
					Location string `json:"locationId"`
					Quantity int    `json:"quantity"`
				} `json:"quantities"`
			} `json:"input"`
		}
		ts.Check(json.Unmarshal(call.Variables, &vars))
		for _, q := range vars.Input.Quantities {
			fmt.Fprintf(ts.Stdout(), "request %d: %s: %d\n", i+1, names[q.Item+q.Location], q.Quantity)
		}
	}
}

// cmdPrices prints what customers see, a line an item, and what discounts there are;
// before that it sets prices as a person does: A-1=99.00.
func cmdPrices(ts *testscript.TestScript, neg bool, args []string) {
	shop := worldOf(ts).shopify
	for _, arg := range args {
		sku, price, _ := strings.Cut(arg, "=")
		ts.Check(shop.EditVariant(sku, func(v *shopifytest.Variant) { v.Price, v.CompareAtPrice = price, "" }))
	}
	for _, p := range shop.Products() {
		for _, v := range p.Variants {
			fmt.Fprintf(ts.Stdout(), "%s: %s (%s)\n", v.SKU, v.Price, v.CompareAtPrice)
		}
	}
	for _, d := range shop.Discounts() {
		fmt.Fprintf(ts.Stdout(), "discount %s: %s %s %s\n", d.Title, d.Value, d.Status, strings.Join(d.Codes, ","))
	}
	fmt.Fprintf(ts.Stdout(), "%d mutations\n", len(shop.Mutations()))
}

// cmdWorld prints what the stand-ins hold.
func cmdWorld(ts *testscript.TestScript, neg bool, args []string) {
	worldOf(ts).print(ts.Stdout())
}

// print tells of the other side only what a test can foresee: no times, no uuids.
func (w *world) print(out io.Writer) {
	state := w.shopify.State()
	sort.Slice(state.Quantities, func(i, j int) bool {
		a, b := state.Quantities[i], state.Quantities[j]
		return a.SKU+a.Location < b.SKU+b.Location
	})
	for _, q := range state.Quantities {
		fmt.Fprintf(out, "stock %s at %s: %d\n", q.SKU, q.Location, q.Available)
	}
	fmt.Fprintf(out, "shopify: %d changes, %d mutations\n", len(state.History), len(w.shopify.CallsOf("inventorySetQuantities")))
	for _, v := range state.Violations {
		fmt.Fprintf(out, "shopify violation: %s %s\n", v.Rule, v.Text)
	}
	for _, r := range w.eta.Receipts() {
		fmt.Fprintf(out, "receipt %s: %s, %s, taken %d\n", r.Number, r.TotalAmount, r.Status, r.Taken)
	}
	fmt.Fprintf(out, "eta: %d receipts, %d chain breaks\n", len(w.eta.Receipts()), len(w.eta.ChainBreaks()))
	for _, v := range w.eta.Judge() {
		fmt.Fprintf(out, "eta violation: %s\n", v)
	}
}
