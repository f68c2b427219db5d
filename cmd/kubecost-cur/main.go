// Command kubecost-cur looks at an installation that this project's stacks made: `kubecost-cur doctor` says why there are no costs,
// `kubecost-cur costs` shows them. It changes nothing.
//
// It is a module of its own, so that those who only run the stacks need none of its libraries.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/kubecost-cur/kubecost-cur/internal/doctor"
)

// version is set when a release is built.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// exit is the code with which a command that has said everything ends.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

func run(ctx context.Context, args []string) int {
	root := &cobra.Command{
		Use:           "kubecost-cur",
		Short:         "Why are there no costs? Looks at the AWS bill of a Kubecost installation, from billing to Kubecost itself",
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newDoctor(), newCosts())
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var code exit
	switch {
	case err == nil:
		return doctor.ExitOK
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintln(os.Stderr, "error:", err)
	return doctor.ExitNotChecked
}
