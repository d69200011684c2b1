package eta

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"time"

	"wasl/pipeline"
)

// token is what the POS signs in with, until it is renewed at four fifths of its life.
type token struct {
	key   string
	renew time.Time
}

// tokenRules are the identity's refusals, each of which somebody can do something about (section 2.1).
var tokenRules = map[string]pipeline.Rule{
	"invalid_client":            "eta.client",
	"invalid_clientsecret":      "eta.clientsecret",
	"unauthorized_client":       "eta.clientgrant",
	"invalid_grant":             "eta.clientgrant",
	"unsupported_grant_type":    "eta.clientgrant",
	"invalid_scope":             "eta.clientgrant",
	"invalid_posserial":         "eta.posserial",
	"invalid_pososversion":      "eta.pososversion",
	"invalid_posmodelframework": "eta.posmodel",
	"invalid_presharedkey":      "eta.presharedkey",
	"invalid_request":           "eta.tokenrefused",
}

// signIn gives the token of the POS, from memory while it lasts. The clocks are compared again with every sign-in, so
// a clock that was wrong is measured afresh.
func (s *Sink) signIn(ctx context.Context, heard *[]pipeline.Said) (string, error) {
	s.mu.Lock()
	held, skew := s.token, s.skew
	s.mu.Unlock()
	if held.key != "" && s.deps.Now().Before(held.renew) && skew.Abs() <= maxSkew {
		return held.key, nil
	}
	header, form, hide, err := s.credentials()
	if err != nil {
		return "", err
	}
	x := s.call(ctx, http.MethodPost, s.config.IdentityURL+"/connect/token", header, []byte(form.Encode()), hide...)
	if x.status == http.StatusOK {
		x.said.Body = nil // it is the token
	}
	*heard = append(*heard, x.said)
	return s.signedIn(x)
}

// credentials are the form and the headers of the token call. posserial and pososversion always go along, the other
// two only where they are set: registrations differ in what they check (section 2.1).
func (s *Sink) credentials() (http.Header, url.Values, []string, error) {
	secret, err := s.secret(s.config.ClientSecret)
	if err != nil {
		return nil, nil, nil, err
	}
	header := http.Header{}
	header.Set("Content-Type", "application/x-www-form-urlencoded")
	if s.config.POS.Serial != "" { // else it is the ERP's client, which has none
		header.Set("posserial", s.config.POS.Serial)
		header.Set("pososversion", s.config.POS.OSVersion)
	} else if s.config.Intermediary {
		header.Set("onbehalfof", s.config.Seller.RIN)
	}
	if s.config.POS.ModelFramework != "" {
		header.Set("posmodelframework", s.config.POS.ModelFramework)
	}
	hide := []string{secret.Reveal(), url.QueryEscape(secret.Reveal())}
	if s.config.POS.PresharedKey != "" {
		key, err := s.secret(s.config.POS.PresharedKey)
		if err != nil {
			return nil, nil, nil, err
		}
		header.Set("presharedkey", key.Reveal())
		hide = append(hide, key.Reveal())
	}
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {s.config.ClientID}, "client_secret": {secret.Reveal()}}
	return header, form, hide, nil
}

func (s *Sink) secret(name string) (pipeline.Secret, error) {
	secret, err := s.deps.Secret(name)
	if err != nil || secret.Empty() {
		return secret, &pipeline.Trouble{Rule: "eta.secret", With: with("name", name), Err: err}
	}
	return secret, nil
}

// signedIn reads the answer to the token call.
func (s *Sink) signedIn(x exchange) (string, error) {
	var answer struct {
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"` // seconds
		Error       string  `json:"error"`
		Description string  `json:"error_description"`
	}
	readable := x.object(&answer)
	switch {
	case x.status == http.StatusOK && readable && answer.AccessToken != "":
		life := time.Duration(cmp.Or(answer.ExpiresIn, 3600) * float64(time.Second))
		s.mu.Lock()
		s.token = token{key: answer.AccessToken, renew: s.deps.Now().Add(life * 4 / 5)}
		s.mu.Unlock()
		return answer.AccessToken, nil
	case x.status == http.StatusTooManyRequests:
		return "", &pipeline.Later{Err: x.failure(), After: x.retryAfter(time.Second) + time.Second}
	case x.status >= 400 && x.status < 500 && x.status != http.StatusRequestTimeout:
		rule := cmp.Or(tokenRules[answer.Error], "eta.tokenrefused")
		return "", &pipeline.Trouble{Rule: rule, With: with("client", s.config.ClientID, "serial", s.config.POS.Serial,
			"version", s.config.POS.OSVersion, "said", cmp.Or(answer.Error, http.StatusText(x.status)))}
	}
	return "", &pipeline.Later{Err: x.failure(), After: x.retryAfter(0)}
}

// forget drops a token that was refused, unless another one has come meanwhile.
func (s *Sink) forget(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token.key == key {
		s.token = token{}
	}
}
