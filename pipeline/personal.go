package pipeline

import (
	"slices"
	"strings"
)

// personalWords are the words, folded, of columns that tell of a person: how to
// reach them, where they live, what they asked for.
var personalWords = []string{"email", "e mail", "phone", "mobile", "telephone", "tel", "address", "address1", "address2", "street",
	"notes", "note", "note attributes", "national id", "first name", "last name", "billing name", "shipping name", "customer name", "recipient",
	"بريد", "البريد", "ايميل", "هاتف", "الهاتف", "تليفون", "موبايل", "الموبايل", "محمول", "المحمول", "عنوان", "العنوان", "الرقم القومي",
	"اسم العميل", "اسم المستلم", "المستلم", "ملاحظات"}

// foldedPersonal are personalWords as Fold leaves them.
var foldedPersonal = func() []string {
	out := make([]string, len(personalWords))
	for i, w := range personalWords {
		out[i] = Fold(w)
	}
	return out
}()

// Personal tells whether a column is likely to tell of a person, by its header in
// English or Arabic: Shipping Phone, هاتف العميل. It errs on the side of yes.
func Personal(header string) bool {
	padded := " " + Fold(header) + " "
	return slices.ContainsFunc(foldedPersonal, func(w string) bool { return strings.Contains(padded, " "+w+" ") })
}
