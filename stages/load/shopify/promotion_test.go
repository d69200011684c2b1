package shopify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// The life of a promotion: put down, started, ended, with a new process each time.
func TestPromotion_StartsAndEndsByItself(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.at("2026-11-25 10:00")
	sale := row{"code": "T-1", "price": "80", "starts": "2026-11-27", "ends": "2026-11-30", "promotion": "Black Friday"}
	got := h.drop(kindPromotion, sale, row{"code": "M-1", "percent": "25", "ends": "2026-11-30 12:30"})
	same(t, "put down", got, "T-1 skipped the promotion starts on 2026-11-27 00:00: then the price is 80.00: price 100.00 > 80.00 [price -20], compare_at 120.00 > 100.00\n"+
		"M-1 ready price 50.00 > 37.50 [price -25], compare_at - > 50.00")
	same(t, "booked", h.bookings(), "M-1 end 2026-11-30 12:30, T-1 start 2026-11-27 00:00")
	same(t, "before", h.shows("T-1")+", "+h.shows("M-1"), "100.00 120.00, 37.50 50.00")
	same(t, "too early", h.due(kindPromotion), "")

	h.at("2026-11-27 00:00")
	h.restart()
	same(t, "start", h.due(kindPromotion), "T-1 ready price 100.00 > 80.00, compare_at 120.00 > 100.00")
	same(t, "running", h.shows("T-1"), "80.00 100.00")
	same(t, "booked", h.bookings(), "M-1 end 2026-11-30 12:30, T-1 end 2026-12-01 00:00")

	n := len(h.Mutations())
	same(t, "the same file again", h.drop(kindPromotion, sale), "T-1 unchanged")
	if len(h.Mutations()) != n {
		t.Error("nothing differed, and something was sent")
	}
	same(t, "booked once", h.bookings(), "M-1 end 2026-11-30 12:30, T-1 end 2026-12-01 00:00")

	h.at("2026-11-30 12:29")
	same(t, "a minute before", h.due(kindPromotion), "")
	h.at("2026-12-03 09:00") // wasl was off when they ended
	h.restart()
	same(t, "end", h.due(kindPromotion), "M-1 ready price 37.50 > 50.00, compare_at 50.00 > -\nT-1 ready price 80.00 > 100.00, compare_at 100.00 > 120.00")
	same(t, "after", h.shows("T-1")+", "+h.shows("M-1"), "100.00 120.00, 50.00 -")
	same(t, "nothing left", h.bookings(), "")
	same(t, "over", h.drop(kindPromotion, sale), "T-1 skipped the promotion is over:")
	h.clean(t)
}

// A day has the hours that it has: the last Thursday of October 25, the last Friday
// of April 23.
func TestPromotion_DaysOfClockChange(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, first, after, hours string }{
		{"winter", "2026-10-29", "2026-10-30", "25h0m0s"},
		{"summer", "2026-04-24", "2026-04-25", "23h0m0s"},
		{"plain", "2026-11-27", "2026-11-28", "24h0m0s"},
	}
	for _, c := range cases {
		noon, err := time.ParseInLocation("2006-01-02 15:04", c.first+" 12:00", cairoZone)
		if err != nil {
			t.Fatal(err)
		}
		from, to := firstMoment(noon, cairoZone), dayAfter(noon, cairoZone)
		same(t, c.name+" hours", to.Sub(from).String(), c.hours)
		same(t, c.name+" first", from.In(cairoZone).Format("2006-01-02"), c.first)
		same(t, c.name+" before", from.Add(-time.Second).In(cairoZone).Format("2006-01-02")+" < "+c.first, noon.AddDate(0, 0, -1).Format("2006-01-02")+" < "+c.first)
		same(t, c.name+" after", to.In(cairoZone).Format("2006-01-02"), c.after)
	}
}

func TestPromotion_WhatCannotBeOne(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.at("2026-11-25 10:00")
	cases := []struct {
		rows []row
		want string
	}{
		{[]row{{"code": "T-1", "ends": "2026-11-30"}}, "promotion.value price 2"},
		{[]row{{"code": "T-1", "price": "5", "percent": "5", "ends": "2026-11-30"}}, "promotion.value price 2"},
		{[]row{{"code": "T-1", "percent": "100", "ends": "2026-11-30"}}, "promotion.percent percent 2"},
		{[]row{{"code": "T-1", "price": "-1", "ends": "2026-11-30"}}, "price.minus price 2"},
		{[]row{{"code": "T-1", "price": "5", "starts": "2026-11-30", "ends": "2026-11-29"}}, "promotion.order ends 2"},
		{[]row{{"code": "T-1", "price": "100", "ends": "2026-11-30"}}, "promotion.higher price 2"},
		{[]row{{"code": "T-1", "price": "80", "ends": "2026-11-30"}, {"code": "T-1", "price": "70", "starts": "2026-11-30", "ends": "2026-12-02"}}, "promotion.overlap starts 2"},
		{[]row{{"code": "T-1", "price": "80", "ends": "2026-11-30"}, {"code": "T-1", "price": "x", "ends": "2026-11-20"}}, "promotion.order"},
	}
	for _, c := range cases[:7] {
		p := h.plan(kindPromotion, c.rows...)
		problems := h.why["promotion/T-1"]
		if len(p.Docs) > 0 {
			problems = p.Docs[0].Problems
		}
		if len(problems) == 0 {
			t.Errorf("%v: no problem", c.rows)
			continue
		}
		same(t, c.want, strings.TrimSpace(string(problems[0].Rule)+" "+problems[0].Field+" "+string(rune('0'+problems[0].Row))), c.want)
		delete(h.why, "promotion/T-1")
	}
	if len(h.Mutations()) > 0 {
		t.Error("something was sent")
	}
}

// One that ends when the next one starts is no overlap; where the flow says so, the
// lowest of several counts, and the old price comes back after the last.
func TestPromotion_SeveralOfOneItem(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.at("2026-11-25 10:00")
	h.drop(kindPromotion, row{"code": "T-1", "price": "80", "ends": "2026-11-25"}, row{"code": "T-1", "price": "70", "starts": "2026-11-26", "ends": "2026-11-26"})
	h.at("2026-11-26 00:00")
	same(t, "the next one", h.due(kindPromotion), "T-1 ready price 80.00 > 70.00")
	h.at("2026-11-27 00:00")
	h.due(kindPromotion)
	same(t, "after both", h.shows("T-1"), "100.00 120.00")

	h.set = pipeline.Settings{"overlap": "lowest"}
	h.drop(kindPromotion, row{"code": "T-1", "price": "80", "starts": "2026-11-27", "ends": "2026-11-30"}, row{"code": "T-1", "price": "60", "starts": "2026-11-28", "ends": "2026-11-28"})
	for _, c := range [][2]string{{"2026-11-27 00:01", "80.00 100.00"}, {"2026-11-28 00:00", "60.00 100.00"}, {"2026-11-29 00:00", "80.00 100.00"}, {"2026-12-01 00:00", "100.00 120.00"}} {
		h.at(c[0])
		h.due(kindPromotion)
		same(t, c[0], h.shows("T-1"), c[1])
	}
	same(t, "booked", h.bookings(), "")
	h.clean(t)
}

// What somebody set by hand is not overwritten when the promotion ends.
func TestPromotion_MovedByHand(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.at("2026-11-25 10:00")
	h.drop(kindPromotion, row{"code": "T-1", "price": "80", "ends": "2026-11-30"}, row{"code": "M-1", "price": "40", "ends": "2026-11-30"})
	h.edit("T-1", "75.00", "100.00")
	h.edit("M-1", "50.00", "") // somebody ended it already
	h.at("2026-12-01 00:00")
	same(t, "end", h.due(kindPromotion), "M-1 unchanged\nT-1 held promotion.moved")
	same(t, "left alone", h.shows("T-1"), "75.00 100.00")
	if why := h.why["promotion/T-1"][0].With; why["promotion"] != "80.00 (100.00)" || why["now"] != "75.00 (100.00)" || why["before"] != "100.00 (120.00)" {
		t.Errorf("told: %v", why)
	}
	h.clean(t)
}

// Between the plan and the start somebody changes the price: nothing is overwritten,
// because what would be restored is no longer right.
func TestPromotion_ChangedAfterThePlan(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.at("2026-11-25 10:00")
	p := h.plan(kindPromotion, row{"code": "T-1", "price": "80", "ends": "2026-11-30"})
	h.edit("T-1", "95.00", "120.00")
	h.carry(kindPromotion, p)
	same(t, "left alone", h.shows("T-1"), "95.00 120.00")
	if why := h.why["promotion/T-1"]; len(why) != 1 || why[0].Rule != "price.stale" {
		t.Errorf("told: %+v", why)
	}
}

// A new list price that comes while a promotion runs is kept, and shown at its end.
func TestPromotion_NewListPriceMeanwhile(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.at("2026-11-25 10:00")
	h.drop(kindPromotion, row{"code": "T-1", "price": "80", "ends": "2026-11-30"}, row{"code": "T-2", "percent": "10", "ends": "2026-11-30"})
	got := h.drop(kindPrice, row{"code": "T-1", "price": "110", "compare_at": "130"}, row{"code": "T-2", "price": "100", "cost": "55"}, row{"code": "T-3", "price": "101"})
	same(t, "price file", got, "T-1 skipped a promotion runs until 2026-12-01 00:00: the new price 110.00 is kept, and shown when it ends: price 100.00 > 110.00 [price 10], compare_at 120.00 > 130.00\n"+
		"T-2 ready cost - > 55.00\nT-3 ready price 100.00 > 101.00 [price 1]")
	same(t, "the promotion goes on", h.shows("T-1")+", "+h.shows("T-2"), "80.00 100.00, 90.00 100.00")
	same(t, "the same file again", h.drop(kindPrice, row{"code": "T-1", "price": "110", "compare_at": "130"}), "T-1 unchanged")
	h.at("2026-12-01 00:00")
	h.restart()
	same(t, "end", h.due(kindPromotion), "T-1 ready price 80.00 > 110.00, compare_at 100.00 > 130.00\nT-2 ready price 90.00 > 100.00, compare_at 100.00 > -")
	same(t, "after", h.shows("T-1"), "110.00 130.00")
	h.clean(t)
}

// A price file that finds the promotion's price gone sets its own.
func TestPromotion_PriceFileAfterSomebodyEndedIt(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.at("2026-11-25 10:00")
	h.drop(kindPromotion, row{"code": "T-1", "price": "80", "ends": "2026-11-30"})
	h.edit("T-1", "99.00", "")
	same(t, "price file", h.drop(kindPrice, row{"code": "T-1", "price": "105"}), "T-1 ready price 99.00 > 105.00 [price 6.06]")
	h.at("2026-12-01 00:00")
	same(t, "end", h.due(kindPromotion), "T-1 held promotion.moved")
	same(t, "after", h.shows("T-1"), "105.00 -")
}

func TestPromotion_EndIsMoved(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.at("2026-11-25 10:00")
	sale := row{"code": "T-1", "price": "80", "starts": "2026-11-20", "ends": "2026-11-30"}
	h.drop(kindPromotion, sale)
	sale["ends"] = "2026-12-05"
	same(t, "later", h.drop(kindPromotion, sale), "T-1 unchanged")
	same(t, "booked", h.bookings(), "T-1 end 2026-12-06 00:00")
	sale["price"] = "75"
	same(t, "another price", h.drop(kindPromotion, sale), "T-1 ready price 80.00 > 75.00 [price -6.25]")
	sale["ends"] = "2026-11-24"
	same(t, "ended by now", h.drop(kindPromotion, sale), "T-1 ready price 75.00 > 100.00 [price 33.33], compare_at 100.00 > 120.00")
	same(t, "booked", h.bookings(), "")
	same(t, "after", h.shows("T-1"), "100.00 120.00")
	h.clean(t)
}

// A file that is not complete says nothing of the promotions that it leaves out; one
// that is withdraws them.
func TestPromotion_Withdrawn(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.at("2026-11-25 10:00")
	h.drop(kindPromotion, row{"code": "T-1", "price": "80", "ends": "2026-11-30"}, row{"code": "T-2", "price": "80", "starts": "2026-11-28", "ends": "2026-11-30"}, row{"code": "T-3", "price": "80", "ends": "2026-11-30"},
		row{"code": "T-3", "price": "70", "starts": "2026-12-24", "ends": "2026-12-26"})
	other := row{"code": "M-1", "price": "40", "ends": "2026-11-30"}
	h.drop(kindPromotion, other, row{"code": "T-3", "price": "60", "starts": "2027-01-01", "ends": "2027-01-02"})
	same(t, "goes on", h.shows("T-1")+", "+h.shows("T-3"), "80.00 100.00, 80.00 100.00")

	h.set = pipeline.Settings{"complete": "true"}
	got := h.drop(kindPromotion, other, row{"code": "T-3", "price": "70", "starts": "2026-12-24", "ends": "2026-12-26"})
	same(t, "withdrawn", got, "M-1 unchanged\nT-3 ready price 80.00 > 100.00 [price 25], compare_at 100.00 > -, price 100.00 > 70.00 [price -30], compare_at - > 100.00\n"+
		"T-1 ready price 80.00 > 100.00 [price 25], compare_at 100.00 > 120.00\nT-2 skipped the promotion was withdrawn before it started:")
	same(t, "back", h.shows("T-1"), "100.00 120.00")
	same(t, "booked", h.bookings(), "M-1 end 2026-12-01 00:00, T-3 start 2026-12-24 00:00")

	same(t, "undone", h.undo(kindPromotion, "promotion/T-1"), "T-1 ready price 100.00 > 80.00 [price -20], compare_at 120.00 > 100.00")
	same(t, "booked again", h.bookings(), "M-1 end 2026-12-01 00:00, T-1 end 2026-12-01 00:00, T-3 start 2026-12-24 00:00")
	h.clean(t)
}

func TestPromotion_IsEndedByUndo(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.at("2026-11-25 10:00")
	h.drop(kindPromotion, row{"code": "T-1", "price": "80", "ends": "2026-11-30"}, row{"code": "M-1", "price": "40", "ends": "2026-11-30"})
	h.edit("M-1", "41.00", "")
	same(t, "undo", h.undo(kindPromotion, "promotion/T-1", "promotion/M-1"), "T-1 ready price 80.00 > 100.00 [price 25], compare_at 100.00 > 120.00\nM-1 held undo.moved")
	same(t, "after", h.shows("T-1"), "100.00 120.00")
	same(t, "booked", h.bookings(), "M-1 end 2026-12-01 00:00")
	h.clean(t)
}

// Wasl was off from before the start until after the end: nothing happens, and it is
// told.
func TestPromotion_Missed(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.at("2026-11-25 10:00")
	h.drop(kindPromotion, row{"code": "T-1", "price": "80", "starts": "2026-11-27", "ends": "2026-11-28"})
	h.at("2026-12-10 09:00")
	same(t, "late", h.due(kindPromotion), "T-1 skipped the promotion is over:")
	same(t, "booked", h.bookings(), "")
	if len(h.Mutations()) > 0 {
		t.Error("something was sent")
	}
}

// A price that is not what it was when the promotion was put down is weighed anew at
// the start.
func TestPromotion_BasePriceMovedBeforeTheStart(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{})
	h.at("2026-11-25 10:00")
	h.drop(kindPromotion, row{"code": "T-1", "price": "80", "starts": "2026-11-27", "ends": "2026-11-28"})
	h.drop(kindPrice, row{"code": "T-1", "price": "200"})
	h.at("2026-11-27 00:00")
	same(t, "start", h.due(kindPromotion), "T-1 ready price 200.00 > 80.00 [price -60], compare_at 120.00 > 200.00")
	h.at("2026-11-29 00:00")
	h.due(kindPromotion)
	same(t, "after", h.shows("T-1"), "200.00 120.00")
}

// Many promotions start and end by bulk operations; one whose price somebody changed
// between plan and sending stays out of the file that is uploaded.
func TestPromotion_ManyByBulk(t *testing.T) {
	t.Parallel()
	h := openHouse(t, shopifytest.Options{BucketSize: 100_000})
	h.at("2026-11-25 10:00")
	h.Fill(110, 2)
	var rows []row
	for i := range 220 {
		rows = append(rows, row{"code": fmt.Sprintf("SKU-%05d-%d", 1+i/2, 1+i%2), "percent": "10", "ends": "2026-11-30"})
	}
	p := h.plan(kindPromotion, rows...)
	h.edit("SKU-00003-1", "77.00", "")
	h.carry(kindPromotion, p)
	if n := len(h.priceEffects()); n != 219 || len(h.CallsOf("ProductVariantsBulkUpdate")) > 0 {
		t.Errorf("%d prices are set of 219, by %d direct calls", n, len(h.CallsOf("ProductVariantsBulkUpdate")))
	}
	if why := h.why["promotion/SKU-00003-1"]; len(why) != 1 || why[0].Rule != "price.stale" {
		t.Errorf("told: %+v", why)
	}
	same(t, "left alone", h.shows("SKU-00003-1"), "77.00 -")
	same(t, "running", h.shows("SKU-00110-2"), "90.00 100.00")
	h.at("2026-12-01 00:00")
	h.due(kindPromotion)
	same(t, "after", h.shows("SKU-00110-2")+", "+h.shows("SKU-00003-1"), "100.00 -, 77.00 -")
	h.clean(t)
}
