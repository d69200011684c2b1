package extract

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// corpus is a folder of the reference that stands beside the checkout. Without it
// a test is skipped, unless WASL_CORPUS asks for it.
func corpus(t *testing.T, path string) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "reference", filepath.FromSlash(path))
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("WASL_CORPUS") != "" {
			t.Fatalf("WASL_CORPUS is set, but there is no reference: %v", err)
		}
		t.Skipf("no reference beside this checkout: %v", err)
	}
	return dir
}

func controls(t *testing.T, path string) []map[string]string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, rec := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = rec[i]
		}
		out = append(out, row)
	}
	return out
}

// TestShopifyOrders_Corpus compares what is read of real exports with control
// numbers that another program worked out.
func TestShopifyOrders_Corpus(t *testing.T) {
	t.Parallel()
	dir := corpus(t, "shopify/samples/orders")
	want := controls(t, filepath.Join(dir, "expected.csv"))
	if len(want) < 10 {
		t.Fatalf("expected.csv has %d files", len(want))
	}
	for _, w := range want {
		t.Run(w["file"], func(t *testing.T) {
			t.Parallel()
			o := Options{Format: FormatOrders}
			if !takesFile(t, o, filepath.Join(dir, w["file"])) {
				t.Error("the file is not taken for an order export")
			}
			rows, read, err := readFile(t, o, filepath.Join(dir, w["file"]))
			if w["subtotal_rule_ok"] == "" || w["statuses"] == "(blank)=2" {
				refusedOrders(t, w, err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := strconv.Itoa(len(rows[0].Header)); got != w["columns"] {
				t.Errorf("columns: got %s, want %s", got, w["columns"])
			}
			if read.Rows != len(rows) || read.HeaderRow != 1 || read.Format != FormatOrders || len(read.Ignored) > 0 || len(read.Notes) > 0 {
				t.Errorf("reading: %+v", read)
			}
			compareOrders(t, w, rows)
		})
	}
}

func refusedOrders(t *testing.T, w map[string]string, err error) {
	t.Helper()
	p := refusal(t, err, false)
	switch {
	case strings.Contains(w["file"], "checkouts"):
		if p.Rule != "shopify.checkouts" {
			t.Errorf("got %v", p)
		}
	case p.Rule != "column.missing" || p.With["columns"] != "Subtotal, Shipping, Total, Lineitem price, Id":
		t.Errorf("got %v", p)
	}
}

func compareOrders(t *testing.T, w map[string]string, rows []pipeline.Row) {
	t.Helper()
	sums := map[string]udecimal.Decimal{}
	firsts := map[string]string{"sum_subtotal": "Subtotal", "sum_shipping": "Shipping", "sum_taxes": "Taxes", "sum_total": "Total",
		"sum_discount_amount": "Discount Amount", "sum_refunded": "Refunded Amount", "sum_outstanding": "Outstanding Balance"}
	seen, statuses := map[string]bool{}, map[string]int{}
	gross, units := udecimal.Zero, udecimal.Zero
	for _, row := range rows {
		if len(row.Faults) > 0 {
			t.Errorf("row %d has faults: %v", row.Row, row.Faults)
		}
		at := func(name string) udecimal.Decimal { return amount(t, row, name) }
		if name := cellOf(row, "Name"); !seen[name] {
			seen[name] = true
			statuses[cellOf(row, "Financial Status")]++
			for sum, column := range firsts {
				sums[sum] = sums[sum].Add(at(column))
			}
		}
		units = units.Add(at("Lineitem quantity"))
		gross = gross.Add(at("Lineitem quantity").Mul(at("Lineitem price")))
		sums["sum_lineitem_discount"] = sums["sum_lineitem_discount"].Add(at("Lineitem discount"))
		for _, column := range []string{"Id", "Billing Zip", "Shipping Zip"} {
			if strings.HasPrefix(cellOf(row, column), "'") {
				t.Errorf("row %d: an apostrophe stayed in %s", row.Row, column)
			}
		}
	}
	sums["sum_line_gross"] = gross
	counts := map[string]int{"data_rows": len(rows), "lines": len(rows), "orders": len(seen)}
	for name, got := range counts {
		if strconv.Itoa(got) != w[name] {
			t.Errorf("%s: got %d, want %s", name, got, w[name])
		}
	}
	if units.String() != w["units"] {
		t.Errorf("units: got %s, want %s", units, w["units"])
	}
	for name, got := range sums {
		if w[name] != "" && !got.Equal(udecimal.MustParse(w[name])) {
			t.Errorf("%s: got %s, want %s", name, got, w[name])
		}
	}
	var list []string
	for _, s := range slices.Sorted(maps.Keys(statuses)) {
		list = append(list, s+"="+strconv.Itoa(statuses[s]))
	}
	if got := strings.Join(list, " "); got != w["statuses"] {
		t.Errorf("statuses: got %s, want %s", got, w["statuses"])
	}
}

func amount(t *testing.T, row pipeline.Row, column string) udecimal.Decimal {
	t.Helper()
	s := cellOf(row, column)
	if s == "" {
		return udecimal.Zero
	}
	d, err := udecimal.Parse(s)
	if err != nil {
		t.Errorf("row %d, %s: %v", row.Row, column, err)
	}
	return d
}

// TestTakes_OthersOfShopify reads the other exports of the admin: they are not
// taken for orders, but can be read as tables.
func TestTakes_OthersOfShopify(t *testing.T) {
	t.Parallel()
	dir := corpus(t, "shopify/samples")
	n := 0
	for _, path := range glob(t, dir, "*/*.csv") {
		if filepath.Base(filepath.Dir(path)) == "orders" {
			continue
		}
		n++
		if takesFile(t, Options{Format: FormatOrders}, path) {
			t.Errorf("%s is taken for orders", path)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		want, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		rows, read, err := readFile(t, Options{}, path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if got := read.Rows + len(read.Ignored) + 1; len(rows) != read.Rows || got != len(want) {
			t.Errorf("%s: %d rows and %d ignored of %d", path, read.Rows, len(read.Ignored), len(want)-1)
		}
	}
	if n < 10 {
		t.Errorf("%d files seen", n)
	}
}

// TestBadFiles_Corpus holds what becomes of the reference's bad files in this
// room: the rule of the refusal, or the rows read and the rows with faults. Files
// that are wrong in a way which only the meaning of cells shows are read here.
func TestBadFiles_Corpus(t *testing.T) {
	t.Parallel()
	dir := corpus(t, "badfiles")
	b, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifest []struct {
		File, Outcome string
		Rows          *int
		BadRows       []int `json:"bad_rows"`
		Sample        map[string]string
	}
	if err := json.Unmarshal(b, &manifest); err != nil || len(manifest) < 50 {
		t.Fatal(len(manifest), err)
	}
	// Found later, by the meaning of a cell: transform's and the kinds' work.
	later := []string{"accounting_negatives.csv", "scientific_numbers.csv", "dates_ambiguous.csv", "dates_as_serials.csv", "decimal_comma.csv",
		"negative_stock.csv", "duplicate_skus.csv", "merged_cells.xlsx"}
	rules := map[string]pipeline.Rule{"error_page.csv": "file.markup", "empty.csv": "file.empty", "header_only.csv": "file.empty",
		"truncated_mid_row.csv": "file.cut", "truncated_zip.xlsx": "file.cut", "password_protected.xlsx": "file.password",
		"duplicate_headers.csv": "column.twice", "unclosed_quote.csv": "file.quote", "missing_required_column.csv": "column.missing",
		"twenty_thousand_columns.csv": "file.wide", "double_encoded.csv": "text.garbled", "zip_bomb.xlsx": "file.big",
		"billion_laughs.xlsx": "file.doctype", "xxe_external_entity.xlsx": "file.doctype"}
	o := Options{Columns: []Column{{Names: []string{"SKU", "كود الصنف"}, Required: true}, {Names: []string{"Barcode", "الباركود"}, Required: true},
		{Names: []string{"Name", "اسم الصنف"}, Required: true}, {Names: []string{"Qty", "الكمية"}, Required: true}, {Names: []string{"Price", "السعر"}, Required: true}}}
	// Read here, which the reference says is right, too.
	three := 3
	for i, m := range manifest {
		if m.File == "legacy_biff8.xls" {
			manifest[i].Outcome, manifest[i].Rows = "accept", &three
		}
	}
	for _, m := range manifest {
		t.Run(m.File, func(t *testing.T) {
			t.Parallel()
			rows, read, err := readFile(t, o, filepath.Join(dir, m.File))
			refused, _ := errors.AsType[*pipeline.Refused](err)
			if err != nil && refused == nil {
				t.Fatal(err)
			}
			wantRefused := m.Outcome == "reject_file" || m.Outcome == "hold" && !slices.Contains(later, m.File)
			if rule, ok := rules[m.File]; ok {
				wantRefused = true
				if refused == nil || refused.Problems[0].Rule != rule {
					t.Fatalf("got %v, want %s", err, rule)
				}
			}
			if refused != nil && refused.Hold != (m.Outcome == "hold") {
				t.Errorf("%s: held is %v: %v", m.Outcome, refused.Hold, err)
			}
			if wantRefused != (refused != nil) {
				t.Fatalf("%s: refused %v (%v), %d rows", m.Outcome, refused != nil, err, len(rows))
			}
			if refused != nil {
				return
			}
			var bad []int
			for _, r := range rows {
				if len(r.Faults) > 0 {
					bad = append(bad, r.Row)
				}
			}
			if slices.Contains(later, m.File) {
				return
			}
			if !slices.Equal(bad, m.BadRows) {
				t.Errorf("rows with faults: got %v, want %v", bad, m.BadRows)
			}
			if m.Rows != nil && len(rows)-len(bad) != *m.Rows {
				t.Errorf("good rows: got %d, want %d", len(rows)-len(bad), *m.Rows)
			}
			for at, want := range m.Sample {
				if at == "sheet" {
					if read.Sheet != want {
						t.Errorf("sheet: got %q, want %q", read.Sheet, want)
					}
					continue
				}
				row, column, _ := strings.Cut(at, ".")
				for _, r := range rows {
					if strconv.Itoa(r.Row) != row {
						continue
					}
					// What a text means is transform's work: here it stays as it stands.
					got := cellOf(r, column)
					number := strings.HasPrefix(filepath.Ext(m.File), ".xls") && m.File != "numbers_as_text.xlsx"
					letters := m.File == "windows1256.csv" || m.File == "leading_zero_sku.csv"
					if number && udec(got) != udec(want) || letters && got != want {
						t.Errorf("%s: got %q, want %q", at, got, want)
					}
				}
			}
		})
	}
}

func udec(s string) string {
	d, err := udecimal.Parse(s)
	if err != nil {
		return s
	}
	return d.String()
}
