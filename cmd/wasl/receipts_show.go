package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/eta"
)

func (a *app) receiptsShowCommand() *cobra.Command {
	var raw, answers bool
	cmd := &cobra.Command{
		Use:   "show KEY|UUID|ORDER|NUMBER",
		Short: "Show everything about a receipt: cells, frozen bytes, place in the chain, answers",
		Long: `show prints of each receipt that goes by a word - its key, its uuid, its number, the
name or the id of its order - how it stands, from which cells it was made and what
stood in them, its place in the chain, its submission, what the authority said in
its own words, and the link of its QR code. --bytes prints the frozen bytes alone,
as they left; --answers also what the authority answered, whole.`,
		Example: "  wasl receipts show '#1042'\n  wasl receipts show 1f5fa0d6c1f7c2d39b0b3d7ea1f3c5a4f6a1d2b3c4e5f60718293a4b5c6d7e8f --bytes > receipt.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withReceipts(cmd.Context(), args[0], func(c *Config, l *ledger.Ledger, found []receipt) error {
				if raw {
					return a.receiptBytes(found, args[0])
				}
				for _, r := range found {
					if err := a.receiptShow(cmd.Context(), c, l, r, answers); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&raw, "bytes", false, "print the frozen bytes alone, as they left")
	cmd.Flags().BoolVar(&answers, "answers", false, "print what the authority answered, whole")
	return cmd
}

// receiptBytes prints the frozen bytes of the newest receipt that has some.
func (a *app) receiptBytes(found []receipt, word string) error {
	for i := len(found) - 1; i >= 0; i-- {
		if len(found[i].Sealed) > 0 {
			_, err := a.out.Write(found[i].Sealed)
			return err
		}
	}
	return a.cannot(&pipeline.Trouble{Rule: "receipts.unissued", With: map[string]string{"word": word}})
}

func (a *app) receiptShow(ctx context.Context, c *Config, l *ledger.Ledger, r receipt, answers bool) error {
	said, err := l.Said(ctx, r.Batch)
	if err != nil {
		return err
	}
	said = concerning(said, r)
	asked, err := l.Reissues(ctx, r.Key)
	if err != nil {
		return err
	}
	cells, err := cellsOf(ctx, c, l, r.Entry)
	if err != nil {
		a.fail(fmt.Errorf("read the cells of %s again: %w", r.Key, err)) // the receipt itself is shown all the same
	}
	if a.json {
		out := a.receiptJSON(c, r)
		out["cells"], out["bytes"], out["from"], out["batch"] = cells, string(r.Sealed), r.From, r.Batch
		out["sha256"], out["proved"] = fmt.Sprintf("%x", sha256.Sum256(r.Sealed)), eta.Proves(r.Sealed, r.Paper.UUID)
		words := []map[string]any{}
		for _, s := range said {
			words = append(words, map[string]any{"at": s.At, "what": s.What, "status": s.Status, "id": s.ID, "body": string(s.Body)})
		}
		out["answers"], out["reissues"] = words, asked
		a.jsonLine(a.out, out)
		return nil
	}
	fmt.Fprintf(a.out, "%s  %s  %s\n", r.Kind, a.upright(cmp.Or(r.Number, r.Paper.Order)), a.receiptState(r))
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(a.out, "  %-14s %s\n", a.say(name), value)
		}
	}
	row("key", r.Key)
	row("receipts.order", a.upright(r.Paper.Order))
	row("receipts.type", a.say("receipts."+r.sort())+" ("+r.Type+")")
	row("receipts.total", string(r.Paper.Total)+" "+cmp.Or(r.Paper.Currency, r.Entry.Currency))
	row("receipts.pos", r.POS)
	row("receipts.issued", c.clock(r.Issued))
	row("receipts.uuid", r.Paper.UUID)
	if len(r.Sealed) > 0 {
		row("receipts.previous", cmp.Or(r.Previous, a.say("receipts.first")))
	}
	row("receipts.old", r.Replaces)
	row("receipts.by", r.By)
	row("receipts.sale.of", r.Sale)
	row("sent", c.clock(r.Sent))
	row("final", c.clock(r.Settled))
	row("ticket", r.Ticket)
	row("receipts.link", c.link(r))
	row("drop", r.Job.String())
	row("from", originsText(r.From))
	if len(r.Sealed) > 0 {
		proof := a.say("receipts.unproved")
		if eta.Proves(r.Sealed, r.Paper.UUID) {
			proof = a.say("receipts.proved")
		}
		row("receipts.bytes", fmt.Sprintf("%d, SHA-256 %x; %s", len(r.Sealed), sha256.Sum256(r.Sealed), proof))
	}
	for _, by := range asked {
		row("receipts.asked", a.say("receipts.asked.by", "by", by.By, "at", a.upright(c.minute(by.At)), "why", by.Why))
	}
	for _, cell := range cells {
		fmt.Fprintf(a.out, "  %-22s %-24s %s\n", cell.Field, cell.Value, cell.Cell)
	}
	a.problems(r.Why, 10)
	a.theirWords(r.Why)
	for _, s := range said {
		fmt.Fprintf(a.out, "  %s  %s -> %s\n", c.clock(s.At), s.What, cmp.Or(replyText(s), a.say("noReply")))
		if answers && len(s.Body) > 0 {
			fmt.Fprintf(a.out, "    %s\n", bytes.ReplaceAll(bytes.TrimSpace(s.Body), []byte("\n"), []byte("\n    ")))
		}
	}
	fmt.Fprintln(a.out)
	return nil
}

// concerning are the exchanges that are about a receipt: its submission, its look-ups,
// its submission's state; not those about others that left with it.
func concerning(said []pipeline.Said, r receipt) []pipeline.Said {
	var out []pipeline.Said
	for _, s := range said {
		_, rest, lookUp := strings.Cut(s.What, "/receipts/")
		if lookUp && r.Paper.UUID != "" && !strings.HasPrefix(rest, r.Paper.UUID) {
			continue
		}
		out = append(out, s)
	}
	return out
}

// theirWords prints what the authority said, in each language in which it said it.
func (a *app) theirWords(problems []pipeline.Problem) {
	for _, p := range problems {
		if p.With["english"] != "" {
			fmt.Fprintf(a.out, "    ETA (en): %s\n", p.With["english"])
		}
		if p.With["arabic"] != "" {
			fmt.Fprintf(a.out, "    ETA (ar): %s\n", p.With["arabic"])
		}
	}
}

// A madeOf is a value that a receipt was made of, and the cell that it stood in.
type madeOf struct {
	Field string `json:"field"`
	Value string `json:"value"`          // as our field holds it
	Text  string `json:"text,omitempty"` // of the cell, where it holds something else: what the value was looked up by
	Cell  string `json:"cell"`           // orders.csv:12 [Total]
	Row   int    `json:"row"`
	Col   int    `json:"column,omitempty"`
}

// cellsOf reads the rows of a document once more, and tells what stood in them. Nothing
// where they can no longer be read: the mapping has gone, or has a mistake, or its file has
// gone.
func cellsOf(ctx context.Context, c *Config, l *ledger.Ledger, e pipeline.Entry) ([]madeOf, error) {
	out := []madeOf{}
	all, findings, err := doors(c, l, func(pipeline.Event) {})
	if err != nil || len(findings) > 0 {
		return out, err
	}
	flows, findings, err := readMappings(c, all, lookupIn(ctx, l))
	if err != nil || len(findings) > 0 {
		return out, err
	}
	read, err := rereadOf(c, flows)
	if err != nil {
		return out, err
	}
	job, err := l.Job(ctx, e.Job)
	if err != nil {
		return out, err
	}
	mine := map[pipeline.Origin]bool{}
	for _, o := range e.From {
		mine[rowAlone(o)] = true
	}
	for _, f := range flows {
		if f.flow.Name != e.Job.Flow {
			continue
		}
		for row, err := range read(ctx, job) {
			if noRows(err) || len(mine) == 0 {
				break
			}
			if err != nil {
				return out, err
			}
			if !mine[rowAlone(row.Origin)] {
				continue
			}
			delete(mine, rowAlone(row.Origin))
			record, _ := f.flow.Map(row)
			out = append(out, cellsIn(record, row, f.flow.Kind.Fields)...)
		}
	}
	return out, nil
}

// rowAlone is where a row stands, without its cells and its history.
func rowAlone(o pipeline.Origin) pipeline.Origin {
	return pipeline.Origin{File: o.File, Sheet: o.Sheet, Row: o.Row, Of: o.Of}
}

func cellsIn(record pipeline.Record, row pipeline.Row, fields []pipeline.Field) (out []madeOf) {
	for _, f := range fields {
		if !record.Has(f.Name) {
			continue
		}
		at := record.At(f.Name)
		m := madeOf{Field: f.Name, Value: record.Text(f.Name), Cell: at.String(), Row: at.Row, Col: at.Col}
		if at.Col > 0 && at.Col <= len(row.Cells) && row.Cells[at.Col-1] != m.Value {
			m.Text = row.Cells[at.Col-1]
			m.Cell += fmt.Sprintf(" %q", m.Text)
		}
		out = append(out, m)
	}
	return out
}
