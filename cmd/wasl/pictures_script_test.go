package main

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// cmdPicture makes a picture of a shade of grey, 0 to 9, or plans that Shopify can
// make no picture of what it fetches from an address: picture FILE SHADE, or
// picture bad ADDRESS.
func cmdPicture(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: picture FILE SHADE, or picture bad ADDRESS")
	}
	if args[0] == "bad" {
		worldOf(ts).shopify.FailSource(args[1], "IMAGE_DOWNLOAD_FAILURE")
		return
	}
	ts.Check(os.MkdirAll(filepath.Dir(ts.MkAbs(args[0])), 0o755))
	shade, err := strconv.Atoi(args[1])
	ts.Check(err)
	content, err := jpegOf(shade)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), content, 0o644))
}

// jpegOf is a picture of a shade of grey, 0 to 9.
func jpegOf(shade int) ([]byte, error) {
	m := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range m.Pix {
		m.Pix[i] = uint8(25 * shade)
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, m, nil)
	return b.Bytes(), err
}

// ofContent is the part of a name of ours that differs with the encoder.
var ofContent = regexp.MustCompile(`^wasl[0-9a-f]{16}-`)

// cmdPictures prints which pictures hang on products, what Files holds, and how
// many calls that wrote pictures were made.
func cmdPictures(ts *testscript.TestScript, neg bool, args []string) {
	shop := worldOf(ts).shopify
	for _, p := range shop.Products() {
		var names []string
		for _, m := range p.Media {
			name := ofContent.ReplaceAllString(m.Name, "")
			if m.Alt != "" {
				name += fmt.Sprintf(" %q", m.Alt)
			}
			names = append(names, name)
		}
		fmt.Fprintf(ts.Stdout(), "%s: %s\n", p.Variants[0].SKU, strings.Join(names, ", "))
	}
	marks := map[string]bool{}
	for _, f := range shop.Files() {
		marks[ofContent.FindString(f.Name)+f.Source] = true
	}
	written := 0
	for _, c := range shop.Mutations() {
		if slices.ContainsFunc(c.Fields, func(f string) bool {
			return strings.HasPrefix(f, "file") || strings.HasPrefix(f, "staged") || strings.HasSuffix(f, "Media")
		}) {
			written++
		}
	}
	fmt.Fprintf(ts.Stdout(), "%d files, %d calls\n", len(marks), written)
}
