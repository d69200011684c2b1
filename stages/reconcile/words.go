package reconcile

import (
	"strings"

	"wasl/pipeline"
)

// State is the name of a state for people, in the language given (en or ar).
func State(lang string, s pipeline.State) string { return say(lang, "state."+string(s)) }

// say is a word of the workbook, with its facts filled in: pairs of name and
// value. What is not in the table stays as it is: a test keeps that from
// happening to our own words.
func say(lang, key string, facts ...string) string {
	both, ok := words[key]
	if !ok {
		return key[strings.IndexByte(key, '.')+1:]
	}
	s := both[0]
	if lang == "ar" {
		s = both[1]
	}
	for i := 0; i+1 < len(facts); i += 2 {
		s = strings.ReplaceAll(s, "{"+facts[i]+"}", facts[i+1])
	}
	return s
}

// words is every word of the workbook, in English and Arabic. What is wrong with
// data stands in pipeline's table of rules.
var words = map[string][2]string{
	"title":          {"Reconciliation", "التسوية"},
	"sheet.summary":  {"Summary", "الملخص"},
	"sheet.orders":   {"Orders", "الطلبات"},
	"sheet.receipts": {"Receipts", "الإيصالات"},
	"sheet.stock":    {"Stock", "المخزون"},
	"sheet.problems": {"Problems", "المشكلات"},
	"sheet.files":    {"Files", "الملفات"},

	"state.delivered":  {"delivered", "تم التسليم"},
	"state.unchanged":  {"unchanged", "بلا تغيير"},
	"state.held":       {"held", "محجوز"},
	"state.rejected":   {"rejected", "مرفوض"},
	"state.skipped":    {"left out", "مستبعد"},
	"state.superseded": {"superseded", "حلّ محله أحدث"},
	"state.parked":     {"parked", "موقوف"},
	"state.accepted":   {"accepted, being checked", "مقبول وقيد الفحص"},
	"state.sending":    {"being sent", "قيد الإرسال"},
	"state.ready":      {"ready to go", "جاهز للإرسال"},

	"mean.delivered":  {"the other side has it and has confirmed it", "وصل إلى الطرف الآخر وأكّده"},
	"mean.unchanged":  {"the other side has exactly this already: nothing was sent again", "موجود لدى الطرف الآخر كما هو: لم يُرسل شيء مرة أخرى"},
	"mean.held":       {"something is wrong with it, so nothing of it was sent: correct it and drop the file again", "به خطأ، فلم يُرسل منه شيء: صحّحه ثم ضع الملف من جديد"},
	"mean.rejected":   {"it was sent, and the other side refused it", "أُرسل ورفضه الطرف الآخر"},
	"mean.skipped":    {"the flow leaves it out on purpose; Why says which rule did", "استبعده المسار عن قصد؛ والسبب مذكور في عمود «السبب»"},
	"mean.superseded": {"a newer file brought the same thing before this one left", "جاء ملف أحدث بالشيء نفسه قبل أن يُرسل هذا"},
	"mean.parked":     {"taken out by a person, or after the same refusal several times", "أوقفه شخص، أو تكرّر الرفض نفسه عدة مرات"},
	"mean.waiting":    {"on its way: ready to go, being sent, or accepted and still being checked", "في الطريق: جاهز للإرسال أو قيد الإرسال أو مقبول وما زال قيد الفحص"},
	"mean.unused":     {"rows of a file that was not used as a whole", "صفوف ملف لم يُستخدم بأكمله"},

	"waiting": {"waiting", "في الانتظار"},
	"unused":  {"not used", "غير مستخدم"},

	"gate.held":        {"held at the gate", "موقوف عند البوابة"},
	"gate.over":        {"newer files brought all of it", "جاءت ملفات أحدث بكل ما فيه"},
	"gate.released":    {"released", "أُفرج عنه"},
	"gate.dropped":     {"dropped", "أُلغي"},
	"gate.open":        {"nothing holds it", "لا شيء يوقفه"},
	"gate.released.by": {"released by {by} at {at}: {why}", "أفرج عنه {by} في {at}: {why}"},
	"gate.dropped.by":  {"dropped by {by} at {at}: {why}", "ألغاه {by} في {at}: {why}"},

	"verdict.":            {"in order", "سليم"},
	"verdict.refused":     {"file refused", "ملف مرفوض"},
	"verdict.held":        {"file held", "ملف محجوز"},
	"verdict.unclaimed":   {"no flow takes it", "لا يأخذه أي مسار"},
	"verdict.prepare":     {"not read yet", "لم يُقرأ بعد"},
	"verdict.deliver":     {"on its way", "في الطريق"},
	"verdict.error":       {"waits: {error}", "ينتظر: {error}"},
	"verdict.seeProblems": {"see the sheet Problems", "انظر ورقة المشكلات"},

	"sum.shop":        {"Shop", "المتجر"},
	"sum.days":        {"Days of arrival", "أيام الوصول"},
	"sum.zone":        {"Times are of", "التوقيت"},
	"sum.result":      {"Result", "النتيجة"},
	"sum.even":        {"Everything adds up: every row and every amount is accounted for", "كل شيء متطابق: كل صف وكل مبلغ معروف المصير"},
	"sum.off":         {"{count} lines do not add up: they are marked red below", "{count} من الأسطر غير متطابقة: مميّزة بالأحمر أدناه"},
	"sum.waiting":     {"{count} documents are still on their way", "{count} من المستندات ما زالت في الطريق"},
	"sum.gated":       {"{count} documents are held at a gate until somebody releases them (wasl status)", "{count} من المستندات موقوفة عند البوابة حتى يُفرج عنها أحد (wasl status)"},
	"sum.problems":    {"Problems that need a person: {count}; see the sheet Problems", "مشكلات تحتاج إلى تدخل: {count}؛ انظر ورقة المشكلات"},
	"sum.noproblems":  {"No problems", "لا توجد مشكلات"},
	"sum.rows":        {"1. Rows: what came in and where it is now", "١. الصفوف: ما ورد وأين هو الآن"},
	"sum.rows.note":   {"Every row of every file counts once, by what became of its document. Check = rows in − all columns to its left; it must be 0.", "كل صف في كل ملف يُحسب مرة واحدة بحسب مصير مستنده. الفرق = الصفوف الواردة − مجموع الأعمدة السابقة له، ويجب أن يكون صفرًا."},
	"sum.docs":        {"2. Documents by flow", "٢. المستندات حسب المسار"},
	"sum.docs.note":   {"A document is what is sent as one: an order with all its lines, a receipt, the stock of one item in one place.", "المستند هو ما يُرسل كوحدة واحدة: طلب بكل سطوره، أو إيصال، أو مخزون صنف في مكان واحد."},
	"sum.money":       {"3. Money: in = out, by day", "٣. المبالغ: الوارد = الصادر، حسب اليوم"},
	"sum.money.note":  {"In = totals as the files state them. Delivered = totals of what really left, added up line by line from what was sent. The day is the order's. Each flow has the same orders: do not add flows together.", "الوارد = الإجماليات كما في الملفات. تم التسليم = إجماليات ما أُرسل فعلًا محسوبة سطرًا سطرًا مما أُرسل. اليوم هو يوم الطلب. كل مسار يحمل الطلبات نفسها: لا تجمع المسارات معًا."},
	"sum.unused":      {"4. Files that were not used, or that wait", "٤. ملفات لم تُستخدم أو تنتظر"},
	"sum.unused.note": {"Nothing of these files was sent. Correct the file and drop it again.", "لم يُرسل شيء من هذه الملفات. صحّح الملف ثم ضعه من جديد."},
	"sum.allused":     {"None: every file was used.", "لا يوجد: كل الملفات استُخدمت."},
	"sum.words":       {"5. What the words mean", "٥. معاني الكلمات"},
	"sum.made":        {"Made by wasl {version} from its ledger alone; made again, it is the same to the last byte.", "أعدّه wasl {version} من سجله وحده؛ وإذا أُعيد إعداده جاء مطابقًا حرفيًّا."},
	"none.currency":   {"(none)", "(بلا عملة)"},
	"sum.noday":       {"(no day)", "(بلا يوم)"},
	"sum.nomoney":     {"No document with money in these days.", "لا يوجد مستند بمبالغ في هذه الأيام."},

	"col.flow":      {"Flow", "المسار"},
	"col.kind":      {"Kind", "النوع"},
	"col.file":      {"File", "الملف"},
	"col.drop":      {"Arrival no.", "رقم الوصول"},
	"col.arrived":   {"Arrived", "وصل في"},
	"col.verdict":   {"File status", "حالة الملف"},
	"col.rows":      {"Rows in", "صفوف واردة"},
	"col.documents": {"Documents", "مستندات"},
	"col.moneyin":   {"Money in", "مبالغ واردة"},
	"col.check":     {"Check", "الفرق"},
	"col.twin":      {"Same content as", "مطابق للملف"},
	"col.problems":  {"Problems", "مشكلات"},
	"col.day":       {"Day", "اليوم"},
	"col.currency":  {"Currency", "العملة"},
	"col.why":       {"Why", "السبب"},
	"col.fix":       {"What to do", "ما العمل"},
	"col.state":     {"State", "الحالة"},
	"col.job":       {"Job", "المهمة"},
	"col.total":     {"Total", "الإجمالي"},

	"col.order":      {"Order", "الطلب"},
	"col.stated":     {"Order total (file)", "إجمالي الطلب (الملف)"},
	"col.erpref":     {"ERP document", "مستند نظام الحسابات"},
	"col.erpstate":   {"ERP state", "الحالة في نظام الحسابات"},
	"col.erptotal":   {"Total to ERP", "إجمالي نظام الحسابات"},
	"col.number":     {"Receipt no.", "رقم الإيصال"},
	"col.uuid":       {"Receipt UUID", "معرّف الإيصال (UUID)"},
	"col.etastate":   {"Receipt state", "حالة الإيصال"},
	"col.etatotal":   {"Total on receipt", "إجمالي الإيصال"},
	"col.difference": {"Difference", "الفرق"},
	"orders.note":    {"Totals of what goes out: what is held, rejected, parked, superseded or left out counts as 0. Difference = ERP − receipt; yellow where one side leaves the order out on purpose, or a newer file brings it.", "إجماليات ما يُرسل: المحجوز والمرفوض والموقوف والمستبعد وما حلّ محله أحدث يُحسب صفرًا. الفرق = نظام الحسابات − الإيصال؛ بالأصفر إذا كان أحد الطرفين يستبعد الطلب عن قصد أو جاء به ملف أحدث."},
	"side.erp":       {"ERP", "نظام الحسابات"},
	"side.eta":       {"receipt", "الإيصال"},

	"col.type":     {"Type", "النوع"},
	"col.ticket":   {"Submission", "رقم الإرسال"},
	"col.issued":   {"Issued", "صدر في"},
	"col.sent":     {"Last sent", "آخر إرسال"},
	"col.settled":  {"Settled", "حُسم في"},
	"col.vat":      {"VAT", "ضريبة القيمة المضافة"},
	"col.previous": {"Previous UUID", "معرّف الإيصال السابق"},
	"col.link":     {"Page at the authority", "صفحة الإيصال لدى المصلحة"},
	"type.s":       {"sale", "بيع"},
	"type.r":       {"return", "مرتجع"},
	"type.rwr":     {"return without receipt", "مرتجع بلا إيصال"},

	"col.sku":         {"SKU", "رمز الصنف"},
	"col.place":       {"Place", "المكان"},
	"col.was":         {"Was", "كان"},
	"col.now":         {"Now", "أصبح"},
	"col.change":      {"Change", "التغيير"},
	"stock.unchanged": {"{count} unchanged items are not listed: only changes are", "{count} من الأصناف بلا تغيير وغير مدرجة: تُدرج التغييرات فقط"},

	"col.sheet":  {"Sheet", "الورقة"},
	"col.row":    {"Row", "الصف"},
	"col.column": {"Column", "العمود"},
	"col.header": {"Header", "عنوان العمود"},
	"col.value":  {"Value in the file", "القيمة في الملف"},
	"col.wrong":  {"What is wrong", "الخطأ"},
	"col.doc":    {"Document", "المستند"},
	"col.rule":   {"Rule", "القاعدة"},

	"col.from":      {"Came from", "المصدر"},
	"col.size":      {"Bytes", "الحجم بالبايت"},
	"col.sha":       {"SHA-256", "بصمة SHA-256"},
	"col.format":    {"Format", "الصيغة"},
	"col.codepage":  {"Code page", "ترميز الحروف"},
	"col.delimiter": {"Delimiter", "الفاصل"},
	"col.headerrow": {"Header row", "صف العناوين"},
	"col.datarows":  {"Rows of data", "صفوف البيانات"},
	"col.tableend":  {"Data ends", "آخر صف بيانات"},
	"col.styles":    {"Written as", "طريقة الكتابة"},
	"col.controls":  {"Control totals", "إجماليات المطابقة"},
	"col.ignored":   {"Rows not data", "صفوف ليست بيانات"},
	"col.which":     {"Which", "أيّها"},
	"which.more":    {"and {count} more", "و{count} أخرى"},

	"delimiter.,":  {"comma", "فاصلة"},
	"delimiter.;":  {"semicolon", "فاصلة منقوطة"},
	"delimiter.\t": {"tab", "علامة جدولة"},
	"delimiter.|":  {"bar |", "خط عمودي |"},

	"ignored.title":          {"title", "عنوان"},
	"ignored.total":          {"total", "إجمالي"},
	"ignored.footer":         {"footer", "تذييل"},
	"ignored.group":          {"group", "مجموعة"},
	"ignored.hidden":         {"hidden", "مخفي"},
	"ignored.continued":      {"nothing asked for", "لا شيء مطلوب فيه"},
	"ignored.column numbers": {"column numbers", "أرقام الأعمدة"},

	"style.dmy":            {"day first", "اليوم أولًا"},
	"style.mdy":            {"month first", "الشهر أولًا"},
	"style.ymd":            {"year first", "السنة أولًا"},
	"style.?":              {"day or month first: not told by the file", "اليوم أو الشهر أولًا: لا يحدده الملف"},
	"style.decimal..":      {"decimal point", "العلامة العشرية نقطة"},
	"style.decimal.,":      {"decimal comma", "العلامة العشرية فاصلة"},
	"style.decimal.?":      {"point or comma: not told by the file", "نقطة أو فاصلة: لا يحدده الملف"},
	"control.agree":        {"{count} agree", "مطابقة: {count}"},
	"control.differs":      {"row {row}, {column}: {stated} stated, {sum} read", "الصف {row}، {column}: المذكور {stated} والمقروء {sum}"},
	"ignored.header again": {"header again", "العناوين مكررة"},

	"title.plan":    {"Plan", "الخطة"},
	"sheet.plan":    {"Plan", "الخطة"},
	"sheet.gate":    {"Gate", "البوابة"},
	"sheet.changes": {"Changes", "التغييرات"},
	"plan.none":     {"Nothing would change.", "لن يتغير شيء."},
	"plan.gone":     {"nothing", "لا شيء"},
	"changes.more":  {"{count} further values are not listed here: wasl plan JOB writes all of them", "{count} من القيم الأخرى غير مدرجة هنا: الأمر wasl plan JOB يكتبها كلها"},
	"title.drift":   {"Drift", "الفروق"},
	"sheet.drift":   {"Drift", "الفروق"},
	"drift.none":    {"The ERP and the shop agree.", "النظام المحاسبي والمتجر متطابقان."},
	"col.name":      {"Name", "الاسم"},
	"col.field":     {"Field", "الحقل"},
	"col.old":       {"Old value", "القيمة السابقة"},
	"col.new":       {"New value", "القيمة الجديدة"},
	"col.move":      {"Move", "النسبة"},
	"col.cell":      {"Cell of the file", "خلية الملف"},
	"col.live":      {"At the shop by now", "في المتجر الآن"},
	"col.by":        {"By", "بواسطة"},
	"col.at":        {"At", "في"},
	"col.reason":    {"Their reason", "سبب القرار"},
	"col.erp":       {"ERP", "النظام المحاسبي"},
	"col.shop":      {"Shop", "المتجر"},
	"col.who":       {"Who wrote last", "آخر من كتب"},

	"field.quantity":   {"quantity", "الكمية"},
	"field.price":      {"price", "السعر"},
	"field.compare_at": {"compare-at price", "السعر قبل الخصم"},
	"field.compareAt":  {"compare-at price", "السعر قبل الخصم"},
	"field.cost":       {"cost", "التكلفة"},
	"field.status":     {"status", "الحالة"},
	"field.published":  {"published", "النشر"},
	"field.title":      {"title", "العنوان"},
	"field.vendor":     {"vendor", "المورد"},
	"field.type":       {"type", "النوع"},
	"field.tags":       {"tags", "الوسوم"},
	"field.barcode":    {"barcode", "الباركود"},
	"field.weight":     {"weight", "الوزن"},
	"field.image":      {"image", "الصورة"},
	"field.alt":        {"alt text", "النص البديل"},
	"field.collection": {"collection", "المجموعة"},
	"field.member":     {"member", "العضو"},
	"field.discount":   {"discount", "الخصم"},

	"title.quarantine": {"Rows to correct", "صفوف للتصحيح"},
	"sheet.quarantine": {"To correct", "للتصحيح"},
	"quarantine.wrong": {"What is wrong", "ما الخطأ"},
	"quarantine.todo":  {"What to do", "ما المطلوب"},
	"quarantine.with":  {"Nothing is wrong with this row; it belongs to {doc}, which is held as a whole", "لا خطأ في هذا الصف؛ هو جزء من {doc} المحجوز بأكمله"},
	"quarantine.leave": {"Leave it as it is, in this workbook", "اتركه كما هو في هذا الملف"},
	"col.quarantine":   {"Workbook to correct", "ملف التصحيح"},

	"sum.expected":  {"Expected files", "الملفات المتوقعة"},
	"lapse.missing": {"missing", "لم يصل"},
	"lapse.late":    {"late", "متأخر"},
	"lapse.small":   {"held: too small", "محجوز: ناقص الصفوف"},

	"none": {"Nothing in these days.", "لا يوجد شيء في هذه الأيام."},
	"more": {"and {count} more", "و{count} أخرى"},
}
