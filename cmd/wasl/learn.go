package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"wasl/mappings"
	"wasl/pipeline"
	"wasl/stages/extract"
	"wasl/stages/transform"
)

// learnRows is how many rows of a file are looked at.
const learnRows = 500

func (a *app) learnCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "learn FILE",
		Short: "Write a mapping for a file, with every guess and its score",
		Long: `learn looks at a file and writes a commented mapping for the flow that fits best:
which column probably feeds which field, how sure that is, and what it saw. It is
written to the terminal, or with -o into a file that is not there yet. Look it
through before you use it; wasl check FILE shows what it makes of the file.`,
		Example: "  wasl learn exports/stock.csv -o mappings/stock.yaml",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			text, err := a.learn(cmd.Context(), c, args[0])
			if err != nil {
				return err
			}
			return a.learned(text, out)
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "the file to write; it must not be there yet")
	return cmd
}

// learned prints a mapping, or writes it into a new file.
func (a *app) learned(text, out string) error {
	if out == "" {
		fmt.Fprint(a.out, text)
		return nil
	}
	file, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return usage{&pipeline.Trouble{Rule: "usage.new", With: map[string]string{"file": out}, Err: err}}
	}
	_, err = io.WriteString(file, text)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", out, err)
	}
	a.made("init.made", out)
	return nil
}

// learn writes the mapping of a file.
func (a *app) learn(ctx context.Context, c *Config, path string) (string, error) {
	all, findings, err := doors(c, noTables{}, func(pipeline.Event) {})
	if err == nil && len(findings) > 0 {
		a.findings(findings)
		err = printed{exitUsage}
	}
	if err != nil {
		return "", err
	}
	words, findings, err := dictionaryOf(c)
	if err == nil && len(findings) > 0 {
		a.findings(findings)
		err = printed{exitUsage}
	}
	if err != nil {
		return "", err
	}
	file, drop, err := openToTry(c, path)
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }() // it was only read
	if extract.IsOrders(drop, file) {
		return ordersMapping(drop.Name)
	}
	sample, err := sampleOf(ctx, drop, file, words)
	if refused, ok := errors.AsType[*pipeline.Refused](err); ok {
		a.problems(refused.Problems, 10)
		return "", printed{exitAside}
	}
	if err != nil {
		return "", err
	}
	sample.Lang = a.language()
	kinds := map[string]pipeline.Kind{}
	for _, d := range all {
		for _, k := range d.kinds {
			kinds[k.Name] = k
		}
	}
	fits := transform.Fits(sample, kinds, words)
	if len(fits) == 0 || len(fits[0].Guesses) == 0 {
		a.fail(&pipeline.Trouble{Rule: "learn.nothing", With: map[string]string{"columns": strings.Join(sample.Header, ", ")}})
		return "", printed{exitCouldNot}
	}
	var locations map[string]string
	if c.Shopify != nil {
		locations = c.Shopify.Locations
	}
	return transform.Learn(sample, fits, flowName(drop.Name), []string{filePattern(drop.Name)}, locations), nil
}

// dictionaryOf is the dictionary beside the mappings, or the shipped one.
func dictionaryOf(c *Config) (map[string][]string, []pipeline.Finding, error) {
	words, findings, err := readDictionary(c.path(c.Mappings))
	if err == nil && len(words) == 0 && len(findings) == 0 {
		var text []byte
		if text, err = fs.ReadFile(mappings.Files, dictionaryName); err == nil {
			words, findings = transform.ParseDictionary(dictionaryName, text)
		}
	}
	return words, findings, err
}

// sampleOf reads the beginning of a file: the header is the row that holds most
// names of the dictionary. Names that two columns bear are not asked for: extract
// would not know which is meant.
func sampleOf(ctx context.Context, drop pipeline.Drop, file io.ReaderAt, words map[string][]string) (transform.Sample, error) {
	twice := map[string]bool{}
	header := 0
	for {
		s, err := sampleBut(ctx, drop, file, words, twice, header)
		refused, ok := errors.AsType[*pipeline.Refused](err)
		if !ok {
			return s, err
		}
		before := len(twice)
		for _, p := range refused.Problems {
			if p.Rule == "column.twice" {
				twice[pipeline.Fold(p.Column)], header = true, p.Row // the header was found there
			}
		}
		if len(twice) == before {
			return s, err
		}
	}
}

func sampleBut(ctx context.Context, drop pipeline.Drop, file io.ReaderAt, words map[string][]string, twice map[string]bool, header int) (transform.Sample, error) {
	options := extract.Options{Header: header}
	for word, names := range words {
		names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return twice[pipeline.Fold(name)] })
		if len(names) > 0 {
			options.Columns = append(options.Columns, extract.Column{Names: names, Type: wordType(word), Pinned: true})
		}
	}
	s := transform.Sample{Name: drop.Name}
	reading, rows := options.Extract(ctx, drop, file)
	for row, err := range rows {
		if err != nil {
			return s, err
		}
		row.Cells = slices.Clone(row.Cells)
		s.Header, s.Rows = row.Header, append(s.Rows, row)
		if len(s.Rows) == learnRows {
			break
		}
	}
	s.Reading = *reading
	return s, nil
}

// wordType is what the cells of a word of the dictionary are, as far as it
// matters to how they are read.
func wordType(word string) pipeline.Type {
	kind, _, _ := strings.Cut(word, ".")
	switch kind {
	case "quantity":
		return pipeline.Quantity
	case "price", "amount", "discount":
		return pipeline.Amount
	case "date", "expiry":
		return pipeline.Date
	}
	return pipeline.Text
}

// ordersMapping is the shipped mapping of Shopify's order exports: their columns
// are known.
func ordersMapping(name string) (string, error) {
	text, err := fs.ReadFile(mappings.Files, "shopify-orders-to-erp.yaml")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("# %s is an order export of Shopify; its columns are known, and this mapping is shipped.\n", filepath.Base(name)) + string(text), nil
}

var digits = regexp.MustCompile(`[0-9٠-٩۰-۹]+([-_. ][0-9٠-٩۰-۹]+)*`)

// filePattern is a file's name with * for its numbers: stock_2026-11-24.csv is
// stock_*.csv.
func filePattern(name string) string {
	escaped := regexp.MustCompile(`[\[\]\\*?]`).ReplaceAllString(name, "?")
	return digits.ReplaceAllString(escaped, "*")
}

// flowName is a name for the flow of a file: letters and digits of its name.
func flowName(name string) string {
	base := strings.TrimSuffix(name, filepath.Ext(name))
	base = digits.ReplaceAllString(base, "")
	base = strings.Trim(regexp.MustCompile(`[^\pL\pN]+`).ReplaceAllString(strings.ToLower(base), "-"), "-")
	if base == "" {
		base = "file"
	}
	return "learned-" + base
}
