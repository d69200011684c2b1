package erp

import (
	"strings"

	"wasl/pipeline"
)

// codeOr is how a setting is written that names the code of a line.
const codeOr = "a code of the ERP, or hold"

// settings are what an accountant decides about sales documents.
var settings = []pipeline.Setting{
	{Name: "revision", Type: pipeline.Text, Choices: []string{"changes", "full"}, Default: "changes",
		Help: "what a revision holds: the differences only, to be added to what is booked, or the whole order as it is now, in its place"},
	{Name: "cancel", Type: pipeline.Text, Choices: []string{"document", "credit"}, Default: "document",
		Help: "an order that ends after it was sent is taken back by a document of type cancellation, or by a credit note"},
	{Name: "removal", Type: pipeline.Text, Choices: []string{"revision", "credit"}, Default: "revision",
		Help: "goods taken off an order before they were sent, without money, revise the sale, or are a credit note of their own"},
	{Name: "discount", Type: pipeline.Text, Choices: []string{"order", "lines"}, Default: "order",
		Help: "a discount on the whole order is written as one amount, or on its lines: by the shop's allocation, or else spread by value"},
	{Name: "tax", Type: pipeline.Text, Choices: []string{"auto", "included", "excluded"}, Default: "auto",
		Help: "whether prices hold the taxes, for files that do not say so; auto: the sums of each order decide"},
	{Name: "gift_card", Type: pipeline.Text, Form: "a code of the ERP, or item, or hold", Default: "GIFT-CARD",
		Help: "a gift card that is sold gets a line of kind gift_card with this code: what it owes is no revenue; item: a line like any other"},
	{Name: "tip", Type: pipeline.Text, Form: codeOr, Default: "TIP", Help: "the code of a tip's line; hold: a person decides"},
	{Name: "duties", Type: pipeline.Text, Form: codeOr, Default: "DUTIES", Help: "the code of the line of duties; hold: a person decides"},
	{Name: "rounding", Type: pipeline.Text, Form: "a code of the ERP, or none, or hold", Default: "ROUNDING",
		Help: "the code of the line of cash rounding; none: it is left to the payments; hold: a person decides"},
	{Name: "amount_refund", Type: pipeline.Text, Form: codeOr, Default: "REFUND",
		Help: "the code of the line of money paid back that belongs to no goods; hold: a person decides"},
	{Name: "csv_partial_refund", Type: pipeline.Text, Choices: []string{"hold", "amount"}, Default: "hold",
		Help: "the admin's export does not say what a partial refund is of: the order waits until it is pulled, or the amount is written as a line amount_refund"},
}

// A policy is the settings of a flow, read. Codes are those of extra lines.
type policy struct {
	full, credit, removalCredit, spread, csvAmount bool
	tax                                            string // auto, included, excluded
	giftCard, tip, duties, rounding, refund        string
}

func policyOf(k pipeline.Kind, s pipeline.Settings) policy {
	is := func(name, value string) bool { return s.Of(k, name) == value }
	code := func(name string) string { return strings.TrimSpace(s.Of(k, name)) }
	return policy{full: is("revision", "full"), credit: is("cancel", "credit"), removalCredit: is("removal", "credit"),
		spread: is("discount", "lines"), csvAmount: is("csv_partial_refund", "amount"), tax: code("tax"),
		giftCard: code("gift_card"), tip: code("tip"), duties: code("duties"), rounding: code("rounding"), refund: code("amount_refund")}
}

// The values of settings that are no codes.
const (
	hold   = "hold" // a person decides
	asItem = "item" // a gift card is an item
	noLine = "none" // rounding is left to the payments
)
