package eta

import (
	"testing"

	"github.com/quagmt/udecimal"
	"pgregory.net/rapid"
)

// What a price holds comes out of it as the formulas of section 9 say, whichever taxes an article has: net and taxes are
// the price, and each tax is that of its formula within a piastre.
func TestLoad_ComesOutAsTheFormulasSay(t *testing.T) {
	t.Parallel()
	all := []levy{
		{kind: "T2", subtype: "Tbl01", inBase: true}, {kind: "T3", subtype: "Tbl02", fixed: true, inBase: true},
		{kind: "T5", subtype: "ST01", inBase: true}, {kind: "T7", subtype: "Ent02", fixed: true, inBase: true},
		{kind: "T12", subtype: "OF01", inBase: true}, {kind: "T14", subtype: "ST04", fixed: true}, {kind: "T20", subtype: "OF03"},
	}
	rapid.Check(t, func(r *rapid.T) {
		quantity := udecimal.MustFromInt64(rapid.Int64Range(1, 20).Draw(r, "quantity"), 0)
		gross := udecimal.MustFromInt64(rapid.Int64Range(1_000, 9_999_999).Draw(r, "price"), 2).Mul(quantity)
		on := load{vat: udecimal.MustFromInt64(rapid.SampledFrom([]int64{0, 5, 14}).Draw(r, "VAT"), 0)}
		taxes := []tax{{kind: "T1", rate: on.vat}}
		for _, o := range all {
			if rapid.Bool().Draw(r, o.kind) {
				o.value = udecimal.MustFromInt64(rapid.Int64Range(0, 200).Draw(r, "value"), 2)
				if !o.fixed {
					o.value = o.value.Mul(udecimal.MustFromInt64(10, 0))
				}
				on.others = append(on.others, o)
			}
		}
		i := item{quantity: quantity, rate: on.vat, others: on.others, amounts: withVAT(quantity, gross, gross, on)}
		vat, others := i.split()
		for n, o := range on.others {
			taxes = append(taxes, tax{kind: o.kind, rate: o.value, fixed: o.fixed, amount: others[n]})
		}
		f := line(one, i.netSale, zero, zero, zero, taxes)
		if !i.total.Equal(gross) || !near(f.total, gross, piastre) || !near(vat, f.taxes["T1"], piastre) {
			r.Fatalf("%s for %s of %v: net %s, VAT %s and %s; by the formulas VAT %s, total %s", gross, quantity, on, i.netSale, vat, others, f.taxes["T1"], f.total)
		}
		for n, o := range on.others {
			if !near(others[n], f.taxes[o.kind], piastre) {
				r.Fatalf("%s is %s, by its formula %s", o.kind, others[n], f.taxes[o.kind])
			}
		}
		if sum := on.on(i.netSale, quantity); !near(i.netSale.Add(sum), gross, piastre) {
			r.Fatalf("%s of net %s is taxed with %s", gross, i.netSale, sum)
		}
	})
}
