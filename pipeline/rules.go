package pipeline

import (
	"slices"
	"strings"
)

// words are what is said of a rule in one language. {name} stands for
// Problem.With[name]; {value}, {field} and {column} for the Problem's own.
type words struct{ says, fix string }

// A rule is one line of the table of rules.
type rule struct {
	name   Rule
	en, ar words
}

// rules is the table of everything that can be wrong with data: what is wrong,
// and what to do about it. wasl rules prints it. Names are stable: they stand in
// examples of mappings, in reports and in other people's filters.
//
// To add one: a line here, in its section, with both languages.
var rules = []rule{
	// ---- the folder and the vault (inbox, vault) ----
	{"vault.full",
		words{"the disk of {dir} is full", "make room on it; nothing is lost meanwhile, and work goes on by itself"},
		words{"القرص الذي يحوي {dir} ممتلئ", "وفّر مساحة عليه؛ لا يضيع شيء في هذه الأثناء، ويُستأنف العمل تلقائيًا"}},
	{"vault.damaged",
		words{"{file} is no longer what was put there: the disk or somebody changed it", "check the disk, and drop the same file again: that mends it; or bring it back from a backup"},
		words{"لم يعد {file} كما حُفظ: غيّره القرص أو شخص ما", "افحص القرص ثم ضع الملف نفسه من جديد فيُصلح ذلك النسخة، أو استعده من نسخة احتياطية"}},
	{"inbox.path",
		words{"it is not said in which folder files arrive", "write the folder, such as path: inbox"},
		words{"لم يُحدَّد المجلد الذي تصل إليه الملفات", "اكتب اسم المجلد مثل path: inbox"}},
	{"inbox.ending",
		words{"{field} is \"{given}\"", "write an ending with its dot, such as .done"},
		words{"قيمة {field} هي \"{given}\"", "اكتب امتدادًا تسبقه نقطة مثل .done"}},
	{"inbox.gone",
		words{"the folder {path} cannot be looked into", "see that it exists, that the network drive is connected and that wasl may read it; nothing is lost meanwhile"},
		words{"لا يمكن الاطلاع على المجلد {path}", "تأكد من وجوده ومن اتصال قرص الشبكة ومن أن wasl يملك صلاحية قراءته؛ لا يضيع شيء في هذه الأثناء"}},
	{"inbox.owner",
		words{"another wasl takes files from {path}: on {host}, last seen {when}", "stop that one and wait {wait}; where it is gone for good, write take_over: true in the section inbox, once"},
		words{"نسخة أخرى من wasl تأخذ الملفات من {path}: على الجهاز {host}، وآخر ظهور لها {when}", "أوقفها وانتظر {wait}؛ وإن لم تعد موجودة فاكتب take_over: true في قسم inbox مرة واحدة"}},
	{"inbox.rights",
		words{"{name} may not be read by wasl", "give the user that wasl runs as the right to read it, or copy the file in anew"},
		words{"لا يملك wasl صلاحية قراءة {name}", "امنح المستخدم الذي يعمل به wasl صلاحية قراءته، أو انسخ الملف إلى المجلد من جديد"}},
	{"inbox.growing",
		words{"{name} is still being written", "nothing: it is taken when it has stood still for {wait}"},
		words{"{name} ما زال قيد الكتابة", "لا شيء: يؤخذ بعد أن يثبت لمدة {wait}"}},
	{"inbox.busy",
		words{"another program has {name} open", "close it there; it is taken then"},
		words{"الملف {name} مفتوح في برنامج آخر", "أغلقه هناك ثم يؤخذ تلقائيًا"}},
	{"inbox.empty",
		words{"{name} is empty", "nothing, if somebody is still writing it; it is refused when it has been empty for {wait}"},
		words{"{name} فارغ", "لا شيء إن كان ما زال قيد الكتابة؛ يُرفض إذا بقي فارغًا لمدة {wait}"}},
	{"inbox.cut",
		words{"{name} looks cut off: its end is not there yet", "nothing, if somebody is still copying it; it is taken as it is when it has stood still for {wait}"},
		words{"{name} يبدو مبتورًا: نهايته لم تصل بعد", "لا شيء إن كان نسخه ما زال جاريًا؛ يؤخذ كما هو إذا ثبت لمدة {wait}"}},
	{"inbox.marker",
		words{"{name} waits for its mark", "put an empty file {mark} beside it when it is complete"},
		words{"{name} ينتظر علامته", "ضع بجانبه ملفًا فارغًا باسم {mark} عند اكتماله"}},
	{"inbox.special",
		words{"{name} is not a plain file (a link, a folder or a device)", "put the file itself into the inbox folder, not into a folder in it"},
		words{"{name} ليس ملفًا عاديًا (بل رابط أو مجلد أو جهاز)", "ضع الملف نفسه في مجلد الوارد مباشرة لا في مجلد داخله"}},
	{"inbox.stays",
		words{"{name} was taken, but may not be moved out of the inbox", "give wasl the right to write in that folder, or remove the file yourself; it is not taken again"},
		words{"أُخذ {name} لكن لا يمكن نقله من مجلد الوارد", "امنح wasl صلاحية الكتابة في ذلك المجلد أو احذف الملف بنفسك؛ لن يؤخذ مرة أخرى"}},
	{"inbox.late",
		words{"{name} was changed after it had been taken", "drop it again when it is complete: what was taken is what stood there before"},
		words{"تغيّر {name} بعد أن أُخذ", "ضعه من جديد عند اكتماله: ما أُخذ هو ما كان موجودًا قبل ذلك"}},
	{"inbox.write",
		words{"{path} in the inbox cannot be written", "give wasl the right to write in that folder"},
		words{"لا يمكن كتابة {path} في مجلد الوارد", "امنح wasl صلاحية الكتابة في ذلك المجلد"}},

	// ---- files (extract) ----

	// ---- mapping (transform) ----

	// ---- documents (pipeline and ledger) ----
	{"group.missing",
		words{"{field} is missing, so it cannot be told which document this row belongs to", "fill it in, or remove the row; nothing of this file goes out before"},
		words{"{field} غير موجود، فلا يُعرف لأي مستند ينتمي هذا الصف", "أكمل القيمة أو احذف الصف؛ لن يُرسل شيء من هذا الملف قبل ذلك"}},
	{"group.held",
		words{"held with its file: row {row} does not say which document it belongs to", "mend that row and drop the file again"},
		words{"محجوز مع ملفه: الصف {row} لا يبيّن لأي مستند ينتمي", "أصلح ذلك الصف ثم ضع الملف من جديد"}},
	{"key.twice",
		words{"the file brings {key} twice", "keep one of the two and drop the file again"},
		words{"الملف يحتوي على {key} مرتين", "أبقِ واحدًا منهما وضع الملف من جديد"}},
	{"document.changed",
		words{"{key} was already sent with other content, on {when}", "nothing is sent twice: correct it at the other side, by a return or a cancellation"},
		words{"{key} أُرسل من قبل بمحتوى مختلف في {when}", "لا يُرسل شيء مرتين: صحّحه لدى الطرف الآخر بمرتجع أو إلغاء"}},
	{"drop.unclaimed",
		words{"no flow takes this file", "name it as one of the patterns in mappings/ says ({patterns}), or add a mapping"},
		words{"لا يوجد مسار يأخذ هذا الملف", "سمِّه وفق أحد الأنماط في mappings/ ‏({patterns}) أو أضف ملف ربط"}},
	{"seal.failed",
		words{"it could not be numbered and sealed: {said}", "correct what it names and drop the row again; its number was not used"},
		words{"تعذّر ترقيم المستند وختمه: {said}", "صحّح ما ذُكر ثم أعد إدخال الصف؛ لم يُستهلك رقمه"}},
	{"state.share",
		words{"the state folder {dir} is on a network share ({kind})", "put it on a disk of this machine: locks on a share fail, and the record of what was sent would be lost"},
		words{"مجلد الحالة {dir} على قرص شبكي ({kind})", "ضعه على قرص محلي في هذا الجهاز: الأقفال على الشبكة لا تُعتمد وقد يضيع سجل ما أُرسل"}},
	{"state.doubtful",
		words{"the state folder {dir} is on a file system that may not keep it ({kind})", "put it on a lasting disk of this machine"},
		words{"مجلد الحالة {dir} على نظام ملفات قد لا يحفظه ({kind})", "ضعه على قرص دائم في هذا الجهاز"}},
	{"state.locked",
		words{"another wasl works with the state folder {dir}: process {pid} on {host}, since {since}", "wait for it, or end that process; wasl status and wasl show work beside it"},
		words{"برنامج wasl آخر يعمل على مجلد الحالة {dir}: العملية {pid} على {host} منذ {since}", "انتظره أو أنهِ تلك العملية؛ الأمران wasl status وwasl show يعملان بجانبه"}},
	{"state.none",
		words{"there is no ledger in {dir} yet", "run: wasl run"},
		words{"لا يوجد سجل في {dir} بعد", "نفّذ: wasl run"}},
	{"state.older",
		words{"the ledger in {dir} has version {have}, this program reads {known}", "run wasl run once: it brings the ledger up to date, after a backup"},
		words{"السجل في {dir} بالإصدار {have} وهذا البرنامج يقرأ {known}", "نفّذ wasl run مرة واحدة: يحدّث السجل بعد نسخة احتياطية"}},
	{"state.newer",
		words{"the ledger in {dir} has version {have}, this program only knows {known}", "use the newer wasl; an older one must not write into it"},
		words{"السجل في {dir} بالإصدار {have} وهذا البرنامج لا يعرف إلا {known}", "استخدم إصدار wasl الأحدث؛ لا يجوز أن يكتب فيه إصدار أقدم"}},
	{"state.damaged",
		words{"the ledger in {dir} is damaged: {said}", "stop, keep the folder as it is, and restore the newest backup; compare with the other side before anything is sent"},
		words{"السجل في {dir} تالف: {said}", "توقف واحتفظ بالمجلد كما هو واسترجع أحدث نسخة احتياطية؛ وقارن مع الطرف الآخر قبل أي إرسال"}},
	{"state.full",
		words{"the disk of the state folder {dir} is full", "make room; nothing is lost, and the work goes on by itself"},
		words{"قرص مجلد الحالة {dir} ممتلئ", "وفّر مساحة؛ لم يُفقد شيء وسيُستأنف العمل تلقائيًا"}},

	// ---- Shopify (load/shopify) ----
	{"stock.quantity",
		words{"the quantity of {sku} is missing", "fill it in; an empty cell is not taken for zero"},
		words{"كمية الصنف {sku} غير موجودة", "أدخل الكمية؛ فالخلية الفارغة لا تُعد صفرًا"}},
	{"stock.twice",
		words{"{sku} stands in the file twice for the warehouse \"{warehouse}\"", "keep one of the two rows and drop the file again"},
		words{"الصنف {sku} مكرر في الملف للمخزن \"{warehouse}\"", "أبقِ أحد الصفين ثم ضع الملف من جديد"}},
	{"stock.fraction",
		words{"{quantity} is not a whole number, and Shopify counts whole pieces", "correct the quantity, or round down with the setting shopify.fraction: floor"},
		words{"الكمية {quantity} ليست عددًا صحيحًا، وShopify لا يعدّ إلا قطعًا كاملة", "صحّح الكمية، أو قرّبها للأدنى بالإعداد shopify.fraction: floor"}},
	{"stock.negative",
		words{"{quantity} is less than nothing", "correct the stock in the ERP, or choose with the setting shopify.negative: zero or send (send: only with quantity: available)"},
		words{"الكمية {quantity} أقل من الصفر", "صحّح الرصيد في نظام ERP، أو اختر بالإعداد shopify.negative: ‏zero أو send ‏(send مع quantity: available فقط)"}},
	{"stock.range",
		words{"{quantity} is beyond what Shopify takes: a thousand million pieces", "correct the quantity"},
		words{"الكمية {quantity} تتجاوز ما يقبله Shopify، وهو ألف مليون قطعة", "صحّح الكمية"}},
	{"stock.location",
		words{"\"{location}\" is not a location whose stock wasl keeps", "map the warehouse to one of {known}, in shopify.locations"},
		words{"\"{location}\" ليس موقعًا يدير wasl رصيده", "اربط المخزن بأحد المواقع {known} في shopify.locations"}},
	{"stock.closed",
		words{"the location {location} is deactivated in Shopify", "activate it in Shopify, or map the warehouse to another location"},
		words{"الموقع {location} معطّل في Shopify", "فعّله في Shopify أو اربط المخزن بموقع آخر"}},
	{"stock.unknown",
		words{"no variant in the shop has the SKU {sku}", "create the item in Shopify or correct the SKU, then drop the row again"},
		words{"لا يوجد في المتجر صنف برمز SKU ‏{sku}", "أنشئ الصنف في Shopify أو صحّح الرمز ثم أعد إدخال الصف"}},
	{"stock.near",
		words{"no variant in the shop has the SKU {sku}; {near} is near: it has this as its barcode, or differs in letters' case or blanks only", "write the SKU as it stands in the shop, then drop the row again"},
		words{"لا يوجد في المتجر صنف برمز SKU ‏{sku}، والأقرب إليه {near}: هذا باركوده، أو يختلف عنه في حالة الأحرف أو المسافات فقط", "اكتب الرمز كما هو في المتجر ثم أعد إدخال الصف"}},
	{"stock.ambiguous",
		words{"several variants in the shop have the SKU {sku}: {candidates}", "give each variant its own SKU in Shopify, then drop the row again"},
		words{"أكثر من صنف في المتجر يحمل رمز SKU ‏{sku}: ‏{candidates}", "اجعل لكل صنف رمزًا خاصًا به في Shopify ثم أعد إدخال الصف"}},
	{"stock.untracked",
		words{"Shopify does not track the stock of {sku}", "switch on \"Track quantity\" for it in Shopify, then drop the row again"},
		words{"لا يتتبع Shopify رصيد الصنف {sku}", "فعّل خيار «تتبع الكمية» لهذا الصنف في Shopify ثم أعد إدخال الصف"}},
	{"stock.stale",
		words{"the stock in the shop changes while it is being set: it was {was}, is now {now}, and {wanted} was to be set", "see in Shopify who changes it, then drop the row again; with shopify.on_stale: erp the ERP wins"},
		words{"يتغيّر الرصيد في المتجر أثناء ضبطه: كان {was} وأصبح {now} والمطلوب {wanted}", "تحقق في Shopify ممن يغيّره ثم أعد إدخال الصف؛ ومع الإعداد shopify.on_stale: erp تُعتمد كمية ERP"}},
	{"shopify.refused",
		words{"Shopify refused it: {said} ({code})", "correct what it names and drop the row again"},
		words{"رفضه Shopify: ‏{said} ‏({code})", "صحّح ما ذكره ثم أعد إدخال الصف"}},
	{"shopify.shop",
		words{"{field} is \"{given}\", which is no shop's address", "write the shop's own name, such as my-shop.myshopify.com, without https://"},
		words{"قيمة {field} هي \"{given}\" وليست عنوان متجر", "اكتب اسم المتجر الأصلي مثل my-shop.myshopify.com دون https://"}},
	{"shopify.url",
		words{"{field} is \"{given}\", which is no address to be used", "write https://host, or http://127.0.0.1:port for this machine"},
		words{"قيمة {field} هي \"{given}\" وهو عنوان لا يصلح", "اكتب https://host أو http://127.0.0.1:port لهذا الجهاز"}},
	{"shopify.signin",
		words{"{field}: how to sign in is not clear", "give either client_id and client_secret, or access_token"},
		words{"{field}: طريقة الدخول غير محددة", "حدّد إما client_id مع client_secret، وإما access_token"}},
	{"shopify.inline",
		words{"{field} holds a secret itself", "put the secret into the secret store and write its name here, such as shopify.main; treat this one as known to others and renew it"},
		words{"يحتوي {field} على السر نفسه", "احفظ السر في مخزن الأسرار واكتب هنا اسمه مثل shopify.main، واستبدل هذا السر لأنه لم يعد سريًا"}},
	{"shopify.gid",
		words{"{field} is \"{given}\", which is no location's id", "write it as wasl check --online shows it: gid://shopify/Location/123"},
		words{"قيمة {field} هي \"{given}\" وليست معرّف موقع", "اكتبها كما يعرضها wasl check --online: ‏gid://shopify/Location/123"}},
	{"shopify.margin",
		words{"{field} is {given}", "write the share of Shopify's points to be left to other apps, in per cent: 1 to 90"},
		words{"قيمة {field} هي {given}", "اكتب نسبة نقاط Shopify المتروكة للتطبيقات الأخرى: من 1 إلى 90 بالمئة"}},
	{"shopify.onhand",
		words{"{field}: the stock on hand cannot be less than nothing", "write hold or zero, or set quantity: available"},
		words{"{field}: الرصيد الفعلي لا يكون أقل من الصفر", "اكتب hold أو zero، أو اجعل quantity: available"}},
	{"shopify.unreachable",
		words{"{host} cannot be reached", "see whether this machine is on the internet and whether a proxy or a firewall is in between; it is tried again by itself"},
		words{"يتعذر الوصول إلى {host}", "تحقق من اتصال هذا الجهاز بالإنترنت ومن البروكسي أو جدار الحماية؛ ستتكرر المحاولة تلقائيًا"}},
	{"shopify.unauthorized",
		words{"{host} does not accept our access token, nor a new one", "see whether the app is still installed on the shop and whether its secret was renewed, then put the new one into the secret store"},
		words{"لا يقبل {host} رمز الدخول ولا رمزًا جديدًا", "تحقق من أن التطبيق ما زال مثبتًا على المتجر ومن عدم تغيّر سرّه، ثم احفظ السر الجديد في مخزن الأسرار"}},
	{"shopify.unpaid",
		words{"the shop {host} is frozen for unpaid bills", "the owner pays the bill in Shopify's admin; it is tried again every 15 minutes"},
		words{"المتجر {host} مجمّد لعدم سداد الفواتير", "يسدد مالك المتجر الفاتورة في لوحة Shopify؛ وتتكرر المحاولة كل 15 دقيقة"}},
	{"shopify.locked",
		words{"the shop {host} is locked", "the owner asks Shopify's support; it is tried again every 15 minutes"},
		words{"المتجر {host} مقفل", "يراجع مالك المتجر دعم Shopify؛ وتتكرر المحاولة كل 15 دقيقة"}},
	{"shopify.forbidden",
		words{"{host} forbids it: {said}", "give the app the rights that it names, in the Dev Dashboard, and install the new version on the shop"},
		words{"يمنع {host} هذا الإجراء: {said}", "امنح التطبيق الصلاحيات المذكورة في Dev Dashboard وثبّت الإصدار الجديد على المتجر"}},
	{"shopify.address",
		words{"{host} knows no such shop or address", "use the shop's own *.myshopify.com name in shopify.shop"},
		words{"لا يعرف {host} هذا المتجر أو العنوان", "استخدم اسم المتجر الأصلي ‎*.myshopify.com في shopify.shop"}},
	{"shopify.security",
		words{"{host} rejected the request for security reasons", "wait, then ask Shopify's support, and name the request {request}"},
		words{"رفض {host} الطلب لأسباب أمنية", "انتظر ثم راجع دعم Shopify مع ذكر رقم الطلب {request}"}},
	{"shopify.scope",
		words{"the app lacks the right {scope}", "add it to the app's version in the Dev Dashboard, release it and install it on the shop"},
		words{"تنقص التطبيق الصلاحية {scope}", "أضفها إلى إصدار التطبيق في Dev Dashboard ثم انشره وثبّته على المتجر"}},
	{"shopify.version",
		words{"Shopify answered as API version {got}, wasl speaks {wanted}", "use a newer version of wasl; nothing more is sent before"},
		words{"أجاب Shopify بإصدار الواجهة {got} بينما يستخدم wasl الإصدار {wanted}", "استخدم إصدارًا أحدث من wasl؛ ولن يُرسل شيء قبل ذلك"}},
	{"shopify.ends",
		words{"Shopify serves API version {version} until {until}", "use a newer version of wasl before that day"},
		words{"يدعم Shopify إصدار الواجهة {version} حتى {until}", "استخدم إصدارًا أحدث من wasl قبل ذلك اليوم"}},
	{"shopify.redirect",
		words{"{host} sends us on to {to}, and a token is not carried there", "use the shop's own *.myshopify.com name in shopify.shop, or correct shopify.base_url"},
		words{"يحيلنا {host} إلى {to}، ولا يُرسل رمز الدخول إلى هناك", "استخدم اسم المتجر الأصلي ‎*.myshopify.com في shopify.shop أو صحّح shopify.base_url"}},
	{"shopify.request",
		words{"{host} does not accept our request ({code}): {said}", "this is a fault of wasl or of a proxy in between: report it, and name the request {request}"},
		words{"لا يقبل {host} طلبنا ({code}): {said}", "هذا خلل في wasl أو في بروكسي بيننا: أبلغ عنه مع ذكر رقم الطلب {request}"}},
	{"shopify.token.shop",
		words{"the app may not sign in to {host} by itself: app and shop belong to different organisations", "create the app in the shop's own organisation in the Dev Dashboard, or use access_token"},
		words{"لا يحق للتطبيق الدخول بنفسه إلى {host}: التطبيق والمتجر تابعان لمؤسستين مختلفتين", "أنشئ التطبيق في مؤسسة المتجر نفسها في Dev Dashboard أو استخدم access_token"}},
	{"shopify.token.installed",
		words{"the app is not installed on {host}", "install the app's released version on the shop; an app made in the shop's admin signs in with access_token"},
		words{"التطبيق غير مثبت على {host}", "ثبّت الإصدار المنشور من التطبيق على المتجر؛ والتطبيق المنشأ من لوحة المتجر يدخل باستخدام access_token"}},
	{"shopify.token.client",
		words{"{host} does not know this client id or this client secret", "check client_id, and the secret that client_secret names: was it renewed in the Dev Dashboard?"},
		words{"لا يعرف {host} معرّف العميل أو سرّه", "راجع client_id والسر الذي يشير إليه client_secret: هل جُدِّد في Dev Dashboard؟"}},
	{"shopify.token.address",
		words{"there is no shop at {host}", "use the shop's own *.myshopify.com name in shopify.shop"},
		words{"لا يوجد متجر على {host}", "استخدم اسم المتجر الأصلي ‎*.myshopify.com في shopify.shop"}},
	{"shopify.secret",
		words{"the secret {name} cannot be read", "put it into the secret store under this name"},
		words{"تتعذر قراءة السر {name}", "احفظه في مخزن الأسرار بهذا الاسم"}},
	{"shopify.clock",
		words{"this machine's clock differs from Shopify's by {seconds} seconds", "set the clock, and let it be kept by a time server"},
		words{"تختلف ساعة هذا الجهاز عن ساعة Shopify بمقدار {seconds} ثانية", "اضبط الساعة واربطها بخادم وقت"}},

	// ---- ERP (load/erp) ----

	// ---- ETA (load/eta) ----

	// ---- reference tables (load/table) ----

	// ---- settings (cmd/wasl) ----
	{"config.none",
		words{"there is no wasl.yaml in {dir}", "make a folder to work in with: wasl init DIR; or name yours with -C DIR"},
		words{"لا يوجد ملف wasl.yaml في {dir}", "أنشئ مجلد عمل بالأمر: wasl init DIR، أو حدّد مجلدك بالخيار -C DIR"}},
	{"config.unknown",
		words{"there is no setting {name}", "did you mean {near}?"},
		words{"لا يوجد إعداد باسم {name}", "هل تقصد {near}؟"}},
	{"config.twice",
		words{"{name} is given twice", "keep one of the two"},
		words{"الإعداد {name} مكرّر", "أبقِ واحدًا منهما"}},
	{"config.zone",
		words{"there is no time zone \"{given}\"", "write a name such as Africa/Cairo"},
		words{"لا توجد منطقة زمنية باسم \"{given}\"", "اكتب اسمًا مثل Africa/Cairo"}},
	{"config.choice",
		words{"{field} is \"{given}\"", "write one of: {known}"},
		words{"قيمة {field} هي \"{given}\"", "اكتب واحدة من: {known}"}},
	{"config.duration",
		words{"{field} is {given}", "write a duration above zero, such as 10s, 5m or 2h"},
		words{"قيمة {field} هي {given}", "اكتب مدة أكبر من الصفر مثل 10s أو 5m أو 2h"}},
	{"yaml.syntax",
		words{"this is not YAML: {said}", "look at the indentation, the colons and the quotes in this line and the one before"},
		words{"هذا ليس YAML صحيحًا: {said}", "راجع المسافات البادئة والنقطتين وعلامات الاقتباس في هذا السطر والذي قبله"}},
	{"yaml.type",
		words{"{path} cannot be read", "write {want}"},
		words{"لا يمكن قراءة {path}", "اكتب {want}"}},
	{"secret.name",
		words{"\"{name}\" is not the name of a secret", "write a name such as shopify.client, and put the secret itself into a file of that name"},
		words{"«{name}» ليس اسمًا لسر", "اكتب اسمًا مثل shopify.client وضع السر نفسه في ملف بهذا الاسم"}},
	{"secret.missing",
		words{"the secret {name} is nowhere to be found", "put it into the file {file} (mode 600), or into the variable {variable}"},
		words{"السر {name} غير موجود", "ضعه في الملف {file} (بصلاحية 600) أو في المتغير {variable}"}},
	{"secret.open",
		words{"others may read the secret in {file} (mode {mode})", "run: chmod 600 {file}"},
		words{"يمكن لغيرك قراءة السر في {file} (الصلاحية {mode})", "نفّذ: chmod 600 {file}"}},
	{"flow.off",
		words{"the flow {flow} is off: wasl.yaml has no section {section}", "write the section, or remove the mapping"},
		words{"المسار {flow} متوقف: لا يوجد قسم {section} في wasl.yaml", "اكتب القسم أو احذف ملف الربط"}},
	{"flow.twice",
		words{"there are two flows with the name {flow}", "give one of them another name; the other is in {other}"},
		words{"يوجد مساران بالاسم {flow}", "غيّر اسم أحدهما؛ الآخر في {other}"}},
	{"flow.kind",
		words{"there is no kind of document {kind}", "did you mean {near}? wasl kinds lists them"},
		words{"لا يوجد نوع مستند باسم {kind}", "هل تقصد {near}؟ الأمر wasl kinds يعرض القائمة"}},
	{"flow.none",
		words{"there is no mapping in {dir}", "copy the shipped ones there with: wasl init {parent}"},
		words{"لا يوجد ملف ربط في {dir}", "انسخ الملفات المرفقة إليه بالأمر: wasl init {parent}"}},

	// ---- the other side's own words ----
	{"answer.refused",
		words{"refused by the other side: {said}", "correct what it names and drop the row again"},
		words{"رفضه الطرف الآخر: {said}", "صحّح ما ذكره ثم أعد إدخال الصف"}},
}

// RuleText is one line of the table of rules, for printing.
type RuleText struct {
	Name      Rule   `json:"name"`
	Says, Fix string // with {placeholders}
}

// Rules is the table of rules in a language (en or ar), by name.
func Rules(lang string) []RuleText {
	out := make([]RuleText, 0, len(rules))
	for _, r := range rules {
		w := r.in(lang)
		out = append(out, RuleText{Name: r.name, Says: w.says, Fix: w.fix})
	}
	slices.SortFunc(out, func(a, b RuleText) int { return strings.Compare(string(a.Name), string(b.Name)) })
	return out
}

// Known tells whether a rule is in the table.
func (r Rule) Known() bool { _, ok := ruleIndex[r]; return ok }

var ruleIndex = func() map[Rule]rule {
	index := make(map[Rule]rule, len(rules))
	for _, r := range rules {
		index[r.name] = r
	}
	return index
}()

func (r rule) in(lang string) words {
	if lang == "ar" {
		return r.ar
	}
	return r.en
}

// words are the problem's own, with its facts filled in. A rule that is not in
// the table says its name: a test keeps that from happening.
func (p Problem) words(lang string) words {
	r, ok := ruleIndex[p.Rule]
	if !ok {
		return words{says: string(p.Rule), fix: ""}
	}
	pairs := []string{"{value}", p.Value, "{field}", p.Field, "{column}", p.Column}
	for name, fact := range p.With {
		pairs = append(pairs, "{"+name+"}", fact)
	}
	fill := strings.NewReplacer(pairs...)
	w := r.in(lang)
	return words{says: fill.Replace(w.says), fix: fill.Replace(w.fix)}
}
