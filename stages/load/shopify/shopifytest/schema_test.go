package shopifytest

import (
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

func TestPrunedSchema_EveryOperationFits(t *testing.T) {
	t.Parallel()
	operation(t, "shop_info") // skips without the reference
	paths, err := filepath.Glob(filepath.Join(sharedOperations, "*.graphql"))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) < 90 {
		t.Errorf("got %d operations, want 90 or more", len(paths))
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, errs := gqlparser.LoadQueryWithRules(loadedSchema(), string(text), nil); len(errs) > 0 {
			t.Errorf("%s: %v", filepath.Base(path), errs)
		}
	}
}

func TestPrunedSchema_IsWhatThePrunerWrites(t *testing.T) {
	t.Parallel()
	schema := filepath.Join(filepath.Dir(sharedOperations), "admin_2026-10.graphql.gz")
	if _, err := os.Stat(schema); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the reference texts are not beside the project: %v", err)
	}
	out := filepath.Join(t.TempDir(), "pruned.graphql")
	cmd := exec.CommandContext(t.Context(), "go", "run", "./prune", "-schema", schema, "-operations", sharedOperations, "-out", out)
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("prune: %v\n%s", err, text)
	}
	got, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != prunedSchema {
		t.Errorf("pruning again gives other bytes (%d, committed %d); run go run ./stages/load/shopify/shopifytest/prune", len(got), len(prunedSchema))
	}
	if len(got) > 500_000 {
		t.Errorf("the pruned schema has %d bytes, more than 500 KB", len(got))
	}
}

// Wrong variants get the codes of the reference, and the same verdict as with the full schema.
func TestValidation_Codes(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	cases := []struct{ name, doc, code, message string }{
		{"field", `query Q { shop { nonsense } }`, "undefinedField", "Field 'nonsense' doesn't exist on type 'Shop'"},
		{"root field", `{ nonsense }`, "undefinedField", "Field 'nonsense' doesn't exist on type 'QueryRoot'"},
		{"argument", `{ locations(first: 1, what: 2) { nodes { id } } }`, "argumentNotAccepted", "Field 'locations' doesn't accept argument 'what'"},
		{"missing argument", `{ product { id } }`, "missingRequiredArguments", "Field 'product' is missing required arguments: id"},
		{"missing selection", `{ shop }`, "selectionMismatch", "Field must have selections (field 'shop' returns Shop! but has no selections. Did you mean 'shop { ... }'?)"},
		{"missing in input", `mutation { inventorySetQuantities(input: {name: "available", quantities: []}) { userErrors { code } } }`,
			"missingRequiredInputObjectAttribute", "Argument 'reason' on InputObject 'InventorySetQuantitiesInput' is required. Expected type String!"},
		{"enum", `{ locations(first: 1, sortKey: SIZE) { nodes { id } } }`, "argumentLiteralsIncompatible", ""},
		{"literal", `{ locations(first: "1") { nodes { id } } }`, "argumentLiteralsIncompatible", ""},
		{"unused variable", `query Q($a: Int) { shop { id } }`, "variableNotUsed", "Variable $a is declared by Q but not used"},
		{"undeclared variable", `query Q { locations(first: $n) { nodes { id } } }`, "variableNotDefined", "Variable $n is used by Q but not declared"},
		{"variable of another type", `query Q($n: String!) { locations(first: $n) { nodes { id } } }`, "variableMismatch", ""},
		{"directive", `{ shop @nonsense { id } }`, "undefinedDirective", "Directive @nonsense is not defined"},
		{"place of directive", `mutation @idempotent(key: "k") { tagsAdd(id: "gid://shopify/Product/1", tags: []) { userErrors { message } } }`, "directiveCannotBeApplied", ""},
		{"one of", `{ productByIdentifier(identifier: {id: "gid://shopify/Product/1", handle: "a"}) { id } }`, "invalidOneOfInputObject", ""},
		{"syntax", `{ shop { id }`, "PARSE_ERROR", ""},
		{"operation name", `query A { shop { id } } query B { shop { id } }`, "BAD_REQUEST", "An operation name is required"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := ask(t, s, c.doc, nil)
			if a.status != 200 || a.code() != c.code || a.Data != nil {
				t.Errorf("got %d %s, want 200 %s: %s", a.status, a.code(), c.code, a.raw)
			}
			if c.message != "" && a.Errors[0].Message != c.message {
				t.Errorf("got message %q, want %q", a.Errors[0].Message, c.message)
			}
		})
	}
}

func TestValidation_PathNamesTheOperation(t *testing.T) {
	t.Parallel()
	a := ask(t, start(t, Options{}), `query Info { shop { nonsense } }`, nil)
	if got := a.Errors[0].Path; len(got) != 3 || got[0] != "query Info" || got[1] != "shop" || got[2] != "nonsense" {
		t.Errorf("got path %v", got)
	}
}

func TestVariables_Problems(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	good := row{"inventoryItemId": "gid://shopify/InventoryItem/1", "locationId": "gid://shopify/Location/1", "quantity": 1, "changeFromQuantity": nil}
	with := func(key string, value any) row {
		out := row{}
		for k, v := range good {
			out[k] = v
		}
		out[key] = value
		return out
	}
	cases := []struct {
		name    string
		input   any
		message string
	}{
		{"null", nil, "Variable $input of type InventorySetQuantitiesInput! was provided invalid value"},
		{"text for Int", setInput(with("quantity", "5")), `for quantities.0.quantity (Could not coerce value "5" to Int)`},
		{"too large for Int", setInput(with("quantity", 3_000_000_000)), "to Int)"},
		{"fraction for Int", setInput(with("quantity", 1.5)), "(Could not coerce value 1.5 to Int)"},
		{"no gid", setInput(with("locationId", "5")), "for quantities.0.locationId (Invalid global id '5')"},
		{"field gone in 2026-04", setInput(with("compareQuantity", 1)), "for quantities.0.compareQuantity (Field is not defined on InventoryQuantityInput)"},
		{"missing", map[string]any{"name": "available", "quantities": []any{}}, "for reason (Expected value to not be null)"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			a := ask(t, s, setDocument, map[string]any{"input": c.input, "key": "k"})
			if a.code() != "INVALID_VARIABLE" || !strings.Contains(a.Errors[0].Message, c.message) || a.Errors[0].Extensions["problems"] == nil {
				t.Errorf("got %s", a.raw)
			}
		})
	}
	a := ask(t, s, `query Q($key: LocationSortKeys!) { locations(first: 1, sortKey: $key) { nodes { id } } }`, map[string]any{"key": "id"})
	if a.code() != "INVALID_VARIABLE" || !strings.Contains(a.raw, `Expected \"id\" to be one of: ID, NAME`) {
		t.Errorf("enum in small letters: %s", a.raw)
	}
}

// The full schema and the pruned one must agree on wrong variants of every operation: each field misspelt, each
// argument list left out.
func TestPrunedSchema_SameVerdictOnWrongVariants(t *testing.T) {
	t.Parallel()
	operation(t, "shop_info") // skips without the reference
	full := fullSchema(t)
	paths, err := filepath.Glob(filepath.Join(sharedOperations, "*.graphql"))
	if err != nil {
		t.Fatal(err)
	}
	word := regexp.MustCompile(`\b[a-z][A-Za-z0-9]*\b`)
	brackets := regexp.MustCompile(`\([^()]*\)`)
	variants := 0
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text := string(raw)
		var wrong []string
		for i, at := range word.FindAllStringIndex(text, -1) {
			if i%7 == 0 { // a sample, the same every time
				wrong = append(wrong, text[:at[1]]+"X"+text[at[1]:])
			}
		}
		for _, at := range brackets.FindAllStringIndex(text, -1) {
			wrong = append(wrong, text[:at[0]]+text[at[1]:])
		}
		for _, doc := range wrong {
			variants++
			_, inFull := gqlparser.LoadQueryWithRules(full, doc, nil)
			_, inPruned := gqlparser.LoadQueryWithRules(loadedSchema(), doc, nil)
			if (len(inFull) == 0) != (len(inPruned) == 0) {
				t.Errorf("%s: full %v, pruned %v\n%s", filepath.Base(path), inFull, inPruned, doc)
			}
		}
	}
	t.Logf("%d wrong variants", variants)
}

func fullSchema(t *testing.T) *ast.Schema {
	t.Helper()
	f, err := os.Open(filepath.Join(filepath.Dir(sharedOperations), "admin_2026-10.graphql.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "full", Input: string(raw)})
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
