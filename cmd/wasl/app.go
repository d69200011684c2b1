package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"wasl/pipeline"
	"wasl/pipeline/ledger"
)

// Exit codes, as every command's help lists them.
const (
	exitDone        = 0   // all delivered
	exitCouldNot    = 1   // could not do it
	exitUsage       = 2   // wrong usage or settings
	exitAside       = 3   // done, but something was put aside, rejected, is held at a gate, still waits, did not come, or differs
	exitLocked      = 5   // another wasl works on this state
	exitInterrupted = 130 // interrupted
)

// app is what every command has: where to read and write, and the global flags.
type app struct {
	in       io.Reader
	out, err io.Writer
	getenv   func(string) string
	dir      string
	shop     string // of several in dir: the one that is meant; "" all, or the only one
	json     bool
	lang     string
	code     int // how it went, where no error says so

	inside *house // the house of the watch that does this command; nil: it opens its own
	errand string // the request that this command does; "" where it was not asked of another
}

// usage is an error of whoever typed the command.
type usage struct{ error }

func (u usage) Unwrap() error { return u.error }

// aside is the error of a command whose findings were printed already.
type printed struct{ code int }

func (p printed) Error() string { return fmt.Sprintf("exit %d", p.code) }

// run is the whole program, callable by a test.
func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer, getenv func(string) string) int {
	a := &app{in: in, out: out, err: errw, getenv: getenv}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	err := root.ExecuteContext(ctx)
	return a.exit(ctx, err)
}

// exit prints an error and turns it into an exit code.
func (a *app) exit(ctx context.Context, err error) int {
	var p printed
	var u usage
	switch {
	case err == nil:
		return a.code
	case errors.As(err, &p):
		return p.code
	case ctx.Err() != nil:
		a.fail(errors.New(a.say("interrupted")))
		return exitInterrupted
	case errors.Is(err, ledger.ErrLocked):
		a.fail(err)
		return exitLocked
	case errors.As(err, &u):
		a.fail(err)
		return exitUsage
	}
	a.fail(err)
	return exitCouldNot
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "wasl",
		Short:         "Carries files between an ERP, Shopify and the Egyptian Tax Authority",
		Long:          longHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
		Version:       version(),
	}
	root.PersistentFlags().StringVarP(&a.dir, "dir", "C", ".", "the folder that wasl.yaml is in")
	root.PersistentFlags().StringVar(&a.shop, "shop", "", "one shop of several: a name of wasl-shops.yaml in that folder")
	root.PersistentFlags().BoolVar(&a.json, "json", false, "print JSON, one object a line")
	root.PersistentFlags().StringVar(&a.lang, "lang", "", "language of messages: en or ar (default: language in wasl.yaml)")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if a.lang != "" && a.lang != "en" && a.lang != "ar" {
			return usage{&pipeline.Trouble{Rule: "usage.language", With: map[string]string{"given": a.lang}}}
		}
		return nil
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage{err} })
	root.AddCommand(
		a.initCommand(), a.checkCommand(), a.explainCommand(), a.learnCommand(), a.runCommand(), a.watchCommand(), a.statusCommand(), a.showCommand(),
		a.planCommand(), a.releaseCommand(), a.seenCommand(), a.undoCommand(), a.driftCommand(), a.reuploadCommand(), a.matchCommand(), a.pullCommand(), a.receiptsCommand(),
		a.reconcileCommand(), a.backordersCommand(), a.clearingCommand(), a.couriersCommand(), a.historyCommand(), a.forgetCommand(), a.retryCommand(), a.kindsCommand(), a.codesCommand(), a.readinessCommand(), a.rehearseCommand(), a.environmentCommand(), a.rulesCommand(), a.versionCommand(),
	)
	for _, c := range root.Commands() {
		if c.Args != nil {
			c.Args = usageArgs(c.Args)
		}
		c.Long += exitHelp
		a.forShops(c)
	}
	a.speakHelp(root)
	root.Args = usageArgs(cobra.NoArgs)
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	return root
}

// usageArgs makes wrong arguments an error of usage, with the usage line.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			if c.HasSubCommands() {
				return usage{unknownCommand(c, args)}
			}
			return usage{&pipeline.Trouble{Rule: "usage.arguments", With: map[string]string{"said": err.Error(), "line": c.UseLine()}}}
		}
		return nil
	}
}

func unknownCommand(c *cobra.Command, args []string) error {
	c.SuggestionsMinimumDistance = 2
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		return &pipeline.Trouble{Rule: "usage.near", With: map[string]string{"given": args[0], "near": strings.Join(near, ", ")}}
	}
	return &pipeline.Trouble{Rule: "usage.command", With: map[string]string{"given": args[0]}}
}

// fail prints an error: what could not be done, and what to do about it.
func (a *app) fail(err error) {
	trouble, ok := errors.AsType[*pipeline.Trouble](err)
	if a.json {
		line := map[string]string{"error": err.Error()}
		if ok {
			line["rule"], line["says"], line["fix"] = string(trouble.Rule), trouble.Says(a.language()), trouble.Fix(a.language())
		}
		a.jsonLine(a.err, line)
		return
	}
	lang, says, fix := a.language(), err.Error(), ""
	waiting, waits := errors.AsType[*pipeline.Waiting](err)
	switch {
	case ok:
		fix = trouble.Fix(lang)
		if lang == "ar" {
			says = trouble.Says(lang)
		}
	case waits: // for what an earlier run was told
		says, fix = a.say("waits.lane", "lane", waiting.Lane, "cause", waiting.Cause.Says(lang)), waiting.Cause.Fix(lang)
	}
	fmt.Fprintf(a.err, "wasl: %s\n", says)
	if fix != "" {
		fmt.Fprintf(a.err, "    %s: %s\n", a.say("fix"), fix)
	}
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

const longHelp = `wasl takes the files that an ERP and Shopify leave in a folder, and writes to
Shopify, to the ERP's import folder and to the Egyptian Tax Authority. Nothing
is lost, nothing is done twice, and the day's workbook accounts for all of it.

    wasl init shop && cd shop      a folder to work in
    wasl check --online            sign in everywhere, change nothing
    wasl run                       take what lies in inbox/, until nothing is due
    wasl show '#1001'              the whole life of one order
    wasl init top --shop cairo     several shops or companies, each with its own
`

const exitHelp = `

Exit codes: 0 all delivered; 1 could not do it; 2 wrong usage or settings;
3 done, but something was put aside, rejected, is held at a gate, still waits, did
not come as expected, or differs; 5 another wasl works on this state; 130 interrupted.`
