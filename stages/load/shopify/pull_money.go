package shopify

import (
	"context"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// Payouts and the movements on the balance exist only where Shopify Payments is
// offered. They are two files, in the layouts of the admin: payouts, and payout
// transactions as they are since 2026.

var payoutsPage = admin.Operation{Name: "WaslPayoutsPage", Cost: 30, Text: `query WaslPayoutsPage($first: Int!, $after: String, $query: String) {
  shopifyPaymentsAccount {
    payouts(first: $first, after: $after, query: $query, sortKey: ISSUED_AT) {
      nodes { id legacyResourceId issuedAt status net { amount currencyCode } summary { ` + pulledFees + ` } }
      pageInfo { hasNextPage endCursor }
    }
  }
}`}

const pulledFees = `chargesGross { amount } refundsFeeGross { amount } adjustmentsGross { amount } reservedFundsGross { amount }
chargesFee { amount } refundsFee { amount } adjustmentsFee { amount } reservedFundsFee { amount }`

var balancePage = admin.Operation{Name: "WaslBalancePage", Cost: 40, Text: `query WaslBalancePage($first: Int!, $after: String, $query: String) {
  shopifyPaymentsAccount {
    balanceTransactions(first: $first, after: $after, query: $query, sortKey: PROCESSED_AT) {
      nodes {
        id type sourceOrderTransactionId transactionDate test
        amount { amount currencyCode } fee { amount currencyCode } net { amount currencyCode }
        associatedOrder { id name } associatedPayout { id status }
      }
      pageInfo { hasNextPage endCursor }
    }
  }
}`}

const payoutColumns = "Payout Date,Status,Charges,Refunds,Adjustments,Reserved Funds,Fees,Retried Amount,Total,Currency,Payout ID"

const balanceColumns = "Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,Payout ID,Available On,Amount,Fee,Net,Checkout," +
	"Payment Method Name,Presentment Amount,Presentment Currency,Currency,VAT"

// pullPayouts reads payouts and the movements on the balance.
func (s *Sink) pullPayouts(ctx context.Context, p *Pull, w Want) error {
	beside, err := p.beside(w.Dir)
	if err != nil {
		return err
	}
	out, moves, days := p.sheet(payoutColumns), beside.sheet(balanceColumns), map[string]string{}
	offered := true
	none := func(err error) error {
		if refused, ok := denied(err); ok {
			p.missing("pull.payouts", refused.With)
			offered = false
			return nil
		}
		return err
	}
	err = none(s.readPayouts(ctx, w, func(one payout) {
		days[one.ID] = utcDay(one.IssuedAt)
		p.saw(one.IssuedAt)
		out.row(one.row())
	}, &offered))
	if err == nil && offered {
		err = none(s.readBalance(ctx, w, func(m balanceMove) {
			p.saw(m.TransactionDate)
			moves.row(m.row(days))
		}))
	}
	if err != nil {
		return err
	}
	if !offered && len(p.Missing) == 0 {
		p.missing("pull.payouts", map[string]string{"scope": "read_shopify_payments_payouts"})
	}
	if err := moves.finish("payments", s.now()); err != nil {
		return err
	}
	return out.finish("payouts", s.now())
}

func utcDay(t time.Time) string { return t.UTC().Format(time.DateOnly) }

type payout struct {
	ID, LegacyResourceID, Status string
	IssuedAt                     time.Time
	Net                          amountSaid
	Summary                      struct {
		ChargesGross, RefundsFeeGross, AdjustmentsGross, ReservedFundsGross amountSaid
		ChargesFee, RefundsFee, AdjustmentsFee, ReservedFundsFee            amountSaid
	}
}

func (o payout) row() map[string]string {
	sum := o.Summary
	fees := pipeline.Decimal{}
	for _, fee := range []amountSaid{sum.ChargesFee, sum.RefundsFee, sum.AdjustmentsFee, sum.ReservedFundsFee} {
		d, _ := pipeline.ParseNumber(fee.Amount, ".", nil) // the API writes plain decimals
		fees = fees.Add(d)
	}
	return map[string]string{"Payout Date": utcDay(o.IssuedAt), "Status": strings.ToLower(o.Status), "Charges": sum.ChargesGross.Amount,
		"Refunds": sum.RefundsFeeGross.Amount, "Adjustments": sum.AdjustmentsGross.Amount, "Reserved Funds": sum.ReservedFundsGross.Amount,
		"Fees": fees.Neg().String(), "Total": o.Net.Amount, "Currency": o.Net.CurrencyCode, "Payout ID": o.LegacyResourceID}
}

// readPayouts reads payouts; offered is set false where the shop has no account.
func (s *Sink) readPayouts(ctx context.Context, w Want, take func(payout), offered *bool) error {
	return s.door.Pages(ctx, payoutsPage, func(first int, after *string) (admin.PageInfo, error) {
		var data struct {
			Account *struct {
				Payouts struct {
					Nodes    []payout
					PageInfo admin.PageInfo
				}
			} `json:"shopifyPaymentsAccount"`
		}
		_, err := s.door.Read(ctx, payoutsPage, map[string]any{"first": first, "after": after, "query": "issued_at:>='" + searchTime(w.Since) + "'"}, &data)
		if err != nil {
			return admin.PageInfo{}, err
		}
		if data.Account == nil {
			*offered = false
			return admin.PageInfo{}, nil
		}
		for _, one := range data.Account.Payouts.Nodes {
			if w.Until.IsZero() || one.IssuedAt.Before(w.Until) {
				take(one)
			}
		}
		return data.Account.Payouts.PageInfo, nil
	})
}

type balanceMove struct {
	ID, Type, SourceOrderTransactionID string
	TransactionDate                    time.Time
	Amount, Fee, Net                   amountSaid
	AssociatedOrder                    *struct{ ID, Name string }
	AssociatedPayout                   *struct{ ID, Status string }
}

func (m balanceMove) row(days map[string]string) map[string]string {
	row := map[string]string{"Transaction Date": m.TransactionDate.Format(time.RFC3339), "Type": strings.ToLower(m.Type), "Amount": m.Amount.Amount,
		"Fee": m.Fee.Amount, "Net": m.Net.Amount, "Currency": m.Amount.CurrencyCode, "Payout Status": "pending"}
	if m.SourceOrderTransactionID != "" {
		row["Checkout"] = "#" + idNumber(m.SourceOrderTransactionID)
	}
	if m.AssociatedOrder != nil {
		row["Order"] = m.AssociatedOrder.Name
	}
	if o := m.AssociatedPayout; o != nil && o.ID != "" {
		row["Payout ID"], row["Payout Status"], row["Payout Date"] = idNumber(o.ID), strings.ToLower(o.Status), days[o.ID]
	}
	return row
}

func (s *Sink) readBalance(ctx context.Context, w Want, take func(balanceMove)) error {
	return s.door.Pages(ctx, balancePage, func(first int, after *string) (admin.PageInfo, error) {
		var data struct {
			Account struct {
				Balance struct {
					Nodes    []balanceMove
					PageInfo admin.PageInfo
				} `json:"balanceTransactions"`
			} `json:"shopifyPaymentsAccount"`
		}
		_, err := s.door.Read(ctx, balancePage, map[string]any{"first": first, "after": after, "query": "processed_at:>='" + searchTime(w.Since) + "'"}, &data)
		if err != nil {
			return admin.PageInfo{}, err
		}
		for _, m := range data.Account.Balance.Nodes {
			if !m.TransactionDate.Before(w.Since) && (w.Until.IsZero() || m.TransactionDate.Before(w.Until)) {
				take(m)
			}
		}
		return data.Account.Balance.PageInfo, nil
	})
}
