package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWords keeps the commands' sentences whole: every sentence that is asked
// for is there, in both languages, with the same facts.
func TestWords(t *testing.T) {
	asked := regexp.MustCompile(`\.(?:say|made|accountProblems)\("([^"]+)"\s*(\+?)`)
	hole := regexp.MustCompile(`\{[a-z]+\}`)
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(string(text), -1) {
			used[m[1]] = true
			if _, ok := said[m[1]]; !ok && m[2] == "" {
				t.Errorf("%s says %q, which is not in the table", file, m[1])
			}
		}
	}
	for key, both := range said {
		if both[0] == "" || both[1] == "" {
			t.Errorf("%s lacks a language", key)
		}
		for _, h := range hole.FindAllString(both[0], -1) {
			if !strings.Contains(both[1], h) {
				t.Errorf("%s: %s is in the English words only", key, h)
			}
		}
		prefix, _, _ := strings.Cut(key, ".")
		if !used[key] && !used[prefix+"."] {
			t.Errorf("%s is in the table, but nothing says it", key)
		}
	}
}
