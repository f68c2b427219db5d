// Command sandbox-program tries the program without an AWS account. People start it with the command sandbox, which builds it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

const usage = `usage: sandbox [-root DIR] COMMAND

  up                 start a sandbox and bring both stacks up in it
  deliver [YYYY-MM]  have AWS deliver a month of the bill; the current one by default
  down               end the sandbox
  demo [--keep]      all of it: up, deliver, ask as Kubecost does, preview, destroy, down
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if is, err := sandbox.RunAs(args, os.Stdout); is {
		return err
	}
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.Usage = func() { fmt.Fprint(flags.Output(), usage) }
	root := flags.String("root", ".", "the repository")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	dir, err := filepath.Abs(*root)
	if err != nil {
		return err
	}
	o := sandbox.Options{Root: dir, Dir: filepath.Join(dir, ".sandbox", "run"), Out: os.Stdout}
	args = flags.Args()
	if len(args) == 0 {
		flags.Usage()
		return errors.New("no command")
	}
	switch command, args := args[0], args[1:]; command {
	case "up":
		return sandbox.Up(ctx, o)
	case "down":
		return sandbox.Down(ctx, o.Dir, o.Out)
	case "deliver":
		month := sandbox.Month(time.Now())
		if len(args) > 0 {
			if month, err = time.Parse("2006-01", args[0]); err != nil {
				return fmt.Errorf("%q is no month: write it like 2026-01", args[0])
			}
		}
		_, err := sandbox.Deliver(ctx, o.Dir, month, o.Out)
		return err
	case "demo":
		return sandbox.Demo(ctx, o, len(args) > 0 && args[0] == "--keep")
	case "serve": // what up and demo start
		return serve(ctx, o)
	default:
		flags.Usage()
		return fmt.Errorf("there is no command %q", command)
	}
}

// serve runs a sandbox until it is told to stop.
func serve(ctx context.Context, o sandbox.Options) (err error) {
	s, err := sandbox.Start(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	return s.Serve(ctx)
}
