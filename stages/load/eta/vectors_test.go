package eta

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/quagmt/udecimal"
)

const vectors = "../../../testdata/eta"

func readVectors(t testing.TB, name string) []map[string]string {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(readFile(t, name))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var all []map[string]string
	for _, cells := range rows[1:] {
		r := map[string]string{}
		for i, name := range rows[0] {
			r[name] = cells[i]
		}
		all = append(all, r)
	}
	if len(all) < 5 {
		t.Fatalf("%s has only %d rows", name, len(all))
	}
	return all
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(vectors, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCanonical_Vectors(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t, "vectors.csv") {
		t.Run(v["name"], func(t *testing.T) {
			t.Parallel()
			input := readFile(t, v["name"]+".json")
			text, err := appendCanonical(nil, input, v["kind"] == "receipt")
			if err != nil {
				t.Fatal(err)
			}
			if want := readFile(t, v["name"]+".canonical.txt"); !bytes.Equal(text, want) {
				t.Errorf("canonical text: %s", cmp.Diff(string(want), string(text)))
			}
			if got, want := hash(text), strings.TrimSpace(string(readFile(t, v["name"]+".uuid"))); got != want {
				t.Errorf("uuid %s, want %s", got, want)
			}
			if v["kind"] == "batch" {
				checkReceipts(t, input, string(readFile(t, v["name"]+".receipts.txt")))
			}
		})
	}
}

// checkReceipts compares the uuid of each receipt of a submission with the one published beside it and inside it.
func checkReceipts(t *testing.T, batch []byte, published string) {
	t.Helper()
	var b struct{ Receipts []json.RawMessage }
	if err := json.Unmarshal(batch, &b); err != nil {
		t.Fatal(err)
	}
	want := strings.Fields(published)
	if len(want) != len(b.Receipts) {
		t.Fatalf("%d receipts, want %d", len(b.Receipts), len(want))
	}
	for i, r := range b.Receipts {
		got, err := uuidOf(r)
		if err != nil || got != want[i] {
			t.Errorf("receipt %d: uuid %s %v, want %s", i, got, err, want[i])
		}
		if h, err := headerOf(r); err != nil || h.UUID != want[i] {
			t.Errorf("receipt %d carries %s %v", i, h.UUID, err)
		}
	}
}

func TestCanonical_Refuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `[]`, `{`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a":[1,]}`, `{"a":true}`, `{"ي":1}`, `{"a":"x`, `{"a":"\q"}`,
		`{"a":"\u12"}`, `{"a":1} x`, strings.Repeat(`{"a":`, 100) + strings.Repeat(`}`, 100)} {
		if got, err := canonical([]byte(text)); err == nil {
			t.Errorf("canonical(%s) = %s, want an error", text, got)
		}
	}
}

// FuzzCanonical: never a panic; and of what is JSON, white space between the words changes nothing and no control
// character is left.
func FuzzCanonical(f *testing.F) {
	for _, v := range readVectors(f, "vectors.csv") {
		f.Add(readFile(f, v["name"]+".json"))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		text, err := canonical(input)
		if err != nil || !json.Valid(input) {
			return
		}
		if bytes.ContainsAny(text, "\n\r\t") {
			t.Errorf("%q holds control characters", text)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, input); err != nil {
			t.Fatal(err)
		}
		if again, err := canonical(compact.Bytes()); err != nil || !bytes.Equal(again, text) {
			t.Errorf("%q and without white space %q %v", text, again, err)
		}
	})
}

func TestLine_CalcVectors(t *testing.T) {
	t.Parallel()
	for _, v := range readVectors(t, "calc-vectors.csv") {
		t.Run(v["name"], func(t *testing.T) {
			t.Parallel()
			var taxes []tax
			for part := range strings.SplitSeq(v["taxes"], ";") {
				p := strings.Split(part, ":")
				taxes = append(taxes, tax{kind: p[0], rate: parse(t, p[2]), amount: parse(t, p[3])})
			}
			got := line(parse(t, v["quantity"]), parse(t, v["unit_price"]), sumOf(t, v["commercial_discounts"]), sumOf(t, v["item_discounts"]),
				parse(t, v["value_difference"]), taxes)
			tolerance := parse(t, v["tolerance"])
			same := func(what string, got dec, want string) {
				if !near(got, parse(t, want), tolerance) {
					t.Errorf("%s is %s, want %s", what, got, want)
				}
			}
			same("totalSale", got.totalSale, v["total_sale"])
			same("netSale", got.netSale, v["net_sale"])
			same("total", got.total, v["total"])
			for part := range strings.SplitSeq(v["tax_amounts"], ";") {
				kind, amount, _ := strings.Cut(part, "=")
				same(kind, got.taxes[kind], amount)
			}
		})
	}
}

func parse(t testing.TB, text string) dec {
	t.Helper()
	if text == "" {
		return zero
	}
	d, err := udecimal.Parse(text)
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return d
}

func sumOf(t *testing.T, list string) dec {
	var sum dec
	for part := range strings.SplitSeq(list, ";") {
		sum = sum.Add(parse(t, part))
	}
	return sum
}
