package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
)

func (a *app) retryCommand() *cobra.Command {
	var accept bool
	var agreed pipeline.Consent
	var patience time.Duration
	cmd := &cobra.Command{
		Use:   "retry DROP",
		Short: "Take a drop once more, after the mapping or the item master was mended",
		Long: `retry puts the file of a drop into the inbox again, from the vault. It is a new
arrival like any other: what was delivered is found unchanged, what was held is
tried again. Run "wasl run" after it, where no "wasl watch" runs.

With --accept a file that was held, because it is not like the last good one of
its flow or has fewer rows than are expected, is taken as it is: who agreed and why
is kept, and the next file is held against this one.` + handed,
		Example: "  wasl retry 20261125-0003 && wasl run\n" +
			"  wasl retry 20261125-0003 --accept --by Mona --why \"half of the shop is closed\" && wasl run",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			agreed.Drop, agreed.By, agreed.Why = args[0], strings.TrimSpace(agreed.By), strings.TrimSpace(agreed.Why)
			if given := agreed.By != "" && agreed.Why != ""; accept != given || !accept && agreed.By+agreed.Why != "" {
				return usage{&pipeline.Trouble{Rule: "retry.consent", With: map[string]string{"drop": args[0]}}}
			}
			return a.atHouse(cmd, args, patience, func(ctx context.Context, h *house) error { return a.retry(ctx, h, args[0], agreed) })
		},
	}
	cmd.Flags().BoolVar(&accept, "accept", false, "take the file as it is, though it was held for its shape or its size; needs --by and --why")
	cmd.Flags().StringVar(&agreed.By, "by", "", "who agreed to it")
	cmd.Flags().StringVar(&agreed.Why, "why", "", "why it is right")
	cmd.Flags().DurationVar(&patience, "patience", 0, "how long to wait for another wasl, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

func (a *app) retry(ctx context.Context, h *house, id string, agreed pipeline.Consent) error {
	drop, err := h.ledger.Drop(ctx, id)
	if errors.Is(err, pipeline.ErrNotFound) {
		a.fail(&pipeline.Trouble{Rule: "retry.nothing", With: map[string]string{"word": id}})
		return printed{exitCouldNot}
	}
	if err != nil {
		return err
	}
	if drop.IsMemo() {
		return a.cannot(&pipeline.Trouble{Rule: "retry.memo", With: map[string]string{"drop": id, "name": drop.Name}})
	}
	file, err := h.vault.Open(ctx, drop.SHA256)
	if _, told := errors.AsType[*pipeline.Trouble](err); !told && errors.Is(err, pipeline.ErrNotFound) {
		return a.cannot(&pipeline.Trouble{Rule: "vault.over", With: map[string]string{"name": drop.Name, "day": drop.Day, "days": fmt.Sprint(h.cfg.Vault.Keep)}})
	}
	if err != nil {
		return fmt.Errorf("retry %s: %w", id, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	if agreed.By != "" {
		if err := h.ledger.Agree(ctx, agreed); err != nil {
			return fmt.Errorf("retry %s: %w", id, err)
		}
		if !a.json {
			fmt.Fprintln(a.out, a.say("agreed", "by", agreed.By, "file", drop.Name, "why", agreed.Why))
		}
	}
	if err := a.putAgain(ctx, h, drop, file); err != nil {
		return fmt.Errorf("retry %s: %w", id, err)
	}
	if a.json {
		a.jsonLine(a.out, map[string]string{"drop": id, "file": drop.Name})
		return nil
	}
	said := a.say("again.put", "file", drop.Name)
	if a.watched() {
		said = a.say("again.taken", "file", drop.Name)
	}
	fmt.Fprintln(a.out, said)
	return nil
}

// putAgain puts the file of a drop into the inbox, unless this request did so
// before a crash.
func (a *app) putAgain(ctx context.Context, h *house, drop pipeline.Drop, file pipeline.File) error {
	from := pipeline.RetryFrom + drop.ID
	if a.errand != "" {
		if _, done, err := h.ledger.Requested(ctx, a.errand); err != nil || done {
			return err
		}
		h.entrance.errand.Store(&requested{from: from, errand: a.errand})
		defer h.entrance.errand.Store(nil)
	}
	return h.inbox.Put(ctx, drop.Name, io.NewSectionReader(file, 0, file.Size()), from)
}
