package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"wasl/pipeline"
)

// settledFor is how long ago a file must have come before a watch changes its original:
// until then the inbox looks whether somebody still writes to it.
const settledFor = 2 * time.Minute

// cleanOriginals lets the originals of files that were dropped once more say no more than
// the vault has of them: a customer was taken out of the first ones. Those that came after
// before are left for the next time.
func (h *house) cleanOriginals(ctx context.Context, before time.Time) error {
	shas, err := h.vault.Notes(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, sha := range shas {
		places, err := h.ledger.PlacesOf(ctx, sha)
		if err != nil {
			return err
		}
		for _, p := range places {
			path := filepath.Join(h.cfg.path(h.cfg.Inbox.Path), filepath.FromSlash(p.Place))
			if info, err := os.Stat(path); p.Arrived.After(before) || !filepath.IsLocal(p.Place) || err != nil || info.Size() != p.Size {
				continue // tidied away, or done before
			}
			failed = errors.Join(failed, h.cleanOriginal(ctx, path, sha))
		}
	}
	return failed
}

// cleanOriginal gives an original the bytes that the vault has by its hash, where it still
// is that file.
func (h *house) cleanOriginal(ctx context.Context, path, sha string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if sum := sha256.Sum256(data); hex.EncodeToString(sum[:]) != sha {
		return nil
	}
	file, err := h.vault.Open(ctx, sha)
	if errors.Is(err, pipeline.ErrNotFound) { // it went whole
		return rewritten(path, nil)
	}
	if err != nil {
		return err
	}
	now, err := io.ReadAll(io.NewSectionReader(file, 0, file.Size()))
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return rewritten(path, now)
}
