package eta

import (
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/eta/law"
)

// strict is Build with every receipt examined as it was written (see law): nothing that the authority would refuse gets
// as far as a place in the chain. What the examination finds is traced back to the row that it comes from.
func (s issuer) strict(build func([]pipeline.Record) (pipeline.Document, []pipeline.Problem)) func([]pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	return func(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
		doc, problems := build(group)
		if len(problems) == 0 && doc.Left == "" && doc.Body != nil {
			problems = s.examine(doc, group)
		}
		for i, part := range doc.Parts {
			if len(part.Wrong) == 0 && part.Left == "" && part.Body != nil {
				doc.Parts[i].Wrong = s.examine(part, group)
			}
		}
		return doc, problems
	}
}

// examine finds what is wrong with a receipt before it is issued, by the law of its day.
func (s issuer) examine(doc pipeline.Document, group []pipeline.Record) []pipeline.Problem {
	k := s.known()
	k.Draft, k.Day = true, doc.Day
	var problems []pipeline.Problem
	for _, f := range s.config.Law().Check(doc.Body, k) {
		problems = append(problems, traced(f, doc.Body, group))
	}
	return problems
}

// reexamine finds what only a sealed receipt shows: whether the law has changed since it was built, and whether a return
// fits its sale. Of all others nothing can have become wrong by being sealed, and they are many.
func (s issuer) reexamine(doc pipeline.Document, sealed, sale []byte, at time.Time) []pipeline.Problem {
	book, zone := s.config.Law(), s.zone
	if zone == nil {
		zone = time.UTC
	}
	if sale == nil && !book.Changed(doc.Day, at.In(zone).Format(time.DateOnly)) {
		return nil
	}
	k := s.known()
	k.Now, k.Zone, k.Sale = at, zone, sale
	var problems []pipeline.Problem
	for _, f := range book.Check(sealed, k) {
		p := pipeline.Problem{Field: f.Path, Rule: f.Rule, With: f.With}
		if len(doc.From) > 0 {
			p.Origin = doc.From[0]
		}
		problems = append(problems, p)
	}
	return problems
}

// known is what the settings say beside a receipt.
func (s issuer) known() law.Known {
	c := s.config
	return law.Known{Ours: true, AnyCase: c.ReceiptType == "S", RIN: c.Seller.RIN, Serial: c.POS.Serial, Units: c.Units, NamedBuyer: c.Threshold}
}

// members are the fields that members of a receipt are made of, the likelier one last.
var members = map[string][]string{
	"internalCode": {"line.sku"}, "description": {"line.name", "item.name"}, "itemType": {"item.type"}, "itemCode": {"item.code"},
	"unitType": {"item.unit"}, "quantity": {"line.quantity"}, "unitPrice": {"line.price"}, "taxableItems": {"item.vat_rate", "item.vat_type"},
	"commercialDiscountData": {"line.discount"}, "netSale": {"line.price"}, "totalSale": {"line.price"}, "total": {"line.price"},
	"header.receiptNumber": {"order.name"}, "header.sOrderNameCode": {"order.name"}, "header.currency": {"order.currency"},
	"header.salesIssuedDateTime": {"order.created"}, "buyer.id": {"customer.id"}, "buyer.name": {"customer.name"},
	"paymentMethod": {"order.payment"}, "totalAmount": {"order.total"}, "itemData": {"line.sku"},
}

// traced is a fault as a problem of the row that the member was made of: of a line, the row with its code; of the rest,
// the first row that has the field.
func traced(f law.Fault, body []byte, group []pipeline.Record) pipeline.Problem {
	p := pipeline.Problem{Field: f.Path, Rule: f.Rule, With: f.With}
	if len(group) == 0 {
		return p
	}
	p.Origin = group[0].Origin
	rows, member := group, f.Path
	if rest, ok := strings.CutPrefix(f.Path, "itemData["); ok {
		number, after, _ := strings.Cut(rest, "].")
		member, _, _ = strings.Cut(after, "[")
		if n, err := strconv.Atoi(number); err == nil {
			rows = rowsOf(body, n, group)
		}
	}
	for _, r := range rows {
		for _, field := range members[member] {
			if r.Has(field) {
				p = r.Problem(field, f.Rule, f.With)
			}
		}
		if p.Field != f.Path {
			return p
		}
	}
	if len(rows) > 0 {
		p.Origin = rows[0].Origin
	}
	return p
}

// rowsOf are the rows that a line can have been made of: those with its code. Shipping and what else is no article has
// none.
func rowsOf(body []byte, line int, group []pipeline.Record) []pipeline.Record {
	sku, code := law.ItemAt(body, line)
	var rows []pipeline.Record
	for _, r := range group {
		if own := r.Text("line.sku"); own != "" && clean(own, 50) == sku || code != "" && r.Text("item.code") == code {
			rows = append(rows, r)
		}
	}
	return rows
}
