package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"wasl/pipeline"
	"wasl/stages/load/shopify"
	"wasl/stages/load/shopify/shopifytest"
)

// TestStories tells lives of orders, and what the ERP must have been given of them:
// one file a life in testdata/stories. Each goes through the stand-in for Shopify, the
// pull or the admin's export, extract, the shipped mapping, the kind of sales
// documents, a real ledger and the shipped layout into files in a folder.
//
// A story is a text archive. Above its first file stands what it is about, and lines
// "set NAME VALUE" of settings that differ from the shipped ones. Its files:
//
//	order   an order as the stand-in knows it (shopifytest.Order, JSON); its name is #1001
//	life    what happens, a line each, an hour apart (a line that begins with # says why):
//	          DO {...}           a step of the order (shopifytest.Step): refund {"shipping": "all"}
//	          pull, csv          what Shopify says now is dropped and sent on
//	          keep NAME pull|csv it is kept for later
//	          drop NAME          it, or a file of the story, is dropped and sent on
//	          down, up           documents are filed and do not leave, until up
//	          wait N             so many days pass
//	*.csv   files to drop, where Shopify's own would not do
//	told    the documents in the ERP's folder: type, number and reason, then code |
//	        quantity | price | discount | total of each line. Then what is held or told
//	        as a problem, and what the books come to, the order's total in the shop beside it
func TestStories(t *testing.T) {
	t.Parallel()
	eachStory(t, "stories", 40, func(t *testing.T, a *txtar.Archive) string { return newStory(t, a).tell() })
}

// eachStory tells the stories of a folder, of which there are so many at least, and
// holds what came of each against its file told.
func eachStory(t *testing.T, folder string, least int, tell func(*testing.T, *txtar.Archive) string) {
	t.Helper()
	files, err := filepath.Glob("../../testdata/" + folder + "/*.txtar")
	if err != nil || len(files) < least {
		t.Fatalf("%d stories, %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			a := txtar.Parse(text)
			got := tell(t, a)
			i := slices.IndexFunc(a.Files, func(f txtar.File) bool { return f.Name == "told" })
			if i < 0 {
				t.Fatal("the story does not say what was told")
			}
			if *update {
				a.Files[i].Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(string(a.Files[i].Data), got); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

// A story is one life of an order on its way.
type story struct {
	*office
	shop  *shopifytest.Server
	order string // its id
	life  []string
	files map[string][]byte
	down  bool
	total string // of the order in the shop, as it was said last
}

func newStory(t *testing.T, a *txtar.Archive) *story {
	t.Helper()
	return newStoryIn(t, a, newOffice)
}

// newStoryIn is a story of which some office is told.
func newStoryIn(t *testing.T, a *txtar.Archive, open func(*testing.T, map[string]string) *office) *story {
	t.Helper()
	settings := map[string]string{}
	for line := range strings.Lines(string(a.Comment)) {
		if words := strings.Fields(line); len(words) == 3 && words[0] == "set" {
			settings[words[1]] = words[2]
		}
	}
	included := settings["shop.taxes"] != "excluded"
	currency := settings["shop.currency"]
	delete(settings, "shop.taxes")
	delete(settings, "shop.currency")
	s := &story{office: open(t, settings), files: map[string][]byte{}}
	var first *shopifytest.Order
	for _, f := range a.Files {
		switch f.Name {
		case "order":
			first = &shopifytest.Order{}
			d := json.NewDecoder(bytes.NewReader(f.Data))
			d.DisallowUnknownFields()
			if err := d.Decode(first); err != nil {
				t.Fatal(err)
			}
		case "life":
			s.life = strings.Split(strings.TrimSpace(string(f.Data)), "\n")
		default:
			s.files[f.Name] = f.Data
		}
	}
	if first == nil {
		return s
	}
	s.shop = shopifytest.New(shopifytest.Options{TaxesIncluded: included, Currency: currency, Unthrottled: true, Zone: "Africa/Cairo", Now: func() time.Time { return s.now },
		Scopes: append(slices.Clone(shopifytest.OrderScopes), "read_all_orders")})
	t.Cleanup(s.shop.Close)
	first.Name, first.At = "#1001", s.now
	s.order = s.shop.PlaceOrder(*first)
	return s
}

// tell goes through the life, and says what came of it.
func (s *story) tell() string {
	s.live()
	return s.answer()
}

// live goes through the life.
func (s *story) live() {
	for _, line := range s.life {
		s.now = s.now.Add(time.Hour)
		do, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch do {
		case "#", "":
			continue
		case "pull", "csv":
			s.take(s.said(do))
		case "keep":
			name, how, _ := strings.Cut(rest, " ")
			_, s.files[name] = s.said(how)
		case "drop":
			text, ok := s.files[rest]
			if !ok {
				s.t.Fatalf("there is no %s to drop", rest)
			}
			name := rest
			if bytes.HasPrefix(text, []byte("{")) {
				name += ".jsonl"
			} else if !strings.HasSuffix(name, ".csv") {
				name += ".csv"
			}
			s.take(name, text)
		case "down", "up":
			if s.down = do == "down"; !s.down {
				s.deliver()
			}
		case "wait":
			days, err := strconv.Atoi(rest)
			if err != nil {
				s.t.Fatal(err)
			}
			s.now = s.now.AddDate(0, 0, days)
		default:
			s.step(do, rest)
		}
	}
}

func (s *story) take(name string, text []byte) {
	s.t.Helper()
	s.drop(name, text)
	if !s.down {
		s.deliver()
	}
}

func (s *story) step(do, rest string) {
	s.t.Helper()
	step := shopifytest.Step{}
	if rest != "" {
		d := json.NewDecoder(strings.NewReader(rest))
		d.DisallowUnknownFields()
		if err := d.Decode(&step); err != nil {
			s.t.Fatalf("%s %s: %v", do, rest, err)
		}
	}
	step.Do, step.At = do, s.now
	if err := s.shop.Tell(s.order, step); err != nil {
		s.t.Fatal(err)
	}
}

// said is what Shopify says of the order now, as a file.
func (s *story) said(how string) (name string, text []byte) {
	s.t.Helper()
	if how == "csv" {
		return "orders_export.csv", []byte(s.shop.ExportOrders())
	}
	name, text = pullOne(s.t, s.shop, s.order, s.now)
	var order struct {
		CurrentTotalPriceSet struct{ ShopMoney struct{ Amount string } }
	}
	lines := bytes.SplitN(text, []byte("\n"), 3)
	if json.Unmarshal(lines[1], &order) == nil {
		s.total = order.CurrentTotalPriceSet.ShopMoney.Amount
	}
	return name, text
}

// pullOne is what a pull brings of one order.
func pullOne(t *testing.T, shop *shopifytest.Server, id string, now time.Time) (name string, text []byte) {
	t.Helper()
	sink, err := shopify.New(shopify.Config{Shop: "wasl-test.myshopify.com", BaseURL: shop.URL(), AccessToken: "main"}, shopify.Deps{
		Now: func() time.Time { return now }, Secret: func(string) (pipeline.Secret, error) { return pipeline.NewSecret("shpat_standin"), nil }})
	if err != nil {
		t.Fatal(err)
	}
	p, err := sink.Pull(t.Context(), shopify.PullOrders, shopify.Want{Dir: t.TempDir(), IDs: []string{id}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	if p.Count == 0 { // it is no longer there: the file says so
		gone := shopify.Seen{ID: id, Name: "#1001", Created: now.Add(-24 * time.Hour), Updated: now}
		if p, err = sink.Pull(t.Context(), shopify.PullOrders, shopify.Want{Dir: t.TempDir(), Gone: []shopify.Seen{gone}, Since: now}); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = p.Close() }()
	}
	text, err = io.ReadAll(p.Reader())
	if err != nil {
		t.Fatal(err)
	}
	return p.Name, text
}

// writeWhy writes what is wrong with a document.
func writeWhy(b *strings.Builder, e pipeline.Entry) {
	for _, p := range e.Why {
		fmt.Fprintf(b, "%s %s: %s", e.State, e.Name, p.Rule)
		for _, k := range slices.Sorted(maps.Keys(p.With)) {
			if k != "key" {
				fmt.Fprintf(b, " %s=%s", k, p.With[k])
			}
		}
		b.WriteString("\n")
	}
}

// answer is what the ERP was told, as a text.
func (s *story) answer() string {
	var b strings.Builder
	all := s.told()
	for _, g := range all {
		b.WriteString(g.kind + " " + g.number)
		if g.of != "" {
			b.WriteString(" of " + g.of + ": " + g.reason)
		}
		if len(g.changed) > 0 {
			b.WriteString(" (" + strings.Join(g.changed, ", ") + ")")
		}
		b.WriteString("\n")
		for _, l := range g.lines {
			b.WriteString("  " + l + "\n")
		}
	}
	for _, e := range s.entries() {
		if e.Left != "" && e.State == pipeline.Skipped {
			fmt.Fprintf(&b, "left out %s: %s\n", e.Name, e.Left)
		}
		writeWhy(&b, e)
	}
	fmt.Fprintf(&b, "books %s", books(all, s.flow.Settings["revision"] == "full").StringFixed(2))
	if s.total != "" {
		fmt.Fprintf(&b, ", shop %s", s.total)
	}
	b.WriteString("\n")
	return b.String()
}
