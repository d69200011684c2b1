package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// plantedWords are what there is of her; keptWords what there is of others, some of it the
// same.
var (
	plantedWords = []string{"mona@example.net", "1001234567", "100 123 4567", "شارع النصر", "شارع آخر", "منى علي حسن", "اتصل أولا"}
	keptWords    = []string{"kareem@example.net", "5 Haram Street", "hala@example.net", "1222223333"}
)

// cmdPlanted prints which of her words lie in which files below some folders, and how
// many there are. The record of
// another one who has her name as theirs is left out of account.
func cmdPlanted(ts *testscript.TestScript, neg bool, args []string) {
	sought(ts, args, plantedWords)
}

func cmdKept(ts *testscript.TestScript, neg bool, args []string) { sought(ts, args, keptWords) }

func sought(ts *testscript.TestScript, dirs, words []string) {
	n := 0
	defer func() { fmt.Fprintf(ts.Stdout(), "found: %d\n", n) }()
	for _, dir := range dirs {
		ts.Check(filepath.WalkDir(ts.MkAbs(dir), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			rel, _ := filepath.Rel(ts.MkAbs("."), path)
			for _, word := range words {
				if holds(data, word) {
					n++
					fmt.Fprintf(ts.Stdout(), "%s: %s\n", rel, word)
				}
			}
			return nil
		}))
	}
}

// kareems is the one place in which her name is another one's: in its row of the order, in
// whatever way it stands there.
var kareems = regexp.MustCompile(`#1002[^\n]*|\{"order":\{[^{}]*kareem@example\.net[^{}]*\}`)

// holds tells whether a word stands in bytes: in every code page, in ZIP, gzip and base64.
func holds(data []byte, word string) bool {
	for _, page := range []encoding.Encoding{encoding.Nop, charmap.Windows1256, charmap.ISO8859_6, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)} {
		in, err := page.NewEncoder().Bytes([]byte(word))
		if err == nil && bytes.Contains(small(kareems.ReplaceAll(data, nil)), small(in)) {
			return true
		}
	}
	if z, err := zip.NewReader(bytes.NewReader(data), int64(len(data))); err == nil {
		for _, f := range z.File {
			if in, err := f.Open(); err == nil {
				part, _ := io.ReadAll(in)
				if holds(part, word) {
					return true
				}
			}
		}
	}
	if z, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
		if part, _ := io.ReadAll(z); holds(part, word) {
			return true
		}
	}
	for _, m := range regexp.MustCompile(`"data":"([A-Za-z0-9+/=]{16,})"`).FindAllSubmatch(data, -1) {
		if part, err := base64.StdEncoding.DecodeString(string(m[1])); err == nil && holds(part, word) {
			return true
		}
	}
	return strings.Contains(strings.ToLower(string(data)), strings.ToLower(base64.StdEncoding.EncodeToString([]byte(word))))
}

// small has the letters of ASCII in small: of bytes in another code page the others stay.
func small(b []byte) []byte {
	out := bytes.Clone(b)
	for i, c := range out {
		if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return out
}
