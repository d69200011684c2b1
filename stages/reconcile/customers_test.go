package reconcile

import (
	"testing"
	"time"

	"github.com/quagmt/udecimal"
)

// TestHistories_ComeToWhatWasTold adds purchases up by customer and currency; what all of
// them come to is what the documents do.
func TestHistories_ComeToWhatWasTold(t *testing.T) {
	t.Parallel()
	n := func(text string) udecimal.Decimal { return udecimal.MustParse(text) }
	at := func(day int) time.Time { return time.Date(2026, 11, day, 23, 30, 0, 0, time.UTC) }
	h := &Histories{Zone: time.FixedZone("shop", 2*60*60)}
	for _, p := range []Purchase{
		{Customer: "C-7", Name: "Mona", Currency: "EGP", Order: "#1", Placed: at(2), Total: n("100.10"), Pieces: n("3"), Items: "3 x A"},
		{Customer: "C-7", Name: "Mona", Currency: "EGP", Order: "#1", Placed: at(2), Returns: true, Total: n("-30.05"), Pieces: n("-1")},
		{Customer: "C-7", Number: "55", Name: "Mona Ali", Currency: "EGP", Order: "#3", Placed: at(9), Total: n("20"), Pieces: n("2"), Items: "2 x B"},
		{Customer: "C-7", Currency: "EGP", Order: "#2", Placed: at(5), Total: n("1"), Pieces: n("1"), Items: "1 x C"}, // comes late
		{Customer: "C-7", Currency: "USD", Order: "#4", Placed: at(9), Total: n("5"), Pieces: n("1"), Items: "1 x D"},
		{Customer: "C-8", Currency: "EGP", Order: "#5", Placed: at(9), Total: n("7"), Pieces: n("1"), Items: "1 x A"},
	} {
		h.Add(p)
	}
	all := h.All()
	if len(all) != 3 {
		t.Fatalf("%d histories: %+v", len(all), all)
	}
	one := all[0]
	if one.Customer != "C-7" || one.Number != "55" || one.Name != "Mona Ali" || one.Orders != 3 || !one.Sales.Equal(n("121.10")) || !one.Returns.Equal(n("30.05")) ||
		!one.Net.Equal(n("91.05")) || !one.Pieces.Equal(n("6")) || !one.Returned.Equal(n("1")) || one.First != "2026-11-03" || one.Last != "2026-11-10" ||
		one.Order != "#3" || one.Items != "2 x B" {
		t.Errorf("C-7: %+v", one)
	}
	sum := map[string]udecimal.Decimal{}
	for _, one := range all {
		sum[one.Currency] = sum[one.Currency].Add(one.Net)
	}
	if !sum["EGP"].Equal(h.Told["EGP"]) || !h.Told["EGP"].Equal(n("98.05")) || !h.Told["USD"].Equal(n("5")) {
		t.Errorf("told %v, customers %v", h.Told, sum)
	}
}
