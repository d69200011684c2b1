package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wasl/pipeline"
	"wasl/stages/extract"
	"wasl/stages/transform"
)

// A flowFile is a mapping and the flow that it makes.
type flowFile struct {
	file    string
	mapping *transform.Mapping
	flow    pipeline.Flow
	off     bool   // its sink is
	section string // of wasl.yaml, that would switch it on
}

// mappingFiles are the mappings of a folder, by name; none when it does not
// exist. Hidden files are leavings of editors and systems. Not by Glob: the
// folder's own path may hold [ or *.
func mappingFiles(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); !e.IsDir() && e.Name() != dictionaryName && !strings.HasPrefix(e.Name(), ".") && (ext == ".yaml" || ext == ".yml") {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	return names, nil
}

// readMappings reads the flows of the mappings folder against the kinds of the
// sinks. Findings are all that is wrong with them; examples are not run here.
func readMappings(c *Config, all []door, tables *lookups) ([]flowFile, []pipeline.Finding, error) {
	dir := c.path(c.Mappings)
	names, err := mappingFiles(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("list mappings: %w", err)
	}
	if len(names) == 0 {
		return nil, nil, usage{&pipeline.Trouble{Rule: "flow.none", With: map[string]string{"dir": dir, "parent": c.dir}}}
	}
	deps := transformDeps(c, all, tables)
	var flows []flowFile
	words, findings, err := readDictionary(dir)
	if err != nil {
		return nil, nil, err
	}
	deps.Columns = words
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, fmt.Errorf("read mapping: %w", err)
		}
		mapping, found := transform.Parse(name, text, deps)
		findings = append(findings, found...)
		if len(found) > 0 || mapping == nil {
			continue
		}
		if i := slices.IndexFunc(flows, func(f flowFile) bool { return f.mapping.Flow == mapping.Flow }); i >= 0 {
			findings = append(findings, pipeline.Finding{File: name, Line: 1, Col: 1, Rule: "flow.twice",
				With: map[string]string{"flow": mapping.Flow, "other": flows[i].file}})
			continue
		}
		flows = append(flows, newFlow(name, mapping, all))
	}
	return flows, findings, nil
}

// dictionaryName is the file beside the mappings that holds what our words are
// called in exports.
const dictionaryName = "dictionary.yaml"

// readDictionary reads the dictionary of headers; a folder may have none.
func readDictionary(dir string) (map[string][]string, []pipeline.Finding, error) {
	name := filepath.Join(dir, dictionaryName)
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read dictionary: %w", err)
	}
	words, findings := transform.ParseDictionary(name, text)
	return words, findings, nil
}

func transformDeps(c *Config, all []door, tables *lookups) transform.Deps {
	deps := transform.Deps{Kinds: map[string]pipeline.Kind{}, Maps: map[string]map[string]string{},
		Lookup: tables.row, Find: tables.find, Near: tables.near, Zone: c.zone, Lang: c.Language}
	for _, d := range all {
		for _, k := range d.kinds {
			deps.Kinds[k.Name] = k
		}
	}
	deps.Maps["shopify.locations"] = map[string]string{}
	if c.Shopify != nil && c.Shopify.Locations != nil {
		deps.Maps["shopify.locations"] = c.Shopify.Locations
	}
	return deps
}

// newFlow puts a flow together: what extract reads, transform maps and the kind's
// sink sends.
func newFlow(file string, m *transform.Mapping, all []door) flowFile {
	to, kind := doorOf(all, m.To)
	if kind.Bind != nil {
		bound := kind.Bind(m.Settings)
		bound.Bind = nil
		kind = bound
	}
	options := extract.Options{Format: m.Format, Sheet: m.Sheet, Header: m.Header, HeaderTall: m.HeaderTall, NoHeader: m.NoHeader,
		End: m.End, Totals: m.Totals, Hidden: m.Hidden, CodePage: m.CodePage, Delimiter: m.Delimiter, MaxUnpacked: int64(m.Unpacked) << 20}
	for _, col := range m.Columns() {
		options.Columns = append(options.Columns, extract.Column(col))
	}
	var needs []string
	for _, name := range m.Tables() {
		needs = append(needs, "table/"+name)
	}
	for _, name := range kind.Tables {
		if lane := "table/" + name; !slices.Contains(needs, lane) {
			needs = append(needs, lane)
		}
	}
	if kind.Settled {
		needs = append(needs, to.lane)
	}
	if matches(kind) {
		needs = append(needs, matchLane)
	}
	return flowFile{file: file, mapping: m, off: to.off, section: to.section, flow: pipeline.Flow{
		Name: m.Flow, Files: m.Files,
		Takes: func(d pipeline.Drop, r io.ReaderAt) bool {
			return takesBack(m.Flow, d, r, func() bool { return m.Match(d.Name) && options.Takes(d, r) })
		},
		Extract: func(ctx context.Context, d pipeline.Drop, r io.ReaderAt) (*pipeline.Reading, iter.Seq2[pipeline.Row, error]) {
			if kept, ok := r.(pipeline.File); ok { // something was taken out of it since it came
				d.Size = kept.Size()
			}
			read, rows := options.Extract(ctx, d, r)
			return read, m.Rows(read, rows)
		},
		Map: m.Map, Skip: m.Skip, Outside: m.Outside,
		Columns: m.Asked(), Contract: m.Contract, Expect: m.Expect,
		Kind: kind, Settings: m.Settings, Gate: m.Gate,
		Sink: to.sink, Lane: to.lane, Lanes: to.lanes, Closed: to.closed, Needs: needs, Batch: cmp.Or(kind.Batch, to.batch), Bytes: to.bytes,
	}}
}

func doorOf(all []door, kind string) (door, pipeline.Kind) {
	for _, d := range all {
		for _, k := range d.kinds {
			if k.Name == kind {
				return d, k
			}
		}
	}
	return door{off: true}, pipeline.Kind{}
}

// noTables are the reference tables of a check: nothing is in them.
type noTables struct{}

func (noTables) Put(context.Context, string, []pipeline.TableRow) error { return nil }

func (noTables) PutAll(context.Context, map[string][]pipeline.TableRow) error { return nil }

func (noTables) Marked(context.Context, string, string, bool) iter.Seq2[pipeline.TableRow, error] {
	return func(func(pipeline.TableRow, error) bool) {}
}

func (noTables) Row(context.Context, string, string) (pipeline.TableRow, error) {
	return pipeline.TableRow{}, pipeline.ErrNotFound
}

func (noTables) Rows(context.Context, string) iter.Seq2[pipeline.TableRow, error] {
	return func(func(pipeline.TableRow, error) bool) {}
}

// patternsOf are the names of files that the flows take which are on, for a file
// that none does: stock*, *.csv [shopify.orders]. The format is told where a name
// alone is not enough.
func patternsOf(flows []flowFile) string {
	var out []string
	for _, f := range flows {
		for _, p := range f.flow.Files {
			if f.mapping.Format != extract.FormatTable {
				p += " [" + f.mapping.Format + "]"
			}
			if !f.off && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return strings.Join(out, ", ")
}
