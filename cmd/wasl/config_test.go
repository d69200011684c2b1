package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTemplate keeps the settings that init writes true: as they are they are in
// order, and so they are when the sections that are commented out are not.
func TestTemplate(t *testing.T) {
	t.Parallel()

	for name, text := range map[string]string{
		"as written":  string(settingsTemplate),
		"uncommented": uncommentSections(string(settingsTemplate)),
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, configName), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			c, findings, err := readConfig(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range findings {
				t.Error(f.In("en"))
			}
			if on := c.Shopify != nil && c.ETA != nil; on != (name == "uncommented") {
				t.Errorf("shopify and eta are on: %t", on)
			}
		})
	}
}

// uncommentSections takes the "# " from the sections' lines, not from the prose
// around them.
func uncommentSections(text string) string {
	var out []string
	inside := false
	for _, l := range strings.Split(text, "\n") {
		if l == "# shopify:" || l == "# eta:" {
			inside = true
		}
		if !strings.HasPrefix(l, "#") {
			inside = false
		}
		if inside {
			l = strings.TrimPrefix(l, "# ")
		}
		out = append(out, l)
	}
	return strings.Join(out, "\n")
}

// TestConfig_EveryFinding names everything that is wrong, with its place, not
// only the first.
func TestConfig_EveryFinding(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	text := `shop:
  zone: Africa/Kairo
langauge: ar
patience: soon
patience: 1m
inbox:
  settel: 10s
shopify: {shop: nour, client_id: x, client_secret: y}
`
	if err := os.WriteFile(filepath.Join(dir, configName), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	_, findings, err := readConfig(dir)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range findings {
		got = append(got, strings.TrimPrefix(f.In("en"), dir+string(filepath.Separator)))
	}
	want := []string{
		`wasl.yaml:3:1: there is no setting langauge; did you mean language?`,
		`wasl.yaml:4:11: patience cannot be read; write a duration such as 10s, 5m or 2h`,
		`wasl.yaml:5:1: patience is given twice; keep one of the two`,
		`wasl.yaml:7:3: there is no setting inbox.settel; did you mean settle?`,
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
