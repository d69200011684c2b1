package eta

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"wasl/pipeline"
	"wasl/stages/load/eta/etatest"
)

func TestNight(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{ValidationPolls: 2, StrictChain: true, Duplicates: etatest.DuplicatesForgiving}, nil)
	n.fill(700) // two submissions, and details of several pages
	n.run(20)
	n.wantAll(pipeline.Delivered)
	held := n.server.Receipts()
	if len(held) != 700 || len(n.server.Submissions()) != 2 {
		t.Fatalf("%d receipts in %d submissions", len(held), len(n.server.Submissions()))
	}
	for i, r := range held {
		if !bytes.Equal(r.Body, n.docs[i].Sealed) || r.UUID != n.docs[i].Ref {
			t.Fatalf("receipt %d is not as it was sealed", i)
		}
		if uuid, err := uuidOf(r.Body); err != nil || uuid != r.UUID {
			t.Fatalf("receipt %d: uuid %s, want %s %v", i, r.UUID, uuid, err)
		}
	}
	for _, r := range n.server.Requests() {
		if r.Endpoint == etatest.Raw {
			t.Fatal("a receipt was looked up on a good night: its submission names it on one of its pages")
		}
	}
	if got := n.server.Requests()[1].Header.Get("User-Agent"); got != "wasl test" {
		t.Errorf("User-Agent %q", got)
	}
}

// TestNight_Faults: whatever befalls one request, each receipt is filed once and confirmed in the end.
func TestNight_Faults(t *testing.T) {
	t.Parallel()
	effects := []string{"reset-before", "reset-after", "half", "garbage", "empty", "html", "status=500", "status=502", "status=503", "status=504",
		"status=408", "status=429", "status=429,retry-after=30", "status=422,retry-after=5", "status=401", "status=403", "status=413", "status=404",
		"status=400,body={\"error\":{\"code\":\"BadStructure\",\"message\":\"no\"}}", "status=302", "status=202", "status=200,body={\"submissionId\":\"X\"}"}
	for _, endpoint := range []etatest.Endpoint{etatest.Token, etatest.Submit, etatest.Details, etatest.Raw, etatest.Any} {
		for _, effect := range effects {
			t.Run(string(endpoint)+" "+effect, func(t *testing.T) {
				t.Parallel()
				plan, err := etatest.ParseFault(string(endpoint) + ":1:" + effect)
				if err != nil {
					t.Fatal(err)
				}
				if endpoint == etatest.Details && strings.HasPrefix(effect, "status=404") {
					plan.To = 2 // a submission that does not show yet
				}
				faults := []etatest.Plan{plan}
				if endpoint == etatest.Raw { // what leads to look-ups at all
					faults = append(faults, etatest.Plan{On: etatest.Submit, From: 1, Fault: etatest.Fault{Answer: etatest.Lost}})
				}
				n := newNight(t, etatest.Options{StrictChain: true, ValidationPolls: 1, Duplicates: etatest.DuplicatesForgiving, Faults: faults}, nil)
				n.fill(5)
				n.run(60)
				n.wantAll(pipeline.Delivered)
			})
		}
	}
}

// TestNight_LookupLag: a lost answer whose receipts show only after minutes is not filed again, though the authority
// would take it (RELIABILITY 3.2).
func TestNight_LookupLag(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{LookupLag: 5 * time.Minute, Duplicates: etatest.DuplicatesForgiving, DuplicateWindow: -1}, nil)
	n.server.Fault(etatest.Submit, 1, etatest.Fault{Answer: etatest.Lost})
	n.fill(20)
	n.run(60)
	n.wantAll(pipeline.Delivered)
	if got := len(n.server.Submissions()); got != 1 {
		t.Errorf("%d submissions, want 1", got)
	}
}

func TestNight_LostBeforeIsSentAgainWithTheSameBytes(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{Duplicates: etatest.DuplicatesForgiving}, nil)
	n.server.Fault(etatest.Submit, 1, etatest.Fault{Reset: true})
	n.fill(3)
	began := n.clock.Now()
	n.run(60)
	n.wantAll(pipeline.Delivered)
	var sent [][]byte
	for _, r := range n.server.Requests() {
		if r.Endpoint == etatest.Submit {
			sent = append(sent, r.Body)
			if len(sent) == 2 && r.Time.Sub(began) < 10*time.Minute {
				t.Errorf("sent again after %s, within the time in which a payload counts as a duplicate", r.Time.Sub(began))
			}
		}
	}
	if len(sent) != 2 || !bytes.Equal(sent[0], sent[1]) {
		t.Errorf("%d submissions, or other bytes the second time", len(sent))
	}
}

// TestNight_Unnamed: a receipt in neither list of the answer is unknown, and looked up.
func TestNight_Unnamed(t *testing.T) {
	t.Parallel()
	for _, effect := range []string{"drop=@1", "lose=@1", "drop=*", "lose=*", "drop=@0,lose=@2"} {
		t.Run(effect, func(t *testing.T) {
			t.Parallel()
			n := newNight(t, etatest.Options{Duplicates: etatest.DuplicatesForgiving}, nil)
			plan, err := etatest.ParseFault("submit:1:" + effect)
			if err != nil {
				t.Fatal(err)
			}
			n.server.Plan(plan)
			n.fill(4)
			n.run(60)
			if got := n.states(); got[pipeline.Delivered] != 4 {
				t.Errorf("states %v; errors %v", got, n.errs)
			}
			for _, r := range n.server.Receipts() {
				if r.Taken != 1 {
					t.Errorf("%s was filed %d times", r.Number, r.Taken)
				}
			}
		})
	}
}

// TestNight_Duplicate: the same receipts offered to an authority that took them before, in each of its moods.
func TestNight_Duplicate(t *testing.T) {
	t.Parallel()
	for _, mood := range []etatest.Duplicates{etatest.DuplicatesStrict, etatest.DuplicatesLate} {
		n := newNight(t, etatest.Options{Duplicates: mood, LookupLag: 30 * time.Minute, DuplicateWindow: -1}, nil)
		n.server.Fault(etatest.Submit, 1, etatest.Fault{Answer: etatest.Lost})
		n.fill(3)
		n.run(80)
		n.wantAll(pipeline.Delivered)
	}
}

func TestNight_Rejected(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{StrictChain: true, Duplicates: etatest.DuplicatesForgiving}, nil)
	n.server.Fault(etatest.Submit, 1, etatest.Fault{Reject: []etatest.Rejection{{Key: "@1", Code: "CF399", Path: "itemData[0].unitType"}}})
	n.fill(3)
	n.run(20)
	if got := n.states(); got[pipeline.Delivered] != 2 || got[pipeline.Rejected] != 1 {
		t.Fatalf("states %v", got)
	}
	bad := n.docs[1]
	why := n.why[bad.Key]
	if len(why) != 1 || why[0].Rule != "eta.rejected" || why[0].With["code"] != "CF399" || why[0].Row != 2 || why[0].Field != "item.unit" {
		t.Fatalf("why %v", why)
	}
	n.replace(bad)
	n.fillFrom(2000, 2)
	n.run(20)
	n.wantClean()
	fixed := n.docs[3]
	old, _ := headerOf(bad.Sealed)
	now, _ := headerOf(fixed.Sealed)
	if fixed.State != pipeline.Delivered || now.PreviousUUID != old.PreviousUUID || now.ReceiptNumber != old.ReceiptNumber+"/2" {
		t.Errorf("%s: %+v replaces %+v", fixed.State, now, old)
	}
	if !bytes.Contains(fixed.Sealed, []byte(`"previousUUID":"`+old.PreviousUUID+`","referenceOldUUID":"`+old.UUID+`","currency"`)) {
		t.Errorf("header %s", fixed.Sealed[:400])
	}
	next, _ := headerOf(n.docs[4].Sealed)
	last, _ := headerOf(n.docs[2].Sealed)
	if next.PreviousUUID != last.UUID {
		t.Error("the correction moved the head of the chain")
	}
}

// replace brings the order of a rejected receipt again, corrected.
func (n *night) replace(bad *pipeline.Document) {
	n.t.Helper()
	doc := pipeline.Document{Key: bad.Key, Name: bad.Name, Body: bad.Body, From: bad.From, State: pipeline.Ready, Kind: KindReceipt}
	n.docs = append(n.docs, &doc)
	n.seal(&doc, bad.Sealed)
}

func (n *night) fillFrom(first, orders int) {
	for i := range orders {
		n.add(simple(n.t, first+i))
	}
}

// TestNight_Invalid: accepted, then refused by validation. The words come with the row that they mean.
func TestNight_Invalid(t *testing.T) {
	t.Parallel()
	taxpayer := etatest.DemoTaxpayer()
	taxpayer.Items = []string{"EG-100200300-MUG"}
	n := newNight(t, etatest.Options{Taxpayers: []etatest.Taxpayer{taxpayer}, ValidationPolls: 1, StrictChain: true}, nil)
	n.add(simple(t, 1))
	n.add(saleOf(t, row{"order.id": "2", "order.name": "#2", "order.subtotal": "20.00", "order.shipping": "5.00", "order.total": "25.00"},
		goodsRow("MUG", "1", "10.00"), goodsRow("CUP", "1", "10.00")))
	n.add(simple(t, 3))
	n.run(20)
	if got := n.states(); got[pipeline.Delivered] != 2 || got[pipeline.Rejected] != 1 {
		t.Fatalf("states %v %v", got, n.errs)
	}
	var got []string
	for _, p := range n.why["sale/2"] {
		got = append(got, fmt.Sprintf("%s %s %d %s", p.Rule, p.With["code"], p.Row, p.Field))
	}
	if want := "eta.invalid ItemCode 3 item.code, eta.invalid ItemCode 2 order.shipping"; strings.Join(got, ", ") != want {
		t.Errorf("why %s, want %s", strings.Join(got, ", "), want)
	}
	n.wantClean()
}

func TestNight_OtherNameOfTheSubmission(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{SubmissionUUID: true}, nil)
	n.fill(2)
	n.run(10)
	n.wantAll(pipeline.Delivered)
}

func TestNight_TokenIsKeptAndRenewed(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{ValidationPolls: 6}, nil) // the sixth question comes after 43 minutes
	n.fill(1)
	n.run(20)
	n.wantAll(pipeline.Delivered)
	count := 0
	for _, r := range n.server.Requests() {
		if r.Endpoint == etatest.Token {
			count++
		}
	}
	if count != 1 {
		t.Errorf("%d sign-ins within four fifths of an hour, want 1", count)
	}
	n.clock.pass(49 * time.Minute)
	n.fillFrom(2000, 1)
	n.run(20)
	n.server.RevokeTokens() // a token that dies before its time costs one refused call
	n.fillFrom(3000, 1)
	n.run(20)
	n.wantAll(pipeline.Delivered)
}

func TestSend_SignInRefused(t *testing.T) {
	t.Parallel()
	for code, rule := range tokenRules {
		n := newNight(t, etatest.Options{}, nil)
		n.server.Fault(etatest.Token, 1, etatest.Fault{Status: 400, Body: `{"error":"` + code + `","error_description":"demo-secret is wrong"}`})
		n.wantTrouble(rule)
		if got := len(n.server.Receipts()); got != 0 {
			t.Errorf("%s: %d receipts", code, got)
		}
	}
	for setting, c := range map[string]struct {
		change func(*Config)
		rule   pipeline.Rule
	}{
		"client":  {func(c *Config) { c.ClientID = "other" }, "eta.client"},
		"serial":  {func(c *Config) { c.POS.Serial = "other" }, "eta.posserial"},
		"version": {func(c *Config) { c.POS.OSVersion = "other" }, "eta.pososversion"},
		"secret":  {func(c *Config) { c.ClientSecret = "none" }, "eta.secret"},
	} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			newNight(t, etatest.Options{}, c.change).wantTrouble(c.rule)
		})
	}
}

// wantTrouble sends one receipt and wants an operator's trouble, with nothing taken and nothing unknown.
func (n *night) wantTrouble(rule pipeline.Rule) {
	n.t.Helper()
	n.fillFrom(4000, 1)
	n.step(n.t.Context())
	if len(n.errs) != 1 {
		n.t.Fatalf("errors %v", n.errs)
	}
	trouble, ok := errors.AsType[*pipeline.Trouble](n.errs[0])
	if !ok || trouble.Rule != rule {
		n.t.Errorf("got %v, want trouble %s", n.errs[0], rule)
		return
	}
	if words := trouble.Says("en") + trouble.Fix("en") + trouble.Says("ar") + trouble.Fix("ar"); strings.Contains(words, "{") {
		n.t.Errorf("words with holes: %s", words)
	}
	if n.docs[0].State != pipeline.Ready {
		n.t.Errorf("document is %s, want ready", n.docs[0].State)
	}
	n.wantClean()
}

func TestSend_NothingTaken(t *testing.T) {
	t.Parallel()
	standard := func(code string) string { return `{"error":{"code":"` + code + `","message":"words","details":[]}}` }
	for _, c := range []struct {
		fault etatest.Fault
		to    int
		rule  pipeline.Rule
	}{
		{etatest.Fault{Status: 400, Body: standard("BadStructure")}, 1, "eta.badstructure"},
		{etatest.Fault{Status: 400, Body: standard("MaximumSizeExceeded")}, 1, "eta.toolarge"},
		{etatest.Fault{Status: 413}, 1, "eta.toolarge"},
		{etatest.Fault{Status: 403}, 1, "eta.submitter"},
		{etatest.Fault{Status: 403, Body: standard("PosNotActive")}, 1, "eta.forbidden"},
		{etatest.Fault{Status: 415}, 1, "eta.refused"},
		{etatest.Fault{Status: 401}, 2, "eta.unauthorized"},
	} {
		n := newNight(t, etatest.Options{}, nil)
		n.server.Plan(etatest.Plan{On: etatest.Submit, From: 1, To: c.to, Fault: c.fault})
		n.wantTrouble(c.rule)
		n.run(20)
		n.wantAll(pipeline.Delivered)
	}
}

// TestSend_TooLarge has an authority that takes fewer receipts at a time than it documents.
func TestSend_TooLarge(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{}, nil)
	tooLarge := etatest.Fault{Status: 400, Body: `{"error":{"code":"MaximumSizeExceeded","message":"words","details":[]}}`}
	n.server.Plan(etatest.Plan{On: etatest.Submit, From: 1, To: 2, Fault: tooLarge})
	n.fillFrom(4000, 9)
	n.run(20)
	n.wantAll(pipeline.Delivered)
	if len(n.errs) != 0 {
		t.Errorf("errors %v", n.errs)
	}
	n.wantClean()
}

// TestSend_AnsweredAfterManyTries says itself when to ask: the lane would wait by how often it tried in vain.
func TestSend_AnsweredAfterManyTries(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{}, nil)
	n.fillFrom(4000, 3)
	n.take()
	n.batch.Docs, _, _ = n.live()
	n.batch.Tries = 12
	a, err := n.sink.Send(t.Context(), n.batch)
	if err != nil || len(a.Outcomes) != 3 {
		t.Fatalf("%d outcomes, error %v", len(a.Outcomes), err)
	}
	if want := n.sink.config.PollAfter[0]; a.Again != want {
		t.Errorf("ask again after %s, want %s", a.Again, want)
	}
}

func TestSend_Retired(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{}, nil)
	n.server.Retire("WASL-SRV-01")
	n.wantTrouble("eta.forbidden")
}

// A clock that is a little ahead issues receipts by the authority's, which would refuse those of its own future. However
// long an answer takes, the clocks are not taken to differ by that.
func TestSeal_ByTheAuthoritysClock(t *testing.T) {
	t.Parallel()
	for _, ahead := range []time.Duration{-110 * time.Second, -3 * time.Second, 0, 6 * time.Second, 110 * time.Second} {
		c := newClock()
		server := etatest.New(etatest.Options{Now: func() time.Time { return c.Now().Add(-ahead) }})
		t.Cleanup(server.Close)
		sink, err := New(demoConfig(server.URL()), demoDeps(c.Now))
		if err != nil {
			t.Fatal(err)
		}
		n := &night{t: t, clock: c, server: server, sink: sink, kind: sink.Kinds()[0], why: map[string][]pipeline.Problem{}}
		if err := sink.Ready(t.Context(), sink.Lane()); err != nil {
			t.Fatalf("ahead by %s: %v", ahead, err)
		}
		n.fill(3)
		n.run(20)
		n.wantAll(pipeline.Delivered)
	}
}

func TestMeasure_HowLongAnAnswerTookIsNoDifference(t *testing.T) {
	t.Parallel()
	c := newClock()
	sink, err := New(demoConfig("http://127.0.0.1:1"), demoDeps(c.Now))
	if err != nil {
		t.Fatal(err)
	}
	now := c.Now()
	for _, test := range []struct{ began, theirs, want time.Duration }{
		{-5 * time.Minute, -4 * time.Minute, 0}, {-5 * time.Minute, -6 * time.Minute, time.Minute}, {-5 * time.Minute, time.Minute, -time.Minute},
	} {
		sink.measure(now.Add(test.began), now.Add(test.theirs).UTC().Format(http.TimeFormat))
		if got := sink.skewed(); (got - test.want).Abs() >= time.Second { // a Date has whole seconds
			t.Errorf("began %s, theirs %s: %s ahead, want %s", test.began, test.theirs, got, test.want)
		}
	}
}

// A submission that counts as a duplicate is told as one, not as an answer that cannot be used; its receipts are looked
// up before they leave again.
func TestSend_ResubmittedIsNamed(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{Duplicates: etatest.DuplicatesForgiving}, nil)
	n.server.Fault(etatest.Submit, 1, etatest.Fault{Status: http.StatusUnprocessableEntity, RetryAfter: "5"})
	n.fill(2)
	n.step(t.Context())
	if len(n.errs) != 1 {
		t.Fatalf("errors %v", n.errs)
	}
	trouble, ok := errors.AsType[*pipeline.Trouble](n.errs[0])
	if _, later := errors.AsType[*pipeline.Later](n.errs[0]); !ok || !later || trouble.Rule != "eta.resubmitted" {
		t.Errorf("got %v", n.errs[0])
	}
	n.run(60)
	n.wantAll(pipeline.Delivered)
}

func TestSend_Clock(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{3 * time.Minute, -3 * time.Minute} {
		c := newClock()
		server := etatest.New(etatest.Options{Now: func() time.Time { return c.Now().Add(off) }})
		t.Cleanup(server.Close)
		sink, err := New(demoConfig(server.URL()), demoDeps(c.Now))
		if err != nil {
			t.Fatal(err)
		}
		n := &night{t: t, clock: c, server: server, sink: sink, kind: sink.Kinds()[0], why: map[string][]pipeline.Problem{}}
		n.wantTrouble("eta.clock")
		off = 0
		n.run(20)
		n.wantAll(pipeline.Delivered)
	}
}

func TestSend_NobodyThere(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{}, nil)
	n.fill(1)
	if n.step(t.Context()); len(n.errs) > 0 { // signs in
		t.Fatal(n.errs)
	}
	n.server.Close()
	n.fillFrom(2000, 1)
	n.docs[0].State = pipeline.Delivered
	n.step(t.Context())
	if _, ok := errors.AsType[*pipeline.Later](errors.Join(n.errs...)); !ok || n.docs[1].State != pipeline.Ready {
		t.Errorf("document %s, errors %v", n.docs[1].State, n.errs)
	}
}

func TestSend_Cancelled(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{Duplicates: etatest.DuplicatesForgiving}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	n.server.Fault(etatest.Submit, 1, etatest.Fault{HangAfter: time.Minute})
	n.server.Plan(etatest.Plan{On: etatest.Token, From: 1, Fault: etatest.Fault{}})
	n.fill(2)
	go func() {
		for len(n.server.Receipts()) < 2 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	n.step(ctx)
	if got := n.states(); got[pipeline.Sending] != 2 {
		t.Errorf("states %v after a cut in the middle of a call", got)
	}
	n.run(20)
	n.wantAll(pipeline.Delivered)
}

func TestSend_SignatureAndManyBytes(t *testing.T) {
	t.Parallel()
	for setting, want := range map[string]string{"": `],"signatures":[{"signatureType":"I","value":""}]}`, "omit": `]}`} {
		n := newNight(t, etatest.Options{}, func(c *Config) { c.Signature = setting })
		n.fill(1)
		n.run(10)
		n.wantAll(pipeline.Delivered)
		for _, r := range n.server.Requests() {
			if r.Endpoint == etatest.Submit && !strings.HasSuffix(string(r.Body), "}"+want) {
				t.Errorf("body ends %s", r.Body[len(r.Body)-60:])
			}
		}
	}
	most, room := demoSink(t, nil).Limits()
	docs := make([]pipeline.Document, most)
	for i := range docs {
		docs[i].Sealed = bytes.Repeat([]byte("x"), room/most)
	}
	if body, err := submission(docs, signatureEmpty); err != nil || len(body) >= 1_500_000 {
		t.Errorf("a full batch has %d bytes %v", len(body), err)
	}
	if _, err := submission([]pipeline.Document{{Key: "k"}}, signatureEmpty); err == nil {
		t.Error("an unsealed receipt was sent")
	}
}

func TestAsk_PageOfAWebServerIsNoAnswer(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{Duplicates: etatest.DuplicatesForgiving}, nil)
	n.server.Fault(etatest.Submit, 1, etatest.Fault{Answer: etatest.Lost})
	n.server.Plan(etatest.Plan{On: etatest.Raw, From: 1, To: 30, Fault: etatest.Fault{Status: http.StatusNotFound, Body: "<html>not here</html>"}})
	n.fill(1)
	n.run(60)
	n.wantAll(pipeline.Delivered)
	if got := len(n.server.Submissions()); got != 1 {
		t.Errorf("%d submissions", got)
	}
}

func TestAnswer_SamplesAreRead(t *testing.T) {
	t.Parallel()
	var d details
	text := `{"status":"Invalid","receipts":[{"uuid":"u","receiptNumber":1003,"status":"Invalid","errors":[{"stepName":"Code validator","error":
	{"propertyPath":"itemData[0].unitType","errorCode":"4043","error":"Unit type not found","errorAr":"وحدة القياس غير موجودة","innerError":null}}]}],"metadata":{"totalPages":1}}`
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	entry, ok := find(d.Receipts, "U", "")
	why := entry.problems(pipeline.Document{From: []pipeline.Origin{{File: "orders.csv", Row: 7}}}, "eta.invalid")
	if !ok || len(why) != 1 || why[0].Row != 7 || why[0].Field != "item.unit" || why[0].With["said"] != "Unit type not found | وحدة القياس غير موجودة" {
		t.Errorf("%v", why)
	}
	for _, text := range []string{`"words"`, `{"message":"words"}`, `{"code":429,"error":"words"}`, `{"details":[{"message":"words"}],"message":"Validation Error"}`} {
		var f fault
		if err := json.Unmarshal([]byte(text), &f); err != nil || f.leaves()[0].words() != "words" {
			t.Errorf("%s is read as %v %v", text, f.leaves(), err)
		}
	}
}

func TestLink(t *testing.T) {
	t.Parallel()
	s := demoSink(t, nil)
	doc, _ := build(t, s, simple(t, 1))
	sealed, ref, _, err := s.Kinds()[0].Seal(doc, pipeline.Link{}, time.Date(2026, 11, 23, 22, 0, 5, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	want := "https://invoicing.eta.gov.eg/receipts/search/" + ref + "/share/2026-11-23T22:00:00Z#Total:114,IssuerRIN:100200300"
	if got, err := s.Link(sealed); err != nil || got != want {
		t.Errorf("%s %v, want %s", got, err, want)
	}
}

func TestSeal_RefusesWhatBuildDidNotWrite(t *testing.T) {
	t.Parallel()
	s := demoSink(t, nil)
	for _, body := range []string{``, `{}`, `{"header":{"uuid":"x","dateTimeIssued":"","previousUUID":""}}`} {
		if _, _, _, err := s.Kinds()[0].Seal(pipeline.Document{Key: "k", Body: []byte(body)}, pipeline.Link{}, time.Now()); err == nil {
			t.Errorf("sealed %s", body)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{}, nil)
	n.fill(2)
	n.run(10)
	facts, problems, err := n.sink.Check(t.Context(), nil)
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	text := fmt.Sprint(facts)
	for _, want := range []string{"100200300", "WASL-SRV-01", "{eta.clock 0s}", "{eta.recent 2, #1001-5500001001"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	bad := newNight(t, etatest.Options{}, func(c *Config) { c.ClientID = "x"; c.Shipping.ItemCode = "" })
	_, problems, err = bad.sink.Check(t.Context(), nil)
	if err != nil || len(problems) != 2 || problems[0].Rule != "eta.shipping" || problems[1].Rule != "eta.client" {
		t.Errorf("%v %v", problems, err)
	}
}

// TestNight_DuplicateThatCannotBeFound: refused as taken before, and never shown. It is no refusal, and not sent for
// ever: a person looks it up.
func TestNight_DuplicateThatCannotBeFound(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{LookupLag: 1000 * time.Hour, DuplicateWindow: -1}, nil)
	n.server.Fault(etatest.Submit, 1, etatest.Fault{Answer: etatest.Lost})
	n.fill(1)
	for range 40 {
		n.step(t.Context())
	}
	duplicate := slices.ContainsFunc(n.errs, func(err error) bool {
		trouble, ok := errors.AsType[*pipeline.Trouble](err)
		return ok && trouble.Rule == "eta.duplicate"
	})
	if !duplicate || n.docs[0].State != pipeline.Sending {
		t.Errorf("%s, errors %v", n.docs[0].State, n.errs)
	}
	n.wantClean()
}

func TestSend_LeavesOutWhatHasLeft(t *testing.T) {
	t.Parallel()
	n := newNight(t, etatest.Options{}, nil)
	n.fill(3)
	n.take()
	n.batch.Docs[0].State, n.batch.Docs[2].State = pipeline.Accepted, pipeline.Delivered
	n.batch.Docs[1].State = pipeline.Sending
	a, err := n.sink.Send(t.Context(), n.batch)
	if err != nil || len(a.Outcomes) != 1 || a.Outcomes[0].Key != n.docs[1].Key {
		t.Errorf("%v %v", a.Outcomes, err)
	}
}
