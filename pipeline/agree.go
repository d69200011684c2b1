package pipeline

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The policies of a mapping's contract: what happens to a file that is not like
// the last good one.
const (
	ContractReport = "report" // also "": held where what a field reads is doubtful, else told
	ContractHold   = "hold"   // held, whatever has changed
	ContractOff    = "off"    // nothing is compared
)

// Past is what the ledger knows of a flow when its next file comes.
type Past struct {
	Last    Contract // of the last good file; without columns: there was none
	Rows    []int    // of the last good files, the newest first
	Consent Consent  // where somebody agreed that this file is taken as it is
}

// A Consent says that a person agreed to take a file as it is, whatever it was
// held for by its contract or its size.
type Consent struct {
	Drop string    `json:"drop"`
	By   string    `json:"by"` // "": nobody did
	Why  string    `json:"why"`
	At   time.Time `json:"at"`
}

// agree holds the file whose rows were read against what is expected of it: its
// size, and the shape of the flow's last good one. It files what is worth
// telling, and gives back the shape where this file is a good one. A file that
// waits for a person ends in a *Refused; nothing of it has gone out.
func (p *preparing) agree(drop Drop) (*Contract, error) {
	reading := p.reading()
	if reading.Corrects != "" {
		return nil, nil // some rows of an older file, in a workbook of our own
	}
	if strings.HasPrefix(drop.From, PullFrom) {
		return nil, nil // wasl wrote it: of what few orders happen to lack nothing can be told
	}
	at := Origin{File: drop.Name, Sheet: reading.Sheet, Row: reading.HeaderRow}
	held := p.small(drop, reading.Rows)
	var notes []Problem
	now := p.seen.contract(drop, reading, p.flow.Columns)
	if p.flow.Contract != ContractOff {
		for _, c := range now.against(p.past.Last, at, p.flow.Columns, p.flow.Kind.Joined) {
			c.With["drop"] = dropName(drop)
			if c.holds || p.flow.Contract == ContractHold {
				held = append(held, c.Problem)
			} else {
				notes = append(notes, c.Problem)
			}
		}
	}
	switch agreed := p.past.Consent; {
	case len(held) == 0:
	case agreed.By == "":
		if held[0].Rule.Note() {
			held = slices.Insert(held, 0, Problem{Origin: at, Rule: "contract.hold",
				With: map[string]string{"file": p.past.Last.File, "day": p.past.Last.Day, "drop": dropName(drop)}})
		}
		return nil, &Refused{Problems: append(held, notes...), Hold: true}
	default:
		notes = append(notes, Problem{Origin: Origin{File: drop.Name}, Rule: "contract.accepted",
			With: map[string]string{"by": agreed.By, "why": agreed.Why, "rule": string(held[0].Rule)}})
	}
	for _, note := range notes {
		if err := p.to.Problem(note); err != nil {
			return nil, err
		}
	}
	if p.past.Consent.By == "" && (2*p.heldRows > reading.Rows || older(drop, p.past.Last)) {
		return nil, nil // hardly what the next one should be like
	}
	return &now, nil
}

// older tells whether a drop only takes a file once more that came on a day before
// that of the last good one.
func older(d Drop, last Contract) bool {
	id, again := strings.CutPrefix(d.From, RetryFrom)
	day, _, _ := strings.Cut(id, "-")
	return again && day < strings.ReplaceAll(last.Day, "-", "")
}

// small is the problem of a file with fewer rows than are expected.
func (p *preparing) small(drop Drop, rows int) []Problem {
	least := p.flow.Expect.Least(p.past.Rows)
	if rows >= least {
		return nil
	}
	return []Problem{{Origin: Origin{File: drop.Name}, Rule: "expect.small", With: map[string]string{
		"rows": strconv.Itoa(rows), "limit": strconv.Itoa(least), "drop": dropName(drop)}}}
}

// dropName is the drop's id as commands take it; a word in its place where the
// file was only looked at.
func dropName(d Drop) string {
	if d.ID == "" || d.ID == "check" {
		return "DROP"
	}
	return d.ID
}

// renamed adds to the refusal of a file that lacks a column under which name it
// may be there now: such a file waits for somebody to say so. err is any error of
// the reading.
func (p *preparing) renamed(err error) error {
	refused, ok := errors.AsType[*Refused](err)
	header := p.reading().Header
	if !ok || len(header) == 0 || len(p.past.Last.Columns) == 0 || p.flow.Contract == ContractOff ||
		!slices.ContainsFunc(refused.Problems, func(q Problem) bool { return q.Rule == "column.missing" }) {
		return err
	}
	now := Contract{Columns: fed(columnsOf(header), nil, p.flow.Columns)}
	k := &comparison{last: p.past.Last, now: now, at: refused.Problems[0].Origin, asked: p.flow.Columns}
	k.names()
	more, hold := slices.Clone(refused.Problems), refused.Hold
	for _, c := range k.out {
		if c.Rule == "contract.renamed" {
			more, hold = append(more, c.Problem), true
		}
	}
	return &Refused{Problems: more, Hold: hold}
}
