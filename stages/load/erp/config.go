package erp

import (
	"path/filepath"
	"strings"

	"wasl/pipeline"
)

// Where the ERP reads and how it wants to be written to, when wasl.yaml does
// not say.
const (
	DefaultFolder = "erp-import"
	DefaultLayout = "mappings/erp/sales-csv.yaml"
)

// Config is the section erp of wasl.yaml. Paths are relative to wasl.yaml.
type Config struct {
	Folder  string   `yaml:"folder"`  // where the ERP looks for files to import
	Layout  string   `yaml:"layout"`  // how they look: one file of mappings/erp
	Archive []string `yaml:"archive"` // folders where the ERP puts what it has imported; Ask looks there too
	Shop    string   `yaml:"-"`       // begins the documents' keys where several shops share a ledger
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
	if c.Layout != "" && !strings.HasSuffix(c.Layout, ".yaml") && !strings.HasSuffix(c.Layout, ".yml") {
		wrong("layout", "erp.notlayout", map[string]string{"given": c.Layout})
	}
	for _, a := range c.Archive {
		if a == "" || c.Folder != "" && filepath.Clean(a) == filepath.Clean(c.Folder) {
			wrong("archive", "erp.archive", map[string]string{"given": a})
		}
	}
	return found
}

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
	return c
}
