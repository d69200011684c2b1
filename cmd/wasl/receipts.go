package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/eta"
)

func (a *app) receiptsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "receipts",
		Short: "Look at the e-receipts, correct them, compare them with the tax authority, take them out",
		Long: `receipts is about the e-receipts that were issued, and those that wait to be. A
receipt that was issued never changes: what the tax authority refused is corrected
by a new one that names it and takes its place in the chain of the POS.`,
		Example: "  wasl receipts list --state invalid\n  wasl receipts show '#1042'\n  wasl receipts tieout",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(a.receiptsListCommand(), a.receiptsShowCommand(), a.receiptsFixCommand(), a.receiptsReissueCommand(), a.receiptsDecideCommand(), a.receiptsLateCommand(),
		a.receiptsCopyCommand(), a.receiptsTieOutCommand(), a.receiptsAdoptCommand(), a.receiptsExportCommand(), a.receiptsVerifyCommand())
	for _, c := range cmd.Commands() {
		if c.Args != nil {
			c.Args = usageArgs(c.Args)
		}
		c.Long += exitHelp
	}
	return cmd
}

// A receipt is a document of the tax authority's as the ledger keeps it, with what its
// bytes say.
type receipt struct {
	pipeline.Entry
	eta.Paper
	By string // uuid of the receipt that replaces it; "" while none does
}

// readReceipt reads what a document says: its frozen bytes, or before they are there
// what they will be made of.
func readReceipt(e pipeline.Entry) receipt {
	r := receipt{Entry: e}
	raw := e.Sealed
	if len(raw) == 0 {
		raw = e.Body
	}
	if len(raw) > 0 {
		r.Paper, _ = eta.ReadPaper(raw) // what cannot be read is shown empty
	}
	r.Paper.UUID = cmp.Or(r.Paper.UUID, e.Ref)
	if len(e.Sealed) == 0 {
		r.Paper.Issued = time.Time{}
	}
	r.Paper.Order = cmp.Or(e.Name, r.Paper.Order)
	if r.Paper.Total == "" && !e.Money.IsZero() {
		r.Paper.Total, r.Paper.Currency = json.Number(e.Money.String()), e.Currency
	}
	return r
}

// word is how a receipt stands, as the tax authority calls it where it does.
func (r receipt) word() string {
	switch r.State {
	case pipeline.Delivered:
		return "valid"
	case pipeline.Accepted:
		return "checking"
	case pipeline.Rejected:
		if r.invalid() {
			return "invalid"
		}
	}
	return string(r.State)
}

// invalid tells whether validation refused it, so that the authority keeps it; else it
// was not taken at all.
func (r receipt) invalid() bool {
	return slices.ContainsFunc(r.Why, func(p pipeline.Problem) bool { return p.Rule == "eta.invalid" })
}

// open tells whether somebody has to do something about a receipt.
func (r receipt) open() bool {
	return r.By == "" && (r.State == pipeline.Rejected || r.State == pipeline.Held || r.State == pipeline.Parked)
}

// lateAfter is the age at which the authority takes a receipt no more.
func (c *Config) lateAfter() time.Duration {
	if c.ETA == nil {
		return 24 * time.Hour
	}
	return c.ETA.Ages().Late
}

// late tells whether a receipt is too old to be submitted: it needs the portal's late
// submission request. What has not been issued yet gets its time when it is; a return
// that waits for its sale for a day is told of as well.
func (r receipt) late(c *Config, now time.Time) bool {
	switch r.State {
	case pipeline.Ready, pipeline.Sending, pipeline.Rejected:
		return r.By == "" && !r.Issued.IsZero() && now.Sub(r.Issued) > c.lateAfter()
	}
	return false
}

// receiptsOf gives the receipts of the ledger in the order in which they were filed, and
// drops what only some of their readers need where light is asked for.
func receiptsOf(ctx context.Context, l *ledger.Ledger, keep func(receipt) bool, light bool) ([]receipt, error) {
	var out []receipt
	by := map[string]string{}
	for e, err := range l.Papers(ctx, eta.KindPrefix) {
		if err != nil {
			return nil, err
		}
		r := readReceipt(e)
		if r.Replaces != "" {
			by[r.Replaces] = r.Paper.UUID
		}
		if light {
			r.Entry.Body, r.Entry.Sealed, r.Paper.Lines, r.Entry.Print = nil, nil, nil, ""
		}
		if keep(r) {
			out = append(out, r)
		}
	}
	for i := range out {
		if uuid := out[i].Paper.UUID; uuid != "" {
			out[i].By = by[uuid]
		}
	}
	return out, nil
}

// receiptsNamed are the receipts that go by a word: a key, a uuid, an order, a receipt
// number. A *pipeline.Trouble where none does.
func receiptsNamed(ctx context.Context, l *ledger.Ledger, word string) ([]receipt, error) {
	found, err := l.PapersNamed(ctx, eta.KindPrefix, word)
	if err != nil {
		return nil, err
	}
	out := make([]receipt, 0, len(found))
	for _, e := range found {
		r := readReceipt(e)
		if r.Paper.UUID != "" {
			if r.By, err = l.Replacement(ctx, r.Paper.UUID); err != nil {
				return nil, err
			}
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return nil, &pipeline.Trouble{Rule: "receipts.nothing", With: map[string]string{"word": strings.TrimSpace(word)}}
	}
	return out, nil
}

// withReceipts does something about the receipts that go by a word, for a command that only
// looks.
func (a *app) withReceipts(ctx context.Context, word string, do func(c *Config, l *ledger.Ledger, found []receipt) error) error {
	c, l, done, err := a.reading(ctx)
	if err != nil {
		return err
	}
	defer done()
	found, err := receiptsNamed(ctx, l, word)
	if err != nil {
		return a.cannot(err)
	}
	return do(c, l, found)
}

// reading opens settings and ledger for a command that only looks; done closes it.
func (a *app) reading(ctx context.Context) (c *Config, l *ledger.Ledger, done func(), err error) {
	if c, err = a.settings(); err != nil {
		return nil, nil, nil, err
	}
	if l, err = a.openReading(ctx, c); err != nil {
		return nil, nil, nil, err
	}
	return c, l, func() { _ = l.Shut() }, nil // it was only read
}

// environment is the tax authority's environment that wasl.yaml names; "" where it has
// no section eta.
func (c *Config) environment() string {
	if c.ETA == nil {
		return ""
	}
	return c.ETA.Environment
}

// link is the public page of a receipt.
func (c *Config) link(r receipt) string {
	if len(r.Sealed) == 0 && r.Issued.IsZero() {
		return ""
	}
	return r.Paper.Link(c.environment())
}

// receiptJSON is a receipt for machines.
func (a *app) receiptJSON(c *Config, r receipt) map[string]any {
	why := make([]map[string]any, 0, len(r.Why))
	for _, p := range r.Why {
		why = append(why, a.problemJSON(p))
	}
	out := map[string]any{"what": "receipt", "key": r.Key, "kind": r.Kind, "order": r.Paper.Order, "number": r.Number, "uuid": r.Paper.UUID, "state": r.word(),
		"type": r.Type, "total": string(r.Paper.Total), "currency": cmp.Or(r.Paper.Currency, r.Entry.Currency), "day": r.Day, "pos": r.POS, "previousUUID": r.Previous,
		"referenceUUID": r.Sale, "referenceOldUUID": r.Replaces, "replacedBy": r.By, "submission": r.Ticket, "link": c.link(r), "job": r.Job.String(),
		"file": r.Drop, "problems": why, "late": r.late(c, time.Now())}
	for name, at := range map[string]time.Time{"issued": r.Issued, "sent": r.Sent, "settled": r.Settled} {
		if !at.IsZero() {
			out[name] = at
		}
	}
	return out
}

// noRows tells whether the rows of a receipt can no longer be read.
func noRows(err error) bool { return errors.Is(err, pipeline.ErrNotFound) }
