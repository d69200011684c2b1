package admin

import (
	"encoding/json"
	"errors"
	"html"
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"wasl/pipeline"
)

const (
	closedFor = 15 * time.Minute // how long to leave a shop alone that is unpaid or locked (reference 3.3)
	longest   = time.Hour        // of a pause that is asked for
)

// undone wraps an error after which the other side has certainly done nothing:
// the request never left, or was turned away before any work.
type undone struct{ error }

func (u undone) Unwrap() error { return u.error }

// tooLarge is the error of a document that costs or takes too much as it is: a
// smaller page may pass.
type tooLarge struct{ error }

func (l tooLarge) Unwrap() error { return l.error }

// trouble makes the error of a rule from pairs of names and facts.
func trouble(rule pipeline.Rule, facts ...string) *pipeline.Trouble {
	with := make(map[string]string, len(facts)/2)
	for i := 0; i+1 < len(facts); i += 2 {
		with[facts[i]] = facts[i+1]
	}
	return &pipeline.Trouble{Rule: rule, With: with}
}

// Unreadable is the error of an answer that says success and is not what was
// asked for: cut off, empty, HTML. Whether the work was done is not known.
func Unreadable(op Operation, r Reply) error { return unreadable(op.Name, r.Answer) }

func unreadable(what string, a Answer) error {
	return &pipeline.Later{Err: trouble("shopify.unreadable", "what", what,
		"status", strconv.Itoa(a.Status), "bytes", strconv.Itoa(len(a.Body)), "request", a.ID())}
}

// statusError says what an HTTP status other than 200 means (reference 3.3).
// Every error but those that leave in doubt whether the work was done is undone.
func statusError(a Answer, host string) error {
	code := strconv.Itoa(a.Status)
	switch {
	case a.Status >= 300 && a.Status < 400:
		return undone{trouble("shopify.redirect", "host", host, "to", a.Header.Get("Location"))}
	case a.Status == http.StatusUnauthorized:
		return undone{trouble("shopify.unauthorized", "host", host)}
	case a.Status == http.StatusPaymentRequired:
		return undone{&pipeline.Later{Err: trouble("shopify.unpaid", "host", host), After: closedFor}}
	case a.Status == http.StatusLocked:
		return undone{&pipeline.Later{Err: trouble("shopify.locked", "host", host), After: closedFor}}
	case a.Status == http.StatusForbidden:
		return undone{trouble("shopify.forbidden", "host", host, "said", said(a))}
	case a.Status == http.StatusNotFound:
		return undone{trouble("shopify.address", "host", host)}
	case a.Status == http.StatusTooManyRequests:
		return undone{&pipeline.Later{Err: trouble("shopify.pause", "host", host), After: pause(a, time.Second)}}
	case a.Status == 430:
		return undone{trouble("shopify.security", "host", host, "request", a.ID())}
	case a.Status == http.StatusRequestTimeout, a.Status == http.StatusConflict:
		return &pipeline.Later{Err: trouble("shopify.away", "host", host, "code", code), After: pause(a, 0)}
	case a.Status == http.StatusGatewayTimeout:
		return tooLarge{&pipeline.Later{Err: trouble("shopify.away", "host", host, "code", code), After: pause(a, 0)}}
	case a.Status == http.StatusNotImplemented, a.Status == 783, a.Status < 500:
		return undone{trouble("shopify.request", "host", host, "code", code, "said", said(a), "request", a.ID())}
	}
	return &pipeline.Later{Err: trouble("shopify.away", "host", host, "code", code), After: pause(a, 0)}
}

// pause is how long an answer asks to wait: Retry-After in seconds, decimals
// too, or as a date, which is held against the answer's own Date and not against
// our clock. otherwise where it does not say.
func pause(a Answer, otherwise time.Duration) time.Duration {
	text := strings.TrimSpace(a.Header.Get("Retry-After"))
	if s, err := strconv.ParseFloat(text, 64); err == nil && s >= 0 {
		if s >= longest.Seconds() {
			return longest
		}
		return max(seconds(s), time.Millisecond)
	}
	until, err := http.ParseTime(text)
	if err != nil {
		return otherwise
	}
	from, err := http.ParseTime(a.Header.Get("Date"))
	if err != nil {
		from = a.At
	}
	return min(max(until.Sub(from), time.Millisecond), longest)
}

// GraphError is one entry of errors, beside or in place of data.
type GraphError struct {
	Message    string                     `json:"message"`
	Extensions map[string]json.RawMessage `json:"extensions"`
}

func (e GraphError) extension(name string) string {
	var text string
	_ = json.Unmarshal(e.Extensions[name], &text) // not a text: as if it were not there
	return text
}

// Code is what kind of error it is.
func (e GraphError) Code() string { return e.extension("code") }

// graphErrors says what the errors of an answer with status 200 mean (reference
// 3.2). The first that needs its own handling decides.
func graphErrors(r Reply, host string) error {
	for _, e := range r.Errors {
		switch e.Code() {
		case "THROTTLED":
			wait := r.Cost.shortfall()
			wait += rand.N(wait/10 + 10*time.Millisecond)
			return undone{&pipeline.Later{Err: trouble("shopify.pause", "host", host), After: wait}}
		case "ACCESS_DENIED":
			return r.atRest(trouble("shopify.scope", "scope", scopeOf(e)))
		case "MAX_COST_EXCEEDED":
			return tooLarge{r.atRest(requestTrouble(r, e, host))}
		case "INTERNAL_SERVER_ERROR":
			return &pipeline.Later{Err: trouble("shopify.away", "host", host, "code", e.Code()+" "+r.ID())}
		}
	}
	return r.atRest(requestTrouble(r, r.Errors[0], host))
}

func requestTrouble(r Reply, e GraphError, host string) error {
	return trouble("shopify.request", "host", host, "code", e.Code(), "said", short(e.Message), "request", r.ID())
}

// atRest marks an error as undone where the answer holds no data at all.
func (r Reply) atRest(err error) error {
	if !r.holds() {
		return undone{err}
	}
	return err
}

var scopeName = regexp.MustCompile(`\b(?:read|write)_[a-z_]+`)

// scopeOf is the right that is missing, in Shopify's words where it names none.
func scopeOf(e GraphError) string {
	required := e.extension("requiredAccess")
	if names := scopeName.FindAllString(required, -1); len(names) > 0 {
		return strings.Join(names, " / ")
	}
	return short(required + " " + e.Message)
}

var markup = regexp.MustCompile(`(?s)<(?:style|script).*?</(?:style|script)>|<[^>]*>`)

// said are an answer's own words in one short line: of errors that may be a
// text, a list or an object of lists, and of HTML.
func said(a Answer) string {
	var body struct {
		Errors any    `json:"errors"`
		Error  string `json:"error"`
	}
	if json.Unmarshal(a.Body, &body) == nil {
		return short(body.Error + " " + strings.Join(texts(body.Errors), "; "))
	}
	return short(html.UnescapeString(markup.ReplaceAllString(string(a.Body), " ")))
}

func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, texts(e)...)
		}
		return out
	case map[string]any:
		var out []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			out = append(out, strings.TrimSpace(name+": "+strings.Join(texts(v[name]), ", ")))
		}
		return out
	}
	return nil
}

// short is a text in one line of at most 300 letters.
func short(s string) string {
	letters := []rune(strings.Join(strings.Fields(s), " "))
	if len(letters) > 300 {
		return string(letters[:299]) + "…"
	}
	return string(letters)
}

// Certain tells whether after an error the work was certainly not done.
func Certain(err error) bool { _, ok := errors.AsType[undone](err); return ok }
