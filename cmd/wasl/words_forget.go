package main

// forgetSaid are the sentences of wasl forget: see houseSaid.
var forgetSaid = map[string][2]string{
	"forget.who":         {"known by: {who}", "معروف بـ: {who}"},
	"forget.file.edit":   {"taken out of", "يُحذف من"},
	"forget.file.whole":  {"goes whole", "يُحذف كله"},
	"forget.file.remove": {"made again", "يُكتب من جديد"},
	"forget.file.told":   {"not ours", "ليس لنا"},
	"forget.documents":   {"documents: {count} ({names}); amounts, numbers and what was sent stay", "المستندات: {count} ({names})؛ تبقى المبالغ والأرقام وما أُرسل"},
	"forget.papers":      {"e-receipts kept by law: {count}; the last may go on {day}", "إيصالات إلكترونية يُلزم القانون بحفظها: {count}؛ يجوز حذف آخرها في {day}"},
	"forget.dry":         {"Nothing was done. Without --dry-run all of this goes, and cannot be brought back.", "لم يُحذف شيء. من دون ‎--dry-run يُحذف كل هذا ولا يمكن استعادته."},
	"forget.sure":        {"Take all of this out? It cannot be brought back [y/N]", "هل تريد حذف كل هذا؟ لا يمكن استعادته [y/N]"},
	"forget.not":         {"Nothing was done.", "لم يُحذف شيء."},
	"forget.done":        {"Forgotten at {when}. Files: {files} (whole: {whole}), documents: {documents}, further rows: {rows}.", "نُسي العميل في {when}. الملفات: {files} (كلها: {whole})، المستندات: {documents}، صفوف أخرى: {rows}."},
	"forget.before":      {"Was forgotten at {when}, and nothing has come since. Files then: {files} (whole: {whole}), documents: {documents}, further rows: {rows}.", "نُسي هذا العميل في {when} ولم يصل عنه شيء بعدها. الملفات وقتها: {files} (كلها: {whole})، المستندات: {documents}، صفوف أخرى: {rows}."},
	"forget.tombstone":   {"{when}  files: {files} (whole: {whole}), documents: {documents}, further rows: {rows}", "{when}  الملفات: {files} (كلها: {whole})، المستندات: {documents}، صفوف أخرى: {rows}"},
	"forget.asked":       {"asked for by {by}: {why}", "طلبه {by}: {why}"},
	"forget.told":        {"Not ours, and left alone: {files}", "ليست لنا وتُركت كما هي: {files}"},
	"forget.none":        {"Nobody was forgotten.", "لم يُنسَ أحد."},
	"vault.expired":      {"files that were older than vault.keep or vault.taken says: in the vault {files}, originals {originals}", "ملفات أقدم من vault.keep أو vault.taken: في الخزنة {files}، أصول {originals}"},
	"vault.status":       {"vault: files: {files}, {size}; each is kept for {days} days", "الخزنة: الملفات: {files}، {size}؛ يُحفظ كل منها {days} يومًا"},
	"vault.forever":      {"vault: files: {files}, {size}; they are kept for ever", "الخزنة: الملفات: {files}، {size}؛ تُحفظ دائمًا"},
	"forget.finished":    {"a customer whom somebody had begun to forget at {day} is forgotten", "اكتمل نسيان عميل بدأ في {day}"},
}
