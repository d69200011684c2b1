package redact_test

import (
	"testing"

	"wasl/pipeline"
	"wasl/pipeline/redact"
)

// FuzzFile: no file brings it down, and what was edited holds nobody any more.
func FuzzFile(f *testing.F) {
	f.Add([]byte(orders))
	f.Add([]byte(`{"wasl":"orders"}` + "\n" + `{"email":"mona@example.net","customer":{"id":"gid://shopify/Customer/7001","firstName":"\u0645"}}`))
	f.Add([]byte("a\tb\r\"mona@example.net"))
	f.Add([]byte("\xff\xfem\x00o\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		redact.Records(data, func(pipeline.Traits) {})
		r := redact.File(mona, data)
		if r.Data == nil {
			return
		}
		if again := redact.File(mona, r.Data); again.Data != nil || again.Whole {
			t.Errorf("once more something is taken out of %q: %q", r.Data, again.Data)
		}
	})
}
