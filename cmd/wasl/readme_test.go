package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestReadme_GoLive: every command that the page for the accountant names is there, with its flags.
func TestReadme_GoLive(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, page, found := strings.Cut(string(text), "## Going live with e-receipts")
	page, _, ended := strings.Cut(page, "\n## ")
	if !found || !ended {
		t.Fatal("the page is not there")
	}
	root := new(app).root()
	named := 0
	for _, m := range regexp.MustCompile("(?m)(?:`|^    (?:\\$ )?)wasl ([^`\n]+)").FindAllStringSubmatch(page, -1) {
		words := strings.Fields(m[1])
		cmd, _, err := root.Find(words)
		if err != nil || cmd == root {
			t.Errorf("wasl %s: %v", m[1], err)
			continue
		}
		named++
		for _, w := range words {
			flag, isFlag := strings.CutPrefix(w, "--")
			if isFlag && cmd.Flag(flag) == nil && cmd.InheritedFlags().Lookup(flag) == nil {
				t.Errorf("wasl %s: no flag --%s", m[1], flag)
			}
		}
	}
	if named < 20 {
		t.Errorf("only %d commands", named)
	}
}
