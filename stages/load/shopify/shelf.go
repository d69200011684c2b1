package shopify

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
)

// shelf is what the shop holds, as it was read: by survey, for a plan.
type shelf struct {
	quantity string           // available or on_hand: which balance is compared
	places   map[string]place // every location, by gid; needLevels
	levels   map[spot]level   // no entry: the item is not stocked there; needLevels

	variants map[string]*variant   // by gid
	bySKU    map[string][]*variant // a SKU need not be anybody's alone
	byCode   map[string][]*variant // by wasl.item_code; needCodes
	barcodes map[string][]*variant
	near     map[string][]*variant // by SKU and barcode, as nearly has them; nil until nearBy is asked

	products map[string]*product // by gid
	groups   map[string]*product // by wasl.item_group; needCodes
	table    map[string]string   // code -> gid of a variant: what a person has said
}

func newShelf(quantity string) *shelf {
	return &shelf{quantity: quantity, places: map[string]place{}, levels: map[spot]level{},
		variants: map[string]*variant{}, bySKU: map[string][]*variant{}, byCode: map[string][]*variant{},
		barcodes: map[string][]*variant{},
		products: map[string]*product{}, groups: map[string]*product{}, table: map[string]string{}}
}

// place is a location.
type place struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Active bool   `json:"isActive"`
	ours   bool
}

// level is the balance of an item at a location, in pieces.
type level struct{ Available, OnHand, Committed int64 }

// of is the balance that a flow means: available or on_hand.
func (l level) of(quantity string) int64 {
	if quantity == quantityOnHand {
		return l.OnHand
	}
	return l.Available
}

// variant is something sold. Codes are cleaned as those of a file are.
type variant struct {
	ID        string            `json:"id"`
	SKU       string            `json:"sku"`
	Barcode   string            `json:"barcode"`
	ItemCode  own               `json:"itemCode"` // needCodes
	Price     pipeline.Decimal  `json:"price"`
	CompareAt *pipeline.Decimal `json:"compareAtPrice"` // nil: none
	Position  int               `json:"position"`       // in its product, from 1
	Taxable   bool              `json:"taxable"`
	Policy    string            `json:"inventoryPolicy"` // DENY or CONTINUE: sold on below zero
	Bundle    bool              `json:"requiresComponents"`
	UpdatedAt time.Time         `json:"updatedAt"`
	Options   []choice          `json:"selectedOptions"` // needDetail
	Item      item              `json:"inventoryItem"`
	Product   *product          `json:"product"` // nil with needBare

	of string // needBare: the handle of its product
}

// handle is what its product is called in the shop.
func (v *variant) handle() string {
	if v.Product != nil {
		return v.Product.Handle
	}
	return v.of
}

// choice is the value of an option: Size, XL.
type choice struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// item is what is kept in stock of a variant.
type item struct {
	ID       string `json:"id"`
	Tracked  bool   `json:"tracked"`
	Shipping bool   `json:"requiresShipping"`
	HS       string `json:"harmonizedSystemCode"`
	Origin   string `json:"countryCodeOfOrigin"`
	Cost     *struct {
		Amount pipeline.Decimal `json:"amount"`
	} `json:"unitCost"` // needDetail; nil: none
	Measurement struct {
		Weight *weight `json:"weight"`
	} `json:"measurement"` // needWeight
}

// weight is a weight in KILOGRAMS, GRAMS, POUNDS or OUNCES.
type weight struct {
	Value pipeline.Decimal `json:"value"`
	Unit  string           `json:"unit"`
}

// product is what variants stand under in the shop.
type product struct {
	ID        string     `json:"id"`
	Handle    string     `json:"handle"`
	Title     string     `json:"title"`
	Status    string     `json:"status"` // ACTIVE, DRAFT, ARCHIVED, UNLISTED
	Vendor    string     `json:"vendor"`
	Type      string     `json:"productType"`
	Tags      []string   `json:"tags"`
	UpdatedAt time.Time  `json:"updatedAt"`
	ItemGroup own        `json:"itemGroup"`       // needCodes
	HTML      string     `json:"descriptionHtml"` // needText
	Options   []option   `json:"options"`         // needWhole
	Media     []media    `json:"-"`               // needMedia, in their order
	Variants  []*variant `json:"-"`               // those that were read, by position; with needWhole all
}

// option is one of up to three by which the variants of a product differ.
type option struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Values []struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"optionValues"`
}

// media is a picture, or a film, of a product.
type media struct {
	ID     string `json:"id"`
	Alt    string `json:"alt"`
	Kind   string `json:"mediaContentType"` // IMAGE and others
	Status string `json:"status"`           // UPLOADED, PROCESSING, READY, FAILED
	Image  *struct {
		URL string `json:"url"`
	} `json:"image"` // nil until it is READY
}

// own is the value of a metafield of ours; "" where there is none.
type own string

func (o *own) UnmarshalJSON(text []byte) error {
	var field *struct {
		Value string `json:"value"`
	}
	err := json.Unmarshal(text, &field)
	if field != nil {
		*o = own(pipeline.Clean(field.Value))
	}
	return err
}

// add puts a variant on the shelf. One that moved to a later page while we read,
// or that two searches find, counts once.
func (h *shelf) add(v *variant) {
	if v.ID == "" || h.variants[v.ID] != nil {
		return
	}
	v.SKU, v.Barcode = pipeline.Clean(v.SKU), pipeline.Clean(v.Barcode)
	h.variants[v.ID] = v
	put(h.bySKU, v.SKU, v)
	put(h.byCode, string(v.ItemCode), v)
	put(h.barcodes, v.Barcode, v)
	h.near = nil
	if v.Product != nil {
		v.Product = h.under(v.Product)
		v.Product.Variants = append(v.Product.Variants, v)
	}
}

func put(by map[string][]*variant, code string, v *variant) {
	if code != "" {
		by[code] = append(by[code], v)
	}
}

// nearBy are the variants whose SKU or barcode is nearly one, by id. Most shelves are
// never asked.
func (h *shelf) nearBy(code string) []*variant {
	if h.near == nil {
		h.near = map[string][]*variant{}
		for _, v := range h.variants {
			sku, barcode := nearly(v.SKU), nearly(v.Barcode)
			put(h.near, sku, v)
			if barcode != sku {
				put(h.near, barcode, v)
			}
		}
		sorted(h.near)
	}
	return h.near[nearly(code)]
}

// under is the one product of an id.
func (h *shelf) under(p *product) *product {
	if there := h.products[p.ID]; there != nil {
		return there
	}
	h.products[p.ID] = p
	if p.ItemGroup != "" {
		h.groups[string(p.ItemGroup)] = p
	}
	return p
}

// settle puts in order what came in any: the same shop makes the same shelf,
// however it was read.
func (h *shelf) settle() {
	for _, by := range []map[string][]*variant{h.bySKU, h.byCode, h.barcodes} {
		sorted(by)
	}
	for _, p := range h.products {
		slices.SortFunc(p.Variants, func(a, b *variant) int { return cmp.Or(cmp.Compare(a.Position, b.Position), byID(a, b)) })
	}
}

// sorted puts what is under each code in the order of ids.
func sorted(by map[string][]*variant) {
	for _, found := range by {
		slices.SortFunc(found, byID)
	}
}

func byID(a, b *variant) int { return older(a.ID, b.ID) }

// older compares gids of one sort by their number.
func older(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// nearly is a code as it is compared to find what may have been meant.
func nearly(code string) string {
	return strings.ReplaceAll(pipeline.Fold(code), " ", "")
}
