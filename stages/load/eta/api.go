package eta

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

const (
	maxAnswer = 64 << 20 // more than any page of answers, and a package of some 100,000 receipts
	maxSaid   = 64 << 10 // of an answer is kept

	maxRetryAfter = time.Hour
)

// newClient makes the connection: no redirects, which would carry the token elsewhere, and no retries.
func newClient(c Config) (*http.Client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	if c.RootCA != "" {
		pem, err := os.ReadFile(c.RootCA)
		if err != nil {
			return nil, fmt.Errorf("read the root certificate of eta.root_ca: %w", err)
		}
		roots, err := x509.SystemCertPool()
		if err != nil {
			roots = x509.NewCertPool()
		}
		if !roots.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("read the root certificate of eta.root_ca: %s holds no certificate", c.RootCA)
		}
		transport.TLSClientConfig.RootCAs = roots
	}
	return &http.Client{
		Transport:     transport,
		Timeout:       c.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}, nil
}

// exchange is one call and its answer. Without one status is 0 and err says why.
type exchange struct {
	said   pipeline.Said
	status int
	body   []byte
	header http.Header
	err    error
	dialed bool // false: the connection never came about, so nothing was sent
}

// call sends one request. It retries nothing. (The transport sends a POST again only where it has written no byte of it.)
func (s *Sink) call(ctx context.Context, method, url string, header http.Header, body []byte, hide ...string) exchange {
	x := exchange{said: pipeline.Said{At: s.deps.Now().UTC(), What: method + " " + path(url)}, dialed: true}
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		x.err, x.dialed = err, false
		return x
	}
	request.Header = header
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Accept-Language", cmp.Or(s.deps.Lang, "en")) // of the words in its errors
	request.Header.Set("User-Agent", strings.TrimSpace("wasl "+s.deps.Version))
	response, err := s.http.Do(request)
	if err != nil {
		if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
			x.dialed = false
		}
		x.err = err
		return x
	}
	defer func() { _ = response.Body.Close() }() // it was only read
	x.status, x.header = response.StatusCode, response.Header
	s.measure(x.said.At, response.Header.Get("Date"))
	x.body, x.err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	x.body = redact(x.body, hide)
	x.said.Status, x.said.ID = x.status, response.Header.Get("correlationId")
	x.said.Body = x.body[:min(len(x.body), maxSaid)]
	return x
}

// path is what is said of an address: without its host and query.
func path(url string) string {
	if _, rest, ok := strings.Cut(url, "://"); ok {
		if at := strings.IndexByte(rest, '/'); at >= 0 {
			url = rest[at:]
		}
	}
	before, _, _ := strings.Cut(url, "?")
	return before
}

// redact is an answer without the secrets of its request, which it might repeat.
func redact(body []byte, hide []string) []byte {
	for _, secret := range hide {
		if secret != "" && bytes.Contains(body, []byte(secret)) {
			body = bytes.ReplaceAll(body, []byte(secret), []byte("***"))
		}
	}
	return body
}

// authorized calls the API with the token of the POS, and once more with a new one where it is refused. What it says
// goes to heard. Without a token nothing is sent: then err is set and the exchange empty.
func (s *Sink) authorized(ctx context.Context, heard *[]pipeline.Said, method, url string, body []byte) (exchange, error) {
	for renewed := false; ; renewed = true {
		key, err := s.signIn(ctx, heard)
		if err != nil {
			return exchange{}, err
		}
		header := http.Header{"Authorization": {"Bearer " + key}}
		if method == http.MethodPost {
			header.Set("Content-Type", "application/json")
			if err := s.clock(); err != nil {
				return exchange{}, err
			}
			// On a connection that the other side has meanwhile closed, a submission would end in doubt.
			s.http.CloseIdleConnections()
		}
		x := s.call(ctx, method, url, header, body, key)
		*heard = append(*heard, x.said)
		if x.status != http.StatusUnauthorized {
			return x, nil
		}
		s.forget(key)
		if renewed {
			return exchange{}, &pipeline.Trouble{Rule: "eta.unauthorized"}
		}
	}
}

// retryAfter is how long the answer asks to wait, at most an hour; usual where it does not say. A date is read against
// the answer's own clock.
func (x exchange) retryAfter(usual time.Duration) time.Duration {
	text := x.header.Get("Retry-After")
	if text == "" {
		return usual
	}
	if seconds, err := strconv.Atoi(text); err == nil {
		return min(max(time.Duration(seconds)*time.Second, time.Second), maxRetryAfter)
	}
	until, err1 := http.ParseTime(text)
	now, err2 := http.ParseTime(x.header.Get("Date"))
	if err1 != nil || err2 != nil {
		return usual
	}
	return min(max(until.Sub(now), time.Second), maxRetryAfter)
}

// object reads the answer as a JSON object; false where it is none: a web page, half of an answer, nothing.
func (x exchange) object(into any) bool {
	return x.err == nil && bytes.HasPrefix(bytes.TrimSpace(x.body), []byte("{")) && json.Unmarshal(x.body, into) == nil
}

// failure is the error of an exchange that brought no answer to use.
func (x exchange) failure() error {
	if x.err != nil {
		return &pipeline.Trouble{Rule: "eta.unreachable", With: with("what", x.said.What), Err: x.err}
	}
	return &pipeline.Trouble{Rule: "eta.away", With: with("what", x.said.What, "status", strconv.Itoa(x.status))}
}
