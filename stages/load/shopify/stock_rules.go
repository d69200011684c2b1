package shopify

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// The choices of settings.
const (
	combineSum    = "sum"
	combinePick   = "pick"
	untrackedSkip = "skip"
	untrackedHold = "hold"
)

// stockSettings are what a flow may decide about balances. Where it says nothing
// of what stands in wasl.yaml too, that counts.
func stockSettings() []pipeline.Setting {
	return []pipeline.Setting{
		{Name: "complete", Type: pipeline.Bool, Default: "false", Help: "the file speaks of all that is stocked: what it lacks goes to zero, at the locations that it speaks of"},
		{Name: "combine", Choices: []string{combineSum, combinePick}, Default: combineSum, Help: "several warehouses of one location are added up, or the first of order that is in the file counts"},
		{Name: "order", Form: `["01", "02"]: codes of warehouses`, Help: "of combine: pick, which warehouse comes first"},
		{Name: "reserve", Form: `2, or by warehouse {"01": 5, "*": 1}: whole pieces`, Help: "pieces that are held back of each balance, or of each warehouse's",
			Fits: func(v string) bool { _, ok := reserveOf(v); return ok }},
		{Name: "buffer", Form: "10% or 3", Help: "a share of each balance, or so many pieces, is held back; the rest is rounded down",
			Fits: func(v string) bool { _, ok := bufferOf(v); return ok }},
		{Name: "max", Form: "50: a whole number of pieces", Help: "the most that the shop shows",
			Fits: func(v string) bool { _, ok := wholeOf(v); return ok }},
		{Name: "fraction", Choices: []string{"", fractionHold, fractionFloor}, Help: "balances that are no whole number; else as in wasl.yaml"},
		{Name: "negative", Choices: []string{"", negativeHold, negativeZero, negativeSend}, Help: "balances below zero; else as in wasl.yaml"},
		{Name: "quantity", Choices: []string{"", quantityAvailable, quantityOnHand}, Help: "what the balance means; else as in wasl.yaml"},
		{Name: "on_stale", Choices: []string{"", staleERP, staleHold}, Help: "who wins where the shop's balance changes while it is being set; else as in wasl.yaml"},
		{Name: "untracked", Choices: []string{untrackedSkip, untrackedHold}, Default: untrackedSkip, Help: "items whose stock Shopify does not count are left out, or held"},
		matchSetting,
	}
}

// stockRules are what a flow decides about balances.
type stockRules struct {
	cfg  Config // filled, with what the flow says in its place
	lang string

	match     []string // nil: the usual order
	complete  bool
	untracked string

	pick    bool
	order   []string // of warehouses, folded; of pick
	reserve reserve
	buffer  buffer
	most    *int64 // nil: there is no limit
}

// stockRulesOf reads the settings of a flow, which have passed Check.
func stockRulesOf(cfg Config, set pipeline.Settings, lang string) stockRules {
	cfg = cfg.filled()
	cfg.Quantity, cfg.OnStale = cmp.Or(set["quantity"], cfg.Quantity), cmp.Or(set["on_stale"], cfg.OnStale)
	cfg.Fraction, cfg.Negative = cmp.Or(set["fraction"], cfg.Fraction), cmp.Or(set["negative"], cfg.Negative)
	r := stockRules{cfg: cfg, lang: cmp.Or(lang, "en"), complete: set["complete"] == "true", untracked: cmp.Or(set["untracked"], untrackedSkip),
		pick: set["combine"] == combinePick}
	r.match, _ = orderOf(set["match"])
	for code := range strings.SplitSeq(set["order"], ",") {
		if code = pipeline.Fold(code); code != "" {
			r.order = append(r.order, code)
		}
	}
	r.reserve, _ = reserveOf(set["reserve"])
	r.buffer, _ = bufferOf(set["buffer"])
	if n, ok := wholeOf(set["max"]); ok && set["max"] != "" {
		r.most = &n
	}
	return r
}

// says is a reason why something is left out, in the shop's language.
func (r stockRules) says(rule pipeline.Rule, with map[string]string) string {
	return pipeline.Problem{Rule: rule, With: with}.Says(r.lang)
}

// known lists the configured locations, for people.
func (r stockRules) known() string {
	gids := slices.Compact(slices.Sorted(maps.Values(r.cfg.Locations)))
	gids = slices.DeleteFunc(gids, func(gid string) bool { return gid == ignored })
	if len(gids) == 0 {
		return "gid://shopify/Location/…"
	}
	return strings.Join(gids, ", ")
}

// shared tells whether several warehouses are kept in a location.
func (r stockRules) shared(location string) bool {
	n := 0
	for _, gid := range r.cfg.Locations {
		if gid == location {
			n++
		}
	}
	return n > 1
}

// wholeOf reads a whole number of pieces; "" is zero.
func wholeOf(text string) (int64, bool) {
	if text == "" {
		return 0, true
	}
	d, err := udecimal.Parse(strings.TrimSpace(text))
	if err != nil || d.IsNeg() || !d.Floor().Equal(d) {
		return 0, false
	}
	n, err := d.Int64()
	return n, err == nil && n <= most
}

// reserve is what is held back: of all balances, or by warehouse. The zero reserve
// is nothing.
type reserve struct {
	all int64
	by  map[string]int64 // by folded code; "*" is every other one
}

func reserveOf(text string) (reserve, bool) {
	if !strings.HasPrefix(text, "{") {
		n, ok := wholeOf(text)
		return reserve{all: n}, ok
	}
	given := map[string]string{}
	if json.Unmarshal([]byte(text), &given) != nil {
		return reserve{}, false
	}
	r := reserve{by: map[string]int64{}}
	for code, text := range given {
		n, ok := wholeOf(text)
		if !ok {
			return reserve{}, false
		}
		if code != "*" {
			code = pipeline.Fold(code)
		}
		r.by[code] = n
	}
	return r, true
}

// of is what is held back of a warehouse's balance.
func (r reserve) of(warehouse string) int64 {
	if n, ok := r.by[pipeline.Fold(warehouse)]; ok {
		return n
	}
	return r.by["*"]
}

// buffer is what is held back for safety: a share of a balance, or pieces.
type buffer struct {
	share  bool
	amount pipeline.Decimal // per cent, or pieces
}

func bufferOf(text string) (buffer, bool) {
	number, share := strings.CutSuffix(strings.TrimSpace(text), "%")
	if text == "" {
		return buffer{}, true
	}
	d, err := udecimal.Parse(strings.TrimSpace(number))
	if err != nil || d.IsNeg() || share && d.GreaterThan(hundred) {
		return buffer{}, false
	}
	return buffer{share, d}, share || d.Floor().Equal(d)
}

// of is what a buffer leaves of a balance, rounded down.
func (b buffer) of(n pipeline.Decimal) pipeline.Decimal {
	if b.share {
		return heldBack(n, shareOf(n, b.amount)).Floor()
	}
	return heldBack(n, b.amount).Floor()
}

// String is the buffer as a mapping writes it.
func (b buffer) String() string {
	if b.share {
		return b.amount.String() + "%"
	}
	return b.amount.String()
}

// heldBack takes off what there is to be taken off: nothing of what is below zero
// as it is, and never more than there is.
func heldBack(n, back pipeline.Decimal) pipeline.Decimal {
	if !n.IsPos() {
		return n
	}
	if left := n.Sub(back); left.IsPos() {
		return left
	}
	return udecimal.Zero
}
