// Package parts has the programs that the sandbox runs: it uses those that are installed
// and builds the others, once, into a cache. A first run takes minutes and says what it
// does; later runs take no time.
package parts

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// Set holds the absolute paths of the programs.
type Set struct {
	Pulumi                   string // the Pulumi engine's command line
	PulumiResourceAWS        string // the plugin for AWS
	TerraformProviderAWS     string // what the plugin for AWS runs; empty when Pulumi's own plugin is used
	PulumiResourceKubernetes string // the plugin for Kubernetes
	Kube                     string // the Kubernetes programs, one file
	IAMSimulate              string // folder of the policy simulator, with its node_modules
	MotoServer               string // the simulated AWS
}

// Ensure returns the programs, and builds below cacheDir those that are neither
// installed nor cached. It writes lines of progress to out. A failed build's error names
// the part, the end of the compiler's output and the file with all of it. Several
// processes may share a cache.
func Ensure(ctx context.Context, repoRoot, cacheDir string, out io.Writer) (*Set, error) {
	return ensure(ctx, repoRoot, cacheDir, out, false, func(context.Context) error { return nil })
}

// EnsureWithProgram is Ensure or, to optimise, EnsureOptimised, and among the parts builds a program of the tests module as Program
// does.
func EnsureWithProgram(ctx context.Context, repoRoot, cacheDir, file string, out io.Writer, optimise bool, build ...string) error {
	_, err := ensure(ctx, repoRoot, cacheDir, out, optimise, func(ctx context.Context) error {
		return Program(ctx, repoRoot, file, out, build...)
	})
	return err
}

// EnsureOptimised is Ensure with programs as fast as their releases, for what runs them often: it takes the compiler half as long
// again, and each of their runs half the time.
func EnsureOptimised(ctx context.Context, repoRoot, cacheDir string, out io.Writer) (*Set, error) {
	return ensure(ctx, repoRoot, cacheDir, out, true, func(context.Context) error { return nil })
}

func ensure(ctx context.Context, repoRoot, cacheDir string, out io.Writer, optimise bool, program step) (*Set, error) {
	c, err := newCache(repoRoot, cacheDir, out)
	if err != nil {
		return nil, err
	}
	c.optimise = optimise
	host := findHost(ctx)
	set := &Set{}
	aws, kubernetes := &set.PulumiResourceAWS, &set.PulumiResourceKubernetes
	// Two builds at a time: one compiles while the other links on a single core. Parts
	// that share many packages do not start together, so that none is compiled twice.
	err = inLanes(ctx,
		[]step{
			c.program(kubePart, "kube", &set.Kube),
			program,
			c.installed(host, kubernetesPlugin, kubernetes),
			unlessGot(kubernetes, c.program(kubernetesPluginPart, kubernetesPlugin.program(), kubernetes)),
		},
		[]step{
			c.installed(host, awsPlugin, aws),
			// Pulumi's own plugin holds the provider.
			unlessGot(aws, c.program(awsProviderPart, "terraform-provider-aws", &set.TerraformProviderAWS)),
			c.engine(host, &set.Pulumi),
			unlessGot(aws, c.program(awsPluginPart, awsPlugin.program(), aws)),
		},
		[]step{c.program(iamSimulatePart, "", &set.IAMSimulate), c.moto(&set.MotoServer)},
	)
	if err != nil {
		return nil, err
	}
	return set, nil
}

// Kube is Ensure for the Kubernetes programs alone, and returns their path.
func Kube(ctx context.Context, repoRoot, cacheDir string, out io.Writer) (string, error) {
	c, err := newCache(repoRoot, cacheDir, out)
	if err != nil {
		return "", err
	}
	var path string
	err = c.program(kubePart, "kube", &path)(ctx)
	return path, err
}

// NodePackage is Ensure for the Node package of a folder below the repository's root alone, and returns a copy of it with all that it
// needs.
func NodePackage(ctx context.Context, repoRoot, cacheDir, dir string, out io.Writer) (string, error) {
	c, err := newCache(repoRoot, cacheDir, out)
	if err != nil {
		return "", err
	}
	return c.ensure(ctx, part{name: filepath.Base(dir), dir: dir, recipe: npmInstall, build: buildNodePackage})
}

// Env returns the environment variables with which the engine finds what its plugins
// need.
func (s *Set) Env() []string {
	if s.TerraformProviderAWS == "" {
		return nil
	}
	return []string{"TERRAFORM_PROVIDER_AWS=" + s.TerraformProviderAWS}
}

// LinkPlugins puts the plugins where an engine with the given PULUMI_HOME looks for
// them.
func (s *Set) LinkPlugins(pulumiHome string) error {
	for p, program := range map[plugin]string{
		awsPlugin:        s.PulumiResourceAWS,
		kubernetesPlugin: s.PulumiResourceKubernetes,
	} {
		link := p.path(pulumiHome)
		if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
			return err
		}
		if err := os.RemoveAll(link); err != nil {
			return err
		}
		if err := os.Symlink(program, link); err != nil {
			return err
		}
	}
	return nil
}

func newCache(repoRoot, cacheDir string, out io.Writer) (*cache, error) {
	root, err := filepath.Abs(repoRoot)
	if err != nil {
		return nil, fmt.Errorf("finding the repository: %w", err)
	}
	dir, err := filepath.Abs(cacheDir)
	if err != nil {
		return nil, fmt.Errorf("finding the cache: %w", err)
	}
	return &cache{root: root, dir: dir, progress: &progress{out: out}, interval: tick}, nil
}

// step gets one program.
type step func(ctx context.Context) error

// program is the step that gets a part's file, or its folder when file is empty.
func (c *cache) program(p part, file string, path *string) step {
	return func(ctx context.Context) error {
		dir, err := c.ensure(ctx, p)
		*path = filepath.Join(dir, file)
		return err
	}
}

// inLanes runs the steps of each lane in order and the lanes side by side. The first
// failure ends all and is returned.
func inLanes(ctx context.Context, lanes ...[]step) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var running sync.WaitGroup
	for _, lane := range lanes {
		running.Go(func() {
			for _, s := range lane {
				if err := s(ctx); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	running.Wait()
	return context.Cause(ctx)
}
