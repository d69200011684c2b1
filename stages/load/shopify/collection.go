package shopify

import (
	"slices"
	"strconv"
	"strings"

	"wasl/pipeline"
)

// collectionDesk makes collections of groups of the ERP, and keeps who belongs to
// them.
//
// Whose a member is has to be known without a ledger. A collection that carries our
// key wasl.collection has a source of ours, called wasl: what wasl puts in stands
// there. Taken out of it is only what the ERP knows, which carries wasl.item_group
// or is named elsewhere in the same file, and is not in the group of the file any
// more. What a person put in, into our source or into one of theirs, and the ERP
// does not know, stays, unless the flow says exact. A person who wants a product of
// the ERP in for good puts it into a source of theirs, or into a collection of theirs.
type collectionDesk struct{ *Sink }

// kindCollection is the kind of collections.
const kindCollection = "shopify.collection"

// ownSource is what our source of a collection is called.
const ownSource = "wasl"

// How much goes in one call, and in one batch.
const (
	perSelection    = 250 // members put in and taken out by one call
	perCollection   = 25  // collections read with their members by one call
	collectionBatch = 25
)

// The choices of settings.
const (
	membersKeep, membersExact, membersAdd = "keep", "exact", "add"
	emptyKeep, emptyHide                  = "keep", "unpublish"
	levelsOwn, levelsAll                  = "own", "all"
	matchHandle, matchTitle               = "handle", "title"
)

// assortment is the body of a document of shopify.collection: what a collection is
// to be. Build fills in what the file says, Plan the rest. A member that is nil, or
// empty, is one that the file does not speak of.
type assortment struct {
	Code      string   `json:"code"`
	Title     *string  `json:"title,omitempty"`
	HTML      *string  `json:"descriptionHtml,omitempty"`
	Handle    string   `json:"handle,omitempty"` // of one that is to be made, or to be found
	Parent    string   `json:"parent,omitempty"`
	Above     string   `json:"parentTitle,omitempty"`
	Lists     bool     `json:"lists,omitempty"` // it says who belongs to it
	Members   []member `json:"members,omitempty"`
	Ranked    bool     `json:"ranked,omitempty"` // the members stand in an order of the file
	Published *bool    `json:"published,omitempty"`
	Put       []string `json:"put,omitempty"`  // of a wish that puts back: gids of products that were taken out
	Take      []string `json:"take,omitempty"` // and of those that were put in

	racked
}

// member is what a row says of who belongs to a collection.
type member struct {
	Code string `json:"code"`          // of an item or an item group, or a product's handle
	Row  int    `json:"row,omitempty"` // which of Document.From it comes from
}

// racked is what Plan adds: which collection is meant, and what it takes.
type racked struct {
	ID      string            `json:"collectionId,omitempty"` // gid; "": it is to be made
	Adopt   bool              `json:"adopted,omitempty"`      // it was there before us, and gets our key
	Below   []string          `json:"below,omitempty"`        // codes of members of the groups below
	Set     map[string]string `json:"set,omitempty"`          // fields that change, by the API's names
	Was     map[string]string `json:"was,omitempty"`          // what they were when they were read
	Add     []entry           `json:"add,omitempty"`
	Drop    []entry           `json:"drop,omitempty"`
	Show    *bool             `json:"show,omitempty"` // it is to be published, or no longer
	Channel string            `json:"publicationId,omitempty"`
	Rounds  int               `json:"rounds,omitempty"` // how often Shopify has worked on it
}

// entry is a product that is put in or taken out.
type entry struct {
	ID  string `json:"id"`            // gid
	Row int    `json:"row,omitempty"` // which of Document.From it comes from
}

// wish is the body without what Plan added, but for what a memo cannot find again.
func (w assortment) wish() assortment {
	w.racked = racked{Below: w.Below}
	return w
}

func (s collectionDesk) kind() pipeline.Kind {
	return pipeline.Kind{
		Name:    kindCollection,
		Help:    "a collection of products: a group of the ERP and what belongs to it",
		GroupBy: []string{"code"},
		Joined:  true,
		Settled: true,
		Last:    true,
		Build:   buildAssortment,
		Batch:   collectionBatch,
		Settings: []pipeline.Setting{
			{Name: "match", Choices: []string{"", matchHandle, matchTitle}, Help: "how a collection is found that does not carry our key yet, and is to be ours from then on; else it is left alone, and the group held"},
			{Name: "items", Form: matchSetting.Form, Fits: matchSetting.Fits, Help: "how members are found in the shop, in this order: our own id, what a person matched, barcode, SKU"},
			{Name: "members", Choices: []string{membersKeep, membersExact, membersAdd}, Default: membersKeep, Help: "what is not in the group: goes if the ERP knows it (keep), goes whoever put it in (exact), or stays (add)"},
			{Name: "empty", Choices: []string{emptyKeep, emptyHide}, Default: emptyKeep, Help: "a collection without members: stays as it is, or is not shown"},
			{Name: "levels", Choices: []string{levelsOwn, levelsAll}, Default: levelsOwn, Help: "a group has its own members only, or those of the groups below as well, by the column parent"},
			{Name: "complete", Type: pipeline.Bool, Default: "false", Help: "the file lists all groups: collections of ours that it lacks are not shown any more; nothing is deleted"},
			{Name: "publish", Default: onlineStore, Help: "where collections are shown: a channel's handle, or the gid of a publication"},
			staleSetting,
		},
		Fields: []pipeline.Field{
			{Name: "code", Type: pipeline.Code, Required: true, Help: "the group's code: rows of one code are one collection"},
			{Name: "title", Type: pipeline.Text, Help: "the collection's name; the code where there is none"},
			{Name: "description", Type: pipeline.Text, Help: "plain text or HTML"},
			{Name: "member", Type: pipeline.Code, Help: "an item or item group that belongs to it, or a product's handle: a row each"},
			{Name: "position", Type: pipeline.Quantity, Help: "the member's place in a new collection; later its order is the merchant's"},
			{Name: "handle", Type: pipeline.Text, Help: "the last part of a new collection's address; never changed"},
			{Name: "parent", Type: pipeline.Code, Help: "the code of the group above"},
			{Name: "parent_title", Type: pipeline.Text, Help: "its name, where it has no rows of its own"},
			{Name: "publish", Type: pipeline.Bool, Help: "whether it is shown where the setting publish says; a new one is not, where this says nothing"},
		},
	}
}

// buildAssortment makes the document of the rows of one group.
func buildAssortment(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	a := agreeing{rows: group}
	w := assortment{Code: group[0].Text("code"), Lists: true, Handle: a.one("handle"), Parent: a.one("parent"), Above: a.one("parent_title")}
	doc := pipeline.Document{Name: w.Code, Words: []string{w.Code}}
	for _, r := range group {
		doc.From = append(doc.From, r.At("member"))
	}
	if w.Code == "" {
		return doc, nil // Map has told so
	}
	doc.Key = collectionKey(w.Code)
	if !fitsKey(w.Code) {
		a.wrong(group[0], "code", "product.key", map[string]string{"code": w.Code, "most": strconv.Itoa(maxKey)})
	}
	if title := a.one("title"); title != "" {
		w.Title, doc.Name = &title, title+" ("+w.Code+")"
	}
	if text := a.one("description"); text != "" {
		text = asHTML(text)
		w.HTML = &text
	}
	w.Published = a.yes("publish")
	w.Members, w.Ranked = membersOf(group)
	for _, m := range w.Members {
		doc.Words = append(doc.Words, m.Code)
	}
	doc.Words = distinct(doc.Words)
	if len(a.problems) == 0 {
		doc.Body = packed(w)
		doc.Print = string(doc.Body)
	}
	return doc, a.problems
}

// collectionKey is the key of the document of a group.
func collectionKey(code string) string { return "collection/" + code }

// membersOf are the members that rows name, each once: in the order of their
// positions, where there are any, else of the file.
func membersOf(group []pipeline.Record) (out []member, ranked bool) {
	seen := map[string]bool{}
	for i, r := range group {
		code := r.Text("member")
		if code == "" || seen[code] {
			continue
		}
		seen[code] = true
		out = append(out, member{code, i})
		ranked = ranked || r.Has("position")
	}
	if ranked {
		slices.SortStableFunc(out, func(a, b member) int { return byPosition(group[a.Row], group[b.Row]) })
	}
	return out, ranked
}

// byPosition compares the positions that rows give; those that give none come last.
func byPosition(a, b pipeline.Record) int {
	switch {
	case a.Has("position") && b.Has("position"):
		return a.Amount("position").Cmp(b.Amount("position"))
	case a.Has("position"):
		return -1
	case b.Has("position"):
		return 1
	}
	return 0
}

// agreeing are rows that should say the same of what they have in common.
type agreeing struct {
	rows     []pipeline.Record
	problems []pipeline.Problem
}

func (a *agreeing) wrong(r pipeline.Record, field string, rule pipeline.Rule, with map[string]string) {
	a.problems = append(a.problems, r.Problem(field, rule, with))
}

// first is the first row that says anything in a field; the first of all where none
// does.
func (a *agreeing) first(field string) pipeline.Record {
	for _, r := range a.rows {
		if r.Has(field) {
			return r
		}
	}
	return a.rows[0]
}

// one is what the rows say in a field: the first that says anything. Another row
// that says something else is a problem.
func (a *agreeing) one(field string) string {
	first := a.first(field).Text(field)
	for _, r := range a.rows {
		if text := r.Text(field); text != "" && text != first {
			a.wrong(r, field, "product.differs", map[string]string{"group": a.rows[0].Text("code"), "first": first, "field": field})
			break
		}
	}
	return first
}

// yes is the same of a field of yes and no; nil where no row says anything.
func (a *agreeing) yes(field string) *bool {
	first := a.first(field)
	if !first.Has(field) {
		return nil
	}
	yes := first.True(field)
	for _, r := range a.rows {
		if r.Has(field) && r.True(field) != yes {
			a.wrong(r, field, "product.differs", map[string]string{"group": a.rows[0].Text("code"), "first": strconv.FormatBool(yes), "field": field})
			break
		}
	}
	return &yes
}

// title is what a collection is called.
func (w assortment) title() string {
	if w.Title != nil {
		return *w.Title
	}
	return w.Code
}

// listed are the codes of all who belong to it.
func (w assortment) listed() []member {
	out := slices.Clone(w.Members)
	for _, code := range w.Below {
		if !slices.ContainsFunc(out, func(m member) bool { return m.Code == code }) {
			out = append(out, member{code, -1})
		}
	}
	return out
}

// shortly names a few of many.
func shortly(all []string) string {
	const most = 20
	if len(all) <= most {
		return strings.Join(all, ", ")
	}
	return strings.Join(all[:most], ", ") + " + " + strconv.Itoa(len(all)-most)
}
