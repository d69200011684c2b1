package shopify

import (
	"testing"

	"pgregory.net/rapid"
)

func TestRounding(t *testing.T) {
	t.Parallel()
	cases := []struct{ rule, direction, price, want string }{
		{"", "", "12.345", "12.345"},
		{"0.25", "", "12.37", "12.25"},
		{"0.25", "", "12.375", "12.5"}, // a half goes up
		{"0.25", "", "12.38", "12.5"},
		{"0.25", "up", "12.26", "12.5"},
		{"0.25", "up", "12.25", "12.25"},
		{"0.25", "down", "12.49", "12.25"},
		{"0.05", "", "9.99", "10"},
		{"5", "up", "101", "105"},
		{"end 0.99", "", "12.40", "11.99"},
		{"end 0.99", "", "12.49", "12.99"}, // as far from 11.99 as from 12.99
		{"end 0.99", "up", "12.99", "12.99"},
		{"end 0.99", "up", "13", "13.99"},
		{"end 0.99", "down", "13.98", "12.99"},
		{"end 0.95", "", "7.40", "6.95"},
		{"end 9", "", "123", "119"},
		{"end 9", "", "124", "129"},
		{"end 9", "up", "130", "139"},
		{"end 99", "down", "250", "199"},
		{"end 0.99", "down", "0.50", "0.99"}, // nothing is given away
		{"0.25", "down", "0.10", "0.25"},
		{"end 9", "", "0", "0"}, // what is free stays free
		{"0.01", "", "33.335", "33.34"},
		{"0.25", "", "999999999999.99", "1000000000000"},
	}
	for _, c := range cases {
		r, ok := roundingOf(c.rule, c.direction)
		if !ok {
			t.Errorf("%q is not read", c.rule)
			continue
		}
		if got := r.of(decimal(c.price)); !got.Equal(decimal(c.want)) {
			t.Errorf("%s by %q %s: got %s, want %s", c.price, c.rule, c.direction, got, c.want)
		}
	}
}

// What is rounded is a price of the rule, stays what it is when it is rounded
// again, and is less than a step away.
func TestRounding_IsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r, ok := roundingOf(rapid.SampledFrom([]string{"0.01", "0.05", "0.25", "0.5", "1", "5", "end 0.99", "end 9", "end 0.95"}).Draw(t, "rule"),
			rapid.SampledFrom([]string{"", "nearest", "up", "down"}).Draw(t, "direction"))
		if !ok {
			t.Fatal("not read")
		}
		price := decimal(rapid.StringMatching(`[1-9][0-9]{0,6}\.[0-9]{0,3}[1-9]`).Draw(t, "price"))
		got := r.of(price)
		if again := r.of(got); !again.Equal(got) {
			t.Fatalf("%s becomes %s, and that %s", price, got, again)
		}
		if rest := got.Sub(r.end).MustMod(r.step); !rest.IsZero() || !got.IsPos() {
			t.Fatalf("%s becomes %s, which is no price of %+v", price, got, r)
		}
		far := got.Sub(price)
		least := price.LessThan(r.end) || price.LessThan(r.step)
		if far.Abs().GreaterThanOrEqual(r.step) && !least || r.direction == roundUp && far.IsNeg() || r.direction == roundDown && far.IsPos() && !least {
			t.Fatalf("%s becomes %s by %+v", price, got, r)
		}
	})
}

func TestRounding_IsRefused(t *testing.T) {
	t.Parallel()
	for _, rule := range []string{"0", "-1", "x", "end", "end 0", "0.001", "end 0.999", "99999999999"} {
		if _, ok := roundingOf(rule, ""); ok {
			t.Errorf("%q is read", rule)
		}
	}
}

func TestMarkup(t *testing.T) {
	t.Parallel()
	cases := []struct{ rule, group, price, want string }{
		{"", "", "100", "100"},
		{"12%", "", "100", "112"},
		{"-5", "", "100", "95"},
		{"14.25%", "", "10", "11.425"},
		{`{"Drinks":"10%","*":"20%"}`, "drinks", "100", "110"},
		{`{"Drinks":"10%","*":"20%"}`, "Food", "100", "120"},
		{`{"Drinks":"10%"}`, "Food", "100", ""},
	}
	for _, c := range cases {
		m, ok := markupOf(c.rule)
		if !ok {
			t.Errorf("%q is not read", c.rule)
			continue
		}
		share, ok := m.of(c.group)
		if !ok {
			if c.want != "" {
				t.Errorf("%s knows nothing of %s", c.rule, c.group)
			}
			continue
		}
		if got := raised(decimal(c.price), share); c.want == "" || !got.Equal(decimal(c.want)) {
			t.Errorf("%s by %s of %s: got %s, want %s", c.price, c.rule, c.group, got, c.want)
		}
	}
	for _, rule := range []string{"x", "-100%", "{", `{"a":"b"}`} {
		if _, ok := markupOf(rule); ok {
			t.Errorf("%q is read", rule)
		}
	}
}

func TestMoveOf(t *testing.T) {
	t.Parallel()
	for _, c := range [][3]string{{"100", "87.5", "-12.5"}, {"3", "4", "33.33"}, {"0", "5", ""}, {"200", "0", "-100"}} {
		if got := moveOf(decimal(c[0]), decimal(c[1])); got != c[2] {
			t.Errorf("%s to %s: got %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
