package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"wasl/mappings"
)

//go:embed template.yaml
var settingsTemplate []byte

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init DIR",
		Short: "Make a folder to work in",
		Long: `init makes DIR with a commented wasl.yaml, the shipped mappings, and the folders
inbox, erp-import, reports, secrets and state. It never overwrites: what is there
stays as it is, so that it can be called again for what is missing. With --lang ar
the new wasl.yaml says language: ar.

With --shop NAME it makes DIR/NAME, and names it in DIR/wasl-shops.yaml: several
shops or companies in one installation, each with settings, mappings, state and inbox
of its own. wasl run, watch, status, check, pull and reconcile -C DIR go over all.`,
		Example: "  wasl init shop\n  wasl init shop --lang ar\n  wasl init top --shop cairo && wasl init top --shop alex",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if a.shop != "" {
				return a.initShop(args[0], a.shop)
			}
			return a.init(args[0])
		},
	}
}

func (a *app) init(dir string) error {
	for _, folder := range []struct {
		name string
		mode fs.FileMode
	}{{"inbox", 0o755}, {"erp-import", 0o755}, {"reports", 0o755}, {"state", 0o700}, {"secrets", 0o700}} {
		if err := a.makeFolder(filepath.Join(dir, folder.name), folder.mode); err != nil {
			return err
		}
	}
	if err := a.makeFile(filepath.Join(dir, configName), settingsIn(a.language())); err != nil {
		return err
	}
	err := fs.WalkDir(mappings.Files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(mappings.Files, name)
		if err != nil {
			return err
		}
		return a.makeFile(filepath.Join(dir, "mappings", filepath.FromSlash(name)), text)
	})
	if err != nil {
		return fmt.Errorf("write mappings: %w", err)
	}
	if !a.json {
		fmt.Fprintln(a.out, a.say("init.next", "settings", filepath.Join(dir, configName), "dir", dir))
	}
	return nil
}

// settingsIn are the settings of a new folder, in the language that was asked for.
func settingsIn(language string) []byte {
	return bytes.Replace(settingsTemplate, []byte("\nlanguage: en "), []byte("\nlanguage: "+language+" "), 1)
}

func (a *app) makeFolder(path string, mode fs.FileMode) error {
	info, err := os.Stat(path)
	if err == nil && info.IsDir() {
		a.made("init.kept", path)
		return nil
	}
	if err := os.MkdirAll(path, mode); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	a.made("init.made", path)
	return nil
}

// makeFile writes a file that is not there yet.
func (a *app) makeFile(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		a.made("init.kept", path)
		return nil
	}
	if err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	a.made("init.made", path)
	return nil
}

func (a *app) made(what, path string) {
	if a.json {
		a.jsonLine(a.out, map[string]string{"what": what, "path": path})
		return
	}
	fmt.Fprintln(a.out, a.say(what, "path", path))
}
