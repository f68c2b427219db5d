// Package stacks measures what a person waits for: preview, up, refresh and destroy of each stack in the sandbox, beside the same
// resources written for OpenTofu, and what each of them asks of AWS and Kubernetes.
package stacks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/kubecost-cur/kubecost-cur/tests/sandbox"
)

// started is the sandbox, once a benchmark has asked for it.
var started *sandbox.Sandbox

func TestMain(m *testing.M) {
	if is, err := sandbox.RunAs(os.Args, os.Stdout); is {
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if started != nil {
		if err := started.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "error:", err)
			code = 1
		}
	}
	os.Exit(code)
}

var startOnce = sync.OnceValue(func() error {
	root, err := filepath.Abs("../../..")
	if err != nil {
		return err
	}
	started, err = sandbox.Start(context.Background(), sandbox.Options{
		Root: root, Dir: filepath.Join(root, ".sandbox", "bench"), Out: os.Stderr, Optimised: true,
	})
	return err
})

// box is the one sandbox of all benchmarks.
func box(b *testing.B) *sandbox.Sandbox {
	b.Helper()
	if err := startOnce(); err != nil {
		b.Fatal(err)
	}
	return started
}

// built is the path of a program that `make bench` has built, by its environment variable.
func built(b *testing.B, variable string) string {
	b.Helper()
	path := os.Getenv(variable)
	if path == "" {
		b.Fatal(errors.New(variable + " is not set: run `make bench`"))
	}
	return path
}
