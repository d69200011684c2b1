package erp

import (
	"slices"

	"wasl/pipeline"
)

// A vocabulary is what a layout may speak of, for one kind of documents: kind: at its
// top says which. Without it a layout is of sales documents.
type vocabulary struct {
	kind  string
	words []pipeline.Field         // that a column may have, in order
	types map[string]pipeline.Type // of them
	docs  []string                 // the types of documents
	name  string                   // of files, where the layout names none
}

func newVocabulary(kind, name string, docs []string, words ...[]pipeline.Field) *vocabulary {
	v := &vocabulary{kind: kind, name: name, docs: docs, words: slices.Concat(words...), types: map[string]pipeline.Type{}}
	for _, f := range v.words {
		v.types[f.Name] = f.Type
	}
	return v
}

var (
	orderWords    = newVocabulary(KindOrder, "SO-{day}-{number}.csv", []string{typeSale, typeRevision, typeCancel, typeCredit}, fields, computed)
	customerWords = newVocabulary(KindCustomer, "CU-{number}.csv", []string{typeCreate, typeUpdate}, customerFields, customerComputed)
	paymentWords  = newVocabulary(KindPayment, "PAY-{number}.csv", payTypes, payWords())
	historyWords  = newVocabulary(KindHistory, "HI-{batch}.csv", []string{typeHistory}, historyFields, historyComputed)
)

// vocabularies are all of them, by the kind that a layout names.
var vocabularies = map[string]*vocabulary{KindOrder: orderWords, KindCustomer: customerWords, KindHistory: historyWords, KindPayment: paymentWords}

// payWords are the words of payments, each once, without the one that only puts rows together.
func payWords() (out []pipeline.Field) {
	for _, f := range slices.Concat(payFields, payComputed) {
		known := slices.ContainsFunc(out, func(o pipeline.Field) bool { return o.Name == f.Name })
		if !known && f.Name != "payment.group" {
			out = append(out, f)
		}
	}
	return out
}
