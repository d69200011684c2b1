package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/pipeline/redact"
	"wasl/pipeline/vault"
)

func (a *app) forgetCommand() *cobra.Command {
	var dry, yes, list bool
	var asked request
	cmd := &cobra.Command{
		Use:   "forget CUSTOMER",
		Short: "Take a customer out of the vault and the ledger, and leave a tombstone",
		Long: `forget takes out what is stored of a customer: names, telephones, addresses, notes in
their rows of stored files and of their originals in taken/, in documents, problems,
answers and workbooks. CUSTOMER is the shop's number, the ERP's, an address of mail or
a telephone; where it may be several persons, they are listed and nothing is done.
With --dry-run nothing is done either: it says what would be.

Orders, amounts, numbers and what has been sent stay, so that nothing is done twice.
E-receipts and the answers to them are kept for five years by law; it says until when.
Files in the ERP's folder are the ERP's: they are named, and left alone.

What is left is a tombstone: when it was done, how much it was, and keyed hashes by which
the customer is known again. A later file that brings what was known brings back nothing
of them; their own record is left out, a new sale goes on, and it is told. Once begun it
is finished, also after a crash, by "wasl run" or by the next call. It cannot be undone.`,
		Example: "  wasl forget mona@example.net --dry-run\n  wasl forget C-7001 --by Hala --why \"she asked for it in writing\"\n  wasl forget --list",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			asked.by, asked.why = strings.TrimSpace(asked.by), strings.TrimSpace(asked.why)
			if list == (len(args) == 1) {
				return usage{errors.New("name one customer, or say --list")}
			}
			if list || dry {
				return a.lookForgotten(cmd.Context(), args)
			}
			h, err := a.openHouse(cmd.Context(), a.teller().tell)
			if err != nil {
				return err
			}
			return errors.Join(a.forget(cmd.Context(), h, args[0], asked, yes), h.close())
		},
	}
	cmd.Flags().BoolVar(&dry, "dry-run", false, "say what would be taken out, and do nothing")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask on the terminal whether it is meant")
	cmd.Flags().BoolVar(&list, "list", false, "list who was forgotten when: tombstones, without names")
	cmd.Flags().StringVar(&asked.by, "by", "", "who asked for it")
	cmd.Flags().StringVar(&asked.why, "why", "", "why")
	return cmd
}

// lookForgotten does what only reads: the tombstones, or what would be taken out.
func (a *app) lookForgotten(ctx context.Context, args []string) error {
	c, l, done, err := a.reading(ctx)
	if err != nil {
		return err
	}
	defer done()
	if len(args) == 0 {
		return a.listForgotten(ctx, c, l)
	}
	dir := filepath.Join(c.path(c.State), "vault")
	if _, err := os.Stat(dir); err != nil {
		return fmt.Errorf("open vault: %w", err) // it is not made by looking
	}
	v, err := vault.Open(dir)
	if err != nil {
		return fmt.Errorf("open vault: %w", err)
	}
	o := &oblivion{cfg: c, ledger: l, vault: v}
	h, gone, err := a.sought(ctx, o, args[0])
	if err != nil || gone {
		return err
	}
	a.showForgetting(o, h)
	if !a.json {
		fmt.Fprintf(a.out, "\n%s\n", a.say("forget.dry"))
	}
	return a.forgetBarred(h)
}

// sought finds the person of a word, and what there is of them. gone: they were forgotten
// before, and nothing has come since.
func (a *app) sought(ctx context.Context, o *oblivion, word string) (h ledger.Holding, gone bool, err error) {
	var all census
	if err := o.count(ctx, &all); err != nil {
		return h, false, err
	}
	p, people := all.who(word)
	if len(people) > 1 {
		return h, false, a.cannot(&pipeline.Trouble{Rule: "forget.several", With: map[string]string{"word": word, "people": strings.Join(people, ", ")}})
	}
	if len(people) == 0 || len(p.Emails)+len(p.Phones)+len(p.Texts) == 0 {
		before := p
		before.IDs = append(slices.Clone(p.IDs), pipeline.CustomerID(strings.TrimPrefix(word, "C-")))
		before.Emails, before.Phones = append(before.Emails, pipeline.MailKey(word)), append(before.Phones, pipeline.PhoneKey(word))
		tombs, err := o.ledger.TombstonesOf(ctx, before)
		if err != nil {
			return h, false, err
		}
		if n := len(tombs); n > 0 {
			a.showTombstone(o.cfg, tombs[n-1], "before")
			return h, true, nil
		}
	}
	if len(people) == 0 {
		return h, false, a.cannot(&pipeline.Trouble{Rule: "forget.nobody", With: map[string]string{"word": word}})
	}
	o.person = p
	if err := o.pass(ctx, false); err != nil {
		return h, false, err
	}
	h, err = o.ledger.Holds(ctx, p, o.shas)
	return h, false, err
}

// forgetBarred is why a customer cannot be forgotten now; nil where nothing stands in the
// way.
func (a *app) forgetBarred(h ledger.Holding) error {
	switch {
	case len(h.Unread) > 0:
		return a.cannot(&pipeline.Trouble{Rule: "forget.unread", With: map[string]string{"files": strings.Join(h.Unread, ", ")}})
	case len(h.Open) > 0:
		return a.cannot(&pipeline.Trouble{Rule: "forget.open", With: map[string]string{"documents": strings.Join(shortList(h.Open), ", ")}})
	}
	return nil
}

func shortList(names []string) []string {
	names = slices.Compact(slices.Sorted(slices.Values(names)))
	if len(names) > 20 {
		names = append(names[:20:20], "...")
	}
	return names
}

// forget takes a customer out of everything that is ours.
func (a *app) forget(ctx context.Context, h *house, word string, asked request, yes bool) error {
	if err := h.finishForgetting(ctx); err != nil {
		return err
	}
	o := &oblivion{cfg: h.cfg, ledger: h.ledger, vault: h.vault}
	held, gone, err := a.sought(ctx, o, word)
	if err != nil || gone {
		return err
	}
	if err := a.forgetBarred(held); err != nil {
		return err
	}
	if !yes && a.onTerminal() {
		a.showForgetting(o, held)
		if !a.confirmed(a.say("forget.sure")) {
			fmt.Fprintln(a.out, a.say("forget.not"))
			return nil
		}
	}
	f, err := h.ledger.Forget(ctx, o.person, asked.by, asked.why)
	if err != nil {
		return err
	}
	done, err := h.goOnForgetting(ctx, f)
	if err != nil {
		return err
	}
	return a.forgetAccount(ctx, h, done, f)
}

// forgetAccount says what was done, and proves that nothing is left: all is gone through
// once more.
func (a *app) forgetAccount(ctx context.Context, h *house, done *oblivion, f ledger.Forgotten) error {
	tombs, err := h.ledger.Tombstones(ctx)
	if err != nil {
		return err
	}
	for _, t := range tombs {
		if t.ID == f.ID {
			a.showTombstone(h.cfg, t, "done")
			f = t
		}
	}
	again := &oblivion{cfg: h.cfg, ledger: h.ledger, vault: h.vault, person: f.Person}
	again.person = done.person
	if err := again.pass(ctx, false); err != nil {
		return err
	}
	var told, left []string
	for _, file := range again.files {
		if file.Does == fileTold {
			told = append(told, file.Path)
			continue
		}
		left = append(left, file.Path)
	}
	if f.Papers == 0 { // else the ledger holds what the law keeps
		more, err := bytesLeft(h.cfg.path(h.cfg.State), done.person)
		if err != nil {
			return err
		}
		left = append(left, more...)
	}
	if len(told) > 0 {
		if a.json {
			a.jsonLine(a.out, map[string]any{"what": "told", "files": told})
		} else {
			fmt.Fprintln(a.out, a.say("forget.told", "files", strings.Join(told, ", ")))
		}
	}
	if len(left) > 0 {
		a.fail(&pipeline.Trouble{Rule: "forget.left", With: map[string]string{"files": strings.Join(left, ", ")}})
		a.code = exitAside
	}
	return nil
}

// bytesLeft are the files of the state folder in whose bytes a mail or a telephone of a
// person stands.
func bytesLeft(state string, p pipeline.Person) (out []string, err error) {
	err = filepath.WalkDir(state, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasPrefix(path, filepath.Join(state, "vault")+string(filepath.Separator)) {
			return err // the vault was gone through by rows: others may have the telephone, too
		}
		data, err := os.ReadFile(path)
		if err == nil && redact.Holds(p, data) {
			out = append(out, path)
		}
		return err
	})
	return out, err
}

// finishForgetting goes on with what a crash has cut short.
func (h *house) finishForgetting(ctx context.Context) error {
	open, err := h.ledger.Unforgotten(ctx)
	if err != nil {
		return err
	}
	for _, f := range open {
		if _, err := h.goOnForgetting(ctx, f); err != nil {
			return err
		}
		h.steps.Tell(pipeline.Event{Time: time.Now(), What: pipeline.EventRequest, Note: h.app.say("forget.finished", "day", h.cfg.clock(f.At))})
	}
	return nil
}

// goOnForgetting does what is still to be done of an order to forget somebody: files, then
// the ledger, then workbooks and free pages. Every step may be done again.
func (h *house) goOnForgetting(ctx context.Context, f ledger.Forgotten) (*oblivion, error) {
	o := &oblivion{cfg: h.cfg, ledger: h.ledger, vault: h.vault, person: f.Person}
	if f.Step == ledger.ForgetOpen {
		if err := o.pass(ctx, true); err != nil {
			return o, fmt.Errorf("forget a customer: %w", err)
		}
		var err error
		if f, err = h.ledger.Erase(ctx, f.ID, o.person, o.days); err != nil {
			return o, err
		}
	}
	for _, day := range f.Days {
		if _, err := h.reportDay(ctx, day); err != nil {
			return o, fmt.Errorf("write the workbook of %s again: %w", day, err)
		}
	}
	return o, h.ledger.SweepForgotten(ctx, f.ID)
}

// onTerminal tells whether somebody sits before the program.
func (a *app) onTerminal() bool {
	in, ok := a.in.(*os.File)
	return ok && isatty.IsTerminal(in.Fd()) && !a.json
}

// confirmed asks, and tells whether the answer is yes.
func (a *app) confirmed(question string) bool {
	fmt.Fprint(a.out, question+" ")
	line, _ := bufio.NewReader(a.in).ReadString('\n') // no answer is no
	switch pipeline.Fold(line) {
	case "y", "yes", "نعم":
		return true
	}
	return false
}

// showForgetting says what there is of a person, and what would become of it.
func (a *app) showForgetting(o *oblivion, h ledger.Holding) {
	if a.json {
		for _, f := range o.files {
			a.jsonLine(a.out, map[string]any{"what": "file", "file": f.Path, "does": f.Does, "records": f.Records})
		}
		a.jsonLine(a.out, map[string]any{"what": "forget", "customer": o.person.IDs, "documents": h.Documents, "papers": h.Papers, "open": h.Open, "unread": h.Unread})
		return
	}
	ids := make([]string, 0, len(o.person.IDs))
	for _, id := range o.person.IDs {
		ids = append(ids, "C-"+id)
	}
	fmt.Fprintln(a.out, a.say("forget.who", "who", strings.Join(slices.Concat(ids, o.person.Refs, o.person.Emails, o.person.Phones), ", ")))
	for _, f := range o.files {
		fmt.Fprintf(a.out, "  %-14s %s\n", a.say("forget.file."+f.Does), f.Path)
	}
	if n := len(h.Documents); n > 0 {
		fmt.Fprintf(a.out, "  %s\n", a.say("forget.documents", "count", humanize.Comma(int64(n)), "names", strings.Join(shortList(h.Documents), ", ")))
	}
	if n := len(h.Papers); n > 0 {
		fmt.Fprintf(a.out, "  %s\n", a.say("forget.papers", "count", humanize.Comma(int64(n)), "day", o.cfg.dayOf(h.Until)))
	}
}

// showTombstone says that somebody was forgotten.
func (a *app) showTombstone(c *Config, f ledger.Forgotten, key string) {
	if a.json {
		a.jsonLine(a.out, struct {
			What string `json:"what"`
			ledger.Forgotten
		}{"forgotten." + key, f})
		return
	}
	fmt.Fprintln(a.out, a.say("forget."+key, "when", c.clock(f.At), "files", humanize.Comma(int64(f.Files)), "whole", humanize.Comma(int64(f.Whole)),
		"documents", humanize.Comma(int64(f.Documents)), "rows", humanize.Comma(int64(f.Rows))))
	if f.Papers > 0 {
		fmt.Fprintf(a.out, "  %s\n", a.say("forget.papers", "count", humanize.Comma(int64(f.Papers)), "day", c.dayOf(f.Until.UnixNano())))
	}
	if f.By != "" || f.Why != "" {
		fmt.Fprintf(a.out, "  %s\n", a.say("forget.asked", "by", f.By, "why", f.Why))
	}
}

// dayOf is a day of the shop's zone.
func (c *Config) dayOf(nanos int64) string {
	return time.Unix(0, nanos).In(c.zone).Format(time.DateOnly)
}

// listForgotten lists the tombstones.
func (a *app) listForgotten(ctx context.Context, c *Config, l *ledger.Ledger) error {
	all, err := l.Tombstones(ctx)
	if err != nil {
		return err
	}
	for _, f := range all {
		a.showTombstone(c, f, "tombstone")
	}
	if len(all) == 0 && !a.json {
		fmt.Fprintln(a.out, a.say("forget.none"))
	}
	return nil
}
