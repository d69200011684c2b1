package law

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/agnivade/levenshtein"

	"wasl/pipeline"
)

// shippedFiles are the authority's tables as its SDK site served them (reference: eta/codes/README.md).
//
//go:embed codes/*.csv
var shippedFiles embed.FS

// Folder is the installation's folder of tables of its own, within the folder of wasl.yaml.
const Folder = "codes"

// A Book is all tables together. It does not change once it is opened, and may be used by many at once.
type Book struct {
	tables  map[string]*Table
	changes []string // days on which anything changes
}

// Shipped is the book that wasl comes with.
var Shipped = sync.OnceValue(func() *Book {
	b := &Book{tables: map[string]*Table{}}
	index, found := readIndex(shippedFiles, "codes", "")
	for _, name := range Names() {
		t, more := readTable(shippedFiles, "codes", "", name)
		found = append(found, more...)
		if t == nil {
			panic("law: no table " + name) // embedded
		}
		t.Dated, t.Source = index[name].dated, index[name].source
		b.tables[name] = t
	}
	if len(found) > 0 {
		panic("law: " + found[0].In("en")) // embedded
	}
	b.changes = b.changesOf()
	return b
})

// Open reads the tables of an installation over those that are shipped: a file NAME.csv in dir is read in place of the
// shipped table of that name, and tables.csv beside it says of which day it is and where it comes from. A folder that
// is not there is an empty one. Findings are all that is wrong with its files; then there is no book.
func Open(dir string) (*Book, []pipeline.Finding, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return Shipped(), nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read tables of the tax authority: %w", err)
	}
	b := &Book{tables: maps.Clone(Shipped().tables)}
	folder := os.DirFS(dir)
	index, found := readIndex(folder, ".", dir)
	for _, e := range entries {
		name, isTable := strings.CutSuffix(e.Name(), ".csv")
		if e.IsDir() || !isTable || name == indexName || strings.HasPrefix(name, "~$") {
			continue
		}
		file := filepath.Join(dir, e.Name())
		if formOf(name).code == nil {
			found = append(found, pipeline.Finding{File: file, Rule: "codes.file", With: map[string]string{"name": name, "near": nearest(name, allNames())}})
			continue
		}
		t, more := readTable(folder, ".", dir, name)
		found = append(found, more...)
		if t == nil {
			continue
		}
		t.File, t.Dated, t.Source = file, index[name].dated, index[name].source
		if t.Dated == "" {
			t.Dated, t.Source = age(file, e, Shipped().tables[name])
		}
		b.tables[name] = t
	}
	found = append(found, b.together()...)
	if len(found) > 0 {
		return nil, found, nil
	}
	b.changes = b.changesOf()
	return b, nil, nil
}

// age is the day of an own table that tables.csv does not name: that of the shipped one where it is a copy of it, else
// the day on which the file was last written.
func age(file string, e fs.DirEntry, shipped *Table) (dated, source string) {
	if own, err := os.ReadFile(file); err == nil && shipped != nil {
		if as, _ := File(shipped.Name); bytes.Equal(own, as) {
			return shipped.Dated, shipped.Source
		}
	}
	info, err := e.Info()
	if err != nil {
		return "", ""
	}
	return info.ModTime().Format(time.DateOnly), ""
}

// together is what only tables beside each other show: a subtype, or a rate, of a tax that is not there.
func (b *Book) together() []pipeline.Finding {
	var found []pipeline.Finding
	for _, name := range []string{"tax_subtypes", "tax_rates"} {
		t := b.tables[name]
		for _, r := range t.Rows {
			if tax := r.Cell("tax_type"); !b.Has("tax_types", tax, "") {
				found = append(found, t.finding(r, "codes.unknown", "code", tax, "table", "tax_types"))
			}
			if name == "tax_rates" && !b.Has("tax_subtypes", r.Code, "") {
				found = append(found, t.finding(r, "codes.unknown", "code", r.Code, "table", "tax_subtypes"))
			}
		}
	}
	return found
}

// Names are the names of all tables that are shipped, in order.
func Names() []string { return slices.Sorted(maps.Keys(forms)) }

func allNames() []string { return append(Names(), OwnNames()...) }

// Table is a table by its name; nil where there is none.
func (b *Book) Table(name string) *Table { return b.tables[name] }

// Tables are all tables, in order.
func (b *Book) Tables() []*Table {
	all := make([]*Table, 0, len(b.tables))
	for _, name := range allNames() {
		if t := b.tables[name]; t != nil {
			all = append(all, t)
		}
	}
	return all
}

// nearest is the known name that was probably meant.
func nearest(name string, known []string) string {
	return slices.MinFunc(known, func(a, b string) int {
		return levenshtein.ComputeDistance(name, a) - levenshtein.ComputeDistance(name, b)
	})
}

// File is a shipped table as it is written, to be changed by an installation.
func File(name string) ([]byte, error) {
	text, err := shippedFiles.ReadFile("codes/" + name + ".csv")
	if err != nil {
		return nil, fmt.Errorf("no table %s: %w", name, err)
	}
	return text, nil
}
