package erp

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"wasl/pipeline"
)

// longest is how many bytes the name of a file may have. Every file system of
// ours takes 255; the rest is for the endings that go with it.
const longest = 200

// holes are the placeholders of a layout's name.
var holes = regexp.MustCompile(`\{[^{}]*\}`)

// ofDocument and ofBatch are the placeholders that a name may have. None of
// them depends on when the file is written: a file that is written again has
// the name it had.
var (
	ofDocument = map[string]bool{"name": true, "number": true, "id": true, "day": true, "drop": true, "batch": true,
		"type": true, "serial": true}
	ofBatch = map[string]bool{"day": false, "drop": true, "batch": true, "type": false, "serial": false}
)

// fileName fills in the name of a document's file.
func (l *layout) fileName(doc pipeline.Document, b pipeline.Batch) string {
	return l.named(l.name, doc, b)
}

// named fills in a name by a document.
func (l *layout) named(name string, doc pipeline.Document, b pipeline.Batch) string {
	_, id, order := strings.Cut(doc.Key, "order/")
	kind := typeSale
	if b, err := readSale(doc.Body); err == nil {
		if id += b.suffix(); !order { // versions of one order are files of their own
			id = b.number()
		}
		kind = b.kind()
	}
	return tidyName(fill(name, map[string]string{
		"{name}":   doc.Name,
		"{number}": strings.TrimPrefix(doc.Name, "#"),
		"{id}":     id,
		"{day}":    or(doc.Day, "undated"),
		"{drop}":   b.Job.Drop,
		"{batch}":  shortID(b.ID),
		"{type}":   kind,
		"{serial}": numberIn(doc.Sealed).Serial,
	}))
}

// batchName fills in the name of a batch's file.
func (l *layout) batchName(name string, b pipeline.Batch) string {
	return tidyName(fill(name, map[string]string{"{drop}": b.Job.Drop, "{batch}": shortID(b.ID)}))
}

func fill(name string, values map[string]string) string {
	return holes.ReplaceAllStringFunc(name, func(hole string) string { return values[hole] })
}

// shortID is twelve letters of a batch's UUID: short enough to read, and the
// same twelve twice is not to be expected within a hundred thousand batches.
func shortID(id string) string {
	id = strings.ReplaceAll(id, "-", "")
	return id[:min(12, len(id))]
}

// reserved are the names that Windows keeps for devices, whatever their ending.
var reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)`)

// tidyName makes a name that every file system takes, Windows above all. Two
// names may become one; then the second document is held (erp.exists), never
// written over the first.
func tidyName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`<>:"/\|?*`, r), unicode.IsControl(r), r == utf8.RuneError:
			return '-'
		}
		return r
	}, pipeline.Clean(strings.ToValidUTF8(name, "-")))
	name = strings.TrimRight(name, ". ")
	name = strings.TrimLeft(name, ". ") // a leading dot hides a file from importers
	if reserved.MatchString(name) || name == "" {
		name = "_" + name
	}
	return shorten(name)
}

// shorten cuts a long name between letters, before its ending, and keeps it
// different from other long names by a hash.
func shorten(name string) string {
	if len(name) <= longest {
		return name
	}
	hash := sha256.Sum256([]byte(name))
	ending := ""
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 12 {
		ending = name[i:]
	}
	tail := "-" + hex.EncodeToString(hash[:4]) + ending
	cut := longest - len(tail)
	for !utf8.RuneStart(name[cut]) {
		cut--
	}
	return name[:cut] + tail
}
