package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

func (a *app) seenCommand() *cobra.Command {
	var asked request
	var patience time.Duration
	cmd := &cobra.Command{
		Use:   "seen ORDER|KEY|UUID|DROP --by NAME --why TEXT",
		Short: "Say that a change of what was sent already has been dealt with",
		Long: `seen says that somebody has seen what an order became after its document was
sent, so that an export which brings the same once more does not tell it again.
Where it becomes something else, that is told. Nothing is sent by it: what has to be
taken back is taken back at the other side. With the id or the name of a drop it
speaks of all such documents that the file brought. Who said it, when and why is
kept; "wasl show" shows it.` + handed,
		Example: "  wasl seen '#1042' --by Mona --why \"credit note 17 is booked by hand\"\n" +
			"  wasl seen 20261125-0002 --by Mona --why \"prices before the discount; all checked\"",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			asked.by, asked.why = strings.TrimSpace(asked.by), strings.TrimSpace(asked.why)
			if !asked.whole() {
				return usage{&pipeline.Trouble{Rule: "seen.consent", With: map[string]string{"word": args[0]}}}
			}
			return a.atHouse(cmd, args, patience, func(ctx context.Context, h *house) error {
				return a.see(ctx, h.ledger, args[0], asked)
			})
		},
	}
	cmd.Flags().StringVar(&asked.by, "by", "", "who has seen it")
	cmd.Flags().StringVar(&asked.why, "why", "", "what was done about it")
	cmd.Flags().DurationVar(&patience, "patience", 0, "how long to wait for another wasl, such as 30s (default: patience in wasl.yaml)")
	return cmd
}

// see stores who has seen the changes that go by a word. Asked again it changes nothing
// and says the same, so a request that is done twice is done once.
func (a *app) see(ctx context.Context, l *ledger.Ledger, word string, asked request) error {
	entries, err := changedBy(ctx, l, word)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return a.cannot(&pipeline.Trouble{Rule: "seen.nothing", With: map[string]string{"word": word}})
	}
	if err := l.See(ctx, entries, asked.by, asked.why); err != nil {
		return err
	}
	for _, e := range entries {
		s, err := l.Seen(ctx, e)
		if err != nil {
			return err
		}
		if a.json {
			a.jsonLine(a.out, map[string]any{"what": "seen", "key": e.Key, "kind": e.Kind, "name": e.Name, "job": e.Job.String(), "by": s.By, "why": s.Why, "at": s.At})
			continue
		}
		fmt.Fprintln(a.out, a.say("seen.done", "name", a.upright(e.Name), "kind", e.Kind, "by", s.By, "at", a.upright(s.At.UTC().Format("2006-01-02 15:04 MST")), "why", s.Why))
	}
	return nil
}

// changedBy are the documents that were held because they had left with other content:
// of a drop all that its files brought, else of each key that goes by the word the
// newest one, where it is such a one.
func changedBy(ctx context.Context, l *ledger.Ledger, word string) (out []pipeline.Entry, err error) {
	entries, jobs, err := l.Find(ctx, word)
	if err != nil {
		return nil, err
	}
	for _, j := range jobs {
		for e, err := range l.EntriesOf(ctx, j.Job) {
			if err != nil && !errors.Is(err, pipeline.ErrNotFound) { // a drop that no flow takes has no job
				return nil, err
			}
			if err == nil && isChanged(e) {
				out = append(out, e)
			}
		}
	}
	newest := map[[3]string]pipeline.Entry{}
	var order [][3]string
	for _, e := range entries {
		at := [3]string{e.Kind, e.Lane, e.Key}
		if _, known := newest[at]; !known {
			order = append(order, at)
		}
		newest[at] = e
	}
	for _, at := range order {
		e := newest[at]
		twice := slices.ContainsFunc(out, func(o pipeline.Entry) bool { return o.Job == e.Job && o.Key == e.Key })
		if isChanged(e) && !twice {
			out = append(out, e)
		}
	}
	return out, nil
}

func isChanged(e pipeline.Entry) bool {
	return e.State == pipeline.Held && len(e.Why) > 0 && !slices.ContainsFunc(e.Why, func(p pipeline.Problem) bool { return !p.Rule.Change() })
}

// seenOf is who has seen the content of a document; nil where nobody said so.
func seenOf(ctx context.Context, l *ledger.Ledger, e pipeline.Entry) (*pipeline.Seen, error) {
	s, err := l.Seen(ctx, e)
	if errors.Is(err, pipeline.ErrNotFound) {
		return nil, nil
	}
	return &s, err
}

// seenText is that in words.
func (a *app) seenText(c *Config, s *pipeline.Seen) string {
	if s == nil {
		return ""
	}
	return a.say("seen.by", "by", s.By, "at", a.upright(c.minute(s.At)), "why", s.Why)
}
