package etatest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ParseFault reads a planned fault as a command line gives it: endpoint, request, what goes wrong.
//
//	submit:2:reset-after            the answer to the second submission is lost
//	token:1:status=401
//	any:3-5:status=429,retry-after=2
//	details:*:hang=2s
//	submit:1:reject=1042/CF399/totalAmount,drop=@0
//	submit:1:status=400,body={"error":"no"}
//
// Endpoints are token, submit, details, raw, receipt, share, recent, search and any. A request is a number from 1, a
// range, a range without end ("3-") or * for all. What goes wrong is one or more of, separated by commas:
// reset-before, reset-after, half, garbage, empty, html, hang=D, hang-after=D, status=N, retry-after=V,
// reject=KEY[/CODE[/PATH]], drop=KEY, lose=KEY, names=NUMBER (only requests with that receipt), body=TEXT. KEY is a receipt number, @ and an index from 0, or *.
// body= takes the rest of the line, so it comes last.
func ParseFault(text string) (Plan, error) {
	on, rest, _ := strings.Cut(text, ":")
	which, what, ok := strings.Cut(rest, ":")
	if !ok || what == "" {
		return Plan{}, fmt.Errorf("fault %q: must be endpoint:request:fault, such as submit:2:reset-after", text)
	}
	plan := Plan{On: Endpoint(on)}
	if !slices.Contains(endpoints, plan.On) {
		return Plan{}, fmt.Errorf("fault %q: endpoint %q is none of %v", text, on, endpoints)
	}
	var err error
	if plan.From, plan.To, err = parseRange(which); err != nil {
		return Plan{}, fmt.Errorf("fault %q: %w", text, err)
	}
	if plan.Fault, err = parseEffects(what); err != nil {
		return Plan{}, fmt.Errorf("fault %q: %w", text, err)
	}
	return plan, nil
}

func parseRange(text string) (from, to int, err error) {
	if text == "*" {
		return 1, Always, nil
	}
	first, last, isRange := strings.Cut(text, "-")
	if from, err = strconv.Atoi(first); err != nil || from < 1 {
		return 0, 0, fmt.Errorf("request %q is not a number from 1, a range or *", text)
	}
	switch {
	case !isRange:
		return from, from, nil
	case last == "":
		return from, Always, nil
	}
	if to, err = strconv.Atoi(last); err != nil || to < from {
		return 0, 0, fmt.Errorf("request %q is not a range", text)
	}
	return from, to, nil
}

func parseEffects(text string) (Fault, error) {
	var f Fault
	text, body, withBody := cutBody(text)
	f.Body = body
	for effect := range strings.SplitSeq(text, ",") {
		if effect == "" && withBody {
			continue
		}
		if err := f.addEffect(effect); err != nil {
			return Fault{}, err
		}
	}
	if (f.Body != "" || f.RetryAfter != "") && f.Status == 0 {
		return Fault{}, fmt.Errorf("body and retry-after need a status")
	}
	return f, nil
}

func cutBody(text string) (before, body string, found bool) {
	if body, found = strings.CutPrefix(text, "body="); found {
		return "", body, true
	}
	return strings.Cut(text, ",body=")
}

func (f *Fault) addEffect(effect string) (err error) {
	name, value, _ := strings.Cut(effect, "=")
	switch name {
	case "reset-before":
		f.Reset = true
	case string(Lost), string(Half), string(Garbage), string(Empty), string(HTML):
		f.Answer = Spoilt(name)
	case "hang":
		f.Hang, err = time.ParseDuration(value)
	case "hang-after":
		f.HangAfter, err = time.ParseDuration(value)
	case "status":
		f.Status, err = strconv.Atoi(value)
		if err == nil && (f.Status < 200 || f.Status > 599) {
			err = fmt.Errorf("status %s is not from 200 to 599", value)
		}
	case "retry-after":
		f.RetryAfter = value
	case "reject":
		parts := append(strings.SplitN(value, "/", 3), "", "")
		f.Reject = append(f.Reject, Rejection{Key: parts[0], Code: parts[1], Path: parts[2]})
	case "drop":
		f.Drop = append(f.Drop, value)
	case "names":
		f.Names = value
	case "lose":
		f.Lose = append(f.Lose, value)
	default:
		err = fmt.Errorf("%q is not known", effect)
	}
	return err
}

// String is the fault in the words that ParseFault reads; the two functions show as "before" and "after".
func (f Fault) String() string {
	var parts []string
	add := func(given bool, format string, args ...any) {
		if given {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(f.Reset, "reset-before")
	add(f.Before != nil, "before")
	add(f.After != nil, "after")
	add(f.Hang > 0, "hang=%s", f.Hang)
	add(f.HangAfter > 0, "hang-after=%s", f.HangAfter)
	add(f.Answer != "", "%s", f.Answer)
	for _, r := range f.Reject {
		add(true, "reject=%s", strings.TrimRight(r.Key+"/"+r.Code+"/"+r.Path, "/"))
	}
	for _, key := range f.Drop {
		add(true, "drop=%s", key)
	}
	for _, key := range f.Lose {
		add(true, "lose=%s", key)
	}
	add(f.Names != "", "names=%s", f.Names)
	add(f.Status != 0, "status=%d", f.Status)
	add(f.RetryAfter != "", "retry-after=%s", f.RetryAfter)
	add(f.Body != "", "body=%s", f.Body)
	return strings.Join(parts, ",")
}

// meant tells whether a key names the receipt.
func meant(key string, index int, number string) bool {
	return key == "*" || key == "@"+strconv.Itoa(index) || key == number
}

func anyMeant(keys []string, index int, number string) bool {
	return slices.ContainsFunc(keys, func(key string) bool { return meant(key, index, number) })
}
