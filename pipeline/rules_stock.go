package pipeline

// stockRules are those of balances: see rules. The older ones stand with Shopify.
var stockRules = []rule{
	{"stock.ignored",
		words{"the warehouse {warehouse} is not for the shop", "nothing has to be done; shopify.locations says ignore of it"},
		words{"المخزن {warehouse} غير مخصص للمتجر", "لا يلزم أي إجراء؛ فإعداد shopify.locations يستبعده بالقيمة ignore"}},
	{"stock.pick",
		words{"of several warehouses of one location, the order names none of these: {warehouse}", "add one of them to the setting order, or say ignore of it in shopify.locations"},
		words{"لا يذكر الترتيب أيًّا من مخازن هذا الموقع: {warehouse}", "أضف أحدها إلى الإعداد order، أو استبعده بالقيمة ignore في shopify.locations"}},
	{"stock.minus",
		words{"what is held back of {sku} is less than nothing", "correct it and drop the row again"},
		words{"الكمية المحجوزة من الصنف {sku} أقل من الصفر", "صحّحها ثم أعد إدخال الصف"}},
	{"stock.bundle",
		words{"{sku} is made of other items: Shopify reckons its stock from theirs", "nothing has to be done; set the stock of its parts"},
		words{"الصنف {sku} مكوّن من أصناف أخرى، ويحسب Shopify رصيده من أرصدتها", "لا يلزم أي إجراء؛ اضبط أرصدة مكوّناته"}},
	{"stock.same",
		words{"{sku} is the same item of the shop as {other}, which this file speaks of too", "leave one of the two out: nobody can know which is right"},
		words{"{sku} هو نفس صنف المتجر الذي يمثله {other} المذكور أيضًا في هذا الملف", "احذف أحدهما: لا يمكن معرفة الصحيح منهما"}},
	{"stock.unspoken",
		words{"{count} balances of the shop are not in the file and stay as they are: {some}", "nothing has to be done; where a file speaks of all that is stocked, write settings: complete: true, and what it lacks goes to zero"},
		words{"أرصدة في المتجر لا يذكرها الملف وتبقى كما هي، وعددها {count}: ‏{some}", "لا يلزم أي إجراء؛ وإن كان الملف يشمل كل الأرصدة فاكتب settings: complete: true ليصبح ما لا يذكره صفرًا"}},
	{"stock.nameless",
		words{"{count} balances that the file lacks stay as they are, because no code leads to their items alone: {some}", "give each variant its own SKU in Shopify"},
		words{"أرصدة لا يذكرها الملف وتبقى كما هي لأن أصنافها بلا رمز خاص بها، وعددها {count}: ‏{some}", "اجعل لكل صنف رمز SKU خاصًا به في Shopify"}},
}
