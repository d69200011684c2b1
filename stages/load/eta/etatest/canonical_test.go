package etatest

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const vectorFolder = "testdata/vectors"

func readVectors(t *testing.T, folder, name string) []row {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(readFile(t, filepath.Join(folder, name)))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []row
	for _, line := range lines[1:] {
		r := row{}
		for i, column := range lines[0] {
			r[column] = line[i]
		}
		rows = append(rows, r)
	}
	return rows
}

func readFile(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestCanonical_Vectors(t *testing.T) {
	t.Parallel()
	testVectors(t, vectorFolder)
}

// The copies in testdata are what runs everywhere; where the reference stands beside the project, it is run as well.
func TestCanonical_ReferenceVectors(t *testing.T) {
	t.Parallel()
	testVectors(t, referenceFolder(t))
}

func referenceFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		samples := filepath.Join(folder, "shared", "reference", "eta", "samples")
		if _, err := os.Stat(samples); err == nil {
			return samples
		}
		if folder == filepath.Dir(folder) {
			t.Skip("shared/reference/eta/samples is not above this package; testdata/vectors has a copy")
		}
		folder = filepath.Dir(folder)
	}
}

func testVectors(t *testing.T, folder string) {
	rows := readVectors(t, folder, "vectors.csv")
	if len(rows) < 18 {
		t.Fatalf("only %d vectors", len(rows))
	}
	for _, vector := range rows {
		t.Run(vector["name"], func(t *testing.T) {
			base := filepath.Join(folder, vector["name"])
			tree, err := parseTree(readFile(t, base+".json"))
			if err != nil {
				t.Fatal(err)
			}
			text := canonical(tree)
			if vector["kind"] == "receipt" {
				text = canonical(withoutUUID(tree))
			}
			if want := string(readFile(t, base+".canonical.txt")); text != want {
				t.Errorf("canonical text:\n got %s\nwant %s", text, want)
			}
			if want := strings.TrimSpace(string(readFile(t, base+".uuid"))); hashText(text) != want {
				t.Errorf("uuid:\n got %s\nwant %s", hashText(text), want)
			}
			if vector["kind"] == "batch" {
				testBatch(t, tree, strings.Fields(string(readFile(t, base+".receipts.txt"))))
			}
		})
	}
}

func testBatch(t *testing.T, batch *node, want []string) {
	t.Helper()
	for i, receipt := range batch.list("receipts") {
		if got := receiptUUID(receipt); got != want[i] || got != receipt.str("header", "uuid") {
			t.Errorf("receipt %d: got %s, want %s", i, got, want[i])
		}
	}
}

func TestCanonical_EscapesNoMoreThanItMust(t *testing.T) {
	t.Parallel()
	tree, err := parseTree([]byte(`{"a":"\u0041\/<>&\u2028\u00e9\t\u0001\"\\","n":[1.50,-0,{}],"o":{}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := "\"A\"\"A/<>&\u2028é\\t\\u0001\\\"\\\\\"\"N\"\"N\"\"1.50\"\"N\"\"-0\"\"N\"\"O\""
	if got := canonical(tree); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestParseTree_Refuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `{`, `{"a":1,"a":2}`, `{"a":01}`, "{\"a\":\"\xff\"}", `{"a":1} x`, `{"a":NaN}`} {
		if _, err := parseTree([]byte(text)); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
