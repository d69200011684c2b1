package shopify

import (
	"time"

	"wasl/pipeline"
)

// Pulls say what is asked of the shop by the clock, and how often: orders: 10m. What
// is not named is asked for by hand only.
type Pulls struct {
	Orders       time.Duration `yaml:"orders"`
	Customers    time.Duration `yaml:"customers"`
	Transactions time.Duration `yaml:"transactions"`
	Payouts      time.Duration `yaml:"payouts"`
	Stock        time.Duration `yaml:"stock"`
	At           PullTimes     `yaml:"at"`    // times of day of the shop, besides or instead
	Quiet        string        `yaml:"quiet"` // 22:00-06:00: a watch pulls nothing then
	Since        string        `yaml:"since"` // 2026-12-01: from when the first pull asks; nothing is pulled by the clock before it is said
	Only         Filter        `yaml:"only"`  // which orders are pulled, by the clock and by hand
	Check        int           `yaml:"check"` // days over which it is proved once a day that no order is missing; 0: 7
}

// Every is how often something is to be pulled; zero: not by the clock.
func (p Pulls) Every(what string) time.Duration {
	return map[string]time.Duration{PullOrders: p.Orders, PullCustomers: p.Customers, PullTransactions: p.Transactions,
		PullPayouts: p.Payouts, PullStock: p.Stock}[what]
}

// oftenest is how often something can be pulled at most.
const oftenest = time.Minute

func (p Pulls) validate() (found []pipeline.Finding) {
	for _, what := range PullKinds {
		if every := p.Every(what); every != 0 && every < oftenest {
			found = append(found, pipeline.Finding{Path: "pull." + what, Rule: "pull.often", With: map[string]string{"given": every.String()}})
		}
	}
	if _, err := time.Parse(time.DateOnly, p.Since); p.Since != "" && err != nil {
		found = append(found, pipeline.Finding{Path: "pull.since", Rule: "pull.time", With: map[string]string{"given": p.Since}})
	}
	found = append(found, p.validateTimes()...)
	for _, f := range p.Only.Validate() {
		f.Path = "pull.only." + f.Path
		found = append(found, f)
	}
	return found
}

// pullScopes are the rights that pulling needs (reference 2.4).
var pullScopes = map[string][]string{
	PullOrders:       {"read_orders", "read_customers"},
	PullCustomers:    {"read_customers"},
	PullTransactions: {"read_orders"},
	PullPayouts:      {"read_shopify_payments_accounts", "read_shopify_payments_payouts"},
	PullStock:        {"read_products", "read_inventory", "read_locations"},
}

// PullHeads are the beginnings of the files that a pull makes, by the beginnings of
// their names: enough to know which flow would take them. Stock is for people, and no
// file of an inbox.
func PullHeads(what string) map[string]string {
	switch what {
	case PullOrders:
		return map[string]string{"orders-0.jsonl": `{"wasl":"orders","version":1}` + "\n"}
	case PullCustomers:
		return map[string]string{"customers-0.csv": customerColumns + "\n"}
	case PullTransactions:
		return map[string]string{"transactions-0.csv": transactionColumns + "\n"}
	case PullPayouts:
		return map[string]string{"payouts-0.csv": payoutColumns + "\n", "payments-0.csv": balanceColumns + "\n"}
	}
	return nil
}

// PullOverlap is how far before its place a pull begins: where the search lags, or
// where what was seen still changes afterwards, as a payout does that is on its way.
func PullOverlap(what string) time.Duration {
	switch what {
	case PullPayouts:
		return 7 * 24 * time.Hour
	case PullCustomers:
		return 24 * time.Hour // the search knows whole days
	}
	return Overlap
}

// Shop is the shop's address, by which what was pulled is told apart.
func (s *Sink) Shop() string { return s.cfg.Shop }

// Pulls are the settings of what is pulled by the clock.
func (s *Sink) Pulls() Pulls { return s.cfg.Pulls }
