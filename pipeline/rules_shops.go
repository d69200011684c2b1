package pipeline

// shopsRules are those of several shops in one installation: see rules.
var shopsRules = []rule{
	{"shops.form",
		words{"{file} cannot be understood: {said}", "write a list of folders in it: shops: [cairo, alex]"},
		words{"تعذّر فهم الملف {file}: {said}", "اكتب فيه قائمة بالمجلدات: shops: [cairo, alex]"}},
	{"shops.name",
		words{"\"{given}\" is not the name of a shop's folder, or stands there twice", "write small letters, digits, hyphens and underscores, each name once, such as cairo"},
		words{"«{given}» ليس اسمًا صالحًا لمجلد متجر أو تكرر ذكره", "استخدم أحرفًا لاتينية صغيرة وأرقامًا وشرطات، وكل اسم مرة واحدة، مثل cairo"}},
	{"shops.folder",
		words{"{file} names the shop {shop}, and its folder has no wasl.yaml", "make it: wasl init {dir} --shop {shop}; or take it out of the list"},
		words{"الملف {file} يذكر المتجر {shop} ولا يوجد wasl.yaml في مجلده", "أنشئه: wasl init {dir} --shop {shop}؛ أو احذفه من القائمة"}},
	{"shops.unknown",
		words{"there is no shop {shop} here", "write one of: {known}"},
		words{"لا يوجد هنا متجر باسم {shop}", "اكتب واحدًا من: {known}"}},
	{"shops.none",
		words{"--shop {shop} is given, and {dir} has no wasl-shops.yaml", "leave --shop out, or let -C lead to the folder that has that file"},
		words{"ذُكر --shop {shop} ولا يوجد wasl-shops.yaml في {dir}", "احذف --shop أو اجعل -C يشير إلى المجلد الذي فيه هذا الملف"}},
	{"shops.which",
		words{"{command} is for one shop, and several are here", "say which: --shop, and one of: {known}"},
		words{"الأمر {command} لمتجر واحد وهنا عدة متاجر", "حدّد أيها: --shop ثم واحد من: {known}"}},
	{"shops.same",
		words{"the shops {one} and {other} have the same {setting}: {value}", "give each its own in its wasl.yaml: two that work on the same would do things twice"},
		words{"للمتجرين {one} و{other} القيمة نفسها في {setting}: {value}", "اجعل لكل منهما قيمة خاصة به في wasl.yaml: فعمل متجرين على الشيء نفسه يكرر التنفيذ"}},
	{"shops.ended",
		words{"the work of the shop {shop} ended: {said}", "look at what it printed; the other shops went on"},
		words{"توقف عمل المتجر {shop}: {said}", "راجع ما طبعه؛ وقد واصلت المتاجر الأخرى عملها"}},
}
