package shopify

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/admin"
)

// What is pulled beside orders is written as the admin writes it: the same columns,
// so that one mapping reads both, and behind them what the admin's files lack.

// pulledSheet is a CSV that is being written into the temporary file.
type pulledSheet struct {
	pull   *Pull
	out    *csv.Writer
	header []string
}

func (p *Pull) sheet(header string) *pulledSheet {
	s := &pulledSheet{pull: p, out: csv.NewWriter(p.file), header: strings.Split(header, ",")}
	_ = s.out.Write(s.header) // finish tells
	return s
}

// row writes a row, given by column.
func (s *pulledSheet) row(cells map[string]string) {
	out := make([]string, len(s.header))
	for i, name := range s.header {
		out[i] = cells[name]
	}
	s.pull.Count++
	_ = s.out.Write(out) // finish tells
}

// finish ends the file and gives it its name.
func (s *pulledSheet) finish(name string, now time.Time) error {
	s.out.Flush()
	if err := s.out.Error(); err != nil {
		return fmt.Errorf("shopify: keep what is pulled: %w", err)
	}
	size, err := s.pull.file.Seek(0, 1)
	s.pull.parts = []span{{0, size}}
	s.pull.Name = fileName(name, now, ".csv")
	return err
}

// fileName is under what name a pulled file is dropped: orders-20261125T090000Z.jsonl.
func fileName(what string, now time.Time, ending string) string {
	return what + "-" + now.UTC().Format("20060102T150405Z") + ending
}

// saw notes a change.
func (p *Pull) saw(at time.Time) {
	if at.After(p.Newest) {
		p.Newest = at
	}
}

var customersPage = admin.Operation{Name: "WaslCustomersPage", Cost: 123, Text: `query WaslCustomersPage($first: Int!, $after: String, $query: String) {
  customers(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes {
      id legacyResourceId firstName lastName note tags taxExempt taxSettings { taxId } createdAt updatedAt numberOfOrders
      amountSpent { amount currencyCode } lastOrder { id name createdAt }
      defaultEmailAddress { emailAddress marketingState marketingUpdatedAt }
      defaultPhoneNumber { phoneNumber smsMarketingConsent { state updatedAt } }
      defaultAddress { company address1 address2 city province provinceCode zip countryCodeV2 phone }
    }
    pageInfo { hasNextPage endCursor }
  }
}`}

const customerColumns = "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1," +
	"Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip," +
	"Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags," +
	"Default Address Province,Currency,Tax ID,Created at,Updated at,Last Order,Last Order at," +
	"Email marketing state,Email marketing updated at,SMS marketing state,SMS marketing updated at"

// pullCustomers reads customers. The search knows whole days only: the day on which
// the last pull ended is read again.
func (s *Sink) pullCustomers(ctx context.Context, p *Pull, w Want) error {
	out := p.sheet(customerColumns)
	query := "updated_at:>='" + searchTime(w.Since)[:len(time.DateOnly)] + "'"
	err := s.door.Pages(ctx, customersPage, func(first int, after *string) (admin.PageInfo, error) {
		var data struct {
			Customers *struct {
				Nodes    []buyer        `json:"nodes"`
				PageInfo admin.PageInfo `json:"pageInfo"`
			} `json:"customers"`
		}
		r, err := s.door.Read(ctx, customersPage, map[string]any{"first": first, "after": after, "query": query}, &data)
		if err = s.partly(p, customersPage, r, err, &data); err != nil {
			return admin.PageInfo{}, err
		}
		if data.Customers == nil {
			return admin.PageInfo{}, admin.Unreadable(customersPage, r)
		}
		for _, c := range data.Customers.Nodes {
			if !w.Until.IsZero() && !c.UpdatedAt.Before(w.Until) {
				continue
			}
			p.saw(c.UpdatedAt)
			out.row(c.row())
		}
		return data.Customers.PageInfo, nil
	})
	if err != nil {
		return err
	}
	return out.finish("customers", s.now())
}

// amountSaid is an amount as the API writes it.
type amountSaid struct{ Amount, CurrencyCode string }

type buyer struct {
	LegacyResourceID          string
	FirstName, LastName, Note string
	Tags                      []string
	TaxExempt                 bool
	TaxSettings               struct{ TaxID string }
	CreatedAt, UpdatedAt      time.Time
	NumberOfOrders            string
	AmountSpent               amountSaid
	LastOrder                 *struct{ Name, CreatedAt string }
	DefaultEmailAddress       *struct{ EmailAddress, MarketingState, MarketingUpdatedAt string }
	DefaultPhoneNumber        *struct {
		PhoneNumber         string
		SmsMarketingConsent *struct{ State, UpdatedAt string }
	}
	DefaultAddress *struct{ Company, Address1, Address2, City, Province, ProvinceCode, Zip, CountryCodeV2, Phone string }
}

func (c buyer) row() map[string]string {
	row := map[string]string{"Customer ID": c.LegacyResourceID, "First Name": c.FirstName, "Last Name": c.LastName, "Note": c.Note,
		"Accepts Email Marketing": yesNo(false), "Accepts SMS Marketing": yesNo(false), "Tags": strings.Join(c.Tags, ", "), "Tax Exempt": yesNo(c.TaxExempt),
		"Tax ID": c.TaxSettings.TaxID, "Total Orders": c.NumberOfOrders, "Total Spent": c.AmountSpent.Amount, "Currency": c.AmountSpent.CurrencyCode,
		"Created at": c.CreatedAt.Format(time.RFC3339), "Updated at": c.UpdatedAt.Format(time.RFC3339)}
	if e := c.DefaultEmailAddress; e != nil {
		row["Email"], row["Accepts Email Marketing"] = e.EmailAddress, yesNo(e.MarketingState == "SUBSCRIBED")
		row["Email marketing state"], row["Email marketing updated at"] = strings.ToLower(e.MarketingState), e.MarketingUpdatedAt
	}
	if t := c.DefaultPhoneNumber; t != nil {
		row["Phone"] = t.PhoneNumber
		if t.SmsMarketingConsent != nil {
			row["Accepts SMS Marketing"] = yesNo(t.SmsMarketingConsent.State == "SUBSCRIBED")
			row["SMS marketing state"], row["SMS marketing updated at"] = strings.ToLower(t.SmsMarketingConsent.State), t.SmsMarketingConsent.UpdatedAt
		}
	}
	if o := c.LastOrder; o != nil {
		row["Last Order"], row["Last Order at"] = o.Name, o.CreatedAt
	}
	if a := c.DefaultAddress; a != nil {
		for name, value := range map[string]string{"Company": a.Company, "Address1": a.Address1, "Address2": a.Address2, "City": a.City,
			"Province": a.Province, "Province Code": a.ProvinceCode, "Country Code": a.CountryCodeV2, "Zip": a.Zip, "Phone": a.Phone} {
			row["Default Address "+name] = value
		}
	}
	return row
}

func yesNo(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

var transactionsPage = admin.Operation{Name: "WaslTransactionsPage", Cost: 60, Text: `query WaslTransactionsPage($first: Int!, $after: String, $query: String!) {
  orders(first: $first, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { ` + pulledMoved + ` }
    pageInfo { hasNextPage endCursor }
  }
}`}

var transactionsByID = admin.Operation{Name: "WaslTransactionsByID", Cost: 5, Page: 100, Text: `query WaslTransactionsByID($ids: [ID!]!) {
  nodes(ids: $ids) { ... on Order { ` + pulledMoved + ` } }
}`}

const pulledMoved = `id legacyResourceId name updatedAt transactions(first: 250) {
  id kind status gateway paymentId createdAt processedAt test parentTransaction { id }
  amountSet ` + inBag + ` fees { amount { amount } }
  paymentDetails { __typename ... on CardPaymentDetails { company } }
}`

var tendersPage = admin.Operation{Name: "WaslTendersPage", Cost: 24, Text: `query WaslTendersPage($first: Int!, $after: String, $query: String) {
  tenderTransactions(first: $first, after: $after, query: $query) {
    nodes { processedAt order { id } }
    pageInfo { hasNextPage endCursor }
  }
}`}

const transactionColumns = "Order,Name,Kind,Gateway,Created At,Status,Amount,Currency,Card Type,Transaction ID,Parent ID,Reference,Fee,Test"

// movedMoney is an order with the money that moved for it.
type movedMoney struct {
	ID, LegacyResourceID, Name string
	UpdatedAt                  time.Time
	Transactions               []struct {
		ID, Kind, Status, Gateway, PaymentID, CreatedAt, ProcessedAt string
		Test                                                         bool
		ParentTransaction                                            *struct{ ID string }
		AmountSet                                                    struct{ ShopMoney amountSaid }
		Fees                                                         []struct{ Amount amountSaid }
		PaymentDetails                                               *struct{ Company string }
	}
}

// pullTransactions reads the transactions of the orders that changed, and of those
// for which the shop's list of tenders has money that moved: the two lists have to
// name the same orders, and what only one has is read all the same.
func (s *Sink) pullTransactions(ctx context.Context, p *Pull, w Want) error {
	s.tellHidden(ctx, p, w)
	out, done := p.sheet(transactionColumns), map[string]bool{}
	take := func(m movedMoney) {
		p.saw(m.UpdatedAt)
		if !done[m.ID] {
			done[m.ID] = true
			m.rows(out, w)
		}
	}
	err := s.searches(ctx, transactionsPage, w, func(r admin.Reply) (times []time.Time, err error) {
		var data struct{ Orders struct{ Nodes []movedMoney } }
		if json.Unmarshal(r.Data, &data) != nil {
			return nil, admin.Unreadable(transactionsPage, r)
		}
		for _, m := range data.Orders.Nodes {
			take(m)
			times = append(times, m.UpdatedAt)
		}
		return times, nil
	}, p)
	if err != nil {
		return err
	}
	ids, err := s.tendered(ctx, p, w, done)
	if err != nil {
		return err
	}
	err = s.door.Batches(ctx, transactionsByID, ids, func(ids []string) error {
		all, err := s.nodes(ctx, transactionsByID, ids, p)
		for _, text := range all {
			var m movedMoney
			if json.Unmarshal(text, &m) != nil {
				return fmt.Errorf("shopify: the transactions of an order cannot be read")
			}
			take(m)
		}
		return err
	})
	if err != nil {
		return err
	}
	return out.finish("transactions", s.now())
}

// rows writes what moved within the time.
func (m movedMoney) rows(out *pulledSheet, w Want) {
	for _, t := range m.Transactions {
		at := t.ProcessedAt
		if at == "" {
			at = t.CreatedAt
		}
		when, err := time.Parse(time.RFC3339, at)
		if err == nil && (when.Before(w.Since) || !w.Until.IsZero() && !when.Before(w.Until)) {
			continue
		}
		row := map[string]string{"Order": m.LegacyResourceID, "Name": m.Name, "Kind": strings.ToLower(t.Kind), "Gateway": t.Gateway, "Created At": at,
			"Status": strings.ToLower(t.Status), "Amount": t.AmountSet.ShopMoney.Amount, "Currency": t.AmountSet.ShopMoney.CurrencyCode,
			"Transaction ID": idNumber(t.ID), "Reference": t.PaymentID, "Test": yesNo(t.Test)}
		if t.ParentTransaction != nil {
			row["Parent ID"] = idNumber(t.ParentTransaction.ID)
		}
		if t.PaymentDetails != nil {
			row["Card Type"] = strings.ToLower(t.PaymentDetails.Company)
		}
		if len(t.Fees) > 0 {
			sum := pipeline.Decimal{}
			for _, f := range t.Fees {
				d, _ := pipeline.ParseNumber(f.Amount.Amount, ".", nil) // the API writes plain decimals
				sum = sum.Add(d)
			}
			row["Fee"] = sum.String()
		}
		out.row(row)
	}
}

// tendered are orders for which money moved and that are not done.
func (s *Sink) tendered(ctx context.Context, p *Pull, w Want, done map[string]bool) (ids []string, err error) {
	query := "processed_at:>='" + searchTime(w.Since) + "'"
	err = s.door.Pages(ctx, tendersPage, func(first int, after *string) (admin.PageInfo, error) {
		var data struct {
			Tenders *struct {
				Nodes []struct {
					ProcessedAt time.Time
					Order       *struct{ ID string }
				}
				PageInfo admin.PageInfo
			} `json:"tenderTransactions"`
		}
		r, err := s.door.Read(ctx, tendersPage, map[string]any{"first": first, "after": after, "query": query}, &data)
		if err = s.partly(p, tendersPage, r, err, &data); err != nil {
			return admin.PageInfo{}, err
		}
		if data.Tenders == nil {
			return admin.PageInfo{}, admin.Unreadable(tendersPage, r)
		}
		for _, t := range data.Tenders.Nodes {
			if t.Order != nil && !done[t.Order.ID] && (w.Until.IsZero() || t.ProcessedAt.Before(w.Until)) && !slices.Contains(ids, t.Order.ID) {
				ids = append(ids, t.Order.ID)
			}
		}
		return data.Tenders.PageInfo, nil
	})
	return ids, err
}

// idNumber is the number at the end of a gid.
func idNumber(gid string) string {
	gid, _, _ = strings.Cut(gid, "?")
	return gid[strings.LastIndexByte(gid, '/')+1:]
}
