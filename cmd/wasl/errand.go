package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"wasl/pipeline"
)

// An errand is a command that another process does: the wasl watch that holds the
// state folder. Whoever may write into the state folder may ask for one.
type errand struct {
	Version int       `json:"wasl"` // errandVersion
	Command string    `json:"command"`
	Args    []string  `json:"args,omitempty"` // flags as --name=value, then -- and the other arguments
	By      string    `json:"by,omitempty"`
	Why     string    `json:"why,omitempty"`
	At      time.Time `json:"at"`
	Lang    string    `json:"lang"`
	JSON    bool      `json:"json,omitempty"`
}

// An answer is what became of an errand: what the command printed and its exit code.
type answer struct {
	Version int        `json:"wasl"`
	Exit    int        `json:"exit"`
	Lines   []printing `json:"lines"`
	At      time.Time  `json:"at"`
}

// A printing is what a command wrote in one go.
type printing struct {
	Err  bool   `json:"err,omitempty"` // to the standard error, not to the standard output
	Text string `json:"text"`
}

// errandVersion is the form of both files.
const errandVersion = 1

// mostErrand is how large the file of an errand may be, in bytes.
const mostErrand = 1 << 20

// errands are the commands that a watch does for others.
var errands = []string{"plan", "pull", "release", "receipts adopt", "receipts decide", "receipts reissue", "retry", "reupload", "seen", "undo"}

// A counter is the folder state/requests, over which errands go and answers come
// back. An errand's files are named by its ID, a UUID that sorts by time:
//
//	ID.json           asked for; renamed by whoever is first to
//	ID.taken.json     being done, or was being done when its watch died
//	ID.withdrawn.json the command waits no longer: nobody does it
//	ID.answer.json    done; the command reads it and removes all
//
// Every file appears whole, by a rename.
type counter struct{ dir string }

// The endings of an errand's files.
const (
	endAsked     = ".json"
	endTaken     = ".taken.json"
	endWithdrawn = ".withdrawn.json"
	endAnswered  = ".answer.json"
)

func counterOf(c *Config) counter { return counter{filepath.Join(c.path(c.State), "requests")} }

func (c counter) path(id, ending string) string { return filepath.Join(c.dir, id+ending) }

// ask puts an errand on the counter.
func (c counter) ask(e errand) (id string, err error) {
	name, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("name a request: %w", err)
	}
	e.Version = errandVersion
	return name.String(), c.write(name.String()+endAsked, e)
}

// write writes a file that is there whole or not at all, also after a power cut.
func (c counter) write(name string, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.MkdirAll(c.dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of requests: %w", err)
	}
	err = pipeline.WriteWhole(filepath.Join(c.dir, name), 0o600, func(to io.Writer) error {
		_, err := to.Write(append(text, '\n'))
		return err
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// waiting are the errands that nobody has answered, in the order in which they
// were asked for.
func (c counter) waiting() ([]string, error) {
	names, err := c.names()
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, name := range names {
		id, ending := idOf(name)
		if (ending == endAsked || ending == endTaken) && !slices.Contains(names, id+endAnswered) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// names are the files on the counter; of a folder that is not there, none.
func (c counter) names() ([]string, error) {
	entries, err := os.ReadDir(c.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("look for requests: %w", err)
	}
	var names []string
	for _, e := range entries {
		if e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// idOf takes the name of a file apart; "" where it is none of an errand.
func idOf(name string) (id, ending string) {
	id, ending, _ = strings.Cut(name, ".")
	if uuid.Validate(id) != nil {
		return "", ""
	}
	return id, "." + ending
}

// take makes an errand the caller's own, and reads it. One that was withdrawn
// meanwhile is fs.ErrNotExist; one that cannot be understood, a *pipeline.Trouble.
func (c counter) take(id string) (e errand, err error) {
	err = os.Rename(c.path(id, endAsked), c.path(id, endTaken))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return e, fmt.Errorf("take request %s: %w", id, err)
	}
	err = c.read(id+endTaken, &e)
	if err == nil && (e.Version != errandVersion || !slices.Contains(errands, e.Command)) {
		err = &pipeline.Trouble{Rule: "request.form", With: map[string]string{"request": id}}
	}
	return e, err
}

// read reads a file of the counter.
func (c counter) read(name string, into any) error {
	path := filepath.Join(c.dir, name)
	info, err := os.Lstat(path)
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	text := []byte{}
	if info.Mode().IsRegular() && (info.Size() <= mostErrand || strings.HasSuffix(name, endAnswered)) {
		if text, err = os.ReadFile(path); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return &pipeline.Trouble{Rule: "request.form", With: map[string]string{"request": name}, Err: err}
	}
	return nil
}

// answer stores the answer of an errand.
func (c counter) answer(id string, a answer) error {
	a.Version, a.At = errandVersion, time.Now().UTC()
	return c.write(id+endAnswered, a)
}

// fetch reads the answer of an errand, where there is one.
func (c counter) fetch(id string) (a answer, ok bool, err error) {
	err = c.read(id+endAnswered, &a)
	if errors.Is(err, fs.ErrNotExist) {
		return a, false, nil
	}
	return a, err == nil, err
}

// withdraw takes an errand back that nobody has taken yet; false where somebody has.
func (c counter) withdraw(id string) bool {
	if os.Rename(c.path(id, endAsked), c.path(id, endWithdrawn)) != nil {
		return false
	}
	_ = os.Remove(c.path(id, endWithdrawn)) // what stays is swept
	return true
}

// clear removes an errand that is done: its answer last, for without one it would
// be done.
func (c counter) clear(id string) error {
	for _, ending := range []string{endAsked, endTaken, endWithdrawn, endAnswered} {
		if err := os.Remove(c.path(id, ending)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clear request %s: %w", id, err)
		}
	}
	return nil
}

// sweep removes what nobody will come for any more: answers, withdrawn errands and
// half-written files that are older than a time. It gives the answers' errands.
func (c counter) sweep(before time.Time) (unread []string, err error) {
	names, err := c.names()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		info, err := os.Lstat(filepath.Join(c.dir, name))
		if err != nil || !info.ModTime().Before(before) {
			continue
		}
		switch id, ending := idOf(name); {
		case ending == endAnswered:
			if err := c.clear(id); err != nil {
				return unread, err
			}
			unread = append(unread, id)
		case ending == endWithdrawn, strings.HasSuffix(name, ".tmp"):
			if err := os.Remove(filepath.Join(c.dir, name)); err != nil {
				return unread, err
			}
		}
	}
	return unread, nil
}
