// Command demo plays a small Egyptian shop's night: it starts stand-ins for
// Shopify and ETA on this machine, drops the files that an ERP and Shopify would
// have left, runs the real wasl over them, and says what went where. It is for
// people who want to see wasl at work before they have a shop, and for CI.
//
// Played again in the same folder, it drops the same files once more; wasl finds
// that nothing has changed. make demo-clean starts over.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

func main() {
	wasl := flag.String("wasl", "bin/wasl", "the program to run")
	dir := flag.String("dir", "demo", "the folder to work in; it is made where there is none")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := play(ctx, *wasl, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// play is the whole demo, step by step.
func play(ctx context.Context, program, dir string) error {
	program, err := filepath.Abs(program)
	if err != nil {
		return err
	}
	_, err = os.Stat(filepath.Join(dir, "wasl.yaml"))
	again := err == nil

	there, err := openWorld(dir)
	if err != nil {
		return err
	}
	defer there.close()
	fmt.Printf("Stand-ins: Shopify at %s, ETA at %s\n", there.shopify.URL(), there.eta.URL())

	w := runner{ctx: ctx, program: program, dir: dir}
	if err := w.wasl("init", dir); err != nil {
		return err
	}
	if err := there.furnish(dir); err != nil {
		return err
	}
	if err := w.wasl("check", "--online"); err != nil {
		return err
	}
	before := there.count()
	if err := dropNight(filepath.Join(dir, "inbox")); err != nil {
		return err
	}
	if err := w.wasl("run"); err != nil {
		return err
	}
	if err := there.save(dir); err != nil {
		return err
	}
	return there.account(dir, before, again)
}

// runner runs wasl as a user would, in sight.
type runner struct {
	ctx          context.Context
	program, dir string
}

// asideCode is how wasl says: done, but something was put aside. The demo's
// files hold two bad rows, so that is how a good night ends here.
const asideCode = 3

func (r runner) wasl(args ...string) error {
	fmt.Printf("\n$ wasl")
	for _, a := range args {
		fmt.Printf(" %s", a)
	}
	fmt.Println()
	cmd := exec.CommandContext(r.ctx, r.program, args...)
	if args[0] != "init" {
		cmd.Args = append(cmd.Args, "-C", r.dir)
	}
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stdout
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() == asideCode {
		return nil
	}
	if err != nil {
		return fmt.Errorf("wasl %s: %w", args[0], err)
	}
	return nil
}
