package courier

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// Config is the section courier of wasl.yaml.
type Config struct {
	Couriers  map[string][]string `yaml:"couriers"`  // by the name that reports have: what orders and sheets call him besides
	Default   string              `yaml:"default"`   // whose parcels are, of which nobody says it
	Currency  string              `yaml:"currency"`  // of lines that state none and whose orders are not known; EGP
	Tolerance pipeline.Decimal    `yaml:"tolerance"` // by so much a line may be off and still match; 0
	Short     string              `yaml:"short"`     // book: what came of an order is handed on, and the rest stays owed; hold: nothing of it is
	HandOn    []string            `yaml:"hand_on"`   // to whom what matches goes on: erp, shopify; nil: erp
	Ages      []int               `yaml:"ages"`      // the last days of the ages by which debts are counted: 7, 14, 30
	WarnDays  int                 `yaml:"warn_days"` // wasl status tells of money that is owed for more days since its parcel was sent: 14
}

// To whom collected money is handed on.
const (
	ToERP  = "erp"
	ToShop = "shopify"
)

const (
	shortBook = "book"
	shortHold = "hold"

	defaultWarn     = 14
	defaultCurrency = "EGP"
)

var (
	targets     = []string{ToERP, ToShop}
	shorts      = []string{shortBook, shortHold}
	defaultAges = []int{7, 14, 30}
)

// Hands tells whether collected money goes on to one of them.
func (c Config) Hands(to string) bool {
	if c.HandOn == nil {
		return to == ToERP
	}
	return slices.Contains(c.HandOn, to)
}

// Warn is after how many days money that is owed is worth a word.
func (c Config) Warn() int {
	if c.WarnDays == 0 {
		return defaultWarn
	}
	return c.WarnDays
}

func (c Config) ages() []int {
	if len(c.Ages) == 0 {
		return defaultAges
	}
	return c.Ages
}

// currency is that of a line: as it states, or else as its order, or else the shop's.
func (c Config) currency(line, order string) string {
	return cmp.Or(line, order, strings.ToUpper(c.Currency), defaultCurrency)
}

// AgeNames are the ages by which debts are counted: 0-7, 8-14, 15-30, >30.
func (c Config) AgeNames() []string {
	var out []string
	from := 0
	for _, most := range c.ages() {
		out = append(out, strconv.Itoa(from)+"-"+strconv.Itoa(most))
		from = most + 1
	}
	return append(out, ">"+strconv.Itoa(from-1))
}

// ageOf is the place in AgeNames of so many days.
func (c Config) ageOf(days int) int {
	for i, most := range c.ages() {
		if days <= most {
			return i
		}
	}
	return len(c.ages())
}

// courier is the name of a courier as reports have it; "" stands for the default.
func (c Config) courier(text string) string {
	text = pipeline.Clean(text)
	if text == "" {
		return c.Default
	}
	folded := pipeline.Fold(text)
	for name, others := range c.Couriers {
		if pipeline.Fold(name) == folded || slices.ContainsFunc(others, func(o string) bool { return pipeline.Fold(o) == folded }) {
			return name
		}
	}
	return text
}

// Validate finds what is wrong with the settings.
func (c Config) Validate() []pipeline.Finding {
	var found []pipeline.Finding
	wrong := func(path string, rule pipeline.Rule, with map[string]string) {
		found = append(found, pipeline.Finding{Path: path, Rule: rule, With: with})
	}
	if c.Tolerance.IsNeg() {
		wrong("tolerance", "courier.setting", map[string]string{"setting": "tolerance", "given": c.Tolerance.String()})
	}
	if c.Short != "" && !slices.Contains(shorts, c.Short) {
		wrong("short", "config.choice", map[string]string{"given": c.Short, "known": strings.Join(shorts, ", ")})
	}
	for _, to := range c.HandOn {
		if !slices.Contains(targets, to) {
			wrong("hand_on", "config.choice", map[string]string{"given": to, "known": strings.Join(targets, ", ")})
		}
	}
	last := 0
	for _, age := range c.Ages {
		if age <= last {
			wrong("ages", "courier.setting", map[string]string{"setting": "ages", "given": strconv.Itoa(age)})
			break
		}
		last = age
	}
	if c.WarnDays < 0 {
		wrong("warn_days", "courier.setting", map[string]string{"setting": "warn_days", "given": strconv.Itoa(c.WarnDays)})
	}
	return append(found, c.alike()...)
}

// alike finds names by which two couriers go.
func (c Config) alike() []pipeline.Finding {
	var found []pipeline.Finding
	whose := map[string]string{}
	for _, name := range sorted(c.Couriers) {
		for _, one := range append([]string{name}, c.Couriers[name]...) {
			folded := pipeline.Fold(one)
			if other, ok := whose[folded]; ok && other != name {
				found = append(found, pipeline.Finding{Path: "couriers", Rule: "courier.alike", With: map[string]string{"given": one, "one": other, "other": name}})
			}
			whose[folded] = name
		}
	}
	return found
}
