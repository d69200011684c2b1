package eta

import (
	"embed"
	"encoding/csv"
	"fmt"
	"regexp"
)

// The authority's tables, as its SDK site served them (reference: eta/codes/README.md). Units change now and then, so
// the setting units adds to them.
//
//go:embed codes/*.csv
var tables embed.FS

var (
	units      = table("unit_types", 0)
	payments   = table("payment_methods", 0)
	subtypes   = table("tax_subtypes", 1) // subtype -> the tax that it belongs to
	activities = table("activity_codes", 0)
	currencies = table("currency_codes", 0)
)

// table reads a table of codes: the code is in the first column, what is wanted of it in another.
func table(name string, column int) map[string]string {
	file, err := tables.Open("codes/" + name + ".csv")
	if err != nil {
		panic(err) // embedded
	}
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("table %s: %v", name, err)) // embedded
	}
	codes := make(map[string]string, len(rows))
	for _, row := range rows[1:] {
		codes[row[0]] = row[column]
	}
	return codes
}

// The forms of identifiers (eta-ereceipt.md sections 3.4 and 9).
var (
	rinForm        = regexp.MustCompile(`^[0-9]{9}$`)
	nationalIDForm = regexp.MustCompile(`^[0-9]{14}$`)
	gtinForm       = regexp.MustCompile(`^([0-9]{8}|[0-9]{12,14})$`)
	egsOwnForm     = regexp.MustCompile(`^[^\s"\\]+$`)
)

// egs tells whether a code is an EGS code of the taxpayer: EG-{RIN}-{code}.
func egs(code, rin string) bool {
	prefix := "EG-" + rin + "-"
	return len(code) > len(prefix) && code[:len(prefix)] == prefix && egsOwnForm.MatchString(code[len(prefix):])
}

// gtin tells whether a code is a GS1 number: its length and its check digit.
func gtin(code string) bool {
	if !gtinForm.MatchString(code) {
		return false
	}
	sum := 0
	for i := range len(code) {
		digit := int(code[len(code)-1-i] - '0')
		if i%2 == 1 {
			digit *= 3
		}
		sum += digit
	}
	return sum%10 == 0
}
