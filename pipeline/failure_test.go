package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestFailure_IsToldAgainInEitherLanguage stores errors and tells them again.
func TestFailure_IsToldAgainInEitherLanguage(t *testing.T) {
	t.Parallel()
	trouble := &Trouble{Rule: "usage.open", With: map[string]string{"file": "stock.csv"}, Err: errors.New("permission denied")}
	f := FailureOf(fmt.Errorf("lane stock: %w", &Later{Err: trouble}))
	if got := f.Says("en"); got != "lane stock: stock.csv cannot be read: permission denied" {
		t.Errorf("in English %q", got)
	}
	if got := f.Says("ar"); got != "تعذّرت قراءة stock.csv" {
		t.Errorf("in Arabic %q", got)
	}
	if en, ar := f.Fix("en"), f.Fix("ar"); en == "" || ar == "" || en == ar {
		t.Errorf("what to do about it: %q, %q", en, ar)
	}
	if text, err := json.Marshal(map[string]any{"error": f}); err != nil || strings.Contains(string(text), "rule") || !strings.Contains(string(text), "permission denied") {
		t.Errorf("for programs %s, %v", text, err)
	}
	for _, plain := range []string{"connection refused", "{not JSON", `{"error": "of the other side"}`, ""} {
		f := FailureOf(errors.New(plain))
		if f.Says("ar") != plain || f.Says("en") != plain || f.Fix("en") != "" || f.String() != plain {
			t.Errorf("%q is told as %q with %q", plain, f.Says("ar"), f.Fix("en"))
		}
	}
}
