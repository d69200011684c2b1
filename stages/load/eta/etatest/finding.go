package etatest

import "encoding/json"

// step is a stage of validation as the details of a submission name it. Names and numbers are made up.
type step struct{ id, name string }

var (
	coreFields   = step{"Step-02", "Core fields validator"}
	codeFields   = step{"Step-03", "Code validator"}
	calculations = step{"Step-04", "Calculation validator"}
)

// wording is where a finding comes up and what it is called in Arabic.
type wording struct {
	step   step
	arabic string
}

// wordings by code; what is not here is a core field.
var wordings = map[string]wording{
	"Activity":      {codeFields, "رمز النشاط غير مسجل"},
	"Branch":        {codeFields, "رمز الفرع غير مسجل"},
	"BuyerType":     {codeFields, "نوع المشتري غير معروف"},
	"Currency":      {codeFields, "رمز العملة غير معروف"},
	"DeliveryMode":  {codeFields, "طريقة تسليم الطلب غير صحيحة"},
	"ItemCode":      {codeFields, "كود الصنف غير مسجل"},
	"ItemType":      {codeFields, "نوع كود الصنف غير معروف"},
	"PaymentMethod": {codeFields, "طريقة الدفع غير معروفة"},
	"TaxSubtype":    {codeFields, "النوع الفرعي للضريبة غير صحيح"},
	"TaxType":       {codeFields, "نوع الضريبة غير معروف"},
	"UnitType":      {codeFields, "وحدة القياس غير موجودة"},
	"UseReason":     {codeFields, "سبب المرتجع غير صحيح"},

	"BuyerId":       {coreFields, "رقم تعريف المشتري غير صحيح"},
	"BuyerName":     {coreFields, "اسم المشتري إلزامي"},
	"DuplicateUuid": {coreFields, "الإيصال مسجل من قبل"},
	"Mandatory":     {coreFields, "حقل إلزامي"},
	"PreviousUuid":  {coreFields, "رقم الإيصال السابق غير صحيح"},
	"ReceiptNumber": {coreFields, "رقم الإيصال مكرر"},
	"Reference":     {coreFields, "مرجع إيصال البيع غير صحيح"},

	"DiscountRate":            {calculations, "نسبة الخصم غير صحيحة"},
	"LineNetSale":             {calculations, "صافي البيع غير صحيح"},
	"LineTotal":               {calculations, "إجمالي السطر غير صحيح"},
	"LineTotalSale":           {calculations, "إجمالي البيع غير صحيح"},
	"Negative":                {calculations, "القيمة سالبة"},
	"NetAmount":               {calculations, "صافي المبلغ غير صحيح"},
	"OnlyZero":                {calculations, "القيمة المقبولة صفر فقط"},
	"Quantity":                {calculations, "الكمية غير صحيحة"},
	"TaxAmount":               {calculations, "قيمة الضريبة غير صحيحة"},
	"TaxRate":                 {calculations, "نسبة الضريبة غير صحيحة"},
	"TaxTotal":                {calculations, "إجمالي الضريبة غير صحيح"},
	"TotalAmount":             {calculations, "المبلغ الإجمالي غير صحيح"},
	"TotalCommercialDiscount": {calculations, "إجمالي الخصم التجاري غير صحيح"},
	"TotalItemsDiscount":      {calculations, "إجمالي خصم الأصناف غير صحيح"},
	"TotalSales":              {calculations, "إجمالي المبيعات غير صحيح"},
}

// validationErrors are findings as the details of a submission show them.
func validationErrors(found []Finding) []map[string]any {
	list := []map[string]any{}
	for _, f := range found {
		words, ok := wordings[f.Code]
		if !ok {
			words = wording{coreFields, "قيمة غير صحيحة"}
		}
		list = append(list, map[string]any{
			"stepId": words.step.id, "stepName": words.step.name,
			"error": map[string]any{
				"propertyPath": f.Path, "errorCode": f.Code, "error": f.Message, "errorAr": words.arabic, "innerError": []any{},
			},
		})
	}
	return list
}

// number keeps the literal of a receipt in an answer.
func number(literal string) json.Number { return json.Number(literal) }
