package ledger

import (
	"encoding/json"

	"wasl/pipeline"
)

// A noted problem is one with the document that it belongs to, 0 for none.
type noted struct {
	pipeline.Problem
	doc int64
}

// insertProblem and problemArgs go together.
const insertProblem = `INSERT INTO problems (job, doc, file, sheet, row, col, header, field, value, rule, facts, was) VALUES `

const problemArity = 12

func problemArgs(job, doc int64, p pipeline.Problem) ([]any, error) {
	facts := ""
	if len(p.With) > 0 {
		text, err := json.Marshal(p.With)
		if err != nil {
			return nil, err
		}
		facts = string(text)
	}
	was := ""
	if p.Was != nil {
		text, err := json.Marshal(p.Was)
		if err != nil {
			return nil, err
		}
		was = string(text)
	}
	return []any{job, doc, p.File, p.Sheet, p.Row, p.Col, p.Column, p.Field, p.Value, string(p.Rule), facts, was}, nil
}

// addProblems stores problems that were found after their document was filed.
func addProblems(tx *txn, job, doc int64, problems []pipeline.Problem) error {
	for _, p := range problems {
		args, err := problemArgs(job, doc, p)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(insertProblem+places(problemArity, 1), args...); err != nil {
			return err
		}
	}
	if doc == 0 || len(problems) == 0 {
		return nil
	}
	_, err := tx.Exec(`UPDATE documents SET problems = problems + ? WHERE id = ?`, len(problems), doc)
	return err
}

// problemsOf reads problems n by a condition, and an order.
func problemsOf(tx *txn, where string, args ...any) ([]noted, error) {
	rows, err := tx.Query(`SELECT n.doc, n.file, n.sheet, n.row, n.col, n.header, n.field, n.value, n.rule, n.facts, n.was
		FROM problems n WHERE `+where, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err has told
	var out []noted
	for rows.Next() {
		var n noted
		var facts, was string
		if err := rows.Scan(&n.doc, &n.File, &n.Sheet, &n.Row, &n.Col, &n.Column, &n.Field, &n.Value, &n.Rule, &facts, &was); err != nil {
			return nil, err
		}
		if err := fromJSON(facts, &n.With); err != nil {
			return nil, err
		}
		if err := fromJSON(was, &n.Was); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}
