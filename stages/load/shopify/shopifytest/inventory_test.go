package shopifytest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// shelf is a shop with A-1 (5 available, 2 committed), A-2 (0) and the untracked U-1 at Cairo.
func shelf(t *testing.T, opt Options) (s *Server, item func(sku string) string, cairo string) {
	t.Helper()
	opt.Locations = []Location{{Name: "Cairo"}, {Name: "Giza"}, {Name: "Closed", Inactive: true}}
	s = start(t, opt)
	ids := map[string]string{
		"A-1": s.AddVariant(Variant{SKU: "A-1", Stock: map[string]Levels{"Cairo": {Available: 5, Committed: 2}}}).ItemID,
		"A-2": s.AddVariant(Variant{SKU: "A-2", Stock: map[string]Levels{"Cairo": {}}}).ItemID,
		"U-1": s.AddVariant(Variant{SKU: "U-1", Untracked: true, Stock: map[string]Levels{"Cairo": {}}}).ItemID,
	}
	return s, func(sku string) string { return ids[sku] }, s.shop.location("Cairo").ID
}

func TestSet_ChangesAndTells(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	a := set(t, s, "k1", setInput(
		row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": 5},
		row{"inventoryItemId": item("A-2"), "locationId": cairo, "quantity": 0, "changeFromQuantity": nil}))
	if len(a.Errors) > 0 || userErrorCodes(a) != "" {
		t.Fatalf("got %s", a.raw)
	}
	group := "inventorySetQuantities.inventoryAdjustmentGroup."
	if a.at(group+"referenceDocumentUri") != "gid://wasl/Job/1" || a.at(group+"changes.0.delta") != 3.0 ||
		a.at(group+"changes.1.name") != "on_hand" || a.at(group+"changes.2") != nil {
		t.Errorf("a group with the change of A-1 only: %s", a.raw)
	}
	if q, _ := s.Quantity("A-1", "Cairo"); q.Available != 8 || q.OnHand != 10 {
		t.Errorf("got %+v, want 8 available, 10 on hand", q)
	}
	effects := s.Effects("A-1", "Cairo")
	if len(effects) != 1 || effects[0].From != 5 || effects[0].To != 8 || effects[0].Document != "gid://wasl/Job/1" || effects[0].Key != "k1" {
		t.Errorf("got effects %+v", effects)
	}
}

func TestSet_OnHandLeavesCommitted(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	input := setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 1, "changeFromQuantity": 7})
	input["name"] = "on_hand"
	if a := set(t, s, "k", input); userErrorCodes(a) != "" {
		t.Fatalf("got %s", a.raw)
	}
	if q, _ := s.Quantity("A-1", "Cairo"); q.Available != -1 || q.OnHand != 1 || q.Committed != 2 {
		t.Errorf("got %+v, want available -1, on hand 1", q)
	}
}

// Live: a call that changes nothing answers without a group and without an error.
func TestSet_NothingToChange(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	a := set(t, s, "k", setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 5, "changeFromQuantity": 5}))
	if a.at("inventorySetQuantities.inventoryAdjustmentGroup") != nil || userErrorCodes(a) != "" || len(s.Effects("A-1", "Cairo")) != 0 {
		t.Errorf("got %s", a.raw)
	}
}

// Since 2026-10 setting stocks an item at any location.
func TestSet_StocksAtANewLocation(t *testing.T) {
	t.Parallel()
	s, item, _ := shelf(t, Options{})
	giza := s.shop.location("Giza").ID
	set(t, s, "k", setInput(row{"inventoryItemId": item("A-1"), "locationId": giza, "quantity": 3, "changeFromQuantity": 0}))
	if q, ok := s.Quantity("A-1", "Giza"); !ok || q.Available != 3 {
		t.Errorf("got %+v %t, want 3 available", q, ok)
	}
}

// Every refusal leaves everything as it was, the good rows of the batch too.
func TestSet_UserErrors(t *testing.T) {
	t.Parallel()
	const first = "input.quantities.1."
	cases := []struct {
		name   string
		change func(input, bad row)
		want   string
	}{
		{"stale", func(_, bad row) { bad["changeFromQuantity"] = 9 }, "CHANGE_FROM_QUANTITY_STALE " + first + "changeFromQuantity"},
		{"unknown item", func(_, bad row) { bad["inventoryItemId"] = "gid://shopify/InventoryItem/42" }, "INVALID_INVENTORY_ITEM " + first + "inventoryItemId"},
		{"unknown location", func(_, bad row) { bad["locationId"] = "gid://shopify/Location/42" }, "INVALID_LOCATION " + first + "locationId"},
		{"closed location", func(_, bad row) { bad["locationId"] = "closed" }, "INVALID_LOCATION " + first + "locationId"},
		{"untracked", func(_, bad row) { bad["inventoryItemId"] = "untracked" }, "NON_MUTABLE_INVENTORY_ITEM " + first + "inventoryItemId"},
		{"twice", func(input, bad row) { bad["inventoryItemId"] = input["quantities"].([]row)[0]["inventoryItemId"] },
			"NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR input.quantities.0.locationId; NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR " + first + "locationId"},
		{"negative on hand", func(input, bad row) { input["name"] = "on_hand"; bad["quantity"] = -1 }, "INVALID_QUANTITY_NEGATIVE " + first + "quantity"},
		{"too low", func(_, bad row) { bad["quantity"] = -2_000_000_000 }, "INVALID_QUANTITY_TOO_LOW " + first + "quantity"},
		{"too high", func(_, bad row) { bad["quantity"] = 2_000_000_000 }, "INVALID_QUANTITY_TOO_HIGH " + first + "quantity"},
		{"name", func(input, _ row) { input["name"] = "damaged" }, "INVALID_NAME input.name"},
		{"reason", func(input, _ row) { input["reason"] = "" }, "INVALID_REASON input.reason"},
		{"document without scheme", func(input, _ row) { input["referenceDocumentUri"] = "job-1" }, "INVALID_REFERENCE_DOCUMENT input.referenceDocumentUri"},
		{"gid without id", func(input, _ row) { input["referenceDocumentUri"] = "gid://wasl/Job" }, "INVALID_REFERENCE_DOCUMENT input.referenceDocumentUri"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, item, cairo := shelf(t, Options{})
			bad := row{"inventoryItemId": item("A-2"), "locationId": cairo, "quantity": 4, "changeFromQuantity": nil}
			input := setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": nil}, bad)
			c.change(input, bad)
			switch {
			case bad["inventoryItemId"] == "untracked":
				bad["inventoryItemId"] = item("U-1")
			case bad["locationId"] == "closed":
				bad["locationId"] = s.shop.location("Closed").ID
			}
			before := s.Table()
			a := set(t, s, "k", input)
			if got := userErrorCodes(a); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if a.at("inventorySetQuantities.inventoryAdjustmentGroup") != nil || s.Table() != before || len(s.History()) != 0 {
				t.Errorf("something changed:\n%s", s.Table())
			}
		})
	}
}

// Live: the comparison is only made when all else in the batch is right.
func TestSet_ComparisonComesLast(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	a := set(t, s, "k", setInput(
		row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": 99},
		row{"inventoryItemId": "gid://shopify/InventoryItem/42", "locationId": cairo, "quantity": 1, "changeFromQuantity": nil}))
	if got := userErrorCodes(a); got != "INVALID_INVENTORY_ITEM input.quantities.1.inventoryItemId" {
		t.Errorf("got %q", got)
	}
}

func TestSet_RulesTheSchemaHides(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	input := setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": nil})

	a := ask(t, s, strings.Replace(setDocument, " @idempotent(key: $key)", "", 1), map[string]any{"input": input, "key": "k"})
	if a.code() != "variableNotUsed" {
		t.Errorf("the key is declared and not used: %s", a.raw)
	}
	a = ask(t, s, `mutation M($input: InventorySetQuantitiesInput!) { inventorySetQuantities(input: $input) { userErrors { code } } }`, map[string]any{"input": input})
	if a.code() != "BAD_REQUEST" || a.Errors[0].Message != "The @idempotent directive is required for this mutation but was not provided." ||
		!strings.Contains(a.raw, `"data":{"inventorySetQuantities":null}`) {
		t.Errorf("without key: %s", a.raw)
	}
	a = set(t, s, "  ", input)
	if a.code() != "BAD_REQUEST" {
		t.Errorf("empty key: %s", a.raw)
	}
	a = set(t, s, "k", setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8}))
	if a.code() != "INVALID_FIELD_ARGUMENTS" || a.Errors[0].Message != "InventoryQuantityInput must include the following argument: changeFromQuantity." {
		t.Errorf("without changeFromQuantity: %s", a.raw)
	}
	var rows []row
	for i := range 251 {
		rows = append(rows, row{"inventoryItemId": gid("InventoryItem", i+1), "locationId": cairo, "quantity": 1, "changeFromQuantity": nil})
	}
	a = set(t, s, "k", setInput(rows...))
	if a.code() != "MAX_INPUT_SIZE_EXCEEDED" || a.Data != nil || fmt.Sprint(a.Errors[0].Path) != "[inventorySetQuantities input quantities]" ||
		a.Errors[0].Message != "The input array size of 251 is greater than the maximum allowed of 250." || a.Extensions.Cost.Requested != *a.Extensions.Cost.Actual {
		t.Errorf("251 rows: %s", a.raw)
	}
	if got := available(t, s, "A-1"); got != 5 {
		t.Errorf("got %d available, want 5", got)
	}
	// None of these took the key.
	if a := set(t, s, "k", input); userErrorCodes(a) != "" || available(t, s, "A-1") != 8 {
		t.Errorf("got %s", a.raw)
	}
}

func TestKey_RepeatedGivesTheFirstResult(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	input := setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": 5})
	first := set(t, s, "k", input)
	if err := s.Sell("A-1", "Cairo", -1); err != nil {
		t.Fatal(err)
	}
	again := set(t, s, "k", input)
	if id := "inventorySetQuantities.inventoryAdjustmentGroup.id"; again.at(id) != first.at(id) || again.at(id) == nil {
		t.Errorf("got %s, want the group of %s", again.raw, first.raw)
	}
	if got := available(t, s, "A-1"); got != 7 {
		t.Errorf("got %d available, want 7: the sale stays", got)
	}
	if n := len(s.Effects("A-1", "Cairo")); n != 1 {
		t.Errorf("got %d effects, want 1", n)
	}
	if calls := s.Mutations(); !calls[1].Replay || calls[0].Replay {
		t.Errorf("the second call is the repetition: %+v", calls)
	}
	if v := s.Judge(); len(v) > 0 {
		t.Errorf("got violations %v", v)
	}
}

// Seen live once: the repetition compares with the state of now.
func TestKey_RepeatedCompareAgain(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{ReplayRechecks: true})
	input := setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": 5})
	set(t, s, "k", input)
	if got := userErrorCodes(set(t, s, "k", input)); got != "CHANGE_FROM_QUANTITY_STALE input.quantities.0.changeFromQuantity" {
		t.Errorf("got %q", got)
	}
	if got := available(t, s, "A-1"); got != 8 {
		t.Errorf("got %d available, want 8", got)
	}
}

func TestKey_OtherParameters(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	r := row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": nil}
	set(t, s, "k", setInput(r))
	r["quantity"] = 9
	if got := userErrorCodes(set(t, s, "k", setInput(r))); got != "IDEMPOTENCY_KEY_PARAMETER_MISMATCH" {
		t.Errorf("got %q", got)
	}
	if v := s.Judge(); len(v) != 1 || v[0].Rule != "key-mismatch" {
		t.Errorf("got %v, want one key-mismatch", v)
	}
}

// The order of the fields counts: the bytes must be frozen with the key.
func TestKey_OtherOrderOfFields(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	send := func(vars string) answer {
		body := fmt.Sprintf(`{"query":%q,"variables":%s}`, strings.ReplaceAll(setDocument, "\n", " "), vars)
		a, err := post(t, s.URL()+"/admin/api/2026-10/graphql.json", "shpat_standin", "application/json", []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	rows := fmt.Sprintf(`"quantities":[{"inventoryItemId":%q,"locationId":%q,"quantity":8,"changeFromQuantity":null}]`, item("A-1"), cairo)
	a := send(`{"key":"k","input":{"name":"available","reason":"other",` + rows + `}}`)
	if len(a.Errors) > 0 || userErrorCodes(a) != "" {
		t.Fatalf("got %s", a.raw)
	}
	if got := userErrorCodes(send(`{"key":"k","input":{"reason":"other","name":"available",` + rows + `}}`)); got != "IDEMPOTENCY_KEY_PARAMETER_MISMATCH" {
		t.Errorf("got %q", got)
	}
}

func TestKey_AfterAFailedAttempt(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	input := setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": 99})
	set(t, s, "k", input)
	if got := userErrorCodes(set(t, s, "k", input)); got != "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED" {
		t.Errorf("got %q", got)
	}
}

func TestKey_WhileTheFirstIsRunning(t *testing.T) {
	t.Parallel()
	s, item, cairo := shelf(t, Options{})
	s.Fault("inventorySetQuantities", 1, Fault{Kind: FaultHang, Delay: 500 * time.Millisecond})
	vars := map[string]any{"key": "k", "input": setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": nil})}
	done := make(chan answer, 1)
	go func() {
		a, _ := try(t, s, setDocument, vars) // judged below
		done <- a
	}()
	for len(s.CallsOf("inventorySetQuantities")) == 0 || s.CallsOf("inventorySetQuantities")[0].Key == "" {
		time.Sleep(time.Millisecond)
	}
	if got := userErrorCodes(ask(t, s, setDocument, vars)); got != "IDEMPOTENCY_CONCURRENT_REQUEST" {
		t.Errorf("got %q", got)
	}
	if a := <-done; len(a.Errors) > 0 || a.status != 200 || userErrorCodes(a) != "" {
		t.Errorf("the first: %s", a.raw)
	}
	if got := userErrorCodes(ask(t, s, setDocument, vars)); got != "" {
		t.Errorf("after the first has ended: got %q", got)
	}
	if n := len(s.Effects("A-1", "Cairo")); n != 1 {
		t.Errorf("got %d effects, want 1", n)
	}
}

func TestKey_IsForgottenAfterADay(t *testing.T) {
	t.Parallel()
	c := newClock()
	s, item, cairo := shelf(t, Options{Now: c.now})
	input := setInput(row{"inventoryItemId": item("A-1"), "locationId": cairo, "quantity": 8, "changeFromQuantity": nil})
	set(t, s, "k", input)
	if err := s.Sell("A-1", "Cairo", -2); err != nil {
		t.Fatal(err)
	}
	c.advance(24*time.Hour - time.Second)
	set(t, s, "k", input)
	if got := available(t, s, "A-1"); got != 6 {
		t.Errorf("within the day: got %d available, want 6", got)
	}
	c.advance(time.Second)
	set(t, s, "k", input)
	if got := available(t, s, "A-1"); got != 8 {
		t.Errorf("after the day: got %d available, want 8", got)
	}
	if v := s.Judge(); len(v) == 0 || v[0].Rule != "applied-twice" {
		t.Errorf("got %v, want applied-twice", v)
	}
}
