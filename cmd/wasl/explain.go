package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/stages/transform"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain FILE CELL",
		Short: "Follow one cell: how it was read, which field and which document it became",
		Long: `explain follows one cell of a file through the whole way: how the file was read,
the header above the cell, the rule of the mapping, the value, its problems, and
the document that would be made of it. Nothing is taken, sent or kept. A cell is
named as spreadsheets do (B12), also in CSV: the row counts from 1, titles and
header included.`,
		Example: "  wasl explain exports/stock.csv C12",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			col, row, err := parseCell(args[1])
			if err != nil {
				return usage{err}
			}
			return a.explain(cmd.Context(), c, args[0], col, row)
		},
	}
}

var cellForm = regexp.MustCompile(`^(?:.*!)?\$?([A-Za-z]{1,3})\$?([0-9]{1,7})$`)

// parseCell reads the name of a cell, such as B12 or Sheet1!B12.
func parseCell(text string) (col, row int, err error) {
	m := cellForm.FindStringSubmatch(text)
	if m == nil {
		return 0, 0, &pipeline.Trouble{Rule: "usage.cell", With: map[string]string{"given": text}}
	}
	for _, r := range strings.ToUpper(m[1]) {
		col = col*26 + int(r-'A') + 1
	}
	row, err = strconv.Atoi(m[2])
	if row == 0 {
		err = &pipeline.Trouble{Rule: "usage.cell", With: map[string]string{"given": text}}
	}
	return col, row, err
}

// explain follows a cell through every flow that takes its file.
func (a *app) explain(ctx context.Context, c *Config, path string, col, row int) error {
	flows, done, err := a.flowsToTry(ctx, c)
	if err != nil {
		return err
	}
	defer done()
	file, drop, err := openToTry(c, path)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	taken := 0
	for _, f := range flows {
		if f.off || !f.flow.Takes(drop, file) {
			continue
		}
		taken++
		e := &explained{col: col, row: row, flow: f}
		e.reading, err = pipeline.Try(ctx, e.listening(), drop, file, e)
		if refused, ok := errors.AsType[*pipeline.Refused](err); ok {
			e.problems = refused.Problems
		} else if err != nil {
			return fmt.Errorf("explain %s: %w", path, err)
		}
		a.explained(e)
	}
	if taken == 0 {
		a.problemLines([]pipeline.Problem{{Rule: "drop.unclaimed", With: map[string]string{"patterns": patternsOf(flows)}}})
		return printed{exitAside}
	}
	return nil
}

// openToTry opens a file that is only looked at, as a drop that nobody admits.
func openToTry(c *Config, path string) (*os.File, pipeline.Drop, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, pipeline.Drop{}, usage{&pipeline.Trouble{Rule: "usage.open", With: map[string]string{"file": path}, Err: err}}
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = usage{&pipeline.Trouble{Rule: "usage.file", With: map[string]string{"file": path}}}
	}
	if err != nil {
		return nil, pipeline.Drop{}, errors.Join(err, file.Close())
	}
	now := time.Now()
	return file, pipeline.Drop{ID: "check", Name: filepath.Base(path), Size: info.Size(), Arrived: now,
		Day: now.In(c.zone).Format(time.DateOnly)}, nil
}

// explained is what one flow makes of a cell.
type explained struct {
	col, row int
	flow     flowFile
	reading  pipeline.Reading
	cells    *pipeline.Row
	record   *pipeline.Record
	doc      *pipeline.Document
	problems []pipeline.Problem // of the row
}

// listening is the flow, with an ear at the row.
func (e *explained) listening() pipeline.Flow {
	flow := e.flow.flow
	flow.Map = func(row pipeline.Row) (pipeline.Record, []pipeline.Problem) {
		record, problems := e.flow.flow.Map(row)
		if row.Row == e.row && e.cells == nil {
			row.Cells = slices.Clone(row.Cells)
			e.cells, e.record = &row, &record
		}
		return record, problems
	}
	return flow
}

// Document keeps the document that the row became a part of.
func (e *explained) Document(d pipeline.Document, _ int, problems []pipeline.Problem) error {
	if !slices.ContainsFunc(d.From, func(o pipeline.Origin) bool { return o.Row == e.row }) {
		return nil
	}
	e.doc, e.problems = &d, append(e.problems, problems...)
	return nil
}

// Problem keeps what is wrong with the row.
func (e *explained) Problem(p pipeline.Problem) error {
	if p.Row == e.row {
		e.problems = append(e.problems, p)
	}
	return nil
}

// header is the text above the cell.
func (e *explained) header() string {
	if e.cells != nil && e.col <= len(e.cells.Header) {
		return e.cells.Header[e.col-1]
	}
	return ""
}

// fields are the fields that read the cell, directly or by the header in their rule.
func (e *explained) fields() []transform.FieldRule {
	if e.record == nil {
		return nil
	}
	header := e.header()
	return slices.DeleteFunc(slices.Clone(e.flow.mapping.Rules()), func(r transform.FieldRule) bool {
		if col := e.record.Value(r.Field).Col; col > 0 {
			return col != e.col
		}
		return header == "" || !strings.Contains(r.Text, header)
	})
}

// why says why a row is no data; "" where it is.
func (e *explained) why() string {
	for _, i := range e.reading.Ignored {
		if i.Row == e.row {
			return i.Why
		}
	}
	if h := e.reading.HeaderRow; h > 0 && e.row >= h && e.row <= max(h, e.reading.HeaderEnd) {
		return "header"
	}
	return ""
}

func (a *app) explained(e *explained) {
	if a.json {
		a.explainedJSON(e)
		return
	}
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(a.out, "  %-12s %s\n", name, value)
		}
	}
	fmt.Fprintf(a.out, "%s -> %s\n", e.flow.mapping.Flow, e.flow.mapping.To)
	row(a.say("read"), a.readingText(e.reading))
	if e.cells == nil {
		why := e.why()
		if why == "" {
			row(a.say("cell"), a.say("explain.none", "row", strconv.Itoa(e.row)))
		} else {
			row(a.say("cell"), a.say("explain."+why))
		}
		a.problems(e.problems, 10)
		return
	}
	cell := ""
	if e.col <= len(e.cells.Cells) {
		cell = e.cells.Cells[e.col-1]
	}
	row(a.say("cell"), strconv.Quote(cell))
	row(a.say("column"), e.header())
	rules := e.fields()
	if len(rules) == 0 {
		row(a.say("field"), a.say("explain.unused"))
	}
	for _, r := range rules {
		row(a.say("field"), r.Field)
		row(a.say("rule"), fmt.Sprintf("%s:%d  %s", e.flow.file, r.Line, short(r.Text, 100)))
		row(a.say("value"), valueText(*e.record, r.Field))
	}
	if e.doc != nil {
		row(a.say("documents"), e.doc.Key+"  "+e.doc.Name+"  "+a.state(e.doc.State))
		row(a.say("left.out"), e.doc.Left)
	}
	a.problems(e.problems, 10)
	fmt.Fprintln(a.out)
}

func (a *app) explainedJSON(e *explained) {
	type field struct {
		Field string `json:"field"`
		Line  int    `json:"line"`
		Rule  string `json:"rule"`
		Value string `json:"value"`
	}
	line := map[string]any{"what": "explained", "flow": e.flow.mapping.Flow, "to": e.flow.mapping.To, "reading": e.reading, "row": e.row, "column": e.col}
	if e.cells == nil {
		line["ignored"] = e.why()
	} else {
		fields := []field{}
		for _, r := range e.fields() {
			fields = append(fields, field{r.Field, r.Line, r.Text, valueText(*e.record, r.Field)})
		}
		line["header"], line["fields"] = e.header(), fields
		if e.col <= len(e.cells.Cells) {
			line["cell"] = e.cells.Cells[e.col-1]
		}
	}
	if e.doc != nil {
		line["document"] = map[string]any{"key": e.doc.Key, "name": e.doc.Name, "state": e.doc.State, "left": e.doc.Left, "body": json.RawMessage(orNull(e.doc.Body))}
	}
	problems := []map[string]any{}
	for _, p := range e.problems {
		problems = append(problems, a.problemJSON(p))
	}
	line["problems"] = problems
	a.jsonLine(a.out, line)
}

func orNull(body json.RawMessage) json.RawMessage {
	if len(body) == 0 {
		return json.RawMessage("null")
	}
	return body
}

// valueText is a field's value as the record holds it, with its type.
func valueText(r pipeline.Record, field string) string {
	v := r.Value(field)
	switch {
	case v.Bad:
		return "-"
	case !v.Set:
		return ""
	case !v.Time.IsZero():
		return v.Time.Format(time.RFC3339)
	case !v.Dec.IsZero():
		return v.Dec.String()
	}
	return v.Text
}

// short cuts a text for one line.
func short(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "..."
	}
	return s
}
