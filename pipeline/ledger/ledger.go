package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"

	"wasl/pipeline"
)

// The names inside the state folder.
const (
	fileName   = "wasl.db"
	lockName   = "wasl.lock"
	backupsDir = "backups"
)

// A Ledger is an opened state folder. It may be used from several goroutines;
// of two that write, one waits.
type Ledger struct {
	dir      string
	zone     *time.Location
	now      func() time.Time
	writer   *sql.DB // nil where it is opened for reading only
	reader   *sql.DB
	lock     *lock
	install  string
	program  string
	witness  []string // folders outside of dir, see restore.go
	warnings []pipeline.Problem

	mu     sync.Mutex
	passed map[inLane]bool // jobs that Take passed over, their flow being gone or closed: Next must not call for them
}

var (
	_ pipeline.Ledger = (*Ledger)(nil)
	_ pipeline.Queue  = (*Ledger)(nil)
	_ pipeline.Books  = (*Ledger)(nil)
	_ pipeline.Table  = (*Ledger)(nil)
	_ pipeline.Door   = (*Ledger)(nil)
)

// Options say how a state folder is opened. The zero value writes, in UTC.
type Options struct {
	ReadOnly   bool             // look only: takes no lock, makes nothing
	Zone       *time.Location   // of the shop; nil: UTC
	Now        func() time.Time // nil: time.Now
	AllowShare bool             // work on a network share all the same; a warning remains
	Witness    []string         // folders outside of the state folder in which it is witnessed how far the ledger is
	Program    string           // name and version, written into the lock and the ledger
}

// Open opens the state folder dir, making it (mode 0700) where it is not there.
// A writer owns it until Shut. Errors that somebody can act on are
// *pipeline.Trouble: state.share, state.locked (also ErrLocked), state.newer,
// state.damaged; for readers state.none (also pipeline.ErrNotFound), state.older.
func Open(ctx context.Context, dir string, opt Options) (_ *Ledger, err error) {
	l := &Ledger{dir: dir, zone: opt.Zone, now: opt.Now, program: opt.Program, witness: opt.Witness, passed: map[inLane]bool{}}
	if l.zone == nil {
		l.zone = time.UTC
	}
	if l.now == nil {
		l.now = time.Now
	}
	defer func() {
		if err != nil {
			_ = l.Shut() // the first error is the one that counts
		}
	}()
	if opt.ReadOnly {
		return l, l.openToRead(ctx)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the state folder: %w", err)
	}
	if l.warnings, err = checkDisk(dir, opt.AllowShare); err != nil {
		return nil, err
	}
	if l.lock, err = takeLock(dir, opt.Program, l.now()); err != nil {
		return nil, err
	}
	return l, l.openToWrite(ctx)
}

func (l *Ledger) openToRead(ctx context.Context) error {
	if _, err := os.Stat(l.path()); errors.Is(err, os.ErrNotExist) {
		return &pipeline.Trouble{Rule: "state.none", With: map[string]string{"dir": l.dir}, Err: pipeline.ErrNotFound}
	}
	l.reader = openReader(l.path())
	if err := checkVersion(ctx, l.reader, l.dir, newestSchema(schema)); err != nil {
		return err
	}
	return l.readMeta(ctx, l.reader)
}

func (l *Ledger) openToWrite(ctx context.Context) error {
	l.writer = openWriter(l.path())
	if err := l.sound(ctx); err != nil {
		return err
	}
	if err := migrate(ctx, l.writer, l.dir, schema, l.now()); err != nil {
		return l.explain(err)
	}
	l.reader = openReader(l.path())
	err := l.write(ctx, "open the ledger", func(tx *txn) error {
		_, err := tx.Exec(`INSERT INTO meta (name, value) VALUES ('install', ?) ON CONFLICT DO NOTHING`, uuid.NewString())
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO meta (name, value) VALUES ('program', ?)
			ON CONFLICT DO UPDATE SET value = excluded.value`, l.program)
		return err
	})
	if err != nil {
		return err
	}
	return l.readMeta(ctx, l.reader)
}

// sound asks SQLite whether the file is whole.
func (l *Ledger) sound(ctx context.Context) error {
	var said string
	err := l.writer.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&said)
	switch {
	case err != nil && damaged(err):
		said = err.Error()
	case err != nil:
		return fmt.Errorf("check the ledger: %w", l.explain(err))
	case said == "ok":
		return nil
	}
	return &pipeline.Trouble{Rule: "state.damaged", With: map[string]string{"dir": l.dir, "said": said}, Err: err}
}

func (l *Ledger) readMeta(ctx context.Context, db *sql.DB) error {
	var program string
	err := db.QueryRowContext(ctx, `SELECT (SELECT value FROM meta WHERE name = 'install'), (SELECT value FROM meta WHERE name = 'program')`).
		Scan(&l.install, &program)
	if err != nil {
		return fmt.Errorf("read the ledger's name: %w", err)
	}
	l.program = program
	return nil
}

// Shut closes the ledger and gives the state folder free. It may be called twice.
func (l *Ledger) Shut() error {
	var errs []error
	if l.reader != nil {
		errs = append(errs, l.reader.Close())
	}
	if l.writer != nil {
		errs = append(errs, l.writer.Close())
	}
	if l.lock != nil {
		errs = append(errs, l.lock.release())
	}
	l.reader, l.writer, l.lock = nil, nil, nil
	return errors.Join(errs...)
}

// Install names this installation: a UUID made with the ledger.
func (l *Ledger) Install() string { return l.install }

// Warnings are what is doubtful about the state folder, though it may be used.
func (l *Ledger) Warnings() []pipeline.Problem { return l.warnings }

func (l *Ledger) path() string { return filepath.Join(l.dir, fileName) }

// write runs do in one transaction. The transaction itself knows nothing of ctx:
// one that was begun is ended by us, not by a watcher of the driver.
func (l *Ledger) write(ctx context.Context, what string, do func(tx *txn) error) error {
	if l.writer == nil {
		return fmt.Errorf("%s: the ledger is open for reading only", what)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	tx, err := l.writer.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return fmt.Errorf("%s: %w", what, l.explain(err))
	}
	defer func() { _ = tx.Rollback() }() // says only that it was committed, or why do failed again
	if err := do(newTxn(tx)); err != nil {
		return l.explain(err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("%s: %w", what, l.explain(err))
	}
	return nil
}

// read runs do in one transaction of reading: all that it sees is of one moment.
func (l *Ledger) read(ctx context.Context, do func(tx *txn) error) error {
	tx, err := l.reader.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	return do(newTxn(tx))
}

// nanos is a time as the ledger stores it.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// instant is a time as the ledger gives it back.
func instant(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
