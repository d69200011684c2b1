package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"wasl/stages/load/eta/etatest"
)

// demoCompany is the stand-in's taxpayer with three devices: that of the settings
// which cmdShop writes, and two more.
func demoCompany() etatest.Taxpayer {
	company := etatest.DemoTaxpayer()
	for _, name := range []string{"alx", "nsr"} {
		company.POS = append(company.POS, etatest.POS{Serial: "WASL-" + strings.ToUpper(name), OSVersion: "os", ClientID: name + "-client", Secret: name + "-secret"})
	}
	return company
}

// otherCompany is a second taxpayer, with one device.
func otherCompany() etatest.Taxpayer {
	return etatest.Taxpayer{RIN: "100200301", POS: []etatest.POS{{Serial: "DELTA-01", OSVersion: "os", ClientID: "delta-client", Secret: "delta-secret"}}}
}

// cmdPOS prints what each device has issued, one receipt a line, by device and in
// their order: SERIAL of BRANCH: NUMBER. With "retire SERIAL" it switches one off at
// the authority first.
func cmdPOS(ts *testscript.TestScript, neg bool, args []string) {
	tax := worldOf(ts).eta
	if len(args) == 2 && args[0] == "retire" {
		tax.Retire(args[1])
	}
	receipts := tax.Receipts()
	slices.SortStableFunc(receipts, func(a, b etatest.Receipt) int { return strings.Compare(a.POS, b.POS) })
	for _, r := range receipts {
		fmt.Fprintf(ts.Stdout(), "%s of %s: %s\n", r.POS, r.Branch, r.Number)
	}
	fmt.Fprintf(ts.Stdout(), "chain breaks: %d\n", len(tax.ChainBreaks()))
}
