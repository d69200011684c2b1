package reconcile

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

var ordersColumns = []column{
	{"col.order", 18, false}, {"col.day", 12, false}, {"col.currency", 10, false}, {"col.stated", 16, false}, {"col.erpref", 20, false}, {"col.erpstate", 20, false},
	{"col.erptotal", 15, false}, {"col.number", 18, false}, {"col.etastate", 22, false}, {"col.etatotal", 15, false}, {"col.difference", 13, false},
	{"col.why", 60, false}, {"col.uuid", 68, true},
}

// orders are all orders of the workbook: an order is one row, whichever jobs its
// two halves came with.
type orders struct {
	*sheet
	all    []*order
	byID   map[string]*order
	byName map[string]*order
	once   map[string]string // days and currencies, each kept once
}

// An order is what the ERP got of it and what the authority got of it. There are
// 100,000 of them in memory: nothing is in it that the sheet does not show.
type order struct {
	id, name      string
	day, currency string           // the ERP's document says, else the receipt
	stated        pipeline.Decimal // likewise
	erp, eta      half
}

// A half is one side of an order: its document there. Of several, the one that
// tells best how it stands.
type half struct {
	state       pipeline.State // "" where there is no document
	out         pipeline.Decimal
	ref, number string
	why         string
}

func (b *book) ordersSheet() (*orders, error) {
	s, err := b.sheet("orders", ordersColumns)
	return newOrders(s), err
}

func newOrders(s *sheet) *orders {
	return &orders{sheet: s, byID: map[string]*order{}, byName: map[string]*order{}, once: map[string]string{}}
}

func (o *orders) erp(e pipeline.Entry) {
	one := o.find(e)
	if one.erp.take(e, e.Ref, "", o.b.why(e)) {
		o.facts(one, e)
	}
}

// receipt takes the receipt of a sale; a return has a line of its own on the
// sheet of receipts.
func (o *orders) receipt(e pipeline.Entry, r receipt) {
	if strings.Contains(e.Key, "/") && orderID(e.Key) == "" {
		return
	}
	one := o.find(e)
	if one.eta.take(e, r.uuid, r.number, o.b.why(e)) && one.erp.state == "" {
		o.facts(one, e)
	}
}

// facts keeps what an entry says of its order, as far as it says anything: of one
// that is held for its errors little may be known.
func (o *orders) facts(one *order, e pipeline.Entry) {
	if e.Day != "" {
		one.day = o.same(e.Day)
	}
	if e.Currency != "" {
		one.currency = o.same(e.Currency)
	}
	if !e.Money.IsZero() {
		one.stated = e.Money
	}
}

// same is the same text, in memory once.
func (o *orders) same(text string) string {
	if kept, ok := o.once[text]; ok {
		return kept
	}
	o.once[text] = text
	return text
}

// orderID is the order's id in a key: order/ID, SHOP/order/ID or sale/ID; ""
// where the key has none.
func orderID(key string) string {
	for _, before := range []string{"order/", "sale/"} {
		if i := strings.Index(key, before); i == 0 || i > 0 && key[i-1] == '/' {
			return key[i+len(before):]
		}
	}
	return ""
}

// find is the order of an entry: by the id in its key, or by name where one of the two has no id, as a row that could not be read. Orders
// with two ids are two orders, whatever their names.
func (o *orders) find(e pipeline.Entry) *order {
	id := orderID(e.Key)
	if found, ok := o.byID[id]; ok && id != "" {
		return found
	}
	found, ok := o.byName[e.Name]
	if !ok || e.Name == "" || found.id != "" && id != "" {
		found = &order{name: e.Name}
		o.all = append(o.all, found)
	}
	if id != "" {
		found.id = id
		o.byID[id] = found
	}
	if e.Name != "" {
		o.byName[e.Name] = found
	}
	return found
}

// rank orders states by how much they tell of where an order stands: a second
// drop of the same file (unchanged) does not hide the delivery by the first.
var rank = map[pipeline.State]int{
	pipeline.Superseded: 1, pipeline.Skipped: 2, pipeline.Held: 3, pipeline.Parked: 4, pipeline.Rejected: 5,
	pipeline.Ready: 6, pipeline.Unchanged: 7, pipeline.Sending: 8, pipeline.Accepted: 9, pipeline.Delivered: 10,
}

// take puts an entry into the half, unless the one there tells more: then only
// what is wrong with the later one is added.
func (h *half) take(e pipeline.Entry, ref, number, why string) (taken bool) {
	if rank[h.state] <= rank[e.State] {
		*h = half{state: e.State, out: e.Out, ref: ref, number: number, why: why}
		return true
	}
	if wrong := e.State == pipeline.Held || e.State == pipeline.Rejected || e.State == pipeline.Parked || len(e.Why) > 0; wrong && why != "" {
		h.why = strings.TrimPrefix(h.why+"; "+why, "; ")
	}
	return false
}

// going is the amount that goes out of this half, or went.
func (h *half) going() pipeline.Decimal {
	switch h.state {
	case pipeline.Delivered, pipeline.Unchanged, pipeline.Accepted, pipeline.Sending, pipeline.Ready:
		return h.out
	}
	return pipeline.Decimal{}
}

// difference is what the ERP has more than the authority. It is only known where
// both have a document of the order, and it is meant where a flow leaves the
// order out, or a newer file brings it.
func (o *order) difference() (d pipeline.Decimal, known, meant bool) {
	if o.erp.state == "" || o.eta.state == "" {
		return d, false, false
	}
	for _, state := range []pipeline.State{o.erp.state, o.eta.state} {
		meant = meant || state == pipeline.Skipped || state == pipeline.Superseded
	}
	return o.erp.going().Sub(o.eta.going()), true, meant
}

// finish writes the orders, by day and then as they came.
func (o *orders) finish() error {
	o.byID, o.byName, o.once = nil, nil, nil // no more of them come
	slices.SortStableFunc(o.all, func(a, b *order) int { return cmp.Compare(a.day, b.day) })
	sums := map[string]*[4]pipeline.Decimal{}
	for i, one := range o.all {
		o.all[i] = nil
		if err := o.write(one); err != nil {
			return err
		}
		sum, ok := sums[one.currency]
		if !ok {
			sum = &[4]pipeline.Decimal{}
			sums[one.currency] = sum
		}
		diff, _, _ := one.difference()
		for i, d := range []pipeline.Decimal{one.stated, one.erp.going(), one.eta.going(), diff} {
			sum[i] = sum[i].Add(d)
		}
	}
	last := o.row
	if len(o.all) == 0 {
		if err := o.remark(o.b.say("none")); err != nil {
			return err
		}
		return o.close(last)
	}
	if err := o.end(0); err != nil {
		return err
	}
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		if err := o.total(currency, sums[currency], last); err != nil {
			return err
		}
	}
	if err := o.remark(o.b.say("orders.note")); err != nil {
		return err
	}
	return o.close(last)
}

func (o *orders) write(one *order) error {
	o.text(one.name)
	o.date(one.day)
	o.styled(center, o.b.currency(one.currency))
	o.money(amount, one.stated)
	o.text(one.erp.ref)
	o.state(one.erp.state)
	o.half(one.erp)
	o.text(one.eta.number)
	o.state(one.eta.state)
	o.half(one.eta)
	switch diff, known, meant := one.difference(); {
	case !known:
		o.text("")
	case diff.IsZero():
		o.money(evenM, diff)
	case meant:
		o.money(softM, diff)
	default:
		o.money(offM, diff)
	}
	o.words(o.b.whys(one))
	o.text(one.eta.ref)
	return o.end(0)
}

// half adds what goes out of one half; nothing where it has no document.
func (o *orders) half(h half) {
	if h.state == "" {
		o.text("")
		return
	}
	o.money(dashed, h.going())
}

func (o *orders) total(currency string, sum *[4]pipeline.Decimal, last int) error {
	o.put(totalT, o.b.say("col.total"))
	o.styled(totalT, "")
	o.styled(totalC, o.b.currency(currency))
	by := []int{3}
	for col := 4; col <= 11; col++ {
		switch at := slices.Index([]int{4, 7, 10, 11}, col); at {
		case -1:
			o.styled(totalT, "")
		default:
			o.sumIfs(col, last, by, sum[at])
		}
	}
	return o.end(0)
}

// whys says of both sides why an order is not there; once, where both say the same.
func (b *book) whys(o *order) string {
	erp, eta := o.erp.why, o.eta.why
	switch {
	case erp == eta:
		return erp
	case erp == "":
		return b.say("side.eta") + ": " + eta
	case eta == "":
		return b.say("side.erp") + ": " + erp
	}
	return b.say("side.erp") + ": " + erp + "\n" + b.say("side.eta") + ": " + eta
}

// why says why a document was left out or put aside: the flow's words, or its
// first three problems.
func (b *book) why(e pipeline.Entry) string {
	if e.State == pipeline.Ready && e.Of != "" && len(e.Why) == 0 {
		sale := e.Of
		if len(e.Words) > 0 {
			sale = e.Words[0] // what people call it
		}
		return say(b.opt.Lang, "waits.sale", "sale", sale)
	}
	if len(e.Why) == 0 {
		return e.Left
	}
	return reasonsOf(b.opt.Lang, e.Why)
}

// reasonsOf are the first three problems in words, each once.
func reasonsOf(lang string, why []pipeline.Problem) string {
	const most = 3
	var out []string
	for _, p := range why {
		if says := Worded(lang, p).Says(lang); !slices.Contains(out, says) {
			out = append(out, says)
		}
	}
	if n := len(out) - most; n > 0 {
		out = append(out[:most], say(lang, "more", "count", strconv.Itoa(n)))
	}
	return strings.Join(out, "; ")
}
