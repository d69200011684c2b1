package law

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"wasl/pipeline"
)

// What the taxpayer has registered is the installation's own to say: then receipts are held against it, by the day.
func TestRegistered_WhatAnInstallationSaysIsRegisteredCounts(t *testing.T) {
	t.Parallel()
	sale := []byte(sealed(gift))
	for _, c := range []struct {
		file, text string
		want       pipeline.Rule
	}{
		{"registered_items", "code\nEG-100200300-TEA\n", "receipt.itemcode.registered"},
		{"registered_items", "code;valid_from;valid_to\nEG-100200300-A1;2025-01-01;2025-12-31\n", "receipt.itemcode.registered"},
		{"registered_branches", "code,name_ar\n7,فرع\n", "receipt.branch.other"},
		{"registered_activities", "code\n4711\n", "receipt.activity.other"},
		{"registered_activities", "code,receipt_types\n4791,SR SC\n", "receipt.type.allowed"},
		{"registered_activities", "code,receipt_types\n4791,s SR\n", ""},
		{"registered_activities", "code,receipt_types\n4791,\n", ""},
		{"registered_branches", "code\n0\n", ""},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, c.file+".csv"), []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		b, found, err := Open(dir)
		if err != nil || len(found) > 0 {
			t.Fatal(err, found)
		}
		if b.Table(c.file).Dated == "" || !slices.Contains(b.Tables(), b.Table(c.file)) {
			t.Errorf("%s is not among the tables, or has no day", c.file)
		}
		var rules []string
		for _, f := range b.Check(sale, Known{}) {
			rules = append(rules, string(f.Rule))
		}
		if got := strings.Join(slices.Compact(rules), " "); got != string(c.want) {
			t.Errorf("%s %q: found %q, want %q", c.file, c.text, got, c.want)
		}
	}
	if Shipped().Table(RegisteredItems) != nil || !Shipped().Registered(RegisteredItems, "EG-1-X", "") {
		t.Error("where nothing is known of what is registered, every code is")
	}
}
