package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wasl/pipeline/ledger"
	"wasl/stages/load/eta"
)

// The ages at which somebody is told, where the settings say nothing: 12 hours, urgent at 20, late from 24 on, when it
// needs the portal's late request. What is not issued yet has no day that runs out, and is told of as well.
func TestAlarms_Ages(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	c := &Config{zone: time.UTC}
	ages := eta.Config{}.Ages()
	for _, test := range []struct {
		age    time.Duration
		sealed bool
		want   string
	}{
		{12 * time.Hour, true, "eta.age.warn 12h"},
		{20*time.Hour - time.Second, true, "eta.age.warn 12h"},
		{20 * time.Hour, true, "eta.age.urgent 20h"},
		{24*time.Hour - time.Second, true, "eta.age.urgent 20h"},
		{24 * time.Hour, true, "eta.age.late 24h"},
		{13 * time.Hour, false, "eta.age.unissued 12h"},
		{30 * time.Hour, false, "eta.age.unissued 20h"},
	} {
		var got []string
		for _, a := range alarmsOf(c, eta.Point{Name: "web"}, ages, []ledger.Aged{{Name: "#1", Sealed: test.sealed, Since: now.Add(-test.age)}}, now) {
			got = append(got, fmt.Sprintf("%s %s", a.Rule, a.With["limit"]))
			for _, lang := range []string{"en", "ar"} {
				if words := a.Says(lang) + a.Fix(lang); strings.ContainsAny(words, "{}") || !strings.Contains(words, "#1") {
					t.Errorf("%s: %s", a.Rule, words)
				}
			}
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("after %s, issued %t: %v, want %s", test.age, test.sealed, got, test.want)
		}
	}
	// Younger ones are not asked for at all: the ledger gives what is older than the first of them.
	if ages.Warn != 12*time.Hour {
		t.Errorf("first told after %s", ages.Warn)
	}
}
