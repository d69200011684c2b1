package shopify

import (
	"slices"
	"strings"

	"wasl/pipeline"
)

// statusDesk holds, releases and discontinues what the shop has, where a file says
// nothing else of it.
type statusDesk struct{ *Sink }

// kindStatus is the kind of holds and releases.
const kindStatus = "shopify.status"

// The most documents that leave in one batch, directly and by a bulk operation.
const (
	saleBatch = 50
	saleAbove = 200
	saleBulk  = 100_000
)

// sale is the body of a document of shopify.status: whether an item, or a whole
// group, is on sale. Build fills in what the file says, Plan the rest.
type sale struct {
	Code      string `json:"code,omitempty"`
	Group     string `json:"group,omitempty"` // where the row is about a whole product
	Status    string `json:"status,omitempty"`
	Published *bool  `json:"published,omitempty"`

	Product string `json:"productId,omitempty"` // gid
	Was     string `json:"was,omitempty"`       // its status when it was read
	Set     bool   `json:"set,omitempty"`       // the status changes
	Show    *bool  `json:"show,omitempty"`      // it is to be published, or no longer
	Channel string `json:"publicationId,omitempty"`
}

// off tells whether it is to go off sale, or stay there.
func (w sale) off() bool {
	return w.Status != "" && w.Status != "ACTIVE" || w.Published != nil && !*w.Published
}

// name is what the row is about.
func (w sale) name() string {
	if w.Code != "" {
		return w.Code
	}
	return w.Group
}

func (s statusDesk) kind() pipeline.Kind {
	return pipeline.Kind{
		Name:    kindStatus,
		Help:    "whether an item is on sale: held, released, discontinued",
		Settled: true,
		Build:   buildSale,
		Freeze:  freezeSales,
		Batch:   saleBatch,
		Bulk:    pipeline.Bulk{Above: saleAbove, Batch: saleBulk},
		Settings: []pipeline.Setting{
			matchSetting,
			{Name: "publish", Default: onlineStore, Help: "where active products are shown: a channel's handle, or the gid of a publication"},
			staleSetting,
		},
		Fields: []pipeline.Field{
			{Name: "code", Type: pipeline.Code, Help: "the item's code: our own id in Shopify, or its SKU or barcode there"},
			{Name: "group", Type: pipeline.Code, Help: "the item group, where the row is about a whole product and has no code"},
			{Name: "status", Type: pipeline.Text, Help: "active (release), draft (hold), archived (discontinue), unlisted"},
			{Name: "published", Type: pipeline.Bool, Help: "whether it is shown where the setting publish says; what is released is shown"},
			{Name: "name", Type: pipeline.Text, Help: "the item's name, for people"},
		},
	}
}

// buildSale makes the document of one row.
func buildSale(group []pipeline.Record) (pipeline.Document, []pipeline.Problem) {
	r := group[0]
	w := sale{Code: r.Text("code"), Status: strings.ToUpper(r.Text("status"))}
	if w.Code == "" {
		w.Group = r.Text("group")
	}
	doc := pipeline.Document{Name: w.name(), From: []pipeline.Origin{r.At("status")}}
	if w.name() == "" {
		if r.Value("code").Bad || r.Value("group").Bad {
			return doc, nil // Map has told so
		}
		return doc, []pipeline.Problem{r.Problem("code", "field.missing", nil)}
	}
	doc.Key, doc.Words = "status/"+w.Code, []string{w.name()}
	if w.Code == "" {
		doc.Key = "status/group/" + w.Group
	}
	if r.Has("published") {
		yes := r.True("published")
		w.Published = &yes
	}
	switch bad := r.Value("status").Bad || r.Value("published").Bad; {
	case bad:
		return doc, nil // likewise
	case w.Status == "" && w.Published == nil:
		return doc, []pipeline.Problem{r.Problem("status", "status.word", map[string]string{"code": w.name()})}
	case w.Status != "" && !slices.Contains(statuses, w.Status):
		return doc, []pipeline.Problem{r.Problem("status", "product.status", map[string]string{"given": r.Text("status")})}
	}
	doc.Body = packed(w)
	doc.Print = string(doc.Body)
	return doc, nil
}
