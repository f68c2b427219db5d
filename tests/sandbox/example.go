package sandbox

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"

	"github.com/kubecost-cur/kubecost-cur/tests/parts"
)

// AddPackage makes the project's package, and what programs that use it need, known to the sandbox's engine.
func (s *Sandbox) AddPackage(out io.Writer) (*parts.LanguageSet, error) {
	e, ctx := s.Env, context.Background()
	set, err := parts.Languages(ctx, e.Root, filepath.Join(e.Root, ".sandbox", "parts"), out)
	if err != nil {
		return nil, fmt.Errorf("getting the languages' parts: %w", err)
	}
	plugin := filepath.Join(e.home(), "plugins", "resource-kubecost-cur-v"+parts.PackageVersion, "pulumi-resource-kubecost-cur")
	if err := parts.Package(ctx, e.Root, plugin, out); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	if err := os.MkdirAll(e.languages(), 0o755); err != nil {
		return nil, fmt.Errorf("making the languages' folder: %w", err)
	}
	for name, target := range map[string]string{"pulumi-language-yaml": set.YAML, nodeHost: self} {
		if err := os.Symlink(target, filepath.Join(e.languages(), name)); err != nil {
			return nil, fmt.Errorf("linking %s: %w", name, err)
		}
	}
	return set, nil
}

// languages is the folder of the hosts of other languages than Go, for programs in them only: with a host of Node.js the engine has that
// one start policy packs too, which this one cannot.
func (e Env) languages() string { return filepath.Join(e.Dir, "languages") }

// Example returns a stack of a program in another language: a copy of a folder, of which Edit changes the files of some names. Of the
// options, Settings and Program have no meaning here.
func (e Env) Example(ctx context.Context, dir, name string, edited []string, o StackOptions) (auto.Stack, error) {
	workDir := filepath.Join(e.Dir, "work", o.State, filepath.Base(dir))
	if err := os.CopyFS(workDir, os.DirFS(dir)); err != nil {
		return auto.Stack{}, fmt.Errorf("copying the program: %w", err)
	}
	for _, file := range edited {
		file = filepath.Join(workDir, file)
		text, err := os.ReadFile(file)
		if err != nil {
			return auto.Stack{}, fmt.Errorf("reading the program: %w", err)
		}
		if err := os.WriteFile(file, []byte(o.Edit(string(text))), 0o644); err != nil {
			return auto.Stack{}, fmt.Errorf("changing the program: %w", err)
		}
	}
	variables, _, err := e.backend(o)
	if err != nil {
		return auto.Stack{}, err
	}
	variables["PATH"] = e.languages() + string(os.PathListSeparator) + variables["PATH"]
	command, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: e.engineRoot()})
	if err != nil {
		return auto.Stack{}, fmt.Errorf("starting the engine: %w", err)
	}
	stack, err := auto.UpsertStackLocalSource(ctx, name, workDir, e.workspace(command, variables, o)...)
	if err != nil {
		return auto.Stack{}, fmt.Errorf("making stack %s: %w", name, err)
	}
	return stack, nil
}
