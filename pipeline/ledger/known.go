package ledger

import (
	"bytes"

	"wasl/pipeline"
)

// known is what the ledger knows of a key, of one kind in one lane.
type known struct {
	newest    int64 // the document filed last; 0: the key is new
	brought   int64 // the job that filed it last, skipped ones apart
	job       int64 // the newest job that brought it ready or unchanged
	waiting   int64 // the document that is ready and in no batch; 0: none
	gone      int64 // the document that left last; 0: none
	goneState pipeline.State
	gonePrint []byte
	goneAt    int64
	print     []byte // of the document delivered last; empty: none
	found     int64  // hash of the words it was filed under
}

// knownCols are the columns that scanKnown reads, of known k.
const knownCols = `k.newest, k.brought, k.job, k.waiting, k.gone, k.gone_state, k.gone_print, k.gone_at, k.print, k.found`

func scanKnown(row scanner, first ...any) (known, error) {
	var k known
	err := row.Scan(append(first, &k.newest, &k.brought, &k.job, &k.waiting, &k.gone, &k.goneState, &k.gonePrint, &k.goneAt, &k.print, &k.found)...)
	return k, err
}

// onItsWay tells whether a document of this key may reach the other side yet.
func (k known) onItsWay() bool {
	return k.goneState == pipeline.Sending || k.goneState == pipeline.Accepted
}

// left tells whether the other side has a document of this key, or may have it
// yet.
func (k known) left() bool { return k.onItsWay() || k.goneState == pipeline.Delivered }

// A filer is the job that files a document.
type filer struct {
	job      int64
	corrects bool // its rows were put aside, corrected and dropped again
	older    bool // than the newest job that brought the key ready or unchanged
}

// A judgement is what becomes of a document when it is filed.
type judgement struct {
	state      pipeline.State
	rule       pipeline.Rule // of the problem that holds it, or is told of it; "" for none
	supersedes bool          // the waiting document of the same key gives way
}

// judge holds a document, filed by a job under the rules of its kind, against
// what is known of its key. See pipeline.Filing.
func judge(doc pipeline.Document, print []byte, k known, by filer, rules pipeline.Filed) judgement {
	state := doc.State
	switch {
	case state == pipeline.Skipped && rules.Once && k.left():
		return judgement{state: state, rule: "document.left"}
	case state == pipeline.Skipped:
		// What waits was to leave before this was known: a voided order is not
		// billed because the line was down when it was still a sale.
		return judgement{state: state, supersedes: k.waiting != 0 && !by.older && k.brought < by.job}
	case k.brought == by.job:
		return judgement{state: pipeline.Held, rule: "key.twice"}
	case state == pipeline.Held:
		return judgement{state: state}
	}
	same := bytes.Equal(k.gonePrint, print)
	switch {
	case rules.Once:
		if state == pipeline.Ready && k.left() {
			if !same {
				return judgement{state: pipeline.Held, rule: "document.changed"}
			}
			state = pipeline.Unchanged
		}
	case k.onItsWay():
		// The other side will soon hold something else than it does now. What is
		// the same as now, but not as that, has to follow it, or A, B, A ends at B.
		if state == pipeline.Unchanged && !same {
			state = pipeline.Ready
		}
	case rules.Diff && state == pipeline.Ready && bytes.Equal(k.print, print):
		state = pipeline.Unchanged
	}
	switch {
	case !by.older:
		return judgement{state: state, supersedes: k.waiting != 0}
	case !by.corrects:
		// A newer job was prepared before this one, which had to wait.
		return judgement{state: pipeline.Superseded}
	case state == pipeline.Unchanged && k.waiting == 0 && !k.onItsWay():
		return judgement{state: state}
	}
	// Somebody corrected it after a newer one had come. It is not for us to say
	// which is right: the newer one stays, and it is told.
	return judgement{state: pipeline.Held, rule: "quarantine.older"}
}

// knownOf is what is known of one key.
func knownOf(tx *txn, space int64, key string) (known, error) {
	return scanKnown(tx.QueryRow(`SELECT `+knownCols+` FROM known k WHERE k.space = ? AND k.key = ?`, space, key))
}
