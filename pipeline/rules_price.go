package pipeline

// priceRules are those of prices, promotions and discounts: see rules.
var priceRules = []rule{
	{"setting.form",
		words{"{given} is not what {field} takes", "write it as {form}"},
		words{"القيمة {given} لا تصلح للإعداد {field}", "اكتبها على هذا النحو: {form}"}},
}
