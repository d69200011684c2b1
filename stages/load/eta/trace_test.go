package eta

import (
	"testing"

	"wasl/pipeline"
)

// Where the authority finds fault with a line, the row is that of the line: also where rows stand between that are no
// line of the receipt, such as gift cards, and the refund that a return belongs to.
func TestFault_LeadsToTheRowOfItsLine(t *testing.T) {
	t.Parallel()
	s := demoSink(t, nil)
	card := goodsRow("CARD", "1", "100.00", "line.kind", "item", "line.id", "L2", "line.gift_card", "true", "line.allocated", "0")
	sale := saleOf(t, row{"order.subtotal": "214.00", "order.shipping": "20.00", "order.total": "234.00", "order.paid": "2026-11-23T23:40:00Z"},
		card, // row 2, with what is stated once an order
		goodsRow("MUG", "2", "57.00", "line.kind", "item", "line.id", "L1", "line.allocated", "0"),
		row{"order.name": "#1042", "line.kind": "transaction", "payment.kind": "sale", "payment.status": "success", "payment.gateway": "COD", "payment.amount": "234.00"},
		row{"order.name": "#1042", "line.kind": "shipping", "line.quantity": "1", "line.price": "20.00"},
		refundRow("refund", "refund.amount", "57.00"), // row 6
		refundRow("refund item", "line.id", "L1", "refund.quantity", "1", "refund.amount", "57.00", "refund.restock", "return"))
	doc, problems := build(t, s, sale)
	if len(problems) > 0 || len(doc.Parts) != 1 || len(doc.Parts[0].Wrong) > 0 {
		t.Fatal(problems, doc.Parts)
	}
	if len(doc.From) != len(sale) || len(doc.Parts[0].From) != 2 {
		t.Errorf("made of %v and %v", doc.From, doc.Parts[0].From)
	}
	for _, c := range []struct {
		doc  pipeline.Document
		path string
		row  int
	}{
		{doc, "itemData[0].unitType", 3}, {doc, "itemData[1].unitType", 5}, {doc, "totalAmount", 2},
		{doc.Parts[0], "itemData[0].quantity", 7}, {doc.Parts[0], "totalAmount", 6},
	} {
		if p := (fault{Message: "wrong", Path: text(c.path)}).problem(c.doc, "eta.invalid"); p.Row != c.row {
			t.Errorf("%s of %s leads to row %d, want %d", c.path, c.doc.Key, p.Row, c.row)
		}
	}
}
