package main

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPersonalData_OnlyWhatTheFlowNames looks for what stands in a file of customers, and
// in no column that the mapping reads, in everything that the program keeps and writes:
// the ledger, the ERP's files, the workbooks, one of them of a customer who was put aside,
// and what it prints. The file as it came lies in the vault alone, for its own time.
func TestPersonalData_OnlyWhatTheFlowNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var said bytes.Buffer
	wasl := func(args ...string) {
		run(context.Background(), append(args, "-C", dir), strings.NewReader(""), &said, &said, func(string) string { return "" })
	}
	run(context.Background(), []string{"init", dir}, strings.NewReader(""), &said, &said, func(string) string { return "" })
	settings := filepath.Join(dir, configName)
	text, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	quick := strings.NewReplacer("settle: 10s", "settle: 20ms", "scan: 5s", "scan: 20ms").Replace(string(text))
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(configName, quick)
	// The merchant's own flow: no telephone is read, nor a street.
	mapping, err := os.ReadFile(filepath.Join(dir, "mappings", "shopify-customers-to-erp.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var less []string
	for line := range strings.Lines(string(mapping)) {
		if !strings.HasPrefix(line, "  customer.phone:") && !strings.HasPrefix(line, "  customer.address:") {
			less = append(less, line)
		}
	}
	before, _, _ := strings.Cut(strings.Join(less, ""), "examples:")
	write("mappings/shopify-customers-to-erp.yaml", before)
	write("inbox/customers_export.csv", `Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags
'7001,Mona,Ali,known-mail@example.net,yes,,secret-street 12,,Nasr City,C,EG,11765-secret,01099990001,+201099990002,no,77123.45,3,secret-note,no,secret-tag
'7002,Hala,Aside,h@example.net,no,,secret-street 13,,Giza,Nowhere,EG,,01099990003,,no,0,0,secret-note,no,secret-tag
`)
	wasl("run")
	wasl("status")
	wasl("show", "C-7001")
	wasl("history")
	wasl("match", "shopify-customers-to-erp")

	secrets := []string{"secret-", "109999000", "77123"}
	look := func(where string, text []byte) {
		for _, secret := range secrets {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s holds %q, which no column of the mapping reads", where, secret)
			}
		}
	}
	look("what is printed", said.Bytes())
	files, known := 0, 0
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(dir, path)
		switch {
		case err != nil:
			return err
		case d.IsDir() && (name == filepath.Join("state", "vault") || name == filepath.Join("inbox", "taken")):
			return fs.SkipDir // the file as it came
		case d.IsDir():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		for part, text := range unpacked(data) {
			look(name+part, text)
			if bytes.Contains(text, []byte("known-mail@example.net")) {
				known++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 10 || known < 2 {
		t.Errorf("%d files were looked into, %d of them with what is read: this test looks in the wrong places", files, known)
	}
	if !strings.Contains(said.String(), "customer.governorate") {
		t.Errorf("nobody was put aside:\n%s", said.String())
	}
}

// unpacked are the parts of a workbook, or a file itself.
func unpacked(data []byte) map[string][]byte {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return map[string][]byte{"": data}
	}
	out := map[string][]byte{}
	for _, f := range archive.File {
		r, err := f.Open()
		if err != nil {
			continue
		}
		text, _ := io.ReadAll(r)
		out[" "+f.Name] = text
	}
	return out
}
