package ledger

import (
	"strings"

	"wasl/pipeline"
)

// store writes the chunk's documents and problems.
func (f *filing) store() error {
	const arity = 26
	docs := make([]any, 0, arity*len(f.chunk))
	var problems []any
	for _, w := range f.chunk {
		origins, err := toJSON(w.doc.From)
		if err != nil {
			return err
		}
		words, err := toJSON(w.doc.Words)
		if err != nil {
			return err
		}
		changes, err := toJSON(w.doc.Changes)
		if err != nil {
			return err
		}
		if w.doc.State != pipeline.Held {
			if err := f.book(w.id, w.doc); err != nil {
				return err
			}
		}
		beside, err := toJSON(w.doc.Beside)
		if err != nil {
			return err
		}
		awaits := ""
		if f.rules.Await {
			awaits = w.doc.Of
		}
		lane := w.doc.Lane
		if lane == f.rules.Lane {
			lane = ""
		}
		d, settled := w.doc, int64(0)
		if d.State.Final() {
			settled = f.at
		}
		docs = append(docs, w.id, f.job, d.Key, string(d.State), string(d.Body), origins, d.Name, d.Day, decimalText(d.Money), decimalText(d.Out),
			d.Currency, d.Print, d.Old, words, d.Left, w.rows, len(w.problems), w.prev, d.Ref, settled, changes, string(d.Undo), w.revised, awaits, beside, lane)
		for _, p := range w.problems {
			args, err := problemArgs(f.job, w.id, p)
			if err != nil {
				return err
			}
			problems = append(problems, args...)
		}
	}
	for _, p := range f.loose {
		args, err := problemArgs(f.job, 0, p)
		if err != nil {
			return err
		}
		problems = append(problems, args...)
	}
	f.made.Problems += len(problems) / problemArity
	if err := f.insert(`INSERT INTO documents (id, job, key, state, body, origins, name, day, money, out, currency,
		print, old, words, why_left, rows, problems, prev, ref, settled, changes, undo, revises, awaits, beside, lane) VALUES `, arity, docs); err != nil {
		return err
	}
	return f.insert(insertProblem, problemArity, problems)
}

// remember writes what is now known of the chunk's keys, in the order of the
// file: sorted files then touch each page of the table once.
func (f *filing) remember(keys map[string]*known) error {
	const arity = 12
	args := make([]any, 0, arity*len(keys))
	for _, w := range f.chunk {
		k := keys[w.doc.Key]
		if k == nil {
			continue // the key came twice in this chunk
		}
		delete(keys, w.doc.Key)
		args = append(args, f.space, w.doc.Key, k.newest, k.brought, k.job, k.waiting, k.gone, string(k.goneState),
			notNil(k.gonePrint), k.goneAt, notNil(k.print), k.found)
	}
	return f.insert(`INSERT OR REPLACE INTO known (space, key, newest, brought, job, waiting, gone, gone_state,
		gone_print, gone_at, print, found) VALUES `, arity, args)
}

// insert runs an INSERT for rows whose values lie in args one after another.
func (f *filing) insert(head string, arity int, args []any) error {
	for _, n := range []int{chunkSize, 20, 1} {
		for len(args) >= n*arity {
			if _, err := f.tx.Exec(head+places(arity, n), args[:n*arity]...); err != nil {
				return err
			}
			args = args[n*arity:]
		}
	}
	return nil
}

// places are the parentheses of n rows of arity values: (?, ?), (?, ?).
func places(arity, n int) string {
	row := "(" + strings.TrimSuffix(strings.Repeat("?, ", arity), ", ") + ")"
	return strings.TrimSuffix(strings.Repeat(row+", ", n), ", ")
}

func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
