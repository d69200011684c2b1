package etatest

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestLookup_Lag(t *testing.T) {
	t.Parallel()
	now := newClock(t, noon)
	c := newTill(t, start(t, Options{Now: now.Now, LookupLag: 10 * time.Second, ValidationDelay: time.Minute}))
	receipt := sale(t)
	id := c.mustTake(receipt)
	path := rawPath(uuidOf(t, receipt))
	wantStatus(t, c.get(path), http.StatusNotFound, "NotFound")
	now.advance(10 * time.Second)
	got := c.get(path)
	if got.status != http.StatusOK || got.str("rawDocument") != receipt || got.str("submissionUUID") != id || got.str("receipt", "status") != "Submitted" {
		t.Errorf("got %d %s", got.status, got.body)
	}
	wantStatus(t, c.get("/api/v1/receipts/"+uuidOf(t, receipt)+"/details"), http.StatusNotFound, "NotFound")
	now.advance(50 * time.Second)
	if got := c.get(path); got.str("receipt", "status") != "Valid" {
		t.Errorf("later: %s", got.body)
	}
	wantStatus(t, c.get(rawPath("unknown")), http.StatusNotFound, "NotFound")
}

func TestLookup_DetailsAndShare(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{}))
	sold := sale(t)
	uuid := uuidOf(t, sold)
	back := next(t, "1001-R1", uuid, `"currency"`, `"referenceUUID":"`+uuid+`","currency"`, `"receiptType":"s"`, `"receiptType":"r"`)
	c.mustTake(sold, back)
	got := c.get("/api/v1/receipts/" + uuid + "/details")
	if got.str("status") != "Valid" || got.str("documentType", "receiptType") != "s" || len(got.list("returnReceipts")) != 1 || len(got.list("history")) != 1 {
		t.Errorf("details: %d %s", got.status, got.body)
	}
	c.token = ""
	share := "/api/v1/receipts/" + uuid + "/share?dateTimeIssued="
	if got := c.get(share + "2026-10-01T11:59:00Z"); got.str("uuid") != uuid {
		t.Errorf("share: %d %s", got.status, got.body)
	}
	wantStatus(t, c.get(share+"2026-10-01T11:59:01Z"), http.StatusNotFound, "NotFound")
	wantClean(t, c.s)
}

func TestLookup_OtherTaxpayerSeesNothing(t *testing.T) {
	t.Parallel()
	stranger := Taxpayer{RIN: "999999999", POS: []POS{{Serial: "OTHER", OSVersion: "os", ClientID: "other", Secret: "x"}}}
	c := newTill(t, start(t, Options{Taxpayers: []Taxpayer{DemoTaxpayer(), stranger}}))
	id := c.mustTake(sale(t))
	c.token = c.login(map[string]string{"client_id": "other", "client_secret": "x"}, map[string]string{"posserial": "OTHER"}).str("access_token")
	wantStatus(t, c.get(rawPath(uuidOf(t, sale(t)))), http.StatusNotFound, "NotFound")
	wantStatus(t, c.get("/api/v1/receiptsubmissions/"+id+"/details"), http.StatusNotFound, "NotFound")
	if got := c.get("/api/v1/receipts/recent"); len(got.list("receipts")) != 0 {
		t.Errorf("recent: %s", got.body)
	}
}

func TestDetails_Pages(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{}))
	var receipts []string
	previous := ""
	for i := range 7 {
		pairs := []string{}
		if i == 4 {
			pairs = []string{`"EA"`, `"EACH"`}
		}
		receipts = append(receipts, next(t, fmt.Sprint(2000+i), previous, pairs...))
		previous = uuidOf(t, receipts[i])
	}
	path := "/api/v1/receiptsubmissions/" + c.mustTake(receipts...) + "/details"
	for _, test := range []struct {
		query                     string
		receipts, pages, invalids string
	}{
		{"", "7", "1", "1"},
		{"?PageNo=1&PageSize=3", "3", "3", "1"},
		{"?PageNo=3&PageSize=3", "1", "3", "1"},
		{"?PageNo=4&PageSize=3", "0", "3", "1"},
		{"?Status=Invalid", "1", "1", "1"},
		{"?ReceiptNumber=2002", "1", "1", "1"},
	} {
		got := c.get(path + test.query)
		tree, err := parseTree([]byte(got.body))
		if err != nil {
			t.Fatal(err)
		}
		if tree.str("status") != "Invalid" || fmt.Sprint(len(tree.list("receipts"))) != test.receipts ||
			tree.get("metadata", "totalPages").text != test.pages || tree.get("invalidReceiptsCount").text != test.invalids {
			t.Errorf("%s: %s", test.query, got.body)
		}
	}
	wantStatus(t, c.get(path+"?PageNo=0"), http.StatusBadRequest, "BadArgument")
	wantStatus(t, c.get("/api/v1/receiptsubmissions/unknown/details"), http.StatusNotFound, "NotFound")
}

func TestSearch_Filters(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{}))
	first := sale(t)
	second := next(t, "1002", uuidOf(t, first), "11:59:00Z", "11:59:30Z", `"paymentMethod":"C"`, `"paymentMethod":"V"`, `"EGP"`, `"EGP","sOrderNameCode":"#77"`)
	c.mustTake(first, second)
	for _, test := range []struct{ path, want string }{
		{"recent", "1002 1001"},
		{"recent?SortDir=asc", "1001 1002"},
		{"recent?PageSize=1&PageNo=2", "1001"},
		{"recent?PaymentMethod=V", "1002"},
		{"recent?Uuid=" + uuidOf(t, first), "1001"},
		{"recent?ReceiptNumber=1002&Status=Valid", "1002"},
		{"recent?Direction=Received", ""},
		{"search", "1002 1001"},
		{"search?FreeText=%2377", "1002"},
		{"search?DateTimeIssuedFrom=2026-10-01T11:59:10Z", "1002"},
		{"search?DateTimeIssuedTo=2026-10-01T11:59:10Z&DocumentTypeCode=s", "1001"},
		{"search?PosSerialNumber=OTHER", ""},
	} {
		got := c.get("/api/v1/receipts/" + test.path)
		numbers := ""
		for i, r := range got.list("receipts") {
			if i > 0 {
				numbers += " "
			}
			numbers += r.str("receiptNumber")
		}
		if got.status != http.StatusOK || numbers != test.want {
			t.Errorf("%s: got %q, want %q", test.path, numbers, test.want)
		}
	}
}
