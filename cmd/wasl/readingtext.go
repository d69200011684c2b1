package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize"

	"wasl/pipeline"
	"wasl/stages/reconcile"
)

// ignoredWhys are the reasons for which a row is no data, in the order in which
// they are told.
var ignoredWhys = []string{"title", "column numbers", "group", "total", "hidden", "continued", "footer", "header again"}

// readingText is how a file was read, in one line.
func (a *app) readingText(r pipeline.Reading) string {
	parts := []string{r.Format, r.CodePage, reconcile.Delimiter(a.language(), r.Delimiter), r.Sheet}
	switch {
	case r.HeaderEnd > r.HeaderRow:
		parts = append(parts, a.say("headers", "first", strconv.Itoa(r.HeaderRow), "last", strconv.Itoa(r.HeaderEnd)))
	case r.HeaderRow > 0:
		parts = append(parts, a.say("header", "row", strconv.Itoa(r.HeaderRow)))
	case r.TableEnd > 0:
		parts = append(parts, a.say("headerless"))
	}
	if r.TableEnd > 0 {
		parts = append(parts, a.say("tableEnd", "row", strconv.Itoa(r.TableEnd)))
	}
	if r.Sample != "" { // for people to see whether the code page is right
		parts = append(parts, `"`+r.Sample+`"`)
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), a.say("comma"))
}

// readingLines say what else was found out about a file: which rows are no data,
// how columns write dates and numbers, and what the file's own totals say.
func (a *app) readingLines(r pipeline.Reading) {
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(a.out, "  %-12s %s\n", name, value)
		}
	}
	for _, why := range ignoredWhys {
		line(a.say("ignored."+why), ignoredRows(r, why))
	}
	for _, column := range slices.Sorted(maps.Keys(r.Styles)) {
		line(a.say("style"), column+": "+reconcile.Style(a.language(), r.Styles[column]))
	}
	for _, w := range r.Words {
		line(a.say("word"), w.Asked+" = "+w.Column)
	}
	line(a.say("doubled"), strings.Join(r.Doubled, a.say("comma")))
	if text := a.controlsText(r.Controls); text != "" {
		fmt.Fprintf(a.out, "  %s: %s\n", a.say("controls"), text)
	}
}

// controlsText says how many of a file's totals agree with its rows.
func (a *app) controlsText(controls []pipeline.Control) string {
	agree := 0
	for _, c := range controls {
		if c.Off().IsZero() {
			agree++
		}
	}
	var parts []string
	if agree > 0 {
		parts = append(parts, a.say("agree", "count", humanize.Comma(int64(agree))))
	}
	if n := len(controls) - agree; n > 0 {
		parts = append(parts, a.say("differ", "count", humanize.Comma(int64(n))))
	}
	return strings.Join(parts, a.say("comma"))
}
