package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

const (
	// answerEvery is how often a command looks for its answer.
	answerEvery = 50 * time.Millisecond
	// lockEvery is how often it tries whether the state folder has become free.
	lockEvery = 500 * time.Millisecond
)

// handed is what the commands say that can be handed to a watch.
const handed = `

While "wasl watch" runs it does this command in its own process: the request lies
in state/requests until it is answered, and whoever may write into the state
folder may ask for one. It waits --patience to be taken up, and twice that for its
answer; what was taken up is done also where nobody waits for it any more.
Another wasl at work, such as "wasl run", is waited for as long as --patience.`

// atHouse lets a command work with the house. Where a watch holds it, the watch
// does the command and its answer is printed; where another wasl does, it is waited
// for, and then the command is done here.
func (a *app) atHouse(cmd *cobra.Command, args []string, patience time.Duration, do func(context.Context, *house) error) error {
	ctx := cmd.Context()
	if a.inside != nil {
		return do(ctx, a.inside)
	}
	h, err := a.openHouse(ctx, a.teller().tell)
	if err == nil {
		return errors.Join(do(ctx, h), h.close())
	}
	locked, ok := errors.AsType[*pipeline.Trouble](err)
	if !ok || !errors.Is(err, ledger.ErrLocked) {
		return err
	}
	c, err := a.settings()
	if err != nil {
		return err
	}
	w := &waiting{a: a, c: c, counter: counterOf(c), locked: locked, patience: cmp.Or(max(patience, 0), c.Patience), do: do}
	if w.errand, err = a.errandOf(cmd, args); err != nil {
		return err
	}
	return w.wait(ctx)
}

// errandOf is the command that was typed, as an errand.
func (a *app) errandOf(cmd *cobra.Command, args []string) (e errand, err error) {
	_, name, _ := strings.Cut(cmd.CommandPath(), " ") // without the program's
	e = errand{Command: name, At: time.Now().UTC(), Lang: a.language(), JSON: a.json}
	cmd.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Changed {
			return
		}
		value := f.Value.String()
		switch f.Name {
		case "by":
			e.By = strings.TrimSpace(value)
			return
		case "why":
			e.Why = strings.TrimSpace(value)
			return
		}
		if list, ok := f.Value.(pflag.SliceValue); ok { // its String has brackets, which it would not read again
			for _, one := range list.GetSlice() {
				e.Args = append(e.Args, "--"+f.Name+"="+csvCell(one))
			}
			return
		}
		if f.Name == "workbook" { // the watch works in another folder
			value, err = filepath.Abs(value)
		}
		e.Args = append(e.Args, "--"+f.Name+"="+value)
	})
	if len(args) > 0 {
		e.Args = append(append(e.Args, "--"), args...)
	}
	return e, err
}

// csvCell is a value of a flag that takes lists, as it reads one of them.
func csvCell(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// waiting is a command that waits for another wasl.
type waiting struct {
	a        *app
	c        *Config
	counter  counter
	locked   *pipeline.Trouble // who holds the state folder
	patience time.Duration
	errand   errand
	do       func(context.Context, *house) error

	id    string // of the errand; "" before it is asked for
	taken bool   // the watch has taken it up
	queue bool   // it was said that another wasl is waited for
}

func (w *waiting) wait(ctx context.Context) error {
	look, lock := time.NewTicker(answerEvery), time.NewTicker(lockEvery)
	defer look.Stop()
	defer lock.Stop()
	end := time.NewTimer(w.patience)
	defer end.Stop()
	for {
		if err := w.hand(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return w.giveUp(ctx.Err())
		case <-end.C:
			return w.giveUp(nil)
		case <-look.C:
			if done, err := w.fetch(); done {
				return err
			}
			if w.id != "" && !w.taken && !exists(w.counter.path(w.id, endAsked)) {
				w.taken = true
				end.Reset(2 * w.patience)
			}
		case <-lock.C:
			if done, err := w.myself(ctx); done {
				return err
			}
		}
	}
}

// hand puts the errand on the counter, once it is known that a watch holds the
// state folder; else it says that another wasl is waited for.
func (w *waiting) hand() error {
	if w.id != "" {
		return nil
	}
	holder := ledger.HolderOf(w.c.path(w.c.State))
	there, _, ok := w.counter.present()
	if !ok || there.PID != holder.PID || there.Host != holder.Host {
		if !w.queue {
			w.queue = true
			w.word("request.queue", w.a.say("request.queue", "patience", w.patience.String()))
		}
		return nil
	}
	var err error
	if w.id, err = w.counter.ask(w.errand); err != nil {
		return err
	}
	w.word("request.handed", w.a.say("request.handed"))
	return nil
}

// word says how far it is, beside what the command prints.
func (w *waiting) word(what, said string) {
	if w.a.json {
		w.a.jsonLine(w.a.err, map[string]string{"what": what, "request": w.id})
		return
	}
	fmt.Fprintln(w.a.err, said)
}

// fetch prints the answer, where there is one.
func (w *waiting) fetch() (done bool, err error) {
	if w.id == "" {
		return false, nil
	}
	got, ok, err := w.counter.fetch(w.id)
	if err != nil || !ok {
		return err != nil, err
	}
	for _, line := range got.Lines {
		to := w.a.out
		if line.Err {
			to = w.a.err
		}
		if _, err := io.WriteString(to, line.Text); err != nil {
			return true, err // the answer stays where it is
		}
	}
	w.a.code = got.Exit
	return true, w.counter.clear(w.id)
}

// myself does the command here where the state folder has become free. Whoever
// holds it is the only one who does errands, so this one is nobody else's now,
// also where the watch had begun with it.
func (w *waiting) myself(ctx context.Context) (done bool, err error) {
	h, err := w.a.openHouse(ctx, w.a.teller().tell)
	if locked, ok := errors.AsType[*pipeline.Trouble](err); ok && errors.Is(err, ledger.ErrLocked) {
		w.locked = locked
		return false, nil
	}
	if err != nil {
		return true, err
	}
	if done, err := w.fetch(); done {
		return true, errors.Join(err, h.close())
	}
	w.a.errand = w.id
	err = w.do(ctx, h)
	if w.id != "" && ctx.Err() == nil {
		err = errors.Join(err, w.counter.clear(w.id))
	}
	return true, errors.Join(err, h.close())
}

// giveUp ends the waiting: what nobody has taken up is withdrawn, and nothing was
// done; what was taken up goes on, and that is said.
func (w *waiting) giveUp(cause error) error {
	if w.id == "" || w.counter.withdraw(w.id) {
		if cause == nil && w.id != "" {
			w.a.fail(&pipeline.Trouble{Rule: "request.withdrawn", With: w.locked.With})
			return printed{exitLocked}
		}
		if cause == nil {
			return w.locked
		}
		return cause
	}
	if done, err := w.fetch(); done {
		return err
	}
	w.a.fail(&pipeline.Trouble{Rule: "request.taken", With: map[string]string{"what": w.errand.what()}})
	if cause != nil {
		return printed{exitInterrupted}
	}
	return printed{exitAside}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
