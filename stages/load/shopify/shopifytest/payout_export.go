package shopifytest

import (
	"slices"
	"strings"
	"time"
)

var (
	transactionColumns = columns("Order,Name,Kind,Gateway,Created At,Status,Amount,Currency,Card Type")
	paymentColumns     = columns("Transaction Date,Type,Order,Card Brand,Card Source,Payout Status,Payout Date,Available On,Amount,Fee,Net," +
		"Checkout,Payment Method Name,Presentment Amount,Presentment Currency,Currency")
	payoutColumns   = columns("Payout Date,Status,Charges,Refunds,Adjustments,Reserved Funds,Fees,Retried Amount,Total,Currency")
	customerColumns = columns("Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company," +
		"Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code," +
		"Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note," +
		"Tax Exempt,Tags")
)

// ExportTransactions is the admin's file of transactions of orders: money that moved, no authorisations.
func (s *Server) ExportTransactions(names ...string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []exportRow
	for _, o := range s.exported(names) {
		for _, p := range o.payments {
			if !p.went(kindSale, kindCapture, kindRefund) {
				continue
			}
			rows = append(rows, exportRow{"Order": legacyID(o.spec.ID), "Name": o.spec.Name, "Kind": strings.ToLower(p.kind),
				"Gateway": p.gateway, "Created At": s.fileTime(p.at), "Status": "success", "Amount": p.amount.fixed(placesOf(o.currency)),
				"Currency": o.currency, "Card Type": cardBrand(p)})
		}
	}
	return csvText(transactionColumns, rows)
}

func cardBrand(p payment) string {
	company, _, _ := strings.Cut(p.card, " ")
	return strings.ToLower(company)
}

// ExportPaymentTransactions is the admin's file of what moved on the balance of Shopify Payments, newest first.
func (s *Server) ExportPaymentTransactions() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []exportRow
	places := placesOf(s.opt.Currency)
	all := s.balance()
	slices.Reverse(all)
	for _, e := range all {
		kind, presented := "charge", e.amount
		if e.amount < 0 {
			kind, presented = "refund", -e.amount
		}
		row := exportRow{"Transaction Date": s.fileTime(e.payment.at), "Type": kind, "Order": e.order.spec.Name, "Card Brand": cardBrand(e.payment),
			"Card Source": "online", "Payout Status": "pending", "Amount": e.amount.fixed(places), "Fee": e.fee.fixed(places),
			"Net": e.net().fixed(places), "Checkout": "#" + legacyID(e.payment.id), "Payment Method Name": "card",
			"Presentment Amount":   presented.scaled(e.order.rate, rateUnit, stepOf(e.order.presentment)).fixed(placesOf(e.order.presentment)),
			"Presentment Currency": e.order.presentment, "Currency": s.opt.Currency}
		if p := s.orders.taken[e.payment.id]; p != nil {
			row["Payout Status"], row["Payout Date"] = strings.ToLower(p.Status), s.fileDay(p.At)
			row["Available On"] = row["Payout Date"]
		}
		rows = append(rows, row)
	}
	return csvText(paymentColumns, rows)
}

func (s *Server) fileDay(t time.Time) string { return s.fileTime(t)[:len(time.DateOnly)] }

// ExportPayouts is the admin's file of payouts, newest first.
func (s *Server) ExportPayouts() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []exportRow
	places := placesOf(s.opt.Currency)
	for _, p := range slices.Backward(s.orders.payouts) {
		charges, fees, refunds, net := p.sums()
		rows = append(rows, exportRow{"Payout Date": s.fileDay(p.At), "Status": strings.ToLower(p.Status), "Charges": charges.fixed(places),
			"Refunds": refunds.fixed(places), "Adjustments": cash(0).fixed(places), "Reserved Funds": cash(0).fixed(places),
			"Fees": (-fees).fixed(places), "Retried Amount": cash(0).fixed(places), "Total": net.fixed(places), "Currency": s.opt.Currency})
	}
	return csvText(payoutColumns, rows)
}

// ExportCustomers is the admin's file of customers in the layout of now.
func (s *Server) ExportCustomers() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var rows []exportRow
	for _, c := range s.orders.customers {
		spent, orders := s.spentBy(c.ID)
		row := exportRow{"Customer ID": "'" + legacyID(c.ID), "First Name": c.FirstName, "Last Name": c.LastName, "Email": c.Email,
			"Accepts Email Marketing": yesNo(c.Marketing), "Phone": apostrophed(c.Phone), "Accepts SMS Marketing": yesNo(c.SMS),
			"Total Spent": spent.fixed(placesOf(s.opt.Currency)), "Total Orders": itoa(orders), "Note": c.Note, "Tax Exempt": yesNo(c.TaxExempt),
			"Tags": strings.Join(c.Tags, ", ")}
		if len(c.Addresses) > 0 {
			a := c.Addresses[0]
			for column, value := range map[string]string{"Company": a.Company, "Address1": a.Address1, "Address2": a.Address2, "City": a.City,
				"Province Code": a.Code, "Country Code": a.country(), "Zip": fileZip(a.Zip), "Phone": apostrophed(a.Phone)} {
				row["Default Address "+column] = value
			}
		}
		rows = append(rows, row)
	}
	return csvText(customerColumns, rows)
}

func apostrophed(phone string) string {
	if strings.HasPrefix(phone, "+") {
		return "'" + phone
	}
	return phone
}
