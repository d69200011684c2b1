package ledger

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/gofrs/flock"

	"wasl/pipeline"
)

// ErrLocked is the cause where another process owns the state folder.
var ErrLocked = errors.New("locked")

// A lock is the right to write, held for the life of the process. The operating
// system takes it back when the process dies, however it dies.
type lock struct{ file *flock.Flock }

// A Holder is who has the lock, or had it last, for whoever comes second.
type Holder struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Since   time.Time `json:"since"`
	Program string    `json:"program,omitempty"`
}

// takeLock takes the lock of a state folder, or says who has it.
func takeLock(dir, program string, now time.Time) (*lock, error) {
	path := filepath.Join(dir, lockName)
	file := flock.New(path, flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	ok, err := file.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock the state folder: %w", err)
	}
	if !ok {
		_ = file.Close() // it was never ours
		return nil, locked(dir, path)
	}
	host, _ := os.Hostname() // only for people
	text, err := json.Marshal(Holder{PID: os.Getpid(), Host: host, Since: now.UTC().Truncate(time.Second), Program: program})
	if err == nil {
		// The first byte stays blank: on Windows it is the locked one, which
		// nobody else may read.
		err = os.WriteFile(path, append([]byte{' '}, text...), 0o600)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("write who holds the state folder: %w", err), file.Close())
	}
	return &lock{file}, nil
}

func (l *lock) release() error { return l.file.Close() }

// locked says who holds a state folder.
func locked(dir, path string) error {
	h := readHolder(path)
	with := map[string]string{"dir": dir, "pid": "?", "host": "?", "since": "?"}
	if h.PID != 0 {
		with["pid"], with["host"], with["since"] = strconv.Itoa(h.PID), h.Host, h.Since.Format(time.RFC3339)
	}
	return &pipeline.Trouble{Rule: "state.locked", With: with, Err: ErrLocked}
}

// HolderOf reads who holds the state folder dir, or held it last; the zero Holder
// where that cannot be known. Whether it still holds it only Open can tell.
func HolderOf(dir string) Holder { return readHolder(filepath.Join(dir, lockName)) }

// readHolder reads who holds a lock; the zero Holder where it cannot be known.
func readHolder(path string) Holder {
	f, err := os.Open(path)
	if err != nil {
		return Holder{}
	}
	defer func() { _ = f.Close() }() // it was only read
	buf := make([]byte, 4096)
	n, _ := f.ReadAt(buf, 1) // a short read is the rule
	var h Holder
	if json.Unmarshal(buf[:n], &h) != nil {
		return Holder{}
	}
	return h
}
