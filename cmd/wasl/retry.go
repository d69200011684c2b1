package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"wasl/pipeline"
)

func (a *app) retryCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "retry DROP",
		Short: "Take a drop once more, after the mapping or the item master was mended",
		Long: `retry puts the file of a drop into the inbox again, from the vault. It is a new
arrival like any other: what was delivered is found unchanged, what was held is
tried again. Run "wasl run" after it.`,
		Example: "  wasl retry 20261125-0003 && wasl run",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			h, err := a.openHouse(cmd.Context(), a.teller().tell)
			if err != nil {
				return err
			}
			return errors.Join(a.retry(cmd, h, args[0]), h.close())
		},
	}
}

func (a *app) retry(cmd *cobra.Command, h *house, id string) error {
	drop, err := h.ledger.Drop(cmd.Context(), id)
	if errors.Is(err, pipeline.ErrNotFound) {
		a.fail(&pipeline.Trouble{Rule: "retry.nothing", With: map[string]string{"word": id}})
		return printed{exitCouldNot}
	}
	if err != nil {
		return err
	}
	file, err := h.vault.Open(cmd.Context(), drop.SHA256)
	if err != nil {
		return fmt.Errorf("retry %s: %w", id, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	if err := h.inbox.Put(cmd.Context(), drop.Name, io.NewSectionReader(file, 0, file.Size()), "retry:"+id); err != nil {
		return fmt.Errorf("retry %s: %w", id, err)
	}
	if a.json {
		a.jsonLine(a.out, map[string]string{"drop": id, "file": drop.Name})
		return nil
	}
	fmt.Fprintln(a.out, a.say("again.put", "file", drop.Name))
	return nil
}
