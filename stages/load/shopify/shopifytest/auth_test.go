package shopifytest

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"
)

func credentialsForm(id, secret string) []byte {
	return []byte(url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}}.Encode())
}

const formType = "application/x-www-form-urlencoded"

func TestToken_LivesADayByTheServersClock(t *testing.T) {
	t.Parallel()
	c := newClock()
	s := start(t, Options{ClientID: "id", ClientSecret: "secret", Now: c.now})
	a, err := post(t, s.URL()+tokenPath, "", formType, credentialsForm("id", "secret"))
	if err != nil {
		t.Fatal(err)
	}
	var token struct {
		AccessToken string `json:"access_token"`
		Scope       string `json:"scope"`
		ExpiresIn   int    `json:"expires_in"`
	}
	if err := json.Unmarshal([]byte(a.raw), &token); err != nil || token.ExpiresIn != 86399 || !strings.Contains(token.Scope, "write_inventory") {
		t.Fatalf("got %d %s", a.status, a.raw)
	}
	query := []byte(`{"query":"{ shop { id } }"}`)
	for _, step := range []struct {
		wait   time.Duration
		status int
	}{{0, 200}, {86_398 * time.Second, 200}, {time.Second, 401}} {
		c.advance(step.wait)
		a, err := post(t, s.URL()+"/admin/api/2026-10/graphql.json", token.AccessToken, "application/json", query)
		if err != nil || a.status != step.status {
			t.Errorf("after %s more: got %d %v, want %d", step.wait, a.status, err, step.status)
		}
		if step.status == 401 && a.raw != unauthorizedBody {
			t.Errorf("got body %s", a.raw)
		}
	}
}

func TestToken_JSONBodyIsTakenToo(t *testing.T) {
	t.Parallel()
	s := start(t, Options{ClientID: "id", ClientSecret: "secret"})
	a, err := post(t, s.URL()+tokenPath, "", "application/json",
		[]byte(`{"grant_type":"client_credentials","client_id":"id","client_secret":"secret"}`))
	if err != nil || a.status != 200 {
		t.Errorf("got %d %v %s", a.status, err, a.raw)
	}
}

func TestToken_Refusals(t *testing.T) {
	t.Parallel()
	s := start(t, Options{ClientID: "id", ClientSecret: "secret"})
	check := func(name string, form []byte, want string) {
		t.Helper()
		a, err := post(t, s.URL()+tokenPath, "", formType, form)
		if err != nil || a.status != 400 || !strings.Contains(a.raw, want) {
			t.Errorf("%s: got %d %v %s, want 400 with %q", name, a.status, err, a.raw, want)
		}
	}
	check("wrong id", credentialsForm("other", "secret"), "application_cannot_be_found")
	check("wrong secret", credentialsForm("id", "other"), "invalid_client")
	check("wrong grant", []byte("grant_type=password&client_id=id&client_secret=secret"), "unsupported_grant_type")
	s.RefuseTokens(ShopNotPermitted)
	check("other organisation", credentialsForm("id", "secret"), "Client credentials cannot be performed on this shop.")
	s.RefuseTokens(AppNotInstalled)
	check("not installed", credentialsForm("id", "secret"), "app_not_installed")
}

func TestHeadersAndVersions(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	for version, served := range map[string]string{"2026-10": "2026-10", "2026-07": "2026-07", "2024-01": "2026-01", "latest": "2026-01"} {
		a, err := post(t, s.URL()+"/admin/api/"+version+"/graphql.json", "shpat_standin", "application/json", []byte(`{"query":"{ shop { id } }"}`))
		if err != nil || a.header.Get("X-Shopify-Api-Version") != served || a.header.Get("X-Request-Id") == "" ||
			!strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: got %v %v, want version %s", version, a.header, err, served)
		}
	}
	if got := len(s.Judge()); got != 3 {
		t.Errorf("got %d violations %v, want 3 of rule version", got, s.Judge())
	}
}

func TestRequest_Refusals(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	api := s.URL() + "/admin/api/2026-10/graphql.json"
	for _, c := range []struct {
		name, url, token, contentType, body string
		status                              int
	}{
		{"no token", api, "", "application/json", `{"query":"{ shop { id } }"}`, 401},
		{"other token", api, "shpat_other", "application/json", `{"query":"{ shop { id } }"}`, 401},
		{"no JSON", api, "shpat_standin", "application/json", `{"query":`, 400},
		{"no query", api, "shpat_standin", "application/json", `{}`, 400},
		{"content type", api, "shpat_standin", "text/plain", `{"query":"{ shop { id } }"}`, 415},
		{"path", s.URL() + "/admin/api/2026-10/products.json", "shpat_standin", "application/json", `{}`, 404},
	} {
		a, err := post(t, c.url, c.token, c.contentType, []byte(c.body))
		if err != nil || a.status != c.status {
			t.Errorf("%s: got %d %v, want %d", c.name, a.status, err, c.status)
		}
	}
}

func TestScope_MissingOne(t *testing.T) {
	t.Parallel()
	s := start(t, Options{Scopes: []string{"read_products", "read_inventory"}})
	v := s.AddSKU("A-1", 5)

	a := ask(t, s, `query Q($id: ID!) { shop { name } location(id: $id) { id } productVariants(first: 1) { nodes { sku } } }`,
		map[string]any{"id": s.shop.locations[0].ID})
	if a.code() != "ACCESS_DENIED" || a.at("shop.name") != "Wasl Test" || a.at("location") != nil || a.at("productVariants.nodes.0.sku") != "A-1" {
		t.Errorf("a missing scope leaves the rest: %s", a.raw)
	}
	if want := "Access denied for location field. Required access: `read_locations` access scope."; a.Errors[0].Message != want {
		t.Errorf("got %q, want %q", a.Errors[0].Message, want)
	}
	if a := ask(t, s, `{ locations(first: 1) { nodes { id } } }`, nil); a.code() != "ACCESS_DENIED" || a.Data != nil {
		t.Errorf("a field that is never null takes the data with it: %s", a.raw)
	}
	if a := set(t, s, "k", setInput(row{"inventoryItemId": v.ItemID, "locationId": s.shop.locations[0].ID, "quantity": 1, "changeFromQuantity": nil})); a.code() != "ACCESS_DENIED" {
		t.Errorf("writing without the scope: %s", a.raw)
	}
	s.SetScopes("write_products", "read_inventory", "read_locations")
	if a := ask(t, s, `{ productVariants(first: 1) { nodes { sku } } locations(first: 1) { nodes { id } } }`, nil); len(a.Errors) > 0 {
		t.Errorf("writing includes reading: %s", a.raw)
	}
	if got := available(t, s, "A-1"); got != 5 {
		t.Errorf("got %d available, want 5", got)
	}
}
