package reconcile

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"wasl/pipeline"
)

// Readiness is what stands between a merchant and e-receipts: counted by class, and listed.
type Readiness struct {
	Since  string    // orders from that day on were tried
	Checks []Ready   // every class, in order
	Lines  []Unready // what is not in order, by class

	Orders, Fit int // orders that were tried, and those of them that a receipt can be issued for
}

// Ready is a class of things that have to be in order, and how many of them are not.
type Ready struct {
	Class   string `json:"class"` // one of ReadyClasses
	Checked int    `json:"checked"`
	Wrong   int    `json:"wrong"`
}

// Unready is one thing that is not in order.
type Unready struct {
	Class   string
	What    string // a setting, a SKU, a gateway, an order
	Name    string // of the article
	Problem pipeline.Problem
	Orders  int              // that it holds up
	Money   pipeline.Decimal // of them
}

// ReadyClasses are the classes, in the order in which they are mended.
var ReadyClasses = []string{"activity", "branch", "pos", "tables", "itemcode", "unit", "vat", "gateway", "order"}

// readySheets are the sheets of the workbook and their classes.
var readySheets = []struct {
	key     string
	classes []string
}{
	{"ready.settings", []string{"activity", "branch", "pos", "tables"}},
	{"ready.items", []string{"itemcode", "unit", "vat"}},
	{"ready.gateways", []string{"gateway"}},
	{"ready.orders", []string{"order"}},
}

// Count fills in Checks from Lines, with how many things of each class were looked at.
func (r *Readiness) Count(checked map[string]int) {
	wrong := map[string]map[string]bool{}
	for _, l := range r.Lines {
		if wrong[l.Class] == nil {
			wrong[l.Class] = map[string]bool{}
		}
		wrong[l.Class][l.What] = true
	}
	r.Checks = nil
	for _, class := range ReadyClasses {
		r.Checks = append(r.Checks, Ready{class, max(checked[class], len(wrong[class])), len(wrong[class])})
	}
}

// NotReady is how many things are not in order.
func (r Readiness) NotReady() int {
	n := 0
	for _, c := range r.Checks {
		n += c.Wrong
	}
	return n
}

// ReadyClass is the class of what is wrong with an order, and the thing itself: an item, by its SKU, or a gateway, where
// mending that once mends every order with it; else the order.
func ReadyClass(p pipeline.Problem, order string) (class, what string) {
	sku := cmp.Or(p.With["sku"], p.With["code"])
	if strings.HasPrefix(string(p.Rule), "lookup.") {
		sku = p.Value
	}
	switch {
	case p.Rule == "eta.payment":
		return "gateway", p.With["gateway"]
	case sku == "" || !strings.HasPrefix(p.Field, "item."):
		return "order", order
	case p.Field == "item.unit" && p.Rule != "lookup.missing":
		return "unit", sku
	case strings.HasPrefix(p.Field, "item.vat") && p.Rule != "lookup.missing":
		return "vat", sku
	}
	return "itemcode", sku
}

// ReadyName is the name of a class for people, in the language given.
func ReadyName(lang, class string) string { return say(lang, "class."+class) }

// ReadyNext is what to do where a class is not ready, in the language given.
func ReadyNext(lang, class string) string { return say(lang, "next."+class) }

// ReadinessName is the name of the workbook of a day: readiness-2026-11-25.xlsx.
func ReadinessName(day string) string { return "readiness-" + day + ".xlsx" }

var (
	readyColumns   = []column{{"col.class", 40, false}, {"col.checked", 14, false}, {"col.notready", 14, false}, {"col.state", 16, false}, {"col.next", 90, false}}
	unreadyColumns = []column{
		{"col.class", 24, false}, {"col.what", 22, false}, {"col.name", 24, false}, {"col.value", 18, false}, {"col.wrong", 44, false}, {"col.fix", 44, false},
		{"col.orders", 9, false}, {"col.money", 14, false}, {"col.file", 22, false}, {"col.row", 7, false}, {"col.rule", 22, true},
	}
)

// WriteReadiness writes the readiness report as a workbook, whole or not at all: the classes counted, then what is not
// in order.
func WriteReadiness(ctx context.Context, path, day string, r Readiness, opt Options) error {
	return writeDay(ctx, path, day, "title.readiness", opt, func(b *book) error { return b.readiness(r) })
}

func (b *book) readiness(r Readiness) error {
	if err := rowsOf(b, "readiness", readyColumns, r.Checks, func(s *sheet, c Ready) {
		s.words(b.say("class." + c.Class))
		s.counted(int64(c.Checked))
		s.put(tallied, int64(c.Wrong))
		switch {
		case c.Wrong > 0:
			s.put(warn, b.say("notready"))
			s.words(b.say("next." + c.Class))
		case c.Checked == 0:
			s.put(quiet, b.say("nothingchecked"))
			s.words("")
		default:
			s.put(good, b.say("isready"))
			s.words("")
		}
	}); err != nil {
		return err
	}
	for _, one := range readySheets {
		if err := b.unready(one.key, r.Lines, one.classes); err != nil {
			return err
		}
	}
	return nil
}

// unready lists what is not in order of some classes.
func (b *book) unready(key string, all []Unready, classes []string) error {
	s, err := b.sheet(key, unreadyColumns)
	if err != nil {
		return err
	}
	for _, l := range all {
		if !slices.Contains(classes, l.Class) {
			continue
		}
		p := Worded(b.opt.Lang, l.Problem)
		s.words(b.say("class." + l.Class))
		s.words(l.What)
		s.words(l.Name)
		s.words(p.Value)
		s.words(p.Says(b.opt.Lang))
		s.words(p.Fix(b.opt.Lang))
		s.put(tallied, int64(l.Orders))
		s.money(dashed, l.Money)
		s.words(fileOf(p.Origin))
		if p.Row > 0 {
			s.put(number, p.Row)
		} else {
			s.text("")
		}
		s.text(string(p.Rule))
		if err := s.end(0); err != nil {
			return err
		}
	}
	if s.row == 1 {
		if err := s.remark(b.say("none")); err != nil {
			return err
		}
	}
	return s.close(s.row)
}

// Gather puts what is wrong with orders together: each item and gateway once, with the orders that it holds up, and each
// order with what is wrong with it. The zero value is ready.
type Gather struct {
	lines  []Unready
	at     map[string]int  // of a line, by class, thing and what is wrong with it
	things map[string]int  // of a line that stands there whichever orders there are, by class and thing
	seen   map[string]bool // of a line with an order: it counts once

	receipts bool // of entries: the shop issues receipts
}

// Order adds a problem of an order. Name is that of the article, where one is known.
func (g *Gather) Order(order, name string, money pipeline.Decimal, p pipeline.Problem) {
	class, what := ReadyClass(p, order)
	if i, known := g.things[class+"\x00"+what]; known {
		g.count(i, order, money)
	} else if class != "order" {
		g.count(g.add(Unready{Class: class, What: what, Name: name, Problem: p}), order, money)
	}
	g.count(g.add(Unready{Class: "order", What: order, Problem: p}), order, money)
}

// entry adds what the ledger has put aside: a receipt that could not be issued, or an item that did not get into the item
// list.
func (g *Gather) entry(e pipeline.Entry) {
	g.receipts = g.receipts || e.Kind == kindReceipt
	if e.State != pipeline.Held || e.Kind != kindReceipt && e.Kind != kindItem {
		return
	}
	for _, p := range e.Why {
		if e.Kind == kindReceipt {
			g.Order(e.Name, "", e.Money, p)
		} else {
			g.Thing(Unready{Class: ItemClass(p), What: e.Name, Problem: p})
		}
	}
}

// ItemClass is the class of what is wrong with a row of the item list.
func ItemClass(p pipeline.Problem) string {
	switch {
	case p.Field == "unit":
		return "unit"
	case strings.HasPrefix(p.Field, "vat"):
		return "vat"
	}
	return "itemcode"
}

// Thing adds a setting or an item that is not in order, whichever orders there are.
func (g *Gather) Thing(l Unready) {
	i := g.add(l)
	if key := l.Class + "\x00" + l.What; l.Class != "order" {
		if _, known := g.things[key]; !known {
			g.things[key] = i
		}
	}
}

// add gives the line of a thing and what is wrong with it, a new one where there is none.
func (g *Gather) add(l Unready) int {
	key := strings.Join([]string{l.Class, l.What, string(l.Problem.Rule), l.Problem.Field}, "\x00")
	if l.Class == "order" {
		key += l.Problem.Origin.String()
	}
	if g.at == nil {
		g.at, g.things, g.seen = map[string]int{}, map[string]int{}, map[string]bool{}
	}
	i, known := g.at[key]
	if !known {
		i = len(g.lines)
		g.at[key] = i
		g.lines = append(g.lines, l)
	}
	return i
}

// count counts an order with a line, once.
func (g *Gather) count(line int, order string, money pipeline.Decimal) {
	at := fmt.Sprint(line, "\x00", order)
	if g.seen[at] {
		return
	}
	g.seen[at] = true
	g.lines[line].Orders++
	g.lines[line].Money = g.lines[line].Money.Add(money)
}

// Sorted are the lines by class, then by the orders that they hold up.
func (g *Gather) Sorted() []Unready {
	slices.SortStableFunc(g.lines, func(a, b Unready) int {
		return cmp.Or(slices.Index(ReadyClasses, a.Class)-slices.Index(ReadyClasses, b.Class), b.Orders-a.Orders)
	})
	return g.lines
}
