package extract

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"wasl/pipeline"
)

// matrixifyHeader is that of a sheet in the layout of Matrixify's documentation; no
// real workbook was to be had.
var matrixifyHeader = strings.Split("ID|Name|Number|Created At|Updated At|Currency|Tags|Note|Email|Customer: ID|Payment: Status|Order Fulfillment Status|"+
	"Tax: Included|Price: Subtotal|Tax: Total|Price: Total|Tax 1: Title|Tax 1: Rate|Tax 1: Price|Shipping: First Name|Shipping: Last Name|Shipping: City|"+
	"Shipping: Country Code|Row #|Top Row|Line: Type|Line: ID|Line: Name|Line: Title|Line: SKU|Line: Quantity|Line: Price|Line: Discount|"+
	"Line: Discount Allocation|Line: Total|Line: Taxable|Line: Tax Total|Line: Tax 1 Rate|Line: Tax 1 Price|Refund: ID|Refund: Created At|Refund: Restock Type|"+
	"Transaction: ID|Transaction: Kind|Transaction: Status|Transaction: Amount|Transaction: Gateway|Transaction: Processed At|Fulfillment: ID|"+
	"Fulfillment: Status|Fulfillment: Tracking Number", "|")

// matrixifyRows are its rows: what their cells say.
var matrixifyRows = []map[string]string{
	{"ID": "5512345678901", "Name": "#1001", "Created At": "2026-11-20 11:00:00 +0200", "Updated At": "2026-11-21 12:00:00 +0200", "Currency": "EGP", "Tags": "cod, vip",
		"Note": "ring", "Email": "m@example.com", "Customer: ID": "7", "Payment: Status": "partially_refunded", "Order Fulfillment Status": "fulfilled",
		"Tax: Included": "TRUE", "Price: Subtotal": "180", "Tax: Total": "25.79", "Price: Total": "215", "Tax 1: Title": "VAT", "Tax 1: Rate": "0.14",
		"Tax 1: Price": "25.79", "Shipping: First Name": "Mona", "Shipping: Last Name": "Adel", "Shipping: City": "Tanta", "Shipping: Country Code": "EG",
		"Top Row": "TRUE", "Line: Type": "Line Item", "Line: ID": "111", "Line: Name": "Tea - M", "Line: Title": "Tea", "Line: SKU": "A-1", "Line: Quantity": "2",
		"Line: Price": "100", "Line: Discount": "0", "Line: Discount Allocation": "-20", "Line: Total": "180", "Line: Taxable": "TRUE",
		"Line: Tax 1 Rate": "0.14", "Line: Tax 1 Price": "22.11"},
	{"ID": "5512345678901", "Name": "#1001", "Line: Type": "Shipping Line", "Line: ID": "5", "Line: Title": "Bosta", "Line: Price": "35", "Line: Discount": "0"},
	{"ID": "5512345678901", "Name": "#1001", "Line: Type": "Discount", "Line: Name": "TEN", "Line: Discount": "-20"},
	{"ID": "5512345678901", "Name": "#1001", "Line: Type": "Transaction", "Transaction: ID": "21", "Transaction: Kind": "sale", "Transaction: Status": "success",
		"Transaction: Amount": "215", "Transaction: Gateway": "paymob", "Transaction: Processed At": "2026-11-20 11:05:00 +0200"},
	{"ID": "5512345678901", "Name": "#1001", "Line: Type": "Refund Line", "Line: ID": "111", "Line: SKU": "A-1", "Line: Quantity": "-1", "Line: Total": "-90",
		"Line: Tax Total": "-11.05", "Refund: ID": "31.0", "Refund: Created At": "2026-11-21 12:00:00 +0200", "Refund: Restock Type": "return"},
	{"ID": "5512345678901", "Name": "#1001", "Line: Type": "Fulfillment Line", "Line: ID": "111", "Line: Quantity": "2", "Fulfillment: ID": "41",
		"Fulfillment: Status": "success", "Fulfillment: Tracking Number": "T1"},
	{"ID": "5512345678902", "Name": "#1002", "Created At": "2026-11-22 11:00:00 +0200", "Currency": "EGP", "Payment: Status": "unpaid", "Tax: Included": "FALSE",
		"Price: Subtotal": "10", "Tax: Total": "0", "Price: Total": "10", "Top Row": "TRUE", "Line: Type": "Line Item", "Line: ID": "112", "Line: Name": "Bun",
		"Line: SKU": "B-1", "Line: Quantity": "1", "Line: Price": "10", "Line: Discount": "0", "Line: Discount Allocation": "0", "Line: Taxable": "FALSE"},
}

func TestMatrixify_IsFlattenedToTheOneLayout(t *testing.T) {
	t.Parallel()
	sheet := [][]string{matrixifyHeader}
	for _, cells := range matrixifyRows {
		var row []string
		for _, name := range matrixifyHeader {
			row = append(row, cells[name])
		}
		sheet = append(sheet, row)
	}
	book := excelize.NewFile()
	for _, sheet := range []string{"Products", "Orders"} {
		if _, err := book.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	if err := book.SetSheetRow("Products", "A1", &[]string{"ID", "Handle", "Title"}); err != nil {
		t.Fatal(err)
	}
	var csv strings.Builder
	for i, row := range sheet {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = book.SetSheetRow("Orders", cell, &row)
		}
		if err != nil {
			t.Fatal(err)
		}
		csv.WriteString(`"` + strings.Join(row, `","`) + "\"\n")
	}
	xlsx, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"Orders.csv": []byte(csv.String()), "Export.xlsx": xlsx.Bytes()} {
		if !orderOptions.Takes(pipeline.Drop{Name: name, Size: int64(len(b))}, bytes.NewReader(b)) {
			t.Errorf("%s is not taken", name)
		}
		rows, read, err := readBytes(t, orderOptions, name, b)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var got []map[string]string
		for _, row := range rows {
			if len(row.Faults) > 0 {
				t.Errorf("%s row %d: %v", name, row.Row, row.Faults)
			}
			got = append(got, factsOf(row, "Email", "Created at"))
		}
		want := []map[string]string{
			{"Name": "#1001", "Id": "5512345678901", "Updated at": "2026-11-21 12:00:00 +0200", "Currency": "EGP", "Tags": "cod, vip", "Notes": "ring", "Customer id": "7",
				"Financial Status": "partially_refunded", "Fulfillment Status": "fulfilled", "Taxes included": "TRUE", "Subtotal": "180", "Shipping": "35",
				"Taxes": "25.79", "Total": "215", "Tax 1 Name": "VAT 14%", "Tax 1 Value": "25.79", "Shipping Name": "Mona Adel", "Shipping City": "Tanta",
				"Shipping Country": "EG", "Shipping Method": "Bosta", "Discount Code": "TEN", "Discount Amount": "20", "Payment Method": "paymob",
				"Paid at": "2026-11-20 11:05:00 +0200", "Line type": "item", "Line id": "111", "Lineitem name": "Tea - M", "Lineitem sku": "A-1",
				"Lineitem quantity": "2", "Lineitem price": "100", "Lineitem discount": "0", "Lineitem total discount": "20", "Lineitem taxable": "true",
				"Lineitem tax": "22.11", "Lineitem tax rate": "14"},
			{"Name": "#1001", "Line type": "shipping", "Line id": "5", "Lineitem name": "Bosta", "Lineitem quantity": "1", "Lineitem price": "35",
				"Lineitem discount": "0", "Lineitem total discount": "0"},
			{"Name": "#1001", "Line type": "transaction", "Transaction id": "21", "Transaction kind": "sale", "Transaction status": "success",
				"Transaction amount": "215", "Transaction gateway": "paymob", "Transaction at": "2026-11-20 11:05:00 +0200"},
			{"Name": "#1001", "Line type": "refund item", "Line id": "111", "Lineitem sku": "A-1", "Refund quantity": "1", "Refund amount": "90", "Refund tax": "11.05",
				"Refund id": "31", "Refund at": "2026-11-21 12:00:00 +0200", "Restock": "return"},
			{"Name": "#1001", "Line type": "fulfillment", "Line id": "111", "Fulfillment id": "41", "Fulfillment status": "success", "Tracking number": "T1", "Fulfilled quantity": "2"},
			{"Name": "#1002", "Id": "5512345678902", "Currency": "EGP", "Financial Status": "unpaid", "Fulfillment Status": "unfulfilled", "Taxes included": "FALSE",
				"Subtotal": "10", "Shipping": "0", "Taxes": "0", "Total": "10", "Discount Amount": "0", "Line type": "item", "Line id": "112", "Lineitem name": "Bun",
				"Lineitem sku": "B-1", "Lineitem quantity": "1", "Lineitem price": "10", "Lineitem discount": "0", "Lineitem total discount": "0", "Lineitem taxable": "false"},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (%s, %s): -want +got\n%s", name, read.Format, read.Sheet, diff)
		}
	}
}

// TestMatrixify_LostDigits: a payment whose number a spreadsheet cut off is told on its own
// row: under what is left of it the next file would bring it once more.
func TestMatrixify_LostDigits(t *testing.T) {
	t.Parallel()
	csv := "ID,Name,Line: Type,Line: ID,Line: Quantity,Line: Price,Transaction: ID,Transaction: Kind,Transaction: Amount\n" +
		"5512345678901,#1001,Line Item,111,1,215,,,\n" +
		"5512345678901,#1001,Transaction,,,,6.11234E+12,sale,215\n"
	rows, _, err := readBytes(t, orderOptions, "Orders.csv", []byte(csv))
	if err != nil || len(rows) != 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	want := []pipeline.Fault{{Col: orderColumn["Transaction id"] + 1, Rule: "cell.exponent"}}
	if diff := cmp.Diff(want, rows[1].Faults); diff != "" || len(rows[0].Faults) > 0 {
		t.Errorf("faults of the item %v; of the payment -want +got\n%s", rows[0].Faults, diff)
	}
}
