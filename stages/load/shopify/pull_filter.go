package shopify

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// Filter says which orders are pulled; all of it has to hold, of each list one. It is
// asked of what came and not put into the search: so an order that fitted once, and
// was pulled, is followed to its end when it no longer fits, tags are compared whole,
// and the index of the search, which lags, decides nothing.
type Filter struct {
	Status   []string `yaml:"status"`   // paid, pending ...; open, closed, cancelled; fulfilled, unfulfilled ...
	Tag      []string `yaml:"tag"`      // has one of these
	NotTag   []string `yaml:"not_tag"`  // has none of these
	Location []string `yaml:"location"` // sold at the till there: name or id
	Channel  []string `yaml:"channel"`  // the source: web, pos ...
	Since    string   `yaml:"since"`    // placed on that day of the shop or later
	Before   string   `yaml:"before"`   // placed before that day
}

// The words of status, by what they are of. Where some of one sort are given, one of
// them has to hold.
var statusWords = map[string][]string{
	"financial":   {"authorized", "expired", "paid", "partially_paid", "partially_refunded", "pending", "refunded", "voided"},
	"fulfillment": {"fulfilled", "in_progress", "on_hold", "partially_fulfilled", "pending_fulfillment", "request_declined", "restocked", "scheduled", "unfulfilled"},
	"order":       {"open", "closed", "cancelled"},
}

// StatusWords are all of them.
var StatusWords = slices.Sorted(slices.Values(slices.Concat(slices.Collect(maps.Values(statusWords))...)))

// Empty tells whether it lets every order pass.
func (f Filter) Empty() bool { return f.String() == "" }

// String is the filter in one line: by it the ledger knows why an order was left out.
func (f Filter) String() string {
	var parts []string
	add := func(name string, all ...string) {
		if text := strings.Join(all, ","); text != "" {
			parts = append(parts, name+": "+text)
		}
	}
	add("status", f.Status...)
	add("tag", f.Tag...)
	add("not_tag", f.NotTag...)
	add("location", f.Location...)
	add("channel", f.Channel...)
	add("since", f.Since)
	add("before", f.Before)
	return strings.Join(parts, "; ")
}

// Validate finds what cannot be meant.
func (f Filter) Validate() (found []pipeline.Finding) {
	for _, word := range f.Status {
		if !slices.Contains(StatusWords, strings.ToLower(word)) {
			found = append(found, pipeline.Finding{Path: "status", Rule: "config.choice", With: map[string]string{"given": word, "known": strings.Join(StatusWords, ", ")}})
		}
	}
	for name, day := range map[string]string{"since": f.Since, "before": f.Before} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			found = append(found, pipeline.Finding{Path: name, Rule: "only.day", With: map[string]string{"given": day}})
		}
	}
	return found
}

// fits tells whether an order passes; days are those of a zone.
func (f Filter) fits(o pulledHead, zone *time.Location) bool {
	one := func(want []string, have ...string) bool {
		return len(want) == 0 || slices.ContainsFunc(want, func(w string) bool {
			return slices.ContainsFunc(have, func(h string) bool { return h != "" && strings.EqualFold(strings.TrimSpace(w), strings.TrimSpace(h)) })
		})
	}
	day := o.CreatedAt.In(cmp.Or(zone, time.UTC)).Format(time.DateOnly)
	return f.fitsStatus(o, one) && one(f.Tag, o.Tags...) && (len(f.NotTag) == 0 || !one(f.NotTag, o.Tags...)) &&
		one(f.Location, o.Location.Name, o.Location.ID, idNumber(o.Location.ID)) && one(f.Channel, o.Source) &&
		(f.Since == "" || day >= f.Since) && (f.Before == "" || day < f.Before)
}

func (f Filter) fitsStatus(o pulledHead, one func(want []string, have ...string) bool) bool {
	have := map[string]string{"financial": o.financial(), "fulfillment": o.Fulfilled, "order": "open"}
	switch {
	case o.CancelledAt != nil:
		have["order"] = "cancelled"
	case o.ClosedAt != nil:
		have["order"] = "closed"
	}
	for sort, words := range statusWords {
		var want []string
		for _, w := range f.Status {
			if slices.Contains(words, strings.ToLower(w)) {
				want = append(want, w)
			}
		}
		if !one(want, have[sort]) {
			return false
		}
	}
	return true
}

// financial is the state of payment; where Shopify names none, as the admin's files do.
func (o pulledHead) financial() string {
	switch {
	case o.Paid != "":
		return o.Paid
	case o.Total.ShopMoney.Amount != "" && strings.Trim(o.Total.ShopMoney.Amount, "0.") == "":
		return "paid"
	}
	return "pending"
}
