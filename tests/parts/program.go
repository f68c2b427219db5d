package parts

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Program runs a go build or go test -c of the tests module that writes a file, and says how long it takes, as Ensure does.
// Go's own cache knows what is out of date.
func Program(ctx context.Context, repoRoot, file string, out io.Writer, build ...string) error {
	return programIn(ctx, filepath.Join(repoRoot, "tests"), file, out, build...)
}

// Doctor builds the project's command line likewise, which is a module of its own.
func Doctor(ctx context.Context, repoRoot, file string, out io.Writer) error {
	return programIn(ctx, filepath.Join(repoRoot, "cmd", "kubecost-cur"), file, out, "build", ".")
}

// Release builds the project's program as a user does.
func Release(ctx context.Context, repoRoot, file string, out io.Writer) error {
	return compile(ctx, repoRoot, file, out, "go", "build", "-o", file, ".")
}

// ReleaseTest builds a program of the tests module as Release does.
func ReleaseTest(ctx context.Context, repoRoot, file string, out io.Writer, folder string) error {
	return compile(ctx, filepath.Join(repoRoot, "tests"), file, out, "go", "build", "-o", file, folder)
}

func programIn(ctx context.Context, module, file string, out io.Writer, build ...string) error {
	return compile(ctx, module, file, out, append([]string{"go", build[0], "-o", file, unoptimised}, build[1:]...)...)
}

func compile(ctx context.Context, module, file string, out io.Writer, args ...string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	log := file + ".log"
	if err := os.RemoveAll(log); err != nil {
		return err
	}
	c := command{dir: module, env: goEnv, args: args, log: log}
	p := &progress{out: out}
	err := p.during(filepath.Base(file), "building", "built", tick, func() error { return c.run(ctx) })
	if err != nil {
		return fmt.Errorf("building %s: %w", filepath.Base(file), err)
	}
	return nil
}
