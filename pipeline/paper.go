package pipeline

import "time"

// A Reissue is who asked for a paper that replaces a refused one, and why: kept for
// ever. A paper is a document that is sealed: a receipt.
type Reissue struct {
	Ref string // of the refused one
	Key string
	By  string
	Why string
	At  time.Time
}
