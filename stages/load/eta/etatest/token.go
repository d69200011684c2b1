package etatest

import (
	"encoding/base64"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// token is what a POS got from the identity.
type token struct {
	pos     *device
	expires time.Time
}

// token answers POST /connect/token (section 2.1). Its errors are flat.
func (s *Server) token(c *call) reply {
	if c.Method != http.MethodPost {
		return flatError(http.StatusMethodNotAllowed, "invalid_request", "method must be POST")
	}
	form, fault := tokenForm(c)
	if fault != "" {
		return tokenError("invalid_request", fault)
	}
	pos, code := s.identify(form, c.Header)
	if code != "" {
		return tokenError(code, strings.ReplaceAll(code, "_", " "))
	}
	c.pos = pos
	key := newToken(pos)
	s.tokens[key] = &token{pos: pos, expires: s.now().Add(s.options.TokenLife)}
	return jsonReply(http.StatusOK, map[string]any{
		"access_token": key, "token_type": "Bearer", "expires_in": int(s.options.TokenLife / time.Second),
		"scope": "InvoicingAPI",
	})
}

func tokenForm(c *call) (url.Values, string) {
	media, _, err := mime.ParseMediaType(c.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return nil, "body must be application/x-www-form-urlencoded"
	}
	form, err := url.ParseQuery(string(c.body))
	if err != nil {
		return nil, "body cannot be read"
	}
	if id, secret, ok := c.BasicAuth(); ok && !form.Has("client_id") {
		form.Set("client_id", id)
		form.Set("client_secret", secret)
	}
	for _, name := range []string{"grant_type", "client_id", "client_secret"} {
		if len(form[name]) != 1 {
			return nil, name + " must be given once"
		}
	}
	return form, ""
}

// identify finds the device that the request speaks for, or the code of the error.
func (s *Server) identify(form url.Values, header http.Header) (*device, string) {
	if form.Get("grant_type") != "client_credentials" {
		return nil, "unsupported_grant_type"
	}
	if scope := form.Get("scope"); scope != "" && scope != "InvoicingAPI" {
		return nil, "invalid_scope"
	}
	if d := s.readerNamed(form.Get("client_id")); d != nil {
		if form.Get("client_secret") != d.Secret {
			return nil, "invalid_clientsecret"
		}
		return d, ""
	}
	i := slices.IndexFunc(s.pos, func(d *device) bool { return d.ClientID == form.Get("client_id") })
	if i < 0 {
		return nil, "invalid_client"
	}
	d := s.pos[i]
	switch {
	case form.Get("client_secret") != d.Secret:
		return nil, "invalid_clientsecret"
	case !matches(header, "posserial", d.Serial, 100):
		return nil, "invalid_posserial"
	case !matches(header, "pososversion", d.OSVersion, 50):
		return nil, "invalid_pososversion"
	case d.ModelFramework != "" && !matches(header, "posmodelframework", d.ModelFramework, 10):
		return nil, "invalid_posmodelframework"
	case d.PreSharedKey != "" && !matches(header, "presharedkey", d.PreSharedKey, 200):
		return nil, "invalid_presharedkey"
	}
	return d, ""
}

func matches(header http.Header, name, want string, max int) bool {
	got := header.Get(name)
	return got != "" && got == want && len(got) <= max
}

// newToken looks like a JWT; nothing in it is signed.
func newToken(d *device) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"none"}`)) + "." +
		encode([]byte(`{"posserial":"`+d.Serial+`","taxpayer":"`+d.owner.RIN+`"}`)) + "." + newID()
}

func bearerToken(r *http.Request) string {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return key
}

// authorize finds the POS of a call to the API by its token.
func (s *Server) authorize(c *call) (reply, bool) {
	t := s.tokens[bearerToken(c.Request)]
	if t == nil || !s.now().Before(t.expires) {
		answer := reply{status: http.StatusUnauthorized, header: http.Header{"Www-Authenticate": {"Bearer"}}}
		if bearerToken(c.Request) == "" {
			s.violate("request %d (%s) came without a token", c.entry.N, c.entry.Endpoint)
		}
		return answer, false
	}
	c.pos = t.pos
	return reply{}, true
}
