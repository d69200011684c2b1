package ledger

import "database/sql"

// A txn is a transaction that prepares each statement once: in a loop over some
// hundred documents most of the time went into reading SQL. The statements end
// with the transaction. Rows of a statement have to be read to their end before
// it is used again.
type txn struct {
	*sql.Tx
	stmts map[string]*sql.Stmt
}

func newTxn(tx *sql.Tx) *txn { return &txn{tx, map[string]*sql.Stmt{}} }

func (t *txn) stmt(query string) (*sql.Stmt, error) {
	if s := t.stmts[query]; s != nil {
		return s, nil
	}
	s, err := t.Prepare(query)
	if err == nil {
		t.stmts[query] = s
	}
	return s, err
}

// Exec is that of sql.Tx.
func (t *txn) Exec(query string, args ...any) (sql.Result, error) {
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.Exec(args...)
}

// Query is that of sql.Tx.
func (t *txn) Query(query string, args ...any) (*sql.Rows, error) {
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.Query(args...)
}

// QueryRow is that of sql.Tx.
func (t *txn) QueryRow(query string, args ...any) *sql.Row {
	s, err := t.stmt(query)
	if err != nil {
		return t.Tx.QueryRow(query, args...) // says what is wrong
	}
	return s.QueryRow(args...)
}
