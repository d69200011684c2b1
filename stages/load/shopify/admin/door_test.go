package admin

import (
	"errors"
	"net/url"
	"sync"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

// planted is every secret that tests use: none of them may ever be seen.
var planted = []string{"shpat_standin", "very-secret", "client-7788"}

// clock is a clock that moves when told.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 24, 6, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// shop is a stand-in with A-1 (5) and A-2 (0) at Cairo.
type shop struct {
	*shopifytest.Server
	clock *clock
	one   shopifytest.Variant
}

func open(t *testing.T, opts ...shopifytest.Options) *shop {
	t.Helper()
	c := newClock()
	var opt shopifytest.Options
	if len(opts) > 0 {
		opt = opts[0]
	}
	opt.Now = c.now
	opt.Locations = []shopifytest.Location{{Name: "Cairo"}}
	s := &shop{Server: shopifytest.New(opt), clock: c}
	t.Cleanup(func() { s.Server.Close() })
	s.one = s.AddSKU("A-1", 5)
	s.AddSKU("A-2", 0)
	return s
}

func (s *shop) config() Config {
	address, err := url.Parse(s.URL())
	if err != nil {
		panic(err)
	}
	return Config{Shop: "wasl-test.myshopify.com", Address: address, AccessToken: "main", Margin: 20}
}

func (s *shop) door(t *testing.T, change ...func(*Config)) *Door {
	t.Helper()
	c := s.config()
	for _, f := range change {
		f(&c)
	}
	return doorOf(c, s.clock.now)
}

func doorOf(c Config, now func() time.Time) *Door {
	secrets := map[string]string{"main": "shpat_standin", "client": "very-secret"}
	return New(c, Deps{Now: now, Version: "test", Secret: func(name string) (pipeline.Secret, error) {
		if secrets[name] == "" {
			return pipeline.Secret{}, errors.New("no such secret")
		}
		return pipeline.NewSecret(secrets[name]), nil
	}})
}

// clean fails where the stand-in saw something that a careful client does not do.
func (s *shop) clean(t *testing.T, but ...string) {
	t.Helper()
	for _, v := range s.JudgeBut(but...) {
		t.Errorf("the stand-in complains of request %d: %s: %s", v.Call, v.Rule, v.Text)
	}
}

// set is a mutation, names a question.
var (
	set = Operation{Name: "InventorySetQuantities", Cost: 10, Text: `mutation InventorySetQuantities($input: InventorySetQuantitiesInput!, $idempotencyKey: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $idempotencyKey) {
    inventoryAdjustmentGroup { id }
    userErrors { field message code }
  }
}`}
	names = Operation{Name: "VariantsPage", Cost: 35, Text: `query VariantsPage($first: Int!, $after: String) {
  productVariants(first: $first, after: $after, sortKey: ID) {
    nodes { id sku inventoryItem { id } }
    pageInfo { hasNextPage endCursor }
  }
}`}
)

type variant struct {
	ID, SKU string
	Item    struct{ ID string } `json:"inventoryItem"`
}

// look reads every variant.
func look(t *testing.T, d *Door) error {
	t.Helper()
	_, err := variants(t, d)
	return err
}

func variants(t *testing.T, d *Door) (all []variant, err error) {
	t.Helper()
	err = d.Pages(t.Context(), names, func(first int, after *string) (PageInfo, error) {
		var data struct {
			Variants struct {
				Nodes    []variant `json:"nodes"`
				PageInfo PageInfo  `json:"pageInfo"`
			} `json:"productVariants"`
		}
		_, err := d.Read(t.Context(), names, map[string]any{"first": first, "after": after}, &data)
		all = append(all, data.Variants.Nodes...)
		return data.Variants.PageInfo, err
	})
	return all, err
}

// eight are the variables that set A-1 to 8.
func (s *shop) eight() map[string]any {
	return map[string]any{"idempotencyKey": "00000000-0000-4000-8000-000000000001", "input": map[string]any{
		"name": "available", "reason": "correction", "quantities": []any{map[string]any{
			"inventoryItemId": s.one.ItemID, "locationId": s.Locations()[0].ID, "quantity": 8, "changeFromQuantity": 5}}}}
}
