package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"

	"wasl/pipeline"
	"wasl/stages/reconcile"
)

// language is the language of messages: --lang, else that of wasl.yaml, else
// English.
func (a *app) language() string {
	if a.lang == "" {
		return "en"
	}
	return a.lang
}

// jsonLine prints one JSON object on a line of its own.
func (a *app) jsonLine(w io.Writer, v any) {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		fmt.Fprintf(a.err, "wasl: %v\n", err)
	}
}

// teller prints the stream of events: as text for a person, with a bar while a
// long file is read on a terminal, or as JSON.
type teller struct {
	a   *app
	w   io.Writer
	tty bool

	mu  sync.Mutex // lanes tell at the same time
	bar *progressbar.ProgressBar
}

func (a *app) teller() *teller {
	t := &teller{a: a, w: a.err}
	if a.json {
		t.w = a.out
	}
	if f, ok := a.err.(*os.File); ok {
		t.tty = isatty.IsTerminal(f.Fd()) && !a.json
	}
	return t
}

func (t *teller) tell(e pipeline.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.a.json {
		t.a.jsonLine(t.w, e)
		return
	}
	if e.What == pipeline.EventPreparing || e.What == pipeline.EventPulling {
		t.progress(e)
		return
	}
	t.clear()
	if line := t.a.eventLine(e); line != "" {
		fmt.Fprintln(t.w, line)
	}
}

// progress shows that a long file is being read.
func (t *teller) progress(e pipeline.Event) {
	if !t.tty || e.Count["rows"] == 0 {
		return
	}
	if t.bar == nil {
		t.bar = progressbar.NewOptions(cmp.Or(e.Count["of"], -1), progressbar.OptionSetWriter(t.w), progressbar.OptionShowCount(),
			progressbar.OptionSetDescription(cmp.Or(e.Job.Flow, e.Note)), progressbar.OptionSetItsString(t.a.say("rows")),
			progressbar.OptionShowIts(), progressbar.OptionClearOnFinish())
	}
	_ = t.bar.Set(e.Count["rows"]) // a bar that cannot be drawn is no failure
}

func (t *teller) clear() {
	if t.bar != nil {
		_ = t.bar.Finish() // the same
		t.bar = nil
	}
}

// eventLine is an event in one line; "" where it is not for people.
func (a *app) eventLine(e pipeline.Event) string {
	name := func() string { return fmt.Sprintf("%-10s %-28s", a.say("event."+e.What), e.Job.Flow) }
	switch e.What {
	case pipeline.EventAdmitted:
		return strings.TrimRight(fmt.Sprintf("%-10s %s", a.say("event.admitted"), e.Note), " ")
	case pipeline.EventPrepared:
		return fmt.Sprintf("%s %s", name(), a.countLine(withDocuments(e.Count)))
	case pipeline.EventDelivered:
		count := maps.Clone(e.Count)
		delete(count, string(pipeline.Ready)) // these were not sent
		if len(count) == 0 {
			return ""
		}
		return fmt.Sprintf("%s %s", name(), a.countLine(count))
	case pipeline.EventRefused:
		return fmt.Sprintf("%s %s", name(), e.Note)
	case pipeline.EventFailed:
		return fmt.Sprintf("%s %s", name(), a.failure(e))
	case pipeline.EventExpected, pipeline.EventAlarm:
		if trouble, ok := errors.AsType[*pipeline.Trouble](e.Err); ok {
			return fmt.Sprintf("%s %s", name(), trouble.Says(a.language()))
		}
	case pipeline.EventHeld:
		return fmt.Sprintf("%s %s", name(), a.say("gate.todo", "job", e.Job.String()))
	case pipeline.EventReport:
		return fmt.Sprintf("%-10s %s", a.say("event.report"), e.Note)
	case pipeline.EventWaiting:
		return a.waitLine(e)
	case pipeline.EventClosed:
		return ""
	}
	return strings.TrimRight(fmt.Sprintf("%s %s", name(), e.Note), " ")
}

// waitLine says what is waited for, and how long.
func (a *app) waitLine(e pipeline.Event) string {
	wait := e.Wait.Round(100 * time.Millisecond).String()
	words := e.Note
	switch {
	case e.Count["files"] > 0:
		words = a.say("settling", "count", strconv.Itoa(e.Count["files"]), "wait", wait)
	case e.Note == "":
		words = a.say("answering", "lane", e.Lane, "wait", wait)
	case e.Wait > 0:
		words += " (" + wait + ")"
	}
	return fmt.Sprintf("%-10s %s", a.say("event.waiting"), words)
}

// failure is what could not be done, in the reader's language, and what to do.
// One that is not tried again by itself ends the run, which says that at its end.
func (a *app) failure(e pipeline.Event) string {
	line := e.Note
	trouble, ok := errors.AsType[*pipeline.Trouble](e.Err)
	if ok && a.language() == "ar" {
		line = trouble.Says("ar")
	}
	if e.Wait == 0 {
		return line
	}
	line += "; " + a.say("again", "wait", max(e.Wait.Round(time.Second), time.Second).String())
	if ok && trouble.Fix(a.language()) != "" {
		line += fmt.Sprintf("\n    %s: %s", a.say("fix"), trouble.Fix(a.language()))
	}
	return line
}

// withDocuments adds how many documents there are: one may be made of many rows.
func withDocuments(count map[string]int) map[string]int {
	count = maps.Clone(count)
	for _, state := range pipeline.States {
		count["documents"] += count[string(state)]
	}
	return count
}

// countLine is counts in a fixed order: rows, documents, their states, problems.
// In Arabic the number stands behind its word, which would change with it.
func (a *app) countLine(count map[string]int) string {
	var parts []string
	add := func(key, word string) {
		n := count[key]
		switch {
		case n <= 0:
		case a.language() == "ar":
			parts = append(parts, word+": "+humanize.Comma(int64(n)))
		case n == 1:
			parts = append(parts, "1 "+strings.TrimSuffix(word, "s"))
		default:
			parts = append(parts, humanize.Comma(int64(n))+" "+word)
		}
	}
	add("rows", a.say("rows"))
	add("documents", a.say("documents"))
	for _, state := range pipeline.States {
		add(string(state), a.state(state))
	}
	add("problems", a.say("problems"))
	if len(parts) == 0 {
		return "0"
	}
	return strings.Join(parts, a.say("comma"))
}

// problems prints problems with what to do about each; of more than most, only
// so many, and how many more there are.
func (a *app) problems(problems []pipeline.Problem, most int) {
	problems = distinct(problems)
	for i, p := range problems {
		if i == most {
			fmt.Fprintf(a.out, "  %s\n", a.say("more", "count", humanize.Comma(int64(len(problems)-most))))
			return
		}
		fmt.Fprintf(a.out, "  %s\n", reconcile.Worded(a.language(), p).In(a.language()))
		if fix := p.Fix(a.language()); fix != "" {
			fmt.Fprintf(a.out, "      %s: %s\n", a.say("fix"), fix)
		}
	}
}

// distinct leaves out what was said before: two flows that read one file stumble
// over the same cell.
func distinct(problems []pipeline.Problem) []pipeline.Problem {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(problems), func(p pipeline.Problem) bool {
		before := seen[p.String()]
		seen[p.String()] = true
		return before
	})
}

// problemJSON is a problem for machines, with its words.
func (a *app) problemJSON(p pipeline.Problem) map[string]any {
	return map[string]any{
		"file": p.File, "sheet": p.Sheet, "row": p.Row, "was": p.Was, "column": p.Column, "field": p.Field, "value": p.Value,
		"rule": p.Rule, "with": p.With, "says": p.Says(a.language()), "fix": p.Fix(a.language()),
	}
}

// table starts a plain table: no frame, so that it can be cut and pasted.
func (a *app) table(header ...any) table.Writer {
	t := table.NewWriter()
	t.SetOutputMirror(a.out)
	t.SuppressTrailingSpaces()
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Format.Header = text.FormatDefault
	style.Box.PaddingLeft = ""
	style.Box.PaddingRight = "   "
	t.SetStyle(style)
	t.AppendHeader(table.Row(header))
	return t
}

// findings prints what is wrong with settings and mappings.
func (a *app) findings(findings []pipeline.Finding) {
	for _, f := range findings {
		if a.json {
			a.jsonLine(a.out, map[string]any{"file": f.File, "line": f.Line, "column": f.Col, "path": f.Path, "rule": f.Rule,
				"with": f.With, "says": f.In(a.language())})
			continue
		}
		fmt.Fprintln(a.out, f.In(a.language()))
	}
}

func bytesText(n int64) string { return humanize.Bytes(uint64(max(n, 0))) }
