package transform

import (
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"wasl/pipeline"
)

// kinds are those of the sinks, as far as mappings see them.
func kinds() map[string]pipeline.Kind {
	order := fields(`order.id:code order.name:code! order.created:time! order.paid:time order.status:text order.cancelled:time
		order.currency:text order.subtotal:amount order.discount:amount order.discount_code:text order.shipping:amount
		order.shipping_method:text order.taxes:amount order.total:amount order.refunded:amount order.outstanding:amount
		order.payment:text order.note:text order.tags:text order.source:text order.location:text
		customer.name:text customer.phone:text customer.email:text customer.address:text customer.city:text customer.governorate:text
		line.sku:code line.name:text line.quantity:quantity! line.price:amount! line.discount:amount`)
	for i, f := range order { // rows of refunds and payments have none of these
		order[i].Sparse = f.Name == "line.quantity" || f.Name == "line.price"
	}
	sales := fields(`order.updated:time order.closed:time order.cancel_reason:text order.deleted:time order.test:bool order.edited:bool
		order.tax_included:bool order.tip:amount order.duties:amount order.rounding:amount order.current_total:amount order.po:text
		order.tax1:text order.tax1_amount:amount order.tax2:text order.tax2_amount:amount order.tax3:text order.tax3_amount:amount
		order.tax4:text order.tax4_amount:amount order.tax5:text order.tax5_amount:amount customer.id:code customer.tax_no:text
		line.kind:text line.id:code line.allocated:amount line.current:quantity line.tax:amount line.tax_rate:text line.gift_card:bool
		refund.id:code refund.at:time refund.note:text refund.quantity:quantity refund.amount:amount refund.tax:amount refund.restock:text
		payment.id:code payment.kind:text payment.status:text payment.gateway:text payment.amount:amount payment.at:time payment.reference:text`)
	var saleSettings []pipeline.Setting
	for _, name := range []string{"revision", "cancel", "removal", "discount", "tax", "gift_card", "tip", "duties", "rounding", "amount_refund", "csv_partial_refund"} {
		saleSettings = append(saleSettings, pipeline.Setting{Name: name})
	}
	parcels := fields(`order.fulfilled:time fulfillment.id:code fulfillment.at:time fulfillment.status:text fulfillment.quantity:quantity`)
	var receiptSettings []pipeline.Setting
	for _, name := range []string{"due", "gift_card", "tip", "duties", "rounding", "tenders", "amount_refund", "cancel_refund", "added", "before_start", "foreign", "zero", "business", "delivery_mode", "csv_refund"} {
		receiptSettings = append(receiptSettings, pipeline.Setting{Name: name})
	}
	item := fields(`item.code:code item.type:text item.unit:text item.name:text item.vat_type:text item.vat_rate:rate item.taxes:text`)
	return map[string]pipeline.Kind{
		"table.items": {Name: "table.items", Fields: fields(`code:code! name_ar:text name_en:text barcode:code group:text unit:text
			eta_code:code eta_type:text vat_type:text vat_rate:rate taxes:text price:amount parent:text colour:text size:text`)},
		"table.prices": {Name: "table.prices", GroupBy: []string{"list", "code"},
			Fields: fields(`list:code! code:code! price:amount! compare_at:amount cost:amount currency:text unit:text from:date to:date`)},
		"table.branches": {Name: "table.branches", GroupBy: []string{"code"},
			Fields: fields(`code:code! name_ar:text name_en:text location:text eta_branch:code address:text city:text governorate:text phone:code`)},
		"table.codes":   {Name: "table.codes", GroupBy: []string{"list", "code"}, Fields: fields(`list:code! code:code! value:text! name:text`)},
		"table.matches": {Name: "table.matches", GroupBy: []string{"code"}, Fields: fields(`code:code! variant:code by:text name:text`)},
		"shopify.product": {Name: "shopify.product", GroupBy: []string{"group"}, Fields: fields(`group:code code:code sku:code barcode:code
			title:text description:text vendor:text type:text tags:text handle:text option1_name:text option1:text option2_name:text
			option2:text option3_name:text option3:text price:amount compare_at:amount cost:amount weight:quantity weight_unit:text
			hs_code:code origin:code taxable:bool tracked:bool policy:text status:text published:bool`),
			Settings: []pipeline.Setting{{Name: "new_status", Type: pipeline.Text}}},
		"shopify.status": {Name: "shopify.status", Fields: fields(`code:code group:code status:text published:bool name:text`)},
		"shopify.collection": {Name: "shopify.collection", GroupBy: []string{"code"}, Fields: fields(`code:code! title:text description:text
			member:code position:quantity handle:text parent:code parent_title:text publish:bool`)},
		"shopify.stock": {Name: "shopify.stock", GroupBy: []string{"sku", "location"},
			Fields:   fields(`sku:code! location:text! quantity:quantity! warehouse:code name:text barcode:code reserved:quantity buffer:quantity`),
			Settings: []pipeline.Setting{{Name: "quantity", Choices: []string{"", "available", "on_hand"}}}},
		"shopify.image": {Name: "shopify.image", GroupBy: []string{"code"},
			Fields:   fields(`code:code! image:text! position:quantity alt:text variant:code sha256:code remove:bool`),
			Settings: []pipeline.Setting{{Name: "complete", Type: pipeline.Bool}, {Name: "delete", Type: pipeline.Text}, {Name: "on_stale", Type: pipeline.Text}}},
		"shopify.price": {Name: "shopify.price", Fields: fields(`code:code! sku:code barcode:code price:amount! compare_at:amount cost:amount
			list:text currency:code group:text name:text`)},
		"shopify.promotion": {Name: "shopify.promotion", GroupBy: []string{"code"}, Fields: fields(`code:code! sku:code barcode:code
			price:amount percent:rate starts:time ends:time! compare:bool promotion:text name:text`)},
		"shopify.discount": {Name: "shopify.discount", GroupBy: []string{"title"}, Fields: fields(`title:text! code:code automatic:bool
			percent:rate amount:amount value:amount value_type:text each:bool sort:text items:text collections:text class:text starts:time
			ends:time minimum:amount minimum_quantity:quantity usage_limit:quantity once:bool with_order:bool with_product:bool
			with_shipping:bool active:bool`)},
		"shopify.order": {Name: "shopify.order", GroupBy: []string{"order"}, Fields: fields(`order:code! order.id:code order.name:code doc_no:code
			doc_type:text doc_status:text eta_uuid:code eta_status:text eta_qr_url:text tags:text note:text po_number:text`)},
		"shopify.fulfillment": {Name: "shopify.fulfillment", GroupBy: []string{"note"}, Fields: fields(`order.id:code order.name:code note:code! sku:code
			quantity:quantity location:code warehouse:code company:text tracking:code url:text at:time notify:bool cancelled:bool`)},
		"shopify.payment": {Name: "shopify.payment", Fields: fields(`order.id:code order.name:code payment.id:code! amount:amount! currency:code at:time`)},
		"table.customers": {Name: "table.customers", GroupBy: []string{"code"}, Fields: fields(`code:code! name:text phone:code phone2:code email:text
			tax_no:code address:text city:text governorate:text`)},
		"table.customer_matches": {Name: "table.customer_matches", GroupBy: []string{"customer", "other"},
			Fields: fields(`customer:code! other:code! same:text by:text`)},
		"erp.customer": {Name: "erp.customer", Fields: fields(`customer.id:code customer.name:text customer.company:text customer.phone:code
			customer.email:text customer.tax_no:code customer.address:text customer.city:text customer.governorate:text customer.zip:code
			customer.country:text customer.email_consent:text customer.email_consent_at:time customer.sms_consent:text customer.sms_consent_at:time
			customer.note:text customer.tags:text customer.updated:time order.id:code order.name:code order.created:time order.source:text`),
			Settings: []pipeline.Setting{{Name: "from"}, {Name: "guest"}, {Name: "walk_in"}, {Name: "update"}, {Name: "doubt"}, {Name: "governorates"}}},
		"erp.history": {Name: "erp.history", Fields: fields(`history.customer:code! customer.number:code customer.name:text history.currency:text
			history.orders:quantity history.sales:amount! history.returns:amount! history.net:amount! history.pieces:quantity
			history.returned:quantity history.first:date history.last:date history.last_order:code history.last_items:text`)},
		"erp.ack": {Name: "erp.ack", GroupBy: []string{"ack.document"}, Fields: fields(`ack.document:text! ack.status:text ack.number:code ack.error:text ack.at:time`)},
		"erp.payment": {Name: "erp.payment", GroupBy: []string{"payment.group"}, Settings: paySettings, Fields: fields(`payment.group:code! payment.kind:text!? payment.id:code payment.parent:code payment.status:text
			payment.gateway:text!? payment.account:code!? payment.bank:code payment.at:time!? payment.amount:amount!? payment.currency:text payment.fee:amount payment.fee_tax:amount payment.net:amount payment.settled:amount payment.rounding:amount
			payment.reference:text payment.card:text payment.test:bool payment.note:text order.id:code order.name:code payout.charges:amount payout.refunds:amount payout.adjustments:amount
			payout.reserved:amount payout.retried:amount payout.fees:amount`)},
		"erp.settled": {Name: "erp.settled", GroupBy: []string{"settled.line"}, Fields: fields(`settled.line:code! settled.account:code! settled.net:amount! settled.currency:text settled.type:text
			settled.at:time settled.status:text order.name:code payout.id:code payout.day:time`)},
		"courier.order": {Name: "courier.order", GroupBy: []string{"order.name"}, Settings: []pipeline.Setting{{Name: "cod"}}, Fields: fields(`order.name:code! order.id:code
			order.created:time!? order.updated:time order.fulfilled:time order.cancelled:time order.test:bool order.status:text order.payment:text order.currency:text
			order.total:amount!? order.current_total:amount order.outstanding:amount payment.kind:text payment.status:text payment.gateway:text payment.amount:amount
			fulfillment.at:time fulfillment.status:text fulfillment.tracking:text fulfillment.company:text`)},
		"courier.remittance": {Name: "courier.remittance", Fields: fields(`remit.courier:text remit.sheet:code remit.day:date remit.collected_at:date remit.tracking:code
			order.name:code order.id:code remit.reference:code remit.status:text remit.expected:amount remit.amount:amount! remit.fee:amount remit.vat:amount remit.net:amount
			remit.currency:text remit.payout:amount`)},
		"erp.order":   {Name: "erp.order", GroupBy: []string{"order.name"}, Fields: append(order[:len(order):len(order)], sales...), Settings: saleSettings},
		"eta.receipt": {Name: "eta.receipt", GroupBy: []string{"order.name"}, Fields: slices.Concat(order, sales, parcels, item), Settings: receiptSettings},
		"all": {Name: "all", Fields: fields(`label:text code:code amount:amount quantity:quantity rate:rate date:date time:time bool:bool
			other:amount third:amount`)},
	}
}

// fields reads name:type, with ! where it is required.
func fields(list string) []pipeline.Field {
	var out []pipeline.Field
	for _, f := range strings.Fields(list) {
		name, kind, _ := strings.Cut(f, ":")
		kind, sparse := strings.CutSuffix(kind, "!?") // required, and not on every row
		kind, required := strings.CutSuffix(kind, "!")
		t, ok := pipeline.TypeOf(kind)
		if !ok {
			panic(f)
		}
		out = append(out, pipeline.Field{Name: name, Type: t, Required: required || sparse, Sparse: sparse})
	}
	return out
}

func cairo(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Africa/Cairo")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func deps(t testing.TB) Deps {
	return Deps{Kinds: kinds(), Maps: map[string]map[string]string{"shopify.locations": {}}, Zone: cairo(t)}
}

// mustParse parses a mapping that is right.
func mustParse(t testing.TB, text string, d Deps) *Mapping {
	t.Helper()
	m, found := Parse("m.yaml", []byte(text), d)
	for _, f := range found {
		t.Error(f.In("en"))
	}
	if m == nil {
		t.FailNow()
	}
	return m
}

// row makes a row of pairs of header and cell.
func row(pairs ...string) pipeline.Row {
	r := pipeline.Row{Origin: pipeline.Origin{File: "f.csv", Row: 2}}
	for i := 0; i < len(pairs); i += 2 {
		r.Header, r.Cells = append(r.Header, pairs[i]), append(r.Cells, pairs[i+1])
	}
	return r
}

// lines are the findings, one a line.
func lines(found []pipeline.Finding) string {
	var b strings.Builder
	for _, f := range found {
		b.WriteString(f.In("en") + "\n")
	}
	return b.String()
}

// paySettings are the names of the settings of payments.
var paySettings = func() (out []pipeline.Setting) {
	for _, name := range []string{"receivable", "fees", "fees_tax", "bank", "adjustment", "rounding", "change", "balance", "currency", "direct"} {
		out = append(out, pipeline.Setting{Name: name, Type: pipeline.Text})
	}
	return out
}()
