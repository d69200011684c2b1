package eta

import (
	"wasl/pipeline"

	"github.com/quagmt/udecimal"
)

// settings are what an adviser decides about receipts, in the mapping (eta-ereceipt.md section 11 is advice, not law:
// where it names no answer, the default is the careful one).
var settings = []pipeline.Setting{
	{Name: "due", Type: pipeline.Text, Choices: []string{duePaid, dueFulfilled, dueDelivered, dueCreated}, Default: duePaid,
		Help: "the tax point: a sale has its receipt once it is paid, sent (all of it), delivered (order.delivered says when) or placed"},
	{Name: "gift_card", Type: pipeline.Text, Choices: []string{leave, hold, asItem}, Default: leave,
		Help: "a gift card that is sold: left out (money owed, no sale yet), held for a person, or a line like any other"},
	{Name: "tip", Type: pipeline.Text, Choices: []string{leave, hold}, Default: leave,
		Help: "a tip is no sale of goods: it is left out of the receipt, or a person decides"},
	{Name: "duties", Type: pipeline.Text, Choices: []string{hold, leave}, Default: hold,
		Help: "duties charged with the order: a person decides, or they are left out"},
	{Name: "rounding", Type: pipeline.Text, Choices: []string{leave, hold}, Default: leave,
		Help: "cash that was rounded at the till: the receipt is of the sale, not of the coins; or a person decides"},
	{Name: "tenders", Type: pipeline.Text, Choices: []string{tendersOther, tendersLargest}, Default: tendersOther,
		Help: "an order paid in several ways: code O, or that of the largest payment (pulled orders say how much each was)"},
	{Name: "amount_refund", Type: pipeline.Text, Choices: []string{hold, leave, onLines}, Default: hold,
		Help: "money paid back that belongs to no goods: a person decides, it has no return, or it is laid on what is left of the lines, as parts of a piece at the sale's prices"},
	{Name: "cancel_refund", Type: pipeline.Text, Choices: []string{cancelSettle, asAmount}, Default: cancelSettle,
		Help: "money paid back for no goods after an order was cancelled: it pays for what was returned without any, and what is more is a return of what is left, as nothing is a sale any more; or as amount_refund says"},
	{Name: "added", Type: pipeline.Text, Choices: []string{addedReceipt, hold}, Default: addedReceipt,
		Help: "goods added to an order after its receipt was issued: a further sale receipt of them, as each sale to a consumer has one and no receipt changes; or a person decides"},
	{Name: "before_start", Type: pipeline.Text, Choices: []string{beforeReturn, hold, leave}, Default: beforeReturn,
		Help: "a refund of a sale from before the start date: a return without reference (RWR, reason B), held, or left out"},
	{Name: "foreign", Type: pipeline.Text, Choices: []string{hold, foreignRate}, Default: hold,
		Help: "orders in other currencies than EGP: held, or filed in their currency at exchange_rate (UNVERIFIED whether the authority wants amounts in EGP)"},
	{Name: "exchange_rate", Type: pipeline.Amount, Help: "EGP for one of the currency, where the order itself says none (order.exchange_rate)"},
	{Name: "zero", Type: pipeline.Text, Choices: []string{hold, leave, "send"}, Default: hold,
		Help: "an order that cost nothing: held (UNVERIFIED whether the authority takes a total of 0), left out, or sent"},
	{Name: "business", Type: pipeline.Text, Choices: []string{hold, "receipt", "person"}, Default: hold,
		Help: "a buyer with a tax registration number: held, since he may want an invoice and not a receipt; a receipt of type B; or one of a person"},
	{Name: "delivery_mode", Type: pipeline.Text, Choices: []string{"FC", "TO", "TC"}, Default: "FC",
		Help: "how it reaches the buyer, where the order does not say (order.delivery_mode); sent with the types SR and SC only"},
	{Name: "csv_refund", Type: pipeline.Text, Choices: []string{hold, leave}, Default: hold,
		Help: "the admin's export does not say what a refund is of: its return is held until the order is pulled, or it is left to a person without a word"},
}

// The values of settings.
const (
	leave  = "leave" // it has no receipt, and the report says so
	hold   = "hold"  // a person decides
	asItem = "item"

	onLines = "lines"

	duePaid, dueFulfilled, dueDelivered, dueCreated = "paid", "fulfilled", "delivered", "created"

	tendersOther, tendersLargest = "other", "largest"

	addedReceipt = "receipt"
	cancelSettle = "settle"
	asAmount     = "amount"
	beforeReturn = "return"
	foreignRate  = "rate"
)

// A policy is the settings of a flow, read.
type policy struct {
	due, giftCard, tip, duties, rounding, tenders, amountRefund, cancelRefund, added,
	beforeStart, foreign, zero, business, delivery, csvRefund string
	rate dec // exchange_rate; zero: none
}

func policyOf(k pipeline.Kind, s pipeline.Settings) policy {
	of := func(name string) string { return s.Of(k, name) }
	p := policy{due: of("due"), giftCard: of("gift_card"), tip: of("tip"), duties: of("duties"), rounding: of("rounding"),
		tenders: of("tenders"), amountRefund: of("amount_refund"), cancelRefund: of("cancel_refund"), added: of("added"), beforeStart: of("before_start"),
		foreign: of("foreign"), zero: of("zero"), business: of("business"), delivery: of("delivery_mode"), csvRefund: of("csv_refund")}
	if rate, err := udecimal.Parse(of("exchange_rate")); err == nil {
		p.rate = rate
	}
	return p
}
