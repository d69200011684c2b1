package shopify

import (
	"encoding/json"
	"slices"
	"strings"

	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// The directions of rounding.
const (
	roundNearest = "nearest" // halves go up
	roundUp      = "up"
	roundDown    = "down"
)

var (
	noAmount pipeline.Decimal
	hundred  = udecimal.MustFromInt64(100, 0)
	piastre  = udecimal.MustFromInt64(1, 2)
)

// A rounding is the rule by which prices become prices that people like: those
// that are end more than a multiple of step. The zero rounding changes nothing.
type rounding struct {
	step, end pipeline.Decimal
	direction string // "": nearest
	text      string // as the mapping writes it
}

// roundingOf reads 0.25, which is every multiple of it; end 0.99 and end 9, which
// are the prices with these last digits; and "", which is no rounding.
func roundingOf(text, direction string) (rounding, bool) {
	r := rounding{direction: direction, text: strings.TrimSpace(text + " " + direction)}
	if text == "" {
		return rounding{}, true
	}
	digits, ends := strings.CutPrefix(text, "end ")
	d, err := udecimal.Parse(strings.TrimSpace(digits))
	if err != nil || !d.IsPos() || d.Prec() > 2 || len(digits) > 9 {
		return rounding{}, false
	}
	if !ends {
		r.step = d
		return r, true
	}
	r.end, r.step = d, tenAbove(d)
	return r, true
}

// tenAbove is the least power of ten above a number: 10 of 9, 1 of 0.99, 0.1 of 0.09.
func tenAbove(d pipeline.Decimal) pipeline.Decimal {
	ten := udecimal.MustFromInt64(10, 0)
	step := piastre
	for !step.GreaterThan(d) {
		step = step.Mul(ten)
	}
	return step
}

// of rounds a price, exactly. What was more than nothing stays so: where rounding
// down would leave nothing, the least price of the rule is taken.
func (r rounding) of(price pipeline.Decimal) pipeline.Decimal {
	if r.step.IsZero() || !price.IsPos() {
		return price
	}
	least := r.end
	if least.IsZero() {
		least = r.step
	}
	if !price.GreaterThan(least) {
		return least
	}
	over, err := price.Sub(r.end).Mod(r.step)
	if err != nil {
		return price // a step of zero was seen to above
	}
	below := price.Sub(over)
	switch up := over.Add(over).GreaterThanOrEqual(r.step); {
	case over.IsZero(), r.direction == roundDown, r.direction != roundUp && !up:
		return below
	}
	return below.Add(r.step)
}

// A markup is what is put upon a price, in per cent, for all items or by their
// group. The zero markup is none.
type markup struct {
	all    string            // "" where it goes by groups
	groups map[string]string // by group as Fold has it; "*": all others
}

// markupOf reads 12%, -5, or a map {Drinks: 12%, "*": 5%}, which comes as JSON.
func markupOf(text string) (markup, bool) {
	text = strings.TrimSpace(text)
	if !strings.HasPrefix(text, "{") {
		_, ok := percentOf(text)
		return markup{all: text}, ok || text == ""
	}
	given := map[string]string{}
	if json.Unmarshal([]byte(text), &given) != nil {
		return markup{}, false
	}
	m := markup{groups: map[string]string{}}
	for group, percent := range given {
		if _, ok := percentOf(percent); !ok {
			return markup{}, false
		}
		if group != "*" {
			group = pipeline.Fold(group)
		}
		m.groups[group] = percent
	}
	return m, true
}

// percentOf reads a share in per cent, which may have its sign. What would leave
// less than nothing is none.
func percentOf(text string) (pipeline.Decimal, bool) {
	d, err := udecimal.Parse(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "%")))
	return d, err == nil && d.GreaterThan(hundred.Neg())
}

// none tells whether nothing is put upon prices.
func (m markup) none() bool { return m.all == "" && m.groups == nil }

// of is the share for a group; ok is false where the map has none for it.
func (m markup) of(group string) (share pipeline.Decimal, ok bool) {
	text := m.all
	if m.groups != nil {
		if text, ok = m.groups[pipeline.Fold(group)]; !ok {
			text, ok = m.groups["*"]
		}
		if !ok {
			return noAmount, false
		}
	}
	share, _ = percentOf(text)
	return share, true
}

// known lists the groups of a markup, for people.
func (m markup) known() string {
	var all []string
	for group := range m.groups {
		all = append(all, group)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// raised is a price with a share of it put upon it.
func raised(price, share pipeline.Decimal) pipeline.Decimal {
	return price.Add(shareOf(price, share))
}

// shareOf is so many per cent of a price, exactly.
func shareOf(price, percent pipeline.Decimal) pipeline.Decimal {
	return price.Mul(percent).Mul(piastre)
}

// moveOf is how far a price goes, in per cent of the old one with two decimals;
// "" where it came from nothing.
func moveOf(from, to pipeline.Decimal) string {
	if from.IsZero() {
		return ""
	}
	share, err := to.Sub(from).Mul(hundred).Div(from)
	if err != nil {
		return ""
	}
	return share.RoundHAZ(2).String()
}

// money is an amount as it is shown and sent: two decimals, more where it has them.
func money(d pipeline.Decimal) string {
	if d.Trunc(2).Equal(d) {
		return d.StringFixed(2)
	}
	return d.String()
}

// shown is an amount that may not be there, for people; "" where there is none.
func shown(d *pipeline.Decimal) string {
	if d == nil {
		return ""
	}
	return money(*d)
}

// alike compares amounts that may not be there by their value.
func alike(a, b *pipeline.Decimal) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(*b)
}
