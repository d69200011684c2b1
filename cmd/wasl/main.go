// Command wasl carries a merchant's files between the ERP, Shopify and the
// Egyptian Tax Authority.
//
// This package is the only one that knows everybody: wire.go says who is in the
// house, config.go reads wasl.yaml, and every command has a file of its own. It
// reads flags and the environment, prints, and says how it went by its exit
// code; all work is done by the rooms.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // Windows has no zone files
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Getenv)
	stop()
	os.Exit(code)
}
