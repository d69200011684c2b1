package extract

import (
	"testing"

	"wasl/pipeline"
)

// FuzzMarkOf: a number whose mark is said to be beyond doubt cannot be read with the
// other one; and one that may have either is another number with each.
func FuzzMarkOf(f *testing.F) {
	for _, seed := range []string{"12.5", "12,50", "1,234", "1.234,56", "1,234.56", "0,500", ".5", "1.234.567", "12,34,567", "١٬٢٣٤٫٥", "EGP 1.50", "(5,00)", "5.00-", "1 234,5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = pipeline.Clean(s)
		point, noPoint := pipeline.ParseNumber(s, ".", currency)
		comma, noComma := pipeline.ParseNumber(s, ",", currency)
		switch mark := markOf(s); {
		case mark == '.' && noComma == "", mark == ',' && noPoint == "":
			t.Fatalf("%q has %c beyond doubt, and is %s or %s", s, mark, point, comma)
		case mark == '?' && noPoint == "" && noComma == "" && point.Equal(comma) && !point.IsZero():
			t.Fatalf("%q may have either, and is %s with both", s, point)
		case mark == 0 && noPoint == "" && noComma == "" && !point.Equal(comma):
			t.Fatalf("%q has no mark, and is %s or %s", s, point, comma)
		}
	})
}
