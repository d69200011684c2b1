package main

import (
	"cmp"
	"errors"
	"io/fs"
	"os"

	"wasl/pipeline"
	"wasl/stages/load/erp"
)

// openCustomers opens the ERP's import folder for customers.
func openCustomers(c *Config, tables pipeline.Table) (door, []pipeline.Finding, error) {
	var config erp.Config
	if c.ERP != nil {
		config = *c.ERP
	}
	text, file, err := layoutOf(c, config.Customers, erp.DefaultCustomers)
	if err != nil {
		return door{}, nil, err
	}
	sink, findings, err := erp.NewCustomers(config, text, file, folderDeps(c, tables))
	if err != nil || len(findings) > 0 {
		return door{}, findings, err
	}
	return door{section: "erp", off: c.ERP == nil, lane: sink.Lane(), sink: sink, kinds: sink.Kinds(), batch: 100}, nil, nil
}

// openHistory opens it for the purchase histories of customers.
func openHistory(c *Config, tables pipeline.Table) (door, []pipeline.Finding, error) {
	var config erp.Config
	if c.ERP != nil {
		config = *c.ERP
	}
	text, file, err := layoutOf(c, config.History, erp.DefaultHistory)
	if err != nil {
		return door{}, nil, err
	}
	sink, findings, err := erp.NewHistory(config, text, file, folderDeps(c, tables))
	if err != nil || len(findings) > 0 {
		return door{}, findings, err
	}
	return door{section: "erp", off: c.ERP == nil, lane: sink.Lane(), sink: sink, kinds: sink.Kinds(), batch: 1000}, nil, nil
}

// layoutOf reads the layout that a setting names, or else the one that is usual. A folder
// that was made before there was one has none, and files have all words for columns.
func layoutOf(c *Config, named, usual string) (text []byte, file string, err error) {
	if c.ERP == nil {
		return nil, "", nil
	}
	file = c.path(cmp.Or(named, usual))
	text, err = os.ReadFile(file)
	switch {
	case named == "" && errors.Is(err, fs.ErrNotExist):
		return nil, "", nil
	case err != nil:
		return nil, "", usage{&pipeline.Trouble{Rule: "erp.layout", With: map[string]string{"file": file}, Err: err}}
	}
	return text, file, nil
}
