//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/shopify/shopifytest"
)

// The files of the reference that are bad or awkward, each taken by the real
// program, alone and between two good neighbours: its outcome, its rows, its
// values, its reasons, and how long and how much memory it took.

// badFile is one entry of the manifest.
type badFile struct {
	File, Outcome, Code string
	Rows                *int
	BadRows             []int `json:"bad_rows"`
	Sample              map[string]string
	Note                string
}

// What any file of the corpus may take.
const (
	mostTime   = 10 * time.Second
	mostMemory = 512 << 20
)

// reasons are our rules for the codes that the manifest suggests: any one of them.
var reasons = map[string]string{
	"file.empty": "file.empty", "table.no_rows": "file.empty", "file.maybe_incomplete": "file.cut", "xlsx.damaged": "file.cut file.damaged",
	"file.html_as_xls": "file.name file.html", "file.wrong_extension": "file.name", "file.html_not_data": "file.markup", "file.legacy_xls": "file.xls file.name", "xlsx.password": "file.password",
	"xlsx.macro": "file.macros", "table.duplicate_header": "column.twice", "row.too_few_columns": "row.short", "row.too_many_columns": "row.long",
	"csv.unclosed_quote": "file.quote", "row.control_character": "cell.control", "table.missing_column": "column.missing", "table.too_many_columns": "file.wide",
	"row.cell_too_long": "cell.long", "text.mojibake": "text.garbled", "row.negative_price": "price.negative", "row.barcode_lost_digits": "code.exponent cell.precision cell.exponent",
	"date.order_unsure": "date.ambiguous", "date.serial_in_text": "date.serials", "row.negative_qty": "stock.negative", "row.duplicate_key": "key.twice stock.twice",
	"xlsx.too_large_unpacked": "file.big", "xlsx.entities": "file.doctype", "row.formula_without_value": "cell.formula", "row.error_cell": "cell.error",
	"row.missing_key": "group.missing field.missing", "xlsx.hidden_rows": "file.hidden", "text.invisible_removed": "text.marks",
}

func TestBadFiles_Corpus(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "..", "shared", "reference", "badfiles")
	text, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		if os.Getenv("WASL_CORPUS") != "" {
			t.Fatal(err)
		}
		t.Skip("the corpus is not beside this checkout")
	}
	var manifest []badFile
	if err := json.Unmarshal(text, &manifest); err != nil || len(manifest) < 50 {
		t.Fatal(len(manifest), err)
	}
	for _, m := range manifest {
		content, err := os.ReadFile(filepath.Join(dir, m.File))
		if err != nil {
			t.Fatal(err)
		}
		for _, between := range []bool{false, true} {
			t.Run(m.File+map[bool]string{false: "/alone", true: "/between"}[between], func(t *testing.T) {
				t.Parallel()
				h := newBadHouse(t, m.File)
				h.drop(m.File, content)
				if between {
					h.drop("a_good.csv", []byte("SKU,Barcode,Name,Qty,Price,Date\nG-1,6221031000010,Salt,1,2.50,2026-11-23\nG-2,6221031000041,Rice,2,3.50,2026-11-24\n"))
					h.drop("z_good.csv", []byte("SKU,Barcode,Name,Qty,Price,Date\nH-1,6221031000027,Oil,3,4.50,2026-11-23\nH-2,6221031000034,Tea,4,5.50,2026-11-24\n"))
				}
				h.runs()
				h.judge(m)
				if between {
					for _, good := range []string{"a_good.csv", "z_good.csv"} {
						if r := h.result(good); r.verdict != "" || !slices.Equal(r.good, []int{2, 3}) {
							t.Errorf("its neighbour %s: %s %v\n%s", good, r.verdict, r.good, r.told())
						}
					}
				}
			})
		}
	}
}

// A badHouse is a folder to work in whose mappings ask for what the corpus has.
type badHouse struct {
	t     *testing.T
	dir   string
	shop  *shopifytest.Server
	files []string
}

func newBadHouse(t *testing.T, file string) *badHouse {
	t.Helper()
	h := &badHouse{t: t, dir: t.TempDir()}
	var variants []shopifytest.Variant
	for _, sku := range strings.Fields("A-1001 A-1002 A-1003 A-1004 A-1005 00123 123 G-1 G-2 H-1 H-2") {
		variants = append(variants, shopifytest.Variant{SKU: sku, Stock: map[string]shopifytest.Levels{"Cairo": {Available: 500}}})
	}
	h.shop = shopifytest.New(shopifytest.Options{Domain: "nour.myshopify.com", Name: "Nour", ClientID: "client", ClientSecret: "hush",
		Locations: []shopifytest.Location{{ID: cairo, Name: "Cairo"}}, Variants: variants})
	t.Cleanup(h.shop.Close)
	h.write(configName, fmt.Sprintf(`shop: {name: Nour, zone: Africa/Cairo}
patience: 20s
inbox: {path: inbox, settle: 20ms, scan: 20ms, empty: 40ms, longer: 40ms}
shopify: {shop: nour.myshopify.com, base_url: %s, client_id: client, client_secret: shopify.client, locations: {"01": %q}}
`, h.shop.URL(), cairo))
	h.write("secrets/shopify.client", "hush\n")
	h.write("inbox/.keep", "")
	if strings.HasPrefix(file, "dates_") {
		h.write("mappings/prices.yaml", `flow: prices
files: ["*"]
to: table.prices
fields: {code: SKU, list: {value: base}, price: Price, unit: Qty, from: Date}
`)
		return h
	}
	h.write("mappings/items.yaml", `flow: items
files: ["*"]
to: table.items
fields: {code: [SKU, كود الصنف], barcode: [Barcode, الباركود], name_ar: [Name, اسم الصنف], group: [Qty, الكمية], price: [Price, السعر]}
`)
	h.write("mappings/stock.yaml", fmt.Sprintf(`flow: stock
files: ["*"]
to: shopify.stock
fields: {sku: [SKU, كود الصنف], quantity: [Qty, الكمية], name: [Name, اسم الصنف], location: {value: %q}}
`, cairo))
	return h
}

func (h *badHouse) write(name, text string) {
	h.t.Helper()
	path := filepath.Join(h.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

func (h *badHouse) drop(name string, content []byte) {
	h.write("inbox/"+name, string(content))
}

// runs runs until the inbox is empty: an empty file, and one whose end is not
// there, are left for the next run, since somebody may still be copying them.
func (h *badHouse) runs() {
	h.t.Helper()
	for range 4 {
		h.run()
		left, err := os.ReadDir(filepath.Join(h.dir, "inbox"))
		if err != nil {
			h.t.Fatal(err)
		}
		if !slices.ContainsFunc(left, func(e os.DirEntry) bool { return e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") }) {
			return
		}
		time.Sleep(50 * time.Millisecond) // longer than the inbox waits
	}
}

// run takes what lies in the inbox, within the limits of time and memory.
func (h *badHouse) run() {
	h.t.Helper()
	self, err := os.Executable()
	if err != nil {
		h.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(h.t.Context(), 60*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, "run", "-C", h.dir)
	peak := filepath.Join(h.t.TempDir(), "peak")
	cmd.Env = append(os.Environ(), programVariable+"=1", peakVariable+"="+peak)
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != exitDone && code != exitAside {
		h.t.Fatalf("exit %d (%v)\n%s", code, err, out)
	}
	if spent := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(); spent > mostTime {
		h.t.Errorf("it took %s of the processor", spent)
	}
	if runtime.GOOS != "linux" {
		return
	}
	most, err := os.ReadFile(peak)
	if err != nil {
		h.t.Fatal(err)
	}
	var kib int64
	if _, err := fmt.Sscan(string(most), &kib); err != nil || kib*1024 > mostMemory {
		h.t.Errorf("it took %d MiB (%v)", kib/1024, err)
	}
}

// badResult is what became of one file, all of its flows together.
type badResult struct {
	verdict  string // "", refused, held
	good     []int  // rows whose documents left, in every flow
	bad      []int  // rows that were set aside
	values   map[string]string
	problems []pipeline.Problem
	readings []pipeline.Reading
}

// result reads the ledger.
func (h *badHouse) result(file string) badResult {
	h.t.Helper()
	ctx := h.t.Context()
	l, err := ledger.Open(ctx, filepath.Join(h.dir, "state"), ledger.Options{ReadOnly: true, Zone: time.UTC, Program: "test"})
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = l.Shut() }()
	out := badResult{values: map[string]string{}}
	jobs, err := l.Jobs(ctx, "", "9999")
	if err != nil {
		h.t.Fatal(err)
	}
	flows := 0
	for _, j := range jobs {
		if j.Drop.Name != file {
			continue
		}
		flows++
		if j.Verdict != "" {
			out.verdict = j.Verdict
		}
		out.readings = append(out.readings, j.Reading)
	}
	if flows == 0 {
		h.t.Fatalf("%s was taken by no flow", file)
	}
	rows := map[int]int{} // in how many flows a row left
	bad := map[int]bool{}
	for e, err := range l.Entries(ctx, "", "9999") {
		if err != nil {
			h.t.Fatal(err)
		}
		if e.Drop != file {
			continue
		}
		for _, at := range e.From {
			if e.State == pipeline.Delivered || e.State == pipeline.Unchanged {
				rows[at.Row]++
			} else {
				bad[at.Row] = true
			}
			out.keep(at.Row, e.Body)
		}
	}
	for p, err := range l.Problems(ctx, "", "9999") {
		if err != nil {
			h.t.Fatal(err)
		}
		if p.File == file {
			out.problems = append(out.problems, p.Problem)
		}
	}
	for row, n := range rows {
		if n == flows && !bad[row] {
			out.good = append(out.good, row)
		}
	}
	for row := range bad {
		out.bad = append(out.bad, row)
	}
	slices.Sort(out.good)
	slices.Sort(out.bad)
	return out
}

// keep notes the values of a row's documents under the corpus' words for them.
func (r *badResult) keep(row int, body []byte) {
	var doc map[string]any
	if json.Unmarshal(body, &doc) != nil {
		return
	}
	for ours, theirs := range map[string]string{"code": "SKU", "sku": "SKU", "barcode": "Barcode", "name_ar": "Name", "price": "Price", "quantity": "Qty", "from": "Date"} {
		if v, ok := doc[ours]; ok {
			r.values[strconv.Itoa(row)+"."+theirs] = fmt.Sprint(v)
		}
	}
}

// suggested are the facts of the problems: what a cell would be if the mapping said so.
func (r badResult) suggested() string {
	var facts []string
	for _, p := range r.problems {
		for _, fact := range p.With {
			facts = append(facts, fact)
		}
	}
	return strings.Join(facts, " ")
}

// told are the problems, one a line.
func (r badResult) told() string {
	var lines []string
	for _, p := range r.problems {
		lines = append(lines, p.String())
	}
	return strings.Join(lines, "\n")
}

// judge holds a file's result against the manifest.
func (h *badHouse) judge(m badFile) {
	t := h.t
	t.Helper()
	r := h.result(m.File)
	either := strings.Contains(m.Note, "also right") || strings.Contains(m.Note, "is right where")
	switch outcome := m.Outcome; {
	case either && r.verdict == "" && len(r.good) > 0, outcome == "accept", outcome == "accept_warn":
		if !(either && r.verdict != "") && (r.verdict != "" || m.Rows != nil && len(r.good) != *m.Rows) {
			t.Errorf("want %d rows, got %q %v\n%s", *m.Rows, r.verdict, r.good, r.told())
		}
	case outcome == "reject_file":
		if r.verdict != "refused" || len(r.good) > 0 {
			t.Errorf("want the file refused, got %q %v\n%s", r.verdict, r.good, r.told())
		}
	case outcome == "hold":
		if r.verdict != "held" || len(r.good) > 0 {
			t.Errorf("want the file held, got %q %v\n%s", r.verdict, r.good, r.told())
		}
	case outcome == "reject_rows":
		repeats := m.Code == "row.duplicate_key" // a row that says the same as another is one with it
		if r.verdict != "" || !repeats && !slices.Equal(r.bad, m.BadRows) {
			t.Errorf("want rows %v set aside, got %q %v\n%s", m.BadRows, r.verdict, r.bad, r.told())
		}
		if m.Rows != nil && !repeats && len(r.good) != *m.Rows {
			t.Errorf("want %d rows, got %v\n%s", *m.Rows, r.good, r.told())
		}
	}
	h.judgeReasons(m, r, r.told())
	for at, want := range m.Sample {
		got, ok := r.values[at]
		if at == "sheet" {
			got, ok = r.readings[0].Sheet, true
		}
		if !ok && (r.verdict != "" || m.Outcome == "hold" && strings.Contains(r.suggested(), want)) {
			continue // not read at all, or held with this value in view
		}
		if got != want && plainDecimal(got) != plainDecimal(want) {
			t.Errorf("%s is %q, want %q", at, got, want)
		}
	}
}

// judgeReasons sees that what is wrong is told, by a rule with words in both
// languages.
func (h *badHouse) judgeReasons(m badFile, r badResult, told string) {
	rules := strings.Fields(reasons[m.Code])
	found := slices.ContainsFunc(r.problems, func(p pipeline.Problem) bool {
		// Beside a good file it may be seen first that it is not like that one.
		return slices.Contains(rules, string(p.Rule)) || m.Outcome == "hold" && p.Rule == "contract.retyped"
	})
	read := strings.Contains(m.Note, "reading it") && len(r.good) > 0
	if len(rules) > 0 && !found && !read {
		h.t.Errorf("the reason is none of %v:\n%s", rules, told)
	}
	if m.Outcome == "accept_warn" && len(r.problems) == 0 && !slices.ContainsFunc(r.readings, func(read pipeline.Reading) bool {
		return read.CodePage != "" && read.CodePage != "utf-8" || len(read.Ignored) > 0
	}) {
		h.t.Errorf("%s: nothing is told of it", m.Code)
	}
	for _, p := range r.problems {
		for _, lang := range []string{"en", "ar"} {
			if p.Says(lang) == "" || p.Says(lang) == string(p.Rule) || p.Fix(lang) == "" || strings.Contains(p.Says(lang)+p.Fix(lang), "{") {
				h.t.Errorf("%s has no words in %s: %s; %s", p.Rule, lang, p.Says(lang), p.Fix(lang))
			}
		}
	}
}

func plainDecimal(s string) string {
	d, err := udecimal.Parse(s)
	if err != nil {
		return s
	}
	return d.String()
}
