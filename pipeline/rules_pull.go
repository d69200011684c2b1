package pipeline

// pullRules are those of what is asked of Shopify and dropped as a file: see rules.
var pullRules = []rule{
	{"pulled.version",
		words{"the file was pulled by a newer wasl: its layout is {version}, the newest known here is {known}", "install the newer wasl, or pull again with this one"},
		words{"سُحب هذا الملف بإصدار أحدث من wasl: تخطيطه {version} وأحدث ما يُعرف هنا {known}", "ثبّت الإصدار الأحدث من wasl أو أعد السحب بهذا الإصدار"}},
	{"pulled.cut",
		words{"the file has {have} orders, and says that it has {want}", "pull again: wasl pull orders"},
		words{"في الملف {have} من الطلبات بينما يذكر أن عددها {want}", "أعد السحب: wasl pull orders"}},
	{"pulled.broken",
		words{"line {line} of the pulled file holds no order", "pull again: wasl pull orders; a pulled file is not to be changed by hand"},
		words{"السطر {line} من الملف المسحوب لا يحتوي على طلب", "أعد السحب: wasl pull orders؛ ولا يُعدَّل الملف المسحوب يدويًا"}},
}
