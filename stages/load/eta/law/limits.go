package law

import (
	"strconv"
	"strings"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

type dec = pipeline.Decimal

// Version is the version of receipts that wasl writes.
const Version = "1.2"

// The limits by name, as the table limits has them.
const (
	NamedBuyer         = "named_buyer"         // EGP: from this total on (inclusive) a person is named
	ReceiptLines       = "receipt_lines"       // lines of a receipt
	Decimals           = "decimals"            // of a number, after the point
	Tolerance          = "tolerance"           // of a comparison, in the receipt's currency
	IssueHours         = "issue_hours"         // hours from issue to submission
	ReturnDays         = "return_days"         // days from a sale to its return
	SubmissionReceipts = "submission_receipts" // receipts of a submission
	SubmissionBytes    = "submission_bytes"    // bytes of a submission
)

// LimitNames are the limits without which nothing can be checked.
var LimitNames = []string{NamedBuyer, ReceiptLines, Decimals, Tolerance, IssueHours, ReturnDays, SubmissionReceipts, SubmissionBytes}

// Has tells whether a table has a code that is in force on a day (2006-01-02); on "" at any time.
func (b *Book) Has(table, code, day string) bool {
	_, ok := b.Row(table, code, day)
	return ok
}

// Row is the line of a code that is in force on a day; on "" the newest.
func (b *Book) Row(table, code, day string) (Row, bool) {
	t := b.tables[table]
	if t == nil {
		return Row{}, false
	}
	return t.row(code, day)
}

// Limit is a limit on a day, of receipts of the version that wasl writes.
func (b *Book) Limit(name, day string) dec { return b.LimitOf(name, Version, day) }

// LimitOf is a limit on a day, of receipts of a version. A line without a version is of all. Before the first day that
// a line names that line counts: no receipt is older than what is known of the rules.
func (b *Book) LimitOf(name, version, day string) dec {
	var first Row
	for _, i := range b.tables["limits"].at[name] {
		r := b.tables["limits"].Rows[i]
		if v := r.Cell("version"); v != "" && v != version {
			continue
		}
		if r.On(day) {
			return number(r.Cell("value"))
		}
		if first.Code == "" || r.From < first.From {
			first = r
		}
	}
	return number(first.Cell("value"))
}

// Rate is the rate that a subtype has on a day, in per cent. It is unknown of subtypes that may have any.
func (b *Book) Rate(subtype, day string) (dec, bool) {
	r, ok := b.Row("tax_rates", subtype, day)
	if !ok {
		return dec{}, false
	}
	return number(r.Cell("rate")), true
}

// General is the subtype of VAT with the general rate, and Other the one with any other.
const (
	General = "V009"
	Other   = "V010"
)

// RateFits tells whether a subtype of VAT may have this rate on a day: the one that the table names; V010 any other
// than the general one.
func (b *Book) RateFits(subtype string, rate dec, day string) bool {
	if r, ok := b.Row("tax_subtypes", subtype, day); !ok || r.Cell("tax_type") != "T1" {
		return false
	}
	if fixed, known := b.Rate(subtype, day); known {
		return rate.Equal(fixed)
	}
	general, _ := b.Rate(General, day)
	return rate.IsPos() && !rate.GreaterThan(hundred) && !rate.Equal(general)
}

// FixedAmount tells whether a tax is an amount and not a rate: by its type (T3, T6, T14), or by a subtype that the
// authority's table names so, such as Ent02 "Entertainment tax (amount)".
func (b *Book) FixedAmount(taxType, subtype string) bool {
	if r, ok := b.Row("tax_types", taxType, ""); ok && r.Cell("kind") == "fixed amount" {
		return true
	}
	r, ok := b.Row("tax_subtypes", subtype, "")
	return ok && strings.HasSuffix(strings.ToLower(r.Cell("name_en")), "(amount)")
}

// number reads a number of a table, which was checked when it was read.
func number(text string) dec {
	d, err := udecimal.Parse(text)
	if err != nil {
		return dec{}
	}
	return d
}

var hundred = udecimal.MustParse("100")

func itoa(n int) string { return strconv.Itoa(n) }
