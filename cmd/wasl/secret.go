package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"wasl/pipeline"
)

// secrets finds secrets by name: in the folder that systemd gives a service
// ($CREDENTIALS_DIRECTORY), then in a folder of files that only their owner may
// read, then in the environment (WASL_SECRET_ and the name in capitals, dots as
// underscores). They never stand in wasl.yaml.
type secrets struct {
	folder string
	getenv func(string) string
}

// find gives a secret by its name, such as shopify.client.
func (s secrets) find(name string) (pipeline.Secret, error) {
	if name == "" || strings.ContainsAny(name, `/\ `) {
		return pipeline.Secret{}, &pipeline.Trouble{Rule: "secret.name", With: map[string]string{"name": name}}
	}
	folders := []string{s.folder}
	if given := s.getenv("CREDENTIALS_DIRECTORY"); given != "" {
		folders = []string{given, s.folder}
	}
	for i, folder := range folders {
		text, err := s.read(filepath.Join(folder, name), i == len(folders)-1)
		if err == nil {
			return pipeline.NewSecret(text), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return pipeline.Secret{}, err
		}
	}
	variable := "WASL_SECRET_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(name))
	if text := s.getenv(variable); text != "" {
		return pipeline.NewSecret(text), nil
	}
	return pipeline.Secret{}, &pipeline.Trouble{Rule: "secret.missing", With: map[string]string{
		"name": name, "file": filepath.Join(s.folder, name), "variable": variable}}
}

// read gives a secret's file; ours must be closed to everybody else.
func (s secrets) read(path string, ours bool) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if ours && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", &pipeline.Trouble{Rule: "secret.open", With: map[string]string{"file": path, "mode": fmt.Sprintf("%o", info.Mode().Perm())}}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read secret: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}
