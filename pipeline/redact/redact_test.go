package redact_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"wasl/pipeline"
	"wasl/pipeline/redact"
)

// mona is who is forgotten in these tests. Kareem has her name and her telephone in his
// own record, and keeps both.
var mona = pipeline.Person{IDs: []string{"7001"}, Emails: []string{"mona@example.net"}, Phones: []string{"1001234567"}, Shared: nil,
	Texts: []string{"منى علي", "12 شارع النصر"}}

const orders = "Name,Email,Financial Status,Total,Lineitem name,Lineitem quantity,Shipping Name,Shipping Street,Shipping City,Shipping Phone,Notes,Id\r\n" +
	"#1001,Mona@Example.net,paid,85.00,\"Cup, blue\",1,منى علي,12 شارع النصر,مدينة نصر,'+20 100 123 4567,\"ring,\"\"twice\"\"\",5400000001001\r\n" +
	"#1001,,,,Plate,2,,,,,,\r\n" +
	"#1002,kareem@example.net,paid,10.00,Cup,1,منى علي,5 Haram Street,Giza,01001234567,,5400000001002\r\n"

const ordersAfter = "Name,Email,Financial Status,Total,Lineitem name,Lineitem quantity,Shipping Name,Shipping Street,Shipping City,Shipping Phone,Notes,Id\r\n" +
	"#1001,,paid,85.00,\"Cup, blue\",1,,,,,,5400000001001\r\n" +
	"#1001,,,,Plate,2,,,,,,\r\n" +
	"#1002,kareem@example.net,paid,10.00,Cup,1,منى علي,5 Haram Street,Giza,01001234567,,5400000001002\r\n"

func TestFile_OrdersInEveryCodePage(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]encoding.Encoding{"UTF-8": encoding.Nop, "windows-1256": charmap.Windows1256, "ISO-8859-6": charmap.ISO8859_6,
		"UTF-16": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "UTF-16BE": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		"UTF-16 without a mark": unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in, err := page.NewEncoder().String(orders)
			if err != nil {
				t.Fatal(err)
			}
			want, err := page.NewEncoder().String(ordersAfter)
			if err != nil {
				t.Fatal(err)
			}
			r := redact.File(mona, []byte(in))
			if r.Whole || r.Records != 2 {
				t.Fatalf("File: %d records, whole %v", r.Records, r.Whole)
			}
			if diff := cmp.Diff(want, string(r.Data)); diff != "" {
				t.Errorf("the file without her (-want +got):\n%s", diff)
			}
			if again := redact.File(mona, r.Data); again.Records != 0 || again.Whole {
				t.Errorf("once more: %+v, want nothing", again)
			}
		})
	}
}

func TestFile_TablesOfPersons(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, in, want string }{
		{"customers of the shop", "Customer ID,First Name,Last Name,Email,Default Address City,Phone,Total Spent,Note\n'7001,منى,علي,m.old@example.net,مدينة نصر,,9.50,vip\n'7002,Kareem,Hassan,mona@example.net,Giza,01001234567,1.00,\n",
			"Customer ID,First Name,Last Name,Email,Default Address City,Phone,Total Spent,Note\n'7001,,,,,,9.50,\n'7002,Kareem,Hassan,mona@example.net,Giza,01001234567,1.00,\n"},
		{"the ERP's list, semicolons, titles above", "تقرير العملاء;;\n\nكود العميل;الاسم;الموبايل\n1234;منى علي;٠١٠٠ ١٢٣ ٤٥٦٧\n1235;هالة;01222223333\n",
			"تقرير العملاء;;\n\nكود العميل;الاسم;الموبايل\n1234;;\n1235;هالة;01222223333\n"},
		{"a courier's sheet", "AWB\tConsignee Phone\tRecipient\tCOD\nX1\t201001234567\tمنى علي\t85.00\nX2\t01222223333\tمنى علي\t10\n",
			"AWB\tConsignee Phone\tRecipient\tCOD\nX1\t\t\t85.00\nX2\t01222223333\tمنى علي\t10\n"},
		{"no header", "1234,mona@example.net,منى علي,5\n1235,k@example.net,منى علي,6\n", "1234,,,5\n1235,k@example.net,منى علي,6\n"},
		{"her mail in a line of nobody", "Name,Qty,Price,Phone\nA-1,2,3,\nprinted for mona@example.net,,,\n", "Name,Qty,Price,Phone\nA-1,2,3,\nprinted for (...),,,\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := redact.File(mona, []byte(test.in))
			if r.Whole {
				t.Fatal("the file went whole")
			}
			if diff := cmp.Diff(test.want, string(r.Data)); diff != "" {
				t.Errorf("the file without her (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFile_OfOthersIsNotTouched(t *testing.T) {
	t.Parallel()
	shared := mona
	shared.Shared = []string{"1001234567"}
	for _, in := range []string{"Item Code,Qty\nA-1,5\n", "Name,Email,Phone\nمنى علي,other@example.net,01001234567\n", "", "\x00\x01\x02",
		`{"wasl":"orders","version":1}` + "\n" + `{"id":"gid://shopify/Order/1","email":"k@example.net","phone":"+201001234567"}` + "\n"} {
		if r := redact.File(shared, []byte(in)); r.Records != 0 || r.Whole || r.Data != nil {
			t.Errorf("File(%q) = %+v", in, r)
		}
	}
}

func TestFile_PulledOrders(t *testing.T) {
	t.Parallel()
	line := `{"id":"gid://shopify/Order/5400000001001","name":"#1001","email":%q,"phone":%q,"note":%q,"customer":{"id":"gid://shopify/Customer/7001","firstName":%q,"lastName":%q},` +
		`"shippingAddress":{"name":%q,"address1":%q,"city":%q,"countryCodeV2":"EG"},"totalPriceSet":{"shopMoney":{"amount":"85.00"}},"customAttributes":[{"key":"floor","value":%q}],"lineItems":{"nodes":[{"name":"Cup","quantity":1}]}}` + "\n"
	head := `{"wasl":"orders","version":1,"orders":2}` + "\n"
	others := `{"id":"gid://shopify/Order/2","name":"#1002","customer":{"id":"gid://shopify/Customer/7002","firstName":"منى"},"phone":"+201001234567"}` + "\n"
	in := head + fmt.Sprintf(line, "mona@example.net", "+201001234567", "ring", "منى", "علي", "منى علي", "12 شارع النصر", "مدينة نصر", "3") + others
	want := head + fmt.Sprintf(line, "", "", "", "", "", "", "", "", "") + others
	r := redact.File(mona, []byte(in))
	if diff := cmp.Diff(want, string(r.Data)); diff != "" || r.Records != 1 {
		t.Errorf("the file without her, %d records (-want +got):\n%s", r.Records, diff)
	}
}

func book(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	for i, row := range [][]any{{"Customer ID", "Name", "Email", "Phone", "Total"}, {"7001", "منى علي", "mona@example.net", 1001234567, 85.5},
		{"7002", "منى علي", "k@example.net", "01222223333", 10}, {"7001", "Mona A.", "", "", 5}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.AddComment("Sheet1", excelize.Comment{Cell: "E2", Author: "x", Text: "call 01001234567 or mona@example.net"}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestFile_Workbook(t *testing.T) {
	t.Parallel()
	r := redact.File(mona, book(t))
	if r.Whole || r.Data == nil {
		t.Fatalf("File: %+v", r)
	}
	f, err := excelize.OpenReader(bytes.NewReader(r.Data))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"Customer ID", "Name", "Email", "Phone", "Total"}, {"7001", "", "", "", "85.5"}, {"7002", "منى علي", "k@example.net", "01222223333", "10"}, {"7001", "", "", "", "5"}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("the workbook without her (-want +got):\n%s", diff)
	}
	all := unpacked(t, r.Data)
	for _, word := range []string{"mona@example.net", "1001234567", "Mona A."} {
		if strings.Contains(all, word) {
			t.Errorf("%q is still in a part of the workbook", word)
		}
	}
}

func TestFile_ZIP(t *testing.T) {
	t.Parallel()
	var in bytes.Buffer
	w := zip.NewWriter(&in)
	for name, text := range map[string][]byte{"a.csv": []byte(orders), "b.xlsx": book(t), "c.csv": []byte("Item Code,Qty\nA-1,5\n")} {
		part, err := w.Create(name)
		if err == nil {
			_, err = part.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := redact.File(mona, in.Bytes())
	if r.Whole || r.Data == nil {
		t.Fatalf("File: %+v", r)
	}
	if all := unpacked(t, r.Data); strings.Contains(all, "mona@example.net") || !strings.Contains(all, "A-1,5") || !strings.Contains(all, "kareem@example.net") {
		t.Errorf("the ZIP without her holds:\n%.2000s", all)
	}
}

func TestFile_WhatCannotBeEditedGoesWhole(t *testing.T) {
	t.Parallel()
	wide, _ := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String("mona@example.net")
	for _, in := range []string{"<html><table><tr><td>Mona@example.net</td></tr></table>", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....." + wide, "%PDF-1.7 01001234567"} {
		if r := redact.File(mona, []byte(in)); !r.Whole {
			t.Errorf("File(%q) = %+v, want it to go whole", in, r)
		}
	}
}

// unpacked is all that a ZIP holds, ZIPs in it too.
func unpacked(t *testing.T, data []byte) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, f := range z.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(f.Name + "\n")
		if bytes.HasPrefix(text, []byte("PK\x03\x04")) {
			out.WriteString(unpacked(t, text))
		}
		out.Write(text)
	}
	return out.String()
}

// A telephone that others have too is nobody's mark: their records keep it, and so does
// what is of nobody.
func TestFile_ASharedTelephone(t *testing.T) {
	t.Parallel()
	shared := mona
	shared.Shared = []string{"1001234567"}
	in := "Consignee,Phone,Email,Note\nمنى علي,01001234567,mona@example.net,x\nهالة,01001234567,hala@example.net,call 01001234567\nهالة,01001234567,,\n,,,call 01001234567\n"
	want := "Consignee,Phone,Email,Note\n,,,\nهالة,01001234567,hala@example.net,call 01001234567\nهالة,01001234567,,\n,,,call 01001234567\n"
	if r := redact.File(shared, []byte(in)); string(r.Data) != want {
		t.Errorf("the file without her:\n%s", r.Data)
	}
}
