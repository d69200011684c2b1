package shopify

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"wasl/pipeline"
)

// productDesk makes products of item groups, and variants of items.
type productDesk struct{ *Sink }

// kindProduct is the kind of products.
const kindProduct = "shopify.product"

// How many products leave in one batch: directly, and above some 200 by a bulk
// operation (reference 5.4).
const (
	goodsBatch = 25
	goodsAbove = 200
	goodsBulk  = 50_000
	goodsBytes = 60 << 20 // of bodies, whose lines are shorter: an upload takes 100 MB
)

// goods is the body of a document of shopify.product: what a product is to be.
// Build fills in what the file says, Plan and sending the rest. A member that is
// nil, or empty, is one that the file does not speak of; it stays as it is.
type goods struct {
	Group     string   `json:"group"`
	Title     *string  `json:"title,omitempty"`
	HTML      *string  `json:"descriptionHtml,omitempty"`
	Vendor    *string  `json:"vendor,omitempty"`
	Type      *string  `json:"productType,omitempty"`
	Tags      []string `json:"tags,omitempty"`
	Untag     []string `json:"untag,omitempty"`  // of a wish that puts back: tags that were added
	Handle    string   `json:"handle,omitempty"` // of a product that is to be made: it never changes
	Status    string   `json:"status,omitempty"` // ACTIVE, DRAFT, ARCHIVED, UNLISTED
	Published *bool    `json:"published,omitempty"`
	Options   []string `json:"options,omitempty"` // names; none: its variants differ by nothing
	Wares     []ware   `json:"variants,omitempty"`

	made
}

// made is what Plan adds: which product is meant, and what it takes to make it so.
type made struct {
	Product string          `json:"productId,omitempty"` // gid; "": it is to be made
	Seen    string          `json:"seen,omitempty"`      // its updatedAt when it was read
	Calm    string          `json:"calm,omitempty"`      // when anything in the shop was last changed; "" where that was while it was read, or shortly before
	Set     json.RawMessage `json:"set,omitempty"`       // variables of productSet; nil: nothing of that
	Keys    []ownKey        `json:"keys,omitempty"`      // our keys on what was there before us
	Show    *bool           `json:"show,omitempty"`      // it is to be published, or no longer
	Channel string          `json:"publicationId,omitempty"`
}

// ware is one variant: an item of the ERP.
type ware struct {
	Code     string            `json:"code"`
	SKU      string            `json:"sku"`
	Said     bool              `json:"skuSaid,omitempty"` // the file has a column for it; else it is the code, and replaces nothing
	Barcode  *string           `json:"barcode,omitempty"`
	Values   []string          `json:"values,omitempty"` // of the product's options
	Price    *pipeline.Decimal `json:"price,omitempty"`
	Compare  *pipeline.Decimal `json:"compareAt,omitempty"` // 0: none
	Cost     *pipeline.Decimal `json:"cost,omitempty"`      // 0: none
	Weight   *pipeline.Decimal `json:"weight,omitempty"`
	Unit     string            `json:"weightUnit,omitempty"` // KILOGRAMS, GRAMS, POUNDS, OUNCES
	HS       *string           `json:"hsCode,omitempty"`
	Origin   *string           `json:"origin,omitempty"` // EG
	Taxable  *bool             `json:"taxable,omitempty"`
	Tracked  *bool             `json:"tracked,omitempty"`
	Policy   string            `json:"policy,omitempty"` // DENY, CONTINUE
	Row      int               `json:"row,omitempty"`    // which of Document.From it comes from
	Variant  string            `json:"variantId,omitempty"`
	FoundBy  string            `json:"foundBy,omitempty"`
	Adoption bool              `json:"adopted,omitempty"` // found by its options, within its product
}

// ownKey is one of our keys that an object is to carry.
type ownKey struct {
	Owner string `json:"ownerId"`
	Key   string `json:"key"`
	Value string `json:"value"`
}

// wish is the body without what Plan added.
func (w goods) wish() goods {
	w.made = made{}
	w.Wares = slices.Clone(w.Wares)
	for i := range w.Wares {
		w.Wares[i].Variant, w.Wares[i].FoundBy, w.Wares[i].Adoption = "", "", false
	}
	return w
}

// The choices of settings.
const (
	createYes, createNo, createHold = "yes", "no", "hold"
	goneHold, goneMake              = "hold", "make"
	missingReport, missingHold      = "report", "hold"
	ownTags                         = "tags"
	onlineStore                     = "online_store"
)

func (s productDesk) kind() pipeline.Kind {
	k := pipeline.Kind{
		Name:    kindProduct,
		Help:    "a product with its variants: an item group of the ERP and its items",
		GroupBy: []string{"group"},
		Settled: true,
		Bind:    s.bind,
		Build:   goodsRules{}.build,
		Freeze:  freezeGoods,
		Batch:   goodsBatch,
		Bulk:    pipeline.Bulk{Above: goodsAbove, Batch: goodsBulk, Bytes: goodsBytes},
		Settings: []pipeline.Setting{
			matchSetting,
			{Name: "name_rule", Form: "a regular expression with groups: (?<title>.+?) - (?<Color>\\S+) / (?<Size>\\S+)", Help: "takes the title apart where no column has the options: title, and options by their names, or option1 to option3",
				Fits: func(v string) bool { _, ok := nameRuleOf(v); return ok }},
			{Name: "options", Form: "[Color, Size]: up to three different names, without \" / \"", Help: "what the options are called, where no column says so",
				Fits: func(v string) bool { _, ok := optionNamesOf(v); return ok }},
			{Name: "owns", Choices: []string{"", ownTags}, Help: "what a product has of it is replaced whole: tags; else they are only added"},
			{Name: "gone", Choices: []string{goneHold, goneMake}, Default: goneHold, Help: "what becomes of a product that wasl has sent before and the shop no longer has: held, since somebody deleted it, or made once more"},
			{Name: "create", Choices: []string{createYes, createNo, createHold}, Default: createYes, Help: "whether products that the shop lacks are made, left out, or held"},
			{Name: "new_status", Choices: []string{"draft", "active"}, Default: "draft", Help: "what a new product is where the file does not say"},
			{Name: "publish", Default: onlineStore, Help: "where active products are shown: a channel's handle, or the gid of a publication"},
			staleSetting,
			{Name: "missing", Choices: []string{"", missingReport, missingHold}, Help: "where a variant of ours is no longer in the file of its product: say so, or hold the product"},
		},
		Fields: []pipeline.Field{
			{Name: "group", Type: pipeline.Code, Help: "the item group's code: rows of one group are one product; a row without one is a problem"},
			{Name: "code", Type: pipeline.Code, Help: "the item's code; a row without one only speaks of its product, as pictures in the shop's own export do"},
			{Name: "sku", Type: pipeline.Code, Help: "the SKU; the code where there is none"},
			{Name: "barcode", Type: pipeline.Code, Help: "barcode; as: gtin checks its last digit"},
			{Name: "title", Type: pipeline.Text, Help: "the product's name"},
			{Name: "description", Type: pipeline.Text, Help: "plain text or HTML"},
			{Name: "vendor", Type: pipeline.Text, Help: "maker or brand"},
			{Name: "type", Type: pipeline.Text, Help: "product type"},
			{Name: "tags", Type: pipeline.Text, Help: "tags, by comma"},
			{Name: "handle", Type: pipeline.Text, Help: "the last part of a new product's address; made of the group's code where there is none, and never changed"},
			{Name: "option1_name", Type: pipeline.Text, Help: "what the first option is called: Color"},
			{Name: "option1", Type: pipeline.Text, Help: "its value: Red"},
			{Name: "option2_name", Type: pipeline.Text, Help: "what the second option is called"},
			{Name: "option2", Type: pipeline.Text, Help: "its value"},
			{Name: "option3_name", Type: pipeline.Text, Help: "what the third option is called"},
			{Name: "option3", Type: pipeline.Text, Help: "its value"},
			{Name: "price", Type: pipeline.Amount, Help: "the price that customers pay"},
			{Name: "compare_at", Type: pipeline.Amount, Help: "the price that is crossed out; 0 takes it away"},
			{Name: "cost", Type: pipeline.Amount, Help: "the unit cost; 0 takes it away"},
			{Name: "weight", Type: pipeline.Quantity, Help: "weight of one"},
			{Name: "weight_unit", Type: pipeline.Text, Help: "of weight: kg, g, lb, oz; kg where there is none"},
			{Name: "hs_code", Type: pipeline.Code, Help: "customs tariff number"},
			{Name: "origin", Type: pipeline.Code, Help: "country of origin, two letters: EG"},
			{Name: "taxable", Type: pipeline.Bool, Help: "whether tax is charged"},
			{Name: "tracked", Type: pipeline.Bool, Help: "whether Shopify counts its stock"},
			{Name: "policy", Type: pipeline.Text, Help: "deny or continue: whether it is sold on below zero"},
			{Name: "status", Type: pipeline.Text, Help: "active, draft (held), archived (discontinued), unlisted"},
			{Name: "published", Type: pipeline.Bool, Help: "whether it is shown where the setting publish says"},
		},
	}
	return k
}

// goodsRules are what a flow decides about products.
type goodsRules struct {
	order   []string
	name    nameRule
	options []string
	owns    bool // tags
	create  string
	fresh   string // the status of a new product
	publish string
	stale   string
	missing string
}

// goodsRulesOf reads the settings of a flow, which have passed Check.
func goodsRulesOf(set pipeline.Settings) goodsRules {
	r := goodsRules{owns: set["owns"] == ownTags, create: cmp.Or(set["create"], createYes),
		fresh: strings.ToUpper(cmp.Or(set["new_status"], "draft")), publish: cmp.Or(set["publish"], onlineStore),
		stale: cmp.Or(set["on_stale"], staleERP), missing: set["missing"]}
	r.order, _ = orderOf(set["match"])
	r.name, _ = nameRuleOf(set["name_rule"])
	r.options, _ = optionNamesOf(set["options"])
	return r
}

// bind is the kind under the settings of a flow.
func (s productDesk) bind(set pipeline.Settings) pipeline.Kind {
	k := s.kind()
	k.Build = goodsRulesOf(set).build
	return k
}

// optionNamesOf reads the names of options.
func optionNamesOf(text string) ([]string, bool) {
	if text == "" {
		return nil, true
	}
	names := strings.Split(text, ",")
	folded := make([]string, len(names))
	for i := range names {
		names[i] = pipeline.Clean(names[i])
		folded[i] = pipeline.Fold(names[i])
		if folded[i] == "" || strings.Contains(names[i], " / ") {
			return nil, false
		}
	}
	slices.Sort(folded)
	return names, len(names) <= maxOptions && len(slices.Compact(folded)) == len(names)
}
