package eta

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

// packed files documents into a real ledger and takes them as the lane of the POS does, until nothing is left: the
// submissions, in order, each with its bytes.
func packed(t *testing.T, s *Sink, docs []pipeline.Document) (batches []pipeline.Batch, sizes []int) {
	t.Helper()
	ctx, kind := t.Context(), s.Kinds()[0]
	most, heavy := s.Limits()
	l, err := ledger.Open(ctx, t.TempDir(), ledger.Options{Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Shut() })
	flow := pipeline.Flow{Name: "sales", Lane: s.Lane(), Lanes: s.Lanes(), Kind: kind, Batch: most, Bytes: heavy}
	drop, _, err := l.Admit(ctx, pipeline.Arrival{Name: "orders.csv", SHA256: "0", Path: "orders.csv", Inbox: "inbox", Claims: []pipeline.Claim{{Flow: flow.Name, Kind: kind.Name, Lane: flow.Lane}}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = l.File(ctx, pipeline.Job{Drop: drop.ID, Flow: flow.Name}, pipeline.Filed{Kind: kind.Name, Lane: flow.Lane, Space: kind.Space, Once: true}, func(f pipeline.Filing) (pipeline.Reading, error) {
		for _, doc := range docs {
			doc.State = pipeline.Ready
			if err := f.Document(doc, 1, nil); err != nil {
				return pipeline.Reading{}, err
			}
		}
		return pipeline.Reading{Rows: len(docs)}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, lane := range s.Lanes() {
		for {
			b, err := l.Take(ctx, lane, time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC), func(string) (pipeline.Flow, bool) { return flow, true })
			if err != nil {
				t.Fatal(err)
			}
			if len(b.Docs) == 0 {
				break
			}
			// One submission is on its way at a time: while it is, there is nothing to take.
			if beside, err := l.Take(ctx, lane, time.Now(), func(string) (pipeline.Flow, bool) { return flow, true }); err != nil || len(beside.Docs) > 0 {
				t.Fatalf("beside a submission that is on its way %d receipts were taken; %v", len(beside.Docs), err)
			}
			body, err := submission(b.Docs, signatureEmpty)
			if err != nil {
				t.Fatal(err)
			}
			batches, sizes = append(batches, b), append(sizes, len(body))
			var a pipeline.Answer
			for _, d := range b.Docs {
				a.Outcomes = append(a.Outcomes, pipeline.Outcome{Key: d.Key, State: pipeline.Delivered, Ref: d.Ref})
			}
			if _, err := l.Settle(ctx, b, a, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
	return batches, sizes
}

// many are so many orders of so many lines each.
func many(t *testing.T, s *Sink, orders, lines int, more ...string) []pipeline.Document {
	t.Helper()
	var docs []pipeline.Document
	for i := range orders {
		var rows []row
		for n := range lines {
			rows = append(rows, goodsRow(fmt.Sprintf("SKU-%03d", n), "1", "11.40", more...))
		}
		total := fmt.Sprintf("%d.%02d", lines*1140/100, lines*1140%100)
		doc, problems := build(t, s, saleOf(t, row{"order.id": fmt.Sprint(5400000 + i), "order.name": fmt.Sprintf("#%d", i), "order.subtotal": total, "order.total": total}, rows...))
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		docs = append(docs, doc)
	}
	return docs
}

// TestPack: at most 500 receipts and 1,500,000 bytes leave together, and as many as that allows.
func TestPack(t *testing.T) {
	t.Parallel()
	s := demoSink(t, nil)
	batches, _ := packed(t, s, many(t, s, 1201, 1))
	var got []string
	for _, b := range batches {
		got = append(got, fmt.Sprint(len(b.Docs)))
	}
	if strings.Join(got, " ") != "500 500 201" {
		t.Errorf("1,201 small receipts left in batches of %s", strings.Join(got, " "))
	}

	batches, sizes := packed(t, s, many(t, s, 150, 60)) // some 20,000 bytes each
	for i, b := range batches {
		switch last := i == len(batches)-1; {
		case sizes[i] > 1_500_000:
			t.Errorf("batch %d has %d bytes", i, sizes[i])
		case !last && sizes[i]+len(batches[i+1].Docs[0].Sealed) < 1_500_000-requestRoom:
			t.Errorf("batch %d has %d bytes, and the next receipt of %d would have fitted", i, sizes[i], len(batches[i+1].Docs[0].Sealed))
		}
		for _, d := range b.Docs {
			if serialOf(d.Sealed) != serialOf(batches[0].Docs[0].Sealed) {
				t.Errorf("batch %d holds receipts of two POS", i)
			}
		}
	}
	if len(batches) < 2 {
		t.Error("all of it left at once: that shows nothing")
	}
}

// TestPack_OnePOS: a submission holds receipts of one POS, however the orders of several come.
func TestPack_OnePOS(t *testing.T) {
	t.Parallel()
	s := demoSink(t, func(c *Config) {
		pos := c.POS
		c.POS, c.ClientID, c.ClientSecret = POS{}, "", ""
		c.Registry = map[string]POS{}
		for _, name := range []string{"web", "alx", "nsr"} {
			own := pos
			own.Serial, own.ClientID, own.ClientSecret = "POS-"+name, name, "secret-name"
			c.Registry[name] = own
		}
		c.DefaultPOS = "web"
	})
	var docs []pipeline.Document
	for i := range 60 {
		group := saleOf(t, row{"order.id": fmt.Sprint(5400000 + i), "order.name": fmt.Sprintf("#%d", i), "order.pos": []string{"web", "alx", "nsr"}[i*7%3],
			"order.subtotal": "11.40", "order.total": "11.40"}, goodsRow("SKU-1", "1", "11.40"))
		doc, problems := build(t, s, group)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		docs = append(docs, doc)
	}
	batches, _ := packed(t, s, docs)
	if len(batches) != 3 {
		t.Fatalf("%d submissions, want one for each POS", len(batches))
	}
	for _, b := range batches {
		previous := ""
		for _, d := range b.Docs {
			h, err := headerOf(d.Sealed)
			if err != nil || h.PreviousUUID != previous || serialOf(d.Sealed) != serialOf(b.Docs[0].Sealed) {
				t.Errorf("%s of %s follows %q, want %q; %v", d.Name, serialOf(d.Sealed), h.PreviousUUID, previous, err)
			}
			previous = h.UUID
		}
	}
}

// TestBuild_Lines: a receipt of 300 lines is issued, shipping among them; one of more is not, and says why.
func TestBuild_Lines(t *testing.T) {
	t.Parallel()
	s := demoSink(t, nil)
	many(t, s, 1, 300)
	var rows []row
	for n := range 301 {
		rows = append(rows, goodsRow(fmt.Sprintf("SKU-%03d", n), "1", "11.40"))
	}
	_, problems := build(t, s, saleOf(t, row{"order.name": "#1", "order.subtotal": "3431.40", "order.total": "3431.40"}, rows...))
	if len(problems) == 0 || problems[0].Rule != "eta.lines" || problems[0].With["count"] != "301" || problems[0].With["limit"] != "300" {
		t.Errorf("301 lines: %v", problems)
	}
	for n := range rows[:300] {
		rows[n] = goodsRow(fmt.Sprintf("SKU-%03d", n), "1", "11.40")
	}
	_, problems = build(t, s, saleOf(t, row{"order.name": "#1", "order.subtotal": "3420.00", "order.shipping": "11.40", "order.total": "3431.40"}, rows[:300]...))
	if len(problems) == 0 || problems[0].Rule != "eta.lines" {
		t.Errorf("300 lines and shipping: %v", problems)
	}
}
