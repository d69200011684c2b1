package erp

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
)

// book files payments as the ledger would: "701@2" is one with the number 701, two seconds
// after the first; "@0" has no number. booked are those that are booked so far, by key.
func book(t *testing.T, s *Sink, booked map[string]pipeline.Document, file []string) {
	t.Helper()
	k := s.payKind(pipeline.Settings{"fees": "FEES"})
	var docs []pipeline.Document
	for _, row := range file {
		id, second, _ := strings.Cut(row, "@")
		var n int
		if _, err := fmt.Sscan(second, &n); err != nil {
			t.Fatal(err)
		}
		at := time.Date(2026, 11, 23, 22, 30, 0, 0, time.UTC).Add(time.Duration(n) * time.Second)
		doc, problems := k.Build(paid("id=" + id + " fee=2 at=" + at.Format(time.RFC3339)))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		parts := doc.Parts
		doc.Parts = nil
		docs = append(append(docs, doc), parts...)
	}
	var known []pipeline.Document
	for _, doc := range docs { // as Named finds them: by a word
		for _, was := range booked {
			if slices.ContainsFunc(k.Met.Words(doc), func(w string) bool { return slices.Contains(was.Words, w) }) {
				known = append(known, was)
			}
		}
	}
	slices.SortFunc(known, func(a, b pipeline.Document) int { return strings.Compare(a.Key, b.Key) })
	known = slices.CompactFunc(known, func(a, b pipeline.Document) bool { return a.Key == b.Key })
	given := map[string]bool{}
	for i, key := range k.Met.Keys(docs, known) {
		docs[i].Key, docs[i].State = key, pipeline.Ready
		if given[key] {
			t.Errorf("%s is given twice", key)
		}
		given[key] = true
		was, there := booked[key]
		if !there {
			booked[key] = docs[i]
			continue
		}
		if next, problems := k.Revise(was, docs[i]); next.State != pipeline.Unchanged || len(problems) > 0 {
			t.Errorf("%v: %s is %s: %v", file, key, next.State, problems)
		}
	}
}

// turns are all orders of some things.
func turns[T any](all []T) (out [][]T) {
	if len(all) < 2 {
		return [][]T{all}
	}
	for i := range all {
		for _, rest := range turns(slices.Delete(slices.Clone(all), i, i+1)) {
			out = append(out, append([]T{all[i]}, rest...))
		}
	}
	return out
}

// TestMetPayments books each payment once, whatever brings it and in whichever order it
// comes, and loses none that is another one of the same amount.
func TestMetPayments(t *testing.T) {
	t.Parallel()
	s := cashierIn(t, t.TempDir())
	for name, c := range map[string]struct {
		files [][]string
		want  int
	}{
		"exported and pulled":                     {[][]string{{"@0"}, {"701@0"}}, 1},
		"a second apart":                          {[][]string{{"@0"}, {"701@1"}}, 1},
		"a second apart, the other way":           {[][]string{{"@1"}, {"701@0"}}, 1},
		"further than a minute apart":             {[][]string{{"@0"}, {"701@61"}}, 2},
		"pulled twice, at other times":            {[][]string{{"701@0"}, {"701@3"}}, 1},
		"two pulled apart":                        {[][]string{{"701@0"}, {"702@3"}}, 2},
		"two pulled apart in the same second":     {[][]string{{"701@0"}, {"702@0"}}, 2},
		"two exported within a minute":            {[][]string{{"@0"}, {"@30"}}, 2},
		"a second one that the export has not":    {[][]string{{"@0"}, {"701@1", "702@30"}}, 2},
		"a second one in the same second":         {[][]string{{"@0"}, {"701@0", "702@0"}}, 2},
		"two, a second apart":                     {[][]string{{"@0", "@30"}, {"701@1", "702@31"}}, 2},
		"two within a second of each other":       {[][]string{{"@0", "@1"}, {"701@1", "702@2"}}, 2},
		"two, near each other's time":             {[][]string{{"@0", "@20"}, {"701@11", "702@12"}}, 2},
		"the same export again":                   {[][]string{{"@0"}, {"701@1"}, {"@0"}}, 1},
		"exports before and after the second one": {[][]string{{"@0"}, {"701@1", "702@20"}, {"@0", "@19"}}, 2},
		"pulls before and after the second one":   {[][]string{{"@0", "@19"}, {"701@1"}, {"701@1", "702@20"}}, 2},
		"three of a kind":                         {[][]string{{"@0", "@10", "@20"}, {"701@1", "702@11", "703@21"}, {"@0", "@10"}}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, files := range turns(c.files) {
				for _, turned := range []bool{false, true} { // the order of rows makes no difference
					booked := map[string]pipeline.Document{}
					for _, file := range files {
						file = slices.Clone(file)
						if turned {
							slices.Reverse(file)
						}
						book(t, s, booked, file)
					}
					receipts := 0
					for _, doc := range booked {
						if b, err := readSale(doc.Body); err != nil {
							t.Fatal(err)
						} else if b.kind() == typeReceipt {
							receipts++
						}
					}
					if receipts != c.want || len(booked) != 2*c.want {
						t.Errorf("%v: %d receipts and %d documents, want %d with a fee each", files, receipts, len(booked), c.want)
					}
				}
			}
		})
	}
}
