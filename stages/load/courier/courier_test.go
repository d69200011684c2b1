package courier_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/quagmt/udecimal"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
	"wasl/stages/load/courier"
)

// shelves are tables in memory that fail when told to.
type shelves struct {
	mu   sync.Mutex
	rows map[string]map[string]pipeline.TableRow
	fail error // what the next Put says
	lose bool  // the next Put says so after it has stored the rows
}

func newShelves() *shelves { return &shelves{rows: map[string]map[string]pipeline.TableRow{}} }

func (s *shelves) Put(ctx context.Context, table string, rows []pipeline.TableRow) error {
	return s.PutAll(ctx, map[string][]pipeline.TableRow{table: rows})
}

func (s *shelves) Marked(context.Context, string, string, bool) iter.Seq2[pipeline.TableRow, error] {
	return nil
}

func (s *shelves) PutAll(_ context.Context, all map[string][]pipeline.TableRow) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	for table, rows := range all {
		if s.rows[table] == nil {
			s.rows[table] = map[string]pipeline.TableRow{}
		}
		for _, r := range rows {
			s.rows[table][r.Code] = r
		}
	}
	if s.lose {
		s.lose = false
		return errors.New("connection lost")
	}
	return nil
}

func (s *shelves) Row(_ context.Context, table, code string) (pipeline.TableRow, error) {
	r, ok := s.rows[table][code]
	if !ok {
		return r, pipeline.ErrNotFound
	}
	return r, nil
}

func (s *shelves) Rows(_ context.Context, table string) iter.Seq2[pipeline.TableRow, error] {
	return func(yield func(pipeline.TableRow, error) bool) {
		for _, code := range slices.Sorted(maps.Keys(s.rows[table])) {
			if !yield(s.rows[table][code], nil) {
				return
			}
		}
	}
}

func TestSink(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(*testing.T) sinktest.World {
		tables := newShelves()
		sink := courier.New(courier.Config{}, tables, time.UTC)
		return sinktest.World{
			Sink:   sink,
			Upsert: true,
			Docs: func(texts []string) (docs []pipeline.Document) {
				for i, text := range texts {
					docs = append(docs, build(t, sink, i+2, "remit.courier", "Bosta", "remit.sheet", "7", "remit.tracking", text, "remit.amount", "10"))
				}
				return docs
			},
			Effects: func() []string { return slices.Collect(maps.Keys(tables.rows["courier.lines"])) },
			Lose:    func() { tables.lose = true },
			Full:    func() { tables.fail = errors.New("the disk is full") },
			Mend:    func() { tables.fail = nil },
		}
	})
}

// record is a row of a kind, of pairs of field and text.
func record(kind pipeline.Kind, row int, pairs ...string) pipeline.Record {
	r := pipeline.NewRecord(pipeline.Row{Origin: pipeline.Origin{File: "sheet.csv", Row: row}}, pipeline.NewShape(kind.Fields))
	for i := 0; i+1 < len(pairs); i += 2 {
		at := slices.IndexFunc(kind.Fields, func(f pipeline.Field) bool { return f.Name == pairs[i] })
		if at < 0 {
			panic(pairs[i])
		}
		v := pipeline.Value{Set: pairs[i+1] != "", Text: pairs[i+1]}
		switch kind.Fields[at].Type {
		case pipeline.Amount:
			v.Dec, _ = udecimal.Parse(pairs[i+1])
		case pipeline.Date, pipeline.Time:
			layout := time.DateOnly
			if strings.Contains(pairs[i+1], "T") {
				layout = time.RFC3339
			}
			v.Time, _ = time.Parse(layout, pairs[i+1])
		case pipeline.Bool:
			v.Bool = pairs[i+1] == "true"
		}
		r.Put(at, v)
	}
	return r
}

// build makes a line that is right.
func build(t *testing.T, sink *courier.Sink, row int, pairs ...string) pipeline.Document {
	t.Helper()
	kind := sink.Kinds()[1]
	doc, problems := kind.Build([]pipeline.Record{record(kind, row, pairs...)})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	doc.Kind = kind.Name
	return doc
}

// TestRemittance_Wrong: a line that is wrong by itself is held, with what is wrong.
func TestRemittance_Wrong(t *testing.T) {
	t.Parallel()
	kind := courier.New(courier.Config{}, newShelves(), nil).Kinds()[1]
	for want, pairs := range map[pipeline.Rule][]string{
		"courier.unnamed":  {"remit.sheet", "7", "order.name", "1", "remit.amount", "10"},
		"courier.nameless": {"remit.courier", "Bosta", "remit.sheet", "7", "remit.amount", "10"},
		"courier.status":   {"remit.courier", "Bosta", "remit.sheet", "7", "order.name", "1", "remit.amount", "10", "remit.status", "lost"},
		"courier.negative": {"remit.courier", "Bosta", "remit.sheet", "7", "order.name", "1", "remit.amount", "-10"},
		"courier.net":      {"remit.courier", "Bosta", "remit.sheet", "7", "order.name", "1", "remit.amount", "10", "remit.fee", "2", "remit.vat", "0.28", "remit.net", "7.73"},
	} {
		_, problems := kind.Build([]pipeline.Record{record(kind, 2, pairs...)})
		if len(problems) != 1 || problems[0].Rule != want {
			t.Errorf("%s: %v", want, problems)
		}
	}
	_, problems := kind.Build([]pipeline.Record{record(kind, 2, "remit.courier", "Bosta", "remit.sheet", "7", "order.name", "1", "remit.amount", "10",
		"remit.fee", "2", "remit.vat", "0.28", "remit.net", "7.73")})
	if len(problems) == 1 && problems[0].With["off"] != "0.01" {
		t.Errorf("the difference is %s", problems[0].With["off"])
	}
}

// TestRemittance_Key: a line is known by courier, sheet and parcel; a sheet without a
// number by its day, or else by its file; the amount is no part of it.
func TestRemittance_Key(t *testing.T) {
	t.Parallel()
	sink := courier.New(courier.Config{Couriers: map[string][]string{"Bosta": {"بوسطة"}}}, newShelves(), nil)
	key := func(pairs ...string) string { return build(t, sink, 2, pairs...).Key }
	one := key("remit.courier", "Bosta", "remit.sheet", "7", "remit.tracking", "AB1", "remit.amount", "10")
	for what, other := range map[string]string{
		"another name of the courier": key("remit.courier", "بوسطه", "remit.sheet", "7", "remit.tracking", "ab1", "remit.amount", "10"),
		"another amount":              key("remit.courier", "Bosta", "remit.sheet", "7", "remit.tracking", "AB1", "remit.amount", "11"),
	} {
		if other != one {
			t.Errorf("%s: %s, not %s", what, other, one)
		}
	}
	if got := key("remit.courier", "Bosta", "remit.day", "2026-11-24", "remit.tracking", "AB1", "remit.amount", "10"); got != "remittance/bosta/2026-11-24/ab1" {
		t.Error(got)
	}
	if got := key("remit.courier", "Bosta", "remit.tracking", "AB1", "remit.amount", "10"); got != "remittance/bosta/sheet/ab1" {
		t.Error(got)
	}
}

// TestOrder_Expected: what a courier is to collect, of pulled orders and of exports.
func TestOrder_Expected(t *testing.T) {
	t.Parallel()
	kind := courier.New(courier.Config{}, newShelves(), nil).Kinds()[0].Bind(nil)
	const cod = "Cash on Delivery (COD)"
	pulled := func(total, current string, moves ...[3]string) []pipeline.Record {
		rows := []pipeline.Record{record(kind, 2, "order.name", "#1", "order.created", "2026-11-20T10:00:00Z", "order.total", total, "order.current_total", current, "order.payment", cod)}
		for i, m := range moves {
			rows = append(rows, record(kind, 3+i, "order.name", "#1", "payment.kind", m[0], "payment.gateway", m[1], "payment.amount", m[2], "payment.status", "SUCCESS"))
		}
		return rows
	}
	csv := func(pairs ...string) []pipeline.Record {
		return []pipeline.Record{record(kind, 2, append(pairs, "order.name", "#1", "order.created", "2026-11-20T10:00:00Z")...)}
	}
	for what, c := range map[string]struct {
		rows []pipeline.Record
		want string
	}{
		"all of it":                             {pulled("100", "100"), "100"},
		"a part by card before":                 {pulled("150", "150", [3]string{"sale", "paymob", "50"}), "100"},
		"collected and marked paid":             {pulled("100", "100", [3]string{"sale", cod, "100"}), "100"},
		"marked paid in part by hand":           {pulled("100", "100", [3]string{"sale", "manual", "60"}), "100"},
		"given back after it was collected":     {pulled("100", "70", [3]string{"sale", cod, "100"}, [3]string{"refund", "manual", "30"}), "100"},
		"goods taken off before it was sent":    {pulled("100", "70"), "70"},
		"paid by card after it was placed":      {pulled("100", "100", [3]string{"sale", "paymob", "100"}), "0"},
		"export, pending":                       {csv("order.total", "100", "order.outstanding", "80", "order.status", "pending", "order.payment", cod), "80"},
		"export, paid on delivery":              {csv("order.total", "100", "order.outstanding", "0", "order.status", "paid", "order.payment", cod), "100"},
		"export, paid by two means":             {csv("order.total", "100", "order.outstanding", "0", "order.status", "paid", "order.payment", cod+" + paymob"), "0"},
		"export, paid in part, by whom is open": {csv("order.total", "100", "order.outstanding", "40", "order.status", "partially_paid", "order.payment", cod), "40"},
		"paid by card":                          {csv("order.total", "100", "order.status", "paid", "order.payment", "paymob"), "0"},
	} {
		doc, problems := kind.Build(c.rows)
		if len(problems) > 0 || doc.Money.String() != c.want {
			t.Errorf("%s: %s, want %s (%v)", what, doc.Money, c.want, problems)
		}
	}
}

// of is an order to be paid on delivery that was sent on 20 November.
func of(name, expected string, more ...func(*courier.Order)) courier.Order {
	o := courier.Order{Name: name, COD: true, Expected: udecimal.MustParse(expected), Currency: "EGP", Method: "COD", Placed: "2026-11-19", Sent: "2026-11-20",
		Company: "Bosta", Tracking: []string{"T" + name[1:]}}
	for _, change := range more {
		change(&o)
	}
	return o
}

// line is one of a sheet of 24 November.
func line(sheet, order, amount string, more ...func(*courier.Line)) courier.Line {
	l := courier.Line{Key: sheet + "/" + order, Job: pipeline.Job{Drop: "20261124-0001", Flow: "sheet"}, Arrived: "2026-11-24",
		Remittance: courier.Remittance{Courier: "Bosta", Sheet: sheet, Day: "2026-11-24", At: "2026-11-24", Order: order, Status: "delivered", Amount: udecimal.MustParse(amount)}}
	for _, change := range more {
		change(&l)
	}
	return l
}

func status(s string) func(*courier.Line) { return func(l *courier.Line) { l.Status = s } }
func on(day string) func(*courier.Line)   { return func(l *courier.Line) { l.At, l.Day = day, day } }

// classes are those of lines, with what they were told for.
func classes(b courier.Books, c courier.Config) (out []string) {
	for _, m := range courier.Reckon(b, c).Matches {
		text := m.Class
		for _, p := range m.Wrong() {
			text += " " + string(p.Rule) + " " + p.With["off"]
		}
		out = append(out, text)
	}
	return out
}

// TestReckon holds one line, or a few, against one order.
func TestReckon(t *testing.T) {
	t.Parallel()
	card := func(o *courier.Order) { o.COD, o.Expected, o.Method = false, pipeline.Decimal{}, "paymob" }
	for what, c := range map[string]struct {
		order courier.Order
		lines []courier.Line
		cfg   courier.Config
		want  []string
		left  string // that is owed in the end; "" where nothing is
	}{
		"matched":                  {of("#1", "100"), []courier.Line{line("7", "1", "100")}, courier.Config{}, []string{"matched"}, ""},
		"short":                    {of("#1", "100"), []courier.Line{line("7", "#1", "90")}, courier.Config{}, []string{"short courier.short 10.00"}, "10"},
		"short within tolerance":   {of("#1", "100"), []courier.Line{line("7", "#1", "99.5")}, courier.Config{Tolerance: udecimal.MustParse("0.5")}, []string{"matched"}, ""},
		"a piastre beyond it":      {of("#1", "100"), []courier.Line{line("7", "#1", "99.49")}, courier.Config{Tolerance: udecimal.MustParse("0.5")}, []string{"short courier.short 0.51"}, "0.51"},
		"the rest comes later":     {of("#1", "100"), []courier.Line{line("7", "#1", "90"), line("8", "#1", "10")}, courier.Config{}, []string{"short", "matched"}, ""},
		"over":                     {of("#1", "100"), []courier.Line{line("7", "#1", "100.01")}, courier.Config{}, []string{"over courier.over 0.01"}, "100"},
		"twice":                    {of("#1", "100"), []courier.Line{line("7", "#1", "100"), line("8", "#1", "100")}, courier.Config{}, []string{"matched", "twice courier.twice 100.00"}, ""},
		"too much the second time": {of("#1", "100"), []courier.Line{line("7", "#1", "60"), line("8", "#1", "60")}, courier.Config{}, []string{"short courier.short 40.00", "over courier.over 20.00"}, "40"},
		"nothing though delivered": {of("#1", "100"), []courier.Line{line("7", "#1", "0")}, courier.Config{}, []string{"short courier.short 100.00"}, "100"},
		"refused":                  {of("#1", "100"), []courier.Line{line("7", "#1", "0", status("refused"))}, courier.Config{}, []string{"returned"}, ""},
		"returned, yet collected":  {of("#1", "100"), []courier.Line{line("7", "#1", "5", status("returned"))}, courier.Config{}, []string{"unclear courier.unclear 95.00"}, "100"},
		"returned, then delivered": {of("#1", "100"), []courier.Line{line("7", "#1", "0", status("returned"), on("2026-11-22")), line("8", "#1", "100")}, courier.Config{}, []string{"returned", "matched"}, ""},
		"partly":                   {of("#1", "100"), []courier.Line{line("7", "#1", "70", status("partly"))}, courier.Config{}, []string{"partly courier.partly 30.00"}, "30"},
		"partly, all the same":     {of("#1", "70"), []courier.Line{line("7", "#1", "70", status("partly"))}, courier.Config{}, []string{"matched"}, ""},
		"by card":                  {of("#1", "0", card), []courier.Line{line("7", "#1", "100")}, courier.Config{}, []string{"card courier.card 100.00"}, ""},
		"by card, nothing asked":   {of("#1", "0", card), []courier.Line{line("7", "#1", "0")}, courier.Config{}, []string{"prepaid"}, ""},
		"cancelled":                {of("#1", "100", func(o *courier.Order) { o.Cancelled = "2026-11-21" }), []courier.Line{line("7", "#1", "100")}, courier.Config{}, []string{"cancelled courier.cancelled 0.00"}, ""},
		"foreign": {of("#1", "100"), []courier.Line{line("7", "#1", "100", func(l *courier.Line) { l.Currency = "USD" })}, courier.Config{},
			[]string{"foreign courier.currency 0.00"}, "100"},
		"by its parcel": {of("#1", "100"), []courier.Line{line("7", "", "100", func(l *courier.Line) { l.Tracking = "t1" })}, courier.Config{}, []string{"matched"}, ""},
		"by a reference": {of("#1", "100"), []courier.Line{line("7", "", "100", func(l *courier.Line) { l.Tracking, l.Reference = "other", "1" })}, courier.Config{},
			[]string{"matched"}, ""},
		"he was told another amount": {of("#1", "100"), []courier.Line{line("7", "#1", "100", func(l *courier.Line) { d := udecimal.MustParse("120"); l.Expected = &d })}, courier.Config{},
			[]string{"matched courier.expected 0.00"}, ""},
		"of nobody": {of("#1", "100"), []courier.Line{line("7", "#2", "100")}, courier.Config{}, []string{"awaits courier.awaits 0.00"}, "100"},
	} {
		books := courier.Books{Orders: []courier.Order{c.order}, Lines: c.lines}
		if diff := cmp.Diff(c.want, classes(books, c.cfg)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
		left := ""
		for _, d := range courier.Reckon(books, c.cfg).Owing(c.cfg, "2026-11-25") {
			left += d.Left.String()
		}
		if left != c.left {
			t.Errorf("%s: %q is left, want %q", what, left, c.left)
		}
	}
}

// TestReckon_Differs: a line that names one order, and the parcel of another, is of neither.
func TestReckon_Differs(t *testing.T) {
	t.Parallel()
	got := classes(courier.Books{Orders: []courier.Order{of("#1", "100"), of("#2", "100")},
		Lines: []courier.Line{line("7", "#1", "100", func(l *courier.Line) { l.Tracking = "T2" })}}, courier.Config{})
	if diff := cmp.Diff([]string{"differs courier.differs 0.00"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestAccounts: every account closes with what is owed, and goes on where it closed.
func TestAccounts(t *testing.T) {
	t.Parallel()
	b := courier.Books{
		Orders: []courier.Order{of("#1", "100"), of("#2", "200"), of("#3", "50"), of("#4", "70", func(o *courier.Order) { o.Sent = "" }),
			of("#5", "30", func(o *courier.Order) { o.Cancelled = "2026-11-22" }), of("#6", "80")},
		Lines: []courier.Line{
			line("7", "#1", "0", status("returned"), on("2026-11-21")), line("8", "#1", "100"), line("8", "#2", "150"),
			line("8", "#3", "0", status("refused")), line("8", "#6", "79.5"), line("8", "#9", "10"),
		},
	}
	c := courier.Config{Tolerance: udecimal.MustParse("1")}
	r := courier.Reckon(b, c)
	var got []string
	for _, a := range r.Accounts() {
		last := pipeline.Decimal{}
		for _, d := range a.Days {
			if !d.Opening.Equal(last) {
				t.Errorf("%s opens with %s, not %s", d.Day, d.Opening, last)
			}
			last = d.Closing
			got = append(got, fmt.Sprintf("%s %s: %s %s %s %s %s = %s, short %s, unmatched %s", a.Courier, d.Day, d.Opening, d.Shipped, d.Collected, d.Returned, d.Tolerated, d.Closing, d.Short, d.Unmatched))
		}
		owed := pipeline.Decimal{}
		for _, d := range r.Owing(c, "2026-11-25") {
			if d.Courier == a.Courier {
				owed = owed.Add(d.Left)
			}
		}
		if !owed.Equal(last) {
			t.Errorf("%s closes with %s, and owes %s", a.Courier, last, owed)
		}
	}
	want := []string{
		"Bosta 2026-11-20: 0 460 0 0 0 = 460, short 0, unmatched 0",
		"Bosta 2026-11-21: 460 0 0 -100 0 = 360, short 0, unmatched 0",
		"Bosta 2026-11-22: 360 0 0 -30 0 = 330, short 0, unmatched 0",
		"Bosta 2026-11-24: 330 0 -329.5 50 -0.5 = 50, short 50, unmatched 10",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestAges: debts are counted by the days since their parcels were sent.
func TestAges(t *testing.T) {
	t.Parallel()
	var orders []courier.Order
	for i, day := range []string{"2026-11-25", "2026-11-18", "2026-11-17", "2026-11-11", "2026-11-10", "2026-10-26", "2026-10-25"} {
		orders = append(orders, of(fmt.Sprintf("#%d", i), "1", func(o *courier.Order) { o.Sent = day }))
	}
	var got []string
	for _, d := range courier.Reckon(courier.Books{Orders: orders}, courier.Config{}).Owing(courier.Config{}, "2026-11-25") {
		got = append(got, d.Sent+" "+d.Age)
	}
	want := []string{"2026-10-25 >30", "2026-10-26 15-30", "2026-11-10 15-30", "2026-11-11 8-14", "2026-11-17 8-14", "2026-11-18 0-7", "2026-11-25 0-7"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"0-3", "4-10", ">10"}, courier.Config{Ages: []int{3, 10}}.AgeNames()); diff != "" {
		t.Error(diff)
	}
}
