package law

import (
	"fmt"
	"strings"
	"testing"

	"wasl/pipeline"
)

// A submission is refused as a whole for what its receipts are beside each other.
func TestCheckSubmission(t *testing.T) {
	t.Parallel()
	one := sealed(gift)
	other := sealed(strings.Replace(gift, "#1043", "#1044", 1))
	changed := func(old, new string) string { return strings.Replace(other, old, new, 1) }
	for name, c := range map[string]struct {
		body string
		rule pipeline.Rule
		path string
	}{
		"no JSON":                   {`{`, "batch.json", ""},
		"no receipts":               {`{"receipts":[]}`, "batch.none", "receipts"},
		"501 receipts":              {numbered(501), "batch.receipts", "receipts"},
		"more than 1.5 MB":          {`{"receipts":[` + strings.Replace(one, "عينة مجانية", strings.Repeat("x", 1_500_000), 1) + `]}`, "batch.bytes", ""},
		"a signature of no kind":    {`{"receipts":[` + one + `],"signatures":[{"signatureType":"X","value":""}]}`, "batch.signature", "signatures[0].signatureType"},
		"a number twice":            {`{"receipts":[` + one + `,` + changed("#1044", "#1043") + `]}`, "batch.number", "receipts[1].header.receiptNumber"},
		"a uuid twice":              {`{"receipts":[` + one + `,` + strings.Replace(one, "#1043", "#1044", 1) + `]}`, "batch.uuid", "receipts[1].header.uuid"},
		"two POS":                   {`{"receipts":[` + one + `,` + changed("WASL-SRV-01", "WASL-SRV-02") + `]}`, "batch.pos", "receipts[1].seller.deviceSerialNumber"},
		"two taxpayers":             {`{"receipts":[` + one + `,` + changed(`"rin":"100200300"`, `"rin":"100200301"`) + `]}`, "batch.rin", "receipts[1].seller.rin"},
		"not in the order of issue": {`{"receipts":[` + one + `,` + changed("T09:30:00Z", "T09:29:59Z") + `]}`, "batch.order", "receipts[1].header.dateTimeIssued"},
	} {
		found := Shipped().CheckSubmission([]byte(c.body), Known{Day: "2026-11-25"})
		if len(found) != 1 || found[0].Rule != c.rule || found[0].Path != c.path {
			t.Errorf("%s: %v, want %s at %s", name, found, c.rule, c.path)
		}
		for _, f := range found {
			p := pipeline.Problem{Rule: f.Rule, With: f.With}
			if words := p.Says("en") + p.Fix("en") + p.Says("ar") + p.Fix("ar"); !f.Rule.Known() || hole.MatchString(words) {
				t.Errorf("%s: %s", f.Rule, words)
			}
		}
	}
	for _, good := range []string{numbered(1), numbered(500), `{"receipts":[` + one + `],"signatures":[{"signatureType":"I","value":""}]}`,
		`{"receipts":[` + one + `,` + strings.Replace(changed("#1044", "#1043"), `"branchCode":"0"`, `"branchCode":"1"`, 1) + `]}`} {
		if found := Shipped().CheckSubmission([]byte(good), Known{Day: "2026-11-25"}); len(found) > 0 {
			t.Errorf("%v", found)
		}
	}
}

// numbered is a submission of n receipts.
func numbered(n int) string {
	var all []string
	for i := range n {
		all = append(all, sealed(strings.Replace(gift, "#1043", fmt.Sprint("#", i), 1)))
	}
	return `{"receipts":[` + strings.Join(all, ",") + `]}`
}
