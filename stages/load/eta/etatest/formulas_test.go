package etatest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quagmt/udecimal"
)

func TestFormulas_Vectors(t *testing.T) {
	t.Parallel()
	rows := readVectors(t, vectorFolder, "calc-vectors.csv")
	if len(rows) < 15 {
		t.Fatalf("only %d vectors", len(rows))
	}
	for _, vector := range rows {
		t.Run(vector["name"], func(t *testing.T) {
			allowed := udecimal.MustParse(vector["tolerance"])
			if vector["tolerance"] == "0" { // rounded to five decimals, so half of the last one
				allowed = udecimal.MustParse("0.000005")
			}
			if found := checkLine(calcLine(t, vector, vector["total"]), "itemData[0]", allowed); len(found) > 0 {
				t.Errorf("found %v", found)
			}
			off := udecimal.MustParse(vector["total"]).Add(allowed).Add(allowed).Add(allowed)
			found := checkLine(calcLine(t, vector, off.String()), "itemData[0]", allowed)
			if len(found) != 1 || found[0].Code != "LineTotal" {
				t.Errorf("a total that is off: found %v", found)
			}
		})
	}
}

// calcLine builds the line of a vector with the total given.
func calcLine(t *testing.T, vector row, total string) *node {
	t.Helper()
	amounts := map[string]string{}
	for pair := range strings.SplitSeq(vector["tax_amounts"], ";") {
		name, value, _ := strings.Cut(pair, "=")
		amounts[name] = value
	}
	var taxes []string
	for tax := range strings.SplitSeq(vector["taxes"], ";") {
		part := strings.Split(tax, ":")
		rate := ""
		if part[2] != "" {
			rate = `,"rate":` + part[2]
		}
		taxes = append(taxes, fmt.Sprintf(`{"taxType":%q,"amount":%s,"subType":%q%s}`, part[0], amounts[part[0]], part[1], rate))
	}
	text := fmt.Sprintf(`{"quantity":%s,"unitPrice":%s,"netSale":%s,"totalSale":%s,"total":%s,"valueDifference":%s,`+
		`"commercialDiscountData":[%s],"itemDiscountData":[%s],"taxableItems":[%s]}`,
		vector["quantity"], vector["unit_price"], vector["net_sale"], vector["total_sale"], total, vector["value_difference"],
		calcDiscounts(vector["commercial_discounts"]), calcDiscounts(vector["item_discounts"]), strings.Join(taxes, ","))
	line, err := parseTree([]byte(text))
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return line
}

func calcDiscounts(amounts string) string {
	var discounts []string
	for amount := range strings.SplitSeq(amounts, ";") {
		if amount != "" {
			discounts = append(discounts, fmt.Sprintf(`{"amount":%s,"description":"d"}`, amount))
		}
	}
	return strings.Join(discounts, ",")
}
