package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

// taxSink is the section of wasl.yaml whose environment a state is bound to.
const taxSink = "eta"

func (a *app) environmentCommand() *cobra.Command {
	show := &cobra.Command{
		Use:   "environment",
		Short: "Show which environment of the tax authority this folder belongs to, or change it",
		Long: `environment shows the environment of the tax authority that this folder has worked
with, and every change of it. A folder that was used for preproduction never reaches
production because a setting was changed, nor the other way round: "wasl run" and
"wasl watch" refuse to start until somebody has confirmed the change in writing.`,
		Example: "  wasl environment\n  wasl environment switch production --rin 100200300 --by Mona --why \"the trial is over\"",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			return a.showEnvironments(cmd.Context(), c)
		},
	}
	show.AddCommand(a.switchCommand())
	return show
}

func (a *app) switchCommand() *cobra.Command {
	var asked request
	var rin string
	cmd := &cobra.Command{
		Use:   "switch ENVIRONMENT --rin RIN --by NAME --why TEXT",
		Short: "Confirm that this folder changes its environment",
		Long: `switch confirms that this folder works with another environment from now on: the one
that eta.environment in wasl.yaml names already. The tax registration number is typed
out, and who did it, when and why is kept for ever.

Chains and receipts of the two never mix: each has its own. What was not finished in
preproduction is parked. Production is left only when nothing is under way there.`,
		Example: "  wasl environment switch production --rin 100200300 --by Mona --why \"the trial is over\"",
		Args:    usageArgs(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := a.settings()
			if err != nil {
				return err
			}
			asked.by, asked.why = strings.TrimSpace(asked.by), strings.TrimSpace(asked.why)
			return a.switchEnvironment(cmd.Context(), c, args[0], rin, asked)
		},
	}
	cmd.Flags().StringVar(&rin, "rin", "", "the tax registration number of the company, typed out")
	cmd.Flags().StringVar(&asked.by, "by", "", "who decides it")
	cmd.Flags().StringVar(&asked.why, "why", "", "why it is right")
	return cmd
}

// boundTo is the environment that the settings name.
func (c *Config) boundTo() ledger.Environment {
	return ledger.Environment{Sink: taxSink, Name: c.ETA.Environment, Taxpayer: c.ETA.Seller.RIN}
}

// lockEnvironment binds a state to the environment that it is first used with, and
// refuses every other one.
func lockEnvironment(ctx context.Context, l *ledger.Ledger, c *Config) error {
	if c.ETA == nil {
		return nil
	}
	if err := l.BindEnvironment(ctx, c.boundTo()); err != nil {
		return err
	}
	now, err := l.Environment(ctx, taxSink)
	if err != nil {
		return err
	}
	return c.otherEnvironment(now)
}

// otherEnvironment is the trouble of settings that lead elsewhere than the state has
// been used with.
func (c *Config) otherEnvironment(bound ledger.Environment) error {
	to := c.boundTo()
	with := map[string]string{"bound": bound.Name, "since": c.minute(bound.At), "environment": to.Name, "rin": to.Taxpayer, "other": bound.Taxpayer}
	switch {
	case bound.Taxpayer != to.Taxpayer:
		return usage{&pipeline.Trouble{Rule: "eta.env.taxpayer", With: with}}
	case bound.Name != to.Name:
		return usage{&pipeline.Trouble{Rule: "eta.env.locked", With: with}}
	}
	return nil
}

func (a *app) switchEnvironment(ctx context.Context, c *Config, target, rin string, asked request) error {
	if c.ETA == nil {
		return usage{&pipeline.Trouble{Rule: "eta.env.off"}}
	}
	to := c.boundTo()
	to.Who, to.Why = asked.by, asked.why
	with := map[string]string{"target": target, "environment": to.Name, "rin": to.Taxpayer}
	switch {
	case target != to.Name:
		return usage{&pipeline.Trouble{Rule: "eta.env.target", With: with}}
	case !asked.whole() || rin != to.Taxpayer:
		return usage{&pipeline.Trouble{Rule: "eta.env.consent", With: with}}
	}
	l, err := ledger.Open(ctx, c.path(c.State), ledger.Options{Zone: c.zone, Program: version()})
	if err != nil {
		return fmt.Errorf("open state: %w", err)
	}
	err = a.switched(ctx, c, l, to)
	return errors.Join(err, l.Shut())
}

// switched makes the change and says what came of it.
func (a *app) switched(ctx context.Context, c *Config, l *ledger.Ledger, to ledger.Environment) error {
	bound, err := l.Environment(ctx, taxSink)
	switch {
	case errors.Is(err, pipeline.ErrNotFound):
		bound = ledger.Environment{Sink: taxSink, Taxpayer: to.Taxpayer}
	case err != nil:
		return err
	case bound.Taxpayer != to.Taxpayer:
		return c.otherEnvironment(bound)
	case bound.Name == to.Name:
		return a.showEnvironments(ctx, c)
	}
	tried := bound.Name != "production"
	parked, err := l.SwitchEnvironment(ctx, to, "eta/"+bound.Name+"/"+bound.Taxpayer, tried)
	if errors.Is(err, ledger.ErrUnfinished) {
		return a.cannot(&pipeline.Trouble{Rule: "eta.env.unfinished", With: map[string]string{"bound": bound.Name, "count": strconv.Itoa(parked)}})
	}
	if err != nil {
		return err
	}
	if a.json {
		a.jsonLine(a.out, map[string]any{"what": "environment", "environment": to.Name, "taxpayer": to.Taxpayer, "by": to.Who, "why": to.Why, "parked": parked})
		return nil
	}
	fmt.Fprintln(a.out, a.say("env.switched", "environment", to.Name, "rin", to.Taxpayer, "by", to.Who, "count", strconv.Itoa(parked)))
	return nil
}

// showEnvironments lists what a state was used with, the newest last.
func (a *app) showEnvironments(ctx context.Context, c *Config) error {
	all, err := a.environments(ctx, c)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		if !a.json {
			fmt.Fprintln(a.out, a.say("env.none"))
		}
		return nil
	}
	for _, e := range all {
		if a.json {
			a.jsonLine(a.out, map[string]any{"what": "environment", "environment": e.Name, "taxpayer": e.Taxpayer, "by": e.Who, "why": e.Why, "at": e.At})
			continue
		}
		facts := []string{"environment", e.Name, "rin", e.Taxpayer, "by", e.Who, "why", e.Why, "at", c.minute(e.At)}
		said := a.say("env.first", facts...)
		if e.Who != "" {
			said = a.say("env.since", facts...)
		}
		fmt.Fprintln(a.out, said)
	}
	if c.ETA == nil {
		return nil
	}
	return c.otherEnvironment(all[len(all)-1])
}

// environments reads what a state was used with; nothing where there is no state yet.
func (a *app) environments(ctx context.Context, c *Config) ([]ledger.Environment, error) {
	l, err := a.openReading(ctx, c)
	if errors.Is(err, pipeline.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all, err := l.Environments(ctx, taxSink)
	return all, errors.Join(err, l.Shut())
}

// environmentFindings are what is wrong with the section eta: in a folder that works
// with another environment. A state that cannot be read is told by others.
func (a *app) environmentFindings(ctx context.Context, c *Config) []pipeline.Finding {
	all, err := a.environments(ctx, c)
	if c.ETA == nil || err != nil || len(all) == 0 {
		return nil
	}
	trouble, ok := errors.AsType[*pipeline.Trouble](c.otherEnvironment(all[len(all)-1]))
	if !ok {
		return nil
	}
	path := "eta.environment"
	if trouble.Rule == "eta.env.taxpayer" {
		path = "eta.seller.rin"
	}
	return []pipeline.Finding{c.place(c.path(configName), pipeline.Finding{Path: path, Rule: trouble.Rule, With: trouble.With})}
}
