package eta

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/eta/etatest"
	"wasl/stages/load/eta/law"
)

// lawOf is the book with a table of the installation's own.
func lawOf(t *testing.T, name string, change func(string) string) *law.Book {
	t.Helper()
	text, err := law.File(name)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name+".csv"), []byte(change(string(text))), 0o644); err != nil {
		t.Fatal(err)
	}
	book, found, err := law.Open(dir)
	if err != nil || len(found) > 0 {
		t.Fatal(found, err)
	}
	return book
}

func plainSale(t *testing.T) []pipeline.Record {
	return saleOf(t, row{"order.total": "228.00", "order.name": "#1042"}, goodsRow("MUG", "1", "114.00"), goodsRow("CUP", "1", "114.00"))
}

// Whatever Build writes is examined before it gets a place in the chain, and what is wrong is traced to its row.
func TestStrict_TracedToTheRow(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{}, nil)
	for name, c := range map[string]struct {
		old, new, rule, field string
		row                   int
	}{
		"a line's code":         {`"itemCode":"EG-100200300-CUP"`, `"itemCode":"EG-999888777-CUP"`, "receipt.egs.other", "item.code", 3},
		"a line's amount":       {`"internalCode":"CUP","description":"مج سيراميك CUP","itemType":"EGS","itemCode":"EG-100200300-CUP","unitType":"EA","quantity":1`, `"internalCode":"CUP","description":"مج سيراميك CUP","itemType":"EGS","itemCode":"EG-100200300-CUP","unitType":"EA","quantity":2`, "receipt.formula.sale", "line.price", 3},
		"a line's description":  {`"description":"مج سيراميك MUG"`, `"description":"مج \"سيراميك\" MUG"`, "receipt.quote", "item.name", 2},
		"the order's total":     {`"totalAmount":228`, `"totalAmount":229`, "receipt.sum.total", "order.total", 2},
		"the payment":           {`"paymentMethod":"C"`, `"paymentMethod":"Z"`, "receipt.payment.unknown", "order.payment", 2},
		"the seller, no cell":   {`"regionCity":"مدينة نصر"`, `"regionCity":""`, "receipt.region.missing", "seller.branchAddress.regionCity", 2},
		"a member nobody knows": {`"adjustment":0`, `"adjustment":0,"tip":5`, "receipt.unknown", "tip", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			spoilt := n.sink.issuer.strict(func(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
				doc, problems := n.sink.issuer.build(group)
				body := strings.Replace(string(doc.Body), c.old, c.new, 1)
				if body == string(doc.Body) {
					t.Fatalf("no %s in %s", c.old, body)
				}
				doc.Body = json.RawMessage(body)
				return doc, problems
			})
			_, problems := spoilt(plainSale(t))
			if len(problems) != 1 || string(problems[0].Rule) != c.rule || problems[0].Row != c.row {
				t.Fatalf("%v, want %s at row %d", problems, c.rule, c.row)
			}
			if problems[0].Field != c.field {
				t.Errorf("field %s, want %s", problems[0].Field, c.field)
			}
		})
	}
	if _, problems := n.sink.issuer.strict(n.sink.issuer.build)(plainSale(t)); len(problems) > 0 {
		t.Errorf("a good sale: %v", problems)
	}
}

// A receipt that was built by yesterday's law is examined by that of the day on which it is issued; others are not
// examined twice.
func TestReexamine_LawChangedMeanwhile(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{}, nil)
	i := n.sink.issuer
	i.config = i.config.Under(lawOf(t, "tax_rates", func(s string) string {
		return strings.Replace(s, "V009,T1,14,2017-07-01,,", "V009,T1,14,2017-07-01,2026-11-24,", 1) + "V009,T1,15,2026-11-25,,law,\n"
	}))
	doc, problems := i.strict(i.build)(plainSale(t))
	if len(problems) > 0 || doc.Day != "2026-11-24" {
		t.Fatal(problems, doc.Day)
	}
	for at, want := range map[string]string{"2026-11-24T21:59:00Z": "", "2026-11-24T22:01:00Z": "receipt.taxrate.law"} { // midnight in Cairo
		now, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		sealed, _, _, err := n.sink.issuer.seal(doc, pipeline.Link{}, now) // by yesterday's law
		if err != nil {
			t.Fatal(err)
		}
		found := i.reexamine(doc, sealed, nil, now)
		if want == "" && len(found) > 0 || want != "" && (len(found) != 2 || string(found[0].Rule) != want || found[0].Row != 2) {
			t.Errorf("issued at %s: %v, want %q for each line", at, found, want)
		}
		_, _, _, err = i.seal(doc, pipeline.Link{}, now)
		if refused, ok := errors.AsType[*pipeline.Refused](err); ok != (want != "") || ok && len(refused.Problems) != 2 {
			t.Errorf("sealed at %s: %v, want it refused: %v", at, err, want != "")
		}
	}
}

// The threshold from which a buyer is named is that of the order's day.
func TestBuild_ThresholdOfTheDay(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{}, nil)
	i := n.sink.issuer
	i.config = i.config.Under(lawOf(t, "limits", func(s string) string {
		return strings.Replace(s, "named_buyer,1.2,150000,EGP,,,", "named_buyer,1.2,150000,EGP,,2026-11-24,", 1) + "named_buyer,1.2,1000,EGP,2026-11-25,,decree,\n"
	}))
	for created, want := range map[string]bool{"2026-11-24T10:00:00Z": false, "2026-11-25T10:00:00Z": true} {
		_, problems := i.strict(i.build)(saleOf(t, row{"order.total": "1140.00", "order.created": created}, goodsRow("MUG", "1", "1140.00")))
		if got := len(problems) > 0; got != want {
			t.Errorf("an order of %s for 1140 names its buyer: %t (%v)", created, got, problems)
		}
	}
}
