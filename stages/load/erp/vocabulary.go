package erp

import (
	"slices"

	"wasl/pipeline"
)

// A vocabulary is what a layout may speak of, for one kind of documents: kind: at its
// top says which. Without it a layout is of sales documents.
type vocabulary struct {
	kind  string
	words []pipeline.Field         // that a column may have, in order, each once
	types map[string]pipeline.Type // of them
	docs  []string                 // the types of documents
	name  string                   // of files, where the layout names none
}

func newVocabulary(kind, name string, docs []string, words ...[]pipeline.Field) *vocabulary {
	v := &vocabulary{kind: kind, name: name, docs: docs, types: map[string]pipeline.Type{}}
	for _, f := range slices.Concat(words...) {
		if _, known := v.types[f.Name]; !known { // what a mapping supplies may be worked out here as well
			v.words = append(v.words, f)
		}
		v.types[f.Name] = f.Type
	}
	return v
}

var (
	orderWords    = newVocabulary(KindOrder, "SO-{day}-{number}.csv", []string{typeSale, typeRevision, typeCancel, typeCredit}, fields, computed)
	customerWords = newVocabulary(KindCustomer, "CU-{number}.csv", []string{typeCreate, typeUpdate}, customerFields, customerComputed)
	// without payment.group, which only puts rows together
	paymentWords = newVocabulary(KindPayment, "PAY-{number}.csv", payTypes, payFields[1:], payComputed)
	historyWords = newVocabulary(KindHistory, "HI-{batch}.csv", []string{typeHistory}, historyFields, historyComputed)
)

// vocabularies are all of them, by the kind that a layout names.
var vocabularies = map[string]*vocabulary{KindOrder: orderWords, KindCustomer: customerWords, KindHistory: historyWords, KindPayment: paymentWords}
