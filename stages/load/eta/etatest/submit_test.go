package etatest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSubmit_BatchTakenAndValid(t *testing.T) {
	t.Parallel()
	s := start(t, Options{ValidationPolls: 1})
	c := newTill(t, s)
	first := sale(t)
	second := next(t, "1002", uuidOf(t, first))
	answer := c.submit(first, second)
	if answer.status != http.StatusAccepted || len(answer.list("acceptedDocuments")) != 2 || len(answer.list("rejectedDocuments")) != 0 {
		t.Fatalf("got %d %s", answer.status, answer.body)
	}
	doc := answer.list("acceptedDocuments")[1]
	if doc.str("uuid") != uuidOf(t, second) || doc.str("receiptNumber") != "1002" || doc.str("longId") == "" || doc.str("hashKey") == "" {
		t.Errorf("accepted document: %s", doc.raw)
	}
	path := "/api/v1/receiptsubmissions/" + answer.str("submissionId") + "/details?PageNo=1&PageSize=100"
	if got := c.get(path); got.str("status") != "InProgress" || len(got.list("receipts")) != 0 {
		t.Errorf("first poll: %s", got.body)
	}
	if got := c.get(path); got.str("status") != "Valid" || len(got.list("receipts")) != 2 {
		t.Errorf("second poll: %s", got.body)
	}
	if held, _ := s.Filed(uuidOf(t, first)); held.Status != "Valid" || held.Taken != 1 || string(held.Body) != first {
		t.Errorf("held: %+v", held)
	}
	wantClean(t, s)
}

// The generated samples that add up come from elsewhere, so they show that a receipt need not be ours to pass.
func TestSubmit_GeneratedSamplesValid(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, now, head string }{
		{"gen-01-sale-arabic", "2026-03-05T10:20:00Z", ""},
		{"gen-08-shop-order", "2026-05-01T22:00:00Z", strings.Repeat("0", 63) + "1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			demo := DemoTaxpayer()
			demo.POS[0].Head = test.head
			s := start(t, Options{Now: newClock(t, test.now).Now, Taxpayers: []Taxpayer{demo}, StrictChain: true})
			c := newTill(t, s)
			id := c.mustTake(sealed(t, string(readFile(t, vectorFolder+"/"+test.name+".json"))))
			if found := c.findings(id); len(found) > 0 {
				t.Errorf("found %v", found)
			}
			wantClean(t, s)
		})
	}
}

func TestSubmit_BadStructure(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{}))
	line := `{"internalCode":"TS-01"` // the only line begins so
	for _, test := range []struct{ name, body, path string }{
		{"no json", `{"receipts":[`, ""},
		{"not an object", `[]`, ""},
		{"no receipts", `{"receipts":[]}`, "receipts"},
		{"unknown top member", `{"receipts":[` + sale(t) + `],"batch":1}`, "batch"},
		{"unknown member", wrap(sale(t, `"adjustment":0`, `"adjustment":0,"note":"x"`)), "receipts[0].note"},
		{"missing member", wrap(sale(t, `"currency":"EGP"`, `"sOrderNameCode":"x"`)), "receipts[0].header.currency"},
		{"text for number", wrap(sale(t, `"totalSales":200`, `"totalSales":"200"`)), "receipts[0].totalSales"},
		{"number for text", wrap(sale(t, `"rin":"100200300"`, `"rin":100200300`)), "receipts[0].seller.rin"},
		{"null", wrap(sale(t, `"buyer":{"type":"P"}`, `"buyer":{"type":"P","id":null}`)), "receipts[0].buyer.id"},
		{"six decimals", wrap(sale(t, `"totalSales":200`, `"totalSales":200.000001`)), "receipts[0].totalSales"},
		{"exponent", wrap(sale(t, `"totalSales":200`, `"totalSales":2e2`)), "receipts[0].totalSales"},
		{"too long", wrap(sale(t, `"1001"`, quoted(strings.Repeat("ر", 51)))), "receipts[0].header.receiptNumber"},
		{"no lines", wrap(sale(t, saleText[strings.Index(saleText, line):strings.Index(saleText, `],"totalSales"`)], ``)), "receipts[0].itemData"},
		{"tax type twice", wrap(sale(t, `"rate":14}]`, `"rate":14},{"taxType":"T1","amount":0,"subType":"V003"}]`)), "receipts[0].itemData[0].taxableItems"},
		{"signature type", `{"receipts":[` + sale(t) + `],"signatures":[{"signatureType":"X","value":""}]}`, "signatures[0].signatureType"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := c.post(test.body)
			wantStatus(t, answer, http.StatusBadRequest, "BadStructure")
			found := answer.list("error", "details")
			if len(found) != 1 || found[0].str("propertyPath") != test.path {
				t.Errorf("details: %s, want path %q", answer.body, test.path)
			}
		})
	}
	if held := c.s.Receipts(); len(held) > 0 {
		t.Errorf("taken: %v", held)
	}
}

func wrap(receipt string) string { return `{"receipts":[` + receipt + `]}` }

func TestSubmit_LengthInCharacters(t *testing.T) {
	t.Parallel()
	newTill(t, start(t, Options{})).mustTake(sale(t, `"1001"`, quoted(strings.Repeat("ر", 50))))
}

func TestSubmit_SignatureForms(t *testing.T) {
	t.Parallel()
	for _, form := range []string{``, `,"signatures":[]`, `,"signatures":[{"signatureType":"I","value":""}]`, `,"signatures":[{"signatureType":"I","value":"MII="}]`} {
		c := newTill(t, start(t, Options{}))
		wantStatus(t, c.post(`{"receipts":[`+sale(t)+`]`+form+`}`), http.StatusAccepted, "")
	}
}

func TestSubmit_Limits(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{}))
	var many []string
	for range 501 {
		many = append(many, "{}")
	}
	wantStatus(t, c.submit(many...), http.StatusBadRequest, "MaximumSizeExceeded")
	wantStatus(t, c.post(wrap(sale(t))+strings.Repeat(" ", maxBytes)), http.StatusBadRequest, "MaximumSizeExceeded")
	body := wrap(sale(t))
	wantStatus(t, c.post(body+strings.Repeat(" ", maxBytes-len(body))), http.StatusAccepted, "")
}

func TestSubmit_IncorrectSubmitter(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{}))
	wantStatus(t, c.submit(sale(t, `"rin":"100200300"`, `"rin":"999999999"`)), http.StatusForbidden, "IncorrectSubmitter")
	wantStatus(t, c.submit(sale(t, "WASL-SRV-01", "WASL-SRV-02")), http.StatusForbidden, "IncorrectSubmitter")
	if found := c.s.Judge(); len(found) != 2 {
		t.Errorf("violations: %v", found)
	}
}

func TestSubmit_RetiredPOS(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{}))
	c.s.Retire("WASL-SRV-01")
	wantStatus(t, c.submit(sale(t)), http.StatusForbidden, "PosNotActive")
}

func TestSubmit_Rejected(t *testing.T) {
	t.Parallel()
	demo := DemoTaxpayer()
	demo.ReceiptTypes = []string{"s", "r"}
	c := newTill(t, start(t, Options{Taxpayers: []Taxpayer{demo}}))
	good := sale(t)
	for _, test := range []struct{ name, receipt, code string }{
		{"uuid of other content", strings.Replace(good, `"quantity":2`, `"quantity":3`, 1), "UuidMismatch"},
		{"uuid of another literal", strings.Replace(good, `"quantity":2`, `"quantity":2.0`, 1), "UuidMismatch"},
		{"uuid in capitals", strings.Replace(good, uuidOf(t, good), strings.ToUpper(uuidOf(t, good)), 1), "UuidForm"},
		{"version", sale(t, `"1.2"`, `"1.1"`), "TypeVersion"},
		{"type unknown", sale(t, `"receiptType":"s"`, `"receiptType":"X"`), "ReceiptType"},
		{"type in capitals", sale(t, `"receiptType":"s"`, `"receiptType":"S"`), "ReceiptType"},
		{"type not allowed", sale(t, `"receiptType":"s"`, `"receiptType":"SC"`), "ReceiptType"},
		{"time with offset", sale(t, "11:59:00Z", "11:59:00+02:00"), "DateTimeIssued"},
		{"time with fraction", sale(t, "11:59:00Z", "11:59:00.5Z"), "DateTimeIssued"},
		{"future", sale(t, "11:59:00Z", "12:00:01Z"), "DateTimeIssued"},
		{"too old", sale(t, "10-01T11:59:00Z", "09-30T11:59:59Z"), "DateTimeIssued"},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer := c.submit(test.receipt)
			refused := answer.list("rejectedDocuments")
			if answer.status != http.StatusAccepted || len(refused) != 1 || answer.str("submissionId") != "" {
				t.Fatalf("got %d %s", answer.status, answer.body)
			}
			if refused[0].str("uuid") != uuidOf(t, test.receipt) || refused[0].str("receiptNumber") != "1001" {
				t.Errorf("rejected: %s", refused[0].raw)
			}
			if found := refused[0].list("error", "details"); len(found) != 1 || found[0].str("code") != test.code {
				t.Errorf("got %s, want %s", refused[0].raw, test.code)
			}
		})
	}
	if held := c.s.Receipts(); len(held) > 0 {
		t.Errorf("taken: %v", held)
	}
}

func TestSubmit_CapitalTypesWhenAllowed(t *testing.T) {
	t.Parallel()
	demo := DemoTaxpayer()
	demo.ReceiptTypes = []string{"S", "R"}
	c := newTill(t, start(t, Options{Taxpayers: []Taxpayer{demo}}))
	c.mustTake(sale(t, `"receiptType":"s"`, `"receiptType":"S"`))
}

func TestSubmit_DuplicateUUID(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		mode                      Duplicates
		accepted, taken, invalid2 int
	}{
		{DuplicatesStrict, 0, 1, 0},
		{DuplicatesForgiving, 1, 2, 0},
		{DuplicatesLate, 1, 1, 1},
	} {
		t.Run(fmt.Sprint(test.mode), func(t *testing.T) {
			s := start(t, Options{Duplicates: test.mode, DuplicateWindow: -1})
			c := newTill(t, s)
			c.mustTake(sale(t))
			again := c.submit(sale(t))
			if got := len(again.list("acceptedDocuments")); got != test.accepted {
				t.Errorf("accepted again: %d, want %d: %s", got, test.accepted, again.body)
			}
			held, _ := s.Filed(uuidOf(t, sale(t)))
			if held.Taken != test.taken || len(s.Receipts()) != 1 {
				t.Errorf("taken %d times, want %d", held.Taken, test.taken)
			}
			if id := again.str("submissionId"); id != "" {
				if got := len(c.findings(id)); got != test.invalid2 {
					t.Errorf("second filing has %d findings, want %d", got, test.invalid2)
				}
			}
			if twice := len(s.Judge()) > 0; twice != (test.taken > 1) {
				t.Errorf("judge: %v", s.Judge())
			}
		})
	}
}

func TestSubmit_SamePayloadWithinWindow(t *testing.T) {
	t.Parallel()
	now := newClock(t, noon)
	c := newTill(t, start(t, Options{Now: now.Now, Duplicates: DuplicatesForgiving}))
	c.mustTake(sale(t))
	now.advance(9*time.Minute + 30*time.Second)
	again := c.submit(sale(t))
	wantStatus(t, again, http.StatusUnprocessableEntity, "DuplicateSubmission")
	if got := again.header.Get("Retry-After"); got != "30" {
		t.Errorf("Retry-After: %s", got)
	}
	now.advance(30 * time.Second)
	wantStatus(t, c.submit(sale(t)), http.StatusAccepted, "")
}

func TestSubmit_OtherName(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{SubmissionUUID: true}))
	if got := c.submit(sale(t)); got.str("submissionUUID") == "" || got.str("submissionId") != "" {
		t.Errorf("got %s", got.body)
	}
}

func TestSubmit_RateLimit(t *testing.T) {
	t.Parallel()
	now := newClock(t, noon)
	c := newTill(t, start(t, Options{Now: now.Now, RateLimit: 2, RateWindow: 5 * time.Second}))
	c.mustTake(sale(t))
	got := c.get(rawPath(uuidOf(t, sale(t))))
	if got.status != http.StatusTooManyRequests || got.str("error") != "Too many requests" || got.header.Get("Retry-After") != "5" {
		t.Errorf("got %d %s", got.status, got.body)
	}
	now.advance(5 * time.Second)
	if got := c.get(rawPath(uuidOf(t, sale(t)))); got.status != http.StatusOK {
		t.Errorf("later: %d %s", got.status, got.body)
	}
}

func TestSubmit_ServersClockInDateHeader(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{}))
	got := c.submit(sale(t))
	if date, err := http.ParseTime(got.header.Get("Date")); err != nil || date.Format(timeFormat) != noon {
		t.Errorf("Date: %s", got.header.Get("Date"))
	}
	if got.header.Get("correlationId") == "" {
		t.Error("no correlationId")
	}
}

func TestSubmit_RecordsRequests(t *testing.T) {
	t.Parallel()
	s := start(t, Options{})
	newTill(t, s).mustTake(sale(t))
	var seen []string
	for _, r := range s.Requests() {
		seen = append(seen, fmt.Sprintf("%d %s %d %s %d", r.N, r.Endpoint, r.Status, r.POS, len(r.Body)-r.Size))
	}
	want := []string{"1 token 200 WASL-SRV-01 0", "2 submit 202 WASL-SRV-01 0"}
	if !slices.Equal(seen, want) {
		t.Errorf("got %v, want %v", seen, want)
	}
}
