package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"wasl/pipeline"
)

// A command over all shops is this program once for each, all at the same time, in
// processes of their own: one that fails, hangs or dies takes no other with it.

const (
	// endIn is how long a shop's process may take to end once it was told to.
	endIn = 30 * time.Second
	// againAfter is how long a watch of a shop that ended stays down at first, and
	// againMost at most.
	againAfter = time.Second
	againMost  = 5 * time.Minute
)

// ranks puts exit codes in the order of how bad they are.
var ranks = []int{exitDone, exitAside, exitLocked, exitUsage, exitCouldNot, exitInterrupted}

// worse is the worse of two exit codes.
func worse(a, b int) int {
	if slices.Index(ranks, b) > slices.Index(ranks, a) {
		return b
	}
	return a
}

// forAll does a command for every shop, and takes the worst exit code. A watch that
// ends is started again, after growing pauses.
func (a *app) forAll(cmd *cobra.Command, all *shops, args []string) error {
	ctx := cmd.Context()
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program itself: %w", err)
	}
	f := &fleet{app: a, self: self, command: cmd.Name(), args: flagsOf(cmd, args), width: longest(all.names)}
	stays := cmd.Name() == "watch"
	if stays && !a.json {
		fmt.Fprintln(a.err, a.say("shops.started", "shops", strings.Join(all.names, ", ")))
	}
	var each sync.WaitGroup
	var mu sync.Mutex
	code := exitDone
	for _, name := range all.names {
		each.Go(func() {
			did := f.run(ctx, all, name)
			for pause := againAfter; stays && ctx.Err() == nil && did != exitUsage; pause = min(2*pause, againMost) {
				f.tell(a.say("shops.again", "shop", name, "wait", pause.String()))
				select {
				case <-ctx.Done():
				case <-time.After(pause):
					began := time.Now()
					if did = f.run(ctx, all, name); time.Since(began) > againMost {
						pause = againAfter / 2 // it was well for long
					}
				}
			}
			mu.Lock()
			defer mu.Unlock()
			code = worse(code, did)
		})
	}
	each.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return printed{code}
}

// fleet is one command on its way through the shops.
type fleet struct {
	app     *app
	self    string // the program
	command string
	args    []string
	width   int // of the names

	mu sync.Mutex // one line at a time
}

// run runs the command for one shop, and gives its exit code.
func (f *fleet) run(ctx context.Context, all *shops, name string) int {
	args := append([]string{f.command, "--dir=" + all.folder(name)}, f.args...)
	c := exec.CommandContext(ctx, f.self, args...)
	c.Args[0] = os.Args[0] // by which a test knows what it is to be
	c.WaitDelay = endIn
	c.Cancel = func() error {
		err := c.Process.Signal(os.Interrupt)
		if err != nil && !errors.Is(err, os.ErrProcessDone) { // Windows knows no such signal
			err = c.Process.Kill()
		}
		return err
	}
	out, errs := f.lines(name, f.app.out), f.lines(name, f.app.err)
	c.Stdout, c.Stderr = out, errs
	err := c.Run()
	out.end()
	errs.end()
	ended, exited := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil:
		return exitInterrupted
	case exited && ended.ExitCode() > 0 && slices.Contains(ranks, ended.ExitCode()):
		return ended.ExitCode()
	}
	t := &pipeline.Trouble{Rule: "shops.ended", With: map[string]string{"shop": name, "said": err.Error()}}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.app.fail(t)
	return exitCouldNot
}

func (f *fleet) tell(line string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.app.json {
		f.app.jsonLine(f.app.err, map[string]string{"what": "shops", "note": line})
		return
	}
	fmt.Fprintln(f.app.err, line)
}

// flagsOf are the flags that were given, but for those that say which shop, and the
// arguments.
func flagsOf(cmd *cobra.Command, args []string) []string {
	var out []string
	cmd.Flags().Visit(func(g *pflag.Flag) {
		list, several := g.Value.(pflag.SliceValue)
		switch {
		case g.Name == "dir" || g.Name == "shop":
		case several:
			for _, one := range list.GetSlice() {
				out = append(out, "--"+g.Name+"="+csvCell(one))
			}
		default:
			out = append(out, "--"+g.Name+"="+g.Value.String())
		}
	})
	if len(args) > 0 {
		out = append(append(out, "--"), args...)
	}
	return out
}

func longest(names []string) (n int) {
	for _, name := range names {
		n = max(n, len(name))
	}
	return n
}

// lines writes what a shop prints line by line, with the shop's name: in front of
// text, as a member of JSON.
func (f *fleet) lines(name string, to io.Writer) *shopLines {
	r, w := io.Pipe()
	l := &shopLines{PipeWriter: w, done: make(chan struct{})}
	go func() {
		defer close(l.done)
		in := bufio.NewReader(r)
		for {
			line, err := in.ReadBytes('\n')
			if len(line) > 0 {
				f.line(name, to, bytes.TrimRight(line, "\r\n"))
			}
			if err != nil {
				return // the end
			}
		}
	}()
	return l
}

type shopLines struct {
	*io.PipeWriter
	done chan struct{}
}

// end waits until all of it is written.
func (l *shopLines) end() {
	_ = l.Close() // of a pipe it cannot fail
	<-l.done
}

func (f *fleet) line(name string, to io.Writer, line []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var object map[string]json.RawMessage
	if f.app.json && json.Unmarshal(line, &object) == nil && object != nil {
		comma := ","
		if len(object) == 0 {
			comma = ""
		}
		fmt.Fprintf(to, "{\"shop\":%q%s%s\n", name, comma, bytes.TrimSpace(line)[1:])
		return
	}
	fmt.Fprintln(to, strings.TrimRight(fmt.Sprintf("%-*s | %s", f.width, name, line), " "))
}
