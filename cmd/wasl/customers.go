package main

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/erp"
)

// openCustomers opens the ERP's import folder for customers and their purchase
// histories. They leave by the lane of sales documents, so that one answer of the ERP
// has all of them asked about.
func openCustomers(c *Config, tables pipeline.Table) ([]door, []pipeline.Finding, error) {
	var config erp.Config
	if c.ERP != nil {
		config = *c.ERP
	}
	deps := erp.Deps{Now: time.Now, Dir: c.dir, Zone: c.zone, State: c.path(c.State), Table: tables}
	text, file, err := layoutOf(c, config.Customers, erp.DefaultCustomers)
	if err != nil {
		return nil, nil, err
	}
	people, findings, err := erp.NewCustomers(config, text, file, deps)
	if err != nil || len(findings) > 0 {
		return nil, findings, err
	}
	if text, file, err = layoutOf(c, config.History, erp.DefaultHistory); err != nil {
		return nil, nil, err
	}
	history, findings, err := erp.NewHistory(config, text, file, deps)
	if err != nil || len(findings) > 0 {
		return nil, findings, err
	}
	off := c.ERP == nil
	return []door{
		{section: "erp", off: off, lane: people.Lane(), sink: people, kinds: people.Kinds(), batch: 100},
		{section: "erp", off: off, lane: history.Lane(), sink: history, kinds: history.Kinds(), batch: 1000},
	}, nil, nil
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
