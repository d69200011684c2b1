package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

// A sieve is which receipts are asked for.
type sieve struct {
	state, day, pos, search string
	all                     bool
}

// receiptStates are the words for --state.
var receiptStates = []string{"valid", "invalid", "rejected", "checking", "sending", "ready", "held", "parked", "open", "late"}

func (a *app) receiptsListCommand() *cobra.Command {
	var s sieve
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List receipts, newest first, with what each waits for",
		Long: `list shows the receipts that were issued or are to be, newest first: fifty of them,
or all with --all. States are: valid (filed), checking (accepted, being checked by
the authority), sending (sent, and the answer is open), ready (not sent yet),
invalid (the authority checked it and refused it), rejected (it did not take it),
held (a problem in the data: no receipt was issued), parked. --state open shows
what somebody has to do something about, --state late what is older than 24 hours
and not accepted. It ends with code 3 where something is open.`,
		Example: "  wasl receipts list --state open\n  wasl receipts list --day 2026-11-25 --pos POS-1 --json\n  wasl receipts list --search A-1001 --all",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if s.state != "" && !slices.Contains(receiptStates, s.state) {
				return usage{&pipeline.Trouble{Rule: "receipts.state", With: map[string]string{"given": s.state, "known": strings.Join(receiptStates, ", ")}}}
			}
			c, l, done, err := a.reading(cmd.Context())
			if err != nil {
				return err
			}
			defer done()
			return a.receiptsList(cmd.Context(), c, l, s)
		},
	}
	cmd.Flags().StringVar(&s.state, "state", "", "only those that stand so: "+strings.Join(receiptStates, ", "))
	cmd.Flags().StringVar(&s.day, "day", "", "only those issued on that day, or of sales of it: 2026-11-25")
	cmd.Flags().StringVar(&s.pos, "pos", "", "only those of this POS, by its serial")
	cmd.Flags().StringVar(&s.search, "search", "", "only those in which this text stands: number, order, uuid, buyer, article")
	cmd.Flags().BoolVar(&s.all, "all", false, "list all of them, not only the fifty newest")
	return cmd
}

// takes tells whether a receipt is asked for.
func (s sieve) takes(r receipt, zone *time.Location) bool {
	issued := ""
	if !r.Issued.IsZero() {
		issued = r.Issued.In(zone).Format(time.DateOnly)
	}
	switch {
	case s.pos != "" && r.POS != s.pos:
		return false
	case s.day != "" && s.day != issued && s.day != r.Day:
		return false
	case s.state == "" || s.state == "open" || s.state == "late": // told once it is known what replaces it
	case s.state != r.word():
		return false
	}
	return s.search == "" || strings.Contains(r.text(), pipeline.Fold(s.search))
}

// text is all of a receipt that people search for, folded.
func (r receipt) text() string {
	words := append([]string{r.Key, r.Number, r.Paper.Order, r.Paper.UUID, r.Sale, r.Buyer.Name, r.Buyer.ID, r.Ticket, string(r.Paper.Total)}, r.Words...)
	for _, line := range r.Lines {
		words = append(words, line.Code, line.Description, line.ItemCode)
	}
	return pipeline.Fold(strings.Join(words, "\n"))
}

// mostReceipts is how many a list shows where not all are asked for.
const mostReceipts = 50

func (a *app) receiptsList(ctx context.Context, c *Config, l *ledger.Ledger, s sieve) error {
	keep := func(r receipt) bool { return s.takes(r, c.zone) }
	all, err := receiptsOf(ctx, l, keep, s.search == "")
	if err != nil {
		return err
	}
	now := time.Now()
	all = slices.DeleteFunc(all, func(r receipt) bool { return s.state == "open" && !r.open() || s.state == "late" && !r.late(c, now) })
	slices.Reverse(all)
	open, count := 0, len(all)
	for _, r := range all {
		if r.open() {
			open++
		}
	}
	if !s.all {
		all = all[:min(len(all), mostReceipts)]
	}
	if open > 0 {
		a.code = exitAside
	}
	if a.json {
		for _, r := range all {
			a.jsonLine(a.out, a.receiptJSON(c, r))
		}
		a.jsonLine(a.out, map[string]any{"what": "receipts", "count": count, "shown": len(all), "open": open})
		return nil
	}
	if count == 0 {
		fmt.Fprintln(a.out, a.say("receipts.none"))
		return nil
	}
	t := a.table(a.say("receipts.order"), a.say("receipts.number"), a.say("receipts.state"), a.say("receipts.type"), a.say("receipts.total"),
		a.say("receipts.issued"), a.say("receipts.pos"), a.say("receipts.note"))
	for _, r := range all {
		t.AppendRow([]any{a.upright(r.Paper.Order), a.upright(r.Number), a.receiptState(r), a.say("receipts." + r.sort()), string(r.Paper.Total), c.minute(r.Issued), r.POS, a.receiptNote(c, r)})
	}
	t.Render()
	if count > len(all) {
		fmt.Fprintln(a.out, a.say("receipts.more", "count", humanize.Comma(int64(count-len(all)))))
	}
	fmt.Fprintln(a.out, a.say("receipts.count", "count", humanize.Comma(int64(count)), "open", humanize.Comma(int64(open))))
	return nil
}

// sort is what sort of receipt it is, in the table of words. One that is held has no bytes to say so: its key does.
func (r receipt) sort() string {
	if r.Return() || strings.HasPrefix(r.Key, "return/") {
		return "return"
	}
	return "sale"
}

// further tells whether a receipt is of goods that were added after their order's sale
// had been issued.
func (r receipt) further() bool { return strings.HasPrefix(r.Key, "more/") }

// receiptState is how a receipt stands, for people.
func (a *app) receiptState(r receipt) string { return a.say("receipts.is." + r.word()) }

// receiptNote is the most important thing to know of a receipt beside its state.
func (a *app) receiptNote(c *Config, r receipt) string {
	switch {
	case r.By != "":
		return a.say("receipts.replaced", "uuid", a.upright(brief(r.By)))
	case len(r.Why) > 0:
		return r.Why[0].Says(a.language())
	case r.late(c, time.Now()):
		return a.say("receipts.late")
	case r.waits():
		return a.say("receipts.waits", "key", a.upright(r.Of))
	case r.Replaces != "":
		return a.say("receipts.replaces", "uuid", a.upright(brief(r.Replaces)))
	}
	return ""
}

// waits tells whether it is a return that is not issued before its sale is filed.
func (r receipt) waits() bool { return r.Of != "" && r.State == pipeline.Ready && len(r.Sealed) == 0 }

// brief is a uuid as far as people need it to tell two apart.
func brief(uuid string) string { return uuid[:min(len(uuid), 12)] }
