package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/inbox"
	"wasl/stages/load/courier"
	"wasl/stages/load/erp"
	"wasl/stages/load/eta"
	"wasl/stages/load/eta/law"
	"wasl/stages/load/shopify"
)

// configName is the settings' file, in the folder that wasl works in.
const configName = "wasl.yaml"

// Config is wasl.yaml: what belongs to the house, and each sink's own settings.
// A sink without a section is switched off, and with it the flows that lead to
// it.
type Config struct {
	Shop     shopConfig      `yaml:"shop"`
	Language string          `yaml:"language"`
	Mappings string          `yaml:"mappings"`
	State    string          `yaml:"state"`
	Secrets  string          `yaml:"secrets"`
	Reports  string          `yaml:"reports"`
	Patience time.Duration   `yaml:"patience"`
	Inbox    inbox.Config    `yaml:"inbox"`
	Vault    vaultConfig     `yaml:"vault"`
	Shopify  *shopify.Config `yaml:"shopify"`
	ERP      *erp.Config     `yaml:"erp"`
	Courier  *courier.Config `yaml:"courier"`
	ETA      *eta.Config     `yaml:"eta"`

	dir  string                      // the folder of wasl.yaml
	zone *time.Location              // of the shop
	at   map[string]pipeline.Finding // where each setting stands
}

// shopConfig is what all flows of a shop share.
type shopConfig struct {
	Name string `yaml:"name"`
	Zone string `yaml:"zone"` // IANA name: days are days of this zone
}

// readConfig reads the settings strictly, over defaults. Findings are all that
// is wrong with them; an error is a file that cannot be read.
func readConfig(dir string) (*Config, []pipeline.Finding, error) {
	return readSettings(dir, configName)
}

// readSettings is readConfig of a file of another name, such as the settings of a rehearsal.
func readSettings(dir, name string) (*Config, []pipeline.Finding, error) {
	path := filepath.Join(dir, name)
	text, err := os.ReadFile(path)
	if os.IsNotExist(err) && name == configName {
		return nil, nil, usage{&pipeline.Trouble{Rule: "config.none", With: map[string]string{"dir": dir}}}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read settings: %w", err)
	}
	c := &Config{
		Shop: shopConfig{Zone: "Africa/Cairo"}, Language: "en",
		Mappings: "mappings", State: "state", Secrets: "secrets", Reports: "reports", Patience: 10 * time.Minute,
		Inbox: inbox.Config{Path: "inbox"}, Vault: vaultConfig{Keep: keptDays},
		dir: dir,
	}
	findings, at := decodeStrict(path, text, c)
	c.at = at
	if len(findings) == 0 {
		findings = c.validate(path)
	}
	return c, findings, nil
}

// validate is every check that needs nobody else: settings of the house here,
// those of each room by the room.
func (c *Config) validate(path string) []pipeline.Finding {
	var found []pipeline.Finding
	wrong := func(setting string, rule pipeline.Rule, with map[string]string) {
		found = append(found, pipeline.Finding{Path: setting, Rule: rule, With: with})
	}
	zone, err := time.LoadLocation(c.Shop.Zone)
	if err != nil || c.Shop.Zone == "" || c.Shop.Zone == "Local" {
		wrong("shop.zone", "config.zone", map[string]string{"given": c.Shop.Zone})
		zone = time.UTC
	}
	c.zone = zone
	if c.Language != "en" && c.Language != "ar" {
		wrong("language", "config.choice", map[string]string{"given": c.Language, "known": "en, ar"})
	}
	if c.Patience <= 0 {
		wrong("patience", "config.duration", map[string]string{"given": c.Patience.String()})
	}
	within := func(section string, wrong []pipeline.Finding) {
		for _, f := range wrong {
			f.Path = section + "." + strings.TrimPrefix(f.Path, section+".")
			found = append(found, f)
		}
	}
	within("inbox", c.Inbox.Validate())
	c.Vault.validate(wrong)
	if c.Shopify != nil {
		within("shopify", c.Shopify.Validate())
	}
	found = append(found, c.pictureFindings()...)
	if c.ERP != nil {
		within("erp", c.ERP.Validate())
	}
	if c.Courier != nil {
		within("courier", c.Courier.Validate())
	}
	if c.ETA != nil {
		found = append(found, c.readLaw()...)
		within("eta", c.ETA.Validate())
	}
	// Null is the section whose lines are still commented out: nobody means off by it.
	hollow := func(section string, absent bool) {
		if _, there := c.at[section]; there && absent {
			wrong(section, "config.hollow", map[string]string{"section": section})
		}
	}
	hollow("shopify", c.Shopify == nil)
	hollow("erp", c.ERP == nil)
	hollow("courier", c.Courier == nil)
	hollow("eta", c.ETA == nil)
	for i, f := range found {
		found[i] = c.place(path, f)
	}
	return found
}

// readLaw reads the tax authority's tables, with those of the installation in place of the shipped ones.
func (c *Config) readLaw() []pipeline.Finding {
	folder, _ := c.ETA.Tables()
	book, found, err := law.Open(c.path(folder))
	if err != nil {
		return []pipeline.Finding{{Path: "eta.codes", Rule: "codes.read", With: map[string]string{"said": err.Error()}}}
	}
	if len(found) == 0 {
		under := c.ETA.Under(book)
		c.ETA = &under
	}
	return found
}

// place says where in wasl.yaml a setting stands; of one that is not there,
// where its section begins.
func (c *Config) place(path string, f pipeline.Finding) pipeline.Finding {
	if f.File == "" {
		f.File = path
	}
	for p := f.Path; p != "" && f.Line == 0; p = parentPath(p) {
		f.Line, f.Col = c.at[p].Line, c.at[p].Col
	}
	if f.Line == 0 {
		f.Line, f.Col = 1, 1
	}
	return f
}

// path is a path of the settings as the program uses it: relative ones are
// relative to wasl.yaml.
func (c *Config) path(p string) string {
	if filepath.IsAbs(p) {
		return p
	}
	return filepath.Join(c.dir, p)
}

// folderFindings are the shared folders that are not there: a run could take
// nothing, or write nothing.
func (c *Config) folderFindings() []pipeline.Finding {
	var found []pipeline.Finding
	look := func(setting, folder string) {
		path := c.path(folder)
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return
		}
		found = append(found, c.place(c.path(configName), pipeline.Finding{Path: setting, Rule: "inbox.gone", With: map[string]string{"path": path}}))
	}
	look("inbox.path", c.Inbox.Path)
	if c.Shopify != nil && c.Shopify.Images.Folder != "" {
		look("shopify.images.folder", c.Shopify.Images.Folder)
	}
	if c.ERP != nil {
		look("erp.folder", cmp.Or(c.ERP.Folder, erp.DefaultFolder))
	}
	return found
}

// secretFindings are the secrets that settings name and that cannot be found.
func (c *Config) secretFindings() []pipeline.Finding {
	named := map[string]string{}
	if c.Shopify != nil {
		named["shopify.client_secret"], named["shopify.access_token"] = c.Shopify.ClientSecret, c.Shopify.AccessToken
	}
	if c.ETA != nil {
		named["eta.erp_client_secret"] = c.ETA.ERPClientSecret
		named["eta.client_secret"], named["eta.pos.preshared_key"] = c.ETA.ClientSecret, c.ETA.POS.PresharedKey
		for name, pos := range c.ETA.Registry {
			named["eta.registry."+name+".client_secret"], named["eta.registry."+name+".preshared_key"] = pos.ClientSecret, pos.PresharedKey
		}
	}
	keys := secrets{folder: c.path(c.Secrets), getenv: os.Getenv}
	var found []pipeline.Finding
	for _, setting := range slices.Sorted(maps.Keys(named)) {
		if named[setting] == "" {
			continue
		}
		_, err := keys.find(named[setting])
		if trouble, ok := errors.AsType[*pipeline.Trouble](err); ok {
			found = append(found, c.place(c.path(configName), pipeline.Finding{Path: setting, Rule: trouble.Rule, With: trouble.With}))
		}
	}
	return found
}
