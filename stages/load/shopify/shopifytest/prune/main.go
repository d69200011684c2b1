// Command prune cuts Shopify's Admin schema down to what the stand-in needs.
//
// In: the full schema (3.7 MB) and the operation documents that wasl may send. Out: a schema that gives the same verdict
// on these operations and on their wrong variants. It is run by hand when either of the two changes:
//
//	go run ./stages/load/shopify/shopifytest/prune
//
// The result is sorted and without descriptions, so that the same input gives the same bytes.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
)

func main() {
	var schemaPath, operationsDir, outPath string
	flag.StringVar(&schemaPath, "schema", "../shared/reference/shopify/admin_2026-10.graphql.gz", "full schema, gzipped or not")
	flag.StringVar(&operationsDir, "operations", "../shared/reference/shopify/operations", "folder of *.graphql documents")
	flag.StringVar(&outPath, "out", "stages/load/shopify/shopifytest/admin_2026-10.pruned.graphql", "where the pruned schema goes")
	flag.Parse()
	if err := run(schemaPath, operationsDir, outPath); err != nil {
		fmt.Fprintln(os.Stderr, "prune:", err)
		os.Exit(1)
	}
}

func run(schemaPath, operationsDir, outPath string) error {
	schema, err := loadSchema(schemaPath)
	if err != nil {
		return err
	}
	k := newKeeper(schema)
	if err := keepOperations(k, operationsDir); err != nil {
		return err
	}
	k.keepExtras()
	if err := keepExtraDocuments(k); err != nil {
		return err
	}
	k.close()
	text, err := render(k.pruned())
	if err != nil {
		return err
	}
	return os.WriteFile(outPath, text, 0o644)
}

func loadSchema(path string) (*ast.Schema, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(path, ".gz") {
		unzipped, err := gzip.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, fmt.Errorf("unzip %s: %w", path, err)
		}
		if raw, err = io.ReadAll(unzipped); err != nil {
			return nil, fmt.Errorf("unzip %s: %w", path, err)
		}
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: path, Input: string(raw)})
	if err != nil {
		return nil, fmt.Errorf("load schema %s: %w", path, err)
	}
	return schema, nil
}

func keepOperations(k *keeper, dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.graphql"))
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		return fmt.Errorf("no *.graphql documents in %s", dir)
	}
	slices.Sort(paths)
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		doc, errs := gqlparser.LoadQueryWithRules(k.full, string(text), nil)
		if len(errs) > 0 {
			return fmt.Errorf("%s does not validate against the full schema: %w", path, errs)
		}
		k.keepDocument(doc)
	}
	return nil
}

func keepExtraDocuments(k *keeper) error {
	for _, text := range extraDocuments {
		doc, errs := gqlparser.LoadQueryWithRules(k.full, text, nil)
		if len(errs) > 0 {
			return fmt.Errorf("an extra document does not validate against the full schema: %w", errs)
		}
		k.keepDocument(doc)
	}
	return nil
}

// render writes the schema and reads it back: what the stand-in cannot load must not be committed.
func render(schema *ast.Schema) ([]byte, error) {
	var buf bytes.Buffer
	formatter.NewFormatter(&buf, formatter.WithIndent(" "), formatter.WithoutDescription()).FormatSchema(schema)
	if _, err := gqlparser.LoadSchema(&ast.Source{Name: "pruned", Input: buf.String()}); err != nil {
		return nil, fmt.Errorf("the pruned schema does not load: %w", err)
	}
	return buf.Bytes(), nil
}
