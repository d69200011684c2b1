package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"wasl/pipeline"
	"wasl/stages/load/eta/etatest"
)

// cmdAuthority changes what the tax authority holds, behind wasl's back, and prints it:
//
//	authority                      the receipts: number | total | status | previous's number | replaces' number
//	authority forget NUMBER        as if it had never been filed
//	authority NUMBER FIELD=VALUE   number, total, status or issued, as it shows them
func cmdAuthority(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	byNumber := map[string]string{}
	numbers := map[string]string{"": "-"}
	for _, r := range w.eta.Receipts() {
		byNumber[r.Number], numbers[r.UUID] = r.UUID, r.Number
	}
	switch {
	case len(args) == 0:
		for _, r := range w.eta.Receipts() {
			old := ""
			if r.ReferenceOldUUID != "" {
				old = " | replaces " + numbers[r.ReferenceOldUUID]
				if numbers[r.ReferenceOldUUID] == "" {
					old = " | replaces one that is not held"
				}
			}
			fmt.Fprintf(ts.Stdout(), "%s | %s | %s | after %s%s\n", r.Number, r.TotalAmount, r.Status, numbers[r.PreviousUUID], old)
		}
		for _, said := range w.eta.Judge() {
			fmt.Fprintln(ts.Stdout(), "judge:", said)
		}
	case args[0] == "forget":
		w.eta.Forget(byNumber[args[1]])
	default:
		field, value, _ := strings.Cut(args[1], "=")
		ok := w.eta.Alter(byNumber[args[0]], func(r *etatest.Receipt) {
			switch field {
			case "number":
				r.Number = value
			case "total":
				r.TotalAmount = value
			case "status":
				r.Status = value
			case "issued":
				r.DateTimeIssued = value
			}
		})
		if !ok {
			ts.Fatalf("the authority holds no receipt %s", args[0])
		}
	}
}

// cmdSetting puts lines into the section eta of wasl.yaml: setting units: [ZZZ]
func cmdSetting(ts *testscript.TestScript, neg bool, args []string) {
	path := ts.MkAbs("shop/" + configName)
	text, err := os.ReadFile(path)
	ts.Check(err)
	line := "  " + strings.Join(args, " ") + "\n"
	ts.Check(os.WriteFile(path, []byte(strings.Replace(string(text), "\neta:\n", "\neta:\n"+line, 1)), 0o644))
}

// A return that is held has no bytes, and is no sale.
func TestReceipt_SortOfWhatIsHeld(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{"return/5501/9/amount": "return", "sale/5501": "sale"} {
		if got := readReceipt(pipeline.Entry{Document: pipeline.Document{Key: key, State: pipeline.Held}}).sort(); got != want {
			t.Errorf("%s is shown as a %s", key, got)
		}
	}
}
