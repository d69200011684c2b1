package pipeline

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Memo is a file of wishes that wasl itself wrote: to put back what a job
// changed, to send balances once more, to end a promotion when its time has come.
// It lies in the vault and is a drop like any other, so that what it does has a
// plan, a gate, a line in the workbook and a history; but it never comes in by
// the inbox, where anybody may write: the ledger admits a drop that says it is one
// (Drop.From) only where wasl itself asks for it. So a memo that cannot be read is a
// fault of the program or of the disk, and no file to be refused: its job waits,
// with the error, and what was booked is not lost with it.
//
// Its form is JSON, one line each: the memo without its documents, then the
// documents.
type Memo struct {
	Version int        `json:"wasl"` // 1
	Why     string     `json:"why"`  // one of the constants below
	Of      Job        `json:"of,omitzero"`
	Flow    string     `json:"flow"`
	By      string     `json:"by,omitempty"`     // who asked for it
	Reason  string     `json:"reason,omitempty"` // in their words
	All     bool       `json:"all,omitempty"`    // Question.All
	Hold    bool       `json:"hold,omitempty"`   // its gate holds it whatever it changes: its plan is to be looked at first
	Docs    []MemoLine `json:"-"`
}

// Why a memo was written.
const (
	MemoUndo     = "undo"     // puts back what a job changed
	MemoReupload = "reupload" // sends once more what the ERP said last
	MemoBooking  = "booking"  // does what was booked for now
)

// A MemoLine is one wish of a memo.
type MemoLine struct {
	Key   string          `json:"key"`
	Name  string          `json:"name,omitempty"`
	Body  json.RawMessage `json:"body"`
	Print string          `json:"print,omitempty"`
	Words []string        `json:"words,omitempty"`
	From  []Origin        `json:"from,omitempty"`
	Sent  json.RawMessage `json:"sent,omitempty"` // of an undo: the body that left then; what is there now should still be that
}

// memoVersion is the form of the memos that are written.
const memoVersion = 1

// memoPrefix is how Drop.From begins of a memo.
const memoPrefix = "memo:"

// From is what Drop.From says of the memo.
func (m Memo) From() string { return memoPrefix + m.Why }

// IsMemo tells whether a drop is a memo.
func (d Drop) IsMemo() bool { return strings.HasPrefix(d.From, memoPrefix) }

// Write writes the memo.
func (m Memo) Write(w io.Writer) error {
	m.Version = memoVersion
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	if err := enc.Encode(m); err != nil {
		return fmt.Errorf("write memo: %w", err)
	}
	for _, line := range m.Docs {
		if err := enc.Encode(line); err != nil {
			return fmt.Errorf("write memo: %s: %w", line.Key, err)
		}
	}
	return out.Flush()
}

// ReadMemo reads a memo.
func ReadMemo(r io.Reader) (Memo, error) {
	dec := json.NewDecoder(bufio.NewReader(r))
	var m Memo
	if err := dec.Decode(&m); err != nil {
		return Memo{}, fmt.Errorf("read memo: %w", err)
	}
	if m.Version != memoVersion {
		return Memo{}, fmt.Errorf("read memo: form %d is not known here", m.Version)
	}
	if m.Why != MemoUndo && m.Why != MemoReupload && m.Why != MemoBooking {
		return Memo{}, fmt.Errorf("read memo: written for %q, which is not known here", m.Why)
	}
	for {
		var line MemoLine
		err := dec.Decode(&line)
		if errors.Is(err, io.EOF) {
			return m, nil
		}
		if err != nil {
			return Memo{}, fmt.Errorf("read memo: wish %d: %w", len(m.Docs)+1, err)
		}
		if line.Key == "" || len(line.Body) == 0 || bytes.Equal(line.Body, []byte("null")) {
			return Memo{}, fmt.Errorf("read memo: wish %d: it has no key or says nothing", len(m.Docs)+1)
		}
		m.Docs = append(m.Docs, line)
	}
}
