package extract

import (
	"strconv"
	"strings"

	"wasl/pipeline"
)

// name carries the rate, as in files: VAT 14%.
func (t taxLine) name() string {
	percent, ok := percentOf(t.Rate.String())
	if !ok {
		return t.Title
	}
	return t.Title + " " + percent + "%"
}

// taxesOf is the sum of taxes, and their rates in per cent joined by +.
func taxesOf(all []taxLine) (tax, rates string) {
	sum := pipeline.Decimal{}
	var out []string
	for _, t := range all {
		sum = sum.Add(t.PriceSet.amount())
		if percent, ok := percentOf(t.Rate.String()); ok {
			out = append(out, percent)
		}
	}
	return sum.String(), strings.Join(out, "+")
}

// percentOf writes a fraction in per cent: 0.14 is 14.
func percentOf(rate string) (string, bool) {
	d, rule := pipeline.ParseNumber(rate, ".", nil)
	if rule != "" {
		return "", false
	}
	return d.Mul(hundred).String(), true
}

var hundred, _ = pipeline.ParseNumber("100", ".", nil)

// amount is the amount in the shop's currency, zero where there is none.
func (b *bag) amount() pipeline.Decimal {
	if b == nil {
		return pipeline.Decimal{}
	}
	d, _ := pipeline.ParseNumber(b.ShopMoney.Amount, ".", nil) // the API writes plain decimals
	return d
}

// text is the amount as it is written in a cell, "" where there is none.
func (b *bag) text() string {
	if b == nil || b.ShopMoney.Amount == "" {
		return ""
	}
	return b.ShopMoney.Amount
}

// numberOf is the number at the end of a gid, the id that files have.
func numberOf(gid string) string {
	gid, _, _ = strings.Cut(gid, "?")
	return gid[strings.LastIndexByte(gid, '/')+1:]
}

func digitsOf(n int64) string { return strconv.FormatInt(n, 10) }

func truthOf(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "TRUE"
	}
	return "FALSE"
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// joined are texts without the empty ones.
func joined(all []string, between string) string {
	var out []string
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, between)
}
