package courier_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/quagmt/udecimal"

	"wasl/pipeline"
	"wasl/stages/load/courier"
)

func fee(amount, vat string) func(*courier.Line) {
	return func(l *courier.Line) { l.Fee, l.VAT = udecimal.MustParse(amount), udecimal.MustParse(vat) }
}

func nobody(string) bool { return false }

// next is what is to be handed on, as texts.
func next(b courier.Books, c courier.Config, to string, taken func(string) bool) (out []string) {
	for _, h := range courier.ToHand(courier.Reckon(b, c), b.Handed, c, to, taken) {
		out = append(out, fmt.Sprintf("%s %s %s %s-%s-%s %s", h.Kind, h.Number, h.Order, h.Amount, h.Fee, h.VAT, h.Paid))
	}
	return out
}

// TestToHand: what matches goes on, what does not stays.
func TestToHand(t *testing.T) {
	t.Parallel()
	b := courier.Books{
		Orders: []courier.Order{of("#1", "100"), of("#2", "100"), of("#3", "100"), of("#4", "100")},
		Lines: []courier.Line{line("7", "#1", "100", fee("20", "2.8")), line("7", "#2", "60", fee("20", "2.8")), line("7", "#3", "0", status("returned"), fee("15", "2.1")),
			line("7", "#4", "101"), line("7", "#9", "5")},
	}
	for what, c := range map[string]struct {
		cfg   courier.Config
		to    string
		taken func(string) bool
		want  []string
	}{
		"to the ERP":              {courier.Config{}, courier.ToERP, nobody, []string{"sale Bosta-7-1 #1 100-20-2.8 77.2", "sale Bosta-7-2 #2 60-20-2.8 37.2", "fee Bosta-7-3 #3 0-15-2.1 -17.1"}},
		"short ones are held":     {courier.Config{Short: "hold"}, courier.ToERP, nobody, []string{"sale Bosta-7-1 #1 100-20-2.8 77.2", "fee Bosta-7-3 #3 0-15-2.1 -17.1"}},
		"to the shop":             {courier.Config{}, courier.ToShop, nobody, []string{"sale Bosta-7-1 #1 100-20-2.8 77.2", "sale Bosta-7-2 #2 60-20-2.8 37.2"}},
		"one is marked by others": {courier.Config{}, courier.ToShop, func(order string) bool { return order == "#1" }, []string{"sale Bosta-7-2 #2 60-20-2.8 37.2"}},
	} {
		if diff := cmp.Diff(c.want, next(b, c.cfg, c.to, c.taken)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}

// TestToHand_Once: what was handed on is not again, whatever a corrected sheet says.
func TestToHand_Once(t *testing.T) {
	t.Parallel()
	b := courier.Books{Orders: []courier.Order{of("#1", "100"), of("#2", "100")}, Lines: []courier.Line{line("7", "#1", "100"), line("7", "#2", "100")}}
	b.Handed = courier.ToHand(courier.Reckon(b, courier.Config{}), nil, courier.Config{}, courier.ToERP, nobody)
	if again := next(b, courier.Config{}, courier.ToERP, nobody); len(b.Handed) != 2 || len(again) > 0 {
		t.Errorf("%d, then %v", len(b.Handed), again)
	}
	b.Lines[0] = line("7", "#1", "90")
	b.Lines[1] = line("7", "#2", "0", status("returned"), fee("10", "0"))
	if again := next(b, courier.Config{}, courier.ToERP, nobody); len(again) > 0 {
		t.Errorf("a corrected sheet hands on %v", again)
	}
	want := []string{"short courier.changed 10.00", "returned courier.changed 100.00"}
	if diff := cmp.Diff(want, classes(b, courier.Config{})); diff != "" {
		t.Error(diff)
	}
	if shop := next(b, courier.Config{}, courier.ToShop, nobody); len(shop) != 1 {
		t.Errorf("the shop is another target: %v", shop)
	}
}

// TestToHand_Parcels: two parcels of one order in one sheet have numbers of their own.
func TestToHand_Parcels(t *testing.T) {
	t.Parallel()
	parcel := func(number string) func(*courier.Line) {
		return func(l *courier.Line) { l.Tracking, l.Key = number, number }
	}
	b := courier.Books{Orders: []courier.Order{of("#1", "100")}, Lines: []courier.Line{line("7", "#1", "50", parcel("A")), line("7", "#1", "50", parcel("B"))}}
	want := []string{"sale Bosta-7-1 #1 50-0-0 50", "sale Bosta-7-1-B #1 50-0-0 50"}
	if diff := cmp.Diff(want, next(b, courier.Config{}, courier.ToERP, nobody)); diff != "" {
		t.Error(diff)
	}
}

// TestReckon_Since: an order that changes after its money was handed on is told as such;
// one that is cancelled after it was collected is not.
func TestReckon_Since(t *testing.T) {
	t.Parallel()
	b := courier.Books{Orders: []courier.Order{of("#1", "100"), of("#2", "100")}, Lines: []courier.Line{line("7", "#1", "100"), line("7", "#2", "100")}}
	b.Handed = courier.ToHand(courier.Reckon(b, courier.Config{}), nil, courier.Config{}, courier.ToERP, nobody)
	b.Orders = []courier.Order{of("#1", "80"), of("#2", "100", func(o *courier.Order) { o.Cancelled = "2026-11-25" })}
	if diff := cmp.Diff([]string{"over courier.since 20.00", "matched"}, classes(b, courier.Config{})); diff != "" {
		t.Error(diff)
	}
}

// TestReckon_HandedFirst: a line that was handed on keeps its place, also where another
// one of the order stands before it.
func TestReckon_HandedFirst(t *testing.T) {
	t.Parallel()
	late := line("8", "#1", "100")
	b := courier.Books{Orders: []courier.Order{of("#1", "100")}, Lines: []courier.Line{line("7", "#1", "100"), late}}
	only := courier.Books{Orders: b.Orders, Lines: []courier.Line{late}}
	b.Handed = courier.ToHand(courier.Reckon(only, courier.Config{}), nil, courier.Config{}, courier.ToERP, nobody)
	if diff := cmp.Diff([]string{"twice courier.twice 100.00", "matched"}, classes(b, courier.Config{})); diff != "" {
		t.Error(diff)
	}
}

// TestSheets_Payout: a sheet that says what it pays is one payout, where its lines come to
// it; where they do not, that is told and nothing of it is handed on.
func TestSheets_Payout(t *testing.T) {
	t.Parallel()
	pays := func(amount string) func(*courier.Line) {
		d := udecimal.MustParse(amount)
		return func(l *courier.Line) { l.Payout = &d }
	}
	orders := []courier.Order{of("#1", "100"), of("#2", "100")}
	good := courier.Books{Orders: orders, Lines: []courier.Line{line("7", "#1", "100", fee("20", "0"), pays("180")), line("7", "#2", "100", pays("180"))}}
	want := []string{"sale Bosta-7-1 #1 100-20-0 0", "sale Bosta-7-2 #2 100-0-0 0", "payout Bosta-7-PAYOUT  180-0-0 0"}
	if diff := cmp.Diff(want, next(good, courier.Config{}, courier.ToERP, nobody)); diff != "" {
		t.Error(diff)
	}
	bad := courier.Books{Orders: orders, Lines: []courier.Line{line("7", "#1", "100", fee("20", "0"), pays("179")), line("7", "#2", "100", pays("179"))}}
	if diff := cmp.Diff(want[:2], next(bad, courier.Config{}, courier.ToERP, nobody)); diff != "" {
		t.Error(diff)
	}
	wrong := courier.Reckon(bad, courier.Config{}).Wrong(nil, nil)
	if len(wrong) != 1 || wrong[0].Rule != "courier.payout" || wrong[0].With["off"] != "-1.00" {
		t.Errorf("%v", wrong)
	}
	good.Handed = courier.ToHand(courier.Reckon(good, courier.Config{}), nil, courier.Config{}, courier.ToERP, nobody)
	good.Lines = append(good.Lines, line("7", "#3", "0", fee("5", "0"), pays("180")))
	wrong = courier.Reckon(good, courier.Config{}).Wrong(good.Handed, func(m courier.Match) bool { return m.Name != "" })
	if len(wrong) != 1 || wrong[0].With["off"] != "5.00" {
		t.Errorf("%v", wrong)
	}
}

// TestUndropped: who was stopped between keeping and dropping drops the same file.
func TestUndropped(t *testing.T) {
	t.Parallel()
	tables := newShelves()
	b := courier.Books{Orders: []courier.Order{of("#1", "100"), of("#2", "100")}, Lines: []courier.Line{line("7", "#1", "100"), line("7", "#2", "100")}}
	fresh := courier.ToHand(courier.Reckon(b, courier.Config{}), nil, courier.Config{}, courier.ToERP, nobody)
	for i := range fresh {
		fresh[i].File = courier.FileOf(courier.ToERP, nil)
	}
	if err := courier.Keep(t.Context(), tables, fresh); err != nil {
		t.Fatal(err)
	}
	read := func() []courier.Handed {
		t.Helper()
		books, err := courier.ReadBooks(t.Context(), tables, "")
		if err != nil {
			t.Fatal(err)
		}
		return books.Handed
	}
	first, again := courier.Undropped(read(), courier.ToERP), courier.Undropped(read(), courier.ToERP)
	if diff := cmp.Diff(first, again); diff != "" || len(first) != 1 || first[0].Name != "courier-payments-000001.csv" {
		t.Fatalf("%v: %s", first, diff)
	}
	want := "kind,number,courier,sheet,order,order id,date,amount,fee,vat,paid out,currency\n" +
		"sale,Bosta-7-1,Bosta,7,#1,,2026-11-24 12:00:00,100.00,,,100.00,EGP\nsale,Bosta-7-2,Bosta,7,#2,,2026-11-24 12:00:00,100.00,,,100.00,EGP\n"
	if diff := cmp.Diff(want, string(first[0].Text)); diff != "" {
		t.Error(diff)
	}
	for i := range first[0].Of {
		first[0].Of[i].Dropped = true
	}
	if err := courier.Keep(t.Context(), tables, first[0].Of); err != nil {
		t.Fatal(err)
	}
	if left := courier.Undropped(read(), courier.ToERP); len(left) > 0 {
		t.Errorf("%v", left)
	}
	if name := courier.FileOf(courier.ToERP, read()); name != "courier-payments-000002.csv" {
		t.Error(name)
	}
}

// TestConfig_Validate finds what is wrong with the settings.
func TestConfig_Validate(t *testing.T) {
	t.Parallel()
	good := courier.Config{Couriers: map[string][]string{"Bosta": {"بوسطة"}}, Ages: []int{3, 9}, Short: "hold", HandOn: []string{"erp", "shopify"}}
	if found := good.Validate(); len(found) > 0 {
		t.Errorf("%v", found)
	}
	bad := courier.Config{Couriers: map[string][]string{"Bosta": {"Express"}, "Aramex": {"express"}}, Ages: []int{9, 3}, Short: "lose", HandOn: []string{"bank"}, WarnDays: -1,
		Tolerance: udecimal.MustParse("-1")}
	var rules []pipeline.Rule
	for _, f := range bad.Validate() {
		rules = append(rules, f.Rule)
	}
	want := []pipeline.Rule{"courier.setting", "config.choice", "config.choice", "courier.setting", "courier.setting", "courier.alike"}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Error(diff)
	}
}
