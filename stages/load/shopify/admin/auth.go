package admin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"wasl/pipeline"
)

// auth keeps the access token: a permanent one, or one of client credentials,
// which lives for 24 hours and is asked for again, not refreshed. It is renewed
// at 80 % of its life or when Shopify does not know it any more, and the old one
// is kept until a new one is there. Nothing of it touches a disk.
type auth struct {
	clientID     string
	clientSecret string // name
	accessToken  string // name; "" where client credentials are used
	secret       func(name string) (pipeline.Secret, error)
	post         func(ctx context.Context, path string, header http.Header, body []byte) (Answer, error)
	host         string
	now          func() time.Time

	mu    sync.Mutex // held while a new token is fetched: one renewal at a time
	token pipeline.Secret
	renew time.Time // when to ask for a new one; zero: never
	end   time.Time // of its life
}

// current is a token that should be good now.
func (a *auth) current(ctx context.Context) (pipeline.Secret, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.token.Empty() && (a.renew.IsZero() || a.now().Before(a.renew)) {
		return a.token, nil
	}
	err := a.fetch(ctx)
	if _, later := errors.AsType[*pipeline.Later](err); later && !a.token.Empty() && a.now().Before(a.end) {
		return a.token, nil // the old one still lives
	}
	return a.token, err
}

// replace is the token after Shopify refused one. It is fetched again, unless
// somebody else has done so meanwhile. A permanent token that is still the same
// is no replacement.
func (a *auth) replace(ctx context.Context, bad pipeline.Secret) (pipeline.Secret, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.token == bad {
		if err := a.fetch(ctx); err != nil {
			return pipeline.Secret{}, err
		}
	}
	if a.token == bad {
		return pipeline.Secret{}, trouble("shopify.unauthorized", "host", a.host)
	}
	return a.token, nil
}

// fetch gets a token and keeps it; on an error everything stays as it was.
func (a *auth) fetch(ctx context.Context) error {
	if a.accessToken != "" {
		token, err := a.reveal(a.accessToken)
		if err == nil {
			a.token = token
		}
		return err
	}
	secret, err := a.reveal(a.clientSecret)
	if err != nil {
		return err
	}
	token, life, err := a.grant(ctx, secret)
	if err != nil {
		return err
	}
	now := a.now()
	a.token, a.renew, a.end = token, now.Add(life*8/10), now.Add(life)
	return nil
}

// reveal looks a secret up by its name.
func (a *auth) reveal(name string) (pipeline.Secret, error) {
	secret, err := a.secret(name)
	if _, said := errors.AsType[*pipeline.Trouble](err); said {
		return pipeline.Secret{}, err
	}
	if err != nil || secret.Empty() {
		t := trouble("shopify.secret", "name", name)
		t.Err = err
		return pipeline.Secret{}, t
	}
	return secret, nil
}

// grant asks for a token by client credentials (reference section 2.2).
func (a *auth) grant(ctx context.Context, secret pipeline.Secret) (token pipeline.Secret, life time.Duration, err error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {a.clientID}, "client_secret": {secret.Reveal()}}
	got, err := a.post(ctx, "/admin/oauth/access_token", http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "Accept": {"application/json"},
	}, []byte(form.Encode()))
	if err != nil {
		return pipeline.Secret{}, 0, err
	}
	if got.Status != http.StatusOK {
		return pipeline.Secret{}, 0, tokenError(got.without(secret), a.host)
	}
	var granted struct {
		Token     string  `json:"access_token"`
		ExpiresIn float64 `json:"expires_in"` // seconds
	}
	if err := json.Unmarshal(got.Body, &granted); err != nil || granted.Token == "" {
		return pipeline.Secret{}, 0, unreadable("token", got)
	}
	return pipeline.NewSecret(granted.Token), seconds(granted.ExpiresIn), nil
}

// tokenError says what a refusal of the token endpoint means. Its body may be
// JSON, plain text or HTML, so its words are searched.
func tokenError(a Answer, host string) error {
	said := string(a.Body)
	switch {
	case a.Status == http.StatusNotFound:
		return trouble("shopify.token.address", "host", host)
	case strings.Contains(said, "shop_not_permitted"):
		return trouble("shopify.token.shop", "host", host)
	case strings.Contains(said, "app_not_installed"):
		return trouble("shopify.token.installed", "host", host)
	case a.Status == http.StatusBadRequest, a.Status == http.StatusUnauthorized:
		return trouble("shopify.token.client", "host", host)
	}
	return statusError(a, host)
}
