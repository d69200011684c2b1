package erp

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// The reference tables in which customers are looked up.
const (
	tableList      = "customers"        // the ERP's own customers
	tableDecisions = "customer_matches" // what persons said of likely duplicates
	tableCodes     = "codes"
)

// Plan finds who of a file's customers is known: to the ERP, by its own list; to wasl,
// by what was sent before or stands in the same file. It gives each the key of whom it
// is, the ERP's number where that is known, and proposes who may be somebody else. What
// changed of the known ones is for Revise to say.
func (c *Customers) Plan(ctx context.Context, q pipeline.Question) (pipeline.Plan, error) {
	p := &planningCustomers{clerk: clerk{c.Sink, customerPolicyOf(c.kind(nil), q.Settings)}, named: q.Named,
		plan: pipeline.Plan{Docs: make([]pipeline.Planned, len(q.Docs))}, at: map[string]int{}}
	for i, doc := range q.Docs {
		p.plan.Docs[i].Doc = doc
	}
	if err := p.read(ctx, q.Docs); err != nil {
		return pipeline.Plan{}, fmt.Errorf("who is known of the customers: %w", err)
	}
	for _, i := range p.byTime(q.Docs) {
		if err := p.one(ctx, i); err != nil {
			return pipeline.Plan{}, fmt.Errorf("who is known of the customers: %w", err)
		}
	}
	return p.plan, nil
}

// planningCustomers is one run of Plan.
type planningCustomers struct {
	clerk
	named func(ctx context.Context, words []string) ([]pipeline.Document, error)
	plan  pipeline.Plan

	said  decisions
	list  crowd                        // of the ERP
	rows  map[string]map[string]string // of its list, by code
	known crowd                        // whom wasl knows: sent before, and of this file
	at    map[string]int               // by key: which document of this file is of them
	codes map[string]string            // of governorates, the ERP's by ours
}

// byTime is the order in which documents are looked at: what was said first comes
// first.
func (p *planningCustomers) byTime(docs []pipeline.Document) []int {
	order, at := make([]int, len(docs)), make([]time.Time, len(docs))
	for i, doc := range docs {
		c, _ := readCustomer(doc.Body) // one that cannot be read is an error of one
		order[i], at[i] = i, c.At
	}
	slices.SortStableFunc(order, func(a, b int) int { return at[a].Compare(at[b]) })
	return order
}

// read reads the tables, and what of the file's customers was sent before.
func (p *planningCustomers) read(ctx context.Context, docs []pipeline.Document) (err error) {
	p.rows, p.codes = map[string]map[string]string{}, map[string]string{}
	if p.tables == nil {
		return p.readSent(ctx, docs)
	}
	if p.said, err = p.decisions(ctx); err != nil {
		return err
	}
	for row, err := range p.tables.Rows(ctx, tableList) {
		if err != nil {
			return err
		}
		p.rows[row.Code] = row.Cols
		p.list.add(listed(row.Code, row.Cols))
	}
	return p.readSent(ctx, docs)
}

// decisions are what persons have said of likely duplicates.
func (s *Sink) decisions(ctx context.Context) (decisions, error) {
	said := decisions{}
	for row, err := range s.tables.Rows(ctx, tableDecisions) {
		if err != nil {
			return nil, err
		}
		if one, ok := yes(row.Cols["same"]); ok {
			said[[2]string{row.Cols["customer"], row.Cols["other"]}] = one
		}
	}
	return said, nil
}

// yes reads a decision; ok is false where it is none.
func yes(text string) (one, ok bool) {
	switch pipeline.Fold(text) {
	case "yes", "true", "y", "same", "نعم", "1":
		return true, true
	case "no", "false", "n", "other", "لا", "0":
		return false, true
	}
	return false, false
}

// listed is a customer of the ERP's list.
func listed(code string, row map[string]string) who {
	w := who{ref: erpRef(code), number: code, name: pipeline.Fold(row["name"]), place: homeOf(row["address"], row["city"])}
	w.phone, _ = phoneKey(row["phone"], "")
	if other, ok := phoneKey(row["phone2"], ""); ok {
		w.phones = []string{other}
	}
	w.email, _ = emailKey(row["email"])
	return w
}

// erpRef is what a customer of the ERP's list is called among ours.
func erpRef(code string) string { return "ERP:" + code }

// readSent finds what was sent before of customers like those of a file, and of whom a
// person said that it is the same as one of them.
func (p *planningCustomers) readSent(ctx context.Context, docs []pipeline.Document) error {
	if p.named == nil {
		return nil
	}
	var words []string
	for _, doc := range docs {
		words = append(words, doc.Words...)
	}
	for pair := range p.said {
		words = append(words, pair[0], pair[1])
	}
	found, err := p.named(ctx, words)
	if err != nil {
		return err
	}
	for _, doc := range found {
		c, err := readCustomer(doc.Body)
		if err != nil || c.Order == nil {
			continue // Revise tells, where it is asked
		}
		w := c.who(doc.Key)
		w.left = doc.State != pipeline.Ready && doc.State != pipeline.Unchanged
		p.known.add(w)
	}
	return nil
}

// one says who a customer of the file is.
func (p *planningCustomers) one(ctx context.Context, i int) error {
	planned := &p.plan.Docs[i]
	c, err := readCustomer(planned.Doc.Body)
	if err != nil {
		return fmt.Errorf("read the body of %s: %w", planned.Doc.Key, err)
	}
	me := c.who(planned.Doc.Key)
	found, doubts := me.pick(p.known.near(me, p.said), p.said)
	if found != nil {
		if why := p.over(me, *found); why != "" {
			p.leave(planned, c, why)
			return nil
		}
		planned.Doc.Key, me.key, me.ref, me.left = found.key, found.key, found.ref, found.left
		me.number = or(me.number, found.number)
	}
	c.Doc.Number = or(me.ref, c.Doc.Number)
	if me.number, err = p.numberOf(ctx, me); err != nil {
		return err
	}
	listed, more := p.inList(me)
	switch {
	case listed != nil:
		me.number, doubts = listed.number, nil
	case found == nil:
		doubts = append(doubts, more...)
	}
	if me.number != "" {
		c.Order["customer.number"] = me.number
	}
	p.doubt(planned, c, doubts)
	return p.place(ctx, i, c, me, listed != nil && !me.left)
}

// over says why somebody of the file is left to whom they were found to be; "" where
// they speak for them. An order does not say what the shop's own list says of its
// customers: it may go to somebody else's door.
func (p *planningCustomers) over(me, found who) string {
	_, here := p.at[found.key]
	switch {
	case found.id != "" && me.id != "" && found.id != me.id:
		return "the same person as " + found.ref + " / هو نفسه " + found.ref
	case p.orders && found.id != "" && (me.id == "" || !here):
		return "known as " + found.ref + " / معروف برقم " + found.ref
	}
	return ""
}

// leave leaves a document out, with nothing of a person in it.
func (p *planningCustomers) leave(planned *pipeline.Planned, c customer, why string) {
	*planned = pipeline.Planned{Doc: leftOut(planned.Doc, c.By), Left: why}
}

// inList finds somebody on the ERP's list: by the number that is known, or as others
// are found.
func (p *planningCustomers) inList(me who) (*who, []likeness) {
	for _, i := range p.list.by["number "+me.number] {
		if me.number != "" {
			return &p.list.all[i], nil
		}
	}
	return me.pick(p.list.near(me, p.said), p.said)
}

// numberOf is the ERP's number of somebody whom it was told of: the one that is known,
// or that its answer gave.
func (p *planningCustomers) numberOf(ctx context.Context, me who) (string, error) {
	if me.number != "" || me.ref == "" {
		return me.number, nil
	}
	return p.numberGiven(ctx, me.ref)
}

// doubt proposes whom somebody may be.
func (p *planningCustomers) doubt(planned *pipeline.Planned, c customer, doubts []likeness) {
	for _, d := range doubts {
		field := "customer." + string(d.why)
		if d.why == likeSeveral {
			field = "customer.name"
		}
		problem := problemOf(planned.Doc, field, pipeline.Rule("customer.like."+string(d.why)), map[string]string{"customer": c.Doc.Number, "other": d.ref})
		problem.Value = c.Order[problem.Field]
		if p.doubtWaits {
			planned.Problems = append(planned.Problems, problem)
			continue
		}
		p.plan.Notes = append(p.plan.Notes, problem)
	}
}

// place puts what is known now into a document, and the document in the place of an
// earlier one of the same customer. listed: the ERP has them, and wasl has not told it
// anything of them before.
func (p *planningCustomers) place(ctx context.Context, i int, c customer, me who, listed bool) error {
	planned := &p.plan.Docs[i]
	if wrong, err := p.governorate(ctx, planned.Doc, c); err != nil {
		return err
	} else if wrong != nil {
		planned.Problems = append(planned.Problems, *wrong)
	}
	p.unread(planned.Doc, c)
	if before, twice := p.at[me.key]; twice && me.key != "" {
		was, err := readCustomer(p.plan.Docs[before].Doc.Body)
		if err != nil {
			return err
		}
		if was.Order != nil && p.orders { // what the later order leaves open, an earlier one said
			for f, text := range was.Order {
				c.Order[f] = or(c.Order[f], text)
			}
			work(c.Order)
			p.leave(&p.plan.Docs[before], was, "a later order of the file says it / يذكره طلب أحدث في الملف")
		}
	}
	now := c.who(me.key)
	now.ref, now.number, now.left = me.ref, me.number, me.left
	planned.Doc.Words, planned.Doc.Print = c.words(me.ref), printed(c.Order)
	planned.Doc.Name = me.ref
	if listed && len(planned.Problems) == 0 {
		p.listed(planned, c, me.number)
	} else {
		planned.Doc.Body = mustJSON(c)
	}
	if len(planned.Problems) == 0 {
		p.at[me.key] = i
		p.known.add(now)
	}
	return nil
}

// listed makes a document of a customer whom the ERP has an update of what it has not,
// or has otherwise.
func (p *planningCustomers) listed(planned *pipeline.Planned, c customer, number string) {
	row, has := p.rows[number], map[string]string{}
	for field, text := range c.Order {
		has[field] = text
		col, ok := strings.CutPrefix(field, "customer.")
		if !ok || !slices.Contains(listColumns, col) {
			continue
		}
		if !sameField(col, text, row) {
			has[field] = row[col]
		}
	}
	changes := changesOf(has, c.Order)
	c.Doc.Type, c.Doc.Of = typeUpdate, c.Doc.Number
	doc, problems := p.update(planned.Doc, c, c.Order, changes)
	doc.Name = c.Doc.Number
	planned.Doc, planned.Problems, planned.Same = doc, problems, len(changes) == 0
}

// listColumns are the columns of the ERP's list that a customer is held against.
var listColumns = []string{"name", "phone", "email", "tax_no", "address", "city", "governorate"}

// sameField tells whether the ERP's list says the same of a customer.
func sameField(col, text string, row map[string]string) bool {
	switch col {
	case "phone":
		w := listed("", row)
		return text == w.phone || slices.Contains(w.phones, text)
	case "governorate":
		g, _, ok := governorateOf(row[col])
		return ok && g.code == text
	}
	return pipeline.Fold(text) == pipeline.Fold(row[col])
}

// governorate puts in the code that the ERP has for a governorate.
func (p *planningCustomers) governorate(ctx context.Context, doc pipeline.Document, c customer) (*pipeline.Problem, error) {
	code := c.Order["customer.governorate"]
	if p.governorates == "" || code == "" || p.tables == nil || !isEgypt(c.Order["customer.country"]) {
		return nil, nil
	}
	value, known := p.codes[code]
	if !known {
		row, err := p.tables.Row(ctx, tableCodes, p.governorates+"/"+code)
		if err != nil && !errors.Is(err, pipeline.ErrNotFound) {
			return nil, err
		}
		value = row.Cols["value"]
		p.codes[code] = value
	}
	if value == "" {
		problem := problemOf(doc, "customer.governorate", "customer.governorate_code", map[string]string{"code": code, "list": p.governorates})
		problem.Value = code
		return &problem, nil
	}
	c.Order["customer.governorate_code"] = value
	return nil, nil
}

// unread tells of a telephone or an address of mail that is none: the customer goes, but
// nobody is known by it.
func (p *planningCustomers) unread(doc pipeline.Document, c customer) {
	note := func(field string, rule pipeline.Rule, ok bool) {
		if text := c.Order[field]; text != "" && !ok {
			problem := problemOf(doc, field, rule, map[string]string{"key": c.Doc.Number})
			problem.Value = text
			p.plan.Notes = append(p.plan.Notes, problem)
		}
	}
	_, ok := phoneKey(c.Order["customer.phone"], c.Order["customer.country"])
	note("customer.phone", "customer.phone", ok)
	_, ok = emailKey(c.Order["customer.email"])
	note("customer.email", "customer.email", ok)
}
