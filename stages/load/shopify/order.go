package shopify

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// orderDesk writes back on orders what the ERP and the tax authority made of them:
// numbers, states and links as metafields, tags, a note, the buyer's own number.
//
// What a file does not speak of stays: metafields are set one by one, tags are added,
// and nothing is ever sent that replaces a list. A shipping address never leaves from
// here: since 2026-10 it makes Shopify work the taxes out again.
type orderDesk struct{ *Sink }

// kindOrder is the kind of what is written back.
const kindOrder = "shopify.order"

// How much leaves at a time.
const (
	orderBatch = 60    // orders of one batch: ten calls of metafieldsSet where each has four
	orderAbove = 250   // orders of a job; more leave by bulk operations
	orderBulk  = 5_000 // orders of one bulk operation
)

// What Shopify takes.
const (
	maxOrderTag = 40  // letters of a tag of an order
	maxOwnText  = 255 // letters of one of our texts, as the admin shows them
)

// writeback is the body of a document of shopify.order: what an order is to carry.
// Build fills in what the file says, Plan the rest. A field that is absent is one
// that the file does not speak of.
type writeback struct {
	Order  orderRef            `json:"order"`
	Fields map[string]string   `json:"fields,omitempty"` // of ours, by their keys; "": it is taken away, of a wish that puts back
	More   map[string][]string `json:"more,omitempty"`   // numbers that are added to what a field lists
	Tags   []string            `json:"tags,omitempty"`
	Untag  []string            `json:"untag,omitempty"` // of a wish that puts back
	Note   *string             `json:"note,omitempty"`
	PO     *string             `json:"poNumber,omitempty"`

	inked
}

// inked is what Plan adds: which order is meant, and what of it changes.
type inked struct {
	GID    string            `json:"orderId,omitempty"`
	Set    map[string]string `json:"set,omitempty"` // metafields by key; "": it is deleted
	Tag    []string          `json:"tag,omitempty"`
	Drop   []string          `json:"drop,omitempty"`   // tags that are taken off
	Update map[string]string `json:"update,omitempty"` // note, poNumber
	Was    map[string]string `json:"was,omitempty"`    // what changes, as it was read: keys of Set and Update
	Done   int               `json:"done,omitempty"`   // stages that have arrived: see stage
}

func (s orderDesk) scopes() []string { return []string{"read_orders", "write_orders"} }

func (s orderDesk) kind() pipeline.Kind {
	return pipeline.Kind{
		Name:     kindOrder,
		Help:     "what is written back on an order: the ERP's number, the receipt of the tax authority, tags",
		GroupBy:  []string{"order"},
		Settled:  true,
		Build:    buildWriteback,
		Batch:    orderBatch,
		Bulk:     pipeline.Bulk{Above: orderAbove, Batch: orderBulk},
		Freeze:   freezeWriteback,
		Settings: []pipeline.Setting{staleSetting},
		Fields: append([]pipeline.Field{
			{Name: "order", Type: pipeline.Code, Required: true, Help: "which order: its name, or its id; rows of one are one document. It is found by the two fields below where they are there"}}, append(slices.Clone(orderFields),
			pipeline.Field{Name: "doc_no", Type: pipeline.Code, Help: "the ERP's number of its document"},
			pipeline.Field{Name: "doc_type", Type: pipeline.Text, Help: "what the document is: sale (also empty) or revision; credit and cancellation have fields of their own, where all their numbers are listed"},
			pipeline.Field{Name: "doc_status", Type: pipeline.Text, Help: "refused: the ERP did not take the document, and nothing of the row is written"},
			pipeline.Field{Name: "eta_uuid", Type: pipeline.Code, Help: "the tax authority's name for the receipt"},
			pipeline.Field{Name: "eta_status", Type: pipeline.Text, Help: "how it stands there"},
			pipeline.Field{Name: "eta_qr_url", Type: pipeline.Text, Help: "the link in its QR code"},
			pipeline.Field{Name: "tags", Type: pipeline.Text, Help: "tags that are added, by commas; those that are there stay"},
			pipeline.Field{Name: "note", Type: pipeline.Text, Help: "the order's note, in place of what it was"},
			pipeline.Field{Name: "po_number", Type: pipeline.Text, Help: "the order's purchase order number"},
		)...),
	}
}

// docKeys are our fields for the number of a document, by what it is. The numbers
// of credit notes and cancellations are listed: an order may have several.
var docKeys = map[string]string{"": keyDocNo, "sale": keyDocNo, "revision": keyDocNo, "credit": keyCreditNo, "cancellation": keyCancelNo}

// buildWriteback makes the document of the rows of one order. A later row replaces
// what an earlier one says of the same field, as a revision does.
func buildWriteback(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	ref, problems := orderRefOf(group[0])
	w := writeback{Order: ref, Fields: map[string]string{}, More: map[string][]string{}}
	doc := pipeline.Document{Name: ref.said()}
	for _, r := range group {
		doc.From = append(doc.From, r.At("doc_no"))
		problems = append(problems, w.row(r)...)
	}
	if ref.said() == "" {
		return doc, problems
	}
	doc.Key, doc.Words = "order/"+ref.key(), ref.words()
	for _, no := range append([]string{w.Fields[keyDocNo]}, slices.Concat(w.More[keyCreditNo], w.More[keyCancelNo])...) {
		doc.Words = append(doc.Words, no)
	}
	doc.Words = distinct(doc.Words)
	doc.Body = packed(w)
	doc.Print = string(doc.Body)
	return doc, problems
}

// row takes what one row says.
func (w *writeback) row(r pipeline.Record) (problems []pipeline.Problem) {
	if strings.EqualFold(r.Text("doc_status"), "refused") {
		return nil
	}
	if no := oneLine(r.Text("doc_no")); no != "" {
		switch key, known := docKeys[strings.ToLower(r.Text("doc_type"))]; {
		case !known:
			problems = append(problems, r.Problem("doc_type", "order.doctype", map[string]string{"given": r.Text("doc_type"), "known": "sale, revision, credit, cancellation"}))
		case key == keyDocNo:
			w.Fields[key] = no
		case !slices.Contains(w.More[key], no):
			w.More[key] = append(w.More[key], no)
		}
	}
	for field, key := range map[string]string{"eta_uuid": keyETAUUID, "eta_status": keyETAStatus, "eta_qr_url": keyETAURL} {
		if text := oneLine(r.Text(field)); text != "" {
			w.Fields[key] = text
		}
	}
	for _, field := range []string{"doc_no", "eta_uuid", "eta_status"} {
		if n := len([]rune(r.Text(field))); n > maxOwnText {
			problems = append(problems, r.Problem(field, "order.long", map[string]string{"count": strconv.Itoa(n), "most": strconv.Itoa(maxOwnText)}))
		}
	}
	if link := r.Text("eta_qr_url"); link != "" && !isLink(link) {
		problems = append(problems, r.Problem("eta_qr_url", "order.link", map[string]string{"given": link}))
	}
	for tag := range strings.FieldsFuncSeq(r.Text("tags"), func(c rune) bool { return c == ',' || c == '،' }) {
		tag = oneLine(tag)
		switch {
		case tag == "" || hasTag(w.Tags, tag):
		case len([]rune(tag)) > maxOrderTag:
			problems = append(problems, r.Problem("tags", "order.tag", map[string]string{"given": tag, "most": strconv.Itoa(maxOrderTag)}))
		default:
			w.Tags = append(w.Tags, tag)
		}
	}
	if r.Text("note") != "" {
		text := r.Text("note")
		w.Note = &text
	}
	if r.Text("po_number") != "" {
		text := oneLine(r.Text("po_number"))
		w.PO = &text
	}
	return problems
}

// oneLine is a text without the breaks that a cell may have inside: Shopify refuses
// them in a text of one line.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// isLink tells whether Shopify takes a text as a url.
func isLink(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
