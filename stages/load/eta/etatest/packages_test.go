package etatest

import (
	"encoding/base64"
	"net/http"
	"testing"
)

// reader signs the ERP's client in, with its credentials in a Basic header.
func (c *till) reader() {
	c.t.Helper()
	got := c.send(http.MethodPost, "/connect/token", "grant_type=client_credentials", map[string]string{"Content-Type": "application/x-www-form-urlencoded",
		"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte("demo-erp:demo-erp-secret"))})
	if c.token = got.str("access_token"); c.token == "" {
		c.t.Fatalf("sign in: %d %s", got.status, got.body)
	}
}

func (c *till) order(path, body string) answered {
	c.t.Helper()
	return c.send(http.MethodPost, path, body, map[string]string{"Authorization": "Bearer " + c.token, "Content-Type": "application/json"})
}

func TestReader_SeesAndDoesNotIssue(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{ReadersOnly: true}))
	c.mustTake(sale(t))
	wantStatus(t, c.get("/api/v1/receipts/search"), http.StatusForbidden, "Forbidden")
	c.reader()
	if got := c.get("/api/v1/receipts/search"); got.status != http.StatusOK || len(got.list("receipts")) != 1 {
		t.Errorf("search: %d %s", got.status, got.body)
	}
	if got := c.submit(next(t, "1002", uuidOf(t, sale(t)))); got.status != http.StatusForbidden {
		t.Errorf("submit: %d %s", got.status, got.body)
	}
}

func TestPackage_AskedForWaitedForAndFetched(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{PackagePolls: 1}))
	c.mustTake(sale(t), next(t, "1002", uuidOf(t, sale(t))))
	c.reader()
	wantStatus(t, c.order("/api/v1.0/receiptpackages/requests", `{"type":"Half","format":"JSON"}`), http.StatusBadRequest, "BadArgument")
	id := c.order("/api/v1.0/receiptpackages/requests", `{"type":"Summary","format":"JSON","queryParameters":{"posSerial":"WASL-SRV-01"}}`).str("requestId")
	none := c.order("/api/v1.0/receiptpackages/requests", `{"type":"Full","format":"CSV","queryParameters":{"posSerial":"OTHER"}}`).str("requestId")
	list := "/api/v1.0/receiptpackages/requests?pageNo=1&pageSize=1"
	if got := c.get(list); len(got.list("result")) != 1 || got.list("result")[0].str("requestId") != none || got.list("result")[0].get("status").text != "1" {
		t.Errorf("newest first, in progress: %s", got.body)
	}
	wantStatus(t, c.get("/api/v1.0/receiptpackages/"+id), http.StatusNotFound, "NotFound")
	all := "/api/v1.0/receiptpackages/requests"
	c.get(all)
	if got := c.get(all); got.list("result")[1].get("status").text != "2" {
		t.Errorf("complete: %s", got.body)
	}
	if got := c.get("/api/v1.0/receiptpackages/" + id); len(got.list("receipts")) != 2 {
		t.Errorf("package: %d %s", got.status, got.body)
	}
}

func TestAlter_ShownAsChanged(t *testing.T) {
	t.Parallel()
	c := newTill(t, start(t, Options{}))
	c.mustTake(sale(t))
	uuid := uuidOf(t, sale(t))
	if !c.s.Alter(uuid, func(r *Receipt) { r.Status, r.TotalAmount = "Cancelled", "7" }) || c.s.Alter("unknown", func(*Receipt) {}) {
		t.Error("altered the wrong ones")
	}
	if got := c.get("/api/v1/receipts/recent?Status=Cancelled"); len(got.list("receipts")) != 1 || got.list("receipts")[0].get("totalAmount").text != "7" {
		t.Errorf("recent: %s", got.body)
	}
	c.s.Forget(uuid)
	wantStatus(t, c.get(rawPath(uuid)), http.StatusNotFound, "NotFound")
}
