package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"wasl/pipeline"
)

// fullWait is how long work rests when the disk is full: somebody has to make room.
const fullWait = 30 * time.Second

// A pragma is a setting of a connection, and what SQLite says when it is so.
type pragma struct{ name, value, reads string }

var writing = []pragma{
	{"busy_timeout", "5000", "5000"},
	{"journal_mode", "WAL", "wal"},
	{"synchronous", "FULL", "2"},
	{"foreign_keys", "ON", "1"},
	{"cache_size", "-32768", "-32768"}, // KiB
}

var reading = []pragma{
	{"busy_timeout", "5000", "5000"},
	{"query_only", "ON", "1"},
}

// openWriter opens the one connection that writes.
func openWriter(path string) *sql.DB {
	db := sql.OpenDB(connector{dsn(path, "rwc", "immediate", writing), writing})
	db.SetMaxOpenConns(1)
	return db
}

// openReader opens connections that only read, beside the writer.
func openReader(path string) *sql.DB {
	db := sql.OpenDB(connector{dsn(path, "ro", "deferred", reading), reading})
	db.SetMaxOpenConns(4)
	return db
}

func dsn(path, mode, txlock string, pragmas []pragma) string {
	path = filepath.ToSlash(path)
	if abs, err := filepath.Abs(path); err == nil {
		path = filepath.ToSlash(abs)
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/wasl/state becomes file:///C:/wasl/state
	}
	q := url.Values{"mode": {mode}, "_txlock": {txlock}}
	for _, p := range pragmas {
		q.Add("_pragma", p.name+"("+p.value+")")
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}).String()
}

// A connector opens connections and reads their pragmas back. A connection that
// differs is not used: with synchronous=NORMAL a mark "sending" could vanish,
// and a receipt would leave twice.
type connector struct {
	dsn     string
	pragmas []pragma
}

func (c connector) Driver() driver.Driver { return &sqlite.Driver{} }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Driver().Open(c.dsn)
	if err != nil {
		return nil, err
	}
	for _, p := range c.pragmas {
		got, err := readPragma(ctx, conn, p.name)
		if err == nil && got != p.reads {
			err = fmt.Errorf("SQLite has %s = %s where %s is needed", p.name, got, p.reads)
		}
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, nil
}

func readPragma(ctx context.Context, conn driver.Conn, name string) (string, error) {
	rows, err := conn.(driver.QueryerContext).QueryContext(ctx, "PRAGMA "+name, nil)
	if err != nil {
		return "", fmt.Errorf("read pragma %s: %w", name, err)
	}
	row := make([]driver.Value, len(rows.Columns()))
	if err := rows.Next(row); err != nil {
		return "", errors.Join(fmt.Errorf("read pragma %s: %w", name, err), rows.Close())
	}
	return fmt.Sprint(row[0]), rows.Close()
}

// explain makes of an error of SQLite one that says what to do about it.
func (l *Ledger) explain(err error) error {
	if _, said := errors.AsType[*pipeline.Later](err); said || err == nil {
		return err
	}
	if full(err) {
		trouble := &pipeline.Trouble{Rule: "state.full", With: map[string]string{"dir": l.dir}, Err: err}
		return &pipeline.Later{Err: trouble, After: fullWait}
	}
	return err
}

func full(err error) bool {
	return primary(err) == sqlite3.SQLITE_FULL || errors.Is(err, syscall.ENOSPC)
}

func damaged(err error) bool {
	code := primary(err)
	return code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB
}

// primary is SQLite's code of an error, without its details; 0 where it is none.
func primary(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}
