package shopifytest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Location is a place that holds stock. Its id is made when empty.
type Location struct {
	ID       string
	Name     string
	City     string
	Inactive bool
}

// Levels are the quantities of one item at one location. On hand is their sum without Incoming.
type Levels struct {
	Available      int `json:"available"`
	Committed      int `json:"committed,omitempty"`
	Reserved       int `json:"reserved,omitempty"`
	Damaged        int `json:"damaged,omitempty"`
	SafetyStock    int `json:"safety_stock,omitempty"`
	QualityControl int `json:"quality_control,omitempty"`
	Incoming       int `json:"incoming,omitempty"`
}

// Unavailable is what is there but can neither be sold nor is sold.
func (l Levels) Unavailable() int { return l.Reserved + l.Damaged + l.SafetyStock + l.QualityControl }

// OnHand is what stands in the shelf.
func (l Levels) OnHand() int { return l.Available + l.Committed + l.Unavailable() }

// named gives a quantity by its name in the API.
func (l Levels) named(name string) (int, bool) {
	n, ok := map[string]int{"available": l.Available, "committed": l.Committed, "reserved": l.Reserved, "damaged": l.Damaged,
		"safety_stock": l.SafetyStock, "quality_control": l.QualityControl, "incoming": l.Incoming, "on_hand": l.OnHand()}[name]
	return n, ok
}

// Variant is something that can be sold, with the product it belongs to and the item whose stock it is. Ids are made
// when empty; variants of one ProductID, or else of one Product title, share a product. In a Product the fields of the
// product are not looked at.
type Variant struct {
	SKU            string
	Barcode        string
	Product        string // title of the product; the SKU when empty
	Title          string // of the variant
	Price          string
	CompareAtPrice string
	Status         string // of the product; ACTIVE when empty
	Tags           []string

	ID        string
	ProductID string
	ItemID    string

	Untracked bool              // quantities cannot be set
	Stock     map[string]Levels // by id or name of a location

	Options    []string          // its value of every option of the product; the Title when nil
	Policy     string            // DENY (also when empty) or CONTINUE
	Untaxed    bool              // taxable is false
	NoShipping bool              // requiresShipping is false
	Bundle     bool              // requiresComponents: it is sold by what it is made of
	Cost       string            // unit cost, "" for none
	HSCode     string            // harmonizedSystemCode
	Origin     string            // countryCodeOfOrigin
	Weight     string            // such as "250 GRAMS"; "" for none
	Picture    string            // id of the file that is its picture
	Metafields map[string]string // "namespace.key" -> value
}

type store struct {
	now          func() time.Time
	opened       time.Time
	vendor       string
	lastID       int
	locations    []*location
	products     []*product
	variants     []*variant
	files        []*file
	collections  []*collection
	publications []*publication
	byID         map[string]*variant // by id of variant and of item
	byProduct    map[string]*product // by id, and by "title " and title
	byHandle     map[string]*product
	byFile       map[string]*file
	operations   map[string]object // jobs and operations that are polled, by id
	definitions  []object
	ofVariants   []node // made once and again when a variant comes or goes
	ofItems      []node
	ofProducts   []node
	metafields   map[string]map[string]object // owner -> namespace.key -> metafield
	valueOwners  map[string]string            // type of owner, namespace.key and value -> owner that got it last
	tags         map[string][]string          // owner -> tags
}

type location struct {
	Location
	updated time.Time
	levels  []node // of every item here, made once and again when one is added
}

// variant keeps in Variant what a test gives and reads; Options and Picture are made from values and media.
type variant struct {
	Variant
	product          *product
	values           []*optionValue    // one of every option of the product
	media            []*file           // at most one picture
	levels           map[string]*level // by location id
	created, updated time.Time
}

type level struct {
	Levels
	inactive bool // deactivated: the quantities are kept and not shown
	updated  time.Time
}

func (v *variant) variantID() string { return v.ID }
func (v *variant) itemID() string    { return v.ItemID }
func (p *product) productID() string { return p.id }

func newStore(opt Options) *store {
	st := &store{now: opt.Now, opened: opt.Now(), vendor: opt.Name, byID: map[string]*variant{},
		byProduct: map[string]*product{}, byHandle: map[string]*product{}, byFile: map[string]*file{},
		operations: map[string]object{}, metafields: map[string]map[string]object{}, valueOwners: map[string]string{},
		tags: map[string][]string{}}
	st.addPublication("Online Store", "online_store")
	for _, l := range opt.Locations {
		st.addLocation(l)
	}
	for _, v := range opt.Variants {
		st.addVariant(v)
	}
	return st
}

// newID makes an id that does not fit into 32 bits, as the real ones do not.
func (st *store) newID(kind string) string {
	st.lastID++
	return gid(kind, 9_100_000_000_000+st.lastID)
}

func gid(kind string, number int) string { return fmt.Sprintf("gid://shopify/%s/%d", kind, number) }

func (st *store) addLocation(l Location) Location {
	l.ID = orElse(l.ID, st.newID("Location"))
	st.locations = append(st.locations, &location{Location: l, updated: st.now()})
	return l
}

// addVariant puts a variant on sale, in a product of its own or in the one that it names.
func (st *store) addVariant(v Variant) Variant {
	v.Product = orElse(v.Product, orElse(v.SKU, "Product"))
	p := st.productFor(v)
	if v.Options == nil {
		v.Options = []string{orElse(v.Title, "Default Title")}
	}
	held := st.newVariant(p, v)
	p.variants = append(p.variants, held)
	return held.Variant
}

func (st *store) productFor(v Variant) *product {
	key := orElse(v.ProductID, "title "+v.Product)
	if p := st.byProduct[key]; p != nil {
		return p
	}
	p := st.newProduct(Product{ID: v.ProductID, Title: v.Product, Status: v.Status, Tags: v.Tags})
	st.byProduct[key] = p
	st.publish(p.published)
	return p
}

// newVariant makes a variant of the product, which does not list it yet. Stock at an unknown location panics.
func (st *store) newVariant(p *product, v Variant) *variant {
	now := st.now()
	v.ID, v.ItemID = orElse(v.ID, st.newID("ProductVariant")), orElse(v.ItemID, st.newID("InventoryItem"))
	v.ProductID, v.Product, v.Status, v.Tags = p.id, p.title, p.status, nil
	v.Price = orElse(v.Price, "100.00")
	v.Policy = orElse(v.Policy, "DENY")
	held := &variant{Variant: v, product: p, levels: map[string]*level{}, created: now, updated: now}
	for i, name := range v.Options {
		held.values = append(held.values, st.optionAt(p, i).value(st, name))
	}
	held.Title = orElse(v.Title, held.title())
	for where, levels := range v.Stock {
		l := st.location(where)
		if l == nil {
			panic(fmt.Sprintf("shopifytest: variant %s has stock at unknown location %q", v.SKU, where))
		}
		held.levels[l.ID], l.levels = &level{Levels: levels, updated: now}, nil
	}
	if f := st.byFile[v.Picture]; f != nil {
		held.media = []*file{f}
	}
	for _, name := range sortedKeys(v.Metafields) {
		st.putMetafield(v.ID, name, v.Metafields[name])
	}
	st.variants = append(st.variants, held)
	st.byID[v.ID], st.byID[v.ItemID] = held, held
	st.ofVariants, st.ofItems = nil, nil
	return held
}

// dropVariant forgets the variant, its item and its stock. The product still has to take it off its list.
func (st *store) dropVariant(v *variant) {
	delete(st.byID, v.ID)
	delete(st.byID, v.ItemID)
	delete(st.metafields, v.ID)
	st.variants = slices.DeleteFunc(st.variants, func(o *variant) bool { return o == v })
	st.ofVariants, st.ofItems = nil, nil
	for where := range v.levels {
		st.location(where).levels = nil
	}
}

// location finds by id, or else by name.
func (st *store) location(idOrName string) *location {
	for _, l := range st.locations {
		if l.ID == idOrName {
			return l
		}
	}
	for _, l := range st.locations {
		if l.Name == idOrName {
			return l
		}
	}
	return nil
}

func (st *store) item(id string) *variant {
	if v := st.byID[id]; v != nil && v.ItemID == id {
		return v
	}
	return nil
}

func (st *store) sku(sku string) *variant {
	return find(st.variants, func(v *variant) bool { return v.SKU == sku })
}

func find[T any](all []*T, want func(*T) bool) *T {
	if i := slices.IndexFunc(all, want); i >= 0 {
		return all[i]
	}
	return nil
}

// AddLocation opens a location and returns it with its id.
func (s *Server) AddLocation(l Location) Location {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shop.addLocation(l)
}

// Locations are all locations with their ids, the closed ones too.
func (s *Server) Locations() []Location {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Location{}
	for _, l := range s.shop.locations {
		out = append(out, l.Location)
	}
	return out
}

// AddVariant puts a variant on sale and returns it with its ids. Stock at a location that does not exist panics.
func (s *Server) AddVariant(v Variant) Variant {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.shop.addVariant(v)
}

// AddSKU is AddVariant for the common case: a tracked variant with so many available at the first location.
func (s *Server) AddSKU(sku string, available int) Variant {
	s.mu.Lock()
	defer s.mu.Unlock()
	where := s.shop.locations[0].ID
	return s.shop.addVariant(Variant{SKU: sku, Stock: map[string]Levels{where: {Available: available}}})
}

// DeleteVariant removes the variant, its item and its stock, as a person in the admin may.
func (s *Server) DeleteVariant(sku string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range slices.Clone(s.shop.variants) {
		if v.SKU == sku {
			s.merchant().note("variant", v.ID, v.SKU, "deleted", v.title(), "")
			s.shop.dropVariant(v)
			v.product.variants = slices.DeleteFunc(v.product.variants, func(o *variant) bool { return o == v })
		}
	}
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

// toInt reads a whole number, however it came in.
func toInt(v any) (int, bool) {
	switch n := v.(type) {
	case int:
		return n, true
	case int64:
		return int(n), true
	case json.Number:
		i, err := strconv.Atoi(n.String())
		return i, err == nil
	}
	return 0, false
}

// idNumber is the number at the end of a gid.
func idNumber(id string) int {
	id = id[strings.LastIndexByte(id, '/')+1:]
	id, _, _ = strings.Cut(id, "?")
	n, _ := strconv.Atoi(id) // no number sorts first
	return n
}

func idType(id string) string {
	kind, _, _ := strings.Cut(strings.TrimPrefix(id, "gid://shopify/"), "/")
	return kind
}

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
