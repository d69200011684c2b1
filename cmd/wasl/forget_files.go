package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/pipeline/redact"
	"wasl/pipeline/vault"
)

// An oblivion takes one person out of the files of a working folder.
type oblivion struct {
	cfg    *Config
	ledger *ledger.Ledger
	vault  *vault.Folder
	person pipeline.Person

	files []forgetFile
	shas  []string // of the vault, that hold the person
	days  []string // whose workbooks go
}

// A forgetFile is a file that holds the person, and what becomes of it.
type forgetFile struct {
	Path    string `json:"file"`
	Does    string `json:"does"` // edit, whole, remove, told
	Records int    `json:"records,omitempty"`
}

// What becomes of files.
const (
	fileEdited  = "edit"   // the person is taken out
	fileWhole   = "whole"  // it cannot be edited, and goes
	fileRemoved = "remove" // a workbook of ours, which is made again without the person
	fileTold    = "told"   // it is not ours to change
)

// ours are the names of what wasl writes into reports/.
var ours = regexp.MustCompile(`^(reconciliation|quarantine|plan|customers-to-decide|drift|backorders|readiness|rehearsal|receipts-tieout|receipts-late|fix|match)[-.]`)

// dayIn finds the days in the name of a workbook: 2026-11-25, or 20261125 of an arrival.
var dayIn = regexp.MustCompile(`20\d\d-\d\d-\d\d|20\d{6}`)

// count reads all records into a census.
func (o *oblivion) count(ctx context.Context, c *census) error {
	if err := o.ledger.Records(ctx, c.add); err != nil {
		return err
	}
	for object, err := range o.vault.Objects(ctx) {
		if err != nil {
			return err
		}
		data, err := o.read(ctx, object.SHA256)
		if errors.Is(err, pipeline.ErrNotFound) { // a crash left bytes that were taken out
			continue
		}
		if err != nil {
			return err
		}
		redact.Records(data, c.add)
	}
	return nil
}

func (o *oblivion) read(ctx context.Context, sha string) ([]byte, error) {
	file, err := o.vault.Open(ctx, sha)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.NewSectionReader(file, 0, file.Size()))
	return data, errors.Join(err, file.Close())
}

// pass goes through all files. do: the person is taken out of them; else it is only said
// what would be done. It may be called again after a crash: what is done is done.
func (o *oblivion) pass(ctx context.Context, do bool) error {
	if err := o.stored(ctx, do); err != nil {
		return err
	}
	inbox := o.cfg.path(o.cfg.Inbox.Path)
	if _, err := os.Stat(inbox); err != nil { // a share that is away holds the person all the same
		return fmt.Errorf("look for the customer in the inbox: %w", err)
	}
	for _, dir := range []string{"taken", "rejected"} {
		if err := o.walk(ctx, filepath.Join(inbox, dir), do, o.original); err != nil {
			return err
		}
	}
	if err := o.walk(ctx, o.cfg.path(o.cfg.Reports), do, o.report); err != nil {
		return err
	}
	if err := o.walk(ctx, counterOf(o.cfg).dir, do, o.original); err != nil {
		return err
	}
	for _, dir := range o.others(inbox) {
		if err := o.walk(ctx, dir, do, o.told); err != nil {
			return err
		}
	}
	return nil
}

// others are the folders that are not ours to change: what lies in the inbox and was not
// taken yet, and the folders of the ERP.
func (o *oblivion) others(inbox string) []string {
	dirs := []string{inbox}
	if o.cfg.ERP != nil && o.cfg.ERP.Folder != "" {
		dirs = append(dirs, o.cfg.path(o.cfg.ERP.Folder))
		for _, dir := range o.cfg.ERP.Archive {
			dirs = append(dirs, o.cfg.path(dir))
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// stored goes through the vault.
func (o *oblivion) stored(ctx context.Context, do bool) error {
	var all []string
	for object, err := range o.vault.Objects(ctx) {
		if err != nil {
			return err
		}
		all = append(all, object.SHA256)
	}
	for _, sha := range all {
		if _, begun, err := o.vault.Replaced(sha); err != nil {
			return err
		} else if begun { // a crash left the old bytes
			if do {
				err = o.vault.Replace(ctx, sha, nil)
			}
			if err != nil {
				return err
			}
			continue
		}
		data, err := o.read(ctx, sha)
		if err != nil {
			return err
		}
		r := redact.File(o.person, data)
		if r.Data == nil && !r.Whole {
			continue
		}
		names, days, err := o.ledger.NamesOf(ctx, sha)
		if err != nil {
			return err
		}
		o.shas, o.days = append(o.shas, sha), append(o.days, days...)
		if len(names) == 0 { // edited once before: no drop has these bytes
			names = []string{sha[:12]}
		}
		f := forgetFile{Path: "vault: " + strings.Join(names, ", "), Does: fileEdited, Records: r.Records}
		var by io.Reader
		if f.Does = fileWhole; !r.Whole {
			f.Does, by = fileEdited, bytes.NewReader(r.Data)
		}
		o.files = append(o.files, f)
		if !do {
			continue
		}
		if err := o.vault.Replace(ctx, sha, by); err != nil {
			return err
		}
		if err := o.counted(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// walk goes through the files below a folder; one that is not there holds nobody.
func (o *oblivion) walk(ctx context.Context, dir string, do bool, each func(ctx context.Context, path string, data []byte, do bool) error) error {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case d.IsDir():
			if path != dir && filepath.Dir(path) == o.cfg.path(o.cfg.Inbox.Path) && dir == filepath.Dir(path) {
				return filepath.SkipDir // taken and rejected are gone through by themselves
			}
			return nil
		case !d.Type().IsRegular():
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return each(ctx, path, data, do)
	})
	if err != nil {
		return fmt.Errorf("look for the customer in %s: %w", dir, err)
	}
	return nil
}

// original takes the person out of a copy that lies outside of the vault.
func (o *oblivion) original(ctx context.Context, path string, data []byte, do bool) error {
	r := redact.File(o.person, data)
	if r.Data == nil && !r.Whole {
		return nil
	}
	f := forgetFile{Path: o.short(path), Does: fileEdited, Records: r.Records}
	if r.Whole {
		f.Does = fileWhole
	}
	if do {
		if err := rewritten(path, r.Data); err != nil {
			f.Does = fileTold // a share that cannot be written: a person has to
		} else if err := o.counted(ctx, f); err != nil {
			return err
		}
	}
	o.files = append(o.files, f)
	return nil
}

// rewritten gives a file other bytes, and its old time; nil: the file goes.
func rewritten(path string, data []byte) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if data == nil {
		return os.Remove(path)
	}
	err = pipeline.WriteWhole(path, info.Mode().Perm(), func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	if err == nil {
		_ = os.Chtimes(path, time.Time{}, info.ModTime()) // it is only shown
	}
	return err
}

// report removes a workbook or a copy of ours that holds the person: it is made again
// from the ledger. An archive of receipts is kept by law.
func (o *oblivion) report(ctx context.Context, path string, data []byte, do bool) error {
	if !o.speaks(data) || isArchive(data) {
		return nil
	}
	f := forgetFile{Path: o.short(path), Does: fileTold}
	name := filepath.Base(path)
	copied := strings.HasPrefix(path, o.cfg.copiesDir()+string(filepath.Separator))
	if copied || ours.MatchString(name) {
		f.Does = fileRemoved
		for _, day := range dayIn.FindAllString(name, -1) {
			if len(day) == 8 {
				day = day[:4] + "-" + day[4:6] + "-" + day[6:]
			}
			o.days = append(o.days, day)
		}
	}
	if do && f.Does == fileRemoved {
		if err := os.Remove(path); err != nil {
			f.Does = fileTold
		} else if err := o.counted(ctx, f); err != nil {
			return err
		}
	}
	o.files = append(o.files, f)
	return nil
}

// told says that a file holds the person and is not ours to change.
func (o *oblivion) told(_ context.Context, path string, data []byte, _ bool) error {
	if name := filepath.Base(path); strings.HasPrefix(name, ".wasl") {
		return nil
	}
	if r := redact.File(o.person, data); r.Data != nil || r.Whole {
		o.files = append(o.files, forgetFile{Path: o.short(path), Does: fileTold, Records: r.Records})
	}
	return nil
}

// speaks tells whether a file says anything of the person: in whatever part of it.
func (o *oblivion) speaks(data []byte) bool {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return false
		}
		for _, f := range z.File {
			in, err := f.Open()
			if err != nil {
				continue
			}
			part, err := io.ReadAll(io.LimitReader(in, 64<<20))
			_ = in.Close() // it was only read
			if err == nil && o.speaks(part) {
				return true
			}
		}
		return false
	}
	if bytes.HasPrefix(data, []byte("\x89PNG")) {
		return false
	}
	_, hit := o.person.Mask(html.UnescapeString(string(data)))
	return hit
}

// isArchive tells whether a file is an archive of receipts, as wasl receipts export writes
// it.
func isArchive(data []byte) bool {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	return err == nil && slices.ContainsFunc(z.File, func(f *zip.File) bool { return f.Name == "SHA256SUMS" })
}

// counted keeps that one more file is done.
func (o *oblivion) counted(ctx context.Context, f forgetFile) error {
	whole := 0
	if f.Does == fileWhole {
		whole = 1
	}
	open, err := o.ledger.Unforgotten(ctx)
	if err != nil || len(open) == 0 {
		return err
	}
	return o.ledger.CountForgotten(ctx, open[0].ID, 1, whole)
}

// short is a path as it is shown: within the working folder where it is.
func (o *oblivion) short(path string) string {
	if rel, err := filepath.Rel(o.cfg.dir, path); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return path
}
