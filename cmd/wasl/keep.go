package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/dustin/go-humanize"

	"wasl/pipeline"
	"wasl/pipeline/vault"
)

// vaultConfig is the section vault of wasl.yaml: for how many days files are kept. 0 is
// for ever.
type vaultConfig struct {
	Keep  int `yaml:"keep"`  // in the vault
	Taken int `yaml:"taken"` // their originals in the inbox's taken/ and rejected/
}

// keptDays is how long files stay in the vault where the settings say nothing: exports are
// full of people's data, and what was made of them stands in the ledger.
const keptDays = 90

// mostKept is a hundred years, in days.
const mostKept = 36500

func (v vaultConfig) validate(wrong func(setting string, rule pipeline.Rule, with map[string]string)) {
	for name, days := range map[string]int{"vault.keep": v.Keep, "vault.taken": v.Taken} {
		if days < 0 || days > mostKept {
			wrong(name, "config.days", map[string]string{"given": fmt.Sprint(days), "most": fmt.Sprint(mostKept)})
		}
	}
}

// expire removes files whose time is over: from the vault, and originals where the
// settings say so. One stays that an open job needs, or that was a flow's last. It is done
// while nothing is taken: by a run, at its end, and by a watch, before it begins. Killed in
// between, it goes on the next time.
func (h *house) expire(ctx context.Context, now time.Time) error {
	files, err := h.expireVault(ctx, now)
	originals, failed := h.expireOriginals(ctx, now)
	if n := files + originals; n > 0 {
		h.steps.Tell(pipeline.Event{Time: now, What: pipeline.EventRemoved, Count: map[string]int{"files": files, "originals": originals},
			Note: h.app.say("vault.expired", "files", fmt.Sprint(files), "originals", fmt.Sprint(originals))})
	}
	return errors.Join(err, failed)
}

func (h *house) expireVault(ctx context.Context, now time.Time) (removed int, err error) {
	if h.cfg.Vault.Keep == 0 {
		return 0, nil
	}
	before := now.AddDate(0, 0, -h.cfg.Vault.Keep)
	came, err := cameAs(ctx, h.vault)
	if err != nil {
		return 0, err
	}
	var old []string
	for object, err := range h.vault.Objects(ctx) {
		if err != nil {
			return 0, err
		}
		if object.Kept.Before(before) || len(came[object.SHA256]) > 0 {
			old = append(old, object.SHA256)
		}
	}
	for _, sha := range old {
		over, err := h.ledger.Unneeded(ctx, append(came[sha], sha), before)
		if err == nil && over {
			err = h.vault.Remove(sha)
		}
		if err != nil {
			return removed, err
		}
		if over {
			removed++
		}
	}
	return removed, nil
}

// cameAs are, by the hash under which bytes lie, those under which they came before
// somebody was taken out of them.
func cameAs(ctx context.Context, v *vault.Folder) (map[string][]string, error) {
	notes, err := v.Notes(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, sha := range notes {
		now := sha
		for range len(notes) + 1 {
			by, moved, err := v.Replaced(now)
			if err != nil {
				return nil, err
			}
			if !moved || by == "" {
				break
			}
			now = by
		}
		if now != sha {
			out[now] = append(out[now], sha)
		}
	}
	return out, nil
}

// expireOriginals removes what lies in taken/ and rejected/ for longer than is asked for.
func (h *house) expireOriginals(ctx context.Context, now time.Time) (removed int, err error) {
	if h.cfg.Vault.Taken == 0 {
		return 0, nil
	}
	drops, places, err := h.ledger.OldOriginals(ctx, now.AddDate(0, 0, -h.cfg.Vault.Taken))
	if err != nil {
		return 0, err
	}
	var failed error
	for i, place := range places {
		if !filepath.IsLocal(place) {
			continue
		}
		path := filepath.Join(h.cfg.path(h.cfg.Inbox.Path), filepath.FromSlash(place))
		err := os.Remove(path)
		if err == nil {
			removed++
			_ = os.Remove(path + ".why.txt") // of a rejected file; others have none
		}
		if err == nil || errors.Is(err, fs.ErrNotExist) {
			err = h.ledger.Placed(ctx, drops[i].ID, "gone")
		}
		failed = errors.Join(failed, err)
	}
	return removed, failed
}

// vaultStatus says what lies in the vault, and for how long.
func (a *app) vaultStatus(ctx context.Context, c *Config) error {
	dir := filepath.Join(c.path(c.State), "vault")
	if _, err := os.Stat(dir); err != nil {
		return nil // nothing was ever taken
	}
	v, err := vault.Open(dir)
	if err != nil {
		return err
	}
	files, bytes := 0, int64(0)
	for object, err := range v.Objects(ctx) {
		if err != nil {
			return err
		}
		files, bytes = files+1, bytes+object.Size
	}
	if a.json {
		a.jsonLine(a.out, map[string]any{"what": "vault", "files": files, "bytes": bytes, "keep": c.Vault.Keep, "taken": c.Vault.Taken})
		return nil
	}
	word := a.say("vault.status", "files", humanize.Comma(int64(files)), "size", bytesText(bytes), "days", fmt.Sprint(c.Vault.Keep))
	if c.Vault.Keep == 0 {
		word = a.say("vault.forever", "files", humanize.Comma(int64(files)), "size", bytesText(bytes))
	}
	fmt.Fprintln(a.out, word)
	return nil
}
