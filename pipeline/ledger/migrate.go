package ledger

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"wasl/pipeline"
)

//go:embed schema/*.sql
var embedded embed.FS

// schema are the migrations, forward only. Each sets user_version to its number.
var schema = func() fs.FS {
	sub, err := fs.Sub(embedded, "schema")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}()

// applicationID marks a database as ours: "wasl".
const applicationID = 0x7761736c

// newestSchema is the number of the last migration.
func newestSchema(from fs.FS) int {
	newest := 0
	names, _ := fs.Glob(from, "*.sql") // the pattern is right
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		if n, err := strconv.Atoi(number); err == nil {
			newest = max(newest, n)
		}
	}
	return newest
}

// migrate brings a database to the newest schema. An existing one is copied
// first; a newer one is refused and left alone.
func migrate(ctx context.Context, db *sql.DB, dir string, from fs.FS, now time.Time) error {
	have, err := version(ctx, db)
	if err != nil {
		return err
	}
	newest := newestSchema(from)
	if have == newest {
		return nil
	}
	if have > newest {
		return versionTrouble("state.newer", dir, have, newest)
	}
	if have > 0 {
		if err := backup(ctx, db, dir, have, now); err != nil {
			return fmt.Errorf("copy the ledger before it is changed: %w", err)
		}
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, db, from, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the ledger from version %d to %d: %w", have, newest, err)
	}
	return nil
}

// checkVersion tells a reader whether it understands the ledger.
func checkVersion(ctx context.Context, db *sql.DB, dir string, newest int) error {
	have, err := version(ctx, db)
	switch {
	case err != nil:
		return err
	case have == 0:
		return &pipeline.Trouble{Rule: "state.none", With: map[string]string{"dir": dir}, Err: pipeline.ErrNotFound}
	case have < newest:
		return versionTrouble("state.older", dir, have, newest)
	case have > newest:
		return versionTrouble("state.newer", dir, have, newest)
	}
	return nil
}

func versionTrouble(rule pipeline.Rule, dir string, have, known int) error {
	return &pipeline.Trouble{Rule: rule, With: map[string]string{
		"dir": dir, "have": strconv.Itoa(have), "known": strconv.Itoa(known)}}
}

// version is the number of a database's schema, 0 for one that is new.
func version(ctx context.Context, db *sql.DB) (int, error) {
	var app, have int
	err := db.QueryRowContext(ctx, `SELECT a.application_id, u.user_version FROM pragma_application_id a, pragma_user_version u`).Scan(&app, &have)
	if err != nil {
		return 0, fmt.Errorf("read the ledger's version: %w", err)
	}
	if app != applicationID && (app != 0 || have != 0) {
		return 0, errors.New(fileName + " is not a ledger of wasl")
	}
	return have, nil
}

// backup copies the database into backups/, whole or not at all.
func backup(ctx context.Context, db *sql.DB, dir string, have int, now time.Time) error {
	folder := filepath.Join(dir, backupsDir)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	name := backupName(folder, have, now)
	temp := name + ".tmp"
	if err := os.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, temp); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := whole(ctx, temp); err != nil {
		return errors.Join(err, os.Remove(temp))
	}
	if err := syncFile(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, name); err != nil {
		return err
	}
	return pipeline.SyncFolder(folder)
}

// backupName is the name of a copy.
func backupName(folder string, have int, now time.Time) string {
	return filepath.Join(folder, fmt.Sprintf("wasl-v%d-%s.db", have, now.UTC().Format("20060102T150405Z")))
}

// whole checks every page and index of a copy.
func whole(ctx context.Context, path string) error {
	db := openReader(path)
	var said string
	err := db.QueryRowContext(ctx, `PRAGMA integrity_check(1)`).Scan(&said)
	if err == nil && said != "ok" {
		err = fmt.Errorf("the copy is damaged: %s", said)
	}
	return errors.Join(err, db.Close())
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
