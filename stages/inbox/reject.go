package inbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"wasl/pipeline"
)

// whyEnding is put to the name of a rejected file to name the note beside it.
const whyEnding = ".why.txt"

// Reject moves the originals of which nothing is to be used to rejected/, each
// with a note beside it that says why and what to do, in English and in Arabic.
// It may be called at any time, also again after half of it, and writes over
// nothing. A folder that cannot be used now is no error: it is told, once, and
// the next call goes on.
func (i *Inbox) Reject(ctx context.Context) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	rejects, err := i.deps.Door.Rejects(ctx)
	if err != nil {
		return fmt.Errorf("list what is to be rejected: %w", err)
	}
	if len(rejects) == 0 {
		return nil
	}
	root, err := i.enter()
	if err != nil {
		if trouble, ok := errors.AsType[*pipeline.Trouble](err); ok && trouble.Rule == "inbox.gone" {
			i.tell(Left{rejectedDir, trouble})
			return nil
		}
		return err
	}
	defer func() { _ = root.Close() }() // only a handle on the folder
	for _, r := range rejects {
		if err := ctx.Err(); err != nil {
			return err
		}
		place, err := i.reject(ctx, root, r)
		if err != nil {
			i.tell(Left{show(r.Drop.Name), &pipeline.Trouble{Rule: "inbox.write", With: map[string]string{"path": rejectedDir}, Err: err}})
			continue
		}
		if place == "" {
			continue
		}
		if err := i.deps.Door.Placed(ctx, r.Drop.ID, place); err != nil {
			return fmt.Errorf("account for %s: %w", r.Drop.ID, err)
		}
	}
	return nil
}

// reject writes the note, then moves the original, and says where it is now: the
// note's place where the original is no more, "" where it has to stay in the
// inbox. The note comes first because it names the drop: so after a crash the
// same name is chosen again.
func (i *Inbox) reject(ctx context.Context, root *os.Root, r pipeline.Reject) (place string, err error) {
	place, written, err := rejectPlace(root, r.Drop)
	if err != nil {
		return "", err
	}
	if !written {
		if err := root.MkdirAll(rejectedDir, 0o755); err != nil {
			return "", err
		}
		if _, err := i.write(ctx, root, place+whyEnding, strings.NewReader(i.whyText(r))); err != nil {
			return "", err
		}
	}
	if _, err := root.Lstat(place); err == nil {
		return place, nil // moved before a crash
	}
	from, gone := i.original(root, r)
	if from != "" {
		return i.moveNew(root, from, place)
	}
	if gone {
		return place + whyEnding, nil
	}
	return "", nil
}

// rejectPlace is where a drop's original goes: the first name that neither a
// file nor a note has, or the one whose note is of this drop already.
func rejectPlace(root *os.Root, d pipeline.Drop) (place string, written bool, err error) {
	for n := 1; ; n++ {
		place = numbered(path.Join(rejectedDir, safeName(d.Name)), n)
		note, err := root.ReadFile(place + whyEnding)
		if err == nil && strings.Contains(string(note), idLine(d)) {
			return place, true, nil
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", false, err
		}
		free := err != nil
		if _, err := root.Lstat(place); free && errors.Is(err, fs.ErrNotExist) {
			return place, false, nil
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", false, err
		}
	}
}

// original is where a reject's original is, outside of what arrives; "" where it
// is not there, and gone where it is no more. What still lies in the inbox is
// moved by a round, or may not be moved: there the ledger must go on knowing it,
// and a file of its name may be another one.
func (i *Inbox) original(root *os.Root, r pipeline.Reject) (place string, gone bool) {
	place = r.Place
	if gone = strings.HasPrefix(place, takenDir+"/"); !gone {
		// A crash may have come between moving it and telling the ledger: then it
		// lies where it was to go.
		place = i.takenPlace(r.Drop, r.Drop.Name)
	}
	if s, err := i.shapeOf(root, place); err == nil && s.Size == r.Drop.Size {
		return place, false
	}
	return "", gone || r.Place == placeGone
}

// whyText is the note beside a rejected file.
func (i *Inbox) whyText(r pipeline.Reject) string {
	why := slices.Clone(r.Why)
	if len(why) == 0 {
		why = []pipeline.Problem{{Rule: "drop.unclaimed"}}
	}
	for n, p := range why {
		if p.Rule == "drop.unclaimed" {
			why[n] = pipeline.Problem{Origin: pipeline.Origin{File: show(r.Drop.Name)}, Rule: p.Rule, With: map[string]string{"patterns": i.deps.Patterns}}
		}
	}
	var b strings.Builder
	b.WriteString("\ufeff") // by which old editors tell that the text is UTF-8
	arrived := r.Drop.Arrived.In(i.deps.Zone).Format("2006-01-02 15:04")
	fmt.Fprintf(&b, "%s\n%s\n%s\n", show(r.Drop.Name), idLine(r.Drop), arrived)
	b.WriteString("\nNothing of this file was used:\n")
	reasons(&b, why, "en", "what to do")
	b.WriteString("\nلم يُستخدم شيء من هذا الملف:\n")
	reasons(&b, why, "ar", "ما العمل")
	return strings.ReplaceAll(b.String(), "\n", "\r\n")
}

// reasons writes the first problems of a list, each with what to do.
func reasons(b *strings.Builder, why []pipeline.Problem, lang, todo string) {
	const most = 50 // nobody reads on; the workbook has them all
	for _, p := range why[:min(len(why), most)] {
		fmt.Fprintf(b, "- %s\n", p.In(lang))
		if fix := p.Fix(lang); fix != "" {
			fmt.Fprintf(b, "  %s: %s\n", todo, fix)
		}
	}
	if more := len(why) - most; more > 0 {
		fmt.Fprintf(b, "- (+ %d)\n", more)
	}
}

// idLine is the line of a note that says of which arrival it is.
func idLine(d pipeline.Drop) string { return "wasl " + d.ID }
