package etatest

import (
	"net/http"
	"testing"
	"time"
)

func TestToken_Given(t *testing.T) {
	t.Parallel()
	answer := (&till{t: t, s: start(t, Options{})}).login(nil, nil)
	tree, err := parseTree([]byte(answer.body))
	if err != nil || answer.status != http.StatusOK {
		t.Fatalf("%d %s", answer.status, answer.body)
	}
	if tree.str("access_token") == "" || tree.str("token_type") != "Bearer" || tree.get("expires_in").text != "3600" {
		t.Errorf("got %s", answer.body)
	}
}

func TestToken_Refused(t *testing.T) {
	t.Parallel()
	full := POS{Serial: "S", OSVersion: "os", ClientID: "full", Secret: "x", ModelFramework: "1", PreSharedKey: "key"}
	demo := DemoTaxpayer()
	demo.POS = append(demo.POS, full)
	c := &till{t: t, s: start(t, Options{Taxpayers: []Taxpayer{demo}})}
	ofFull := map[string]string{"client_id": "full", "client_secret": "x"}
	for _, test := range []struct {
		name         string
		form, header map[string]string
		want         string
	}{
		{"json body", nil, map[string]string{"Content-Type": "application/json"}, "invalid_request"},
		{"no secret", map[string]string{"client_secret": ""}, nil, "invalid_request"},
		{"grant", map[string]string{"grant_type": "password"}, nil, "unsupported_grant_type"},
		{"scope", map[string]string{"scope": "everything"}, nil, "invalid_scope"},
		{"client", map[string]string{"client_id": "nobody"}, nil, "invalid_client"},
		{"secret", map[string]string{"client_secret": "wrong"}, nil, "invalid_clientsecret"},
		{"serial missing", nil, map[string]string{"posserial": ""}, "invalid_posserial"},
		{"serial of another", nil, map[string]string{"posserial": "S"}, "invalid_posserial"},
		{"version", nil, map[string]string{"pososversion": "windows"}, "invalid_pososversion"},
		{"framework", ofFull, map[string]string{"posserial": "S"}, "invalid_posmodelframework"},
		{"key", ofFull, map[string]string{"posserial": "S", "posmodelframework": "1", "presharedkey": "no"}, "invalid_presharedkey"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := c.login(test.form, test.header)
			if answer.status != http.StatusBadRequest || answer.str("error") != test.want {
				t.Errorf("got %d %s, want %s", answer.status, answer.body, test.want)
			}
		})
	}
}

func TestToken_Expires(t *testing.T) {
	t.Parallel()
	now := newClock(t, noon)
	s := start(t, Options{Now: now.Now})
	c := newTill(t, s)
	if got := c.get("/api/v1/receipts/recent"); got.status != http.StatusOK {
		t.Fatalf("fresh: %d %s", got.status, got.body)
	}
	now.advance(time.Hour)
	if got := c.get("/api/v1/receipts/recent"); got.status != http.StatusUnauthorized {
		t.Errorf("after an hour: %d", got.status)
	}
	wantClean(t, s)
	c.get("/api/v1/receipts/recent")
	wantViolation(t, s, "answered with 401")
}

func TestToken_Revoked(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	c := newTill(t, s)
	s.RevokeTokens()
	if got := c.submit(sale(t)); got.status != http.StatusUnauthorized {
		t.Errorf("got %d", got.status)
	}
	if len(s.Receipts()) != 0 {
		t.Error("a receipt was taken")
	}
}

func TestToken_Missing(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	if got := (&till{t: t, s: s}).send(http.MethodGet, "/api/v1/receipts/recent", "", nil); got.status != http.StatusUnauthorized {
		t.Errorf("got %d", got.status)
	}
	wantViolation(t, s, "without a token")
}

func TestToken_SecretInAddress(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	(&till{t: t, s: s}).send(http.MethodPost, "/connect/token?client_secret=demo-secret", "", nil)
	wantViolation(t, s, "in its address")
}
