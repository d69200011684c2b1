package etatest

import (
	"bytes"
	"embed"
	"encoding/csv"
	"fmt"
	"strings"
)

// codeFiles are the authority's published tables, as collected in reference/eta/codes.
//
//go:embed codes/*.csv
var codeFiles embed.FS

// codes are the tables that the validation looks things up in. They are read once and never changed.
var codes = struct {
	activity, buyer, currency, delivery, item, payment, reason, unit map[string]row

	receiptType, tax, subtype map[string]row
}{
	activity:    readCodes("activity_codes"),
	buyer:       readCodes("buyer_types"),
	currency:    readCodes("currency_codes"),
	delivery:    readCodes("order_delivery_modes"),
	item:        readCodes("item_code_types"),
	payment:     readCodes("payment_methods"),
	reason:      readCodes("return_without_reference_reasons"),
	unit:        readCodes("unit_types"),
	receiptType: readCodes("receipt_types"),
	tax:         readCodes("tax_types"),
	subtype:     readCodes("tax_subtypes"),
}

// row is a line of a table by the names of its columns.
type row map[string]string

func readCodes(name string) map[string]row {
	file, err := codeFiles.ReadFile("codes/" + name + ".csv")
	if err != nil {
		panic(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(file)).ReadAll()
	if err != nil {
		panic(fmt.Errorf("%s: %w", name, err))
	}
	table := map[string]row{}
	for _, line := range lines[1:] {
		r := row{}
		for i, column := range lines[0] {
			r[column] = line[i]
		}
		table[r["code"]] = r
	}
	return table
}

// receiptType looks a type up. S and R, as some clients write, mean s and r.
func receiptType(code string) (row, bool) {
	if code == "S" || code == "R" {
		code = strings.ToLower(code)
	}
	r, ok := codes.receiptType[code]
	return r, ok
}

func isReturn(code string) bool {
	r, _ := receiptType(code)
	return r["direction"] == "return"
}

// fixedAmount tells whether a tax is an amount and not a rate: by its type (T3, T6, T14), or by a subtype of a rate
// type that is named so, such as Ent02 "Entertainment tax (amount)".
func fixedAmount(taxType, subtype string) bool {
	return codes.tax[taxType]["kind"] == "fixed amount" ||
		strings.HasSuffix(codes.subtype[subtype]["name_en"], "(amount)")
}
