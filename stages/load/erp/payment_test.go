package erp

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"wasl/pipeline"
	"wasl/pipeline/sinktest"
)

const paymentLayout = `
kind: erp.payment
per: document
name: PAY-{number}.csv
columns:
  - {name: No, field: doc.number}
  - {name: Type, field: doc.type}
  - {name: Account, field: line.account}
  - {name: Debit, field: line.debit}
  - {name: Credit, field: line.credit}
`

// cashierIn is a folder that takes payments, with tables in memory.
func cashierIn(t *testing.T, dir string) *Sink {
	t.Helper()
	s, findings, err := NewPayments(Config{}, []byte(paymentLayout), "payments.yaml", Deps{Dir: dir, Zone: cairo, Table: shelf{},
		Now: func() time.Time { return time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC) }})
	if err != nil || len(findings) > 0 {
		t.Fatalf("New: %v %v", findings, err)
	}
	return s.Sink
}

// paid are the records of a group of payments: each a row of field=value.
func paid(rows ...string) []pipeline.Record {
	var all []map[string]string
	for _, row := range rows {
		m := map[string]string{"payment.group": "g", "payment.kind": "sale", "payment.status": "success", "payment.gateway": "paymob", "payment.account": "CLR",
			"payment.at": "2026-11-23T22:30:00Z", "payment.amount": "100", "payment.currency": "egp", "order.name": "#1042"}
		for pair := range strings.SplitSeq(row, " ") {
			if name, value, ok := strings.Cut(pair, "="); ok {
				if !strings.Contains(name, ".") {
					name = "payment." + name
				}
				m[name] = value
			}
		}
		all = append(all, m)
	}
	return sampleRecords(payFields, all...)
}

// bookings are a document and its parts, a line each.
func bookings(t *testing.T, doc pipeline.Document, problems []pipeline.Problem) (out []string) {
	t.Helper()
	for _, p := range problems {
		out = append(out, "! "+string(p.Rule)+" "+p.Field)
	}
	if doc.Left != "" {
		return append(out, "left: "+strings.Split(doc.Left, " /")[0])
	}
	for _, d := range append([]pipeline.Document{doc}, doc.Parts...) {
		b, err := readSale(d.Body)
		if err != nil {
			t.Fatal(err)
		}
		line := b.kind() + " " + d.Day + " " + d.Out.String() + d.Currency + ":"
		sum := zero
		for _, l := range b.Lines {
			side, amount := "Dr", amountOf(l.Debit)
			if l.Debit == nil {
				side, amount = "Cr", amountOf(l.Credit)
			}
			line += fmt.Sprintf(" %s %s %s", side, l.Account, amount)
			sum = sum.Add(amountOf(l.Debit)).Sub(amountOf(l.Credit))
		}
		if !sum.IsZero() || !d.Money.Equal(d.Out) {
			t.Errorf("%s: out of balance by %s, money %s, out %s", d.Key, sum, d.Money, d.Out)
		}
		out = append(out, line)
	}
	return out
}

func TestPayment_Books(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rows []string
		set  pipeline.Settings
		want []string
	}{
		"a sale, on the shop's day":  {[]string{""}, nil, []string{"receipt 2026-11-24 100EGP: Dr CLR 100 Cr RECEIVABLE 100"}},
		"a capture":                  {[]string{"kind=capture parent=7"}, nil, []string{"receipt 2026-11-24 100EGP: Dr CLR 100 Cr RECEIVABLE 100"}},
		"an authorization":           {[]string{"kind=authorization"}, nil, []string{"left: an authorization: no money moved yet"}},
		"a void":                     {[]string{"kind=void"}, nil, []string{"left: a void: no money moved"}},
		"what failed":                {[]string{"status=failure"}, nil, []string{"left: it failed"}},
		"what is pending":            {[]string{"status=pending account="}, nil, []string{"left: not through yet"}},
		"a status that nobody knows": {[]string{"status=perhaps"}, nil, []string{"! payment.status payment.status", "receipt 2026-11-24 100EGP: Dr CLR 100 Cr RECEIVABLE 100"}},
		"a refund":                   {[]string{"kind=refund amount=40"}, nil, []string{"refund 2026-11-24 -40EGP: Cr CLR 40 Dr RECEIVABLE 40"}},
		"a suggested refund":         {[]string{"kind=suggested_refund"}, nil, []string{"left: only a suggestion of Shopify"}},
		"change at the till":         {[]string{"kind=change amount=4"}, nil, []string{"refund 2026-11-24 -4EGP: Cr CLR 4 Dr RECEIVABLE 4"}},
		"change that is in the sale": {[]string{"kind=change amount=4"}, pipeline.Settings{"change": "ignore"}, []string{"left: change: the till's sales are without it"}},
		"a courier's line": {[]string{"fee=20 fee_tax=2.80 settled=77.20"}, pipeline.Settings{"fees": "FEES", "fees_tax": "VAT", "bank": "BANK"}, []string{
			"receipt 2026-11-24 100EGP: Dr CLR 100 Cr RECEIVABLE 100", "fee 2026-11-24 -22.8EGP: Dr FEES 20 Dr VAT 2.8 Cr CLR 22.8", "payout 2026-11-24 -77.2EGP: Dr BANK 77.2 Cr CLR 77.2"}},
		"a courier's fee alone": {[]string{"kind=fee amount=15 fee_tax=2.10 settled=-17.10"}, pipeline.Settings{"fees": "FEES", "fees_tax": "VAT", "bank": "BANK"}, []string{
			"fee 2026-11-24 -17.1EGP: Dr FEES 15 Dr VAT 2.1 Cr CLR 17.1", "payout 2026-11-24 17.1EGP: Cr BANK 17.1 Dr CLR 17.1"}},
		"a tax without an account": {[]string{"kind=fee amount=15 fee_tax=2.10"}, pipeline.Settings{"fees": "FEES"}, []string{
			"! payment.decide payment.amount", "fee 2026-11-24 -17.1EGP: Dr FEES 15 Dr hold 2.1 Cr CLR 17.1"}},
		"cash that was rounded":         {[]string{"amount=46.25 rounding=0.02"}, pipeline.Settings{"rounding": "ROUND"}, []string{"receipt 2026-11-24 46.25EGP: Dr CLR 46.25 Cr RECEIVABLE 46.23 Cr ROUND 0.02"}},
		"rounding that the order has":   {[]string{"amount=46.25 rounding=0.02"}, nil, []string{"receipt 2026-11-24 46.25EGP: Dr CLR 46.25 Cr RECEIVABLE 46.25"}},
		"a fee that is kept":            {[]string{"fee=2.75"}, pipeline.Settings{"fees": "FEES"}, []string{"receipt 2026-11-24 100EGP: Dr CLR 100 Cr RECEIVABLE 100", "fee 2026-11-24 -2.75EGP: Dr FEES 2.75 Cr CLR 2.75"}},
		"a fee without an account":      {[]string{"fee=2.75"}, nil, []string{"! payment.decide payment.amount", "receipt 2026-11-24 100EGP: Dr CLR 100 Cr RECEIVABLE 100", "fee 2026-11-24 -2.75EGP: Dr hold 2.75 Cr CLR 2.75"}},
		"collected, kept, paid out":     {[]string{"fee=20 settled=80"}, pipeline.Settings{"fees": "FEES", "bank": "BANK"}, []string{"receipt 2026-11-24 100EGP: Dr CLR 100 Cr RECEIVABLE 100", "fee 2026-11-24 -20EGP: Dr FEES 20 Cr CLR 20", "payout 2026-11-24 -80EGP: Dr BANK 80 Cr CLR 80"}},
		"a payout":                      {[]string{"kind=payout status=paid bank=CIB payout.charges=110 payout.fees=10"}, nil, []string{"payout 2026-11-24 -100EGP: Dr CIB 100 Cr CLR 100"}},
		"a payout, fees below zero":     {[]string{"kind=payout status=paid bank=CIB payout.charges=110 payout.fees=-10"}, nil, []string{"payout 2026-11-24 -100EGP: Dr CIB 100 Cr CLR 100"}},
		"a payout that we pay":          {[]string{"kind=payout amount=-30 bank=CIB"}, nil, []string{"payout 2026-11-24 30EGP: Cr CIB 30 Dr CLR 30"}},
		"a payout that is off":          {[]string{"kind=payout bank=CIB payout.charges=110 payout.fees=9"}, nil, []string{"! payout.sum payment.amount", "payout 2026-11-24 -100EGP: Dr CIB 100 Cr CLR 100"}},
		"a payout on its way":           {[]string{"kind=payout status=in_transit"}, nil, []string{"left: not paid out yet"}},
		"a charge of the balance":       {[]string{"kind=charge fee=3"}, pipeline.Settings{"fees": "FEES"}, []string{"fee 2026-11-24 -3EGP: Dr FEES 3 Cr CLR 3"}},
		"a charge without a fee":        {[]string{"kind=charge fee=0"}, nil, []string{"left: booked by the shop's transaction, and nothing was kept of it"}},
		"tax beside the fee, apart":     {[]string{"kind=charge fee=3 fee_tax=0.42 net=96.58"}, pipeline.Settings{"fees": "FEES", "fees_tax": "VAT"}, []string{"fee 2026-11-24 -3.42EGP: Dr FEES 3 Dr VAT 0.42 Cr CLR 3.42"}},
		"tax in the fee, apart":         {[]string{"kind=charge fee=3.42 fee_tax=0.42 net=96.58"}, pipeline.Settings{"fees": "FEES", "fees_tax": "VAT"}, []string{"fee 2026-11-24 -3.42EGP: Dr FEES 3 Dr VAT 0.42 Cr CLR 3.42"}},
		"tax on a fee without a net":    {[]string{"kind=charge fee=3 fee_tax=0.42"}, pipeline.Settings{"fees": "FEES", "fees_tax": "VAT"}, []string{"fee 2026-11-24 -3.42EGP: Dr FEES 3 Dr VAT 0.42 Cr CLR 3.42"}},
		"a net that is off":             {[]string{"kind=charge fee=3 fee_tax=0.42 net=96.50"}, pipeline.Settings{"fees": "FEES", "fees_tax": "VAT"}, []string{"! payment.net payment.net", "fee 2026-11-24 -3.42EGP: Dr FEES 3 Dr VAT 0.42 Cr CLR 3.42"}},
		"a chargeback with tax":         {[]string{"kind=adjustment amount=-64 fee=15 fee_tax=2.10 net=-81.10"}, pipeline.Settings{"adjustment": "DISPUTES", "fees": "FEES", "fees_tax": "VAT"}, []string{"adjustment 2026-11-24 -64EGP: Cr CLR 64 Dr DISPUTES 64", "fee 2026-11-24 -17.1EGP: Dr FEES 15 Dr VAT 2.1 Cr CLR 17.1"}},
		"a refund of the balance, all":  {[]string{"kind=charge amount=-14 fee=0"}, pipeline.Settings{"balance": "all"}, []string{"refund 2026-11-24 -14EGP: Cr CLR 14 Dr RECEIVABLE 14"}},
		"a chargeback":                  {[]string{"kind=adjustment amount=-64 fee=15"}, pipeline.Settings{"adjustment": "DISPUTES", "fees": "FEES"}, []string{"adjustment 2026-11-24 -64EGP: Cr CLR 64 Dr DISPUTES 64", "fee 2026-11-24 -15EGP: Dr FEES 15 Cr CLR 15"}},
		"another currency":              {[]string{"currency=usd"}, pipeline.Settings{"currency": "EGP"}, []string{"! money.currency payment.currency", "receipt 2026-11-24 100USD: Dr CLR 100 Cr RECEIVABLE 100"}},
		"a kind that nobody knows":      {[]string{"kind=gift"}, nil, []string{"! payment.kind payment.kind"}},
		"below zero":                    {[]string{"amount=-1"}, nil, []string{"! payment.negative payment.amount", "receipt 2026-11-24 -1EGP: Cr CLR 1 Dr RECEIVABLE 1"}},
		"two that are alike, by number": {[]string{"id=2", "id=1", "id=2"}, nil, []string{"receipt 2026-11-24 100EGP: Dr CLR 100 Cr RECEIVABLE 100", "receipt 2026-11-24 100EGP: Dr CLR 100 Cr RECEIVABLE 100"}},
		"two that cannot be told apart": {[]string{"", ""}, nil, []string{"! payment.alike payment.amount", "receipt 2026-11-24 100EGP: Dr CLR 100 Cr RECEIVABLE 100"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			doc, problems := cashierIn(t, t.TempDir()).payKind(test.set).Build(paid(test.rows...))
			got := bookings(t, doc, problems)
			if name == "a kind that nobody knows" {
				got = got[:1]
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("booked (-want +got):\n%s", diff)
			}
		})
	}
}

// The admin's export has no numbers: what it brings is known again when it is pulled,
// and is neither booked twice nor taken for another one.
func TestPayment_IsKnownAgain(t *testing.T) {
	t.Parallel()
	k := cashierIn(t, t.TempDir()).payKind(pipeline.Settings{"fees": "FEES"})
	build := func(row string) pipeline.Document {
		doc, problems := k.Build(paid(row))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		doc.State = pipeline.Ready
		return doc
	}
	exported, pulled := build("gateway=Paymob"), build("id=77 fee=2 gateway=paymob reference=x")
	if exported.Key != pulled.Key {
		t.Fatalf("%s and %s", exported.Key, pulled.Key)
	}
	if next, problems := k.Revise(exported, pulled); next.State != pipeline.Unchanged || len(problems) > 0 {
		t.Errorf("pulled after exported: %s, %v", next.State, problems)
	}
	if next, problems := k.Revise(pulled, exported); next.State != pipeline.Unchanged || len(problems) > 0 {
		t.Errorf("exported after pulled: %s, %v", next.State, problems)
	}
	if _, problems := k.Revise(pulled, build("id=78")); len(problems) != 1 || problems[0].Rule != "payment.twin" {
		t.Errorf("another one: %v", problems)
	}
	fee := build("id=77 fee=3").Parts[0]
	fee.State = pipeline.Ready
	if _, problems := k.Revise(pulled.Parts[0], fee); len(problems) != 1 || problems[0].Rule != "money.changed" {
		t.Errorf("another fee: %v", problems)
	}
	for _, other := range []string{"kind=refund", "gateway=fawry", "amount=100.01", "at=2026-11-23T22:30:01Z", "order.name=#1043"} {
		if build(other).Key == pulled.Key {
			t.Errorf("%s has the key of the first", other)
		}
	}
}

func TestPayment_Sink(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		s := cashierIn(t, t.TempDir())
		disk := &moody{disk: local{}}
		s.disk = disk
		k := s.payKind(nil)
		return sinktest.World{Sink: s, Freeze: k.Freeze,
			Docs: func(texts []string) (docs []pipeline.Document) {
				for _, text := range texts {
					doc, problems := k.Build(paid("order.name=" + strings.ReplaceAll(text, " ", "_")))
					if len(problems) > 0 {
						t.Fatal(problems)
					}
					doc.Kind = KindPayment
					docs = append(docs, doc)
				}
				return docs
			},
			Effects: func() []string { return filesIn(t, s.cfg.Folder) },
			Lose:    disk.lose,
			Full:    disk.full,
			Mend:    disk.mend,
		}
	})
}

func TestSettled_Sink(t *testing.T) {
	t.Parallel()
	sinktest.Run(t, func(t *testing.T) sinktest.World {
		s := cashierIn(t, t.TempDir())
		k := s.settledKind()
		return sinktest.World{Sink: s, Upsert: true,
			Docs: func(texts []string) (docs []pipeline.Document) {
				for _, text := range texts {
					doc, _ := k.Build(lines("settled.line=" + text))
					doc.Kind = KindSettled
					docs = append(docs, doc)
				}
				return docs
			},
			Effects: func() (all []string) {
				for row := range s.tables.Rows(t.Context(), tableSettled) {
					all = append(all, row.Code)
				}
				return all
			},
		}
	})
}

// lines are records of a gateway's lines: each a row of field=value.
func lines(row string) []pipeline.Record {
	m := map[string]string{"settled.account": "CLR", "settled.net": "97", "settled.currency": "EGP", "settled.status": "paid", "payout.day": "2026-11-24T00:00:00Z"}
	for pair := range strings.SplitSeq(row, "|") {
		name, value, _ := strings.Cut(pair, "=")
		m[name] = value
	}
	return sampleRecords(settledFields, m)
}

// A clearing account rolls forward: a day opens where the one before it closed,
// whatever the order in which files came, and what is open is what the newest receipts
// left.
func TestClearing_RollsForward(t *testing.T) {
	t.Parallel()
	s := cashierIn(t, t.TempDir())
	set := pipeline.Settings{"fees": "FEES", "bank": "BANK", "direct": "CASH"}
	send := func(drop string, docs ...pipeline.Document) {
		t.Helper()
		k := s.payKind(set)
		b := pipeline.Batch{ID: "7b0c5a52-6c0e-4a55-9d0e-" + drop[:8] + drop[9:], Job: pipeline.Job{Drop: drop, Flow: "f"}, Docs: docs, Taken: s.now()}
		var err error
		if b.Request, err = k.Freeze(b); err != nil {
			t.Fatal(err)
		}
		if a, err := s.Send(t.Context(), b); err != nil || len(a.Outcomes) != len(docs) {
			t.Fatal(a, err)
		}
	}
	docs := func(rows ...string) (out []pipeline.Document) {
		for _, row := range rows {
			doc, problems := s.payKind(set).Build(paid(row))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			doc.Kind = KindPayment
			for _, part := range doc.Parts {
				part.Kind = KindPayment
				out = append(out, part)
			}
			out = append(out, doc)
		}
		return out
	}
	send("20261123-0001", docs("id=1 at=2026-11-21T10:00:00Z fee=3", "id=2 at=2026-11-22T10:00:00Z amount=50", "id=9 account=CASH at=2026-11-22T10:00:00Z")...)
	send("20261124-0001", docs("id=p1 kind=payout at=2026-11-23T10:00:00Z amount=97", "id=3 kind=refund at=2026-11-22T12:00:00Z amount=10")...)
	roll := func(want ClearingWant) (out []string) {
		c, err := ClearingOf(t.Context(), s.tables, want)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range c.Accounts {
			last := ""
			for i, d := range a.Days {
				if i > 0 && d.Opening.String() != last {
					t.Errorf("%s opens with %s, and the day before closed with %s", d.Day, d.Opening, last)
				}
				last = d.Closing.String()
				out = append(out, strings.Join([]string{a.Account, d.Day, d.Opening.String(), d.Sales.String(), d.Refunds.String(), d.Fees.String(), d.Settled.String(), last}, " "))
			}
			for _, u := range a.Open {
				out = append(out, "open "+u.Number+" "+u.Left.String()+" of "+u.Amount.String())
			}
		}
		for _, p := range c.Off {
			out = append(out, string(p.Rule)+" "+p.With["off"]+p.With["amount"])
		}
		return out
	}
	all := []string{"CASH 2026-11-22 0 100 0 0 0 100", "CLR 2026-11-21 0 100 0 -3 0 97", "CLR 2026-11-22 97 50 -10 0 0 137", "CLR 2026-11-23 137 0 0 0 -97 40", "open RV-2 40 of 50"}
	for name, test := range map[string]struct {
		want ClearingWant
		rows []string
	}{
		"all":                {ClearingWant{}, all},
		"the first day":      {ClearingWant{Arrived: [2]string{"2026-11-23", "2026-11-23"}}, []string{all[0], all[1], "CLR 2026-11-22 97 50 0 0 0 147", "open RV-1 97 of 100", "open RV-2 50 of 50"}},
		"the second day":     {ClearingWant{Arrived: [2]string{"2026-11-24", "2026-11-24"}}, all[2:]},
		"a day without any":  {ClearingWant{Arrived: [2]string{"2026-11-25", "2026-11-25"}}, all[4:]},
		"from a day of ours": {ClearingWant{Days: [2]string{"2026-11-23", ""}}, all[3:]},
	} {
		if diff := cmp.Diff(test.rows, roll(test.want)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}

	settle := func(rows ...string) {
		t.Helper()
		var all []pipeline.Document
		for _, row := range rows {
			doc, problems := s.settledKind().Build(lines(row))
			if len(problems) > 0 {
				t.Fatal(problems)
			}
			doc.Kind = KindSettled
			all = append(all, doc)
		}
		if _, err := s.Send(t.Context(), pipeline.Batch{Job: pipeline.Job{Drop: "20261124-0002"}, Docs: all}); err != nil {
			t.Fatal(err)
		}
	}
	off := func() []string {
		return slices.DeleteFunc(roll(ClearingWant{}), func(line string) bool {
			return !strings.HasPrefix(line, "payout.") && !strings.HasPrefix(line, "clearing.")
		})
	}
	settle("settled.line=1|settled.net=97|payout.day=2026-11-22T22:00:00Z")
	if got := off(); len(got) != 0 {
		t.Errorf("what matches is told: %v", got)
	}
	settle("settled.line=2|settled.net=-8.50|payout.day=2026-11-22T22:00:00Z", "settled.line=3|settled.status=pending|payout.day=", "settled.line=4|payout.day=2026-11-19T22:00:00Z")
	if diff := cmp.Diff([]string{"payout.missing -97.00", "payout.off 8.50"}, off()); diff != "" {
		t.Errorf("off (-want +got):\n%s", diff)
	}
	settle("settled.line=2|settled.net=-8.50|payout.day=2026-11-19T22:00:00Z") // told again: it went with another payout
	if diff := cmp.Diff([]string{"payout.missing -88.50"}, off()); diff != "" {
		t.Errorf("off (-want +got):\n%s", diff)
	}
	send("20261124-0003", docs("id=p2 kind=payout at=2026-11-20T10:00:00Z amount=88.50")...)
	if diff := cmp.Diff([]string{"clearing.negative 48.50"}, off()); diff != "" {
		t.Errorf("off (-want +got):\n%s", diff)
	}
}

func TestLayout_OfPayments(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"kind: erp.payment\ncolumns:\n  - {name: A, field: line.sku}\nname: P-{number}.csv\n": "erp.word",
		"kind: erp.paymant\ncolumns:\n  - {name: A, field: line.sku}\n":                       "config.choice",
		"columns:\n  - {name: A, field: line.sku}\n":                                          "erp.layoutkind",
		"kind: erp.payment\nby_type: {sale: {prefix: X}}\nname: P-{number}.csv\n":             "config.unknown",
	} {
		_, findings, err := NewPayments(Config{}, []byte(text), filepath.Join("erp", "p.yaml"), Deps{Dir: t.TempDir()})
		if err != nil || len(findings) == 0 || string(findings[0].Rule) != want {
			t.Errorf("%q: %v, %v; want %s", text, findings, err, want)
		}
	}
	s := cashierIn(t, t.TempDir())
	samples, err := s.Samples()
	if err != nil || len(samples) != 2 || !strings.Contains(samples[0].Text, "RV-389404469,receipt,CLR-PAYMOB,375.00,") {
		t.Errorf("%+v, %v", samples, err)
	}
	// wasl check shows the numbers that a layout gives, of payments as of sales.
	numbered := strings.Replace(paymentLayout, "{name: No, field: doc.number}", "{name: No, field: doc.serial}", 1) + "number: {prefix: V-, width: 4, start: 7}\n"
	samples, findings, err := Check(Config{}, []byte(numbered), "p.yaml", Deps{Dir: t.TempDir()})
	if err != nil || len(findings) > 0 || len(samples) != 2 || !strings.Contains(samples[0].Text, "V-0007,receipt,CLR-PAYMOB,375.00,") {
		t.Errorf("%+v, %v, %v", samples, findings, err)
	}
}
