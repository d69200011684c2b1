package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/stages/load/erp"
)

// Several shops, or companies, in one installation: each is a folder with a wasl.yaml,
// mappings, secrets, state and inbox of its own, and a top folder has a list of them:
//
//	wasl-shops.yaml     shops: [cairo, alex]
//	cairo/wasl.yaml ...
//	alex/wasl.yaml ...
//
// Why not several shops in one wasl.yaml: with a state of its own a shop cannot take
// another one's files, numbers, secrets or lanes, not even by a slip of ours, and it is
// copied, moved, stopped and restored by itself.

// shopsName is the list of shops, in the top folder.
const shopsName = "wasl-shops.yaml"

// shopName is what a shop's folder may be called: it stands in commands and in front
// of lines.
var shopName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// overAll are the commands that go over all shops where none is named, and plain
// those that have nothing to do with a shop. The others want one to be named.
var (
	overAll = []string{"check", "pull", "reconcile", "run", "status", "watch"}
	plain   = []string{"help", "init", "rules", "version"}
)

// shops are those of a top folder, by name.
type shops struct {
	dir   string
	names []string // as they are listed
}

func (s shops) folder(name string) string { return filepath.Join(s.dir, name) }

// readShops reads the list of a folder; nil where it has none.
func readShops(dir string) (*shops, error) {
	path := filepath.Join(dir, shopsName)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the list of shops: %w", err)
	}
	var list struct {
		Shops []string `yaml:"shops"`
	}
	if err := yaml.UnmarshalWithOptions(text, &list, yaml.Strict()); err != nil || len(list.Shops) == 0 {
		said := "it names no shop"
		if err != nil {
			said = firstLine(err.Error())
		}
		return nil, usage{&pipeline.Trouble{Rule: "shops.form", With: map[string]string{"file": path, "said": said}}}
	}
	s := &shops{dir: dir}
	for _, name := range list.Shops {
		if !shopName.MatchString(name) || slices.Contains(s.names, name) {
			return nil, usage{&pipeline.Trouble{Rule: "shops.name", With: map[string]string{"given": name}}}
		}
		s.names = append(s.names, name)
		if _, err := os.Stat(filepath.Join(s.folder(name), configName)); err != nil {
			return nil, usage{&pipeline.Trouble{Rule: "shops.folder", With: map[string]string{"file": path, "shop": name, "dir": dir}}}
		}
	}
	return s, nil
}

func firstLine(s string) string { s, _, _ = strings.Cut(s, "\n"); return s }

// ofShops lets a command be done for the shop that --shop names, or for all.
func (a *app) ofShops(do func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if a.inside != nil || slices.Contains(plain, cmd.Name()) {
			return do(cmd, args)
		}
		all, err := readShops(a.dir)
		switch {
		case err != nil:
			return err
		case all == nil && a.shop != "":
			return usage{&pipeline.Trouble{Rule: "shops.none", With: map[string]string{"shop": a.shop, "dir": a.dir}}}
		case all == nil:
			return do(cmd, args)
		}
		known := strings.Join(all.names, ", ")
		switch {
		case a.shop == "" && !slices.Contains(overAll, cmd.Name()), a.shop == "" && cmd.Name() == "check" && len(args) > 0:
			return usage{&pipeline.Trouble{Rule: "shops.which", With: map[string]string{"command": cmd.Name(), "known": known}}}
		case a.shop != "" && !slices.Contains(all.names, a.shop):
			return usage{&pipeline.Trouble{Rule: "shops.unknown", With: map[string]string{"shop": a.shop, "known": known}}}
		}
		if err := all.apart(); err != nil {
			return err
		}
		if a.shop != "" {
			a.dir = all.folder(a.shop)
			return do(cmd, args)
		}
		return a.forAll(cmd, all, args)
	}
}

// forShops puts ofShops in front of a command and of those below it.
func (a *app) forShops(c *cobra.Command) {
	if c.RunE != nil {
		c.RunE = a.ofShops(c.RunE)
	}
	for _, sub := range c.Commands() {
		a.forShops(sub)
	}
}

// apart refuses shops that would work on the same: the same shop at Shopify, folder
// or POS. What is wrong with the settings of one is for that one to say.
func (s shops) apart() error {
	owner := map[string]string{}
	for _, name := range s.names {
		c, _, err := readConfig(s.folder(name))
		if err != nil || c == nil {
			continue
		}
		owned := c.owns()
		for _, setting := range slices.Sorted(maps.Keys(owned)) {
			for _, value := range owned[setting] {
				if other, taken := owner[setting+" "+value]; taken && other != name {
					return usage{&pipeline.Trouble{Rule: "shops.same", With: map[string]string{"one": other, "other": name, "setting": setting, "value": value}}}
				}
				owner[setting+" "+value] = name
			}
		}
	}
	return nil
}

// owns is what no two shops may share, by setting.
func (c *Config) owns() map[string][]string {
	out := map[string][]string{"state": {c.realPath(c.State)}, "inbox.path": {c.realPath(c.Inbox.Path)}, "reports": {c.realPath(c.Reports)}}
	if c.Shopify != nil && c.Shopify.Shop != "" {
		out["shopify.shop"] = []string{strings.ToLower(c.Shopify.Shop)}
	}
	if c.ERP != nil {
		out["erp.folder"] = []string{c.realPath(cmp.Or(c.ERP.Folder, erp.DefaultFolder))}
	}
	if c.ETA != nil {
		for _, pos := range append(slices.Collect(maps.Values(c.ETA.Registry)), c.ETA.POS) {
			if pos.Serial != "" {
				out["eta POS serial"] = append(out["eta POS serial"], c.ETA.Seller.RIN+" "+pos.Serial)
			}
		}
	}
	return out
}

// realPath is a folder under the one name that it has, whatever leads to it.
func (c *Config) realPath(p string) string {
	path, err := filepath.Abs(c.path(p))
	if err != nil {
		path = c.path(p)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path
}

// initShop makes the folder of a shop below a top folder, and puts it into the list.
func (a *app) initShop(top, name string) error {
	if !shopName.MatchString(name) {
		return usage{&pipeline.Trouble{Rule: "shops.name", With: map[string]string{"given": name}}}
	}
	if err := a.init(filepath.Join(top, name)); err != nil {
		return err
	}
	path := filepath.Join(top, shopsName)
	text, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return a.makeFile(path, []byte(shopsHead+"  - "+name+"\n"))
	case err != nil:
		return fmt.Errorf("read the list of shops: %w", err)
	}
	all, err := readShops(top)
	if err != nil || slices.Contains(all.names, name) {
		return err
	}
	longer := strings.TrimRight(string(text), "\n") + "\n  - " + name + "\n"
	var list struct{ Shops []string }
	if yaml.Unmarshal([]byte(longer), &list) != nil || !slices.Equal(list.Shops, append(all.names, name)) {
		fmt.Fprintln(a.out, a.say("shops.join", "shop", name, "file", path)) // it is written in another manner
		return nil
	}
	return pipeline.WriteWhole(path, 0o644, func(out io.Writer) error { _, err := io.WriteString(out, longer); return err })
}

const shopsHead = `# The shops of this installation, each a folder beside this file with a wasl.yaml,
# mappings, secrets, state and inbox of its own. wasl run, watch, status, check, pull
# and reconcile go over all of them; --shop NAME picks one, as the others need it.
shops:
`
