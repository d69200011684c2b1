package main

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"sync"
	"time"

	"wasl/pipeline"
)

const (
	// counterEvery is how often a watch looks whether somebody asks for something.
	counterEvery = 200 * time.Millisecond
	// unreadFor is how long an answer lies that nobody fetches.
	unreadFor = time.Hour
)

// serve does what other commands ask for, one errand after another, until ctx
// ends. What goes wrong with the folder is told, once, and tried again.
func (h *house) serve(ctx context.Context, wakeAll func()) error {
	c := counterOf(h.cfg)
	told := ""
	p := newPresence(c)
	defer p.leave()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		err := errors.Join(h.serveAll(ctx, c, p, wakeAll), p.beat(""))
		if err != nil && ctx.Err() == nil && err.Error() != told {
			h.steps.Tell(pipeline.Event{Time: time.Now(), What: pipeline.EventFailed, Note: err.Error(), Wait: rewrite, Err: err})
		}
		told = ""
		if err != nil {
			told = err.Error()
		}
		timer.Reset(counterEvery)
	}
}

// serveAll does the errands that wait now, and sweeps what nobody has fetched.
func (h *house) serveAll(ctx context.Context, c counter, p *presence, wakeAll func()) error {
	ids, err := c.waiting()
	if err != nil {
		return err
	}
	var failed error
	for _, id := range ids {
		if err := h.serveOne(ctx, c, p, id); err != nil {
			failed = errors.Join(failed, err)
		}
		wakeAll()
		if ctx.Err() != nil {
			return failed
		}
	}
	unread, err := c.sweep(time.Now().Add(-unreadFor))
	for _, id := range unread {
		h.tellErrand(h.app.say("request.unread", "request", id))
	}
	return errors.Join(failed, err)
}

// serveOne does an errand and answers it. One that ctx cuts short has no answer: it
// is done at the next start, or by the command itself, and what it had stored is
// found then by its ID.
func (h *house) serveOne(ctx context.Context, c counter, p *presence, id string) error {
	e, err := c.take(id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // withdrawn
	}
	var out transcript
	trouble, misread := errors.AsType[*pipeline.Trouble](err)
	switch {
	case misread:
		sub := h.clerk(id, errand{Lang: h.app.lang}, &out)
		sub.fail(trouble)
		return c.answer(id, answer{Exit: exitCouldNot, Lines: out.lines})
	case err != nil:
		return err
	}
	if err := p.beat(e.what()); err != nil {
		return err
	}
	code := h.do(ctx, id, e, &out)
	if ctx.Err() != nil {
		return nil
	}
	if err := c.answer(id, answer{Exit: code, Lines: out.lines}); err != nil {
		return err
	}
	note := h.app.say("request.done", "what", h.app.upright(e.what()), "exit", strconv.Itoa(code))
	if e.By != "" {
		note = h.app.say("request.doneFor", "what", h.app.upright(e.what()), "by", e.By, "exit", strconv.Itoa(code))
	}
	h.tellErrand(note)
	return nil
}

func (h *house) tellErrand(note string) {
	h.steps.Tell(pipeline.Event{Time: time.Now(), What: pipeline.EventRequest, Note: note})
}

// do runs the command of an errand within this house, as if it had been typed, and
// gives its exit code.
func (h *house) do(ctx context.Context, id string, e errand, out *transcript) int {
	sub := h.clerk(id, e, out)
	root := sub.root()
	root.SetArgs(append(strings.Fields(e.Command), append([]string{"--dir=" + h.app.dir, "--lang=" + e.Lang, "--json=" + strconv.FormatBool(e.JSON)}, e.argv()...)...))
	root.SetIn(sub.in)
	root.SetOut(sub.out)
	root.SetErr(sub.err)
	return sub.exit(ctx, root.ExecuteContext(ctx))
}

// clerk is the app that does an errand.
func (h *house) clerk(id string, e errand, out *transcript) *app {
	return &app{in: strings.NewReader(""), out: out.side(false), err: out.side(true), getenv: h.app.getenv, dir: h.app.dir,
		lang: e.Lang, json: e.JSON, inside: h, errand: id}
}

// what names an errand for people.
func (e errand) what() string {
	words := []string{"wasl", e.Command}
	for _, arg := range e.Args {
		if arg != "--" {
			words = append(words, arg)
		}
	}
	return strings.Join(words, " ")
}

// argv are the arguments of the command of an errand.
func (e errand) argv() []string {
	var out []string
	if e.By != "" {
		out = append(out, "--by="+e.By)
	}
	if e.Why != "" {
		out = append(out, "--why="+e.Why)
	}
	return append(out, e.Args...)
}

// A transcript keeps what a command prints, in its order.
type transcript struct {
	mu    sync.Mutex
	lines []printing
}

func (t *transcript) side(err bool) side { return side{t, err} }

type side struct {
	t   *transcript
	err bool
}

// Write keeps a text behind what was printed before.
func (s side) Write(p []byte) (int, error) {
	s.t.mu.Lock()
	defer s.t.mu.Unlock()
	if n := len(s.t.lines); n > 0 && s.t.lines[n-1].Err == s.err {
		s.t.lines[n-1].Text += string(p)
	} else {
		s.t.lines = append(s.t.lines, printing{Err: s.err, Text: string(p)})
	}
	return len(p), nil
}
