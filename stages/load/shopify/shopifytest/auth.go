package shopifytest

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// tokenLife is how long a token from client credentials is good for; Shopify says one second less than a day.
const tokenLife = 86_399 * time.Second

const unauthorizedBody = `{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}`

// Refusals of the token endpoint, for RefuseTokens.
const (
	ShopNotPermitted = "shop_not_permitted"
	AppNotInstalled  = "app_not_installed"
)

var refusalText = map[string]string{
	ShopNotPermitted: "Client credentials cannot be performed on this shop.",
	AppNotInstalled:  "The application is not installed on this shop.",
}

// RefuseTokens makes the token endpoint refuse with the code; "" ends it.
func (s *Server) RefuseTokens(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusal = code
}

// RevokeTokens makes every token unknown, the permanent one too, as rotating the secret does.
func (s *Server) RevokeTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// SetScopes replaces the granted scopes.
func (s *Server) SetScopes(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Scopes = scopes
}

// token answers a client credentials request. Errors are plain text where the real ones are: a client must not insist
// on JSON.
func (s *Server) token(req *request) reply {
	form, err := credentials(req)
	switch {
	case err != nil:
		return textReply(http.StatusBadRequest, jsonType, `{"error":"invalid_request"}`)
	case form["grant_type"] != "client_credentials":
		return textReply(http.StatusBadRequest, jsonType, `{"error":"unsupported_grant_type"}`)
	case s.opt.ClientID == "" || form["client_id"] != s.opt.ClientID:
		return oauthError("application_cannot_be_found", "The application was not found.")
	case form["client_secret"] != s.opt.ClientSecret:
		return textReply(http.StatusBadRequest, jsonType, `{"error":"invalid_client","error_description":"Client authentication failed"}`)
	case s.refusal != "":
		return oauthError(s.refusal, refusalText[s.refusal])
	}
	token := newToken()
	s.tokens[token] = s.opt.Now().Add(tokenLife)
	return jsonReply(http.StatusOK, map[string]any{
		"access_token": token,
		"scope":        strings.Join(s.opt.Scopes, ","),
		"expires_in":   int(tokenLife.Seconds()),
	})
}

func oauthError(code, text string) reply {
	return textReply(http.StatusBadRequest, "text/html; charset=utf-8",
		fmt.Sprintf("<!DOCTYPE html><html><body><h1>Oauth error %s: %s</h1></body></html>", code, text))
}

// credentials reads a form or JSON body; Shopify takes both.
func credentials(req *request) (map[string]string, error) {
	contentType, _, _ := mime.ParseMediaType(req.http.Header.Get("Content-Type"))
	form := map[string]string{}
	if contentType == "application/json" {
		err := json.Unmarshal(req.body, &form)
		return form, err
	}
	values, err := url.ParseQuery(string(req.body))
	for name := range values {
		form[name] = values.Get(name)
	}
	return form, err
}

func newToken() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // never fails
	return "shpat_" + hex.EncodeToString(raw[:])
}

// knowsToken says whether the request carries a token that is alive.
func (s *Server) knowsToken(r *http.Request) bool {
	end, known := s.tokens[r.Header.Get("X-Shopify-Access-Token")]
	return known && (end.IsZero() || s.opt.Now().Before(end))
}

// granted says whether one of the scopes is held. Writing includes reading.
func (s *Server) granted(scopes []string) bool {
	return slices.ContainsFunc(scopes, func(scope string) bool {
		return slices.Contains(s.opt.Scopes, scope) ||
			slices.Contains(s.opt.Scopes, strings.Replace(scope, "read_", "write_", 1))
	})
}
