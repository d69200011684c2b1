package pipeline

import (
	"context"
	"errors"
	"io"
	"time"
)

// A Drop is one arrival of one file. Its ID names the arrival, not the content:
// stock files A, B, A on three nights are three drops, or the shop ends at B.
type Drop struct {
	ID      string // 20261124-0007: the day of arrival in the shop's zone, and a number
	SHA256  string // where the vault keeps its bytes; also a hint for the user
	Name    string // as it was dropped, for showing
	Size    int64  // bytes
	Arrived time.Time
	Day     string // 2026-11-24: the day of arrival in the shop's zone
	Twin    string // the ID of the newest earlier drop with the same content; "" where there is none
	From    string // the inbox's name, or retry:ID, or pull:orders
}

// How Drop.From begins where a file did not lie in an inbox.
const (
	RetryFrom = "retry:" // a drop that was taken once more
	PullFrom  = "pull:"  // wasl itself asked a shop for it
)

// A Vault keeps admitted files under the hash of their content.
type Vault interface {
	// Put copies r into the vault and says what came in. It is create-only: what
	// is there already under that hash stays as it is.
	Put(ctx context.Context, r io.Reader) (sha string, size int64, err error)
	// Open gives the bytes of a hash, checked against it. ErrNotFound where it
	// has none.
	Open(ctx context.Context, sha string) (File, error)
}

// A File is an opened file of the vault.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64
}

// ErrNotFound is returned where something is asked for that is not there.
var ErrNotFound = errors.New("not found")
