package eta

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"wasl/pipeline"
)

// From the place in a receipt that the authority names, back to the field and the row that it was made of. Paths are
// written in many ways: itemData[3].unitType, receipts[0].itemData[3].unitType, #/itemData/3/unitType,
// $.document.itemData.3.unitType.

// A spot is a path taken apart.
type spot struct {
	line   int    // of itemData, counted from 0; -1: of the receipt as a whole
	member string // within the line or the receipt, in small letters: unittype, header.receiptnumber, taxtotals
}

// wrappers are what may stand before the receipt in a path.
var wrappers = map[string]bool{"receipts": true, "receipt": true, "document": true, "documents": true, "rawdocument": true}

// readPath takes a path apart.
func readPath(path string) spot {
	tokens := strings.FieldsFunc(strings.ToLower(path), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for len(tokens) > 0 && (wrappers[tokens[0]] || isNumber(tokens[0])) {
		tokens = tokens[1:]
	}
	at := spot{line: -1}
	if len(tokens) > 1 && tokens[0] == "itemdata" && isNumber(tokens[1]) {
		at.line, _ = strconv.Atoi(tokens[1]) // it is one
		tokens = tokens[2:]
	}
	var names []string
	for _, t := range tokens {
		if !isNumber(t) {
			names = append(names, t)
		}
	}
	at.member = strings.Join(names, ".")
	return at
}

func isNumber(text string) bool {
	_, err := strconv.Atoi(text)
	return err == nil
}

// lineFields are our fields for the members of a line.
var lineFields = map[string]string{
	"itemcode": "item.code", "itemtype": "item.type", "unittype": "item.unit", "description": "item.name", "internalcode": "line.sku",
	"quantity": "line.quantity", "unitprice": "line.price", "commercialdiscountdata": "line.discount", "itemdiscountdata": "line.discount",
	"total": "line.price", "totalsale": "line.price", "netsale": "line.price", "taxableitems": "item.vat_type",
	"taxableitems.rate": "item.vat_rate", "taxableitems.amount": "item.vat_rate", "taxableitems.subtype": "item.vat_type",
}

// receiptFields are those for the members of the receipt. The seller is a matter of the settings.
var receiptFields = map[string]string{
	"header.receiptnumber": "order.name", "header.sordernamecode": "order.name", "header.currency": "order.currency", "receiptnumber": "order.name",
	"buyer": "customer.id", "buyer.id": "customer.id", "buyer.name": "customer.name", "currency": "order.currency",
	"totalamount": "order.total", "netamount": "order.total", "totalsales": "order.subtotal", "taxtotals": "order.taxes", "totalcommercialdiscount": "order.discount",
	"extrareceiptdiscountdata": "order.discount", "paymentmethod": "order.payment",
	"seller.rin": "eta.seller.rin", "seller.companytradename": "eta.seller.trade_name", "seller.branchcode": "eta.seller.branch_code",
	"seller.activitycode": "eta.seller.activity_code", "seller.deviceserialnumber": "eta.pos.serial", "seller.syndicatelicensenumber": "eta.seller.syndicate_license",
	"seller.branchaddress": "eta.seller.address", "documenttype": "eta.receipt_type", "documenttype.receipttype": "eta.receipt_type",
}

// fieldOf is our field for a member: of its whole path, or else of what holds it.
func fieldOf(fields map[string]string, member string) string {
	for m := member; m != ""; {
		if f, ok := fields[m]; ok {
			return f
		}
		dot := strings.LastIndexByte(m, '.')
		m = m[:max(dot, 0)]
	}
	return ""
}

// lead puts the rows of a receipt's lines, in their order, before the other rows that it is made of: by them a fault
// leads back (see problem). Lines behind one that has no row cannot be led back.
func lead(lines []pipeline.Origin, group []pipeline.Record) []pipeline.Origin {
	end := slices.Index(lines, pipeline.Origin{})
	if end < 0 {
		end = len(lines)
	}
	all := slices.Clone(lines[:end])
	for _, r := range group {
		if !slices.Contains(all, r.Origin) {
			all = append(all, r.Origin)
		}
	}
	return all
}

// problem puts a fault beside the row that its path leads to. The rows of the receipt's lines come first among the
// document's, in the order of the lines (see lead); the line of shipping, which need not have a row of its own, and the
// receipt as a whole belong to the topmost.
func (f fault) problem(doc pipeline.Document, rule pipeline.Rule) pipeline.Problem {
	where := string(cmp.Or(f.Path, f.Target))
	english, arabic := f.inEach()
	p := pipeline.Problem{Rule: rule, With: with("code", string(cmp.Or(f.Code, f.ErrorCode, "-")), "said", f.words(), "path", cmp.Or(where, "-"),
		"english", english, "arabic", arabic)}
	at, row := readPath(where), topmost(doc.From)
	switch {
	case at.line < 0:
		p.Field = fieldOf(receiptFields, at.member)
	case at.line < len(doc.From):
		row, p.Field = at.line, fieldOf(lineFields, at.member)
	default:
		p.Field = "order.shipping"
	}
	if row < len(doc.From) {
		p.Origin = doc.From[row]
	}
	return p
}

// topmost is where the row stands that is the first in its file: the one with what is stated once an order.
func topmost(rows []pipeline.Origin) int {
	at := 0
	for i := range rows {
		if rows[i].Row < rows[at].Row {
			at = i
		}
	}
	return at
}
