package main

import (
	"bytes"
	"strings"
	"testing"

	"wasl/pipeline"
)

// TestPrintKind_Settings keeps what a flow may decide in sight: the values of a
// setting, or how it is written, or its type; its default; its help.
func TestPrintKind_Settings(t *testing.T) {
	t.Parallel()
	kind := pipeline.Kind{Name: "shop.thing", Help: "a thing", Settings: []pipeline.Setting{
		{Name: "on_stale", Choices: []string{"erp", "hold"}, Default: "erp", Help: "who wins"},
		{Name: "rounding", Form: "0.25, or end 0.99", Help: "how amounts end"},
		{Name: "buffer", Type: pipeline.Quantity, Default: "0", Help: "what is kept back"},
	}}
	var out bytes.Buffer
	(&app{out: &out}).printKind(kind)
	for _, want := range []string{"on_stale   erp, hold", "erp       who wins", "rounding   0.25, or end 0.99", "buffer     quantity", "what is kept back"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the kind lacks %q:\n%s", want, out.String())
		}
	}
	out.Reset()
	(&app{out: &out, json: true}).printKind(kind)
	if want := `"settings":[{"choices":["erp","hold"],"default":"erp"`; !strings.Contains(out.String(), want) {
		t.Errorf("as JSON it lacks %s:\n%s", want, out.String())
	}
}
