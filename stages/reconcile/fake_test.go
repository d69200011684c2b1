package reconcile

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/quagmt/udecimal"

	"wasl/pipeline"
)

// ledger is Books in memory: jobs with their documents and problems.
type ledger struct {
	jobs    []pipeline.Opened
	entries []pipeline.Entry
	loose   []pipeline.Noted // problems of no document
	fails   error
}

func (l *ledger) Jobs(_ context.Context, from, to string) ([]pipeline.Opened, error) {
	var out []pipeline.Opened
	for _, j := range l.jobs {
		if j.Drop.Day >= from && j.Drop.Day <= to {
			out = append(out, j)
		}
	}
	return out, nil
}

func (l *ledger) of(from, to string) map[pipeline.Job]pipeline.Opened {
	out := map[pipeline.Job]pipeline.Opened{}
	jobs, _ := l.Jobs(context.Background(), from, to)
	for _, j := range jobs {
		out[j.Job] = j
	}
	return out
}

func (l *ledger) Entries(_ context.Context, from, to string) iter.Seq2[pipeline.Entry, error] {
	jobs := l.of(from, to)
	return func(yield func(pipeline.Entry, error) bool) {
		for _, e := range l.entries {
			if _, ok := jobs[e.Job]; ok && !yield(e, nil) {
				return
			}
		}
		if l.fails != nil {
			yield(pipeline.Entry{}, l.fails)
		}
	}
}

func (l *ledger) Problems(_ context.Context, from, to string) iter.Seq2[pipeline.Noted, error] {
	jobs := l.of(from, to)
	return func(yield func(pipeline.Noted, error) bool) {
		for _, j := range l.jobs {
			if _, ok := jobs[j.Job]; !ok {
				continue
			}
			for _, e := range l.entries {
				for _, p := range e.Why {
					if e.Job == j.Job && !yield(pipeline.Noted{Problem: p, Job: e.Job, Key: e.Key, Doc: e.Name}, nil) {
						return
					}
				}
			}
			for _, n := range l.loose {
				if n.Job == j.Job && !yield(n, nil) {
					return
				}
			}
		}
	}
}

// job admits a file and gives its job; rows is what was read of it.
func (l *ledger) job(drop, name, flow, kind string, rows int) *pipeline.Opened {
	at := time.Date(2026, 11, 25, 19, 5, len(l.jobs), 0, time.UTC)
	l.jobs = append(l.jobs, pipeline.Opened{
		Job: pipeline.Job{Drop: drop, Flow: flow}, Seq: int64(len(l.jobs) + 1), Kind: kind, Lane: "lane", Step: pipeline.StepReconcile,
		Drop: pipeline.Drop{ID: drop, Name: name, Day: "2026-11-25", Arrived: at, SHA256: fmt.Sprintf("%064x", len(l.jobs)+0xbeef), Size: 48_231, From: "inbox"},
		Rows: rows, States: map[pipeline.State]int{}, RowsBy: map[pipeline.State]int{},
		Reading: pipeline.Reading{Format: "xlsx", Sheet: "Orders", HeaderRow: 1, Rows: rows},
	})
	return &l.jobs[len(l.jobs)-1]
}

// file files a document of the last job.
func (l *ledger) file(state pipeline.State, rows int, e pipeline.Entry) {
	j := &l.jobs[len(l.jobs)-1]
	e.State, e.Rows, e.Job, e.Kind, e.Lane, e.Drop = state, rows, j.Job, j.Kind, j.Lane, j.Drop.Name
	j.States[state]++
	j.RowsBy[state] += rows
	j.Problems += len(e.Why)
	if state == pipeline.Delivered {
		e.Sent = j.Drop.Arrived.Add(2 * time.Minute)
		e.Settled = e.Sent.Add(90 * time.Second)
	}
	l.entries = append(l.entries, e)
}

func (l *ledger) problem(p pipeline.Problem) {
	j := &l.jobs[len(l.jobs)-1]
	j.Problems++
	l.loose = append(l.loose, pipeline.Noted{Problem: p, Job: j.Job})
}

func dec(s string) pipeline.Decimal { return udecimal.MustParse(s) }

// sale is an order as its two flows file it.
func sale(id, name, day, currency, money string) pipeline.Entry {
	return pipeline.Entry{Document: pipeline.Document{
		Key: "order/" + id, Name: name, Day: day, Currency: currency, Money: dec(money), Out: dec(money),
	}}
}

func with(e pipeline.Entry, change func(*pipeline.Entry)) pipeline.Entry {
	change(&e)
	return e
}

// sealed makes the receipt of an order.
func sealed(e pipeline.Entry, n int, vat string) pipeline.Entry {
	uuid, previous := fmt.Sprintf("%064x", n), fmt.Sprintf("%064x", n-1)
	e.Key = "sale/" + e.Key[len("order/"):]
	e.Sealed = fmt.Appendf(nil, `{"header":{"dateTimeIssued":"2026-11-25T19:%02d:00Z","receiptNumber":"%s","uuid":"%s","previousUUID":"%s","currency":"%s"},`+
		`"documentType":{"receiptType":"s","typeVersion":"1.2"},"itemData":[{"description":"قميص «قطن»","quantity":1}],"totalAmount":%s,"taxTotals":[{"taxType":"T1","amount":%s}]}`,
		n%60, e.Name[1:], uuid, previous, e.Currency, e.Out, vat)
	e.Ref, e.Ticket = uuid, "SUB-20261125-7"
	return e
}

func stockOf(sku, place, was, now string) pipeline.Entry {
	body, _ := json.Marshal(map[string]any{"sku": sku, "location": "gid://shopify/Location/1", "quantity": json.Number(now)})
	return pipeline.Entry{Document: pipeline.Document{Key: "stock/" + sku, Name: sku + " @ " + place, Old: was, Body: body}}
}

// night is a night with something of everything.
func night() *ledger {
	l := &ledger{}
	bad := pipeline.Problem{Origin: pipeline.Origin{File: "orders-2026-11-25.xlsx", Sheet: "Orders", Row: 12, Col: 7, Column: "Total"},
		Field: "order.total", Value: "12,5x", Rule: "answer.refused", With: map[string]string{"said": "الإجمالي غير صحيح (TotalAmount)"}}
	inject := bad
	inject.Value, inject.Row, inject.Rule, inject.With = `=HYPERLINK("http://x","y")`, 14, "key.twice", map[string]string{"key": "order/9"}

	l.job("20261125-0001", "orders-2026-11-25.xlsx", "orders-to-erp", "erp.order", 16).Reading.Ignored =
		[]pipeline.Ignored{{Row: 1, Why: "title"}, {Row: 20, Why: "total"}}
	l.file(pipeline.Delivered, 3, with(sale("5001", "#1001", "2026-11-24", "EGP", "1250.5"), func(e *pipeline.Entry) { e.Ref = "SO-000417" }))
	l.file(pipeline.Delivered, 2, with(sale("5002", "#1002", "2026-11-24", "EGP", "399.99"), func(e *pipeline.Entry) { e.Ref = "SO-000418" }))
	l.file(pipeline.Delivered, 1, with(sale("5003", "#1003", "2026-11-25", "USD", "75"), func(e *pipeline.Entry) { e.Ref = "SO-000419" }))
	l.file(pipeline.Held, 2, with(sale("5004", "#1004", "2026-11-25", "EGP", "12.5"), func(e *pipeline.Entry) { e.Out, e.Why = dec("0"), []pipeline.Problem{bad, inject} }))
	l.file(pipeline.Skipped, 1, with(sale("5005", "#1005", "2026-11-25", "EGP", "88"), func(e *pipeline.Entry) { e.Left = "لم يُدفع بعد" }))
	l.file(pipeline.Superseded, 1, sale("5006", "#1006", "2026-11-25", "EGP", "10"))
	l.file(pipeline.Parked, 1, sale("5007", "#1007", "2026-11-25", "EGP", "20"))
	l.file(pipeline.Delivered, 4, with(sale("5008", "#1008", "2026-11-25", "EGP", "123456.789"), func(e *pipeline.Entry) { e.Ref = "SO-000420" }))
	l.file(pipeline.Ready, 1, sale("5009", "#1009", "2026-11-25", "EGP", "30"))

	l.job("20261125-0001", "orders-2026-11-25.xlsx", "orders-to-eta", "eta.receipt", 16)
	l.file(pipeline.Delivered, 3, sealed(sale("5001", "#1001", "2026-11-24", "EGP", "1250.5"), 1, "153.57018"))
	l.file(pipeline.Accepted, 2, sealed(sale("5002", "#1002", "2026-11-24", "EGP", "399.99"), 2, "49.12158"))
	l.file(pipeline.Skipped, 1, with(sale("5003", "#1003", "2026-11-25", "USD", "75"), func(e *pipeline.Entry) { e.Key, e.Left = "sale/5003", "صدر بها فاتورة" }))
	l.file(pipeline.Held, 2, with(sale("5004", "#1004", "2026-11-25", "EGP", "12.5"), func(e *pipeline.Entry) { e.Key, e.Out, e.Why = "sale/5004", dec("0"), []pipeline.Problem{bad} }))
	l.file(pipeline.Skipped, 1, with(sale("5005", "#1005", "2026-11-25", "EGP", "88"), func(e *pipeline.Entry) { e.Key, e.Left = "sale/5005", "لم يُدفع بعد" }))
	l.file(pipeline.Unchanged, 2, with(sale("5006", "#1006", "2026-11-25", "EGP", "10"), func(e *pipeline.Entry) { e.Key = "sale/5006" }))
	l.file(pipeline.Rejected, 5, with(sealed(sale("5008", "#1008", "2026-11-25", "EGP", "123456.789"), 3, "15161.36"), func(e *pipeline.Entry) { e.Why = []pipeline.Problem{bad} }))

	stock := l.job("20261125-0002", "stock-القاهرة.csv", "erp-stock", "shopify.stock", 6)
	stock.Drop.Twin = "20261124-0002"
	stock.Reading = pipeline.Reading{Format: "csv", CodePage: "windows-1256", Delimiter: ";", HeaderRow: 2, Rows: 6}
	l.file(pipeline.Delivered, 1, stockOf("0012345678905", "01", "7", "12"))
	l.file(pipeline.Delivered, 1, stockOf("A-1002", "01", "", "3"))
	l.file(pipeline.Unchanged, 1, stockOf("A-1003", "01", "5", "5"))
	l.file(pipeline.Sending, 1, stockOf("=A-1004", "مدينة نصر", "10", "2.5"))
	l.file(pipeline.Held, 2, with(pipeline.Entry{Document: pipeline.Document{Key: "row:9", Name: "A-1005 @ 02"}}, func(e *pipeline.Entry) {
		e.Why = []pipeline.Problem{{Origin: pipeline.Origin{File: "stock-القاهرة.csv", Row: 9, Col: 3, Column: "الكمية"}, Value: "اثنان", Rule: "group.missing", Field: "quantity"}}
	}))

	refused := l.job("20261125-0003", "orders-cut-off.csv", "orders-to-erp", "erp.order", 0)
	refused.Verdict, refused.Reading = "refused", pipeline.Reading{Format: "csv", CodePage: "utf-8", Delimiter: ",", Rows: 41}
	l.problem(pipeline.Problem{Origin: pipeline.Origin{File: "orders-cut-off.csv"}, Rule: "answer.refused", With: map[string]string{"said": "cut off"}})

	unclaimed := l.job("20261125-0004", "صورة.png", "", "", 0)
	unclaimed.Verdict, unclaimed.Reading = "unclaimed", pipeline.Reading{}
	l.problem(pipeline.Problem{Origin: pipeline.Origin{File: "صورة.png"}, Rule: "drop.unclaimed", With: map[string]string{"patterns": "orders-*.xlsx, orders-*.csv, stock-*.csv"}})

	waits := l.job("20261125-0005", "items.xlsx", "erp-items", "", 0)
	waits.Step, waits.Error, waits.Tries = pipeline.StepPrepare, "the folder of the ERP cannot be reached", 3

	empty := l.job("20261125-0006", "stock-empty.csv", "erp-stock", "shopify.stock", 0)
	empty.Reading = pipeline.Reading{Format: "csv", CodePage: "utf-8", Delimiter: "\t", HeaderRow: 1}

	later := l.job("20261126-0001", "stock-26.csv", "erp-stock", "shopify.stock", 1)
	later.Drop.Day = "2026-11-26"
	l.file(pipeline.Delivered, 1, stockOf("A-1003", "01", "5", "4"))
	return l
}
