package erp

import (
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// serialWord is the word for the number that a layout's counter gives.
const serialWord = "doc.serial"

// A counter numbers documents: SI-000001, SI-000002 ... without a gap. A number is
// given in the transaction that takes the document to be sent, so none is given
// twice; a document that the ERP refused keeps its number for when it is sent again.
type counter struct {
	prefix string
	width  int // of the digits, at least
	start  int
	byType bool // a counter for each type of documents
}

// A byType is what is different for documents of one type.
type byType struct {
	folder string  // inside the import folder; "": that itself
	name   string  // of their files; "": as all others
	prefix *string // of their numbers; nil: as all others
}

// chainPrefix begins the names of counters among the ledger's chains.
const chainPrefix = "erp/number/"

// NumberedBy tells whether a chain of the ledger is a counter of a layout, and the
// prefix of its numbers.
func NumberedBy(chain string) (prefix string, ok bool) { return strings.CutPrefix(chain, chainPrefix) }

// Start is the first number that the layout's counter of a prefix gives; zero where it
// has none.
func (s *Sink) Start(prefix string) int {
	l := s.layout
	if l == nil || l.counter == nil || !slices.ContainsFunc(l.of.docs, func(kind string) bool { return l.prefixOf(kind) == prefix }) {
		return 0
	}
	return l.counter.start
}

// prefixOf is what the number of a document of a type begins with.
func (l *layout) prefixOf(kind string) string {
	if t := l.types[kind]; t.prefix != nil && l.counter.byType {
		return *t.prefix
	}
	return l.counter.prefix
}

// chain is the counter of a document, by the prefix of its numbers: two counters of
// one prefix would give a number twice.
func (l *layout) chain(doc pipeline.Document) string {
	b, _ := readSale(doc.Body) // one that cannot be read is told of when it is written
	return chainPrefix + l.prefixOf(b.kind())
}

// A sealedNumber is what is frozen of a numbered document.
type sealedNumber struct {
	Serial string `json:"serial"`
	Chain  string `json:"chain"`
}

// seal gives a document its number. One that takes the place of a document that was
// refused gets the number of that one: else it would be lost.
func (l *layout) seal(doc pipeline.Document, link pipeline.Link, _ time.Time) ([]byte, string, string, error) {
	b, err := readSale(doc.Body)
	if err != nil {
		return nil, "", "", fmt.Errorf("read the body of %s: %w", doc.Key, err)
	}
	chain := chainPrefix + l.prefixOf(b.kind())
	if old := numberIn(link.Old); old.Serial != "" && old.Chain == chain {
		return link.Old, old.Serial, link.Head, nil
	}
	n := l.counter.start
	if link.Head != "" {
		last, err := strconv.Atoi(link.Head)
		if err != nil {
			return nil, "", "", fmt.Errorf("the last number %q: %w", link.Head, err)
		}
		n = last + 1
	}
	given := sealedNumber{Serial: l.prefixOf(b.kind()) + pad(n, l.counter.width), Chain: chain}
	return mustJSON(given), given.Serial, strconv.Itoa(n), nil
}

func pad(n, width int) string { return fmt.Sprintf("%0*d", width, n) }

// numberIn is the number of a sealed document; zero where it has none.
func numberIn(sealed []byte) (n sealedNumber) {
	_ = json.Unmarshal(sealed, &n) // nothing sealed is no number
	return n
}

// nameOf is how files of documents of a type are named.
func (l *layout) nameOf(kind string) string { return or(l.types[kind].name, l.name) }

// inside tells whether a folder lies in the import folder, apart from our notes.
func inside(folder string) bool {
	clean := path.Clean(filepath.ToSlash(folder))
	return folder != "" && !strings.Contains(folder, `\`) && filepath.IsLocal(clean) && clean != "." && !strings.HasPrefix(clean, ".")
}

func joined(names []string) string { return strings.Join(names, ", ") }

// isLine tells whether a word is of one line, not of the whole document.
func isLine(field string) bool { return strings.HasPrefix(field, "line.") }
