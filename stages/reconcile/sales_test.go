package reconcile

import (
	"strings"
	"testing"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// TestSales: what a day's sales in the shop and its receipts differ by is explained to the last piastre, line by line.
func TestSales_DifferencesAreExplained(t *testing.T) {
	t.Parallel()
	dec := udecimal.MustParse
	entry := func(key, day, money, out string, state pipeline.State, beside ...pipeline.Beside) pipeline.Entry {
		return pipeline.Entry{Document: pipeline.Document{Key: key, Name: key, Day: day, Currency: "EGP", Money: dec(money), Out: dec(out), State: state, Beside: beside}}
	}
	of := func(key string, e pipeline.Entry) pipeline.Entry {
		e.Of = key
		return e
	}
	b := &book{opt: Options{Lang: "en"}}
	s := b.salesSheet()
	for _, e := range []pipeline.Entry{
		entry("sale/1", "2026-11-20", "114", "114", pipeline.Delivered),
		entry("sale/2", "2026-11-20", "126.5", "114", pipeline.Delivered, pipeline.Beside{Class: "tip", Amount: dec("12.5")}),
		entry("sale/3", "2026-11-20", "50", "0", pipeline.Skipped, pipeline.Beside{Class: "not due", Amount: dec("50")}),
		entry("sale/3", "2026-11-20", "50", "50", pipeline.Delivered), // paid later
		entry("sale/4", "2026-11-20", "70", "0", pipeline.Held),
		entry("sale/5", "2026-11-20", "30", "0", pipeline.Skipped, pipeline.Beside{Class: "test", Amount: dec("30")}),
		entry("sale/6", "2026-11-20", "20", "0", pipeline.Skipped), // the flow left it out
		entry("sale/1", "2026-11-20", "114", "114", pipeline.Unchanged),
		entry("return/1/r", "2026-11-21", "-90", "-100", pipeline.Delivered, pipeline.Beside{Class: "fee kept", Amount: dec("10")}),
		entry("return/2/r", "2026-11-21", "-114", "-114", pipeline.Ready),
		entry("sale/7", "2026-11-20", "60", "0", pipeline.Skipped, pipeline.Beside{Class: "cancelled", Amount: dec("60")}), // voided, and never filed:
		of("sale/7", entry("return/7/cancel", "2026-11-21", "-60", "-60", pipeline.Skipped)),                               // one line, not two
		of("sale/1", entry("more/1/2", "2026-11-21", "33", "0", pipeline.Skipped, pipeline.Beside{Class: "not due", Amount: dec("33")})),
	} {
		s.add(e)
	}
	var got []string
	for _, day := range s.days() {
		got = append(got, day.day+" "+day.shop.String()+" "+day.receipts.String())
		sum := pipeline.Decimal{}
		for _, d := range day.docs {
			for _, g := range d.gaps() {
				got = append(got, "  "+d.name+" "+g.amount.String()+" "+b.class(g.class))
				sum = sum.Add(g.amount)
			}
		}
		if !sum.Equal(day.shop.Sub(day.receipts)) {
			t.Errorf("%s: the lines come to %s, the difference is %s", day.day, sum, day.shop.Sub(day.receipts))
		}
	}
	want := `2026-11-20 470.5 278
  sale/2 12.5 tip: no sale
  sale/4 70 held
  sale/5 30 test order
  sale/6 20 left out
  sale/7 60 cancelled, nothing was sold
2026-11-21 -171 -100
  more/1/2 33 not due yet
  return/1/r 10 fee kept from a refund
  return/2/r -114 ready to go`
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}
