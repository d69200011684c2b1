package admin

import (
	"cmp"
	"strconv"
)

// UserError is a refusal inside an answer of success.
type UserError struct {
	Field   []string `json:"field"` // ["input","quantities","3","quantity"]; null where it is about the whole call
	Message string   `json:"message"`
	Code    string   `json:"code"` // may be null: then only for people
}

// Row is the index in a list of the input that an error is about.
func (e UserError) Row(list string) (int, bool) {
	for i := 0; i+1 < len(e.Field); i++ {
		if e.Field[i] == list {
			n, err := strconv.Atoi(e.Field[i+1])
			return n, err == nil
		}
	}
	return 0, false
}

// Facts are what a Problem or a Trouble says of a refusal: said and code.
func (e UserError) Facts() map[string]string {
	return map[string]string{"said": short(e.Message), "code": cmp.Or(e.Code, "-")}
}

// Refused is the error of a refusal that is about the call itself and not about
// the data in it.
func (d *Door) Refused(r Reply, e UserError) error {
	return trouble("shopify.request", "host", d.way.address.Host, "code", cmp.Or(e.Code, "-"),
		"said", short(e.Message), "request", r.ID())
}
