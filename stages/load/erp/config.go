package erp

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// Where the ERP reads and how it wants to be written to, when wasl.yaml does
// not say.
const (
	DefaultFolder = "erp-import"
	DefaultLayout = "mappings/erp/sales-csv.yaml"

	DefaultCustomers = "mappings/erp/customers-csv.yaml"
	DefaultHistory   = "mappings/erp/history-csv.yaml"

	defaultBooked, defaultRefused = ".done", ".err"
	defaultWarn, defaultAsk       = 24 * time.Hour, 15 * time.Minute
)

// Config is the section erp of wasl.yaml. Paths are relative to wasl.yaml.
type Config struct {
	Folder    string   `yaml:"folder"`    // where the ERP looks for files to import
	Layout    string   `yaml:"layout"`    // how they look: one file of mappings/erp
	Payments  string   `yaml:"payments"`  // how files of payments look: likewise; "": payments are not written
	Customers string   `yaml:"customers"` // how files of customers look
	History   string   `yaml:"history"`   // and of their purchase histories
	Archive   []string `yaml:"archive"`   // folders where the ERP puts what it has imported; Ask looks there too

	// How the ERP says what it made of a file. Without it, written is delivered.
	Confirm   string        `yaml:"confirm"`        // none, file (it is renamed), gone (it is taken away), ack (files that come in by the inbox)
	Booked    string        `yaml:"booked_ending"`  // of a renamed file that was booked: .done
	Refused   string        `yaml:"refused_ending"` // of one that was refused, or of the ERP's words about it: .err
	WarnAfter time.Duration `yaml:"warn_after"`     // wasl status tells of documents that are unconfirmed for longer
	AskEvery  time.Duration `yaml:"ask_every"`      // how often the folder is looked into for answers

	Shop string `yaml:"-"` // begins the documents' keys where several shops share a ledger
}

// Validate finds what is wrong with the settings, each with its path in the
// section.
func (c Config) Validate() []pipeline.Finding {
	var found []pipeline.Finding
	wrong := func(path string, rule pipeline.Rule, with map[string]string) {
		found = append(found, pipeline.Finding{Path: path, Rule: rule, With: with})
	}
	if c.Folder != "" && filepath.Clean(c.Folder) == "." {
		wrong("folder", "erp.own", map[string]string{"given": c.Folder})
	}
	for path, file := range map[string]string{"layout": c.Layout, "payments": c.Payments, "customers": c.Customers, "history": c.History} {
		if file != "" && !strings.HasSuffix(file, ".yaml") && !strings.HasSuffix(file, ".yml") {
			wrong(path, "erp.notlayout", map[string]string{"given": file})
		}
	}
	for _, a := range c.Archive {
		if a == "" || c.Folder != "" && filepath.Clean(a) == filepath.Clean(c.Folder) {
			wrong("archive", "erp.archive", map[string]string{"given": a})
		}
	}
	if c.Confirm != "" && !slices.Contains(confirms, c.Confirm) {
		wrong("confirm", "config.choice", map[string]string{"given": c.Confirm, "known": strings.Join(confirms, ", ")})
	}
	for path, ending := range map[string]string{"booked_ending": c.Booked, "refused_ending": c.Refused} {
		if ending != "" && (!strings.HasPrefix(ending, ".") || strings.ContainsAny(ending, `/\`)) {
			wrong(path, "inbox.ending", map[string]string{"field": "erp." + path, "given": ending})
		}
	}
	for path, d := range map[string]time.Duration{"warn_after": c.WarnAfter, "ask_every": c.AskEvery} {
		if d < 0 {
			wrong(path, "config.duration", map[string]string{"given": d.String()})
		}
	}
	slices.SortStableFunc(found, func(a, b pipeline.Finding) int { return cmp.Compare(rank(a.Path), rank(b.Path)) })
	return found
}

// rank keeps findings in the order in which settings are usually written.
func rank(path string) int {
	return slices.Index([]string{"folder", "layout", "payments", "customers", "history", "archive", "confirm", "booked_ending", "refused_ending", "warn_after", "ask_every"}, path)
}

// The ways in which the ERP may confirm.
const (
	confirmNone = "none"
	confirmFile = "file"
	confirmGone = "gone"
	confirmAck  = "ack"
)

var confirms = []string{confirmNone, confirmFile, confirmGone, confirmAck}

// ofShop is a key or a number where several shops share a ledger: the shop stands before it.
func (c Config) ofShop(name string) string {
	if c.Shop == "" {
		return name
	}
	return c.Shop + "/" + name
}

// Confirms tells whether written documents wait for the ERP's answer.
func (c Config) Confirms() bool { return c.Confirm != "" && c.Confirm != confirmNone }

// Warn is after what time an unconfirmed document is worth a word.
func (c Config) Warn() time.Duration { return cmp.Or(c.WarnAfter, defaultWarn) }

// in puts the paths that are not absolute under the folder of wasl.yaml. The
// folder of wasl.yaml itself is what an empty setting becomes on that way.
func (c Config) in(dir string) Config {
	under := func(p string) string {
		if filepath.IsAbs(p) {
			return filepath.Clean(p)
		}
		return filepath.Join(dir, p)
	}
	if c.Folder = under(c.Folder); c.Folder == filepath.Clean(dir) {
		c.Folder = under(DefaultFolder)
	}
	archive := make([]string, len(c.Archive))
	for i, a := range c.Archive {
		archive[i] = under(a)
	}
	c.Archive = archive
	c.Booked, c.Refused, c.AskEvery = cmp.Or(c.Booked, defaultBooked), cmp.Or(c.Refused, defaultRefused), cmp.Or(c.AskEvery, defaultAsk)
	return c
}
