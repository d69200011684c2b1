package pipeline

// forgetRules are those of customers who are forgotten, and of files whose time is over:
// see rules.
var forgetRules = []rule{
	{"vault.forgotten",
		words{"the file was taken out whole, because a customer in it was forgotten", "where its other rows are needed, export them anew and drop the new file"},
		words{"حُذف الملف بالكامل لأن فيه بيانات عميل طُلب نسيانه", "إذا كنت بحاجة إلى صفوفه الأخرى فصدّرها من جديد وضع الملف الجديد في مجلد الوارد"}},
	{"vault.over",
		words{"{name} is no longer in the vault: it came on {day}, and vault.keep in wasl.yaml is {days} days", "put its original into the inbox again, from inbox/taken, or export it anew"},
		words{"لم يعد الملف {name} في الخزنة: وصل في {day}، والمدة vault.keep في wasl.yaml هي {days} يومًا", "ضع أصله في مجلد الوارد من جديد من inbox/taken، أو صدّره من جديد"}},
	{"config.days",
		words{"{given} is no number of days: 0 (for ever) to {most}", "write a number such as 90"},
		words{"القيمة {given} ليست عدد أيام: من 0 (دائمًا) إلى {most}", "اكتب رقمًا مثل 90"}},
	{"forget.nobody",
		words{"nobody is known by {word}: not in a stored file, not in the ledger", "give the shop's number of the customer, the ERP's, an address of mail or a telephone; a name is not enough"},
		words{"لا يُعرف أحد بالقيمة {word}: لا في ملف محفوظ ولا في السجل", "اكتب رقم العميل في المتجر أو كوده في نظام الحسابات أو بريده الإلكتروني أو هاتفه؛ الاسم وحده لا يكفي"}},
	{"forget.several",
		words{"several persons are known by {word}: {people}; nothing was done", "call the command again with the one number that is meant"},
		words{"أكثر من شخص معروف بالقيمة {word}: {people}؛ لم يُحذف شيء", "أعد تشغيل الأمر برقم الشخص المقصود وحده"}},
	{"forget.open",
		words{"documents of this customer are not through yet: {documents}; nothing was done", "let wasl run finish them, or have the ERP answer; what a gate holds, release or drop (wasl release). Then call the command again"},
		words{"مستندات لهذا العميل لم تكتمل بعد: {documents}؛ لم يُحذف شيء", "دع wasl run يُتمّها، أو انتظر رد نظام الحسابات؛ وما تحجزه البوابة أطلقه أو ألغه (wasl release). ثم أعد تشغيل الأمر"}},
	{"forget.unread",
		words{"files with this customer are still to be read: {files}; nothing was done", "let wasl run read them, then call the command again"},
		words{"ملفات فيها هذا العميل لم تُقرأ بعد: {files}؛ لم يُحذف شيء", "دع wasl run يقرؤها ثم أعد تشغيل الأمر"}},
	{"forget.left",
		words{"of the forgotten customer something is still there: {files}", "look into these files and remove them by hand; they are none that wasl can change"},
		words{"ما زال هناك شيء من بيانات العميل: {files}", "راجع هذه الملفات واحذفها يدويًا؛ لا يستطيع wasl تعديلها"}},
	{"forget.again",
		words{"{key} is of a customer who was forgotten on {day}", "nothing is to be done: what was known before stays without the person, and a new sale goes on. The file keeps them as it came: wasl forget takes them out once more"},
		words{"{key} يخص عميلًا طُلب نسيانه في {day}", "لا يلزم شيء: ما كان معروفًا من قبل يبقى بلا بيانات الشخص، والبيع الجديد يستمر. الملف يبقى كما وصل: الأمر wasl forget يحذف بياناته منه مرة أخرى"}},
}
