package admin

import (
	"errors"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/shopify/shopifytest"
)

func client(c *Config) { c.AccessToken, c.ClientID, c.ClientSecret = "", "client-id", "client" }

func openForClient(t *testing.T) *shop {
	t.Helper()
	return open(t, shopifytest.Options{ClientID: "client-id", ClientSecret: "very-secret"})
}

func TestToken_RenewedInTime(t *testing.T) {
	t.Parallel()
	s := openForClient(t)
	door := s.door(t, client)
	read := func(tokens int) {
		t.Helper()
		if err := look(t, door); err != nil {
			t.Fatal(err)
		}
		if got := len(s.CallsOf("token")); got != tokens {
			t.Errorf("%d tokens fetched, want %d", got, tokens)
		}
	}
	read(1)
	s.clock.advance(19 * time.Hour)
	read(1)
	s.clock.advance(20 * time.Minute) // 80 % of 86,399 s are 19 h 12 min
	read(2)
	s.RevokeTokens()
	read(3)
	s.clean(t)
}

// While a new token cannot be had, the old one goes on.
func TestToken_OldOneIsKept(t *testing.T) {
	t.Parallel()
	s := openForClient(t)
	door := s.door(t, client)
	for range 2 {
		if err := look(t, door); err != nil {
			t.Fatal(err)
		}
		s.clock.advance(20 * time.Hour)
		s.Fault("token", 0, shopifytest.Fault{Kind: shopifytest.FaultStatus, Status: 503})
	}
	err := look(t, door) // 40 h: the old one is dead
	if _, ok := errors.AsType[*pipeline.Later](err); !ok {
		t.Errorf("got %v", err)
	}
}

func TestToken_Refused(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		change func(*shop, *Config)
		want   string
	}{
		{"organisation", func(s *shop, _ *Config) { s.RefuseTokens(shopifytest.ShopNotPermitted) }, "trouble shopify.token.shop certain"},
		{"not installed", func(s *shop, _ *Config) { s.RefuseTokens(shopifytest.AppNotInstalled) }, "trouble shopify.token.installed certain"},
		{"secret", func(_ *shop, c *Config) { c.ClientSecret = "main" }, "trouble shopify.token.client certain"},
		{"id", func(_ *shop, c *Config) { c.ClientID = "other" }, "trouble shopify.token.client certain"},
		{"no such secret", func(_ *shop, c *Config) { c.ClientSecret = "nowhere" }, "trouble shopify.secret certain"},
		{"401", fail(401, ""), "trouble shopify.token.client certain"},
		{"404", fail(404, ""), "trouble shopify.token.address certain"},
		{"429", fail(429, "1.5"), "later 1.5s shopify.pause certain"},
		{"500", fail(500, ""), "later shopify.away certain"},
		{"402", fail(402, ""), "later 15m0s shopify.unpaid certain"},
		{"302", fail(302, ""), "trouble shopify.redirect certain"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := openForClient(t)
			cfg := s.config()
			client(&cfg)
			c.change(s, &cfg)
			ctx, said := Listen(t.Context())
			_, err := doorOf(cfg, s.clock.now).Query(ctx, set, s.eight())
			if got := class(err); got != c.want {
				t.Errorf("got %s (%v), want %s", got, err, c.want)
			}
			silent(t, err, said)
			if len(s.Mutations()) != 0 {
				t.Error("something was sent without a token")
			}
			s.clean(t)
		})
	}
}

func fail(status int, retryAfter string) func(*shop, *Config) {
	return func(s *shop, _ *Config) {
		s.Fault("token", 0, shopifytest.Fault{Kind: shopifytest.FaultStatus, Status: status, RetryAfter: retryAfter})
	}
}

// A permanent token that is refused is looked up again: it may have been
// changed. The same one is not tried twice.
func TestToken_PermanentOneIsLookedUpAgain(t *testing.T) {
	t.Parallel()
	s := open(t, shopifytest.Options{})
	token := "shpat_old"
	door := New(s.config(), Deps{Now: s.clock.now, Secret: func(string) (pipeline.Secret, error) { return pipeline.NewSecret(token), nil }})
	if err := look(t, door); err == nil || !strings.Contains(err.Error(), "does not accept our access token") || len(s.Calls()) != 1 {
		t.Errorf("got %v after %d calls", err, len(s.Calls()))
	}
	token = "shpat_standin"
	if err := look(t, door); err != nil {
		t.Errorf("the new one is there: %v", err)
	}
}
