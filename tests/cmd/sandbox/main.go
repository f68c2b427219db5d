// Command sandbox builds what the sandbox needs, saying how far it is, and then starts it. It depends on next to nothing
// itself, so that it starts at once. See docs/sandbox.md.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/kubecost-cur/kubecost-cur/tests/parts"
)

const usage = `usage: sandbox COMMAND, in the folder tests

  up                 start a sandbox and bring both stacks up in it
  deliver [YYYY-MM]  have AWS deliver a month of the bill; the current one by default
  down               end the sandbox
  demo [--keep]      all of it: up, deliver, ask as Kubecost does, preview, destroy, down
  test [FLAGS]       the end-to-end tests, with flags of go test such as -test.run
  parts              get what the sandbox runs, and nothing else
  bench [FLAGS]      the benchmarks whose figures are in docs/performance.md, with flags such as -test.bench
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		var ended *exec.ExitError // it has said why
		if !errors.As(err, &ended) {
			fmt.Fprintln(os.Stderr, "error:", err)
		}
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	root, err := filepath.Abs("..")
	if err != nil {
		return err
	}
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return errors.New("no command")
	}
	bin := filepath.Join(root, ".sandbox", "bin")
	sandbox, tests := filepath.Join(bin, "sandbox"), filepath.Join(bin, "e2e.test")
	switch args[0] {
	case "up", "demo":
		if err := build(ctx, root, sandbox, false, "build", "./cmd/sandbox-program"); err != nil {
			return err
		}
		return start(ctx, root, sandbox, append([]string{"-root", root}, args...)...)
	case "deliver", "down":
		if err := parts.Program(ctx, root, sandbox, os.Stdout, "build", "./cmd/sandbox-program"); err != nil {
			return err
		}
		return start(ctx, root, sandbox, append([]string{"-root", root}, args...)...)
	case "parts":
		_, err := parts.EnsureOptimised(ctx, root, filepath.Join(root, ".sandbox", "parts"), os.Stdout)
		return err
	case "bench":
		return bench(ctx, root, args[1:])
	case "test":
		if err := build(ctx, root, tests, true, "test", "-c", "./e2e"); err != nil {
			return err
		}
		if err := parts.Doctor(ctx, root, filepath.Join(bin, "kubecost-cur"), os.Stdout); err != nil {
			return err
		}
		flags := []string{"-test.v", "-test.timeout=70m", fmt.Sprintf("-test.parallel=%d", atOnce())}
		return startTests(ctx, filepath.Join(root, "tests", "e2e"), tests, append(flags, args[1:]...)...)
	default:
		fmt.Fprint(os.Stderr, usage)
		return fmt.Errorf("there is no command %q", args[0])
	}
}

// build gets the sandbox's parts and builds a program among them.
func build(ctx context.Context, root, file string, optimise bool, command ...string) error {
	fmt.Println("getting the sandbox's parts; building them all for the first time takes some ten minutes on two cores")
	return parts.EnsureWithProgram(ctx, root, filepath.Join(root, ".sandbox", "parts"), file, os.Stdout, optimise, command...)
}

// atOnce is how many end-to-end tests run at a time: half as many again as there are cores, since each also waits for the cluster.
func atOnce() int { return max(2, runtime.NumCPU()*3/2) }

// startTests is start, and tells which tests took longest.
func startTests(ctx context.Context, dir, program string, args ...string) error {
	out := &slowest{out: os.Stdout}
	defer out.tell()
	return startTo(ctx, out, dir, program, args...)
}

// start runs a program to its end. An interrupt reaches it by itself: it is in the same process group.
func start(ctx context.Context, dir, program string, args ...string) error {
	return startTo(ctx, os.Stdout, dir, program, args...)
}

func startTo(ctx context.Context, out io.Writer, dir, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = dir
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, out, os.Stderr
	cmd.Cancel = func() error { return nil } // wait for it
	return cmd.Run()
}
