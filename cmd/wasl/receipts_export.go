package main

import (
	"context"
	"fmt"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
	"wasl/stages/load/eta"
	"wasl/stages/reconcile"
)

func (a *app) receiptsExportCommand() *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:   "export [--from DAY] [--to DAY] DIR|FILE.zip",
		Short: "Take receipts and answers out, with a manifest of hashes",
		Long: `export writes the receipts that were issued on some days, byte for byte as they left,
and everything the tax authority answered about them, into a new folder or ZIP: for
an auditor, or for keeping elsewhere. index.csv lists them for searching,
manifest.json says what is there, and SHA256SUMS holds the hash of every file:
"wasl receipts verify" checks it, and so does sha256sum -c SHA256SUMS without wasl.

wasl itself keeps all of it in the state folder, for five years at least; nothing
that it does deletes a receipt before.`,
		Example: "  wasl receipts export --from 2026-01-01 --to 2026-12-31 receipts-2026.zip\n  wasl receipts export --from 2026-11-01 november && cd november && sha256sum -c SHA256SUMS",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := days(from, to); err != nil {
				return usage{err}
			}
			c, l, done, err := a.reading(cmd.Context())
			if err != nil {
				return err
			}
			defer done()
			return a.cannot(a.receiptsExport(cmd.Context(), c, l, from, to, args[0]))
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "the first day of issue, such as 2026-11-01 (default: the first of all)")
	cmd.Flags().StringVar(&to, "to", "", "the last day of issue (default: today)")
	return cmd
}

// days checks days that somebody gave, each not after the next; those that are "" were not
// given.
func days(given ...string) error {
	last := ""
	for _, day := range given {
		if day == "" {
			continue
		}
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return &pipeline.Trouble{Rule: "days.none", With: map[string]string{"given": day}}
		}
		if day < last {
			return &pipeline.Trouble{Rule: "days.order", With: map[string]string{"from": last, "to": day}}
		}
		last = day
	}
	return nil
}

// exportColumns are those of an archive's index, before what the archive adds.
var exportColumns = []string{"uuid", "number", "order", "key", "type", "state", "issued_utc", "issued", "total", "currency", "rin", "pos", "previous_uuid",
	"reference_uuid", "replaces_uuid", "submission", "sent_utc", "settled_utc", "file_dropped"}

func (a *app) receiptsExport(ctx context.Context, c *Config, l *ledger.Ledger, from, to, path string) error {
	if to == "" {
		to = c.today()
	}
	archive, err := reconcile.NewArchive(path, from, to, exportColumns, c.bookOptions(""))
	if err != nil {
		return err
	}
	defer archive.Abandon()
	said := map[string]bool{}
	var batches []string
	for e, err := range l.Sealed(ctx, eta.KindPrefix) {
		if err != nil {
			return err
		}
		r := readReceipt(e)
		if day := r.Issued.In(c.zone).Format(time.DateOnly); day < from || day > to {
			continue
		}
		if err := archive.Receipt(reconcile.Archived{UUID: r.Paper.UUID, Issued: r.Issued, Bytes: e.Sealed, Batch: e.Batch, Index: exportLine(c, r)}); err != nil {
			return err
		}
		if !said[e.Batch] {
			said[e.Batch] = true
			batches = append(batches, e.Batch)
		}
	}
	for _, batch := range batches { // not while the ledger is read above: each is a reading of its own
		words, err := l.Said(ctx, batch)
		if err != nil {
			return err
		}
		if err := archive.Answers(batch, words); err != nil {
			return err
		}
	}
	m, err := archive.Close(time.Now())
	if err != nil {
		return err
	}
	if a.json {
		a.jsonLine(a.out, map[string]any{"what": "export", "path": path, "manifest": m})
		return nil
	}
	fmt.Fprintln(a.out, a.say("receipts.exported", "count", humanize.Comma(int64(m.Receipts)), "answers", humanize.Comma(int64(m.Answers)), "path", path))
	return nil
}

func exportLine(c *Config, r receipt) []string {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	return []string{r.Paper.UUID, r.Number, r.Paper.Order, r.Key, r.Type, r.word(), at(r.Issued), c.minute(r.Issued), string(r.Paper.Total), r.Paper.Currency, r.RIN, r.POS,
		r.Previous, r.Sale, r.Replaces, r.Ticket, at(r.Sent), at(r.Settled), r.Drop}
}

func (a *app) receiptsVerifyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "verify DIR|FILE.zip",
		Short: "Check an export: every hash, and the uuid of every receipt against its bytes",
		Long: `verify reads what "wasl receipts export" wrote, computes every hash again, and works
out the uuid of every receipt from its bytes: what was changed, is missing, or was
put there by somebody else is listed. It needs no state folder and no settings.`,
		Example: "  wasl receipts verify receipts-2026.zip",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			v, err := reconcile.VerifyArchive(cmd.Context(), args[0], eta.Proves)
			if err != nil {
				return a.cannot(err)
			}
			if len(v.Wrong) > 0 {
				a.code = exitCouldNot
			}
			if a.json {
				for _, p := range v.Wrong {
					a.jsonLine(a.out, a.problemJSON(p))
				}
				a.jsonLine(a.out, map[string]any{"what": "verify", "path": args[0], "files": v.Files, "receipts": v.Manifest.Receipts, "wrong": len(v.Wrong)})
				return nil
			}
			a.problems(v.Wrong, 50)
			key := "receipts.verified"
			if len(v.Wrong) > 0 {
				key = "receipts.spoilt"
			}
			fmt.Fprintln(a.out, a.say(key, "files", humanize.Comma(int64(v.Files)), "count", humanize.Comma(int64(v.Manifest.Receipts)), "wrong", humanize.Comma(int64(len(v.Wrong)))))
			return nil
		},
	}
}
