package eta

import (
	"embed"
	"fmt"
	"regexp"

	"github.com/gocarina/gocsv"
)

// The authority's tables, as its SDK site served them (reference: eta/codes/README.md). Units change now and then, so
// the setting units adds to them.
//
//go:embed codes/*.csv
var tables embed.FS

// code is a line of a table. Only what is needed of it is read.
type code struct {
	Code    string `csv:"code"`
	TaxType string `csv:"tax_type"` // of a VAT subtype: the tax that it belongs to
}

var (
	units      = table("unit_types", code.itself)
	payments   = table("payment_methods", code.itself)
	subtypes   = table("tax_subtypes", code.tax)
	activities = table("activity_codes", code.itself)
	currencies = table("currency_codes", code.itself)
)

func (c code) itself() string { return c.Code }
func (c code) tax() string    { return c.TaxType }

// table reads a table of codes and gives of each what is wanted.
func table(name string, wanted func(code) string) map[string]string {
	text, err := tables.ReadFile("codes/" + name + ".csv")
	if err != nil {
		panic(err) // embedded
	}
	var lines []code
	if err := gocsv.UnmarshalBytes(text, &lines); err != nil {
		panic(fmt.Sprintf("table %s: %v", name, err)) // embedded
	}
	codes := make(map[string]string, len(lines))
	for _, line := range lines {
		codes[line.Code] = wanted(line)
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
