package reconcile

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

var stockColumns = []column{
	{"col.sku", 22, false}, {"col.place", 30, false}, {"col.was", 12, false}, {"col.now", 12, false}, {"col.change", 12, false}, {"col.state", 20, false},
	{"col.why", 60, false}, {"col.file", 30, false}, {"col.sent", 17, false}, {"col.job", 30, true},
}

// mostUnchanged is how many unchanged items of stock are listed one by one.
const mostUnchanged = 5_000

// A stockSheet lists changes of stock as they pass by.
type stockSheet struct {
	*sheet
	held      map[pipeline.Job]pipeline.Opened // jobs that a gate holds
	brief     bool                             // unchanged items are only counted
	unchanged int
}

func (b *book) stockSheet(jobs []pipeline.Opened) (*stockSheet, error) {
	s, err := b.sheet("stock", stockColumns)
	if err != nil {
		return nil, err
	}
	same, held := 0, map[pipeline.Job]pipeline.Opened{}
	for _, j := range jobs {
		if j.Gate == pipeline.GateHeld {
			held[j.Job] = j
		}
		if j.Kind == kindStock {
			same += j.States[pipeline.Unchanged]
		}
	}
	return &stockSheet{sheet: s, held: held, brief: same > mostUnchanged}, nil
}

func (s *stockSheet) add(e pipeline.Entry) error {
	if e.State == pipeline.Unchanged && s.brief {
		s.unchanged++
		return nil
	}
	item := readStock(e.Document)
	s.text(item.sku)
	s.text(item.place)
	was, known := parse(e.Old)
	s.quantity(e.Old, was, known)
	s.quantity(item.now, item.quantity, item.known)
	if known && item.known {
		s.count(item.quantity.Sub(was))
	} else {
		s.text("")
	}
	s.planState(e.State, s.held[e.Job])
	s.words(cmp.Or(s.b.why(e), rulesOf(e.Changes)))
	s.text(e.Drop)
	s.time(e.Sent)
	s.text(e.Job.String())
	return s.end(0)
}

func (s *stockSheet) finish() error {
	last := s.row
	if s.row == 1 && s.unchanged == 0 {
		if err := s.remark(s.b.say("none")); err != nil {
			return err
		}
	}
	if s.unchanged > 0 {
		if err := s.remark(say(s.b.opt.Lang, "stock.unchanged", "count", strconv.Itoa(s.unchanged))); err != nil {
			return err
		}
	}
	return s.close(last)
}

func (s *sheet) quantity(text string, d pipeline.Decimal, known bool) {
	if known {
		s.count(d)
		return
	}
	s.text(text)
}

// count adds pieces, or kilograms.
func (s *sheet) count(d pipeline.Decimal) {
	if d.Equal(d.Trunc(0)) {
		s.money(number, d)
		return
	}
	s.money(quantity, d)
}

// An item is what a document of stock says, as far as it can be read.
type item struct {
	sku, place string
	now        string // the quantity as it is written
	quantity   pipeline.Decimal
	known      bool // quantity is a number
}

// readStock reads a document of stock leniently: its body is its sink's. People
// call it A-1001 @ 01.
func readStock(doc pipeline.Document) item {
	var body struct {
		SKU       string          `json:"sku"`
		Warehouse string          `json:"warehouse"`
		Location  string          `json:"location"`
		Quantity  json.RawMessage `json:"quantity"`
	}
	_ = json.Unmarshal(doc.Body, &body) // what cannot be read is left empty
	it := item{sku: body.SKU, place: body.Warehouse}
	if sku, place, ok := cutLast(doc.Name, " @ "); ok {
		it.place = place
		if it.sku == "" {
			it.sku = sku
		}
	}
	if it.sku == "" {
		it.sku = doc.Name
	}
	if it.place == "" {
		it.place = body.Location
	}
	it.now = strings.Trim(string(body.Quantity), `"`)
	it.quantity, it.known = parse(it.now)
	return it
}

func cutLast(s, sep string) (before, after string, ok bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// parse reads a plain decimal.
func parse(s string) (pipeline.Decimal, bool) {
	d, err := udecimal.Parse(s)
	return d, err == nil
}
