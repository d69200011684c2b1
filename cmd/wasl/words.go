package main

import (
	"strings"

	"wasl/pipeline"
	"wasl/stages/reconcile"
)

// houseSaid are the sentences of the commands, in English and Arabic; those of receipts
// are receiptSaid. What is wrong with data or settings stands in pipeline's table of
// rules; the words of states are the workbook's, so that terminal and workbook say the same.
var houseSaid = map[string][2]string{
	"interrupted": {"interrupted; what was under way is found again at the next start", "تم الإيقاف؛ ما كان جاريًا سيُستكمل عند التشغيل التالي"},
	"fix":         {"fix", "الحل"},
	"rows":        {"rows", "صفوف"},
	"problems":    {"problems", "مشكلات"},
	"comma":       {", ", "، "},
	"more":        {"and {count} more; the workbook lists all of them", "و{count} أخرى؛ كلها في ملف التسوية"},
	"again":       {"next try in {wait}", "المحاولة التالية بعد {wait}"},

	"event.admitted":  {"taken", "استُلم"},
	"event.preparing": {"reading", "قراءة"},
	"event.prepared":  {"read", "قُرئ"},
	"event.held":      {"held", "محجوز"},
	"event.refused":   {"refused", "مرفوض"},
	"event.delivered": {"sent", "أُرسل"},
	"event.waiting":   {"waiting", "انتظار"},
	"event.failed":    {"could not", "تعذّر"},
	"event.expected":  {"expected", "متوقع"},
	"event.alarm":     {"alarm", "تنبيه"},
	"event.request":   {"request", "طلب"},
	"event.removed":   {"removed", "أُزيل"},
	"event.report":    {"workbook", "ملف التسوية"},

	"settling":          {"until what lies in the inbox stands still ({wait}); files: {count}", "ملفات في مجلد الوارد: {count}، حتى تستقر ({wait})"},
	"answering":         {"for the other side of {lane}; it is asked again in {wait}", "رد الطرف الآخر في {lane}؛ يُسأل مجددًا بعد {wait}"},
	"nothing":           {"Nothing to do: {inbox} is empty and nothing waits.", "لا يوجد ما يُعمل: المجلد {inbox} فارغ ولا شيء في الانتظار."},
	"same":              {"Nothing was sent: everything was at the other side already.", "لم يُرسل شيء: كل شيء موجود لدى الطرف الآخر بالفعل."},
	"leftOut":           {"Nothing was sent. What was left out, and why, is in the workbook.", "لم يُرسل شيء. ما استُبعد وسبب استبعاده في ملف التسوية."},
	"aside":             {"Put aside ({count}):", "وُضع جانبًا ({count}):"},
	"waits":             {"Documents that still wait: {count}. Run wasl run again, or let wasl watch stay.", "مستندات ما زالت في الانتظار: {count}. شغّل wasl run مرة أخرى أو اترك wasl watch يعمل."},
	"waits.lane":        {"lane {lane} waits: {cause}", "المسلك {lane} ينتظر: {cause}"},
	"confirm.asked":     {"Written, and not confirmed by the ERP yet: {count}. It is a complaint after {wait}.", "مستندات كُتبت ولم يؤكدها النظام المحاسبي بعد: {count}. يُنبَّه إليها بعد {wait}."},
	"confirm.late":      {"Not confirmed by the ERP for more than {wait}: {count}. wasl status names them: see what the ERP did with their files.", "مستندات لم يؤكدها النظام المحاسبي منذ أكثر من {wait}: {count}. يعرضها wasl status: راجع ما فعله النظام بملفاتها."},
	"unread":            {"Files that are still to be read: {count}. Run wasl run again, or let wasl watch stay.", "ملفات لم تُقرأ بعد: {count}. شغّل wasl run مرة أخرى أو اترك wasl watch يعمل."},
	"unplanned":         {"Files without a plan yet: {count}. Run wasl plan again; a run reads them too, and lets go what their gates do not hold.", "ملفات لم تُعدّ خطتها بعد: {count}. شغّل wasl plan مرة أخرى؛ أما wasl run فيقرؤها أيضًا ويرسل ما لا تحجزه البوابة."},
	"workbook":          {"workbook", "ملف التسوية"},
	"toCorrect":         {"to correct and drop again:", "للتصحيح ثم الوضع في مجلد الوارد من جديد:"},
	"file":              {"file", "الملف"},
	"files":             {"files", "الملفات"},
	"flow":              {"flow", "المسار"},
	"open":              {"waiting", "في الانتظار"},
	"verdict.refused":   {"{flow} (refused)", "{flow} (مرفوض)"},
	"verdict.held":      {"{flow} (held)", "{flow} (محجوز)"},
	"verdict.unclaimed": {"(no flow takes it)", "(لا يأخذه أي مسار)"},
	"left":              {"left in the inbox: {file}: {why}", "بقي في مجلد الوارد: {file}: {why}"},
	"watching":          {"watching {inbox}; Ctrl-C ends it", "مراقبة {inbox}؛ اضغط Ctrl-C للإنهاء"},
	"noDays":            {"no file arrived from {from} to {to}: there is nothing to write", "لم يصل أي ملف من {from} إلى {to}: لا يوجد ما يُكتب"},

	"warning":       {"to be looked at", "للمراجعة"},
	"codes.table":   {"table", "الجدول"},
	"codes.count":   {"codes", "الأكواد"},
	"codes.dated":   {"of", "بتاريخ"},
	"codes.age":     {"age", "العمر"},
	"codes.from":    {"from", "المصدر"},
	"codes.months":  {"{count} months", "{count} شهرًا"},
	"codes.shipped": {"shipped with wasl", "مرفق مع wasl"},
	"codes.on":      {"{table} on {day} (table of {dated}, {from})", "{table} يوم {day} (جدول بتاريخ {dated}، {from})"},
	"codes.checked": {"receipts are checked by {count} tables of the tax authority; the oldest is {table} of {dated}, {months} months old (wasl codes)", "تُفحص الإيصالات بعدد {count} من جداول مصلحة الضرائب؛ أقدمها {table} بتاريخ {dated} وعمره {months} شهرًا (wasl codes)"},

	"rehearse.title":     {"Rehearsal of e-receipts since {since}: {count} would have been filed, in {packs} submissions. The chain is thrown away; nothing was kept.", "تجربة الإيصال الإلكتروني منذ {since}: كان سيُقدَّم {count} إيصالًا في {packs} إرسال. السلسلة مؤقتة ولم يُحفظ شيء."},
	"rehearse.day":       {"day", "اليوم"},
	"rehearse.sales":     {"sales", "المبيعات"},
	"rehearse.sold":      {"sold", "قيمتها"},
	"rehearse.returns":   {"returns", "المرتجعات"},
	"rehearse.returned":  {"returned", "قيمة المرتجع"},
	"rehearse.vat":       {"VAT", "ض.ق.م"},
	"rehearse.not":       {"not filed", "لن يُقدَّم"},
	"rehearse.left":      {"left out", "المستبعد"},
	"workbook.rehearsal": {"rehearsal:", "التجربة:"},

	"ready.title":        {"Readiness for e-receipts. Orders since {since}: {count}; of them ready: {fit}", "الجاهزية للإيصال الإلكتروني. الطلبات منذ {since}: {count}؛ الجاهز منها: {fit}"},
	"ready.checked":      {"checked", "المفحوص"},
	"ready.wrong":        {"not ready", "غير الجاهز"},
	"ready.next":         {"next", "الخطوة التالية"},
	"ready.orders":       {"{count} orders, {money}", "طلبات: {count}، بقيمة {money}"},
	"ready.night":        {"not ready for e-receipts: {wrong}; a receipt can be issued for {fit} of {count} orders", "غير الجاهز للإيصال الإلكتروني: {wrong}؛ يمكن إصدار إيصال لعدد {fit} من {count} طلبًا"},
	"ready.all":          {"Everything is ready. Next: wasl rehearse", "كل شيء جاهز. الخطوة التالية: wasl rehearse"},
	"workbook.readiness": {"readiness report:", "تقرير الجاهزية:"},

	"gate":          {"gate", "البوابة"},
	"gate.held":     {"held at the gate", "محجوز عند البوابة"},
	"gate.released": {"released by {by} at {at}: {why}", "أفرج عنه {by} في {at}: {why}"},
	"gate.dropped":  {"dropped by {by} at {at}: {why}", "ألغاه {by} في {at}: {why}"},
	"gate.over":     {"held at the gate until newer files had brought all of it", "حجزته البوابة حتى جاءت ملفات أحدث بكل ما فيه"},
	"gate.holds":    {"{job}  {file}  since {at}", "{job}  {file}  منذ {at}"},
	"gate.todo":     {"wasl release {job} --by NAME --why TEXT", "wasl release {job} --by NAME --why TEXT"},
	"gate.else":     {"the same with --drop drops it; what it would change: wasl plan {job}", "الأمر نفسه مع --drop يلغيها؛ وما ستغيّره: wasl plan {job}"},
	"gate.drop":     {"the same with --drop drops it", "الأمر نفسه مع --drop يلغيها"},
	"gate.count":    {"{count} held at the gate", "محجوز عند البوابة: {count}"},
	"gates":         {"Held at the gate ({count}):", "محجوز عند البوابة ({count}):"},

	"plan.would": {"would change: {count}", "ستتغير: {count}"},
	"plan.none":  {"Nothing would change.", "لن يتغير شيء."},
	"plan.item":  {"item", "الصنف"},
	"plan.old":   {"old", "السابق"},
	"plan.new":   {"new", "الجديد"},
	"plan.why":   {"why", "السبب"},
	"plan.live":  {"at the shop now", "في المتجر الآن"},
	"plan.moved": {"At the shop by now no longer as planned: {count}", "تغيّر في المتجر بعد إعداد الخطة: {count}"},
	"plan.more":  {"and {count} more; --all prints them, and the workbook has all", "و{count} أخرى؛ الخيار --all يطبعها وكلها في ملف Excel"},
	"plan.rest":  {"and {count} more", "و{count} أخرى"},

	"history.none":     {"the ERP has been told of no sales yet", "لم يُبلغ نظام الحسابات بأي مبيعات بعد"},
	"history.dropped":  {"in the inbox: {file} (customers: {count})", "في مجلد الوارد: {file} (العملاء: {count})"},
	"history.customer": {"customer", "العميل"},
	"history.number":   {"ERP account", "كود العميل"},
	"history.orders":   {"orders", "الطلبات"},
	"history.sales":    {"sales", "المبيعات"},
	"history.returns":  {"returns", "المرتجعات"},
	"history.net":      {"net", "الصافي"},
	"history.last":     {"last order", "آخر طلب"},
	"history.told":     {"all customers: {sum} {currency}; told in sales documents: {told} {currency}", "كل العملاء: {sum} {currency}؛ ما أُبلغ في مستندات المبيعات: {told} {currency}"},
	"match.people":     {"pairs of customers to decide: {count}; say yes or no and drop it into the inbox: {file}", "أزواج العملاء المطلوب البت فيها: {count}؛ اكتب نعم أو لا ثم ضع الملف في مجلد الوارد: {file}"},
	"match.none":       {"no customer of {flow} waits for a decision about who is who", "لا عميل في المسار {flow} ينتظر قرارًا حول هويته"},
	"match.done":       {"items: {count}, found in the shop: {found}; correct it and drop it into the inbox: {file}", "الأصناف: {count}، عُثر في المتجر على: {found}؛ صحّح الملف ثم ضعه في مجلد الوارد: {file}"},

	"workbook.plan":       {"plan:", "الخطة:"},
	"workbook.backorders": {"workbook:", "ملف Excel:"},
	"workbook.drift":      {"workbook:", "ملف Excel:"},

	"seen.done":       {"{kind} {name}: seen by {by}, {at}: {why}. The same is not told again", "{kind} {name}: اطّلع عليه {by} في {at}: {why}. لن يُذكر الشيء نفسه مرة أخرى"},
	"seen.by":         {"{by}, {at}: {why}", "{by}، {at}: {why}"},
	"seen":            {"seen by", "اطّلع عليه"},
	"release.done":    {"{job} is released by {by}; documents: {count}. Now: wasl run", "أفرج {by} عن {job}؛ عدد المستندات: {count}. الآن: wasl run"},
	"release.leaves":  {"{job} is released by {by}; documents: {count}. wasl watch sends it now", "أفرج {by} عن {job}؛ عدد المستندات: {count}. يرسلها wasl watch الآن"},
	"release.dropped": {"{job} is dropped by {by}; documents that will not leave: {count}", "ألغى {by} المهمة {job}؛ مستندات لن تُرسل: {count}"},

	"memo.undo":     {"undo of {job} by {by}: {why}", "تراجع عن {job} بطلب {by}: {why}"},
	"memo.reupload": {"reupload of {flow} by {by}: {why}", "إعادة إرسال {flow} بطلب {by}: {why}"},
	"memo.booking":  {"booked for {at}: {flow}, {count}", "محجوز لـ {at}: {flow}، {count}"},
	"undo.lost":     {"Cannot be put back ({count}):", "لا يمكن إعادتها ({count}):"},

	"clearing.none":     {"No payment was written to the ERP yet.", "لم تُكتب أي دفعة إلى النظام المحاسبي بعد."},
	"clearing.open":     {"Still to be paid out, by days:", "ما لم يُحوَّل بعد، بالأيام:"},
	"clearing.off":      {"Does not match ({count}):", "غير متطابق ({count}):"},
	"clearing.account":  {"account", "الحساب"},
	"clearing.currency": {"currency", "العملة"},
	"clearing.day":      {"day", "اليوم"},
	"clearing.opening":  {"opening", "رصيد الأول"},
	"clearing.sales":    {"sales", "المبيعات"},
	"clearing.refunds":  {"refunds", "المردودات"},
	"clearing.fees":     {"fees", "الرسوم"},
	"clearing.adjusted": {"corrections", "التسويات"},
	"clearing.settled":  {"paid out", "المحوَّل"},
	"clearing.closing":  {"closing", "رصيد الآخر"},
	"clearing.age":      {"days old", "العمر بالأيام"},
	"clearing.count":    {"count", "العدد"},
	"clearing.left":     {"still open", "المتبقي"},
	"clearing.days":     {"days", "الأيام"},
	"clearing.order":    {"order", "الطلب"},
	"clearing.receipt":  {"receipt", "السند"},
	"clearing.amount":   {"amount", "المبلغ"},

	"couriers.none":      {"No order to be paid on delivery was sent, and no courier's sheet came yet.", "لم يُشحن طلب يُدفع عند الاستلام ولم يصل كشف من شركات الشحن بعد."},
	"couriers.courier":   {"courier", "شركة الشحن"},
	"couriers.shipped":   {"shipped", "المشحون"},
	"couriers.collected": {"collected", "المحصَّل"},
	"couriers.returned":  {"returned", "المرتجع"},
	"couriers.tolerated": {"tolerated", "فروق مسموحة"},
	"couriers.short":     {"of it short", "منه عجز"},
	"couriers.unmatched": {"not matched", "غير مطابق"},
	"couriers.vat":       {"VAT on fees", "ضريبة الرسوم"},
	"couriers.paid":      {"paid", "المحوَّل"},
	"couriers.ages":      {"What couriers owe, by days since it was sent:", "المستحق على شركات الشحن، بالأيام منذ الشحن:"},
	"couriers.parcel":    {"parcel", "البوليصة"},
	"couriers.sent":      {"sent", "تاريخ الشحن"},
	"couriers.expected":  {"to collect", "المطلوب تحصيله"},
	"couriers.owed":      {"owed", "المستحق"},
	"couriers.orders":    {"orders", "الطلبات"},
	"couriers.late":      {"{courier} owes {amount} {currency} for {count} orders that were sent more than {days} days ago, the oldest on {oldest}: see wasl couriers", "المستحق على {courier}: {amount} {currency} عن {count} من الطلبات شُحنت منذ أكثر من {days} يومًا، أقدمها في {oldest}: راجع wasl couriers"},
	"couriers.waits":     {"lines of couriers' sheets that wait for an order: {count}", "سطور من كشوف شركات الشحن في انتظار طلباتها: {count}"},

	"backorders.none":      {"Everything is sent: no order has anything left.", "شُحن كل شيء: لا يوجد طلب متبقٍّ عليه شيء."},
	"backorders.age":       {"days", "الأيام"},
	"backorders.orders":    {"orders", "الطلبات"},
	"backorders.pieces":    {"pieces", "القطع"},
	"backorders.held":      {"of them held", "منها موقوف"},
	"backorders.order":     {"order", "الطلب"},
	"backorders.placed":    {"placed", "تاريخ الطلب"},
	"backorders.item":      {"item", "الصنف"},
	"backorders.location":  {"location", "الموقع"},
	"backorders.left":      {"left", "المتبقي"},
	"backorders.hold":      {"held", "موقوف"},
	"backorders.wanted":    {"wanted", "المطلوب"},
	"backorders.there":     {"on hand", "الموجود"},
	"backorders.committed": {"committed", "المحجوز"},
	"backorders.short":     {"short", "العجز"},
	"backorders.enough":    {"No item is short: what is wanted lies there, as far as its balance is known.", "لا عجز في أي صنف: المطلوب موجود، بقدر ما يُعرف رصيده."},

	"pull.orders":       {"orders", "الطلبات"},
	"pull.customers":    {"customers", "العملاء"},
	"pull.transactions": {"transactions", "الحركات المالية"},
	"pull.payouts":      {"payouts", "التسويات"},
	"pull.stock":        {"stock", "المخزون"},
	"pull.none":         {"Nothing has changed: {what}. No file was dropped.", "لم يتغير شيء: {what}. لم يوضع أي ملف."},
	"pull.some":         {"Pulled: {what}, {count}. The next run reads {file}.", "سُحب: {what}، العدد {count}. يقرأ التشغيل التالي الملف {file}."},
	"shops.join":        {"add {shop} to the list in {file} by hand", "أضف {shop} يدويًا إلى القائمة في {file}"},
	"shops.started":     {"watching: {shops}", "تحت المراقبة: {shops}"},
	"shops.again":       {"{shop} is started again in {wait}", "يُعاد تشغيل {shop} بعد {wait}"},
	"pull.left":         {"Left out by the filter ({filter}): {count}.", "استُبعد بالتصفية ({filter}): {count}."},
	"pull.leftOver":     {"Of them the filter leaves out: {count} ({filter}).", "منها مستبعد بالتصفية: {count} ({filter})."},
	"pull.shelved":      {"Pulled: {what}, {count}, into {file}", "سُحب: {what}، العدد {count}، في {file}"},
	"pull.proof":        {"Orders that changed in the last {days} days: {count}. Had not come: {missing}; no longer in the shop: {gone}.", "الطلبات التي تغيرت في آخر {days} يومًا: {count}. لم تصل: {missing}؛ لم تعد في المتجر: {gone}."},

	"drift.none":     {"The ERP and the shop agree; compared: {count}", "النظام المحاسبي والمتجر متطابقان؛ عدد ما قورن: {count}"},
	"drift.some":     {"The ERP and the shop differ. Values: {count}; documents compared: {of}", "النظام المحاسبي والمتجر مختلفان. القيم: {count}؛ المستندات التي قورنت: {of}"},
	"drift.erp":      {"ERP", "النظام المحاسبي"},
	"drift.there":    {"shop", "المتجر"},
	"drift.who":      {"who wrote last", "آخر من كتب"},
	"drift.shop":     {"the shop (a sale, a person or an app), after wasl set it at {at}", "المتجر (بيع أو شخص أو تطبيق) بعد أن ضبطها wasl في {at}"},
	"drift.wasl":     {"wasl itself, by an undo or a booking, at {at}", "wasl نفسه بتراجع أو حجز في {at}"},
	"drift.seen":     {"the shop (a sale, a person or an app), after it was as wanted at {at}", "المتجر (بيع أو شخص أو تطبيق) بعد أن كانت كالمطلوب في {at}"},
	"drift.held":     {"the ERP: held at the gate in {job}", "النظام المحاسبي: محجوزة عند البوابة في {job}"},
	"drift.rejected": {"the ERP: rejected in {job}", "النظام المحاسبي: مرفوضة في {job}"},
	"drift.waiting":  {"the ERP: on its way in {job}", "النظام المحاسبي: في الطريق في {job}"},
	"drift.never":    {"the ERP: not sent, {state} in {job}", "النظام المحاسبي: لم تُرسل، {state} في {job}"},

	"request.queue":   {"another wasl is at work; waiting for it, at most {patience}", "برنامج wasl آخر يعمل؛ ننتظره {patience} على الأكثر"},
	"request.handed":  {"wasl watch runs and is asked to do it; waiting for its answer", "البرنامج wasl watch يعمل وسيتولى الطلب؛ ننتظر رده"},
	"request.done":    {"{what}: exit {exit}", "{what}: الرمز {exit}"},
	"request.doneFor": {"{what}, asked by {by}: exit {exit}", "{what} بطلب {by}: الرمز {exit}"},
	"request.unread":  {"nobody came for the answer of request {request}; it was done", "لم يقرأ أحد رد الطلب {request}؛ وقد نُفّذ"},

	"watch.answers": {"wasl watch runs since {since} (process {pid} on {host}) and answers", "البرنامج wasl watch يعمل منذ {since} (العملية {pid} على {host}) ويستجيب"},
	"watch.busy":    {"wasl watch runs since {since} (process {pid} on {host}) and is doing: {what}", "البرنامج wasl watch يعمل منذ {since} (العملية {pid} على {host}) وينفّذ: {what}"},
	"watch.silent":  {"wasl watch (process {pid} on {host}) has not answered since {last}: end that process and start it again", "البرنامج wasl watch (العملية {pid} على {host}) لا يستجيب منذ {last}: أنهِ العملية وشغّله من جديد"},
	"watch.gone":    {"wasl watch is not running: it ended without a word after {last}", "البرنامج wasl watch لا يعمل: توقف فجأة بعد {last}"},
	"watch.none":    {"wasl watch is not running", "البرنامج wasl watch لا يعمل"},

	"setting":  {"setting", "الإعداد"},
	"choices":  {"may be", "القيم"},
	"standard": {"default", "الافتراضي"},

	"status.held":   {"Held at the gate ({count}):", "محجوز عند البوابة ({count}):"},
	"status.booked": {"Booked ({count}):", "محجوز ({count}):"},

	"field":    {"field", "الحقل"},
	"type":     {"type", "النوع"},
	"required": {"required", "مطلوب"},
	"groups":   {"rows that are equal in {fields} make one document", "الصفوف المتساوية في {fields} تكوّن مستندًا واحدًا"},

	"checked":  {"{settings}: in order; flows: {count}", "{settings}: سليم؛ المسارات: {count}"},
	"goesTo":   {"to", "إلى"},
	"examples": {"examples", "أمثلة"},
	"off":      {"off: wasl.yaml has no section {section}", "متوقف: لا يوجد قسم {section} في wasl.yaml"},
	"allOff":   {"nothing to sign in to: wasl.yaml has no section shopify or eta", "لا يوجد ما يُسجَّل الدخول إليه: ليس في wasl.yaml قسم shopify ولا eta"},
	"missing":  {"missing", "ناقص"},

	"ignored.title":          {"titles", "العناوين"},
	"ignored.total":          {"totals", "الإجماليات"},
	"ignored.footer":         {"footers", "التذييل"},
	"ignored.group":          {"groups", "المجموعات"},
	"ignored.hidden":         {"hidden", "مخفية"},
	"ignored.continued":      {"nothing asked", "لا شيء مطلوب"},
	"ignored.column numbers": {"numbers of columns", "أرقام الأعمدة"},
	"ignored.header again":   {"header again", "ترويسة مكررة"},

	"cell":                   {"cell", "الخلية"},
	"column":                 {"column", "العمود"},
	"rule":                   {"rule", "القاعدة"},
	"value":                  {"value", "القيمة"},
	"explain.none":           {"row {row} is not in the table", "الصف {row} ليس في الجدول"},
	"explain.unused":         {"no field reads this column", "لا يقرأ أي حقل هذا العمود"},
	"explain.title":          {"a title above the header: not data", "عنوان فوق الترويسة: ليس بيانات"},
	"explain.header":         {"the header", "الترويسة"},
	"explain.header again":   {"the header once more: not data", "الترويسة مكررة: ليست بيانات"},
	"explain.total":          {"a total: not data", "إجمالي: ليس بيانات"},
	"explain.group":          {"the caption of a group: not data", "عنوان مجموعة: ليس بيانات"},
	"explain.footer":         {"a footer: not data", "تذييل: ليس بيانات"},
	"explain.continued":      {"the row goes on with the one above and holds nothing that is asked for", "الصف تكملة لما فوقه وليس فيه شيء مطلوب"},
	"explain.hidden":         {"a hidden row, left out by hidden: skip", "صف مخفي، مستبعد بموجب hidden: skip"},
	"explain.column numbers": {"numbers of the columns: not data", "أرقام الأعمدة: ليست بيانات"},

	"arrived":    {"arrived", "وصل في"},
	"twin":       {"same as", "مطابق لـ"},
	"read":       {"read as", "قُرئ كـ"},
	"header":     {"header in row {row}", "العناوين في الصف {row}"},
	"headers":    {"header in rows {first} to {last}", "العناوين في الصفوف من {first} إلى {last}"},
	"headerless": {"no header", "بدون عناوين"},
	"tableEnd":   {"data to row {row}", "البيانات حتى الصف {row}"},
	"style":      {"column", "العمود"},
	"word":       {"by dictionary", "بالقاموس"},
	"doubled":    {"names twice", "أسماء مكررة"},
	"controls":   {"control totals", "إجماليات المطابقة"},
	"agree":      {"{count} agree", "مطابقة: {count}"},
	"differ":     {"{count} differ", "غير مطابقة: {count}"},
	"documents":  {"documents", "المستندات"},
	"step":       {"step", "الخطوة"},

	"step.prepare":   {"prepare", "القراءة"},
	"step.deliver":   {"deliver", "الإرسال"},
	"step.reconcile": {"reconcile", "التسوية"},
	"step.closed":    {"closed", "انتهت"},

	"error":       {"error", "الخطأ"},
	"key":         {"key", "المفتاح"},
	"from":        {"from", "من"},
	"drop":        {"job", "المهمة"},
	"money":       {"money", "المبلغ"},
	"was":         {"was", "كان"},
	"left.out":    {"left out", "مستبعد"},
	"waits.for":   {"waits for", "ينتظر"},
	"follows":     {"follows", "تابع لـ"},
	"sent":        {"sent", "أُرسل في"},
	"final":       {"final", "انتهى في"},
	"ref":         {"reference", "المرجع"},
	"ticket":      {"ticket", "رقم الإرسال"},
	"noReply":     {"no reply", "بلا رد"},
	"agreed":      {"{by} agreed to {file} as it is: {why}", "وافق {by} على {file} كما هو: {why}"},
	"again.taken": {"{file} is in the inbox again; wasl watch takes it now", "الملف {file} في مجلد الوارد من جديد؛ يأخذه wasl watch الآن"},
	"again.put":   {"{file} is in the inbox again; now: wasl run", "الملف {file} في مجلد الوارد من جديد؛ الآن: wasl run"},

	"init.made": {"made {path}", "أُنشئ {path}"},
	"init.kept": {"kept {path}: it was there", "بقي {path}: كان موجودًا"},
	"init.next": {"next: fill in {settings}, then: wasl check --online -C {dir}", "التالي: املأ {settings} ثم نفّذ: wasl check --online -C {dir}"},

	"lapses": {"Not as expected:", "على غير المتوقع:"},
	"noted":  {"Worth knowing ({count}):", "للعلم ({count}):"},

	"expect.by":      {"expected by", "متوقع حتى"},
	"expect.state":   {"stands", "الحالة"},
	"expect.next":    {"next by", "التالي حتى"},
	"expect.missing": {"missing", "لم يصل"},
	"expect.late":    {"late", "متأخر"},
	"expect.small":   {"small", "ناقص الصفوف"},
	"expect.came":    {"came", "وصل"},
	"expect.open":    {"nothing due yet", "لم يحن الموعد"},

	"status.idle":   {"nothing waits", "لا شيء في الانتظار"},
	"status.lane":   {"lane", "المسلك"},
	"status.jobs":   {"jobs", "المهام"},
	"status.oldest": {"oldest sent", "أقدم مُرسل"},
	"status.wait":   {"until", "حتى"},
	"status.number": {"numbers {prefix}: last given {head}, without a gap", "أرقام {prefix}: آخر رقم {head} دون فجوات"},
	"status.gaps":   {"numbers {prefix}: last given {head}; given and never written: {count}: {some}", "أرقام {prefix}: آخر رقم {head}؛ أُعطيت ولم تُكتب: {count}: ‏{some}"},
	"status.asked":  {"{lane}: documents that the ERP has not confirmed: {count}", "{lane}: مستندات لم يؤكدها النظام المحاسبي: {count}"},
	"status.aged":   {"{lane}: documents that the ERP has not confirmed: {count}; for more than {wait}: {late}: {some}", "{lane}: مستندات لم يؤكدها النظام المحاسبي: {count}؛ منها لأكثر من {wait}: {late}: ‏{some}"},
	"layout.good":   {"{file}: in order. What it would write of a small order:", "{file}: سليم. ما سيُكتب لطلب صغير:"},
	"env.none":      {"this folder has not worked with the tax authority yet", "لم يعمل هذا المجلد مع مصلحة الضرائب بعد"},
	"env.first":     {"{at}  {environment}, taxpayer {rin}", "{at}  {environment}، الممول {rin}"},
	"env.since":     {"{at}  {environment}, taxpayer {rin}; confirmed by {by}: {why}", "{at}  {environment}، الممول {rin}؛ أكّده {by}: {why}"},
	"env.switched":  {"this folder works with {environment} from now on, for the taxpayer {rin}; confirmed by {by}. Parked of what was tried out: {count}", "يعمل هذا المجلد من الآن مع بيئة {environment} للممول {rin}؛ أكّده {by}. ما أُوقف من المستندات التجريبية: {count}"},
	"status.chain":  {"chain of {name}: {count} receipts, head {head}", "سلسلة {name}: عدد الإيصالات {count}، آخرها {head}"},
}

// say is a sentence in the user's language, with its facts filled in: pairs of
// name and value.
func (a *app) say(key string, facts ...string) string {
	both, ok := said[key]
	if !ok {
		return key
	}
	s := both[0]
	if a.language() == "ar" {
		s = both[1]
	}
	for i := 0; i+1 < len(facts); i += 2 {
		s = strings.ReplaceAll(s, "{"+facts[i]+"}", facts[i+1])
	}
	return s
}

// upright is a name or a date that reads from left to right also within an Arabic
// sentence.
func (a *app) upright(s string) string {
	if a.language() != "ar" {
		return s
	}
	return "\u200e" + s + "\u200e"
}

// state is a state in the user's language.
func (a *app) state(s pipeline.State) string { return reconcile.State(a.language(), s) }

// facts are the names of what a check online finds.
var facts = map[string][2]string{
	"shop.id": {"shop id", "رقم المتجر"}, "shop.name": {"name", "الاسم"}, "shop.domain": {"address", "العنوان"},
	"shop.currency": {"currency", "العملة"}, "shop.zone": {"time zone", "المنطقة الزمنية"},
	"shop.taxesIncluded": {"prices include tax", "الأسعار شاملة الضريبة"}, "shop.plan": {"plan", "الباقة"},
	"shop.clock": {"our clock is off by", "فرق ساعتنا"}, "shop.api": {"API version", "إصدار الواجهة"},
	"shop.location": {"location", "موقع"}, "shop.scopes": {"granted scopes", "الصلاحيات الممنوحة"},
	"shop.scopes.superfluous": {"granted, not needed", "ممنوحة دون حاجة"}, "shop.publication": {"publication", "قناة نشر"},
	"shop.key": {"our metafield", "حقل metafield خاص بنا"}, "shop.key.none": {"our metafield, made when needed", "حقل metafield خاص بنا، يُنشأ عند الحاجة"},

	"eta.environment": {"environment", "البيئة"}, "eta.identity": {"identity service", "خدمة الهوية"}, "eta.api": {"API", "الواجهة"},
	"eta.taxpayer": {"taxpayer", "الممول"}, "eta.branch": {"branch", "الفرع"}, "eta.activity": {"activity", "النشاط"},
	"eta.pos": {"POS", "نقطة البيع"}, "eta.start": {"from", "من"}, "eta.off": {"switched off", "موقوفة"}, "eta.shipping": {"code of shipping", "كود الشحن"},
	"eta.clock": {"our clock is off by", "فرق ساعتنا"}, "eta.recent": {"receipts there", "إيصالات مسجلة"},
}

// fact is the name of a fact in the user's language; its own where the table has
// none.
func (a *app) fact(name string) string {
	both, ok := facts[name]
	switch {
	case !ok:
		return name
	case a.language() == "ar":
		return both[1]
	}
	return both[0]
}
