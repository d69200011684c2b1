package reconcile

import (
	"encoding/json"
	"maps"
	"testing"
	"unicode/utf8"

	"wasl/pipeline"
)

// FuzzMembers holds members against encoding/json: of an object both have to
// find the same, and of anything else it must not fall over.
func FuzzMembers(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1}`, ` { "a" : "x" , "b":[1,{"c":"}"}],"d":null, "e":{"f":"\\"} } `, `{"a":"\"","b":"\\\"","c":-1.50}`, `{"a"`, `{"a":`, `{"a":"`, `[1]`, `"x"`, ``, `{"a":tr`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := map[string]string{}
		members(raw, func(name, value []byte) {
			got[unquote(append(append([]byte{'"'}, name...), '"'))] = string(value)
		})
		if !utf8.Valid(raw) {
			return // encoding/json puts other letters for it
		}
		var object map[string]json.RawMessage
		if err := json.Unmarshal(raw, &object); err != nil || object == nil {
			return
		}
		want := map[string]string{}
		for name, value := range object {
			want[name] = string(value)
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", raw, got, want)
		}
	})
}

func TestReadReceipt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		doc                       pipeline.Document
		number, uuid, sort, taxed string
	}{
		"sealed":          {pipeline.Document{Sealed: []byte(`{"header":{"receiptNumber":"1042/2","uuid":"ab"},"documentType":{"receiptType":"r"},"taxTotals":[{"taxType":"T4","amount":9},{"taxType":"T1","amount":1.50}]}`), Ref: "cd"}, "1042/2", "ab", "r", "1.5"},
		"not yet sealed":  {pipeline.Document{Body: []byte(`{"header":{"receiptNumber":"1042","uuid":""}}`)}, "", "", "", ""},
		"another shape":   {pipeline.Document{Sealed: []byte(`{"totals":{"taxTotals":[{"taxType":"T1","amount":"2"}]}}`), Ref: "cd"}, "", "cd", "", "2"},
		"cut off":         {pipeline.Document{Sealed: []byte(`{"header":{"receiptNumber":"1042"},"taxTotals":[{`), Ref: "cd"}, "1042", "cd", "", ""},
		"nothing to read": {pipeline.Document{}, "", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := readReceipt(c.doc)
			taxed := ""
			if r.taxed {
				taxed = r.vat.String()
			}
			if r.number != c.number || r.uuid != c.uuid || r.sort != c.sort || taxed != c.taxed {
				t.Errorf("got %+v, want %+v", r, c)
			}
		})
	}
}
