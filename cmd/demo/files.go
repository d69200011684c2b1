package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
)

// seller is the demo's taxpayer: the one that the stand-in for ETA knows.
const seller = "100200300"

// An item of the shop.
type item struct {
	code, arabic, english, barcode, group, unit string
	price                                       string // EGP, VAT included
	cairo, alexandria                           int    // pieces, as the ERP counts them tonight
	was                                         int    // pieces that the shop has at each place
}

// items is the shop's stock. SOAP-9 is in nobody's item master: an order for it
// cannot become a receipt before somebody adds it.
var items = []item{
	{"NR-1001", "فنجان قهوة خزفي", "Ceramic coffee cup", "6221155012348", "أدوات منزلية", "قطعة", "85.00", 40, 12, 35},
	{"NR-1002", "طقم أطباق 6 قطع", "Plate set of 6", "6221155012355", "أدوات منزلية", "طقم", "640.00", 9, 4, 9},
	{"NR-1003", "مفرش سفرة قطن", "Cotton tablecloth", "6221155012362", "مفروشات", "قطعة", "320.00", 15, 0, 15},
	{"NR-1004", "وسادة ريش", "Feather pillow", "6221155012379", "مفروشات", "قطعة", "275.50", 22, 6, 20},
	{"NR-1005", "لحاف شتوي كبير", "Winter quilt, large", "6221155012386", "مفروشات", "قطعة", "1450.00", 3, 2, 5},
	{"NR-1006", "شمعة معطرة", "Scented candle", "6221155012393", "ديكور", "قطعة", "110.00", 60, 25, 60},
	{"NR-1007", "برواز صورة 20×30", "Picture frame 20x30", "6221155012409", "ديكور", "قطعة", "145.00", 0, 8, 11},
	{"0045", "منشفة يد", "Hand towel", "6221155012416", "مفروشات", "قطعة", "65.00", 120, 80, 100},
}

// A line of an order.
type line struct{ sku, name, quantity, price, discount string }

// An order as Shopify exports it: amounts in EGP, VAT included.
type order struct {
	id, name, status, paid, created, payment             string
	subtotal, shipping, taxes, total, code, discount     string
	customer, phone, city, province, provinceName, notes string
	lines                                                []line
}

// orders is the night's export: card and cash on delivery, discounts, shipping,
// several lines, and two rows that are wrong.
var orders = []order{
	{"5400000001001", "#1001", "paid", "2026-11-24 10:12:40 +0200", "2026-11-24 10:11:02 +0200", "Paymob",
		"490.00", "50.00", "66.32", "540.00", "", "0.00", "منى عبد الرحمن", "+201001234501", "مدينة نصر", "C", "Cairo", "",
		[]line{{"NR-1001", "فنجان قهوة خزفي", "2", "85.00", "0.00"}, {"NR-1003", "مفرش سفرة قطن", "1", "320.00", "0.00"}}},
	{"5400000001002", "#1002", "pending", "", "2026-11-24 11:30:15 +0200", "Cash on Delivery (COD)",
		"1450.00", "60.00", "185.44", "1510.00", "", "0.00", "كريم شوقي", "+201112345602", "سموحة", "ALX", "Alexandria", "الاتصال قبل التوصيل\nالدور الثالث",
		[]line{{"NR-1005", "لحاف شتوي كبير", "1", "1450.00", "0.00"}}},
	{"5400000001003", "#1003", "paid", "2026-11-24 12:05:09 +0200", "2026-11-24 12:04:51 +0200", "Paymob",
		"585.00", "0.00", "71.84", "585.00", "WELCOME10", "65.00", "Salma Naguib", "+201223456703", "الدقي", "GZ", "Giza", "",
		[]line{{"0045", "منشفة يد", "10", "65.00", "0.00"}}},
	{"5400000001004", "#1004", "paid", "2026-11-24 13:45:00 +0200", "2026-11-24 13:20:31 +0200", "Cash on Delivery (COD)",
		"551.00", "45.00", "73.19", "596.00", "", "0.00", "أحمد الشناوي", "+201012345604", "طنطا", "GH", "Gharbia", "",
		[]line{{"NR-1004", "وسادة ريش", "2", "275.50", "0.00"}}},
	{"5400000001005", "#1005", "paid", "2026-11-24 15:00:12 +0200", "2026-11-24 14:58:44 +0200", "Paymob",
		"1158.00", "0.00", "142.21", "1158.00", "", "0.00", "هالة فؤاد", "+201098765405", "المعادي", "C", "Cairo", "",
		[]line{{"NR-1002", "طقم أطباق 6 قطع", "1", "640.00", "32.00"}, {"NR-1006", "شمعة معطرة", "5", "110.00", "0.00"}}},
	{"5400000001006", "#1006", "paid", "2026-11-24 17:22:10 +0200", "2026-11-24 17:21:58 +0200", "Paymob",
		"85.00", "50.00", "16.58", "135.00", "", "0.00", "نادر حنا", "+201287654306", "شبرا", "C", "Cairo", "",
		[]line{{"NR-1001", "فنجان قهوة خزفي", "1x", "85.00", "0.00"}}},
	{"5400000001007", "#1007", "paid", "2026-11-24 21:40:33 +0200", "2026-11-24 21:40:02 +0200", "Paymob",
		"95.00", "0.00", "11.67", "95.00", "", "0.00", "رانيا صبحي", "+201156789007", "بورسعيد", "PTS", "Port Said", "",
		[]line{{"SOAP-9", "صابون زيت زيتون", "1", "95.00", "0.00"}}},
	{"5400000001008", "#1008", "voided", "", "2026-11-24 22:02:47 +0200", "Cash on Delivery (COD)",
		"145.00", "50.00", "23.95", "195.00", "", "0.00", "طارق زكي", "+201023456708", "أسيوط", "AST", "Asyut", "",
		[]line{{"NR-1007", "برواز صورة 20×30", "1", "145.00", "0.00"}}},
}

// dropNight leaves the night's files in the inbox, each whole at once, as a
// careful producer would.
func dropNight(inbox string) error {
	for name, make := range map[string]func(path string) error{
		"items.xlsx": writeItems, "stock.csv": writeStock, "orders_export_1.csv": writeOrders,
	} {
		temp := filepath.Join(inbox, "."+name)
		if err := make(temp); err != nil {
			return fmt.Errorf("make %s: %w", name, err)
		}
		if err := os.Rename(temp, filepath.Join(inbox, name)); err != nil {
			return err
		}
	}
	return nil
}

// writeItems is the item master: a report with titles above and a total below.
func writeItems(path string) error {
	f := excelize.NewFile()
	sheet := "الأصناف"
	if err := f.SetSheetName("Sheet1", sheet); err != nil {
		return err
	}
	rows := [][]any{
		{"شركة النور للأدوات المنزلية"},
		{"تقرير بيانات الأصناف", "", "", "التاريخ", "2026-11-24"},
		{},
		{"كود الصنف", "اسم الصنف", "الاسم بالإنجليزية", "الباركود", "المجموعة", "الوحدة", "كود EGS", "نسبة الضريبة", "سعر البيع"},
	}
	for _, it := range items {
		rows = append(rows, []any{it.code, it.arabic, it.english, it.barcode, it.group, it.unit,
			"EG-" + seller + "-" + strings.ReplaceAll(it.code, "-", ""), 14, it.price})
	}
	rows = append(rows, []any{"عدد الأصناف", len(items)})
	for i, row := range rows {
		if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &row); err != nil {
			return err
		}
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := f.Write(file); err != nil {
		return err
	}
	return file.Close()
}

// writeStock is the balances by warehouse: windows-1256, semicolons, CRLF.
func writeStock(path string) error {
	var b strings.Builder
	b.WriteString("كود الصنف;اسم الصنف;المخزن;الكمية\r\n")
	for _, it := range items {
		fmt.Fprintf(&b, "%s;%s;01;%d\r\n", it.code, it.arabic, it.cairo)
		fmt.Fprintf(&b, "%s;%s;02;%d\r\n", it.code, it.arabic, it.alexandria)
	}
	text, err := charmap.Windows1256.NewEncoder().String(b.String())
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(text), 0o644)
}

// writeOrders is Shopify's export: one row a line, the order's own columns on its
// first row only.
func writeOrders(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(file)
	if err := w.Write(orderColumns); err != nil {
		return err
	}
	for _, o := range orders {
		for i, l := range o.lines {
			if err := w.Write(orderRow(o, l, i == 0)); err != nil {
				return err
			}
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return file.Close()
}

// orderRow is one row of the export.
func orderRow(o order, l line, first bool) []string {
	cells := map[string]string{
		"Name": o.name, "Created at": o.created, "Vendor": "Nour",
		"Lineitem quantity": l.quantity, "Lineitem name": l.name, "Lineitem price": l.price, "Lineitem sku": l.sku,
		"Lineitem requires shipping": "true", "Lineitem taxable": "true", "Lineitem fulfillment status": "pending", "Lineitem discount": l.discount,
	}
	if first {
		for column, text := range map[string]string{
			"Id": o.id, "Email": strings.ToLower(strings.TrimPrefix(o.name, "#")) + "@example.net", "Financial Status": o.status, "Paid at": o.paid,
			"Fulfillment Status": "unfulfilled", "Accepts Marketing": "no", "Currency": "EGP", "Subtotal": o.subtotal, "Shipping": o.shipping,
			"Taxes": o.taxes, "Total": o.total, "Discount Code": o.code, "Discount Amount": o.discount, "Shipping Method": "Standard",
			"Billing Name": o.customer, "Billing City": o.city, "Billing Province": o.province, "Billing Country": "EG", "Billing Phone": "'" + o.phone,
			"Shipping Name": o.customer, "Shipping City": o.city, "Shipping Province": o.province, "Shipping Country": "EG", "Shipping Phone": "'" + o.phone,
			"Billing Zip": "'11765", "Shipping Zip": "'11765", "Note Attributes": o.notes, "Payment Method": o.payment, "Refunded Amount": "0.00",
			"Outstanding Balance": "0.00", "Risk Level": "Low", "Source": "web", "Tax 1 Name": "VAT 14%", "Tax 1 Value": o.taxes,
			"Billing Province Name": o.provinceName, "Shipping Province Name": o.provinceName,
		} {
			cells[column] = text
		}
		if o.status != "paid" {
			cells["Outstanding Balance"] = o.total
		}
	}
	row := make([]string, len(orderColumns))
	for i, column := range orderColumns {
		row[i] = cells[column]
	}
	return row
}

// orderColumns are the 79 columns of an order export of today.
var orderColumns = strings.Split("Name|Email|Financial Status|Paid at|Fulfillment Status|Fulfilled at|Accepts Marketing|Currency|Subtotal|"+
	"Shipping|Taxes|Total|Discount Code|Discount Amount|Shipping Method|Created at|Lineitem quantity|"+
	"Lineitem name|Lineitem price|Lineitem compare at price|Lineitem sku|Lineitem requires shipping|"+
	"Lineitem taxable|Lineitem fulfillment status|Billing Name|Billing Street|Billing Address1|Billing Address2|"+
	"Billing Company|Billing City|Billing Zip|Billing Province|Billing Country|Billing Phone|Shipping Name|"+
	"Shipping Street|Shipping Address1|Shipping Address2|Shipping Company|Shipping City|Shipping Zip|"+
	"Shipping Province|Shipping Country|Shipping Phone|Notes|Note Attributes|Cancelled at|Payment Method|"+
	"Payment Reference|Refunded Amount|Vendor|Outstanding Balance|Employee|Location|Device ID|Id|Tags|"+
	"Risk Level|Source|Lineitem discount|Tax 1 Name|Tax 1 Value|Tax 2 Name|Tax 2 Value|Tax 3 Name|Tax 3 Value|"+
	"Tax 4 Name|Tax 4 Value|Tax 5 Name|Tax 5 Value|Phone|Receipt Number|Duties|Billing Province Name|"+
	"Shipping Province Name|Payment ID|Payment Terms Name|Next Payment Due At|Payment References", "|")
