package erp

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

// A customer is the body of a customer's document. It has the form of a sale with one
// line and no amounts, so that all that writes, numbers, finds and confirms documents
// serves it as well. Order are the fields that the ERP is told.
type customer struct {
	sale
	State map[string]string `json:"state,omitempty"` // all that the ERP has been told, where Order is not that
	Empty []string          `json:"empty,omitempty"` // fields whose cells were there, and empty
	At    time.Time         `json:"at,omitzero"`     // of what it says; zero: not said
	By    []string          `json:"by,omitempty"`    // of orders: the name and the number of the order that says it
}

func readCustomer(body json.RawMessage) (c customer, err error) {
	return c, json.Unmarshal(body, &c)
}

// state are the fields as they stand once the document is booked.
func (c customer) state() map[string]string {
	if c.State != nil {
		return c.State
	}
	return c.Order
}

// A clerk makes customers' documents under the settings of one flow.
type clerk struct {
	*Sink
	customerPolicy
}

// build makes the document of one customer: of a row, or of the rows of an order. It is
// pure: who that customer is, is told by Plan.
func (k clerk) build(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	o := ordered{group}
	c := customer{At: o.first("customer.updated").Date("customer.updated")}
	if k.orders {
		c.At = o.first("order.created").Date("order.created")
		c.By = []string{o.text("order.name"), o.text("order.id")}
	}
	var problems []pipeline.Problem
	c.Order, c.Empty, problems = k.told(o)
	key, ref := k.named(o, c.Order)
	doc := pipeline.Document{Key: key, Name: ref}
	c.Doc, c.Lines = told{Type: typeCreate, Number: ref, At: c.At}, []line{{}}
	if doc.Left = k.left(c.Order, strings.EqualFold(o.text("order.source"), "pos")); doc.Left != "" {
		return leftOut(doc, c.By), nil
	}
	switch {
	case key == "":
		problems = append(problems, o.first("customer.name").Problem("customer.id", "customer.who", nil))
	case k.orders && k.walkIn == "" && (anonymous(c.Order) || guest(c.Order) && k.sendsGuests):
		problems = append(problems, o.first("order.name").Problem("order.name", "customer.walkin", map[string]string{"order": o.text("order.name")}))
	case c.Order["customer.name"] == "":
		problems = append(problems, o.first("customer.name").Problem("customer.name", "customer.name", map[string]string{"key": ref}))
	}
	doc.Words = c.words(ref)
	doc.Print = printed(c.Order)
	problems = append(problems, k.layout.unwritable(c.sale, group, o)...)
	doc.Body = mustJSON(c)
	return doc, problems
}

// leftOut is a document that does not leave: nothing of a person is kept with it. Its
// key is that of the order, so that it takes nobody's place.
func leftOut(doc pipeline.Document, by []string) pipeline.Document {
	if len(by) > 0 {
		doc.Key = "order/" + or(by[1], by[0]) + "/customer"
	}
	return pipeline.Document{Key: doc.Key, Kind: doc.Kind, Name: doc.Name, From: doc.From, Left: doc.Left, Words: by, Body: mustJSON(struct{}{})}
}

// told are the fields of a customer as they are written, and those that are empty.
func (k clerk) told(o ordered) (said map[string]string, empty []string, problems []pipeline.Problem) {
	said = map[string]string{}
	for _, f := range customerFields {
		if !strings.HasPrefix(f.Name, "customer.") || f.Name == "customer.updated" {
			continue
		}
		v := o.first(f.Name).Value(f.Name)
		switch {
		case v.Set:
			said[f.Name] = plain(f.Type, v)
		case v.Col > 0 && !v.Bad && !k.orders: // an order says nothing of what it leaves empty
			empty = append(empty, f.Name)
		}
	}
	if key, ok := phoneKey(said["customer.phone"], said["customer.country"]); ok {
		said["customer.phone"] = key
	}
	if mail := said["customer.email"]; mail != "" {
		said["customer.email"] = strings.ToLower(mail)
	}
	for _, f := range []string{"customer.email_consent", "customer.sms_consent"} {
		if word, ok := said[f]; ok {
			said[f] = consent(word)
		}
	}
	if said["customer.country"] != "" {
		said["customer.country"] = strings.ToUpper(said["customer.country"])
	}
	if place := said["customer.governorate"]; place != "" && isEgypt(said["customer.country"]) {
		g, near, ok := governorateOf(place)
		if !ok {
			problems = append(problems, o.first("customer.governorate").Problem("customer.governorate", "customer.governorate", map[string]string{"near": strings.Join(near, "; ")}))
		} else {
			said["customer.governorate"] = g.code
		}
	}
	work(said)
	return said, empty, problems
}

func isEgypt(country string) bool {
	switch pipeline.Fold(country) {
	case "", "eg", "egy", "egypt", "مصر":
		return true
	}
	return false
}

// work fills in what follows from other fields.
func work(said map[string]string) {
	delete(said, "customer.governorate_ar")
	delete(said, "customer.governorate_en")
	if i := slices.IndexFunc(governorates, func(g governorate) bool { return g.code == said["customer.governorate"] }); i >= 0 {
		said["customer.governorate_ar"], said["customer.governorate_en"] = governorates[i].ar, governorates[i].en
	}
	delete(said, "customer.phone_local")
	if phone := said["customer.phone"]; phone != "" {
		if national, ok := strings.CutPrefix(phone, "+20"); ok {
			phone = "0" + national
		}
		said["customer.phone_local"] = phone
	}
}

// consent is whether marketing is agreed to, in the words of the shop's API in small
// letters; an export says yes or no.
func consent(word string) string {
	switch folded := pipeline.Fold(word); folded {
	case "yes", "true", "نعم", "1":
		return "subscribed"
	case "no", "false", "لا", "0":
		return "not_subscribed"
	default:
		return strings.ReplaceAll(folded, " ", "_")
	}
}

// named are the key of a customer and what people call it. They hold nothing of a
// person: keys stand in logs. A guest is named by the order that first brought them.
func (k clerk) named(o ordered, said map[string]string) (key, ref string) {
	base := k.cfg.ofShop("customer/")
	switch id, order := said["customer.id"], o.text("order.name"); {
	case id != "":
		return base + id, "C-" + id
	case order != "":
		return base + "guest/" + or(o.text("order.id"), order), "G-" + strings.TrimPrefix(order, "#")
	}
	for _, field := range []string{"customer.email", "customer.phone"} { // of an export without the shop's numbers
		if said[field] != "" {
			return base + "export/" + shortOf(said[field]), "X-" + shortOf(said[field])
		}
	}
	return "", ""
}

// shortOf stands for a text that is too long for a number, or nobody's business in a key.
func shortOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:5])
}

// guest tells whether an order is of nobody whom the shop has a number for.
func guest(said map[string]string) bool { return said["customer.id"] == "" }

// anonymous tells whether an order names nobody that could be known again.
func anonymous(said map[string]string) bool {
	return guest(said) && said["customer.phone"] == "" && said["customer.email"] == ""
}

// left says why an order makes no customer; "" where it does, or where no account of
// walk-in customers is named for it. counter: it was placed at the shop's own.
func (k clerk) left(said map[string]string, counter bool) string {
	switch {
	case !k.orders || !guest(said):
	case k.walkIn != "" && (k.sendsGuests || anonymous(said) && (counter || !k.skipsGuests)):
		return "walk-in account " + k.walkIn + " / حساب العميل النقدي " + k.walkIn
	case k.skipsGuests && !(counter && anonymous(said)):
		return "a guest / ضيف"
	}
	return ""
}

// words are what a customer is found again by: by people, and by Plan.
func (c customer) words(ref string) []string {
	w := c.who("")
	var out []string
	for _, word := range append([]string{ref, w.id, w.phone, c.state()["customer.phone_local"], w.email, w.placeWord()}, c.By...) {
		if word != "" {
			out = append(out, word)
		}
	}
	return out
}

// printed is what counts as a change of a customer: what the ERP is told, but not the
// number that it gave itself, nor when a consent was said again.
func printed(said map[string]string) string {
	counts := maps.Clone(said)
	for _, f := range []string{"customer.number", "customer.phone_local", "customer.governorate_ar", "customer.governorate_en", "customer.governorate_code",
		"customer.email_consent_at", "customer.sms_consent_at"} {
		delete(counts, f)
	}
	return string(mustJSON(counts))
}

// revise makes of what is said of a customer now the update that follows what the ERP
// was told last: nothing where nothing changed. It is pure.
func (k clerk) revise(last, next pipeline.Document) (pipeline.Document, []pipeline.Problem) {
	was, errWas := readCustomer(last.Body)
	is, errIs := readCustomer(next.Body)
	if errWas != nil || errIs != nil || was.Order == nil {
		return next, []pipeline.Problem{problemOf(next, "customer.id", "sale.body", nil)}
	}
	if next.State == pipeline.Skipped {
		return next, nil
	}
	state := maps.Clone(was.state())
	for _, f := range is.Empty {
		if _, said := is.state()[f]; !said {
			delete(state, f)
		}
	}
	for f, text := range is.state() {
		if !k.orders || pipeline.Fold(text) != pipeline.Fold(state[f]) { // buyers write their names now so, now so
			state[f] = text
		}
	}
	work(state)
	changes := changesOf(was.state(), state)
	next.Print = printed(state)
	if len(changes) == 0 {
		next.State = pipeline.Unchanged
		return next, nil
	}
	ref := or(was.Doc.Of, was.Doc.Number)
	is.Doc = told{Type: typeUpdate, Of: ref, Revision: was.Doc.Revision + 1, At: is.At}
	is.Doc.Number = ref + "-R" + strconv.Itoa(is.Doc.Revision)
	return k.update(next, is, state, changes)
}

// update makes a document an update of so many fields.
func (k clerk) update(doc pipeline.Document, c customer, state map[string]string, changes []pipeline.Change) (pipeline.Document, []pipeline.Problem) {
	c.Order, c.State = state, nil
	for _, ch := range changes {
		c.Doc.Changed = append(c.Doc.Changed, ch.Field)
	}
	if k.changes {
		c.State, c.Order = state, only(state, c.Doc.Changed)
	}
	doc.Name, doc.Changes, doc.State = c.Doc.Number, changes, pipeline.Ready
	doc.Words = append(c.words(c.Doc.Of), c.Doc.Number)
	doc.Body = mustJSON(c)
	if p, bad := k.layout.unwritten(c.sale, doc); bad {
		return doc, []pipeline.Problem{p}
	}
	return doc, nil
}

// changesOf are the fields that differ, in their order.
func changesOf(was, is map[string]string) []pipeline.Change {
	var out []pipeline.Change
	for _, f := range customerFields {
		if f.Name != "customer.updated" && !strings.HasSuffix(f.Name, "_consent_at") && was[f.Name] != is[f.Name] {
			out = append(out, pipeline.Change{Field: f.Name, Old: was[f.Name], New: is[f.Name]})
		}
	}
	return out
}

// only are the fields that changed, with what follows from them and what names the
// customer.
func only(state map[string]string, changed []string) map[string]string {
	out := map[string]string{}
	for _, f := range append([]string{"customer.id", "customer.number"}, changed...) {
		for _, name := range []string{f, f + "_at", f + "_ar", f + "_en", f + "_code", f + "_local"} {
			if text, ok := state[name]; ok {
				out[name] = text
			}
		}
	}
	return out
}

// olderCustomer tells whether a file says what was so before what another one said.
func olderCustomer(last, next pipeline.Document) bool {
	was, errWas := readCustomer(last.Body)
	is, errIs := readCustomer(next.Body)
	return errWas == nil && errIs == nil && !was.At.IsZero() && !is.At.IsZero() && is.At.Before(was.At)
}
