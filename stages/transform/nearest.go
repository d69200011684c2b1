package transform

import (
	"slices"
	"strings"
	"sync"

	"github.com/agnivade/levenshtein"
)

// window is how many neighbours of a missing key are looked at on either side,
// in the order of letters and in that of letters from the end. A slip at the end
// leaves a key near its place in the one, a slip at the beginning in the other.
// So a missing key costs the same in a table of ten rows and of a million.
const window = 48

// nearestKeys keeps the keys of tables in both orders.
type nearestKeys struct {
	mu     sync.Mutex
	tables map[string]*keyOrder // by table and column
}

// keyOrder are the keys of a column. forward is the slice that was given: another
// one means that the table has changed.
type keyOrder struct {
	forward, backward []string
}

// nearest are the keys most like one that is missing, best first.
func (w *world) nearest(ways []way, code string) []string {
	if w.near == nil || code == "" {
		return nil
	}
	type candidate struct {
		key  string
		away int
	}
	var found []candidate
	for _, by := range ways {
		prefix := ""
		if by.list != "" && by.by == "" {
			prefix = by.list + "/"
		}
		for _, key := range w.order(by).around(by.key(code)) {
			key, ok := strings.CutPrefix(key, prefix)
			if away := distance(code, key); ok && away <= farthest(code) {
				found = append(found, candidate{key, away})
			}
		}
	}
	slices.SortFunc(found, func(a, b candidate) int {
		if a.away != b.away {
			return a.away - b.away
		}
		return strings.Compare(a.key, b.key)
	})
	var keys []string
	for _, c := range found {
		if !slices.Contains(keys, c.key) && len(keys) < mostMeant {
			keys = append(keys, c.key)
		}
	}
	return keys
}

// farthest is how many letters of a key may differ from a missing one: a third of
// it. A code of one letter is near to nothing.
func farthest(code string) int {
	n := len([]rune(code))
	return max(n/3, min(n-1, 1))
}

// distance is how many letters differ, without case. Zeros in front and dashes
// count as one: 00123 is near to 123.
func distance(a, b string) int {
	a, b = strings.ToLower(a), strings.ToLower(b)
	if bare(a) == bare(b) {
		return 1
	}
	return levenshtein.ComputeDistance(a, b)
}

func bare(s string) string {
	return strings.TrimLeft(strings.NewReplacer("-", "", " ", "", "_", "", "/", "").Replace(s), "0")
}

// order gives the keys of a way's column.
func (w *world) order(by way) *keyOrder {
	keys := w.near(by.table, by.by, "")
	w.keys.mu.Lock()
	defer w.keys.mu.Unlock()
	name := by.table + "\x00" + by.by
	o := w.keys.tables[name]
	if o == nil || !same(o.forward, keys) {
		o = &keyOrder{forward: keys, backward: make([]string, len(keys))}
		for i, key := range keys {
			o.backward[i] = backwards(key)
		}
		slices.Sort(o.backward)
		w.keys.tables[name] = o
	}
	return o
}

// around are the neighbours of a key, and of what it is without zeros in front.
func (o *keyOrder) around(key string) []string {
	out := neighbours(o.forward, key)
	if short := strings.TrimLeft(key, "0"); short != key {
		out = append(out, neighbours(o.forward, short)...)
	}
	for _, k := range neighbours(o.backward, backwards(key)) {
		out = append(out, backwards(k))
	}
	return out
}

func neighbours(sorted []string, key string) []string {
	at, _ := slices.BinarySearch(sorted, key)
	return slices.Clone(sorted[max(0, at-window):min(len(sorted), at+window)])
}

func backwards(s string) string {
	r := []rune(s)
	slices.Reverse(r)
	return string(r)
}
