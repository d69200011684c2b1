package law

import (
	"errors"
	"maps"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// A Fault is one thing for which the authority would refuse a receipt, or could not be sure to take it.
type Fault struct {
	Path string // of the member, as the authority writes it: itemData[0].taxableItems[1].rate; "" of the whole
	Rule pipeline.Rule
	With map[string]string // facts; of a member of a line also line, counted from 1
}

// Known is what is known beside the bytes of a receipt. The zero value knows nothing: then what the receipt says of
// itself is believed.
type Known struct {
	Draft   bool // not issued yet: without a time, a uuid and a place in the chain
	Ours    bool // written by wasl: the shortest numbers, no text that implementations read differently, nothing empty
	AnyCase bool // S and R count as s and r (UNVERIFIED)

	Day  string         // whose law counts, 2006-01-02; "": the day of issue
	Zone *time.Location // of days; nil: UTC
	Now  time.Time      // the zero time: nothing is said about too early or too late

	RIN, Serial, TradeName string   // the taxpayer and POS that signs in; "": any
	Branches, Activities   []string // registered in the portal; nil: any
	Types                  []string // receipt types that the activity allows; nil: every one of the table
	Items                  []string // registered item codes; nil: every one of the right form
	Units                  []string // newer than the table
	NamedBuyer             dec      // in place of the law's; zero: the law's

	Head *string // uuid of the receipt issued before on this POS, "" of the first; nil: not known
	Sale []byte  // the sale that a return refers to; nil: not known
}

// check is one examination of one receipt.
type check struct {
	book  *Book
	known Known
	tree  *node
	kind  Row    // of the receipt's type
	day   string // whose law counts
	found []Fault

	tolerance dec // of a comparison
	decimals  int // of a number
}

// Check finds everything for which the authority would refuse a receipt, by sections 3, 4 and 9. It is pure.
func (b *Book) Check(receipt []byte, k Known) []Fault {
	c := &check{book: b, known: k}
	tree, err := parse(receipt)
	switch {
	case errors.Is(err, errBOM) && !k.Ours && tree != nil: // let pass: it is no part of the text that is hashed
	case errors.Is(err, errBOM):
		c.add("", "receipt.bom")
		return c.found
	case errors.Is(err, errUTF8):
		c.add("", "receipt.utf")
		return c.found
	case err != nil:
		c.add("", "receipt.json")
		return c.found
	}
	c.tree = tree
	c.day = c.lawDay()
	c.tolerance = b.Limit(Tolerance, c.day)
	decimals, _ := b.Limit(Decimals, c.day).Int64()
	c.decimals = int(decimals)
	c.structure(tree, receiptMembers, "")
	c.header()
	c.types()
	c.seller()
	c.buyer()
	c.lines()
	c.sums()
	c.back()
	return c.found
}

// add notes a fault. Facts are names and values in turn.
func (c *check) add(path string, rule pipeline.Rule, facts ...string) {
	if rest, ok := strings.CutPrefix(path, "itemData["); ok {
		if n, err := strconv.Atoi(rest[:strings.IndexByte(rest, ']')]); err == nil {
			facts = append(facts, "line", strconv.Itoa(n+1))
		}
	}
	c.found = append(c.found, Fault{Path: path, Rule: rule, With: with(append(facts, "path", path))})
}

// lawDay is the day whose law counts: that of issue, in the shop's zone.
func (c *check) lawDay() string {
	if c.known.Day != "" {
		return c.known.Day
	}
	issued, err := time.Parse(timeForm, c.tree.str("header", "dateTimeIssued"))
	if err != nil {
		return ""
	}
	return c.inZone(issued).Format(time.DateOnly)
}

func (c *check) inZone(t time.Time) time.Time {
	if c.known.Zone == nil {
		return t.UTC()
	}
	return t.In(c.known.Zone)
}

// code looks a code up that is there. It is known on its day, or the rule is broken.
func (c *check) code(table, code, path string, rule pipeline.Rule) bool {
	if code == "" || c.book.Has(table, code, c.day) {
		return true
	}
	c.add(path, rule, "code", code)
	return false
}

// isReturn tells whether the receipt gives something back.
func (c *check) isReturn() bool { return c.kind.Cell("direction") == "return" }

// ItemAt is the merchant's own code and the registered code of a line of a receipt, counted from 0: by them people find
// the row that it was made of.
func ItemAt(receipt []byte, line int) (internalCode, itemCode string) {
	tree, err := parse(receipt)
	if err != nil {
		return "", ""
	}
	if items := tree.list("itemData"); line < len(items) {
		return items[line].str("internalCode"), items[line].str("itemCode")
	}
	return "", ""
}

// Changed tells whether any table, limit or rate changed after the one day and up to the other.
func (b *Book) Changed(from, to string) bool {
	if from == "" || to == "" || from > to {
		return from != to
	}
	next := sort.SearchStrings(b.changes, from+"\x00") // the first day after it
	return next < len(b.changes) && b.changes[next] <= to
}

// changesOf are the days on which anything begins to be in force, or is no longer, in order.
func (b *Book) changesOf() []string {
	days := map[string]bool{}
	for _, t := range b.tables {
		for _, r := range t.Rows {
			if r.From != "" {
				days[r.From] = true
			}
			if last, err := time.Parse(time.DateOnly, r.To); err == nil {
				days[last.AddDate(0, 0, 1).Format(time.DateOnly)] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(days))
}
