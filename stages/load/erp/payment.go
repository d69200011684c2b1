package erp

import (
	"strings"

	"wasl/pipeline"
)

// KindPayment is the kind of money that moved: what customers paid and got back, what
// gateways keep for it, and what they pay out.
const KindPayment = "erp.payment"

// payFields are the words of a payment. One row is one of them. The rows of a file of
// orders that are no payments are left out.
var payFields = []pipeline.Field{
	{Name: "payment.group", Type: pipeline.Code, Required: true, Help: "what two payments of one file share that cannot be told apart otherwise: order, kind, gateway, time and amount; of a row that is no payment its order"},
	{Name: "payment.kind", Type: pipeline.Text, Required: true, Sparse: true, Help: "sale, capture, refund, change, fee, payout, adjustment, or charge (of a gateway's own list); authorization and void move no money"},
	{Name: "payment.id", Type: pipeline.Code, Help: "the shop's own number of the transaction, or the gateway's of the payout"},
	{Name: "payment.parent", Type: pipeline.Code, Help: "the number of the transaction that this one captures or gives back"},
	{Name: "payment.status", Type: pipeline.Text, Help: "success (of a payout paid) counts; pending, failure and the like move no money"},
	{Name: "payment.gateway", Type: pipeline.Text, Required: true, Sparse: true, Help: "who takes the money, as the shop calls it: paymob, cash, gift_card"},
	{Name: "payment.account", Type: pipeline.Code, Required: true, Sparse: true, Help: "the ERP's account for what that gateway owes: map: gives it, and a gateway that is not in it is a problem"},
	{Name: "payment.bank", Type: pipeline.Code, Help: "the ERP's account that a payout goes to; else the setting bank"},
	{Name: "payment.at", Type: pipeline.Time, Required: true, Sparse: true, Help: "when it moved; its day is the document's day"},
	{Name: "payment.amount", Type: pipeline.Amount, Required: true, Sparse: true, Help: "how much, above zero; of an adjustment below zero where it is taken from us; of a payout below zero where we paid"},
	{Name: "payment.currency", Type: pipeline.Text, Help: "ISO code, such as EGP: that of the shop"},
	{Name: "payment.fee", Type: pipeline.Amount, Help: "what the gateway keeps of it"},
	{Name: "payment.fee_tax", Type: pipeline.Amount, Help: "the tax on that fee, beside it, as in a courier's sheet; in it where payment.net says so"},
	{Name: "payment.net", Type: pipeline.Amount, Help: "of a gateway's own list: what is left of the amount; it is held against amount, fee and tax"},
	{Name: "payment.settled", Type: pipeline.Amount, Help: "so much of it that is paid out together with it, as in a courier's sheet"},
	{Name: "payment.rounding", Type: pipeline.Amount, Help: "what cash was rounded by, within the amount; below zero where the customer paid less"},
	{Name: "payment.reference", Type: pipeline.Text, Help: "the gateway's own number of it"},
	{Name: "payment.card", Type: pipeline.Text, Help: "the card's make"},
	{Name: "payment.test", Type: pipeline.Bool, Help: "a test: left out"},
	{Name: "payment.note", Type: pipeline.Text, Help: "what it is for, as the file says"},
	{Name: "order.id", Type: pipeline.Code, Help: "the shop's own number of the order"},
	{Name: "order.name", Type: pipeline.Code, Help: "the order, such as #1042"},
	{Name: "customer.id", Type: pipeline.Code, Help: "the shop's own number of the customer"},
	{Name: "payout.charges", Type: pipeline.Amount, Help: "of a payout: what customers paid in it"},
	{Name: "payout.refunds", Type: pipeline.Amount, Help: "what they got back"},
	{Name: "payout.adjustments", Type: pipeline.Amount, Help: "what was put right"},
	{Name: "payout.reserved", Type: pipeline.Amount, Help: "what the gateway holds back"},
	{Name: "payout.retried", Type: pipeline.Amount, Help: "what it tried before and could not pay"},
	{Name: "payout.fees", Type: pipeline.Amount, Help: "what it keeps, with either sign"},
}

// payComputed are the words that a layout of payments may use besides.
var payComputed = []pipeline.Field{
	{Name: "line.number", Type: pipeline.Quantity, Help: "1, 2, 3 ... within the document"},
	{Name: "line.kind", Type: pipeline.Text, Help: "clearing, receivable, fees, fees_tax, bank, adjustment or rounding"},
	{Name: "line.account", Type: pipeline.Text, Help: "the ERP's account"},
	{Name: "line.debit", Type: pipeline.Amount, Help: "what it is debited with; empty where it is credited"},
	{Name: "line.credit", Type: pipeline.Amount, Help: "what it is credited with; empty where it is debited"},
	{Name: "line.name", Type: pipeline.Text, Help: "what the line is, in words"},
	{Name: "doc.type", Type: pipeline.Text, Help: "receipt, refund, fee, adjustment or payout"},
	{Name: "doc.number", Type: pipeline.Text, Help: "RV-389404469: by the shop's number of the transaction, or made of what it says"},
	{Name: "doc.serial", Type: pipeline.Text, Help: "the number that the layout's own counter gives the document: number"},
	{Name: "doc.of", Type: pipeline.Text, Help: "the transaction that a refund gives back, or that a fee is of"},
	{Name: "doc.note", Type: pipeline.Text, Help: "what the file says about it"},
	{Name: "doc.at", Type: pipeline.Time, Help: "when it moved"},
}

// The types of payment documents.
const (
	typeReceipt    = "receipt"
	typeRefund     = "refund"
	typeFee        = "fee"
	typeAdjustment = "adjustment"
	typePayout     = "payout"
)

var payTypes = []string{typeReceipt, typeRefund, typeFee, typeAdjustment, typePayout}

// numbered is what the numbers of payment documents begin with.
var numbered = map[string]string{typeReceipt: "RV-", typeRefund: "PV-", typeFee: "FE-", typeAdjustment: "AJ-", typePayout: "PO-"}

// isPayment tells whether a document's type is one of payments.
func isPayment(kind string) bool { return numbered[kind] != "" }

// paySettings are what an accountant decides about payments. The gateways' own accounts
// are the mapping's: payment.account.
var paySettings = []pipeline.Setting{
	{Name: "receivable", Type: pipeline.Text, Form: "an account of the ERP", Default: "RECEIVABLE",
		Help: "the account of what customers owe: receipts are taken off it, refunds put back on it"},
	{Name: "fees", Type: pipeline.Text, Form: accountOr, Default: hold, Help: "the account of what gateways and couriers keep; hold: a person decides"},
	{Name: "fees_tax", Type: pipeline.Text, Form: accountOr, Default: hold, Help: "the account of the tax on fees (payment.fee_tax); hold: a person decides"},
	{Name: "bank", Type: pipeline.Text, Form: accountOr, Default: hold, Help: "the account that payouts go to; hold: a person decides"},
	{Name: "adjustment", Type: pipeline.Text, Form: accountOr, Default: hold, Help: "the account of chargebacks, reserves and other corrections of a gateway; hold: a person decides"},
	{Name: "rounding", Type: pipeline.Text, Form: "an account of the ERP, or order", Default: roundingOrder,
		Help: "the account of what cash was rounded by; order: the sales document has it as a line (settings: rounding of erp.order)"},
	{Name: "change", Type: pipeline.Text, Choices: []string{"count", "ignore"}, Default: "count",
		Help: "cash given back as change: taken off the cash received, or left out, where the till's sales are without it"},
	{Name: "balance", Type: pipeline.Text, Choices: []string{"fees", "all"}, Default: "fees",
		Help: "of the rows charge and refund of a gateway's own list: only the fee is booked, since the shop's transactions book the rest, or all of it"},
	{Name: "currency", Type: pipeline.Text, Form: "an ISO code", Default: "",
		Help: "the shop's currency: a payment in another one is held; empty: each is booked in its own, and clearing accounts are kept by currency"},
	{Name: "direct", Type: pipeline.Text, Form: "accounts by commas", Default: "",
		Help: "accounts that nobody pays out: the till, gift cards, store credit; nothing of theirs waits to be settled"},
}

const (
	accountOr     = "an account of the ERP, or hold"
	roundingOrder = "order"
)

// A cashier makes documents of payments under the settings of one flow.
type cashier struct {
	*Sink
	receivable, fees, feesTax, bank, adjustment, rounding string
	currency                                              string
	ignoreChange, all                                     bool
	direct                                                map[string]bool
}

// payKind is that of payments under the settings of a flow.
func (s *Sink) payKind(set pipeline.Settings) pipeline.Kind {
	k := pipeline.Kind{
		Name:     KindPayment,
		Help:     "Money that moved - received, given back, kept as a fee, paid out - as a balanced entry between accounts of the ERP.",
		Fields:   payFields,
		GroupBy:  []string{"payment.group"},
		Once:     true,
		Space:    "erp.payment", // money is booked once, also when the import folder has moved
		Settings: paySettings,
		Bind:     s.payKind,
		Freeze:   s.freeze,
		Revise:   revisePayment,
		Met:      metPayments,
	}
	text := func(name string) string { return strings.TrimSpace(set.Of(k, name)) }
	c := cashier{Sink: s, receivable: text("receivable"), fees: text("fees"), feesTax: text("fees_tax"), bank: text("bank"), adjustment: text("adjustment"),
		rounding: text("rounding"), currency: strings.ToUpper(text("currency")), ignoreChange: text("change") == "ignore",
		all: text("balance") == "all", direct: map[string]bool{}}
	for account := range strings.SplitSeq(text("direct"), ",") {
		c.direct[strings.TrimSpace(account)] = true
	}
	k.Build = c.build
	if s.layout != nil && s.layout.counter != nil {
		k.Chain, k.Seal = s.layout.chain, s.layout.seal
	}
	return k
}

// Payments is the ERP's import folder as the door for money that moved, and for the
// lines of gateways' own lists that payouts are held against.
type Payments struct{ *Sink }

// NewPayments makes the sink of payments; see New.
func NewPayments(c Config, layout []byte, layoutFile string, d Deps) (*Payments, []pipeline.Finding, error) {
	s, findings, err := newSink(paymentWords, c, layout, layoutFile, d)
	if s == nil {
		return nil, findings, err
	}
	return &Payments{s}, findings, err
}

// Kinds are the documents of money.
func (p *Payments) Kinds() []pipeline.Kind {
	return []pipeline.Kind{p.payKind(nil), p.settledKind()}
}
