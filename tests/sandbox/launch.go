package sandbox

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/kubecost-cur/kubecost-cur/tests/parts"
)

// startLimit is how long a sandbox whose parts are there may take to start.
const startLimit = 90 * time.Second

// Launch starts a sandbox that outlives this process, and returns how to use it. There is one sandbox a folder.
func Launch(ctx context.Context, o Options) (Env, error) {
	if Running(ctx, o.Dir) {
		return Env{}, fmt.Errorf("a sandbox is running in %s: end it with `make down`", o.Dir)
	}
	if _, err := parts.Ensure(ctx, o.Root, filepath.Join(o.Root, ".sandbox", "parts"), o.Out); err != nil {
		return Env{}, fmt.Errorf("getting the sandbox's parts: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(o.Dir), 0o755); err != nil {
		return Env{}, fmt.Errorf("making the sandbox's folder: %w", err)
	}
	if err := os.RemoveAll(o.Dir); err != nil { // with the sign that an earlier one was up
		return Env{}, fmt.Errorf("emptying %s: %w", o.Dir, err)
	}
	log, err := os.Create(o.Dir + ".log")
	if err != nil {
		return Env{}, fmt.Errorf("making the sandbox's log: %w", err)
	}
	defer log.Close()
	self, err := os.Executable()
	if err != nil {
		return Env{}, fmt.Errorf("finding this program: %w", err)
	}
	begin := time.Now()
	serve := exec.Command(self, "-root", o.Root, "serve")
	serve.Stdout, serve.Stderr = log, log
	serve.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := serve.Start(); err != nil {
		return Env{}, fmt.Errorf("starting the sandbox: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- serve.Wait() }()

	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		if env, err := load(o.Dir); err == nil {
			fmt.Fprintf(o.Out, "sandbox: two AWS accounts and a cluster are up (%.1f s)\n", time.Since(begin).Seconds())
			return env, nil
		}
		select {
		case <-ended:
			return Env{}, fmt.Errorf("the sandbox did not start; its log, %s, ends with:\n%s", log.Name(), tail(log.Name(), 20))
		case <-ctx.Done():
			return Env{}, errors.Join(fmt.Errorf("starting the sandbox: %w; its log is %s", ctx.Err(), log.Name()),
				serve.Process.Signal(syscall.SIGTERM))
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// Running says whether a sandbox runs in a folder.
func Running(ctx context.Context, dir string) bool {
	if _, err := load(dir); err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	var state string
	return request(ctx, dir, "ping", struct{}{}, &state) == nil
}

// Down ends the sandbox of a folder, with all that runs in it, and returns when it is gone.
func Down(ctx context.Context, dir string, out io.Writer) error {
	env, err := load(dir)
	if err != nil || !Running(ctx, dir) {
		fmt.Fprintln(out, "sandbox: none is running")
		return nil
	}
	var state string
	if err := request(ctx, dir, "down", struct{}{}, &state); err != nil {
		return fmt.Errorf("ending the sandbox: %w", err)
	}
	for syscall.Kill(env.PID, 0) == nil {
		select {
		case <-ctx.Done():
			return fmt.Errorf("ending the sandbox: %w", ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
	fmt.Fprintln(out, "sandbox: ended")
	return nil
}

// tail returns the last lines of a file.
func tail(file string, lines int) string {
	b, err := os.ReadFile(file)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

func hash(s string) uint32 { return crc32.ChecksumIEEE([]byte(s)) }
