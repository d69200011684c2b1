package pipeline_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestArrows holds the picture of the house: imports run down, and rooms do not
// know each other. Stand-ins import nothing of ours, or they would share the
// mistakes of what they judge.
func TestArrows(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		from := filepath.ToSlash(filepath.Dir(rel))
		if from == "cmd/wasl" || strings.HasSuffix(path, "_test.go") && strings.HasPrefix(from, "cmd/") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range file.Imports {
			to, _ := strconv.Unquote(imp.Path.Value)
			to, ours := strings.CutPrefix(to, "wasl/")
			if !ours {
				continue
			}
			seen++
			if !allowed(from, to, strings.HasSuffix(path, "_test.go")) {
				t.Errorf("%s imports %s: data goes left to right, imports go down, rooms do not know each other", filepath.ToSlash(rel), to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Fatal("no import of ours was seen: this test looks in the wrong place")
	}
}

func allowed(from, to string, test bool) bool {
	standIn := strings.HasSuffix(to, "test") && to != "pipeline/sinktest"
	switch {
	case to == from: // an external test of its own package
		return true
	case strings.HasPrefix(from, "stages/") && strings.HasPrefix(to, from+"/") && !standIn: // a part of a room is the room
		return true
	case strings.HasSuffix(from, "test") && !strings.HasSuffix(from, "sinktest"):
		return false // a stand-in shares nothing with what it judges
	case standIn:
		return test || from == "cmd/demo" // tests, and the demo; never the program itself
	case to == "pipeline":
		return from != "pipeline" || test
	case strings.HasPrefix(to, "pipeline/"):
		return test // floor 2 may use the ledger in tests, never in code
	case to == "mappings":
		return test
	}
	return false
}
