package reconcile

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

var receiptsColumns = []column{
	{"col.order", 18, false}, {"col.number", 18, false}, {"col.type", 12, false}, {"col.state", 22, false}, {"col.currency", 10, false}, {"col.total", 15, false},
	{"col.vat", 14, false}, {"col.issued", 17, false}, {"col.sent", 17, false}, {"col.settled", 17, false}, {"col.ticket", 28, false}, {"col.why", 50, false},
	{"col.uuid", 40, true}, {"col.previous", 40, true}, {"col.link", 60, true}, {"col.job", 30, true},
}

// A receipt is what the bytes of a receipt say: the authority's version 1.2.
type receipt struct {
	number, uuid, previous string
	sort                   string    // s, r, RWR
	issued                 time.Time // zero: not sealed
	vat                    pipeline.Decimal
	taxed                  bool // vat is known
}

// vat is the authority's type of tax for value added tax.
const vat = "T1"

// readReceipt reads the sealed bytes of a receipt, or before that its body, as
// far as they can be read: the report is no judge of them.
func readReceipt(doc pipeline.Document) receipt {
	raw := []byte(doc.Body)
	if len(doc.Sealed) > 0 {
		raw = doc.Sealed
	}
	var r receipt
	members(raw, func(name, value []byte) {
		switch string(name) {
		case "header":
			members(value, r.header)
		case "documentType":
			members(value, r.header)
		case "taxTotals":
			r.taxes(value)
		case "totals":
			members(value, func(name, value []byte) {
				if string(name) == "taxTotals" {
					r.taxes(value)
				}
			})
		}
	})
	if len(doc.Sealed) == 0 {
		r.number = "" // a receipt has a number once it is issued
	}
	r.uuid = cmp.Or(r.uuid, doc.Ref)
	return r
}

// header reads a member of the receipt's header or of its type.
func (r *receipt) header(name, value []byte) {
	switch string(name) {
	case "receiptNumber":
		r.number = unquote(value)
	case "uuid":
		r.uuid = unquote(value)
	case "previousUUID":
		r.previous = unquote(value)
	case "receiptType":
		r.sort = unquote(value)
	case "dateTimeIssued":
		if t, err := time.Parse(time.RFC3339, unquote(value)); err == nil {
			r.issued = t
		}
	}
}

// taxes adds up the value added tax of a receipt's list of taxes.
func (r *receipt) taxes(list []byte) {
	var taxes []struct {
		Type   string      `json:"taxType"`
		Amount json.Number `json:"amount"`
	}
	_ = json.Unmarshal(list, &taxes) // what cannot be read is left empty
	for _, tax := range taxes {
		if d, ok := parse(string(tax.Amount)); ok && tax.Type == vat {
			r.vat, r.taxed = r.vat.Add(d), true
		}
	}
}

// A receiptsSheet lists receipts as they pass by.
type receiptsSheet struct {
	*sheet
	total map[string]receiptSum // of what was delivered, by currency
}

type receiptSum struct{ total, vat pipeline.Decimal }

func (b *book) receiptsSheet() (*receiptsSheet, error) {
	s, err := b.sheet("receipts", receiptsColumns)
	return &receiptsSheet{sheet: s, total: map[string]receiptSum{}}, err
}

func (s *receiptsSheet) add(e pipeline.Entry, r receipt) error {
	s.text(e.Name)
	s.text(r.number)
	s.styled(center, s.b.sort(r.sort))
	s.state(e.State)
	s.styled(center, e.Currency)
	s.money(amount, e.Out)
	if r.taxed {
		s.money(amount, r.vat)
	} else {
		s.text("")
	}
	s.time(r.issued)
	s.time(e.Sent)
	s.time(e.Settled)
	s.text(e.Ticket)
	s.words(s.b.why(e))
	s.text(r.uuid)
	s.text(r.previous)
	if len(e.Sealed) > 0 && s.b.opt.Link != nil {
		s.text(s.b.opt.Link(e))
	} else {
		s.text("")
	}
	s.text(e.Job.String())
	if e.State == pipeline.Delivered {
		sum := s.total[e.Currency]
		s.total[e.Currency] = receiptSum{sum.total.Add(e.Out), sum.vat.Add(r.vat)}
	}
	return s.end(0)
}

// finish writes the totals of what was delivered, a currency a row.
func (s *receiptsSheet) finish() error {
	last := s.row
	if last == 1 && s.part == 1 {
		if err := s.remark(s.b.say("none")); err != nil {
			return err
		}
		return s.close(last)
	}
	if err := s.end(0); err != nil {
		return err
	}
	for _, currency := range slices.Sorted(maps.Keys(s.total)) {
		sum := s.total[currency]
		s.put(totalT, s.b.say("col.total"))
		s.styled(totalT, "")
		s.styled(totalT, "")
		s.put(totalC, s.b.state(pipeline.Delivered))
		s.styled(totalC, currency)
		s.sumIfs(6, last, []int{5, 4}, sum.total)
		s.sumIfs(7, last, []int{5, 4}, sum.vat)
		if err := s.end(0); err != nil {
			return err
		}
	}
	return s.close(last)
}

// sumIfs adds the total of a column, rows 2 to last, over the rows that have the
// same as this row in the columns named. It is a formula where the sheet holds
// all the rows.
func (s *sheet) sumIfs(col, last int, same []int, value pipeline.Decimal) {
	f, ok := exact(value)
	if !ok {
		s.put(totalT, value.String())
		return
	}
	if s.part > 1 {
		s.put(totalM, f)
		return
	}
	var by strings.Builder
	for _, c := range same {
		by.WriteString("," + span(c, 2, last) + "," + cell(c, s.row+1))
	}
	s.formula(totalM, "SUMIFS("+span(col, 2, last)+by.String()+")", f)
}

// sort names a type of receipt: those of all sectors end in s or r, or begin so.
func (b *book) sort(code string) string {
	if code == "" {
		return ""
	}
	key := "type." + strings.ToLower(code)
	if _, ok := words[key]; !ok {
		key = "type." + strings.ToLower(code[:1])
	}
	return b.say(key)
}
